"""What one look at a portal leaves to the next, besides what is usual there; kept beside it, a few KB."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TURN_LASTS = timedelta(days=2)
"""How long after a list has turned its articles are still compared with known ones whatever their ids."""
_MOST = 400


@dataclass(slots=True, kw_only=True)
class Memory:
    """`turned_at`: when a list last turned (see core.matching.Turn). `standing`: by list page, uids of the articles that stood there
    at their own addresses. `older`: by list page, the older page that is to be read next, and how many were read."""

    turned_at: datetime | None = None
    standing: dict[str, list[int]] = field(default_factory=dict)
    older: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Memory":
        """What `dump` gave; what is missing is empty."""
        turned = stored.get("turned")
        return cls(
            turned_at=datetime.fromisoformat(turned) if turned else None,
            standing={url: list(uids) for url, uids in (stored.get("standing") or {}).items()},
            older={url: (at, pages) for url, (at, pages) in (stored.get("older") or {}).items()},
        )

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "turned": self.turned_at.isoformat() if self.turned_at else None,
            "standing": {url: uids[:_MOST] for url, uids in self.standing.items()},
            "older": self.older,
        }

    def has_turned(self, now: datetime) -> bool:
        """Whether a list has turned of late."""
        return self.turned_at is not None and now - self.turned_at < TURN_LASTS

    def stands(self, uid: int) -> bool:
        """Whether an article stood on a list at its own address when that was last read: no other line is it."""
        return any(uid in uids for uids in self.standing.values())
