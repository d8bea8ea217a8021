"""The seam to what the state knows of published files: part of ports.Store."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from .publication_rows import Drawn, File, Gone, Month, Place


class Publications(Protocol):
    """What the published files show."""

    def drawn(self) -> Mapping[str, Drawn]:
        """By feed: what its files show."""
        ...

    def save(self, drawn: Drawn, files: Iterable[File] = (), months: Iterable[Month] = ()) -> None:
        """The files of a feed, with those of its archives, show this."""
        ...

    def newest(self, portal: str, many: int, after: Place | None = None) -> list[Place]:
        """The newest entries that a portal's feed shows, newest first; those that stand after a place when one is given."""
        ...

    def recent(self, portal: str, since: datetime, most: int) -> list[Place]:
        """The last `most` entries that a portal's feed gained since a time."""
        ...

    def changed(self, portal: str, since: datetime) -> list[Place]:
        """What a portal's feed gained since a time, or what was edited, withdrawn or came back there."""
        ...

    def gained(self, portal: str, since: datetime, until: datetime) -> list[Place]:
        """What a portal's feed gained from `since` to before `until` and still shows, oldest first."""
        ...

    def next_gain(self, portal: str, since: datetime) -> datetime | None:
        """When a portal's feed first gained an entry at or after a time."""
        ...

    def last_gain(self, portal: str) -> datetime | None:
        """When a portal's feed gained its last entry."""
        ...

    def held_since(self, portal: str) -> datetime | None:
        """When the oldest entry came that a portal's feed does not show yet."""
        ...

    def gains(self, entry: int) -> Mapping[str, datetime]:
        """The portals whose feeds show an entry, and since when."""
        ...

    def gone(self, portal: str, since: datetime, many: int) -> list[Gone]:
        """What was withdrawn from a portal's feed since a time, newest first, at most `many`."""
        ...

    def chosen(self, feed: str, many: int) -> list[int]:
        """The newest entries that passed the filters of a feed, newest first, at most `many`."""
        ...

    def choose(self, feed: str, taken: Iterable[Place], left: Iterable[int], *, anew: bool = False) -> None:
        """Entries pass the filters of a feed from now on, or no longer; `anew` forgets what passed before."""
        ...

    def gone_from_choice(self, feed: str, since: datetime, many: int) -> list[Gone]:
        """What was withdrawn since a time after it had passed the filters of a feed, newest first, at most `many`."""
        ...

    def months(self, feed: str) -> list[str]:
        """The months of which a feed has an archive document, oldest first."""
        ...

    def month(self, feed: str, month: str) -> Month | None:
        """An archive document, or None."""
        ...

    def spoilt(self) -> list[tuple[str, str]]:
        """(feed, month) of the archive documents that must be drawn anew."""
        ...

    def live_files(self) -> Mapping[str, str]:
        """By name: the seals of the files that must be there at every tick."""
        ...

    def files_of(self, feed: str) -> list[File]:
        """All files of a feed, its archives and its articles' pages included."""
        ...

    def some_files(self, chance: float, many: int) -> list[File]:
        """At most `many` files from a place on that `chance` (0 to below 1) names."""
        ...

    def spoil(self, files: Iterable[File]) -> None:
        """These archive documents and article pages must be drawn anew."""
        ...

    def page(self, entry: int) -> str | None:
        """What the page of an article was drawn from; "" when it must be drawn, None when it is not known yet."""
        ...

    def due_pages(self, many: int) -> list[int]:
        """At most `many` articles whose pages must be drawn, newest first."""
        ...

    def save_pages(self, drawn: Mapping[int, str], files: Iterable[File] = ()) -> None:
        """By article: what its page shows; "" asks for it to be drawn."""
        ...

    def redraw_pages(self) -> None:
        """Every page must be drawn anew."""
        ...
