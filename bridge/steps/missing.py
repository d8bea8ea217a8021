"""What it means that a known article's address answers 404: it was withdrawn, it moved with all others, or the server is at fault."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Portal
from ..ports import Store
from ..rows import LinkRow
from .memory import Memory

_CONTROLS = 2
"""So many other articles at most are looked at in a tick to tell an article that is gone from a server that is at fault."""


@dataclass(slots=True, kw_only=True)
class Missing:
    """One look at one portal. `asked`: the lines whose articles were looked at; `silent`: one that was looked at as a control failed."""

    store: Store
    portal: Portal
    memory: Memory
    asked: set[int] = field(default_factory=set)
    silent: bool = False
    _left: int = _CONTROLS

    def controls(self) -> Iterator[LinkRow]:
        """Articles that the list shows and that were not looked at in this tick, newest first; few of them in a tick."""
        for uid in (uid for uids in self.memory.standing.values() for uid in uids):
            if not self._left:
                return
            rows = [row for row in self.store.ledger.lines(uid) if row.portal == self.portal.id]
            if rows and not rows[-1].gone_at and rows[-1].id not in self.asked:
                self._left -= 1
                yield rows[-1]
