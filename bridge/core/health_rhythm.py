"""When a portal publishes: arrivals by hour of day and weekday, with decay, and the pauses it is known to make. Pure.

An arrival is a tick that found something new, however much: articles come in clumps, and a clump is one sign of life. The
rhythm moves only when something arrives, so that a portal that died is measured against its last living weeks.
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from .health_numbers import hours, rounded

_HALF_LIFE = 60.0
"""Days after which what was seen counts half."""
_PRIOR = 0.5
_MOST = 400 * 24.0
_PAUSES = 4
_REMEMBERED = 400
_WEEK = 168


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without news that ended by itself: its last day (ordinal), its hours, and the arrivals that were due in it."""

    day: int
    hours: float
    due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Decayed sums up to `at`, the newest arrival: arrivals by local hour and weekday (Monday first), hours watched by
    weekday, articles. `arrivals` counts without decay."""

    at: datetime | None = None
    arrivals: int = 0
    by_hour: tuple[float, ...] = (0.0,) * 24
    by_day: tuple[float, ...] = (0.0,) * 7
    watched: tuple[float, ...] = (0.0,) * 7
    articles: float = 0.0
    pauses: tuple[Pause, ...] = ()

    @property
    def gap(self) -> float:
        """Hours between two arrivals, on average; a day where too little is known."""
        events = sum(self.by_hour)
        return max(0.25, sum(self.watched) / events) if self.arrivals >= 3 and events > 0 else 24.0

    def due(self, start: datetime, end: datetime, zone: tzinfo) -> float:
        """How many arrivals are usual from start to end, hour by hour (daylight saving time is not minded)."""
        span = min(hours(start, end), 100 * _MOST)
        if span <= 0 or not self.arrivals:
            return 0.0
        week = self._week()
        weeks, left = divmod(span, _WEEK)
        local = start.astimezone(zone)
        first = local.weekday() * 24 + local.hour
        return rounded(weeks * sum(week) + _partial(week, first, local.minute / 60, left))

    def due_articles(self, start: datetime, end: datetime, zone: tzinfo) -> float:
        """How many articles are usual from start to end."""
        events = sum(self.by_hour)
        return self.due(start, end, zone) * self.articles / events if events > 0 else 0.0

    def _week(self) -> list[float]:
        """Arrivals an hour for each hour of the week; few data are drawn towards an even week, less than a week counts as one."""
        events, watched = sum(self.by_hour), max(sum(self.watched), _WEEK)
        mean = events / watched
        day = [(n + _PRIOR) / (w + _PRIOR / mean) if mean else 0.0 for n, w in zip(self.by_day, self.watched, strict=True)]
        hour = [24 * (n + _PRIOR) / (events + 24 * _PRIOR) for n in self.by_hour]
        return [d * h for d in day for h in hour]


def _partial(week: list[float], first: int, minute: float, left: float) -> float:
    """The sum over `left` hours from `minute` (a share) within the hour `first` of the week."""
    total, at, into = 0.0, first, minute
    while left > 0:
        step = min(1.0 - into, left)
        total += step * week[at % _WEEK]
        left, at, into = left - step, at + 1, 0.0
    return total


def begun(at: datetime) -> Rhythm:
    """A rhythm that is watched from `at`."""
    return Rhythm(at=at)


def skipped(rhythm: Rhythm, at: datetime) -> Rhythm:
    """Something arrived at a time that shall teach nothing: what follows is watched from there."""
    return replace(rhythm, at=at)


def arrived(rhythm: Rhythm, articles: int, at: datetime, seen: datetime | None, zone: tzinfo) -> Rhythm:
    """One more arrival of so many articles. `seen` is the last sound look before it: until then nothing had come."""
    if rhythm.at is None or at < rhythm.at:
        return skipped(rhythm, at)
    paused = _paused(rhythm, seen, zone) if seen is not None else rhythm.pauses
    faded, start, end = _faded(rhythm, at, zone), rhythm.at.astimezone(zone), at.astimezone(zone)
    return replace(
        faded,
        at=at,
        arrivals=min(rhythm.arrivals + 1, 10_000),
        by_hour=_plus(faded.by_hour, end.hour),
        by_day=_plus(faded.by_day, end.weekday()),
        watched=_watched(faded.watched, start, end),
        articles=rounded(faded.articles + articles),
        pauses=paused,
    )


def _faded(rhythm: Rhythm, at: datetime, zone: tzinfo) -> Rhythm:
    """Decayed by whole local days, so that many arrivals a day do not wear the figures off by rounding."""
    assert rhythm.at is not None
    days = _days(rhythm.at.astimezone(zone), at.astimezone(zone))
    if not days:
        return rhythm
    keep = 0.5 ** (days / _HALF_LIFE)
    return replace(
        rhythm,
        by_hour=tuple(rounded(n * keep) for n in rhythm.by_hour),
        by_day=tuple(rounded(n * keep) for n in rhythm.by_day),
        watched=tuple(rounded(n * keep) for n in rhythm.watched),
        articles=rounded(rhythm.articles * keep),
    )


def _days(start: datetime, end: datetime) -> int:
    return min(max(0, end.toordinal() - start.toordinal()), 400)


def _plus(counts: tuple[float, ...], place: int) -> tuple[float, ...]:
    return (*counts[:place], rounded(counts[place] + 1), *counts[place + 1 :])


def _watched(watched: tuple[float, ...], start: datetime, end: datetime) -> tuple[float, ...]:
    """The hours from start to end, added to their weekdays; more than 400 days count as 400."""
    sums, left = list(watched), min(max(0.0, hours(start, end)), _MOST)
    weeks, left = divmod(left, _WEEK)
    sums = [n + 24 * weeks for n in sums]
    into, day = start.hour + start.minute / 60, start.weekday()
    while left > 0:
        step = min(24 - into, left)
        sums[day % 7] += step
        left, day, into = left - step, day + 1, 0.0
    return tuple(map(rounded, sums))


def _paused(rhythm: Rhythm, seen: datetime, zone: tzinfo) -> tuple[Pause, ...]:
    """The longest pauses of the last 400 days, by hours and by arrivals due, with the one that just ended."""
    assert rhythm.at is not None
    length = hours(rhythm.at, seen)
    if length <= 0:
        return rhythm.pauses
    today = seen.astimezone(zone).toordinal()
    ended = Pause(today, rounded(min(length, _MOST)), rhythm.due(rhythm.at, seen, zone))
    known = [pause for pause in (*rhythm.pauses, ended) if abs(today - pause.day) <= _REMEMBERED]
    longest = sorted(known, key=lambda pause: pause.hours)[-_PAUSES:]
    heaviest = sorted(known, key=lambda pause: pause.due)[-_PAUSES:]
    return tuple(pause for pause in known if pause in longest or pause in heaviest)
