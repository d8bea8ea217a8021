"""The HTTP side of the webhook sender: a bounded pool of threads, a guarded session in each."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from .. import __version__
from ..core import signing
from ..errors import AddressRefused
from ..model import Closed, Job, Later, Outcome, Refused, Sent
from ..ports import Clock
from ..web.guard import Guard
from ..web.wire import Deadline, open_session

WORKERS: Final = 64
"""Requests in flight at once."""
CONNECT: Final = 5.0
TOTAL: Final = 15.0
"""Seconds: to connect, and for one request in all."""
RESPONSE: Final = 20_000
"""Bytes of an answer that are read."""
LONGEST: Final = timedelta(hours=24)
"""The longest Retry-After that is honoured."""
THROTTLED: Final = timedelta(seconds=60)
"""How long a 429 that names no time is taken to mean, and the least wait after a time-out, a 502 or a 504."""

_FAILURES = (requests.RequestException, HTTPError, OSError, ValueError)


class WebhookSender:
    """Posts events. The address of each connection is judged by the guard; redirects are failures."""

    def __init__(self, allow: Sequence[str], clock: Clock, *, total: float = TOTAL, workers: int = WORKERS) -> None:
        self._guard, self._clock, self._total = Guard(allow), clock, total
        self._pool = ThreadPoolExecutor(workers, "webhook")
        self._here = threading.local()
        self._sessions: list[requests.Session] = []

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, as they come. Closing the iterator early drops what has not begun."""
        work = {self._pool.submit(self._outcome, job): job for job in jobs}
        try:
            for done in as_completed(work):
                yield work.pop(done), done.result()
        finally:
            _cancel(work)

    def close(self) -> None:
        """Connections are closed; requests under way are waited for, which their deadline bounds."""
        self._pool.shutdown(cancel_futures=True)
        while self._sessions:
            self._sessions.pop().close()

    def _outcome(self, job: Job) -> Outcome:
        try:
            body = signing.body(job)
        except Exception as error:  # noqa: BLE001 - a poisoned article is that event's fault, and nothing was sent
            return Refused(f"the event cannot be made: {error}")
        with Deadline(self._total) as deadline:
            try:
                return self._post(job, body)
            except AddressRefused as refused:
                return Closed(f"the address may not be connected to: {refused.detail}", refused.cause)
            except _FAILURES as error:
                return _failure(error, deadline.expired, self._total)
            except Exception as error:  # noqa: BLE001 - an answer that cannot be read is this destination's fault, not the others'
                return Later(f"the answer cannot be read: {type(error).__name__}", code="unreadable")

    def _post(self, job: Job, body: bytes) -> Outcome:
        now = self._clock.now()
        settings = job.target.settings
        secrets = [secret.reveal() for secret in (settings.secret, settings.previous_secret) if secret]
        headers = {**_HEADERS, **signing.headers(secrets, job.key, int(now.timestamp()), body)}
        with self._session().post(
            job.target.address, body, headers=headers, timeout=(CONNECT, self._total), allow_redirects=False, stream=True
        ) as answer:
            return judge(answer.status_code, answer.headers, _text(answer), self._clock.now())

    def _session(self) -> requests.Session:
        """This thread's own session: connections are kept between its requests, and nothing else is shared."""
        if not hasattr(self._here, "session"):
            self._here.session = open_session(self._guard)
            self._sessions.append(self._here.session)
        session: requests.Session = self._here.session
        return session


_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": f"Feedbridge/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}


def judge(status: int, headers: Mapping[str, str], text: str, now: datetime) -> Outcome:
    """What an answer at `now` (aware UTC) means: only 2xx is success, 410 closes the endpoint, all else is tried again.

    A failure with the header `webhook-delivery` (svix) may say more: `disable` closes the endpoint, `abort-message` refuses the event.
    """
    code, wish = str(status), headers.get("webhook-delivery", "").strip().lower()
    if 200 <= status <= 299:
        return Sent(code=code)
    if status == 410:
        return Closed("the endpoint says that it is gone", code, response=text)
    why = f"redirects are not followed (HTTP {code})" if 300 <= status <= 399 else f"HTTP {code}{_first_line(text)}"
    if wish == "disable":
        return Closed(f"the endpoint asks to be left alone (HTTP {code})", code, response=text)
    if wish == "abort-message":
        return Refused(f"the endpoint does not want this event (HTTP {code})", code, text)
    at = asked_at(headers.get("retry-after"), now)
    if status == 429:
        return Later(why, at or now + THROTTLED, spent=False, code=code)
    return Later(why, at, code=code, least=THROTTLED if status in {502, 504} else timedelta(0))


def asked_at(retry_after: str | None, now: datetime) -> datetime | None:
    """The time that a Retry-After names (RFC 9110 §10.2.3: seconds or a date), within 24 hours of now; None when it names none to come."""
    value = (retry_after or "").strip()
    at = now
    if value.isascii() and value.isdecimal():
        at = now + min(timedelta(seconds=int(value[:9])), LONGEST)
    with suppress(ValueError, OverflowError):
        date = parsedate_to_datetime(value)
        at = min(date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC), now + LONGEST)
    return at if at > now else None


def _text(answer: requests.Response) -> str:
    """At most 20 000 bytes of the answer; what came of it when it breaks off. Compressed answers are not unpacked."""
    with suppress(HTTPError, OSError):
        raw: bytes = answer.raw.read(RESPONSE, decode_content=False)
        return raw.decode("utf-8", "replace")
    return ""


def _first_line(text: str) -> str:
    line = " ".join(text[:200].split())
    return f": {line}" if line else ""


def _failure(error: Exception, expired: bool, total: float) -> Outcome:
    """Why there was no answer, told by the kind of error; the library's own words hold the whole address, with any key in it."""
    chain = _chain(error)
    root = chain[-1]
    if isinstance(error, requests.exceptions.SSLError):
        return Later(f"TLS failed: {getattr(root, 'verify_message', '') or getattr(root, 'reason', '') or 'handshake'}", code="tls")
    if _holds(chain, socket.gaierror):
        return Later("the name does not resolve", code="dns")
    if _holds(chain, ConnectTimeoutError) and not _holds(chain, NewConnectionError):
        return Later("connecting timed out", code="connect-timeout", least=THROTTLED)
    if expired or isinstance(error, requests.Timeout):
        return Later(f"no answer within {total:g} s", code="timeout", least=THROTTLED)
    if _holds(chain, ConnectionRefusedError):
        return Later("connection refused", code="refused")
    if isinstance(error, ValueError):
        return Closed("the address cannot be asked", "bad-url")
    return Later(f"the connection ended without an answer ({type(root).__name__})", code="cut-off")


def _holds(chain: Sequence[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(error, kind) for error in chain)


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what the libraries wrapped in it, innermost last."""
    chain = [error]
    while len(chain) < 10:
        last = chain[-1]
        inner = getattr(last, "reason", None) if isinstance(last, HTTPError) else None
        inner = inner or last.__cause__ or last.__context__ or next((a for a in last.args if isinstance(a, BaseException)), None)
        if not isinstance(inner, BaseException):
            break
        chain.append(inner)
    return chain


def _cancel(work: "dict[Future[Outcome], Job]") -> None:
    for future in work:
        future.cancel()
