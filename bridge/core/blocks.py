"""A tree as a sequence of text blocks: what stood where, how much of it is links, and what the page itself calls it.

A block is a run of text without a paragraph break in it: the text of a block element up to the next one, split at doubled
`<br>` and at a `<br>` before an indent, so that a page of the nineties and one of today look the same from here on.
Lengths are columns (see dom.width), so that Chinese needs no segmentation. One pass, bounded by the tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from .dom import normal, width

BLOCK = frozenset(
    [
        "p",
        "div",
        "td",
        "th",
        "li",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "main",
        "blockquote",
        "pre",
        "table",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "ul",
        "ol",
        "dl",
        "figure",
        "figcaption",
        "header",
        "footer",
        "nav",
        "aside",
        "form",
        "body",
        "center",
        "fieldset",
        "details",
        "summary",
        "address",
        "caption",
        "marquee",
        "hgroup",
        "frameset",
    ]
)
SKIP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "button",
        "textarea",
        "input",
        "canvas",
        "head",
        "math",
        "map",
        "frame",
        "option",
        "datalist",
        "dialog",
        "noframes",
    ]
)
MEDIA = frozenset(["img", "video", "audio", "iframe", "embed", "object", "amp-img", "picture", "source"])
MAX_BLOCKS = 20_000
"""What lies behind this many blocks is not read."""
_PICTURES = frozenset(("img", "picture", "amp-img"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_CHROME_WORDS = (
    r"nav(?!y)\w*|menu\w*|foot(?:er)?|footer\w*|copyright|crumbs?|breadcrumbs?|weizhi|pager|page-?nav|pagination|share\w*|sharing"
    r"|social|bdshare\w*|jiathis\w*"
    r"|comments?|comment-?list|reply|replies|respond|pinglun|sidebar|side-?(?:bar|nav|box|col)\w*|aside|right-?(?:bar|side|col|box|list)\w*"
    r"|related|relate|relation|xiangguan|recommend\w*|tuijian|rank\w*|hot-?(?:news|list|article|box|topic)?s?|login|signin|search\w*"
    r"|toolbar|tools"
    r"|tag-?(?:s|list|cloud|links|box)|keywords|ads?|adv|advert\w*|banner|promo\w*|sponsor\w*|subscri\w*|newsletter|signup|cookie\w*"
    r"|consent|gdpr"
    r"|modal|popup|overlay|disqus|toplist|friend-?links?|links?|trending|popular|read-?more|more|widget-?area|disclaimer|shengming"
    r"|qr-?code|erweima|ewm"
    r"|prev|next|pre-?next|author-?(?:bio|box|card|info)|bio|byline|skip-?\w*|screen-reader\w*|sr-only|visually-?hidden|masthead|top-?bar"
    r"|taboola|outbrain|donate|donation|noprint"
)
_CHROME = re.compile(rf"(?<![a-z])(?:{_CHROME_WORDS})(?![a-z])")
_STRONG = re.compile(
    r"comment|cookie|consent|modal|popup|foot(?!ball|note)|sidebar|related|newsletter|disqus|share|breadcrumb|crumb|taboola|outbrain"
    r"|xiangguan"
    r"|bdshare|recommend|tuijian|pagination|sr-only|signup|subscri"
)
_BODY = re.compile(
    r"(?<![a-z])(?:article-?(?:body|content|text|main|detail|con|txt|info-?content)|story-?body|post-?(?:body|content|text)"
    r"|entry-?content|news-?(?:content|text|body|con|detail|txt)"
    r"|content-?(?:body|text|main|detail|inner)|main-?(?:content|text)|artibody|endtext|trs-editor|ucap-content|custom-union-style"
    r"|vsb-content|js-content|zoom"
    r"|bodytext|text-?content|detail-?(?:content|con|text|main)|rich-media-content|wp-articlecontent|neirong|zhengwen|fontzoom"
    r"|con-?text)(?![a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\u3000-\u30ff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u2e80-\u9fff\u3001-\u30ff\uff00-\uffef])")
_INDENT = re.compile(r"[ \t\r\n]*(?:\u3000{1,8}|\u00a0{3,})")


class Piece(NamedTuple):
    """Text with the element whose formatting it takes, or (text "" or a line break) a void element in its place."""

    text: str
    at: HtmlElement
    void: bool = False


@dataclass(slots=True, eq=False)
class Block:
    """A run of text and media under `owner`, its innermost block element.

    `linked` counts its columns within links; `cell`: it is part of a table of data, `dull`: what
    core.content found its words to be (None: not looked at yet).
    """

    owner: HtmlElement
    index: int
    pieces: list[Piece] = field(default_factory=list)
    linked: int = 0
    text: str = ""
    columns: int = 0
    role: str = ""
    media: int = 0
    cell: bool = False
    dull: bool | None = None
    weight: float = 0.0

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

    @property
    def free(self) -> int:
        """Columns outside links."""
        return max(0, self.columns - self.linked)


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


@lru_cache(maxsize=4096)
def _named(ident: str) -> str:
    """What class and id say: "chrome", "strong" (chrome whatever its size below most of the page), "body" or ""."""
    plain = _CAMEL.sub("-", ident[:300]).lower().replace("_", "-")
    if _BODY.search(plain):
        return "body"
    if not _CHROME.search(plain):
        return ""
    return "strong" if _STRONG.search(plain) else "chrome"


_TAG_NAMES = {"nav": "strong", "footer": "strong", "aside": "chrome"}
_ROLES = frozenset(("navigation", "contentinfo", "search", "complementary", "dialog", "alert"))


def name_of(element: HtmlElement) -> str:
    """What an element calls itself: "chrome", "strong", "body", "hidden" or ""."""
    tag = element.tag
    named = _TAG_NAMES.get(tag, "")
    ident = ""
    for attribute, value in element.items():
        if attribute in {"class", "id"}:
            ident += value + " "
        elif attribute == "hidden" or (attribute == "style" and "n" in value and _HIDDEN.search(value)):
            return "hidden"
        elif attribute == "role" and value in _ROLES:
            named = "strong"
        elif attribute == "itemprop" and value == "articleBody":
            return "body"
    if named or not ident or tag in {"article", "main"}:
        return named
    return _named(ident)


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
        self.flat = Flat()
        self.fresh = True
        self.breaks = 0
        self.frames = [_Frame(body, body, False, 0, "", 0)]

    def text(self, text: str, at: HtmlElement) -> None:
        """Text joins the open block or begins one."""
        blank = not text or text.isspace()
        if blank and (self.fresh or not text):
            return
        frame = self.frames[-1]
        if not blank and "\n" in text and frame.owner.tag != "pre":
            text = _WRAPPED.sub("", text)  # a line break between ideographs is no space (CSS Text 3 §4.1.3)
        if not blank and self.breaks and (self.breaks > 1 or _INDENT.match(text)):
            self.fresh = True
        block = self._block(frame.owner)
        block.pieces.append(Piece(text, at))
        if not blank:
            self.breaks = 0
            if frame.link:
                block.linked += width(" ".join(text.split()))

    def void(self, element: HtmlElement) -> None:
        """A line break or a medium takes its place in the open block."""
        if element.tag == "br":
            self.breaks += 1
            if self.breaks > 1 or self.fresh:
                self.fresh = True
                return
            self._block(self.frames[-1].owner).pieces.append(Piece("\n", element, True))
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
            blocks.append(Block(owner, len(blocks)))
            self.fresh, self.breaks = False, 0
        return blocks[-1]

    def start(self, element: HtmlElement, tag: str) -> None:
        """An element opens: a frame where it changes something."""
        parent = self.frames[-1]
        name = name_of(element)
        if tag in BLOCK:
            self.fresh, self.breaks = True, 0
            self.frames.append(_Frame(element, element, parent.link, len(self.flat.blocks), name, parent.depth + 1))
        elif tag == "a" or name:
            self.frames.append(_Frame(element, parent.owner, parent.link or tag == "a", len(self.flat.blocks), name, parent.depth + 1))

    def end(self, element: HtmlElement) -> None:
        """An element closes: its span is known."""
        frame = self.frames[-1]
        if frame.at is not element or len(self.frames) == 1:
            return
        self.frames.pop()
        count = len(self.flat.blocks)
        span = Span(element, frame.first, count, frame.depth)
        if element.tag in BLOCK:
            self.fresh, self.breaks = True, 0
            if count > frame.first:
                self.flat.spans.append(span)
        if frame.name and count > frame.first:
            self.flat.named.append((span, frame.name))


def flatten(body: HtmlElement) -> Flat:
    """The blocks of a tree that dom.parse gave, texts normalised, each with a role where the page names one (see _roles)."""
    walk = _Walk(body)
    steps = iterwalk(body, events=("start", "end"))
    for event, element in steps:
        if len(walk.flat.blocks) > MAX_BLOCKS:
            break
        tag = element.tag
        if event == "start":
            if tag in SKIP:
                steps.skip_subtree()
            elif tag == "br" or tag in MEDIA:
                walk.void(element)
                steps.skip_subtree()
            else:
                if element is not body:
                    walk.start(element, tag)
                text = element.text
                if text and not (walk.fresh and text.isspace()):
                    walk.text(text, element)
            continue
        walk.end(element)
        tail = element.tail
        if tail and element is not body and not (walk.fresh and tail.isspace()):
            walk.text(tail, element.getparent())
    while len(walk.frames) > 1:
        walk.end(walk.frames[-1].at)
    flat = walk.flat
    _finish(flat)
    flat.spans.append(Span(body, 0, len(flat.blocks), 0))
    _roles(flat)
    return flat


def _finish(flat: Flat) -> None:
    for block in flat.blocks:
        block.text = normal("".join(piece.text for piece in block.pieces))
        block.columns = width(block.text)
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


def lines(flat: Flat) -> Iterator[str]:
    """The texts of the visible blocks, in order."""
    return (block.text for block in flat.blocks if block.text and block.role != "hidden")
