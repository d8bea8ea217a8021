"""States with any number of old articles: one that a tick recorded is cloned by SQL. Kept in the temporary folder for the next run."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

_HERE = Path(__file__)
_STEP = 3_600_000
"""Milliseconds between two articles."""
_WEEK = 7 * 86_400_000
_LOOKED_AT_AGAIN = 700
"""How many of the newest links still wait for another look (all others are done with)."""

_N = "(1000 + n)"
_AT = "(:newest - (:many - n) * :step)"
_URL = "'//old.example.org/news/' || n || '.html'"

_CLONED: dict[str, dict[str, str]] = {
    "entries": {"uid": _N, "id": "'tag:old.example.org,2020:' || n", "url": f"'http:' || {_URL}", "title": "'旧闻第' || n || '号'",
                "first_seen": _AT, "sort_at": _AT, "updated_at": _AT},
    "aliases": {"key": _URL, "entry": _N},
    "revisions": {"entry": _N, "at": _AT},
    "listings": {"entry": _N, "sort_at": _AT, "first_seen": _AT},
    "links": {"id": _N, "key": _URL, "url": f"'http:' || {_URL}", "entry": _N, "listed_at": _AT, "place": "NULL",
              "due_at": f"CASE WHEN n > :many - {_LOOKED_AT_AGAIN} THEN :newest + :week * 9 END"},
    "events": {"id": _N, "entry": _N, "at": _AT},
    "deliveries": {"id": _N, "event": _N, "entry": _N, "key": "'msg_old' || n", "event_at": _AT, "due_at": _AT, "done_at": _AT},
    "attempts": {"delivery": _N, "at": _AT, "done_at": _AT},
}  # fmt: skip
"""What is not the same in the clones, by table and column; the rest is as a tick wrote it."""

_SOURCES = {
    "entries": "uid = :uid",
    "deliveries": "entry = :uid",
    "attempts": "delivery = (SELECT id FROM deliveries WHERE entry = :uid LIMIT 1)",
}
_FORGOTTEN = ("DELETE FROM pages", "DELETE FROM hosts", "UPDATE portals SET due_at = 0")
"""The archive is to be found by another portal at another port."""


def archive(seed: Path, many: int) -> Path:
    """A database like `seed` (a finished first run) with `many` more old articles, all delivered, the newest a week old.

    The file is shared by later runs with the same code: copy it.
    """
    marks = hashlib.sha256(b"".join(path.read_bytes() for path in (_HERE, *_sources())))
    folder = Path(tempfile.gettempdir()) / f"feedbridge-bench-{os.getuid()}-{marks.hexdigest()[:12]}-{many}"
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(prefix="feedbridge-bench-"))
        shutil.copyfile(seed, fresh / seed.name)
        _fill(fresh / seed.name, many)
        fresh.replace(folder)
    return folder / seed.name


def _sources() -> list[Path]:
    bridge = _HERE.parent.parent / "bridge"
    return [*sorted((bridge / "stores").rglob("*.sql")), *sorted((bridge / "stores").glob("*.py")), bridge / "codec.py"]


def _fill(path: Path, many: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        uid, seen = db.execute("SELECT uid, first_seen FROM entries ORDER BY length(data) LIMIT 1").fetchone()
        values = {"uid": uid, "newest": seen - _WEEK, "many": many, "step": _STEP, "week": _WEEK}
        numbers = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :many) SELECT n FROM c"
        db.execute("BEGIN")
        db.execute(f"CREATE TEMP TABLE numbers AS {numbers}", {"many": many})
        for table, changed in _CLONED.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(changed.get(name, f"t.{name}") for name in columns)
            one = f"SELECT * FROM {table} WHERE {_SOURCES.get(table, 'entry = :uid')} LIMIT 1"
            db.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM numbers, ({one}) AS t ORDER BY n", values)
        for statement in _FORGOTTEN:
            db.execute(statement)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
