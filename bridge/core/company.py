"""Links that stand beside a title on its line and are no titles: its category, source, author, number of comments."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from . import dom, wording
from .candidates import Candidate
from .outline import Outline
from .shapes import shape

_OPENS, _CLOSES = tuple("[(（【〔<＜「"), tuple("])）】〕>＞」")
_BARS = tuple("|｜/:：·")
_BRACKETED = re.compile(r"[\[(（【〔<＜「].{1,20}[\])）】〕>＞」][:：]?|.{1,20}[:：|｜]")
_ROWS = frozenset(("tr", "li", "dd", "article", "p"))
_MOST_IN_ROW = 5
_MOST_FORMS = 6  # of one article; an address with more of them is a section's
_MUCH_SHORTER = 0.75
_WIDEST = 24  # columns: 电子政务服务中心, Community & Culture


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two neighbours on one line, or in one row of cells: the title, and what may be its company."""

    title: Candidate
    other: Candidate


def company(page: Outline, found: list[Candidate]) -> set[int]:
    """The ids of the candidates of one page that keep a title company.

    Each is shorter than the title beside it and leads elsewhere; besides, it stands in brackets, or leads to what is no article, or
    leads where titles do not and stands before a colon or bar, comes back elsewhere on the page, or has its like on most lines.
    Other forms of an article that is a link itself are company wherever they stand.
    """
    often = Counter(candidate.url for candidate in found)
    kept = _forms(found, often)
    for _ in range(_MOST_IN_ROW - 1):
        roles = _Roles([pair for members in _by_place(found, kept).values() for pair in _pairs(page, members)], often)
        more = {id(pair.other) for pair in roles.pairs if _is_company(page, pair, roles)}
        if not more:
            break
        kept |= more
    return kept


def _forms(found: list[Candidate], addresses: Collection[str]) -> set[int]:
    """Links to another form of an article that is a link itself: its address with a query added, as for comments and sharing."""
    bases = Counter(url.partition("?")[0] for url in addresses if "?" in url)
    titled = {candidate.url for candidate in found if candidate.url in bases and candidate.likeness >= 0.8}
    for candidate in found:
        url, query, _ = candidate.url.partition("?")
        candidate.form = bool(query) and url in titled and bases[url] <= _MOST_FORMS and shape(url).likeness >= 0.7
    return {id(candidate) for candidate in found if candidate.form}


class _Roles:
    """What the neighbours of a page are to each other: whose shapes of addresses are titles', whose are not."""

    def __init__(self, pairs: list[_Pair], often: Counter[str]) -> None:
        self.pairs = pairs
        self.often = often
        self._titles = Counter(pair.title.shape.exact for pair in pairs)
        self._others = Counter(pair.other.shape.exact for pair in pairs)

    def is_other(self, shape: str) -> bool:
        """Whether addresses of this shape are no titles' here."""
        return self._titles[shape] <= 0.2 * self._others[shape]

    def is_usual(self, shape: str) -> bool:
        """Whether most lines have one of this shape beside the title."""
        return self._others[shape] >= max(3, 0.6 * len(self.pairs))


def _by_place(found: list[Candidate], without: set[int]) -> dict[str, list[Candidate]]:
    table: dict[str, list[Candidate]] = {}
    for candidate in (candidate for candidate in found if id(candidate) not in without):
        table.setdefault(candidate.place, []).append(candidate)
    return table


def _pairs(page: Outline, members: list[Candidate]) -> list[_Pair]:
    """Neighbours of one place in one row, one of them much shorter; the longer is the title."""
    found = []
    for one, other in pairwise(members):
        if min(len(one.title), len(other.title)) > _MUCH_SHORTER * max(len(one.title), len(other.title)):
            continue
        if _line(page, one) == _line(page, other) or _in_one_row(page, one, other):
            wider = dom.width(one.title) >= dom.width(other.title)
            found.append(_Pair(one, other) if wider else _Pair(other, one))
    return found


def _line(page: Outline, candidate: Candidate) -> int:
    low, high = page.anchors[candidate.number].runs
    return page.runs[low].line if low < high else -1 - candidate.number


def _in_one_row(page: Outline, one: Candidate, other: Candidate) -> bool:
    """Whether both stand in one element that holds hardly more: a row, or an element that is like its neighbours."""
    for node in page.ancestors(page.anchors[one.number].node, 6)[1:]:
        low, high = page.nodes[node].anchors
        if high - low > _MOST_IN_ROW:
            return False
        if low <= other.number < high:
            return page.nodes[node].tag in _ROWS or _has_twin(page, node)
    return False


def _has_twin(page: Outline, node: int) -> bool:
    """Whether the element right before or after has the same label."""
    element = page.nodes[node].element
    name = element.get("class")
    return any(
        near is not None and near.tag == element.tag and near.get("class") == name for near in (element.getprevious(), element.getnext())
    )


def _is_company(page: Outline, pair: _Pair, roles: _Roles) -> bool:
    title, other = pair.title, pair.other
    columns = dom.width(other.title)
    if columns > min(_WIDEST, _MUCH_SHORTER * dom.width(title.title)) or title.likeness < other.likeness or title.url == other.url:
        return False
    if wording.is_idle(other.title):
        return True
    often = roles.often[other.url] >= 2
    if title.shape.exact == other.shape.exact:
        return _is_bracketed(page, pair) and (often or columns <= 12)
    if _is_bracketed(page, pair) or other.shape.likeness <= 0.35 < title.shape.likeness:
        return True
    usual = roles.is_usual(other.shape.exact) or (often and other.likeness < 0.6) or _is_parted(page, pair)
    return usual and roles.is_other(other.shape.exact)


def _is_bracketed(page: Outline, pair: _Pair) -> bool:
    """Whether brackets stand around the link, within or without."""
    if _BRACKETED.fullmatch("".join(run.text for run in page.runs[slice(*page.anchors[pair.other.number].runs)][:4])):
        return True
    before, after = _around(page, pair.other)
    return before.endswith(_OPENS) and after.startswith(_CLOSES)


def _is_parted(page: Outline, pair: _Pair) -> bool:
    """Whether a bar or colon stands between the link and the title."""
    before, after = _around(page, pair.other)
    return after.startswith(_BARS) if pair.other.number < pair.title.number else before.endswith(_BARS)


def _around(page: Outline, candidate: Candidate) -> tuple[str, str]:
    """The texts right before and after a link that are no links."""
    first, last = page.anchors[candidate.number].runs
    before = page.runs[first - 1] if first else None
    after = page.runs[last] if last < len(page.runs) else None
    return (
        before.text.rstrip() if before is not None and before.anchor < 0 else "",
        after.text.lstrip() if after is not None and after.anchor < 0 else "",
    )
