"""Programs of others that a check needs, from Debian, npm and PyPI by their own clients.

A registry that fails is asked once more. What cannot be had ends the check with one line that names it.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SECONDS = 900
PAUSE = 5


def debian(programs: Mapping[str, str], more: Iterable[str] = ()) -> None:
    """Each program is there, else its package is installed; so are `more`. Needs root where one is missing."""
    wanted = sorted({package for program, package in programs.items() if not shutil.which(program)} | set(more))
    if not wanted:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(f"this check needs packages that only root can install: apt-get install {' '.join(wanted)}")
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    for line in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *wanted]):
        _twice(line, {"DEBIAN_FRONTEND": "noninteractive"})


def npm(folder: Path, packages: Sequence[str]) -> Path:
    """The packages are in `folder`/node_modules, which is the answer; no scripts of theirs were run."""
    debian({"node": "nodejs", "npm": "npm"})
    modules = folder / "node_modules"
    if not modules.exists():
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _twice(["npm", "install", *quiet, "--prefix", str(folder), *packages], {"PUPPETEER_SKIP_DOWNLOAD": "1"})
    return modules


def environment(folder: Path, packages: Sequence[str]) -> Path:
    """The interpreter of a virtual environment in `folder` that has the packages."""
    python = folder / "bin" / "python"
    if not python.exists():
        _twice([sys.executable, "-m", "venv", "--clear", str(folder)])
        _twice([str(python), *_PIP, *packages])
    return python


def python(folder: Path, packages: Sequence[str]) -> Path:
    """The packages are in `folder`, for PYTHONPATH; without what they need."""
    if not folder.exists():
        _twice([sys.executable, *_PIP, "--no-deps", "--target", str(folder), *packages])
    return folder


_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet", "install")


def _twice(line: Sequence[str], more: Mapping[str, str] = {}) -> None:
    told = ""
    for pause in (PAUSE, 0):
        try:
            done = subprocess.run(
                line, env={**os.environ, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            told = f"no answer in {SECONDS} s"
        else:
            if done.returncode == 0:
                return
            told = (done.stderr or done.stdout).strip()[-500:]
        time.sleep(pause)
    sys.exit(f"could not be installed: {' '.join(line)}\n{told}")
