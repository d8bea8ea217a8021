"""What tells where on a page its list is: the pager below it, a heading that says what the page's title says, the path to the page.

Side blocks are made like the list itself on many sites, and longer than the last page of a list: no measure of their lines parts them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from . import pager
from .candidates import ASIDE, CHROME, Candidate
from .outline import Anchor, Outline

_PATH = re.compile(
    r".{0,6}(?:[您你]?(?:现在|目前|当前|所在)?的?(?:位置|地点)(?:是|为)?|当前(?:位置|页面|栏目)|所在(?:位置|栏目)|現在(?:地|位置|のページ)"
    r"|you are here|вы (?:здесь|находитесь)|sie (?:sind|befinden sich) hier|أنت هنا|vous êtes ici)\s*(?:[:：>»].{0,200})?",
    re.IGNORECASE | re.DOTALL,
)
_PATH_HINT = re.compile(r"[位地当所現]|here|вы|hier|هنا|ici")
_PARTS = re.compile(r"\s*(?:[-–—_|·>»«:：,，/\\]|&gt;)+\s*")
_MORE = re.compile(r"\W*(?:更多.{0,4}|more|mehr|подробнее|المزيد|もっと見る|一覧.{0,3})\W*", re.IGNORECASE)
_MOST_HEADINGS = 4
_MOST_BARS = 4
_ROWS = frozenset(("a", "p", "h2", "h3", "h4", "li", "tr", "dd", "dt", "article"))
_HEADINGS = frozenset(("h1", "h2", "h3"))
_FULL, _FULL_FRONT = 0.12, 0.35  # of a page's headlines stand at least above a pager that goes on
_CENTRAL = 0.3  # of a page's headlines stand at least outside of what calls itself a side column
_MOST_FORKS = 6
_WIDER = 1.5
_WIDTH = re.compile(r"(?<![-\w])width\s*:\s*(\d{1,4}(?:\.\d+)?)\s*(%|px|em|rem|vw)?(?=\s*(?:;|$))", re.IGNORECASE)
_LONGEST = 16
_OPENING = ("[", "【", "(", "（", "]", "】", "|", "·")  # of a line's category rather than a block's heading

Range = tuple[int, int]
"""Half-open range of anchors."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """`main` is where the page's own list stands, None where nothing tells, or everything lies within.

    `steps` are the anchors of its pagers, `more` those that lead to all of a list of which the page shows a part.
    """

    main: Range | None
    steps: frozenset[int]
    more: frozenset[int]


def landmarks(page: Outline, tree: HtmlElement, found: list[Candidate], bars: list[pager.Bar], *, front: bool) -> Landmarks:
    """The landmarks of a page with its pagers; on a front page nothing else tells."""
    more = [candidate.number for candidate in found if _MORE.fullmatch(candidate.title)]
    steps = frozenset(number for _, first, last in bars for number in range(first, last + 1))
    return Landmarks(_main(page, tree, found, bars, more, front=front), steps, frozenset(more))


def _main(page: Outline, tree: HtmlElement, found: list[Candidate], bars: list[pager.Bar], more: list[int], *, front: bool) -> Range | None:
    read = [candidate for candidate in found if candidate.level != CHROME and not candidate.prose and _is_titled(candidate)]
    central = [candidate for candidate in read if candidate.level != ASIDE]
    titled = [candidate.number for candidate in (central if len(central) >= _CENTRAL * len(read) else read)]
    every = [candidate.number for candidate in found]
    for goes_on, low, high in _paged(page, bars, every, titled):
        least = (_FULL_FRONT if front else _FULL if goes_on else 0) * len(titled)
        if least < _count(titled, low, high) < len(titled):
            return low, high
    if front:
        return None
    for sought in (_headed(page, tree, titled), _pathed(page, titled), _forked(page, titled)):
        for low, high in sought:
            if 0 < _count(titled, low, high) < len(titled) and _count(more, low, high) == 0:
                return low, high
    return None


def _is_titled(candidate: Candidate) -> bool:
    """Whether a link reads like a headline, or a little like one and leads to what is like an article."""
    return candidate.likeness >= (0.3 if candidate.shape.likeness >= 0.7 else 0.6) and candidate.shape.likeness >= 0.3


def _count(numbers: list[int], low: int, high: int) -> int:
    return bisect_left(numbers, high) - bisect_left(numbers, low)


# ---------------------------------------------------------------- the pager


def _paged(page: Outline, bars: list[pager.Bar], every: list[int], titled: list[int]) -> Iterator[tuple[bool, int, int]]:
    """The lines before the last pager and others before it, or after it where none stand before; and whether the pager goes on."""
    for node, first, last in reversed(bars[-_MOST_BARS:]):
        goes_on = any(pager.is_next(page, page.anchors[number]) for number in range(first, last + 1))
        for holder in page.ancestors(node)[1:]:
            low, high = page.nodes[holder].anchors
            if before := titled[bisect_left(titled, low) : bisect_left(titled, first)]:
                yield goes_on, *_alike(page, holder, before[-1], [number for number in every if low <= number < before[-1]][::-1])
                break
            if after := titled[bisect_right(titled, last) : bisect_left(titled, high)]:
                yield goes_on, *_alike(page, holder, after[0], [number for number in every if after[0] < number < high])
                break


def _alike(page: Outline, holder: int, start: int, further: list[int]) -> Range:
    """The anchors of the holder's child with the first of the links, and of its neighbours that are elements of the same kind."""
    top = _child(page, holder, start)
    label = page.nodes[top].label
    low, high = page.nodes[top].anchors
    for number in further:
        if low <= number < high:
            continue
        top = _child(page, holder, number)
        if page.nodes[top].label != label:
            break
        low, high = min(low, page.nodes[top].anchors[0]), max(high, page.nodes[top].anchors[1])
    return low, high


def _child(page: Outline, holder: int, anchor: int) -> int:
    node = page.anchors[anchor].node
    while page.nodes[node].parent != holder and page.nodes[node].parent >= 0:
        node = page.nodes[node].parent
    return node


# ---------------------------------------------------------------- headings and paths


def _headed(page: Outline, tree: HtmlElement, titled: list[int]) -> Iterator[Range]:
    """What follows a heading that says what the page's title says."""
    names = _names(tree)
    if not names:
        return
    heads = [number for number, run in enumerate(page.runs) if run.text in names and (run.anchor < 0 or _is_heading(page, run.node))]
    found = [span for number in heads[:_MOST_HEADINGS] for span in _after(page, number, titled)]
    found = [span for span in found if _count(titled, *span) < len(titled)]
    if found and max(low for low, _ in found) < min(high for _, high in found):  # else they contradict each other
        yield found[-1]


def _is_heading(page: Outline, node: int) -> bool:
    return any(page.nodes[number].tag in _HEADINGS for number in page.ancestors(node, 3))


def _names(tree: HtmlElement) -> set[str]:
    """The parts of the page's title without its last, which is the site's name; all of it where it has one part."""
    title = next((" ".join((element.text or "")[:300].split()) for element in tree.iter("title")), "")
    parts = [part for part in _PARTS.split(title) if len(part) >= 2]
    return set(parts[:-1] or parts)


def _pathed(page: Outline, titled: list[int]) -> Iterator[Range]:
    """What follows the path to this page (您的位置: 首页 > 新闻) within the same column."""
    for number, run in enumerate(page.runs):
        if len(run.text) < 260 and _PATH_HINT.search(run.text[:24].lower()) and _PATH.fullmatch(run.text):
            yield from _after(page, number, titled)
            return


def _after(page: Outline, run: int, titled: list[int]) -> Iterator[Range]:
    """What follows a run in the innermost element that holds it and a headline after it."""
    start = bisect_left(page.anchors, run + 1, key=_first_run)
    for holder in page.ancestors(page.runs[run].node):
        high = page.nodes[holder].anchors[1]
        if _count(titled, start, high) > 0:
            yield start, high
            return


def _first_run(anchor: Anchor) -> int:
    return anchor.runs[0]


# ---------------------------------------------------------------- columns


def _forked(page: Outline, titled: list[int]) -> Iterator[Range]:
    """Of columns side by side, the one that says to be much wider, or the one without a heading where all others have one."""
    low, high = 0, len(page.anchors)
    for _ in range(_MOST_FORKS):
        inside = titled[bisect_left(titled, low) : bisect_left(titled, high)]
        if len(inside) < 2:
            return
        columns = _split(page, inside)
        if chosen := _widest(page, columns, inside) or _unheaded(page, columns, inside):
            yield page.nodes[chosen].anchors
            return
        low, high = max((page.nodes[column].anchors for column in columns), key=lambda span: _count(titled, *span))
        if _count(titled, low, high) < 0.7 * len(inside):
            return


def _split(page: Outline, inside: list[int]) -> list[int]:
    """The elements side by side that hold the links, in the innermost element that holds all."""
    holder = page.anchors[inside[0]].node
    while not page.within(holder, inside[-1]) and page.nodes[holder].parent >= 0:
        holder = page.nodes[holder].parent
    columns: list[int] = []
    for number in inside:
        if not columns or not page.within(columns[-1], number):
            columns.append(_child(page, holder, number))
    return columns


def _widest(page: Outline, columns: list[int], inside: list[int]) -> int | None:
    """The column whose width is said to be half as much again as that of any other."""
    said = [(_width(page, column), column) for column in columns]
    if len(said) < 2 or len({unit for (_, unit), _ in said}) > 1 or not all(size for (size, _), _ in said):
        return None
    (first, widest), (second, _) = sorted(((size, column) for (size, _), column in said), reverse=True)[:2]
    return widest if first >= _WIDER * second and _is_copied(page, widest, inside, 2) else None


def _width(page: Outline, column: int) -> tuple[float, str]:
    element = page.nodes[column].element
    found = _WIDTH.search(f"width:{element.get('width') or ''};{element.get('style') or ''}"[:400])
    return (float(found[1]), found[2] or "px") if found else (0.0, "")


def _unheaded(page: Outline, columns: list[int], inside: list[int]) -> int | None:
    """The column without a heading, where all others have one."""
    if any(page.nodes[column].tag in _ROWS for column in columns):
        return None  # lines of a list, be it that an element was left open and holds the next
    bare = [column for column in columns if not _heading(page, column, inside)]
    return bare[0] if len(columns) >= 2 and len(bare) == 1 and _is_copied(page, bare[0], inside, 3) else None


def _is_copied(page: Outline, column: int, inside: list[int], deep: int) -> bool:
    """Whether most links beside a column are made like its own, so that no measure of theirs parts them."""
    own = {_made(page, number, deep) for number in inside if page.within(column, number)}
    others = [number for number in inside if not page.within(column, number)]
    return sum(_made(page, number, deep) in own for number in others) > 0.5 * len(others)


def _made(page: Outline, number: int, deep: int) -> tuple[str, ...]:
    """The labels of a link and of the elements around it."""
    return tuple(page.nodes[node].label for node in page.ancestors(page.anchors[number].node, deep))


def _heading(page: Outline, column: int, titled: list[int]) -> str:
    """The short text that a column begins with, before its first headline; not a path to the page."""
    first = page.anchors[titled[bisect_left(titled, page.nodes[column].anchors[0])]].runs[0]
    text = " ".join(run.text for run in page.runs[page.nodes[column].runs[0] : first][:6])
    plain = re.sub(r"[\W\d_]+", "", text)
    return plain if 2 <= len(plain) <= _LONGEST and not _MORE.fullmatch(text) and not text.rstrip().endswith(_OPENING) else ""
