"""Links that stand beside a title on its line and are no titles: its category, source, author, number of comments."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from . import dom, wording
from .candidates import Candidate
from .outline import Outline

_OPENS = re.compile(r".*[\[(（【〔<＜《「|｜/:：]\s*$", re.DOTALL)
_CLOSES = re.compile(r"\s*[\])）】〕>＞》」|｜/:：].*", re.DOTALL)
_BRACKETED = re.compile(r"[\[(（【〔<＜「].{1,20}[\])）】〕>＞」][:：]?|.{1,20}[:：|｜]")
_ROWS = frozenset(("tr", "li", "dd", "article", "p"))
_MOST_IN_ROW = 5
_WIDEST = 24  # columns: 电子政务服务中心, Community & Culture


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two neighbours on one line, or in one row of cells: the title, and what may be its company."""

    title: Candidate
    other: Candidate
    flat: bool

    @property
    def shapes(self) -> tuple[str, str]:
        return self.title.shape.loose, self.other.shape.loose


def company(page: Outline, found: list[Candidate]) -> set[int]:
    """The ids of the candidates of one page that keep a title company.

    Each is shorter than the title beside it and leads elsewhere; besides, it stands in brackets or before a colon or bar, or comes
    back elsewhere on the page, or leads to what is no article, or most lines have one of its kind.
    """
    pairs = [pair for members in _by_place(found).values() for pair in _pairs(page, members)]
    often = Counter(candidate.url for candidate in found)
    kinds = Counter(pair.shapes for pair in pairs)
    return {
        id(pair.other) for pair in pairs if _is_company(page, pair, often[pair.other.url], kinds[pair.shapes] >= max(3, 0.6 * len(pairs)))
    }


def _by_place(found: list[Candidate]) -> dict[str, list[Candidate]]:
    table: dict[str, list[Candidate]] = {}
    for candidate in found:
        table.setdefault(candidate.place, []).append(candidate)
    return table


def _pairs(page: Outline, members: list[Candidate]) -> list[_Pair]:
    """Neighbours of one place in one row, the longer title first; each candidate is the company of one other at most."""
    found = []
    for one, other in pairwise(members):
        flat = _line(page, one) == _line(page, other)
        if not flat and not _in_one_row(page, one, other):
            continue
        wider = dom.width(one.title) >= dom.width(other.title)
        found.append(_Pair(*((one, other) if wider else (other, one)), flat))
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


def _is_company(page: Outline, pair: _Pair, often: int, usual: bool) -> bool:
    title, other = pair.title, pair.other
    columns = dom.width(other.title)
    if columns > min(_WIDEST, 0.75 * dom.width(title.title)) or title.likeness < other.likeness or title.url == other.url:
        return False
    if wording.is_idle(other.title):
        return True
    marked = _is_marked(page, pair)
    if title.shape.exact == other.shape.exact:
        return marked and (often >= 2 or columns <= 12)
    lesser = other.shape.likeness <= 0.35 < title.shape.likeness
    return marked or lesser or usual or (often >= 2 and other.likeness < 0.6)


def _is_marked(page: Outline, pair: _Pair) -> bool:
    """Whether brackets stand around the link, within or without, or a bar or colon between it and the title."""
    if _BRACKETED.fullmatch(_shown(page, pair.other)):
        return True
    first, last = page.anchors[pair.other.number].runs
    before = page.runs[first - 1] if first else None
    after = page.runs[last] if last < len(page.runs) else None
    opens = before is not None and before.anchor < 0 and _OPENS.fullmatch(before.text[-40:]) is not None
    closes = after is not None and after.anchor < 0 and _CLOSES.fullmatch(after.text[:40]) is not None
    return (opens and closes) or (closes and pair.other.number < pair.title.number) or (opens and pair.other.number > pair.title.number)


def _shown(page: Outline, candidate: Candidate) -> str:
    return "".join(run.text for run in page.runs[slice(*page.anchors[candidate.number].runs)][:4])
