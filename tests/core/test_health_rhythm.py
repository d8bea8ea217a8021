"""Silence against the usual rhythm: weekends, nights and holidays are quiet, a portal that died is not."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bridge.core.health import History, ListLook, Observation, judge, learned, silence, usual_new
from bridge.core.health_rhythm import Rhythm, arrived, begun

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2024, 11, 1, tzinfo=UTC)
STEP = timedelta(hours=2)
HOLIDAYS = [((2025, 1, 28), (2025, 2, 6)), ((2025, 5, 1), (2025, 5, 6)), ((2025, 10, 1), (2025, 10, 9))]
"""Spring Festival, Labour Day, National Day."""


@dataclass(frozen=True)
class Manner:
    """Articles on a working day, the share of them on a weekend's day and on a holiday; how many come at once."""

    daily: float
    weekend: float
    holiday: float
    clump: int = 1


MANNERS = {
    "city news": Manner(40, 0.6, 0.3, 3),
    "city news that rests on holidays": Manner(20, 0.6, 0, 3),
    "a few a day": Manner(6, 0.5, 0, 2),
    "an office": Manner(5, 0, 0, 2),
    "three a week": Manner(0.6, 0, 0),
    "one a week": Manner(1 / 7, 0.3, 0),
}


def rested(at):
    return any(datetime(*a, tzinfo=ZONE) <= at < datetime(*b, tzinfo=ZONE) for a, b in HOLIDAYS)


def news(manner, at, random):
    """How many articles come in the two hours before `at`."""
    local = at.astimezone(ZONE)
    if not 8 <= local.hour < 22:
        return 0
    rate = manner.daily / manner.clump / 7 * (manner.weekend if local.weekday() >= 5 else 1) * (manner.holiday if rested(local) else 1)
    return sum(random.randint(1, 2 * manner.clump - 1) for _ in range(8) if random.random() < rate / 8)


def tick(at, new, first=False):
    page = ListLook(url="p", changed=bool(new) or first, links=40, known=40 - new, new=new, dated=40)
    return Observation(at=at, lists=(page,), new=new)


def lived(manner, seed, days, dies=None):
    """The history after so many days, and [(day, cause)] of each alarm."""
    random, history, alarms, cause = Random(seed), History(), [], ""
    for number in range(int(timedelta(days=days) / STEP)):
        at = START + number * STEP
        seen = tick(at, 0 if dies is not None and at - START >= timedelta(days=dies) else min(news(manner, at, random), 40), number == 0)
        verdict = judge(seen, history, ZONE)
        if verdict.bad and verdict.cause != cause:
            alarms.append((number * STEP / timedelta(days=1), verdict.cause))
        cause = verdict.cause
        history = learned(seen, verdict, history, ZONE)
    return history, alarms


@pytest.mark.parametrize("name", MANNERS)
def test_a_year_with_weekends_and_holidays_gives_no_false_alarm(name):
    assert [lived(MANNERS[name], seed, 365)[1] for seed in range(2)] == [[], []]


@pytest.mark.parametrize(("name", "most"), [("city news", 13), ("a few a day", 16), ("an office", 21), ("three a week", 28)])
def test_a_portal_that_died_is_told(name, most):
    """Within so many days, once, for good; measured by its last living weeks however long it is dead."""
    _, alarms = lived(MANNERS[name], 7, 150 + 60, dies=150)
    ((day, cause),) = alarms
    assert cause == "silent"
    assert day - 150 <= most


@pytest.fixture(scope="module")
def office():
    """An office portal after three months, on a Thursday evening."""
    return lived(MANNERS["an office"], 3, 90)[0]


def test_a_night_and_a_weekend_are_quiet(office):
    last = office.rhythm.at
    assert silence(office, last + timedelta(hours=2), ZONE) is None
    for pause in (timedelta(days=3), timedelta(days=8)):
        verdict = silence(office, last + pause, ZONE)
        assert (verdict.state, verdict.cause) == ("quiet", "")


def test_the_evidence_of_a_silence_does_not_change_while_it_lasts(office):
    last = office.rhythm.at
    verdicts = {silence(office, last + timedelta(days=days), ZONE) for days in (30, 31, 60, 700)}
    (verdict,) = verdicts
    assert (verdict.state, verdict.cause) == ("suspicious", "silent")
    assert verdict.detail.startswith(f"nothing new since {last.astimezone(ZONE):%Y-%m-%d %H:%M}; the longest pause known is ")


def test_without_a_rhythm_nothing_is_silent():
    history = History()
    assert silence(history, START, ZONE) is None
    for number in range(5):
        seen = tick(START + timedelta(hours=number), 1 if number else 0)
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert silence(history, START + timedelta(days=300), ZONE).state == "quiet"


def test_a_pause_that_ended_by_itself_is_known_from_then_on(office):
    last, history = office.seen_at, office
    for day in range(1, 31):
        seen = tick(last + timedelta(days=day), 1 if day == 30 else 0)
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert max(pause.hours for pause in history.rhythm.pauses) == pytest.approx(31 * 24, abs=24)
    assert silence(history, history.rhythm.at + timedelta(days=30), ZONE).state == "quiet"


def test_a_silence_that_ends_in_a_flood_was_a_fault_and_no_pause(office):
    last, history = office.seen_at, office
    for day in range(1, 31):
        seen = tick(last + timedelta(days=day), 40 if day == 30 else 0)
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert history.rhythm.pauses == office.rhythm.pauses


def test_an_outage_is_no_pause(office):
    """Ten days without an answer, then news: it may have come at any time in between."""
    history, last = office, office.seen_at
    for day in range(1, 11):
        seen = Observation(at=last + timedelta(days=day), lists=(ListLook(url="p", cause="timeout"),))
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    seen = tick(last + timedelta(days=11), 9)
    history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert max(pause.hours for pause in history.rhythm.pauses) < 100
    assert history.bursts == office.bursts


def test_a_tick_that_asked_no_list_is_not_silence(office):
    later = office.seen_at + timedelta(days=60)
    assert not judge(Observation(at=later), office, ZONE).bad
    assert judge(tick(later, 0), office, ZONE).cause == "silent"


# ---------------------------------------------------------------- the rhythm itself


def rhythm_of(times):
    rhythm, before = begun(times[0]), times[0]
    for at in times[1:]:
        rhythm, before = arrived(rhythm, 3, at, before, ZONE), at
    return rhythm


def test_what_is_due_follows_hour_and_weekday():
    """Weekdays at 10:00 for half a year: mornings and weekdays are due, nights and Sundays are not."""
    days = [datetime(2025, 1, 6, 10, tzinfo=ZONE) + timedelta(days=n) for n in range(180)]
    rhythm = rhythm_of([day for day in days if day.weekday() < 5])
    monday = datetime(2025, 7, 7, tzinfo=ZONE)
    hour = timedelta(hours=1)
    assert rhythm.due(monday + 10 * hour, monday + 11 * hour, ZONE) > 20 * rhythm.due(monday + 3 * hour, monday + 4 * hour, ZONE)
    assert rhythm.due(monday - 24 * hour, monday, ZONE) < 0.1 * rhythm.due(monday, monday + 24 * hour, ZONE)
    assert rhythm.due(monday, monday + timedelta(days=7), ZONE) == pytest.approx(5, rel=0.1)
    assert rhythm.due_articles(monday, monday + timedelta(days=7), ZONE) == pytest.approx(15, rel=0.1)


def test_what_is_due_adds_up():
    rhythm = rhythm_of([START + timedelta(hours=17 * n) for n in range(60)])
    a, b, c = START + timedelta(days=50, minutes=17), START + timedelta(days=52, minutes=3), START + timedelta(days=90, hours=5, minutes=59)
    assert rhythm.due(a, c, ZONE) == pytest.approx(rhythm.due(a, b, ZONE) + rhythm.due(b, c, ZONE), rel=1e-4)
    assert rhythm.due(c, a, ZONE) == 0
    assert Rhythm().due(a, c, ZONE) == 0


def test_the_rhythm_follows_a_portal_that_slows_down():
    """From twelve a day to one a day: after a year what is due is one a day."""
    fast = rhythm_of([START + timedelta(hours=2 * n) for n in range(12 * 90)])
    slow, before = fast, fast.at
    for n in range(1, 366):
        at = fast.at + timedelta(days=n)
        slow, before = arrived(slow, 1, at, before, ZONE), at
    week = timedelta(days=7)
    assert fast.due(START, START + week, ZONE) == pytest.approx(84, rel=0.03)
    assert slow.due(START, START + week, ZONE) == pytest.approx(7, rel=0.2)


def test_a_clock_that_went_back_keeps_what_is_known(office):
    rhythm = arrived(office.rhythm, 3, START, None, ZONE)
    assert replace(rhythm, at=None) == replace(office.rhythm, at=None)


def test_after_days_without_a_look_more_is_usual(office):
    last = office.seen_at
    assert usual_new(office, last - timedelta(days=14), last, ZONE) > 3 * usual_new(office, last - timedelta(hours=2), last, ZONE)
