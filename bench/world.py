"""A whole installation that can be set back: a portal, a strict chat server and a webhook receiver on loopback, and the state."""

import copy
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bridge.core.signing import new_secret
from bridge.demo._chats import Chat, Limits, Posted, Windows
from bridge.demo._server import Asked, Reply
from bridge.demo.botapi import TOKEN, BotApi
from bridge.demo.portal import SamplePortal
from bridge.demo.receiver import Received, Receiver

from .clock import SharedClock
from .driver import Ending, Order

CHAT = -4711
PATIENCE = 5.0
"""Seconds that senders wait for an answer, unless a case has receivers that never give one."""
ROOT = Path(__file__).parent.parent
_SECRET = new_secret(b"a secret of 32 bytes, for tests.")
_CONFIG = """
[bridge]
contact = "mailto:test@example.org"

[telegram]
token = "env:BENCH_TOKEN"
api_base = "{api}"

[network]
allow = ["127.0.0.0/8"]
gap = "0s"

[[portals]]
id = "city"
title = "柳渡信息网"
url = "{url}"
lists = ["{lists}"]
interval = "60s"
revisit = {revisit}

[[subscribers]]
id = "group"
kind = "telegram"
chat = "{chat}"
portals = ["city"]
backfill = 100
digest_over = 0

[[subscribers]]
id = "hook"
kind = "webhook"
url = "{hook}/in"
secret = "env:BENCH_SECRET"
portals = ["city"]
backfill = 100
"""


class Chats(BotApi):
    """The Bot API stand-in, which can be set back to an earlier moment."""

    def set_back(self, chats: dict[int, Chat], last_id: int) -> None:
        """Only these chats and messages stand, nothing has been asked, and no fault is queued."""
        with self._lock:
            self.chats, self._last_id = copy.deepcopy(chats), last_id
            self.calls.clear()
            self._faults.clear()
            self._windows = Windows(Limits())

    @property
    def last_id(self) -> int:
        """The id of the newest message."""
        return self._last_id


class Hook(Receiver):
    """The webhook receiver, which can be set back too. `unheard` counts the events, by id, whose acceptance never reached the sender."""

    unheard: Counter[str]

    def set_back(self, calls: list[Received]) -> None:
        """Only these calls have come, and no answer is scripted."""
        with self._lock:
            self.calls, self.unheard = list(calls), Counter()
            self._replies.clear()

    def _answer(self, asked: Asked) -> Reply:
        reply = super()._answer(asked)
        if reply.drop or reply.half:
            self.unheard[asked.headers.get("webhook-id", "")] += 1
        return reply


class Crew:
    """The driver's process. `run` is one tick in a fork of it."""

    def __init__(self) -> None:
        environ = {**os.environ, "BENCH_TOKEN": TOKEN, "BENCH_SECRET": _SECRET, "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.driver"]
        self._process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ, cwd=ROOT)

    def run(self, order: Order) -> Ending:
        """How the tick ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return Ending(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """The process has ended."""
        self._process.communicate()


class World:
    """An installation in `folder`. `stories` articles are on the portal at first.

    `keep` makes the present the moment that `set_back` returns to: state, clock, chat and hook (the portal stays as it is).
    `edited` has the titles of the articles that the portal corrected; senders wait `patience` seconds for an answer.
    """

    def __init__(self, folder: Path, crew: Crew, stories: int = 6) -> None:
        self.folder, self._crew, self._stack = folder / "now", crew, ExitStack()
        self.edited: tuple[str, ...] = ()
        self.patience = PATIENCE
        self._kept = folder / "kept"
        self.folder.mkdir(parents=True)
        self._clock_file = folder / "clock"
        self.clock = SharedClock(self._clock_file)
        self.portal = self._stack.enter_context(SamplePortal(self.clock.now(), page_size=60))
        for story in self.portal.stories[stories:]:
            self.portal.withdraw(story.key)
        self.api = self._stack.enter_context(Chats(now=self.clock.seconds))
        self.hook = self._stack.enter_context(Hook(_SECRET, now=self.clock.seconds))
        self.api.chat(CHAT, "group", "读者")
        self._config()
        self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """The servers have ended."""
        self._stack.close()

    def _config(self) -> None:
        revisit = json.dumps([f"{n}m" for n in range(1, 90)])
        facts = {"api": self.api.base, "url": self.portal.url, "lists": self.portal.list_url, "hook": self.hook.base}
        (self.folder / "config.toml").write_text(_CONFIG.format(**facts, chat=CHAT, revisit=revisit), encoding="utf-8")

    def grow(self) -> None:
        """The portal gains two articles and corrects one."""
        self.edited = tuple(story.title for story in self.portal.stories if story.corrected() != story)
        self.portal.advance()

    def keep(self) -> None:
        """`set_back` returns to this moment."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept)
        self._then = (self.clock.seconds(), copy.deepcopy(self.api.chats), self.api.last_id, list(self.hook.calls))

    def set_back(self) -> None:
        """All is as it was kept."""
        self.patience = PATIENCE
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder)
        seconds, chats, last_id, calls = self._then
        self.clock.set(seconds)
        self.api.set_back(chats, last_id)
        self.hook.set_back(calls)

    def tick(self, *, kill_at: int | None = None, delivering: bool = False, kill_after: float | None = None, pause: float = 60.0) -> Ending:
        """One tick, `pause` seconds after the one before; see driver.Order."""
        self.clock.sleep(timedelta(seconds=pause))
        files = {"config": str(self.folder / "config.toml"), "clock": str(self._clock_file)}
        order = Order(**files, kill_at=kill_at, delivering=delivering, kill_after=kill_after, patience=self.patience)
        return self._crew.run(order)

    # ------------------------------------------------------------ what there is to see

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the state; none when there is no state yet."""
        path = self.folder / "state" / "feedbridge.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as db:
            try:
                return db.execute(sql).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def file(self, name: str) -> bytes | None:
        """A published file, or None."""
        path = self.folder / "state" / "public" / name
        return path.read_bytes() if path.exists() else None

    def messages(self) -> list[Posted]:
        """The messages in the chat, oldest first."""
        return [post for _, post in sorted(self.api.chats[CHAT].messages.items())]

    def posts(self) -> list[str]:
        """The title of each message in the chat, oldest first."""
        return [post.text.split("\n")[0] for post in self.messages()]

    def accepted(self) -> list[Received]:
        """The webhook calls that were verified and accepted, oldest first."""
        return [call for call in list(self.hook.calls) if call.verified and 200 <= call.status <= 299]
