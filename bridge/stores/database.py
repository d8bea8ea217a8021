"""The only door to SQLite: transactions, named statements, migrations, and what its errors mean. No business word."""

import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreNewer, StoreReadOnly

APPLICATION_ID = 0x46425247  # "FBRG", so that no other program's database is taken for ours
BUSY_SECONDS = 10.0
_HERE = Path(__file__).parent
_NAMED = re.compile(r"^-- name: (\w+)\n((?:(?!-- name: ).*\n?)*)", re.M)


class Database:
    """One SQLite file, WAL, synchronous=FULL, foreign keys on; every call may come from any thread."""

    def __init__(self, path: Path, *, read_only: bool = False, still: bool = False) -> None:
        """`still`, with `read_only`: nobody writes it and it has no log, so it can be read where nothing can be written."""
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        with _named(path):
            target = path.absolute().as_uri() + ("?mode=ro" if read_only else "") + ("&immutable=1" if still else "")
            self._db = sqlite3.connect(target, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.row_factory = sqlite3.Row
            self._prepare(read_only)

    @classmethod
    def copy_of(cls, path: Path) -> "Database":
        """The database in `path` in memory; an empty one when there is no such file. The file is only read."""
        copy = cls.__new__(cls)
        copy.path, copy._lock, copy._depth = path, threading.RLock(), 0
        with _named(path):
            copy._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            copy._db.row_factory = sqlite3.Row
            if path.exists():
                with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as file:
                    file.backup(copy._db)
            copy._prepare(read_only=False)
        return copy

    def _prepare(self, read_only: bool) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            # Asking first: setting WAL again would take a lock that a tick with nothing to do can spare.
            if self._db.execute("PRAGMA journal_mode").fetchone()[0] not in {"wal", "memory"}:
                self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
        self._migrate(read_only)

    def _migrate(self, read_only: bool) -> None:
        have, mark = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
        steps = sorted((_HERE / "migrations").glob("[0-9]*.sql"))
        if have > len(steps):
            raise StoreNewer(f"{self.path}: written by a newer Feedbridge (schema {have}, this one knows {len(steps)}); update Feedbridge")
        if mark not in {0, APPLICATION_ID} or (mark == 0 and self._db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]):
            raise StoreCorrupt(f"{self.path}: a database of another program; move it away or choose another [bridge] state")
        if mark and have < 1:
            raise StoreCorrupt(f"{self.path}: its schema version is lost (user_version is {have}): restore a backup, or move it away")
        if have < len(steps) and not read_only:
            self._apply(steps[have:], len(steps))

    def _apply(self, steps: list[Path], version: int) -> None:
        with self.tx():
            for step in steps:
                for statement in _statements(step.read_text(encoding="utf-8")):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {version}")

    @contextmanager
    def tx(self) -> Iterator[None]:
        """All statements inside are stored together, durably, or none is. Nested uses join the outer one."""
        with self._lock, _named(self.path):
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def all(self, name: str, **values: Any) -> list[sqlite3.Row]:
        """The rows of a named query."""
        with self._lock, _named(self.path):
            return self._db.execute(queries()[name], values).fetchall()

    def one(self, name: str, **values: Any) -> sqlite3.Row | None:
        """The first row of a named query, or None."""
        with self._lock, _named(self.path):
            cursor = self._db.execute(queries()[name], values)
            row: sqlite3.Row | None = cursor.fetchone()
            cursor.close()
            return row

    def run(self, name: str, **values: Any) -> int:
        """The number of rows that a named statement changed; call it inside `tx`."""
        with self._lock, _named(self.path):
            return self._db.execute(queries()[name], values).rowcount

    def close(self) -> None:
        """The file is closed; what was committed is in it."""
        with self._lock:
            self._db.close()


@cache
def queries() -> Mapping[str, str]:
    """The statements of queries*.sql by name."""
    return {name: text for file in sorted(_HERE.glob("queries*.sql")) for name, text in _NAMED.findall(file.read_text(encoding="utf-8"))}


def _statements(script: str) -> list[str]:
    bare = re.sub(r"--[^\n]*", "", script)
    return [part.strip() for part in bare.split(";") if part.strip()]


@contextmanager
def _named(path: Path, repair: str = "restore a backup") -> Iterator[None]:
    """SQLite's errors as ours, each saying what, where and what to do; programming errors pass through."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _named_error(path, error, repair) from error


def _named_error(path: Path, error: sqlite3.DatabaseError, repair: str) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    said = str(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusy(f"{path}: another process wrote for more than {BUSY_SECONDS:.0f} s; try again")
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(f"{path}: no space left on the device; make room, nothing is lost")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(f"{path}: the disk refused ({said}); check its space and health, what was recorded is kept")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StoreReadOnly(f"{path}: cannot be opened for writing ({said}); check the folder, its owner and the mount")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreCorrupt(f"{path}: damaged or not a database ({said}); {repair}")
    return StoreError(f"{path}: {said}")
