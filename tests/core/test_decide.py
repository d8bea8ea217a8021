"""The rules of identity, change and backfill, case by case, and what must hold for any history."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import decide, prints
from bridge.core.identity import canonical
from bridge.model import Article, Image, Link, Page, Portal, When
from bridge.rows import EntryRow, LinkRow, SentRow

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PORTAL = Portal(id="p", title="P", url="http://a.cn/", revisit=(timedelta(hours=1), timedelta(hours=6)))
URL = "http://a.cn/show.asp?id=5"
CHAT = decide.Follower(id="chat", backfill=2, edit_gap=timedelta(minutes=10))
HOOK = decide.Follower(id="hook")


def link(title="标题", url=URL, day=None):
    return Link(url, title, When(day, "day") if day else None)


def row(**more):
    facts = {"id": 1, "portal": "p", "key": canonical(URL), "url": URL, "line": "x", "link": link(), "listed_at": NOW}
    return LinkRow(**{**facts, **more})


def article(**more):
    facts = {"url": URL, "title": "标题", "content_text": "正文一段。", "published": When(NOW.astimezone(ZONE), "second")}
    return Article(**{**facts, **more})


def page(url=URL, body=b"<html>"):
    return Page(url=url, body=body, etag='"1"')


def known(**more):
    facts = {
        "uid": 7,
        "id": "tag:a.cn,2026:x",
        "portal": "p",
        "url": URL,
        "title": "标题",
        "first_seen": NOW,
        "updated": NOW,
        "revision": 1,
    }
    return EntryRow(**{**facts, "prints": prints.prints(article()), **more})


def case(**more):
    return decide.Case(**{"row": row(), "portal": PORTAL, "zone": ZONE, "now": NOW, "followers": (CHAT, HOOK), **more})


def sent(destination="chat", kind="published", state="sent", **more):
    return SentRow(id=more.pop("id", 1), destination=destination, kind=kind, state=state, attempts=more.pop("attempts", 1), **more)


def states(change):
    return {d.destination: d.state for d in change.deliveries}


# ---------------------------------------------------------------- lists


def test_new_lines_come_oldest_first_and_once():
    """The list's last line is its oldest article, which is read and pushed first; a line that stands twice is one."""
    links = [link("三", "http://a.cn/3"), link("二", "http://a.cn/2"), link("二又", "http://a.cn/2#x"), link("一", "http://a.cn/1")]
    plan = decide.plan(links, {}, None)
    assert [line.link.title for line in plan.new] == ["一", "二", "三"]


def test_the_first_list_gives_each_line_its_place():
    plan = decide.plan([link("二", "http://a.cn/2"), link("一", "http://a.cn/1")], {}, 10)
    assert {line.link.title: line.place for line in plan.new} == {"二": 10, "一": 11}


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        (link("标题"), link("标题"), False),
        (link("标题"), link("标题改"), True),
        (link(day=NOW), link(day=NOW + timedelta(hours=2)), False),
        (link(day=NOW), link(day=NOW + timedelta(days=2)), True),
        (link(url=URL), link(url=URL + "&utm_source=x"), False),
    ],
)
def test_a_line_that_reads_differently_is_looked_at(old, new, touched):
    seen = {canonical(URL): row(line=decide.line_print(old))}
    assert bool(decide.plan([new], seen, None).touched) is touched


# ---------------------------------------------------------------- articles


def test_a_new_article_is_an_entry_an_event_and_a_delivery_each():
    change = decide.seen(case(), article(), page())
    assert change.entry.uid is None
    assert change.event == "published"
    assert states(change) == {"chat": "pending", "hook": "pending"}
    assert change.shown
    assert change.look.due_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("place", "expected"), [(None, "pending"), (0, "pending"), (1, "pending"), (2, "skipped")])
def test_backfill_counts_by_the_place_in_the_first_list(place, expected):
    change = decide.seen(case(row=row(place=place)), article(), page())
    assert states(change)["chat"] == expected


@pytest.mark.parametrize(
    ("fresh", "event"),
    [
        ({}, None),
        ({"title": "改题"}, "updated"),
        ({"content_text": "正文改。"}, "updated"),
        ({"content_text": "正文\n\n一段。"}, None),
        ({"content_text": "正文一段。 浏览:12 次"}, None),
        ({"images": (Image("http://a.cn/1.jpg"),)}, None),
        ({"published": None}, None),
        ({"published": When(NOW.astimezone(ZONE).replace(hour=0, minute=0), "day")}, None),
        ({"published": When(NOW.astimezone(ZONE) + timedelta(days=1), "second")}, "updated"),
    ],
)
def test_what_is_an_edit(fresh, event):
    """Judged on the article; a field that only one of two readings shows, counters and white space are none."""
    change = decide.seen(case(row=row(entry=7), known=known(), history=[sent()]), article(**fresh), page())
    assert change.event == event


def test_an_edit_keeps_the_id_and_counts_the_revision():
    change = decide.seen(case(row=row(entry=7), known=known(), history=[sent()]), article(title="改题"), page())
    assert (change.entry.entry.id, change.entry.entry.revision, change.entry.entry.first_seen) == ("tag:a.cn,2026:x", 2, NOW)
    assert change.entry.entry.updated == NOW


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ([sent()], "pending"),
        ([], "skipped"),
        ([sent(state="skipped", reason="first run")], "skipped"),
        ([sent(state="dead")], "skipped"),
        ([sent(state="pending", attempts=0)], "superseded"),
        ([sent(state="retry", attempts=2)], "pending"),
        ([sent(state="uncertain")], "pending"),
    ],
)
def test_what_a_chat_is_owed_for_an_edit(history, state):
    change = decide.seen(case(row=row(entry=7), known=known(), history=history, followers=(CHAT,)), article(title="改"), page())
    assert states(change) == {"chat": state}


def test_a_later_edit_of_a_message_waits_ten_minutes():
    history = [sent(), sent(id=2, kind="updated", done_at=NOW - timedelta(minutes=4))]
    change = decide.seen(case(row=row(entry=7), known=known(), history=history, followers=(CHAT,)), article(title="改"), page())
    assert change.deliveries[0].due_at == NOW + timedelta(minutes=6)


def test_a_waiting_edit_is_superseded_by_the_next():
    history = [sent(), sent(id=2, kind="updated", state="pending", attempts=0)]
    change = decide.seen(case(row=row(entry=7), known=known(), history=history), article(title="改"), page())
    assert change.superseded == (2,)


def test_an_ever_changing_article_stops_being_told():
    change = decide.seen(case(row=row(entry=7), known=known(revision=decide.CHURN), history=[sent()]), article(title="改"), page())
    assert change.event is None
    assert change.entry.entry.title == "改"


def test_a_known_article_in_another_portal_is_listed_and_owed_once():
    change = decide.seen(case(known=known(portal="q")), article(), page())
    assert (change.adopt, change.event, change.entry) == (7, "published", None)


def test_where_an_address_led_is_an_alias_unless_many_lead_there():
    moved = decide.seen(case(), article(), page("http://a.cn/new/5.html"))
    home = decide.seen(case(), article(), page("http://a.cn/"))
    assert moved.aliases == (canonical(URL), "//a.cn/new/5.html")
    assert home.aliases == (canonical(URL),)


# ---------------------------------------------------------------- failures


def test_two_misses_an_hour_apart_withdraw_a_known_article():
    first = decide.failed(case(row=row(entry=7), known=known(), history=[sent()]), "gone", "http-404")
    assert (first.event, first.look.gone_at) == (None, NOW)
    soon = case(row=row(entry=7, gone_at=NOW - timedelta(minutes=59)), known=known(), history=[sent()])
    assert decide.failed(soon, "gone", "http-404").event is None
    later = case(row=row(entry=7, gone_at=NOW - timedelta(hours=1)), known=known(), history=[sent()])
    change = decide.failed(later, "gone", "http-404")
    assert (change.event, change.withdrawn, states(change)["chat"]) == ("withdrawn", 7, "pending")


def test_what_is_gone_is_looked_for_ever_more_rarely_and_comes_back():
    """A portal that answers 404 for a while loses nothing: neither a known article nor one that was never read."""
    gone = row(entry=7, gone_at=NOW - timedelta(hours=5), etag='"1"', digest="d")
    look = decide.failed(case(row=gone, known=known(withdrawn=True)), "gone", "http-404").look
    assert (look.due_at, look.etag, look.digest) == (NOW + timedelta(hours=5), None, "")
    unread = decide.failed(case(row=row(gone_at=NOW - timedelta(hours=1))), "gone", "http-404")
    assert (unread.entry, unread.look.due_at) == (None, NOW + timedelta(hours=1))
    assert decide.failed(case(row=row(gone_at=NOW - timedelta(days=31))), "gone", "http-404").look.due_at is None
    back = decide.seen(case(row=row(entry=7), known=known(withdrawn=True), history=[sent()]), article(), page())
    assert back.event == "updated"


@pytest.mark.parametrize(
    ("hours", "left", "entry", "event"),
    [(1, False, None, None), (2, False, None, "published"), (40, True, None, None), (40, False, 7, None), (40, True, 7, "withdrawn")],
)
def test_an_article_that_never_was_there_stands_as_long_as_its_line(hours, left, entry, event):
    """Its page answers 404 from the first look on: published from its line, unless that was taken from the list; withdrawn with it."""
    there = known(partial=True) if entry else None
    gone = row(entry=entry, gone_at=NOW - timedelta(hours=hours), listed_at=NOW - timedelta(hours=hours))
    change = decide.failed(case(row=gone, known=there, left=left, history=[sent()] if entry else ()), "gone", "http-404")
    assert change.event == event
    assert change.entry is None or (change.entry.partial and change.entry.entry.title == "标题")


def test_an_article_that_went_out_in_a_digest_is_not_said_to_be_unsent():
    change = decide.seen(case(row=row(entry=7), known=known(), history=[sent(attempts=0)], followers=(CHAT,)), article(title="改"), page())
    assert states(change) == {"chat": "pending"}


def test_a_withdrawn_article_that_was_never_pushed_is_not_pushed():
    old = case(row=row(entry=7, gone_at=NOW - timedelta(hours=2)), known=known(), history=[sent(state="pending", attempts=0)])
    change = decide.failed(old, "gone", "http-404")
    assert states(change)["chat"] == "superseded"
    assert change.superseded == (1,)


def test_an_article_that_cannot_be_read_is_published_from_its_line_in_the_end():
    early = decide.failed(case(row=row(tries=5)), "transient", "timeout")
    late = decide.failed(case(row=row(tries=2, listed_at=NOW - timedelta(hours=1))), "transient", "timeout")
    assert early.entry is None
    assert late.entry.partial
    assert (late.entry.entry.title, late.event) == ("标题", "published")
    assert late.look.due_at > NOW


def test_an_article_that_robots_forbid_is_published_from_its_line_at_once():
    change = decide.failed(case(), "final", "robots")
    assert (change.event, change.look.due_at) == ("published", None)


@pytest.mark.parametrize(("kind", "most"), [("transient", 20), ("barred", 12)])
def test_what_only_its_line_is_known_of_is_asked_for_a_month_and_ever_more_rarely(kind, most):
    """Trouble of weeks costs few requests, and none of the gaps between them is longer than the trouble was before."""
    state, now, looks, known_as = row(), NOW, list[timedelta](), None
    while state.due_at or not looks:
        look = decide.failed(case(row=state, known=known_as, now=now), kind, "x").look
        looks.append(now - NOW)
        state, known_as = row(entry=7, step=look.step, tries=look.tries, due_at=look.due_at), known(partial=True)
        now = look.due_at or now
    assert len(looks) <= most
    assert timedelta(days=30) <= looks[-1] <= timedelta(days=60)
    assert all(later <= 2 * earlier for earlier, later in pairwise(looks) if earlier >= timedelta(days=1))


@pytest.mark.parametrize(("kind", "tries"), [("transient", 9), ("barred", 0)])
def test_what_is_known_whole_is_asked_for_no_longer_than_for_edits(kind, tries):
    old = case(row=row(entry=7, tries=tries, step=4, listed_at=NOW - timedelta(days=8)), known=known())
    assert decide.failed(old, kind, "x").look.due_at is None


def test_the_text_that_comes_later_edits_the_message():
    partial = known(partial=True, prints={"title": prints.prints(article())["title"]})
    change = decide.seen(case(row=row(entry=7), known=partial, history=[sent()]), article(), page())
    assert change.event == "updated"


@given(st.integers(0, 20))
def test_failures_are_tried_ever_more_rarely_and_never_at_once(tries):
    change = decide.failed(case(row=row(tries=tries, entry=7), known=known()), "transient", "timeout")
    assert change.look.due_at is None or change.look.due_at >= NOW + timedelta(minutes=5)


@given(st.lists(st.sampled_from(["seen", "edit", "gone", "fail"]), max_size=12))
def test_the_schedule_of_looks_ends(steps):
    """Whatever happens, an article is looked at a bounded number of times once it answers."""
    state, now = row(entry=7), NOW
    for step in [*steps, "seen", "seen", "seen"]:
        at = case(row=state, known=known(), now=now, history=[sent()])
        if step in {"seen", "edit"}:
            look = decide.seen(at, article(title="改" if step == "edit" else "标题"), page()).look
        else:
            look = decide.failed(at, "gone" if step == "gone" else "transient", "x").look
        state = row(entry=7, step=look.step, tries=look.tries, gone_at=look.gone_at)
        now = max(now, look.due_at or now)
    assert state.step <= len(PORTAL.revisit)


def test_a_new_follower_of_an_old_portal_gets_the_newest_oldest_first():
    rows = [known(uid=n, id=f"tag:a,2026:{n}") for n in (3, 2, 1)]
    assert [uid for uid, _ in decide.backfill(rows, CHAT, NOW)] == [2, 3]


def test_a_line_that_leads_to_a_file_is_an_entry_with_that_file():
    to_file = row(link=link("公告", "http://a.cn/1.pdf"), url="http://a.cn/1.pdf")
    change = decide.failed(case(row=to_file), "final", "not-html")
    assert [file.media_type for file in change.entry.entry.enclosures] == ["application/pdf"]


def lines(*numbers, days=None):
    return [link(f"标题{n}", f"http://a.cn/show.asp?id={n}", days and NOW - timedelta(days=100 - n)) for n in numbers]


@pytest.mark.parametrize(
    ("before", "now", "slid"),
    [
        ((30, 29, 28), (30, 29, 27), [27]),
        ((30, 29, 28), (31, 30, 29), []),
        ((30, 29, 28), (31, 30, 28, 27), [27]),
        ((28, 29, 30), (29, 30, 31), []),
        ((30, 29, 28), (27, 30, 29), []),
        ((30, 29, 28), (44, 43, 42), []),
    ],
    ids=["one went away", "one came", "both", "a list that grows at its end", "late, on top", "nothing known"],
)
@pytest.mark.parametrize("days", [None, True], ids=["by number", "by date"])
def test_what_slides_up_from_an_older_page_is_no_news(before, now, slid, days):
    known = {canonical(one.url): row(key=canonical(one.url), url=one.url, link=one) for one in lines(*before, days=days)}
    plan = decide.plan(lines(*now, days=days), known, None)
    assert [int(line.link.title[2:]) for line in plan.new if line.place == decide.SLID] == slid


def test_a_late_article_at_the_page_s_end_is_told_by_its_number_from_what_slid_up():
    """It is dated before all that is known, and the CMS counted it after them."""
    known = {canonical(one.url): row(key=canonical(one.url), url=one.url, link=one) for one in lines(30, 29, 28, days=True)}
    late = link("迟到的", "http://a.cn/show.asp?id=31", NOW - timedelta(days=80))
    elsewhere = link("别处的", "http://a.cn/old/show.asp?id=31", NOW - timedelta(days=80))
    places = {one.title: decide.plan([*lines(30, 29, 28, days=True), one], known, None).new[0].place for one in (late, elsewhere)}
    assert places == {"迟到的": None, "别处的": decide.SLID}


def test_what_slid_up_is_published_and_not_pushed():
    change = decide.seen(case(row=row(place=decide.SLID)), article(), page())
    assert change.event == "published"
    assert set(states(change).values()) == {"skipped"}


def test_after_bad_looks_the_list_is_known_down_to_what_the_last_good_one_knew():
    """A line that a doubtful page gave in between may stand above lines that were never seen: those below it did not slid up."""
    links = [link(str(n), f"http://a.cn/{n}.html", NOW + timedelta(days=n)) for n in (19, 18, 17)]
    late = {canonical(links[0].url): row(id=1, key=canonical(links[0].url), link=links[0], listed_at=NOW)}
    spared = {good: [line.place for line in decide.plan(links, late, None, sound_at=good).new] for good in (NOW, NOW - timedelta(days=1))}
    assert spared == {NOW: [decide.SLID, decide.SLID], NOW - timedelta(days=1): [None, None]}


def test_every_line_is_read_again_when_addresses_were_given_again():
    links = [link("一", "http://a.cn/1.html", NOW), link("二", "http://a.cn/2.html", NOW)]
    seen = {line.key: row(id=n, key=line.key, line=line.line) for n, line in enumerate(decide.plan(links, {}, None).new)}
    assert not decide.plan(links, seen, None).touched
    assert len(decide.plan(links, seen, None, again=True).touched) == 2
