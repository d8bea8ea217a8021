"""python -m bench.rendering: what feeds cost to write, and publishing after one new article; kept in bench/rendering.md.

Each rendering runs in a process of its own, in turn with its baselines: bare feedgen, and lxml (for JSON Feed: `json.dumps`) by hand.
Publishing runs in this process, on states with few and with many old articles, in turn.
"""

import argparse
import gc
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bridge.core import feed as feeds
from bridge.formats import atom, jsonfeed, rss
from bridge.model import Feed

from . import rendering_baselines as by_hand
from .__main__ import machine
from .inside import NOW, entries
from .rendering_state import LONG, Office
from .runs import process

RESULTS = Path(__file__).parent / "rendering.md"
ROOT = Path(__file__).parent.parent

WRITERS: dict[str, Callable[[Feed], bytes]] = {
    "rss": rss.render,
    "rss, bare feedgen": by_hand.feedgen_rss,
    "rss, lxml by hand": by_hand.lxml_rss,
    "atom": atom.render,
    "atom, bare feedgen": by_hand.feedgen_atom,
    "atom, lxml by hand": by_hand.lxml_atom,
    "json": jsonfeed.render,
    "json, json.dumps by hand": by_hand.dumps,
}
NOTHING = "nothing"


@dataclass
class Figures:
    """Of one writer, a value each round: seconds, and peak MB of the process; and the size of what it wrote."""

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    size: int = 0


def main(argv: Sequence[str] | None = None) -> int:
    """0; the tables are printed, and written unless --quick."""
    args = _arguments(argv)
    if args.one:
        _one(args.one, args.entries)
        return 0
    many, rounds, sizes = (2_000, 1, (1_000, 10_000)) if args.quick else (args.entries, args.rounds, (1_000, 100_000))
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="bench-rendering-"))
    try:
        written = renderings(folder, many, rounds)
        published = publishings(folder, sizes, 3 * rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = page(written, published, many, rounds, time.monotonic() - begun)
    print(text)
    if not args.quick:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rendering", description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--quick", action="store_true", help="one round, fewer entries and a smaller archive; nothing is written")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


# ---------------------------------------------------------------- rendering


def renderings(folder: Path, many: int, rounds: int) -> dict[str, Figures]:
    """Each writer, interleaved; under NOTHING a process that only has the entries."""
    found = {name: Figures() for name in (NOTHING, *WRITERS)}
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    for number in range(rounds):
        for name in list(found) if number % 2 == 0 else reversed(list(found)):
            sample = process(["-m", "bench.rendering", "--one", name, "--entries", str(many)], folder, environ)
            told = json.loads((folder / "said.txt").read_text("utf-8"))
            found[name].seconds.append(told["seconds"])
            found[name].memory.append(sample.memory)
            found[name].size = told["bytes"]
    return found


def _one(name: str, many: int) -> None:
    """In a process of its own: one feed is written once, after a small one, so that no import is measured."""
    feed, small = (
        Feed(
            id="tag:portal.example.org,2026:city", stem="city", title="柳渡信息网", home_url="http://portal.example.org",
            base_url="https://feeds.example.org/", updated=NOW, entries=feeds.distinct_updated(entries(size)),
        )
        for size in (many, 20)
    )  # fmt: skip
    write: Callable[[Feed], bytes] = WRITERS.get(name, lambda _: b"")
    write(small)
    gc.collect()
    begun = time.perf_counter()
    content = write(feed)
    print(json.dumps({"seconds": time.perf_counter() - begun, "bytes": len(content)}))


# ---------------------------------------------------------------- publishing


def publishings(folder: Path, sizes: tuple[int, ...], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """(wall, processor time) in seconds of publishing after one new article, by case, interleaved; one round before warms up."""
    offices = {f"{size:,} articles in the archive": Office(folder / str(size), size) for size in sizes}
    offices[LONG] = Office(folder / "long", sizes[0], busy=True)
    found: dict[str, list[tuple[float, float]]] = {}
    try:
        for number in range(rounds + 1):
            for name, office in offices.items():
                spent = office.news()
                if number:
                    found.setdefault(name, []).append(spent)
        found["its four files, each rendered once as published"] = [offices[LONG].rendered() for _ in range(rounds)]
    finally:
        for office in offices.values():
            office.close()
    return found


# ---------------------------------------------------------------- the page


def page(
    written: Mapping[str, Figures], published: Mapping[str, Sequence[tuple[float, float]]], many: int, rounds: int, seconds: float
) -> str:
    """rendering.md."""
    small, large, long, once = published
    return _PAGE.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seconds=seconds,
        machine=machine(),
        many=many,
        rounds=rounds,
        written="\n".join(_written(name, written) for name in WRITERS),
        published="\n".join(_published(name, published[name]) for name in published),
        wall=_median(published[large], 0) / _median(published[small], 0),
        cpu=_median(published[large], 1) / _median(published[small], 1),
        long=_median(published[long], 1) / _median(published[once], 1),
    )


def _written(name: str, written: Mapping[str, Figures]) -> str:
    ours, one = written[name.partition(",")[0]], written[name]
    ratio = f"{median(a / b for a, b in zip(ours.seconds, one.seconds, strict=True)):.2f}" if one is not ours else ""
    more = median(one.memory) - median(written[NOTHING].memory)
    return f"| {name} | {one.size / 1e6:.1f} | {median(one.seconds):.2f} | {ratio} | {more:.0f} |"


def _published(name: str, spent: Sequence[tuple[float, float]]) -> str:
    return f"| {name} | {_median(spent, 0) * 1000:.0f} | {_median(spent, 1) * 1000:.0f} |"


def _median(spent: Sequence[tuple[float, float]], which: int) -> float:
    return median(one[which] for one in spent)


_PAGE = """# What writing feeds costs

Written by `python -m bench.rendering` ({date}, {seconds:.0f} s). Machine: {machine}, which may have had other work.

## {many:,} entries in one feed

Each in a process of its own, in turn; rounds: {rounds}. *Bare feedgen* gets id, title, link, times, summary and text, and keeps its faults;
*by hand* writes the elements that we write, without cleaning a title or an address. `ours / this` is the median of the rounds' ratios;
memory is what the process's peak is above that of one that only holds the entries. No feed of ours is that long: it holds 50 articles or
48 hours, and 1 MB.

| writer | MB written | seconds | ours / this | peak MB |
| --- | ---: | ---: | ---: | ---: |
{written}

## Publishing after one new article

The live feed in RSS, Atom, JSON Feed and as a page, written with `fsync`, with its compressed forms; the archive documents are there, and
none is due. *500 long articles* came within 48 hours and are 10 KB each, so that the feed must be cut to 1 MB in each format.

| state | wall ms | cpu ms |
| --- | ---: | ---: |
{published}

The archive's size makes no difference: {wall:.2f} times the wall time, {cpu:.2f} times the processor time.
Cutting the long feed to size costs {long:.1f} times the processor time of rendering once what is published.
"""


if __name__ == "__main__":
    sys.exit(main())
