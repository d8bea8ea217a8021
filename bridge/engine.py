"""WHEN: one tick, or a loop of ticks; the lock, the time budget, and who is asked side by side."""

import random
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from . import __version__, lock, shelf
from .config import HUB, Config, sender_module
from .crew import ask, drive
from .errors import Locked, StoreError, UsageError
from .heartbeat import beat
from .model import Portal
from .ports import Clock, Fetcher, Store
from .rows import Follower
from .steps.alert import DELIVERY_SIDE, PORTAL_SIDE, Alert, held, shut, stands, wanted
from .steps.asking import Asking, PortalReport, due
from .steps.deliver import Deliver, DeliveryReport, Outlet
from .steps.publish import Publish, Report
from .steps.pulse import pulse
from .summary import Summary

__all__ = ["Options", "Summary", "Tick", "ask", "drive", "opened", "tick"]

FORMATS = ("rss", "atom", "jsonfeed", "page")
SUFFIXES = (".rss", ".atom", ".json")
PAGE = ".html"
CATALOGUES = ("opml", "html")
CATALOGUE_NAMES = ("feeds.opml", "index.html", "status.html")
_SCRAPE_SHARE = 0.8
_PRUNE_EVERY = 50
_RETAIN_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run was asked to do."""

    portal: str | None = None
    force: bool = False
    budget: timedelta = timedelta(seconds=300)
    stop: Callable[[], bool] = lambda: False


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
    try:
        with lock.held(config.bridge.state), opened(config, new=True) as store:
            return Tick(config, options, clock, store).run()
    except Locked:
        raise
    except Exception:
        beat(config.bridge, well=False)
        raise


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
            self._tidy()
        self._subscribe()
        self._scrape()
        if send:
            self._alert(PORTAL_SIDE)
        self._publish()
        if send:
            self._send()
        self._judge()
        if send:
            self._beat()
        self.summary.finished = self.clock.now()
        self.store.portals.end_run(number, self.summary.finished, self.summary.plain(), self.summary.looks())
        if send:
            self._measure()
        return self.summary

    def _tidy(self) -> None:
        """What is old enough is let go, and what is settled is counted for good."""
        self.store.outbox.prune(self.start)
        self.store.upkeep.tally(self.start)
        if self.config.bridge.retain:
            self.store.upkeep.retain(self.start - self.config.bridge.retain, _RETAIN_MOST)

    def _send(self) -> None:
        """What is due goes out; what operators are owed because of that goes out after it."""
        self.summary.delivery = self._deliver()
        if self._alert(DELIVERY_SIDE):
            self.summary.delivery.add(self._deliver())

    # ------------------------------------------------------------ who follows what

    def followers(self, portal: str) -> tuple[Follower, ...]:
        """The subscribers of a portal, and the hub."""
        hub = (Follower(id=HUB, backfill=1, always=True),) if self.config.bridge.hub else ()
        return hub + tuple(
            Follower(id=s.id, backfill=s.backfill, updates=s.updates, incidents=s.incidents, edit_gap=sender_module(s.kind).MANNER.edit_gap)
            for s in self.config.subscribers
            if portal in s.portals
        )

    def _subscribe(self) -> None:
        self.store.outbox.configure(((s.id, s.kind, sender_module(s.kind).address(s.settings)) for s in self.config.reached), self.start)
        known = self.store.outbox.subscriptions()
        for portal in self.config.portals:
            for follower in self.followers(portal.id):
                if (follower.id, portal.id) not in known:
                    self._welcome(portal, follower)
        self._part(known)

    def _part(self, known: Collection[tuple[str, str]]) -> None:
        """What subscribers do not follow any more is not sent; a portal that is gone altogether may have another name now, and is left."""
        portals = {portal.id for portal in self.config.portals}
        for subscriber in self.config.subscribers:
            for portal in sorted(portals - set(subscriber.portals)):
                if (subscriber.id, portal) in known:
                    self.store.outbox.unfollow(subscriber.id, portal, self.start)

    def _welcome(self, portal: Portal, follower: Follower) -> None:
        """A follower that is new to a portal is owed the newest of what is known."""
        from .core.decide import backfill

        rows = self.store.archive.newest(portal.id, follower.backfill) if follower.backfill else []
        self.store.archive.backfill(portal.id, follower.id, backfill(rows, follower, self.start), self.start)

    # ------------------------------------------------------------ scrape

    def _scrape(self) -> None:
        asked = [p for p in self.config.portals if self.options.portal in {None, p.id}]
        wanted = [p for p in asked if due(self.store, p, self.start, force=self.options.force)]
        if not wanted:
            return
        fetcher = self._fetcher()
        tasks = {p.id: self._task(p) for p in wanted}
        self.summary.portals = list(drive(tasks, lambda request: ask(fetcher, request)).values())
        for report in self.summary.portals:
            if report.broke:
                self._broke(report)

    def _broke(self, report: PortalReport) -> None:
        """A look that ended in a bug of ours is a bad tick, and the next one comes when it is due."""
        row, now = self.store.portals.portal(report.portal), self.clock.now()
        interval = next(p.interval for p in self.config.portals if p.id == report.portal)
        row = replace(row, verdict="broken", cause=report.cause, detail=report.detail, bad_ticks=row.bad_ticks + 1)
        self.store.portals.save_portal(replace(row, checked_at=now, due_at=now + interval))

    def _task(self, portal: Portal) -> Asking:
        from .steps.scrape import Scrape

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
        public, now = self.config.public, self.clock.now()

        def seal(name: str) -> str:
            try:
                facts = (public / name).stat()
            except OSError:
                return ""
            return f"{facts.st_size}-{facts.st_mtime_ns}"

        written, faults = Publish(
            portals=self.config.portals,
            feeds=self.config.feeds,
            store=self.store,
            clock=self.clock,
            base_url=self.config.bridge.base_url,
            hub=self.config.bridge.hub,
            version=__version__,
            suffixes=(*SUFFIXES, PAGE),
            archived=SUFFIXES,
            names=CATALOGUE_NAMES,
            formats=lambda: [import_module(f"bridge.formats.{name}") for name in FORMATS],
            catalogues=lambda: [
                *(import_module(f"bridge.formats.{name}") for name in CATALOGUES),
                Report(import_module("bridge.formats.status_page")),
            ],
            pages=lambda: import_module("bridge.formats.entry_page"),
            overview=lambda: import_module("bridge.steps.overview").gather(self.store, self.config, now),
            pulse=lambda: pulse(self.store, self.config.portals, now),
            put=lambda name, content: self.put(public / name, content),
            seal=seal,
            drop=lambda name: shelf.remove(public / name),
            chance=random.random,
            patience=min(timedelta(seconds=3), (self.end - now) * 0.2),
        ).run()
        self.summary.written, self.summary.faults = written, faults

    # ------------------------------------------------------------ deliver

    def _deliver(self) -> DeliveryReport:
        kinds = {s.id: s.kind for s in self.config.reached}
        return Deliver(
            store=self.store,
            clock=self.clock,
            outlets={kind: self._outlet(kind) for kind in set(kinds.values())},
            kinds=kinds,
            settings={s.id: s.settings for s in self.config.reached},
            digest_over={s.id: s.digest_over for s in self.config.subscribers},
            follows=self.config.follows,
            end=self.end,
            chance=random.random,
            force=self.options.force,
            stop=self.options.stop,
        ).run()

    def _outlet(self, kind: str) -> Outlet:
        module = sender_module(kind)
        return Outlet(
            kind=kind,
            manner=module.MANNER,
            open=lambda: module.connect(self.config.shared.get(kind), self.config.network, self.clock),
            rendered=module.rendered,
        )

    # ------------------------------------------------------------ judge and tell

    def _alert(self, side: frozenset[str]) -> int:
        return Alert(
            store=self.store,
            clock=self.clock,
            portals=self.config.portals,
            operators=[o.id for o in self.config.operators],
            incident_after=self.config.bridge.incident_after,
            followers={p.id: wanted(self.followers(p.id)) for p in self.config.portals},
            closed=self.summary.delivery.closed_kinds,
            worked=self.summary.delivery.worked,
        ).run(side)

    def _judge(self) -> None:
        now = self.clock.now()
        for portal in self.config.portals:
            row = self.store.portals.portal(portal.id)
            if stands(row, portal, now):
                self.summary.bad[portal.id] = f"{row.cause}: {row.detail}"
        self.summary.held = held(self.store, self.config.portals, now)
        self.summary.shut = shut(self.store, now)

    def _measure(self) -> None:
        """The figures for node_exporter; that they could not be written is no trouble of the feeds."""
        from . import metrics
        from .steps.overview import gather

        try:
            metrics.write(self.config.bridge.state / metrics.FILE, metrics.text(gather(self.store, self.config, self.clock.now())))
        except StoreError as error:
            self.summary.notes.append(str(error))

    def _beat(self) -> None:
        """The dead man's switch knows how the tick went; that it could not be reached is no trouble of ours."""
        if why := beat(self.config.bridge, well=not self.summary.trouble):
            self.summary.notes.append(why)
