"""A process that runs ticks in forks of itself, so that each costs no imports; some of them kill themselves, or are killed.

Reads one JSON object a line (see Order), answers each with one (see Ending), and ends with its input.
"""

import json
import os
import select
import signal
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

LONGEST = 60.0
"""Seconds after which a tick counts as hung."""

_WARM = (
    "bridge.engine", "bridge.config", "bridge.senders.telegram", "bridge.senders.webhook", "bench.fuse",
    "bridge.fetch", "bridge.core.article", "bridge.core.site", "bridge.senders._bot", "bridge.senders._hook", "bridge.stores.sqlite",
    "bridge.portals.generic", "bridge.core.listing", "bridge.core.refusal", "bridge.formats.rss", "bridge.formats.atom",
    "bridge.formats.jsonfeed", "bridge.formats.opml", "bridge.formats.html", "bs4", "feedgen.feed", "nh3", "cchardet", "protego",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A tick of the installation in `config`, on the clock in the file `clock`.

    It kills itself at boundary number `kill_at`, counted from the start or (`delivering`) from the start of delivering;
    or it is killed after `kill_after` seconds; with neither it runs to its end. Senders wait `patience` seconds for an answer.
    """

    config: str
    clock: str
    kill_at: int | None = None
    delivering: bool = False
    kill_after: float | None = None
    patience: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a tick ended: killed at `boundary`, with an error, or with its figures; `count` boundaries were passed."""

    killed: bool = False
    boundary: str = ""
    count: int = 0
    error: str = ""
    figures: dict[str, Any] | None = None


def main() -> None:
    """Serve until the input ends."""
    for name in _WARM:
        import_module(name)
    for line in sys.stdin:
        ending = _forked(Order(**json.loads(line)))
        print(json.dumps(asdict(ending)), flush=True)


def _forked(order: Order) -> Ending:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _tick(order, writing)
    os.close(writing)
    end = time.monotonic() + (LONGEST if order.kill_after is None else order.kill_after)
    said = _heard(reading, end)
    late = time.monotonic() >= end
    if late:
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if said:
        return Ending(**json.loads(said.decode().splitlines()[-1]))
    if late and order.kill_after is not None:
        return Ending(killed=True, boundary=f"after {order.kill_after * 1000:.0f} ms")
    return Ending(error="the tick hung" if late else f"the tick's process ended with status {status}")


def _heard(reading: int, end: float) -> bytes:
    """What the child said before it ended, or before `end`."""
    said = b""
    while (left := end - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            break
        block = os.read(reading, 65536)
        if not block:
            break
        said += block
    return said


def _tick(order: Order, writing: int) -> None:
    """Run the tick in this process, tell how it ended, and end."""
    from .fuse import Fuse, fit

    def tell(ending: Ending) -> None:
        os.write(writing, json.dumps(asdict(ending)).encode() + b"\n")

    fuse = Fuse(order.kill_at, lambda name: tell(Ending(killed=True, boundary=name)), lit=not order.delivering)
    try:
        fit(fuse, order.patience)
        tell(Ending(figures=_figures(order), count=fuse.count))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the harness must hear of it
        tell(Ending(error=f"{type(error).__name__}: {error}", count=fuse.count))
    os._exit(0)


def _figures(order: Order) -> dict[str, Any]:
    from bridge.config import load
    from bridge.engine import Options, tick

    from .clock import SharedClock

    options = Options(budget=timedelta(seconds=300))
    return tick(load(Path(order.config)), options, SharedClock(Path(order.clock))).plain()


if __name__ == "__main__":
    main()
