"""Whole processes, measured: wall time, processor time and peak memory of each."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

_LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True, slots=True)
class Sample:
    """One process: seconds of wall and processor time, peak resident memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(slots=True)
class Series:
    """The same thing measured again and again."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """Median seconds."""
        return median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Median seconds of processor time, user and system."""
        return median(sample.cpu for sample in self.samples)

    @property
    def memory(self) -> float:
        """The highest peak in MB."""
        return max(sample.memory for sample in self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile of the wall time in seconds."""
        walls = [sample.wall for sample in self.samples]
        low, _, high = quantiles(walls, n=4, method="inclusive") if len(walls) > 1 else walls * 3
        return low, high


def process(words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Sample:
    """`python WORDS`, run to its end; RuntimeError with what it said when it fails."""
    said = folder / "said.txt"
    line = [sys.executable, "-I", "-S", str(_LAUNCH), str(said), sys.executable, *words]
    done = subprocess.run(line, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words} ended with {done.returncode}: {said.read_text('utf-8', 'replace')}")
    wall, cpu, memory = map(float, done.stdout.split())
    return Sample(wall, cpu, memory / 1024)
