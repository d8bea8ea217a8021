"""Every stage of an article with its verdict: from the line of the list to the last attempt."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..clock import SystemClock
from ..config import Config, load
from ..console import dump, harmless, out
from ..core.decide import SLID
from ..core.identity import canonical
from ..engine import opened
from ..errors import UsageError
from ..ports import Store
from ..rows import WAITING, LedgerRow, LinkRow

HELP = "every stage of an article with its verdict, and each attempt to deliver it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("article", metavar="ARTICLE", help="its address, its id (tag:…), or part of its title")
    parser.add_argument("subscriber", metavar="SUBSCRIBER", nargs="?", help="only what this subscriber was owed")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when the article is known, 1 when nothing of it is."""
    config = load(args.config, secrets=False)
    with opened(config) as store:
        known = dict.fromkeys([*(s.id for s in config.subscribers), *(d.id for d in store.outbox.destinations(removed=True))])
        if args.subscriber is not None and args.subscriber not in known:
            raise UsageError(f"{config.path}: no subscriber is called {args.subscriber!r}; there are: {', '.join(known)}")
        facts = tell(args.article, args.subscriber, config, store)
    if args.json:
        dump(facts)
    else:
        for line in _lines(facts):
            out(harmless(line))
    return int(facts["entry"] is None and not facts["lines"])


def tell(article: str, subscriber: str | None, config: Config, store: Store) -> dict[str, Any]:
    """All that is known of an article, stage by stage."""
    uid, key = found(article, store)
    lines = store.ledger.lines(uid) if uid is not None else store.ledger.lines_of_address(key) if key else []
    now = SystemClock().now()
    facts: dict[str, Any] = {"asked": article, "lines": [_line(row) for row in lines], "entry": None, "events": [], "deliveries": []}
    if uid is None:
        return facts
    entry = store.archive.entry(uid)
    names = ("id", "url", "title", "first_seen", "published", "precision", "updated", "revision", "withdrawn")
    facts["entry"] = {name: getattr(entry, name) for name in names}
    facts["addresses"], facts["feeds"] = store.ledger.aliases(uid), store.ledger.feeds(uid)
    facts["revisions"] = [{"revision": n, "at": at, "title": title} for n, at, title in store.ledger.revisions(uid)]
    facts["events"] = [{"kind": e.kind, "revision": e.revision, "at": e.at, "portal": e.portal} for e in store.ledger.events(uid)]
    facts["deliveries"] = [_delivery(row, store, now) for row in store.ledger.of_entry(uid, subscriber)]
    owed = {d["subscriber"] for d in facts["deliveries"]}
    asked = [s for s in config.subscribers if subscriber in {None, s.id} and s.id not in owed]
    facts["not_owed"] = [{"subscriber": s.id, "why": _not_owed(s.portals, facts["feeds"])} for s in asked]
    return facts


def found(article: str, store: Store) -> tuple[int | None, str]:
    """(uid, canonical address) of the article that these words mean, as far as they are known; a UsageError when several fit."""
    if not article.strip():
        raise UsageError("name an article by its address, its id (tag:…), or part of its title")
    if article.startswith("tag:"):
        return store.ledger.tagged(article), ""
    if article.startswith(("http://", "https://", "//")):
        key = canonical(article)
        return store.archive.entry_of([key]), key
    found = store.ledger.find(article, 6)
    whole = [store.archive.entry(uid).title == article for uid in found[:2]]
    if len(found) > 1 and whole != [True, False]:
        titles = "\n  ".join(f"{store.archive.entry(uid).title}  {store.archive.entry(uid).id}" for uid in found)
        raise UsageError(f"several articles have {article!r} in their title; name one by its address or id:\n  {titles}")
    return (found[0] if found else None), ""


def _not_owed(follows: tuple[str, ...], feeds: list[str]) -> str:
    return "it followed the portal only later" if set(follows) & set(feeds) else "it does not follow the portal"


def _line(row: LinkRow) -> dict[str, Any]:
    verdict = "read" if row.entry and not row.cause else f"not read: {row.cause}" if row.cause else "waits for its first look"
    return {
        "portal": row.portal, "url": row.url, "title": row.link.title, "listed": row.listed_at, "place": row.place, "verdict": verdict,
        "tries": row.tries, "next_look": row.due_at,
    }  # fmt: skip


def _delivery(row: LedgerRow, store: Store, now: datetime) -> dict[str, Any]:
    attempts = [
        {"no": a.no, "at": a.at, "answered": a.done_at, "outcome": a.outcome, "code": a.code, "detail": a.detail}
        for a in store.ledger.attempts(row.digest or row.id)
    ]
    return {
        "id": row.id, "subscriber": row.destination, "event": row.kind, "state": row.state, "why": row.reason, "message": row.remote_id,
        "digest": row.digest, "due": row.due_at, "done": row.done_at, "waits": waits(row, store, now), "attempts": attempts,
    }  # fmt: skip


def waits(row: LedgerRow, store: Store, now: datetime) -> str:
    """What a waiting delivery waits for, beside its own time; empty when nothing else holds it."""
    there = next((d for d in store.outbox.destinations() if d.id == row.destination), None)
    if row.state not in WAITING or there is None:
        return ""
    if there.state != "open":
        return f"the subscriber is {there.state}: {there.why}"
    if there.not_before and there.not_before > now:
        return f"the receiver wants silence until {_at(there.not_before)}"
    head = store.ledger.head(row.destination, now)
    if head is None or head.id in {row.id, row.digest}:
        return ""
    return (
        f"behind delivery {head.id}, which is tried again {_at(head.due_at)}: {head.reason}"
        if head.reason
        else f"behind delivery {head.id}"
    )


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    if facts["entry"] is None and not facts["lines"]:
        yield f"{facts['asked']}: nothing is known of it: no list page that was read has shown it"
        return
    for line in facts["lines"]:
        yield f"listed     {_at(line['listed'])}  on {line['portal']}: {line['title']}"
        first = f", place {line['place'] + 1} of the first list" if line["place"] is not None and line["place"] < SLID else ""
        again = f"; next look {_at(line['next_look'])}" if line["next_look"] else ""
        yield f"page       {line['verdict']}{first}{again}"
    entry = facts["entry"]
    if entry is None:
        return
    yield f"identity   {entry['id']}"
    yield from (f"           seen as {address}" for address in facts["addresses"])
    yield f"entry      {entry['title']}"
    shown = f"shown under {_at(entry['published'])} ({entry['precision']})"
    yield f"           first seen {_at(entry['first_seen'])}; {shown}; revision {entry['revision']}"
    yield f"feeds      {', '.join(facts['feeds']) or 'none'}" + (" (withdrawn: shown in none)" if entry["withdrawn"] else "")
    yield from (f"event      {_at(event['at'])}  {event['kind']}, revision {event['revision']}" for event in facts["events"])
    for delivery in facts["deliveries"]:
        yield from _delivery_lines(delivery)
    yield from (f"delivery   to {one['subscriber']}: none: {one['why']}" for one in facts.get("not_owed", []))


def _delivery_lines(delivery: dict[str, Any]) -> Iterator[str]:
    why = f": {delivery['why']}" if delivery["why"] else ""
    carried = f" in digest {delivery['digest']}" if delivery["digest"] else ""
    due = f"; due {_at(delivery['due'])}" if delivery["done"] is None else ""
    due += f"; {delivery['waits']}" if delivery["waits"] else ""
    yield f"delivery   to {delivery['subscriber']}, {delivery['event']}: {delivery['state']}{carried}{why}{due}"
    for attempt in delivery["attempts"]:
        outcome = attempt["outcome"] or "under way"
        yield f"           attempt {attempt['no']} {_at(attempt['at'])}: {outcome} {attempt['code']} {attempt['detail']}".rstrip()


def _at(value: datetime | None) -> str:
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value else "-"
