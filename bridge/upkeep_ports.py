"""The seam to the state where people and monitors look at it, and where an operator keeps it in order."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from .rows import Incident


class Figures(Protocol):
    """Figures for people and monitors; reading them costs the same however large the archive is."""

    def arrivals(self, portal: str, edges: Sequence[datetime]) -> list[int]:
        """How many articles a feed gained between each two neighbours of `edges`."""
        ...

    def listed(self, portal: str) -> int:
        """How many articles a feed has gained so far."""
        ...

    def newest(self, portal: str) -> tuple[str, datetime] | None:
        """(title, first seen) of the article that a feed gained last."""
        ...

    def delays(self, portal: str, since: datetime, many: int) -> list[timedelta]:
        """From publication to feed, for those of the last `many` articles since a time that state one; never negative."""
        ...

    def looks(self, since: datetime) -> Mapping[str, tuple[int, int, int]]:
        """By portal: requests, looks and bad looks of the ticks since a time."""
        ...

    def deliveries(self, destination: str) -> Mapping[str, int]:
        """How many are sent, waiting, dead and held."""
        ...

    def last_sent(self, destination: str) -> datetime | None:
        """When something went out to a destination for the last time."""
        ...

    def last_death(self, destination: str) -> str:
        """Why a delivery to a destination was given up last; empty when none was."""
        ...

    def closed(self, since: datetime) -> list[Incident]:
        """Trouble that ended since a time, newest first, at most 100."""
        ...

    def newest_time(self) -> datetime | None:
        """The newest time on record; a clock that shows an earlier one is wrong, or was."""
        ...

    def schema(self) -> tuple[int, int]:
        """(version of the state, version that this program writes)."""
        ...

    def damage(self) -> list[str]:
        """What is wrong inside the state, a line each; reads all of it."""
        ...


class Upkeep(Protocol):
    """Keeping the state in order: old text, counts, what is held, what is to be forgotten, backups."""

    def retain(self, before: datetime, many: int, window: int = 50) -> int:
        """The texts of at most `many` entries first seen before then are gone, those a feed shows first excepted; how many."""
        ...

    def tally(self, now: datetime) -> None:
        """What is older than a day is counted for good."""
        ...

    def redraw(self) -> None:
        """Every published file is written anew by the next tick."""
        ...

    def backup(self, path: Path) -> Mapping[str, int]:
        """`path` is a verified copy of this moment; how many rows of each kind it holds. Works beside a tick."""
        ...

    def held(self, portal: str) -> Mapping[str, int]:
        """What is held of a portal: `articles` (of them `unread`), `hidden` from the feed, `deliveries`, `withdrawals`."""
        ...

    def release(self, portal: str, now: datetime) -> Mapping[str, int]:
        """What was held goes out and is shown, and withdrawals are believed for a day; gives what `held` gave before."""
        ...

    def discard(self, portal: str, now: datetime) -> Mapping[str, int]:
        """What was held is known and shown, but not sent, and no article is withdrawn; gives what `held` gave before."""
        ...

    def ask_again(self, portal: str, since: datetime | None, now: datetime) -> None:
        """Due at once: what answered with 404 and is not withdrawn, and articles listed since then of which only the line is known."""
        ...

    def waiting(self) -> int:
        """How many deliveries wait."""
        ...

    def hold(self, why: str, now: datetime) -> int:
        """Whatever waits is held until an operator lets it go; how many deliveries. Call it under the lock of a tick."""
        ...

    def knows(self, portal: str) -> bool:
        """Whether anything of a portal is on record."""
        ...

    def forget_article(self, uid: int, now: datetime) -> str:
        """Text, revisions and pictures of an entry are gone, no feed shows it, it does not come back as new; its tag: URI."""
        ...

    def forget_portal(self, portal: str, now: datetime) -> list[str]:
        """The same for each article that only this portal shows, and what its pages taught; their tag: URIs."""
        ...
