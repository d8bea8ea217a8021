"""What the circuit breaker or an operator holds back: counting it, letting it go, or knowing it without a push."""

from datetime import datetime, timedelta
from typing import Any

from ..rows import DISCARDED, DISCARDED_PLACE, REMOVED, UNFOLLOWED
from .database import Database
from .outbox import end
from .times import ms

BELIEVED = timedelta(days=1)
"""How long withdrawals are believed after an operator has let them go."""


class Holding:
    """The part of upkeep_ports.Upkeep that is about what is held."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def held(self, portal: str) -> dict[str, int]:
        """What is held of a portal: `articles` (of them `unread`), `hidden` from the feed, `deliveries`, `withdrawals`."""
        lines = self._db.one("held_lines", portal=portal)
        assert lines is not None
        hidden = self._db.one("held_listings", portal=portal)
        listed = int(hidden["many"]) if hidden else 0
        return {
            "articles": max(int(lines["many"]), listed), "unread": int(lines["unread"]), "hidden": listed,
            "deliveries": len(self._db.all("held_deliveries", portal=portal)), "withdrawals": len(self._db.all("gone_of", portal=portal)),
        }  # fmt: skip

    def release(self, portal: str, now: datetime) -> dict[str, int]:
        """What was held goes out and is shown, and withdrawals are believed for a day; gives what `held` gave before."""
        with self._db.tx():
            before = self.held(portal)
            for row in self._db.all("held_deliveries", portal=portal):
                if not self._db.run("delivery_free", id=row["id"], now=ms(now)):
                    self._db.run("delivery_end", id=row["id"], reason=UNFOLLOWED, removed=REMOVED, now=ms(now))
            for row in self._db.all("gone_of", portal=portal):
                self._db.run("gone_due", id=row["id"], now=ms(now))
            if before["withdrawals"]:
                self._db.run("gone_believed", id=portal, until=ms(now + BELIEVED))
            self._show(portal, before)
        return before

    def discard(self, portal: str, now: datetime) -> dict[str, int]:
        """What was held is known and shown, but not sent, and no article is withdrawn; gives what `held` gave before."""
        with self._db.tx():
            before = self.held(portal)
            for row in self._db.all("held_deliveries", portal=portal):
                self._db.run("delivery_end", id=row["id"], reason=DISCARDED, removed=DISCARDED, now=ms(now))
            for row in self._db.all("gone_of", portal=portal):
                self._db.run("gone_void", id=row["id"])
            self._db.run("lines_known", portal=portal, place=DISCARDED_PLACE)
            self._show(portal, before)
        return before

    def ask_again(self, portal: str, since: datetime | None, now: datetime) -> None:
        """Due at once: what answered with 404 and is not withdrawn, and articles listed since then of which only the line is known."""
        with self._db.tx():
            self._db.run("missed_due", portal=portal, since=ms(since) if since else 0, now=ms(now))

    def _show(self, portal: str, before: dict[str, int]) -> None:
        self._db.run("lines_free", portal=portal)
        self._db.run("listings_show", portal=portal)
        if before["hidden"]:
            self._db.run("portal_changed", id=portal)

    def waiting(self) -> int:
        """How many deliveries wait."""
        row = self._db.one("waiting_all")
        return int(row["many"]) if row else 0

    def hold(self, why: str, now: datetime) -> int:
        """Whatever waits is held until an operator lets it go; how many deliveries. Call it under the lock of a tick."""
        with self._db.tx():
            return self._db.run("hold_waiting", reason=f"held: {why}", now=ms(now))


def drop(db: Database, entry: int, why: str, now: datetime) -> None:
    """What waits of an entry ends, but for an attempt that is under way; call it inside a transaction."""
    rows: list[Any] = db.all("deliveries_of", entry=entry)
    for row in rows:
        if row["state"] in {"pending", "retry", "uncertain"}:
            end(db, row["id"], "skipped", why, ms(now))
