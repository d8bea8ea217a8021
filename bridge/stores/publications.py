"""What the published files show: places in feeds, choices, archives by month, article pages, and the files themselves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from sqlite3 import Row

from ..publication_rows import Drawn, File, Gone, Month, Place
from .database import Database
from .times import ms, when

_LAST = 2**62


class Publications:
    """Implements ports.Publications."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # ------------------------------------------------------------ feeds

    def drawn(self) -> Mapping[str, Drawn]:
        """By feed: what its files show."""
        return {row["feed"]: Drawn(**{**dict(row), "seen_at": when(row["seen_at"])}) for row in self._db.all("publications")}

    def save(self, drawn: Drawn, files: Iterable[File] = (), months: Iterable[Month] = ()) -> None:
        """The files of a feed, with those of its archives, show this."""
        with self._db.tx():
            names = ("feed", "tag", "version", "settings", "sieve")
            self._db.run("publication_save", **{name: getattr(drawn, name) for name in names}, seen_at=ms(drawn.seen_at))
            for month in months:
                self._db.run("month_save", feed=month.feed, month=month.month, drawn=month.drawn, entries=json.dumps(month.entries))
            self._save_files(files)

    # ------------------------------------------------------------ entries

    def newest(self, portal: str, many: int, after: Place | None = None) -> list[Place]:
        """The newest entries that a portal's feed shows, newest first; those that stand after a place when one is given."""
        sort_at, entry = (ms(after.sort_at), after.entry) if after else (_LAST, _LAST)
        return _places(self._db.all("places_newest", portal=portal, sort_at=sort_at, entry=entry, many=many))

    def recent(self, portal: str, since: datetime, most: int) -> list[Place]:
        """The last `most` entries that a portal's feed gained since a time."""
        return _places(self._db.all("places_recent", portal=portal, since=ms(since), many=most))

    def changed(self, portal: str, since: datetime) -> list[Place]:
        """What a portal's feed gained since a time, or what was edited, withdrawn or came back there."""
        return _places(self._db.all("places_changed", portal=portal, since=ms(since)))

    def gained(self, portal: str, since: datetime, until: datetime) -> list[Place]:
        """What a portal's feed gained from `since` to before `until` and still shows, oldest first."""
        return _places(self._db.all("places_gained", portal=portal, since=ms(since), until=ms(until)))

    def next_gain(self, portal: str, since: datetime) -> datetime | None:
        """When a portal's feed first gained an entry at or after a time."""
        return self._time("gained_next", portal=portal, since=ms(since))

    def last_gain(self, portal: str) -> datetime | None:
        """When a portal's feed gained its last entry."""
        return self._time("gained_last", portal=portal)

    def held_since(self, portal: str) -> datetime | None:
        """When the oldest entry came that a portal's feed does not show yet."""
        return self._time("held_first", portal=portal)

    def gains(self, entry: int) -> Mapping[str, datetime]:
        """The portals whose feeds show an entry, and since when."""
        return {row["portal"]: when(row["first_seen"]) for row in self._db.all("gained_by", entry=entry)}

    def gone(self, portal: str, since: datetime, many: int) -> list[Gone]:
        """What was withdrawn from a portal's feed since a time, newest first, at most `many`."""
        return [Gone(row["id"], when(row["at"])) for row in self._db.all("gone_from", portal=portal, since=ms(since), many=many)]

    def _time(self, name: str, **values: object) -> datetime | None:
        row = self._db.one(name, **values)
        return when(row["at"]) if row else None

    # ------------------------------------------------------------ feeds of choice

    def chosen(self, feed: str, many: int) -> list[int]:
        """The newest entries that passed the filters of a feed, newest first, at most `many`."""
        return [row["entry"] for row in self._db.all("chosen", feed=feed, many=many)]

    def choose(self, feed: str, taken: Iterable[Place], left: Iterable[int], *, anew: bool = False) -> None:
        """Entries pass the filters of a feed from now on, or no longer; `anew` forgets what passed before."""
        with self._db.tx():
            if anew:
                self._db.run("choices_clear", feed=feed)
            for place in taken:
                self._db.run("choice_add", feed=feed, entry=place.entry, sort_at=ms(place.sort_at))
            for entry in left:
                self._db.run("choice_drop", feed=feed, entry=entry)

    def gone_from_choice(self, feed: str, since: datetime, many: int) -> list[Gone]:
        """What was withdrawn since a time after it had passed the filters of a feed, newest first, at most `many`."""
        return [Gone(row["id"], when(row["at"])) for row in self._db.all("gone_from_choice", feed=feed, since=ms(since), many=many)]

    # ------------------------------------------------------------ archives

    def months(self, feed: str) -> list[str]:
        """The months of which a feed has an archive document, oldest first."""
        return [row["month"] for row in self._db.all("months", feed=feed)]

    def month(self, feed: str, month: str) -> Month | None:
        """An archive document, or None."""
        row = self._db.one("month", feed=feed, month=month)
        return Month(**{**dict(row), "entries": tuple(json.loads(row["entries"]))}) if row else None

    def spoilt(self) -> list[tuple[str, str]]:
        """(feed, month) of the archive documents that must be drawn anew."""
        return [(row["feed"], row["month"]) for row in self._db.all("months_spoilt")]

    # ------------------------------------------------------------ files

    def live_files(self) -> Mapping[str, str]:
        """By name: the seals of the files that must be there at every tick."""
        return {row["name"]: row["seal"] for row in self._db.all("files_live")}

    def files_of(self, feed: str) -> list[File]:
        """All files of a feed, its archives and its articles' pages included."""
        return [File(**dict(row)) for row in self._db.all("files_of", feed=feed)]

    def some_files(self, chance: float, many: int) -> list[File]:
        """At most `many` files from a place on that `chance` (0 to below 1) names."""
        row = self._db.one("files_count")
        highest = (row["many"] if row else None) or 0
        return [File(**dict(row)) for row in self._db.all("files_from", start=int(chance * highest), many=many)]

    def spoil(self, files: Iterable[File]) -> None:
        """These archive documents and article pages must be drawn anew."""
        with self._db.tx():
            for file in files:
                if file.entry is not None:
                    self._db.run("article_page_save", entry=file.entry, drawn="")
                elif file.month:
                    self._db.run("month_spoil", feed=file.feed, month=file.month)

    def _save_files(self, files: Iterable[File]) -> None:
        for file in files:
            self._db.run("file_save", path=file.name, seal=file.seal, feed=file.feed, month=file.month, entry=file.entry)

    # ------------------------------------------------------------ pages of articles

    def page(self, entry: int) -> str | None:
        """What the page of an article was drawn from; "" when it must be drawn, None when it is not known yet."""
        row = self._db.one("article_page", entry=entry)
        return row["drawn"] if row else None

    def due_pages(self, many: int) -> list[int]:
        """At most `many` articles whose pages must be drawn, newest first."""
        return [row["entry"] for row in self._db.all("article_pages_due", many=many)]

    def save_pages(self, drawn: Mapping[int, str], files: Iterable[File] = ()) -> None:
        """By article: what its page shows; "" asks for it to be drawn."""
        with self._db.tx():
            for entry, digest in drawn.items():
                self._db.run("article_page_save", entry=entry, drawn=digest)
            self._save_files(files)

    def redraw_pages(self) -> None:
        """Every page must be drawn anew."""
        with self._db.tx():
            self._db.run("article_pages_spoil")


def _places(rows: Sequence[Row]) -> list[Place]:
    return [
        Place(entry=row["entry"], sort_at=when(row["sort_at"]), gained=when(row["first_seen"]), shared=bool(row["shared"])) for row in rows
    ]
