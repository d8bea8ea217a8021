"""Whether a portal is well, judged against its own history. Pure; standard library only, since every tick loads it.

    list_fault, article_fault   before anything of a page is recorded: must it be believed?
    judge                       after the tick: the verdict
    learned                     what the next tick is judged by; only what was good teaches
    usual_new                   how many new articles are usual: the breaker's measure
    silence                     whether a pause is an ordinary one

The causes, and what each asks for, stand in health_causes.py; a history is a few KB of JSON.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from .health_articles import article_fault, articles_failing, articles_off, failing_keys, learn_articles, marked, noted
from .health_causes import article_family, family, line
from .health_lists import MOVED, REMARKS, learn_lists, list_doubt, list_fault, list_remarks
from .health_looks import ArticleLook, Fault, ListLook, Observation, State, Verdict
from .health_numbers import hours, quantile, rounded
from .health_past import BURSTS, DOUBTS, FEW, LISTS, Doubt, History, key
from .health_rhythm import arrived, begun, skipped

__all__ = [
    "ArticleLook", "Fault", "History", "ListLook", "Observation", "State", "Verdict", "accepted", "article_fault", "articles_failing",
    "family", "judge", "learned", "list_fault", "list_remarks", "noted", "silence", "usual_new",
]  # fmt: skip

SETTLES = timedelta(days=14)
"""How long something must be off, and stay so, until it is taken for the portal's new manner."""

_TOLD = timedelta(days=3)  # a list that moved
_BACK = timedelta(hours=1)
_BACK_ENDS = timedelta(hours=24)
_AHEAD = 3
_ARTICLES, _CLOCK = "articles", "clock"
_YOUNG = 10.0
_HOLIDAY, _LONG = 12 * 24.0, 30 * 24.0
_LEAST_DUE = 8.0


# ---------------------------------------------------------------- the verdict


def judge(seen: Observation, history: History, zone: tzinfo) -> Verdict:
    """The verdict of a tick; `history` is that before it, `zone` the portal's.

    Broken: no list page that was asked could be had and believed. Suspicious: some could not, or the clock, the articles,
    the dates or a list are off, or the portal is silent. What is off stays so through ticks that show nothing new.
    """
    verdict = _lists(seen, history) or _clock_back(seen, history, zone)
    after = _remembered(seen, history)
    return verdict or _doubtful(after) or _remarked(_news(seen, history, zone), after)


def _remarked(verdict: Verdict, history: History) -> Verdict:
    """A verdict that nothing is wrong, with what should be known all the same."""
    remarks = [doubt.detail for doubt in history.doubts if doubt.cause in REMARKS]
    return (
        verdict
        if verdict.bad or not remarks
        else replace(verdict, detail=line("; ".join([verdict.detail, *remarks][not verdict.detail :])))
    )


def _lists(seen: Observation, history: History) -> Verdict | None:
    asked = [look for look in seen.lists if look.cause != "deferred"]
    bad = [(look, fault) for look in asked if (fault := list_fault(look, history))]
    if not bad:
        return None
    look, (cause, detail) = bad[0]
    if len(bad) < len(asked) and _stray(bad, history):
        return None
    if len(bad) == len(asked):
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        return Verdict(state="broken", cause=cause, detail=line(f"{look.url}: {detail}{more}"))
    return Verdict(state="suspicious", cause=cause, detail=line(f"{len(bad)} of {len(asked)} list pages: {look.url}: {detail}"))


def _stray(bad: list[tuple[ListLook, Fault]], history: History) -> bool:
    """Whether other pages than in the tick before could not be had: one request or another fails, but no page goes on failing."""
    failed = {key(look.url) for look, _ in bad}
    return bool(history.failed) and failed.isdisjoint(history.failed) and all(cause == "unreachable" for _, (cause, _) in bad)


def _clock_back(seen: Observation, history: History, zone: tzinfo) -> Verdict | None:
    if seen.skew:
        told = f"{abs(seen.skew).days} days" if abs(seen.skew) >= 2 * _BACK_ENDS else f"{abs(seen.skew) / _BACK:.0f} hours"
        side = "behind" if seen.skew > timedelta() else "ahead of"
        return Verdict(state="suspicious", cause="clock", detail=f"this machine's clock is about {told} {side} the portal's server")
    if not _is_back(seen.at, history):
        return None
    assert history.seen_at is not None
    detail = f"the clock went back: the last look was at {_local(history.seen_at, zone)}, and it is earlier now"
    return Verdict(state="suspicious", cause="clock", detail=detail)


def _is_back(at: datetime, history: History) -> bool:
    return history.seen_at is not None and at < history.seen_at - _BACK


def _doubtful(history: History) -> Verdict | None:
    """By what is remembered, this tick included: failing articles first, then the standing doubts."""
    doubts = [articles_failing(history), *((doubt.cause, doubt.detail) for doubt in history.doubts if doubt.cause not in REMARKS)]
    found = next((fault for fault in doubts if fault), None)
    return Verdict(state="suspicious", cause=found[0], detail=found[1]) if found else None


def _news(seen: Observation, history: History, zone: tzinfo) -> Verdict:
    """Where no list page was asked, nothing is known beyond the last sound look."""
    asked = any(look.cause != "deferred" for look in seen.lists)
    at = seen.at if asked or history.sound_at is None else history.sound_at
    return (None if seen.new else silence(history, at, zone)) or Verdict(state="well")


def silence(history: History, now: datetime, zone: tzinfo) -> Verdict | None:
    """What the time without news means: None while it is short, quiet in an ordinary pause, else suspicious ("silent").

    Silent is far longer than any pause known, in hours and in the arrivals that were due by hour and weekday, and longer
    than holidays are: twelve days, or thirty where the rhythm was watched for less than ten.
    """
    rhythm = history.rhythm
    wall = hours(rhythm.at, now) if rhythm.at else 0.0
    if rhythm.at is None or wall <= max(6.0, 2 * rhythm.gap):
        return None
    since = f"nothing new since {_local(rhythm.at, zone)}"
    if not _too_long(history, wall, now, zone):
        return Verdict(state="quiet", detail=since)
    longest = max((pause.hours for pause in rhythm.pauses), default=0.0)
    return Verdict(state="suspicious", cause="silent", detail=f"{since}; the longest pause known is {longest / 24:.1f} days")


def _too_long(history: History, wall: float, now: datetime, zone: tzinfo) -> bool:
    rhythm = history.rhythm
    if rhythm.arrivals < FEW or rhythm.at is None:
        return False
    far = 1.25 + 10 / rhythm.arrivals
    least = _HOLIDAY if sum(rhythm.watched) >= 10 * 24 else _LONG
    if wall < max(least, far * max((pause.hours for pause in rhythm.pauses), default=0.0)):
        return False
    return rhythm.due(rhythm.at, now, zone) >= max(_LEAST_DUE, far * max((pause.due for pause in rhythm.pauses), default=0.0))


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


# ---------------------------------------------------------------- the breaker's measure


def usual_new(history: History, since: datetime | None, now: datetime, zone: tzinfo) -> float:
    """How many new articles are usual from `since` (the last look; None: not known) to now, at least 1.

    Never less than an ordinary burst: the 95th percentile of new lines an arrival, at least 10 while few arrivals are known.
    """
    burst = quantile(history.bursts, 0.95)
    least = burst if len(history.bursts) >= FEW else max(burst, _YOUNG)
    return max(1.0, least, history.rhythm.due_articles(since, now, zone) if since else 0.0)


# ---------------------------------------------------------------- learning


def learned(seen: Observation, verdict: Verdict, history: History, zone: tzinfo) -> History:
    """The history for the next tick, `verdict` being what `judge` said of this one.

    What is usual moves by good ticks only, and by the good list pages of a tick in which others failed. What is
    remembered of faults moves always. A doubt that lasts for SETTLES becomes the new manner, which is learned from nothing.
    """
    good = not verdict.bad
    after = _seen(seen, _settled(_remembered(seen, history), seen.at))
    sound = [look for look in seen.lists if not look.cause and not list_fault(look, history)]
    if good or (verdict.state == "suspicious" and 0 < len(sound) < len(seen.lists) and _lists(seen, history)):
        after = learn_lists(after, sound, seen.at)
        after = _arrivals(seen, after, history, zone)
    elif verdict.state == "suspicious" and seen.new:
        after = replace(after, rhythm=skipped(after.rhythm, seen.at))
    if good:
        after = learn_articles(after, seen.articles, failing_keys(history))
        after = replace(after, ticks=min(history.ticks + 1, 10**9), every=_every(seen, history))
    return replace(after, sound_at=seen.at) if sound and (good or verdict.cause == "silent") else after


def accepted(history: History) -> History:
    """What an operator says is right as it is: everything but the rhythm is learned anew, and no doubt stands."""
    return History(seen_at=history.seen_at, sound_at=history.sound_at, every=history.every, rhythm=history.rhythm, bursts=history.bursts)


def _arrivals(seen: Observation, after: History, before: History, zone: tzinfo) -> History:
    """The rhythm and the bursts; the lines of a page that was never seen before are no arrivals."""
    if after.rhythm.at is None:
        return replace(after, rhythm=begun(seen.at))
    fresh = sum(look.new for look in seen.lists if not look.known and key(look.url) not in before.lists)
    new = max(0, seen.new - fresh)
    if not new:
        return after if not seen.new else replace(after, rhythm=skipped(after.rhythm, seen.at))
    rhythm = arrived(after.rhythm, new, seen.at, None if _backlog(new, before, zone) else before.sound_at, zone)
    prompt = before.seen_at is not None and hours(before.seen_at, seen.at) <= 2.5 * before.every
    return replace(after, rhythm=rhythm, bursts=(*after.bursts, min(new, 99_999))[-BURSTS:] if prompt else after.bursts)


def _backlog(new: int, before: History, zone: tzinfo) -> bool:
    """Whether a silence ended in a flood: then it was a fault, and no pause to be known by."""
    if before.sound_at is None or new < max(_YOUNG, 3 * usual_new(before, None, before.sound_at, zone)):
        return False
    silent = silence(before, before.sound_at, zone)
    return silent is not None and silent.bad


def _every(seen: Observation, history: History) -> float:
    """The hours between two ticks, smoothed; a long stop counts as three of them."""
    gap = max(0.0, hours(history.seen_at, seen.at)) if history.seen_at else 0.0
    return rounded(0.9 * history.every + 0.1 * min(gap, 3 * history.every) if history.every else gap)


# ---------------------------------------------------------------- memory


def _remembered(seen: Observation, history: History) -> History:
    """With the outcomes, the doubts and the dates ahead of this tick; what is usual stays as it is."""
    faults = {look.url: fault[0] for look in seen.lists if look.cause != "deferred" and (fault := list_fault(look, history))}
    failed = tuple(map(key, faults))[:LISTS]
    # What a list page failed by in this very tick says nothing more when articles fail by it: one bad minute is one fault.
    telling = [look for look in seen.articles if not look.cause or article_family(look.cause, new=True) not in faults.values()]
    after = replace(marked(history, telling), ahead=_ahead(seen, history.ahead), failed=failed)
    since = {(doubt.key, doubt.cause): doubt.since for doubt in history.doubts}
    doubts = [Doubt(at, cause, line(detail), since.get((at, cause), seen.at)) for at, (cause, detail) in _doubts(seen, after)]
    return replace(after, doubts=tuple(doubts[:DOUBTS]))


def _doubts(seen: Observation, history: History) -> Iterator[tuple[str, Fault]]:
    """(where, fault): the clock, the articles, each list as it was when it was parsed last."""
    if history.ahead >= _AHEAD and not history.ahead_usual:
        yield _CLOCK, ("clock", "articles are dated later than now: this machine's clock is slow, or the portal's timezone is wrong")
    off = articles_off(history)
    if off:
        yield _ARTICLES, off
    parsed = {key(look.url): look for look in seen.lists if look.changed and not look.cause and not list_fault(look, history)}
    for doubt in history.doubts:
        told = doubt.cause == MOVED and seen.at - doubt.since < _TOLD
        if told or doubt.key not in {_CLOCK, _ARTICLES, *parsed}:
            yield doubt.key, (doubt.cause, doubt.detail)
    for at, look in parsed.items():
        known = {doubt.cause for doubt in history.doubts if doubt.key == at and doubt.cause == MOVED}
        found = [list_doubt(look, history), *(one for one in list_remarks(look) if one[0] not in known)]
        yield from ((at, (cause, f"{look.url}: {detail}" if len(seen.lists) > 1 else detail)) for cause, detail in filter(None, found))


def _ahead(seen: Observation, before: int) -> int:
    """How many articles in a row are dated in the future; an event that lies ahead is looked at again and again, but new once."""
    read = [look for look in seen.articles if not look.cause]
    new = sum(look.new for look in read)
    if seen.ahead >= max(_AHEAD, len(read) / 2):
        return min(before + seen.ahead, 999)
    if not new:
        return before
    return min(before + min(seen.ahead, new), 999) if 2 * seen.ahead >= new else 0


def _settled(history: History, at: datetime) -> History:
    """Without the doubts that have lasted, and without what they were measured by."""
    for doubt in history.doubts:
        if at - doubt.since >= SETTLES:
            history = _without(history, doubt)
    return history


def _without(history: History, doubt: Doubt) -> History:
    history = replace(history, doubts=tuple(other for other in history.doubts if other != doubt))
    if doubt.cause in REMARKS:
        return history
    if doubt.key == _CLOCK:
        return replace(history, ahead_usual=True)
    if doubt.key == _ARTICLES:
        return replace(history, sizes=(), with_date="", marks=(), readings=())
    return replace(history, lists={at: past for at, past in history.lists.items() if at != doubt.key})


def _seen(seen: Observation, history: History) -> History:
    """The newest observation; a clock that stays back for a day is right, and the one before was wrong."""
    if not _is_back(seen.at, history):
        return replace(history, seen_at=seen.at, back_at=None)
    if history.back_at is None or seen.at < history.back_at:
        return replace(history, back_at=seen.at)
    if seen.at - history.back_at < _BACK_ENDS:
        return history
    return replace(history, seen_at=seen.at, back_at=None, sound_at=None, rhythm=skipped(history.rhythm, seen.at))
