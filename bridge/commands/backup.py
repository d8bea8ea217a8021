"""A copy of the state, made beside a running tick."""

import argparse
import os
from pathlib import Path

from ..config import load
from ..console import dump, say
from ..errors import UsageError
from ..stores import backups, sqlite

HELP = "copy the database to a file, beside a running tick, and verify the copy"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("path", metavar="PATH", type=Path, help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file when it is an older backup")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when PATH is a verified copy; else PATH is as it was."""
    config = load(args.config, secrets=False)
    source, target = config.bridge.state / sqlite.FILE, Path(os.path.realpath(args.path))
    if not source.exists():
        raise UsageError(f"{config.bridge.state}: no tick has run yet, there is nothing to back up")
    _free(source, target, force=args.force)
    counts = sqlite.backup(config.bridge.state, target)
    size = target.stat().st_size
    if args.json:
        dump({"path": target, "bytes": size, **counts})
    told = ", ".join(f"{many} {name}" for name, many in counts.items())
    say(f"{target}: verified: {told}, {size / 1e6:.1f} MB; keep config.toml and your secrets with it")
    return 0


def _free(source: Path, target: Path, *, force: bool) -> None:
    """Raises UsageError unless a backup of `source` may be written to `target`: a new file, or with `force` in the place of a backup."""
    state = Path(os.path.realpath(source.parent))
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; name the file, such as {target / 'feedbridge.db'}")
    if target.is_relative_to(state):
        raise UsageError(f"{target}: lies in the state folder itself; name a file outside of {state}")
    if not target.exists():
        return
    if target.samefile(source):
        raise UsageError(f"{target}: is the database itself; name another file")
    if not backups.ours(target):
        raise UsageError(f"{target}: exists already, and is no backup of Feedbridge; name another file")
    if not force:
        raise UsageError(f"{target}: exists already; name another file, or replace it with --force")
