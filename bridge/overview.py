"""How everything is doing, as `status`, the status page, `serve` and the metrics show it. Frozen values; standard library only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["new", "well", "quiet", "suspicious", "broken"]

DAYS = 30
"""How many days `PortalView.per_day` shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalView:
    """One portal. `per_day` are articles first seen on each of the last DAYS local days, oldest first, today last.

    `success` is the share of the last day's looks that were good (None: none), `delay` the median time from publication to
    feed of recent articles that state a time (None: none does), `held` how many articles the circuit breaker holds.
    """

    id: str
    title: str
    url: str
    timezone: str
    verdict: Verdict
    cause: str = ""
    detail: str = ""
    since: datetime | None = None
    bad_ticks: int = 0
    last: datetime | None = None
    last_good: datetime | None = None
    next: datetime | None = None
    entries: int = 0
    unread: int = 0
    held: int = 0
    per_day: tuple[int, ...] = ()
    requests: int = 0
    success: float | None = None
    delay: timedelta | None = None
    newest: str = ""
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberView:
    """One subscriber or operator (`role`), without its address.

    `delayed`: what an open one made of the last attempt, when it must be tried again, and `again` when that is.
    """

    id: str
    kind: str
    role: Literal["subscriber", "operator", "hub"] = "subscriber"
    portals: tuple[str, ...] = ()
    state: Literal["new", "open", "failing", "paused", "disabled"] = "new"
    why: str = ""
    since: datetime | None = None
    sent: int = 0
    waiting: int = 0
    dead: int = 0
    held: int = 0
    last_sent: datetime | None = None
    last_death: str = ""
    delayed: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """Trouble that was or is: `subject` is `portal:ID` or `destination:ID`."""

    subject: str
    cause: str
    evidence: str
    opened: datetime
    closed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole installation at `at`; portals and subscribers worst first."""

    at: datetime
    portals: tuple[PortalView, ...] = ()
    subscribers: tuple[SubscriberView, ...] = ()
    incidents: tuple[IncidentView, ...] = ()
    last_run: datetime | None = None
    last_run_seconds: float | None = None
    faults: dict[str, str] = field(default_factory=dict)
