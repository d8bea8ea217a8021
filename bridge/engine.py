"""WHEN: one tick, or a loop of ticks; the lock, the time budget, and who is asked side by side."""

import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from . import __version__, lock, shelf
from .config import Config, sender_module
from .core import decide
from .errors import FetchError, StoreError, UsageError
from .model import Portal, Request
from .ports import Clock, Fetcher, Store
from .steps.deliver import Deliver, DeliveryReport, Outlet
from .steps.publish import Publish
from .steps.scrape import Answer, Asking, PortalReport, Scrape, due

FORMATS = ("rss", "atom", "jsonfeed")
SUFFIXES = (".rss", ".atom", ".json")
CATALOGUES = ("opml", "html")
CATALOGUE_NAMES = ("feeds.opml", "index.html")
_AT_ONCE = 32
_SCRAPE_SHARE = 0.8
_PRUNE_EVERY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run was asked to do."""

    portal: str | None = None
    force: bool = False
    budget: timedelta = timedelta(seconds=300)
    stop: Callable[[], bool] = lambda: False


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a tick did, for the one line of `run` and for programs."""

    started: datetime
    finished: datetime | None = None
    portals: list[PortalReport] = field(default_factory=list)
    delivery: DeliveryReport = field(default_factory=DeliveryReport)
    written: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    shut: dict[str, str] = field(default_factory=dict)
    recovered: int = 0

    @property
    def trouble(self) -> bool:
        """Whether something needs the operator."""
        return bool(self.bad or self.shut or self.faults or self.delivery.dead or self.delivery.closed_kinds)

    def total(self, name: str) -> int:
        """A figure summed over portals."""
        return sum(getattr(report, name) for report in self.portals)

    def plain(self) -> dict[str, Any]:
        """The figures as data."""
        figures = {name: self.total(name) for name in ("requests", "listed", "new", "updated", "withdrawn", "left")}
        sent = {name: getattr(self.delivery, name) for name in ("sent", "retry", "dead", "uncertain", "dropped")}
        seconds = round((self.finished - self.started).total_seconds(), 3) if self.finished else None
        about = {"started": self.started.isoformat(timespec="seconds"), "seconds": seconds, "portals": [r.portal for r in self.portals]}
        trouble = {
            "interrupted": self.recovered,
            "bad": self.bad,
            "shut": self.shut,
            "faults": self.faults,
            "closed": self.delivery.closed_kinds,
        }
        return {**about, **figures, "deliveries": sent, "files": self.written, **trouble}

    def line(self) -> str:
        """The tick in one line."""
        sent, parts = self.delivery, []
        names = ("new", "updated", "withdrawn", "left")
        parts += [f"{self.total(name)} {name}" for name in names if self.total(name) or name == "new"]
        parts += [
            f"{getattr(sent, name)} {name}"
            for name in ("sent", "retry", "uncertain", "dead", "dropped")
            if getattr(sent, name) or name == "sent"
        ]
        parts.append(f"{len(self.written)} files written")
        met = {r.portal: f"{r.cause}: {r.detail}" for r in self.portals if r.cause}
        trouble = [
            f"; {name}: {why}"
            for found in ({**met, **self.bad}, self.faults, self.shut, self.delivery.closed_kinds)
            for name, why in found.items()
        ]
        looked = f"{len(self.portals)} portal{'' if len(self.portals) == 1 else 's'} looked at"
        return f"{looked}, {self.total('requests')} requests: {', '.join(parts)}{''.join(trouble)}"


@contextmanager
def opened(config: Config, *, new: bool = False) -> Iterator[Store]:
    """The store of a configuration; unless it may be `new`, a UsageError says when no tick has made one yet."""
    from .stores import sqlite

    if not new and not (config.bridge.state / sqlite.FILE).exists():
        raise UsageError(f"{config.bridge.state}: no tick has run yet; start with `feedbridge run`")
    store = sqlite.connect(config.bridge.state)
    try:
        yield store
    finally:
        store.close()


def tick(config: Config, options: Options, clock: Clock) -> Summary:
    """One tick under the lock: scrape what is due, publish what changed, deliver what is due."""
    with lock.held(config.bridge.state), opened(config, new=True) as store:
        return Tick(config, options, clock, store).run()


class Tick:
    """One tick on an open store whose lock is held."""

    def __init__(
        self, config: Config, options: Options, clock: Clock, store: Store, put: Callable[[Path, bytes], bool] = shelf.put
    ) -> None:
        self.config, self.options, self.clock, self.store, self.put = config, options, clock, store, put
        self.start = clock.now()
        self.end = self.start + options.budget
        self.summary = Summary(started=self.start)

    def run(self, *, send: bool = True) -> Summary:
        """The summary of what was done; it is in the store too."""
        number = self.store.portals.begin_run(self.start)
        self.summary.recovered = self.store.outbox.recover(self.start)
        if number % _PRUNE_EVERY == 0:
            self.store.outbox.prune(self.start)
        self._subscribe()
        self._scrape()
        self._publish()
        if send:
            self._deliver()
        self._judge()
        self.summary.finished = self.clock.now()
        self.store.portals.end_run(number, self.summary.finished, self.summary.plain())
        return self.summary

    # ------------------------------------------------------------ who follows what

    def followers(self, portal: str) -> tuple[decide.Follower, ...]:
        """The subscribers of a portal."""
        return tuple(
            decide.Follower(id=s.id, backfill=s.backfill, updates=s.updates, edit_gap=sender_module(s.kind).MANNER.edit_gap)
            for s in self.config.subscribers
            if portal in s.portals
        )

    def _subscribe(self) -> None:
        subscribers = self.config.subscribers
        self.store.outbox.configure(((s.id, s.kind, sender_module(s.kind).address(s.settings)) for s in subscribers), self.start)
        known = self.store.outbox.subscriptions()
        for portal in self.config.portals:
            for follower in self.followers(portal.id):
                if (follower.id, portal.id) not in known:
                    rows = self.store.archive.newest(portal.id, follower.backfill) if follower.backfill else []
                    self.store.archive.backfill(portal.id, follower.id, decide.backfill(rows, follower, self.start), self.start)

    # ------------------------------------------------------------ scrape

    def _scrape(self) -> None:
        asked = [p for p in self.config.portals if self.options.portal in {None, p.id}]
        wanted = [p for p in asked if due(self.store, p, self.start, force=self.options.force)]
        if not wanted:
            return
        fetcher = self._fetcher()
        tasks = {p.id: self._task(p) for p in wanted}
        self.summary.portals = list(drive(tasks, lambda request: ask(fetcher, request)).values())

    def _task(self, portal: Portal) -> Asking:
        return Scrape(
            portal=portal,
            store=self.store,
            profile=lambda: import_module(f"bridge.portals.{portal.profile}"),
            clock=self.clock,
            followers=self.followers(portal.id),
            force=self.options.force,
            over=lambda: self.options.stop() or self.clock.now() >= self._scrape_end(),
        ).run()

    def _scrape_end(self) -> datetime:
        return self.start + self.options.budget * _SCRAPE_SHARE

    def _fetcher(self) -> Fetcher:
        from .fetch import WebFetcher, user_agent

        agent = user_agent(__version__, self.config.bridge.contact or "")
        return WebFetcher(self.config.network, agent, self.store.portals, self.clock, self._scrape_end(), force=self.options.force)

    # ------------------------------------------------------------ publish

    def _publish(self) -> None:
        public = self.config.public
        written, faults = Publish(
            portals=self.config.portals,
            store=self.store,
            clock=self.clock,
            base_url=self.config.bridge.base_url,
            version=__version__,
            suffixes=SUFFIXES,
            names=CATALOGUE_NAMES,
            formats=lambda: [import_module(f"bridge.formats.{name}") for name in FORMATS],
            catalogues=lambda: [import_module(f"bridge.formats.{name}") for name in CATALOGUES],
            put=lambda name, content: self.put(public / name, content),
            present=lambda name: (public / name).exists(),
        ).run()
        self.summary.written, self.summary.faults = written, faults

    # ------------------------------------------------------------ deliver

    def _deliver(self) -> None:
        kinds = {s.id: s.kind for s in self.config.subscribers}
        outlets = {kind: self._outlet(kind) for kind in set(kinds.values())}
        self.summary.delivery = Deliver(
            store=self.store,
            clock=self.clock,
            outlets=outlets,
            kinds=kinds,
            settings={s.id: s.settings for s in self.config.subscribers},
            digest_over={s.id: s.digest_over for s in self.config.subscribers},
            end=self.end,
            chance=random.random,
            force=self.options.force,
            stop=self.options.stop,
        ).run()

    def _outlet(self, kind: str) -> Outlet:
        module = sender_module(kind)
        return Outlet(
            kind=kind, manner=module.MANNER, open=lambda: module.connect(self.config.shared.get(kind), self.config.network, self.clock)
        )

    def _judge(self) -> None:
        for portal in self.config.portals:
            row = self.store.portals.portal(portal.id)
            stands = row.checked_at is not None and self.clock.now() - row.checked_at >= portal.interval
            if row.bad_ticks >= 2 or (row.bad_ticks and (row.good_at is None or stands)):
                self.summary.bad[portal.id] = f"{row.cause}: {row.detail}"
        shut = (d for d in self.store.outbox.destinations() if d.state != "open")
        self.summary.shut = {d.id: f"{d.state}: {d.why}" for d in shut}


def ask(fetcher: Fetcher, request: Request) -> Answer:
    """The fetcher's answer, errors included."""
    try:
        return fetcher.get(request)
    except FetchError as error:
        return error


def drive(tasks: Mapping[str, Asking], fetch: Callable[[Request], Answer], at_once: int = _AT_ONCE) -> dict[str, PortalReport]:
    """Run every task to its end: each waits for its own pages only, while all else stays on this thread."""
    if len(tasks) == 1:
        [(name, task)] = tasks.items()
        return {name: _drive_one(name, task, fetch)}
    reports: dict[str, PortalReport] = {}
    with ThreadPoolExecutor(at_once) as crew:
        waiting: dict[Future[Answer], str] = {}

        def go_on(name: str, answer: Answer | None) -> None:
            request = _step(name, tasks[name], answer, reports)
            if request is not None:
                waiting[crew.submit(fetch, request)] = name

        for name in tasks:
            go_on(name, None)
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                go_on(waiting.pop(future), future.result())
    return {name: reports[name] for name in tasks}


def _drive_one(name: str, task: Asking, fetch: Callable[[Request], Answer]) -> PortalReport:
    reports: dict[str, PortalReport] = {}
    request = _step(name, task, None, reports)
    while request is not None:
        request = _step(name, task, fetch(request), reports)
    return reports[name]


def _step(name: str, task: Asking, answer: Answer | None, reports: dict[str, PortalReport]) -> Request | None:
    """The task's next request, or None when it has ended and its report is in `reports`."""
    try:
        return next(task) if answer is None else task.send(answer)
    except StopIteration as end:
        reports[name] = end.value
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug met at one portal must not stop the others
        report = reports[name] = PortalReport(name)
        report.blame("bug", f"{type(error).__name__}: {error}")
    return None
