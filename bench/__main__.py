"""python -m bench: what ticks, pages and feeds cost, as ratios to baselines measured in the same run; kept in bench/results.md."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import inside, ticks
from .inside import Timing
from .runs import Series

RESULTS = Path(__file__).parent / "results.md"


def main(argv: Sequence[str] | None = None) -> int:
    """0; the tables are printed, and written unless --quick."""
    args = _arguments(argv)
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        series = ticks.measured(folder, (1_000, 20_000 if args.quick else 200_000), args.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    timings = inside.timings(args.rounds * 3)
    command = "python -m bench" + "".join(f" {word}" for word in (sys.argv[1:] if argv is None else argv))
    text = page(series, timings, command, time.monotonic() - begun)
    print(text)
    if not args.quick:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, help="how often each process is measured (default: 9)", metavar="N")
    parser.add_argument("--quick", action="store_true", help="few rounds and a smaller archive; nothing is written")
    args = parser.parse_args(argv)
    args.rounds = args.rounds or (3 if args.quick else 9)
    return args


# ---------------------------------------------------------------- the page


def page(series: Mapping[str, Series], timings: Sequence[Timing], command: str, seconds: float) -> str:
    """results.md."""
    rounds = len(series[ticks.PASS].samples)
    return _PAGE.format(
        command=command,
        machine=machine(),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seconds=seconds,
        rounds=rounds,
        processes=_table(_PROCESS_HEAD, [_process(name, one, series) for name, one in series.items()]),
        same=_table(("tick", "ratio of wall time", "ratio of processor time"), _same(series)),
        parts=_table(("part", "ms", "ratio", "to"), [_part(timing) for timing in timings]),
    )


_PROCESS_HEAD = ("process", "wall ms (quartiles)", "cpu ms", "× python -c pass", "× requests.get", "peak MB")


def _process(name: str, one: Series, series: Mapping[str, Series]) -> tuple[str, ...]:
    low, high = one.spread
    wall = f"{one.wall * 1000:.0f} ({low * 1000:.0f}–{high * 1000:.0f})"
    ratios = (f"{one.wall / series[base].wall:.2f}" for base in (ticks.PASS, ticks.GET))
    return (name, wall, f"{one.cpu * 1000:.0f}", *ratios, f"{one.memory:.0f}")


def _same(series: Mapping[str, Series]) -> list[tuple[str, ...]]:
    """Each tick over the largest archive against the same tick over the smallest."""
    by_tick: dict[str, list[tuple[str, Series]]] = {}
    for name, one in series.items():
        tick, known, size = name.partition(" articles known")[0].rpartition(", ")[0], "articles known" in name, name.rpartition(", ")[2]
        if known:
            by_tick.setdefault(tick, []).append((size, one))
    return [_ratio(tick, found) for tick, found in by_tick.items()]


def _ratio(tick: str, found: Sequence[tuple[str, Series]]) -> tuple[str, ...]:
    (small, one), (large, other) = found[0], found[-1]
    return f"{tick}: {large} / {small}", f"{other.wall / one.wall:.2f}", f"{other.cpu / one.cpu:.2f}"


def _part(timing: Timing) -> tuple[str, ...]:
    return timing.name, f"{timing.ms:.2f}", f"{timing.ratio:.1f}" if timing.ratio else "", timing.baseline


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def machine() -> str:
    """Processor, cores, system and Python."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


_PAGE = """# What it costs

Written by `make bench` (here: `{command}`, {date}, {seconds:.0f} s). Machine: {machine}.
Milliseconds are this machine's on that day, and it may have had other work; the ratios are to baselines of the same run, with which
every case was interleaved, {rounds} times. Portal and receiver are servers on loopback, the gap between requests is 0.

## Whole processes, as cron pays for them

{processes}

*30 new articles* is a first run: robots.txt, one list page and 30 article pages are fetched, read, recorded, rendered in five files
and (with a webhook) posted one after another, in order.

## The archive's size makes no difference

{same}

## Parts, inside one process

Milliseconds of processor time. The pages of real size are made by `bench/large.py`; the bar is 15 ms for one of 100 KB.

{parts}
"""


if __name__ == "__main__":
    sys.exit(main())
