"""The circuit breaker: what is held, what is a gap, what flaps."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import decide
from bridge.core.breaker import flapping, gap_ahead, held
from bridge.core.identity import canonical
from bridge.model import Link, When
from bridge.rows import LinkRow

DAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTS = st.integers(0, 60_000)


# ---------------------------------------------------------------- holding


@pytest.mark.parametrize(
    ("unknown", "listed", "usual", "verdict"),
    [
        (20, 20, 2.0, True),
        (10, 19, 0.0, True),
        (9, 9, 0.0, False),
        (10, 20, 0.0, False),
        (20, 20, 7.0, False),
        (50_000, 50_000, 3.0, True),
        (0, 0, 0.0, False),
    ],
)
def test_a_flood_is_held(unknown, listed, usual, verdict):
    """From ten lines on, most of the page, and more than three times the usual number."""
    assert held(unknown, listed, usual, first_run=False) is verdict


@given(COUNTS, COUNTS, st.floats(0, 1000))
def test_a_first_run_is_never_held_and_nothing_below_ten_is(unknown, listed, usual):
    assert not held(unknown, listed, usual, first_run=True)
    if held(unknown, listed, usual, first_run=False):
        assert unknown >= 10
        assert unknown > listed / 2
        assert unknown > 3 * usual


@given(COUNTS, COUNTS, st.floats(0, 1000))
def test_more_unknown_lines_never_let_go_what_fewer_hold(unknown, listed, usual):
    if held(unknown, listed, usual, first_run=False):
        assert held(unknown + 1, listed, usual, first_run=False)
        assert held(unknown, max(0, listed - 1), usual / 2, first_run=False)


# ---------------------------------------------------------------- flapping


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        ("A", False), ("AB", False), ("ABA", False), ("ABAB", True), ("ABCA", False), ("ABCAB", True), ("ABACB", True), ("ABCDE", False),
        ("AAAA", False), ("ABABC", False),
    ],
)  # fmt: skip
def test_an_article_that_goes_back_for_the_second_time_flaps(history, verdict):
    """One step back is an edit undone, and something never said before is no step back."""
    assert flapping(history[:-1], history[-1]) is verdict


@given(st.lists(st.sampled_from("ABCDE"), max_size=12), st.sampled_from("ABCDE"))
def test_only_what_was_said_before_flaps(past, new):
    if flapping(past, new):
        assert new in past[:-1]
        assert new != past[-1]
    assert not flapping(past, "never said")


# ---------------------------------------------------------------- gaps


def line(number, day=None):
    return Link(f"http://a.cn/n/{number}.html", f"标题{number}", When(DAY - timedelta(days=day), "day") if day is not None else None)


def row(link):
    return LinkRow(id=1, portal="p", key=canonical(link.url), url=link.url, line="", link=link, listed_at=DAY)


def gap(links, numbers):
    """The verdict with the places that decide.plan finds to have slid."""
    held_rows = {
        canonical(link.url): row(link)
        for link in links
        if link.url.removeprefix("http://a.cn/n/").removesuffix(".html") in set(map(str, numbers))
    }
    plan = decide.plan(links, held_rows, None)
    at = {canonical(link.url): place for place, link in enumerate(links)}
    return gap_ahead(links, held_rows, {at[new.key] for new in plan.new if new.place == decide.SLID})


FRESH = [line(n, 0) for n in range(120, 105, -1)]
DATELESS = [line(n) for n in range(120, 105, -1)]


@pytest.mark.parametrize(
    ("links", "known", "verdict"),
    [
        ([], [], False),
        (FRESH, [], True),
        (FRESH, range(100, 121), False),
        (FRESH, range(100, 110), False),
        ([line(50, 30), line(51, 29), *FRESH], [50, 51], True),
        ([line(50), line(51), *DATELESS], [50, 51], True),
        ([line(50, 30), *FRESH], [50, *range(100, 110)], False),
        ([*FRESH, line(90, 5), line(89, 6)], range(106, 121), False),
        ([*DATELESS, line(90), line(89)], range(106, 121), False),
        ([*FRESH[:3], *(line(n, 3 + n) for n in range(1, 12))], range(118, 121), True),
        ([line(n, 120 - n) for n in range(100, 121)], range(100, 112), False),
    ],
    ids=[
        "empty", "nothing known", "all known", "overlap", "pinned", "pinned, no dates", "pinned and overlap", "slid up",
        "slid up, by number", "too many to have slid", "newest last",
    ],
)  # fmt: skip
def test_a_gap_is_where_nothing_but_pinned_lines_is_known(links, known, verdict):
    assert gap(links, known) is verdict


@given(st.integers(1, 30), st.integers(0, 30))
def test_a_page_that_ends_in_a_known_line_has_no_gap(size, news):
    links = [line(n) for n in range(200, 200 - size - news, -1)]
    assert not gap_ahead(links, {canonical(links[-1].url)}, ())
    assert gap_ahead(links, (), ())
