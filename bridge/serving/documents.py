"""The published folder as it stands on the disk: each file with its codings, read once and kept while it does not change.

A file is known by its modification time, size and inode, so that an unchanged one costs one stat. Files are replaced by rename, and what
is read comes from one open descriptor, so nothing is ever half. A precompressed file counts only when it has its original's very
modification time: in the moment between two renames the original alone is served.
"""

import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Generic, TypeVar

from .negotiation import PREFERRED, Coding

LARGEST: Final = 32_000_000
"""Bytes: a larger file is not ours."""
KEPT: Final = 64_000_000
"""Bytes of documents that are kept in memory, all codings counted."""

Seal = tuple[int, int, int]
"""Modification time (ns), size, inode."""


@dataclass(frozen=True, slots=True)
class Document:
    """A published file. `digest` is of the uncompressed content, 32 hex digits; `modified` in whole seconds, aware UTC."""

    name: str
    seal: Seal
    digest: str
    modified: datetime
    bodies: Mapping[Coding, bytes]

    @property
    def size(self) -> int:
        """Bytes of all codings."""
        return sum(map(len, self.bodies.values()))


Made = TypeVar("Made")


class Cabinet(Generic[Made]):
    """Documents by name, each with what `make` made of it; the least recently used go when KEPT is exceeded."""

    def __init__(self, root: Path, make: Callable[[Document], Made], kept: int = KEPT) -> None:
        self.root = root
        self._make, self._kept, self._size = make, kept, 0
        self._held: OrderedDict[str, tuple[Seal, Made, int]] = OrderedDict()

    def get(self, name: str) -> Made | None:
        """What was made of the file as it is now; None when there is none. `name` comes from names.published."""
        try:
            seal = _seal(os.stat(f"{self.root}/{name}"))
        except OSError:
            self._forget(name)
            return None
        held = self._held.get(name)
        if held is not None and held[0] == seal:
            self._held.move_to_end(name)
            return held[1]
        self._forget(name)
        document = read(self.root, name)
        return self._keep(document) if document is not None else None

    def _keep(self, document: Document) -> Made:
        made = self._make(document)
        self._held[document.name] = (document.seal, made, document.size)
        self._size += document.size
        while self._size > self._kept:
            _, (_, _, size) = self._held.popitem(last=False)
            self._size -= size
        return made

    def _forget(self, name: str) -> None:
        held = self._held.pop(name, None)
        if held is not None:
            self._size -= held[2]


def read(root: Path, name: str) -> Document | None:
    """The file `name` under `root` with its precompressed siblings; None when it cannot be read, or a link leads elsewhere."""
    found = _content(root, name)
    if found is None:
        return None
    content, seal = found
    bodies: dict[Coding, bytes] = {"": content}
    for coding, _ in PREFERRED:
        packed = _content(root, f"{name}.{coding}")
        if packed is not None and packed[1][0] == seal[0] and len(packed[0]) < len(content):
            bodies[coding] = packed[0]
    modified = datetime.fromtimestamp(seal[0] // 1_000_000_000, UTC)
    return Document(name, seal, sha256(content).hexdigest()[:32], modified, bodies)


def _content(root: Path, name: str) -> tuple[bytes, Seal] | None:
    """All bytes of a regular file whose folder really lies under `root`, and its seal."""
    path = root / name
    with suppress(OSError):
        folder = os.path.realpath(path.parent)
        home = os.path.realpath(root)
        if folder != home and not folder.startswith(home + os.sep):
            return None
        # A fifo must not hold us up: it is opened without waiting, and then not read.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST:
                return file.read(LARGEST + 1), _seal(about)
    return None


def _seal(about: os.stat_result) -> Seal:
    return about.st_mtime_ns, about.st_size, about.st_ino
