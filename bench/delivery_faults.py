"""The same faults for everybody: six articles, the third of which meets one; who loses, doubles, or says that it was sent."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridge.core.signing import new_secret
from bridge.demo._forms import Params
from bridge.demo._server import Asked, Loopback, Reply
from bridge.demo.botapi import TOKEN, BotApi, Fault, Refusal
from bridge.demo.portal import SamplePortal

CHAT = -1_002_000_000_001
ARTICLES = 6
FAULTS = ("none", "429 for a second", "taken, then cut off", "502 before it is taken", "400 once", "killed between two articles")
PEERS = ("apprise==2.2.0", "newsworker==1.4.0")
_ROUNDS = 4
_AT_ONCE = 4
_ROOT = Path(__file__).parent.parent
_SECRET = new_secret(b"a secret of 32 bytes, for tests.")


@dataclass(frozen=True, slots=True)
class Count:
    """Articles of a case that never arrived, that arrived more than once, and that were reported as sent but never arrived."""

    lost: int
    doubled: int
    false: int


class Trap:
    """When a fault strikes. Called once a push, it says what happens to it ("" nothing); `victim` is the sender's process."""

    def __init__(self, fault: str) -> None:
        self._fault, self._count, self._until = fault, 0, 0.0
        self.victim = 0

    def __call__(self) -> str:
        self._count += 1
        if self._fault == FAULTS[5] and self._count == 4:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)
            return self._fault
        if self._fault == FAULTS[1] and self._count >= 3:
            self._until = self._until or time.monotonic() + 1
            return self._fault if time.monotonic() < self._until else ""
        return self._fault if self._count == 3 and self._fault not in {FAULTS[0], FAULTS[5]} else ""


class Chats(BotApi):
    """The Bot API stand-in with one chat and a trap; any rate is allowed."""

    def __init__(self, trap: Trap) -> None:
        super().__init__(limits=None)
        self._trap = trap
        self.chat(CHAT)

    def _fault(self, method: str, params: Params) -> Fault | None:  # noqa: ARG002 - the base class's signature
        return _CHAT_FAULTS.get(self._trap()) if method.lower().startswith("send") else None

    def arrived(self) -> list[str]:
        """The text of each message in the chat."""
        return [post.text for _, post in sorted(self.chats[CHAT].messages.items())]


_CHAT_FAULTS = {
    FAULTS[1]: Fault("error", refusal=Refusal(429, "Too Many Requests: retry after 1", {"retry_after": 1})),
    FAULTS[2]: Fault("drop"),
    FAULTS[3]: Fault("bad-gateway", commit=False),
    FAULTS[4]: Fault("error", refusal=Refusal(400, "Bad Request: can't parse entities: unclosed start tag at byte offset 7")),
    FAULTS[5]: Fault("drop", commit=False),
}
_HOOK_FAULTS = {
    FAULTS[1]: Reply(429, headers={"Retry-After": "1"}),
    FAULTS[2]: Reply(204, drop=True),
    FAULTS[3]: Reply(502),
    FAULTS[4]: Reply(400),
    FAULTS[5]: Reply(500, drop=True),
}


class Hook(Loopback):
    """A webhook receiver with a trap; it takes whatever it answers 204 to, heard or not."""

    def __init__(self, trap: Trap) -> None:
        super().__init__(self._answer)
        self._trap, self._taken = trap, list[str]()

    def _answer(self, asked: Asked) -> Reply:
        reply = _HOOK_FAULTS.get(self._trap(), Reply(204))
        if reply.status == 204:
            self._taken.append(json.dumps(json.loads(asked.body), ensure_ascii=False))
        return reply

    def arrived(self) -> list[str]:
        """The body of each accepted request."""
        return list(self._taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One case: six articles, where they go, and a folder for the sender's state."""

    kind: str
    base: str
    titles: tuple[str, ...]
    portal: SamplePortal
    page: str
    folder: Path


Start = Callable[[Scene], subprocess.Popen[bytes]]
Told = Callable[[Scene], set[str]]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who sends: `start` begins a round in a process, `told` gives what it has reported as sent, `later` lets time pass."""

    name: str
    start: Start
    told: Told
    later: Callable[[Scene], None] = lambda _: None


def outcomes(folder: Path, faults: Sequence[str] = FAULTS) -> list[tuple[str, str, str, Count]]:
    """(sender, chat or hook, fault, count) of every case; `folder` keeps the peers' environment for the next run."""
    cases = [(sender, kind, fault) for sender in senders(folder) for kind in ("chat", "hook") for fault in faults]
    with ThreadPoolExecutor(_AT_ONCE) as crew:
        counts = list(crew.map(lambda case: outcome(*case), cases))
    return [(sender.name, kind, fault, count) for (sender, kind, fault), count in zip(cases, counts, strict=True)]


def outcome(sender: Sender, kind: str, fault: str) -> Count:
    """What became of six articles after a few rounds, a second or more apart."""
    trap = Trap(fault)
    with ExitStack() as stack:
        target = stack.enter_context(Chats(trap) if kind == "chat" else Hook(trap))
        portal = stack.enter_context(SamplePortal(datetime.now(UTC), page_size=60))
        titles = _reduced(portal)
        page = stack.enter_context(Loopback(lambda asked: _page(asked, titles)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        scene = Scene(kind=kind, base=target.base, titles=titles, portal=portal, page=f"{page.base}/", folder=folder)
        for _ in range(_ROUNDS):
            with sender.start(scene) as process:
                trap.victim = process.pid
            time.sleep(1.1)
            sender.later(scene)
        return _counted(titles, target.arrived(), sender.told(scene))


def _counted(titles: Sequence[str], arrived: Sequence[str], told: set[str]) -> Count:
    times = {title: sum(title in text for text in arrived) for title in titles}
    lost = {title for title, many in times.items() if not many}
    return Count(len(lost), sum(many > 1 for many in times.values()), len(lost & told))


def _reduced(portal: SamplePortal) -> tuple[str, ...]:
    for story in portal.stories[ARTICLES:]:
        portal.withdraw(story.key)
    return tuple(story.title for story in portal.stories[:ARTICLES])


def _page(asked: Asked, titles: Sequence[str]) -> Reply:
    """A list page as plain as can be, for those who read pages their own way."""
    if asked.path == "/robots.txt":
        return Reply(404)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = (f'<li><a href="/{n}.html">{title}</a> <span class="date">{day}</span><p>{title}</p></li>' for n, title in enumerate(titles))
    text = f"<html lang=zh><head><title>News</title></head><body><h1>News</h1><ul>{''.join(lines)}</ul></body></html>"
    return Reply(200, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


# ---------------------------------------------------------------- who sends


def senders(folder: Path) -> list[Sender]:
    """Ours, a naive one, and those of PEERS that could be installed in `folder`."""
    python = _installed(folder)
    found = [
        Sender("Feedbridge", _ours, _ours_told, _ours_later),
        _scripted("naive: requests.post, seen saved first", "naive", Path(sys.executable)),
    ]
    if python:
        found.append(_scripted("apprise 2.2, seen saved first", "apprise", python))
        found.append(_scripted("apprise 2.2, seen saved after success", "apprise", python, after=True))
        found.append(
            Sender("newsworker 1.4 watch", lambda scene: _peer(python, scene, who="newsworker"), _newsworker_told, _newsworker_later)
        )
    return found


def _installed(folder: Path) -> Path | None:
    """The Python of an environment with the peers; None when they cannot be installed."""
    python = folder / "peers" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peers")], check=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], capture_output=True, check=False)
        if done.returncode:
            return None
    return python


def _scripted(name: str, who: str, python: Path, *, after: bool = False) -> Sender:
    return Sender(name, lambda scene: _peer(python, scene, who=who, after=after), _lines)


def _peer(python: Path, scene: Scene, **more: Any) -> subprocess.Popen[bytes]:
    order = {"kind": scene.kind, "base": scene.base, "token": TOKEN, "chat": CHAT, "titles": scene.titles, "page": scene.page}
    files = {"seen": str(scene.folder / "seen"), "told": str(scene.folder / "told"), "folder": str(scene.folder)}
    line = [str(python), str(Path(__file__).with_name("delivery_peer.py")), json.dumps({**order, **files, **more})]
    return _process(line, scene.folder, {})


def _process(line: Sequence[str], folder: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env={**os.environ, **environ})


def _lines(scene: Scene) -> set[str]:
    told = scene.folder / "told"
    return set(told.read_text("utf-8").splitlines()) if told.exists() else set()


def _newsworker_told(scene: Scene) -> set[str]:
    """What its outbox holds as delivered."""
    with closing(sqlite3.connect(scene.folder / "seen.sqlite3")) as db:
        done = [json.loads(payload) for (payload,) in db.execute("SELECT payload FROM outbox WHERE status = 'delivered'")]
    return {item["title"] for item in done}


def _newsworker_later(scene: Scene) -> None:
    """Its leases and back-off, a minute at most, are over."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(scene.folder / "seen.sqlite3")) as db, db:
        db.execute("UPDATE outbox SET next_attempt = 0")


_CONFIG = """
[bridge]
contact = "mailto:test@example.org"
[telegram]
token = "env:BENCH_TOKEN"
api_base = "{base}"
[network]
allow = ["127.0.0.0/8"]
gap = "0s"
[[portals]]
id = "city"
title = "News"
url = "{url}"
lists = ["{lists}"]
[[subscribers]]
id = "reader"
portals = ["city"]
backfill = 100
{target}
"""
_TARGETS = {
    "chat": f'kind = "telegram"\nchat = "{CHAT}"\ndigest_over = 0',
    "hook": 'kind = "webhook"\nurl = "{base}"\nsecret = "env:BENCH_SECRET"',
}


def _ours(scene: Scene) -> subprocess.Popen[bytes]:
    target = _TARGETS[scene.kind].format(base=scene.base)
    text = _CONFIG.format(base=scene.base, url=scene.portal.url, lists=scene.portal.list_url, target=target)
    (scene.folder / "config.toml").write_text(text, encoding="utf-8")
    environ = {"BENCH_TOKEN": TOKEN, "BENCH_SECRET": _SECRET, "PYTHONPATH": str(_ROOT)}
    return _process([sys.executable, "-m", "bridge", "run", "--now", "--config", str(scene.folder / "config.toml")], scene.folder, environ)


def _ours_told(scene: Scene) -> set[str]:
    """What the state holds as sent."""
    sql = "SELECT e.title FROM deliveries d JOIN entries e ON e.uid = d.entry WHERE d.state = 'sent'"
    with closing(sqlite3.connect(scene.folder / "state" / "feedbridge.db")) as db:
        return {title for (title,) in db.execute(sql)}


def _ours_later(scene: Scene) -> None:
    """Our own back-off after the first failure, five seconds and a fifth, is over, where one is waited for."""
    with closing(sqlite3.connect(scene.folder / "state" / "feedbridge.db")) as db:
        [(waiting,)] = db.execute("SELECT COUNT(*) FROM deliveries WHERE waiting = 1")
    time.sleep(5 if waiting else 0)
