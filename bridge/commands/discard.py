"""Knowing what the circuit breaker holds, without a push."""

import argparse

from ..clock import SystemClock
from ..config import load
from ..engine import opened
from .release import arguments as _arguments
from .release import known_portal, tell

HELP = "what is held of a portal is known and shown in its feed, but not sent; no article is withdrawn"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments: those of release."""
    _arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0; nothing of what was held is sent."""
    config = load(args.config, secrets=False)
    known_portal(args.portal, config)
    with opened(config) as store:
        upkeep = store.upkeep
        figures = upkeep.held(args.portal) if args.dry_run else upkeep.discard(args.portal, SystemClock().now())
    tell(args, figures, "discarded", "they are known and shown, and not sent")
    return 0
