"""What commands print: data to stdout, words for people to stderr, tables whose Chinese lines up."""

import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

_KEPT = frozenset("\n\u200c\u200d")
"""Line ends, and the joiners inside emoji and words, are no controls."""


def ready() -> None:
    """Streams that were closed lead nowhere, and a character that the terminal's encoding lacks is written as its escape."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """A line for people, on stderr; what it quotes of strangers steers no terminal, and that nobody can be told stops no work."""
    with suppress(OSError):
        print(harmless(text), file=sys.stderr)  # noqa: T201 - the one place that does


def ask(question: str) -> str | None:
    """The line that stdin has for a question, which stands on stderr; None when there is none any more."""
    print(question, end=" " if sys.stdin.isatty() else "\n", file=sys.stderr, flush=True)  # noqa: T201 - the one place that does
    line = sys.stdin.readline()
    return line.strip() if line else None


def harmless(text: str) -> str:
    """Text of a stranger, without what could steer a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c in _KEPT else " " for c in text)


def out(text: str) -> None:
    """A line of data, on stdout."""
    print(text)  # noqa: T201 - the one place that does


def dump(value: Any) -> None:
    """One JSON object on one line of stdout; datetimes as ISO 8601."""
    out(compact(value, sys.stdout.encoding))


def compact(value: Any, encoding: str | None) -> str:
    """JSON on one line that can be written in `encoding`."""
    return json.dumps(value, ensure_ascii=(encoding or "").lower() != "utf-8", default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table; columns as wide as their widest cell, in display width."""
    cells = [list(head), *([_clean(cell) for cell in row] for row in rows)]
    widths = [max(width(row[n]) for row in cells) for n in range(len(head))]
    return ["  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def _clean(cell: object) -> str:
    """A cell in one line, without control characters: its text may be a portal's."""
    return harmless(str(cell)).replace("\n", " ")
