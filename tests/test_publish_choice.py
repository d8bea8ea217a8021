"""Feeds of choice and the feed of everything as they are published."""

import json

import pytest
from stand_ins.press import BASE, Press, portal

from bridge import config
from bridge.errors import ConfigError
from bridge.model import FeedSpec


@pytest.fixture
def press(tmp_path):
    with Press(tmp_path, portal("city"), portal("town")) as made:
        yield made


def test_a_feed_of_choice_lies_beside_the_portals_in_every_format(press):
    press.feeds = (FeedSpec(id="bids", title="招标", include=("招标",)),)
    press.add(1, title="招标公告")
    press.add(2, title="天气")
    press.add(3, "town", title="town招标")
    press.publish()
    assert press.titles("bids.rss") == press.titles("bids.atom") == ["town招标", "招标公告"]
    assert [item["title"] for item in json.loads(press.read("bids.json"))["items"]] == ["town招标", "招标公告"]
    assert press.link("bids.atom", "self") == "bids.atom"
    assert press.parsed("bids.atom").feed.title == "招标"
    assert press.link("bids.rss", "prev-archive") is None


def test_everything_stands_in_the_feed_of_all(press):
    press.add(1)
    press.later(minutes=1)
    press.add(2, "town")
    press.later(minutes=1)
    press.adopt(1, "town")
    press.publish()
    assert press.titles("all.rss") == ["第2条", "第1条"]
    assert press.titles("town.rss") == ["第2条", "第1条"]
    assert press.parsed("all.atom").feed.title == "门户city、门户town"


def test_the_list_of_feeds_names_every_feed(press):
    press.feeds = (FeedSpec(id="bids", categories=("招标",)),)
    press.publish()
    assert [press.read("feeds.opml").count(f'xmlUrl="{BASE}{name}.rss"'.encode()) for name in ("city", "town", "bids", "all")] == [1] * 4


def test_a_feed_is_drawn_again_only_when_one_of_its_portals_changed(press):
    press.feeds = (FeedSpec(id="c", portals=("city",)), FeedSpec(id="t", portals=("town",), include=("第",)))
    press.add(1)
    press.add(2, "town")
    press.publish()
    press.rendered.clear()
    press.later(hours=1)
    press.add(3)
    press.publish()
    assert {name for name in press.rendered if name.endswith(".rss")} == {"city.rss", "c.rss", "all.rss"}


def test_a_file_is_replaced_only_when_its_bytes_changed(press):
    press.feeds = (FeedSpec(id="bids", include=("招标",)),)
    press.add(1, title="招标")
    press.publish()
    before = press.snapshot("bids.*")
    press.later(hours=1)
    press.add(2, title="天气")
    assert not [name for name in press.publish() if name.startswith("bids")]
    assert press.snapshot("bids.*") == before


def test_a_rare_topic_reaches_back_and_is_not_pushed_out(press):
    """One article in a hundred: the feed keeps its newest, however much else comes."""
    press.feeds = (FeedSpec(id="bids", include=("招标",), limit=3),)
    for n in range(350):
        press.add(n, title=f"招标{n}" if n % 100 == 0 else None)
        press.later(minutes=30)
    press.publish()
    assert press.titles("bids.rss") == ["招标300", "招标200", "招标100"]
    for n in range(350, 401):
        press.add(n, title=f"招标{n}" if n % 100 == 0 else None)
        press.later(minutes=30)
    press.publish()
    assert press.titles("bids.rss") == ["招标400", "招标300", "招标200"]


def test_how_far_new_filters_look_back_is_bounded(press, monkeypatch):
    monkeypatch.setattr("bridge.steps.selection.SCAN_MOST", 20)
    press.feeds = (FeedSpec(id="bids", include=("招标",)),)
    for n in range(30):
        press.add(n, "town" if n % 2 else "city", title=f"招标{n}" if n in {2, 15} else None)
        press.later(minutes=30)
    press.publish()
    assert press.titles("bids.rss") == ["招标15"]


def test_an_edit_brings_an_article_in_or_takes_it_out_whenever_it_came(press):
    press.feeds = (FeedSpec(id="bids", categories=("招标",)),)
    old, out = press.add(1), press.add(2, category=("招标",))
    press.later(days=200)
    for n in range(3, 70):
        press.add(n)
    press.publish()
    assert press.titles("bids.rss") == ["第2条"]
    press.later(hours=1)
    press.edit(old, category=("政务", "招标"))
    press.edit(out, category=())
    press.publish()
    assert press.titles("bids.rss") == ["第1条"]


def test_other_filters_choose_anew(press):
    press.add(1, title="招标")
    press.add(2, title="天气")
    press.feeds = (FeedSpec(id="f", include=("招标",)),)
    press.publish()
    press.feeds = (FeedSpec(id="f", include=("天气",)),)
    press.publish()
    assert press.titles("f.rss") == ["天气"]
    press.feeds = (FeedSpec(id="f", exclude=("天气",)),)
    press.publish()
    assert press.titles("f.rss") == ["招标"]


def test_limit_and_summary(press):
    press.feeds = (FeedSpec(id="short", limit=2, content="summary"),)
    for n in range(5):
        press.add(n, summary="摘要" if n == 4 else "")
        press.later(minutes=1)
    press.publish()
    items = json.loads(press.read("short.json"))["items"]
    assert [(item["title"], item["content_text"]) for item in items] == [("第4条", "摘要"), ("第3条", "正文3。")]


def test_what_is_withdrawn_or_held_is_in_no_feed_of_choice(press):
    press.feeds = (FeedSpec(id="bids", include=("第",)), FeedSpec(id="plain"))
    one = press.add(1)
    press.add(2)
    press.add(3, held=True)
    press.publish()
    press.later(hours=2)
    press.withdraw(one)
    press.publish()
    for name in ("bids", "plain", "all"):
        assert press.titles(f"{name}.rss") == ["第2条"]
        assert f'ref="{press.entries[one].id}"'.encode() in press.read(f"{name}.atom")
    press.later(days=3)
    press.add(4, "town")
    press.publish()
    press.release()
    press.publish()
    for name in ("bids", "plain", "all"):
        assert press.titles(f"{name}.rss") == ["第4条", "第3条", "第2条"]


def test_a_withdrawn_article_that_never_passed_leaves_no_trace(press):
    press.feeds = (FeedSpec(id="bids", include=("招标",)),)
    press.withdraw(press.add(1))
    press.publish()
    assert b"deleted-entry" not in press.read("bids.atom")


def test_a_tick_after_one_article_tries_few_others(press):
    """The choice is kept: the archive is not looked through again."""
    press.feeds = (FeedSpec(id="bids", include=("招标",), portals=("city",)),)
    for n in range(300):
        press.add(n)
        press.later(hours=3)
    press.publish()
    press.add(301, title="招标")
    read = []
    real = press.store.archive.entry
    press.store.archive.entry = lambda uid: read.append(uid) or real(uid)
    press.publish()
    assert len(read) < 200
    assert press.titles("bids.rss") == ["招标"]


@pytest.mark.parametrize("key", ["include", "exclude"])
def test_a_pattern_that_is_none_is_a_fault_of_the_configuration(tmp_path, key):
    """With its line, what is wrong and where the syntax stands."""
    path = tmp_path / "config.toml"
    text = f"""[[portals]]
id = "city"
title = "城"
url = "http://city.example/"

[[feeds]]
id = "bids"
{key} = ["招标", "(采购"]
"""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=f'{path}:8: feeds.0..{key}: "..购" is no RE2 pattern: missing'):
        config.load(path)
    path.write_text(text.replace("(", ""), encoding="utf-8")
    assert getattr(config.load(path).feeds[0], key) == ("招标", "采购")
