"""python -m bench.crash: ticks are killed with SIGKILL at their boundaries, and what is lost or doubled is counted.

Each case starts from the same state, kills one tick (or ten in a row), lets ticks run until one finds nothing to do, and
compares feeds, chat, webhook and database with what the portal published. Exit code 1 when anything is lost, doubled
without an excuse, out of order or damaged.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bridge.demo._server import Reply
from bridge.demo.botapi import Fault, Refusal

from . import crash_report
from .verdict import Excuses, Verdict, judge, published, settle
from .world import CHAT, Crew, World

__all__ = ["CHAT", "Bench", "Case", "Excuses", "Verdict", "count", "judge", "main", "settle", "tried"]

ROWS = 10
_FLOOD = Refusal(429, "Too Many Requests: retry after 5", {"retry_after": 5})
SILENCE, SHORT_PATIENCE = 1.5, 0.5
"""Seconds: how long a receiver that never answers holds the connection, and how long senders then wait."""

CHAT_FAULTS = {
    "chat closes after taking it": Fault("drop"),
    "chat answers 502 after taking it": Fault("bad-gateway"),
    "chat takes it and never answers": Fault("hang", seconds=SILENCE),
    "chat sends half an answer": Fault("half"),
    "chat answers 429": Fault("error", refusal=_FLOOD),
}
HOOK_FAULTS = {
    "hook answers 500": Reply(500),
    "hook takes it and never answers": Reply(204, hold=SILENCE, drop=True),
    "hook closes after taking it": Reply(204, drop=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to try. `kill_at` 0 only counts the boundaries; `seed` makes kills at random, `late` by a timer."""

    phase: str
    world: str
    fault: str = ""
    kill_at: int = 0
    seed: int | None = None
    late: bool = False


FIRST = Case(phase="first tick, 6 articles", world="new")
SECOND = Case(phase="second tick, 2 new and 1 edited", world="grown")
FAULTY = tuple(Case(phase=f"delivery, {name}", world="grown", fault=name) for name in (*CHAT_FAULTS, *HOOK_FAULTS))
ROW = Case(phase=f"{ROWS} kills in a row, any fault", world="grown")
RUSH = Case(phase=f"{ROWS} kills in a row, 30 new at once", world="rush")
TIMER = Case(phase="any moment, by a timer", world="")


# ---------------------------------------------------------------- one case


class Bench:
    """The worlds of one worker, made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._crew = folder, Crew()
        self._worlds: dict[str, World] = {}

    def world(self, name: str) -> World:
        """The world `name`, set back."""
        if name not in self._worlds:
            self._worlds[name] = self._made(name)
        self._worlds[name].set_back()
        return self._worlds[name]

    def _made(self, name: str) -> World:
        world = World(self._folder / name, self._crew)
        if name != "new":
            _rest(world)
            if name == "grown":
                world.grow()
            else:
                world.portal.flood(30)
            world.keep()
        return world

    def close(self) -> None:
        """Servers and the driver have ended."""
        for world in self._worlds.values():
            world.close()
        self._crew.close()


def _rest(world: World) -> None:
    verdict = Verdict("", "")
    settle(world, verdict)
    if verdict.damaged:
        raise RuntimeError(f"the harness cannot start: {verdict.damaged}")


def count(bench: Bench, case: Case) -> int:
    """How many boundaries the case's tick has."""
    world = bench.world(case.world)
    _script(world, case.fault)
    ending = world.tick(delivering=bool(case.fault))
    if ending.error:
        raise RuntimeError(f"the harness cannot count: {ending.error}")
    return ending.count


def tried(bench: Bench, case: Case) -> Verdict:
    """The case's verdict."""
    dice = random.Random(case.seed)
    world = bench.world(case.world or dice.choice(("new", "grown")))
    verdict, excuses = Verdict(case.phase, f"{case}"), Excuses()
    _script(world, case.fault)
    if case.seed is not None and not case.late:
        _row(world, case, dice, verdict, excuses)
    else:
        after = dice.uniform(0.0, 0.5) if case.late else None
        _kill(world, verdict, excuses, kill_at=None if case.late else case.kill_at, delivering=bool(case.fault), kill_after=after)
    settle(world, verdict)
    excuses.faulted(world)
    if not verdict.damaged:
        judge(world, verdict, excuses)
    return verdict


def _row(world: World, case: Case, dice: random.Random, verdict: Verdict, excuses: Excuses) -> None:
    """Ten ticks, each killed somewhere while it delivers or (sometimes) before; four of them meet a fault too.

    No more faults than that: after half an hour of failures a hook's next events rightly go first.
    """
    faults = [*dice.choices(list(CHAT_FAULTS), k=2), *dice.choices(list(HOOK_FAULTS), k=2), *[""] * (ROWS - 4)]
    dice.shuffle(faults)
    for fault in faults:
        _script(world, fault if case.world == "grown" else "", 1)
        _kill(world, verdict, excuses, kill_at=dice.randint(1, 60), delivering=dice.random() < 0.8, pause=dice.choice((2.0, 7.0, 60.0)))


def _kill(world: World, verdict: Verdict, excuses: Excuses, **how: float | bool | None) -> None:
    ending = world.tick(**how)  # type: ignore[arg-type]
    if ending.error:
        verdict.damaged.append(ending.error)
    if ending.killed:
        verdict.kills += 1
        verdict.case += f" {ending.boundary}"
        excuses.killed(world)
        published(world, verdict)


def _script(world: World, fault: str, times: int = 2) -> None:
    if "never answers" in fault:
        world.patience = SHORT_PATIENCE
    if fault in CHAT_FAULTS:
        world.api.script(*[CHAT_FAULTS[fault]] * times)
    elif fault:
        world.hook.script(*[HOOK_FAULTS[fault]] * times)


# ---------------------------------------------------------------- all cases, in worker processes

_here: list[Bench] = []


def _start(folder: str) -> None:
    _here.append(Bench(Path(tempfile.mkdtemp(dir=folder))))


def _count(case: Case) -> int:
    return count(_here[0], case)


def _tried(case: Case) -> Verdict:
    return tried(_here[0], case)


def points(case: Case, many: int, every: int) -> Iterator[Case]:
    """The case with each `every`-th of `many` boundaries."""
    for at in range(1, many + 1, every):
        yield Case(phase=case.phase, world=case.world, fault=case.fault, kill_at=at)


def seeded(case: Case, seeds: int) -> Iterator[Case]:
    """The case with each seed."""
    for seed in range(seeds):
        yield Case(phase=case.phase, world=case.world, seed=seed, late=case is TIMER)


def run(every: int, seeds: int, workers: int) -> Iterator[tuple[Verdict, int]]:
    """Each verdict, with the number of boundaries of its phase."""
    shelf = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # what is synced to a disk is not in question here
    with tempfile.TemporaryDirectory(prefix="crash-", dir=shelf, ignore_cleanup_errors=True) as folder:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, spawn, _start, (folder,)) as pool:
            matrix = (FIRST, SECOND, *FAULTY)
            sizes = dict(zip((case.phase for case in matrix), pool.map(_count, matrix), strict=True))
            cases = [point for case in matrix for point in points(case, sizes[case.phase], every)]
            cases += [*seeded(ROW, seeds), *seeded(RUSH, max(1, seeds // 4)), *seeded(TIMER, seeds)]
            for verdict in pool.map(_tried, cases):
                yield verdict, sizes.get(verdict.phase, 0)


def main(argv: Sequence[str] | None = None) -> int:
    """1 when anything is lost, doubled without an excuse, out of order or damaged."""
    args = _arguments(argv)
    begun = time.monotonic()
    table = crash_report.Table()
    for verdict, boundaries in shown(run(args.every, args.seeds, args.workers)):
        table.add(verdict, boundaries)
    print(table.text())
    print(f"\n{table.kills} kills in {time.monotonic() - begun:.0f} s")
    if args.write:
        command = "python -m bench.crash" + "".join(f" {word}" for word in sys.argv[1:] if argv is None)
        Path(args.write).write_text(crash_report.page(table, command, time.monotonic() - begun), encoding="utf-8")
    for fault in table.faults[:20]:
        print(fault, file=sys.stderr)
    return int(bool(table.faults))


def shown(verdicts: Iterable[tuple[Verdict, int]]) -> Iterator[tuple[Verdict, int]]:
    """The same, with a dot for every tenth on a terminal."""
    for number, item in enumerate(verdicts):
        if number % 10 == 0 and sys.stderr.isatty():
            print(".", end="", flush=True, file=sys.stderr)
        yield item


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--every", type=int, help="kill at each K-th boundary (1: all of them)", metavar="K")
    parser.add_argument("--seeds", type=int, help="cases with random kills", metavar="N")
    parser.add_argument("--quick", action="store_true", help="a small sample")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)", metavar="N")
    parser.add_argument(
        "--write",
        default=None,
        help="where the table goes (default: docs/crash.md when every boundary is tried, else nowhere)",
        metavar="PATH",
    )
    args = parser.parse_args(argv)
    args.every = args.every or (30 if args.quick else 7)
    args.seeds = args.seeds if args.seeds is not None else (4 if args.quick else 20)
    if args.write is None and args.every == 1:
        args.write = str(Path(__file__).parent.parent / "docs" / "crash.md")
    return args


if __name__ == "__main__":
    sys.exit(main())
