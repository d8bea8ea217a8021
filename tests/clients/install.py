"""Getting the feed readers that package registries have, and telling their versions."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from stand_ins import packages  # noqa: E402

DEBIAN = {
    "newsboat": "newsboat",
    "r2e": "rss2email",
    "sfeed_update": "sfeed",
    "xmllint": "libxml2-utils",
    "curl": "curl",
    "node": "nodejs",
    "npm": "npm",
    "go": "golang-go",
}
GOFEED = "golang-github-mmcdole-gofeed-dev"
GOPATH = Path("/usr/share/gocode")
PYPI = ("feedparser>=6,<7", "fastfeedparser<1", "atoma<0.1", "reader>=3,<4", "python-dateutil", "sgmllib3k")
NPM = ("feedsmith@3", "rss-parser@3", "@extractus/feed-extractor@8", "feedparser@2")


class Failed(Exception):
    """A client ended badly; the message says how."""


@dataclass(frozen=True)
class Tools:
    """Where the installed clients are: the environment's Python, the folder of node_modules, the program made of parse_go.go."""

    python: Path
    node: Path
    go: Path


def call(command: list[str], folder: Path, seconds: int = 60, **more) -> str:
    """Standard output of the command, run in `folder` as its home, without proxies; raises Failed with its last words."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment(folder) | more, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]}: no answer in {seconds} s") from None
    if done.returncode:
        raise Failed(f"{command[0]}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """A home of its own, no proxy, UTC."""
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**clean, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb"}


def install(work: Path) -> Tools:
    """The clients are there: Debian's in the system (root is needed only when one is missing), the others under `work`."""
    work.mkdir(parents=True, exist_ok=True)
    tools = Tools(work / "venv" / "bin" / "python", work / "node", work / "gofeed")
    packages.debian(DEBIAN, () if (GOPATH / "src" / "github.com" / "mmcdole" / "gofeed").exists() else (GOFEED,))
    packages.environment(work / "venv", PYPI)
    packages.npm(tools.node, NPM)
    if not tools.go.exists():
        line = ["go", "build", "-o", str(tools.go), str(HERE / "parse_go.go")]
        call(line, work, 300, GO111MODULE="off", GOPATH=str(GOPATH), GOCACHE=str(work / "go-cache"))
    return tools


def versions(tools: Tools, clients: Iterable[tuple[str, str]]) -> dict[str, str]:
    """`name (origin)` of a client to its version."""
    found = {}
    for name, origin in clients:
        match origin:
            case "Debian":
                package = {"gofeed": GOFEED}.get(name, name)
                found[f"{name} ({origin})"] = call(["dpkg-query", "-W", "-f", "${Version}", package], HERE)
            case "PyPI":
                script = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
                found[f"{name} ({origin})"] = call([str(tools.python), "-c", script, name], HERE).strip()
            case "npm":
                about = (tools.node / "node_modules" / name / "package.json").read_text("utf-8")
                found[f"{name} ({origin})"] = json.loads(about)["version"]
    return found
