"""What the reading of a portal asks for and gives, and whether it has anything to ask."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..errors import FetchError
from ..model import Page, Portal, Request, Unchanged
from ..ports import Store
from ..rows import PortalRow

_EARLY = timedelta(seconds=30)

Answer = Page | Unchanged | FetchError
Asking = Generator[Request, Answer, "PortalReport"]


@dataclass(slots=True)
class PortalReport:
    """What one look at a portal gave."""

    portal: str
    requests: int = 0
    listed: int = 0
    new: int = 0
    adopted: int = 0
    updated: int = 0
    withdrawn: int = 0
    left: int = 0
    cause: str = ""
    detail: str = ""
    broke: bool = False
    retry_at: datetime | None = None
    notes: list[str] = field(default_factory=list)

    def blame(self, cause: str, detail: str) -> None:
        """The portal is at fault; the first fault names the tick."""
        if self.cause:
            self.notes.append(f"{self.portal}: {cause}: {detail}")
        else:
            self.cause, self.detail = cause, detail


def lists_due(row: PortalRow, portal: Portal, now: datetime, *, force: bool) -> bool:
    """Whether a portal's list pages are to be looked at: its interval is over, or it is forced.

    A time further ahead than the interval comes from a clock that was wrong, or an interval that was longer. A timer that
    fires a moment early need not fire again.
    """
    early = min(_EARLY, portal.interval / 20)
    return force or row.due_at is None or not now + early < row.due_at <= now + portal.interval + early


def due(store: Store, portal: Portal, now: datetime, *, force: bool) -> bool:
    """Whether a tick has anything to ask of a portal: its list pages, or an article."""
    return lists_due(store.portals.portal(portal.id), portal, now, force=force) or bool(store.archive.due(portal.id, now, 1, force=force))
