"""The folder where published files lie: replaced by rename, and only when their content changed."""

import errno
import os
from pathlib import Path

from .errors import StoreError, StoreFull, StoreReadOnly


def put(path: Path, content: bytes) -> bool:
    """`path` holds `content`, durably and never half; False, and the file untouched, when it did before."""
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass
    try:
        _replace(path, content)
    except OSError as error:
        raise failure(path, error) from error
    return True


def failure(path: Path, error: OSError) -> StoreError:
    """What the system says of a file that cannot be written, as an error of ours."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StoreFull(f"{path}: cannot be written: {error.strerror}; make room, nothing is lost")
    return StoreReadOnly(f"{path}: cannot be written: {error.strerror}; check the folder, its owner and the mount")


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
