"""What the state remembers, and what a decision asks it to remember. Frozen values; standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from .model import Entry, EventKind, Link, Precision, Site

DeliveryState = Literal["pending", "sending", "sent", "retry", "uncertain", "dead", "skipped", "held", "expired", "superseded"]
DestinationState = Literal["open", "paused", "disabled"]
Public = Literal["none", "open", "resolved"]

REMOVED = "its subscriber was removed from the configuration"
DISCARDED = "discarded by the operator"
DISCARDED_PLACE = 1_000_000_001
"""The place in a first list of what an operator discards unread: no backfill reaches it."""
UNSURE_REMOVED = REMOVED + "; it may have been taken before"
"""The reasons of deliveries that come back when their subscriber does."""

UNFOLLOWED = "its subscriber does not follow the portal any more"
"""The reason of deliveries that come back when the portal is followed again."""

KEPT = timedelta(days=90)
"""How long dead letters, answers and attempts are kept."""

WAITING: frozenset[str] = frozenset({"pending", "sending", "retry", "uncertain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRow:
    """One portal between ticks."""

    id: str
    due_at: datetime | None = None
    bad_ticks: int = 0
    cause: str = ""
    detail: str = ""
    verdict: str = "well"
    health: Mapping[str, Any] = field(default_factory=dict)
    gone_ok: datetime | None = None
    checked_at: datetime | None = None
    good_at: datetime | None = None
    site: Site = field(default_factory=Site)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A list page as it was last read."""

    url: str
    etag: str | None
    last_modified: str | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A line of a list page that is known. `entry` is the uid of its article once that was read (or made from the line)."""

    id: int
    portal: str
    key: str
    url: str
    line: str
    link: Link
    listed_at: datetime
    entry: int | None = None
    place: int | None = None
    due_at: datetime | None = None
    step: int = 0
    tries: int = 0
    cause: str = ""
    etag: str | None = None
    last_modified: str | None = None
    digest: str = ""
    gone_at: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A line that was not known. `entry` is the article that it is known to lead to (adopted), `held` whether the breaker holds it."""

    key: str
    link: Link
    line: str
    place: int | None
    entry: int | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """What is known of an article, without its text."""

    uid: int
    id: str
    portal: str
    url: str
    title: str
    first_seen: datetime
    updated: datetime
    revision: int
    prints: Mapping[str, str]
    partial: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """A delivery of an entry, as far as later events of the same entry need it."""

    id: int
    destination: str
    kind: EventKind
    state: DeliveryState
    reason: str = ""
    done_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The head of a destination's line, ready to be claimed."""

    id: int
    key: str
    kind: EventKind
    entry: int
    destination: str
    state: DeliveryState
    address: str
    event_at: datetime
    owed_at: datetime
    due_at: datetime
    attempts: int
    spent: int
    sequence: int
    held_until: datetime | None
    progress: Mapping[str, Any]
    failing_at: datetime | None
    digest: int | None = None
    probing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A delivery as an operator sees it."""

    id: int
    destination: str
    kind: str
    state: DeliveryState
    reason: str
    title: str
    entry: int
    key: str
    attempts: int
    event_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    remote_id: str = ""
    sequence: int = 0
    digest: int | None = None
    response: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt of a delivery."""

    no: int
    at: datetime
    done_at: datetime | None
    outcome: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that happened to an entry."""

    id: int
    entry: int
    kind: EventKind
    revision: int
    at: datetime
    portal: str = ""
    tag: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationRow:
    """A destination between ticks. `failing_at`: the first failure since something got through, if more waits; `reason`: how it failed."""

    id: str
    kind: str
    address: str
    state: DestinationState = "open"
    why: str = ""
    since: datetime | None = None
    not_before: datetime | None = None
    failing_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Trouble as the state remembers it; `id` 0 is not stored yet, `entry` the uid of what the feed says of it."""

    id: int = 0
    subject: str
    cause: str
    evidence: str
    opened_at: datetime
    told_at: datetime | None = None
    told: int = 0
    entry: int | None = None
    public: Public = "none"
    closed_at: datetime | None = None

    @property
    def portal(self) -> str:
        """The id of the portal that is in trouble, or an empty string."""
        kind, _, name = self.subject.partition(":")
        return name if kind == "portal" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A stretch of a list that was never seen: `pages` were looked through at `at`, none knew a line; `since`: the last good look."""

    portal: str
    url: str
    at: datetime
    pages: int
    since: datetime | None = None


# ---------------------------------------------------------------- what a decision asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A subscriber of a portal, as far as events need it. `edit_gap`: least time between two edits of one message.

    `always`: it is told that something happened, not what (a hub), so it gets every event.
    """

    id: str
    backfill: int = 0
    updates: bool = True
    incidents: bool = False
    always: bool = False
    edit_gap: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The new state of a link after its article was looked at, or failed to be."""

    due_at: datetime | None
    step: int
    tries: int = 0
    cause: str = ""
    etag: str | None = None
    last_modified: str | None = None
    digest: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWrite:
    """An entry as it shall be stored; `uid` None makes a new one."""

    uid: int | None
    entry: Entry
    prints: Mapping[str, str]
    precision: Precision = "second"
    partial: bool = False
    revise: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWrite:
    """A delivery of the event of the same change to one destination."""

    destination: str
    key: str
    state: DeliveryState
    reason: str = ""
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one look at an article changes; stored in one transaction or not at all.

    `event` is the kind of event to record (None: none); `aliases` are canonical addresses of the entry; `superseded`
    are ids of waiting deliveries that this change makes needless; `withdrawn` marks the entry (uid) withdrawn. `moved`: the
    aliases are taken from another entry; `settled`: the entry is asked for at this line's address only from now on;
    `unlisted`: the feed does not show the entry before it is released.
    """

    link: int
    portal: str
    at: datetime
    look: Look
    entry: EntryWrite | None = None
    adopt: int | None = None
    aliases: tuple[str, ...] = ()
    event: EventKind | None = None
    deliveries: tuple[DeliveryWrite, ...] = ()
    superseded: tuple[int, ...] = ()
    withdrawn: int | None = None
    shown: bool = False
    moved: bool = False
    settled: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an attempt: the delivery's next state, and what it means for its destination."""

    id: int
    attempt: int
    destination: str
    state: DeliveryState
    outcome: str
    at: datetime
    reason: str = ""
    code: str = ""
    response: str = ""
    due_at: datetime | None = None
    by_server: bool = False
    held_until: datetime | None = None
    spent: int = 0
    remote_id: str = ""
    progress: Mapping[str, Any] | None = None
    failing_at: datetime | None = None
    destination_state: DestinationState | None = None
    not_before: datetime | None = None
    moved_to: str | None = None
    payload: str = ""
