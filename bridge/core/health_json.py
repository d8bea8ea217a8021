"""Values out of JSON that may be damaged: each function answers with something sound, whatever it is given. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_MOST = 10**12


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping with text keys, else an empty one."""
    return value if isinstance(value, Mapping) and all(isinstance(k, str) for k in value) else {}


def whole(value: object, least: int = 0) -> int:
    """An int from `least` to 10**12, else max(least, 0)."""
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST else max(least, 0)


def number(value: object) -> float:
    """A finite float from 0 to 10**12, else 0."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST else 0.0


def text(value: object, most: int) -> str:
    """A text of at most so many characters, else an empty one."""
    return value[:most] if isinstance(value, str) else ""


def joined(values: Iterable[int]) -> str:
    """Ints as one text, which is shorter than a list."""
    return " ".join(map(str, values))


def wholes(value: object, most: int) -> tuple[int, ...]:
    """The newest (last) ints of a text of them; none where it holds anything else."""
    parts = text(value, 10_000).split(" ")[-most:]
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() and len(part) <= 12 for part in parts) else ()


def numbers(value: object, count: int) -> tuple[float, ...]:
    """So many floats; zeros where the list is not of that length."""
    return tuple(map(number, value)) if isinstance(value, list) and len(value) == count else (0.0,) * count


def texts(value: object, most: int) -> tuple[str, ...]:
    """The newest texts of a list."""
    return tuple(v for v in value[-most:] if isinstance(v, str)) if isinstance(value, list) else ()


def rows(value: object, most: int, width: int) -> list[list[Any]]:
    """The newest lists of that width in a list."""
    return [v for v in value[-most:] if isinstance(v, list) and len(v) == width] if isinstance(value, list) else []


def bits(value: object, most: int) -> str:
    """The newest letters 0 and 1 of a text."""
    return "".join(c for c in text(value, 10_000) if c in "01")[-most:]


def stamp(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat() if at else None


def instant(value: object) -> datetime | None:
    """The aware time that a stamp says, else None."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
