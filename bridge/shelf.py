"""The folder where published files lie: replaced by rename, and only when their content changed.

Beside a text lie its gzip and brotli forms (`.gz`, `.br`), made when it is written, with its own modification time, for web servers that
send precompressed files (nginx's gzip_static and brotli_static, `feedbridge serve`).
"""

import errno
import os
from pathlib import Path

from .errors import StoreError, StoreFull, StoreReadOnly

PACKED = frozenset({".rss", ".atom", ".json", ".opml", ".html", ".css", ".js", ".xml", ".svg", ".txt"})
"""Suffixes of files that are published compressed too."""
CODINGS = (".gz", ".br")
_LEAST = 1000
_GZIP_LEVEL = 9
_BROTLI_LEVEL = 6


def put(path: Path, content: bytes) -> bool:
    """`path` holds `content`, durably and never half, and so do its compressed forms; False, and the file untouched, when it did before.

    The compressed forms are replaced first: when this is interrupted, the file itself is still the old one, and the next call writes all.
    """
    try:
        if path.read_bytes() == content:
            _complete(path, content)
            return False
    except OSError:
        pass
    try:
        _replace(path, content)
    except OSError as error:
        raise failure(path, error) from error
    return True


def remove(path: Path) -> bool:
    """Neither `path` nor a compressed form of it is there; whether the file was."""
    try:
        for coding in CODINGS:
            _beside(path, coding).unlink(missing_ok=True)
        path.unlink()
    except FileNotFoundError:
        return False
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
    fresh = _write(path, content)
    try:
        _pack(path, content, fresh.stat().st_mtime_ns)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _complete(path: Path, content: bytes) -> None:
    """A file that stays has its compressed forms, as far as they were lost or are of another version."""
    own = path.stat().st_mtime_ns
    made = [beside for coding in _wanted(path, content) if (beside := _beside(path, coding)).exists() and beside.stat().st_mtime_ns == own]
    if len(made) != len(_wanted(path, content)):
        _pack(path, content, own)


def _pack(path: Path, content: bytes, modified: int) -> None:
    """The compressed forms of `content` stand beside `path` with the modification time `modified` (ns); those not wanted are gone."""
    wanted = _wanted(path, content)
    for coding in CODINGS:
        beside = _beside(path, coding)
        if coding in wanted:
            fresh = _write(beside, _compressed(coding, content))
            os.utime(fresh, ns=(modified, modified))
            fresh.replace(beside)
        else:
            beside.unlink(missing_ok=True)


def _wanted(path: Path, content: bytes) -> tuple[str, ...]:
    if path.suffix not in PACKED or len(content) < _LEAST:
        return ()
    return CODINGS if _brotli() else CODINGS[:1]


def _brotli() -> bool:
    from importlib.util import find_spec

    return find_spec("brotli") is not None


def _compressed(coding: str, content: bytes) -> bytes:
    """The same content always gives the same bytes."""
    if coding == ".br":
        from importlib import import_module

        brotli = import_module("brotli")
        packed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=_BROTLI_LEVEL)
        return packed
    import gzip

    return gzip.compress(content, _GZIP_LEVEL, mtime=0)


def _beside(path: Path, coding: str) -> Path:
    return path.with_name(path.name + coding)


def _write(path: Path, content: bytes) -> Path:
    """A hidden file beside `path`, with `content`, on the disk; nothing is left when that fails."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o644)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
