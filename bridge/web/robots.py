"""robots.txt (RFC 9309): asked for once a day, every four hours while it bars a list; kept in the HostBook, parsed if a verdict is new."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

from ..errors import AddressRefused, Deferred, FetchError, RobotsRefused, Unreachable
from ..model import HostState
from ..ports import Clock
from .exchange import REDIRECTS, Answer
from .guard import host_key, shown
from .pacing import LONGEST_CRAWL_DELAY, Hosts

if TYPE_CHECKING:
    from protego import Protego

TOKEN = "Feedbridge"  # noqa: S105 - the product token of RFC 9309 §2.2.1
FRESH = timedelta(hours=24)
BARRING = timedelta(hours=4)
"""A file that bars a list is believed for this long: it may be a mistake, and the portal is not read meanwhile."""
STALE = timedelta(days=30)
AGAIN = timedelta(minutes=5)
MAX_BYTES = 512 * 1024
MAX_REDIRECTS = 5
MAX_VERDICTS = 200


class Errand(Protocol):
    """Requests that wait their host's turn and share one deadline."""

    def ask(self, url: str, *, limit: int, cut: bool, crawl_delay: float) -> Answer:
        """The answer of whatever status."""
        ...

    def follow(self, answer: Answer) -> str:
        """Where a redirect leads."""
        ...


class Robots:
    """What robots.txt lets us ask for. Thread-safe; one file is fetched once, whoever needs it."""

    def __init__(self, hosts: Hosts, clock: Clock, errand: Callable[[], AbstractContextManager[Errand]]) -> None:
        self._hosts = hosts
        self._clock = clock
        self._errand = errand
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._mutex = threading.Lock()
        self._failed: dict[str, tuple[datetime, FetchError]] = {}
        self._parsed: dict[str, tuple[str, Protego]] = {}

    def permit(self, url: str, kind: Literal["list", "article"]) -> float:
        """`url` may be asked for, every so many seconds (Crawl-delay, at most 60, 0 without).

        Raises RobotsRefused with cause robots when it is disallowed, with cause robots-unreachable when the server cannot
        give its robots.txt; Unreachable when the host cannot be reached for it; AddressRefused; Deferred.
        """
        key = robots_key(url)
        with self._mutex:
            lock = self._locks[key]
        with lock:
            state = self._known(key, url)
            if not self._verdict(state, key, url, kind):
                raise RobotsRefused("robots", shown(url), "robots.txt disallows it")
        return state.crawl_delay

    # ------------------------------------------------------------ the file

    def _known(self, key: str, url: str) -> HostState:
        """The state with a usable robots.txt, fetched if need be."""
        state, now = self._hosts.state(key), self._clock.now()
        fresh = BARRING if state.robots_ok.get(url) is False else FRESH
        if state.robots is not None and state.robots_at is not None and abs(now - state.robots_at) < fresh:
            return state
        failed = self._failed.get(key)
        if failed and abs(now - failed[0]) < AGAIN:
            return self._without(state, now, failed[1])
        try:
            text = self._download(url, state.crawl_delay)
        except (Deferred, AddressRefused):
            raise
        except FetchError as error:
            self._failed[key] = now, error
            return self._without(state, now, error)
        return self._hosts.change(key, lambda old: self._renewed(old, key, text))

    def _without(self, state: HostState, now: datetime, error: FetchError) -> HostState:
        """RFC 9309 §2.3.1.4: unreachable means disallowed, unless a copy is at hand; after 30 days it means no rules.

        Without a copy `robots_at` is when it was first found unreachable.
        """
        if state.robots_at is None:
            state = self._hosts.change(state.host, lambda old: replace(old, robots_at=now))
        age = now - (state.robots_at or now)
        if age > STALE:
            return replace(state, robots=None, crawl_delay=0.0)
        if state.robots is None:
            raise type(error)(error.cause, error.url, error.detail, error.retry_at)
        return state

    def _download(self, url: str, crawl_delay: float) -> str:
        origin = urlsplit(url)
        target = f"{origin.scheme}://{origin.netloc}/robots.txt"
        with self._errand() as errand:
            for _ in range(MAX_REDIRECTS + 1):
                answer = _asked(errand, target, url, crawl_delay)
                if answer.status not in REDIRECTS:
                    return _text(answer)
                try:
                    target = errand.follow(answer)
                except Unreachable:
                    return ""
        return ""  # RFC 9309 §2.3.1.2: more than five redirects may count as no robots.txt

    def _renewed(self, old: HostState, key: str, text: str) -> HostState:
        """The state with `text`; an unchanged file keeps its verdicts, which spares the parser."""
        now = self._clock.now()
        if text == old.robots:
            return replace(old, robots_at=now)
        return replace(old, robots=text, robots_at=now, robots_ok={}, crawl_delay=self._crawl_delay(key, text))

    # ------------------------------------------------------------ what it says

    def _verdict(self, state: HostState, key: str, url: str, kind: str) -> bool:
        if not state.robots:
            return True
        known = state.robots_ok.get(url)
        if known is not None:
            return known
        verdict = self._rules(key, state.robots).can_fetch(url, TOKEN)
        if kind == "list":
            self._hosts.change(key, lambda old: _judged(old, url, verdict))
        return verdict

    def _crawl_delay(self, key: str, text: str) -> float:
        delay = self._rules(key, text).crawl_delay(TOKEN) if text else None
        if delay is None or not math.isfinite(delay):
            return 0.0
        return min(max(delay, 0.0), LONGEST_CRAWL_DELAY.total_seconds())

    def _rules(self, key: str, text: str) -> Protego:
        known = self._parsed.get(key)
        if known is None or known[0] != text:
            from protego import Protego

            known = self._parsed[key] = text, Protego.parse(text)
        return known[1]


def robots_key(url: str) -> str:
    """The HostState that keeps the robots.txt of `url`: that of its host, except that plain http has its own, `host:80`.

    The file belongs to scheme, host and port (RFC 9309 §2.3), while http and https share the host's pacing.
    """
    key = host_key(url)
    plain = url.startswith("http:") and urlsplit(url).port is None
    return f"{key}:80" if plain else key


def _asked(errand: Errand, target: str, url: str, crawl_delay: float) -> Answer:
    try:
        return errand.ask(target, limit=MAX_BYTES, cut=True, crawl_delay=crawl_delay)
    except AddressRefused as refused:
        if host_key(target) == host_key(url):
            raise AddressRefused(refused.cause, shown(url), refused.detail) from None
        raise _unreachable(target, "robots.txt redirects to a refused address") from refused


def _text(answer: Answer) -> str:
    """The rules of a final answer: RFC 9309 §2.3.1. 4xx is no robots.txt, but 429 says "not now"."""
    if answer.status == 429 or answer.status >= 500:
        raise _unreachable(answer.url, f"robots.txt answered {answer.status}", answer.retry_at)
    if not 200 <= answer.status < 300:
        return ""
    body = answer.body
    if len(body) == MAX_BYTES:  # the last line may be cut: half a path would disallow too much
        body = body[: max(body.rfind(b"\n"), 0)]
    return body.decode("utf-8-sig", "replace").replace("\0", "").strip()


def _unreachable(target: str, detail: str, retry_at: datetime | None = None) -> RobotsRefused:
    return RobotsRefused("robots-unreachable", shown(target), detail, retry_at)


def _judged(state: HostState, url: str, verdict: bool) -> HostState:
    kept = state.robots_ok if len(state.robots_ok) < MAX_VERDICTS else {}
    return replace(state, robots_ok={**kept, url: verdict})
