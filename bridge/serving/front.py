"""What stands before every answer: the limit for one address, the figures, the access log. Plain ASGI around the application."""

import json
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..metrics import Family
from .pages import NO_HOST, plain

_ADDRESSES: Final = 10_000
_MINUTE: Final = 60.0
_HERE = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


@dataclass(slots=True)
class Figures:
    """What was answered since the start."""

    statuses: Counter[int] = field(default_factory=Counter)
    sent: int = 0

    def families(self) -> Iterator[Family]:
        """As metrics."""
        by_status = tuple(({"code": str(status)}, number) for status, number in sorted(self.statuses.items()))
        yield Family("feedbridge_http_responses_total", "counter", "Answers by status since `serve` started.", by_status)
        yield Family("feedbridge_http_sent_bytes_total", "counter", "Bytes of bodies handed to the network.", (({}, self.sent),))


class Limit:
    """At most `many` requests in a minute from one address, as a bucket that fills evenly; 0: no limit.

    An IPv6 address counts by its /64, which is what one customer has. The least recently seen of 10 000 addresses are forgotten.
    """

    def __init__(self, many: int, now: Callable[[], float]) -> None:
        self.many, self._now = many, now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """0 and the request is counted, or the seconds after which the next one is let through."""
        if not self.many:
            return 0.0
        who, now = _neighbourhood(address), self._now()
        left, at = self._buckets.pop(who, (float(self.many), now))
        left = min(float(self.many), left + (now - at) * self.many / _MINUTE)
        allowed = left >= 1
        self._buckets[who] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * _MINUTE / self.many


def _neighbourhood(address: str) -> str:
    if ":" not in address:
        return address
    from ipaddress import IPv6Address

    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(whole.ipv4_mapped or int(whole) >> 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The application with everything before it. `log` gets one line an answer, None: no access log."""

    app: ASGIApp
    limit: Limit
    figures: Figures
    timer: Callable[[], float]
    log: Callable[[str], None] | None = None
    line: "Callable[[Visit], str] | None" = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered, counted and perhaps written down."""
        if scope["type"] != "http":
            return
        visit = Visit(scope, self.timer())

        async def seen(message: Message) -> None:
            visit.see(message, self.figures)
            await send(message)

        await self._answer(visit)(scope, receive, seen)
        if self.log is not None and self.line is not None:
            self.log(self.line(visit))

    def _answer(self, visit: "Visit") -> ASGIApp:
        wait = self.limit.wait(visit.address) if self.limit.many else 0
        if wait:
            return plain(429, {"Retry-After": str(int(wait) + 1)})
        return self.app if _addressed(visit.scope) else NO_HOST


def _addressed(scope: Scope) -> bool:
    """One Host, as HTTP/1.1 asks (RFC 9112 §3.2)."""
    return bool(scope["http_version"] != "1.1" or sum(key == b"host" for key, _ in scope["headers"]) == 1)


class Visit:
    """One request and what was answered."""

    __slots__ = ("begun", "scope", "sent", "status")

    def __init__(self, scope: Scope, begun: float) -> None:
        self.scope, self.begun, self.status, self.sent = scope, begun, 0, 0

    @property
    def address(self) -> str:
        """The client's address; that of a proxy on this machine is the last one that it states in X-Forwarded-For."""
        client = self.scope.get("client")
        host = str(client[0]) if client else ""
        if host not in _HERE:
            return host
        stated = [value for key, value in self.scope["headers"] if key == b"x-forwarded-for"]
        return stated[-1].decode("latin-1").rpartition(",")[2].strip()[:64] or host if stated else host

    def see(self, message: Message, figures: Figures) -> None:
        """A message of the answer is counted."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            figures.statuses[self.status] += 1
        elif self.scope["method"] != "HEAD":
            size = len(message.get("body", b""))
            self.sent += size
            figures.sent += size

    def facts(self, at: datetime, ended: float) -> dict[str, Any]:
        """The line of the access log as data. What the client wrote may be anything: it is cut."""
        agent = next((value for key, value in self.scope["headers"] if key == b"user-agent"), b"")
        return {
            "at": at.isoformat(timespec="milliseconds"),
            "address": self.address,
            "method": self.scope["method"],
            "path": self.scope.get("raw_path", b"").decode("latin-1")[:300],
            "status": self.status,
            "bytes": self.sent,
            "ms": round((ended - self.begun) * 1000, 2),
            "agent": agent.decode("latin-1")[:200],
        }


def liner(form: str, now: Callable[[], datetime], timer: Callable[[], float]) -> Callable[[Visit], str]:
    """How a visit becomes a line: `json`, or `text` for people; control characters are escaped in both."""
    if form == "json":
        return lambda visit: json.dumps({"level": "info", "event": "request", **visit.facts(now(), timer())}, ensure_ascii=True)
    return lambda visit: _words(visit.facts(now(), timer()))


def _words(facts: dict[str, Any]) -> str:
    path, agent = (json.dumps(facts[name]) for name in ("path", "agent"))
    return f"{facts['at']} {facts['address']} {facts['method']} {path} {facts['status']} {facts['bytes']} {facts['ms']}ms {agent}"


def to_stderr(line: str) -> None:
    """A line of the log; a reader that went away is no reason to stop serving."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        pass
