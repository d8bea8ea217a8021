"""Connections that go to judged addresses and end in time: the layer under requests.

urllib3 connects with `_new_conn`; here it connects to the addresses that the guard has just judged, and to nothing else.
Host header, SNI and the certificate's check keep the host name, because only the socket's target is replaced.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from .guard import Endpoint, Guard

# It logs header lines that it cannot parse, with a traceback: text of a stranger in the operator's log.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_MAX_TRIES = 6  # addresses of one name that are tried before the name counts as dead


class Deadline:
    """A `with` block whose connections are cut off after `seconds`, however slowly the other side drips.

    Socket time-outs start anew with each byte; this does not. At the deadline every connection opened or reused in the
    block (by the same thread) is shut down, which ends its reads at once; `expired` then tells why they ended.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._lifelines: list[socket.socket] = []
        self._timer = threading.Timer(max(seconds, 0), self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        self._token = _current.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _current.reset(self._token)
        self._timer.cancel()
        with self._lock:
            for lifeline in self._lifelines:
                lifeline.close()
            self._lifelines.clear()

    @property
    def expired(self) -> bool:
        """The time is over."""
        return time.monotonic() >= self._ends

    def left(self) -> float:
        """Seconds that remain, never less than a millisecond (a time-out of 0 would mean non-blocking)."""
        return max(self._ends - time.monotonic(), 0.001)

    def watch(self, sock: socket.socket) -> None:
        """`sock`'s connection is cut at the deadline. A duplicate is kept: TLS takes the socket itself away."""
        with self._lock:
            self._lifelines.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        with self._lock:
            for lifeline in self._lifelines:
                with suppress(OSError):
                    lifeline.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class _Guarded(HTTPConnection):
    """A connection to the judged addresses of its host, under the deadline of the block it is used in."""

    guard: Guard
    _deadline: Deadline | None = None

    def _new_conn(self) -> socket.socket:
        try:
            sock = _connect(self.guard.check(self._dns_host, self.port), self.timeout, self.socket_options or ())
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "connecting timed out") from error
        except OSError as error:
            raise NewConnectionError(self, f"connecting failed: {error}") from error
        sys.audit("http.client.connect", self, self.host, self.port)
        self._watch(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        """The request is sent, under the present deadline, also on a connection that was kept open."""
        if self.sock is not None:
            self._watch(self.sock)
        super().request(*args, **kwargs)

    def _watch(self, sock: socket.socket) -> None:
        deadline = _current.get()
        if deadline is not None and deadline is not self._deadline:
            deadline.watch(sock)
        self._deadline = deadline


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same with TLS on top."""


class GuardedAdapter(HTTPAdapter):
    """requests' transport with guarded connections; a proxy is the operator's own and may be anywhere.

    Through a proxy the proxy resolves names, so the guard judges what the name is here, where it is known here.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pool makes guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The proxy's pool makes connections under the deadline, to any address."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _pools(_ANYWHERE)
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """As requests has it, with one TLS context for all connections: loading the certificates takes 20 ms."""
        attributes: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        host, pool = attributes
        if verify is True and host["scheme"] == "https":
            pool["ssl_context"] = _tls_context(DEFAULT_CA_BUNDLE_PATH)
        return host, pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Certificates are checked; those of the shared context are not loaded again."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        if verify is True:
            conn.ca_certs = conn.ca_cert_dir = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer; AddressRefused also for a proxied request whose host is known here to be unfit."""
        if select_proxy(request.url or "", kwargs.get("proxies")):
            with suppress(socket.gaierror):
                self._guard.check(urlsplit(request.url or "").hostname or "", 0)
        return super().send(request, *args, **kwargs)


class GuardedSession(requests.Session):
    """A session that follows no redirects, whatever it is asked: each hop is its caller's to judge."""

    def get_redirect_target(self, resp: Any) -> None:
        """None. requests would look at the Location even where redirects are off, and fail on bytes that are not UTF-8."""


def open_session(guard: Guard, *, proxy: str | None = None) -> requests.Session:
    """A session that connects only where `guard` lets it, keeps no cookies and reads nothing from the environment.

    It follows no redirects. A connection that the guard refuses raises AddressRefused.
    """
    session = GuardedSession()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    adapter = GuardedAdapter(guard)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    return session


_ANYWHERE = Guard(("0.0.0.0/0", "::/0"))


def _pools(guard: Guard) -> dict[str, Any]:
    plain = type("GuardedConnection", (_Guarded,), {"guard": guard})
    tls = type("GuardedTlsConnection", (_GuardedTls,), {"guard": guard})
    return {
        "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }


@cache
def _tls_context(authorities: str) -> ssl.SSLContext:
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_verify_locations(cafile=authorities)
    return context


def _connect(endpoints: Sequence[Endpoint], timeout: float | None, options: Sequence[Any]) -> socket.socket:
    """A socket connected to the first of `endpoints` that answers; the last one's OSError when none does."""
    failure = OSError("no address")
    for endpoint in endpoints[:_MAX_TRIES]:
        try:
            return _dial(endpoint, timeout, options)
        except OSError as error:
            failure = error
    raise failure


def _dial(endpoint: Endpoint, timeout: float | None, options: Sequence[Any]) -> socket.socket:
    deadline = _current.get()
    waits = [seconds for seconds in (timeout, deadline.left() if deadline else None) if seconds is not None]
    sock = socket.socket(endpoint.family, socket.SOCK_STREAM)
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(min(waits, default=None))
        sock.connect(endpoint.address)
        sock.settimeout(timeout)
    except BaseException:
        sock.close()
        raise
    return sock
