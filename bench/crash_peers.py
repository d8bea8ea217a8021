"""Those that the crash harness writes to: a chat server, a webhook receiver and a hub, each of which can be set back; and excuses.

An excuse is a message or event whose fate a kill or a fault hid: it may stand once more than it should.
"""

import copy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from bridge.demo._chats import Limits, Windows
from bridge.demo._forms import Params
from bridge.demo._server import Asked, Loopback, Reply
from bridge.demo.botapi import BotApi, Fault
from bridge.demo.receiver import Received, Receiver

UNDECIDABLE = frozenset({"drop", "bad-gateway", "half", "garbage"})
"""Faults of the chat server that hide what it did; one that never answers shows as a time-out."""

_NUMBERED = re.compile(r"^\d+\. (.+)$", re.M)


@dataclass(slots=True)
class Excuses:
    """How often what may stand more than once: (chat, title) of messages, ids at the hook, and digests, counted as things go wrong."""

    chat: Counter[tuple[str, str]] = field(default_factory=Counter)
    hook: Counter[str] = field(default_factory=Counter)
    digests: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message or an edit that a chat took, at `at` seconds."""

    at: float
    chat: str
    edit: bool


def plain(markup: str) -> str:
    """A message as it was sent, without its tags."""
    return "".join(ET.fromstring(f"<p>{markup}</p>").itertext())


def titles(text: str) -> tuple[list[str], bool]:
    """The titles in a message, and whether it is (a part of) a digest."""
    numbered: list[str] = _NUMBERED.findall(text)
    return (numbered, True) if numbered else ([text.split("\n")[0]], False)


class Chats(BotApi):
    """The Bot API stand-in. `arrived` has all that was taken, however the answer fared."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        super().__init__(now=now)
        self.arrived: list[Arrival] = []

    def now_stands(self) -> Any:
        """What `set_back` returns to."""
        with self._lock:
            return copy.deepcopy(self.chats), self._last_id

    def set_back(self, then: Any) -> None:
        """Only these chats and messages stand, nothing has been asked, and no fault is queued."""
        with self._lock:
            self.chats, self._last_id = copy.deepcopy(then[0]), then[1]
            self.calls.clear()
            self.arrived.clear()
            self._faults.clear()
            self._windows = Windows(Limits())

    def _met(self, method: str, params: Params) -> tuple[Reply, Fault | None]:
        before = self._last_id
        reply, fault = super()._met(method, params)
        edit = method.lower().startswith("editmessage")
        if self._last_id > before or (edit and reply.status == 200):
            self.arrived.append(Arrival(self._now(), str(params.get("chat_id", "")), edit))
        return reply, fault


class Hook(Receiver):
    """The webhook receiver. `unheard` counts the events, by id, whose acceptance never reached the sender."""

    unheard: Counter[str]

    def now_stands(self) -> list[Received]:
        """What `set_back` returns to."""
        return list(self.calls)

    def set_back(self, then: list[Received]) -> None:
        """Only these calls have come, and no answer is scripted."""
        with self._lock:
            self.calls, self.unheard = list(then), Counter()
            self._replies.clear()

    def _answer(self, asked: Asked) -> Reply:
        reply = super()._answer(asked)
        if reply.drop or reply.half:
            self.unheard[asked.headers.get("webhook-id", "")] += 1
        return reply


class Hub(Loopback):
    """A WebSub hub: told of a topic, it fetches it at once. `pings` are the topics, `fetched` what each held when it was last told of."""

    def __init__(self, public: Path) -> None:
        super().__init__(self._answer)
        self.pings: list[str] = []
        self.fetched: dict[str, bytes] = {}
        self._public = public

    def now_stands(self) -> Any:
        """What `set_back` returns to."""
        return list(self.pings), dict(self.fetched)

    def set_back(self, then: Any) -> None:
        """Only these pings have come."""
        self.pings, self.fetched = list(then[0]), dict(then[1])

    def _answer(self, asked: Asked) -> Reply:
        topic = parse_qs(asked.body.decode()).get("hub.url", [""])[0]
        name = urlsplit(topic).path.lstrip("/")
        self.pings.append(name)
        self.fetched[name] = (self._public / name).read_bytes()
        return Reply(202)
