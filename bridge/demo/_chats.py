"""What a chat of the Bot API stand-in knows: its messages with their edits, what it refuses, and how fast it may be written to."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ChatKind = Literal["private", "group", "supergroup", "channel"]

BLOCKED = "Forbidden: bot was blocked by the user"
KICKED = "Forbidden: bot was kicked from the supergroup chat"
DEACTIVATED = "Forbidden: user is deactivated"
DELETED = "Forbidden: the group chat was deleted"
NO_RIGHTS = "Bad Request: not enough rights to send text messages to the chat"


class Refusal(Exception):
    """A failure as the Bot API tells it."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, dict(parameters or {})


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages per sliding window: a second per chat, a minute per group or channel, a second per bot; edits a minute per group."""

    chat: int = 1
    group: int = 20
    bot: int = 30
    edits: int = 20


@dataclass(slots=True)
class Posted:
    """A message as it stands: visible text (or caption), entities, preview address, topic, uploaded bytes.

    `edits` holds the texts it had before, oldest first.
    """

    id: int
    text: str
    entities: list[dict[str, Any]]
    date: int
    preview: str | None = None
    preview_options: dict[str, Any] = field(default_factory=dict)
    thread: int | None = None
    silent: bool = False
    photo: str | None = None
    upload: bytes = b""
    edits: list[str] = field(default_factory=list)
    foreign: bool = False


@dataclass(slots=True)
class Chat:
    """A chat. Set `refusal` to make it refuse every message, `migrated_to` to upgrade it.

    `photos` False: texts only; `topics` maps topic ids to open or closed.
    """

    id: int
    kind: ChatKind
    title: str
    username: str | None = None
    refusal: str | None = None
    migrated_to: int | None = None
    photos: bool = True
    topics: dict[int, bool] = field(default_factory=dict)
    messages: dict[int, Posted] = field(default_factory=dict)

    def check(self, thread: int | None) -> None:
        """Refusal, unless the chat takes messages (in topic `thread`)."""
        if self.migrated_to is not None:
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, moved, {"migrate_to_chat_id": self.migrated_to})
        if self.refusal:
            raise Refusal(403 if self.refusal.startswith("Forbidden") else 400, self.refusal)
        if thread is not None and thread not in self.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        if thread is not None and not self.topics[thread]:
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")

    def shown(self) -> dict[str, Any]:
        """The Chat object of the Bot API."""
        name = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return {"id": self.id, "type": self.kind, **name, **({"username": self.username} if self.username else {})}


class Windows:
    """Sliding windows over one bot's requests. A refused request is not counted, but each one in a row adds a second to the wait."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._past: dict[tuple[str, int], deque[float]] = {}
        self._strikes: dict[int, int] = {}

    def admit(self, chat: Chat, now: float, *, edit: bool) -> None:
        """Count a request at `now` (seconds), or refuse it with 429 and the seconds to wait."""
        wanted = _windows(chat, self._limits, edit) if self._limits else []
        wait = max((self._wait(*window, now) for window in wanted), default=0.0)
        if wait > 0:
            strikes = self._strikes[chat.id] = self._strikes.get(chat.id, -1) + 1
            seconds = math.ceil(wait) + min(strikes, 60)
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        self._strikes.pop(chat.id, None)
        for key, _, _ in wanted:
            self._past[key].append(now)

    def _wait(self, key: tuple[str, int], most: int, span: float, now: float) -> float:
        past = self._past.setdefault(key, deque())
        while past and past[0] <= now - span:
            past.popleft()
        return past[-most] + span - now if len(past) >= most else 0.0


def _windows(chat: Chat, limits: Limits, edit: bool) -> list[tuple[tuple[str, int], int, float]]:
    bot = (("bot", 0), limits.bot, 1.0)
    if edit:
        return [bot] if chat.kind == "private" else [bot, (("edits", chat.id), limits.edits, 60.0)]
    own = (("chat", chat.id), limits.chat, 1.0)
    return [bot, own] if chat.kind == "private" else [bot, own, (("group", chat.id), limits.group, 60.0)]
