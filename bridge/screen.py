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
    over = _over(shown, most)
    sizes = [max(8, column.width - over) if column.clips and over > 0 else column.width for column in shown]
    rows = zip(*(column.cells for column in shown), strict=True)
    heads = [(column.head, "dim") for column in shown]
    return [_row(row, shown, sizes) for row in (heads, *rows)]


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
