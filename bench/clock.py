"""A clock that several processes share: it stands still until somebody sleeps, and outlives a killed process."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SECONDS = struct.Struct("d")


class SharedClock:
    """Implements bridge.ports.Clock over eight bytes in the file `path`, which every process that opens it shares."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_SECONDS.pack(datetime.now(UTC).timestamp()))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SECONDS.size)

    def seconds(self) -> float:
        """The present in seconds since 1970."""
        return float(_SECONDS.unpack_from(self._shared)[0])

    def now(self) -> datetime:
        """The present, aware UTC, in whole milliseconds as the state keeps them."""
        return datetime.fromtimestamp(round(self.seconds(), 3), UTC)

    def sleep(self, duration: timedelta) -> None:
        """Time has moved by `duration` when it is positive; no real time passes."""
        if duration > timedelta():
            self.set(self.seconds() + duration.total_seconds())

    def set(self, seconds: float) -> None:
        """The present is `seconds` since 1970, in every process."""
        _SECONDS.pack_into(self._shared, 0, round(seconds, 3))
