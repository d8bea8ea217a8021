"""Putting a backup in the place of the state."""

import argparse
from pathlib import Path

from .. import lock
from ..clock import SystemClock
from ..config import Config, load
from ..console import dump, say
from ..errors import UsageError
from ..stores import sqlite

HELP = "put a backup in the place of the database; the old one is kept beside it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("path", metavar="PATH", type=Path, help="the backup")
    parser.add_argument(
        "--hold-pushes",
        action="store_true",
        help="hold what waited when the backup was made, since it may have gone out meanwhile; `release` or `discard` it by portal",
    )
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when the state is what the backup holds; 75 while a tick runs. When it fails, nothing has changed."""
    config = load(args.config, secrets=False)
    source: Path = args.path
    if not source.is_file():
        raise UsageError(f"{source}: there is no such file")
    if source.resolve() == (config.bridge.state / sqlite.FILE).resolve():
        raise UsageError(f"{source}: is the database itself; name a backup")
    with lock.held(config.bridge.state):
        counts, aside, waiting = sqlite.restore(config.bridge.state, source, SystemClock().now(), hold=args.hold_pushes)
    if args.json:
        dump({"restored": source, "before": aside, "waiting": waiting, "held": args.hold_pushes, **counts})
    say(f"{config.bridge.state}: restored: " + ", ".join(f"{many} {name}" for name, many in counts.items()))
    if aside:
        say(f"the database as it was before: {aside} (a `serve` or `watch` that runs must be started again)")
    _warn(config, waiting, held=args.hold_pushes)
    return 0


def _warn(config: Config, waiting: int, *, held: bool) -> None:
    """What may go out twice, and what to do about it."""
    if held and waiting:
        names = " ".join(portal.id for portal in config.portals)
        say(f"held: {waiting} deliveries that waited; `feedbridge release PORTAL` or `feedbridge discard PORTAL` for each of: {names}")
    elif waiting:
        say(f"{waiting} deliveries waited when the backup was made, and may have gone out since; the next run sends them")
    say(
        "what was sent after the backup was made is not known any more: articles that the lists still show are found and sent again; "
        "webhooks know them by their ids, chats get them twice"
    )
