"""A webhook receiver on loopback that checks Standard Webhooks signatures itself, with nothing but hmac, and keeps what came."""

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from ._server import Asked, Loopback, Reply

TOLERANCE = 300
"""Seconds that the timestamp may differ from the receiver's clock."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request. `fault` says why its signature does not hold, empty when it does; `event` is the body as JSON, or None."""

    path: str
    id: str
    timestamp: str
    headers: dict[str, str]
    body: bytes
    event: Any
    fault: str
    status: int

    @property
    def verified(self) -> bool:
        """Whether the signature holds."""
        return not self.fault


class Receiver(Loopback):
    """Answers 204 to what is signed with one of `secrets` (printed form) and 401 to the rest, unless `script` says otherwise.

    `calls` has every request in order of arrival, `events` each verified id once: what a careful receiver would act on.
    """

    def __init__(self, *secrets: str, now: Callable[[], float] = time.time) -> None:
        super().__init__(self._answer)
        self._keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets]
        self._now = now
        self._replies: dict[str | None, deque[Reply]] = {}
        self._lock = Lock()
        self.calls: list[Received] = []

    def script(self, *replies: Reply, path: str | None = None) -> None:
        """The next requests (to `path`, else to any) get these answers, one each, whatever their signature."""
        self._replies.setdefault(path, deque()).extend(replies)

    @property
    def events(self) -> dict[str, Any]:
        """Verified and accepted events by id."""
        return {call.id: call.event for call in self.calls if call.verified and 200 <= call.status <= 299}

    def _answer(self, asked: Asked) -> Reply:
        fault = check(asked.headers, asked.body, self._keys, self._now())
        with self._lock:
            reply = self._scripted(asked.path) or Reply(401 if fault else 204)
            self.calls.append(_received(asked, fault, reply.status))
        return reply

    def _scripted(self, path: str) -> Reply | None:
        queues = (self._replies.get(path), self._replies.get(None))
        return next((queue.popleft() for queue in queues if queue), None)


def check(headers: dict[str, str], body: bytes, keys: list[bytes], now: float) -> str:
    """Why the signature does not hold at `now` (seconds), or an empty text. Header names in lower case.

    Standard Webhooks 1.0.0: HMAC-SHA256 of `{id}.{timestamp}.{body}`, any of the listed signatures may match any key.
    """
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not headers.get(name)]
    if missing:
        return f"no {missing[0]}"
    stamp = headers["webhook-timestamp"]
    if not stamp.isdecimal() or abs(int(stamp) - now) > TOLERANCE:
        return f"timestamp {stamp} is not within {TOLERANCE} s of now"
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    good = ["v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    given = headers["webhook-signature"].split()
    return "" if any(hmac.compare_digest(a, b) for a in given for b in good) else "no signature matches"


def _received(asked: Asked, fault: str, status: int) -> Received:
    try:
        event = json.loads(asked.body)
    except ValueError:
        event = None
    headers = asked.headers
    return Received(
        asked.path, headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), headers, asked.body, event, fault, status
    )
