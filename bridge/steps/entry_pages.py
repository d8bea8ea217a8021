"""The pages of articles: drawn when an article is new or changed, a bounded number in a tick, the newest first."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from ..core.feed_choice import Channel
from ..core.prints import digest
from ..model import Entry, Feed
from ..publication_rows import Drawn, File
from .desk import Desk, drawing

PAGES = "*pages"
"""The name under which the store remembers what all pages were drawn with; no feed can have it."""

AT_ONCE = 500
_NONE = "-"
_EVER = datetime(1970, 1, 2, tzinfo=UTC)


class EntryPages(Protocol):
    """A file in formats/ that renders an article as a page of its own."""

    def path(self, entry: Entry) -> str:
        """The page's file name; it never changes."""
        ...

    def render(self, entry: Entry, feed: Feed) -> bytes:
        """The page; `feed` is the head of its portal's feed."""
        ...

    def withdrawn(self, entry: Entry, feed: Feed) -> bytes:
        """The page of an article that was withdrawn."""
        ...


def note(desk: Desk, channel: Channel, window: Iterable[int], since: datetime | None, marks: str) -> None:
    """What changed since a time, and what the feed shows, is due to be drawn where its page shows something else, or where it has none."""
    changed = (place.entry for place in desk.book.changed(channel.id, since or _EVER))
    seen = dict.fromkeys(window)
    due = {uid: "" for uid in dict.fromkeys([*seen, *changed]) if _stale(desk, uid, marks, look=since is not None or uid in seen)}
    if due:
        desk.book.save_pages(due)


def _stale(desk: Desk, uid: int, marks: str, *, look: bool) -> bool:
    known = desk.book.page(uid)
    return known is None or (known != "" and look and known != _print(desk.entry(uid), marks))


def begin(desk: Desk, drawn: Drawn, marks: str) -> None:
    """All pages are due when what they show besides their articles has changed."""
    if drawn.settings != marks:
        desk.book.redraw_pages()
        desk.book.save(Drawn(feed=PAGES, settings=marks))


def draw(
    desk: Desk, due: Iterable[int], pages: EntryPages, channels: Mapping[str, Channel], tags: Mapping[str, str], marks: str
) -> list[str]:
    """The pages of these articles are drawn; what went wrong, one line each. One that cannot be drawn waits for its article to change."""
    shown: dict[int, str] = {}
    files: list[File] = []
    faults: list[str] = []
    for uid in due:
        entry = desk.entry(uid)
        shown[uid] = _print(entry, marks)
        channel = channels.get(entry.portal)
        if channel is None:
            shown[uid] = _NONE
            continue
        try:
            files.append(_draw(desk, uid, pages, drawing(desk, channel, tags.get(channel.id, channel.id), [entry])))
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            faults.append(f"the page of {entry.url} could not be drawn: {type(error).__name__}: {error}")
    desk.book.save_pages(shown, files)
    return faults


def _draw(desk: Desk, uid: int, pages: EntryPages, feed: Feed) -> File:
    entry = desk.entry(uid)
    content = pages.withdrawn(entry, feed) if entry.withdrawn else pages.render(entry, feed)
    return desk.write(pages.path(entry), content, entry.portal, entry=uid)


def _print(entry: Entry, marks: str) -> str:
    return digest(marks, repr(entry))
