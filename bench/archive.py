"""States with any number of old articles, made by SQL alone and kept in the temporary folder for the next run."""

import hashlib
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge import codec
from bridge.model import Entry
from bridge.stores import sqlite
from bridge.stores.archive import _COLUMNS
from bridge.stores.database import Database

_HERE = Path(__file__)
_TEXT = "市公交公司昨日发布消息，下周起线路延伸至高铁新区，增设五座车站，全程票价不变。高峰每8分钟一班，平峰每15分钟一班。"

_FILL = (
    "INSERT INTO portals (id) VALUES ('city')",
    "INSERT INTO destinations (id, kind, configured, address, sequence) VALUES ('hook', 'webhook', 'x', 'x', :many)",
    "INSERT INTO subscriptions (destination, portal, since) VALUES ('hook', 'city', :start)",
    """INSERT INTO entries (uid, id, portal, url, title, first_seen, sort_at, updated_at, revision, prints, data)
       SELECT n, 'tag:old.example.org,2020:' || n, 'city', 'http://old.example.org/news/' || n || '.html', '旧闻第' || n || '号',
              :start + n * :step, :start + n * :step, :start + n * :step, 1, :prints, :data FROM numbers""",
    "INSERT INTO aliases (key, entry) SELECT '//old.example.org/news/' || n || '.html', n FROM numbers",
    "INSERT INTO revisions (entry, revision, at, title, data) SELECT n, 1, :start + n * :step, '旧闻第' || n || '号', :data FROM numbers",
    "INSERT INTO listings (portal, entry, sort_at, first_seen) SELECT 'city', n, :start + n * :step, :start + n * :step FROM numbers",
    """INSERT INTO links (portal, key, url, entry, line, link, due_at, step, listed_at)
       SELECT 'city', '//old.example.org/news/' || n || '.html', 'http://old.example.org/news/' || n || '.html', n, 'x', '{}',
              CASE WHEN n > :many - 700 THEN :due END, 4, :start + n * :step FROM numbers""",
    "INSERT INTO events (id, entry, portal, kind, revision, at) SELECT n, n, 'city', 'published', 1, :start + n * :step FROM numbers",
    """INSERT INTO deliveries (event, destination, entry, kind, key, state, waiting, event_at, due_at, attempts, sequence, done_at)
       SELECT n, 'hook', n, 'published', 'msg_' || n, 'sent', 0, :start + n * :step, :start + n * :step, 1, n, :start + n * :step
       FROM numbers""",
    """INSERT INTO attempts (delivery, no, destination, at, done_at, outcome, code)
       SELECT n, 1, 'hook', :start + n * :step, :start + n * :step, 'sent', '204' FROM numbers""",
)


def archive(many: int, now: datetime) -> Path:
    """A database of a portal `city` with `many` old articles, all delivered to the webhook `hook`; the newest a week old.

    The file is shared by later runs on the same schema: copy it.
    """
    marks = hashlib.sha256(b"".join(path.read_bytes() for path in (_HERE, *sorted((_HERE.parent.parent / "bridge/stores").rglob("*.sql")))))
    folder = Path(tempfile.gettempdir()) / f"feedbridge-bench-{os.getuid()}-{marks.hexdigest()[:12]}-{many}"
    if not (folder / sqlite.FILE).exists():
        fresh = Path(tempfile.mkdtemp(prefix="feedbridge-bench-"))
        _fill(fresh, many, now - timedelta(days=7))
        fresh.replace(folder)
    return folder / sqlite.FILE


def _fill(folder: Path, many: int, newest: datetime) -> None:
    sqlite.connect(folder).close()
    db = Database(folder / sqlite.FILE)
    step = 3600_000
    start = int(newest.timestamp() * 1000) - many * step
    old = datetime(2020, 1, 1, tzinfo=UTC)
    entry = Entry(
        id="", portal="", url="", title="", first_seen=old, published=old, updated=old,
        summary=_TEXT, content_html=f"<p>{_TEXT}</p>", content_text=_TEXT, category=("新闻",),
    )  # fmt: skip
    prints = '{"images":"","published":"","text":"0123456789abcdef01234567","title":"0123456789abcdef01234567"}'
    values = {"many": many, "start": start, "step": step, "due": start + (many + 2000) * step}
    values |= {"prints": prints, "data": codec.dump(entry, _COLUMNS)}
    numbers = "CREATE TEMP TABLE numbers AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :many) SELECT n FROM c"
    with db.tx():
        for statement in (numbers, *_FILL):
            db._db.execute(statement, {name: value for name, value in values.items() if f":{name}" in statement})
    db._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
