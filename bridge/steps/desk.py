"""What one round of publishing shares: the time, the entries that were read, the files that were written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..core.feed_choice import Channel
from ..model import Entry, Feed
from ..ports import Store
from ..publication_ports import Publications
from ..publication_rows import File

Put = Callable[[str, bytes], bool]
"""Write a published file by name; False when it held the same before."""

Seal = Callable[[str], str]
"""A published file's size and time; "" when there is none."""

_BIRTH = datetime(2026, 1, 1, tzinfo=UTC)
_KEPT = 1000
_SLACK = timedelta(minutes=10)
"""Changes that other commands record while a tick publishes are seen by the next, though they are a little older than this one's end."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """One round. `written` are the names of the files whose content changed."""

    store: Store
    now: datetime
    base_url: str
    hub: str | None
    put: Put
    seal: Seal
    written: list[str] = field(default_factory=list)
    _entries: dict[int, Entry] = field(default_factory=dict)

    @property
    def book(self) -> Publications:
        """What the state knows of published files."""
        return self.store.publications

    def entry(self, uid: int) -> Entry:
        """An entry with its text; the feeds and pages that show it read it once."""
        if uid not in self._entries:
            if len(self._entries) >= _KEPT:
                self._entries.clear()
            self._entries[uid] = self.store.archive.entry(uid)
        return self._entries[uid]

    def write(self, name: str, content: bytes, feed: str, month: str = "", entry: int | None = None) -> File:
        """The file has this content."""
        if self.put(name, content):
            self.written.append(name)
        return File(name=name, seal=self.seal(name), feed=feed, month=month, entry=entry)

    def seen_until(self, channel: Channel) -> datetime:
        """Before this, no change of the feed can come any more: what is held back may still be released with the time at which it came."""
        held = (self.book.held_since(portal) for portal in channel.portals)
        return min([self.now, *(at for at in held if at)]) - _SLACK


def drawing(desk: Desk, channel: Channel, tag: str, entries: Sequence[Entry], deleted: Sequence[tuple[str, datetime]] = ()) -> Feed:
    """A feed with these entries, ready to be rendered."""
    return Feed(
        id=tag,
        stem=channel.id,
        title=channel.title,
        home_url=channel.home_url,
        base_url=desk.base_url,
        updated=_newest(entries, deleted),
        entries=tuple(entries),
        language=channel.language or _language(entries),
        description=channel.description,
        hub=desk.hub,
        deleted=tuple(deleted),
        interval=channel.interval,
    )


def _language(entries: Sequence[Entry]) -> str:
    """What most entries are in; Chinese without a region is taken as the mainland's, and nothing known as that too."""
    found = Counter(entry.language for entry in entries if entry.language)
    most = found.most_common(1)[0][0] if found else "zh"
    return "zh-CN" if most == "zh" else most


def _newest(entries: Sequence[Entry], deleted: Sequence[tuple[str, datetime]]) -> datetime:
    """When what the feed shows last changed, a late article's coming included; without entries a time that never moves."""
    times = [max(entry.updated, entry.first_seen) for entry in entries] + [at for _, at in deleted]
    return max(times, default=_BIRTH)
