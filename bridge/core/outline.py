"""A page as a reader of lists sees it: text, links and pictures in document order, and the elements that hold them.

Elements are numbered in document order; each knows which runs of text, links and pictures lie within it, so that every
question about a subtree is a slice. One walk over the tree, no recursion.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import urldefrag

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from . import dom
from .shapes import Shape, shape

MAX_NODES = 200_000
MAX_LINKS = 5_000
MAX_HELD = 200

_SILENT = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "option",
        "textarea",
        "head",
        "iframe",
        "object",
        "canvas",
        "noframes",
        "math",
    }
)
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rp rt ruby s samp small span strike "
        "strong sub sup time tt u var wbr",
    )
)
_STATE = re.compile(
    r"\d{3,}|^(?:odd|even|first|last|active|on|cur|current|hover|new|hot|top|selected|alt\d?|clearfix|clear|cf|fl|fr|js-.*|is-.*|has-.*|wow|animated"
    r"|post-\d+|item-?\d+|row-?\d+)$"
)
_GENERATED = re.compile(r"[-_]{1,2}(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{5,8}$")
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\(|\bopen\w{0,12}\()\s*[\"']([^\"'\s+]{2,400})[\"']",
    re.IGNORECASE,
)
_LAZY = ("data-original", "data-src", "data-lazy-src", "data-lazy", "data-url", "lazy-src", "original", "src")


@dataclass(slots=True)
class Node:
    """An element: half-open ranges of the runs, anchors and pictures within it."""

    tag: str
    label: str
    parent: int
    element: HtmlElement
    runs: tuple[int, int] = (0, 0)
    anchors: tuple[int, int] = (0, 0)
    pictures: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Run:
    """A piece of text, the element it stands in, its anchor (-1: none), and the line it is on."""

    text: str
    node: int
    anchor: int
    line: int


@dataclass(slots=True)
class Anchor:
    """A link: `runs` are the pieces of its text; `same` are further anchors of the same address beside it.

    `said` is core.pager's: its text as a pager's would read (None: not looked at yet).
    """

    node: int
    url: str
    shape: Shape
    runs: tuple[int, int]
    title: str
    pictures: tuple[int, int] = (0, 0)
    same: list[int] = field(default_factory=list)
    said: str | None = None


@dataclass(slots=True)
class Picture:
    """An `<img>`: absolute address, alternative text, and its element."""

    url: str
    alt: str
    node: int


@dataclass(slots=True)
class Outline:
    """The page: its address and base, and everything in document order; `times` are the numbers of its `<time>` elements.

    `unread` counts the links beyond MAX_LINKS, and elements beyond MAX_NODES as one; `labels` are texts that stand before the titles
    of several links within the link (core.candidates finds them), `leads` is where core.pager found that the page goes on.
    """

    url: str
    base: str
    charset: str
    nodes: list[Node] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    unread: int = 0
    labels: frozenset[str] = frozenset()
    leads: tuple[str | None, list[tuple[int, str]]] | None = None

    def within(self, node: int, anchor: int) -> bool:
        """Whether the anchor lies within the element."""
        low, high = self.nodes[node].anchors
        return low <= anchor < high

    def ancestors(self, node: int, most: int = 64) -> list[int]:
        """The element and what it lies in, innermost first, at most `most`."""
        chain: list[int] = []
        nodes = self.nodes
        for _ in range(most):
            if node < 0:
                break
            chain.append(node)
            node = nodes[node].parent
        return chain


def outline(tree: HtmlElement, url: str, charset: str = "utf-8") -> Outline:
    """The outline of a page; links that lead nowhere on the web, or to the page itself, are not in it."""
    page = Outline(url, dom.base_url(tree, url), charset)
    body = tree.find("body")
    _Walk(page).run(body if body is not None else tree)
    return page


_Open = tuple[HtmlElement | None, Node, int, int, int, int]


class _Walk:
    """One depth-first walk; `link` is the open anchor, `holder` its element, `lent` an address for the next one."""

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.here = urldefrag(page.url)[0].rstrip("/")
        self.link = self.holder = -1
        self.lent: str | None = None

    def run(self, body: HtmlElement) -> None:
        """One loop, since a page has thousands of elements. `path` has the open ones and what stood before each; its first is none."""
        page, line, here = self.page, 0, -1
        nodes, runs, anchors, pictures = page.nodes, page.runs, page.anchors, page.pictures
        path: list[_Open] = [(None, Node("", "", -1, body), -1, 0, 0, 0)]
        bare = (0, 0)
        steps = iterwalk(body, events=("start", "end"))
        for event, element in steps:
            if event == "end":
                if path[-1][0] is element:
                    _, node, number, run, anchor, picture = path.pop()
                    here = path[-1][2]
                    if number == self.holder:
                        self._end_link()
                    node.runs = (run, len(runs))
                    node.anchors = (anchor, len(anchors))
                    if bare[1] != len(pictures) or picture != bare[0]:  # most hold none: these share what says so
                        bare = (picture, len(pictures))
                    node.pictures = bare
                    line += node.tag not in _INLINE
                text = element.tail
            elif (tag := element.tag) in _SILENT:
                steps.skip_subtree()
                continue
            elif len(nodes) < MAX_NODES:
                name = element.get("class")
                node = Node(tag, _label(tag, name) if name else tag, here, element)
                here = len(nodes)
                path.append((element, node, here, len(runs), len(anchors), len(pictures)))
                nodes.append(node)
                line += not self._opens(element, tag) and tag not in _INLINE
                text = element.text
            else:
                page.unread += 1
                break
            if text and here >= 0 and not text.isspace():
                runs.append(Run(" ".join(text.split()), here, self.link, line))
        self._close(path[:0:-1])

    def _close(self, path: list[_Open]) -> None:
        """Whatever is still open ends with the page."""
        page = self.page
        for _, node, number, run, anchor, picture in path:
            if number == self.holder:
                self._end_link()
            node.runs, node.anchors, node.pictures = (run, len(page.runs)), (anchor, len(page.anchors)), (picture, len(page.pictures))

    def _opens(self, element: HtmlElement, tag: str) -> bool:
        """Whether an element is a link, a picture or a time; it is noted."""
        if tag == "a":
            if self.link >= 0 and element.get("href"):
                self._end_link()  # a link within a link means that the outer one was left open (HTML Standard §13.2.6.4.7)
            if self.link < 0:
                self._anchor(element, tag)
        elif self.link < 0 and (element.get("onclick") or element.get("data-href")):
            self._anchor(element, tag)
        elif tag == "img":
            self._picture(element)
        elif tag == "time":
            self.page.times.append(len(self.page.nodes) - 1)
        else:
            return False
        return True

    def _end_link(self) -> None:
        anchor = self.page.anchors[self.link]
        anchor.runs = (anchor.runs[0], len(self.page.runs))
        anchor.pictures = (anchor.pictures[0], len(self.page.pictures))
        self.link = self.holder = -1

    def _anchor(self, element: HtmlElement, tag: str) -> None:
        if len(self.page.anchors) >= MAX_LINKS:
            self.page.unread += 1
            return
        url = self._leads(element.get("href") or "") if tag == "a" else None
        url = url or self._scripted(element) or (self.lent if tag == "a" else None)
        self.lent = None
        if url is None:
            return
        if tag != "a" and next(_links_within(element), None) is not None:
            self.lent = url  # the link within leads nowhere itself, and has the title
            return
        start = (len(self.page.runs), len(self.page.runs))
        pictures = (len(self.page.pictures), len(self.page.pictures))
        self.link, self.holder = len(self.page.anchors), len(self.page.nodes) - 1
        self.page.anchors.append(
            Anchor(self.holder, url, shape(url), start, element.get("title") or element.get("aria-label") or "", pictures)
        )

    def _leads(self, href: str) -> str | None:
        """Where an address leads, or None for nowhere or to the page itself."""
        url = dom.absolute(self.page.base, href, charset=self.page.charset)
        return None if url is None or url.rstrip("/") == self.here else url

    def _scripted(self, element: HtmlElement) -> str | None:
        """The address that a click on the element plainly leads to, where no link within it does."""
        data, *said = (element.get(name) or "" for name in ("data-href", "onclick", "href"))
        if not data and not said[0] and "(" not in said[1] and "=" not in said[1]:
            return None
        places = [data, *(found[1] for text in said if (found := _GOES.search(text[:1000])))]
        url = next((url for place in places if place and (url := self._leads(place))), None)
        if url is None:
            return None
        return None if any(self._leads(link.get("href") or "") for link in _links_within(element)) else url

    def _picture(self, element: HtmlElement) -> None:
        for name in _LAZY:
            source = element.get(name)
            if source and (url := dom.absolute(self.page.base, source)):
                alt = dom.normal((element.get("alt") or element.get("title") or "")[:400])
                self.page.pictures.append(Picture(url, alt, len(self.page.nodes) - 1))
                return


def _links_within(element: HtmlElement) -> Iterator[HtmlElement]:
    return (link for link in islice(element.iter(), 1, MAX_HELD) if link.tag == "a")


@lru_cache(maxsize=4096)
def _label(tag: str, names: str) -> str:
    """`tag.class` with the first class that names a kind of element rather than a state, without generated endings."""
    for name in names.split()[:6]:
        if not _STATE.search(name):
            return f"{tag}.{_GENERATED.sub('', name)}"
    return tag
