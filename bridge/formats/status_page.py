"""How everything is doing, for people: each portal with its verdict and evidence, each subscriber, the incidents.

The published page holds only what changes with an article, a verdict or the day. What changes with each tick or delivery
(last and next look, success, sent, waiting) is in the live page, which `serve` draws when it is asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bridge.overview import IncidentView, Overview, PortalView, SubscriberView

from . import drawing, news, plots, text
from .item import NAME as PROGRAM
from .wording import tongue

NAME = "status.html"
MEDIA_TYPE = drawing.MEDIA_TYPE
MOST_INCIDENTS = 30
EVIDENCE_MOST = 400

Fact = tuple[str, str, news.Moment | None]
"""(key of wording.TEXTS, value, time): one of the two is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """One portal as the page shows it."""

    id: str
    title: str
    url: str | None
    zone: str
    verdict: str
    cause: str
    detail: str
    since: news.Moment | None
    plot: plots.Plot | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One subscriber or operator as the page shows it."""

    id: str
    kind: str
    role: str
    state: str
    why: str
    since: news.Moment | None
    portals: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as the page shows it; without `closed` it lasts."""

    subject: str
    cause: str
    evidence: str
    opened: news.Moment
    closed: news.Moment | None


def render(overview: Overview, *, live: bool = False, title: str = PROGRAM, language: str = "zh-CN") -> bytes:
    """The page in UTF-8. Not `live`: the same bytes until an article comes, a verdict changes or a day begins.

    `language` is the one it speaks where no script asks the browser. Times are in each portal's zone, others in that of the first one.
    """
    home = zone_of(overview.portals[0].timezone if overview.portals else "UTC")
    zones = {f"portal:{view.id}": zone_of(view.timezone) for view in overview.portals}
    at = news.moment(overview.at.astimezone(home), "minute" if live else "day")
    return drawing.draw(
        "status.html",
        tongue(language),
        base="",
        title=text.line(title) or PROGRAM,
        live=live,
        at=at,
        zone=str(home),
        portals=[portal(view, overview.at, live=live) for view in overview.portals],
        subscribers=[_subscriber(view, home, live) for view in overview.subscribers],
        incidents=[_incident(view, zones.get(view.subject, home)) for view in overview.incidents[:MOST_INCIDENTS]],
        last_run=_moment(overview.last_run, home) if live else None,
        seconds=f"{overview.last_run_seconds or 0:.1f}",
        faults=[(text.line(name), text.shortened(why, EVIDENCE_MOST)) for name, why in overview.faults.items()],
    )


def zone_of(name: str) -> tzinfo:
    """The zone of this name, UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC


def portal(view: PortalView, at: datetime, *, live: bool) -> Portal:
    """The portal with its plot of articles by local day, the last day that of `at`."""
    zone = zone_of(view.timezone)
    return Portal(
        id=view.id,
        title=text.shortened(view.title, 200) or view.id,
        url=text.address(view.url),
        zone=view.timezone,
        verdict=view.verdict,
        cause=text.line(view.cause),
        detail=text.shortened(view.detail, EVIDENCE_MOST),
        since=_moment(view.since, zone),
        plot=plots.per_day(view.per_day, at.astimezone(zone).date()) if view.per_day else None,
        facts=_known(*_portal_facts(view, zone), *(_live_facts(view, zone) if live else ())),
    )


def _portal_facts(view: PortalView, zone: tzinfo) -> tuple[Fact, ...]:
    return (
        ("articles", f"{view.entries}", None),
        ("newest", "", _moment(view.newest_at, zone)),
        ("held", f"{view.held}" if view.held else "", None),
    )


def _live_facts(view: PortalView, zone: tzinfo) -> tuple[Fact, ...]:
    return (
        ("success", "" if view.success is None else f"{view.success:.1%}", None),
        ("requests", f"{view.requests}", None),
        ("delay", _span(view.delay), None),
        ("unread", f"{view.unread}" if view.unread else "", None),
        ("bad_ticks", f"{view.bad_ticks}" if view.bad_ticks else "", None),
        ("last", "", _moment(view.last, zone)),
        ("last_good", "", _moment(view.last_good, zone) if view.last_good != view.last else None),
        ("next", "", _moment(view.next, zone)),
    )


def _subscriber(view: SubscriberView, zone: tzinfo, live: bool) -> Subscriber:
    sent = (("sent", f"{view.sent}", None), ("waiting", f"{view.waiting}", None)) if live else ()
    return Subscriber(
        id=text.line(view.id),
        kind=text.line(view.kind),
        role=view.role,
        state=view.state,
        why=text.shortened(view.why, EVIDENCE_MOST),
        since=_moment(view.since, zone) if view.state in {"failing", "paused", "disabled"} else None,
        portals=text.shortened(", ".join(view.portals), EVIDENCE_MOST),
        facts=_known(
            *sent,
            ("dead", f"{view.dead}", None),
            ("held", f"{view.held}" if view.held else "", None),
            ("last_sent", "", _moment(view.last_sent, zone) if live else None),
            ("last_death", text.shortened(view.last_death, EVIDENCE_MOST), None),
        ),
    )


def _incident(view: IncidentView, zone: tzinfo) -> Incident:
    return Incident(
        subject=text.line(view.subject),
        cause=text.line(view.cause),
        evidence=text.shortened(view.evidence, EVIDENCE_MOST),
        opened=news.moment(view.opened.astimezone(zone)),
        closed=_moment(view.closed, zone),
    )


def _known(*facts: Fact) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact[1] or fact[2])


def _moment(at: datetime | None, zone: tzinfo) -> news.Moment | None:
    return news.moment(at.astimezone(zone)) if at else None


def _span(length: timedelta | None) -> str:
    """Minutes and seconds, or hours and minutes: `3:07`, `26 h 04`."""
    if length is None:
        return ""
    seconds = max(0, round(length.total_seconds()))
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}" if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02} min"
