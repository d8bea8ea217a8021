"""Validation of the configuration, before anything is touched."""

import argparse
import os
from pathlib import Path

from ..config import load
from ..console import dump, say
from ..errors import ConfigError, Fault

HELP = "validate config.toml, the state folder and the presence of credentials; nothing is requested or written"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="the verdict as one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when the configuration can be used, 2 when not."""
    try:
        config = load(args.config)
        _writable(config.path, config.bridge.state)
    except ConfigError as error:
        if args.json:
            dump({"ok": False, "faults": [{"where": f.where, "key": f.key, "problem": f.problem, "fix": f.fix} for f in error.faults]})
        raise
    for warning in config.warnings:
        say(f"feedbridge: warning: {warning}")
    if args.json:
        dump(
            {
                "ok": True,
                "portals": [p.id for p in config.portals],
                "subscribers": [s.id for s in config.subscribers],
                "warnings": config.warnings,
            }
        )
    say(f"{config.path}: good: portals {len(config.portals)}, subscribers {len(config.subscribers)}, state in {config.bridge.state}")
    return 0


def _writable(path: Path, state: Path) -> None:
    folder = state
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(
            (Fault(str(path), "bridge.state", f"{folder} is not a folder that can be written", "change it, or its owner and mode"),)
        )
