"""A folder of feeds in the real formats, and a small HTTP server that serves it as a good server does."""

import hashlib
import sys
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "formats")]

import feed_samples as sample  # noqa: E402

from bridge.core import feed as core  # noqa: E402
from bridge.formats import atom, html, jsonfeed, opml, rss  # noqa: E402
from bridge.formats.item import items  # noqa: E402
from bridge.model import Catalogue, Feed  # noqa: E402

FORMATS = {"rss": rss, "atom": atom, "json": jsonfeed}
TYPES = {
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True)
class Expected:
    """An item as a reader must show it; times are seconds since 1970."""

    title: str
    link: str
    published: int
    updated: int


class World:
    """Published files and their server on 127.0.0.1; `publish` replaces the files, `log` holds (path, status)."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, str]] = {}
        self.log: list[tuple[str, int]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, entries) -> list[Expected]:
        """The files hold these entries; answers what every reader must show."""
        feed = sample.feed(entries, base_url=self.base, hub=None)
        stamp = format_datetime(feed.updated.replace(microsecond=0).astimezone(sample.UTC), usegmt=True)
        catalogue = Catalogue(title="我的订阅", base_url=self.base, feeds=(feed,))
        made = {feed.stem + form.SUFFIX: form.render(feed) for form in FORMATS.values()}
        made |= {opml.NAME: opml.render(catalogue), html.NAME: html.render(catalogue)}
        self.files = {"/" + name: (body, stamp) for name, body in made.items()}
        return expected(feed)

    def url(self, kind: str) -> str:
        """Where the feed of this format is served."""
        return f"{self.base}tangshan{FORMATS[kind].SUFFIX}"

    def _handler(world) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body, stamp = world.files.get(self.path, (b"", ""))
                etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
                status = 404 if not stamp else 304 if self._known(etag, stamp) else 200
                world.log.append((self.path, status))
                self.send_response(status)
                if stamp:
                    self.send_header("ETag", etag)
                    self.send_header("Last-Modified", stamp)
                    self.send_header("Cache-Control", "no-cache")
                if status == 200:
                    self.send_header("Content-Type", TYPES[Path(self.path).suffix])
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)

            def _known(self, etag: str, stamp: str) -> bool:
                given = self.headers.get("If-None-Match")
                return etag in given if given else self.headers.get("If-Modified-Since") == stamp

            def log_message(self, *_: object) -> None:
                """The log is a list."""

        return Handler


def expected(feed: Feed) -> list[Expected]:
    """What a reader must show of the feed."""
    return [Expected(item.title, item.url, int(item.published.timestamp()), int(item.updated.timestamp())) for item in items(feed)]


def later():
    """The sample some hours on: one more article, and the text of one edited."""
    newest, *rest = sample.ENTRIES
    edited = replace(newest, content_html=newest.content_html + "<p>更正。</p>", updated=newest.updated + timedelta(hours=2), revision=2)
    return (sample.entry(4712, "新来的一条", sample.local(2019, 5, 11, 11, 50)), edited, *rest)


def first():
    """The sample as it is at first."""
    return sample.ENTRIES


__all__ = ["FORMATS", "Expected", "World", "core", "first", "later"]
