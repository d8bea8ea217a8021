"""The machine and the state folder: disk, file system, lock, clock."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .. import lock
from .finding import Finding, Verdict

FULL, TIGHT = 50_000_000, 500_000_000
"""Bytes that are free: below the first ticks may fail, below the second it is time to make room."""
FEW_INODES = 1000
STUCK = timedelta(hours=1)
"""A tick ends within its budget, which is minutes."""
SET_BACK = timedelta(minutes=10)

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|lustre|ocfs2|gfs2|vboxsf|prl_fs|virtiofs|davfs"
    r"|fuse\.(sshfs|s3fs|rclone|glusterfs|ceph|davfs2?|gcsfuse|curlftpfs|smbnetfs|juicefs)"
)


def disk(state: Path) -> Iterator[Finding]:
    """Room and inodes where the state lies, and whether it can be written."""
    folder = _existing(state)
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize
    verdict: Verdict = "fail" if free < FULL else "warn" if free < TIGHT else "ok"
    yield Finding("disk", verdict, f"{free / 1e9:.1f} GB free at {folder}", "" if verdict == "ok" else "make room there")
    if room.f_files and room.f_favail < FEW_INODES:
        yield Finding("disk", "fail", f"only {room.f_favail} inodes are free at {folder}", "remove small files there")
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("disk", "fail", f"{folder} cannot be written by this user", "run as the user that owns it, or correct owner and mode")


def file_system(state: Path, mounts: str) -> Iterator[Finding]:
    """Whether the database may lie there: its log is shared memory, which a file system of the network does not have.

    `mounts` is the text of /proc/self/mountinfo (proc(5)).
    """
    kind, where = mounted(_existing(state).resolve(), mounts)
    if _NETWORK.fullmatch(kind):
        fix = "move [bridge] state to a disk of this machine: SQLite's log needs shared memory, and can lose data over the network"
        yield Finding("file system", "fail", f"the state lies on {kind} ({where})", fix)
    elif kind.startswith("fuse"):
        yield Finding("file system", "warn", f"the state lies on {kind} ({where})", "make sure that it is a disk of this machine")
    elif kind:
        yield Finding("file system", "ok", f"{kind} ({where})")


def mounted(path: Path, mounts: str) -> tuple[str, str]:
    """(type, mount point) of the file system that holds `path`; empty when that cannot be told."""
    found = ("", "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        where = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4]))
        # A later mount at the same place hides the earlier one.
        if path.is_relative_to(where) and len(str(where)) >= len(found[1]):
            found = (right.split()[0], str(where))
    return found


def holder(state: Path, locks: str, now: datetime) -> Iterator[Finding]:
    """Who holds the lock of a tick, and since when. `locks` is the text of /proc/locks: taking the lock could cost a tick its turn."""
    path = state / lock.FILE
    if not path.exists():
        return
    facts = path.stat()
    held = re.search(rf"FLOCK\s+ADVISORY\s+WRITE\s+(\d+)\s+\S+:{facts.st_ino}\s", locks)
    if held is None:
        yield Finding("lock", "ok", "no tick is running")
        return
    since = datetime.fromtimestamp(facts.st_mtime, UTC)
    told = f"a tick runs since {since.astimezone():%Y-%m-%d %H:%M:%S} (process {held[1]}{_command(held[1])})"
    if now - since > STUCK:
        yield Finding("lock", "warn", told, f"a tick ends within its budget; look at process {held[1]}, it may be killed at any time")
    else:
        yield Finding("lock", "ok", told)


def clock(now: datetime, newest: datetime | None) -> Iterator[Finding]:
    """Whether this machine's clock is behind what is on record."""
    if newest is not None and now < newest - SET_BACK:
        text = f"it is {now:%Y-%m-%d %H:%M} UTC here, but the state has times up to {newest:%Y-%m-%d %H:%M} UTC"
        yield Finding("clock", "fail", text, "set the clock (ntp); if it was wrong before and is right now, this passes by itself")
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC, not behind what is on record")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def _command(process: str) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return ": " + " ".join(word.decode("utf-8", "replace") for word in words if word)[:120]
