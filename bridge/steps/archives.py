"""The archive documents of a feed (RFC 5005 §4), one for each month in which the feed gained entries.

Live feed and archives together hold everything, at any time. The archives alone hold each entry once, in the month in which the feed
gained it, in the portal's zone. The newest month's document is the only one that grows: it is complete when it is drawn, and is drawn
again only when an entry that it lacks leaves the live feed (48 hours after it came, at the earliest), or when the first entry of a later
month closes it. A closed document changes only when one of its entries is withdrawn, comes back, or is released.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from ..core import feed as feeds
from ..core.feed_choice import Channel
from ..core.feed_months import around, month_of, span, stem
from ..core.prints import digest
from ..model import Entry, Feed
from ..ports import Format
from ..publication_rows import File, Month
from .desk import Desk, drawing

_FORM = "2"
"""Raise it when all archives must be drawn anew for a change of the program."""

_EVER = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """The archives of one feed in one round."""

    desk: Desk
    channel: Channel
    tag: str
    forms: Sequence[Format]
    suffixes: Sequence[str]

    @property
    def zone(self) -> tzinfo:
        """The zone of its months."""
        return ZoneInfo(self.channel.zone)

    def newest(self) -> str | None:
        """The newest month in which the feed gained an entry, None before the first."""
        gains = [at for portal in self.channel.portals if (at := self.desk.book.last_gain(portal))]
        return month_of(max(gains), self.zone) if gains else None

    def draw(self, since: datetime | None, live: Set[int]) -> tuple[list[File], list[Month]]:
        """Files and rows of the documents that had to be drawn: changes since `since` (None: all) are in, what they lack is in `live`."""
        newest = self.newest()
        if newest is None:
            return [], []
        known = self.desk.book.months(self.channel.id)
        touched = {*known, *self._every()} if since is None else self._touched(since)
        touched |= {newest, *(month for feed, month in self.desk.book.spoilt() if feed == self.channel.id)}
        chain = sorted({*known, *touched})
        for month in touched - set(known):
            touched = touched | {near for near in around(chain, month) if near}
        files: list[File] = []
        rows: list[Month] = []
        for month in sorted(touched):
            row = self._stale(month, chain, live if month == newest else frozenset())
            if row:
                files += self._write(row, chain)
                rows.append(row)
        return files, rows

    def settings(self) -> str:
        """A digest of all that every document shows, besides its entries and neighbours."""
        about = self.channel
        return digest(
            _FORM,
            self.tag,
            self.desk.base_url,
            about.title,
            about.home_url,
            about.language or "",
            about.zone,
            *about.portals,
            *self.suffixes,
        )

    def _stale(self, month: str, chain: Sequence[str], live: Set[int]) -> Month | None:
        """The row of a document that must be drawn, None when it may stay as it is."""
        shown = self._members(month)
        known = self.desk.book.month(self.channel.id, month)
        marks = digest(self.settings(), *(near or "" for near in around(chain, month)))
        held = set(known.entries) if known else set()
        lacks, gone = set(shown) - held - live, held - set(shown)
        if known and known.drawn == marks and not lacks and not gone:
            return None
        return Month(feed=self.channel.id, month=month, drawn=marks, entries=tuple(shown))

    def _write(self, row: Month, chain: Sequence[str]) -> list[File]:
        entries = feeds.distinct_updated(feeds.ordered(map(self.desk.store.archive.entry, row.entries)))
        document = self._document(row.month, chain, entries)
        found: list[File] = []
        for form in self.forms:
            if form.SUFFIX in self.suffixes:
                content, _ = feeds.fitted(document, form.render, feeds.ARCHIVE_LIMIT, whole=True)
                found.append(self.desk.write(document.stem + form.SUFFIX, content, row.feed, row.month))
        return found

    def _document(self, month: str, chain: Sequence[str], entries: Sequence[Entry]) -> Feed:
        name = self.channel.id
        before, after = around(chain, month)
        feed = replace(drawing(self.desk, self.channel, self.tag, entries), hub=None, interval=None)
        return replace(feed, stem=f"{stem(name, month)}", current=name, previous=stem(name, before), next=stem(name, after))

    # ------------------------------------------------------------ months

    def _touched(self, since: datetime) -> set[str]:
        places = (place for portal in self.channel.portals for place in self.desk.book.changed(portal, since))
        return {month_of(place.gained, self.zone) for place in places}

    def _every(self) -> Iterable[str]:
        """Every month in which the feed gained an entry."""
        for portal in self.channel.portals:
            at = self.desk.book.next_gain(portal, _EVER)
            while at is not None:
                month = month_of(at, self.zone)
                yield month
                at = self.desk.book.next_gain(portal, span(month, self.zone)[1])

    def _members(self, month: str) -> list[int]:
        """The entries of a month, each in the month in which the first of the feed's portals gained it."""
        since, until = span(month, self.zone)
        places = [place for portal in self.channel.portals for place in self.desk.book.gained(portal, since, until)]
        return list(dict.fromkeys(place.entry for place in places if not place.shared or self._first(place.entry) >= since))

    def _first(self, entry: int) -> datetime:
        gains = self.desk.book.gains(entry)
        return min(at for portal, at in gains.items() if portal in self.channel.portals)
