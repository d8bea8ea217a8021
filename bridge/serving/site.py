"""The whole site: which address is answered by what."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..config import Config
from ..core.feed_choice import channels
from .front import Figures, Front, Limit, Visit
from .live import Live
from .pages import NOT_ALLOWED, Catalogue, Pages, plain


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
    base, found = config.bridge.base_url, channels(config.portals, config.feeds, config.bridge.base_url)
    return Catalogue(base_url=base, hub=config.bridge.hub, feeds={channel.id: channel.interval for channel in found})


def _refused(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return NOT_ALLOWED if error.status_code == 405 else plain(error.status_code, error.headers)
    return plain(500)


def _failed(_: Request, __: Exception) -> Response:
    return plain(500)
