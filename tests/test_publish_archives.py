"""Archives by month (RFC 5005 §4): live feed and archives together hold everything, and a closed month stays as it is."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from stand_ins.press import BASE, Press, portal

from bridge.core import feed as feeds
from bridge.core.feed_months import around, month_of, span

FH = "{http://purl.org/syndication/history/1.0}archive"
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"


@pytest.fixture
def press(tmp_path):
    with Press(tmp_path) as made:
        yield made


def logical(press, name):
    """The feed that a client puts together (RFC 5005 §4.2): each id once; archives must not repeat one another."""
    live, *archives = press.walk(name)
    archived = [one for _, ids in archives for one in ids]
    assert len(archived) == len(set(archived))
    assert len(live[1]) == len(set(live[1]))
    return {*live[1], *archived}


def shown(press, *portals):
    """The ids of all entries that are there."""
    wanted = {uid for uid, entry in press.entries.items() if not portals or entry.portal in portals}
    return {press.entries[uid].id for uid in wanted if not press.store.archive.entry(uid).withdrawn}


def months(press, feed="city"):
    """The archive documents of a feed with their times, by name."""
    return press.snapshot(f"archive/{feed}-*.atom")


def test_the_walk_from_the_live_feed_finds_every_entry_in_rss_and_atom(press):
    """200 articles over half a year, published as they come."""
    for n in range(200):
        press.add(n, published=press.clock.now() - timedelta(days=n % 40))
        press.later(hours=23)
        if n % 7 == 0:
            press.publish()
    press.publish()
    assert logical(press, "city.rss") == logical(press, "city.atom") == shown(press)
    assert len(press.walk("city.atom")) == 1 + 7


def test_a_json_reader_walks_back_by_next_url(press):
    for n in range(4):
        press.add(n)
        press.later(days=31)
        press.publish()
    name, seen = "city.json", set()
    while name:
        page = json.loads(press.read(name))
        seen |= {item["id"] for item in page["items"]}
        assert page.get("next_url") != page["feed_url"]
        name = page.get("next_url", "").removeprefix(BASE)
    assert seen == shown(press)


@pytest.mark.parametrize("suffix", [".rss", ".atom"])
def test_documents_are_linked_both_ways_and_only_archives_say_so(press, suffix):
    for n in range(3):
        press.add(n)
        press.later(days=31)
        press.publish()
    names = [name for name, _ in press.walk("city" + suffix)]
    assert names == [f"city{suffix}", *(f"archive/city-2026-{n}{suffix}" for n in (12, 11, 10))]
    assert [press.link(name, "current") for name in names] == [None, *["city" + suffix] * 3]
    assert [press.link(name, "next-archive") for name in names] == [None, None, *names[1:3]]
    for name in names:
        root = etree.fromstring(press.read(name))
        channel = root if suffix == ".atom" else root[0]
        assert (channel.find(FH) is not None) == (name != names[0])
        if suffix == ".rss":
            tags = [node.tag for node in channel]
            assert max(i for i, tag in enumerate(tags) if tag in {FH, ATOM_LINK}) < tags.index("item")


def test_all_documents_of_a_feed_have_its_id_and_title(press):
    for n in range(3):
        press.add(n)
        press.later(days=31)
    press.publish()
    assert len({(f.id, f.title) for f in (press.parsed(name).feed for name, _ in press.walk("city.atom"))}) == 1


def test_a_closed_month_changes_only_by_a_withdrawal(press):
    """News, edits and settings of another feed leave its bytes and time as they are, in every format."""
    october = [press.add(n) for n in range(3)]
    press.publish()
    press.month("2026-11")
    press.add(10)
    press.publish()
    closed = press.snapshot("archive/city-2026-10.*")
    assert len(closed) == 3
    for n in range(11, 80):
        press.later(hours=5)
        press.add(n)
        if n % 6 == 0:
            press.edit(october[0], title=f"改{n}")
            press.publish()
    press.month("2026-12")
    press.publish()
    assert press.snapshot("archive/city-2026-10.*") == closed
    press.withdraw(october[1])
    press.publish()
    after = press.snapshot("archive/city-2026-10.*")
    assert all(after[name] != closed[name] for name in closed)
    assert press.titles("archive/city-2026-10.rss") == ["第2条", "改78"]
    press.edit(october[1])
    press.publish()
    assert len(press.titles("archive/city-2026-10.rss")) == 3


def test_text_that_was_let_go_does_not_redraw_a_closed_month(press):
    """Only a later withdrawal shows that the text of old articles is no longer kept: the summary stands alone then."""
    october = [press.add(n, summary=f"摘要{n}") for n in range(2)]
    press.publish()
    press.month("2026-11")
    press.add(10)
    press.publish()
    closed = months(press)["archive/city-2026-10.atom"]
    press.sql("UPDATE entries SET bare = 1, data = json_remove(data, '$.content_html', '$.content_text') WHERE uid = ?", october[0])
    press.add(11)
    press.publish()
    assert months(press)["archive/city-2026-10.atom"] == closed
    assert "正文0".encode() in closed[0]
    press.withdraw(october[1])
    press.publish()
    document = press.read("archive/city-2026-10.atom").decode()
    assert "正文0" not in document
    assert "摘要0" in document


def test_the_running_month_is_drawn_only_when_something_would_be_missing(press):
    """Twenty articles a day for two weeks: the growing document is written every two days or so, not at every article."""
    press.month("2026-11")
    for n in range(20 * 14):
        press.add(n)
        press.later(minutes=72)
        if n % 4 == 0:
            press.publish()
            if n % 40 == 0:
                assert logical(press, "city.atom") == shown(press)
    assert press.rendered["city.atom"] == 70
    assert press.rendered["archive/city-2026-11.atom"] < 10


def test_what_a_feed_too_large_had_to_drop_is_in_the_archive(press, monkeypatch):
    """The live file is cut to its size limit; the archive is drawn at once for what was cut."""
    monkeypatch.setattr(feeds, "LIMIT", 40_000)
    monkeypatch.setattr(feeds.fitted, "__defaults__", (40_000,))
    for n in range(60):
        press.add(n, summary="长" * 500)
        if n % 20 == 0:
            press.publish()
    press.publish()
    assert len(press.titles("city.atom")) < 40
    assert logical(press, "city.atom") == logical(press, "city.rss") == shown(press)


def test_an_archive_loses_text_before_it_loses_an_entry(press, monkeypatch):
    monkeypatch.setattr(feeds, "ARCHIVE_LIMIT", 20_000)
    for n in range(60):
        press.add(n, content_html=f"<p>{'长' * 300}</p>")
    press.publish()
    assert len(press.titles("archive/city-2026-10.rss")) == 60
    assert press.read("archive/city-2026-10.rss").count("长长长".encode()) > 0


def test_months_are_the_portals_own(tmp_path):
    """16:30 UTC on 31 October is November in China."""
    with Press(tmp_path, portal(timezone="Asia/Shanghai")) as press:
        press.clock.advance(datetime(2026, 10, 31, 15, 30, tzinfo=UTC) - press.clock.now())
        press.add(1)
        press.later(hours=1)
        press.add(2)
        press.publish()
        assert press.titles("archive/city-2026-10.rss") == ["第1条"]
        assert press.titles("archive/city-2026-11.rss") == ["第2条"]


def test_a_month_without_news_has_no_document_and_breaks_no_chain(press):
    press.add(1)
    press.month("2027-03")
    press.add(2)
    press.publish()
    assert [name for name, _ in press.walk("city.atom")] == ["city.atom", "archive/city-2027-03.atom", "archive/city-2026-10.atom"]


def test_what_is_released_after_its_month_enters_the_archive_of_its_month(press):
    """A month of which nothing was shown until then takes its place in the chain."""
    press.add(1)
    press.publish()
    press.month("2026-11")
    held = press.add(2, held=True)
    press.publish()
    press.month("2026-12")
    press.add(3)
    press.publish()
    assert [name for name, _ in press.walk("city.atom")][1:] == ["archive/city-2026-12.atom", "archive/city-2026-10.atom"]
    press.later(days=5)
    press.release()
    press.publish()
    walk = press.walk("city.atom")
    assert [name for name, _ in walk][1:] == [f"archive/city-2026-{n}.atom" for n in (12, 11, 10)]
    assert walk[2][1] == [press.entries[held].id]
    assert press.link("archive/city-2026-10.atom", "next-archive") == "archive/city-2026-11.atom"


def test_another_address_or_zone_draws_all_documents_anew(press):
    for n in range(3):
        press.add(n)
        press.later(days=31)
    press.publish()
    assert press.publish(version="2") == []
    assert len([name for name in press.publish(base_url="https://new.example/") if name.startswith("archive/")]) == 9


def test_the_feed_of_everything_has_archives_with_shared_articles_once(tmp_path):
    """An article that a second portal lists a month later stands in the month in which the first one brought it."""
    with Press(tmp_path, portal("city"), portal("town")) as press:
        shared = press.add(1)
        press.add(2, "town")
        press.publish()
        press.month("2026-11")
        press.adopt(shared, "town")
        press.add(3, "town")
        press.publish()
        assert logical(press, "all.atom") == logical(press, "all.rss") == shown(press)
        assert press.entries[shared].id in dict(press.walk("all.atom"))["archive/all-2026-10.atom"]
        assert press.entries[shared].id in dict(press.walk("town.atom"))["archive/town-2026-11.atom"]


def test_publishing_one_new_article_does_not_grow_with_the_archive(press):
    """The same reads, renderings and writes with 3 years behind it as with a few weeks."""

    def cost():
        press.later(days=1)
        press.add(10_000 + len(press.entries))
        press.rendered.clear()
        steps = []
        press.store._db._db.set_progress_handler(lambda: steps.append(1), 100)
        written = press.publish()
        press.store._db._db.set_progress_handler(None, 0)
        return len(written), sum(press.rendered.values()), len(steps)

    for n in range(60):
        press.add(n)
        press.later(hours=20)
    press.publish()
    small = cost()
    for n in range(60, 900):
        press.add(n)
        press.later(hours=20)
    press.publish()
    large = cost()
    assert large[:2] == small[:2]
    assert large[2] < 1.5 * small[2] + 20


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("aaaaewrhHp"), st.integers(0, 30), st.integers(0, 400)), min_size=5, max_size=40))
def test_whatever_happens_nothing_is_missing_and_archives_repeat_nothing(tmp_path_factory, acts):
    """Articles, edits, withdrawals, returns, holds and releases in any order over months, published at any time."""
    with Press(tmp_path_factory.mktemp("acts")) as press:
        held = set()
        for n, (act, which, hours) in enumerate(acts):
            press.later(hours=hours)
            uids = sorted(press.entries)
            if act in "ah":
                uid = press.add(n, held=act == "h", published=press.clock.now() - timedelta(hours=7 * which))
                held |= {uid} if act == "h" else set()
            elif act == "H":
                press.release()
                held.clear()
            elif act == "p":
                press.publish()
            elif uids:
                {"e": press.edit, "r": press.edit, "w": press.withdraw}[act](uids[which % len(uids)])
        press.publish()
        if (press.public / "city.atom").exists():
            wanted = shown(press) - {press.entries[uid].id for uid in held}
            assert logical(press, "city.atom") == logical(press, "city.rss") == wanted


@pytest.mark.parametrize(
    ("at", "zone", "wanted"),
    [
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), "Asia/Shanghai", "2026-11"),
        (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), "Asia/Shanghai", "2026-10"),
        (datetime(2027, 1, 1, 2, 0, tzinfo=UTC), "America/New_York", "2026-12"),
        (datetime(999, 12, 31, tzinfo=UTC), "UTC", "0999-12"),
    ],
)
def test_month_of(at, zone, wanted):
    assert month_of(at, ZoneInfo(zone)) == wanted


@given(
    st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2100-01-01")),
    st.sampled_from(["Asia/Shanghai", "UTC", "America/Sao_Paulo", "Africa/Cairo"]),
)
def test_a_time_lies_in_the_span_of_its_month(at, zone):
    """Also where clocks are turned at midnight."""
    aware = at.replace(tzinfo=UTC)
    start, end = span(month_of(aware, ZoneInfo(zone)), ZoneInfo(zone))
    assert start <= aware < end


def test_around():
    chain = ["2026-01", "2026-03"]
    assert [around(chain, month) for month in ("2025-12", "2026-01", "2026-02", "2026-03")] == [
        (None, "2026-01"), (None, "2026-03"), ("2026-01", "2026-03"), ("2026-01", None),
    ]  # fmt: skip
