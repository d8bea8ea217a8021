"""The real engine on the portal: virtual clock and wire, a sender that keeps what it was given, a store that tells what is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bridge.config import Config
from bridge.config_checks import Bridge
from bridge.engine import Options, Summary, Tick
from bridge.errors import RobotsRefused
from bridge.fetch import WebFetcher, user_agent
from bridge.model import Job, Network, Operator, Outcome, Page, Portal, Request, Secret, Sent, Subscriber, Unchanged
from bridge.rows import Change, NewLink
from bridge.senders import webhook
from bridge.steps.deliver import Outlet
from bridge.stores import sqlite
from bridge.stores.archive import Archive
from bridge.stores.portals import Portals
from bridge.web.exchange import Answer

from .world import World

PORTAL = "city"
READER = "reader"
OPERATOR = "operator"
BACKFILL = 5
HELD_FOR = timedelta(hours=24)
"""How long the operator takes to look at what the circuit breaker holds."""


class Clock:
    """Satisfies ports.Clock; time passes only by sleeping."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The present."""
        return self._now

    def sleep(self, duration: timedelta) -> None:
        """`duration` has passed."""
        self._now += max(duration, timedelta())

    def set(self, now: datetime) -> None:
        """It is `now`, or later if it was already."""
        self._now = max(self._now, now)


class Wire:
    """What web.exchange.Trip is to the fetcher: one errand to the virtual portal."""

    def __init__(self, world: World, clock: Clock, asked: list[str]) -> None:
        self._world, self._clock, self._asked = world, clock, asked

    def ask(self, url: str, headers: Mapping[str, str], limit: int, *, cut: bool = False) -> Answer:  # noqa: ARG002 - Trip's signature
        """The portal's answer of whatever status; raises Unreachable."""
        self._asked.append(url)
        return self._world.answer(url, headers, self._clock.now())


class Errand:
    """PoliteErrand over the virtual wire, without its session."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __enter__(self) -> Any:
        return self._inner

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is open."""


class Fetcher(WebFetcher):
    """The real fetcher (redirects, robots.txt, pacing, back-off, validators) with the portal in place of the wire."""

    def __init__(self, config: Config, tick: "SimTick", clock: Clock, end: datetime) -> None:
        self._wire = Wire(tick.world, clock, tick.asked)
        self._tick = tick
        super().__init__(config.network, user_agent("0", ""), tick.store.portals, clock, end)

    def get(self, request: Request) -> Page | Unchanged:
        """As WebFetcher.get; what robots.txt forbids is noted."""
        self._tick.wanted = request.url
        try:
            return super().get(request)
        except RobotsRefused:
            self._tick.refused += 1
            raise

    def _errand(self) -> Any:
        from bridge.fetch import PoliteErrand

        return Errand(PoliteErrand(self._wire, self._hosts))  # type: ignore[arg-type]


@dataclass(slots=True)
class Sender:
    """Satisfies ports.Sender: takes everything, and keeps it in `jobs`."""

    jobs: list[Job]

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each is sent."""
        for job in jobs:
            self.jobs.append(job)
            yield job, Sent()

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Hooks:
    """Who is told of what is written: `applied(change, uid, url)` and `listed(new lines)`."""

    applied: Callable[[Change, int | None, str], None] = lambda *_: None
    listed: Callable[[Sequence[NewLink]], None] = lambda _: None


class WatchedArchive(Archive):
    """The archive, which tells of each change that it stores."""

    hooks: Hooks

    def apply(self, change: Change, *rest: Any, **named: Any) -> int | None:
        """As Archive.apply."""
        uid = super().apply(change, *rest, **named)
        row = self._db._db.execute("SELECT url FROM links WHERE id = ?", (change.link,)).fetchone()
        self.hooks.applied(change, uid, row["url"] if row else "")
        return uid


class WatchedPortals(Portals):
    """The portal book, which tells of each new line that it stores."""

    hooks: Hooks

    def record_list(self, portal: str, page: Any, new: Sequence[NewLink], *rest: Any, **named: Any) -> None:
        """As Portals.record_list."""
        super().record_list(portal, page, new, *rest, **named)
        self.hooks.listed(new)


class SimTick(Tick):
    """A tick whose portal is the world and whose subscriber is a list. `asked` are the addresses that went over the wire."""

    def __init__(self, config: Config, clock: Clock, store: sqlite.Store, world: World, jobs: list[Job]) -> None:
        super().__init__(config, Options(), clock, store)
        self.world, self.asked, self.refused, self.wanted = world, list[str](), 0, ""
        self._jobs, self._virtual = jobs, clock
        self.drawing = True

    def _fetcher(self) -> Fetcher:
        return Fetcher(self.config, self, self._virtual, self._scrape_end())

    def _outlet(self, kind: str) -> Outlet:
        return Outlet(kind=kind, manner=webhook.MANNER, open=lambda: Sender(self._jobs))

    def _publish(self) -> None:
        if self.drawing:
            super()._publish()


@dataclass(frozen=True, slots=True)
class Parts:
    """What an installation is made of; broken parts test the judge."""

    tick: type[SimTick] = SimTick
    archive: type[WatchedArchive] = WatchedArchive
    portals: type[WatchedPortals] = WatchedPortals


@dataclass(slots=True)
class Installation:
    """An installation in `folder` that reads `world`."""

    world: World
    folder: Path
    hooks: Hooks = field(default_factory=Hooks)
    parts: Parts = Parts()
    jobs: list[Job] = field(default_factory=list)
    clock: Clock = field(init=False)
    config: Config = field(init=False)
    store: sqlite.Store = field(init=False)
    _held_since: datetime | None = None

    def __post_init__(self) -> None:
        self.clock = Clock(self.world.start)
        self.config = _config(self.folder, self.world)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = sqlite.connect(self.folder)
        db = self.store._db
        db._db.execute("PRAGMA synchronous = OFF")  # the machine does not fail here; the crash run is about that
        for name, kind in (("archive", self.parts.archive), ("portals", self.parts.portals)):
            watched: Any = kind(db)
            watched.hooks = self.hooks
            setattr(self.store, name, watched)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.store.close()

    def tick(self, at: datetime, *, drawing: bool = True) -> tuple[SimTick, Summary]:
        """One tick at `at`, with the feeds drawn or left for a later one."""
        self.clock.set(at)
        tick = self.parts.tick(self.config, self.clock, self.store, self.world, self.jobs)
        tick.drawing = drawing
        return tick, tick.run()

    def release(self, now: datetime) -> int:
        """The operator of the installation lets go what was held for a day; how many deliveries that were. Withdrawals stay held."""
        upkeep: Any = getattr(self.store, "upkeep", None)
        held = upkeep.held(PORTAL) if upkeep else {}
        waits = (held.get("articles", 0) or held.get("deliveries", 0)) and not held.get("withdrawals", 0)
        self._held_since = (self._held_since or now) if waits else None
        if self._held_since is None or now - self._held_since < HELD_FOR:
            return 0
        self._held_since = None
        upkeep.release(PORTAL, now)
        return int(held["deliveries"])

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """What the state holds."""
        with closing(self.store._db._db.execute(sql, values)) as cursor:
            return cursor.fetchall()


def _config(folder: Path, world: World) -> Config:
    portal = Portal(
        id=PORTAL, title="柳渡信息网", url=world.list_url, lists=(world.list_url,), interval=world.interval - timedelta(minutes=1)
    )
    settings = webhook.Settings(url="https://reader.example/hook", secret=Secret("whsec_"))
    reader = Subscriber(id=READER, kind="webhook", portals=(PORTAL,), backfill=BACKFILL, digest_over=0, settings=settings)
    return Config(
        path=folder / "config.toml", bridge=Bridge(state=folder), network=Network(), portals=(portal,), subscribers=(reader,),
        operators=(Operator(id=OPERATOR, kind="webhook", settings=settings),),
    )  # fmt: skip
