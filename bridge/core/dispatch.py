"""What becomes of a delivery: an outcome + the row + now → its next state. Pure; all back-off and pacing rules are here."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from ..model import Closed, Later, Moved, Outcome, Refused, Sent, Unsure
from ..rows import DestinationState, Due, Settled

Window = tuple[int, timedelta]
"""At most so many attempts in any stretch of that length."""

WHOLE_KIND_WAIT = timedelta(minutes=15)
_JITTER = 0.2
_REST = timedelta(minutes=5)
_LEAST = timedelta(seconds=1)
"""What costs no attempt still takes this long, whatever time a server names."""
_MOVES = 5
_BELIEVED_AHEAD = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one kind of destination is treated.

    `schedule`: waits before the second, third, … attempt; when all are used up and their hours are over, the delivery
    is dead. `max_age`: an event older than this is not sent any more (None: never too old). `catch_up`: publications older than
    `max_age` still go out, all in one digest, until they are as old as this. `hold`: how long a failing
    delivery holds back the later ones of its destination. `probe`: a closed destination is asked again after as long as it has
    been closed, this long at the most (None: when a person says so). `give_up`: a destination that has only failed for so long is disabled.
    `edit_gap`: least time between two edits of one message. `edits`: later events edit the message of the first, and
    need one. `digests`: many new articles can go out as one message. `collapses`: all that waits goes out as one.
    `windows` bind each destination whose address is not in a group (see `group_windows`), `shared` all of the kind.
    """

    schedule: tuple[timedelta, ...]
    max_age: timedelta | None = None
    catch_up: timedelta | None = None
    hold: timedelta = timedelta(0)
    probe: timedelta | None = None
    give_up: timedelta | None = None
    edit_gap: timedelta = timedelta(0)
    edits: bool = False
    digests: bool = False
    collapses: bool = False
    windows: tuple[Window, ...] = ()
    group_windows: tuple[Window, ...] = ()
    shared: tuple[Window, ...] = ()

    @property
    def hours(self) -> timedelta:
        """How long a delivery is tried at the least before it is dead."""
        return sum(self.schedule, timedelta(0)) * (1 - _JITTER)

    def windows_of(self, address: str) -> tuple[Window, ...]:
        """The windows of one destination; groups and channels have negative ids or @names."""
        return self.group_windows if self.group_windows and address[:1] in {"-", "@"} else self.windows


def expired(due: Due, manner: Manner, now: datetime) -> bool:
    """Whether the event is too old to be sent for the first time, by itself or with others."""
    limit = manner.max_age if manner.catch_up is None or due.kind != "published" else manner.catch_up
    return limit is not None and now - due.owed_at > limit


def late_before(due: Due, manner: Manner, now: datetime) -> datetime | None:
    """Publications owed since before that time go out in one digest with `due`; None when it is in time, or partly out."""
    if manner.catch_up is None or manner.max_age is None or due.progress or due.state == "uncertain":
        return None
    before = now - manner.max_age
    return before if due.owed_at < before else None


def settle(
    due: Due,
    attempt: int,
    outcome: Outcome,
    manner: Manner,
    now: datetime,
    chance: float,
    on_uncertain: Literal["resend", "skip"] = "resend",
) -> Settled:
    """The delivery after an attempt; `chance` in [0, 1) spreads retries by ±20 %."""
    base = Settled(
        id=due.id, attempt=attempt, destination=due.destination, state="retry", outcome=type(outcome).__name__.lower(), at=now,
        spent=due.spent, code=outcome.code, failing_at=due.failing_at or now, held_until=due.held_until or now + manner.hold,
    )  # fmt: skip
    match outcome:
        case Sent():
            opened: DestinationState | None = "open" if due.probing else None
            sent = replace(base, state="sent", remote_id=outcome.remote_id, progress=outcome.progress)
            return replace(sent, failing_at=None, held_until=None, destination_state=opened)
        case Later():
            return _later(base, due, outcome, manner, chance)
        case Moved():
            return _moved(base, attempt, outcome)
        case Refused():
            ended = replace(base, reason=outcome.why, response=outcome.response, held_until=None, failing_at=due.failing_at)
            return replace(ended, state="skipped" if outcome.moot else "dead")
        case Closed():
            return _closed(base, due, outcome, manner)
        case Unsure():
            return _unsure(base, due, outcome, manner, chance, on_uncertain)


def _later(base: Settled, due: Due, outcome: Later, manner: Manner, chance: float) -> Settled:
    base = replace(base, reason=outcome.why, progress=outcome.progress, by_server=outcome.at is not None)
    if not outcome.spent:
        wait = max(outcome.at, base.at + _LEAST) if outcome.at else base.at
        base = replace(base, due_at=wait, not_before=outcome.at and wait, held_until=max(base.held_until or wait, wait))
        return _worn(base, due, manner) if outcome.at else replace(base, failing_at=due.failing_at)
    again = _again(base, due, manner, chance, max(outcome.at or base.at, base.at + outcome.least))
    return again if outcome.reached or manner.max_age is None else _unreached(again, due, manner, chance)


def _unreached(again: Settled, due: Due, manner: Manner, chance: float) -> Settled:
    """What is too old some day anyway waits for its server for so long, and is tried often: the line begins with it when it is back."""
    wait = min(manner.schedule[min(due.spent, len(manner.schedule) - 1)], WHOLE_KIND_WAIT) * (1 + _JITTER * (2 * chance - 1))
    at = again.at + wait
    return replace(
        again, state="retry", spent=min(again.spent, len(manner.schedule)), due_at=at, held_until=max(at, again.held_until or at)
    )


def _again(base: Settled, due: Due, manner: Manner, chance: float, asked: datetime | None = None) -> Settled:
    """One more failed attempt that counts: the next one by the schedule, or the end."""
    spent = due.spent + 1
    over = base.at - due.owed_at >= manner.hours
    if spent > len(manner.schedule) and over:
        return replace(base, state="dead", spent=spent, reason=f"{base.reason}; {spent} attempts", held_until=None, due_at=None)
    wait = manner.schedule[min(spent, len(manner.schedule)) - 1] * (1 + _JITTER * (2 * chance - 1))
    return _worn(replace(base, spent=spent, due_at=max(base.at + wait, asked or base.at)), due, manner)


def _worn(again: Settled, due: Due, manner: Manner) -> Settled:
    """A delivery that is to be tried again; its destination is given up when it has let nothing through for too long."""
    if manner.give_up and due.failing_at and again.at - due.failing_at >= manner.give_up:
        return replace(again, destination_state="disabled", reason=f"nothing got through for {manner.give_up.days} days: {again.reason}")
    return again


def _moved(base: Settled, attempt: int, outcome: Moved) -> Settled:
    if attempt > _MOVES:
        return replace(base, state="dead", reason=f"moved more than {_MOVES} times", held_until=None)
    why = f"{outcome.why}: moved to {outcome.to}; write that into the configuration".removeprefix(": ")
    return replace(base, reason=why, due_at=base.at, moved_to=outcome.to)


def _closed(base: Settled, due: Due, outcome: Closed, manner: Manner) -> Settled:
    base = replace(base, reason=outcome.why, response=outcome.response)
    if outcome.whole:
        return replace(base, due_at=base.at + WHOLE_KIND_WAIT)
    if manner.probe is None:
        return replace(base, due_at=base.at, destination_state="disabled")
    rest = min(max(base.at - (due.failing_at or base.at), _REST), manner.probe)
    return replace(base, due_at=base.at, destination_state="paused", not_before=base.at + rest)


def _unsure(base: Settled, due: Due, outcome: Unsure, manner: Manner, chance: float, on_uncertain: str) -> Settled:
    base = replace(base, state="uncertain", reason=f"it may have been taken: {outcome.why}")
    if on_uncertain == "skip":
        return replace(base, state="skipped", held_until=None)
    return _again(base, due, manner, chance)


@dataclass(slots=True)
class Pace:
    """Sliding windows over attempts, seeded from the state, so that ten runs in a minute cannot burst.

    They belong to an address: two subscribers that are topics of one group share its windows.
    """

    times: dict[str, deque[datetime]] = field(default_factory=dict)

    def seed(self, attempts: Iterable[tuple[str, str, datetime]]) -> None:
        """Attempts of earlier runs count: (kind, address, time)."""
        for kind, address, at in attempts:
            self.note(kind, address, at)

    def note(self, kind: str, address: str, at: datetime) -> None:
        """An attempt was made."""
        for name in (f"{kind} {address}", kind):
            self.times.setdefault(name, deque(maxlen=200)).append(at)

    def answered(self, kind: str, address: str, at: datetime, moved_to: str | None = None) -> None:
        """The latest attempt there has been answered: the receiver saw it no later, so its windows count from now.

        It counts for the new address too, when the answer names one.
        """
        times = self.times.get(f"{kind} {address}")
        if times and times[-1] < at:
            times[-1] = at
        if moved_to is not None:
            self.times.setdefault(f"{kind} {moved_to}", deque(maxlen=200)).append(at)

    def free_at(self, kind: str, address: str, manner: Manner, now: datetime) -> datetime:
        """When the next attempt breaks no window; not before `now`."""
        own = (self._free(f"{kind} {address}", window, now) for window in manner.windows_of(address))
        all_of_kind = (self._free(kind, window, now) for window in manner.shared)
        return max([now, *(at for at in (*own, *all_of_kind) if at)])

    def _free(self, name: str, window: Window, now: datetime) -> datetime | None:
        """When one more breaks no window; sorted and cut off, because a clock may have been set back since."""
        many, length = window
        times = sorted(at for at in self.times.get(name, ()) if at <= now + _BELIEVED_AHEAD)
        return times[-many] + length if len(times) >= many else None
