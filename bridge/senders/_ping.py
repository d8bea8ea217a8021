"""The HTTP side of the WebSub pings: one POST for each changed topic, one after the other, over one connection."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import requests
from urllib3.exceptions import HTTPError

from .. import __version__
from ..model import Job, Later, Outcome, Refused, Sent
from ..ports import Clock
from ..web.guard import Guard
from ..web.wire import Deadline, open_session
from ._hook import CONNECT, _failure, asked_at
from ._websub import form, topics

TOTAL: Final = 15.0
"""Seconds for one ping."""
MOST: Final = 60
"""Pings in one attempt; the others go on in the next, which is at once."""
_ANSWER: Final = 2_000
_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": f"Feedbridge/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}
_FAILURES = (requests.RequestException, HTTPError, OSError, ValueError)
_DONE, _REFUSED = "done", "refused"


class PingSender:
    """Tells a hub. An attempt that breaks off keeps what was told in the delivery's progress."""

    def __init__(self, clock: Clock, *, total: float = TOTAL) -> None:
        self._clock, self._total = clock, total
        self._session = open_session(Guard(("0.0.0.0/0", "::/0")))

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome: Sent when every topic was taken."""
        for job in jobs:
            yield job, self._outcome(job)

    def close(self) -> None:
        """The connection is closed."""
        self._session.close()

    def _outcome(self, job: Job) -> Outcome:
        done = [*map(str, job.progress.get(_DONE, ()))]
        refused = [*map(str, job.progress.get(_REFUSED, ()))]
        left = [topic for topic in topics(job) if topic not in set(done)]
        for topic in left[:MOST]:
            match self._ping(job.target.address, topic):
                case Sent():
                    pass
                case Refused() as no:
                    refused.append(no.why)
                case Later() as later:
                    return replace(later, progress={_DONE: done, _REFUSED: refused})
                case other:
                    return other
            done.append(topic)
        if len(left) > MOST:
            return Later("more topics to tell", spent=False, progress={_DONE: done, _REFUSED: refused})
        return Refused(f"{refused[0]}; {len(refused)} of {len(done)} topics") if refused else Sent()

    def _ping(self, hub: str, topic: str) -> Outcome:
        with Deadline(self._total) as deadline:
            try:
                with self._session.post(
                    hub, form(topic), headers=_HEADERS, timeout=(CONNECT, self._total), allow_redirects=False, stream=True
                ) as answer:
                    text = answer.raw.read(_ANSWER, decode_content=False).decode("utf-8", "replace")
                    return self._judge(answer.status_code, answer.headers.get("retry-after"), text)
            except _FAILURES as error:
                return _failure(error, deadline.expired, self._total)

    def _judge(self, status: int, retry_after: str | None, text: str) -> Outcome:
        """2xx took it; 408, 429 and 5xx may take it later, when they say so then; all else is for a person to read."""
        code = str(status)
        if 200 <= status <= 299:
            return Sent(code=code)
        at = asked_at(retry_after, self._clock.now())
        if status == 429 and at:
            return Later("the hub is busy (HTTP 429)", at, spent=False, code=code)
        if status in {408, 429} or status >= 500:
            return Later(f"the hub answered HTTP {code}", at, code=code)
        where = " with a redirect; write its new address into [bridge] hub" if 300 <= status <= 399 else ""
        return Refused(f"the hub answered HTTP {code}{where}", code, text)
