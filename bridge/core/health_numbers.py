"""Robust figures of small samples, and short digests. Pure; the statistics module costs more to load than these lines."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

HOUR = timedelta(hours=1)


def quantile(sample: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the sample lies, interpolated; 0 for an empty one."""
    if not sample:
        return 0.0
    ordered, place = sorted(sample), share * (len(sample) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(sample: Sequence[float]) -> float:
    """The middle value; 0 for an empty sample."""
    return quantile(sample, 0.5)


def share(part: int, whole: int) -> float:
    """Part of a whole, 0 where there is none."""
    return part / whole if whole > 0 else 0.0


def percent(part: int, whole: int) -> int:
    """The share in percent, 0 to 100."""
    return max(0, min(100, round(100 * share(part, whole))))


def hours(start: datetime, end: datetime) -> float:
    """Hours from start to end; negative where end is earlier."""
    return (end - start) / HOUR


def short(text: str, size: int = 4) -> str:
    """A digest of `size` bytes in hex, "" for an empty text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest() if text else ""


def rounded(value: float) -> float:
    """Six significant digits, which JSON keeps as they are."""
    return float(f"{value:.6g}")
