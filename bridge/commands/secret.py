"""A fresh webhook secret."""

import argparse
import os

from ..console import out

HELP = "print a fresh secret for a webhook (whsec_…, Standard Webhooks)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command has this shape
    """0; the secret is on stdout."""
    from ..core.signing import new_secret

    out(new_secret(os.urandom(32)))
    return 0
