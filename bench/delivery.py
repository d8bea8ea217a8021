"""python -m bench.delivery: what delivering costs, what the limits leave, and who loses what; kept in bench/delivery.md."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from .__main__ import machine
from .delivery_chats import Pace, paced
from .delivery_faults import FAULTS, Count, outcomes
from .delivery_hooks import Burst, burst
from .delivery_kept import WORKS, Kept, kept

RESULTS = Path(__file__).parent / "delivery.md"


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every bound is kept, 1 with a line for each that is not; the tables are printed, and written unless --quick."""
    args = _arguments(argv)
    begun, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        bursts = [burst(folder / str(many), many, 200 if args.quick else 500) for many in ((1_000,) if args.quick else (1_000, 10_000))]
        pace = paced(*((30, 5) if args.quick else (50, 20)))
        past = kept((1_000, 50_000 if args.quick else 1_000_000), 11 if args.quick else 51)
        found = outcomes(folder, FAULTS[:3] if args.quick else FAULTS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    command = "python -m bench.delivery" + "".join(f" {word}" for word in (sys.argv[1:] if argv is None else argv))
    text = page(bursts, pace, past, found, command, time.monotonic() - begun)
    print(text)
    if not args.quick:
        RESULTS.write_text(text, encoding="utf-8")
    broken = faults(bursts, pace, past, found)
    print("\n".join(broken), file=sys.stderr)
    return int(bool(broken))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, and nothing is written")
    return parser.parse_args(argv)


Found = Sequence[tuple[str, str, str, Count]]


def faults(bursts: Sequence[Burst], pace: Pace, past: Kept, found: Found) -> list[str]:
    """What was promised and is not so."""
    said = [f"{one.ours.many} hooks: {one.ratio:.1f} times the loop, 8 promised" for one in bursts if one.ratio < 8]
    said += [f"{one.ours.many} hooks: {one.recorded} recorded" for one in bursts if one.recorded != (one.ours.many, one.ours.many)]
    if pace.took > 1.1 * pace.least or pace.floods or not (pace.complete and pace.in_order):
        said.append(f"chats: {pace}")
    said += [
        f"{name}: {past.ms(name, 1):.2f} ms, not {past.ms(name, 0):.2f}" for name in WORKS if past.ms(name, 1) > 2 * past.ms(name, 0) + 0.5
    ]
    said += [f"lost or said wrongly: {row}" for row in found if row[0] == "Feedbridge" and (row[3].lost or row[3].false)]
    return said


# ---------------------------------------------------------------- the page


def page(bursts: Sequence[Burst], pace: Pace, past: Kept, found: Found, command: str, seconds: float) -> str:
    """delivery.md."""
    return _PAGE.format(
        command=command,
        machine=machine(),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seconds=seconds,
        looped=bursts[-1].loop.many,
        bursts=_table(_BURST_HEAD, [_burst(one) for one in bursts]),
        pace=_table(("", "virtual seconds"), _pace(pace)),
        articles=pace.articles,
        chats=pace.chats,
        floods=pace.floods,
        complete="every chat holds every article once, in order"
        if pace.complete and pace.in_order
        else "NOT every article once and in order",
        kept=_table(("call", *(f"{size:,} kept, ms" for size in past.sizes), "ratio"), [_kept(name, past) for name in WORKS]),
        found=_table(("sender", "to", *_heads(found)), _found(found)),
    )


_BURST_HEAD = (
    "destinations",
    "ours, s",
    "loop, s",
    "times as fast",
    "cpu ms a delivery",
    "loop: cpu ms",
    "peak MB",
    "MB before",
    "sent",
    "attempts",
)


def _burst(one: Burst) -> tuple[str, ...]:
    ours, loop = one.ours, one.loop
    cpu = (f"{cost.cpu / cost.many * 1000:.2f}" for cost in (ours, loop))
    walls = (f"{ours.wall:.1f}", f"{loop.wall / loop.many * ours.many:.0f}", f"{one.ratio:.1f}")
    return (f"{ours.many:,}", *walls, *cpu, f"{ours.memory:.0f}", f"{one.floor:.0f}", *(f"{many:,}" for many in one.recorded))


def _pace(pace: Pace) -> list[tuple[str, ...]]:
    return [
        ("measured", f"{pace.took:.1f}"),
        (f"least at 1 a second and {pace.limit} a minute, our own limit", f"{pace.ours:.0f} (+{pace.took / pace.ours - 1:.1%})"),
        ("least at 1 a second and 20 a minute, Telegram's", f"{pace.least:.0f} (+{pace.took / pace.least - 1:.1%})"),
    ]


def _kept(name: str, past: Kept) -> tuple[str, ...]:
    small, large = past.ms(name, 0), past.ms(name, 1)
    return name, f"{small:.3f}", f"{large:.3f}", f"{large / small:.2f}"


def _heads(found: Found) -> list[str]:
    return list(dict.fromkeys(fault for _, _, fault, _ in found))


def _found(found: Found) -> list[tuple[str, ...]]:
    cells: dict[tuple[str, str], list[str]] = {}
    for sender, kind, _, count in found:
        cells.setdefault((sender, kind), []).append(f"{count.lost} / {count.doubled} / {count.false}")
    return [(*who, *counts) for who, counts in cells.items()]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


_PAGE = """# What delivering costs, and what it loses

Written by `{command}` ({date}, {seconds:.0f} s). Machine: {machine}, which may have had other
work. All requests are real HTTP on loopback.

## One event to many webhooks

The receiver, a process of its own, answers 204 after 20 ms. *Ours* is the deliver step on the SQLite store: each attempt is committed
before its request and each result after it. *Loop* is `requests.post` over one session, one after another, nothing recorded: {looped}
requests in the same run, half before and half after, scaled. *Sent* and *attempts* (with a result) are counted in the database afterwards.

{bursts}

## {articles} articles to {chats} group chats, in virtual time

The stand-in for the Bot API keeps 1 message a second and 20 a minute in a group, 30 a second in all, on the same virtual clock.
429 answers: {floods}; {complete}.

{pace}

The limits' arithmetic: with *n* a minute, message *k* (from 0) of a chat can go at 60 · ⌊k / n⌋ + k mod n seconds.

## A long past

Medians over two states that differ only in how many deliveries ended the day before (and 1,000 more wait in both).

{kept}

## The same faults for everybody

Six articles; the third push meets the fault, or the sender is killed before the fourth is taken; then everybody is started again, four
rounds in all, with time for any back-off. Each cell: articles lost / doubled / reported as sent although they never arrived.

{found}

*429 for a second* refuses every request within that second. *Taken, then cut off*: nobody can know, so a sender doubles or risks a
loss. Feedbridge doubles by default there (`on_uncertain`); a webhook's double carries the same `webhook-id`, by which receivers know it.
The naive sender takes for sent what raises no exception. apprise has no memory; it is shown under both orders that a caller can choose,
and its address of the Bot API is set to the stand-in, as is newsworker's, which is the whole `watch --once` on a page of its own kind.
"""


if __name__ == "__main__":
    sys.exit(main())
