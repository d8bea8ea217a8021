"""What the state remembers of published files. Frozen values; standard library only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry in the feed of a portal: the time it stands under, and when that feed gained it."""

    entry: int
    sort_at: datetime
    gained: datetime
    shared: bool = False
    """Other portals' feeds show it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What the published files of a feed show.

    `tag` is the feed's own id, minted once. `version` digests the state of its portals, `settings` how it was rendered, `sieve` the
    filters that its choice of entries was made with. All changes before `seen_at` are in (None: nothing was drawn yet).
    """

    feed: str
    tag: str = ""
    version: str = ""
    settings: str = ""
    sieve: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """An archive document: the entries that it holds and what else it was drawn from; `drawn` "" asks for it to be drawn anew."""

    feed: str
    month: str
    drawn: str
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A published file: `seal` tells a file that was touched or cut since. `month` names the archive, `entry` the article that it shows."""

    name: str
    seal: str
    feed: str
    month: str = ""
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A withdrawn entry: its tag: URI, and when."""

    id: str
    at: datetime
