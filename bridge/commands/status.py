"""How every portal, feed and subscriber is doing, on one screen, worst first."""

import argparse
import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .. import lock
from ..clock import SystemClock
from ..config import Config, load
from ..console import dump, out, say
from ..overview import Overview, PortalView, SubscriberView
from ..previewing.layout import clip, shown, wrap
from ..rows import GapRow
from ..screen import Column, Line, Piece, bars, columns, grid, show
from ..shelf import failure
from ..steps.overview import gather, needs
from ..stores import sqlite

HELP = "health of every portal, feed and subscriber, worst first"

_DAYS = 14
_BENEATH = 3
_GAPS = timedelta(days=30)
_STYLES = {
    "broken": "bold red", "suspicious": "bold yellow", "new": "cyan", "quiet": "green", "well": "green",
    "disabled": "bold red", "paused": "bold yellow", "failing": "bold yellow", "open": "green",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0, or 1 when something needs the operator, as `run` has it."""
    config = load(args.config, secrets=False)
    if not _born(config.bridge.state):
        return _unborn(args, config)
    now = SystemClock().now()
    _renew(config)
    seen, wanted, gaps, last = sqlite.glimpse(
        config.bridge.state,
        lambda store: (gather(store, config, now), needs(store, config, now), store.incidents.gaps(now - _GAPS), store.portals.last_run()),
    )
    if args.json:
        dump({**facts(seen, gaps), "last_run": last, "needs": wanted})
    else:
        show(screen(seen, wanted, gaps, columns()))
    return int(bool(wanted))


def _born(state: Path) -> bool:
    """Whether there is a database; where `state` cannot be a folder, the same error as `run` raises."""
    try:
        (state / sqlite.FILE).stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        taken = FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) if state.is_file() else error
        raise failure(state / lock.FILE, taken) from error
    return True


def _unborn(args: argparse.Namespace, config: Config) -> int:
    """0; there is nothing to show yet."""
    told = f"no tick has run yet: {config.bridge.state} holds no database; start with `feedbridge run`"
    if args.json:
        dump({**facts(Overview(at=SystemClock().now()), ()), "last_run": None, "needs": {}})
        say(told)
    else:
        out(told)
    return 0


def _renew(config: Config) -> None:
    """A store of an older version is brought up to date, as every command does; any other is only read."""
    have, known = sqlite.glimpse(config.bridge.state, lambda store: store.figures.schema())
    if have != known:
        sqlite.connect(config.bridge.state).close()


def facts(seen: Overview, gaps: Sequence[GapRow]) -> dict[str, Any]:
    """What `status` shows, as data; durations in seconds."""
    portals = [{**asdict(p), "delay": p.delay.total_seconds() if p.delay is not None else None} for p in seen.portals]
    return {
        "at": seen.at, "portals": portals, "subscribers": [asdict(s) for s in seen.subscribers],
        "incidents": [asdict(i) for i in seen.incidents], "gaps": [asdict(g) for g in gaps], "faults": seen.faults,
    }  # fmt: skip


# ---------------------------------------------------------------- the screen


def screen(seen: Overview, wanted: dict[str, str], gaps: Sequence[GapRow], most: int) -> list[Line]:
    """The lines of the screen, none wider than `most` columns; its times are all of the first portal's zone."""
    zone = ZoneInfo(seen.portals[0].timezone) if seen.portals else ZoneInfo("UTC")
    lines: list[Line] = [*_head(seen, wanted, zone, most), [("", "")], *_portals(seen, zone, most)]
    if seen.subscribers:
        lines += [[("", "")], *_subscribers(seen, zone, most)]
    for title, rest in (
        ("open incidents", _incidents(seen, zone, most)), ("gaps of the last 30 days", _gap_lines(gaps, zone, most)),
        ("feeds that could not be rendered", _faults(seen, most)),
    ):  # fmt: skip
        found = list(rest)
        lines += [[("", "")], [(title, "bold")], *found] if found else []
    return lines


def _head(seen: Overview, wanted: dict[str, str], zone: ZoneInfo, most: int) -> Iterator[Line]:
    took = f" ({seen.last_run_seconds:.1f} s)" if seen.last_run_seconds is not None else ""
    last = f"last tick {_clock(seen.last_run, zone)}{took}" if seen.last_run else "no tick has ended yet"
    yield [("Feedbridge", "bold"), (f"  {seen.at.astimezone(zone):%Y-%m-%d %H:%M %z}  {last}  ", "")]
    told = f"needs you: {', '.join(wanted)}" if wanted else "all is well"
    yield from ([(line, "bold red" if wanted else "green")] for line in wrap(told, most)[:3])


def _portals(seen: Overview, zone: ZoneInfo, most: int) -> Iterator[Line]:
    portals = seen.portals
    head, *rows = grid(
        (
            Column(head="verdict", cells=[(p.verdict, _STYLES[p.verdict]) for p in portals]),
            Column(head="portal", cells=[(p.id, "bold") for p in portals]),
            Column(head="title", cells=[(shown(p.title), "") for p in portals], clips=True),
            Column(head="last look", cells=[(_clock(p.last, zone), "") for p in portals], spare=1),
            Column(head="next", cells=[(_clock(p.next, zone), "") for p in portals], spare=4),
            Column(head=f"{_DAYS} days", cells=[(bars(p.per_day[-_DAYS:]), "cyan") for p in portals], spare=2),
            Column(head="a day", cells=_numbers(_a_day(p) for p in portals), right=True, spare=3),
            Column(head="requests", cells=_numbers(p.requests for p in portals), right=True, spare=6),
            Column(head="delay", cells=[(span(p.delay), "") for p in portals], right=True, spare=5),
            Column(head="articles", cells=_numbers(p.entries for p in portals), right=True, spare=7),
        ),
        most,
    )
    yield head
    for portal, row in zip(portals, rows, strict=True):
        yield row
        yield from (piece for text, style in _evidence(portal, zone) for piece in _beneath(text, style, most))


def _evidence(p: PortalView, zone: ZoneInfo) -> Iterator[Piece]:
    """What stands beneath a portal's row: why it is not well, and what is held."""
    if p.cause:
        since = f"; since {_clock(p.since, zone)}" if p.since else ""
        good = f"; last good {_clock(p.last_good, zone)}" if p.last_good else "; never good so far"
        yield f"{p.cause}: {p.detail}{since}{good}; bad looks: {p.bad_ticks}", _STYLES[p.verdict].removeprefix("bold ")
    elif p.verdict == "well" and p.detail:
        yield p.detail, "dim"
    if p.held:
        yield f"{p.held} articles are held: `feedbridge release {p.id}` or `feedbridge discard {p.id}`", "yellow"
    if p.unread:
        yield f"{p.unread} articles are listed and not read yet", "dim"


def _subscribers(seen: Overview, zone: ZoneInfo, most: int) -> Iterator[Line]:
    people = seen.subscribers
    head, *rows = grid(
        (
            Column(head="state", cells=[(s.state, _STYLES[s.state]) for s in people]),
            Column(head="subscriber", cells=[(s.id, "bold") for s in people]),
            Column(head="kind", cells=[(s.kind if s.role == "subscriber" else f"{s.kind} ({s.role})", "") for s in people], spare=2),
            Column(head="sent", cells=_numbers(s.sent for s in people), right=True),
            Column(head="waiting", cells=_numbers(s.waiting for s in people), right=True),
            Column(head="dead", cells=_numbers((s.dead for s in people), "red"), right=True),
            Column(head="held", cells=_numbers((s.held for s in people), "yellow"), right=True, spare=3),
            Column(head="last sent", cells=[(_clock(s.last_sent, zone), "") for s in people], spare=1),
        ),
        most,
    )
    yield head
    for one, row in zip(people, rows, strict=True):
        yield row
        yield from (piece for text, style in _trouble(one, zone) for piece in _beneath(text, style, most))


def _trouble(s: SubscriberView, zone: ZoneInfo) -> Iterator[Piece]:
    if s.state in {"paused", "disabled"}:
        since = f" since {_clock(s.since, zone)}" if s.since else ""
        yield f"{s.state}{since}: {s.why}; mend it there, then `feedbridge test {s.id}`", "yellow"
    if s.state == "failing":
        yield f"{s.why}; since {_clock(s.since, zone)}; tried again {_clock(s.again, zone)}", "yellow"
    if s.delayed and s.state != "failing":
        yield f"tried again {_clock(s.again, zone)}: {s.delayed}", "yellow"
    if s.dead:
        yield f"the last that died: {s.last_death}", "red"


def _incidents(seen: Overview, zone: ZoneInfo, most: int) -> Iterator[Line]:
    for one in seen.incidents:
        if one.closed is None:
            yield from _beneath(f"{_clock(one.opened, zone)}  {one.subject}  {one.cause}: {one.evidence}", "", most)


def _gap_lines(gaps: Sequence[GapRow], zone: ZoneInfo, most: int) -> Iterator[Line]:
    for gap in gaps[:10]:
        since = f" after {_clock(gap.since, zone)}" if gap.since else ""
        text = f"{_clock(gap.at, zone)}  {gap.portal}  {gap.url}: nothing known on {gap.pages} pages; what came{since} may be missing"
        yield from _beneath(text, "", most)


def _faults(seen: Overview, most: int) -> Iterator[Line]:
    for feed, why in seen.faults.items():
        yield from _beneath(f"{feed}: {why}", "red", most)


def _beneath(text: str, style: str, most: int) -> Iterator[Line]:
    """A text under a row, indented, at most three lines of it."""
    lines = wrap(shown(text), most - 4)
    if len(lines) > _BENEATH:
        lines[_BENEATH - 1 :] = [clip(f"{lines[_BENEATH - 1]} {lines[_BENEATH]}", most - 4)]
    return ([("    ", ""), (line, style)] for line in lines)


def _numbers(values: Iterator[int], style: str = "") -> list[Piece]:
    return [(str(value), style if value else "") for value in values]


def _a_day(p: PortalView) -> int:
    """Articles a day over the last fortnight, rounded up: a rare portal does not look dead."""
    days = p.per_day[-_DAYS:]
    return -(-sum(days) // len(days)) if days else 0


def span(duration: timedelta | None) -> str:
    """A duration in its largest unit; a dash for none."""
    if duration is None:
        return "-"
    seconds = int(duration.total_seconds())
    size, unit = next(((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "m")) if seconds >= 2 * s), (1, "s"))
    return f"{seconds // size} {unit}"


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M") if at else "-"
