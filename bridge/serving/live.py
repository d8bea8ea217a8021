"""What is true now: health, metrics and the status page, from the database that the ticks write. It is only read."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from .. import metrics
from ..config import Config
from ..errors import BridgeError, UsageError
from ..metrics import Family
from ..overview import Overview
from ..ports import Store
from ..stores import sqlite
from .pages import GUARDS, STRICT, plain, policy

FRESH: Final = timedelta(seconds=5)
"""How long an overview is good for: many askers cost one look at the database."""
PATIENCE: Final = timedelta(hours=1)
"""No tick in so long, or in three of the shortest intervals where that is longer: nobody runs the ticks."""


class Live:
    """The answers that change by themselves. `retired` are the feeds that were published once and are not configured any more."""

    def __init__(self, config: Config, now: Callable[[], datetime], figures: Callable[[], Iterable[Family]], known: Iterable[str]) -> None:
        self._config, self._now, self._figures = config, now, figures
        self._known = frozenset(known)
        self._lock = asyncio.Lock()
        self._held: Overview | None = None
        self.retired: frozenset[str] = frozenset()

    def start(self) -> None:
        """What was published once is known, if the database can be read already."""
        with suppress(BridgeError):
            self.look()

    def look(self) -> Overview:
        """The installation as it is now; a BridgeError says why it cannot be told."""
        overview, published = observed(self._config, self._now())
        self.retired = frozenset(published) - self._known
        return overview

    async def overview(self) -> Overview:
        """The installation as it was at most five seconds ago."""
        async with self._lock:
            held = self._held
            if held is None or not timedelta(0) <= self._now() - held.at < FRESH:
                held = self._held = await run_in_threadpool(self.look)
            return held

    async def health(self, _: Request) -> Response:
        """200 while ticks run and the state can be read, else 503 with the reason."""
        try:
            overview = await self.overview()
        except BridgeError as error:
            return _json({"status": "unreadable", "why": str(error)}, 503)
        why = stale(overview, self._config)
        told = {"status": "stale" if why else "ok", "why": why, "at": overview.at, "last_run": overview.last_run}
        return _json(told | {"portals": {view.id: view.verdict for view in overview.portals}}, 503 if why else 200)

    async def metrics(self, _: Request) -> Response:
        """The figures for Prometheus."""
        try:
            overview = await self.overview()
        except BridgeError:
            return plain(503)
        return _answer(metrics.text(overview, self._figures()).encode(), metrics.MEDIA_TYPE)

    async def status_json(self, _: Request) -> Response:
        """The overview as data: times in ISO 8601, lengths of time in seconds."""
        try:
            return _json(asdict(await self.overview()))
        except BridgeError as error:
            return _json({"error": str(error)}, 503)

    async def status_html(self, _: Request) -> Response:
        """The status page with live figures."""
        from ..formats import status_page

        try:
            overview = await self.overview()
        except BridgeError:
            return plain(503)
        html = await run_in_threadpool(lambda: status_page.render(overview, live=True))
        return _answer(html, "text/html; charset=utf-8", csp=policy(html))


def observed(config: Config, now: datetime) -> tuple[Overview, set[str]]:
    """(the installation, the feeds that were ever published); a BridgeError when the database is not there or cannot be read."""
    from ..steps.overview import gather

    with closing(_opened(config)) as store:
        return gather(store, config, now), set(store.publications.drawn())


def _opened(config: Config) -> Store:
    if not (config.bridge.state / sqlite.FILE).exists():
        raise UsageError("no tick has run yet; start with `feedbridge run`")
    return sqlite.connect(config.bridge.state, read_only=True)


def stale(overview: Overview, config: Config) -> str:
    """Why nothing new can be expected, in a few words; "" while ticks run."""
    if overview.last_run is None:
        return "no tick has ended yet"
    patience = max(PATIENCE, 3 * min(portal.interval for portal in config.portals))
    since = overview.last_run.isoformat(timespec="seconds")
    return f"no tick has ended since {since}" if overview.at - overview.last_run > patience else ""


def _json(value: Any, status: int = 200) -> Response:
    return _answer(json.dumps(value, ensure_ascii=False, default=_plain).encode("utf-8", "replace"), "application/json", status)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value.total_seconds() if isinstance(value, timedelta) else str(value)


def _answer(body: bytes, media_type: str, status: int = 200, *, csp: str = STRICT) -> Response:
    about = {"Content-Type": media_type, "Cache-Control": "no-store", "Content-Security-Policy": csp, **GUARDS}
    return Response(body, status, about)
