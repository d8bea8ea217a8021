"""Trouble that lasts: when operators are told, reminded and told that it is over, and what a feed says of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from ..model import Entry, Portal
from ..rows import Incident, Public
from .identity import entry_id, host_of

REMINDERS = tuple(timedelta(days=d) for d in (1, 2, 4, 7, 14, 30))
"""Waits between one notice of a trouble and the next; the last one repeats."""
CHANGED_AFTER = timedelta(hours=1)
REOPENED_WITHIN = timedelta(days=1)
"""Trouble that comes back within this is the same trouble: reminders go on thinning out."""
BACK_FOR = timedelta(hours=6)
"""But who heard that it was over is told when it is back for so long."""

SEVERAL = 3
"""So many troubles that are told in one tick, of one kind and cause, are told in one notice: the fault is often on this side."""
_NAMED = 20

News = Literal["", "first", "again", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong now. `ripe`: it is time to tell; `passing`: its end is no news; `command`: what the operator can run; `ours`: this
    machine is at fault, which is nothing for readers."""

    subject: str
    name: str
    cause: str
    evidence: str
    since: datetime
    command: str
    ripe: bool = True
    passing: bool = False
    ours: bool = False


def news(known: Incident | None, trouble: Trouble | None, now: datetime) -> News:
    """What operators are to be told of one subject now; an empty string is nothing."""
    if trouble is None:
        return "over" if known and known.told_at and known.told_at >= known.opened_at else ""
    if not trouble.ripe:
        return ""
    if known is None or known.told_at is None:
        return "first"
    wait = REMINDERS[min(known.told, len(REMINDERS)) - 1]
    other = known.cause != trouble.cause and now - known.told_at >= CHANGED_AFTER
    back = known.told_at < known.opened_at and now - known.opened_at >= BACK_FOR
    return "again" if other or back or now - known.told_at >= wait else ""


def shows(known: Incident, trouble: Trouble | None, now: datetime, after: timedelta) -> Public:
    """What the portal's feed is to say: nothing, that trouble has lasted for `after`, or that it is resolved."""
    if not known.portal or (known.public == "none" and trouble is None):
        return "none"
    if trouble is None:
        return "resolved"
    return "open" if now - known.opened_at >= after and not trouble.ours else known.public


def joined(troubles: Sequence[Trouble]) -> Trouble:
    """Troubles of one kind and cause as one, with a line of evidence for each."""
    lines = [f"{one.name}: {one.evidence}" for one in troubles[:_NAMED]]
    lines += [f"and {len(troubles) - _NAMED} more"] if len(troubles) > _NAMED else []
    kind, since = troubles[0].subject.partition(":")[0], min(one.since for one in troubles)
    return replace(troubles[0], name=f"{len(troubles)} {kind}s", evidence="\n".join(lines), since=since, command="feedbridge status")


def notice(trouble: Trouble, told: News, number: int, now: datetime, zone: tzinfo, address: str) -> Entry:
    """What operators are sent: the cause in the title, evidence, since when and the command in the text."""
    over = told == "over"
    since = trouble.since.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")
    title = f"✓ {trouble.name}: well again" if over else f"⚠ {trouble.name}: {trouble.cause}"
    still = "Still so: " if told == "again" else ""
    text = f"It was: {trouble.cause}: {trouble.evidence}" if over else f"{still}{trouble.evidence}"
    more = "" if over else f"\nRun: {trouble.command}"
    return Entry(
        id=entry_id(f"//{host_of(address)}/notice\n{trouble.subject}\n{trouble.since.isoformat()}\n{number}\n{told}"),
        portal=trouble.subject.partition(":")[2],
        url=address,
        title=title,
        first_seen=now,
        published=now,
        updated=now,
        precision="none",
        summary=f"{text}\nSince {since}{more}",
        category=("operators", "recovered" if over else "trouble", trouble.cause),
        language="en",
        kind="notice",
    )


def entry(portal: Portal, incident: Incident, public: Public, revision: int, now: datetime, zone: tzinfo) -> Entry:
    """What a portal's feed says of an incident; its id never changes, resolved or not."""
    chinese = (portal.language or "zh").lower().startswith("zh")
    since, until = (at.astimezone(zone).strftime("%Y-%m-%d %H:%M") for at in (incident.opened_at, now))
    words = _ZH if chinese else _EN
    title, text = (part.format(title=portal.title, since=since, until=until) for part in words[public])
    return Entry(
        id=entry_id(f"//{host_of(portal.url)}/incident\n{portal.id}\n{incident.opened_at.isoformat()}"),
        portal=portal.id,
        url=portal.url,
        title=title,
        first_seen=now,
        published=now,
        updated=now,
        precision="second",
        revision=revision,
        summary=text,
        content_text=text,
        category=("Feedbridge",),
        language="zh-CN" if chinese else "en",
        kind="incident",
    )


_ZH = {
    "open": (
        "【订阅提示】{title}暂时无法读取",
        "自 {since} 起无法正常读取{title},其间的新文章可能会晚到。恢复后会自动补上,本条也会更新。",
    ),
    "resolved": ("【订阅提示】{title}已恢复", "{title}曾在 {since} 至 {until} 无法正常读取,现已恢复。"),
}
_EN = {
    "open": (
        "[Feed notice] {title} cannot be read at present",
        "Since {since} {title} could not be read as usual. New articles may come late; they will follow, and this entry will be updated.",
    ),
    "resolved": ("[Feed notice] {title} is back", "{title} could not be read as usual from {since} to {until}. It is back."),
}
