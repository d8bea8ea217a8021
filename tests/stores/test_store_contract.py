"""What every store does; each implementation passes all of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.commands.why import found
from bridge.core import decide
from bridge.core.identity import canonical
from bridge.errors import UsageError
from bridge.model import Article, HostState, Link, Page, Portal, Site
from bridge.rows import ListRow, PortalRow, Settled
from bridge.stores import sqlite

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PORTAL = Portal(id="p", title="P", url="http://a.cn/")
CHAT = decide.Follower(id="chat")


@pytest.fixture(params=["sqlite"])
def store(request, tmp_path):
    opened = sqlite.connect(tmp_path)
    yield opened
    opened.close()


def list_lines(store, *numbers, now=NOW):
    links = [Link(f"http://a.cn/{n}", f"标题{n}") for n in numbers]
    known = store.archive.links("p", [canonical(link.url) for link in links])
    plan = decide.plan(links, known, None)
    store.portals.record_list("p", ListRow(url="http://a.cn/", etag='"e"', last_modified=None, digest="d"), plan.new, plan.touched, now)


def look(store, row, text="正文", title=None, now=NOW):
    known = store.archive.entry_row(row.entry) if row.entry else None
    history = store.archive.sent(row.entry) if row.entry else ()
    at = decide.Case(row=row, portal=PORTAL, zone=ZoneInfo("UTC"), now=now, followers=(CHAT,), known=known, history=history)
    article = Article(url=row.url, title=title or row.link.title, content_text=text)
    return store.archive.apply(decide.seen(at, article, Page(url=row.url, body=text.encode())))


def publish(store, *numbers, now=NOW):
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    list_lines(store, *numbers, now=now)
    return [look(store, row, now=now) for row in store.archive.due("p", now, 99) if row.entry is None]


def settled(due, attempt, **more):
    return Settled(
        **{"id": due.id, "attempt": attempt, "destination": due.destination, "state": "sent", "outcome": "sent", "at": NOW, **more}
    )


def test_a_portal_that_was_never_seen_is_due(store):
    assert store.portals.portal("p") == PortalRow(id="p")


def test_a_portal_is_remembered_apart_from_what_it_taught(store):
    store.portals.learn("p", Site(charset="gb18030"))
    store.portals.save_portal(PortalRow(id="p", due_at=NOW, bad_ticks=2, cause="dns", detail="x", checked_at=NOW))
    row = store.portals.portal("p")
    assert (row.bad_ticks, row.cause, row.due_at, row.site.charset) == (2, "dns", NOW, "gb18030")


def test_a_host_is_remembered_to_the_millisecond(store):
    state = HostState(
        host="a.cn", next_at=NOW, hold_until=NOW + HOUR, failures=3, robots="User-agent: *", robots_at=NOW, robots_ok={"u": True}
    )
    store.portals.save_host(state)
    assert store.portals.host("a.cn") == state
    assert store.portals.host("b.cn") is None


def test_lines_and_validators_are_recorded_together(store):
    list_lines(store, 3, 2, 1)
    assert store.portals.list_row("p", "http://a.cn/").etag == '"e"'
    assert [row.link.title for row in store.archive.due("p", NOW, 99)] == ["标题1", "标题2", "标题3"]
    assert store.portals.unread("p") == 3


def test_a_line_is_recorded_once(store):
    list_lines(store, 1)
    list_lines(store, 1, 2)
    assert store.portals.unread("p") == 2


def test_an_article_is_entry_event_and_delivery_in_one(store):
    [uid] = publish(store, 1)
    assert store.archive.entry(uid).title == "标题1"
    assert [s.state for s in store.archive.sent(uid)] == ["pending"]
    assert store.archive.entry_of([canonical("http://a.cn/1")]) == uid
    assert store.portals.unread("p") == 0
    assert store.portals.versions()["p"] > 0


def test_a_failure_in_the_middle_leaves_nothing(store, monkeypatch):
    list_lines(store, 1)
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    monkeypatch.setattr(store.archive, "_owe", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        look(store, store.archive.due("p", NOW, 1)[0])
    assert store.archive.count("p") == 0
    assert store.archive.entry_of([canonical("http://a.cn/1")]) is None


def test_an_edit_keeps_the_entry_and_its_revisions(store):
    [uid] = publish(store, 1)
    row = store.archive.links("p", [canonical("http://a.cn/1")])[canonical("http://a.cn/1")]
    assert look(store, row, text="改了", now=NOW + HOUR) == uid
    entry = store.archive.entry(uid)
    assert (entry.revision, entry.content_text, entry.first_seen) == (2, "改了", NOW)


def test_a_feed_is_the_newest_and_the_recent(store):
    publish(store, *range(9, 0, -1))
    titles = [e.title for e in store.archive.feed("p", 3, NOW + HOUR, 500)]
    assert sorted(titles) == ["标题7", "标题8", "标题9"]
    assert len(store.archive.feed("p", 3, NOW - HOUR, 500)) == 9


def test_one_at_a_time_and_in_order_per_destination(store):
    publish(store, 2, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    [(due, attempt, sequence)] = store.outbox.claim([head], NOW)
    assert (attempt, sequence) == (1, 1)
    assert store.outbox.heads(NOW, 9, "telegram") == []
    store.outbox.settle([settled(due, 1, remote_id="77")])
    assert store.outbox.message(due.entry, "chat") == "77"
    [second] = store.outbox.heads(NOW, 9, "telegram")
    assert store.archive.entry(second.entry).title == "标题2"


def test_a_delivery_is_claimed_once(store):
    publish(store, 1)
    heads = store.outbox.heads(NOW, 9, "telegram")
    assert len(store.outbox.claim(heads, NOW)) == 1
    assert store.outbox.claim(heads, NOW) == []


def test_a_late_acknowledgement_changes_nothing(store):
    """A result of attempt 1 that comes after attempt 2 began must not end attempt 2."""
    publish(store, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.recover(NOW)
    [again] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([again], NOW)
    store.outbox.settle([settled(head, 1)])
    assert store.archive.sent(head.entry)[0].state == "sending"


def test_an_interrupted_attempt_is_uncertain_and_due(store):
    publish(store, 1)
    store.outbox.claim(store.outbox.heads(NOW, 9, "telegram"), NOW)
    assert store.outbox.recover(NOW) == 1
    [head] = store.outbox.heads(NOW, 9, "telegram")
    assert (head.state, head.attempts) == ("uncertain", 1)


def test_a_retry_holds_the_line_until_its_time_and_force_brings_it_forward(store):
    publish(store, 2, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW + HOUR, held_until=NOW + 2 * HOUR, outcome="later")])
    assert store.outbox.heads(NOW, 9, "telegram") == []
    assert [h.id for h in store.outbox.heads(NOW, 9, "telegram", force=True)] == [head.id]
    assert [h.id for h in store.outbox.heads(NOW + HOUR, 9, "telegram")] == [head.id]
    assert store.outbox.next_due(NOW) == NOW + HOUR


def test_the_next_time_is_that_of_the_lines_head(store):
    """What waits behind a head that is held is due, and yet no reason to look before the hold ends or the head is due."""
    publish(store, 2, 1)
    assert store.outbox.next_due(NOW) == NOW
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW + 9 * HOUR, held_until=NOW + HOUR, outcome="later")])
    assert (store.outbox.next_due(NOW), store.outbox.next_due(NOW, NOW)) == (NOW + HOUR, NOW + HOUR)
    assert store.outbox.next_due(NOW + HOUR) == NOW
    assert store.outbox.next_due(NOW + HOUR, NOW + HOUR) is None


def test_a_line_is_held_no_longer_than_agreed(store):
    publish(store, 2, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW + 9 * HOUR, held_until=NOW + HOUR, outcome="later")])
    assert [h.id != head.id for h in store.outbox.heads(NOW + 2 * HOUR, 9, "telegram")] == [True]


def test_what_a_receiver_asked_for_is_not_forced(store):
    publish(store, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW + HOUR, by_server=True, not_before=NOW + HOUR, outcome="later")])
    assert store.outbox.heads(NOW, 9, "telegram", force=True) == []


def test_a_paused_destination_rests_and_opens_again(store):
    publish(store, 1)
    store.outbox.mark("chat", "paused", "kicked", NOW, NOW + HOUR)
    assert store.outbox.heads(NOW, 9, "telegram") == []
    assert len(store.outbox.heads(NOW + HOUR, 9, "telegram")) == 1
    store.outbox.mark("chat", "open", "", NOW)
    assert len(store.outbox.heads(NOW, 9, "telegram")) == 1


def test_a_removed_subscriber_keeps_what_it_is_owed(store):
    publish(store, 1)
    store.outbox.configure([], NOW)
    assert store.outbox.heads(NOW, 9, "telegram") == []
    [row] = store.ledger.deliveries("chat")
    assert (row.state, row.reason) == ("skipped", "its subscriber was removed from the configuration")
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    assert len(store.outbox.heads(NOW, 9, "telegram")) == 1


def test_a_new_address_forgets_the_pause_of_the_old(store):
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    store.outbox.mark("chat", "paused", "kicked", NOW)
    store.outbox.configure([("chat", "telegram", "-200")], NOW)
    assert [(d.state, d.address) for d in store.outbox.destinations()] == [("open", "-200")]


def test_a_pause_that_lasts_began_when_it_began(store):
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    for hours in (0, 1):
        store.outbox.mark("chat", "paused", "kicked", NOW + hours * HOUR, NOW + 9 * HOUR)
    assert [(d.state, d.since) for d in store.outbox.destinations()] == [("paused", NOW)]


def test_a_moved_chat_keeps_its_new_id_while_the_configuration_says_the_old(store):
    publish(store, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW, moved_to="-1009", outcome="moved")])
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    assert store.outbox.heads(NOW, 9, "telegram")[0].address == "-1009"


def test_backfill_owes_what_is_known(store):
    publish(store, 2, 1)
    store.outbox.configure([("chat", "telegram", "-100"), ("new", "webhook", "https://x")], NOW)
    rows = store.archive.newest("p", 1)
    store.archive.backfill("p", "new", decide.backfill(rows, decide.Follower(id="new", backfill=1), NOW), NOW)
    assert ("new", "p") in store.outbox.subscriptions()
    assert [h.destination for h in store.outbox.heads(NOW, 9, "webhook")] == ["new"]


def test_runs_are_kept_with_their_figures(store):
    number = store.portals.begin_run(NOW)
    store.portals.end_run(number, NOW, {"new": 3})
    assert store.portals.last_run()["new"] == 3


def test_what_is_too_old_is_forgotten_and_what_was_sent_stays_known(store):
    [uid] = publish(store, 1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="dead", response="no", outcome="refused")])
    store.outbox.prune(NOW + timedelta(days=89))
    assert store.ledger.delivery(head.id).response == "no"
    store.outbox.prune(NOW + timedelta(days=91))
    assert store.ledger.delivery(head.id).response == ""
    assert store.ledger.attempts(head.id) == []
    assert [s.state for s in store.archive.sent(uid)] == ["dead"]


def gathered(store, *numbers):
    """A digest of these articles, not begun: its carrier as it stands at the head of the line."""
    publish(store, *numbers)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.gather(head.id, "chat", NOW, 99)
    [carrier] = store.outbox.heads(NOW, 9, "telegram")
    assert carrier.digest == carrier.id
    return carrier


def titles(store, carrier):
    return [store.archive.entry(uid).title for uid in store.outbox.gathered(carrier.id)]


def test_a_whole_title_means_one_article_and_a_part_of_several_none(store):
    publish(store, 12, 1, 11)
    assert store.archive.entry(found("标题1", store)[0]).title == "标题1"
    with pytest.raises(UsageError, match="several articles have '题1' in their title"):
        found("题1", store)


def test_what_is_dropped_before_a_digest_begins_is_not_in_it(store):
    carrier = gathered(store, 3, 2, 1)
    other = store.ledger.deliveries("chat", "waiting")[1]
    store.outbox.drop(other.id, "skipped", "dropped", NOW)
    store.outbox.claim([carrier], NOW)
    assert titles(store, carrier) == ["标题1", "标题3"]


def test_what_is_late_is_gathered_tried_or_not_and_nothing_else(store):
    """What failed before is in it, what came later is not."""
    publish(store, 4, 3, 2, 1)
    before = NOW + timedelta(hours=1)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="retry", due_at=NOW, outcome="later")])
    publish(store, 9, now=before)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    assert not store.outbox.gather_late(head.id, "chat", NOW, 99)
    assert store.outbox.gather_late(head.id, "chat", before, 99)
    [carrier] = store.outbox.heads(NOW, 9, "telegram")
    store.outbox.claim([carrier], NOW)
    assert titles(store, carrier) == ["标题1", "标题2", "标题3", "标题4"]


@pytest.mark.parametrize(("progress", "together"), [({}, [1, 2, 3, 4, 5]), ({"sent": ["7"]}, [4, 5])])
def test_what_is_late_by_now_joins_a_digest_that_never_began(store, progress, together):
    """Whichever carries it; a digest of which a part is out stays as it is."""
    first = gathered(store, 3, 2, 1)
    store.outbox.claim([first], NOW)
    store.outbox.settle([settled(first, 1, state="retry", due_at=NOW + HOUR, outcome="later", progress=progress)])
    publish(store, 5, 4)
    [head] = store.outbox.heads(NOW, 9, "telegram")
    assert store.outbox.gather_late(head.id, "chat", NOW + HOUR, 99)
    assert titles(store, head) == [f"标题{n}" for n in together]
    store.outbox.claim([head], NOW)
    store.outbox.settle([settled(head, 1, state="sent", outcome="sent")])
    assert len(store.ledger.deliveries("chat", "waiting")) == 5 - len(together)


@pytest.mark.parametrize("attempts", [0, 1])
def test_a_digest_that_loses_its_carrier_before_it_begins_is_dissolved_and_loses_nothing(store, attempts):
    carrier = gathered(store, 3, 2, 1)
    for _ in range(attempts):
        store.outbox.claim([carrier], NOW)
        store.outbox.settle([settled(carrier, 1, state="retry", due_at=NOW, outcome="later")])
    store.outbox.drop(carrier.id, "superseded", "withdrawn", NOW)
    assert [row.title for row in store.ledger.deliveries("chat", "waiting")] == ["标题2", "标题3"]
    [head] = store.outbox.heads(NOW, 9, "telegram")
    assert (head.digest, store.archive.entry(head.entry).title) == (None, "标题2")


def test_a_digest_that_waits_is_not_owed_again_by_its_carrier_alone(store):
    carrier = gathered(store, 3, 2, 1)
    store.outbox.claim([carrier], NOW)
    store.outbox.recover(NOW)
    assert store.ledger.again([carrier.id], "by hand", NOW) == 0
    store.outbox.drop(carrier.id, "skipped", "dropped", NOW)
    assert store.ledger.deliveries("chat", "waiting") == []


def test_what_a_dead_process_would_have_said_changes_nothing_the_destination_neither(store):
    carrier = gathered(store, 3, 2, 1)
    store.outbox.claim([carrier], NOW)
    store.outbox.recover(NOW)
    store.outbox.settle([settled(carrier, 1, moved_to="-200")])
    assert len(store.ledger.deliveries("chat", "waiting")) == 3
    assert [row.address for row in store.outbox.destinations()] == ["-100"]


def test_bringing_a_digest_forward_keeps_it_whole_and_its_progress(store):
    carrier = gathered(store, 3, 2, 1)
    store.outbox.claim([carrier], NOW)
    later = {"state": "retry", "outcome": "later", "due_at": NOW + HOUR, "progress": {"sent": ["7"]}}
    store.outbox.settle([settled(carrier, 1, **later)])
    member = store.ledger.deliveries("chat", "waiting")[2]
    assert store.ledger.forward([member.id, carrier.id], "brought forward", NOW) == 1
    [head] = store.outbox.heads(NOW, 9, "telegram")
    assert (head.id, head.progress, len(store.outbox.gathered(head.id))) == (carrier.id, {"sent": ["7"]}, 3)


def test_what_may_have_been_taken_is_still_uncertain_when_its_subscriber_comes_back(store):
    publish(store, 1)
    store.outbox.claim(store.outbox.heads(NOW, 9, "telegram"), NOW)
    store.outbox.recover(NOW)
    store.outbox.configure([], NOW)
    store.outbox.configure([("chat", "telegram", "-100")], NOW)
    assert [head.state for head in store.outbox.heads(NOW, 9, "telegram")] == ["uncertain"]
