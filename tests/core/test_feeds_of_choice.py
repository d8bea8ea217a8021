"""Feeds of choice: which there are, what they are called, and which entries pass their filters."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.feed_choice import channels, feed_tag
from bridge.core.feed_filter import LONGEST, Sieve, fold, pattern_fault, sifted
from bridge.model import Entry, FeedSpec, Portal

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BASE = "https://feeds.example.org/"


def portal(name, **more):
    return Portal(**{"id": name, "title": name.upper(), "url": f"http://{name}.example/", **more})


def entry(title="标题", **more):
    made = {"id": "tag:a,2026:x", "portal": "a", "url": "http://a.example/1", "first_seen": NOW, "published": NOW, "updated": NOW}
    return Entry(**{**made, "title": title, **more})


def passes(one, **filters):
    return Sieve(FeedSpec(id="f", **filters)).passes(one)


@pytest.mark.parametrize(
    ("one", "filters", "wanted"),
    [
        (entry(), {}, True),
        (entry(category=("新闻", "公告")), {"categories": ("公告",)}, True),
        (entry(category=("新闻", "公告公示")), {"categories": ("公告",)}, False),
        (entry(category=()), {"categories": ("公告",)}, False),
        (entry(category=(" Local  NEWS ",)), {"categories": ("local news",)}, True),
        (entry(category=("ＡＢＣ",)), {"categories": ("abc",)}, True),
        (entry("关于招标的公告"), {"include": ("招标|采购",)}, True),
        (entry("通知", content_text="本次采购项目"), {"include": ("招标|采购",)}, True),
        (entry("通知", summary="采购"), {"include": ("招标|采购",)}, True),
        (entry("通知", content_html="<p>采购</p>"), {"include": ("采购",)}, False),
        (entry("通知"), {"include": ("招标", "通知")}, True),
        (entry("NOTICE of sale"), {"include": ("notice",)}, True),
        (entry("招标公告"), {"include": ("招标",), "exclude": ("公告",)}, False),
        (entry("招标公告"), {"exclude": ("更正",)}, True),
        (entry("招标", category=("政务",)), {"categories": ("新闻",), "include": ("招标",)}, False),
        (entry("第一行", summary="第二行"), {"include": ("^第二行$",)}, True),
        (entry("坏\ud800的", summary="招标"), {"include": ("招标",)}, True),
        (entry("坏\ud800的", category=("坏\ud800",)), {"categories": ("好",)}, False),
    ],
)
def test_what_passes(one, filters, wanted):
    assert passes(one, **filters) is wanted


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_pattern_is_told_or_works_and_any_text_can_be_matched(pattern, text):
    if pattern_fault(pattern) is None:
        passes(entry(text, content_text=text), include=(pattern,))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("招标|采购", None),
        (r"\d{4}年", None),
        ("(招标", "RE2"),
        ("a{1000}{1000}", "RE2"),
        (r"(?=x)y", "RE2"),
        ("  ", "empty"),
        ("x" * (LONGEST + 1), "longer"),
        ("坏\ud800", "character"),
    ],
)
def test_what_is_wrong_with_a_pattern(pattern, said):
    fault = pattern_fault(pattern)
    assert fault is None if said is None else said in fault and "\n" not in fault


def test_a_pattern_that_would_run_away_elsewhere_does_not():
    """Nested repetition over a text that almost matches is linear in RE2."""
    assert passes(entry("a" * 50_000), include=("(a+)+$",))
    assert not passes(entry("a" * 50_000 + "!"), include=("^(a+)+$",))


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)


def ids(portals, feeds=()):
    return [channel.id for channel in channels(portals, feeds, BASE)]


def test_everything_has_a_feed_when_there_are_several_portals():
    assert ids([portal("a")]) == ["a"]
    assert ids([portal("a"), portal("b")]) == ["a", "b", "all"]
    assert ids([portal("a"), portal("b")], [FeedSpec(id="f")]) == ["a", "b", "f", "all"]


@pytest.mark.parametrize("name", ["all", "ALL"])
def test_who_calls_a_feed_or_portal_all_gets_no_other(name):
    assert ids([portal("a"), portal("b")], [FeedSpec(id=name)]) == ["a", "b", name]
    assert ids([portal("a"), portal(name)]) == ["a", name]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (FeedSpec(id="f", title="我的"), "我的"),
        (FeedSpec(id="f"), "A, B"),
        (FeedSpec(id="f", portals=("b",)), "B"),
        (FeedSpec(id="f", portals=("a",), categories=("公告", "公示")), "公告、公示 – A"),
        (FeedSpec(id="f", include=("tender", "sale")), "tender, sale – A, B"),
        (FeedSpec(id="f", categories=tuple("甲乙丙丁戊"), portals=("a",)), "甲、乙、丙 … (5) – A"),
    ],
)
def test_a_feed_without_a_title_is_called_after_what_it_holds(spec, wanted):
    assert channels([portal("a"), portal("b")], [spec], BASE)[2].title == wanted


def test_a_feed_of_one_portal_leads_to_it_and_of_several_to_our_own_page():
    found = channels([portal("a"), portal("b")], [FeedSpec(id="f", portals=("b",)), FeedSpec(id="g")], BASE)
    assert [channel.home_url for channel in found] == ["http://a.example/", "http://b.example/", "http://b.example/", BASE, BASE]


def test_zone_and_language_are_the_portals_where_they_agree():
    china, berlin = portal("a", language="zh-CN"), portal("b", timezone="Europe/Berlin", language="de")
    both = channels([china, berlin], (), BASE)
    assert [(channel.zone, channel.language) for channel in both] == [("Asia/Shanghai", "zh-CN"), ("Europe/Berlin", "de"), ("UTC", None)]
    assert channels([china, portal("c", language="zh-CN")], (), BASE)[2].language == "zh-CN"


def test_only_feeds_of_everything_their_portals_have_are_archived():
    found = channels([portal("a"), portal("b")], [FeedSpec(id="f", categories=("x",)), FeedSpec(id="g")], BASE)
    facts = {channel.id: (channel.archived, channel.sifted, channel.own) for channel in found}
    portals = dict.fromkeys("ab", (True, False, True))
    assert facts == {**portals, "f": (False, True, False), "g": (False, False, False), "all": (True, False, False)}
    assert not sifted(FeedSpec(id="g", limit=3, content="summary"))


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://www.A.example:8080/x", "tag:a.example,2026:feedbridge/feed/a"),
        ("http://例え.jp/", "tag:xn--r8jz45g.jp,2026:feedbridge/feed/a"),
        ("http://[::1]:80/", "tag:1,2026:feedbridge/feed/a"),
    ],
)
def test_the_id_of_a_feed_is_a_tag(url, wanted):
    assert feed_tag(channels([portal("a", url=url)], (), BASE)[0]) == wanted
