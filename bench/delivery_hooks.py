"""One event to many webhook destinations: the deliver step on the real store, and a loop of requests.post beside it.

As a program (`python -m bench.delivery_hooks FOLDER`) it delivers what the state in FOLDER owes and tells what that took.
"""

import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from bridge.clock import SystemClock
from bridge.core.signing import new_secret
from bridge.model import Network, Secret
from bridge.senders import webhook
from bridge.steps.deliver import Deliver, Outlet
from bridge.stores import sqlite

from .delivery_receiver import receiver
from .delivery_state import article, build

DELAY = 0.02
_SECRET = new_secret(b"a secret of 32 bytes, for tests.")


@dataclass(frozen=True, slots=True)
class Cost:
    """`many` deliveries: seconds of wall and processor time, and peak memory in MB of the process that sent them."""

    many: int
    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Ours and the loop's in the same run; `floor` is the process before it delivered anything, in MB. `recorded` counts what the
    state knows afterwards: deliveries sent, attempts with a result."""

    ours: Cost
    loop: Cost
    floor: float
    recorded: tuple[int, int]

    @property
    def ratio(self) -> float:
        """How many times as fast as the loop, per delivery."""
        return (self.loop.wall / self.loop.many) / (self.ours.wall / self.ours.many)


def burst(folder: Path, many: int, looped: int) -> Burst:
    """One event to `many` destinations, and to `looped` of them in a loop, half before and half after."""
    with receiver(DELAY) as base:
        build(folder, datetime.now(UTC), {f"d{n:06}": ("webhook", f"{base}/hooks/{n}") for n in range(many)})
        first = loop(base, looped // 2)
        told = _child(folder)
        second = loop(base, looped - looped // 2)
    loop_cost = Cost(looped, first.wall + second.wall, first.cpu + second.cpu, 0.0)
    recorded = _recorded(folder)
    shutil.rmtree(folder)
    return Burst(Cost(many, *told["cost"]), loop_cost, told["floor"], recorded)


def loop(base: str, many: int) -> Cost:
    """`many` posts of the same body, one after another, over one session of requests."""
    import requests

    from bridge.codec import dump

    body = dump(asdict(article(datetime.now(UTC)))).encode()
    cpu, begun = time.process_time(), time.perf_counter()
    with requests.Session() as session:
        for n in range(many):
            session.post(f"{base}/hooks/{n}", data=body, timeout=15).raise_for_status()
    return Cost(many, time.perf_counter() - begun, time.process_time() - cpu, 0.0)


def _child(folder: Path) -> dict[str, list[float]]:
    line = [sys.executable, "-m", "bench.delivery_hooks", str(folder)]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parent.parent)
    return json.loads(done.stdout)


def _recorded(folder: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(folder / sqlite.FILE)) as db:
        [(sent,)] = db.execute("SELECT COUNT(*) FROM deliveries WHERE state = 'sent' AND waiting = 0")
        [(answered,)] = db.execute("SELECT COUNT(*) FROM attempts WHERE outcome = 'sent' AND code = '204' AND done_at IS NOT NULL")
    return sent, answered


def deliver(folder: Path) -> dict[str, object]:
    """Everything that the state in `folder` owes to webhooks is sent; what it cost this process."""
    clock, store = SystemClock(), sqlite.connect(folder)
    ids = [row.id for row in store.outbox.destinations()]
    settings = SimpleNamespace(secret=Secret(_SECRET), previous_secret=None)
    network = Network(allow=("127.0.0.0/8",))
    outlet = Outlet(kind="webhook", manner=webhook.MANNER, open=lambda: webhook.connect(webhook.Shared(), network, clock))
    floor = _peak()
    cpu, begun = time.process_time(), time.perf_counter()
    report = Deliver(
        store=store, clock=clock, outlets={"webhook": outlet}, kinds=dict.fromkeys(ids, "webhook"), settings=dict.fromkeys(ids, settings),
        digest_over={}, end=clock.now() + timedelta(minutes=30), chance=random.random,
    ).run()  # fmt: skip
    wall, spent = time.perf_counter() - begun, time.process_time() - cpu
    store.close()
    assert report.sent == len(ids), report
    return {"cost": [wall, spent, _peak()], "floor": floor}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(deliver(Path(sys.argv[1]))))
