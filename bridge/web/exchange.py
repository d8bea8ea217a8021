"""One HTTP request and its answer, with every limit held and every failure named. No politeness: see pacing.py."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

import requests
import urllib3.exceptions as u3

from ..errors import AddressRefused, Unreachable
from ..model import Network
from .body import BLOCK, BadBody, collect
from .guard import Guard, shown
from .wire import Deadline, open_session

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: header names without regard to case; `body` only for 2xx. `retry_at` is when it may be asked again."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    retry_at: datetime | None = None


class Trip:
    """One errand on the wire: a session, and the `network.deadline` that all its requests share.

    Time spent elsewhere (waiting for a host's turn) does not count. As a context manager it closes its connections.
    """

    def __init__(self, network: Network, agent: str) -> None:
        self._network = network
        self._session = open_session(Guard(network.allow), proxy=network.proxy)
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": agent, **_ACCEPT})
        self._left = network.deadline.total_seconds()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.close()

    def ask(self, url: str, headers: Mapping[str, str], limit: int, *, cut: bool = False) -> Answer:
        """The answer of whatever status; a body over `limit` is too-large, or cut off there when `cut`.

        Raises AddressRefused, or Unreachable with one of the causes dns, connect, tls, timeout, deadline, cut-off, proxy,
        bad-answer, bad-url, too-large, bad-encoding.
        """
        started = time.monotonic()
        if self._left <= 0:
            raise Unreachable("deadline", shown(url), _over(self._network))
        try:
            with Deadline(self._left) as deadline:
                return self._ask(url, headers, limit, cut, deadline)
        finally:
            self._left -= time.monotonic() - started

    def _ask(self, url: str, headers: Mapping[str, str], limit: int, cut: bool, deadline: Deadline) -> Answer:
        try:
            answer = self._exchange(url, headers, limit, cut)
        except AddressRefused as refused:
            raise AddressRefused(refused.cause, shown(url), refused.detail) from None
        except BadBody as bad:
            raise Unreachable(bad.cause, shown(url), bad.detail) from None
        except (OSError, u3.HTTPError, http.client.HTTPException) as error:
            cause, detail = ("deadline", _over(self._network)) if deadline.expired else explain(error)
            raise Unreachable(cause, shown(url), detail) from error
        if deadline.expired:  # a body without a length ends where the connection was cut
            raise Unreachable("deadline", shown(url), _over(self._network))
        return answer

    def _exchange(self, url: str, headers: Mapping[str, str], limit: int, cut: bool) -> Answer:
        seconds = self._network.timeout.total_seconds()
        got = self._session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=seconds)
        with closing(got):
            body = _body(got, limit, cut) if 200 <= got.status_code < 300 else b""
            return Answer(url, got.status_code, got.headers, body)


def explain(error: BaseException) -> tuple[str, str]:
    """(cause, detail) of a failure of requests, urllib3 or the socket; the detail quotes nothing that a server sent."""
    chain = list(_chain(error))
    for kinds, cause in _CAUSES:
        for link in chain:
            if isinstance(link, kinds):
                return cause, _detail(link)
    return "bad-answer", type(chain[-1]).__name__


_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((u3.ProxyError, requests.exceptions.ProxyError), "proxy"),
    ((socket.gaierror, u3.NameResolutionError), "dns"),
    ((ssl.SSLError, u3.SSLError, requests.exceptions.SSLError), "tls"),
    ((u3.NewConnectionError,), "connect"),  # for urllib3 a kind of time-out
    ((TimeoutError, u3.TimeoutError, requests.exceptions.Timeout), "timeout"),
    ((http.client.RemoteDisconnected, ConnectionError, http.client.IncompleteRead, u3.IncompleteRead), "cut-off"),
    ((requests.exceptions.InvalidURL, u3.LocationValueError), "bad-url"),
    ((http.client.HTTPException, u3.InvalidHeader, requests.exceptions.InvalidHeader), "bad-answer"),
    ((u3.ProtocolError,), "cut-off"),
)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it wraps: requests and urllib3 carry causes as `reason`, in `args` and in `__cause__`."""
    queue, seen = [error], set[int]()
    while queue and len(seen) < 20:
        link = queue.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inner = (getattr(link, "reason", None), link.__cause__, *link.args)
        queue += [item for item in inner if isinstance(item, BaseException)]


def _detail(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    inner = error.__cause__
    return _detail(inner) if isinstance(inner, OSError) else ""


def _over(network: Network) -> str:
    return f"longer than {network.deadline.total_seconds():g} s"


def _body(got: requests.Response, limit: int, cut: bool) -> bytes:
    """The whole body. Decoding is ours: urllib3 takes a gzip stream that ends early for a complete one."""
    length = got.headers.get("Content-Length", "")
    if not cut and length.isascii() and length.isdigit() and int(length[:18]) > limit:
        raise BadBody("too-large", f"{length[:18]} bytes announced")
    return collect(got.raw.stream(BLOCK, decode_content=False), got.headers.get("Content-Encoding", ""), limit, cut=cut)
