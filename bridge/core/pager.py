"""Where a list goes on: the address of its next page."""

import re
from collections import Counter
from functools import lru_cache
from itertools import islice, pairwise
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from . import dom
from .outline import Anchor, Outline

_NEXT = re.compile(
    r"[\s\[(«‹<←]*(?:下一?页|下頁|下一頁|后一?页|下页|次(?:へ|のページ|頁|の\d+件)|next(?: page| \d+)?|page \d{1,4}(?=\s*[»›>→])|older"
    r"(?: posts| entries| articles| news)?|more (?:posts|articles|news)"
    r"|weiter|nächste(?: seite)?|далее|следующая(?: страница)?|вперед|вперёд|التالي|التالية|الصفحة التالية|다음(?: 페이지)?"
    r"|suivante?s?|page suivante|siguientes?"
    r"|próxim[oa]s?|avanti|successiv[ao]|volgende|następna|dalej|sonraki|trang sau)[\s\])»›>→.…]*|[>›»→]{1,2}|&gt;",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(r"(?:^|[-_\s])next(?:$|[-_\s])|nextpage|page-?next", re.IGNORECASE)
_HINT = re.compile(r"[页頁]|page", re.IGNORECASE)
_MOST_ALIKE = 3
_MOST_NUMBERS = 16  # in a row; more are the days of a month
_LAST = 40  # anchors of a page among which a “more” goes on with the list
_MORE = re.compile(
    r"\W*(?:load |show |see |view )?more(?: \w{3,10})?\W*|\W*(?:加载|查看|显示)?更多\W*|\W*(?:показать )?[её]щ[её]\W*|mehr|もっと見る",
    re.IGNORECASE,
)
_SECOND = re.compile(r"[?&](?:p|pn|page|paged|pg|start|offset|seite|pageno|after|next)=[\w-]{1,40}", re.IGNORECASE)
_YEARS = 1900  # and above: no page numbers
_MOST = 30  # characters of a link that may be a pager's
_BACK = re.compile(
    r"[\s\[(«‹<←]*(?:上一?页|上頁|上一頁|前一?页|前へ|首页|第一页|尾页|末页|最后一?页|最後"
    r"|prev(?:ious)?(?: page)?|newer(?: posts| entries)?|first|last|home"
    r"|zurück|erste|letzte|назад|предыдущая|первая|последняя|السابق|الأخيرة|이전|précédente?s?|anterior)[\s\])»›>→]*|[<«‹]{1,2}",
    re.IGNORECASE,
)
_WEAK = re.compile(r"首页|home|first|last", re.IGNORECASE)  # menus have these too
_PARTIAL = re.compile(r"\W*more", re.IGNORECASE)  # after a part of a list, to all of it
_TOLD = re.compile(
    r".{0,30}(?:共\s*\d+\s*[页頁]|第\s*\d+\s*[页頁]?\s*[/／]\s*(?:共\s*)?\d+\s*[页頁]|\d+\s*/\s*\d+\s*[页頁]|page \d+ of \d+).{0,30}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\[(（第]?\s*(\d{1,4})\s*[\])）页]?")

Bar = tuple[int, int, int]
"""The element that holds a pager, the numbers of its first and its last anchor."""


def next_page(tree: HtmlElement, page: Outline) -> str | None:
    """The next page's address: `rel=next`, a link that says so, or the number after the one that is no link."""
    for element in tree.iter("link", "a", "area"):
        rel = element.get("rel")
        if rel and "next" in rel.lower().split() and (url := _usable(page, element.get("href") or "")):
            return url
    said, numbers = _leads(page)
    return said or _counted(page, numbers) or _more(page)


def is_paged(page: Outline, found: list[Bar]) -> bool:
    """Whether the page has a pager: one of the `bars` found, a link to a next page, or page numbers in a row."""
    return found != [] or _leads(page) != (None, [])


def _leads(page: Outline) -> tuple[str | None, list[tuple[int, str]]]:
    """Where the page says that it goes on, and its row of page numbers; looked for once."""
    if page.leads is None:
        page.leads = _said(page), _numbers(page)
    return page.leads


def bars(page: Outline) -> list[Bar]:
    """The pagers of a page in document order: the element that holds one, and the numbers of its first and last anchor.

    Links to other pages side by side, or a text that counts the pages, with no link in it (then the anchors around it, in reverse).
    """
    found: list[Bar] = []
    row: list[int] = []
    for number, anchor in enumerate(page.anchors):
        if not _steps(page, anchor):
            continue
        if row and number == row[-1] + 1:
            row.append(number)
            continue
        found += _bar(page, row)
        row = [number]
    return sorted([*_few(page, [*found, *_bar(page, row)]), *_told(page)], key=lambda bar: bar[1])


def _few(page: Outline, found: list[Bar]) -> list[Bar]:
    """Without those that stand in more than three places of one kind: they are of lines, not of the list."""
    kinds = Counter(_kind(page, bar) for bar in found)
    return [bar for bar in found if kinds[_kind(page, bar)] <= _MOST_ALIKE]


def _kind(page: Outline, bar: Bar) -> tuple[str, ...]:
    return tuple(page.nodes[node].label for node in page.ancestors(bar[0], 2))


def is_next(page: Outline, anchor: Anchor) -> bool:
    """Whether a link says that it leads to the next page."""
    return _is_next(_text(page, anchor))


@lru_cache(maxsize=4096)
def _is_next(text: str) -> bool:
    return len(text) <= _MOST and _NEXT.fullmatch(text) is not None


def _steps(page: Outline, anchor: Anchor) -> bool:
    text = _text(page, anchor)
    return len(text) <= _MOST and _is_step(text)


@lru_cache(maxsize=4096)
def _is_step(text: str) -> bool:
    return (_is_next(text) or _NUMBER.fullmatch(text) is not None or _BACK.fullmatch(text) is not None) and not _PARTIAL.match(text)


def _bar(page: Outline, row: list[int]) -> list[Bar]:
    """A row of links as a pager, where a step forward or back is among them, or numbers that count up and are not a month's days."""
    texts = [_text(page, page.anchors[number]) for number in row[:40]]
    spoken = any(not _NUMBER.fullmatch(text) and not _WEAK.fullmatch(text) and any(map(str.isalpha, text)) for text in texts)
    if not spoken and not _counts(page, row, texts):
        return []
    node = page.anchors[row[0]].node
    while not page.within(node, row[-1]) and page.nodes[node].parent >= 0:
        node = page.nodes[node].parent
    return [(node, row[0], row[-1])]


def _counts(page: Outline, row: list[int], texts: list[str]) -> bool:
    """Whether links are numbers of pages of a list: neither days of a month nor the pages of the one thread before them."""
    numbers = [int(found[1]) for text in texts if (found := _NUMBER.fullmatch(text))]
    if not 2 <= len(numbers) <= _MOST_NUMBERS or numbers[0] > _YEARS or any(one >= other for one, other in pairwise(numbers)):
        return False
    return row[0] == 0 or page.anchors[row[0] - 1].shape.exact != page.anchors[row[-1]].shape.exact


def _told(page: Outline) -> list[Bar]:
    """Texts that count the pages of a list and stand in no link."""
    told = [run for run in page.runs if run.anchor < 0 and len(run.text) < 80 and _HINT.search(run.text) and _TOLD.fullmatch(run.text)]
    spans = ((run.node, *page.nodes[run.node].anchors) for run in told if len(told) <= _MOST_ALIKE)
    return [(node, low, max(low, high) - 1) for node, low, high in spans]


def _usable(page: Outline, href: str) -> str | None:
    url = dom.absolute(page.base, href, charset=page.charset)
    return url if url and url.rstrip("/") != page.url.rstrip("/") else None


def _text(page: Outline, anchor: Anchor) -> str:
    if anchor.said is None:
        anchor.said = _read(page, anchor)
    return anchor.said


def _read(page: Outline, anchor: Anchor) -> str:
    low, high = anchor.runs
    if low < high and len(page.runs[low].text) > _MOST:
        return page.runs[low].text
    shown = " ".join(run.text for run in page.runs[low : min(high, low + 4)])
    return shown or anchor.title or next((picture.alt for picture in page.pictures[slice(*anchor.pictures)] if picture.alt), "")


def _said(page: Outline) -> str | None:
    here = urlsplit(page.url).hostname
    arrows = None
    for anchor in reversed(page.anchors):
        text = _text(page, anchor)
        if len(text) > _MOST or anchor.shape.host != here:
            continue
        if _is_next(text):
            if any(letter.isalnum() for letter in text):
                return anchor.url
            arrows = arrows or (anchor.url if _in_pager(page, anchor) else None)
        elif len(text) < 12 and _is_called_next(page.nodes[anchor.node].element):
            arrows = arrows or anchor.url
    return arrows


def _is_called_next(link: HtmlElement) -> bool:
    """Whether a link, or the icon in it, has a class that says so."""
    return any(_NEXT_CLASS.search(one.get("class") or "") for one in (link, *islice(link.iterchildren("*"), 1)))


def _more(page: Outline) -> str | None:
    """A “more” that leads to the second page of this very address, as below lists of links."""
    for anchor in reversed(page.anchors[-_LAST:]):
        if _MORE.fullmatch(_text(page, anchor)) and anchor.url.split("?")[0].rstrip("/") in _selves(page) and _SECOND.search(anchor.url):
            return anchor.url
    return None


def _selves(page: Outline) -> tuple[str, str]:
    """The page's own path, and its folder."""
    path = page.url.split("?")[0].split("#")[0]
    return path.rstrip("/"), path.rpartition("/")[0]


def _in_pager(page: Outline, anchor: Anchor) -> bool:
    """Whether other page numbers stand in the same element."""
    holders = page.ancestors(anchor.node, 4)[1:]
    low, high = page.nodes[holders[-1]].anchors if holders else (0, 0)
    return any(_NUMBER.fullmatch(_text(page, other)) for other in page.anchors[low : min(high, low + 40)])


def _numbers(page: Outline) -> list[tuple[int, str]]:
    """The longest row of links whose texts count up, as (number, address); no row that stands beside many lines."""
    rows: list[list[tuple[int, str]]] = []
    kinds: list[tuple[str, ...]] = []
    row: list[tuple[int, str]] = []
    for anchor in page.anchors:
        said = page.runs[anchor.runs[0]].text if anchor.runs[1] - anchor.runs[0] == 1 else ""
        found = _NUMBER.fullmatch(said) if len(said) < 12 else None
        if not found:
            row = []
            continue
        number = int(found[1])
        if row and row[-1][0] < number <= row[-1][0] + 2 and len(row) < 50:
            row.append((number, anchor.url))
            continue
        row = [(number, anchor.url)]
        rows.append(row)
        kinds.append(tuple(page.nodes[node].label for node in page.ancestors(anchor.node, 3)[1:]))
    often = Counter(kinds)
    best = max((row for row, kind in zip(rows, kinds, strict=True) if often[kind] <= _MOST_ALIKE), key=len, default=[])
    counted = 3 <= len(best) <= _MOST_NUMBERS or (len(best) == 2 and best[0][0] in (1, 2))
    return best if counted and not any(_is_day(number, url) for number, url in best) else []


def _is_day(number: int, url: str) -> bool:
    """Whether an address has the number as the day of a date: a calendar's."""
    return re.search(rf"(?:19|20)\d\d[-/_.]?\d{{1,2}}[-/_.]?0?{number}(?!\d)", url) is not None


def _counted(page: Outline, row: list[tuple[int, str]]) -> str | None:
    """After the number that is missing among the page numbers, because it is this page; after 1 where none is."""
    for (number, _), (after, url) in pairwise(row):
        if after == number + 2:
            return url
    if not row:
        return None
    return row[0][1] if row[0][0] == 2 else row[1][1] if row[0][0] == 1 and _is_first(page.url) else None


def _is_first(url: str) -> bool:
    found = re.search(r"(?:page|p|pn|pageno|_)[=_/-]?(\d+)", url, re.IGNORECASE)
    return found is None or found[1] in ("0", "1")
