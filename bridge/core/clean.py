"""Blocks of a body → HTML that is safe to publish, the same as plain text, its pictures and its files.

The HTML is written anew: paragraphs out of blocks, whatever markup they came from, inside the lists, quotations, tables
and figures that mean something. Every text is escaped, every address absolute http(s), no attribute is copied but those
named here; nh3 then holds the allow-list against any mistake of ours.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from lxml.html import HtmlElement

from ..model import Enclosure, Image
from .blocks import HEADINGS, Block, Piece
from .captions import captions
from .dom import absolute, normal
from .media import enclosure, image, player
from .tables import is_data_table

_INLINE = {
    "a": "a", "b": "strong", "strong": "strong", "i": "em", "em": "em", "sub": "sub", "sup": "sup", "code": "code", "kbd": "kbd",
    "s": "del",
    "strike": "del", "del": "del", "ins": "ins", "mark": "mark", "q": "q", "ruby": "ruby", "rt": "rt", "rp": "rp", "tt": "code",
    "var": "em",
}  # fmt: skip
_HOLDERS = frozenset(("ul", "ol", "li", "blockquote", "pre", "figure", "figcaption", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"))
_LEAVES = frozenset(("li", "dt", "dd", "figcaption", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
_SPACES = re.compile(r"[\s\u3000\u00a0]+")
_BREAKS = re.compile(r" ?<br> ?")
_SPAN = re.compile(r"\d{1,3}")
_MEDIUM = re.compile(r"<(?:img|video|audio|a) ")
_RENAMED = {"h1": "h2"}
_TAGS = {*_INLINE.values(), *_HOLDERS, "p", "br", "img", "video", "audio", "table", "tbody", "tr", "td", "th", "caption", "hr"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "video": {"src", "controls", "poster"},
    "audio": {"src", "controls"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}


@dataclass(slots=True)
class Clean:
    """A body that may be published: `html` went through nh3, `text` has a blank line between paragraphs.

    `told` is the text without captions and subheadings: what a summary may quote.
    """

    html: str = ""
    text: str = ""
    told: str = ""
    images: list[Image] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)


def sanitise(html: str) -> str:
    """HTML with nothing in it but the short allow-list: no script, style, event handler, form or frame; links http(s) or mailto."""
    import nh3

    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None)


def render(blocks: Sequence[Block], within: HtmlElement, base: str, charset: str = "utf-8") -> Clean:
    """The blocks as clean HTML and text. `within` bounds the structure that is kept; captions that repeat are printed once."""
    writer = _Writer(within, base, charset)
    writer.write(blocks)
    clean = writer.clean
    clean.html = sanitise("".join(writer.out))
    clean.text = "\n\n".join(writer.paragraphs)
    clean.told = "\n\n".join(writer.told)
    return clean


class _Writer:
    def __init__(self, within: HtmlElement, base: str, charset: str) -> None:
        self.within, self.base, self.charset = within, base, charset
        self.clean = Clean()
        self.out: list[str] = []
        self.paragraphs: list[str] = []
        self.told: list[str] = []
        self.open: list[HtmlElement] = []
        self.known: dict[HtmlElement, bool] = {}
        self.seen: set[str] = set()

    def write(self, blocks: Sequence[Block]) -> None:
        """All blocks, in order; a data table as a whole where its first block stands."""
        chains = [self._chain(block.owner) for block in blocks]
        kinds = list(captions(blocks, [bool(chain) and chain[-1].tag == "table" for chain in chains]))
        crowd = Counter(id(chain[-1]) for chain in chains if chain)
        tables: dict[HtmlElement, list[Block]] = defaultdict(list)
        for block, chain in zip(blocks, chains, strict=True):
            if chain and chain[-1].tag == "table":
                tables[chain[-1]].append(block)
        for block, chain, kind in zip(blocks, chains, kinds, strict=True):
            if chain and chain[-1] in tables:
                self._close([])
                self._table(chain[-1], tables.pop(chain[-1]))
            elif kind != "again" and not (chain and chain[-1].tag == "table"):
                self._block(block, chain, crowd[id(chain[-1])] if chain else 0, kind == "caption")
        self._close([])

    def _chain(self, owner: HtmlElement) -> list[HtmlElement]:
        """The elements around a block whose structure is kept, outermost first; a data table ends it."""
        chain: list[HtmlElement] = []
        element: HtmlElement | None = owner
        for _ in range(64):
            if element is None:
                break
            if element.tag in _HOLDERS:
                chain.append(element)
            elif element.tag == "table" and self._is(is_data_table, element):
                chain = [element]
            if element is self.within:
                break
            element = element.getparent()
        return chain[::-1][:12]

    def _is(self, what: Callable[[HtmlElement], bool], element: HtmlElement) -> bool:
        if element not in self.known:
            self.known[element] = what(element)
        return self.known[element]

    def _close(self, chain: Sequence[HtmlElement]) -> None:
        while self.open and self.open != list(chain[: len(self.open)]):
            self.out.append(f"</{_RENAMED.get(self.open[-1].tag, self.open[-1].tag)}>")
            self.open.pop()

    def _block(self, block: Block, chain: list[HtmlElement], crowd: int, caption: bool) -> None:
        raw = any(element.tag == "pre" for element in chain)
        body, text = self._inline(block, raw)
        if not body:
            return
        self._close(chain)
        for element in chain[len(self.open) :]:
            self.open.append(element)
            self.out.append(f"<{_RENAMED.get(element.tag, element.tag)}>")
        bare = bool(chain) and chain[-1].tag in _LEAVES and (crowd < 2 or chain[-1].tag not in {"li", "dd", "figcaption"})
        self.out.append(body if bare else f"<p>{body}</p>")
        if text:
            self.paragraphs.append(text)
            if not caption and not (chain and chain[-1].tag in HEADINGS):
                self.told.append(text)

    def _table(self, table: HtmlElement, blocks: Sequence[Block]) -> None:
        cells: dict[HtmlElement, list[Block]] = {}
        for block in blocks:
            cells.setdefault(_cell(block.owner), []).append(block)
        rows: list[str] = []
        lines: list[str] = []
        for row in table.iter("tr"):
            held = list(row.iterchildren("td", "th"))
            if not any(cell in cells for cell in held):
                continue
            parts = [self._cell(cell, cells.get(cell, [])) for cell in held]
            rows.append("<tr>" + "".join(html for html, _ in parts) + "</tr>")
            lines.append("\t".join(text for _, text in parts).strip())
        self.out.append("<table><tbody>" + "".join(rows) + "</tbody></table>")
        self.paragraphs.append("\n".join(line for line in lines if line))

    def _cell(self, cell: HtmlElement, blocks: Sequence[Block]) -> tuple[str, str]:
        parts = [self._inline(block, False) for block in blocks]
        spans = "".join(f' {name}="{span}"' for name in ("colspan", "rowspan") if (span := cell.get(name)) and _SPAN.fullmatch(span))
        html = "<br>".join(body for body, _ in parts if body)
        return f"<{cell.tag}{spans}>{html}</{cell.tag}>", " ".join(text for _, text in parts if text)

    def _inline(self, block: Block, raw: bool) -> tuple[str, str]:
        """(HTML, text) of a block's pieces, formatting opened and closed as it changes."""
        if len(block.pieces) == 1 and not (only := block.pieces[0]).void and only.at is block.owner:
            return _tidy(*self._piece(only, raw), raw)
        out: list[str] = []
        text: list[str] = []
        path: list[HtmlElement] = []
        for piece in block.pieces:
            wanted = self._path(piece, block.owner)
            html, said = self._piece(piece, raw)
            if not html:
                continue
            if path or wanted:
                shared = next((n for n, (a, b) in enumerate(zip(path, wanted, strict=False)) if a is not b), min(len(path), len(wanted)))
                out.extend(f"</{_INLINE[element.tag]}>" for element in reversed(path[shared:]))
                out.extend(self._opened(element) for element in wanted[shared:])
                path = wanted
            out.append(html)
            text.append(said)
        out.extend(f"</{_INLINE[element.tag]}>" for element in reversed(path))
        return _tidy("".join(out), "".join(text), raw)

    def _path(self, piece: Piece, owner: HtmlElement) -> list[HtmlElement]:
        path: list[HtmlElement] = []
        element = piece.at.getparent() if piece.void else piece.at
        while element is not None and element is not owner and len(path) < 8:
            if element.tag in _INLINE and (element.tag != "a" or self._target(element)):
                path.append(element)
            element = element.getparent()
        return path[::-1]

    def _target(self, link: HtmlElement) -> str | None:
        href = link.get("href") or ""
        if href[:1] == "#":
            return None
        return absolute(self.base, href, charset=self.charset, fragment=True)

    def _opened(self, element: HtmlElement) -> str:
        if element.tag != "a":
            return f"<{_INLINE[element.tag]}>"
        url = self._target(element) or ""
        if (found := enclosure(url, "".join(element.itertext())[:300])) and url not in self.seen:
            self.seen.add(url)
            self.clean.enclosures.append(found)
        return f'<a href="{escape(url)}">'

    def _piece(self, piece: Piece, raw: bool) -> tuple[str, str]:
        if not piece.void:
            flat = piece.text
            if not raw and ("  " in flat or not flat.isprintable()):
                flat = _SPACES.sub(" ", flat)
            return escape(flat, quote=False), flat
        if piece.at.tag == "br":
            return "<br>", "\n"
        if piece.at.tag in {"img", "picture", "amp-img"}:
            return self._image(piece.at), ""
        return self._player(piece.at)

    def _image(self, element: HtmlElement) -> str:
        found = image(element, self.base)
        if not found or found.url in self.seen:
            return ""
        self.seen.add(found.url)
        self.clean.images.append(found)
        return f'<img src="{escape(found.url)}" alt="{escape(found.alt)}">'

    def _player(self, element: HtmlElement) -> tuple[str, str]:
        kind, url = player(element, self.base) or ("", "")
        if not url or url in self.seen:
            return "", ""
        self.seen.add(url)
        if kind == "frame":
            name = normal(element.get("title") or "") or url
            return f'<a href="{escape(url)}">{escape(name)}</a>', ""
        if found := enclosure(url):
            self.clean.enclosures.append(found)
        return f'<{kind} controls src="{escape(url)}"></{kind}>', ""


def _cell(owner: HtmlElement) -> HtmlElement:
    """The cell that a block stands in, or its owner."""
    element: HtmlElement | None = owner
    while element is not None and element.tag not in {"td", "th", "table"}:
        element = element.getparent()
    return owner if element is None else element


def _tidy(html: str, text: str, raw: bool) -> tuple[str, str]:
    """Space and line breaks at the ends gone; "" where neither text nor a medium is left."""
    if raw:
        return html.strip("\n"), text.strip("\n")
    if "<br>" in html:
        html = _shorn(_BREAKS.sub("<br>", html))
    said = "\n".join(line for part in text.split("\n") if (line := normal(part))) if "\n" in text else normal(text)
    return (html.strip(), said) if said or _MEDIUM.search(html) else ("", "")


def _shorn(html: str) -> str:
    """Without line breaks at its ends."""
    html = html.strip()
    while html.startswith("<br>"):
        html = html[4:].lstrip()
    while html.endswith("<br>"):
        html = html[:-4].rstrip()
    return html
