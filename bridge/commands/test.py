"""One marked test message or event, now."""

import argparse
import os
from datetime import datetime

from ..clock import SystemClock
from ..config import Config, load, sender_module
from ..console import out, say, table
from ..engine import opened
from ..errors import BridgeError, UsageError
from ..model import Closed, Entry, Job, Moved, Operator, Outcome, Sent, Subscriber, Target, Unsure
from ..stores import sqlite

HELP = "send one marked test message or event now; for Telegram also list the chats that recently spoke to the bot"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("subscriber", metavar="SUBSCRIBER", nargs="?", help="id of the subscriber (none: only list the chats)")


def run(args: argparse.Namespace) -> int:
    """0 when the receiver took it, 1 when not."""
    config = load(args.config)
    if args.subscriber is None:
        if not any(s.kind == "telegram" for s in config.reached):
            # The token is looked up only where a subscriber needs it.
            raise UsageError(f"{config.path}: no subscriber is of kind telegram; add one, with any chat id, to list the chats of its bot")
        _contacts(config, "telegram")
        return 0
    subscriber = next((s for s in config.reached if s.id == args.subscriber), None)
    if subscriber is None:
        known = ", ".join(s.id for s in config.reached) or "none yet"
        raise UsageError(f"{config.path}: no subscriber is called {args.subscriber!r}; there are: {known}")
    outcome = _send(config, subscriber)
    if isinstance(outcome, Moved):
        say(f"{subscriber.id}: the chat has the new id {outcome.to}; write it into the configuration")
        outcome = _send(config, subscriber, outcome.to)
    taken = isinstance(outcome, Sent)
    say(f"{subscriber.id}: {_told(outcome)}")
    if taken:
        _reopen(config, subscriber.id)
    if not (isinstance(outcome, Closed) and outcome.whole):
        _listed(config, subscriber.kind)
    return int(not taken)


def _listed(config: Config, kind: str) -> None:
    """The chats beside a test; that they cannot be asked for is no fault of the test."""
    try:
        _contacts(config, kind)
    except BridgeError as error:
        say(f"feedbridge: {error}")


def _reopen(config: Config, identifier: str) -> None:
    """A destination that was paused or disabled is open again, since it has just taken a message."""
    if not (config.bridge.state / sqlite.FILE).exists():
        return
    with opened(config) as store:
        if any(d.id == identifier and d.state != "open" for d in store.outbox.destinations()):
            store.outbox.mark(identifier, "open", "", SystemClock().now())


def _told(outcome: Outcome) -> str:
    """An outcome in words."""
    if isinstance(outcome, Sent):
        return "the test was taken" + (f" (message {outcome.remote_id})" if outcome.remote_id else "")
    return f"{'it may have been taken' if isinstance(outcome, Unsure) else 'not taken'}: {getattr(outcome, 'why', '')}"


def _send(config: Config, subscriber: Subscriber | Operator, address: str | None = None) -> Outcome:
    module, clock = sender_module(subscriber.kind), SystemClock()
    sender = module.connect(config.shared.get(subscriber.kind), config.network, clock)
    address = address or module.address(subscriber.settings)
    target = Target(id=subscriber.id, kind=subscriber.kind, address=address, settings=subscriber.settings)
    now = clock.now()
    job = Job(id=0, key=f"msg_test{os.urandom(12).hex()}", kind="test", target=target, entries=(_sample(config, now),), at=now)
    try:
        return next(outcome for _, outcome in sender.send([job]))
    finally:
        sender.close()


def _sample(config: Config, now: datetime) -> Entry:
    portal = config.portals[0]
    return Entry(
        id=f"tag:feedbridge.invalid,2026:test/{now:%Y%m%d%H%M%S}",
        portal=portal.id,
        url=portal.url,
        title="Feedbridge: test",
        summary="This is a test. Articles of the portal will look like this.",
        first_seen=now,
        published=now,
        updated=now,
        language=portal.language,
    )


def _contacts(config: Config, kind: str) -> None:
    ask = getattr(sender_module(kind), "contacts", None)
    if ask is None or kind not in config.shared:
        return
    rows = ask(config.shared[kind], config.network)
    say(
        "chats that recently spoke to the bot:"
        if rows
        else "no chat has spoken to the bot of late: add it to the chat and write something there"
    )
    for line in table(("chat", "title", "kind"), rows) if rows else ():
        out(line)
