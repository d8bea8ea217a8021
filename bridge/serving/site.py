"""The whole site: which address is answered by what."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..config import Config
from .front import Figures, Front, Limit, Visit
from .live import Live
from .pages import Catalogue, Pages, plain

ALL = "all"
"""The id of the feed of everything, which there is when there are several portals."""


def site(
    config: Config,
    *,
    now: Callable[[], datetime],
    timer: Callable[[], float],
    limit: int = 0,
    log: Callable[[str], None] | None = None,
    line: Callable[[Visit], str] | None = None,
) -> Front:
    """The application. `timer` counts seconds and never goes back; `limit` is the requests a minute for one address, 0: any number."""
    figures = Figures()
    catalogue = catalogued(config)
    live = Live(config, now, figures.families, catalogue.feeds)
    live.start()
    pages = Pages(config.public, catalogue, lambda identifier: identifier in live.retired)
    routes = [
        Route("/health", live.health),
        Route("/metrics", live.metrics),
        Route("/status.json", live.status_json),
        Route("/status.html", live.status_html),
    ]
    lively = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})
    addresses = {route.path for route in routes}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (lively if scope["path"] in addresses else pages)(scope, receive, send)

    return Front(app=app, limit=Limit(limit, timer), figures=figures, timer=timer, log=log, line=line)


def catalogued(config: Config) -> Catalogue:
    """What this configuration publishes, and in which time each feed may change."""
    every = {portal.id: portal.interval for portal in config.portals}
    feeds: Mapping[str, timedelta] = every | {feed.id: min(every[name] for name in feed.portals or every) for feed in config.feeds}
    if len(every) > 1:
        feeds = {ALL: min(every.values()), **feeds}
    return Catalogue(base_url=config.bridge.base_url, hub=config.bridge.hub, feeds=feeds)


def _refused(_: Request, error: Exception) -> Response:
    return plain(error.status_code, error.headers) if isinstance(error, HTTPException) else plain(500)


def _failed(_: Request, __: Exception) -> Response:
    return plain(500)
