"""python -m bench.crash: ticks and commands are killed with SIGKILL at their boundaries, and what is lost or doubled is counted.

Each case starts from the same state, kills one process (or ten in a row), lets ticks run until one finds nothing to do, and
compares feeds, chats, webhooks, hub and database with what the portal published. Exit code 1 when anything is lost, doubled
without an excuse, out of order or damaged, or when a kind of boundary was never reached.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.demo._server import Reply
from bridge.demo.botapi import Fault, Refusal

from . import crash_report, crash_rows
from .crash_files import compared, reference
from .crash_rows import ROWS
from .crash_scenes import BY_PHASE, DELIVERY, RUSH, SCENES, SECOND, Scene, done
from .driver import Ending
from .fuse import KINDS
from .verdict import Verdict, faulted, judge, settle
from .world import CHAT, Crew, World

__all__ = ["Bench", "Case", "Verdict", "count", "judge", "main", "settle", "tried"]

_FLOOD = Refusal(429, "Too Many Requests: retry after 5", {"retry_after": 5})
SHARE = 20
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
STATEMENTS = frozenset(
    {
        "again", "attempt_add", "attempt_done", "claim", "deliveries_shelve", "deliveries_unshelve", "delivery_add", "delivery_drop",
        "delivery_end", "delivery_free", "destination_active", "destination_add", "destination_state", "digest_detach", "digest_gather",
        "digest_gather_every", "digest_settle", "event_add", "hold_waiting", "incident_add", "incident_save", "interrupt", "settle",
    }
)  # fmt: skip
"""Statements that no run may leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to try in a scene. `kill_at` 0 only counts the boundaries; `seed` makes kills at random, as `how` says."""

    scene: str
    fault: str = ""
    kill_at: int = 0
    seed: int | None = None
    how: str = ""

    @property
    def phase(self) -> str:
        """What the report calls it."""
        return self.how or (f"{self.scene}, {self.fault}" if self.fault else self.scene)


FAULTY = tuple(Case(scene=DELIVERY.phase, fault=name) for name in (*CHAT_FAULTS, *HOOK_FAULTS))
MATRIX = (*(Case(scene=scene.phase) for scene in SCENES), *FAULTY)
ROW = Case(scene=DELIVERY.phase, how=f"{ROWS} kills in a row, any fault")
RUSHES = Case(scene=RUSH.phase, how=f"{ROWS} kills in a row, 30 new at once")
HANDS = Case(scene=RUSH.phase, how=f"{ROWS} kills in a row, commands and removals in between")
COPIES = Case(scene=RUSH.phase, how=f"{ROWS} kills in a row, backups beside them")
TIMER = Case(scene=SECOND.phase, how="any moment, by a timer")


# ---------------------------------------------------------------- one case


class Bench:
    """The worlds of one worker, made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._crew = folder, Crew()
        self._worlds: dict[str, World] = {}

    def world(self, phase: str) -> World:
        """The world of a scene, set back."""
        if phase not in self._worlds:
            self._worlds[phase] = self._made(BY_PHASE[phase])
        self._worlds[phase].set_back()
        return self._worlds[phase]

    def _made(self, scene: Scene) -> World:
        world = World(self._folder / f"{len(self._worlds)}", self._crew, scene.shape)
        scene.make(world)
        world.keep()
        if scene.stage == "publish":
            world.files = _unkilled(world)
        return world

    def close(self) -> None:
        """Servers and the driver have ended."""
        for world in self._worlds.values():
            world.close()
        self._crew.close()


def _unkilled(world: World) -> dict[str, bytes]:
    """What is published when nothing is killed."""
    world.set_back()
    settle(world, Verdict("", ""))
    return reference(world)


def count(bench: Bench, case: Case) -> Ending:
    """How the case's process ends when it is not killed: how many boundaries it has, and of which kinds."""
    world, scene = bench.world(case.scene), BY_PHASE[case.scene]
    script(world, case.fault)
    return done(world.tick(stage=scene.stage, command=scene.command))


def tried(bench: Bench, case: Case) -> Verdict:
    """The case's verdict."""
    world, scene, verdict = bench.world(case.scene), BY_PHASE[case.scene], Verdict(case.phase, f"{case}")
    script(world, case.fault)
    _killed(world, scene, case, verdict)
    if scene.look:
        scene.look(world, verdict)
    if scene.then:
        scene.then(world, verdict)
    settle(world, verdict)
    faulted(world)
    if not verdict.damaged:
        judge(world, verdict)
    return _closed(world, scene, case, verdict)


def _killed(world: World, scene: Scene, case: Case, verdict: Verdict) -> None:
    """What the case kills has been killed."""
    dice = random.Random(case.seed)
    if not case.how:
        crash_rows.kill(world, verdict, kill_at=case.kill_at, stage=scene.stage, command=scene.command)
    elif case.how == TIMER.how:
        crash_rows.kill(world, verdict, kill_at=None, kill_after=dice.uniform(0.0, 0.5))
    else:
        crash_rows.row(world, dice, verdict, case.how, lambda fault: script(world, fault, 1), (list(CHAT_FAULTS), list(HOOK_FAULTS)))


def _closed(world: World, scene: Scene, case: Case, verdict: Verdict) -> Verdict:
    """The verdict, with what is looked at last."""
    if scene.closing:
        scene.closing(world, verdict)
    if scene.stage == "publish":
        compared(world, verdict.damaged)
    if case.how == COPIES.how:
        crash_rows.opened(world, verdict)
    return verdict


def script(world: World, fault: str, times: int = 2) -> None:
    """The next requests to the chat, or to the hook, go wrong so."""
    if "never answers" in fault:
        world.patience = SHORT_PATIENCE
    if fault in CHAT_FAULTS:
        world.api.script(*[CHAT_FAULTS[fault]] * times, chat=CHAT)
    elif fault:
        world.hook.script(*[HOOK_FAULTS[fault]] * times)


# ---------------------------------------------------------------- all cases, in worker processes

_here: list[Bench] = []


def _start(folder: str) -> None:
    _here.append(Bench(Path(tempfile.mkdtemp(dir=folder))))


def _phase(case: Case, every: int, least: int, part: int, parts: int) -> tuple[Ending, list[Verdict]]:
    """How the case's process ends when it is not killed, and the verdicts of one of `parts` shares of its boundaries."""
    ending = count(_here[0], case)
    return ending, [tried(_here[0], point) for point in list(points(case, ending.count, every, least))[part::parts]]


def _rows(cases: Sequence[Case]) -> list[Verdict]:
    return [tried(_here[0], case) for case in cases]


def points(case: Case, many: int, every: int, least: int) -> Iterator[Case]:
    """The case with each `every`-th of `many` boundaries, and with at least `least` of them, evenly spread."""
    step = max(1, min(every, many // least))
    for at in range(1 + (step - 1) // 2, many + 1, step):
        yield replace(case, kill_at=at)


def seeded(case: Case, seeds: int) -> Iterator[Case]:
    """The case with each seed."""
    for seed in range(seeds):
        yield replace(case, seed=seed)


class Reach:
    """What the run has reached: kinds of boundaries and statements that were passed, and those at which something was killed."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self.statements: Counter[str] = Counter()
        self.burnt: Counter[str] = Counter()

    def counted(self, ending: Ending) -> None:
        """A process ran to its end."""
        self.met.update(ending.met)
        self.statements.update(ending.statements)

    def burning(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        """The same verdicts; where they killed is noted, and what the ticks after it ran."""
        for verdict in verdicts:
            self.burnt.update(verdict.burnt)
            self.statements.update(verdict.statements)
            yield verdict

    def gaps(self, *, all_burnt: bool) -> list[str]:
        """What was never reached, or (`all_burnt`) never killed at: then the run proves less than it says."""
        burnt = {kind for kind in KINDS if any(name.startswith(kind) for name in self.burnt)}
        missed = sorted(KINDS - self.met.keys()), sorted(STATEMENTS - self.statements.keys()), sorted(KINDS - burnt)
        return [
            *(f"no process reached a boundary of the kind {name}" for name in missed[0]),
            *(f"no process reached the statement {name}" for name in missed[1]),
            *(f"nothing was killed at a boundary of the kind {name}" for name in missed[2] if all_burnt),
        ]


def run(every: int, seeds: int, workers: int, least: int, reach: Reach, whole: Sequence[str] = ()) -> Iterator[tuple[Verdict, int]]:
    """Each verdict, with the number of boundaries of its phase; a phase whose name holds one of `whole` is tried at all of them."""
    shelf = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # what is synced to a disk is not in question here
    with tempfile.TemporaryDirectory(prefix="crash-", dir=shelf, ignore_cleanup_errors=True) as folder:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, spawn, _start, (folder,)) as pool:
            # A scene's world is dear to make: few cases of a scene are all for one worker.
            steps = [(case, 1 if any(word in case.phase for word in whole) else every) for case in MATRIX]
            shares = [(case, step, part, max(1, SHARE // step)) for case, step in steps for part in range(max(1, SHARE // step))]
            phases = [pool.submit(_phase, case, step, least, part, parts) for case, step, part, parts in shares]
            few = max(1, seeds // 4)
            lives = [*seeded(ROW, seeds), *seeded(RUSHES, few), *seeded(HANDS, seeds), *seeded(COPIES, few), *seeded(TIMER, seeds)]
            rows = [pool.submit(_rows, lives[at : at + 4]) for at in range(0, len(lives), 4)]
            for work in phases:
                ending, verdicts = work.result()
                reach.counted(ending)
                yield from ((verdict, ending.count) for verdict in reach.burning(verdicts))
            for done_rows in rows:
                yield from ((verdict, 0) for verdict in reach.burning(done_rows.result()))


def main(argv: Sequence[str] | None = None) -> int:
    """1 when anything is lost, doubled without an excuse, out of order or damaged, or was not tried at all."""
    args = _arguments(argv)
    begun = time.monotonic()
    table, reach = crash_report.Table(), Reach()
    for verdict, boundaries in shown(run(args.every, args.seeds, args.workers, args.least, reach, args.whole)):
        table.add(verdict, boundaries)
    table.faults += reach.gaps(all_burnt=args.every <= 2)
    print(table.text())
    print(f"\n{table.kills} kills in {time.monotonic() - begun:.0f} s")
    if args.write:
        command = "python -m bench.crash" + "".join(f" {word}" for word in sys.argv[1:] if argv is None)
        Path(args.write).write_text(crash_report.page(table, command, time.monotonic() - begun), encoding="utf-8")
    for fault in table.faults[:20]:
        print(fault, file=sys.stderr)
    return int(bool(table.faults))


def shown(verdicts: Iterable[tuple[Verdict, int]]) -> Iterator[tuple[Verdict, int]]:
    """The same, with a line on stderr for each phase that begins to come in, since a whole run takes long."""
    seen: set[str] = set()
    for verdict, boundaries in verdicts:
        if verdict.phase not in seen:
            print(f"{verdict.phase} …", flush=True, file=sys.stderr)
        seen.add(verdict.phase)
        yield verdict, boundaries


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--every", type=int, help="kill at each K-th boundary (1: all of them)", metavar="K")
    parser.add_argument("--least", type=int, default=5, help="kill at this many boundaries of a phase at the least", metavar="N")
    parser.add_argument("--whole", action="append", default=[], help="all boundaries of phases so named (again for more)", metavar="WORD")
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
    args.every = args.every or (60 if args.quick else 25)
    args.least = 2 if args.quick else args.least
    args.seeds = args.seeds if args.seeds is not None else (4 if args.quick else 8)
    if args.write is None and args.every == 1:
        args.write = str(Path(__file__).parent.parent / "docs" / "crash.md")
    return args


if __name__ == "__main__":
    sys.exit(main())
