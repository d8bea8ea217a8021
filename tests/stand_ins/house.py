"""A whole installation for tests: a portal, a chat server and a webhook receiver on loopback, a configuration, and the command."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from bridge.core.signing import new_secret
from bridge.demo.botapi import BotApi
from bridge.demo.portal import SamplePortal
from bridge.demo.receiver import Receiver

CHAT = 4711
EVERY_SECOND = json.dumps([f"{n}s" for n in range(1, 60)])
ROOT = Path(__file__).parent.parent.parent
_CONFIG = """
[bridge]
contact = "mailto:test@example.org"

[telegram]
token = "env:TEST_TOKEN"
api_base = "{api}"

[network]
allow = ["127.0.0.0/8"]
gap = "0s"

[[portals]]
id = "city"
title = "柳渡信息网"
url = "{url}"
lists = ["{lists}"]
revisit = {revisit}
{portal_more}
[[subscribers]]
id = "group"
kind = "telegram"
chat = "{chat}"
portals = ["city"]
backfill = {backfill}
{chat_more}
[[subscribers]]
id = "hook"
kind = "webhook"
url = "{hook}/in"
secret = "env:TEST_SECRET"
portals = ["city"]
backfill = {backfill}
"""
_LATER = """
import sys
from datetime import timedelta
from bridge.cli import main
from bridge.clock import SystemClock
ahead, now = timedelta(seconds=float(sys.argv.pop(1))), SystemClock.now
SystemClock.now = lambda self: now(self) + ahead
sys.exit(main())
"""
"""The command, with a clock that is so many seconds ahead."""


class House:
    """Use as a context manager; `run` is the command `feedbridge run` in a process of its own."""

    def __init__(self, folder: Path, theme=None, *, backfill=2, size=8, revisit=EVERY_SECOND, more="", portal_more="", chat_more=""):
        self.folder, self.size, self.ahead = folder, size, 0
        self.stack = ExitStack()
        self.portal = self.stack.enter_context(SamplePortal(datetime.now(UTC), theme=theme, page_size=size))
        self.api = self.stack.enter_context(BotApi(limits=None))
        secret = new_secret(b"0123456789abcdef0123456789abcdef")
        self.hook = self.stack.enter_context(Receiver(secret))
        self.api.chat(CHAT, "private", "读者")
        self.environ = {**os.environ, "TEST_TOKEN": self.api.token, "TEST_SECRET": secret, "PYTHONPATH": str(ROOT)}
        facts = {"api": self.api.base, "url": self.portal.url, "lists": self.portal.list_url, "hook": self.hook.base, "chat": CHAT}
        facts |= {"backfill": backfill, "revisit": revisit, "portal_more": portal_more, "chat_more": chat_more}
        self.config = folder / "config.toml"
        self.config.write_text(_CONFIG.format(**facts) + more, encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.stack.close()

    def command(self, *words, timeout=90, **more):
        """The finished process of `feedbridge WORDS`; its clock is `ahead` seconds ahead of ours."""
        start = ["-c", _LATER, str(self.ahead)] if self.ahead else ["-m", "bridge"]
        line = [sys.executable, *start, *words, "--config", str(self.config)]
        return subprocess.run(line, capture_output=True, text=True, env=self.environ, cwd=self.folder, timeout=timeout, check=False, **more)

    def run(self, *words):
        """The figures of one tick."""
        done = self.command("run", "--json", *words)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stdout, done.stderr
        return json.loads(done.stdout) | {"code": done.returncode, "stderr": done.stderr}

    def at(self, seconds):
        """The command's clock is so far ahead of ours; a host that was asked "later" is not waited for, which takes a minute."""
        self.ahead = seconds
        with closing(sqlite3.connect(self.folder / "state" / "feedbridge.db")) as db, db:
            db.execute("UPDATE hosts SET next_at = NULL")

    def later(self):
        """Time has passed: every article is due for another look."""
        time.sleep(1.1)

    @property
    def messages(self):
        """The messages that stand in the chat, oldest first."""
        return [message for _, message in sorted(self.api.chats[CHAT].messages.items())]

    def posted(self):
        """The title of each message, oldest first."""
        return [message.text.split("\n")[0] for message in self.messages]

    def events(self, kind=None):
        """The accepted webhook events, oldest first."""
        found = [call.event for call in self.hook.calls if call.verified and 200 <= call.status < 300]
        return [event for event in found if kind in {None, event["type"]}]

    def public(self, name):
        """A published file."""
        return self.folder / "state" / "public" / name

    def feed(self):
        """The RSS feed as a client parses it."""
        parsed = feedparser.parse(self.public("city.rss").read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        return parsed

    def query(self, sql):
        """Rows of the database, read beside the program."""
        with closing(sqlite3.connect(f"{(self.folder / 'state' / 'feedbridge.db').as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()
