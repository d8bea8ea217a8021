"""Telegram: a message per article, edited in place when the article is, struck through when it is withdrawn.

This file is cheap to import; the chat library comes with `connect`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ..core.dispatch import Manner
from ..model import Job, Network, Secret, key
from ..ports import Clock
from ._ladder import IMAGES

if TYPE_CHECKING:
    from ._bot import TelegramSender

_CHAT = re.compile(r"-?[1-9][0-9]{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,100}", re.ASCII)

MANNER = Manner(
    schedule=tuple(timedelta(seconds=s) for s in (5, 30, 300, 900, 3600, 10800, 21600)),
    max_age=timedelta(hours=24),
    catch_up=timedelta(days=7),
    hold=timedelta(hours=6),
    probe=timedelta(hours=6),
    edit_gap=timedelta(minutes=10),
    edits=True,
    digests=True,
    windows=((1, timedelta(seconds=1)),),
    group_windows=((1, timedelta(seconds=1)), (18, timedelta(seconds=60))),
    shared=((25, timedelta(seconds=1)),),
)
"""Telegram's own limits are 1 message a second in a chat, 20 a minute in a group, about 30 a second in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The keys of a Telegram subscriber."""

    chat: str = key("id of the chat (`-1001234567890`) or @name of a public channel or group; `feedbridge test` lists chats with their ids")
    thread: int | None = key("id of the topic in a group with topics", None)
    on_uncertain: str = key(
        'what to do when nobody knows whether a message arrived: "resend" (a double is possible) or "skip" (a loss is possible)', "resend"
    )
    silent: bool = key("messages arrive without a sound", False)
    images: str = key(
        'how the article\'s first image shows above the text: "preview" (Telegram fetches it; where it cannot, we send it), "upload" (we '
        'fetch and send it; where that fails, Telegram shall) or "none"',
        "preview",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The `[telegram]` table."""

    token: Secret | None = key("the bot's token, as @BotFather gave it", None)
    api_base: str = key("address of the Bot API server", "https://api.telegram.org")


def address(settings: Settings) -> str:
    """The chat id, or @name."""
    return settings.chat


def faults(settings: Settings, shared: Shared) -> Iterable[tuple[str, str, str]]:
    """(key, problem, fix) for each value that cannot work; keys of the `[telegram]` table are written `telegram.token`."""
    if not _CHAT.fullmatch(settings.chat):
        yield "chat", "is neither a chat id nor an @name", "run `feedbridge test` to see the ids of chats that spoke to the bot"
    if settings.thread is not None and settings.thread < 1:
        yield "thread", "is not the id of a topic", "use the number in the topic's link"
    if settings.on_uncertain not in {"resend", "skip"}:
        yield "on_uncertain", f"{settings.on_uncertain!r} is no choice", 'use "resend" or "skip"'
    if settings.images not in IMAGES:
        yield "images", f"{settings.images!r} is no choice", 'use "preview", "upload" or "none"'
    yield from _shared_faults(shared)


def rendered(job: Job) -> str:
    """The text of a job's message as it would go out now, the parts of a digest apart, and the address of its picture. Pure."""
    from ._ladder import rung
    from ._parts import texts

    pictured = rung(job) != "none"
    shown = (text.text + (f"\n\n[image: {text.preview}]" if pictured and text.preview else "") for text in texts(job))
    return "\n\n".join(shown)


def connect(shared: Shared, network: Network, clock: Clock) -> "TelegramSender":
    """A sender, ready; the chat library is loaded, no request has been made. Needs a token (see `faults`).

    `network` bounds the fetching of pictures; the Bot API itself is asked directly.
    """
    from ._bot import TelegramSender

    return TelegramSender(shared.token or Secret(""), shared.api_base, clock, network)


def contacts(shared: Shared, network: Network) -> list[tuple[str, str, str]]:  # noqa: ARG001 - as connect's
    """(chat id, title, kind) of the chats that spoke to the bot of late, newest first; marks nothing as read.

    Raises BridgeError in one line, without the token, when the Bot API cannot be asked.
    """
    from ._bot import contacts as ask

    return ask(shared.token or Secret(""), shared.api_base)


def _shared_faults(shared: Shared) -> Iterable[tuple[str, str, str]]:
    if shared.token is None:
        yield "telegram.token", "is missing", 'add [telegram] token = "env:TELEGRAM_TOKEN"'
    elif not _TOKEN.fullmatch(shared.token.reveal()):
        yield "telegram.token", "does not look like a bot token", "copy it from @BotFather; it is a number, a colon and 35 characters"
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", shared.api_base):
        yield "telegram.api_base", "is not an http(s) address", "write https://api.telegram.org"
