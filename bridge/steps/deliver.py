"""Sending what is due: claim, send, settle; one in flight per destination, destinations side by side."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Literal

from ..core.dispatch import Manner, Pace, expired, late_before, settle
from ..model import Closed, Job, Outcome, Target, Unsure
from ..ports import Clock, Sender, Store
from ..rows import Due, Settled
from .addressed import addressed

EDITS = frozenset({"updated", "withdrawn"})
"""The events that change a message which is there."""

_AT_ONCE = 64
_DIGEST_MOST = 200
_ACKNOWLEDGE = 64
_LONGEST_WAIT = timedelta(seconds=60)
_WORTH_WAITING = timedelta(seconds=10)
_WINDOW = timedelta(seconds=90)


@dataclass(slots=True)
class DeliveryReport:
    """What one round of delivering gave."""

    sent: int = 0
    retry: int = 0
    dead: int = 0
    uncertain: int = 0
    dropped: int = 0
    notes: list[str] = field(default_factory=list)
    closed_kinds: dict[str, str] = field(default_factory=dict)
    worked: set[str] = field(default_factory=set)

    def add(self, more: "DeliveryReport") -> None:
        """The figures of another round of the same tick are added."""
        for name in ("sent", "retry", "dead", "uncertain", "dropped"):
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.notes += more.notes
        self.closed_kinds |= more.closed_kinds
        self.worked |= more.worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One kind of destination: how it is treated, the sender that `open` makes, and what a job puts on the wire (`rendered`)."""

    kind: str
    manner: Manner
    open: Callable[[], Sender]
    rendered: Callable[[Job], str] = lambda _job: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """One round of delivering until nothing is due, or `end`. `chance` gives numbers in [0, 1) for the jitter."""

    store: Store
    clock: Clock
    outlets: Mapping[str, Outlet]
    kinds: Mapping[str, str]
    settings: Mapping[str, object]
    digest_over: Mapping[str, int]
    follows: Mapping[str, Collection[str]] = field(default_factory=dict)
    end: datetime
    chance: Callable[[], float]
    force: bool = False
    stop: Callable[[], bool] = lambda: False
    report: DeliveryReport = field(default_factory=DeliveryReport)
    pace: Pace = field(default_factory=Pace)
    senders: dict[str, Sender] = field(default_factory=dict)
    forced: set[int] = field(default_factory=set)
    under_way: dict[int, Due] = field(default_factory=dict)
    done: SimpleQueue[tuple[Job, Outcome]] = field(default_factory=SimpleQueue)

    def run(self) -> DeliveryReport:
        """Everything that can be sent before `end` has been; the rest waits in the store."""
        try:
            while True:
                now = self.clock.now()
                more = now < self.end and not self.stop()
                wait = self._start() if more else None
                if self.under_way:
                    self._collect(None if wait is None else (wait - now).total_seconds())
                elif not more or wait is None or wait - now > _LONGEST_WAIT or wait >= self.end:
                    break
                else:
                    self.clock.sleep(wait - now)
        finally:
            for sender in self.senders.values():
                sender.close()
        return self.report

    def _start(self) -> datetime | None:
        """Send what may go now, beside what is under way; the time at which more may, None when nothing more waits for time."""
        rooms = {kind: self._room(kind) for kind in self.outlets.keys() - self.report.closed_kinds.keys()}
        heads = [due for kind, room in rooms.items() if room for due in self._heads(kind, room)]
        if not heads and self.under_way:
            return None
        if not heads:
            return self._soon()
        if not self.pace.times:
            self.pace.seed(self.store.outbox.recent(self.clock.now() - _WINDOW))
        now = self.clock.now()
        live = [due for due in heads if not self._ended(due)]
        ready = self._within_windows(live, now)
        if ready:
            self._send(ready)
        if len(live) < len(heads):
            return now
        return min((self._free_at(due, now) for due in live if due.id not in self.under_way), default=None)

    def _room(self, kind: str) -> int:
        """How many more of a kind may be under way; nothing until half of them are done, so that looking costs little.

        No more than a sender works on at once are claimed: those that hang when the time is up are all that is waited for.
        """
        free = _AT_ONCE - sum(self.kinds[due.destination] == kind for due in self.under_way.values())
        return free if free >= _AT_ONCE // 2 else 0

    def _heads(self, kind: str, room: int) -> list[Due]:
        """What of one kind may be tried now; a forced retry is tried once a tick."""
        now = self.clock.now()
        heads = self.store.outbox.heads(now, room, kind, force=self.force)
        return [h for h in heads if h.destination in self.kinds and (h.due_at <= now or h.id not in self.forced)]

    def _soon(self) -> datetime | None:
        """When a retry of this very tick is due, if that is worth waiting for."""
        now = self.clock.now()
        at = self.store.outbox.next_due(now, now) if self.report.retry or self.report.uncertain else None
        return at if at and at <= now + _WORTH_WAITING else None

    def _free_at(self, due: Due, now: datetime) -> datetime:
        kind = self.kinds[due.destination]
        return self.pace.free_at(kind, due.address, self.outlets[kind].manner, now)

    def _within_windows(self, dues: Sequence[Due], now: datetime) -> list[Due]:
        """Those that go at once: each is noted as it is chosen, so that the kind's common windows hold too."""
        ready = []
        for due in dues:
            if self._free_at(due, now) <= now:
                self.pace.note(self.kinds[due.destination], due.address, now)
                ready.append(due)
        return ready

    def _ended(self, due: Due) -> bool:
        """Whether a delivery ends without being sent: too old, or uncertain where doubles are worse than losses."""
        manner, now = self.outlets[self.kinds[due.destination]].manner, self.clock.now()
        if expired(due, manner, now):
            state, why = "expired", "too old to be sent"
        elif due.state == "uncertain" and self._on_uncertain(due.destination) == "skip":
            state, why = "skipped", 'it may have been taken, and on_uncertain = "skip"'
        elif manner.edits and due.kind in EDITS and self.store.outbox.message(due.entry, due.destination) is None:
            state, why = "skipped", "no message of its own shows the article"
        else:
            return False
        self.store.outbox.drop(due.id, state, why, now)
        self.report.dropped += 1
        return True

    def _on_uncertain(self, destination: str) -> str:
        return str(getattr(self.settings.get(destination), "on_uncertain", "resend"))

    # ------------------------------------------------------------ sending

    def _send(self, ready: Sequence[Due]) -> None:
        claimed = self.store.outbox.claim([self._bundled(due) for due in ready], self.clock.now())
        by_kind: dict[str, list[Job]] = {}
        for due, attempt, sequence in claimed:
            self.under_way[due.id] = due
            self.forced.add(due.id)
            by_kind.setdefault(self.kinds[due.destination], []).append(self._job(due, attempt, sequence))
        for kind, jobs in by_kind.items():
            Thread(target=self._pump, args=(self._sender(kind), jobs, self.done), daemon=True).start()

    def _bundled(self, due: Due) -> Due:
        """The delivery as the carrier of a digest, when more articles than its destination wants one by one wait, or more than one late."""
        manner, now = self.outlets[self.kinds[due.destination]].manner, self.clock.now()
        if manner.collapses:
            return self._collapsed(due, now)
        if due.kind != "published" or not manner.digests:
            return due
        if before := late_before(due, manner, now):
            late = self.store.outbox.gather_late(due.id, due.destination, before, _DIGEST_MOST)
            return replace(due, digest=due.id) if late else due
        over = self.digest_over.get(due.destination, 0)
        untried = due.state == "pending" and due.attempts == 0 and due.digest is None
        if not (over and untried) or self.store.outbox.fresh(due.destination, now, over + 1) <= over:
            return due
        self.store.outbox.gather(due.id, due.destination, now, _DIGEST_MOST)
        return replace(due, digest=due.id)

    def _collapsed(self, due: Due, now: datetime) -> Due:
        """The delivery as the carrier of all that waits for its destination."""
        if due.digest is not None or due.attempts:
            return due
        self.store.outbox.gather(due.id, due.destination, now, _DIGEST_MOST, every=True)
        return replace(due, digest=due.id)

    def _sender(self, kind: str) -> Sender:
        if kind not in self.senders:
            self.senders[kind] = self.outlets[kind].open()
        return self.senders[kind]

    @staticmethod
    def _pump(sender: Sender, jobs: Sequence[Job], done: "SimpleQueue[tuple[Job, Outcome]]") -> None:
        left, why = {job.id: job for job in jobs}, "the sender gave no outcome"
        try:
            for job, outcome in sender.send(jobs):
                left.pop(job.id, None)
                done.put((job, outcome))
        except Exception as error:  # noqa: BLE001 - a bug in a sender must not lose what it was given
            why = f"bug in the sender: {type(error).__name__}"
        for job in left.values():
            done.put((job, Unsure(why)))

    def _collect(self, patience: float | None) -> None:
        """Wait for an outcome, at most `patience` seconds; it and those that came with it are stored together."""
        batch: list[Settled] = []
        with suppress(Empty):
            batch.append(self._settled(*self.done.get(timeout=None if patience is None else max(patience, 0.0))))
            while len(batch) < _ACKNOWLEDGE:
                batch.append(self._settled(*self.done.get_nowait()))
        if batch:
            self.store.outbox.settle(batch)

    def _job(self, due: Due, attempt: int, sequence: int) -> Job:
        uids = self.store.outbox.gathered(due.id) if due.digest else [due.entry]
        kind = self.kinds[due.destination]
        target = Target(id=due.destination, kind=kind, address=due.address, settings=self.settings.get(due.destination))
        remote = self.store.outbox.message(due.entry, due.destination) if due.kind in EDITS else None
        return Job(
            id=due.id, key=due.key, kind="digest" if due.digest else due.kind, target=target,
            entries=addressed(self.store, uids, self.follows.get(due.destination, ())), at=due.event_at,
            attempt=attempt, sequence=sequence, remote_id=remote, progress=due.progress,
        )  # fmt: skip

    def _settled(self, job: Job, outcome: Outcome) -> Settled:
        due = self.under_way.pop(job.id)
        manner = self.outlets[job.target.kind].manner
        result = settle(due, job.attempt, outcome, manner, self.clock.now(), self.chance(), self._policy(due.destination))
        if result.state == "dead":
            result = replace(result, payload=self._payload(job))
        self.pace.answered(job.target.kind, job.target.address, self.clock.now(), result.moved_to)
        report = self.report
        report.sent += result.state == "sent"
        report.worked |= {job.target.kind} if result.state == "sent" else set()
        report.retry += result.state == "retry"
        report.dead += result.state == "dead"
        report.uncertain += result.state == "uncertain"
        if isinstance(outcome, Closed) and outcome.whole:
            report.closed_kinds[job.target.kind] = outcome.why
        elif result.state != "sent" and result.reason:
            report.notes.append(f"{due.destination}: {result.state}: {result.reason}")
        return result

    def _payload(self, job: Job) -> str:
        """What a delivery that has died put on the wire, to be kept with it."""
        try:
            return self.outlets[job.target.kind].rendered(job)
        except Exception as error:  # noqa: BLE001 - what it is made of may be why it died
            return f"it cannot be made: {type(error).__name__}: {error}"

    def _policy(self, destination: str) -> Literal["resend", "skip"]:
        return "skip" if self._on_uncertain(destination) == "skip" else "resend"
