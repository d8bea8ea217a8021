"""A list page most of whose lines look new: which of them show articles that are known. One to one, and sooner none than a wrong one."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from ..model import Link
from ..rows import LinkRow
from .identity import canonical
from .match_address import cms_id, cms_number, scheme
from .match_known import Known, day_of, zone_of
from .match_titles import NEARLY, SAME, UNLIKE, columns, fold_title, reformatting, resembling, title_likeness

LONG = 20
"""Columns of a title that says enough to know an article by it alone."""
_PAIRED = 400
_SLID = 3
_TOLD = 60
_CANDIDATES = 2000
_T = TypeVar("_T")
_M = TypeVar("_M", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a list page shows of known articles under other addresses.

    `adopted`: canonical key of a line → uid of the known article that it shows; each uid once. The key is a new one, or
    one of `replaced`: known addresses whose line now plainly shows another article (ids were given again).
    `unknown`: new lines that match nothing for sure. `turned`: most of the lines look new, and not only because there
    is much news: addresses, titles or ids changed.
    """

    adopted: Mapping[str, int] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    turned: bool = False

    @property
    def news(self) -> frozenset[str]:
        """Every line that shows nothing known: what the circuit breaker counts."""
        return self.unknown | (self.replaced - self.adopted.keys())


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    link: Link
    row: LinkRow | None
    day: date | None


@dataclass(frozen=True, slots=True)
class _Match:
    line: _Line
    known: Known
    how: str


def turn(links: Sequence[Link], known: Mapping[str, LinkRow], candidates: Callable[[], Sequence[Known]], *, slid: int = 0) -> Turn:
    """Which lines of a page show known articles at other addresses.

    `known` are the rows of the lines' canonical keys, `candidates()` gives the newest articles of the portal, newest
    first; it is called only when most of the page's lines look new, or when several are new and older than all known ones
    (`slid`): where a page grows, articles come back that have moved meanwhile.
    """
    keyed = [(canonical(link.url), link) for link in links]
    lines = _lines(keyed, known)
    new = [line for line in lines.values() if line.row is None]
    suspects = _suspects(keyed, lines)
    if 2 * (len(new) + len(suspects)) <= len(lines) and slid < _SLID:
        return Turn(unknown=frozenset(line.key for line in new))
    return _Matcher(tuple(lines.values()), (*new, *suspects), tuple(candidates())[:_CANDIDATES]).turn()


def _lines(keyed: Sequence[tuple[str, Link]], known: Mapping[str, LinkRow]) -> dict[str, _Line]:
    """The page's lines by canonical key; of two lines with one address the first."""
    lines: dict[str, _Line] = {}
    for key, link in keyed:
        if key not in lines:
            lines[key] = _Line(key, link, known.get(key), link.published.at.date() if link.published else None)
    return lines


def _suspects(keyed: Sequence[tuple[str, Link]], lines: Mapping[str, _Line]) -> list[_Line]:
    """Known addresses that no line of the page shows as before: the title is unlike, or a different one of another day.

    Where these are most, an address with the title of before and another day is one too: its issue was given again.
    """
    held = [line for line in lines.values() if line.row is not None]
    steady = {key for key, link in keyed if _is_steady(link, lines[key])}
    suspects = [line for line in held if line.key not in steady]
    return [line for line in held if line.key not in steady or _other_day(line)] if _is_reset(suspects, held) else suspects


def _is_steady(link: Link, line: _Line) -> bool:
    if line.row is None:
        return False
    alike = SAME if link.title == line.row.link.title else title_likeness(link.title, line.row.link.title)
    return alike >= (NEARLY if _other_day(line) else UNLIKE)


def _is_reset(suspects: Sequence[_Line], held: Sequence[_Line]) -> bool:
    """Whether most known addresses on a page show other titles of other days."""
    moved = sum(map(_other_day, suspects))
    return moved >= 3 and 2 * moved > len(held)


class _Matcher:
    """One page that may have turned: its lines, the fresh ones of them (new, or known with an unlike title), the candidates."""

    def __init__(self, lines: tuple[_Line, ...], fresh: tuple[_Line, ...], candidates: tuple[Known, ...]) -> None:
        self.lines = lines
        self.fresh = fresh
        self.candidates = candidates
        self.zone = zone_of(line.link.published for line in lines)
        self.days = {known.uid: day_of(known, self.zone) for known in candidates}
        self.places = {line.key: place for place, line in enumerate(lines)}
        fresh_keys = {line.key for line in fresh}
        steady = {line.key: line.row for line in lines if line.row and line.key not in fresh_keys}
        owned = {row.entry for row in steady.values()}
        self.free = [known for known in candidates if known.uid not in owned and canonical(known.url) not in steady]
        self.schemes = {scheme(known.url) for known in candidates}
        self.anew = {line.key for line in fresh if scheme(line.link.url) not in self.schemes}
        self.reset = _is_reset([line for line in fresh if line.row], [line for line in lines if line.row])

    def turn(self) -> Turn:
        """The verdict on the page."""
        found = self._found()
        adopted = {match.line.key: match.known.uid for match in self._borne_out(found)}
        replaced = self._replaced(adopted)
        unknown = frozenset(line.key for line in self.fresh if line.row is None and line.key not in adopted)
        return Turn(adopted=adopted, replaced=replaced, unknown=unknown, turned=self._is_turn(found, replaced))

    def _found(self) -> list[_Match]:
        """Pairs that agree, best evidence first; neither side in two of them."""
        found = self._by_title_and_day()
        found += self._by_title(*self._left(found))
        return self._in_order(found + self._by_setting(*self._left(found)))

    def _left(self, found: Iterable[_Match]) -> tuple[list[_Line], list[Known]]:
        keys, uids = {match.line.key for match in found}, {match.known.uid for match in found}
        return [line for line in self.fresh if line.key not in keys], [known for known in self.free if known.uid not in uids]

    # ------------------------------------------------------------ evidence

    def _by_title_and_day(self) -> list[_Match]:
        """The same title on the same day; several of them are told apart by the CMS's id, or not at all."""
        lines = _grouped(self.fresh, lambda line: (fold_title(line.link.title), line.day) if line.day else None)
        held = _grouped(self.free, lambda known: (fold_title(known.title), self.days[known.uid]) if self.days[known.uid] else None)
        return [match for mark, group in lines.items() if mark[0] for match in _paired(group, held.get(mark, []))]

    def _by_title(self, lines: Sequence[_Line], free: Sequence[Known]) -> list[_Match]:
        """The same long title, that no other line and no other known article has, where one of both has no date."""
        shown = Counter(fold_title(line.link.title) for line in self.lines)
        known = Counter(fold_title(one.title) for one in self.candidates)
        by_title = {fold_title(one.title): one for one in free}
        found = []
        for line in lines:
            title = fold_title(line.link.title)
            other = by_title.get(title)
            if other and shown[title] == known[title] == 1 and columns(title) >= LONG and not (line.day and self.days[other.uid]):
                found.append(_Match(line, other, "title"))
        return found

    def _in_order(self, found: list[_Match]) -> list[_Match]:
        """The pairs, of those without a day only what stands in the order in which the articles came, and not alone.

        Next week's notice, on top of the page, does not stand where last week's did.
        """
        dated = [match for match in found if match.line.day and self.days[match.known.uid]]
        rest = sorted((match for match in found if match not in dated), key=lambda match: self.places[match.line.key])
        kept = _descending([match.known.uid for match in rest])
        alone = len(kept) < 3 and 2 * len(kept) < len(self.fresh)
        return dated if alone else [*dated, *(match for place, match in enumerate(rest) if place in kept)]

    def _by_setting(self, lines: Sequence[_Line], free: Sequence[Known]) -> list[_Match]:
        """Titles of one day (or long ones without) of which one is cut, or has a column's prefix or a site's suffix more.

        A prefix or suffix is a new setting only when it is seen more than once; a single one may be a correction's.
        """
        pairs = list(self._set_pairs(lines[:_PAIRED], free[:_PAIRED]))
        of_line, of_known = Counter(pair.line.key for pair in pairs), Counter(pair.known.uid for pair in pairs)
        found = [pair for pair in pairs if of_line[pair.line.key] == of_known[pair.known.uid] == 1]
        usual = Counter(match.how for match in found)
        return [match for match in found if match.how == "cut" or usual[match.how] > 1]

    def _set_pairs(self, lines: Sequence[_Line], free: Sequence[Known]) -> Iterator[_Match]:
        """Pairs set anew. Of what is in two pairs two are enough to tell that it is in more than one."""
        near = resembling([line.link.title for line in lines], [known.title for known in free])
        many: Counter[int] = Counter()
        for line, places in zip(lines, near, strict=True):
            of_line = 0
            for place in sorted(places):
                if (of_line < 2 or many[place] < 2) and (how := self._set_anew(line, free[place])):
                    of_line += 1
                    many[place] += 1
                    yield _Match(line, free[place], how)

    def _set_anew(self, line: _Line, known: Known) -> str:
        day = self.days[known.uid]
        if line.day != day and line.day and day:
            return ""
        how = reformatting(line.link.title, known.title)
        dated = line.day is not None and day is not None
        least = min(columns(fold_title(line.link.title)), columns(fold_title(known.title))) if how else 0
        return how if how != "same" and (dated or least >= LONG) else ""

    # ------------------------------------------------------------ verdicts

    def _borne_out(self, found: Sequence[_Match]) -> list[_Match]:
        """Pairs whose new address is made in a new way or keeps the id; others only when half of the page says the same.

        An address made as ever, with another id, is what a new article has: one that has a known title by chance, or by
        habit, is not adopted.
        """
        sure = [match for match in found if self._is_sure(match)]
        rest = [match for match in found if not self._is_sure(match)]
        as_ever = len(self.fresh) - len(self.anew)
        return [*sure, *rest] if len(rest) >= 3 and 2 * len(rest) >= as_ever else sure

    def _is_sure(self, match: _Match) -> bool:
        return match.line.key in self.anew or _keeps_id(match)

    def _replaced(self, adopted: Mapping[str, int]) -> frozenset[str]:
        """Suspects that show another day too, or a known article of another address, or whose article stands elsewhere."""
        moved = frozenset(adopted.values())
        held = [line for line in self.fresh if line.row is not None]
        return frozenset(line.key for line in held if line.key in adopted or _entry(line) in moved or self._shows_another(line))

    def _shows_another(self, line: _Line) -> bool:
        return _other_day(line) and (self.reset or _is_unlike(line))

    def _is_turn(self, found: Sequence[_Match], replaced: frozenset[str]) -> bool:
        many = len(found) >= 3 or 2 * len(found) >= len(self.fresh)
        return bool(self.candidates) and (
            many or bool(replaced) or 2 * len(self.anew) > len(self.fresh) or self._restarted() or self._is_told_again()
        )

    def _restarted(self) -> bool:
        """Whether most new ids are smaller than every known one of the same scheme."""
        least: dict[str, int] = {}
        for known in self.candidates:
            if (n := cms_number(known.url)) is not None:
                least[scheme(known.url)] = min(n, least.get(scheme(known.url), n))
        usual = [line.link.url for line in self.fresh if line.key not in self.anew]
        below = sum((n := cms_number(url)) is not None and n < least.get(scheme(url), 0) for url in usual)
        return 2 * below > len(self.fresh)

    def _is_told_again(self) -> bool:
        """Whether most new lines have titles of known articles, set anew or not, which is not enough to say which."""
        lines, had = [line.link.title for line in self.fresh[:_TOLD]], [known.title for known in self.free[:_PAIRED]]
        near = resembling(lines, had)
        told = sum(any(reformatting(title, had[place]) for place in places) for title, places in zip(lines, near, strict=True))
        return told >= 3 and 2 * told > len(lines)


def _paired(lines: Sequence[_Line], held: Sequence[Known]) -> list[_Match]:
    """The only two of a title and day; or those with the same CMS id among several."""
    if len(lines) == len(held) == 1:
        return [_Match(lines[0], held[0], "same")]
    shown, had = _grouped(lines, lambda line: _id(line.link.url)), _grouped(held, lambda known: _id(known.url))
    return [_Match(shown[one][0], had[one][0], "same") for one in shown if len(shown[one]) == len(had.get(one, ())) == 1]


def _grouped(things: Iterable[_T], mark: Callable[[_T], _M | None]) -> dict[_M, list[_T]]:
    groups: dict[_M, list[_T]] = {}
    for one in things:
        if (name := mark(one)) is not None:
            groups.setdefault(name, []).append(one)
    return groups


def _entry(line: _Line) -> int | None:
    return line.row.entry if line.row else None


def _is_unlike(line: _Line) -> bool:
    return line.row is not None and title_likeness(line.link.title, line.row.link.title) < UNLIKE


def _id(url: str) -> str | None:
    found = cms_id(url)
    return found[1] if found else None


def _keeps_id(match: _Match) -> bool:
    number = _id(match.line.link.url)
    return number is not None and number == _id(match.known.url)


def _other_day(line: _Line) -> bool:
    before = line.row.link.published if line.row else None
    return line.day is not None and before is not None and before.at.date() != line.day


def _descending(numbers: Sequence[int]) -> set[int]:
    """The places of a longest strictly descending run of numbers, others left out."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        rank = bisect_left(tails, -number)
        before.append(ends[rank - 1] if rank else -1)
        tails[rank:] = [-number] if rank == len(tails) else [-number, *tails[rank + 1 :]]
        ends[rank:] = [place] if rank == len(ends) else [place, *ends[rank + 1 :]]
    kept: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept
