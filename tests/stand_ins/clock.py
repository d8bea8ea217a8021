"""A clock that stands still until somebody sleeps."""

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


class FakeClock:
    """`now()` moves only by `sleep()` and `advance()`; `slept` holds each wait in order. Safe to use from several threads."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._lock = threading.Lock()
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        """The present, aware UTC."""
        with self._lock:
            return self._now

    def sleep(self, duration: timedelta) -> None:
        """Time has moved by `duration` when it is positive; no real time passes."""
        with self._lock:
            if duration > timedelta():
                self.slept.append(duration)
                self._now += duration

    def advance(self, duration: timedelta) -> None:
        """Time has moved by `duration`, without being counted as a sleep."""
        with self._lock:
            self._now += duration
