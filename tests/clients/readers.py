"""The feed readers that package registries have, each behind one function: (address, own folder, tools) -> rows it shows.

A row is (id, title, link, seconds since 1970). A function answers all that the client shows or holds after this fetch.
"""

import json
import mailbox
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path

HERE = Path(__file__).parent
DEBIAN = {
    "newsboat": "newsboat",
    "r2e": "rss2email",
    "sfeed_update": "sfeed",
    "xmllint": "libxml2-utils",
    "curl": "curl",
    "node": "nodejs",
    "npm": "npm",
}
PYPI = ("feedparser>=6,<7", "fastfeedparser<1", "atoma<0.1", "reader>=3,<4", "python-dateutil", "sgmllib3k")
NPM = ("feedsmith@3", "rss-parser@3", "@extractus/feed-extractor@8", "feedparser@2")

Row = tuple[str, str, str, int | None]
Rows = list[Row]


class Failed(Exception):
    """A client ended badly; the message says how."""


@dataclass(frozen=True)
class Tools:
    """Where the installed clients are."""

    python: Path
    node: Path


def call(command: list[str], folder: Path, seconds: int = 60, **more) -> str:
    """Standard output of the command, run in `folder` as its home, without proxies; raises Failed with its last words."""
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment = {**clean, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb"}
    try:
        done = subprocess.run(
            command, cwd=more.pop("cwd", folder), env=environment, capture_output=True, text=True, timeout=seconds, check=False, **more
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]}: no answer in {seconds} s") from None
    if done.returncode:
        raise Failed(f"{command[0]}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def newsboat(url: str, folder: Path, tools: Tools) -> Rows:
    """Reloads, then reads its cache."""
    (folder / "urls").write_text(url + "\n")
    (folder / "config").write_text("")
    call(["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"], folder)
    with sqlite3.connect(folder / "cache.db") as cache:
        return cache.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()


_R2E = """[DEFAULT]
from = feeds@localhost
to = me@localhost
email-protocol = maildir
maildir-path = {mail}
maildir-mailbox =
date-header = True
"""


def rss2email(url: str, folder: Path, tools: Tools) -> Rows:
    """Runs, then reads the mails it has delivered so far."""
    mail = folder / "mail"
    command = ["r2e", "-c", "r2e.cfg", "-d", "r2e.json"]
    if not mail.exists():
        mailbox.Maildir(mail, create=True)
        (folder / "r2e.cfg").write_text(_R2E.format(mail=mail))
        call([*command, "add", "n", url, "me@localhost"], folder)
    call([*command, "run"], folder)
    return [_mail(message) for message in mailbox.Maildir(mail, create=False)]


def _mail(message) -> Row:
    subject = str(make_header(decode_header(message["Subject"])))
    return message["X-RSS-ID"], " ".join(subject.split()), message["X-RSS-URL"], int(parsedate_to_datetime(message["Date"]).timestamp())


def sfeed(url: str, folder: Path, tools: Tools) -> Rows:
    """Updates, then reads its lines."""
    (folder / "rc").write_text(f"sfeedpath={folder}/feeds\nfeeds() {{\n feed n '{url}'\n}}\n")
    call(["sfeed_update", "rc"], folder)
    lines = (folder / "feeds" / "n").read_text("utf-8").splitlines()
    return [(cell[5], cell[1], cell[2], int(cell[0])) for cell in (line.split("\t") for line in lines)]


def _python(name: str) -> Callable[[str, Path, Tools], Rows]:
    def read(url: str, folder: Path, tools: Tools) -> Rows:
        got = call([str(tools.python), "-W", "ignore", str(HERE / "parse_py.py"), name, url, str(folder)], folder)
        return [tuple(row) for row in json.loads(got)["items"]]

    return read


def _node(name: str) -> Callable[[str, Path, Tools], Rows]:
    def read(url: str, folder: Path, tools: Tools) -> Rows:
        got = call(["node", str(HERE / "parse_node.mjs"), name, url], folder, cwd=tools.node)
        return [tuple(row) for row in json.loads(got)["items"]]

    return read


@dataclass(frozen=True)
class Client:
    """A reader: its name, where it comes from, the formats it knows, whether it keeps items itself (`holds`), and how to run it.

    `shows` is the time that it gives an item of an Atom feed; some know only the last change.
    `conditional`: its second fetch must end in 304.
    """

    name: str
    origin: str
    formats: tuple[str, ...]
    holds: bool
    read: Callable[[str, Path, Tools], Rows]
    shows: str = "published"
    conditional: bool = False


XML = ("rss", "atom")
ALL = ("rss", "atom", "json")
CLIENTS = (
    Client("newsboat", "Debian", XML, True, newsboat),
    Client("rss2email", "Debian", XML, True, rss2email, "updated", conditional=True),
    Client("sfeed", "Debian", XML, True, sfeed),
    Client("feedparser", "PyPI", XML, False, _python("feedparser"), conditional=True),
    Client("fastfeedparser", "PyPI", ALL, False, _python("fastfeedparser")),
    Client("atoma", "PyPI", ALL, False, _python("atoma")),
    Client("reader", "PyPI", ALL, True, _python("reader"), conditional=True),
    Client("feedsmith", "npm", ALL, False, _node("feedsmith")),
    Client("rss-parser", "npm", XML, False, _node("rss-parser")),
    Client("@extractus/feed-extractor", "npm", ALL, False, _node("@extractus/feed-extractor"), "updated"),
    Client("feedparser", "npm", XML, False, _node("feedparser")),
)


def xmllint(base: str, folder: Path) -> str:
    """libxml2 finds every XML file well-formed."""
    for name in ("tangshan.rss", "tangshan.atom", "feeds.opml"):
        call(["curl", "-sSf", "-o", name, base + name], folder)
        call(["xmllint", "--noout", "--nonet", name], folder)
    return "RSS, Atom and OPML well-formed"


def newsboat_import(base: str, folder: Path) -> str:
    """newsboat takes the feed's address from feeds.opml."""
    call(["curl", "-sSf", "-o", "feeds.opml", base + "feeds.opml"], folder)
    (folder / "urls").write_text("")
    (folder / "config").write_text("")
    call(["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-i", "feeds.opml"], folder)
    return _named("urls", (folder / "urls").read_text(), [base + "tangshan.rss"])


def sfeed_import(base: str, folder: Path) -> str:
    """sfeed takes the feed's address from feeds.opml."""
    call(["curl", "-sSf", "-o", "feeds.opml", base + "feeds.opml"], folder)
    return _named("sfeedrc", call(["sh", "-c", "sfeed_opml_import < feeds.opml"], folder), [base + "tangshan.rss"])


def sfeed_discovery(base: str, folder: Path) -> str:
    """sfeed finds the XML feeds of index.html by its links."""
    call(["curl", "-sSf", "-o", "index.html", base + "index.html"], folder)
    found = call(["sh", "-c", f"sfeed_web {base} < index.html"], folder)
    return _named("found", found, [base + "tangshan.rss", base + "tangshan.atom"])


def _named(where: str, text: str, urls: list[str]) -> str:
    if missing := [url for url in urls if url not in text]:
        raise Failed(f"{where} lacks {missing}: {text[:300]}")
    return f"{len(urls)} of {len(urls)} addresses"


CHECKS = (
    ("xmllint", "RSS, Atom, OPML", xmllint),
    ("newsboat -i", "OPML", newsboat_import),
    ("sfeed_opml_import", "OPML", sfeed_import),
    ("sfeed_web", "index.html", sfeed_discovery),
)


def install(work: Path) -> Tools:
    """The clients are there: Debian's in the system (root is needed only when one is missing), the others under `work`."""
    tools = Tools(work / "venv" / "bin" / "python", work / "node")
    missing = sorted({package for command, package in DEBIAN.items() if not _found(command)})
    if missing:
        call(["apt-get", "update", "-q"], work, 300)
        call(["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], work, 600)
    if not tools.python.exists():
        call([sys.executable, "-m", "venv", str(work / "venv")], work, 120)
        _pip = [str(tools.python), "-m", "pip", "install", "-q", *PYPI]
        subprocess.run(_pip, check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not (tools.node / "node_modules").exists():
        tools.node.mkdir()
        _npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(tools.node), *NPM]
        subprocess.run(_npm, check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return tools


def _found(command: str) -> bool:
    return any(os.access(Path(folder) / command, os.X_OK) for folder in os.environ.get("PATH", "").split(":"))


def versions(tools: Tools) -> dict[str, str]:
    """Client (with origin) to version."""
    debian = {
        package: call(["dpkg-query", "-W", "-f", "${Version}", package], HERE)
        for package in ("newsboat", "rss2email", "sfeed", "libxml2-utils")
    }
    script = "import sys; from importlib.metadata import version; print('\\n'.join(map(version, sys.argv[1:])))"
    names = [client.name for client in CLIENTS if client.origin == "PyPI"]
    pypi = dict(zip(names, call([str(tools.python), "-c", script, *names], HERE).split(), strict=True))
    npm = {
        c.name: json.loads((tools.node / "node_modules" / c.name / "package.json").read_text())["version"]
        for c in CLIENTS
        if c.origin == "npm"
    }
    return {f"{name} ({origin})": v for origin, found in (("Debian", debian), ("PyPI", pypi), ("npm", npm)) for name, v in found.items()}
