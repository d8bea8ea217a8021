"""`make validate`: every document that we publish, judged by schemas and by validators that others wrote; no fault is let pass.

Two installations are published: one with four months of archives, feeds of choice, edits and withdrawals, and one that a real tick made
from the bundled portal. RSS, Atom and OPML are held against RELAX NG schemas by libxml2 and against the checks in events.py, which go by
the names of W3C's feed validator; JSON Feed against a JSON schema by ajv, and by npm's jsonfeed-validator; OPML once more by PyPI's
listparser. W3C's own validator is in no package registry. Prints a table; exit 0 when no document has a fault, else 1.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT), str(HERE.parent), str(HERE.parent / "clients")]

from events import CHECKS, html_of  # noqa: E402
from stand_ins import packages  # noqa: E402
from stand_ins.house import House  # noqa: E402
from world import World  # noqa: E402

NPM = ("jsonfeed-validator@0.2.0",)
PYPI = ("listparser==0.20", "html5lib==1.1", "webencodings==0.5.1", "six==1.17.0")
SECONDS = 120

Documents = dict[str, tuple[bytes, str]]
"""By name: the bytes, and the address at which they are served."""
Verdicts = Iterator[tuple[str, str, list[str]]]
"""Judge, document, faults."""


def main() -> int:
    """Publishes, installs, judges, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", help="folder to keep the installed validators in (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedbridge-validators-") as folder:
        documents = published(Path(folder) / "world") | ticked(Path(folder) / "house")
        work = install(Path(options.work or folder))
        verdicts = [one for judge in (by_schema, by_npm, by_listparser, by_html5lib) for one in judge(documents, work)]
    for judge, document, faults in verdicts:
        sys.stdout.write(
            f"{'FAIL' if faults else 'ok  '}  {judge:20}  {document}\n" + "".join(f"        {fault}\n" for fault in faults[:10])
        )
    bad = sum(bool(faults) for _, _, faults in verdicts)
    sys.stdout.write(f"{len(verdicts) - bad} passed, {bad} failed\n")
    return 0 if verdicts and not bad else 1


# ---------------------------------------------------------------- what is judged


def published(folder: Path) -> Documents:
    """Live feeds, archives, feeds of choice, `all` and the list of feeds, after news, an edit and withdrawals."""
    world = World(folder)
    world.add()
    world.edit(fields={"title": "改了的标题"}, shown={"title": "改了的标题"})
    for uid in [*world.press.entries][10:70:20]:
        world.press.withdraw(uid)
    world.press.later(minutes=5)
    world.press.publish()
    found = _files(world.public, world.base)
    world.close()
    return found


def ticked(folder: Path) -> Documents:
    """What one real tick makes of the bundled portal."""
    folder.mkdir()
    with House(folder) as house:
        told = house.run()
        if told["code"]:
            raise RuntimeError(told["stderr"])
    base = json.loads((folder / "state" / "public" / "city.json").read_text("utf-8"))["feed_url"].removesuffix("city.json")
    return {f"demo/{name}": document for name, document in _files(folder / "state" / "public", base).items()}


def _files(public: Path, base: str) -> Documents:
    names = [str(path.relative_to(public)) for path in sorted(public.rglob("*")) if path.suffix in CHECKS]
    return {name: ((public / name).read_bytes(), base + name) for name in names}


# ---------------------------------------------------------------- who judges


def install(work: Path) -> Path:
    """npm's and PyPI's validators are in `work`; no scripts of theirs are run."""
    packages.npm(work, NPM)
    packages.python(work / "python", PYPI)
    return work


def by_schema(documents: Documents, _: Path) -> Verdicts:
    """RELAX NG and events.py."""
    now = datetime.now(UTC)
    for name, (content, address) in documents.items():
        yield "schema and events", name, list(CHECKS[Path(name).suffix](content, address, now))


def by_npm(documents: Documents, work: Path) -> Verdicts:
    """ajv and jsonfeed-validator."""
    feeds = {name: json.loads(content) for name, (content, _) in documents.items() if name.endswith(".json")}
    lines = "".join(json.dumps({"name": name, "feed": feed}) + "\n" for name, feed in feeds.items())
    line = ["node", str(HERE / "judge_json.cjs"), str(HERE / "jsonfeed.schema.json")]
    answers = _judged(line, lines, {"NODE_PATH": str(work / "node_modules")})
    yield from (("jsonfeed-validator", name, answers.get(name, ["was not judged"])) for name in feeds)


def by_listparser(documents: Documents, work: Path) -> Verdicts:
    """listparser reads every list of feeds without complaint, and finds each feed in it."""
    script = (
        "import sys, json, listparser\n"
        "for line in sys.stdin:\n"
        " one = json.loads(line); got = listparser.parse(one['text'])\n"
        " print(json.dumps({'name': one['name'], 'faults': [str(got.bozo_exception)] if got.bozo else [],"
        " 'feeds': [f.url for f in got.feeds]}))"
    )
    lists = {name: content for name, (content, _) in documents.items() if name.endswith(".opml")}
    lines = "".join(json.dumps({"name": name, "text": content.decode()}) + "\n" for name, content in lists.items())
    answers = _judged([sys.executable, "-W", "ignore", "-c", script], lines, {"PYTHONPATH": str(work / "python")})
    yield from (("listparser", name, answers.get(name, ["was not judged"])) for name in lists)


def by_html5lib(documents: Documents, work: Path) -> Verdicts:
    """The HTML in each feed is parsed without a single parse error, as W3C's validator asks of it, by the parser that it uses."""
    script = (
        "import sys, json; from html5lib.html5parser import HTMLParser\n"
        "for line in sys.stdin:\n"
        " one = json.loads(line); found = []\n"
        " for html in one['texts']:\n"
        "  parser = HTMLParser(); parser.parseFragment(html); found += [f'{e[1]}: {html[:200]}' for e in parser.errors]\n"
        " print(json.dumps({'name': one['name'], 'faults': found}))"
    )
    texts = {name: [*map(str, html_of(content))] for name, (content, _) in documents.items() if name.endswith((".rss", ".atom"))}
    lines = "".join(json.dumps({"name": name, "texts": found}) + "\n" for name, found in texts.items())
    answers = _judged([sys.executable, "-W", "ignore", "-c", script], lines, {"PYTHONPATH": str(work / "python")})
    yield from (("html5lib", name, answers.get(name, ["was not judged"])) for name in texts)


def _judged(line: list[str], lines: str, more: Mapping[str, str]) -> dict[str, list[str]]:
    done = subprocess.run(
        line, input=lines, capture_output=True, text=True, env={**os.environ, **more}, timeout=SECONDS, check=True, encoding="utf-8"
    )
    found = [json.loads(answer) for answer in done.stdout.splitlines()]
    return {one["name"]: one["faults"] + ([] if one.get("feeds", True) else ["no feed in it"]) for one in found}


if __name__ == "__main__":
    sys.exit(main())
