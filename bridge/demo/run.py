"""The whole job on a portal of our own, over real HTTP on this machine: two ticks, and what people get from them."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import SystemClock
from ..config import Config, load
from ..core.signing import new_secret
from ..engine import SUFFIXES, Options, Summary, opened, tick
from ..errors import BridgeError, UsageError
from . import show
from .botapi import BotApi
from .portal import SamplePortal
from .receiver import Receiver

ZONE = ZoneInfo("Asia/Shanghai")
CHAT = -1001234567890
MARK = ".feedbridge-demo"
_BACKFILL = 4
_LOOKS = [f"{seconds}s" for seconds in range(1, 120)]
_CONFIG = """# Written by `feedbridge demo`; the servers it names are gone when the demo ends.
[bridge]
state = "state"
base_url = "http://127.0.0.1:8080/"
contact = "mailto:demo@example.org"

[telegram]
token = "env:FEEDBRIDGE_DEMO_TOKEN"
api_base = "{api}"

[network]
allow = ["127.0.0.0/8"]
gap = "0s"

[[portals]]
id = "liudu"
title = "柳渡信息网"
url = "{url}"
lists = ["{lists}"]
interval = "15m"
revisit = {looks}

[[subscribers]]
id = "readers"
kind = "telegram"
chat = "{chat}"
portals = ["liudu"]
backfill = {backfill}

[[subscribers]]
id = "archive"
kind = "webhook"
url = "{hook}/hooks/feedbridge"
secret = "env:FEEDBRIDGE_DEMO_SECRET"
portals = ["liudu"]
backfill = {backfill}
"""


def run(folder: Path) -> int:
    """0 when both ticks gave what they should; everything printed is what happened, read back from the state and the servers."""
    _fresh(folder)
    clock = SystemClock()
    secret = new_secret(os.urandom(32))
    with ExitStack() as stack:
        portal = stack.enter_context(SamplePortal(clock.now()))
        api, hook = stack.enter_context(BotApi()), stack.enter_context(Receiver(secret))
        api.chat(CHAT, title="柳渡读者群")
        os.environ.update(FEEDBRIDGE_DEMO_TOKEN=api.token, FEEDBRIDGE_DEMO_SECRET=secret)
        path = folder / "config.toml"
        facts = {"api": api.base, "url": portal.url, "lists": portal.list_url, "chat": CHAT, "hook": hook.base}
        path.write_text(_CONFIG.format(**facts, backfill=_BACKFILL, looks=json.dumps(_LOOKS)), encoding="utf-8")
        return _Demo(load(path), portal, api, hook, clock).play()


class _Demo:
    def __init__(self, config: Config, portal: SamplePortal, api: BotApi, hook: Receiver, clock: SystemClock) -> None:
        self.config, self.portal, self.api, self.hook, self.clock = config, portal, api, hook, clock
        self.out = show.console()
        self.calls = self.hooks = 0

    def play(self) -> int:
        started = self.clock.now()
        self._tell("Tick 1: a portal without a feed", f"{self.portal.list_url}, an old CMS: GBK bytes under a gb2312 label")
        first = self._tick(started)
        self.portal.advance(self.clock.now())
        self.clock.sleep(timedelta(seconds=1.2))
        self._tell("Tick 2: two new articles and one correction", "the CMS has rebuilt every page meanwhile; that alone is no news")
        second = self._tick(self.clock.now())
        self._end()
        good = (first.total("new"), second.total("new"), second.total("updated")) == (20, 2, 1) and not second.trouble
        return 0 if good else self._bad(first, second)

    def _tick(self, since: datetime) -> Summary:
        summary = tick(self.config, Options(force=True, budget=timedelta(seconds=120)), self.clock)
        show.show(self.out, show.articles_table(list(self._rows(since))))
        messages, bodies = list(self._messages()), list(self._bodies())
        self._tell("In the chat")
        show.show(self.out, show.chat(messages))
        self._tell("At the webhook")
        show.show(self.out, show.hooks(bodies))
        sys.stdout.flush()
        self.out.print(f"feedbridge run: {summary.line()}", style="dim")
        self.out.print()
        return summary

    def _tell(self, title: str, note: str = "") -> None:
        show.show(self.out, show.heading(title, note))

    def _rows(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        with opened(self.config) as store:
            entries = store.archive.feed("liudu", 50, since, 500)
        for entry in sorted(entries, key=lambda e: e.published, reverse=True):
            fresh = entry.first_seen >= since
            if fresh or (entry.revision > 1 and entry.updated >= since):
                source = entry.source.name if entry.source else ""
                mark = "new" if fresh else "edited"
                yield {"published": entry.published.astimezone(ZONE), "title": entry.title, "source": source, "mark": mark}

    def _messages(self) -> Iterator[Mapping[str, Any]]:
        calls, self.calls = self.api.calls[self.calls :], len(self.api.calls)
        for call in calls:
            if call.status == 200 and call.method in {"sendMessage", "editMessageText"}:
                preview = json.loads(call.params.get("link_preview_options", "{}"))
                now = self.clock.now().astimezone(ZONE)
                yield {
                    "text": call.params["text"],
                    "time": now,
                    "edited": call.method[0] == "e",
                    "image": preview.get("url"),
                    "chat": "柳渡读者群",
                }

    def _bodies(self) -> Iterator[Mapping[str, Any]]:
        calls, self.hooks = self.hook.calls[self.hooks :], len(self.hook.calls)
        for call in calls:
            yield {"body": call.body, "verified": call.verified, "headers": call.headers}

    def _end(self) -> None:
        self._tell("The feeds")
        with opened(self.config) as store:
            count = store.archive.count("liudu")
        kinds = dict(zip(SUFFIXES, ("RSS 2.0", "Atom 1.0", "JSON Feed 1.1"), strict=True))
        rows: Sequence[Mapping[str, Any]] = [
            {"path": _near(self.config.public / f"liudu{suffix}"), "what": f"{kind}, {count} entries"} for suffix, kind in kinds.items()
        ]
        rows = [
            *rows,
            *(
                {"path": _near(self.config.public / n), "what": w}
                for n, w in (("feeds.opml", "OPML 2.0"), ("index.html", "a page for people"))
            ),
        ]
        show.show(self.out, show.files(rows))
        self._tell("How to go on")
        steps = {
            "command": _command(),
            "cron": _cron(),
            "config": Path("config.toml").absolute(),
            "state": _near(self.config.path.parent),
        }
        show.show(self.out, show.next_steps(steps))

    def _bad(self, first: Summary, second: Summary) -> int:
        raise BridgeError(f"the demo did not give what it should: {first.line()} / {second.line()}")


def _fresh(folder: Path) -> None:
    """An empty folder of the demo's own; one that is not the demo's is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageError(f"{folder}: is not empty and not an earlier demo's; name another with --state")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _cron() -> str:
    program = Path(sys.argv[0]).absolute()
    return str(program) if program.name == "feedbridge" else f"cd {Path.cwd()} && {sys.executable} -m bridge"


def _command() -> str:
    return "feedbridge" if Path(sys.argv[0]).name == "feedbridge" else f"{_near(Path(sys.executable))} -m bridge"
