"""The hooks of the crash harness: boundaries are counted, and at a chosen one the process kills itself with SIGKILL.

A boundary lies before each statement, around each transaction's COMMIT, around each fetch, around each call of a sender
(its outcome known, not yet stored), and before each sync, rename, link and removal of a file. Reads in a row have one boundary
in common: between them nothing changes that a kill could interrupt.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from bridge import engine
from bridge.model import Job, Outcome, Request
from bridge.steps.deliver import Deliver, DeliveryReport
from bridge.steps.publish import Publish
from bridge.stores.database import Database, queries

Say = Callable[[str], None]

STAGES = ("", "deliver", "publish")
"""Where counting begins: at once, or when delivering begins; or only while files are published."""

KINDS = frozenset(
    {
        "statement", "COMMIT, before", "COMMIT, after", "fetch list, before", "fetch list, after", "fetch article, before",
        "fetch article, after", "telegram, before", "telegram, after", "webhook, before", "webhook, after", "websub, before",
        "websub, after", "file, fsync", "file, replace", "file, link", "file, unlink",
    }
)  # fmt: skip
"""Every kind of boundary that there is: a run in which one of them was never reached proves less than it says."""


class Fuse:
    """Counts boundaries while it is lit; at number `at` (from 1) it tells the boundary's name and kills the process.

    `met` counts the boundaries that were passed, by kind, `statements` those of the database, by name.
    """

    def __init__(self, at: int | None, last_words: Say, *, stage: str = "") -> None:
        self.count, self.stage, self.lit = 0, stage, not stage
        self.met: Counter[str] = Counter()
        self.statements: Counter[str] = Counter()
        self._at, self._last_words = at, last_words
        self._lock, self._reading = threading.Lock(), False

    def burn(self, kind: str, detail: str = "", *, reads: bool = False) -> None:
        """A boundary is reached; what comes next only `reads`, or changes something."""
        if not self.lit:
            return
        with self._lock:
            if kind == "statement":
                self.statements[detail] += 1
            before, self._reading = self._reading, reads
            if before and reads:
                return
            self.count += 1
            self.met[kind] += 1
            if self.count == self._at:
                self._last_words(f"{kind} {detail}".strip())
                os.kill(os.getpid(), signal.SIGKILL)


def fit(fuse: Fuse, patience: float) -> None:
    """Every boundary burns `fuse` from now on, in this process; senders wait `patience` seconds for an answer."""
    _fit_store(fuse)
    _fit_files(fuse)
    _fit_edges(fuse)
    _fit_senders(fuse, patience)


def _put(home: Any, name: str, watched: Any) -> None:
    """The hook takes the place of what is there: a name that nothing has is a fault of the harness."""
    if not hasattr(home, name):
        raise AttributeError(f"the harness hooks {home}.{name}, which does not exist")
    setattr(home, name, watched)


def _fit_store(fuse: Fuse) -> None:
    for name in ("run", "one", "all"):
        _before(fuse, name, getattr(Database, name))
    tx = Database.tx

    @contextmanager
    def watched(self: Database) -> Iterator[None]:
        outermost = not self._depth
        with tx(self):
            yield
            if outermost:
                fuse.burn("COMMIT, before")
        if outermost:
            fuse.burn("COMMIT, after")

    _put(Database, "tx", watched)


def _before(fuse: Fuse, method: str, plain: Callable[..., Any]) -> None:
    def watched(self: Database, name: str, **values: Any) -> Any:
        fuse.burn("statement", name, reads=_reads(name))
        return plain(self, name, **values)

    _put(Database, method, watched)


@cache
def _reads(name: str) -> bool:
    """Whether a named statement changes nothing."""
    words = [line for line in queries()[name].splitlines() if line and not line.startswith("--")]
    return words[0].startswith(("SELECT", "WITH"))


def _fit_files(fuse: Fuse) -> None:
    for name in ("fsync", "replace", "link", "unlink"):
        _before_file(fuse, name, getattr(os, name))


def _before_file(fuse: Fuse, name: str, plain: Callable[..., Any]) -> None:
    def watched(*args: Any, **more: Any) -> Any:
        fuse.burn(f"file, {name}")
        return plain(*args, **more)

    _put(os, name, watched)


def _fit_edges(fuse: Fuse) -> None:
    ask, deliver, publish = engine.ask, Deliver.run, Publish.run

    def asked(fetcher: Any, request: Request) -> Any:
        fuse.burn(f"fetch {request.kind}, before")
        answer = ask(fetcher, request)
        fuse.burn(f"fetch {request.kind}, after")
        return answer

    def delivering(self: Deliver) -> DeliveryReport:
        fuse.lit = fuse.lit or fuse.stage == "deliver"
        return deliver(self)

    def publishing(self: Publish) -> Any:
        fuse.lit = fuse.lit or fuse.stage == "publish"
        done = publish(self)
        fuse.lit = fuse.lit and fuse.stage != "publish"
        return done

    for home, name, watched in ((engine, "ask", asked), (Deliver, "run", delivering), (Publish, "run", publishing)):
        _put(home, name, watched)


class Watched:
    """A sender whose calls burn the fuse: before the request, and when the outcome is known but not stored."""

    def __init__(self, sender: Any, kind: str, fuse: Fuse) -> None:
        self._sender, self._kind, self._fuse = sender, kind, fuse

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """As the sender does."""
        self._fuse.burn(f"{self._kind}, before")
        for job, outcome in self._sender.send(jobs):
            self._fuse.burn(f"{self._kind}, after", type(outcome).__name__)
            yield job, outcome

    def close(self) -> None:
        """As the sender does."""
        self._sender.close()


def _fit_senders(fuse: Fuse, patience: float) -> None:
    from bridge.senders import _bot, _hook, _ping, _websub, telegram, webhook

    def chat(shared: Any, _network: Any, clock: Any) -> Any:
        sender = _bot.TelegramSender(shared.token, shared.api_base, clock, read=patience, total=patience * 2)
        return Watched(sender, "telegram", fuse)

    def hook(_shared: Any, network: Any, clock: Any) -> Any:
        return Watched(_hook.WebhookSender(network.allow, clock, total=patience), "webhook", fuse)

    def hub(_shared: Any, _network: Any, clock: Any) -> Any:
        return Watched(_ping.PingSender(clock, total=patience), "websub", fuse)

    for module, connect in ((telegram, chat), (webhook, hook), (_websub, hub)):
        _put(module, "connect", connect)
