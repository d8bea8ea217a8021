"""How wrong the clock is: what a server's Date proves, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.core.skew import skew

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NONE, QUARTER, HOUR, YEAR = timedelta(), timedelta(minutes=15), timedelta(hours=1), timedelta(days=365)


@pytest.mark.parametrize(
    ("clock", "served", "before", "found"),
    [
        (QUARTER, QUARTER, NONE, NONE),
        (-YEAR, QUARTER, NONE, YEAR + QUARTER),
        (-YEAR, None, NONE, YEAR),
        (-YEAR, -YEAR, NONE, NONE),
        (-YEAR, -YEAR / 2, NONE, NONE),
        (YEAR, QUARTER, NONE, QUARTER - YEAR),
        (YEAR, YEAR, NONE, NONE),
        (YEAR, None, NONE, NONE),
        (YEAR, -3 * HOUR, NONE, NONE),
        (QUARTER, YEAR, NONE, NONE),
        (QUARTER, -YEAR, NONE, NONE),
        (HOUR, YEAR + HOUR, YEAR, YEAR),
        (HOUR, HOUR, YEAR, NONE),
        (NONE, timedelta(days=2_000_000), YEAR, NONE),
    ],
)
def test_a_server_is_believed_where_our_own_record_speaks_for_it(clock, served, before, found):
    """Clock and server against the last look at NOW: a server alone that is a year ahead, or hours behind, moves nothing."""
    assert skew(NOW + clock, None if served is None else NOW + served, NOW, before) == found


def test_where_nothing_is_on_record_the_clock_is_right():
    assert skew(NOW, NOW + YEAR, None, NONE) == NONE
