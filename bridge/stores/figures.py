"""Figures for people and monitors. Only reads; what they cost does not grow with the archive (see `Upkeep.tally`)."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Row
from typing import Any

from ..rows import WAITING, Incident
from .database import Database
from .times import ms, when

_FAR = 1 << 62
"""Later than any time, in milliseconds."""


class Figures:
    """Implements upkeep_ports.Figures."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # ------------------------------------------------------------ portals

    def arrivals(self, portal: str, edges: Sequence[datetime]) -> list[int]:
        """How many articles a feed gained between each two neighbours of `edges`."""
        times = [ms(edge) for edge in edges]
        rows = self._db.all("listed_since", portal=portal, since=times[0], until=times[-1])
        found = Counter(bisect_right(times, row["at"]) for row in rows)
        return [found[place] for place in range(1, len(times))]

    def listed(self, portal: str) -> int:
        """How many articles a feed has gained so far."""
        return self._tallied(f"listed:{portal}", "listed_between", portal=portal)

    def newest(self, portal: str) -> tuple[str, datetime] | None:
        """(title, first seen) of the article that a feed gained last."""
        row = self._db.one("newest_listed", portal=portal)
        return (row["title"], when(row["at"])) if row else None

    def delays(self, portal: str, since: datetime, many: int) -> list[timedelta]:
        """From publication to feed, for those of the last `many` articles since a time that state one; never negative."""
        rows = self._db.all("delays", portal=portal, since=ms(since), many=many)
        return [timedelta(milliseconds=max(0, row["delay"])) for row in rows]

    def looks(self, since: datetime) -> Mapping[str, tuple[int, int, int]]:
        """By portal: requests, looks and bad looks of the ticks since a time, at most 5000 ticks back."""
        return {row["portal"]: (row["requests"], row["many"], row["bad"]) for row in self._db.all("looks_since", since=ms(since))}

    # ------------------------------------------------------------ destinations

    def deliveries(self, destination: str) -> Mapping[str, int]:
        """How many are sent, waiting, dead and held."""
        found = {state: self._count("count_state", destination=destination, state=state) for state in ("dead", "held", *sorted(WAITING))}
        sent = self._tallied(f"sent:{destination}", "sent_between", destination=destination)
        waiting = sum(found[state] for state in WAITING)
        return {"sent": sent, "waiting": waiting, "dead": found["dead"], "held": found["held"]}

    def last_sent(self, destination: str) -> datetime | None:
        """When something went out to a destination for the last time."""
        row = self._db.one("last_sent", destination=destination)
        return when(row["at"]) if row else None

    def last_death(self, destination: str) -> str:
        """Why a delivery to a destination was given up last; empty when none was."""
        row = self._db.one("last_dead", destination=destination)
        return row["reason"] if row else ""

    # ------------------------------------------------------------ the whole

    def closed(self, since: datetime) -> list[Incident]:
        """Trouble that ended since a time, newest first, at most 100."""
        return [_incident(row) for row in self._db.all("incidents_closed", since=ms(since))]

    def newest_time(self) -> datetime | None:
        """The newest time on record; a clock that shows an earlier one is wrong, or was."""
        rows = [self._db.one(name) for name in ("newest_run", "newest_event")]
        times = [when(row["at"]) for row in rows if row and row["at"] is not None]
        return max(times, default=None)

    def schema(self) -> tuple[int, int]:
        """(version of the file, version that this program writes)."""
        row = self._db.one("schema")
        return (int(row[0]) if row else 0), len(list((Path(__file__).parent / "migrations").glob("[0-9]*.sql")))

    def damage(self) -> list[str]:
        """What is wrong inside the file, a line each, at most twenty of each kind; reads all of it."""
        found = [str(row[0]) for row in self._db.all("integrity") if row[0] != "ok"]
        lost = self._db.all("foreign_keys")
        return found + [f"row {row['rowid']} of {row['table']} points to nothing in {row['parent']}" for row in lost[:20]]

    # ------------------------------------------------------------ counting

    def _tallied(self, subject: str, name: str, **about: str) -> int:
        row = self._db.one("tally", subject=subject)
        many, through = (row["many"], row["through"]) if row else (0, 0)
        return int(many) + self._between(name, through, _FAR, **about)

    def _between(self, name: str, since: int, until: int, **about: str) -> int:
        return self._count(name, since=since, until=until, **about)

    def _count(self, name: str, **about: Any) -> int:
        row = self._db.one(name, **about)
        return int(row["many"]) if row else 0


def _incident(row: Row) -> Incident:
    times = {name: when(row[name]) for name in ("opened_at", "told_at", "closed_at")}
    return Incident(**{name: row[name] for name in ("id", "subject", "cause", "evidence", "told", "entry", "public")}, **times)
