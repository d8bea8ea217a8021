"""The state of one installation in one SQLite file: the default store."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ..errors import StoreError
from .database import Database
from .figures import Figures
from .forgetting import Wary
from .incidents import Incidents
from .ledger import Ledger
from .outbox import Outbox
from .portals import Portals
from .publications import Publications
from .upkeep import Upkeep

FILE = "feedbridge.db"
_GLIMPSES = 5
Seen = TypeVar("Seen")


class Store:
    """Implements ports.Store; every call may come from any thread, writes are one transaction each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.portals = Portals(db)
        self.publications = Publications(db)
        self.archive = Wary(db)
        self.outbox = Outbox(db)
        self.ledger = Ledger(db)
        self.incidents = Incidents(db, self.archive)
        self.figures = Figures(db)
        self.upkeep = Upkeep(db)

    def close(self) -> None:
        """The file is closed; what was recorded is in it."""
        self._db.close()


def connect(folder: Path, *, read_only: bool = False) -> Store:
    """The store in `folder`, made or migrated where needed; raises a StoreError that says what to do."""
    return Store(Database(folder / FILE, read_only=read_only))


def glimpse(folder: Path, look: Callable[[Store], Seen]) -> Seen:
    """What `look` sees of the store in `folder`, also for a user who may read it and write nothing there; no file is made beside it.

    A database without a log is read as one that nobody writes. Whether nobody did is asked of the file afterwards; else it is looked again.
    """
    for _ in range(_GLIMPSES):
        before = _stamp(folder / FILE)
        try:
            seen = _seen(Store(Database(folder / FILE, read_only=True, still=before is not None)), look)
        except StoreError:
            if before and before == _stamp(folder / FILE):
                raise
            continue
        if before == _stamp(folder / FILE) or not before:
            return seen
    return _seen(connect(folder, read_only=True), look)


def _seen(store: Store, look: Callable[[Store], Seen]) -> Seen:
    with closing(store):
        return look(store)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What is another one once the file was written; None while there is a log, which holds what the file lacks."""
    from .backups import still

    facts = path.stat()
    return (facts.st_mtime_ns, facts.st_size) if still(path) else None


def rehearsal(folder: Path) -> Store:
    """A copy in memory of the store in `folder` (empty when there is none): what is recorded there is forgotten."""
    return Store(Database.copy_of(folder / FILE))


def backup(folder: Path, target: Path) -> Mapping[str, int]:
    """`target` is a verified copy of the store in `folder`, at whatever schema it has; how many rows of each kind it holds."""
    from . import backups

    return backups.backup(folder / FILE, target)


def restore(folder: Path, source: Path, now: datetime, *, hold: bool = False) -> tuple[Mapping[str, int], Path | None, int]:
    """The store in `folder` is what the backup `source` holds; (rows of each kind, where the old database lies, what waits).

    Call it under the lock of a tick. With `hold` what waited in the backup is held until an operator releases it.
    A backup that is damaged, of another program or of a newer version raises a StoreError, and nothing is changed.
    """
    from . import backups

    waiting = 0

    def ready(fresh: Path) -> None:
        nonlocal waiting
        store = Store(Database(fresh))
        try:
            store.upkeep.redraw()
            waiting = store.upkeep.waiting()
            if hold:
                store.upkeep.hold("it waited when the backup was made, and may have gone out since", now)
        finally:
            store.close()

    counts, aside = backups.restore(source, folder / FILE, now, ready)
    return counts, aside, waiting
