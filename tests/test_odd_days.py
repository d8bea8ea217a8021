"""What an operator does to a running installation, and what the machine does: through the command line, over HTTP."""

import json
import re
from datetime import UTC, datetime

import pytest
from stand_ins.house import House

from bridge.demo._server import Reply
from bridge.demo.portal import SamplePortal

YEAR = 365 * 86_400


def dates(house):
    """id → date of each article of the feed."""
    return {item["id"]: item["date_published"] for item in json.loads(house.public("city.json").read_text("utf-8"))["items"]}


def changed(house, *pairs):
    """config.toml with words replaced."""
    text = house.config.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    house.config.write_text(text, encoding="utf-8")


def table(house, kind, name):
    """The table of a portal or subscriber in config.toml."""
    return re.search(rf'\[\[{kind}\]\]\nid = "{name}".*?(?=\n\[\[|\Z)', house.config.read_text("utf-8"), re.S)[0]


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_a_year_off_edits_nothing_and_loses_no_date(tmp_path, years):
    """The server's clock and our own record agree against it: it is named, and pages are read as what they are."""
    with House(tmp_path, chat_more="incidents = true", portal_more='language = "zh"') as house:
        changed(house, ("[bridge]", '[bridge]\nincident_after = "1s"'), (table(house, "subscribers", "hook"), ""))
        house.run()
        before = dates(house)
        house.at(years * YEAR)
        for _ in range(2):
            house.portal.rebuild()
            house.later()
            figures = house.run("--now")
            assert (figures["new"], figures["updated"], dates(house)) == (0, 0, before)
        assert figures["code"] == 1
        assert "clock is about 36" in figures["bad"]["city"]
        fresh = house.portal.advance()
        assert house.run("--now")["new"] == len(fresh)
        now = dates(house)
        assert {guid: now[guid] for guid in before} == before
        assert sorted(at[:16] for guid, at in now.items() if guid not in before) == sorted(s.published.isoformat()[:16] for s in fresh)
        house.at(0)
        house.portal.rebuild()
        assert house.run("--now")["new"] == 0
        assert dates(house) == now, "and no entry tells readers of a clock that is ours"


def test_a_portal_that_gets_another_id_keeps_its_articles_and_pushes_none_again(tmp_path):
    """Same guids under the new name; what waited goes out once; the files of the old name go."""
    with House(tmp_path, revisit="[]") as house:
        house.hook.script(*[Reply(500)] * 2)
        house.run()
        known = dates(house)
        changed(house, ('id = "city"', 'id = "town"'))
        refused = house.command("run")
        assert refused.returncode == 2
        assert 'no portal is called "city"' in refused.stderr
        changed(house, ('["city"]', '["town"]'))
        house.run("--now")
        house.run("--now")
        items = json.loads(house.public("town.json").read_text("utf-8"))["items"]
        assert {item["id"]: item["date_published"] for item in items} == known
        assert not house.public("city.rss").exists()
        assert len(house.posted()) == len(set(house.posted())) == 2
        assert sorted(event["data"]["title"] for event in house.events()) == sorted(house.posted())
        fresh = house.portal.advance()
        house.run("--now")
        assert house.posted()[2:] == [s.title for s in sorted(fresh, key=lambda s: s.published)]


def test_a_portal_whose_port_is_closed_for_a_while_loses_nothing(tmp_path):
    """The feed stays, the second bad tick is told, and what was published meanwhile comes once when the port is open again."""
    with House(tmp_path, revisit="[]") as house:
        house.run()
        before, sent = house.public("city.rss").read_bytes(), house.posted()
        house.portal.close()
        fresh = house.portal.advance()
        figures = [house.run("--now") for _ in range(3)]
        assert [one["code"] for one in figures] == [0, 1, 1]
        assert figures[-1]["bad"]["city"].startswith(f"unreachable: {house.portal.list_url}: connect")
        assert (house.public("city.rss").read_bytes(), house.posted()) == (before, sent)
        house.portal.reopen()
        assert [house.run("--now")["code"] for _ in range(2)] == [0, 0]
        assert house.posted() == sent + [s.title for s in sorted(fresh, key=lambda s: s.published)]


def test_a_portal_that_is_added_to_old_subscribers_does_not_flood_them(tmp_path):
    """Of its first run each subscriber gets its backfill and no more, and nothing of the portal that was there; later news come as ever."""
    with House(tmp_path, revisit="[]", chat_more="digest_over = 0") as house, SamplePortal(datetime.now(UTC), page_size=50) as other:
        house.run()
        sent, events = house.posted(), house.events()
        new = other.flood(40)
        more = f'\n[[portals]]\nid = "other"\ntitle = "other"\nurl = "{other.url}"\nlists = ["{other.list_url}"]\nrevisit = []\n'
        changed(house, ('["city"]', '["city", "other"]'))
        house.config.write_text(house.config.read_text("utf-8") + more, encoding="utf-8")
        assert [house.run("--now")["code"] for _ in range(3)] == [0, 0, 0]
        assert sorted(house.posted()[len(sent) :]) == sorted(s.title for s in new[:2])
        assert sorted(e["data"]["title"] for e in house.events()[len(events) :]) == sorted(s.title for s in new[:2])
        late = other.flood(1)[0]
        house.run("--now")
        assert house.posted()[len(sent) + 2 :] == [late.title]


def test_what_waits_of_a_removed_portal_goes_out_all_the_same(tmp_path):
    other = '\n[[portals]]\nid = "other"\ntitle = "other"\nurl = "http://127.0.0.1:9/"\n'
    with House(tmp_path, revisit="[]", more=other) as house:
        house.hook.script(*[Reply(500)] * 2)
        house.run()
        changed(house, (table(house, "portals", "city"), ""), ('["city"]', '["other"]'))
        house.run("--now")
        house.run("--now")
        assert sorted(event["data"]["title"] for event in house.events()) == sorted(house.posted())
        assert not house.public("city.rss").exists()


def test_a_subscriber_that_is_removed_and_named_again_gets_what_waited(tmp_path):
    """Its deliveries are put aside meanwhile; under another id it would be a new one."""
    with House(tmp_path, revisit="[]") as house:
        house.hook.script(*[Reply(500)] * 2)
        house.run()
        whole = house.config.read_text("utf-8")
        changed(house, (table(house, "subscribers", "hook"), ""))
        house.run("--now")
        assert house.events() == []
        assert {state for (state,) in house.query("SELECT state FROM deliveries WHERE destination = 'hook'")} == {"skipped"}
        house.config.write_text(whole, encoding="utf-8")
        house.run("--now")
        house.run("--now")
        assert sorted(event["data"]["title"] for event in house.events()) == sorted(house.posted())


def test_a_subscriber_and_a_portal_that_are_added_later_get_what_they_ask_for(tmp_path):
    more = (
        '\n[[subscribers]]\nid = "late"\nkind = "webhook"\nurl = "{}/late"\nsecret = "env:TEST_SECRET"\nportals = ["city"]\nbackfill = 3\n'
    )
    with House(tmp_path, revisit="[]", backfill=1) as house:
        house.run()
        house.config.write_text(house.config.read_text("utf-8") + more.format(house.hook.base), encoding="utf-8")
        house.run()
        newest = [item["title"] for item in json.loads(house.public("city.json").read_text("utf-8"))["items"]][:3]
        assert sorted(e["data"]["title"] for e in house.events()[1:]) == sorted(newest)
