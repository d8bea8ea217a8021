"""python -m bench.extractors: the corpus read by Feedbridge and by known extractors, in one run; kept in bench/extractors.md."""

import argparse
import base64
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

from .__main__ import machine
from .corpus import Case, cases, squeezed, text_f1

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "extractors.md"
PACKAGES = ("trafilatura", "readability-lxml", "gne", "newsworker")
ARTICLES = ("feedbridge", "trafilatura", "readability", "gne")
LISTS = ("feedbridge", "newsworker")
NOW = "2026-11-22T12:00:00+00:00"
_DAY = re.compile(r"((?:19|20)\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Run:
    """What an extractor found on each page, and the memory of its process beyond the interpreter's, in MB."""

    name: str
    found: list[dict[str, Any]]
    memory: float


def main(argv: Sequence[str] | None = None) -> int:
    """0; the tables are printed and written. Without the other extractors (no package index): one line, and nothing is written."""
    parser = argparse.ArgumentParser(prog="python -m bench.extractors", description=__doc__)
    parser.add_argument("--env", type=Path, default=ROOT / ".venv-extractors", help="environment of the others (made when missing)")
    parser.add_argument("--keep", action="store_true", help="write nothing")
    args = parser.parse_args(argv)
    versions = installed(args.env)
    if not versions:
        print(f"bench.extractors: skipped: {', '.join(PACKAGES)} cannot be installed into {args.env}", file=sys.stderr)
        return 0
    articles, lists = cases("article"), cases("list")
    read = [run(name, articles, args.env) for name in ARTICLES]
    linked = [run(name, lists, args.env) for name in LISTS]
    text = page(articles, read, lists, linked, versions)
    print(text)
    if not args.keep:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def installed(env: Path) -> dict[str, str]:
    """The versions of the other extractors in their environment, made when it is missing; empty when that is impossible."""
    python = env / "bin" / "python"
    ready = "import trafilatura, readability, gne, newsworker"
    if not python.exists():
        _quietly(sys.executable, "-m", "venv", str(env))
    if not _quietly(str(python), "-c", ready):
        pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _quietly(*pip, "--upgrade", "pip")
        _quietly(*pip, *PACKAGES)
    code = f"{ready}, json, importlib.metadata as m; print(json.dumps({{n: m.version(n) for n in {PACKAGES!r}}}))"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False) if python.exists() else None
    return dict(json.loads(done.stdout)) if done and done.returncode == 0 else {}


def _quietly(*command: str) -> bool:
    """Whether the command could be run and did well."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def run(name: str, pages: Sequence[Case], env: Path) -> Run:
    """One extractor over all pages, in a process of its own."""
    python = sys.executable if name == "feedbridge" else str(env / "bin" / "python")
    lines = [{"extractor": name}, *map(_asked, pages)]
    done = subprocess.run(
        [python, str(ROOT / "bench" / "extractors_worker.py")],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT) if name == "feedbridge" else "", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )
    *found, memory = map(json.loads, done.stdout.splitlines())
    return Run(name, found, memory["peak_mb"] - memory["bare_mb"])


def _asked(case: Case) -> dict[str, str]:
    body = base64.b64encode(case.body).decode()
    now = str(case.want.get("now", NOW))
    known = {"zone": case.zone, "now": now, "portal": case.want.get("portal_title", "p")}
    return {"what": case.what, "url": case.want["url"], "body": body, "text": case.text, **known}


# ---------------------------------------------------------------- figures


def article_row(one: Run, pages: Sequence[Case]) -> list[str]:
    """Name, text, title, date right, wrong and none, ms (median, slowest), MB, faults."""
    pairs = list(zip(pages, one.found, strict=True))
    text = mean(text_f1(found.get("text") or "", case.want["text"]) for case, found in pairs)
    title = mean(squeezed(found.get("title") or "") == squeezed(case.want["title"]) for case, found in pairs)
    dates = [verdict(case.want.get("published"), found.get("date")) for case, found in pairs]
    shares = [f"{dates.count(word) / len(dates):.2f}" for word in ("right", "wrong", "none")]
    if one.name == "readability":
        shares = ["–", "–", "–"]
    faults = sum("fault" in found for found in one.found)
    return [one.name, f"{text:.3f}", f"{title:.2f}", *shares, *_cost(one), str(faults)]


def verdict(wanted: str | None, found: str | None) -> str:
    """Whether the day is "right" (or rightly none), "wrong", or "none" where the page has one."""
    matched = _DAY.search(found or "")
    day = f"{matched[1]}-{int(matched[2]):02}-{int(matched[3]):02}" if matched else None
    if day is None:
        return "none" if wanted else "right"
    return "right" if wanted and day == wanted[:10] else "wrong"


def list_row(one: Run, pages: Sequence[Case]) -> list[str]:
    """Name, precision, recall, F1 (means over pages), ms (median, slowest), MB, faults."""
    pairs = list(zip(pages, one.found, strict=True))
    shares = [_shares({link["url"] for link in case.want["links"]}, set(found.get("links") or ())) for case, found in pairs]
    faults = sum("fault" in found for found in one.found)
    return [one.name, *(f"{mean(share[n] for share in shares):.3f}" for n in range(3)), *_cost(one), str(faults)]


def _shares(wanted: set[str], got: set[str]) -> tuple[float, float, float]:
    hits = len(wanted & got)
    return hits / len(got) if got else 0.0, hits / len(wanted), 2 * hits / (len(wanted) + len(got))


def _cost(one: Run) -> list[str]:
    times = [found["ms"] for found in one.found]
    return [f"{median(times):.1f}", f"{max(times):.0f}", f"{one.memory:.0f}"]


def page(articles: Sequence[Case], read: Sequence[Run], lists: Sequence[Case], linked: Sequence[Run], versions: dict[str, str]) -> str:
    """extractors.md."""
    kinds = sorted({case.kind for case in articles})
    by_kind = [[one.name, *(_kind(one, articles, kind) for kind in kinds)] for one in read]
    return _PAGE.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(),
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        articles=len(articles),
        lists=len(lists),
        article_table=_table(_ARTICLE_HEAD, [article_row(one, articles) for one in read]),
        kind_table=_table(("body F1", *kinds), by_kind),
        list_table=_table(_LIST_HEAD, [list_row(one, lists) for one in linked]),
    )


def _kind(one: Run, pages: Sequence[Case], kind: str) -> str:
    pairs = [(case, found) for case, found in zip(pages, one.found, strict=True) if case.kind == kind]
    return f"{mean(text_f1(found.get('text') or '', case.want['text']) for case, found in pairs):.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


_ARTICLE_HEAD = ("extractor", "body F1", "title", "date right", "wrong", "none", "ms a page", "slowest", "MB", "faults")
_LIST_HEAD = ("extractor", "precision", "recall", "F1", "ms a page", "slowest", "MB", "faults")
_PAGE = """# Beside other extractors

Written by `python -m bench.extractors` ({date}). Machine: {machine}. {versions}.

**How far to trust this.** The corpus is our own: its pages were written for Feedbridge's tests and were at hand while its readers were
written, so Feedbridge's figures are those of an examinee who knows the questions. They show where the others have trouble with
pages of these kinds, not how large the distance is on pages that nobody has seen. Two favours go the other way: the others (but newsworker,
which decodes by itself) get the text decoded by the charset that the page's author wrote down, while Feedbridge gets the bytes; and
a date counts as right when its day is right, though Feedbridge reads the time as well. Feedbridge knows the portal's title and zone
from its configuration, as it does in use. The pages are short, which suits all of them.

Body: F1 of 4-grams of tokens (ideographs one by one, other scripts by words), mean over pages; a fault counts as nothing found.
Title: the same letters and digits. Date: the day; a page that states none and is given none counts as right. ms: the better of two
readings (of one, where it takes a second), median over pages, in a warm process. MB: peak of the process after all pages beyond that
of the bare interpreter, imports included.

## {articles} article pages

{article_table}

{kind_table}

readability-lxml gives no date; newsworker reads lists only.

## {lists} list and front pages: which links are articles

{list_table}

newsworker looks for dated items: a page whose list shows no dates is outside what it promises.
"""

if __name__ == "__main__":
    sys.exit(main())
