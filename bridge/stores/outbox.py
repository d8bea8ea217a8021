"""Destinations, deliveries and attempts: what is owed to whom, and what was tried."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Row

from ..rows import KEPT, REMOVED, UNFOLLOWED, UNSURE_REMOVED, WAITING, DestinationRow, DestinationState, Due, Settled
from .database import Database
from .times import ms, when


class Outbox:
    """Implements ports.Outbox."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def configure(self, wanted: Iterable[tuple[str, str, str]], now: datetime) -> None:
        """(id, kind, address) of the configuration's subscribers are the active destinations.

        One whose address or kind changed starts afresh. What waits for one that is no longer named is put aside with
        that reason, and waits again when it is named again before it is too old.
        """
        known = {row["id"]: row for row in self._db.all("destinations")}
        asked = {identifier: (kind, address) for identifier, kind, address in wanted}
        moved = [i for i, facts in asked.items() if i in known and (known[i]["kind"], known[i]["configured"]) != facts]
        switched = [i for i in known if bool(known[i]["active"]) != (i in asked)]
        added = [i for i in asked if i not in known]
        if not (moved or switched or added):
            return
        with self._db.tx():
            for name, ids in (("destination_add", added), ("destination_move", moved)):
                for identifier in ids:
                    self._db.run(name, id=identifier, kind=asked[identifier][0], address=asked[identifier][1])
            for identifier in switched:
                self._switch(identifier, now, wanted=identifier in asked)

    def _switch(self, identifier: str, now: datetime, *, wanted: bool) -> None:
        self._db.run("destination_active", id=identifier, active=int(wanted))
        if wanted:
            self._db.run("deliveries_unshelve", id=identifier, reason=REMOVED, unsure=UNSURE_REMOVED, since=ms(now - KEPT))
        else:
            self._db.run("deliveries_shelve", id=identifier, reason=REMOVED, unsure=UNSURE_REMOVED, now=ms(now))

    def unfollow(self, destination: str, portal: str, now: datetime) -> None:
        """A destination does not follow a portal any more: what waits for it of articles that no other portal of its shows is put aside.

        An attempt of which nobody knows whether it was taken, or that is a part of more, is seen through.
        """
        with self._db.tx():
            self._db.run("subscription_end", destination=destination, portal=portal)
            for row in self._db.all("unfollowed", destination=destination, portal=portal):
                end(self._db, row["id"], "skipped", UNFOLLOWED, ms(now))

    def prune(self, now: datetime) -> None:
        """Answers, payloads and attempts older than `KEPT` are forgotten."""
        with self._db.tx():
            for name in ("prune_answers", "prune_payloads", "prune_attempts"):
                self._db.run(name, before=ms(now - KEPT))

    def subscriptions(self) -> set[tuple[str, str]]:
        """(destination, portal) of everything that is followed."""
        return {(row["destination"], row["portal"]) for row in self._db.all("subscriptions")}

    def recover(self, now: datetime) -> int:
        """Attempts that a killed tick left open are uncertain and due at once; their number. Call it under the lock."""
        rows = self._db.all("interrupted")
        if rows:
            with self._db.tx():
                for row in rows:
                    self._db.run("interrupt", id=row["id"], now=ms(now))
                    self._db.run(
                        "attempt_done",
                        delivery=row["id"],
                        no=row["attempts"],
                        at=ms(now),
                        outcome="interrupted",
                        code="",
                        detail="the tick was killed",
                    )
        return len(rows)

    def heads(self, now: datetime, many: int, kind: str, *, force: bool = False) -> list[Due]:
        """The delivery at the head of the line of each open destination of a kind that may be tried now, at most `many`.

        `force` adds retries that wait for our own back-off, never those that a receiver put off.
        """
        return [_due(row) for row in self._db.all("heads", now=ms(now), many=many, kind=kind, force=int(force))]

    def next_due(self, now: datetime, after: datetime | None = None) -> datetime | None:
        """When the line of an open destination moves next, as things stand at `now`; only times after `after`, where it is given."""
        row = self._db.one("next_due", now=ms(now), after=ms(after) or 0)
        return when(row["at"]) if row else None

    def claim(self, dues: Sequence[Due], now: datetime) -> list[tuple[Due, int, int]]:
        """(delivery, attempt, sequence) of those that are ours to send: their attempts are on record, durably."""
        claimed = []
        with self._db.tx():
            for due in dues:
                sequence = due.sequence or self._count(due.destination)
                if self._db.run("claim", id=due.id, attempts=due.attempts, sequence=sequence):
                    if due.digest and not due.progress:
                        self._db.run("digest_detach", carrier=due.id)
                    self._db.run("attempt_add", delivery=due.id, no=due.attempts + 1, destination=due.destination, at=ms(now))
                    claimed.append((due, due.attempts + 1, sequence))
        return claimed

    def _count(self, destination: str) -> int:
        row = self._db.one("destination_count", id=destination)
        return int(row["sequence"]) if row else 0

    def fresh(self, destination: str, now: datetime, many: int) -> int:
        """How many publications wait for a destination and have never been tried, counted up to `many`."""
        row = self._db.one("fresh", destination=destination, now=ms(now), many=many)
        return int(row["many"]) if row else 0

    def gather(self, carrier: int, destination: str, now: datetime, many: int, *, every: bool = False) -> None:
        """The oldest `many` of those (of `every` kind of event), `carrier` among them, go out together from now on."""
        name = "digest_gather_every" if every else "digest_gather"
        with self._db.tx():
            self._db.run(name, carrier=carrier, destination=destination, now=ms(now), many=many)

    def gather_late(self, carrier: int, destination: str, before: datetime, many: int) -> bool:
        """Whether `carrier` and others are owed since before that time; then at most `many` of them go out together from now on,
        those too that digests carry which never began.
        """
        rows = self._db.all("late", destination=destination, first=carrier, before=ms(before), many=many)
        if len(rows) < 2:
            return False
        with self._db.tx():
            for row in rows:
                if row["id"] != carrier:
                    self._db.run("digest_release", carrier=row["id"])
            for row in rows:
                self._db.run("digest_join", carrier=carrier, id=row["id"])
        return True

    def gathered(self, carrier: int) -> list[int]:
        """The entries of a digest, in their order."""
        return [row["entry"] for row in self._db.all("digest_entries", carrier=carrier)]

    def message(self, entry: int, destination: str) -> str | None:
        """The receiver's name of the message that shows an entry, or None."""
        row = self._db.one("message", entry=entry, destination=destination)
        return row["remote_id"] if row else None

    def settle(self, results: Sequence[Settled]) -> None:
        """The outcomes of attempts are stored together."""
        with self._db.tx():
            for result in results:
                self._settle(result)

    def drop(self, delivery: int, state: str, reason: str, now: datetime) -> None:
        """A waiting delivery ends without an attempt (expired, skipped, superseded)."""
        with self._db.tx():
            end(self._db, delivery, state, reason, ms(now))

    def _settle(self, result: Settled) -> None:
        waiting = result.state in WAITING
        known = self._db.run(
            "settle",
            id=result.id,
            attempt=result.attempt,
            state=result.state,
            waiting=int(waiting),
            reason=result.reason[:1000],
            due_at=ms(result.due_at),
            by_server=int(result.by_server),
            held_until=ms(result.held_until),
            spent=result.spent,
            remote_id=result.remote_id,
            progress=None if result.progress is None else json.dumps(dict(result.progress)),
            response=result.response[:20000],
            payload=result.payload[:20000],
            done_at=None if waiting else ms(result.at),
        )
        if not known:
            return  # an older attempt's: what came after it is the truth, of the destination too
        self._db.run(
            "attempt_done",
            delivery=result.id,
            no=result.attempt,
            at=ms(result.at),
            outcome=result.outcome,
            code=result.code,
            detail=result.reason[:1000],
        )
        if not waiting:
            self._db.run("digest_settle", carrier=result.id, state=result.state, reason=f"in digest {result.id}", at=ms(result.at))
        self._after(result)

    def _after(self, result: Settled) -> None:
        here = {"id": result.destination}
        self._db.run("destination_failing", failing_at=ms(result.failing_at), **here)
        if result.destination_state is not None:
            self.mark(result.destination, result.destination_state, result.reason, result.at, result.not_before)
        elif result.not_before is not None:
            self._db.run("destination_wait", not_before=ms(result.not_before), **here)
        if result.moved_to is not None:
            self._db.run("destination_address", address=result.moved_to, **here)

    def mark(self, destination: str, state: DestinationState, why: str, now: datetime, not_before: datetime | None = None) -> None:
        """A destination is open, paused (asked again after `not_before`) or disabled from now on."""
        with self._db.tx():
            why, since = ("", None) if state == "open" else (why, ms(now))
            self._db.run("destination_state", id=destination, state=state, why=why[:300], since=since, not_before=ms(not_before))

    def recent(self, since: datetime) -> list[tuple[str, str, datetime]]:
        """(kind, address, time) of the attempts since a time, oldest first."""
        return [(row["kind"], row["address"], when(row["at"])) for row in self._db.all("recent_attempts", since=ms(since))]

    # ------------------------------------------------------------ looking

    def destinations(self, *, removed: bool = False) -> list[DestinationRow]:
        """Every active destination; with `removed` those too that the configuration no longer names."""
        return [_destination(row) for row in self._db.all("destinations") if row["active"] or removed]


def end(db: Database, delivery: int, state: str, reason: str, at: int) -> None:
    """A waiting delivery ends without an attempt; call it inside a transaction.

    With a digest of which something is out, or may be, all that it carries ends; any other is dissolved, and the rest goes out by itself.
    """
    row = db.one("delivery", id=delivery)
    db.run("delivery_drop", id=delivery, state=state, reason=reason, at=at)
    if row is not None and row["digest"] == delivery:
        if row["progress"] != "{}" or row["state"] in {"sending", "uncertain"}:
            db.run("digest_settle", carrier=delivery, state=state, reason=f"{reason}, in digest {delivery}", at=at)
        else:
            db.run("digest_release", carrier=delivery)


def _due(row: Row) -> Due:
    names = ("id", "key", "kind", "entry", "destination", "state", "address", "attempts", "spent", "sequence", "digest")
    times = {name: when(row[name]) for name in ("event_at", "owed_at", "due_at", "held_until", "failing_at")}
    return Due(
        **{name: row[name] for name in names}, **times, progress=json.loads(row["progress"]), probing=row["destination_state"] != "open"
    )


def _destination(row: Row) -> DestinationRow:
    plain = {name: row[name] for name in ("id", "kind", "address", "state", "why")}
    failing = {"failing_at": when(row["failing_at"]), "reason": row["failing"]} if row["failing"] else {}
    return DestinationRow(**plain, **failing, since=when(row["since"]), not_before=when(row["not_before"]))
