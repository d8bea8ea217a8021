"""What a killed and recovered installation must show: nothing lost, nothing twice, everything in order, nothing damaged."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from .driver import Ending
from .world import World

ATOM = "{http://www.w3.org/2005/Atom}"
UNDECIDABLE = frozenset({"drop", "bad-gateway", "half", "garbage"})
"""Faults of the chat server that hide what it did; one that never answers shows as a time-out."""

MOST_TICKS = 25


@dataclass(slots=True)
class Verdict:
    """One case. `excused` counts doubles of deliveries whose outcome a kill or an undecidable fault hid."""

    phase: str
    case: str
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    excused: int = 0

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, in words."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "out of order": self.order, "damaged": self.damaged}
        return [f"{kind}: {what}" for kind, found in kinds.items() for what in found]


@dataclass(slots=True)
class Excuses:
    """How often a chat title and a webhook id may stand more than once, counted while ticks are killed and answers broken."""

    chat: Counter[str] = field(default_factory=Counter)
    hook: Counter[str] = field(default_factory=Counter)

    def killed(self, world: World) -> None:
        """A tick was killed: what it was sending may have been taken."""
        for key, kind, title, destination in world.query(f"{_DELIVERIES} WHERE d.state = 'sending'"):
            if destination == "hook":
                self.hook[key] += 1
            elif kind == "published":
                self.chat[title] += 1

    def faulted(self, world: World) -> None:
        """What was taken by a receiver whose answer a fault hid is excused as well, and so is what timed out, on a busy machine too."""
        self.hook.update(world.hook.unheard)
        for call in world.api.calls:
            text = call.params.get("text") or call.params.get("caption")
            if call.fault in UNDECIDABLE and text and call.method.lower() in {"sendmessage", "sendphoto"}:
                self.chat[_title(text)] += 1
        for key, kind, title, destination in timed_out(world):
            if destination == "hook":
                self.hook[key] += 1
            elif kind == "published":
                self.chat[title] += 1


def timed_out(world: World) -> list[tuple[Any, ...]]:
    """(key, kind, title, destination) of each attempt that the program gave up for want of an answer."""
    return world.query(f"{_DELIVERIES} JOIN attempts a ON a.delivery = d.id WHERE a.code IN ('timeout', 'ReadTimeout', 'WriteTimeout')")


_DELIVERIES = "SELECT d.key, d.kind, e.title, d.destination FROM deliveries d JOIN entries e ON e.uid = d.entry"


def _title(markup: str) -> str:
    """The title of a message as it was sent: its first line without tags."""
    return "".join(ET.fromstring(f"<p>{markup}</p>").itertext()).split("\n")[0]


def settle(world: World, verdict: Verdict) -> None:
    """Ticks run until one finds nothing to do; what keeps them from it is damage."""
    for _ in range(MOST_TICKS):
        ending = world.tick()
        if ending.error or ending.figures is None:
            verdict.damaged.append(ending.error or "a tick ended without figures")
            return
        if _quiet(ending) and not world.query("SELECT 1 FROM deliveries WHERE waiting = 1"):
            return
    verdict.damaged.append(f"not at rest after {MOST_TICKS} ticks")


def _quiet(ending: Ending) -> bool:
    figures = ending.figures or {}
    sent = figures["deliveries"]
    busy = (figures["new"], figures["updated"], figures["left"], figures["interrupted"], figures["files"], *sent.values())
    return not any(busy)


def judge(world: World, verdict: Verdict, excuses: Excuses) -> None:
    """Everything that must hold of an installation at rest."""
    titles = [story.title for story in world.portal.stories]
    _feeds(world, verdict, titles)
    _database(world, verdict)
    _chat(world, verdict, titles, excuses.chat)
    _hook(world, verdict, excuses.hook)
    if any(call.status == 429 and not call.fault for call in world.api.calls) and not timed_out(world):
        verdict.damaged.append("the chat server's limits were exceeded")


def published(world: World, verdict: Verdict) -> None:
    """The published files that are there are whole, whatever happened."""
    for name, parse in (
        ("city.rss", ET.fromstring),
        ("city.atom", ET.fromstring),
        ("city.json", json.loads),
        ("feeds.opml", ET.fromstring),
    ):
        content = world.file(name)
        try:
            if content is not None:
                parse(content)
        except (ET.ParseError, ValueError) as error:
            verdict.damaged.append(f"{name}: {error}")


def _feeds(world: World, verdict: Verdict, titles: Sequence[str]) -> None:
    published(world, verdict)
    rss, atom, told = (world.file(f"city.{suffix}") for suffix in ("rss", "atom", "json"))
    if rss is None or atom is None or told is None:
        verdict.lost.append("a feed")
        return
    shown = {
        "rss": [item.findtext("title") for item in ET.fromstring(rss).iter("item")],
        "atom": [item.findtext(f"{ATOM}title") for item in ET.fromstring(atom).iter(f"{ATOM}entry")],
        "json": [item["title"] for item in json.loads(told)["items"]],
    }
    for name, found in shown.items():
        _once(verdict, titles, Counter(found), Counter(), f"in {name}")


def _database(world: World, verdict: Verdict) -> None:
    checks = {"integrity_check": world.query("PRAGMA integrity_check"), "foreign_key_check": world.query("PRAGMA foreign_key_check")}
    if checks != {"integrity_check": [("ok",)], "foreign_key_check": []}:
        verdict.damaged.append(f"{checks}")
    for sql in ("SELECT id FROM entries GROUP BY id HAVING COUNT(*) > 1", "SELECT key FROM deliveries GROUP BY key HAVING COUNT(*) > 1"):
        if world.query(sql):
            verdict.doubled.append(sql)


def _once(verdict: Verdict, wanted: Iterable[str], found: Counter[str | None], excused: Counter[str], where: str) -> None:
    """Each of `wanted` was found once, or as often more as it is excused; nothing else was found."""
    wanted = set(wanted)
    verdict.lost += [f"{what} {where}" for what in sorted(wanted - found.keys())]
    verdict.damaged += [f"{what} {where} was never published" for what in found.keys() - wanted]
    for what in wanted:
        more = found[what] - 1
        if more > excused[what]:
            verdict.doubled.append(f"{what} {where}: {found[what]} times, excused {excused[what]}")
        elif more > 0:
            verdict.excused += more


def _chat(world: World, verdict: Verdict, titles: Sequence[str], excused: Counter[str]) -> None:
    posts = world.posts()
    _once(verdict, titles, Counter(posts), excused, "in the chat")
    owed = [row[2] for row in world.query(f"{_DELIVERIES} WHERE d.destination = 'group' AND d.kind = 'published' ORDER BY d.id")]
    if list(dict.fromkeys(posts)) != owed:
        verdict.order.append("messages in the chat")
    edited = {post.text.split("\n")[0] for post in world.messages() if post.edits}
    verdict.lost += [f"the edit of {title} in the chat" for title in world.edited if title not in edited]


def _hook(world: World, verdict: Verdict, excused: Counter[str]) -> None:
    owed = [row[0] for row in world.query(f"{_DELIVERIES} WHERE d.destination = 'hook' ORDER BY d.id")]
    accepted = world.accepted()
    _once(verdict, owed, Counter(call.id for call in accepted), excused, "at the hook")
    bodies = {call.id: call.event for call in accepted}
    told = Counter((event["type"], event["data"]["title"]) for event in bodies.values())
    wanted = {("article.published", story.title) for story in world.portal.stories} | {("article.updated", t) for t in world.edited}
    _once(verdict, map(" ".join, wanted), Counter({" ".join(event): many for event, many in told.items()}), Counter(), "at the hook")
    if any(_event(bodies[call.id]) != _event(call.event) for call in accepted):
        verdict.damaged.append("an id stands for two events at the hook")
    if list(dict.fromkeys(call.id for call in accepted)) != owed:
        verdict.order.append("events at the hook")
    if any(call.fault for call in world.hook.calls):
        verdict.damaged.append("an event was not signed")


def _event(body: dict[str, Any]) -> tuple[str, ...]:
    return (body["type"], *(str(body["data"][name]) for name in ("id", "revision", "sequence")))
