"""Letting go what the circuit breaker holds."""

import argparse
from collections.abc import Mapping

from ..clock import SystemClock
from ..config import Config, load
from ..console import dump, say
from ..engine import opened
from ..errors import UsageError

HELP = "let what is held of a portal go: its articles are sent and shown, mass withdrawals are believed"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("portal", metavar="PORTAL", help="id of the portal")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0; what was held is due at the next run."""
    config = load(args.config, secrets=False)
    known_portal(args.portal, config)
    with opened(config) as store:
        upkeep = store.upkeep
        figures = upkeep.held(args.portal) if args.dry_run else upkeep.release(args.portal, SystemClock().now())
    tell(args, figures, "released", "the next run sends them")
    return 0


def known_portal(identifier: str, config: Config) -> None:
    """A UsageError unless a portal of the configuration has this id."""
    known = [portal.id for portal in config.portals]
    if identifier not in known:
        raise UsageError(f"{config.path}: no portal is called {identifier!r}; there are: {', '.join(known)}")


def tell(args: argparse.Namespace, figures: Mapping[str, int], done: str, then: str) -> None:
    """Say what became of what was held."""
    if args.json:
        dump({"portal": args.portal, "dry_run": args.dry_run, **figures})
    if not any(figures.values()):
        say(f"{args.portal}: nothing is held")
        return
    parts = [f"{figures['articles']} articles", f"{figures['deliveries']} deliveries", f"{figures['withdrawals']} withdrawals"]
    if figures["unread"]:
        parts[0] += f" ({figures['unread']} not read yet)"
    say(f"{args.portal}: " + (f"would be {done}" if args.dry_run else done) + f": {', '.join(parts)}; {then}")
