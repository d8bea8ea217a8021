"""The database and the published files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ..config import Config
from ..engine import CATALOGUE_NAMES
from ..ports import Store
from .finding import Finding
from .machine import clock


def database(store: Store, now: datetime) -> Iterator[Finding]:
    """Schema, integrity, and whether the clock agrees with what is on record."""
    have, known = store.figures.schema()
    if have < known:
        yield Finding("schema", "warn", f"the state has schema {have}, this program writes {known}", "the next `feedbridge run` updates it")
    else:
        yield Finding("schema", "ok", f"{have}")
    damage = store.figures.damage()
    fix = "take a copy of the file, then `feedbridge restore` the last backup"
    yield from (Finding("database", "fail", line, fix) for line in damage)
    if not damage:
        yield Finding("database", "ok", "integrity and references hold")
    yield from clock(now, store.figures.newest_time())


def published(config: Config, store: Store) -> Iterator[Finding]:
    """Whether the files of every feed that was drawn are there, and hold something."""
    feeds = {*(portal.id for portal in config.portals), *(feed.id for feed in config.feeds)}
    names = [name for name in sorted(store.publications.live_files()) if name.partition(".")[0] in feeds or name in CATALOGUE_NAMES]
    missing = [name for name in names if not _holds(config.public / name)]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        yield Finding("files", "warn", f"missing or empty in {config.public}: {shown}", "the next `feedbridge run` writes them")
    elif names:
        yield Finding("files", "ok", f"{len(names)} published files are there")


def _holds(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
