"""The portal changes under the worker: redesigns, floods, gaps, lines that lead elsewhere. Through the command line, over HTTP."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from stand_ins.house import House
from stand_ins.portals import UlCms, themes

from bridge.demo.templates import OldCms


def guids(house):
    """id → link of each entry of the feed."""
    return {entry.id: entry.link for entry in house.feed().entries}


@pytest.mark.parametrize(("before", "after"), [("tables", "lists"), ("lists", "cards"), ("cards", "tables")])
def test_a_redesign_keeps_every_identity_and_pushes_nothing(tmp_path, before, after):
    """Other markup, other addresses, the old ones answer 404: no new guid, no message, no event, the links move."""
    with House(tmp_path, themes()[before](), size=12, revisit="[]") as house:
        house.run()
        known, posted, events = guids(house), house.posted(), len(house.events())
        house.portal.redesign(themes()[after]())
        text = house.config.read_text("utf-8")
        house.config.write_text(text.replace(text.split('lists = ["')[1].split('"')[0], house.portal.list_url), encoding="utf-8")
        figures = house.run("--now")
        assert (figures["new"], figures["adopted"], figures["withdrawn"]) == (0, house.size, 0)
        assert guids(house).keys() == known.keys()
        assert not set(guids(house).values()) & set(known.values())
        assert (house.posted(), len(house.events())) == (posted, events)
        house.portal.advance()
        assert house.run("--now")["new"] == 2


class Renumbered(UlCms):
    """The CMS was filled anew: every number is another one."""

    def address(self, story):
        return super().address(replace(story, id=story.id + 20_000))


class Shifted(UlCms):
    """Every number is one more: most addresses lead to another article than before."""

    def address(self, story):
        return super().address(replace(story, id=story.id + 1))


class Shorter(Renumbered):
    """The new numbers, on pages of one line less."""

    def pages(self, view):
        return super().pages(replace(view, page_size=view.page_size - 1))


class Recoded(OldCms):
    """Other bytes, and a label that names them."""

    encoding, content_type = "utf-8", "text/html; charset=utf-8"


class Mislabelled(UlCms):
    """The same bytes under a wrong name."""

    content_type = "text/html; charset=gb2312"


class Prefixed(UlCms):
    """Titles on lists have their column before them."""

    def _lines(self, stories):
        return super()._lines(tuple(replace(story, title=f"[{story.section}]{story.title}") for story in stories))


class Mirror(UlCms):
    """Articles stand on another host."""

    def pages(self, view):
        self.host = view.origin.replace("127.0.0.1", "localhost")
        return super().pages(view)

    def _lines(self, stories):
        return super()._lines(stories).replace('<a href="/', f'<a href="{self.host}/')


class Emptied(UlCms):
    """The list answers 200, and its lines are gone; menus remain."""

    def _lines(self, stories):
        return ""


@pytest.mark.parametrize(
    ("before", "after"), [(UlCms, Renumbered), (OldCms, Recoded), (UlCms, Mislabelled), (UlCms, Prefixed), (UlCms, Mirror), (UlCms, 5)]
)
def test_what_a_portal_changes_besides_its_news_is_no_news(tmp_path, before, after):
    """Numbers, bytes, labels, titles on lists, host or size of a page: every identity stays, nothing is pushed; then come two articles."""
    with House(tmp_path, before(), size=12, revisit="[]") as house:
        house.run()
        known, posted, events = guids(house), house.posted(), len(house.events())
        if isinstance(after, int):
            house.portal._page_size = after
        house.portal.redesign(house.portal.theme if isinstance(after, int) else after())
        figures = house.run("--now")
        assert (figures["new"], figures["updated"], figures["withdrawn"], figures["code"]) == (0, 0, 0, 0), figures
        assert guids(house).keys() == known.keys()
        assert (house.posted(), len(house.events())) == (posted, events)
        assert len(house.portal.advance()) == house.run("--now")["new"] == 2
        assert {title for title in house.posted() if title.startswith("[")} == set()


def test_an_article_that_moved_unseen_is_known_when_a_longer_page_shows_it_again(tmp_path):
    """The list turned without its last line, which stands there days later under a new number, the old address being gone."""
    with House(tmp_path, UlCms(), size=12, revisit="[]") as house:
        house.run()
        known, posted = guids(house), house.posted()
        house.portal.redesign(Shorter())
        assert house.run("--now")["adopted"] == 11
        house.portal.redesign(Renumbered())
        house.at(12 * 86400)
        figures = house.run("--now")
        assert (figures["new"], figures["adopted"], guids(house).keys(), house.posted()) == (0, 1, known.keys(), posted)


def test_a_list_without_lines_is_a_fault_and_its_return_is_no_news(tmp_path):
    with House(tmp_path, UlCms(), revisit="[]") as house:
        house.run()
        before, posted = house.public("city.rss").read_bytes(), house.posted()
        house.portal.redesign(Emptied())
        assert [house.run("--now")["code"] for _ in range(2)][-1] == 1
        [(cause,)] = house.query("SELECT cause FROM portals")
        assert cause in {"empty-list", "list-drift"}
        house.portal.redesign(UlCms())
        figures = house.run("--now")
        assert (figures["new"], figures["code"]) == (0, 0)
        assert (house.public("city.rss").read_bytes(), house.posted()) == (before, posted)


def test_a_flood_of_unknown_articles_is_held_until_an_operator_lets_it_go(tmp_path):
    """Far more than usual at once: in the feed, not in the chats; `release` sends it, and nothing twice."""
    with House(tmp_path, size=40, revisit="[]") as house:
        house.run()
        before = house.posted()
        house.portal.flood(38)
        figures = house.run("--now")
        assert figures["code"] == 1
        assert "city" in figures["held"]
        assert (figures["new"], house.posted()) == (38, before)
        assert house.query("SELECT COUNT(*) FROM deliveries WHERE state = 'held'") == [(76,)]
        assert house.run("--now")["code"] == 1, "it is told as long as it is held"
        done = house.command("release", "city")
        assert (done.returncode, "38" in done.stdout + done.stderr) == (0, True)
        assert house.run()["code"] == 0
        titles = [event["data"]["title"] for event in house.events()]
        assert (len(titles), len(set(titles))) == (40, 40)


def test_what_is_discarded_is_known_and_never_pushed(tmp_path):
    with House(tmp_path, size=40, revisit="[]") as house:
        house.run()
        before = house.posted()
        house.portal.flood(38)
        house.run("--now")
        assert house.command("discard", "city").returncode == 0
        assert house.run("--now")["code"] == 0
        assert (house.posted(), len(house.feed().entries)) == (before, 62)


def test_held_articles_stay_out_of_the_feed_where_that_is_asked(tmp_path):
    with House(tmp_path, size=40, revisit="[]", portal_more="hold_feeds = true") as house:
        house.run()
        house.portal.flood(38)
        house.run("--now")
        assert len(house.feed().entries) == 24
        house.command("release", "city")
        house.run()
        assert len(house.feed().entries) == 62


def test_what_slid_off_the_first_page_between_two_looks_is_found_on_the_older_ones(tmp_path):
    """Eight lines a page, twenty new articles: the third page knows a line, nothing is lost, no gap is told."""
    with House(tmp_path, size=8, revisit="[]") as house:
        house.run()
        house.portal.flood(9)
        figures = house.run("--now")
        assert (figures["new"], figures["code"]) == (9, 0)
        assert house.query("SELECT COUNT(*) FROM gaps") == [(0,)]


def test_a_gap_that_cannot_be_closed_is_recorded_and_told(tmp_path):
    """More new articles than the worker looks back for."""
    with House(tmp_path, size=2, revisit="[]") as house:
        house.run()
        house.portal.flood(60)
        figures = house.run("--now")
        assert "no known article" in figures["stderr"]
        [(pages,)] = house.query("SELECT pages FROM gaps")
        assert pages == 11
        assert "gap" in house.command("status").stdout


def test_an_address_that_is_used_again_for_another_article_is_a_new_article(tmp_path):
    """Title, text and day are others: a new identity, a message of its own; the old entry keeps its own."""
    with House(tmp_path, size=8, revisit="[]") as house:
        house.run()
        first, *_, last = house.portal.stories
        new = house.portal.flood(1)[0]
        house.portal.withdraw(new.id)
        before = guids(house)
        reused = replace(new, id=first.id, key="reused", published=first.published + timedelta(days=2))
        house.portal.withdraw(first.id)
        house.portal.publish(reused)
        figures = house.run("--now")
        assert (figures["new"], figures["updated"]) == (1, 0)
        assert len(guids(house).keys() - before.keys()) == 1
        assert last is not first


def test_articles_without_a_text_take_none_of_another_when_numbers_shift(tmp_path):
    """Published from their lines alone, then every address is the neighbour's: each finds its own text, none is new."""
    with House(tmp_path, UlCms(), size=12, revisit="[]") as house:
        for story in house.portal.stories:
            house.portal.fail(house.portal.address(story.id), "404")
        house.run()
        execute(house, "UPDATE links SET gone_at = gone_at - 9000000, due_at = 1")
        house.run("--now")
        titles = {entry.id: entry.title for entry in house.feed().entries}
        house.portal.recover()
        house.portal.redesign(Shifted())
        figures = house.run("--now")
        assert (len(titles), figures["new"]) == (12, 0)
        assert {entry.id: entry.title for entry in house.feed().entries} == titles
        assert house.query("SELECT COUNT(*) FROM entries WHERE partial") == [(0,)]


def test_an_article_that_goes_back_and_forth_is_told_of_a_few_times_only(tmp_path):
    with House(tmp_path, size=8) as house:
        house.run()
        story = house.portal.stories[0]
        for n in range(6):
            house.portal.edit(story.id, title=story.title if n % 2 else "另一个完全不同的标题在此")
            house.later()
            house.run("--now")
        assert len(house.events("article.updated")) <= 3
        [(title,)] = [(e.title,) for e in house.feed().entries if e.link == house.portal.address(story.id)]
        assert title == house.portal.story(story.id).title


def test_many_articles_gone_at_once_are_not_withdrawn_without_an_operator(tmp_path):
    with House(tmp_path, size=20, portal_more='interval = "1s"') as house:
        house.run()
        for story in house.portal.stories[:15]:
            house.portal.fail(house.portal.address(story.id), "404")
        house.later()
        house.run("--now")
        with_hour = "UPDATE links SET gone_at = gone_at - 3700000, due_at = 1 WHERE gone_at IS NOT NULL"
        execute(house, with_hour)
        figures = house.run("--now")
        assert (figures["withdrawn"], len(house.feed().entries)) == (0, 20)
        house.command("release", "city")
        execute(house, with_hour)
        assert house.run("--now")["withdrawn"] == 15


def execute(house, sql):
    """Changes the state behind the program's back, where only time would."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(house.folder / "state" / "feedbridge.db")) as db, db:
        db.execute(sql)


def test_a_line_listed_twice_under_two_titles_is_one_article(tmp_path):
    with House(tmp_path, size=8, revisit="[]") as house:
        story = house.portal.stories[0]
        plain = house.portal.theme.list_page

        def doubled(view, page=1):
            again = f'<p><a href="{house.portal.theme.address(story)}">头条：换了一个说法的标题</a></p></body>'
            return plain(view, page).replace("</body>", again)

        house.portal.theme.list_page = doubled
        house.portal.rebuild()
        figures = house.run()
        assert figures["new"] == 8
        assert json.loads(house.command("status", "--json").stdout)["portals"][0]["entries"] == 8
