"""What a tick costs as cron pays for it: a process each, interleaved with the baselines."""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bridge.core.signing import new_secret
from bridge.demo.portal import SamplePortal
from bridge.demo.receiver import Receiver
from bridge.stores import sqlite

from .archive import archive
from .runs import Sample, Series, process

PASS, GET = "python -c pass", "python: requests.get of the list page"
ROOT = Path(__file__).parent.parent
_SECRET = new_secret(b"a secret of 32 bytes, for tests.")
_CONFIG = """
[network]
allow = ["127.0.0.0/8"]
gap = "0s"

[[portals]]
id = "city"
title = "柳渡信息网"
url = "{url}"
lists = ["{lists}"]
revisit = []
"""
_HOOK = """
[[subscribers]]
id = "hook"
kind = "webhook"
url = "{hook}/in"
secret = "env:BENCH_SECRET"
portals = ["city"]
backfill = 100
"""
_AFTER_NEWS = {"one new article": ("--now", [200, 200], 1), "all is 304": ("--now", [304], 0), "nothing due": ("", [], 0)}
_AFTER_EDIT = {"one corrected article": ("--now", [200, 200], 1)}
"""Words of `run`, statuses that the portal answers, and events that the webhook gets, by case."""


class Field:
    """A portal of 30 articles that stays, one that gains an article a round, a webhook, and an installation for each case."""

    def __init__(self, folder: Path, sizes: tuple[int, ...]) -> None:
        self.folder, self.sizes = folder, sizes
        self._stack = ExitStack()
        now = datetime.now(UTC)
        self.still, self.moving = (self._stack.enter_context(SamplePortal(now, page_size=100)) for _ in range(2))
        for portal in (self.still, self.moving):
            portal.flood(30 - len(portal.stories))
        self.hook = self._stack.enter_context(Receiver(_SECRET))
        self._environ = {**os.environ, "BENCH_SECRET": _SECRET, "PYTHONPATH": str(ROOT)}
        # An installed program has its byte code beside it; here the round that warms the caches writes it.
        self._environ.pop("PYTHONDONTWRITEBYTECODE", None)
        self._seed = self._installed("seed", self.still, _HOOK)
        self._tick(self._seed)
        self._large = {size: self._filled(size) for size in sizes}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    # ------------------------------------------------------------ installations

    def _installed(self, name: str, portal: SamplePortal, more: str = "") -> Path:
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        text = (_CONFIG + more).format(url=portal.url, lists=portal.list_url, hook=self.hook.base)
        (home / "config.toml").write_text(text, encoding="utf-8")
        return home

    def _filled(self, size: int) -> Path:
        """An installation that has seen `size` old articles and knows the moving portal: its articles are the seed's at other addresses."""
        home = self._installed(f"large-{size}", self.moving, _HOOK)
        file = home / "state" / "feedbridge.db"
        file.parent.mkdir()
        shutil.copyfile(archive(self._seed / "state" / "feedbridge.db", size), file)
        self._tick(home)
        self._tidied(home / "state")
        with closing(sqlite3.connect(file)) as db:
            _demand(db.execute("SELECT COUNT(*) FROM entries").fetchone()[0] == size + 30, f"{size} old articles")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.sync()
        return home

    @staticmethod
    def _tidied(state: Path) -> None:
        """What is settled is counted for good, as each fiftieth tick does: such an archive has seen thousands."""
        store = sqlite.connect(state)
        store.upkeep.tally(datetime.now(UTC))
        store.close()

    def _tick(self, home: Path, *words: str) -> Sample:
        return process(["-m", "bridge", "run", "--quiet", *words], home, self._environ)

    def _python(self, code: str) -> Sample:
        return process(["-c", code], self.folder, self._environ)

    # ------------------------------------------------------------ a round

    def round(self) -> Iterator[tuple[str, Sample]]:
        """Each case once: (name, sample). What a case claims to measure is checked on the portal's and the hook's own logs."""
        yield PASS, self._python("pass")
        yield GET, self._python(f"import requests; requests.get({self.still.list_url!r}).content")
        yield from self._first_runs()
        self.moving.flood(1)
        for size in self.sizes:
            yield from self._large_state(size, _AFTER_NEWS)
        self.moving.edit(self.moving.stories[0].id, title=f"{self.moving.stories[0].title}(更正)")
        for size in self.sizes:
            yield from self._large_state(size, _AFTER_EDIT)

    def _first_runs(self) -> Iterator[tuple[str, Sample]]:
        for name, more in (("30 new articles, feeds only", ""), ("30 new articles, feeds and webhook", _HOOK)):
            home = self._installed("first", self.still, more)
            self.still.forget()
            self.hook.calls.clear()
            yield name, self._tick(home)
            _demand(len(self.still.requests) == 32 and len(self.hook.calls) == (30 if more else 0), name)

    def _large_state(self, size: int, cases: Mapping[str, tuple[str, list[int], int]]) -> Iterator[tuple[str, Sample]]:
        home, portal = self._large[size], self.moving
        for name, (word, statuses, events) in cases.items():
            portal.forget()
            self.hook.calls.clear()
            yield f"{name}, {size:,} articles known", self._tick(home, *filter(None, (word,)))
            _demand([seen.status for seen in portal.requests] == statuses and len(self.hook.calls) == events, name)


def _demand(holds: bool, name: str) -> None:
    if not holds:
        raise RuntimeError(f"the case {name!r} did not do what it is named after")


def measured(folder: Path, sizes: tuple[int, ...], rounds: int) -> dict[str, Series]:
    """Each case by name, `rounds` times, interleaved; one round before that warms the caches."""
    series: dict[str, Series] = {}
    with Field(folder, sizes) as field:
        for number in range(rounds + 1):
            for name, sample in field.round():
                if number:
                    series.setdefault(name, Series()).samples.append(sample)
    return series
