"""States with deliveries, made by SQL: one published event for many destinations, many events for a few, and a long past."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bridge import codec
from bridge.model import Entry
from bridge.stores import sqlite
from bridge.stores.times import ms

_NUMBERS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :many)"
_ENTRY = f"""{_NUMBERS} INSERT INTO entries (uid, id, portal, url, title, first_seen, sort_at, updated_at, revision, prints,
    data)
    SELECT n, 'tag:bench.example.org,2026:' || n, 'city', 'http://bench.example.org/' || n, printf(:title, n), :at, :at, :at, 1, '{{}}',
    :data FROM c"""
_EVENT = """INSERT INTO events (id, entry, portal, kind, revision, at)
    SELECT uid, uid, 'city', 'published', 1, :at FROM entries WHERE uid <= :many ORDER BY uid"""
_DELIVERY = """INSERT INTO deliveries (event, destination, entry, kind, key, state, waiting, event_at, owed_at, due_at)
    SELECT v.id, d.id, v.entry, 'published', 'msg_' || v.id || '_' || d.id, 'pending', 1, :at, :at, :at
    FROM events v CROSS JOIN destinations d WHERE v.id <= :many ORDER BY v.id, d.id"""
_OLD = 1_000_000_000
_PAST = (
    f"""{_NUMBERS} INSERT INTO entries (uid, id, portal, url, title, first_seen, sort_at, updated_at, revision, prints,
    data)
    SELECT {_OLD} + n, 'tag:bench.example.org,2020:' || n, 'city', 'http://bench.example.org/old/' || n, printf(:title, n), :at, :at,
    :at, 1, '{{}}', '{{}}' FROM c""",
    f"""INSERT INTO events (id, entry, portal, kind, revision, at)
    SELECT uid, uid, 'city', 'published', 1, :at FROM entries WHERE uid > {_OLD}""",
    f"""INSERT INTO deliveries (event, destination, entry, kind, key, state, waiting, event_at, owed_at, due_at, attempts, sequence,
    remote_id, done_at) SELECT v.id, d.id, v.entry, 'published', 'msg_' || v.id || '_' || d.id, 'sent', 0, :at, :at, :at, 1, v.id - {_OLD},
    v.id, :at FROM events v CROSS JOIN destinations d WHERE v.id > {_OLD} ORDER BY v.id, d.id""",
    "UPDATE deliveries SET state = 'dead', reason = 'HTTP 500; 10 attempts' WHERE waiting = 0 AND id <= 200",
    """INSERT INTO attempts (delivery, no, destination, at, done_at, outcome, code)
    SELECT id, 1, destination, done_at, done_at, 'sent', '200' FROM deliveries WHERE waiting = 0 ORDER BY id""",
)
_COLUMNS = frozenset({"id", "portal", "url", "title", "first_seen", "updated", "revision", "withdrawn"})
TITLE = "第%d号通告:城区供水管网检修安排"


def article(at: datetime, uid: int = 1) -> Entry:
    """An article of ordinary length."""
    text = "为提升供水保障能力,定于本周对城区部分管网进行检修,期间水压可能降低,请提前储水。" * 4
    return Entry(id=f"tag:bench.example.org,2026:{uid}", portal="city", url=f"http://bench.example.org/{uid}", title=TITLE % uid,
                 first_seen=at, published=at, updated=at, summary=text[:140], content_html=f"<p>{text}</p>", content_text=text)  # fmt: skip


def build(folder: Path, at: datetime, addresses: dict[str, tuple[str, str]], articles: int = 1, past: int = 0) -> None:
    """A state in `folder` where each of `articles` is owed to each destination (id: kind and address).

    `past` older articles have been delivered to all of them a day before; the oldest 200 deliveries are dead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = sqlite.connect(folder)
    store.outbox.configure(((name, kind, address) for name, (kind, address) in addresses.items()), at)
    store.close()
    facts = {"at": ms(at), "many": articles, "title": TITLE, "data": codec.dump(article(at), _COLUMNS)}
    with closing(sqlite3.connect(folder / sqlite.FILE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        with db:
            for statement in _PAST if past else ():
                db.execute(statement, {**facts, "at": ms(at - timedelta(days=1)), "many": past})
            for statement in (_ENTRY, _EVENT, _DELIVERY):
                db.execute(statement, facts)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
