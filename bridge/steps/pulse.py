"""What the published pages show besides articles, in short: as long as it is the same, they need not be drawn again."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ..core.prints import digest
from ..model import Portal
from ..ports import Store
from .alert import stands


def pulse(store: Store, portals: Sequence[Portal], now: datetime) -> str:
    """A digest of the day, of every portal's verdict, of who can be reached, and of lasting troubles; not of what each tick changes."""
    days = sorted({f"{now.astimezone(ZoneInfo(portal.timezone)):%Y-%m-%d}" for portal in portals})
    reached = (f"{row.id} {row.state}" for row in store.outbox.destinations())
    held = (f"{portal} {many}" for portal, many in sorted(store.incidents.holds().items()))
    troubles = (f"{one.subject} {one.cause}" for one in store.incidents.open())
    return digest(*days, *(_verdict(store, portal, now) for portal in portals), *reached, *held, *troubles)


def _verdict(store: Store, portal: Portal, now: datetime) -> str:
    row = store.portals.portal(portal.id)
    return f"{portal.id} {row.verdict} {row.cause} {row.good_at is not None} {stands(row, portal, now)}"
