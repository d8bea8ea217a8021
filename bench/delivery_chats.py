"""Many articles to many group chats in virtual time: the deliver step and the real sender against the stand-in's strict limits."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.demo.botapi import TOKEN, BotApi
from bridge.model import Network, Secret
from bridge.senders import telegram
from bridge.steps.deliver import Deliver, Outlet
from bridge.stores import sqlite

from .clock import SharedClock
from .delivery_state import build

THEIRS = 20
"""Messages a minute that Telegram allows in a group."""
_FIRST = -1_002_000_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of virtual time that `articles` to each of `chats` took, and that the limits ask for at the least.

    `ours` is the least for our own limit (`limit` a minute), `least` for Telegram's; `floods` counts the 429s; `complete`
    and `in_order` say that each chat holds every article once, and in order.
    """

    articles: int
    chats: int
    limit: int
    took: float
    ours: float
    least: float
    floods: int
    complete: bool
    in_order: bool


def paced(articles: int, chats: int) -> Pace:
    """Every article goes to every chat; nothing else is sent."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        clock = SharedClock(folder / "clock")
        clock.set(datetime(2026, 3, 1, 4, 0, tzinfo=UTC).timestamp())
        begun = clock.now()
        ids = {f"chat{n:02}": _FIRST - n for n in range(chats)}
        build(folder, begun, {name: ("telegram", str(chat)) for name, chat in ids.items()}, articles)
        with BotApi(now=clock.seconds) as api:
            for chat in ids.values():
                api.chat(chat)
            _deliver(folder, clock, api.base, list(ids))
            posts = [[post.text.split("\n")[0] for _, post in sorted(chat.messages.items())] for chat in api.chats.values()]
            floods = sum(call.status == 429 for call in api.calls)
    limit = next(many for many, span in telegram.MANNER.group_windows if span == timedelta(minutes=1))
    complete = all(len(texts) == len(set(texts)) == articles for texts in posts)
    took = (clock.now() - begun).total_seconds()
    return Pace(articles, chats, limit, took, least(articles, limit), least(articles, THEIRS), floods, complete, _in_order(posts))


def least(articles: int, limit: int) -> float:
    """Seconds until the last of `articles` may go to a chat that takes one a second and `limit` in any minute."""
    return float((articles - 1) // limit * 60 + (articles - 1) % limit)


def _in_order(posts: Sequence[Sequence[str]]) -> bool:
    numbers = [[int("".join(filter(str.isdigit, text))) for text in texts] for texts in posts]
    return all(chat == sorted(chat) and Counter(chat).most_common(1)[0][1] == 1 for chat in numbers)


def _deliver(folder: Path, clock: SharedClock, base: str, names: Sequence[str]) -> None:
    store = sqlite.connect(folder)
    shared = telegram.Shared(token=Secret(TOKEN), api_base=base)
    settings = {row.id: telegram.Settings(chat=row.address) for row in store.outbox.destinations()}
    outlet = Outlet(kind="telegram", manner=telegram.MANNER, open=lambda: telegram.connect(shared, Network(allow=("127.0.0.0/8",)), clock))
    Deliver(
        store=store, clock=clock, outlets={"telegram": outlet}, kinds=dict.fromkeys(names, "telegram"), settings=settings,
        digest_over={}, end=clock.now() + timedelta(hours=2), chance=lambda: 0.5,
    ).run()  # fmt: skip
    store.close()
