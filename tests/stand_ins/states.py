"""A state with articles in it, made through the core and the store, without a portal: for tests of commands and of the store."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.core import decide
from bridge.core.identity import canonical
from bridge.model import Article, Link, Page, Portal
from bridge.rows import ListRow, Settled

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONFIG = """
[bridge]
contact = "mailto:test@example.org"

[[portals]]
id = "p"
title = "柳渡信息网"
url = "http://a.cn/"

[[subscribers]]
id = "chat"
kind = "webhook"
url = "http://127.0.0.1:9/in"
secret = "env:TEST_SECRET"
portals = ["p"]
"""


def configured(folder, more=""):
    """The path of a configuration in `folder`, with portal p and subscriber chat; its state lies in `folder`/state."""
    path = folder / "config.toml"
    path.write_text(CONFIG + more, encoding="utf-8")
    return path


def portal(name="p"):
    """A portal of that id."""
    return Portal(id=name, title=name.upper(), url="http://a.cn/")


def lines(store, *numbers, name="p", now=NOW, words="标题"):
    """The list page of a portal has shown these lines."""
    links = [Link(f"http://a.cn/{n}", f"{words}{n}") for n in numbers]
    known = store.archive.links(name, [canonical(link.url) for link in links])
    plan = decide.plan(links, known, None)
    page = ListRow(url="http://a.cn/", etag=None, last_modified=None, digest=f"{now}")
    store.portals.record_list(name, page, plan.new, plan.touched, now)


def look(store, row, text="正文", now=NOW):
    """The page behind a line was read; the uid of its entry."""
    uid = row.entry or store.archive.entry_of([row.key])
    case = decide.Case(
        row=row,
        portal=portal(row.portal),
        zone=ZoneInfo("UTC"),
        now=now,
        followers=(decide.Follower(id="chat"),),
        known=store.archive.entry_row(uid) if uid else None,
        history=store.archive.sent(uid) if uid else (),
    )
    article = Article(
        url=row.url, title=row.link.title, content_text=f"{text}{row.url}", content_html=f"<p>{text}{row.url}</p>", summary="摘要"
    )
    return store.archive.apply(decide.seen(case, article, Page(url=row.url, body=article.content_text.encode())))


def read(store, *numbers, name="p", now=NOW, text="正文", words="标题"):
    """These lines were listed and read; uids in the order of reading, which is from the bottom of the list."""
    lines(store, *numbers, name=name, now=now, words=words)
    return [look(store, row, text, now) for row in store.archive.due(name, now, 999)]


def sql(store, statement, *values):
    """Rows of a statement, past the store."""
    return [tuple(row) for row in store._db._db.execute(statement, values)]


def send_all(store, now, kind="telegram"):
    """What waits for the destination "chat" has been sent."""
    for due in iter(lambda: store.outbox.heads(now, 1, kind), []):
        [(head, attempt, _)] = store.outbox.claim(due, now)
        store.outbox.settle([Settled(id=head.id, attempt=attempt, destination="chat", state="sent", outcome="sent", at=now)])
