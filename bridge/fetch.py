"""The way to the web: conditional GET, limits, redirects, robots.txt, pacing and the address guard, put together.

Every failure is a FetchError whose `cause` is one of these slugs:

    dns, connect, tls, proxy     no connection                                     Unreachable
    timeout                      silence for longer than network.timeout           Unreachable
    deadline                     the whole took longer than network.deadline       Unreachable
    cut-off                      the answer ends before its end                    Unreachable
    bad-answer                   not HTTP                                          Unreachable
    too-large                    more than network.max_bytes after decompression   Unreachable
    bad-encoding                 Content-Encoding that does not decode             Unreachable
    bad-url                      not an http(s) URL, or one with credentials       Unreachable
    bad-redirect                 a redirect without a usable Location              Unreachable
    redirect-loop                a redirect to where it came from                  Unreachable
    too-many-redirects           more than five                                    Unreachable
    address-refused              the guard refused the address                     AddressRefused
    robots                       robots.txt disallows it                           RobotsRefused
    robots-unreachable           the server fails to give its robots.txt           RobotsRefused
    deferred                     not asked: see Deferred                           Deferred
    http-NNN                     another status; http-304 when nothing was asked conditionally   HttpStatus

Where robots.txt cannot be had because the host cannot be reached, the error is the host's own (dns, timeout …). Its `url`
is then the address of robots.txt, as it is with robots-unreachable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin

from .errors import HttpStatus, Unreachable
from .model import Network, Page, Request, Unchanged
from .ports import Clock, HostBook
from .web.exchange import REDIRECTS, Answer, Trip
from .web.guard import host_key, safe_url, shown
from .web.hostbook import MemoryBook
from .web.pacing import Hosts, http_date
from .web.robots import Robots

__all__ = ["MemoryBook", "WebFetcher", "user_agent"]

MAX_REDIRECTS = 5
_HOST_FAULTS = frozenset({"dns", "connect", "tls", "proxy", "timeout", "deadline", "cut-off"})
_VALIDATOR = re.compile(r"[\x21-\x7e\xa0-\xff](?:[\x20-\x7e\xa0-\xff]{0,998}[\x21-\x7e\xa0-\xff])?")


def user_agent(version: str, contact: str = "") -> str:
    """`Feedbridge/0.1 (+mailto:ops@example.org)`; the comment is left out without a contact."""
    clean = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)
    return f"Feedbridge/{version}" + (f" (+{clean})" if clean else "")


class WebFetcher:
    """Satisfies ports.Fetcher. Thread-safe; holds no connection between calls, so there is nothing to close.

    `book` remembers politeness. `end` is when the caller's time is over: what would have to wait longer is Deferred.
    `force` asks in spite of our own back-off; what servers ask for (Retry-After, Crawl-delay, robots.txt) holds anyway.
    """

    def __init__(
        self, network: Network, agent: str, book: HostBook, clock: Clock, end: datetime | None = None, *, force: bool = False
    ) -> None:
        self._network = network
        self._agent = agent
        self._hosts = Hosts(book, clock, network.gap, end, force=force)
        self._robots = Robots(self._hosts, clock, self._errand)

    def get(self, request: Request) -> Page | Unchanged:
        """The page, or Unchanged on a 304 that was asked for; anything else raises a FetchError (see the module).

        Redirects are followed one by one, at most five; each hop is judged by the guard and by its own robots.txt, and
        waits its own host's turn. The request for robots.txt takes a turn too: the first page comes one gap after it.
        """
        url, seen = safe_url(request.url), set[str]()
        with self._errand() as errand:
            for hop in range(MAX_REDIRECTS + 1):
                if url in seen:
                    raise Unreachable("redirect-loop", shown(url))
                seen.add(url)
                crawl_delay = self._robots.permit(url, request.kind)
                headers = validators(request, redirected=hop > 0)
                answer = errand.ask(url, headers, limit=self._network.max_bytes, crawl_delay=crawl_delay)
                if answer.status not in REDIRECTS:
                    return result(request, answer, conditional=bool(headers))
                url = errand.follow(answer)
        raise Unreachable("too-many-redirects", shown(url))

    def _errand(self) -> PoliteErrand:
        return PoliteErrand(Trip(self._network, self._agent), self._hosts)


class PoliteErrand:
    """Requests of one trip, each in its host's turn, with what the host's answer teaches put on record."""

    def __init__(self, trip: Trip, hosts: Hosts) -> None:
        self._trip = trip
        self._hosts = hosts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._trip.__exit__(kind, error, trace)

    def ask(self, url: str, headers: Mapping[str, str] | None = None, *, limit: int, cut: bool = False, crawl_delay: float = 0.0) -> Answer:
        """The answer of whatever status; after 429 and 503 with `retry_at`."""
        host = host_key(url)
        with self._hosts.turn(host, url, crawl_delay):
            try:
                answer = self._trip.ask(url, headers or {}, limit, cut=cut)
            except Unreachable as error:
                if error.cause in _HOST_FAULTS:
                    error.retry_at = self._hosts.failed(host)
                raise
            if answer.status in {429, 503}:
                return replace(answer, retry_at=self._hosts.throttled(host, answer.headers))
            self._hosts.answered(host)
            return answer

    def follow(self, answer: Answer) -> str:
        """Where the redirect leads, fit to be asked for; raises Unreachable with cause bad-redirect."""
        location = answer.headers.get("Location", "").strip()
        if not location:
            raise Unreachable("bad-redirect", shown(answer.url), f"{answer.status} without a Location")
        try:
            return safe_url(urljoin(answer.url, _characters(location)))
        except (Unreachable, ValueError) as error:
            why = error.detail if isinstance(error, Unreachable) else "not a URL"
            raise Unreachable("bad-redirect", shown(answer.url), f"{answer.status} to an address that cannot be used: {why}") from None


def validators(request: Request, *, redirected: bool) -> dict[str, str]:
    """The headers that make the request conditional (RFC 9110 §13.1), those that are fit to be sent.

    RFC 9110 §15.4 wants validators replaced by those of the redirect's target. Ours are the target's already, because a
    Page carries those of its final answer, but the target may have changed since. An entity tag proves the very content
    that we have, wherever it stands, so it goes along; a date is matched by any older page, so it stays with pages that are
    not reached by redirects (`result` keeps no date of the others).
    """
    headers = {"If-None-Match": request.etag, "If-Modified-Since": None if redirected else request.last_modified}
    return {name: value for name, value in headers.items() if value and _VALIDATOR.fullmatch(value)}


def result(request: Request, answer: Answer, *, conditional: bool) -> Page | Unchanged:
    """What the final answer amounts to; raises HttpStatus."""
    if answer.status == 304 and conditional:
        return Unchanged(request.url, http_date(answer.headers.get("Date", "")))
    if not 200 <= answer.status < 300:
        raise HttpStatus(answer.status, shown(answer.url), retry_at=answer.retry_at)
    direct = answer.url == safe_url(request.url)
    return Page(
        url=answer.url,
        body=answer.body,
        content_type=answer.headers.get("Content-Type"),
        requested=request.url,
        etag=answer.headers.get("ETag"),
        last_modified=answer.headers.get("Last-Modified") if direct else None,
        status=answer.status,
        served_at=http_date(answer.headers.get("Date", "")),
    )


def _characters(location: str) -> str:
    """A Location header as text: its bytes (given as latin-1) are UTF-8, or else kept as the escapes that browsers send."""
    try:
        raw = location.encode("latin-1")
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote(raw, safe=bytes(range(0x21, 0x7F)).decode())
    except UnicodeEncodeError:
        return location
