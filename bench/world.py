"""A whole installation that can be set back: a portal, a strict chat server, a webhook receiver, a hub on loopback, and the state."""

import copy
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bridge.core.signing import new_secret
from bridge.demo._chats import Posted
from bridge.demo.botapi import TOKEN
from bridge.demo.portal import SamplePortal
from bridge.demo.receiver import Received
from bridge.demo.stories import Story, Text, notice

from .clock import SharedClock
from .crash_peers import Chats, Excuses, Hook, Hub
from .driver import Ending, Order

CHAT, OPS = -4711, 4712
EVERYONE = ("group", "hook")
PATIENCE = 5.0
"""Seconds that senders wait for an answer, unless a case has receivers that never give one."""
ROOT = Path(__file__).parent.parent
_SECRET = new_secret(b"a secret of 32 bytes, for tests.")
_CONFIG = """
[bridge]
contact = "mailto:test@example.org"
base_url = "https://feeds.example.org/"
{hub}

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
"""
_TABLES = {
    "group": '[[subscribers]]\nid = "group"\nkind = "telegram"\nchat = "{chat}"\nportals = ["city"]\nbackfill = {backfill}\n'
    "digest_over = {digest_over}\n",
    "hook": '[[subscribers]]\nid = "hook"\nkind = "webhook"\nurl = "{hook}/in"\nsecret = "env:BENCH_SECRET"\nportals = ["city"]\n'
    "backfill = {hook_backfill}\n",
    "ops": '[[operators]]\nid = "ops"\nkind = "telegram"\nchat = "{ops}"\n',
    "duty": '[[operators]]\nid = "duty"\nkind = "webhook"\nurl = "{hook}/duty"\nsecret = "env:BENCH_SECRET"\n',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an installation has: `who` is reached, whether a `hub` is told, which of the portal's articles are pushed at first."""

    who: tuple[str, ...] = EVERYONE
    hub: bool = False
    digest_over: int = 0
    backfill: int = 100
    hook_backfill: int = 100
    revisit: bool = True
    page_size: int = 60


@dataclass(slots=True, kw_only=True)
class Wanted:
    """What an installation at rest must show, besides all that the portal published.

    `edited` and `withdrawn` are titles of articles that changed, `unsent` of those that are in the feeds only, `said` what the
    message of an article must hold. `replayed`: each event was asked to reach the hook once more. `dropped`: an operator dropped
    what the state says, and `shown` of it were in the chat before. `notices` are the titles of what each operator must be told, once.
    `ordered`: things arrive in order.
    """

    edited: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    unsent: frozenset[str] = frozenset()
    said: dict[str, str] = field(default_factory=dict)
    replayed: bool = False
    dropped: bool = False
    shown: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()
    ordered: bool = True


class Crew:
    """The driver's process. `run` is one tick or command in a fork of it."""

    def __init__(self) -> None:
        environ = {**os.environ, "BENCH_TOKEN": TOKEN, "BENCH_SECRET": _SECRET, "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.driver"]
        self._process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ, cwd=ROOT)

    def run(self, order: Order) -> Ending:
        """How it ended."""
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

    `keep` makes the present the moment that `set_back` returns to: state, clock, chats, hook, hub, portal, `wanted` and
    `excuses`. Senders wait `patience` seconds for an answer.
    """

    def __init__(self, folder: Path, crew: Crew, shape: Shape = Shape(), stories: int = 6) -> None:
        self.folder, self._crew, self._stack, self.shape = folder / "now", crew, ExitStack(), shape
        self.wanted, self.excuses, self.patience = Wanted(), Excuses(), PATIENCE
        self.files: dict[str, bytes] = {}
        self._kept = folder / "kept"
        self.folder.mkdir(parents=True)
        self._clock_file = folder / "clock"
        self.clock = SharedClock(self._clock_file)
        self.portal = self._stack.enter_context(SamplePortal(self.clock.now(), page_size=shape.page_size))
        for story in self.portal.stories[stories:]:
            self.portal.withdraw(story.key)
        self.api = self._stack.enter_context(Chats(now=self.clock.seconds))
        self.hook = self._stack.enter_context(Hook(_SECRET, now=self.clock.seconds))
        self.hub = self._stack.enter_context(Hub(self.folder / "state" / "public"))
        self.api.chat(CHAT, "group", "读者")
        self.api.chat(OPS, "private", "值班")
        self.configure(shape)
        self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """The servers have ended."""
        self._stack.close()

    def configure(self, shape: Shape) -> None:
        """config.toml asks for this from now on."""
        revisit = json.dumps([f"{n}m" for n in range(1, 90)] if shape.revisit else [])
        facts = {"api": self.api.base, "url": self.portal.url, "lists": self.portal.list_url, "hook": self.hook.base, "revisit": revisit}
        facts |= {"hub": f'hub = "{self.hub.base}/"' if shape.hub else "", "chat": str(CHAT), "ops": str(OPS)}
        facts |= {name: str(getattr(shape, name)) for name in ("digest_over", "backfill", "hook_backfill")}
        text = "\n".join([_CONFIG, *(_TABLES[name] for name in shape.who)])
        (self.folder / "config.toml").write_text(text.format(**facts), encoding="utf-8")

    # ------------------------------------------------------------ what the portal does

    def grow(self) -> None:
        """The portal gains two articles and corrects one."""
        corrected = tuple(story.title for story in self.portal.stories if story.corrected() != story)
        self.wanted.edited = (*self.wanted.edited, *corrected)
        self.portal.advance()

    def flood(self, many: int, padding: str = "") -> tuple[Story, ...]:
        """`many` short notices more, published just now; `padding` makes their titles longer."""
        start = max(story.id for story in self.portal.stories) + 1
        new = [notice(start + n, self.clock.now()) for n in reversed(range(many))]
        told = tuple(replace(story, title=story.title + padding) for story in new)
        self.portal.publish(*told)
        return told

    def correct(self, which: int | str, said: str) -> None:
        """The article begins with `said` now, and its message must say so."""
        story = self.portal.story(which)
        first, *rest = story.blocks
        assert isinstance(first, Text)
        self.portal.edit(which, blocks=(Text(said + first.text), *rest))
        self.wanted.edited = (*self.wanted.edited, story.title)
        self.wanted.said[story.title] = said

    # ------------------------------------------------------------ time

    def keep(self) -> None:
        """`set_back` returns to this moment."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept)
        self._then = (self.clock.seconds(), copy.deepcopy(self.wanted), copy.deepcopy(self.excuses))
        self._peers = (self.api.now_stands(), self.hook.now_stands(), self.hub.now_stands())
        self._portal = (dict(self.portal._faults), self.portal._stories)

    def set_back(self) -> None:
        """All is as it was kept."""
        self.patience = PATIENCE
        _emptied(self.folder)
        shutil.copytree(self._kept, self.folder)
        seconds, wanted, excuses = self._then
        self.wanted, self.excuses = copy.deepcopy(wanted), copy.deepcopy(excuses)
        self.clock.set(seconds)
        chats, calls, pings = self._peers
        self.api.set_back(chats)
        self.hook.set_back(calls)
        self.hub.set_back(pings)
        faults, stories = self._portal
        self.portal._faults = dict(faults)
        if self.portal._stories != stories:
            self.portal._change(stories)

    def wait(self, **span: float) -> None:
        """So much time passes."""
        self.clock.sleep(timedelta(**span))

    def tick(
        self,
        *,
        kill_at: int | None = None,
        stage: str = "",
        kill_after: float | None = None,
        pause: float = 60.0,
        command: Sequence[str] = (),
    ) -> Ending:
        """One tick (or command), `pause` seconds after the one before; see driver.Order."""
        self.wait(seconds=pause)
        files = {"config": str(self.folder / "config.toml"), "clock": str(self._clock_file)}
        words = tuple(word.replace("{folder}", str(self.folder)) for word in command)
        return self._crew.run(Order(**files, command=words, kill_at=kill_at, stage=stage, kill_after=kill_after, patience=self.patience))

    def run(self, *command: str) -> Ending:
        """A command, to its end, 2 seconds after what was before."""
        return self.tick(command=command, pause=2.0)

    # ------------------------------------------------------------ what there is to see

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the state; none when there is no state yet."""
        path = self.state / "feedbridge.db"
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
        path = self.state / "public" / name
        return path.read_bytes() if path.exists() else None

    def public(self) -> dict[str, bytes]:
        """All that is published, by name."""
        top = self.state / "public"
        return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}

    def messages(self, chat: int = CHAT) -> list[Posted]:
        """The messages in a chat, oldest first."""
        return [post for _, post in sorted(self.api.chats[chat].messages.items())]

    def accepted(self, path: str = "/in") -> list[Received]:
        """The webhook calls to an address that were verified and accepted, oldest first."""
        return [call for call in list(self.hook.calls) if call.path == path and call.verified and 200 <= call.status <= 299]


def _emptied(folder: Path) -> None:
    """The folder is gone; a process that was just killed may still have been writing into it."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.02)
    shutil.rmtree(folder)
