"""Many kills in one life: ten processes in a row are killed, while receivers fail, operators intervene or backups are made."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from bridge.errors import StoreBusy, StoreError
from bridge.stores import sqlite

from .crash_scenes import OLD, again, tried
from .verdict import Verdict, killed
from .world import World

ROWS = 10


def kill(
    world: World, verdict: Verdict, *, kill_at: int | None, stage: str = "", kill_after: float | None = None, command: Sequence[str] = (),
    pause: float = 60.0,
) -> None:  # fmt: skip
    """A process was killed, unless it ended before; what it was sending may have been taken."""
    ending = world.tick(kill_at=kill_at, stage=stage, kill_after=kill_after, command=command, pause=pause)
    if ending.error:
        verdict.damaged.append(ending.error)
    if ending.killed:
        verdict.kills += 1
        verdict.case += f" {ending.boundary}"
        verdict.burnt.append(ending.boundary)
        killed(world)


def row(
    world: World, dice: random.Random, verdict: Verdict, how: str, script: Callable[[str], None], faults: tuple[list[str], list[str]]
) -> None:
    """Ten ticks, each killed somewhere while it delivers or (sometimes) before; in some cases four of them meet a fault too.

    No more faults than that: after half an hour of failures a hook's next events rightly go first.
    """
    met = [*dice.choices(faults[0], k=2), *dice.choices(faults[1], k=2), *[""] * (ROWS - 4)] if "fault" in how else [""] * ROWS
    dice.shuffle(met)
    for fault in met:
        script(fault)
        stage, pause = "deliver" if dice.random() < 0.8 else "", dice.choice((2.0, 7.0, 60.0))
        with _backups(world, verdict, wanted="backups" in how):
            kill(world, verdict, kill_at=dice.randint(1, 40), stage=stage, pause=pause)
        if "commands" in how and not verdict.damaged:
            _meddle(world, dice, verdict)
    world.configure(world.shape)


# ---------------------------------------------------------------- an operator in between


def _meddle(world: World, dice: random.Random, verdict: Verdict) -> None:
    """An operator gives a command, which is killed or not, or removes a subscriber, or adds it again."""
    act = dice.choice((_retry, _forward, _drop, _replay, _let_go, _remove, _restore_all))
    act(world, dice, verdict)


def _given(world: World, dice: random.Random, verdict: Verdict, *command: str) -> None:
    if dice.random() < 0.5:
        kill(world, verdict, kill_at=dice.randint(1, 12), command=command, pause=2.0)
    again(*command)(world, verdict)


def _retry(world: World, dice: random.Random, verdict: Verdict) -> None:
    _given(world, dice, verdict, "deliveries", "retry", "--failed")


def _waiting(world: World, dice: random.Random) -> list[str]:
    """The number of one of the messages that wait; none when none does."""
    waits = "waiting = 1 AND state <> 'sending' AND kind = 'published'"
    rows = world.query(f"SELECT id FROM deliveries WHERE destination = 'group' AND {waits}")
    return [str(dice.choice(rows)[0])] if rows else []


def _forward(world: World, dice: random.Random, verdict: Verdict) -> None:
    for number in _waiting(world, dice):
        _given(world, dice, verdict, "deliveries", "retry", number)


def _drop(world: World, dice: random.Random, verdict: Verdict) -> None:
    world.wanted.dropped = True
    for number in _waiting(world, dice):
        _given(world, dice, verdict, "deliveries", "drop", number)


def _replay(world: World, dice: random.Random, verdict: Verdict) -> None:
    if "hook" in (world.folder / "config.toml").read_text("utf-8"):
        world.excuses.hook.update(key for (key,) in world.query("SELECT key FROM deliveries WHERE destination = 'hook' AND state = 'sent'"))
        _given(world, dice, verdict, "deliveries", "replay", "--dest", "hook", "--since", OLD)


def _let_go(world: World, dice: random.Random, verdict: Verdict) -> None:
    _given(world, dice, verdict, dice.choice(("release", "discard")), "city")


def _remove(world: World, dice: random.Random, _verdict: Verdict) -> None:
    world.configure(replace(world.shape, who=dice.choice(((), ("group",), ("hook",)))))


def _restore_all(world: World, _dice: random.Random, _verdict: Verdict) -> None:
    world.configure(world.shape)


# ---------------------------------------------------------------- backups beside the ticks


class _backups:  # noqa: N801 - used as a statement
    """Backups are made, one after the other, for as long as the block lasts."""

    def __init__(self, world: World, verdict: Verdict, *, wanted: bool) -> None:
        self._world, self._verdict, self._over = world, verdict, Event()
        self._thread = Thread(target=self._work) if wanted else None

    def __enter__(self) -> None:
        if self._thread:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                sqlite.backup(self._world.state, _next(self._world.folder))
            except StoreBusy:
                continue
            except StoreError as error:
                self._verdict.damaged.append(f"a backup beside a tick: {error}")
                return
            self._over.wait(0.05)


def _next(folder: Path) -> Path:
    return folder / f"copy-{len(list(folder.glob('copy-*.db')))}.db"


def opened(world: World, verdict: Verdict) -> None:
    """Each backup that was made opens, is whole, and can be restored."""
    for path in sorted(world.folder.glob("copy-*.db")):
        tried(path, world.folder / "elsewhere", verdict)
        _at_peace(path, verdict)
    if not list(world.folder.glob("copy-*.db")):
        verdict.damaged.append("no backup was made")


def _at_peace(path: Path, verdict: Verdict) -> None:
    """In a backup no delivery is sent twice: each attempt has its delivery, and what waits is what has no end."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        torn = db.execute("SELECT id FROM deliveries d WHERE attempts <> (SELECT COUNT(*) FROM attempts WHERE delivery = d.id)").fetchall()
    if torn:
        verdict.damaged.append(f"a backup holds half a transaction: {torn}")
