"""An installation with any number of old articles that is published in this process, after one more article."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge import shelf
from bridge.formats import atom, jsonfeed, opml, page, rss
from bridge.model import Entry, Portal
from bridge.rows import EntryWrite
from bridge.steps.publish import Publish
from bridge.stores import sqlite
from bridge.stores.sqlite import FILE

from .archive import _fill as fill
from .inside import entries

LONG = "500 long articles within 48 hours"
_FORMATS = (rss, atom, jsonfeed, page)
_PORTAL = Portal(id="city", title="柳渡信息网", url="http://portal.example.org/")
_START = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


class Office:
    """A state and a folder. `news` is one more article and its publishing."""

    def __init__(self, folder: Path, size: int, *, busy: bool = False) -> None:
        folder.mkdir(parents=True)
        self.samples, self.busy, self.public = entries(40), False, folder / "public"
        self._number, self._now = 0, _START
        self.store = sqlite.connect(folder)
        self._add(replace(self.samples[0], content_html="<p>旧闻一条。</p>", content_text="旧闻一条。", images=()))
        self.store.close()
        fill(folder / FILE, size)
        self.busy, self.store = busy, sqlite.connect(folder)
        for _ in range(499 if busy else 0):
            self._now += timedelta(minutes=5)
            self._add(self._next())
        self.publish()

    def now(self) -> datetime:
        """The present of this installation."""
        return self._now

    def news(self) -> tuple[float, float]:
        """Wall and processor seconds of publishing after one new article."""
        self._now += timedelta(minutes=5)
        self._add(self._next())
        begun = time.perf_counter(), time.process_time()
        self.publish()
        return time.perf_counter() - begun[0], time.process_time() - begun[1]

    def rendered(self) -> tuple[float, float]:
        """The same of rendering each file of the live feed once, as it was published."""
        last = self._last
        begun = time.perf_counter(), time.process_time()
        for form, feed in last.items():
            form.render(feed)  # type: ignore[attr-defined]
        return time.perf_counter() - begun[0], time.process_time() - begun[1]

    def publish(self) -> None:
        """One round; RuntimeError when a feed could not be rendered."""
        self._last: dict[object, object] = {}
        _, faults = Publish(
            portals=(_PORTAL,),
            store=self.store,
            clock=self,  # type: ignore[arg-type]
            base_url="https://feeds.example.org/",
            version="1",
            suffixes=tuple(form.SUFFIX for form in _FORMATS),
            names=("feeds.opml",),
            formats=lambda: [self._watched(form) for form in _FORMATS],
            catalogues=lambda: [opml],
            put=lambda name, content: shelf.put(self.public / name, content),
            seal=self._seal,
        ).run()
        if faults:
            raise RuntimeError(str(faults))

    def close(self) -> None:
        """The state is closed."""
        self.store.close()

    def _next(self) -> Entry:
        return self.samples[self._number % len(self.samples)]

    def _add(self, like: Entry) -> None:
        self._number += 1
        if self.busy:
            like = replace(like, content_html=f"<p>{self._number}</p>" + "<p>柳渡市今日发布消息,全文如下。</p>\n" * 200)
        times = dict.fromkeys(("first_seen", "published", "updated"), self._now)
        about = {"id": f"tag:portal.example.org,2026:new/{self._number}", "url": f"http://portal.example.org/new/{self._number}.html"}
        entry = replace(like, **about, **times)  # type: ignore[arg-type]
        self.store.archive.announce(EntryWrite(uid=None, entry=entry, prints={}), (), kind="published", at=self._now, listed=True)

    def _seal(self, name: str) -> str:
        path = self.public / name
        return f"{path.stat().st_size}-{path.stat().st_mtime_ns}" if path.exists() else ""

    def _watched(self, form):  # type: ignore[no-untyped-def]
        """The format, remembering what it was given last for the live feed."""
        office = self

        class Watched:
            SUFFIX, MEDIA_TYPE = form.SUFFIX, form.MEDIA_TYPE

            @staticmethod
            def render(feed):  # type: ignore[no-untyped-def]
                content = form.render(feed)
                if feed.stem == "city" and len(content) <= 1_000_000:
                    office._last[form] = feed
                return content

        return Watched
