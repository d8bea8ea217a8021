"""The state of one installation in one SQLite file: the default store."""

from pathlib import Path

from .archive import Archive
from .database import Database
from .incidents import Incidents
from .ledger import Ledger
from .outbox import Outbox
from .portals import Portals

FILE = "feedbridge.db"


class Store:
    """Implements ports.Store; every call may come from any thread, writes are one transaction each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.portals = Portals(db)
        self.archive = Archive(db)
        self.outbox = Outbox(db)
        self.ledger = Ledger(db)
        self.incidents = Incidents(db, self.archive)

    def close(self) -> None:
        """The file is closed; what was recorded is in it."""
        self._db.close()


def connect(folder: Path, *, read_only: bool = False) -> Store:
    """The store in `folder`, made or migrated where needed; raises a StoreError that says what to do."""
    return Store(Database(folder / FILE, read_only=read_only))


def rehearsal(folder: Path) -> Store:
    """A copy in memory of the store in `folder` (empty when there is none): what is recorded there is forgotten."""
    return Store(Database.copy_of(folder / FILE))
