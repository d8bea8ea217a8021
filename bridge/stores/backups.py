"""Copies of a whole store: made beside a running tick, verified, and put back in its place."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ..errors import StoreBusy, StoreCorrupt, StoreError, StoreNewer, StoreReadOnly
from ..shelf import failure
from .database import APPLICATION_ID, BUSY_SECONDS

_MAGIC = b"SQLite format 3\0"
_COUNTED = ("entries", "deliveries")
_BESIDE = ("-wal", "-shm", "-journal")
_MIGRATIONS = Path(__file__).parent / "migrations"


def backup(source: Path, target: Path) -> Mapping[str, int]:
    """`target` is a verified copy of the database `source` at one moment; how many rows of each kind it holds."""
    fresh = target.with_name(target.name + ".tmp")
    with _told(target):
        _remove(fresh)
        try:
            counts = _copy(source, fresh, still=False)
            fresh.chmod(source.stat().st_mode & 0o777)
            _replace(fresh, target)
        except BaseException:
            _remove(fresh)
            raise
    return counts


def ours(path: Path) -> bool:
    """Whether `path` is a regular file that begins as a database of Feedbridge does, whole or not (SQLite's file format, section 1.3)."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(_MAGIC) and head[68:] == APPLICATION_ID.to_bytes(4, "big")


def verified(path: Path) -> Mapping[str, int]:
    """How many rows of each kind a backup holds; a StoreError in one line when it is none, damaged, or too new."""
    with _told(path, "take another backup"):
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise StoreCorrupt(f"{path}: not a backup: it is no SQLite database")
        with closing(_reading(path, still=still(path))) as db:
            return _examined(path, db)


def restore(source: Path, target: Path, now: datetime, ready: Callable[[Path], None]) -> tuple[Mapping[str, int], Path | None]:
    """The database `target` holds what the backup `source` holds; (how many rows of each kind, where the old one lies).

    Call it under the lock of a tick. `ready` is given a copy before it is put in place: it brings it up to date. When anything
    fails nothing is changed. Who still has the old database open goes on with that: its log moves along with it, so that no
    page of one lands in the other.
    """
    fresh = target.with_name(target.name + ".restoring")
    counts = verified(source)
    with _told(target):
        try:
            _remove(fresh)
            _copy(source, fresh, still=still(source))
            ready(fresh)
            aside = _set_aside(target, now) if target.exists() else None
            for suffix in _BESIDE:
                target.with_name(target.name + suffix).unlink(missing_ok=True)
            _replace(fresh, target)
        except BaseException:
            _remove(fresh)
            raise
    return counts, aside


def _set_aside(target: Path, now: datetime) -> Path:
    aside = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    _settle(target)
    if aside.exists():
        raise StoreReadOnly(f"{aside}: exists already; move it away, or try again in a second")
    try:
        os.link(target, aside)
    except OSError:
        shutil.copy2(target, aside)
    for suffix in _BESIDE:
        log = target.with_name(target.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    return aside


def _settle(path: Path) -> None:
    """What the log holds is in the file, unless the file is damaged; raises StoreBusy while somebody reads or writes it."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            busy = 1
        else:
            raise
    except sqlite3.DatabaseError:
        return
    if busy:
        raise StoreBusy(f"{path}: another process has it open for more than {BUSY_SECONDS:.0f} s; stop it, then try again")


def _copy(source: Path, target: Path, *, still: bool) -> Mapping[str, int]:
    """`target` holds what stood in `source` at one moment, on disk, in one file; how many rows of each kind."""
    with closing(_reading(source, still=still)) as old, closing(sqlite3.connect(target, isolation_level=None)) as new:
        with _told(source):
            old.execute("BEGIN")
            wanted = _counts(old)
        old.backup(new)
        # A copy in WAL mode would need files beside it as soon as it is looked at.
        new.execute("PRAGMA journal_mode = DELETE")
        found = _examined(source, new)
    if found != wanted:
        raise StoreError(f"{target}: the copy holds {found}, the original {wanted}; try again, and check the disk")
    _sync(target)
    return found


def still(path: Path) -> bool:
    """Whether a database has no log beside it: then it is read as it stands, and no file is made beside it."""
    log = path.with_name(path.name + "-wal")
    return not log.exists() or not log.stat().st_size


def _reading(path: Path, *, still: bool) -> sqlite3.Connection:
    """A connection that changes nothing."""
    mode = "mode=ro&immutable=1" if still else "mode=ro"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def _examined(path: Path, db: sqlite3.Connection) -> Mapping[str, int]:
    mark, have = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if mark != APPLICATION_ID:
        raise StoreCorrupt(
            f"{path}: not a backup of Feedbridge, but " + ("an empty database" if not mark else "another program's database")
        )
    if have < 1:
        raise StoreCorrupt(f"{path}: its schema version is lost (user_version is {have}): take another backup")
    known = len(list(_MIGRATIONS.glob("[0-9]*.sql")))
    if have > known:
        raise StoreNewer(f"{path}: written by a newer Feedbridge (schema {have}, this one knows {known}); update Feedbridge first")
    said = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise StoreCorrupt(f"{path}: damaged ({said.splitlines()[0]}); take another backup")
    return _counts(db)


def _counts(db: sqlite3.Connection) -> Mapping[str, int]:
    return {name: db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in _COUNTED}  # noqa: S608 - names of ours


def _replace(fresh: Path, target: Path) -> None:
    fresh.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for suffix in ("", *_BESIDE):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()


@contextmanager
def _told(path: Path, repair: str = "restore a backup") -> Iterator[None]:
    """The system's and SQLite's errors as ours, in one line; `repair` is what helps when the file is damaged."""
    from .database import _named

    try:
        with _named(path, repair):
            yield
    except FileNotFoundError as error:
        raise StoreReadOnly(f"{error.filename}: there is no such file or folder") from error
    except OSError as error:
        raise failure(path, error) from error
