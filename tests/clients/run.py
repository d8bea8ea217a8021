"""`make clients`: real feed readers read our real formats over HTTP on loopback; writes docs/clients.md.

Each client fetches three times: the sample, the sample again, and the sample with one more article and one edited. It must show every
item once, with our title, link and time; nothing new at the second fetch; exactly the new article at the third.
Exit 0 when all do, 1 otherwise. Installs what is missing (Debian packages in the system, the rest in a temporary folder).
"""

import argparse
import sys
import tempfile
import traceback
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import readers
from world import Expected, World, first, later

REPORT = Path(__file__).parents[2] / "docs" / "clients.md"
COMMAND = "make clients"


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    client: str
    kind: str
    items: str
    verdict: str
    second: str
    third: str

    @property
    def good(self) -> bool:
        return self.verdict == "ok"


def main() -> int:
    """Runs all, prints and writes the table."""
    options = _options()
    with ExitStack() as stack:
        work = Path(options.work or stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-clients-")))
        work.mkdir(parents=True, exist_ok=True)
        tools = readers.install(work)
        runs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-runs-")))
        lines = [
            run(client, kind, runs / f"{index}-{kind}", tools) for index, client in enumerate(readers.CLIENTS) for kind in client.formats
        ]
        lines += [check(*row, runs / f"check-{index}") for index, row in enumerate(readers.CHECKS)]
        text = report(lines, readers.versions(tools))
    sys.stdout.write(text)
    if not options.dry_run:
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")
    return 0 if all(line.good for line in lines) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", help="folder to keep the installed clients in (default: a temporary one)")
    parser.add_argument("--dry-run", action="store_true", help="print the table, leave docs/clients.md as it is")
    return parser.parse_args()


def run(client: readers.Client, kind: str, folder: Path, tools: readers.Tools) -> Line:
    """The client's three fetches of one format, with what went wrong at the first that did."""
    folder.mkdir()
    time = client.shows if kind == "atom" else "published"
    world, name, cells = World(), f"{client.name} ({client.origin})", ["–", "–", "–"]
    known: dict[str, readers.Row] = {}
    times: dict[str, set[int]] = {}
    try:
        for turn, (entries, fresh) in enumerate(((first(), len(first())), (first(), 0), (later(), 1))):
            expected, mark = world.publish(entries), len(world.log)
            for one in expected:
                times.setdefault(one.link, set()).add(getattr(one, time))
            rows = client.read(world.url(kind), folder, tools)
            before = len(known)
            known = ({} if client.holds else known) | {row[0]: row for row in rows}
            cells[turn] = _cell(turn, rows, len(known) - before, world.log[mark:])
            _judge(expected, times, rows, known)
            _judge_fresh(client, turn, len(known) - before - fresh, world.log[mark:])
    except Exception as error:  # noqa: BLE001, the table tells it and the run goes on
        sys.stderr.write(f"{name} {kind}: {error if isinstance(error, readers.Failed) else traceback.format_exc()}\n")
        return Line(name, kind, *cells[:1], f"FAILED: {error}".replace("\n", " ")[:160], *cells[1:])
    finally:
        world.server.shutdown()
        world.server.server_close()
    note = "" if time == "published" else " (its time is `updated`)"
    return Line(name, kind + note, *cells[:1], "ok", *cells[1:])


def _cell(turn: int, rows: readers.Rows, fresh: int, log: list[tuple[str, int]]) -> str:
    answers = "/".join(dict.fromkeys(str(status) for _, status in log))
    return str(len(rows)) if turn == 0 else f"{answers}, {fresh} new"


def _judge(expected: list[Expected], times: dict[str, set[int]], rows: readers.Rows, known: dict[str, readers.Row]) -> None:
    """Raises Failed unless each item stands once, as we wrote it (a client that holds items may show the time it first saw)."""
    if len(rows) != len({row[0] for row in rows}):
        raise readers.Failed("an item stands twice")
    shown = {row[2]: row for row in known.values()}
    if len(shown) != len(expected) or set(shown) != {one.link for one in expected}:
        raise readers.Failed(f"{len(shown)} items instead of {len(expected)}; links {sorted(shown)}")
    for one in expected:
        _, title, _, at = shown[one.link]
        if title != one.title or at not in times[one.link]:
            raise readers.Failed(f"shows {title!r} at {at} instead of {one.title!r} at {times[one.link]}")


def _judge_fresh(client: readers.Client, turn: int, surplus: int, log: list[tuple[str, int]]) -> None:
    """Raises Failed when other items are new than should be, or when a client that asks conditionally was not answered 304."""
    if surplus:
        raise readers.Failed(f"{surplus:+d} new items beside the expected ones")
    if turn == 1 and client.conditional and not any(status == 304 for _, status in log):
        raise readers.Failed(f"asked twice and got {log}")


def check(tool: str, what: str, examine, folder: Path) -> Line:
    """One look of a tool at the published files."""
    folder.mkdir()
    world = World()
    world.publish(first())
    try:
        return Line(tool, what, examine(world.base, folder), "ok", "–", "–")
    except readers.Failed as error:
        sys.stderr.write(f"{tool}: {error}\n")
        return Line(tool, what, "–", f"FAILED: {error}".replace("\n", " ")[:160], "–", "–")
    finally:
        world.server.shutdown()
        world.server.server_close()


def report(lines: list[Line], found: dict[str, str]) -> str:
    """docs/clients.md."""
    rows = "\n".join(
        f"| {line.client} {found.get(line.client, '')} | {line.kind} | {line.items} | {line.verdict} | {line.second} | {line.third} |"
        for line in lines
    )
    good = sum(line.good for line in lines)
    return f"""# Real clients

Made by `{COMMAND}` (tests/clients/run.py); do not edit.

Each client reads a feed of {len(first())} Chinese articles in our formats over HTTP on loopback. `ok`: every item stands once,
with our title, our link and our time; the second fetch brings nothing new; the third, after one more article and one edit,
brings exactly that article.
The statuses are what our server answered (304 where the client asked conditionally).

| client | format | items | verdict | second fetch | after an edit and a new article |
|---|---|---|---|---|---|
{rows}

{good} of {len(lines)} ok.
"""


if __name__ == "__main__":
    sys.exit(main())
