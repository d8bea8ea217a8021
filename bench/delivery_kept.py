"""Claiming and listing with a long past: the same calls over a state with few delivered rows, and over one with very many."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bridge.core.dispatch import settle
from bridge.model import Sent
from bridge.senders import webhook
from bridge.stores import sqlite

from .delivery_state import build

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
DESTINATIONS = 10
_WAITING = 100
_DAY_OLD = NOW - timedelta(hours=12)

Work = Callable[[sqlite.Store], object]


def _heads(store: sqlite.Store) -> object:
    return store.outbox.heads(NOW, 512, "webhook")


def _round(store: sqlite.Store) -> None:
    claimed = store.outbox.claim(store.outbox.heads(NOW, 512, "webhook"), NOW)
    store.outbox.settle([settle(due, attempt, Sent(code="204"), webhook.MANNER, NOW, 0.5) for due, attempt, _ in claimed])


WORKS: dict[str, Work] = {
    "heads": _heads,
    "heads, claim and settle": _round,
    "deliveries list": lambda store: store.ledger.deliveries(),
    "deliveries list --dest": lambda store: store.ledger.deliveries("d3"),
    "deliveries list --dest (a quiet one)": lambda store: store.ledger.deliveries("quiet"),
    "deliveries list --state waiting": lambda store: store.ledger.deliveries(state="waiting"),
    "deliveries list --state sent": lambda store: store.ledger.deliveries(state="sent"),
    "deliveries list --state dead": lambda store: store.ledger.deliveries(state="dead"),
    "deliveries list --state uncertain": lambda store: store.ledger.deliveries(state="uncertain"),
    "deliveries list --dest --state dead": lambda store: store.ledger.deliveries("d0", "dead"),
    "deliveries list --since": lambda store: store.ledger.deliveries(since=_DAY_OLD),
    "deliveries list --since (nothing since)": lambda store: store.ledger.deliveries(since=NOW + timedelta(hours=1)),
    "deliveries list --dest --state sent (none)": lambda store: store.ledger.deliveries("quiet", "sent"),
    "deliveries list --dest --since": lambda store: store.ledger.deliveries("quiet", since=_DAY_OLD),
    "windows": lambda store: store.outbox.recent(NOW - timedelta(seconds=90)),
    "recover": lambda store: store.outbox.recover(NOW),
    "next_due": lambda store: store.outbox.next_due(NOW),
    "last_death": lambda store: store.figures.last_death("quiet"),
}


@dataclass(slots=True)
class Kept:
    """Milliseconds of each call over the states of each size."""

    sizes: tuple[int, int]
    samples: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)

    def ms(self, name: str, which: int) -> float:
        """The median over the smaller (0) or the larger (1) state."""
        return median(self.samples[name][which])


def kept(sizes: tuple[int, int], rounds: int) -> Kept:
    """Every call `rounds` times over each state, by turns."""
    result = Kept(sizes)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        stores = [_copy(many, Path(name)) for many in sizes]
        for label, work in WORKS.items():
            result.samples[label] = _timed(work, stores, rounds)
        for store in stores:
            store.close()
    return result


def _timed(work: Work, stores: Sequence[sqlite.Store], rounds: int) -> tuple[list[float], list[float]]:
    samples: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for store, taken in zip(stores, samples, strict=True):
            begun = time.perf_counter()
            work(store)
            taken.append((time.perf_counter() - begun) * 1000)
    return samples


def _copy(many: int, folder: Path) -> sqlite.Store:
    here = folder / str(many)
    shutil.copytree(_state(many), here)
    return sqlite.connect(here)


def _state(many: int) -> Path:
    """The folder of a state with `many` delivered rows; made when it is not there from an earlier run of the same code."""
    code = [Path(__file__), *sorted(Path(sqlite.__file__).parent.rglob("*.sql")), Path(__file__).with_name("delivery_state.py")]
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"feedbridge-bench-{os.getuid()}-{mark}-kept-{many}"
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(prefix="feedbridge-bench-"))
        addresses = {f"d{n}": ("webhook", f"http://bench.example.org/{n}") for n in range(DESTINATIONS)}
        build(fresh, NOW, addresses, _WAITING, past=many // DESTINATIONS)
        with closing(sqlite.connect(fresh)) as store:
            store.outbox.configure(
                [(name, kind, address) for name, (kind, address) in addresses.items()] + [("quiet", "webhook", "x")], NOW
            )
        fresh.replace(folder)
    return folder
