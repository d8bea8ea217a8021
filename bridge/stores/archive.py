"""Articles: the lines that lead to them, their entries and revisions, and the one transaction that records a look."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from sqlite3 import Row
from typing import Any

from .. import codec
from ..model import Entry, EventKind, Link
from ..rows import DISCARDED, DISCARDED_PLACE, KEPT, UNFOLLOWED, WAITING, Change, DeliveryWrite, EntryRow, EntryWrite, LinkRow, SentRow
from .database import Database
from .outbox import end
from .times import ms, when

_COLUMNS = frozenset({"id", "portal", "url", "title", "first_seen", "updated", "revision", "withdrawn", "kind"})


class Archive:
    """Implements ports.Archive."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # ------------------------------------------------------------ lines

    def links(self, portal: str, keys: Iterable[str]) -> Mapping[str, LinkRow]:
        """The known ones among the lines of a portal, by canonical address."""
        found = (self._db.one("link", portal=portal, key=key) for key in keys)
        return {row["key"]: link_row(row) for row in found if row}

    def due(self, portal: str, now: datetime, many: int, *, force: bool = False) -> list[LinkRow]:
        """At most `many` lines whose articles are to be looked at: unread ones first, in the order they came.

        `force` adds those that wait for another try after a failure.
        """
        return [link_row(row) for row in self._db.all("links_due", portal=portal, now=ms(now), force=int(force), many=many)]

    def next_look(self, portal: str) -> datetime | None:
        """When the next article of a portal is to be looked at."""
        row = self._db.one("next_look", portal=portal)
        return when(row["at"]) if row else None

    def entry_of(self, keys: Iterable[str]) -> int | None:
        """The uid of the entry that was seen under one of these canonical addresses, or None."""
        for key in keys:
            row = self._db.one("alias", key=key)
            if row:
                return int(row["entry"])
        return None

    def entry_row(self, uid: int) -> EntryRow | None:
        """What is known of an entry, without its text."""
        row = self._db.one("entry", uid=uid)
        return _entry_row(row) if row else None

    def taken(self, identifier: str) -> bool:
        """Whether a tag: URI is already an entry's."""
        return self._db.one("entry_by_id", id=identifier) is not None

    def entry(self, uid: int) -> Entry:
        """An entry with its text."""
        row = self._db.one("entry", uid=uid)
        assert row is not None
        return _entry(row, row["portal"])

    # ------------------------------------------------------------ feeds

    def feed(self, portal: str, newest: int, since: datetime, most: int) -> list[Entry]:
        """The `newest` entries of a portal's feed by time shown, and those first seen since `since`, at most `most` of each."""
        rows = {r["uid"]: r for r in self._db.all("feed_recent", portal=portal, since=ms(since), many=most)}
        rows |= {r["uid"]: r for r in self._db.all("feed_newest", portal=portal, many=newest)}
        return [_entry(row, portal) for row in rows.values()]

    def known(self, portal: str, many: int) -> list[EntryRow]:
        """The articles that a portal has listed last, newest first, without their texts; withdrawn ones too."""
        return [_entry_row(row) for row in self._db.all("entries_last", portal=portal, many=many)]

    def count(self, portal: str) -> int:
        """How many entries a portal has given."""
        row = self._db.one("count_entries", portal=portal)
        return int(row["many"]) if row else 0

    # ------------------------------------------------------------ recording

    def sent(self, uid: int) -> list[SentRow]:
        """What became of an entry's events so far, oldest first."""
        return [_sent(row) for row in self._db.all("deliveries_of", entry=uid)]

    def apply(self, change: Change) -> int | None:
        """All of `change` is stored durably, or nothing of it; the uid of its entry."""
        with self._db.tx():
            change = self._unheld(change)
            uid = self._store(change.entry, change.at) if change.entry else change.adopt
            self._look(change, uid)
            if uid is not None:
                self._name(change, uid)
            if uid is not None and change.settled:
                self._db.run("links_settle", entry=uid, portal=change.portal, link=change.link)
            if uid is not None and change.withdrawn is None and (change.entry or change.adopt):
                self._list(change.portal, uid, change.at, held=change.unlisted)
            if change.withdrawn is not None:
                uid = change.withdrawn
                self._db.run("entry_withdraw", uid=uid, at=ms(change.at))
            if change.event and uid is not None:
                self._record_event(change.event, change.portal, uid, change.deliveries, change.at)
            for delivery in change.superseded:
                end(self._db, delivery, "superseded", "a newer revision goes out", ms(change.at))
            if change.shown:
                self._mark(change.portal, uid)
        return uid

    def announce(
        self, write: EntryWrite, deliveries: Sequence[DeliveryWrite], *, kind: EventKind, at: datetime, listed: bool = False
    ) -> int:
        """An entry that no line leads to is stored with its event and what is owed for it; `listed`: its portal's feed shows it."""
        with self._db.tx():
            uid = self._store(write, at)
            if listed:
                self._list(write.entry.portal, uid, at)
                self._mark(write.entry.portal, uid)
            self._record_event(kind, write.entry.portal, uid, deliveries, at)
        return uid

    def _unheld(self, change: Change) -> Change:
        """The change as it is when a hold was lifted since its line was read: what was held goes out, or is known without a push."""
        if all(d.state != "held" for d in change.deliveries) and not change.unlisted:
            return change
        after: dict[str, Any]
        line = self._db.one("link_by_id", id=change.link)
        if line is None or line["held"]:
            return change
        discarded = line["place"] == DISCARDED_PLACE
        after = {"state": "skipped", "reason": DISCARDED} if discarded else {"state": "pending", "reason": ""}
        owed = tuple(replace(d, **after) if d.state == "held" else d for d in change.deliveries)
        return replace(change, deliveries=owed, unlisted=False)

    def _store(self, write: EntryWrite, at: datetime) -> int:
        values = _columns(write)
        if write.uid is None:
            row = self._db.one(
                "entry_add",
                id=write.entry.id,
                portal=write.entry.portal,
                first_seen=ms(write.entry.first_seen),
                kind=write.entry.kind,
                **values,
            )
            assert row is not None
            uid = int(row["uid"])
        else:
            uid = write.uid
            self._db.run("entry_save", uid=uid, **values)
            self._db.run("listing_move", entry=uid, sort_at=values["sort_at"])
            self._db.run("article_page_spoil", entry=uid)
        if write.revise:
            revision = {name: values[name] for name in ("revision", "title", "data")}
            self._db.run("revision_add", entry=uid, at=ms(at), **revision)
        return uid

    def _look(self, change: Change, uid: int | None) -> None:
        look = change.look
        self._db.run(
            "link_look",
            id=change.link,
            entry=uid,
            due_at=ms(look.due_at),
            step=look.step,
            tries=look.tries,
            cause=look.cause[:300],
            etag=look.etag,
            last_modified=look.last_modified,
            digest=look.digest,
            gone_at=ms(look.gone_at),
            adopted=int(change.adopt is not None),
        )

    def _name(self, change: Change, uid: int) -> None:
        for key in change.aliases:
            self._db.run("alias_move" if change.moved else "alias_add", key=key, entry=uid)

    def _list(self, portal: str, uid: int, at: datetime, *, held: bool = False) -> None:
        row = self._db.one("entry", uid=uid)
        assert row is not None
        self._db.run("portal_add", id=portal)
        self._db.run("listing_add", portal=portal, entry=uid, sort_at=row["sort_at"], first_seen=ms(at), held=int(held))

    def _mark(self, portal: str, uid: int | None) -> None:
        feeds = {portal} if uid is None else {portal, *(r["portal"] for r in self._db.all("listed_in", entry=uid))}
        for feed in sorted(feeds):
            self._db.run("portal_add", id=feed)
            self._db.run("portal_changed", id=feed)

    def _record_event(self, kind: EventKind, portal: str, uid: int, deliveries: Sequence[DeliveryWrite], at: datetime) -> None:
        row = self._db.one("entry", uid=uid)
        assert row is not None
        event = {"entry": uid, "kind": kind, "revision": row["revision"]}
        known = self._db.one("first_event", entry=uid) if kind == "published" else self._db.one("event_of", **event)
        known = known or self._db.one("event_add", portal=portal, at=ms(at), **event)
        assert known is not None
        for delivery in deliveries:
            self._owe(delivery, known["id"], uid, kind, ms(at))

    def _owe(self, delivery: DeliveryWrite, event: int, uid: int, kind: str, at: int) -> None:
        waiting = delivery.state in WAITING
        self._db.run(
            "delivery_add",
            event=event,
            destination=delivery.destination,
            entry=uid,
            kind=kind,
            key=delivery.key,
            state=delivery.state,
            waiting=int(waiting),
            reason=delivery.reason,
            event_at=at,
            due_at=ms(delivery.due_at),
            done_at=None if waiting else at,
        )

    def backfill(self, portal: str, destination: str, entries: Sequence[tuple[int, DeliveryWrite]], now: datetime) -> None:
        """A destination follows a portal from now on, and is owed the publication of these entries."""
        with self._db.tx():
            self._db.run("subscription_add", destination=destination, portal=portal, since=ms(now))
            self._db.run("refollowed", destination=destination, portal=portal, reason=UNFOLLOWED, since=ms(now - KEPT))
            for uid, delivery in entries:
                event = self._db.one("first_event", entry=uid)
                if event:
                    self._owe(delivery, event["id"], uid, "published", ms(now))

    def newest(self, portal: str, many: int) -> list[EntryRow]:
        """The newest entries of a portal by time shown, newest first."""
        return [_entry_row(row) for row in self._db.all("feed_newest", portal=portal, many=many)]


def _columns(write: EntryWrite) -> dict[str, Any]:
    entry = write.entry
    return {
        "url": entry.url,
        "title": entry.title,
        "sort_at": ms(entry.published),
        "updated_at": ms(entry.updated),
        "revision": entry.revision,
        "prints": json.dumps(dict(write.prints), sort_keys=True),
        "partial": int(write.partial),
        "data": codec.dump(entry, _COLUMNS),
    }


def _entry(row: Row, portal: str) -> Entry:
    return codec.load(
        Entry,
        row["data"],
        id=row["id"],
        portal=portal,
        url=row["url"],
        title=row["title"],
        first_seen=when(row["first_seen"]),
        updated=when(row["updated_at"]),
        revision=row["revision"],
        withdrawn=row["withdrawn_at"] is not None,
        kind=row["kind"],
    )


def _entry_row(row: Row) -> EntryRow:
    return EntryRow(
        uid=row["uid"],
        id=row["id"],
        portal=row["portal"],
        url=row["url"],
        title=row["title"],
        first_seen=when(row["first_seen"]),
        updated=when(row["updated_at"]),
        revision=row["revision"],
        prints=json.loads(row["prints"]),
        partial=bool(row["partial"]),
        withdrawn=row["withdrawn_at"] is not None,
    )


def link_row(row: Row) -> LinkRow:
    """A row of `links`."""
    names = ("id", "portal", "key", "url", "line", "entry", "place", "step", "tries", "cause", "etag", "last_modified", "digest")
    return LinkRow(
        **{name: row[name] for name in names},
        link=codec.load(Link, row["link"]),
        listed_at=when(row["listed_at"]),
        due_at=when(row["due_at"]),
        gone_at=when(row["gone_at"]),
        held=bool(row["held"]),
    )


def _sent(row: Row) -> SentRow:
    return SentRow(**{**dict(row), "done_at": when(row["done_at"])})
