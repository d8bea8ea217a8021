"""A process that runs ticks and commands in forks of itself, so that each costs no imports; some kill themselves, or are killed.

Reads one JSON object a line (see Order), answers each with one (see Ending), and ends with its input.
"""

import io
import json
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

LONGEST = 60.0
"""Seconds after which a process counts as hung."""

_WARM = (
    "bridge.engine", "bridge.config", "bridge.senders.telegram", "bridge.senders.webhook", "bench.fuse",
    "bridge.fetch", "bridge.core.article", "bridge.core.site", "bridge.senders._bot", "bridge.senders._hook", "bridge.stores.sqlite",
    "bridge.senders._ping", "bridge.portals.generic", "bridge.core.listing", "bridge.core.refusal", "bridge.formats.rss",
    "bridge.formats.atom", "bridge.formats.jsonfeed", "bridge.formats.opml", "bridge.formats.html", "bridge.formats.page",
    "bridge.formats.entry_page", "bridge.formats.status_page", "bridge.steps.overview", "bridge.metrics", "bridge.cli",
    "bridge.commands.deliveries", "bridge.commands.release", "bridge.commands.discard", "bridge.commands.restore", "bridge.commands.backup",
    "bs4", "feedgen.feed", "nh3", "cchardet", "protego", "jinja2",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A tick (or a `command`: its words) of the installation in `config`, on the clock in the file `clock`.

    It kills itself at boundary number `kill_at`, counted as `stage` says (see fuse.STAGES);
    or it is killed after `kill_after` seconds; with neither it runs to its end. Senders wait `patience` seconds for an answer.
    """

    config: str
    clock: str
    command: Sequence[str] = ()
    kill_at: int | None = None
    stage: str = ""
    kill_after: float | None = None
    patience: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a process ended: killed at `boundary`, with an error, with a tick's figures, or with a command's exit `code` and what it said.

    `count` boundaries were passed, of the kinds in `met`, with the statements in `statements`.
    """

    killed: bool = False
    boundary: str = ""
    count: int = 0
    error: str = ""
    figures: dict[str, Any] | None = None
    code: int = 0
    said: str = ""
    met: dict[str, int] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """Serve until the input ends."""
    for name in _WARM:
        import_module(name)
    import_module("bridge.stores.database").queries()
    for line in sys.stdin:
        ending = _forked(Order(**json.loads(line)))
        print(json.dumps(asdict(ending)), flush=True)


def _forked(order: Order) -> Ending:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(order, writing)
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
    return Ending(error="the process hung" if late else f"the process ended with status {status}")


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


def _work(order: Order, writing: int) -> None:
    """Run the order in this process, tell how it ended, and end."""
    from .fuse import Fuse, fit

    def tell(**facts: Any) -> None:
        ending = Ending(count=fuse.count, met=dict(fuse.met), statements=dict(fuse.statements), **facts)
        os.write(writing, json.dumps(asdict(ending)).encode() + b"\n")

    fuse = Fuse(order.kill_at, lambda name: tell(killed=True, boundary=name), stage=order.stage)
    try:
        fit(fuse, order.patience)
        tell(**(_commanded(order) if order.command else {"figures": _figures(order)}))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the harness must hear of it
        tell(error=f"{type(error).__name__}: {error}")
    os._exit(0)


def _figures(order: Order) -> dict[str, Any]:
    from bridge.config import load
    from bridge.engine import Options, tick

    from .clock import SharedClock

    options = Options(budget=timedelta(seconds=300))
    return tick(load(Path(order.config)), options, SharedClock(Path(order.clock))).plain()


def _commanded(order: Order) -> dict[str, Any]:
    """The exit code of a command, and what it said; its clock is the installation's."""
    from bridge.cli import main as cli

    from .clock import SharedClock

    for module in [module for name, module in sys.modules.items() if name.startswith("bridge.commands.")]:
        if hasattr(module, "SystemClock"):
            vars(module)["SystemClock"] = lambda: SharedClock(Path(order.clock))
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = cli([*order.command, "--config", order.config])
    return {"code": code, "said": said.getvalue()[-2000:]}


if __name__ == "__main__":
    main()
