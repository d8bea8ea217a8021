"""The whole job on a bundled sample portal, over real HTTP on loopback."""

import argparse
from pathlib import Path

HELP = "the whole job on a bundled sample portal, over real HTTP on this machine"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--state", type=Path, default=Path("demo-state"), metavar="DIR", help="folder of the demo's own state (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when the demo gave what it should."""
    from ..demo.run import run as play

    return play(args.state.absolute())
