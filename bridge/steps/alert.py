"""Telling the operators: trouble is compared with what they were told, and what is new is owed to them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from ..core import incidents as rules
from ..core.breaker import MASS
from ..core.identity import delivery_key
from ..core.incidents import REOPENED_WITHIN, Trouble
from ..model import Entry, Portal
from ..ports import Clock, Store
from ..rows import DeliveryWrite, DestinationRow, EntryWrite, Follower, Incident, PortalRow

_GAP_TOLD = timedelta(days=1)
Reach = Literal["open", "failing", "paused", "disabled"]
FAILING = timedelta(hours=6)
"""A destination that has let nothing through for so long is told of, though it is tried on."""
_UTC = ZoneInfo("UTC")

PORTAL_SIDE = frozenset({"portal", "hold", "gone", "gap"})
DELIVERY_SIDE = frozenset({"destination", "kind"})
"""The subjects that are looked at before the feeds are published, and after deliveries."""
_JOINED = frozenset({"portal", "destination"})
"""Subjects that one fault of this machine, or of a host that they share, meets together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of an incident, and what operators are told of it; `gone` is an entry that the feed does not show any more."""

    before: Incident
    after: Incident
    trouble: Trouble
    told: rules.News
    gone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One comparison. `followers` are the subscribers of a portal that asked for its incidents, `closed` the kinds that refuse us."""

    store: Store
    clock: Clock
    portals: Sequence[Portal]
    operators: Sequence[str]
    incident_after: timedelta
    followers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    worked: Collection[str] = ()

    def run(self, side: frozenset[str]) -> int:
        """The number of notices that operators are now owed."""
        now = self.clock.now()
        known = {one.subject: one for one in self.store.incidents.open() if one.subject.partition(":")[0] in side}
        met = {one.subject: one for one in self._troubles(side, now)}
        steps = [self._one(known.get(subject), trouble, now) for subject, trouble in met.items()]
        steps += [self._over(one, now) for subject, one in known.items() if subject not in met]
        return sum(self._record(group, now) for group in _groups(steps))

    # ------------------------------------------------------------ what is wrong

    def _troubles(self, side: frozenset[str], now: datetime) -> Iterator[Trouble]:
        if "portal" in side:
            yield from self._of_portals(now)
        if "destination" in side:
            yield from self._of_destinations(now)
            yield from (_kind(kind, self._name("kind", kind), why, now) for kind, why in self._closed().items())

    def _closed(self) -> Mapping[str, str]:
        """Kinds of which every destination refuses us, until one of them takes a message again or none is configured."""
        before = {one.subject.partition(":")[2]: one.evidence for one in self.store.incidents.open() if one.subject.startswith("kind:")}
        kept = {kind: why for kind, why in before.items() if kind not in self.worked and self._is_configured("kind", kind)}
        return {**kept, **self.closed}

    def _of_portals(self, now: datetime) -> Iterator[Trouble]:
        holds, gaps = self.store.incidents.holds(), self.store.incidents.gaps(now - _GAP_TOLD)
        for portal in self.portals:
            row = self.store.portals.portal(portal.id)
            name = self._name("portal", portal.id)
            if row.bad_ticks:
                yield _portal(portal, row, name, now)
            if holds.get(portal.id):
                yield _hold(portal, name, holds[portal.id], now)
            gone = self.store.incidents.gone(portal.id)
            if gone >= MASS and row.cause != "gone" and not (row.gone_ok and row.gone_ok > now):
                yield _gone(portal, name, gone, now)
        for gap in {one.portal: one for one in reversed(gaps)}.values():
            evidence = f"{gap.url}: no known article on {gap.pages} pages; what was listed in between may be missing"
            yield Trouble(
                subject=f"gap:{gap.portal}", name=self._name("gap", gap.portal), cause="gap", evidence=evidence,
                since=gap.since or gap.at, command="feedbridge status", passing=True,
            )  # fmt: skip

    def _of_destinations(self, now: datetime) -> Iterable[Trouble]:
        for row in self.store.outbox.destinations():
            state, why, since = reach(row, now)
            if state != "open":
                yield Trouble(
                    subject=f"destination:{row.id}", name=self._name("destination", row.id), cause=state, evidence=why, since=since or now,
                    command=f"feedbridge test {row.id}; feedbridge deliveries retry --dest {row.id}",
                )  # fmt: skip

    # ------------------------------------------------------------ what follows

    def _record(self, group: Sequence[Step], now: datetime) -> int:
        """The incidents are as they are now; 1 when operators are told of them, once for all."""
        first = group[0]
        trouble = first.trouble if len(group) == 1 else rules.joined([one.trouble for one in group])
        notice = self._notice(trouble, first.told, first.after.told, now) if first.told else None
        for one in group:
            public = self._public(one.before, one.after, now)
            self.store.incidents.record(one.after, now, notice if one is first else None, public, one.gone)
        return int(bool(notice))

    def _one(self, known: Incident | None, trouble: Trouble, now: datetime) -> Step | None:
        """An incident that lasts or begins; None when it is as before. Its cause is the one that operators were told last."""
        incident = known or self._begun(trouble)
        told = rules.news(incident, trouble, now)
        public = rules.shows(incident, trouble, now, self.incident_after)
        after = replace(incident, public=public)
        if told or incident.told_at is None or incident.cause == trouble.cause:
            after = replace(after, cause=trouble.cause, evidence=trouble.evidence)
        if told:
            after = replace(after, told=incident.told + 1, told_at=now)
        return Step(before=incident, after=after, trouble=trouble, told=told) if told or after != known else None

    def _begun(self, trouble: Trouble) -> Incident:
        """A new incident, or the last one again when it has only just ended."""
        last = self.store.incidents.last(trouble.subject)
        if last and last.closed_at and trouble.since - last.closed_at < REOPENED_WITHIN:
            return replace(last, closed_at=None, opened_at=max(trouble.since, last.closed_at))
        return Incident(subject=trouble.subject, cause=trouble.cause, evidence=trouble.evidence, opened_at=trouble.since)

    def _over(self, known: Incident, now: datetime) -> Step:
        """An incident that has ended. What is not configured any more is not well again: its entry goes."""
        kind, _, name = known.subject.partition(":")
        there = self._is_configured(kind, name)
        after = replace(known, closed_at=now, public=rules.shows(known, None, now, self.incident_after) if there else "none")
        told = rules.news(known, None, now) if kind != "gap" and there else ""
        trouble = Trouble(
            subject=known.subject,
            name=self._name(kind, name),
            cause=known.cause,
            evidence=known.evidence,
            since=known.opened_at,
            command="",
        )
        return Step(before=known, after=after, trouble=trouble, told=told, gone=None if there else known.entry)

    def _is_configured(self, kind: str, name: str) -> bool:
        if kind in PORTAL_SIDE:
            return self._portal(name) is not None
        return name in {one.kind if kind == "kind" else one.id for one in self.store.outbox.destinations()}

    def _notice(self, trouble: Trouble, told: rules.News, number: int, now: datetime) -> tuple[EntryWrite, Sequence[DeliveryWrite]] | None:
        if not self.operators:
            return None
        portal = self._portal(trouble.subject.partition(":")[2])
        address = portal.url if portal else self.portals[0].url
        entry = rules.notice(trouble, told, number, now, _zone(portal), address)
        return EntryWrite(uid=None, entry=entry, prints={}), self._owed(entry, self.operators, "notice", now)

    def _public(self, before: Incident, after: Incident, now: datetime) -> tuple[EntryWrite, Sequence[DeliveryWrite]] | None:
        portal = self._portal(after.portal)
        if portal is None or after.public in {"none", before.public}:
            return None
        known = self.store.archive.entry_row(after.entry) if after.entry is not None else None
        revision = known.revision + 1 if known else 1
        entry = rules.entry(portal, after, after.public, revision, now, _zone(portal))
        if known:
            entry = replace(entry, id=known.id, first_seen=known.first_seen, published=known.first_seen)
        kind = "updated" if known else "published"
        return EntryWrite(uid=after.entry, entry=entry, prints={}), self._owed(entry, self.followers.get(portal.id, ()), kind, now)

    def _owed(self, entry: Entry, to: Iterable[str], kind: str, now: datetime) -> list[DeliveryWrite]:
        return [
            DeliveryWrite(destination=one, key=delivery_key(entry.id, entry.revision, kind, one), state="pending", due_at=now) for one in to
        ]

    def _name(self, kind: str, name: str) -> str:
        """What operators know the subject of trouble by."""
        if kind in DELIVERY_SIDE:
            return f"every {name} subscriber" if kind == "kind" else f"{'operator' if name in self.operators else 'subscriber'} {name}"
        portal = self._portal(name)
        return f"{portal.title} ({portal.id})" if portal else name

    def _portal(self, name: str) -> Portal | None:
        return next((p for p in self.portals if p.id == name), None)


def _groups(steps: Iterable[Step | None]) -> Iterator[Sequence[Step]]:
    """Those of which operators are told the same together, when they are several, and every other one by itself."""
    alike: dict[tuple[str, str, str], list[Step]] = {}
    for step in filter(None, steps):
        kind = step.trouble.subject.partition(":")[0]
        key = (kind, step.trouble.cause, step.told) if step.told and kind in _JOINED else (step.trouble.subject, "", "")
        alike.setdefault(key, []).append(step)
    for group in alike.values():
        yield from [group] if len(group) >= rules.SEVERAL else [[step] for step in group]


def wanted(followers: Iterable[Follower]) -> tuple[str, ...]:
    """The followers of a portal that asked for its incidents."""
    return tuple(one.id for one in followers if one.incidents)


def held(store: Store, portals: Iterable[Portal], now: datetime) -> dict[str, str]:
    """What waits for an operator's `release` or `discard`, by portal."""
    found = {portal: f"{many} articles are held; release or discard them" for portal, many in store.incidents.holds().items()}
    for portal in portals:
        gone, row = store.incidents.gone(portal.id), store.portals.portal(portal.id)
        if gone >= MASS and not (row.gone_ok and row.gone_ok > now):
            found.setdefault(portal.id, f"{gone} articles answer with 404 at once; release (believe it) or discard (keep them)")
    return found


def shut(store: Store, now: datetime) -> dict[str, str]:
    """Destinations that are closed to us or have long let nothing through, and kinds of which every one is, each with the reason."""
    kinds = {one.subject.removeprefix("kind:"): one.evidence for one in store.incidents.open() if one.subject.startswith("kind:")}
    reached = {row.id: reach(row, now) for row in store.outbox.destinations()}
    return kinds | {name: f"{state}: {why}" for name, (state, why, _) in reached.items() if state != "open"}


def reach(row: DestinationRow, now: datetime) -> tuple[Reach, str, datetime | None]:
    """(open, failing, paused or disabled; why; since when)."""
    if row.state == "open" and row.failing_at and now - row.failing_at >= FAILING:
        return "failing", f"nothing gets through: {row.reason}", row.failing_at
    return row.state, row.why, row.since


def stands(row: PortalRow, portal: Portal, now: datetime) -> bool:
    """Whether a portal's trouble is more than one bad look: seen twice, or not looked at again for a whole interval, or never well."""
    waited = row.checked_at is not None and now - row.checked_at >= portal.interval
    return row.bad_ticks >= 2 or (row.bad_ticks > 0 and (row.good_at is None or waited))


def _zone(portal: Portal | None) -> tzinfo:
    return ZoneInfo(portal.timezone) if portal else _UTC


def _portal(portal: Portal, row: PortalRow, name: str, now: datetime) -> Trouble:
    cause = f"{row.verdict}: {row.cause}" if row.verdict in {"suspicious", "broken"} else row.cause
    return Trouble(
        subject=f"portal:{portal.id}", name=name, cause=cause, evidence=row.detail, since=row.good_at or row.checked_at or now,
        command=f"feedbridge doctor {portal.id}", ripe=stands(row, portal, now), ours=row.cause == "clock",
    )  # fmt: skip


def _hold(portal: Portal, name: str, many: int, now: datetime) -> Trouble:
    evidence = f"{many} unknown articles appeared at once and are held; nothing is lost"
    command = f"feedbridge release {portal.id} (send them), or feedbridge discard {portal.id} (known, without a push)"
    return Trouble(subject=f"hold:{portal.id}", name=name, cause="held", evidence=evidence, since=now, command=command)


def _gone(portal: Portal, name: str, many: int, now: datetime) -> Trouble:
    evidence = f"{many} articles answer with 404 at once; they are not withdrawn until you say so"
    command = f"feedbridge release {portal.id} (believe it), or feedbridge discard {portal.id} (keep them)"
    return Trouble(subject=f"gone:{portal.id}", name=name, cause="mass withdrawal", evidence=evidence, since=now, command=command)


def _kind(kind: str, name: str, why: str, now: datetime) -> Trouble:
    return Trouble(subject=f"kind:{kind}", name=name, cause="refused", evidence=why, since=now, command="feedbridge check")
