"""A portal's history: it survives JSON, damage and any number of ticks, and only what was good moves what is usual."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.health import (
    ArticleLook,
    History,
    ListLook,
    Observation,
    accepted,
    article_fault,
    judge,
    learned,
    list_fault,
    silence,
    usual_new,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 1, 1, tzinfo=UTC)
MEMORY = {"seen_at", "sound_at", "back_at", "marks", "readings", "doubts", "failed", "ahead", "rhythm"}
"""What is remembered of every tick; all other fields of a history are what is usual."""

small = st.integers(0, 120)
slug = st.sampled_from(["", "", "", "timeout", "http-404", "login", "no-links", "deferred", "bug", "not-html"])
text = st.text(max_size=12)
lists = st.builds(
    ListLook, url=st.sampled_from("abc"), cause=slug, detail=text, changed=st.booleans(), links=small, known=small, new=small, dated=small,
    garbled=small, bytes=st.integers(0, 10**7), charset=text, signature=st.none() | text, moved=st.booleans(), cut=text,
)  # fmt: skip
articles = st.builds(
    ArticleLook, url=st.sampled_from("abcdefgh"), title=text, cause=slug, detail=text, new=st.booleans(), size=small, dated=st.booleans(),
    images=small, text_print=text, garbled=st.booleans(),
)  # fmt: skip
ticks = st.builds(
    Observation,
    at=st.integers(0, 10**6).map(lambda minutes: START + timedelta(minutes=minutes)),
    lists=st.lists(lists, max_size=3).map(tuple),
    articles=st.lists(articles, max_size=4).map(tuple),
    new=small,
    ahead=st.integers(0, 5),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5),
    max_leaves=20,
)


def after(seen, history):
    return learned(seen, judge(seen, history, ZONE), history, ZONE)


def usual(history):
    return {field.name: getattr(history, field.name) for field in fields(history) if field.name not in MEMORY}


def good(number, step=timedelta(hours=1), count=2):
    looks = tuple(
        ArticleLook(url=f"{number}-{n}", title=f"t{number}-{n}", new=True, size=500 + 7 * n, dated=True, text_print=f"{number}-{n}")
        for n in range(count)
    )
    page = ListLook(url="http://p.example/", changed=True, links=30, known=30 - count, new=count, dated=30, bytes=30_000, charset="gbk")
    return Observation(at=START + number * step, lists=(page,), articles=looks, new=count)


@given(st.lists(ticks, max_size=25))
def test_any_ticks_leave_a_history_that_json_keeps_as_it_is(seen):
    """Whatever was seen: no error, and load(dump) is the same history, through JSON text as well."""
    history = History()
    for tick in sorted(seen, key=lambda tick: tick.at):
        history = after(tick, history)
    assert History.load(history.dump()) == history
    assert History.load(json.loads(json.dumps(history.dump()))) == history


@given(anything)
def test_garbage_loads_as_an_empty_history(garbage):
    assert History.load(garbage) == History()


@given(st.sampled_from(sorted(History().dump())), anything)
def test_a_damaged_history_is_still_one(name, value):
    """One field of any value, at the top or in the rhythm: what is left can be judged by, and learned from."""
    history = History()
    for number in range(12):
        history = after(good(number), history)
    dump = history.dump()
    broken = [{**dump, name: value}, {**dump, "rhythm": {**dump["rhythm"], "hour": value, "at": value, "pauses": [value, [1, 2, value]]}}]
    for mapping in [
        *broken,
        {**dump, "lists": {"0123": value}},
        {**dump, "marks": [[value] * 2], "readings": [[value] * 3], "doubts": [[value] * 4]},
    ]:
        loaded = History.load(mapping)
        tick = good(13)
        assert judge(tick, loaded, ZONE).detail.isprintable()
        later = after(tick, loaded)
        assert History.load(later.dump()) == later
        silence(later, tick.at + timedelta(days=400), ZONE)
        assert usual_new(later, START, tick.at, ZONE) >= 1
        list_fault(tick.lists[0], loaded)
        article_fault(tick.articles[0], 300, loaded)


@pytest.mark.parametrize("form", [{}, {"form": 0}, {"form": 2, "ticks": 3}, {"ticks": 3}, {"turned": "2025-01-01"}, None, [], "x", 3])
def test_an_older_or_newer_form_is_as_if_nothing_had_been_learned(form):
    assert History.load(form) == History()


@given(st.integers(1, 60), st.integers(0, 20), st.integers(20, 3000), st.booleans(), st.sampled_from([0.25, 1, 6, 24]))
def test_identical_good_ticks_are_never_at_fault(links, new, size, dated, step):
    new = min(new, links)
    history = History()
    for number in range(40):
        page = ListLook(url="p", changed=True, links=links, known=links - new, new=new, dated=links * dated, bytes=9000)
        looks = tuple(
            ArticleLook(url=f"{number}-{n}", title=f"{number}-{n}", new=True, size=size, dated=dated, text_print=f"{number}-{n}")
            for n in range(new)
        )
        seen = Observation(at=START + timedelta(hours=step) * number, lists=(page,), articles=looks, new=new)
        assert list_fault(page, history) is None
        assert not any(article_fault(look, None, history) for look in looks)
        verdict = judge(seen, history, ZONE)
        assert verdict.state in ("well", "quiet")
        history = learned(seen, verdict, history, ZONE)


@given(st.lists(ticks, max_size=6))
def test_a_bad_tick_moves_nothing_that_is_usual(seen):
    """Within the two weeks after which a doubt is settled."""
    history = History()
    for number in range(20):
        history = after(good(number), history)
    for number, drawn in enumerate(seen):
        tick = replace(drawn, at=START + timedelta(hours=30 + number))
        verdict = judge(tick, history, ZONE)
        before, history = history, learned(tick, verdict, history, ZONE)
        partly = verdict.state == "suspicious" and any(list_fault(look, before) for look in tick.lists)
        if verdict.bad and not partly:
            assert usual(history) == usual(before)
            assert replace(history.rhythm, at=None) == replace(before.rhythm, at=None)


def test_the_dump_stays_small_after_thousands_of_ticks_of_many_lists():
    history = History()
    for number in range(5000):
        pages = tuple(
            ListLook(
                url=f"http://p.example/list-{(number + n) % 40}",
                changed=True,
                links=100 + n,
                known=90,
                new=10,
                dated=99,
                bytes=10**6 * (n + 1),
                charset="gb18030",
                signature=f"table#list tr:nth({n})",
                garbled=(number + n) % 9,
            )
            for n in range(4)
        )
        seen = replace(good(number, timedelta(minutes=37), 3), lists=pages)
        history = after(replace(seen, articles=tuple(replace(look, size=123_456) for look in seen.articles)), history)
    history = after(Observation(at=history.seen_at, lists=tuple(replace(page, dated=0) for page in pages)), history)
    assert history.ticks == 5000
    assert history.doubts
    assert len(json.dumps(history.dump(), ensure_ascii=False)) <= 6 * 1024


def test_a_list_that_never_changes_is_known_after_a_week_of_304s():
    """A slow source: one parsed page, then only 304s; a menu in place of its list is drift nevertheless."""
    history = after(good(0), History())
    for day in range(1, 9):
        history = after(Observation(at=START + timedelta(days=day), lists=(ListLook(url="http://p.example/"),)), history)
    menu = ListLook(url="http://p.example/", changed=True, links=4, new=4)
    assert list_fault(menu, history)[0] == "list-drift"


def test_a_page_that_changes_with_each_look_is_not_a_sample_a_tick():
    history = History()
    for number in range(20):
        history = after(good(number), history)
    for number in range(200):
        page = ListLook(url="http://p.example/", changed=True, links=12, known=12, dated=12)
        seen = Observation(at=START + timedelta(hours=20, minutes=5 * number), lists=(page,))
        history = after(seen, history)
    (past,) = history.lists.values()
    assert past.counts.count(12) <= 3


def test_the_rhythm_outlives_what_an_operator_accepts():
    history = History()
    for number in range(20):
        history = after(good(number), history)
    assert accepted(history).rhythm == history.rhythm
    assert accepted(history).lists == {}
