"""`make clients`: real feed readers read our real formats from `feedbridge serve` on loopback; writes docs/clients.md.

Each client fetches seven times: the feed, the feed again twice, then with one more article, with an edited title, an edited text and a
changed address. It must show every item once, with our title, link, time, text and language, and must do on each later fetch exactly what
readers.CLIENTS says of it. Then it reads archives, a feed of choice and the feed of everything.
Exit 0 when all do, 1 otherwise. Installs what is missing (Debian packages in the system, the rest in a temporary folder).
"""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import judge
import readers
from install import Failed, Tools, install, versions
from report import Line, report
from world import FORMATS, Server, Told, World, coding

REPORT = Path(__file__).parents[2] / "docs" / "clients.md"
FEED, HISTORY = "tangshan", "fengnan"


def _title(world: World) -> None:
    title = "唐山网信办马文斌:吹响“集结号”(更正)"
    world.edit(fields={"title": title}, shown={"title": title})


def _body(world: World) -> None:
    text = "新中国已成立七十周年"
    world.edit(fields={"content_html": f"<p>{text}。</p>", "content_text": f"{text}。"}, shown={"text": text})


def _link(world: World) -> None:
    link = "http://www.china0315.com/html/2019/05/4779.shtml"
    world.edit(fields={"url": link}, shown={"link": link})


def _nothing(_: World) -> None:
    pass


ROUNDS: dict[str, Callable[[World], None]] = {
    "first": _nothing,
    "second": _nothing,
    "third": _nothing,
    "new": World.add,
    "title": _title,
    "body": _body,
    "link": _link,
}


@dataclass(eq=False)
class Session:
    """One client with one format: what it showed last, the cells of its rows in the report, and what went wrong first."""

    client: readers.Client
    kind: str
    world: World
    server: Server
    read: readers.Read
    rows: list[readers.Row] = field(default_factory=list)
    times: dict[str, set[int]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """What goes wrong inside is the session's fault, and the run goes on."""
        try:
            yield
        except Failed as error:
            self.fault = str(error)
            sys.stderr.write(f"{self.client.title} {self.kind}: {error}\n")
        except Exception as error:  # noqa: BLE001, the table tells it
            self.fault = f"{type(error).__name__}: {error}"
            sys.stderr.write(f"{self.client.title} {self.kind}: {traceback.format_exc()}\n")

    def turn(self, name: str) -> None:
        """One fetch of the live feed, judged."""
        client, told = self.client, self.world.items(FEED)
        self._expect(told)
        self.server.answers()
        got = self.read(self.world.url(FEED, self.kind))
        answers = [answer for answer in self.server.answers() if answer["path"] == f"/{FEED}{FORMATS[self.kind]}"]
        came, self.rows = len(got.rows) - len(self.rows), got.rows
        self.cells[name] = ", ".join(f"{answer['status']} {coding(answer, self.world.public)}".strip() for answer in answers)
        if name in readers.CHANGES:
            found = readers.Edit(came, judge.shown(name, got.rows, self.world.told[self.world.changed][1]))
            self.cells[name] = str(found)
            judge.edited(name, client.edits[name], found)
        else:
            judge.items(got.rows, told, self.times)
        judge.fetch(client, name, got, came, told, [answer["status"] for answer in answers])
        if name == "first":
            self.cells["items"], self.cells["language"] = str(came), got.language or "–"
            judge.language(client, self.kind, got)

    def library(self) -> None:
        """The archives of a portal, a feed of choice and the feed of everything are read."""
        for name in ("bids", "all"):
            told = self.world.items(name)
            self._expect(told)
            judge.items(self.read(self.world.url(name, self.kind)).rows, told, self.times)
            self.cells[name] = str(len(told))
        told = self.world.history(HISTORY)
        self._expect(told)
        documents = list(self._documents())
        archived = [row for rows in documents[1:] for row in rows]
        if len({row.id for row in archived}) != len(archived):
            raise Failed("an item stands in two archives")
        judge.items(list({row.id: row for row in (*archived, *documents[0])}.values()), told, self.times)
        self.cells["archives"] = f"{len(documents) - 1} documents, {len(told)} items"
        self.cells["way"] = "links" if self.kind in self.client.follows else "addresses given"

    def _documents(self) -> Iterator[list[readers.Row]]:
        """The rows of the live feed and of each archive document, led by the client's own links where it has them."""
        url: str | None = self.world.url(HISTORY, self.kind)
        given = self.world.archives(HISTORY, self.kind)
        follows = self.kind in self.client.follows
        for place in range(len(given) + 1):
            got = self.read(url or "")
            yield got.rows
            after = given[place] if place < len(given) else None
            if got.previous != (after if follows else None):
                raise Failed(f"is led to {got.previous} instead of {after}")
            url = after

    def _expect(self, told: list[Told]) -> None:
        late = self.kind == "atom" and self.client.shows == "updated"
        for one in told:
            self.times.setdefault(one.id, set()).add(one.updated if late else one.published)

    def line(self) -> Line:
        """What the report says of it."""
        note = " (its time is `updated`)" if self.kind == "atom" and self.client.shows == "updated" else ""
        return Line(self.client.title, self.kind + note, self.fault, self.cells)


def main() -> int:
    """Runs all, prints and writes the report."""
    options = _options()
    with ExitStack() as stack:
        work = Path(options.work or stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-clients-")))
        tools = install(work)
        runs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-runs-")))
        lines, checks = read_all(runs, tools)
        text = report(lines, checks, versions(tools, [(c.name, c.origin) for c in readers.CLIENTS]))
    sys.stdout.write(text)
    good = sum(not line.fault for line in (*lines, *checks))
    sys.stdout.write(f"\n{good} passed, {len(lines) + len(checks) - good} failed\n")
    if not options.dry_run:
        REPORT.write_text(text, encoding="utf-8")
    return 0 if good == len(lines) + len(checks) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", help="folder to keep the installed clients in (default: a temporary one)")
    parser.add_argument("--dry-run", action="store_true", help="print the report, leave docs/clients.md as it is")
    return parser.parse_args()


def read_all(runs: Path, tools: Tools) -> tuple[list[Line], list[Line]]:
    """Every client with every format, through all rounds; then the single looks."""
    with ExitStack() as stack:
        world = World(runs / "world")
        stack.callback(world.close)
        server = stack.enter_context(Server(world, runs))
        sessions = [_session(client, kind, world, server, runs, tools) for client in readers.CLIENTS for kind in client.formats]
        for session in sessions:
            stack.callback(getattr(session.read, "close", lambda: None))
        for name, change in ROUNDS.items():
            change(world)
            for session in sessions:
                if not session.fault:
                    with session.guarded():
                        session.turn(name)
        for session in sessions:
            if not session.fault:
                with session.guarded():
                    session.library()
        checks = [_look(*row, world, runs / f"check-{index}") for index, row in enumerate(readers.CHECKS)]
    return [session.line() for session in sessions], checks


def _session(client: readers.Client, kind: str, world: World, server: Server, runs: Path, tools: Tools) -> Session:
    folder = runs / f"{client.origin}-{client.name.replace('/', '-')}-{kind}"
    folder.mkdir()
    return Session(client, kind, world, server, client.start(folder, tools))


def _look(tool: str, what: str, examine: Callable[[str, Path], str], world: World, folder: Path) -> Line:
    """One look of a tool at the published files."""
    folder.mkdir()
    try:
        return Line(tool, what, "", {"found": examine(world.base, folder)})
    except Failed as error:
        sys.stderr.write(f"{tool}: {error}\n")
        return Line(tool, what, str(error), {})


if __name__ == "__main__":
    sys.exit(main())
