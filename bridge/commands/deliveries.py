"""The outbox and its dead letters: looking, retrying, dropping, replaying."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from ..clock import SystemClock
from ..config import Config, duration, load, sender_module
from ..console import dump, harmless, out, say, table
from ..core.identity import delivery_key
from ..engine import opened
from ..errors import UsageError
from ..model import Job, JobKind, Target
from ..ports import Store
from ..rows import WAITING, DeliveryWrite, EventRow, LedgerRow
from ..steps.addressed import addressed
from ..steps.deliver import EDITS

HELP = "outbox and dead letters: list, show, retry, drop, replay"
_STATES = ("waiting", "pending", "sending", "sent", "retry", "uncertain", "dead", "skipped", "held", "expired", "superseded")
_SHOWN = (
    "id", "destination", "kind", "title", "state", "reason", "key", "sequence", "remote_id", "digest", "event_at", "due_at", "done_at",
)  # fmt: skip
_ENDED_BADLY = ("dead", "expired")
_REPLAY_MOST = 10_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="newest first; with --state waiting: what is still to go out, oldest first")
    _narrowed(listing)
    listing.add_argument("--state", choices=_STATES)
    listing.add_argument("--limit", type=number, default=50, metavar="N")
    show = actions.add_parser("show", help="one delivery with all its attempts, the receiver's last answer, and its payload")
    show.add_argument("id", type=number)
    retry = actions.add_parser("retry", help="these are owed again, at the next run")
    retry.add_argument("id", type=number, nargs="*")
    _narrowed(retry)
    retry.add_argument("--failed", action="store_true", help="all that are dead or expired")
    drop = actions.add_parser("drop", help="these waiting deliveries are not sent")
    drop.add_argument("id", type=number, nargs="*")
    _narrowed(drop)
    drop.add_argument("--waiting", action="store_true", help="all that wait (with --dest)")
    replay = actions.add_parser("replay", help="send events again, with the same ids")
    _narrowed(replay)
    only = replay.add_mutually_exclusive_group()
    only.add_argument("--failed", action="store_true", help="only those that are dead or expired")
    only.add_argument("--missing", action="store_true", help="only events that were never owed to the destination")
    replay.add_argument("--dry-run", action="store_true", help="say what would be sent again, and change nothing")
    for action in (listing, show, retry, drop, replay):
        action.add_argument("--json", action="store_true", help="one JSON object a line on stdout")


def _narrowed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dest", metavar="SUBSCRIBER", help="only this subscriber's")
    parser.add_argument("--since", type=moment, metavar="TIME", help="only events since then: 2h, 7d, or an ISO 8601 time")


def moment(text: str) -> datetime:
    """A point in time: so long ago, or an ISO 8601 time (UTC where it names no zone)."""
    try:
        ago = duration(text)
        if ago is not None:
            return datetime.now(UTC) - ago
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a duration such as 2h nor an ISO 8601 time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def number(text: str) -> int:
    """A number of a delivery, or how many: one that a database can hold, above zero."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:20]) < 1 << 62:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """0 when it was done."""
    config = load(args.config, secrets=False)
    actions = {"list": _list, "show": _show, "retry": _retry, "drop": _drop, "replay": _replay}
    with opened(config) as store:
        return actions[args.action](args, config, store)


def _list(args: argparse.Namespace, config: Config, store: Store) -> int:
    _known(args.dest, config, store)
    rows = store.ledger.deliveries(args.dest, args.state, args.since, args.limit)
    _print(rows, as_json=args.json)
    if len(rows) == args.limit:
        say(f"the first {args.limit}; --limit shows more")
    return 0


def _show(args: argparse.Namespace, config: Config, store: Store) -> int:
    row = _one(store, args.id)
    attempts, payload = store.ledger.attempts(row.id), row.payload or _payload(row, config, store)
    if args.json:
        told = [{name: getattr(a, name) for name in a.__slots__} for a in attempts]
        dump({**_facts(row), "key": row.key, "response": row.response, "payload": payload, "attempts": told})
        return 0
    for name in _SHOWN:
        out(f"{name:12} {harmless(_cell(getattr(row, name)))}")
    lines = [(a.no, _clock(a.at), _clock(a.done_at), a.outcome, a.code, a.detail) for a in attempts]
    out("")
    for line in table(("attempt", "began", "answered", "outcome", "code", "detail"), lines) if lines else ["no attempt was made"]:
        out(line)
    if row.response:
        out("\nthe last answer:\n" + harmless(row.response))
    if payload is not None:
        out(f"\nthe payload as it {'was sent' if row.payload else 'would go out now'}:\n" + harmless(payload))
    return 0


def _payload(row: LedgerRow, config: Config, store: Store) -> str | None:
    """What the delivery sends, made from the article as it is now; None when its subscriber is not in the configuration."""
    subscriber = next((s for s in config.reached if s.id == row.destination), None)
    if subscriber is None:
        return None
    target = Target(id=subscriber.id, kind=subscriber.kind, address="", settings=subscriber.settings)
    uids = store.outbox.gathered(row.digest) if row.digest else [row.entry]
    kind: JobKind = "digest" if row.digest else cast(JobKind, row.kind)
    remote = store.outbox.message(row.entry, row.destination) if row.kind in EDITS else None
    entries = addressed(store, uids, config.follows.get(row.destination, ()))
    job = Job(
        id=row.id, key=row.key, kind=kind, target=target, entries=entries, at=row.event_at, sequence=row.sequence, remote_id=remote
    )  # fmt: skip
    try:
        return sender_module(subscriber.kind).rendered(job)
    except Exception as error:  # noqa: BLE001 - a poisoned article is what somebody may be looking for here
        return f"it cannot be made: {type(error).__name__}: {error}"


def _retry(args: argparse.Namespace, config: Config, store: Store) -> int:
    _known(args.dest, config, store)
    rows = [_one(store, identifier) for identifier in args.id]
    if args.failed:
        rows += [row for state in _ENDED_BADLY for row in store.ledger.deliveries(args.dest, state, args.since, _REPLAY_MOST)]
    if not rows:
        raise UsageError("nothing to retry: name ids, or --failed" if not args.failed else "nothing is dead or expired there")
    return _again(store, rows, args.json)


def _drop(args: argparse.Namespace, config: Config, store: Store) -> int:
    _known(args.dest, config, store)
    rows = [_one(store, identifier) for identifier in args.id]
    if args.waiting:
        if args.dest is None:
            raise UsageError("--waiting drops all that a subscriber waits for: name it with --dest")
        rows += store.ledger.deliveries(args.dest, "waiting", None, _REPLAY_MOST)
    rows = [row for row in rows if row.state in WAITING - {"sending"}]
    if not rows:
        raise UsageError("nothing to drop: only deliveries that wait can be dropped; name their ids, or --dest and --waiting")
    for row in rows:
        store.outbox.drop(row.id, "skipped", "dropped by the operator", SystemClock().now())
    if args.json:
        dump({"dropped": len(rows)})
    say(f"dropped: {len(rows)}")
    return 0


def _replay(args: argparse.Namespace, config: Config, store: Store) -> int:
    if args.dest is None or args.since is None:
        raise UsageError("replay needs --dest and --since")
    _known(args.dest, config, store)
    states = _ENDED_BADLY if args.failed else () if args.missing else ("sent", "skipped", *_ENDED_BADLY)
    found = (row for state in states for row in store.ledger.deliveries(args.dest, state, args.since, _REPLAY_MOST))
    rows = [row for row in found if row.state != "skipped" or row.kind == "published"]
    rows.sort(key=lambda row: row.id)
    missing = [] if args.failed else store.ledger.missing(args.dest, args.since, _REPLAY_MOST)
    if args.dry_run:
        _print(rows, as_json=args.json)
        for event in missing:
            _print_missing(event, args.dest, as_json=args.json)
        say(f"{len(rows)} deliveries and {len(missing)} events that were never owed would be sent")
        return 0
    now = SystemClock().now()
    for event in missing:
        write = DeliveryWrite(destination=args.dest, key=delivery_key(event.tag, 1, event.kind, args.dest), state="pending", due_at=now)
        store.archive.backfill(event.portal or config.portals[0].id, args.dest, [(event.entry, write)], now)
    say(f"{len(missing)} events that were never owed are owed now")
    return _again(store, rows, args.json, missing=len(missing))


def _print_missing(event: EventRow, destination: str, *, as_json: bool) -> None:
    if as_json:
        dump({"destination": destination, "kind": event.kind, "state": "missing", "title": event.title, "event_at": event.at})
    else:
        out(harmless(f"{_clock(event.at)}  {event.kind}  {event.title}  (never owed)"))


def _again(store: Store, rows: Sequence[LedgerRow], as_json: bool, **more: int) -> int:
    now = SystemClock().now()
    count = store.ledger.again([row.id for row in rows if row.state not in WAITING], "owed again by the operator", now)
    count += store.ledger.forward([row.id for row in rows if row.state in WAITING], "brought forward by the operator", now)
    if as_json:
        dump({"again": count, **more})
    if rows:
        say(f"owed again: {count}; the next run sends them")
    return 0


def _one(store: Store, identifier: int) -> LedgerRow:
    row = store.ledger.delivery(identifier)
    if row is None:
        raise UsageError(f"there is no delivery {identifier}; `feedbridge deliveries list` shows the newest")
    return row


def _known(destination: str | None, config: Config, store: Store) -> None:
    known = {s.id for s in config.reached} | {d.id for d in store.outbox.destinations(removed=True)}
    if destination is not None and destination not in known:
        raise UsageError(f"{config.path}: no subscriber is called {destination!r}; there are: {', '.join(sorted(known)) or 'none'}")


def _facts(row: LedgerRow) -> dict[str, Any]:
    names = (
        "id",
        "destination",
        "kind",
        "state",
        "reason",
        "title",
        "attempts",
        "event_at",
        "due_at",
        "done_at",
        "remote_id",
        "sequence",
        "digest",
    )
    return {name: getattr(row, name) for name in names}


def _print(rows: Sequence[LedgerRow], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            dump(_facts(row))
        return
    cells = [
        (r.id, r.state, r.destination, r.kind, _clock(r.event_at), r.attempts, _short(r.title, 36), _short(r.reason, 60)) for r in rows
    ]
    head = ("id", "state", "subscriber", "event", "since", "tries", "article", "why")
    for line in table(head, cells) if cells else ["no deliveries"]:
        out(line)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _clock(at: datetime | None) -> str:
    return at.astimezone().strftime("%m-%d %H:%M:%S") if at else "-"


def _cell(value: Any) -> str:
    return value.astimezone().isoformat(timespec="seconds") if isinstance(value, datetime) else "-" if value in (None, "") else str(value)


def ago(at: datetime, now: datetime) -> str:
    """How long ago something was, in words."""
    seconds = int(max(timedelta(0), now - at).total_seconds())
    size, unit = next(((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "m")) if seconds >= s), (1, "s"))
    return f"{seconds // size}{unit} ago"
