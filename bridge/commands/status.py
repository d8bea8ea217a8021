"""How every portal and subscriber is doing."""

import argparse
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import SystemClock
from ..config import Config, load
from ..console import dump, out, table
from ..ports import Store
from ..stores import sqlite

HELP = "health of every portal, feed and subscriber"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0; what needs you stands first."""
    config = load(args.config, secrets=False)
    if not (config.bridge.state / sqlite.FILE).exists():
        out(f"no tick has run yet: {config.bridge.state} holds no database; start with `feedbridge run`")
        return 0
    store = sqlite.connect(config.bridge.state, read_only=True)
    try:
        facts = collect(config, store)
    finally:
        store.close()
    if args.json:
        dump(facts)
    else:
        _print(facts, config)
    return 0


def collect(config: Config, store: Store) -> dict[str, Any]:
    """What `status` shows, as data: portals and subscribers, worst first."""
    now = SystemClock().now()
    portals = [_portal(store, p.id, p.title) for p in config.portals]
    counts = store.outbox.counts()
    known = {d.id: d for d in store.outbox.destinations()}
    subscribers = [_subscriber(store, s.id, s.kind, known.get(s.id), counts.get(s.id, {})) for s in config.subscribers]
    portals.sort(key=lambda p: -p["bad_ticks"])
    subscribers.sort(key=lambda s: (s["state"] == "open", -s["dead"]))
    return {"at": now, "last_run": store.portals.last_run(), "portals": portals, "subscribers": subscribers}


def _portal(store: Store, identifier: str, title: str) -> dict[str, Any]:
    row = store.portals.portal(identifier)
    verdict = "new" if row.checked_at is None else "bad" if row.bad_ticks else "well"
    return {
        "id": identifier,
        "title": title,
        "verdict": verdict,
        "cause": row.cause,
        "detail": row.detail,
        "bad_ticks": row.bad_ticks,
        "last": row.checked_at,
        "last_good": row.good_at,
        "next": row.due_at,
        "entries": store.archive.count(identifier),
        "unread": store.portals.unread(identifier),
    }


def _subscriber(store: Store, identifier: str, kind: str, row: Any, counts: dict[str, int] | Any) -> dict[str, Any]:
    waiting = sum(counts.get(state, 0) for state in ("pending", "retry", "uncertain", "sending"))
    return {
        "id": identifier,
        "kind": kind,
        "state": row.state if row else "new",
        "why": row.why if row else "",
        "sent": counts.get("sent", 0),
        "waiting": waiting,
        "dead": counts.get("dead", 0),
        "last_death": store.outbox.last_death(identifier),
    }


def _print(facts: dict[str, Any], config: Config) -> None:
    zones = {p.id: ZoneInfo(p.timezone) for p in config.portals}
    rows = [
        (
            p["verdict"],
            p["id"],
            p["title"],
            p["entries"],
            p["unread"],
            *(_clock(p[n], zones[p["id"]]) for n in ("last", "next")),
            f"{p['cause']}: {p['detail']}"[:70] if p["cause"] else "",
        )
        for p in facts["portals"]
    ]
    for line in table(("verdict", "portal", "title", "entries", "unread", "last look", "next look", "why"), rows):
        out(line)
    if facts["subscribers"]:
        out("")
        people = [
            (s["state"], s["id"], s["kind"], s["sent"], s["waiting"], s["dead"], s["why"] or s["last_death"] or "")
            for s in facts["subscribers"]
        ]
        for line in table(("state", "subscriber", "kind", "sent", "waiting", "dead", "why"), people):
            out(line)


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M") if at else "-"
