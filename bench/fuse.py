"""The hooks of the crash harness: boundaries of a tick are counted, and at a chosen one the process kills itself with SIGKILL.

A boundary lies before each statement, around each transaction's COMMIT, around each fetch, around each call of a sender
(its outcome known, not yet stored), and before each of the two syncs of a published file: of the new one, not yet in its place,
and of the folder, with the file in its place.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bridge import engine
from bridge.model import Job, Outcome, Request
from bridge.steps.deliver import Deliver, DeliveryReport
from bridge.stores.database import Database

Say = Callable[[str], None]


class Fuse:
    """Counts boundaries from the moment it is lit; at number `at` (from 1) it tells the boundary's name and kills the process."""

    def __init__(self, at: int | None, last_words: Say, *, lit: bool = True) -> None:
        self.count = 0
        self.lit = lit
        self._at, self._last_words = at, last_words
        self._lock = threading.Lock()

    def burn(self, boundary: str) -> None:
        """A boundary is reached."""
        if not self.lit:
            return
        with self._lock:
            self.count += 1
            if self.count == self._at:
                self._last_words(boundary)
                os.kill(os.getpid(), signal.SIGKILL)


def fit(fuse: Fuse, patience: float) -> None:
    """Every boundary of a tick burns `fuse` from now on, in this process; senders wait `patience` seconds for an answer."""
    _fit_store(fuse)
    _fit_edges(fuse)
    _fit_senders(fuse, patience)


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
        fuse.burn(f"statement {name}")
        return plain(self, name, **values)

    _put(Database, method, watched)


def _put(home: Any, name: str, watched: Any) -> None:
    setattr(home, name, watched)


def _fit_edges(fuse: Fuse) -> None:
    ask, run, fsync = engine.ask, Deliver.run, os.fsync

    def asked(fetcher: Any, request: Request) -> Any:
        fuse.burn(f"fetch {request.kind}, before")
        answer = ask(fetcher, request)
        fuse.burn(f"fetch {request.kind}, after")
        return answer

    def delivering(self: Deliver) -> DeliveryReport:
        fuse.lit = True
        return run(self)

    def synced(handle: Any) -> None:
        fuse.burn("file, not synced")
        fsync(handle)

    for home, name, watched in ((engine, "ask", asked), (os, "fsync", synced), (Deliver, "run", delivering)):
        _put(home, name, watched)


class Watched:
    """A sender whose calls burn the fuse: before the request, and when the outcome is known but not stored."""

    def __init__(self, sender: Any, kind: str, fuse: Fuse) -> None:
        self._sender, self._kind, self._fuse = sender, kind, fuse

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """As the sender does."""
        self._fuse.burn(f"{self._kind}, before the request")
        for job, outcome in self._sender.send(jobs):
            self._fuse.burn(f"{self._kind}, {type(outcome).__name__}, not stored")
            yield job, outcome

    def close(self) -> None:
        """As the sender does."""
        self._sender.close()


def _fit_senders(fuse: Fuse, patience: float) -> None:
    from bridge.senders import _bot, _hook, telegram, webhook

    def chat(shared: Any, _network: Any, clock: Any) -> Any:
        sender = _bot.TelegramSender(shared.token, shared.api_base, clock, read=patience, total=patience * 2)
        return Watched(sender, "telegram", fuse)

    def hook(_shared: Any, network: Any, clock: Any) -> Any:
        return Watched(_hook.WebhookSender(network.allow, clock, total=patience), "webhook", fuse)

    for module, connect in ((telegram, chat), (webhook, hook)):
        _put(module, "connect", connect)
