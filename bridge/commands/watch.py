"""Ticks in a loop, for systemd or a container."""

import argparse
import signal
from datetime import datetime, timedelta
from threading import Event

from ..clock import SystemClock
from ..config import Config, load
from ..console import say
from ..engine import Options, opened, tick
from ..errors import Locked, StoreBusy, StoreFull
from .run import log_format, seconds, tell

HELP = "the same as run in a loop, each portal on its own interval; stops cleanly on SIGTERM"
_LEAST, _MOST = timedelta(seconds=1), timedelta(minutes=5)
_AGAIN = timedelta(seconds=10)
"""After a tick that could not be: another one is at work, or the disk is full."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--budget",
        type=seconds,
        default=timedelta(seconds=300),
        metavar="S",
        help="seconds after which one tick ends cleanly (default: 300)",
    )
    log_format(parser)
    parser.add_argument("--quiet", action="store_true", help="say something only when a tick did something or needs you")


class WatchClock(SystemClock):
    """A clock whose sleep ends at once when the process is asked to stop."""

    def __init__(self) -> None:
        self.stopping = Event()

    def sleep(self, duration: timedelta) -> None:
        """Return after `duration`, or when the process is asked to stop."""
        self.stopping.wait(max(0.0, duration.total_seconds()))


def run(args: argparse.Namespace) -> int:
    """0 after a clean stop."""
    config = load(args.config)
    clock = WatchClock()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: _stop(clock, number))
    many = len(config.portals)
    say(f"feedbridge: watching {many} portal{'s' * (many != 1)}")
    while not clock.stopping.is_set():
        clock.sleep(_one(config, Options(budget=args.budget, stop=clock.stopping.is_set), clock, args))
    say("feedbridge: stopped")
    return 0


def _stop(clock: WatchClock, number: int) -> None:
    """The loop ends when the requests under way have; the same signal once more ends the process."""
    clock.stopping.set()
    signal.signal(number, signal.SIG_DFL)


def _one(config: Config, options: Options, clock: WatchClock, args: argparse.Namespace) -> timedelta:
    """A tick, or a word why there was none; how long to wait for the next."""
    try:
        summary = tick(config, options, clock)
        did = summary.portals or summary.delivery.sent or summary.delivery.retry
        if summary.trouble or (did and not args.quiet):
            tell(summary, args.log_format)
        return _pause(config, clock.now())
    except (Locked, StoreBusy, StoreFull) as error:
        say(f"feedbridge: {error}")
        return _AGAIN


def _pause(config: Config, now: datetime) -> timedelta:
    """Until the next portal or delivery is due; between a second and five minutes."""
    with opened(config, new=True) as store:
        times = [store.portals.portal(p.id).due_at or now for p in config.portals]
        times += filter(None, (store.archive.next_look(p.id) for p in config.portals))
        times.append(store.outbox.next_due(now) or now + _MOST)
    return min(_MOST, max(_LEAST, min(times) - now))
