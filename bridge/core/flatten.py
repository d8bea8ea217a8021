"""The pass over a tree that makes its blocks (core.blocks): one event after the other, bounded by the tree."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from .blocks import HEADINGS, Block, Flat, Piece, Span
from .dom import normal, width
from .phrases import is_apart
from .regions import name_of

BLOCK = frozenset((
    "p", "div", "td", "th", "li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "main", "blockquote", "pre",
    "table", "tr", "tbody", "thead", "tfoot", "ul", "ol", "dl", "figure", "figcaption", "header", "footer", "nav", "aside", "form",
    "body", "center", "fieldset", "details", "summary", "address", "caption", "marquee", "hgroup", "frameset",
))  # fmt: skip
SKIP = frozenset((
    "script", "style", "noscript", "template", "svg", "select", "button", "textarea", "input", "canvas", "head", "math", "map",
    "frame", "option", "datalist", "dialog", "noframes",
))  # fmt: skip
MEDIA = frozenset(("img", "video", "audio", "iframe", "embed", "object", "amp-img", "picture", "source"))
_KINDS = dict.fromkeys(BLOCK, "block") | dict.fromkeys((*MEDIA, "br"), "void") | dict.fromkeys(SKIP, "skip")
MAX_BLOCKS = 20_000
"""What lies behind this many blocks is not read."""
_GRID = frozenset(("table", "tbody", "tr", "td", "th"))
_MARKS = frozenset("¶#§🔗⚓")
"""What a link says that leads to the heading it stands in."""
_EMPTY = frozenset(("embed", "source"))  # libxml2 lets them hold what follows them
_PICTURES = frozenset(("img", "picture", "amp-img"))
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\u3000-\u30ff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u2e80-\u9fff\u3001-\u30ff\uff00-\uffef])")
_PARAGRAPH = re.compile(
    r"\n[ \t]*(?:\r?\n\s*|(?=\u3000)|(?=(?:发信|寄信|转信|标 {0,3}题|作 {0,3}者|日 {0,3}期)\S?\s?[:：]))|(?<!\n)\n(?=--\s)"
)
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]")
_HEAD = 10
"""So many lines of a block are looked at for a head of the page."""
_INDENT = re.compile(r"[ \t\r\n]*(?:\u3000{1,8}|\u00a0{3,})")


class _Frame(NamedTuple):
    at: HtmlElement
    owner: HtmlElement
    link: bool
    first: int
    name: str
    depth: int


class _Walk:
    """The pass itself. `fresh`: the next text begins a block; `breaks`: line breaks since the last text."""

    def __init__(self, body: HtmlElement) -> None:
        self.body = body
        self.prose: set[HtmlElement] = set()
        self.pre: HtmlElement | None = None
        self.flat = Flat()
        self.fresh = True
        self.breaks = 0
        self.frames = [_Frame(body, body, False, 0, "", 0)]

    def text(self, text: str, at: HtmlElement) -> None:
        """Text joins the open block or begins one; white space only joins."""
        frame = self.frames[-1]
        owner = frame.owner
        if text.isspace():
            if not self.fresh:
                self._block(owner).pieces.append(Piece(text, at, False, frame.link))
            return
        if self.breaks and (self.breaks > 1 or _INDENT.match(text)):
            self.fresh = True
        if owner in self.prose:
            self._write(text, at, frame)
        else:
            if "\n" in text and owner.tag != "pre" and not text.isascii():
                text = _WRAPPED.sub("", text)  # a line break between ideographs is no space (CSS Text 3 §4.1.3)
            self._block(owner).pieces.append(Piece(text, at, False, frame.link))
            self.fresh = False
        self.breaks = 0

    def _write(self, text: str, at: HtmlElement, frame: _Frame) -> None:
        """Text whose paragraphs white space sets apart."""
        for part in _PARAGRAPH.split(text, 2000):
            if part.strip():
                self._block(frame.owner).pieces.append(Piece(_WRAPPED.sub("", part), at, False, frame.link))
                self.fresh = True

    def void(self, element: HtmlElement) -> None:
        """A line break or a medium takes its place in the open block."""
        if element.tag == "br":
            self.breaks += 1
            if self.breaks > 1 or self.fresh:
                self.fresh = True
                return
            block = self._block(self.frames[-1].owner)
            block.pieces.append(Piece("\n", element, True))
            block.lined = True
            return
        picture = element.tag in _PICTURES
        self.fresh = self.fresh or not picture
        block = self._block(self.frames[-1].owner)
        block.pieces.append(Piece("", element, True))
        block.media += 1
        self.fresh = not picture  # a player stands alone, a picture may stand in a line

    def _block(self, owner: HtmlElement) -> Block:
        blocks = self.flat.blocks
        if self.fresh or not blocks or blocks[-1].owner is not owner:
            self.settle()
            blocks.append(Block(owner, len(blocks)))
            self.fresh, self.breaks = False, 0
        return blocks[-1]

    def settle(self) -> None:
        """The last block is whole: lines at its ends that stand apart become blocks of their own."""
        blocks = self.flat.blocks
        if blocks and blocks[-1].lined:
            last = blocks.pop()
            for pieces in _parted(last.pieces):
                blocks.append(Block(last.owner, len(blocks), pieces))

    def enter(self, element: HtmlElement) -> bool:
        """An element opens; true when what it holds is to be read too."""
        tag = element.tag
        kind = _KINDS.get(tag)
        if kind == "skip" or (tag == "a" and element.text in _MARKS and (element.get("href") or "")[:1] == "#"):
            return False
        if kind == "void":
            self.void(element)
            return tag in _EMPTY
        if element is not self.body:
            self.start(element, tag, kind == "block")
        if text := element.text:
            self.text(text, element)
        return True

    def leave(self, element: HtmlElement) -> None:
        """An element closes, and the text behind it follows."""
        if self.frames[-1].at is element:
            self.end(element)
        tail = element.tail
        if tail and element is not self.body and not (self.fresh and tail.isspace()):
            self.text(tail, element.getparent())

    def _letter(self, pre: HtmlElement) -> None:
        """An outermost `pre` that holds prose is a `div` from now on, its paragraphs set apart by white space."""
        self.pre = pre
        if _is_prose(pre):
            pre.tag = "div"
            self.prose.add(pre)

    def finish(self) -> Flat:
        """Everything that is still open closes."""
        while len(self.frames) > 1:
            self.end(self.frames[-1].at)
        self.settle()
        return self.flat

    def start(self, element: HtmlElement, tag: str, block: bool) -> None:
        """An element opens: a frame where it changes something."""
        parent = self.frames[-1]
        name = name_of(element)
        if block:
            self.settle()
            if tag == "pre" and self.pre is None:
                self._letter(element)
            self.fresh, self.breaks = True, 0
            link = parent.link and tag not in _GRID  # else a link that nobody closed
            self.frames.append(_Frame(element, element, link, len(self.flat.blocks), name, parent.depth + 1))
        elif tag == "a" or name:
            link = parent.link or (tag == "a" and not _is_mark(element, parent.owner))
            self.frames.append(_Frame(element, parent.owner, link, len(self.flat.blocks), name, parent.depth + 1))

    def end(self, element: HtmlElement) -> None:
        """An element closes: its span is known."""
        frame = self.frames[-1]
        if frame.at is not element or len(self.frames) == 1:
            return
        self.frames.pop()
        if element is self.pre:
            self.pre = None
        block = frame.owner is element
        if block:
            self.settle()
            self.fresh, self.breaks = True, 0
        count = len(self.flat.blocks)
        if count > frame.first and (block or frame.name):
            span = Span(element, frame.first, count, frame.depth)
            if block:
                self.flat.spans.append(span)
            if frame.name:
                self.flat.named.append((span, frame.name))


def _is_mark(link: HtmlElement, owner: HtmlElement) -> bool:
    """Whether an `a` is only the name of a place, or a heading's link to itself."""
    href = link.get("href")
    if href is None:
        return link.get("name") is not None
    return owner.tag in HEADINGS and href[:1] == "#" and len(href) > 1


def _is_prose(pre: HtmlElement) -> bool:
    """Whether preformatted text is written in ideographs: a letter of a bulletin board, whose lines are wrapped by hand."""
    text = "".join(islice(pre.itertext(), 200))[:4000]
    return pre.find("code") is None and len(_IDEOGRAPHS.findall(text)) > 0.3 * len(text)


def flatten(body: HtmlElement) -> Flat:
    """The blocks of a tree that dom.parse gave, texts normalised, each with a role where the page names one (see _roles)."""
    walk = _Walk(body)
    steps = iterwalk(body, events=("start", "end"))
    enter, leave, blocks = walk.enter, walk.leave, walk.flat.blocks
    for event, element in steps:
        if event == "end":
            leave(element)
        elif not enter(element):
            steps.skip_subtree()
        elif len(blocks) > MAX_BLOCKS:
            break
    flat = walk.finish()
    _finish(flat)
    flat.spans.append(Span(body, 0, len(flat.blocks), 0))
    _roles(flat)
    return flat


def _linked(pieces: Iterable[Piece]) -> int:
    return sum(width(" ".join(piece.text.split())) for piece in pieces if piece.link)


def _parted(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces of a block's lines, the first and last lines each on their own as long as they stand apart."""
    rows: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.void and piece.at.tag == "br":
            rows.append([])
        else:
            rows[-1].append(piece)
    breaks = [piece for piece in pieces if piece.void and piece.at.tag == "br"]
    low, high = _head(rows), len(rows)
    while low < high and _apart(rows[low]):
        low += 1
    while high > low and _apart(rows[high - 1]):
        high -= 1
    yield from filter(_said, rows[:low])
    if low < high:
        yield [piece for row, end in zip(rows[low:high], [*breaks[low : high - 1], None], strict=True) for piece in (*row, end) if piece]
    yield from filter(_said, rows[high:])


def _said(row: Sequence[Piece]) -> bool:
    return any(piece.text.strip() for piece in row)


def _head(rows: Sequence[Sequence[Piece]]) -> int:
    """How many lines stand above the text down to the last stamp: the way here, the headline and so on, none of them a sentence."""
    found = 0
    for place, row in enumerate(rows[:_HEAD]):
        text = normal("".join(piece.text for piece in row))
        if text and place and _apart(row):
            found = place + 1
        elif text and not (width(text) <= 100 and text[-1] not in "。！？.!?，,；;" and not any(piece.void for piece in row)):
            break
    return found


def _apart(row: Sequence[Piece]) -> bool:
    """Whether a line is a label's, a list heading, a stamp or all links; an empty one is too, one with a picture is not."""
    if any(piece.void for piece in row):
        return False
    text = normal("".join(piece.text for piece in row))
    columns = width(text)
    return not text or is_apart(text, columns) or (columns >= 6 and _linked(row) > 0.6 * columns)


def _finish(flat: Flat) -> None:
    for block in flat.blocks:
        only = block.pieces[0] if len(block.pieces) == 1 else None
        block.text = normal(only.text if only else "".join([piece.text for piece in block.pieces]))
        block.columns = width(block.text)
        block.linked = _linked(block.pieces) if not only else block.columns if only.link else 0
        block.free = max(0, block.columns - block.linked)
        block.media = sum(piece.void and piece.at.tag != "br" for piece in block.pieces) if not only or only.void else 0
        flat.total += block.free


def _roles(flat: Flat) -> None:
    """A named region gives its role to its blocks, unless it holds so much of the page's free text that the name must mislead."""
    sums = [0]
    for block in flat.blocks:
        sums.append(sums[-1] + block.free)
    total = max(1, flat.total)
    for span, name in flat.named:
        if name == "body":
            continue
        share = (sums[span.last] - sums[span.first]) / total
        if share <= {"chrome": 0.3, "strong": 0.6, "hidden": 0.5}[name]:
            for block in flat.within(span):
                block.role = "hidden" if name == "hidden" else block.role or "chrome"
