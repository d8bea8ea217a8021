"""What one look at a portal leaves to the next, besides what is usual there; kept beside it, a few KB."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..core.prints import digest
from ..rows import LinkRow

GIVEN_LASTS = timedelta(days=30)
"""How long after a portal gave known addresses to other articles it may do so again."""
TURN_LASTS = timedelta(days=2)
"""How long after a list has turned its articles are still compared with known ones whatever their ids."""
MOVED = 3
"""So many articles found at other addresses in one look are a portal that moved."""
_MOST = 400
_SHORT = 8
_TIMES = ("turned", "moved", "given")


@dataclass(slots=True, kw_only=True)
class Memory:
    """`turned_at`: when a list last turned (see core.matching.Turn). `moved_at`: when articles were last found at other addresses,
    several at once. `given_at`: when known addresses were last given to other articles; `given`: such an address → the known article
    that its line names now, until it is read. `standing`: by list page, uids of the articles that stood there
    at their own addresses. `older`: by list page, the older page that is to be read next, and how many were read. `lines`: by list
    page, its lines (digests of their keys) from the top; `left`: lines that were taken from a page, the last ones. `skew`: how wrong the
    clock is, by core.skew."""

    turned_at: datetime | None = None
    moved_at: datetime | None = None
    given_at: datetime | None = None
    given: dict[str, int] = field(default_factory=dict)
    standing: dict[str, list[int]] = field(default_factory=dict)
    older: dict[str, tuple[str, int]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    skew: timedelta = timedelta()

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Memory":
        """What `dump` gave; what is missing is empty."""
        times = {f"{name}_at": datetime.fromisoformat(stored[name]) for name in _TIMES if stored.get(name)}
        return cls(
            **times,
            given=dict(stored.get("to") or {}),
            standing={url: list(uids) for url, uids in (stored.get("standing") or {}).items()},
            older={url: (at, pages) for url, (at, pages) in (stored.get("older") or {}).items()},
            lines={url: list(lines) for url, lines in (stored.get("lines") or {}).items()},
            left=list(stored.get("left") or ()),
            skew=timedelta(seconds=stored.get("skew") or 0),
        )

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **{name: at.isoformat() if (at := getattr(self, f"{name}_at")) else None for name in _TIMES},
            "to": dict(list(self.given.items())[-_MOST:]),
            "standing": {url: uids[:_MOST] for url, uids in self.standing.items()},
            "older": self.older,
            "lines": self.lines,
            "left": self.left,
            "skew": round(self.skew.total_seconds()),
        }

    def has_turned(self, now: datetime) -> bool:
        """Whether a list has turned of late."""
        return self.turned_at is not None and now - self.turned_at < TURN_LASTS

    def gives_again(self, now: datetime) -> bool:
        """Whether known addresses were given to other articles of late."""
        return self.given_at is not None and now - self.given_at < GIVEN_LASTS

    def stands(self, uid: int) -> bool:
        """Whether an article stood on a list at its own address when that was last read: no other line is it."""
        return any(uid in uids for uids in self.standing.values())

    def left_behind(self, row: LinkRow) -> bool:
        """Whether the list's articles have moved to other addresses since this one was listed: it says nothing of its article."""
        return self.moved_at is not None and row.listed_at < self.moved_at and (row.entry is None or not self.stands(row.entry))

    def shows(self, url: str, keys: Iterable[str]) -> None:
        """A list page shows these lines now. One that stood above another that still does was taken away; the last ones slid off."""
        lines = [digest(key)[:_SHORT] for key in keys][:_MOST]
        now, before = set(lines), self.lines.get(url, [])
        last = max((n for n, line in enumerate(before) if line in now), default=0)
        gone = [line for line in before[:last] if line not in now]
        self.left = [line for line in (*self.left, *gone) if line not in now][-_MOST:]
        self.lines[url] = lines

    def begins(self, url: str, keys: Sequence[str]) -> bool:
        """Whether most of these lines are those that stood on top of the list page when it was last read."""
        top = self.lines.get(url, [])[: len(keys)]
        return 2 * len({digest(key)[:_SHORT] for key in keys}.intersection(top)) > len(keys)

    def has_left(self, key: str) -> bool:
        """Whether a line was taken from its list."""
        return digest(key)[:_SHORT] in self.left
