"""One seed from its first tick to its last; a module of its own, which other processes can import."""

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from .driver import Installation, Parts
from .face import FORMS
from .happenings import Happening
from .judge import Judge, Score
from .story import CHINA
from .world import World

WHOLE = Parts()
DRAWN_EVERY = timedelta(hours=12)


def play(seed: int, days: int, only: Sequence[str] = (), parts: Parts = WHOLE) -> Score:
    """One seed from its first tick to its last."""
    begun, shelf = time.process_time(), "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    world = World(seed, days, only)
    judge = Judge(world)
    with (
        TemporaryDirectory(prefix="sim-", dir=shelf) as folder,
        Installation(world, Path(folder) / "state", judge.hooks, parts) as there,
    ):
        at = drawn = world.start
        while at < world.end:
            judge.before(at)
            tick, summary = there.tick(at, drawing=at >= drawn)
            judge.after(tick, summary, there.jobs)
            if at >= drawn:
                judge.released(there.release(at))
                drawn = at + DRAWN_EVERY
            at += world.interval
        score = judge.close(there)
    for happening in world.happenings:
        over = f" until {happening.end.astimezone(CHINA):%m-%d %H:%M}" if happening.end > happening.start else ""
        score.tell(happening.start, f"happens: {happening.kind.name}{over}: {happening.kind.what}{_turned(happening)}")
    score.seconds = time.process_time() - begun
    return score


def _turned(happening: Happening) -> str:
    """What the portal's new face is, where it has one."""
    face = happening.face
    return f" ({face.origin}{FORMS[face.form]}, {face.layout}, old addresses: {face.old})" if face else ""
