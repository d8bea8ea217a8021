"""What was owed, tried and sent, for people who ask; and the few things that an operator may change there."""

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Row

from ..rows import AttemptRow, EventRow, LedgerRow, LinkRow
from .archive import link_row
from .database import Database
from .times import ms, when


class Ledger:
    """Implements ports.Ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def deliveries(
        self, destination: str | None = None, state: str | None = None, since: datetime | None = None, many: int = 50
    ) -> list[LedgerRow]:
        """The newest `many` deliveries, newest first; `state` "waiting" means any that may still go out, oldest first."""
        facts = {"destination": destination, "state": state, "since": ms(since) or 0, "many": many}
        return [_ledger(row) for row in self._db.all(_listing(destination, state), **facts)]

    def delivery(self, identifier: int) -> LedgerRow | None:
        """One delivery, or None."""
        row = self._db.one("ledger_one", id=identifier)
        return _ledger(row) if row else None

    def head(self, destination: str, now: datetime) -> LedgerRow | None:
        """The delivery at the head of a destination's line: the first that is due, or that holds the line until later."""
        row = self._db.one("ledger_head", destination=destination, now=ms(now))
        return _ledger(row) if row else None

    def of_entry(self, entry: int, destination: str | None = None) -> list[LedgerRow]:
        """The deliveries of an entry, oldest first."""
        return [_ledger(row) for row in self._db.all("ledger_entry", entry=entry, destination=destination)]

    def attempts(self, delivery: int) -> list[AttemptRow]:
        """What was tried for a delivery, oldest first."""
        rows = self._db.all("attempts_of", delivery=delivery)
        return [AttemptRow(**{**dict(row), "at": when(row["at"]), "done_at": when(row["done_at"])}) for row in rows]

    def again(self, ids: Sequence[int], reason: str, now: datetime) -> int:
        """These deliveries are owed again at once, with their keys; how many there were."""
        with self._db.tx():
            return sum(self._db.run("again", id=identifier, reason=reason, now=ms(now)) for identifier in ids)

    def forward(self, ids: Sequence[int], reason: str, now: datetime) -> int:
        """These waiting deliveries (or the digests that carry them) need not wait for a time of ours; how many there were."""
        rows = [row for row in map(self.delivery, ids) if row]
        with self._db.tx():
            return sum(self._db.run("forward", id=i, reason=reason, now=ms(now)) for i in sorted({row.digest or row.id for row in rows}))

    def missing(self, destination: str, since: datetime, many: int) -> list[EventRow]:
        """Publications since a time that a destination follows and was never owed, oldest first."""
        rows = self._db.all("missing", destination=destination, since=ms(since), many=many)
        return [EventRow(**{**dict(row), "at": when(row["at"])}) for row in rows]

    # ------------------------------------------------------------ one article

    def find(self, text: str, many: int) -> list[int]:
        """Entries whose title holds `text`: those of which it is the whole title, then the newest."""
        like = "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        return [row["uid"] for row in self._db.all("find_title", like=like, text=text, many=many)]

    def tagged(self, identifier: str) -> int | None:
        """The entry with this tag: URI, or None."""
        row = self._db.one("entry_by_id", id=identifier)
        return int(row["uid"]) if row else None

    def lines(self, entry: int) -> list[LinkRow]:
        """The lines of list pages that lead to an entry."""
        return [link_row(row) for row in self._db.all("lines_of", entry=entry)]

    def lines_of_address(self, key: str) -> list[LinkRow]:
        """The lines of a canonical address, read or not."""
        return [link_row(row) for row in self._db.all("lines_by_key", key=key)]

    def aliases(self, entry: int) -> list[str]:
        """The addresses under which an entry was seen."""
        return [row["key"] for row in self._db.all("aliases_of", entry=entry)]

    def revisions(self, entry: int) -> list[tuple[int, datetime, str]]:
        """(revision, when, title) of an entry."""
        return [(row["revision"], when(row["at"]), row["title"]) for row in self._db.all("revisions_of", entry=entry)]

    def events(self, entry: int) -> list[EventRow]:
        """What happened to an entry, oldest first."""
        return [EventRow(**{**dict(row), "at": when(row["at"]), "entry": entry}) for row in self._db.all("events_of", entry=entry)]

    def feeds(self, entry: int) -> list[str]:
        """The portals whose feeds show an entry."""
        return [row["portal"] for row in self._db.all("listed_in", entry=entry)]


def _listing(destination: str | None, state: str | None) -> str:
    """The statement whose index fits: what was sent is many, what was not is few."""
    if state == "waiting":
        return "ledger_waiting"
    if state in {None, "sent"}:
        return "ledger_destination" if destination is not None else "ledger_sent" if state else "ledger"
    return "ledger_state"


def _ledger(row: Row) -> LedgerRow:
    plain = (
        "id",
        "destination",
        "kind",
        "state",
        "reason",
        "title",
        "entry",
        "key",
        "attempts",
        "remote_id",
        "sequence",
        "digest",
        "response",
        "payload",
    )
    times = {name: when(row[name]) for name in ("event_at", "due_at", "done_at")}
    return LedgerRow(**{name: row[name] for name in plain}, **times)
