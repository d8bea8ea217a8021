"""Old text that goes, counts, what is held and what is forgotten, in the store itself."""

from zoneinfo import ZoneInfo

import pytest
from stand_ins.states import DAY, HOUR, NOW, lines, portal, read, send_all, sql

from bridge.core import decide
from bridge.core.identity import canonical
from bridge.model import Article, Page
from bridge.rows import PortalRow
from bridge.stores import sqlite
from bridge.stores.forgetting import TITLE
from bridge.stores.times import ms


@pytest.fixture
def store(tmp_path):
    opened = sqlite.connect(tmp_path)
    opened.outbox.configure([("chat", "telegram", "-100")], NOW)
    yield opened
    opened.close()


# ---------------------------------------------------------------- retention


def test_old_text_goes_and_identity_stays(store):
    """Texts and revisions go; title, summary, address, prints and events stay, and nothing is an edit afterwards."""
    [old] = read(store, 1, now=NOW - 40 * DAY)
    read(store, *range(2, 60), now=NOW - 39 * DAY)
    before = store.archive.entry_row(old)
    assert store.upkeep.retain(NOW - 30 * DAY, 500) == 9
    entry = store.archive.entry(old)
    assert (entry.content_html, entry.content_text, entry.title, entry.summary) == ("", "", "标题1", "摘要")
    assert store.archive.entry_row(old) == before
    assert [n for n, _, _ in store.ledger.revisions(old)] == [1]
    assert "content" not in sql(store, "SELECT data FROM revisions WHERE entry = ?", old)[0][0]
    assert store.upkeep.retain(NOW - 30 * DAY, 500) == 0


def test_the_newest_of_each_feed_and_the_young_keep_their_text(store):
    read(store, *range(1, 11), now=NOW - 40 * DAY)
    read(store, *range(11, 14), name="q", now=NOW - 40 * DAY)
    young = read(store, 20, now=NOW)
    assert store.upkeep.retain(NOW - 30 * DAY, 500, window=4) == 7
    assert sum(bool(e.content_text) for e in store.archive.feed("p", 99, NOW + DAY, 500)) == 4
    assert all(e.content_text for e in store.archive.feed("q", 99, NOW + DAY, 500))
    assert store.archive.entry(young[0]).content_text


def test_retention_is_done_in_batches(store):
    read(store, *range(1, 11), now=NOW - 40 * DAY)
    taken = [store.upkeep.retain(NOW - 30 * DAY, 4, window=0) for _ in range(4)]
    assert taken == [4, 4, 2, 0]


# ---------------------------------------------------------------- figures


def test_counts_are_the_same_before_and_after_they_were_tallied(store):
    for n, days in enumerate((5, 4, 3, 1, 0)):
        read(store, n, now=NOW - days * DAY)
        send_all(store, NOW - days * DAY)
    before = store.figures.listed("p"), store.figures.deliveries("chat")
    assert before == (5, {"sent": 5, "waiting": 0, "dead": 0, "held": 0})
    for at in (NOW - 2 * DAY, NOW, NOW, NOW + 9 * DAY):
        store.upkeep.tally(at)
        assert (store.figures.listed("p"), store.figures.deliveries("chat")) == before
    read(store, 99, now=NOW + 9 * DAY)
    assert store.figures.listed("p") == 6
    assert store.figures.deliveries("chat")["waiting"] == 1


def test_arrivals_fall_between_their_edges(store):
    for n, hours in enumerate((0, 5, 23, 24, 30)):
        read(store, n, now=NOW + hours * HOUR)
    assert store.figures.arrivals("p", [NOW - DAY, NOW, NOW + DAY, NOW + 2 * DAY]) == [0, 3, 2]
    assert store.figures.newest("p") == ("标题4", NOW + 30 * HOUR)
    assert store.figures.newest("nowhere") is None


def test_the_store_knows_its_schema_and_its_health(store):
    have, known = store.figures.schema()
    assert have == known > 0
    assert store.figures.damage() == []
    assert store.figures.newest_time() is None
    read(store, 1)
    assert store.figures.newest_time() == NOW


# ---------------------------------------------------------------- held


def held(store, *numbers):
    """Articles of p whose pushes and listings the breaker holds; the last number is not read yet."""
    uids = read(store, *numbers[:-1])
    lines(store, numbers[-1])
    sql(store, "UPDATE links SET held = 1")
    sql(store, "UPDATE listings SET held = 1")
    sql(store, "UPDATE deliveries SET state = 'held', waiting = 0, reason = 'held: many at once', done_at = 1")
    return uids


def states(store, *uids):
    return {state for uid in uids for state in (row.state for row in store.archive.sent(uid))}


def test_what_is_released_goes_out_in_its_order(store):
    uids = held(store, 1, 2, 3)
    figures = {"articles": 3, "unread": 1, "hidden": 2, "deliveries": 2, "withdrawals": 0}
    assert store.upkeep.held("p") == figures
    version = store.portals.versions()["p"]
    assert store.upkeep.release("p", NOW + HOUR) == figures
    assert states(store, *uids) == {"pending"}
    [head] = store.outbox.heads(NOW + HOUR, 9, "telegram")
    assert (head.entry, head.owed_at) == (uids[0], NOW + HOUR)
    assert store.portals.versions()["p"] == version + 1
    assert not any(store.upkeep.held("p").values())
    read(store, 3, now=NOW + HOUR)
    assert store.figures.deliveries("chat") == {"sent": 0, "waiting": 3, "dead": 0, "held": 0}


def test_what_is_discarded_is_shown_and_never_sent(store):
    uids = held(store, 1, 2, 3)
    store.upkeep.discard("p", NOW + HOUR)
    assert states(store, *uids) == {"skipped"}
    [unread] = [uid for uid in read(store, 3, now=NOW + HOUR) if uid not in uids]
    assert states(store, unread) == {"skipped"}
    assert store.outbox.heads(NOW + DAY, 9, "telegram") == []
    assert len(store.archive.feed("p", 99, NOW + DAY, 500)) == 3


def test_released_deliveries_of_a_removed_subscriber_wait_for_its_return(store):
    uids = held(store, 1, 2)
    store.outbox.configure([], NOW)
    store.upkeep.release("p", NOW)
    assert states(store, *uids) == {"skipped"}
    store.outbox.configure([("chat", "telegram", "-100")], NOW + HOUR)
    assert states(store, *uids) == {"pending"}


def test_released_deliveries_of_a_portal_that_is_followed_no_more_wait_until_it_is(store):
    uids = held(store, 1, 2)
    store.archive.backfill("p", "chat", [], NOW)
    store.archive.backfill("q", "chat", [], NOW)
    store.outbox.unfollow("chat", "p", NOW)
    store.upkeep.release("p", NOW)
    assert states(store, *uids) == {"skipped"}
    store.archive.backfill("p", "chat", [], NOW + HOUR)
    assert states(store, *uids) == {"pending"}


def test_other_portals_stay_held(store):
    held(store, 1, 2)
    assert store.upkeep.release("q", NOW) == dict.fromkeys(("articles", "unread", "hidden", "deliveries", "withdrawals"), 0)
    assert store.upkeep.held("p")["deliveries"] == 1


def test_held_withdrawals_are_believed_or_void(store):
    uids = read(store, 1, 2)
    store.portals.save_portal(PortalRow(id="p"))
    sql(store, "UPDATE links SET gone_at = 1, due_at = 99999999999999 WHERE entry = ?", uids[0])
    assert store.upkeep.release("p", NOW)["withdrawals"] == 1
    assert store.portals.portal("p").gone_ok == NOW + DAY
    assert [row.entry for row in store.archive.due("p", NOW, 9) if row.gone_at] == [uids[0]]
    store.upkeep.discard("p", NOW)
    assert [row.gone_at for row in store.ledger.lines(uids[0])] == [None]
    assert store.ledger.lines(uids[0])[0].due_at is None


def test_what_was_missed_is_asked_for_again(store):
    """Gone and not withdrawn, or no more than a line that was listed since then: due at once, and nothing else."""
    gone, partial, older, well = read(store, 1, 2, 3, 4)
    sql(store, "UPDATE links SET due_at = NULL, listed_at = ?", ms(NOW))
    sql(store, "UPDATE links SET gone_at = 1 WHERE entry = ?", gone)
    sql(store, f"UPDATE entries SET partial = 1 WHERE uid IN ({partial}, {older})")
    sql(store, "UPDATE links SET listed_at = ? WHERE entry = ?", ms(NOW - DAY), older)
    store.upkeep.ask_again("p", NOW - HOUR, NOW)
    assert {row.entry for row in store.archive.due("p", NOW, 9)} == {gone, partial}
    store.upkeep.ask_again("p", None, NOW)
    assert {row.entry for row in store.archive.due("p", NOW, 9)} == {gone, partial, older}
    assert well not in {gone, partial, older}


def test_everything_that_waits_can_be_held(store):
    read(store, 1, 2)
    send_all(store, NOW)
    uids = read(store, 3)
    assert (store.upkeep.waiting(), store.upkeep.hold("restored", NOW)) == (1, 1)
    assert store.outbox.heads(NOW + DAY, 9, "telegram") == []
    assert store.upkeep.release("p", NOW)["deliveries"] == 1
    assert states(store, *uids) == {"pending"}


# ---------------------------------------------------------------- forgetting


def everything(store):
    """All text that the database holds, in one string."""
    tables = [name for (name,) in sql(store, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return "\n".join(repr(row) for table in tables for row in sql(store, f"SELECT * FROM {table}"))


def test_of_a_forgotten_article_only_the_identity_is_left(store):
    [other, uid] = read(store, 1, 2, text="秘密", words="姓名")
    entry = store.archive.entry(uid)
    send_all(store, NOW)
    assert store.upkeep.forget_article(uid, NOW + HOUR) == entry.id
    text = everything(store)
    assert "姓名1" not in text
    assert "http://a.cn/1</p>" not in text
    assert "姓名2" in text
    assert (store.archive.entry(uid).id, store.archive.entry(uid).title) == (entry.id, TITLE)
    assert store.archive.entry_of([canonical("http://a.cn/1")]) == uid
    assert [e.id for e in store.archive.feed("p", 99, NOW - DAY, 500)] == [store.archive.entry(other).id]
    assert [row.state for row in store.ledger.of_entry(uid)] == ["sent"]


def test_a_forgotten_article_never_comes_back(store):
    """Neither when its line changes, nor at a new address of the same page, nor in another portal, nor by a text that waits."""
    [uid] = read(store, 1, text="秘密")
    store.upkeep.forget_article(uid, NOW)
    assert states(store, uid) == {"skipped"}
    for name, words in (("p", "新标题"), ("q", "另一个")):
        assert read(store, 1, name=name, now=NOW + HOUR, text="改了", words=words) == [uid]
        assert store.archive.due(name, NOW + 30 * DAY, 9) == []
    assert store.archive.feed("p", 99, NOW - DAY, 500) == store.archive.feed("q", 99, NOW - DAY, 500) == []
    assert (store.archive.entry(uid).revision, store.archive.entry(uid).content_text) == (1, "")
    assert store.outbox.heads(NOW + DAY, 9, "telegram") == []


def test_a_forgotten_article_is_known_at_a_wholly_new_address(store):
    """By the digests of what it said; what says something else there is an article of its own."""
    [uid] = read(store, 1)
    store.upkeep.forget_article(uid, NOW)
    for number, same in ((7, True), (8, False)):
        lines(store, number, now=NOW + HOUR)
        [row] = store.archive.due("p", NOW + HOUR, 9)
        text = "正文http://a.cn/1" if same else "另一篇"
        article = Article(url=row.url, title="标题1", content_text=text)
        case = decide.Case(row=row, portal=portal("p"), zone=ZoneInfo("UTC"), now=NOW + HOUR)
        found = store.archive.apply(decide.seen(case, article, Page(url=row.url, body=b"x")))
        assert (found == uid) is same
    assert len(store.archive.feed("p", 99, NOW - DAY, 500)) == 1


def test_a_forgotten_portal_leaves_what_others_show(store):
    uids = read(store, 3, 2, 1)
    read(store, 3, name="q")
    lines(store, 9)
    assert store.upkeep.knows("p")
    tags = store.upkeep.forget_portal("p", NOW)
    assert sorted(tags) == sorted(store.archive.entry(uid).id for uid in uids[:2])
    assert store.archive.entry(uids[2]).title == "标题3"
    assert store.figures.listed("p") == store.portals.unread("p") == 0
    assert [e.title for e in store.archive.feed("q", 99, NOW, 500)] == ["标题3"]
    read(store, 1, now=NOW + DAY)
    assert store.archive.feed("p", 99, NOW, 500) == []
    assert not store.upkeep.knows("nowhere")
    assert store.upkeep.forget_portal("p", NOW) == []
