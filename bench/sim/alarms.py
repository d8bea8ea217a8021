"""Whether visible faults are noticed in time, and how often the operator is told of nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge.model import Entry
from bridge.rows import PortalRow

from .happenings import Happening
from .story import CHINA
from .world import Served, World

if TYPE_CHECKING:
    from .judge import Score

GRACE = timedelta(hours=36)
"""How long after a fault an alarm may still stand: what failed is tried again with growing pauses."""


@dataclass(slots=True)
class Watch:
    """One fault: the bad pages it has shown, the ticks since it is visible, and at which of them it was noticed."""

    happening: Happening
    pages: set[str] = field(default_factory=set)
    ticks: int = 0
    noticed: int = 0
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the operator was sent: of the portal, or of what waits for a word of theirs."""

    at: datetime
    subject: str
    what: str
    cause: str


_APART = frozenset({"held", "mass withdrawal", "gap"})
_REMINDED = timedelta(hours=20)


class Alarms:
    """Follows the verdict tick by tick."""

    def __init__(self, world: World, score: "Score") -> None:
        self._world, self._score = world, score
        self._watches: dict[datetime, Watch] = {}
        self._since: datetime | None = None
        self._spans: list[tuple[datetime, datetime, str]] = []
        self._before = ""
        self._notices: list[Notice] = []

    def tick(self, now: datetime, log: Sequence[Served], refused: int, row: PortalRow, *, told: str) -> None:
        """A tick has ended with this verdict. `told`: what of it the operator hears of."""
        bad = row.bad_ticks > 0 or row.verdict in {"suspicious", "broken"}
        for watch in self._touched(now, log, refused):
            watch.ticks += len(watch.pages) >= watch.happening.kind.evidence
            if bad and not watch.noticed:
                watch.noticed, watch.cause = max(1, watch.ticks), row.cause
        self._tell(now, row, bad=bad)
        if told and self._since is None:
            self._since, self._cause = now, f"{row.verdict}: {told}"
        elif not told and self._since is not None:
            self._spans.append((self._since, now, self._cause))
            self._since = None

    def notice(self, now: datetime, entry: Entry) -> None:
        """The operator is sent this."""
        self._score.notices += 1
        what = "over" if entry.category[1] == "recovered" else "again" if entry.summary.startswith("Still so") else "first"
        cause = entry.category[-1]
        self._notices.append(Notice(now, cause if cause in _APART else "portal", what, cause))
        self._score.tell(now, f"the operator is told: {what}: {entry.title.partition(': ')[2]}: {entry.summary[:90]}")

    def _tell(self, now: datetime, row: PortalRow, *, bad: bool) -> None:
        state = f"{row.verdict} {row.cause}".strip() if bad else row.verdict
        if state != self._before:
            self._score.tell(now, f"verdict: {state}" + (f" ({row.detail[:120]})" if bad else ""))
            self._before = state

    def _touched(self, now: datetime, log: Sequence[Served], refused: int) -> list[Watch]:
        """The faults that showed themselves in this tick."""
        found: dict[datetime, Watch] = {}
        for served in log:
            if served.fault and served.fault.kind.verdict == "fault":
                watch = found[served.fault.start] = self._watch(served.fault)
                listed = served.what == "list" and served.fault.kind.where == "article"
                watch.pages.update([] if listed else [served.url])
        if refused:
            for happening in self._world.going_on(now):
                if happening.kind.name == "robots":
                    found[happening.start] = self._watch(happening)
                    found[happening.start].pages.add("robots")
        return list(found.values())

    def _watch(self, happening: Happening) -> Watch:
        return self._watches.setdefault(happening.start, Watch(happening))

    def close(self) -> None:
        """What was never noticed, or late, and what alarms were false."""
        score, world = self._score, self._world
        troubles = [(h.start, world.over(h)) for h in world.happenings if h.kind.verdict != "sound"]
        if self._since is not None:
            self._spans.append((self._since, world.end, self._cause))
        for watch in self._watches.values():
            self._settle(watch)
        self._needless(troubles)
        for begun, over, why in self._spans:
            if not any(start <= over and begun <= end + GRACE for start, end in troubles):
                score.alarms += 1
                score.tell(begun, f"FALSE ALARM until {over.astimezone(CHINA):%m-%d %H:%M}: {why[:160]}")

    def _needless(self, troubles: Sequence[tuple[datetime, datetime]]) -> None:
        """Of one trouble the operator is told once, and once that it is over; reminders are a day apart and more."""
        heard: set[tuple[datetime, str, str]] = set()
        before: dict[str, Notice] = {}
        for notice in self._notices:
            last, before[notice.subject] = before.get(notice.subject), notice
            of = [start for start, end in troubles if start <= notice.at <= end + 2 * GRACE]
            mark = (of[-1] if of else notice.at, notice.subject, notice.what)
            early = notice.what == "again" and last is not None and notice.at - last.at < _REMINDED and last.cause == notice.cause
            if (not of and notice.what != "over") or early or (notice.what != "again" and mark in heard):
                self._score.count("needless notices", notice.at, f"{notice.what} of {notice.subject}: {notice.cause}")
            heard.add(mark)

    def _settle(self, watch: Watch) -> None:
        score, happening = self._score, watch.happening
        if watch.noticed:
            score.faults += 1
            score.slowest = max(score.slowest, watch.noticed)
            if watch.noticed > 2:
                score.tell(happening.start, f"LATE: {happening.kind.name} was noticed at tick {watch.noticed} ({watch.cause})")
        elif watch.ticks >= 2:
            score.faults += 1
            score.count("undetected", happening.start, f"{happening.kind.name} showed itself in {watch.ticks} ticks")
