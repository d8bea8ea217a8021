"""Lines in colours for a terminal, and the same lines plain for everything else."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .console import out, width
from .previewing.layout import clip, room

PLAIN_COLUMNS = 100
"""How wide a screen is where nobody says."""

Piece = tuple[str, str]
"""A text and its style, as rich names it; an empty style is plain."""
Line = Sequence[Piece]

_LEAST = 8
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: `spare` 0 is always shown, the highest one is left out first; `clips`: it may be cut instead."""

    head: str
    cells: Sequence[Piece]
    right: bool = False
    spare: int = 0
    clips: bool = False

    @property
    def width(self) -> int:
        """Columns of the terminal that it takes."""
        return max(width(text) for text in (self.head, *(text for text, _ in self.cells)))


def columns() -> int:
    """Columns of the terminal, or a sensible number where there is none."""
    return room() or PLAIN_COLUMNS


def bars(counts: Sequence[int]) -> str:
    """A character for each number, as high as it is among them; a dot for none."""
    most = max(counts, default=0)
    return "".join(_BARS[min(7, (count * 8 - 1) // most)] if count > 0 else "·" for count in counts)


def grid(table: Sequence[Column], most: int) -> list[Line]:
    """The lines of a table, the first its heads, no wider than `most`: columns are left out or cut for it."""
    shown = list(table)
    while _over(shown, most) > 0 and any(column.spare for column in shown):
        shown.remove(max(shown, key=lambda column: column.spare))
    sizes = _sizes(shown, most)
    rows = zip(*(column.cells for column in shown), strict=True)
    heads = [(column.head, "dim") for column in shown]
    return [_row(row, shown, sizes) for row in (heads, *rows)]


def _sizes(table: Sequence[Column], most: int) -> list[int]:
    """The widths of the columns: the widest of those that may be cut is cut until all fit, or none is left to be cut."""
    sizes = [column.width for column in table]
    for _ in range(max(0, _over(table, most))):
        wide = [(size, n) for n, size in enumerate(sizes) if table[n].clips and size > _LEAST]
        if not wide:
            break
        sizes[max(wide)[1]] -= 1
    return sizes


def _over(table: Sequence[Column], most: int) -> int:
    return sum(column.width for column in table) + 2 * (len(table) - 1) - most


def _row(cells: Iterable[Piece], table: Sequence[Column], sizes: Sequence[int]) -> Line:
    pieces: list[Piece] = []
    for (text, style), column, size in zip(cells, table, sizes, strict=True):
        cut = clip(text, size)
        blank = " " * (size - width(cut))
        pieces += [(blank, ""), (cut, style)] if column.right else [(cut, style), (blank, "")]
        pieces.append(("  ", ""))
    return pieces[:-1]


def show(lines: Iterable[Line]) -> None:
    """The lines on stdout: in colours on a terminal, plain elsewhere."""
    if not sys.stdout.isatty():
        for line in lines:
            out("".join(text for text, _ in line).rstrip())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*line))
