"""Which entries a feed holds, in which order, with which times. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate
from operator import neg
from zlib import crc32

from bridge.model import Entry, Feed, Precision, When
from bridge.publication_rows import Place

NEWEST = 50
RECENT = timedelta(hours=48)
MOST = 500
DOUBT = timedelta(minutes=10)
LIMIT = 1_000_000
ARCHIVE_LIMIT = 5_000_000  # what W3C's feed validator reads
GONE_FOR = timedelta(days=90)
GONE_MOST = 200
STAND_IN = 200

_SECOND = 1_000_000  # microseconds
_MARKUP = 900  # bytes of an entry besides its texts, about


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
    Calls `render` O(log entries) times: once where all seems to fit and does, else three or four times as a rule, with about what fits.
    """
    data, feed = _Search(feed, tuple(map(brief, feed.entries)), limit).run(render)
    if len(data) <= limit or whole or len(feed.entries) < 2:
        return data, feed
    return _Search(feed, (), limit, len(data)).run(render)


@dataclass(frozen=True, slots=True)
class _Search:
    """How many of the oldest entries must give way to `short` ones (when there are none: to nothing) to get below `limit`.

    What is left is guessed from the length of the texts, and each rendering corrects the guess. `size` is that of the whole
    feed where it is known to be too large.
    """

    feed: Feed
    short: tuple[Entry, ...]
    limit: int
    size: int = 0

    def run(self, render: Callable[[Feed], bytes]) -> tuple[bytes, Feed]:
        """The feed with as few entries reduced as make it fit, with all but the newest when nothing does."""
        guesses, seen, turn = self._guesses(), {0: self.size} if self.size else {}, 0
        low, high, last, found = min(seen, default=-1), len(guesses) - 1, len(guesses) - 1, None
        while found is None or high - low > 1:  # `low` is too few, and `high` enough once something was found
            wanted = _wanted([(guesses[at], seen[at]) for at in (low, high) if at in seen], self.limit)
            tried = _guessed(guesses, wanted, low + 1, high - (found is not None), turn)
            less = self._reduced(tried)
            data = render(less)
            seen[tried], turn = len(data), turn + 1
            if len(data) <= self.limit:
                high, found = tried, (data, less)
            elif tried == last:
                return data, less
            else:
                low = tried
        return found

    def _guesses(self) -> list[int]:
        """By number of reduced entries, from none to all but the newest: about how many bytes are left."""
        weights = [_weight(entry) for entry in self.feed.entries]
        lighter = [_weight(entry) for entry in self.short] or [0] * len(weights)
        saved = [max(0, weight - less) for weight, less in zip(weights, lighter, strict=True)]
        return [max(1, sum(weights) - less) for less in accumulate(reversed(saved[1:]), initial=0)]

    def _reduced(self, count: int) -> Feed:
        if not count:
            return self.feed
        keep = len(self.feed.entries) - count
        return replace(self.feed, entries=(*self.feed.entries[:keep], *self.short[keep:]))


def _wanted(seen: Sequence[tuple[int, int]], limit: int) -> float:
    """Which guess comes out as `limit` bytes, judged by one or two (guess, size), the first too large when there are two."""
    if len(seen) < 2:
        return limit * (seen[0][0] / max(1, seen[0][1]) if seen else 1)
    (more, above), (less, below) = seen
    return less + (limit - below) * (more - less) / (above - below)


def _guessed(guesses: Sequence[int], wanted: float, low: int, high: int, turn: int) -> int:
    """The first number from `low` to `high` that seems to leave no more than `wanted`; now and then the middle, for texts that mislead."""
    if turn > 3 and turn % 2:
        return (low + high) // 2
    return min(max(low, bisect_left(guesses, -wanted, key=neg)), high)


def _weight(entry: Entry) -> int:
    """About how many bytes an entry takes in a feed."""
    texts = (entry.content_html or entry.content_text, entry.summary, entry.title)
    return _MARKUP + sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def brief(entry: Entry) -> Entry:
    """The entry with its summary (else the first words of its text) and lead image only."""
    summary = entry.summary or _first_words(entry.content_text)
    return replace(entry, summary=summary, content_html="", content_text="", images=entry.images[:1])


def _first_words(text: str) -> str:
    flat = " ".join(text[: 4 * STAND_IN].split())
    return flat if len(flat) <= STAND_IN else flat[: STAND_IN - 1] + "…"


def newest_change(entries: Sequence[Entry], birth: datetime) -> datetime:
    """What `Feed.updated` is: the newest `updated` among the entries, `birth` when there are none."""
    return max((entry.updated for entry in entries), default=birth)
