"""A store, a folder and a clock, and articles put straight into the state: what publishing sees, without portals and without a network."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
from stand_ins.clock import FakeClock

from bridge.formats import atom, jsonfeed, opml, rss
from bridge.model import Entry, Portal
from bridge.rows import Change, EntryWrite, Look
from bridge.steps.publish import Publish
from bridge.stores import sqlite

BASE = "https://feeds.example.org/"
START = datetime(2026, 10, 10, 2, 0, tzinfo=UTC)
SUFFIXES = (".rss", ".atom", ".json")


def portal(name="city", **more):
    """A portal of the configuration."""
    return Portal(**{"id": name, "title": f"门户{name}", "url": f"http://{name}.example/", **more})


class Press:
    """`add`, `edit`, `withdraw` change the state at the clock's time; `publish` is one round."""

    def __init__(self, folder: Path, *portals, feeds=(), **settings):
        self.folder, self.public = folder, folder / "public"
        self.portals, self.feeds = portals or (portal(),), tuple(feeds)
        self.clock = FakeClock(START)
        self.store = sqlite.connect(folder)
        self.sql("PRAGMA synchronous = OFF")
        self.settings = settings
        self.rendered = Counter()
        self.entries = {}

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.store.close()

    # ------------------------------------------------------------ the state

    def add(self, number, portal="city", *, title=None, published=None, held=False, **fields):
        """A new article of a portal; its uid."""
        now = self.clock.now()
        at = published or now
        made = {"id": f"tag:{portal}.example,2026:feedbridge/{number}", "url": f"http://{portal}.example/{number}.html"}
        about = {"title": title or f"第{number}条", "content_html": f"<p>正文{number}。</p>", "content_text": f"正文{number}。"}
        times = {"first_seen": now, "published": at, "updated": min(at, now)}
        entry = Entry(portal=portal, language="zh", **{**made, **about, **times, **fields})
        uid = self.store.archive.announce(EntryWrite(uid=None, entry=entry, prints={}), (), kind="published", at=now, listed=True)
        self.entries[uid] = entry
        if held:
            self.sql("UPDATE listings SET held = 1 WHERE entry = ?", uid)
        return uid

    def edit(self, uid, **fields):
        """An edit of an article."""
        old = self.store.archive.entry(uid)
        values = {name: getattr(old, name) for name in old.__dataclass_fields__}
        entry = Entry(**{**values, "withdrawn": False, "revision": old.revision + 1, "updated": self.clock.now(), **fields})
        self.store.archive.announce(EntryWrite(uid=uid, entry=entry, prints={}), (), kind="updated", at=self.clock.now(), listed=True)

    def withdraw(self, uid):
        """The portal has taken an article back."""
        look = Look(due_at=None, step=0)
        self.store.archive.apply(Change(link=0, portal=self.entries[uid].portal, at=self.clock.now(), look=look, withdrawn=uid, shown=True))

    def adopt(self, uid, portal):
        """Another portal lists the article too."""
        look = Look(due_at=None, step=0)
        self.store.archive.apply(Change(link=0, portal=portal, at=self.clock.now(), look=look, adopt=uid, shown=True))

    def release(self, portal="city"):
        """What was held is shown, with the time at which it came."""
        self.sql("UPDATE listings SET held = 0 WHERE portal = ?", portal)
        self.sql("UPDATE portals SET changed_at = changed_at + 1 WHERE id = ?", portal)

    def sql(self, statement, *values):
        """Rows of the database."""
        return self.store._db._db.execute(statement, values).fetchall()

    def later(self, **duration):
        """Time passes."""
        self.clock.advance(timedelta(**duration))

    def month(self, text):
        """It is the first day of a month, 08:00 in the portal's zone."""
        self.clock.advance(datetime.fromisoformat(f"{text}-01T00:00:00+00:00") - self.clock.now())

    # ------------------------------------------------------------ publishing

    def publish(self, **more):
        """One round; the names of the files that changed. No feed may have failed."""
        written, faults = self.round(**more)
        assert faults == {}
        return sorted(written)

    def round(self, **more):
        """One round: (files that changed, faults)."""
        made = {
            "portals": self.portals,
            "feeds": self.feeds,
            "store": self.store,
            "clock": self.clock,
            "base_url": BASE,
            "version": "1",
            "suffixes": SUFFIXES,
            "names": ("feeds.opml",),
            "formats": lambda: [self._counted(form) for form in (rss, atom, jsonfeed)],
            "catalogues": lambda: [opml],
            "put": self.put,
            "seal": self.seal,
        }
        return Publish(**{**made, **self.settings, **more}).run()

    def _counted(self, form):
        """The format, counting what it renders."""

        class Counted:
            SUFFIX, MEDIA_TYPE = form.SUFFIX, form.MEDIA_TYPE

            @staticmethod
            def render(feed):
                self.rendered[feed.stem + form.SUFFIX] += 1
                return form.render(feed)

        return Counted

    def put(self, name, content):
        """Like shelf.put, without waiting for the disk."""
        path = self.public / name
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return True

    def seal(self, name):
        """Size and time of a published file."""
        path = self.public / name
        return f"{path.stat().st_size}-{path.stat().st_mtime_ns}" if path.exists() else ""

    # ------------------------------------------------------------ what a reader sees

    def read(self, name):
        """A published file."""
        return (self.public / name).read_bytes()

    def parsed(self, name):
        """A published feed as a client parses it."""
        found = feedparser.parse(self.read(name))
        assert not found.bozo, (name, found.get("bozo_exception"))
        return found

    def titles(self, name="city.rss"):
        """The titles of a feed, newest first."""
        return [entry.title for entry in self.parsed(name).entries]

    def link(self, name, rel):
        """The published file that a feed's link of this relation leads to, or None."""
        found = [link.href for link in self.parsed(name).feed.get("links", []) if link.rel == rel]
        assert len(found) < 2
        return found[0].removeprefix(BASE) if found else None

    def walk(self, name):
        """The documents from the live feed back, as their links lead: each one's ids."""
        documents = []
        while name:
            assert name not in [known for known, _ in documents]
            documents.append((name, [entry.id for entry in self.parsed(name).entries]))
            name = self.link(name, "prev-archive")
        return documents

    def snapshot(self, pattern="**/*"):
        """Bytes and time of each published file."""
        return {
            str(path.relative_to(self.public)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.public.glob(pattern)
            if path.is_file() and path.suffix not in {".gz", ".br"}
        }
