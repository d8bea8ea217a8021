"""Which entries a feed holds, in which order, with which times. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from zlib import crc32

from bridge.model import Entry, Feed, Precision, When
from bridge.publication_rows import Place

NEWEST = 50
RECENT = timedelta(hours=48)
MOST = 500
DOUBT = timedelta(minutes=10)
LIMIT = 1_000_000
ARCHIVE_LIMIT = 8_000_000
GONE_FOR = timedelta(days=90)
GONE_MOST = 200
STAND_IN = 200

_SECOND = 1_000_000  # microseconds


def effective(published: When | None, first_seen: datetime, now: datetime, zone: tzinfo) -> tuple[datetime, Precision]:
    """The time to show for an entry, and how exact it is; aware, in the page's own offset or in `zone`.

    Precision "none" says that the page's date is unknown, or lies further ahead than clocks differ: the time is then
    `first_seen`. A bare day becomes `first_seen` when that is the same day, else the day's 00:00.
    """
    if published is None or published.at > now + DOUBT:
        return first_seen.astimezone(zone), "none"
    if published.precision != "day":
        return published.at, published.precision
    seen = first_seen.astimezone(published.at.tzinfo)
    midnight = published.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return (seen if seen.date() == midnight.date() else midnight), "day"


def choose(entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """What a feed holds at `now`, newest first: the newest 50 and all first seen in the last 48 hours, at most 500.

    Ordered by `published`, then `first_seen`, then id, so that the order does not depend on the order given.
    Withdrawn entries are left out; of two with one id the higher revision stays.
    """
    since = now - RECENT
    held = [entry for index, entry in enumerate(ordered(entries)) if index < NEWEST or entry.first_seen >= since]
    return tuple(held[:MOST])


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Newest first, as in `choose`, each id once, without withdrawn entries."""
    return tuple(sorted(_unique(entries), key=_place, reverse=True))


def window(newest: Sequence[Place], recent: Sequence[Place], many: int) -> list[int]:
    """The entries of a feed: the newest `many` by the time they stand under, and all recent ones; each once, at most 500, newest first."""
    places = {place.entry: place for place in (*newest, *recent)}
    first = sorted(places.values(), key=lambda place: (place.sort_at, place.entry), reverse=True)
    held = {place.entry for place in recent}
    return [place.entry for index, place in enumerate(first) if index < many or place.entry in held][:MOST]


def _place(entry: Entry) -> tuple[datetime, datetime, str]:
    return entry.published, entry.first_seen, entry.id


def _unique(entries: Iterable[Entry]) -> Iterable[Entry]:
    latest: dict[str, Entry] = {}
    for entry in entries:
        known = latest.get(entry.id)
        if known is None or entry.revision > known.revision:
            latest[entry.id] = entry
    return (entry for entry in latest.values() if not entry.withdrawn)


def distinct_updated(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The same entries in the same order, no two with equal `updated`.

    Each keeps its second; the microsecond is drawn from its own id, so that an entry's time does not depend on its
    neighbours and stays when others come. Where two would meet (about one chance in a million per pair of one second),
    the one first seen later takes the next free microsecond: who was there before never moves.
    """
    taken: set[datetime] = set()
    times: dict[str, datetime] = {}
    for entry in sorted(entries, key=lambda entry: (entry.first_seen, entry.id)):
        times[entry.id] = _free(entry.updated, crc32(entry.id.encode("utf-8", "surrogatepass")), taken)
        taken.add(times[entry.id])
    return tuple(replace(entry, updated=times[entry.id]) for entry in entries)


def _free(second: datetime, start: int, taken: set[datetime]) -> datetime:
    """The first instant of this second, from microsecond `start` on and around, that is not taken."""
    for step in range(len(taken) + 1):
        at = second.replace(microsecond=(start + step) % _SECOND)
        if at not in taken:
            return at
    raise AssertionError("more entries than microseconds")


def fit(feed: Feed, render: Callable[[Feed], bytes], limit: int = LIMIT) -> bytes:
    """The rendered feed, at most `limit` bytes where that can be had without touching the newest entry: see `fitted`."""
    return fitted(feed, render, limit)[0]


def fitted(feed: Feed, render: Callable[[Feed], bytes], limit: int = LIMIT, *, whole: bool = False) -> tuple[bytes, Feed]:
    """The rendered feed and what it holds, at most `limit` bytes where that can be had without touching the newest entry.

    A feed that is too large loses, oldest entries first and only as many as needed, the full text down to the summary;
    when every older entry is short and it is still too large, the oldest entries go, unless it must stay `whole`.
    Calls `render` O(log entries) times.
    """
    data = render(feed)
    for reduced in (shorten,) if whole else (shorten, cut):
        if len(data) <= limit:
            break
        feed = _least(feed, reduced, lambda less: len(render(less)) <= limit)
        data = render(feed)
    return data, feed


def _least(feed: Feed, reduced: Callable[[Feed, int], Feed], fits: Callable[[Feed], bool]) -> Feed:
    """The feed reduced by as few entries as make it fit, by all but the newest when nothing does."""
    low, high = 1, max(1, len(feed.entries) - 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(reduced(feed, middle)) else (middle + 1, high)
    return reduced(feed, high)


def shorten(feed: Feed, count: int) -> Feed:
    """The feed whose `count` oldest entries, never the newest, keep their summary and lead image only."""
    keep = max(1, len(feed.entries) - count)
    return replace(feed, entries=(*feed.entries[:keep], *map(brief, feed.entries[keep:])))


def brief(entry: Entry) -> Entry:
    """The entry with its summary (else the first words of its text) and lead image only."""
    summary = entry.summary or _first_words(entry.content_text)
    return replace(entry, summary=summary, content_html="", content_text="", images=entry.images[:1])


def _first_words(text: str) -> str:
    flat = " ".join(text[: 4 * STAND_IN].split())
    return flat if len(flat) <= STAND_IN else flat[: STAND_IN - 1] + "…"


def cut(feed: Feed, count: int) -> Feed:
    """The feed without its `count` oldest entries; the newest stays."""
    return replace(feed, entries=feed.entries[: max(1, len(feed.entries) - count)])


def newest_change(entries: Sequence[Entry], birth: datetime) -> datetime:
    """What `Feed.updated` is: the newest `updated` among the entries, `birth` when there are none."""
    return max((entry.updated for entry in entries), default=birth)
