"""Live feeds: what they show, when they are drawn again, what happens to damaged files and to feeds that cannot be rendered."""

import json
from datetime import timedelta

import pytest
from lxml import etree
from stand_ins.press import BASE, Press, portal

from bridge import shelf
from bridge.formats import rss

A = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture
def press(tmp_path):
    with Press(tmp_path) as made:
        yield made


def test_a_portal_has_a_feed_in_each_format_and_a_place_in_the_list(press):
    press.add(1)
    assert press.publish() == [
        "archive/city-2026-10.atom", "archive/city-2026-10.json", "archive/city-2026-10.rss",
        "city.atom", "city.json", "city.rss", "feeds.opml",
    ]  # fmt: skip
    assert press.titles() == ["第1条"]


def test_a_round_without_changes_draws_nothing_and_touches_no_file(press):
    press.add(1)
    press.publish()
    before = press.snapshot()
    press.rendered.clear()
    press.later(days=3)
    assert press.publish() == []
    assert press.snapshot() == before
    assert not press.rendered


def test_newest_first_and_a_late_article_at_its_place(press):
    for n in range(60):
        press.add(n)
        press.later(hours=2)
    late = press.add(99, title="迟到", published=press.clock.now() - timedelta(days=300))
    press.publish()
    assert press.titles()[0] == "第59条"
    assert press.titles()[-1] == "迟到"
    assert len(press.titles()) == 51
    assert press.entries[late].id in [entry.id for entry in press.parsed("city.atom").entries]


def test_an_article_that_was_listed_long_before_it_could_be_read_is_shown_when_it_was_read(press):
    """The 48 hours count from when the feed gained it."""
    for n in range(55):
        press.add(n)
    press.later(days=9)
    press.add(99, title="三天后才读到", first_seen=press.clock.now() - timedelta(days=3), published=press.clock.now() - timedelta(days=30))
    press.publish()
    assert "三天后才读到" in press.titles()


def test_held_entries_are_not_shown_until_they_are_released(press):
    press.add(1)
    press.add(2, held=True)
    press.publish()
    assert press.titles() == ["第1条"]
    assert press.walk("city.rss")[1][1] == [press.entries[1].id]
    press.later(hours=1)
    press.release()
    press.publish()
    assert press.titles() == ["第2条", "第1条"]


def test_a_withdrawn_entry_leaves_every_format_and_leaves_a_tombstone_in_atom(press):
    press.add(1)
    uid = press.add(2)
    press.later(days=1)
    press.withdraw(uid)
    press.publish()
    assert press.titles() == press.titles("city.atom") == ["第1条"]
    assert [item["title"] for item in json.loads(press.read("city.json"))["items"]] == ["第1条"]
    root = etree.fromstring(press.read("city.atom"))
    assert [dict(node.attrib) for node in root.iter(AT)] == [{"ref": press.entries[uid].id, "when": "2026-10-11T02:00:00+00:00"}]
    assert root.findtext(f"{A}updated") == "2026-10-11T02:00:00+00:00"


def test_a_tombstone_stands_for_ninety_days_and_goes_when_the_article_comes_back(press):
    one, two = press.add(1), press.add(2)
    press.withdraw(one)
    press.withdraw(two)
    press.publish()
    press.later(days=80)
    press.edit(two, title="又回来了")
    press.publish()
    assert [node.get("ref") for node in etree.fromstring(press.read("city.atom")).iter(AT)] == [press.entries[one].id]
    press.later(days=11)
    press.add(3)
    press.publish()
    assert not list(etree.fromstring(press.read("city.atom")).iter(AT))


def test_tombstones_are_bounded(press):
    for n in range(230):
        press.withdraw(press.add(n))
    press.publish()
    assert len(list(etree.fromstring(press.read("city.atom")).iter(AT))) == 200


def test_an_incident_is_an_ordinary_entry(press):
    press.add(1, kind="incident", title="门户异常")
    press.publish()
    for name in ("city.rss", "city.atom"):
        assert press.titles(name) == ["门户异常"]


def test_the_feeds_id_is_a_tag_that_stays_when_the_portal_moves(press):
    press.add(1)
    press.publish()
    assert press.parsed("city.atom").feed.id == "tag:city.example,2026:feedbridge/feed/city"
    press.portals = (portal(url="https://elsewhere.example/"),)
    press.publish()
    assert press.parsed("city.atom").feed.id == "tag:city.example,2026:feedbridge/feed/city"
    assert press.parsed("city.atom").feed.link == "https://elsewhere.example/"


def test_the_hub_stands_in_every_live_format_and_in_no_archive(press):
    press.add(1)
    press.publish(hub="https://hub.example/")
    assert press.link("city.rss", "hub") == press.link("city.atom", "hub") == "https://hub.example/"
    assert json.loads(press.read("city.json"))["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert b"hub" not in press.read("archive/city-2026-10.atom")
    assert "hubs" not in json.loads(press.read("archive/city-2026-10.json"))


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:100]), lambda p: p.write_text("x")])
def test_a_missing_or_damaged_file_is_rebuilt_as_it_was(press, damage):
    """A live one at once, one of the archives when its turn comes, all archives when a live one is gone too."""
    press.add(1)
    press.publish()
    before = {name: content for name, (content, _) in press.snapshot().items()}
    for name in ("city.rss", "city.json", "feeds.opml", "archive/city-2026-10.atom"):
        damage(press.public / name)
        assert name in press.publish(chance=lambda: 0.0)
        assert {n: content for n, (content, _) in press.snapshot().items()} == before
    for name in ("archive/city-2026-10.rss", "city.atom"):
        damage(press.public / name)
    press.publish(chance=lambda: 0.999)
    assert {n: content for n, (content, _) in press.snapshot().items()} == before


def test_a_lost_folder_is_rebuilt_whole(press):
    for n in range(5):
        press.add(n)
        press.later(days=20)
        press.publish()
    before, live = set(press.snapshot()), {name: content for name, (content, _) in press.snapshot("*").items()}
    press.public.rename(press.folder / "gone")
    press.publish(chance=lambda: 0.999)
    assert set(press.snapshot()) == before
    assert {name: content for name, (content, _) in press.snapshot("*").items()} == live


def test_every_file_is_looked_at_in_time(press):
    """Whatever the chance, a round looks at some files; all chances together at all."""
    for n in range(0, 30 * 25, 25):
        press.add(n)
        press.later(days=25)
    press.publish()
    names = [row[0] for row in press.sql("SELECT name FROM files")]
    seen = {file.name for step in range(20) for file in press.store.publications.some_files(step / 20, 64)}
    assert seen == set(names)
    assert len(names) > 64


@pytest.mark.parametrize("kind", [ValueError, RecursionError, AttributeError, AssertionError, OSError])
def test_a_feed_that_cannot_be_rendered_keeps_its_last_good_files_and_stops_no_other(tmp_path, kind):
    """Whatever goes wrong with it."""
    with Press(tmp_path, portal("city"), portal("town")) as press:
        press.add(1)
        press.add(2, "town")
        press.publish()
        press.later(hours=1)
        press.add(3, title="坏", author="boom")
        press.add(4, "town")
        real = press._counted

        def fragile(form):
            class Fragile(real(form)):
                @staticmethod
                def render(feed):
                    if any(entry.author for entry in feed.entries):
                        raise kind("no such letter")
                    return real(form).render(feed)

            return Fragile

        press._counted = fragile
        written, faults = press.round()
        assert set(faults) == {"city", "all"}
        assert "no such letter" in faults["city"]
        assert "town.rss" in written
        assert press.titles("city.rss") == ["第1条"]
        press._counted = real
        assert "city.rss" in press.publish()


def test_a_page_for_people_that_cannot_be_drawn_stops_no_feed(press):
    """It is told, and tried at every tick until it can be drawn."""

    class Broken:
        SUFFIX, MEDIA_TYPE = ".html", "text/html"

        @staticmethod
        def render(feed):
            raise KeyError("template")

    press.settings |= {"suffixes": (".rss", ".html"), "formats": lambda: [rss, Broken], "archived": (".rss",)}
    press.add(1)
    for _ in range(2):
        _, faults = press.round()
        assert "template" in faults["city.html"]
    assert press.titles() == ["第1条"]
    press.settings["formats"] = lambda: [rss, type("Mended", (Broken,), {"render": staticmethod(lambda feed: b"page")})]
    assert press.publish() == ["city.html"]
    assert press.publish() == []


def test_a_file_that_cannot_be_written_is_told_and_written_when_it_can(press):
    press.public.write_text("in the way")
    press.add(1)
    _, faults = press.round(put=lambda name, content: shelf.put(press.public / name, content), seal=lambda name: "")
    assert "public" in faults["city"]
    press.public.unlink()
    assert "city.rss" in press.publish()


def test_a_catalogue_name_is_never_a_feeds(tmp_path):
    """A portal called `feeds` cannot take the place of a list of feeds."""
    with Press(tmp_path, portal("feeds"), suffixes=(".rss", ".atom", ".opml"), archived=(".rss", ".atom")) as press:
        press.add(1, "feeds")
        press.settings["formats"] = lambda: [
            type("F", (), {"SUFFIX": s, "MEDIA_TYPE": "", "render": lambda feed: b"feed"}) for s in (".rss", ".atom", ".opml")
        ]
        press.publish()
        assert press.read("feeds.opml").startswith(b"<?xml")


def test_the_list_of_feeds_is_drawn_again_for_another_pulse_only(press):
    press.add(1)
    shown = []
    press.settings["overview"] = lambda: shown.append(1)
    press.publish(pulse=lambda: "well")
    press.publish(pulse=lambda: "well")
    assert len(shown) == 1
    press.publish(pulse=lambda: "broken")
    assert len(shown) == 2


class Pages:
    """Pages of articles, drawn as one line."""

    def __init__(self):
        self.drawn = []

    def path(self, entry):
        return f"a/{entry.id.rpartition('/')[2]}.html"

    def render(self, entry, feed):
        self.drawn.append(entry.title)
        if entry.author == "boom":
            raise ValueError("boom")
        return f"{entry.title} {feed.title}".encode()

    def withdrawn(self, entry, feed):
        return b"gone"


def test_a_page_is_drawn_when_its_article_is_new_edited_or_withdrawn(press):
    pages = Pages()
    press.settings["pages"] = lambda: pages
    one, two = press.add(1), press.add(2)
    press.publish()
    assert press.read("a/1.html").decode() == "第1条 门户city"
    press.later(days=400)
    for n in range(3, 70):
        press.add(n)
    press.edit(one, title="改了的旧闻")
    press.withdraw(two)
    pages.drawn.clear()
    press.publish()
    assert press.read("a/1.html").decode() == "改了的旧闻 门户city"
    assert press.read("a/2.html") == b"gone"
    assert len(pages.drawn) == 68
    pages.drawn.clear()
    press.later(hours=1)
    press.add(70)
    press.publish()
    assert pages.drawn == ["第70条"]


def test_the_page_of_an_article_that_only_moved_is_drawn_anew(press):
    """Adoption is no edit: neither its time nor its feed's window tells of it."""
    pages = Pages()
    press.settings["pages"] = lambda: pages
    old = press.add(1)
    press.publish()
    press.later(days=400)
    for n in range(2, 70):
        press.add(n)
    press.publish()
    pages.drawn.clear()
    press.edit(old, url="http://city.example.com/new/1.html", updated=press.store.archive.entry(old).updated)
    press.publish()
    assert pages.drawn == ["第1条"]


def test_what_is_not_configured_any_more_is_not_published_any_more(tmp_path):
    """Feeds and archives of a removed portal and of `all` go, pages of articles stay; a portal that comes back has what it had."""
    pages = Pages()
    with Press(tmp_path, portal("city"), portal("town"), pages=lambda: pages) as press:
        press.settings["drop"] = lambda name: (press.public / name).unlink(missing_ok=True)
        press.add(1, "city")
        press.add(2, "town")
        press.later(days=40)
        press.add(3, "town")
        press.publish()
        before, both = press.snapshot(), press.portals
        press.portals = both[:1]
        press.publish()
        gone = set(before) - set(press.snapshot())
        assert {name.split(".")[0].split("-")[0] for name in gone} == {"town", "all", "archive/town", "archive/all"}
        assert (press.public / "a/2.html").exists()
        assert press.publish() == []
        press.portals = both
        press.publish()
        assert {name: content for name, (content, _) in press.snapshot().items()} == {
            name: content for name, (content, _) in before.items()
        }


def test_pages_are_drawn_a_bounded_number_at_a_time_the_newest_first(press, monkeypatch):
    monkeypatch.setattr("bridge.steps.entry_pages.AT_ONCE", 4)
    pages = Pages()
    press.settings["pages"] = lambda: pages
    for n in range(10):
        press.add(n)
    press.publish()
    assert pages.drawn == ["第9条", "第8条", "第7条", "第6条"]
    press.publish()
    press.publish()
    assert len(pages.drawn) == len(set(pages.drawn)) == 10
    press.publish()
    assert len(pages.drawn) == 10


def test_pages_are_drawn_no_longer_than_agreed(press):
    """Each takes a second here: after three the rest waits, and comes later."""
    pages = Pages()
    press.settings["pages"] = lambda: pages
    for n in range(5):
        press.add(n)
    slow = {"put": lambda name, content: press.later(seconds=name.startswith("a/")) or press.put(name, content)}
    press.publish(**slow)
    assert len(pages.drawn) == 3
    press.publish(**slow)
    assert len(pages.drawn) == 5


def test_pages_are_drawn_anew_when_what_they_show_of_the_feed_changes_and_when_they_are_gone(press):
    pages = Pages()
    press.settings["pages"] = lambda: pages
    press.add(1)
    press.publish()
    press.portals = (portal(title="新名"),)
    press.publish()
    assert press.read("a/1.html").decode() == "第1条 新名"
    (press.public / "a" / "1.html").unlink()
    press.publish(chance=lambda: 0.0)
    assert press.read("a/1.html").decode() == "第1条 新名"


def test_a_page_that_cannot_be_drawn_is_told_once_and_stops_no_other(press):
    pages = Pages()
    press.settings["pages"] = lambda: pages
    press.add(1)
    bad = press.add(2, author="boom")
    _, faults = press.round()
    assert "boom" in faults["*pages"]
    assert press.read("a/1.html")
    assert press.publish() == []
    press.edit(bad, author=None)
    press.publish()
    assert press.read("a/2.html")


def test_held_articles_have_no_page(press):
    pages = Pages()
    press.settings["pages"] = lambda: pages
    press.add(1)
    press.add(2, held=True)
    press.publish()
    assert pages.drawn == ["第1条"]
    press.later(hours=3)
    press.release()
    press.publish()
    assert pages.drawn == ["第1条", "第2条"]


def test_addresses_of_the_documents_are_where_they_lie(press):
    press.add(1)
    press.publish()
    for name in press.snapshot("**/*.atom"):
        assert press.link(name, "self") == name
    for name in press.snapshot("**/*.json"):
        assert json.loads(press.read(name))["feed_url"] == BASE + name
