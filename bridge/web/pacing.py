"""Politeness towards hosts, remembered in the HostBook so that a cron run is as polite as a process that never ends."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ..errors import Deferred
from ..model import HostState
from ..ports import Clock, HostBook
from .guard import shown

LONGEST_HOLD = timedelta(days=7)
LONGEST_BACKOFF = timedelta(minutes=60)
LONGEST_CRAWL_DELAY = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=5)
_SLACK = timedelta(milliseconds=50)  # a wall clock may be slewed while a monotonic sleep passes

Change = Callable[[HostState], HostState]


class Hosts:
    """Whose turn it is. One request at a time to a host; hosts are independent. Thread-safe within one process.

    `end` is when the caller's time is over: a turn that comes later is not waited for. `force` sets our own back-off aside,
    never what the server asked for.
    """

    def __init__(self, book: HostBook, clock: Clock, gap: timedelta, end: datetime | None = None, *, force: bool = False) -> None:
        self._book = book
        self._clock = clock
        self._gap = gap
        self._end = end
        self._force = force
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._mutex = threading.Lock()

    def state(self, host: str) -> HostState:
        """What is remembered of `host`; an empty state for a stranger."""
        return self._book.host(host) or HostState(host=host)

    def change(self, host: str, change: Change) -> HostState:
        """The state as `change` makes it, saved when it differs."""
        with self._mutex:
            old = self.state(host)
            new = change(old)
            if new != old:
                self._book.save_host(new)
            return new

    @contextmanager
    def turn(self, host: str, url: str, crawl_delay: float = 0.0) -> Iterator[None]:
        """The block runs alone on `host`, not before its time; the time of the next one is saved before the block starts,
        so that a killed process keeps the gap. Raises Deferred when the turn comes too late.
        """
        pause = max(self._gap, min(timedelta(seconds=crawl_delay), LONGEST_CRAWL_DELAY))
        with self._mutex:
            lock = self._turns[host]
        with lock:
            self._wait(host, url, pause)
            self.change(host, lambda state: replace(state, next_at=self._clock.now() + pause))
            yield

    def answered(self, host: str) -> None:
        """The host works: failures and back-off are forgotten."""
        self.change(host, lambda state: replace(state, failures=0, backoff_until=None))

    def throttled(self, host: str, headers: Mapping[str, str]) -> datetime:
        """The host answered 429 or 503: it is left alone until the time returned.

        That is the server's Retry-After where it sent a usable one (at most 7 days), else 1, 2, 4 … 60 minutes from now.
        """
        now = self._clock.now()
        asked = retry_after(headers, now)

        def change(state: HostState) -> HostState:
            counted = replace(state, failures=state.failures + 1)
            if asked is not None:
                return replace(counted, hold_until=now + asked)
            return replace(counted, backoff_until=now + backoff(counted.failures))

        state = self.change(host, change)
        until = state.backoff_until if asked is None else state.hold_until
        return until or now

    def failed(self, host: str) -> datetime | None:
        """No usable answer from the host. The first failure costs nothing, as other pages of it may work; from the second
        on it is left alone for 1, 2, 4 … 60 minutes, until the time returned.
        """
        now = self._clock.now()

        def change(state: HostState) -> HostState:
            until = now + backoff(state.failures) if state.failures else state.backoff_until
            return replace(state, failures=state.failures + 1, backoff_until=until)

        state = self.change(host, change)
        return state.backoff_until if state.failures > 1 else None

    def _wait(self, host: str, url: str, pause: timedelta) -> None:
        now = self._clock.now()
        at, why = self._due(self.state(host), now, pause)
        if at <= now:
            return
        if at - now > LONGEST_WAIT or (self._end is not None and at >= self._end):
            raise Deferred("deferred", shown(url), why, at)
        self._clock.sleep(at - now)
        if self._clock.now() < at - _SLACK:  # the sleep was ended for a reason: we are asked to stop
            raise Deferred("deferred", shown(url), "interrupted", at)

    def _due(self, state: HostState, now: datetime, pause: timedelta) -> tuple[datetime, str]:
        """When the host may be asked, and what makes it so late. A clock that was set back does not prolong any pause."""
        waits = [
            (state.next_at, max(pause, LONGEST_CRAWL_DELAY), "the gap between two requests to a host"),
            (state.hold_until, LONGEST_HOLD, "the server asked for a pause"),
            (None if self._force else state.backoff_until, LONGEST_BACKOFF, f"{state.failures} failures in a row"),
        ]
        return max(((min(at, now + most), why) for at, most, why in waits if at), default=(now, ""))


def backoff(failures: int) -> timedelta:
    """1 minute after the first failure, then doubled with each, at most 60."""
    return min(timedelta(minutes=2 ** min(failures - 1, 10)), LONGEST_BACKOFF)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The pause that Retry-After asks for (RFC 9110 §10.2.3), seconds or a date, between 0 and 7 days; None when it says nothing.

    A date is read against the answer's own Date, so that a server's wrong clock does no harm.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST_HOLD)
    at = http_date(value)
    if at is None:
        return None
    return min(max(at - (http_date(headers.get("Date", "")) or now), timedelta()), LONGEST_HOLD)


def http_date(value: str) -> datetime | None:
    """The time of a header, aware; None for none."""
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
