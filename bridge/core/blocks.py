"""A tree as a sequence of text blocks: what stood where, how much of it is links, and what the page itself calls it.

A block is a run of text without a paragraph break in it: the text of a block element up to the next one, split at doubled
`<br>` and at a `<br>` before an indent, so that a page of the nineties and one of today look the same from here on.
Lengths are columns (see dom.width), so that Chinese needs no segmentation. One pass, bounded by the tree.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml.html import HtmlElement

from .dom import normal

_GAPS = re.compile(r"[\W_]+")
_ASCII_GAPS = {code: None for code in range(128) if not chr(code).isalnum()}
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def squeezed(text: str) -> str:
    """Letters only, case folded: what two prints of one text share."""
    return text.translate(_ASCII_GAPS).lower() if text.isascii() else _GAPS.sub("", text).casefold()


class Piece(NamedTuple):
    """Text with the element whose formatting it takes, or (text "" or a line break) a void element in its place."""

    text: str
    at: HtmlElement
    void: bool = False
    link: bool = False


@dataclass(slots=True, eq=False)
class Block:
    """A run of text and media under `owner`, its innermost block element.

    `linked` counts its columns within links, `free` those outside; `cell`: it is part of a table of data, `dull`: what
    core.content found its words to be, `print` its fingerprint, `printed` its lines as core.stamps sees them (None: not
    looked at yet).
    """

    owner: HtmlElement
    index: int
    pieces: list[Piece] = field(default_factory=list)
    linked: int = 0
    free: int = 0
    text: str = ""
    columns: int = 0
    role: str = ""
    media: int = 0
    lined: bool = False
    cell: bool = False
    dull: bool | None = None
    print: str | None = None
    printed: list[str] | None = None
    weight: float = 0.0
    _letters: str | None = None

    @property
    def letters(self) -> str:
        """The text as `squeezed` gives it."""
        if self._letters is None:
            self._letters = squeezed(self.text)
        return self._letters

    @property
    def spaced(self) -> str:
        """The text with two spaces where one inline element ends and another begins: what style sheets set apart."""
        parts: list[str] = []
        last: HtmlElement | None = None
        for piece in self.pieces[:200]:
            if piece.void:
                last = None
            if piece.text.strip():
                parts.append(piece.text if piece.at is last or not parts else "\0" + piece.text)
                last = piece.at
        return "  ".join(filter(None, map(normal, "".join(parts).split("\0"))))


class Span(NamedTuple):
    """An element that holds the blocks [first, last)."""

    at: HtmlElement
    first: int
    last: int
    depth: int


@dataclass(slots=True, eq=False)
class Flat:
    """A page's blocks in document order, the block elements with what they hold, and the total of free columns."""

    blocks: list[Block] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    named: list[tuple[Span, str]] = field(default_factory=list)
    total: int = 0

    def within(self, span: Span) -> list[Block]:
        """The blocks of a span."""
        return self.blocks[span.first : span.last]
