"""Which entries a feed holds, in which order, with which times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

import pytest
from feed_samples import NOW, ZONE, entry, feed, local, many
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import feed as core
from bridge.model import When

SEEN = datetime(2019, 5, 11, 3, 30, tzinfo=UTC)  # 11:30 in the portal's zone
SEEN_LOCAL = local(2019, 5, 11, 11, 30)


@pytest.mark.parametrize(
    ("published", "wanted"),
    [
        (None, (SEEN_LOCAL, "none")),
        (When(local(2019, 5, 10, 9, 0, 1)), (local(2019, 5, 10, 9, 0, 1), "second")),
        (When(local(2019, 5, 10, 9, 0), "minute"), (local(2019, 5, 10, 9, 0), "minute")),
        (When(local(2019, 5, 11), "day"), (SEEN_LOCAL, "day")),
        (When(local(2019, 5, 10), "day"), (local(2019, 5, 10), "day")),
        (When(local(2019, 5, 12), "day"), (SEEN_LOCAL, "none")),
        (When(NOW + core.DOUBT), (NOW + core.DOUBT, "second")),
        (When(NOW + core.DOUBT + timedelta(seconds=1)), (SEEN_LOCAL, "none")),
        (When(datetime(9999, 12, 31, tzinfo=UTC), "day"), (SEEN_LOCAL, "none")),
        (When(datetime(1, 1, 1, tzinfo=ZONE), "second"), (datetime(1, 1, 1, tzinfo=ZONE), "second")),
    ],
)
def test_effective_time(published, wanted):
    """A stated time; for a bare day first seen if the same day, else 00:00; first seen where nothing usable is stated."""
    assert core.effective(published, SEEN, NOW, ZONE) == wanted


def test_the_day_is_the_portals_own_and_not_utc():
    """First seen at 17:00 UTC on the 10th is the 11th in China."""
    seen = datetime(2019, 5, 10, 17, 0, tzinfo=UTC)
    assert core.effective(When(local(2019, 5, 11), "day"), seen, NOW, ZONE) == (seen, "day")
    assert core.effective(When(local(2019, 5, 10), "day"), seen, NOW, ZONE) == (local(2019, 5, 10), "day")


def test_a_known_entry_keeps_its_time_when_now_moves_on():
    """The same facts give the same time on every later tick."""
    for published in (None, When(local(2019, 5, 11), "day"), When(local(2019, 5, 10, 9, 0))):
        assert len({core.effective(published, SEEN, NOW + timedelta(days=n), ZONE) for n in range(3)}) == 1


def _entries(count, seen, published=None):
    return [entry(n, f"{n}", (published or seen) - timedelta(minutes=n), first_seen=seen) for n in range(count)]


@pytest.mark.parametrize(("old", "recent", "wanted"), [(0, 0, 0), (10, 0, 10), (80, 0, 50), (0, 80, 80), (100, 70, 70), (0, 900, 500)])
def test_choose_holds_the_newest_and_the_recent_up_to_the_most(old, recent, wanted):
    """50 newest, every entry of the last 48 hours, at most 500."""
    long_ago = [entry(10_000 + n, "alt", NOW - timedelta(days=5, minutes=n), first_seen=NOW - timedelta(days=5)) for n in range(old)]
    assert len(core.choose(_entries(recent, NOW - timedelta(hours=1)) + long_ago, NOW)) == wanted


def test_a_late_article_enters_at_its_place():
    """An old article first seen now stands below newer ones, and is there."""
    late = entry(999, "迟到", NOW - timedelta(days=30), first_seen=NOW)
    chosen = core.choose([*_entries(60, NOW - timedelta(days=9)), late], NOW)
    assert len(chosen) == 51
    assert chosen[-1] is late


def test_the_edge_of_48_hours_belongs_to_the_feed():
    """First seen exactly 48 hours ago still counts."""
    edge = entry(998, "边", NOW - timedelta(days=40), first_seen=NOW - core.RECENT)
    gone = entry(997, "外", NOW - timedelta(days=40), first_seen=NOW - core.RECENT - timedelta(microseconds=1))
    assert [e.id for e in core.choose([*_entries(50, NOW - timedelta(days=9)), edge, gone], NOW)][-1] == edge.id


def test_choose_leaves_out_withdrawn_entries_and_doubles():
    """Of two with one id the higher revision stays; a withdrawn one takes no place."""
    one = entry(1, "旧", NOW)
    two = replace(one, title="新", revision=2)
    gone = replace(entry(2, "撤", NOW), withdrawn=True)
    assert [e.title for e in core.choose([two, one, gone], NOW)] == ["新"]
    assert core.choose([one, replace(one, revision=3, withdrawn=True)], NOW) == ()


@given(st.integers(0, 2**32))
def test_choose_does_not_depend_on_the_order_given(seed):
    """Equal times fall back to first seen and id."""
    made = [entry(n, "x", NOW - timedelta(hours=n % 3), first_seen=NOW - timedelta(hours=n % 2)) for n in range(12)]
    mixed = Random(seed).sample(made, len(made))
    assert core.choose(mixed, NOW) == core.choose(made, NOW)


def _updates(entries):
    return {e.id: e.updated for e in core.distinct_updated(entries)}


@settings(max_examples=25)
@given(st.integers(0, 200), st.integers(0, 200))
def test_updated_is_distinct_and_stays_when_others_come(before, after):
    """Entries recorded later never move the `updated` of those that were there."""
    early = _entries(before, NOW - timedelta(hours=1))
    late = [entry(5000 + n, "x", NOW, first_seen=NOW, updated=NOW - timedelta(hours=1)) for n in range(after)]
    old, new = _updates(early), _updates([*late, *early])
    assert len(set(new.values())) == len(new)
    assert {one: new[one] for one in old} == old


def test_updated_keeps_its_second_and_the_entries_their_order():
    """Only the fraction of a second is drawn from the id."""
    made = _entries(40, NOW)
    told = core.distinct_updated(made)
    assert [e.id for e in told] == [e.id for e in made]
    assert {e.updated.replace(microsecond=0) for e in told} == {NOW}


def test_two_ids_that_draw_the_same_fraction_are_told_apart_by_first_seen():
    """The one that was there first keeps its time, wherever it stands."""
    slot = {}
    pair = next(
        (slot[key], n)
        for n in range(10**5)
        if (key := crc32(f"tag:feeds.example.org,2019:tangshan/{n}".encode()) % 10**6) in slot or slot.update({key: n})
    )
    first = entry(pair[1], "先", NOW, first_seen=NOW - timedelta(hours=1), updated=NOW)
    second = entry(pair[0], "后", NOW, first_seen=NOW, updated=NOW)
    alone = _updates([first])[first.id]
    both = _updates([second, first])
    assert both[first.id] == alone
    assert both[second.id] == alone + timedelta(microseconds=1)


def _weigh(made):
    return b"x" * sum(len(e.content_html) + len(e.summary) + 10 for e in made.entries)


def test_fit_leaves_a_small_feed_alone():
    """One rendering, the bytes as they are."""
    calls = []
    made = feed()
    assert core.fit(made, lambda f: calls.append(f) or b"small") == b"small"
    assert calls == [made]


def test_fit_shortens_the_oldest_entries_first_and_as_few_as_needed():
    """Of ten entries of 100 bytes the oldest three lose their text for a limit of 800."""
    made = feed(tuple(replace(e, content_html="t" * 80, summary="s" * 10) for e in many(10).entries))
    seen = {}
    data = core.fit(made, lambda f: seen.setdefault(_weigh(f), f) and _weigh(f), limit=800)
    assert len(data) == 1000 - 3 * 80
    assert [bool(e.content_html) for e in seen[data].entries] == [True] * 7 + [False] * 3


def test_fit_drops_the_oldest_entries_only_when_short_ones_do_not_fit():
    """The newest keeps its text in any case."""
    made = feed(tuple(replace(e, content_html="t" * 80, summary="s" * 10) for e in many(10).entries))
    seen = {}
    data = core.fit(made, lambda f: seen.setdefault(_weigh(f), f) and _weigh(f), limit=165)
    assert [bool(e.content_html) for e in seen[data].entries] == [True, False, False, False]
    assert len(core.fit(made, _weigh, limit=1)) == 100


def test_fit_never_touches_a_single_entry():
    """A lone article that is too large goes out whole."""
    assert (
        core.fit(feed((entry(1, "x", NOW, content_html="t" * 500),)), lambda f: f.entries[0].content_html.encode(), limit=10) == b"t" * 500
    )


def test_fit_renders_few_times():
    """Halving, not counting down."""
    calls = []
    core.fit(many(500), lambda f: calls.append(1) or b"x" * 2_000_000)
    assert len(calls) < 25


def test_newest_change_of_an_empty_feed_is_its_birth():
    """Never the present."""
    assert core.newest_change((), NOW) == NOW
    assert core.newest_change(_entries(3, NOW), NOW - timedelta(days=1)) == NOW
