"""Feeds, pages, health and metrics over HTTP."""

import argparse
import signal
import time
from dataclasses import replace
from typing import Any

from ..clock import SystemClock
from ..config import Config, load
from ..console import say
from ..errors import UsageError
from .run import log_format

HELP = "feeds, landing page, status page, health and metrics over HTTP"
_EXTRA = ("starlette", "uvicorn", "httptools", "anyio")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: [serve] host)")
    parser.add_argument("--port", type=_port, metavar="N", help="port to listen on; 0: any free one (default: [serve] port)")
    parser.add_argument("--limit", type=_limit, default=0, metavar="N", help="requests a minute for one address; 0: any number (default)")
    parser.add_argument("--access-log", action="store_true", help="one line on stderr for each request")
    log_format(parser)


def run(args: argparse.Namespace) -> int:
    """0 after a clean stop."""
    config = load(args.config, secrets=False)
    chosen = {name: value for name in ("host", "port") if (value := getattr(args, name)) is not None}
    serve(replace(config, serve=replace(config.serve, **chosen)), limit=args.limit, log=args.access_log, form=args.log_format)
    return 0


def serve(config: Config, *, limit: int = 0, log: bool = False, form: str = "text") -> None:
    """The site of a configuration is served until SIGTERM or SIGINT; what is under way then is ended within seconds."""
    front, server, site = _parts()
    now = SystemClock().now
    line = front.liner(form, now, time.monotonic)
    app = site.site(config, now=now, timer=time.monotonic, limit=limit, log=front.to_stderr if log else None, line=line)
    with server.listening(config.serve.host, config.serve.port) as sock:
        # uvicorn raises what stopped it once more when it has ended: that is no failure.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: None)
        say(f"feedbridge: serving {config.public} at {address(sock.getsockname())}")
        server.server(app).run([sock])
    say("feedbridge: stopped")


def address(bound: tuple[Any, ...]) -> str:
    """The URL of a bound socket."""
    host, port = bound[0], bound[1]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _parts() -> tuple[Any, Any, Any]:
    try:
        from ..serving import front, server, site
    except ImportError as error:
        if (error.name or "").partition(".")[0] in _EXTRA:
            raise UsageError(f"`serve` needs libraries that are not installed ({error.name}): pip install 'feedbridge[serve]'") from error
        raise
    return front, server, site


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:20]) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 0 to 65535")
    return int(text)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:20]) < 2**31):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {2**31 - 1}")
    return int(text)
