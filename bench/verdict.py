"""What a killed and recovered installation must show: nothing lost, nothing twice, everything in order, nothing damaged."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from bridge.demo.receiver import Received

from . import crash_files
from .crash_peers import UNDECIDABLE, Arrival, Excuses, plain, titles
from .driver import Ending
from .world import CHAT, OPS, World

__all__ = ["Excuses", "Verdict", "faulted", "judge", "killed", "settle"]

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_TICKS = 25
GROUP_LIMITS = ((20, 60.0), (1, 1.0))
"""What the chat server allows in a group: so many messages in any stretch of so many seconds."""


@dataclass(slots=True)
class Verdict:
    """One case. `excused` counts doubles of deliveries whose outcome a kill or an undecidable fault hid.

    `burnt` are the boundaries at which processes were killed; `statements` those that the recovering ticks ran.
    """

    phase: str
    case: str
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    excused: int = 0
    burnt: list[str] = field(default_factory=list)
    statements: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, in words."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "out of order": self.order, "damaged": self.damaged}
        return [f"{kind}: {what}" for kind, found in kinds.items() for what in found]


# ---------------------------------------------------------------- what may stand twice

_DELIVERIES = (
    "SELECT d.key, d.kind, e.title, d.destination, d.digest FROM deliveries d JOIN entries e ON e.uid = d.entry "
    "JOIN destinations t ON t.id = d.destination"
)


def killed(world: World) -> None:
    """A process was killed: what it was sending may have been taken."""
    _excuse(world.excuses, world.query(f"{_DELIVERIES} WHERE d.state = 'sending'"))


def faulted(world: World) -> None:
    """What was taken by a receiver whose answer a fault hid is excused as well, and so is what timed out, on a busy machine too."""
    excuses = world.excuses
    excuses.hook.update(world.hook.unheard)
    for call in world.api.calls:
        text = call.params.get("text") or call.params.get("caption")
        if call.fault in UNDECIDABLE and text and call.method.lower() in {"sendmessage", "sendphoto"}:
            found, digest = titles(plain(text))
            excuses.digests += digest
            excuses.chat.update({("group", title): 1 for title in found if not digest})
    _excuse(excuses, timed_out(world))


def timed_out(world: World) -> list[tuple[Any, ...]]:
    """Each attempt that the program gave up for want of an answer, as in `_DELIVERIES`."""
    return world.query(f"{_DELIVERIES} JOIN attempts a ON a.delivery = d.id WHERE a.code IN ('timeout', 'ReadTimeout', 'WriteTimeout')")


def _excuse(excuses: Excuses, rows: Iterable[tuple[Any, ...]]) -> None:
    for key, kind, title, destination, digest in rows:
        if destination in {"hook", "duty"}:
            excuses.hook[key] += 1
        elif digest is not None:
            excuses.digests += 1
        elif kind in {"published", "notice"}:
            excuses.chat[destination, title] += 1


# ---------------------------------------------------------------- coming to rest


def settle(world: World, verdict: Verdict) -> None:
    """Ticks run until one finds nothing to do; what keeps them from it is damage."""
    for _ in range(MOST_TICKS):
        ending = world.tick()
        verdict.statements.update(ending.statements)
        if ending.error or ending.figures is None:
            verdict.damaged.append(ending.error or "a tick ended without figures")
            return
        if _quiet(ending) and not world.query(_WAITING):
            return
    verdict.damaged.append(f"not at rest after {MOST_TICKS} ticks")


_OPEN = "JOIN destinations t ON t.id = d.destination WHERE d.waiting = 1 AND t.state = 'open' AND t.active = 1"
_WAITING = f"SELECT 1 FROM deliveries d {_OPEN}"


def _quiet(ending: Ending) -> bool:
    figures = ending.figures or {}
    sent = figures["deliveries"]
    busy = (figures["new"], figures["updated"], figures["left"], figures["interrupted"], figures["files"], *sent.values())
    return not any(busy)


# ---------------------------------------------------------------- judging


def judge(world: World, verdict: Verdict) -> None:
    """Everything that must hold of an installation at rest."""
    stories = [story.title for story in world.portal.stories]
    _feeds(world, verdict, stories)
    _database(world, verdict)
    crash_files.whole(world, verdict.damaged, at_rest=True)
    if "group" in world.shape.who:
        _group(world, verdict, {*stories, *world.wanted.withdrawn} - world.wanted.unsent)
    if "hook" in world.shape.who:
        _hook(world, verdict, {*stories, *world.wanted.withdrawn} - world.wanted.unsent)
    if "ops" in world.shape.who:
        _operators(world, verdict)
    if world.shape.hub:
        _hub(world, verdict)
    if not timed_out(world):
        _limits(world, verdict)


def _feeds(world: World, verdict: Verdict, wanted: Sequence[str]) -> None:
    """Each article stands once in each feed, in its live document or in an archive; no document has one twice."""
    files = {name: content for name, content in world.public().items() if name.startswith(("city", "archive/city"))}
    for suffix, read in _READ.items():
        found: Counter[str] = Counter()
        documents = {name: read(content) for name, content in files.items() if name.endswith(suffix)}
        for name, shown in documents.items():
            counts = Counter(shown)
            verdict.doubled += [f"{title} in {name}" for title, many in counts.items() if many > 1]
            found |= counts
        _once(verdict, wanted, found, found, f"in {suffix}")


def _atom(content: bytes) -> list[str]:
    return [item.findtext(f"{ATOM}title") or "" for item in ET.fromstring(content).iter(f"{ATOM}entry")]


_READ: dict[str, Callable[[bytes], list[str]]] = {
    ".rss": lambda content: [item.findtext("title") or "" for item in ET.fromstring(content).iter("item")],
    ".atom": _atom,
    ".json": lambda content: [item["title"] for item in json.loads(content)["items"]],
}


_UNIQUE = (
    "SELECT id FROM entries GROUP BY id HAVING COUNT(*) > 1",
    "SELECT key FROM deliveries GROUP BY key HAVING COUNT(*) > 1",
    "SELECT subject FROM incidents WHERE closed_at IS NULL GROUP BY subject HAVING COUNT(*) > 1",
)
_TRIED = "(SELECT COUNT(*) FROM attempts WHERE delivery = d.id)"
_STRAY = {
    "an attempt without its delivery's count": f"SELECT id FROM deliveries d WHERE attempts <> {_TRIED}",
    "a digest that is not whole": "SELECT 1 FROM deliveries d JOIN deliveries c ON c.id = d.digest WHERE d.waiting > c.waiting",
    "a state that contradicts itself": "SELECT id FROM deliveries WHERE waiting <> (done_at IS NULL) "
    "OR waiting <> (state IN ('pending', 'sending', 'retry', 'uncertain'))",
    "an attempt that is still open": "SELECT delivery FROM attempts WHERE done_at IS NULL",
}


def _database(world: World, verdict: Verdict) -> None:
    checks = {"integrity_check": world.query("PRAGMA integrity_check"), "foreign_key_check": world.query("PRAGMA foreign_key_check")}
    if checks != {"integrity_check": [("ok",)], "foreign_key_check": []}:
        verdict.damaged.append(f"{checks}")
    verdict.doubled += [sql for sql in _UNIQUE if world.query(sql)]
    verdict.damaged += [what for what, sql in _STRAY.items() if world.query(sql)]


def _once(verdict: Verdict, wanted: Iterable[str], found: Counter[Any], excused: Counter[Any], where: str) -> None:
    """Each of `wanted` was found once, or as often more as it is excused; nothing else was found."""
    wanted = set(wanted)
    verdict.lost += [f"{what} {where}" for what in sorted(wanted - found.keys())]
    verdict.damaged += [f"{what} {where} was never published" for what in found.keys() - wanted]
    for what in wanted:
        _spare(verdict, found[what] - 1, excused[what], f"{what} {where}")


def _spare(verdict: Verdict, more: int, excused: int, what: str) -> None:
    """So many doubles of something, and so many that are excused."""
    if more > excused:
        verdict.doubled.append(f"{what}: {more} more, excused {excused}")
    elif more > 0:
        verdict.excused += more


# ---------------------------------------------------------------- those who are told


def _group(world: World, verdict: Verdict, wanted: Collection[str]) -> None:
    posts, digests = _posts(world, CHAT)
    excused = Counter({title: many for (chat, title), many in world.excuses.chat.items() if chat == "group"})
    rows = world.query(f"{_DELIVERIES} WHERE d.destination = 'group' AND d.kind = 'published' ORDER BY d.id")
    if world.wanted.dropped:
        dropped = {row[0] for row in world.query("SELECT e.title FROM deliveries d JOIN entries e ON e.uid = d.entry "
                   "WHERE d.destination = 'group' AND d.state = 'skipped' AND d.reason LIKE 'dropped by%'")}  # fmt: skip
        wanted = (set(wanted) - dropped) | {title for title in set(posts) & dropped if excused[title] or title in world.wanted.shown}
    _once(verdict, wanted, Counter(posts), excused, "in the chat")
    _spare(verdict, sum(many - 1 for many in digests.values()), world.excuses.digests, "parts of digests in the chat")
    owed = [row[2] for row in rows if row[2] in set(wanted)]
    if world.wanted.ordered and list(dict.fromkeys(posts)) != owed:
        verdict.order.append("messages in the chat")
    _edits(world, verdict)


def _posts(world: World, chat: int) -> tuple[list[str], Counter[str]]:
    """The titles in a chat in their order, a digest's once however often it came; and how often each part of a digest came."""
    posts: list[str] = []
    digests: Counter[str] = Counter()
    for message in world.messages(chat):
        found, digest = titles(message.text)
        if not digest or message.text not in digests:
            posts += found
        digests[message.text] += digest
    return posts, digests


def _edits(world: World, verdict: Verdict) -> None:
    """The messages of articles that changed say so, with all that was changed last."""
    texts = {title: (post.text, bool(post.edits)) for post in world.messages() for title in titles(post.text)[0]}
    for title in (*world.wanted.edited, *world.wanted.withdrawn):
        text, edited = texts.get(title, ("", False))
        if not edited or world.wanted.said.get(title, "") not in text:
            verdict.lost.append(f"the change of {title} in the chat")


def _hook(world: World, verdict: Verdict, stories: Collection[str]) -> None:
    rows = world.query(f"{_DELIVERIES} WHERE d.destination = 'hook' AND d.state <> 'superseded' ORDER BY d.id")
    owed = [key for key, _, title, _, _ in rows if title not in world.wanted.unsent]
    accepted = world.accepted()
    counts = Counter(call.id for call in accepted)
    if world.wanted.replayed:
        verdict.lost += [f"the repetition of {key} at the hook" for key in owed if counts[key] < 2]
        counts.subtract(key for key in owed if counts[key] > 1)
    _once(verdict, owed, counts, world.excuses.hook, "at the hook")
    _events(world, verdict, {call.id: call.event for call in accepted}, stories)
    if any(_event(call.event) != _event(first) for call in accepted for first in [_first(accepted, call.id)]):
        verdict.damaged.append("an id stands for two events at the hook")
    if world.wanted.ordered and list(dict.fromkeys(call.id for call in accepted)) != owed:
        verdict.order.append("events at the hook")
    if any(call.fault for call in world.hook.calls):
        verdict.damaged.append("an event was not signed")


def _first(calls: Sequence[Received], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(call.event for call in calls if call.id == key)
    return found


def _events(world: World, verdict: Verdict, bodies: dict[str, Any], stories: Collection[str]) -> None:
    """Each event that there should be came under one id: however often, that is counted by id."""
    told = Counter(f"{event['type']} {event['data']['title']}" for event in bodies.values())
    wanted = Counter(f"article.published {title}" for title in stories)
    wanted += Counter(f"article.updated {title}" for title in world.wanted.edited)
    wanted += Counter(f"article.withdrawn {title}" for title in world.wanted.withdrawn)
    verdict.lost += [f"{event} at the hook" for event in (wanted - told)]
    verdict.doubled += [f"{event} at the hook, under another id" for event in (told - wanted)]


def _event(body: dict[str, Any]) -> tuple[str, ...]:
    return (body["type"], *(str(body["data"][name]) for name in ("id", "revision", "sequence")))


def _operators(world: World, verdict: Verdict) -> None:
    """Each operator was told of each trouble, and of its end, once."""
    posts, _ = _posts(world, OPS)
    excused = Counter({title: many for (chat, title), many in world.excuses.chat.items() if chat == "ops"})
    _once(verdict, world.wanted.notices, Counter(posts), excused, "in the operators' chat")
    calls = world.accepted("/duty")
    counts = Counter(call.id for call in calls)
    told = Counter({call.id: call.event["data"]["title"] for call in calls}.values())
    _once(verdict, world.wanted.notices, told, Counter(), "at the operators' hook")
    _once(verdict, counts, counts, world.excuses.hook, "at the operators' hook")
    if not list(dict.fromkeys(posts)) == list(dict.fromkeys(call.event["data"]["title"] for call in calls)) == list(world.wanted.notices):
        verdict.order.append("notices to operators")


def _hub(world: World, verdict: Verdict) -> None:
    """The hub has each feed as it stands now: a ping was never lost. Repeated pings do no harm and are not counted."""
    names = ("city.rss", "city.atom", "city.json")
    verdict.lost += [f"the last change of {name} at the hub" for name in names if world.hub.fetched.get(name) != world.file(name)]


def _limits(world: World, verdict: Verdict) -> None:
    """The chat server refused nothing by its own windows; and its log, by plain arithmetic, shows none that was exceeded."""
    if any(call.status == 429 and not call.fault for call in world.api.calls):
        verdict.damaged.append("the chat server's limits were exceeded")
    arrived = [one for one in world.api.arrived if not one.edit and one.chat == str(CHAT)]
    verdict.damaged += [f"more than {many} messages in {span:g} s" for many, span in GROUP_LIMITS if _exceeded(arrived, many, span)]


def _exceeded(arrived: Sequence[Arrival], many: int, span: float) -> bool:
    times = sorted(one.at for one in arrived)
    return any(later - earlier < span - 0.001 for earlier, later in zip(times, times[many:], strict=False))
