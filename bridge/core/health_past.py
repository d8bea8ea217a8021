"""What is usual at a portal: a few KB of JSON in the state. Frozen; only core/health.py makes the next one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from . import health_json as js
from .health_looks import ArticleLook, ListLook
from .health_numbers import short
from .health_rhythm import Pause, Rhythm

FEW = 8
"""Nothing is judged by a sample that is smaller."""
LISTS = 16
SIZES = BITS = 60
BURSTS = 60
MARKS = 16
PRINTS = 40
DOUBTS = 6
DEPTH = 12
_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPast:
    """The last good looks at one list page, newest last: lines, percent dated, percent garbled, KiB; `at` is the hour (since
    1970) of the newest of them."""

    counts: tuple[int, ...] = ()
    dated: tuple[int, ...] = ()
    garbled: tuple[int, ...] = ()
    kib: tuple[int, ...] = ()
    charset: str = ""
    place: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """The last look at an article: `cause` the family of its failure or ""."""

    key: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article's text as it was read last: its `size` when it was new, -1 when it was read again; whether it states a date."""

    key: str
    size: int = -1
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """The text that an article had, as a digest, with digests of its address and its title."""

    text: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something off at a list page (`key`; "" for the portal) that was read nevertheless, and since when."""

    key: str
    cause: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a portal's good ticks were like, and what is in doubt now.

    `seen_at` is the newest observation, `sound_at` the newest that showed all there was, `back_at` when the clock was first
    seen earlier than `seen_at`; `every` the usual hours between two ticks; `bursts` new lines an arrival; `sizes` and
    `with_date` those of new articles, `failing` whether an article's page failed (one letter "1" or "0" an article);
    `failed` the lists at fault in the last tick; `ahead` how many articles in a row are dated in the future.
    """

    ticks: int = 0
    seen_at: datetime | None = None
    sound_at: datetime | None = None
    back_at: datetime | None = None
    every: float = 0.0
    lists: Mapping[str, ListPast] = field(default_factory=dict)
    bursts: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    with_date: str = ""
    failing: str = ""
    marks: tuple[Mark, ...] = ()
    readings: tuple[Reading, ...] = ()
    prints: tuple[Print, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    failed: tuple[str, ...] = ()
    ahead: int = 0
    ahead_usual: bool = False
    rhythm: Rhythm = field(default_factory=Rhythm)

    def past(self, look: ListLook) -> ListPast:
        """What is known of a list page; an empty past where nothing is."""
        return self.lists.get(key(look.url)) or ListPast()

    def dump(self) -> dict[str, Any]:
        """As JSON takes it, at most about 6 KB."""
        return {
            "form": _FORM,
            "ticks": self.ticks,
            "seen": js.stamp(self.seen_at),
            "sound": js.stamp(self.sound_at),
            "back": js.stamp(self.back_at),
            "every": self.every,
            "lists": {key: _dump_list(past) for key, past in self.lists.items()},
            "bursts": js.joined(self.bursts),
            "sizes": js.joined(self.sizes),
            "dated": self.with_date,
            "failing": self.failing,
            "marks": [[m.key, m.cause] for m in self.marks],
            "readings": [[r.key, r.size, int(r.dated)] for r in self.readings],
            "prints": [f"{p.text}:{p.key}:{p.title}" for p in self.prints],
            "doubts": [[d.key, d.cause, d.detail, js.stamp(d.since)] for d in self.doubts],
            "failed": list(self.failed),
            "ahead": js.joined((self.ahead, int(self.ahead_usual))),
            "rhythm": _dump_rhythm(self.rhythm),
        }

    @classmethod
    def load(cls, mapping: object) -> Self:
        """What `dump` gave; whatever is missing, damaged or of another form is as if it had never been learned."""
        m = js.mapping(mapping)
        if m.get("form") != _FORM:
            return cls()
        ahead, usual = (*js.wholes(m.get("ahead"), 2), 0, 0)[:2]
        return cls(
            ticks=js.whole(m.get("ticks")),
            seen_at=js.instant(m.get("seen")),
            sound_at=js.instant(m.get("sound")),
            back_at=js.instant(m.get("back")),
            every=js.number(m.get("every")),
            lists={k[:16]: _load_list(v) for k, v in list(js.mapping(m.get("lists")).items())[:LISTS]},
            bursts=js.wholes(m.get("bursts"), BURSTS),
            sizes=js.wholes(m.get("sizes"), SIZES),
            with_date=js.bits(m.get("dated"), BITS),
            failing=js.bits(m.get("failing"), BITS),
            marks=tuple(Mark(js.text(v[0], 16), js.text(v[1], 24)) for v in js.rows(m.get("marks"), MARKS, 2)),
            readings=tuple(_load_reading(v) for v in js.rows(m.get("readings"), MARKS, 3)),
            prints=tuple(_load_print(v) for v in js.texts(m.get("prints"), PRINTS)),
            doubts=tuple(d for v in js.rows(m.get("doubts"), DOUBTS, 4) if (d := _load_doubt(v))),
            failed=tuple(v[:16] for v in js.texts(m.get("failed"), LISTS)),
            ahead=ahead,
            ahead_usual=bool(usual),
            rhythm=_load_rhythm(m.get("rhythm")),
        )


def key(url: str) -> str:
    """The short digest by which an address is remembered."""
    return short(url)


def print_of(look: ArticleLook) -> Print:
    """What is remembered of an article's text."""
    return Print(short(look.text_print), key(look.url), short(look.title.strip(), 3))


def _dump_list(past: ListPast) -> list[Any]:
    samples = (past.counts, past.dated, past.garbled, past.kib)
    return [*map(js.joined, samples), past.charset, past.place, past.at]


def _load_list(value: object) -> ListPast:
    rows = js.rows([value], 1, 7)
    if not rows:
        return ListPast()
    counts, dated, garbled, kib, charset, place, at = rows[0]
    return ListPast(
        counts=js.wholes(counts, DEPTH),
        dated=js.wholes(dated, DEPTH),
        garbled=js.wholes(garbled, DEPTH),
        kib=js.wholes(kib, DEPTH),
        charset=js.text(charset, 24),
        place=js.text(place, 16),
        at=js.whole(at),
    )


def _load_reading(row: list[Any]) -> Reading:
    return Reading(js.text(row[0], 16), max(-1, js.whole(row[1], -1)), row[2] == 1)


def _load_print(value: str) -> Print:
    text, at, title = (*value[:64].split(":"), "", "", "")[:3]
    return Print(text[:16], at[:16], title[:16])


def _load_doubt(row: list[Any]) -> Doubt | None:
    since = js.instant(row[3])
    return Doubt(js.text(row[0], 16), js.text(row[1], 24), js.text(row[2], 240), since) if since else None


def _dump_rhythm(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "at": js.stamp(rhythm.at),
        "n": rhythm.arrivals,
        "hour": list(rhythm.by_hour),
        "day": list(rhythm.by_day),
        "watched": list(rhythm.watched),
        "articles": rhythm.articles,
        "pauses": [[p.day, p.hours, p.due] for p in rhythm.pauses],
    }


def _load_rhythm(value: object) -> Rhythm:
    m = js.mapping(value)
    return Rhythm(
        at=js.instant(m.get("at")),
        arrivals=js.whole(m.get("n")),
        by_hour=js.numbers(m.get("hour"), 24),
        by_day=js.numbers(m.get("day"), 7),
        watched=js.numbers(m.get("watched"), 7),
        articles=js.number(m.get("articles")),
        pauses=tuple(Pause(js.whole(r[0]), js.number(r[1]), js.number(r[2])) for r in js.rows(m.get("pauses"), 10, 3)),
    )
