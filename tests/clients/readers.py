"""The feed readers, each behind one function: (address, own folder) -> what it shows or holds after this fetch.

What each does on a second fetch and when an article is edited stands in CLIENTS; run.py holds them to it.
"""

import json
import mailbox
import queue
import re
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from install import HERE, Failed, Tools, call, environment


class Row(NamedTuple):
    """An item as a client shows it; `at` in seconds since 1970."""

    id: str
    title: str
    link: str
    at: int | None
    body: str


@dataclass(frozen=True)
class Reading:
    """All items after a fetch. `language`: the feed's, where the client tells it; `previous`: the archive that it leads to.

    `modified` is how many items the client says were edited, `unread` how many it offers as unread; None when it says nothing.
    """

    rows: list[Row]
    language: str | None = None
    previous: str | None = None
    modified: int | None = None
    unread: int | None = None


Read = Callable[[str], Reading]
SECONDS = 30


class Piped:
    """A client in a process of its own, which reads an address a line. Close it when done."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._name = command[-2] if len(command) > 2 else command[0]
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __call__(self, url: str) -> Reading:
        try:
            print(url, file=self._process.stdin, flush=True)
            got = json.loads(self._lines.get(timeout=SECONDS) or '{"error": "it has ended"}')
        except (OSError, queue.Empty):
            raise Failed(f"{self._name}: no answer in {SECONDS} s") from None
        if "error" in got:
            raise Failed(f"{self._name}: {got['error'][:300]}")
        return Reading([Row(**row) for row in got["items"]], got.get("language"), got.get("previous"), got.get("modified"))

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line)
        self._lines.put("")

    def close(self) -> None:
        """The process has ended."""
        self._process.kill()
        self._process.communicate()


def newsboat(folder: Path) -> Read:
    """Reloads, then reads its cache, and marks all as read."""
    (folder / "config").write_text("")

    def read(url: str) -> Reading:
        cached = _slug(url) + ".db"  # one cache for each feed: in a common one, an item that stands in two feeds is shown in one
        (folder / "urls").write_text(url + "\n")
        call(["newsboat", "-q", "-u", "urls", "-c", cached, "-C", "config", "-x", "reload"], folder)
        with closing(sqlite3.connect(folder / cached)) as cache:
            rows = cache.execute("SELECT guid, title, url, pubDate, content FROM rss_item").fetchall()
            unread = cache.execute("UPDATE rss_item SET unread = 0 WHERE unread").rowcount
            cache.commit()
        return Reading([Row(*row) for row in rows], unread=unread)

    return read


_R2E = """[DEFAULT]
from = feeds@localhost
to = me@localhost
email-protocol = maildir
maildir-path = {mail}
maildir-mailbox =
date-header = True
"""


def rss2email(folder: Path) -> Read:
    """Runs, then reads the mails it has delivered so far."""

    def read(url: str) -> Reading:
        home = folder / _slug(url)
        command, mail = ["r2e", "-c", "r2e.cfg", "-d", "r2e.json"], home / "mail"
        if not home.exists():
            home.mkdir()
            mailbox.Maildir(mail, create=True)
            (home / "r2e.cfg").write_text(_R2E.format(mail=mail))
            call([*command, "add", "n", url, "me@localhost"], home)
        call([*command, "run"], home)
        return Reading([_mail(message) for message in mailbox.Maildir(mail, create=False)])

    return read


def _mail(message: Message) -> Row:
    subject = " ".join(str(make_header(decode_header(message["Subject"]))).split())
    at = int(parsedate_to_datetime(message["Date"]).timestamp())
    parts = [part for part in message.walk() if not part.is_multipart()]
    body = "".join(part.get_payload(decode=True).decode("utf-8", "replace") for part in parts)
    return Row(message["X-RSS-ID"], subject, message["X-RSS-URL"], at, body)


def sfeed(folder: Path) -> Read:
    """Updates, then reads its lines: time, title, link, content, type, id."""

    def read(url: str) -> Reading:
        name = _slug(url)
        (folder / "rc").write_text(f"sfeedpath={folder}/feeds\nfeeds() {{\n feed '{name}' '{url}'\n}}\n")
        call(["sfeed_update", "rc"], folder)
        cells = [line.split("\t") for line in (folder / "feeds" / name).read_text("utf-8").splitlines()]
        return Reading([Row(cell[5], cell[1], cell[2], int(cell[0]), cell[3]) for cell in cells])

    return read


def _slug(url: str) -> str:
    return re.sub(r"\W+", "-", url)


@dataclass(frozen=True)
class Edit:
    """What becomes of an edit: how many rows come, and whether the `new`, the `old` or `both` are shown."""

    rows: int
    shows: str

    def __str__(self) -> str:
        return f"{self.rows} new, {'shows both' if self.shows == 'both' else f'shows the {self.shows} one'}"


SEEN = Edit(0, "new")
MISSED = Edit(0, "old")
DOUBLED = Edit(1, "both")
CHANGES = ("title", "body", "link")


@dataclass(frozen=True)
class Client:
    """A reader: its name, where it comes from, the formats it knows, and how to start it (folder, tools, folder's name).

    `holds`: it keeps items itself. `shows` is the time that it gives an item of an Atom feed; some know only the last change.
    `again`: the statuses of the second and third fetch. `edits`: what becomes of an edited title, body and link. `tells`: it counts edits.
    `languages`: the formats of which it tells the feed's language. `follows`: those in which it leads to the archives.
    """

    name: str
    origin: str
    formats: tuple[str, ...]
    start: Callable[[Path, Tools], Read]
    holds: bool = False
    shows: str = "published"
    again: tuple[int, int] = (200, 200)
    edits: dict[str, Edit] = field(default_factory=lambda: dict.fromkeys(CHANGES, SEEN))
    tells: bool = False
    languages: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and origin."""
        return f"{self.name} ({self.origin})"


def _program(start: Callable[[Path], Read]) -> Callable[[Path, Tools], Read]:
    return lambda folder, _: start(folder)


def _python(name: str) -> Callable[[Path, Tools], Read]:
    return lambda folder, tools: Piped([str(tools.python), "-W", "ignore", str(HERE / "parse_py.py"), name, str(folder)], folder)


def _node(name: str) -> Callable[[Path, Tools], Read]:
    return lambda folder, tools: Piped(["node", str(HERE / "parse_node.mjs"), name, str(tools.node)], folder)


def _go(folder: Path, tools: Tools) -> Read:
    return Piped([str(tools.go)], folder)


XML = ("rss", "atom")
ALL = ("rss", "atom", "json")
CLIENTS = (
    Client("newsboat", "Debian", XML, _program(newsboat), holds=True, again=(200, 304)),
    Client(
        "rss2email", "Debian", XML, _program(rss2email), holds=True, shows="updated", again=(304, 304), edits=dict.fromkeys(CHANGES, MISSED)
    ),
    Client("sfeed", "Debian", XML, _program(sfeed), holds=True, edits={"title": DOUBLED, "body": MISSED, "link": DOUBLED}),
    Client("gofeed", "Debian", ALL, _go, languages=ALL, follows=("rss",)),
    Client("feedparser", "PyPI", XML, _python("feedparser"), again=(304, 304), languages=XML, follows=XML),
    Client("fastfeedparser", "PyPI", ALL, _python("fastfeedparser"), languages=("atom", "json")),
    Client("atoma", "PyPI", ALL, _python("atoma"), languages=("rss",), follows=("atom", "json")),
    Client("reader", "PyPI", ALL, _python("reader"), holds=True, again=(304, 304), tells=True),
    Client("feedsmith", "npm", ALL, _node("feedsmith"), languages=ALL, follows=ALL),
    Client("rss-parser", "npm", XML, _node("rss-parser"), languages=("rss",)),
    Client("@extractus/feed-extractor", "npm", ALL, _node("@extractus/feed-extractor"), shows="updated", languages=ALL),
    Client("feedparser", "npm", XML, _node("feedparser"), languages=XML),
)


# ---------------------------------------------------------------- single looks


def _fetched(base: str, name: str, folder: Path) -> str:
    call(["curl", "-sSf", "-o", name, base + name], folder)
    return name


def xmllint(base: str, folder: Path) -> str:
    """libxml2 finds every XML file well-formed."""
    for name in ("tangshan.rss", "tangshan.atom", "feeds.opml"):
        call(["xmllint", "--noout", "--nonet", _fetched(base, name, folder)], folder)
    return "RSS, Atom and OPML well-formed"


def newsboat_import(base: str, folder: Path) -> str:
    """newsboat takes every feed's address from feeds.opml."""
    (folder / "urls").write_text("")
    (folder / "config").write_text("")
    call(["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-i", _fetched(base, "feeds.opml", folder)], folder)
    return _named("urls", (folder / "urls").read_text(), _every(base))


def sfeed_import(base: str, folder: Path) -> str:
    """sfeed takes every feed's address from feeds.opml."""
    _fetched(base, "feeds.opml", folder)
    return _named("sfeedrc", call(["sh", "-c", "sfeed_opml_import < feeds.opml"], folder), _every(base))


def sfeed_discovery(base: str, folder: Path) -> str:
    """sfeed finds the XML feeds of index.html by its links."""
    _fetched(base, "index.html", folder)
    found = call(["sh", "-c", f"sfeed_web {base} < index.html"], folder)
    return _named("found", found, [base + "tangshan.rss", base + "tangshan.atom"])


def _every(base: str) -> list[str]:
    return [f"{base}{name}.rss" for name in ("tangshan", "fengnan", "bids", "all")]


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
