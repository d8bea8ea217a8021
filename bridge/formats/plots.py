"""Numbers → the geometry of a small plot; the templates draw it as SVG. Pure arithmetic, units are those of the SVG's view box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

STEP, GAP, HEIGHT, FLOOR = 10, 3, 56, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day; `day` is ISO 8601."""

    x: int
    y: int
    width: int
    height: int
    value: int
    day: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars on a common floor. `top` is the largest value, `today` the last one."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    total: int
    top: int
    today: int


def per_day(values: Sequence[int], last: date) -> Plot:
    """A bar for each day up to `last`; a day without an article keeps a thin line, so that it is seen to be counted."""
    counts = [max(0, value) for value in values]
    top = max(counts, default=0)
    bars = tuple(_bar(index, value, top, last - timedelta(days=len(counts) - 1 - index)) for index, value in enumerate(counts))
    width = max(1, STEP * len(counts) - GAP)
    return Plot(width, HEIGHT, bars, sum(counts), top, counts[-1] if counts else 0)


def _bar(index: int, value: int, top: int, day: date) -> Bar:
    """At least four units where there is anything, so that one article beside a hundred still shows."""
    height = max(4, round(value * (HEIGHT - FLOOR) / top)) if value else FLOOR
    return Bar(STEP * index, HEIGHT - height, STEP - GAP, height, value, day.isoformat())
