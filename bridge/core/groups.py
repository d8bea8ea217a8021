"""Links that stand in the same kind of place form a group; the group that reads most like a list of articles wins.

What counts: titles in display width (so that Chinese needs no word breaks), how many and how different they are, addresses
like an article's and like each other, dates, summaries or pictures beside them, headings; against it count navigation,
side columns, hot lists by their headings, links within prose, and other sites.
"""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from . import dom, items
from .candidates import ASIDE, CHROME, Candidate
from .company import company
from .landmarks import Landmarks, Range
from .outline import Outline
from .shapes import shape, site_of

_NESTED = re.compile(r"<li[^<]*<(?:div[^<]*<)?ul[^<]*<(?:div[^<]*<)?li")  # lists within lists are menus

_SEEN = 0.8  # of a block's lines on the first page too: every page has this block
_NAMED = 0.45  # cards with a picture or a sentence and a heading each may have short names


_FIGURES = ("score", "titles", "dated", "rich", "like", "chrome", "aside", "external", "own", "below", "outside", "within", "seen")


@dataclass(slots=True)
class Group:
    """Candidates of one place, in document order, and what their company shows."""

    place: str
    members: list[Candidate]
    score: float = 0.0
    titles: float = 0.0
    dated: float = 0.0
    rich: float = 0.0
    like: float = 0.0
    chrome: float = 0.0
    aside: float = 0.0
    external: float = 0.0
    own: float = 0.0
    below: float = 0.0
    outside: float = 0.0
    within: float = 1.0
    seen: float = 0.0
    distinct: float = 1.0
    fresh: float = 1.0
    heads: float = 0.0
    spoken: float = 1.0
    heading: float = 0.0
    columns: float = 0.0
    borrowed: bool = False
    named: bool = False
    nested: bool = False
    excerpt: bool = False
    shapes: Counter[str] = field(default_factory=Counter)
    loose: Counter[str] = field(default_factory=Counter)

    @property
    def span(self) -> tuple[int, int]:
        """Numbers of the first and the last anchor."""
        return self.members[0].number, self.members[-1].number

    @property
    def urls(self) -> set[str]:
        """Its addresses."""
        return {member.url for member in self.members}

    def facts(self) -> dict[str, object]:
        """What `--explain` shows of it."""
        figures = {name: round(getattr(self, name), 3) for name in _FIGURES}
        return {"place": self.place, "links": len(self.members), **figures, "example": self.members[0].title[:80]}


def groups(page: Outline, found: list[Candidate], marks: Landmarks, seen: frozenset[str]) -> list[Group]:
    """The groups of a page, the best first. Sets each candidate's item and whether its block goes under a hot list's heading.

    `seen` are addresses that the first page of the same list shows: blocks that hold nothing else are every page's.
    """
    for ending in (r"\d+(?=<|$)", r"(?<=\w)[-_]+\w{2,10}(?=<|$)"):
        _fold(found, ending)
    apart = company(page, found) | _repeated(found)
    apart |= {id(candidate) for candidate in found if candidate.prose or candidate.number in marks.steps}
    first = _by(found, lambda candidate: candidate.place + "#" * (id(candidate) in apart))
    headlines = [candidate.number for candidate in found if candidate.likeness >= 0.8]
    columns = [(key, members) for key, together in first.items() for members in _columns(together)]
    for _, members in columns:
        items.set_items(page, members)
        items.borrow(page, members, headlines)
    _forgive(found, marks.main)
    parts: dict[str, list[Candidate]] = {}
    for key, members in columns:
        column = f"{members[0].shape.exact}{members[0].likeness < 0.3:d}" if len(members) < len(first[key]) else ""
        for block in items.blocks(page, members):
            parts.setdefault(f"{key}|{_part(page, block, column)}{_area(block, marks.main, seen)}", []).extend(block)
    view = _View.of(page, found, headlines, marks, seen)
    made = [
        _measured(page, view, key.partition("|")[0], sorted(members, key=lambda member: member.number)) for key, members in parts.items()
    ]
    return sorted(made, key=lambda group: -group.score)


def _forgive(found: list[Candidate], main: Range | None) -> None:
    """On a page that is mostly rankings and recommendations, these are what it has, unless its own list stands elsewhere."""
    if main and any(main[0] <= candidate.number < main[1] and candidate.likeness >= 0.6 and not candidate.hot for candidate in found):
        return
    titled = [candidate for candidate in found if candidate.likeness >= 0.6 and candidate.level != CHROME]
    if sum(candidate.hot for candidate in titled) > 0.5 * len(titled):
        for candidate in titled:
            candidate.hot = False


def _fold(found: list[Candidate], ending: str) -> None:
    """Places of one or two links without the endings of their labels, which number or scramble what is alike."""
    plain = Counter(candidate.place for candidate in found)
    for candidate in found:
        if plain[candidate.place] < 3:
            candidate.place = re.sub(ending, "", candidate.place)


def _repeated(found: list[Candidate]) -> set[int]:
    """The short links that come back line by line, as categories and authors do, and others of their kind.

    A short title that stands in the list and in the blocks beside it has the address of a title, and is one.
    """
    short = [candidate for candidate in found if candidate.likeness < 0.5]
    often = Counter((candidate.place, candidate.url) for candidate in short)
    kinds = Counter((candidate.place, candidate.shape.loose) for candidate in short)
    unlike = Counter((place, shape(url).loose) for place, url in often)
    titled = Counter((candidate.place, candidate.shape.exact) for candidate in found if candidate.likeness >= 0.5)
    back = Counter((place, shape(url).exact) for (place, url), times in often.items() if times >= 2)
    return {
        id(candidate)
        for candidate in short
        if titled[candidate.place, candidate.shape.exact] <= 3 * back[candidate.place, candidate.shape.exact]
        and (
            often[candidate.place, candidate.url] >= 3
            or unlike[candidate.place, candidate.shape.loose] <= 0.4 * kinds[candidate.place, candidate.shape.loose]
        )
    }


def _part(page: Outline, block: list[Candidate], column: str) -> str:
    """What parts the blocks of one place: heading of a hot list, dates, addresses like articles' or like sections'."""
    like = sum(member.shape.likeness for member in block) / len(block)
    return f"{column}|{block[0].hot:d}{items.block_dated(page, block)}{'' if like <= 0.45 else '*'}"


def _area(block: list[Candidate], main: Range | None, seen: frozenset[str]) -> str:
    """What parts the blocks of one place besides: whether they stand where the page's list does, and whether every page has them."""
    inside = main is not None and 2 * sum(main[0] <= member.number < main[1] for member in block) >= len(block)
    return f"{'' if inside else 'o'}{'s' if seen and _share(block, seen) >= _SEEN else ''}"


def _share(members: Collection[Candidate], seen: frozenset[str]) -> float:
    return sum(member.url in seen for member in members) / len(members)


def _columns(members: list[Candidate]) -> list[list[Candidate]]:
    """Members of one place apart where kinds take turns: by the shape of their address, or titles from words like “PDF”."""
    counts = Counter(member.shape.exact for member in members)
    often = [shape for shape, count in counts.items() if count >= 3 and count >= 0.7 * counts.most_common(1)[0][1]]
    turns = sum(one.shape.exact != other.shape.exact for one, other in pairwise(members))
    if len(often) >= 2 and turns >= 0.8 * len(members) and _in_turn(members):
        alike = {member.shape.loose: member.shape.exact for member in members if member.shape.exact in often}
        return list(
            _by(members, lambda member: member.shape.exact if member.shape.exact in often else alike.get(member.shape.loose, "")).values()
        )
    for is_kind in (_has_article_shape, _has_title):
        kinds = [is_kind(member) for member in members]
        swings = sum(one != other for one, other in pairwise(kinds))
        if 0.3 * len(members) <= sum(kinds) <= 0.7 * len(members) and swings >= (0.6 if len(members) >= 10 else 0.75) * len(members):
            return list(_by(members, lambda member, kind=is_kind: str(kind(member))).values())  # type: ignore[misc]
    return [members]


def _in_turn(members: list[Candidate]) -> bool:
    """Whether each kind of address is followed by a certain other one, as in lines of category, title, author."""
    after = Counter((one.shape.exact, other.shape.exact) for one, other in pairwise(members))
    best: dict[str, int] = {}
    for (one, _), count in after.items():
        best[one] = max(best.get(one, 0), count)
    return sum(best.values()) >= 0.7 * (len(members) - 1)


def _has_article_shape(member: Candidate) -> bool:
    return member.shape.likeness >= 0.7


def _has_title(member: Candidate) -> bool:
    return member.likeness >= 0.3


def _by(found: Iterable[Candidate], key: Callable[[Candidate], str]) -> dict[str, list[Candidate]]:
    table: dict[str, list[Candidate]] = {}
    for candidate in found:
        table.setdefault(key(candidate), []).append(candidate)
    return table


# ---------------------------------------------------------------- measures


@dataclass(frozen=True, slots=True)
class _View:
    """What the page's own address and its `<main>` say about every group."""

    site: str
    shape: str
    folder: str
    main: tuple[int, int] | None
    headlines: list[int]
    own: Range
    more: frozenset[int]
    seen: frozenset[str]

    @classmethod
    def of(cls, page: Outline, found: list[Candidate], headlines: list[int], marks: Landmarks, seen: frozenset[str]) -> "_View":
        mine = shape(page.url)
        return cls(
            site_of(mine.host),
            mine.exact if "#" in mine.exact else "",
            _folder(page.url),
            _main(page, found),
            headlines,
            marks.main or (0, len(page.anchors)),
            marks.more,
            seen,
        )


def _folder(url: str) -> str:
    """What the addresses below a page's own begin with, nothing for a front page: /news/ of /news, /news/ and /news/list.html."""
    parts = urlsplit(url)
    head, _, last = parts.path.rpartition("/")
    path = f"{head}/" if not last or "." in last or parts.query else f"{parts.path}/"
    return f"{parts.scheme}://{parts.netloc}{path}" if path != "/" else ""


def _speaks(page: Outline, member: Candidate) -> bool:
    """Whether a link has text of its own, besides that of pictures."""
    low, high = page.anchors[member.number].runs
    return low < high


def _heads(page: Outline, view: _View, member: Candidate) -> bool:
    """Whether a link heads a block of others: three and more headlines stand in its item."""
    low, high = page.nodes[member.item].anchors
    return bisect_left(view.headlines, high) - bisect_left(view.headlines, low) - (member.likeness >= 0.8) >= 3


def _main(page: Outline, found: list[Candidate]) -> tuple[int, int] | None:
    """The anchors within the page's one `<main>`, where it holds titles at all."""
    mains = [node for node in page.nodes if node.tag == "main"]
    if len(mains) != 1:
        return None
    low, high = mains[0].anchors
    return (low, high) if sum(low <= candidate.number < high and candidate.likeness >= 0.5 for candidate in found) >= 3 else None


def _measured(page: Outline, view: _View, place: str, members: list[Candidate]) -> Group:
    group = Group(place, members)
    unique = list({member.url: member for member in members}.values())
    number = len(unique)
    sample = unique[:16]
    group.dated = sum(items.is_dated(page, member) for member in sample) / len(sample)
    group.rich = sum(items.is_rich(page, member) for member in sample) / len(sample)
    group.titles = sum(member.likeness * (0.4 if member.prose else 1.0) for member in unique) / number
    group.like = sum(member.shape.likeness for member in unique) / number
    group.shapes = Counter(member.shape.exact for member in unique)
    group.loose = Counter(member.shape.loose for member in unique)
    group.chrome = sum(member.level == CHROME for member in unique) / number
    group.aside = sum(member.level == ASIDE or member.hot for member in unique) / number
    group.external = sum(site_of(member.shape.host) != view.site for member in unique) / number
    group.own = group.shapes[view.shape] / number if view.shape else 0.0
    group.below = sum(member.url.startswith(view.folder) for member in unique) / number if view.folder else 0.0
    low, high = view.main or (0, len(page.anchors))
    group.outside = sum(not low <= member.number < high for member in unique) / number
    group.within = sum(view.own[0] <= member.number < view.own[1] for member in unique) / number
    group.excerpt = not view.more.isdisjoint((members[0].number - 1, members[0].number - 2, members[-1].number + 1))
    group.seen = _share(unique, view.seen)
    group.distinct = len({member.title for member in unique}) / number
    group.spoken = sum(_speaks(page, member) for member in sample) / len(sample)
    group.fresh = number / len(members)
    group.heads = sum(_heads(page, view, member) for member in sample) / len(sample)
    group.nested = _NESTED.search(place) is not None and max(group.dated, group.rich, _stamped(group)) < 0.3
    group.borrowed = any(member.borrowed for member in unique)
    group.heading = sum(member.heading for member in unique) / number
    if number >= 4 and min(group.rich, group.heading, group.distinct) >= 0.7:
        group.named, group.titles = group.titles < _NAMED, max(group.titles, _NAMED)
    group.columns = sum(dom.width(member.title) for member in unique) / number
    group.score = _score(group, number)
    return group


def _stamped(group: Group) -> float:
    """The share of its addresses that carry a date."""
    return sum(count for loose, count in group.loose.items() if "D" in loose) / sum(group.loose.values())


def _score(group: Group, number: int) -> float:
    titles = group.titles if group.titles > 0.25 else group.titles * (0.4 + 0.6 * max(group.rich, group.dated))
    coherent = group.loose.most_common(1)[0][1] / number
    columns = 60.0 if group.named else group.columns
    score = titles * group.distinct * (0.4 + 0.6 * group.like) * (0.6 + 0.4 * coherent) * math.log2(1 + min(number, 40))
    score *= 0.6 if group.borrowed else 1.0
    score *= 0.85 + 0.15 * group.spoken
    score *= 1 + 0.5 * group.dated + 0.25 * group.heading + 0.3 * group.rich
    score *= 0.55 if group.nested else 1.0
    score *= (1 - 0.5 * group.own) * (1 + 0.4 * group.below * (group.like >= 0.7)) * (1 - 0.4 * group.outside)
    score *= (1 - 0.95 * group.chrome) * (1 - 0.55 * group.aside) * (1 - 0.35 * group.external)
    score *= 0.1 if group.seen >= _SEEN else 1.0
    return score * min(1.0, 0.5 + columns / 60)
