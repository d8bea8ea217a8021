"""Forgetting: the text of an article is gone, its identity stays, so that it never comes back as something new."""

import json
from dataclasses import replace
from datetime import datetime
from sqlite3 import Row

from .. import codec
from ..model import Link
from ..rows import Change
from .archive import Archive
from .database import Database
from .holding import drop
from .times import ms

TITLE = "(forgotten)"
_WHY = "its article was forgotten by the operator"
_BATCH = 200
_DAY = len("2026-11-30")
_KEPT = ("published", "precision")


class Forgetting:
    """The part of upkeep_ports.Upkeep that is about forgetting."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def knows(self, portal: str) -> bool:
        """Whether anything of a portal is on record."""
        row = self._db.one("portal_traces", portal=portal)
        return bool(row and row["many"])

    def forget_article(self, uid: int, now: datetime) -> str:
        """Text, revisions and pictures of an entry are gone, no feed shows it, what waits of it is not sent; its tag: URI."""
        self._db.all("secure_delete")
        with self._db.tx():
            tag = self._forget(uid, now)
            for row in self._db.all("listed_in", entry=uid):
                self._db.run("portal_changed", id=row["portal"])
        self._db.all("checkpoint")
        return tag

    def forget_portal(self, portal: str, now: datetime) -> list[str]:
        """The same for each article that only this portal shows, and what its pages taught; their tag: URIs.

        A few hundred articles a transaction: what an interrupted call has left is done by the next.
        """
        self._db.all("secure_delete")
        gone: list[str] = []
        while batch := [int(row["entry"]) for row in self._db.all("listed_some", portal=portal, many=_BATCH)]:
            with self._db.tx():
                gone += filter(None, (self._unlist(portal, uid, now) for uid in batch))
        with self._db.tx():
            gone += [self._forget(int(row["uid"]), now) for row in self._db.all("entries_first_seen_at", portal=portal)]
            self._forget_traces(portal)
        self._db.all("checkpoint")
        return gone

    def _unlist(self, portal: str, uid: int, now: datetime) -> str:
        """The feed shows an entry no longer; forgotten if no other one does: then its tag: URI."""
        self._db.run("unlist", portal=portal, entry=uid)
        return "" if self._db.all("listed_in", entry=uid) else self._forget(uid, now)

    def _forget_traces(self, portal: str) -> None:
        for name in ("unread", "looks", "pages", "gaps", "incidents", "lessons", "files", "archives"):
            self._db.run(f"forget_{name}", portal=portal)
        self._db.run("tally_forget", subject=f"listed:{portal}")

    def _forget(self, uid: int, now: datetime) -> str:
        row = self._db.one("entry", uid=uid)
        assert row is not None
        data = json.loads(row["data"])
        kept = json.dumps({name: data[name] for name in _KEPT if name in data}, sort_keys=True)
        self._db.run("forgotten_add", entry=uid, at=ms(now))
        self._db.run("forget_entry", uid=uid, title=TITLE, data=kept, at=ms(now))
        self._db.run("forget_revisions", entry=uid)
        for line in self._db.all("lines_to", entry=uid):
            self._db.run("forget_line", id=line["id"], link=codec.dump(Link(line["url"], TITLE)))
        drop(self._db, uid, _WHY, now)
        self._db.run("forget_deliveries", entry=uid, reason=_WHY, at=ms(now))
        self._db.run("forget_answers", entry=uid)
        return str(row["id"])


class Wary(Archive):
    """The archive of a store where articles may have been forgotten: what a look finds of such a one is not recorded."""

    def apply(self, change: Change) -> int | None:
        """As Archive has it; of a forgotten article only the address is noted, and it is not looked at again.

        An address that was given to another article (`moved`) is that one's, whatever was forgotten there.
        """
        uid = change.entry.uid if change.entry else change.adopt
        row = self._db.one("forgotten", entry=uid, link=None if change.moved else change.link) or self._alike(change)
        if row is None:
            return super().apply(change)
        with self._db.tx():
            self._look(replace(change, look=replace(change.look, due_at=None)), row["entry"])
            self._name(change, row["entry"])
        return int(row["entry"])

    def _alike(self, change: Change) -> Row | None:
        """The forgotten article that a new one is, under an address that nobody knows."""
        if change.entry is None or change.entry.uid is not None:
            return None
        marks = change.entry.prints
        if not (marks.get("title") and marks.get("text")):
            return None
        return self._db.one(
            "forgotten_alike", title=_says("title", marks["title"] + '"'), text=_says("text", marks["text"] + '"'),
            published=_says("published", marks.get("published", "")[:_DAY]),
        )  # fmt: skip


def _says(name: str, value: str) -> str:
    """A pattern of stored prints."""
    return f'%"{name}": "{value}%'
