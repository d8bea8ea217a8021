"""python -m bench.sim: a portal over months of virtual time, and what was lost, doubled, falsely new, merged, missed or cried wolf.

Real pages go through the real fetcher (but for the wire), readers, rules and store; only the clock and the sockets are not real.
Exit code 1 when the bar is missed.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from . import report
from .happenings import NAMES
from .judge import Score
from .play import play


def played(seeds: Sequence[int], days: int, only: Sequence[str], workers: int) -> Iterator[Score]:
    """Every seed's score, in order."""
    one = partial(play, days=days, only=only)
    if workers == 1 or len(seeds) == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(one, seeds)


def main(argv: Sequence[str] | None = None) -> int:
    """1 when the bar is missed."""
    args = _arguments(argv)
    begun, scores = time.monotonic(), list[Score]()
    seeds = [args.seed] if args.seed is not None else list(range(1, args.seeds + 1))
    print(report.head())
    for score in played(seeds, args.days, args.only, args.workers):
        scores.append(score)
        print(report.line(score), flush=True)
        if args.verbose:
            print(report.tale(score))
    print(report.total(scores, time.monotonic() - begun))
    if args.write:
        words = " ".join(["python -m bench.sim", *(sys.argv[1:] if argv is None else argv)])
        Path(args.write).write_text(report.page(scores, words, time.monotonic() - begun), encoding="utf-8")
    return int(bool(report.missed(scores)))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=30, help="how many seeds, from 1 on (default 30)", metavar="N")
    parser.add_argument("--days", type=int, default=180, help="days of virtual time (default 180)", metavar="D")
    parser.add_argument("--seed", type=int, help="this seed only", metavar="K")
    parser.add_argument("--only", action="append", default=[], choices=sorted(NAMES), help="only happenings of this kind (again for more)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)", metavar="N")
    default = str(Path(__file__).parent.parent.parent / "docs" / "simulation.md")
    parser.add_argument("--write", nargs="?", const=default, help="write the table (default docs/simulation.md)", metavar="PATH")
    parser.add_argument("-v", "--verbose", action="store_true", help="the story of each seed")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
