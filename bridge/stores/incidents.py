"""Trouble that lasts, what is held, and gaps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from sqlite3 import Row

from ..rows import DeliveryWrite, EntryWrite, GapRow, Incident
from .archive import Archive
from .database import Database
from .times import ms, when


class Incidents:
    """Implements ports.Incidents."""

    def __init__(self, db: Database, archive: Archive) -> None:
        self._db, self._archive = db, archive

    def open(self) -> list[Incident]:
        """Trouble that lasts, oldest first."""
        return [incident_row(row) for row in self._db.all("incidents_open")]

    def last(self, subject: str) -> Incident | None:
        """The last trouble of a subject, over or not."""
        row = self._db.one("incident_last", subject=subject)
        return incident_row(row) if row else None

    def record(
        self,
        incident: Incident,
        at: datetime,
        notice: tuple[EntryWrite, Sequence[DeliveryWrite]] | None = None,
        public: tuple[EntryWrite, Sequence[DeliveryWrite]] | None = None,
        gone: int | None = None,
    ) -> None:
        """An incident as it is now, what operators are owed, and what its portal's feed says of it, stored together.

        `gone` is an entry that the feed does not show any more.
        """
        with self._db.tx():
            if notice:
                self._archive.announce(*notice, kind="notice", at=at)
            entry = incident.entry
            if public:
                known = public[0].uid is not None
                entry = self._archive.announce(*public, kind="updated" if known else "published", at=at, listed=True)
            if gone is not None:
                self._db.run("entry_withdraw", uid=gone, at=ms(at))
            self._save(incident, entry)

    def _save(self, incident: Incident, entry: int | None) -> None:
        times = {name: ms(getattr(incident, name)) for name in ("opened_at", "told_at", "closed_at")}
        values = {"cause": incident.cause[:200], "evidence": incident.evidence[:1000], "told": incident.told, "public": incident.public}
        if incident.id:
            self._db.run("incident_save", id=incident.id, entry=entry, **values, **times)
        else:
            self._db.one("incident_add", subject=incident.subject, entry=entry, **values, **times)

    def holds(self) -> Mapping[str, int]:
        """How many articles are held, or their pushes, by portal."""
        lines = {row["portal"]: row["many"] for row in self._db.all("holds")}
        owed = {row["portal"]: row["many"] for row in self._db.all("holds_owed")}
        return {portal: max(lines.get(portal, 0), owed.get(portal, 0)) for portal in sorted({*lines, *owed})}

    def gone(self, portal: str, since: datetime | None = None) -> int:
        """How many articles of a portal went away since a time; without one: how many answer with 404 and are not withdrawn."""
        row = self._db.one("gone_waiting", portal=portal) if since is None else self._db.one("gone_lines", portal=portal, since=ms(since))
        return int(row["many"]) if row else 0

    def record_gap(self, gap: GapRow) -> None:
        """A stretch of a list was never seen."""
        with self._db.tx():
            self._db.run("gap_add", portal=gap.portal, url=gap.url, since=ms(gap.since), at=ms(gap.at), pages=gap.pages)

    def gaps(self, since: datetime) -> list[GapRow]:
        """Gaps that were noticed since a time, newest first, at most 100."""
        rows = self._db.all("gaps_since", since=ms(since))
        return [GapRow(portal=r["portal"], url=r["url"], pages=r["pages"], since=when(r["since"]), at=when(r["at"])) for r in rows]


def incident_row(row: Row) -> Incident:
    """A row of `incidents`."""
    times = {name: when(row[name]) for name in ("opened_at", "told_at", "closed_at")}
    return Incident(**{name: row[name] for name in ("id", "subject", "cause", "evidence", "told", "entry", "public")}, **times)
