"""How everything is doing, gathered from the store in reads whose cost does not grow with the archive."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from ..config import HUB, Config
from ..model import Operator, Portal, Subscriber
from ..overview import DAYS, IncidentView, Overview, PortalView, SubscriberView, Verdict
from ..ports import Store
from ..rows import DestinationRow, Incident, PortalRow
from .alert import held, reach, shut, stands

_RECENT = timedelta(days=DAYS)
_DAY = timedelta(days=1)
_DELAYS = 50
_RANK: Mapping[str, int] = {"broken": 0, "suspicious": 1, "new": 2, "quiet": 3, "well": 4}
_STATES = {"disabled": 0, "paused": 1, "failing": 2, "new": 3, "open": 4}

Role = Literal["subscriber", "operator", "hub"]


def gather(store: Store, config: Config, now: datetime) -> Overview:
    """The whole installation at `now`, worst first; only reads."""
    troubles = store.incidents.open()
    since = {one.subject: one.opened_at for one in troubles}
    holds, looks = store.incidents.holds(), store.figures.looks(now - _DAY)
    portals = [_portal(store, p, since.get(f"portal:{p.id}"), holds.get(p.id, 0), looks.get(p.id, (0, 0, 0)), now) for p in config.portals]
    known = {row.id: row for row in store.outbox.destinations()}
    subscribers = [_subscriber(store, one, role, known.get(one.id), now) for one, role in _reached(config)]
    subscribers += [_hub(store, known[HUB], now)] if config.bridge.hub and HUB in known else []
    last = store.portals.last_run() or {}
    return Overview(
        at=now,
        portals=tuple(sorted(portals, key=lambda p: (_RANK[p.verdict], -p.bad_ticks, not p.held))),
        subscribers=tuple(sorted(subscribers, key=lambda s: (_STATES[s.state], -s.dead, -s.held))),
        incidents=tuple(_incident(one) for one in (*reversed(troubles), *store.figures.closed(now - _RECENT))),
        last_run=cast("datetime | None", last.get("finished_at")),
        last_run_seconds=cast("float | None", last.get("seconds")),
        faults=dict(cast("Mapping[str, str]", last.get("faults") or {})),
    )


def needs(store: Store, config: Config, now: datetime) -> dict[str, str]:
    """What needs the operator, by portal or destination, as the next `run` would find it: its exit code is 1 when there is any."""
    rows = ((portal, store.portals.portal(portal.id)) for portal in config.portals)
    bad = {portal.id: f"{row.cause}: {row.detail}" for portal, row in rows if stands(row, portal, now)}
    last = store.portals.last_run() or {}
    rest = {name: str(why) for kind in ("faults", "closed") for name, why in cast("Mapping[str, str]", last.get(kind) or {}).items()}
    return {**rest, **held(store, config.portals, now), **bad, **shut(store, now)}


def day_edges(now: datetime, zone: ZoneInfo, days: int = DAYS) -> list[datetime]:
    """The midnights that begin the last `days` local days, today included, and the one that ends today."""
    today = now.astimezone(zone).date()
    dates = [today + timedelta(days=n) for n in range(1 - days, 2)]
    return [datetime(day.year, day.month, day.day, tzinfo=zone) for day in dates]


def _portal(store: Store, portal: Portal, since: datetime | None, held: int, looks: tuple[int, int, int], now: datetime) -> PortalView:
    row, figures = store.portals.portal(portal.id), store.figures
    newest = figures.newest(portal.id)
    delays = figures.delays(portal.id, now - _RECENT, _DELAYS)
    requests, many, bad = looks
    return PortalView(
        id=portal.id,
        title=portal.title,
        url=portal.url,
        timezone=portal.timezone,
        verdict=verdict(row),
        cause=row.cause,
        detail=row.detail,
        since=since,
        bad_ticks=row.bad_ticks,
        last=row.checked_at,
        last_good=row.good_at,
        next=row.due_at if row.due_at and row.due_at.year > 1970 else None,
        entries=figures.listed(portal.id),
        unread=store.portals.unread(portal.id),
        held=held,
        per_day=tuple(figures.arrivals(portal.id, day_edges(now, ZoneInfo(portal.timezone)))),
        requests=requests,
        success=(many - bad) / many if many else None,
        delay=sorted(delays)[len(delays) // 2] if delays else None,
        newest=newest[0] if newest else "",
        newest_at=newest[1] if newest else None,
    )


def verdict(row: PortalRow) -> Verdict:
    """What is thought of a portal: "new" before its first look; a bad look that no verdict was made of counts as broken."""
    if row.checked_at is None:
        return "new"
    if row.bad_ticks and row.verdict not in {"suspicious", "broken"}:
        return "broken"
    return cast(Verdict, row.verdict) if row.verdict in _RANK else "well"


def _reached(config: Config) -> Iterable[tuple[Subscriber | Operator, Role]]:
    yield from ((one, "subscriber") for one in config.subscribers)
    yield from ((one, "operator") for one in config.operators)


def _subscriber(store: Store, one: Subscriber | Operator, role: Role, row: DestinationRow | None, now: datetime) -> SubscriberView:
    new = SubscriberView(id=one.id, kind=one.kind, role=role, portals=one.portals if isinstance(one, Subscriber) else ())
    return _told(store, new, row, now) if row else new


def _hub(store: Store, row: DestinationRow, now: datetime) -> SubscriberView:
    return _told(store, SubscriberView(id=row.id, kind=row.kind, role="hub"), row, now)


def _told(store: Store, new: SubscriberView, row: DestinationRow, now: datetime) -> SubscriberView:
    counts = store.figures.deliveries(row.id)
    head = store.ledger.head(row.id, now) if counts["waiting"] and row.state == "open" else None
    delayed = head is not None and head.state in {"retry", "uncertain"}
    state, why, since = reach(row, now)
    return replace(
        new,
        state=state,
        why=why,
        since=since,
        sent=counts["sent"],
        waiting=counts["waiting"],
        dead=counts["dead"],
        held=counts["held"],
        last_sent=store.figures.last_sent(row.id),
        last_death=store.figures.last_death(row.id),
        delayed=head.reason if head and delayed else "",
        again=max(head.due_at, row.not_before or head.due_at) if head and delayed else None,
    )


def _incident(one: Incident) -> IncidentView:
    return IncidentView(subject=one.subject, cause=one.cause, evidence=one.evidence, opened=one.opened_at, closed=one.closed_at)
