"""python -m bench.score: how well the pages of the corpus are read, per field and kind of site; exits 1 below the floors.

The corpus is our own and was at hand while the readers were written: these figures guard against getting worse, they do not
say how well pages are read that nobody has seen.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from statistics import mean

from bridge.core import charset
from bridge.core.site import learn
from bridge.errors import ReadError
from bridge.model import Article, ListPage, Page, Portal, Site, When
from bridge.portals import generic

from . import sites
from .corpus import UNKNOWN, Case, cases, text_f1

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FLOORS = {
    "links P": 0.98,
    "links R": 0.98,
    "links F1": 0.98,
    "link titles": 0.99,
    "link dates": 0.98,
    "next page": 0.98,
    "title": 0.97,
    "published": 0.97,
    "minute exact": 0.97,
    "source": 0.95,
    "author": 0.95,
    "category": 0.95,
    "body F1": 0.97,
    "images": 0.95,
    "charset": 0.98,
    "language": 0.95,
}
"""Least mean over all pages that have the field."""
Mark = tuple[str, float]


Table = dict[str, dict[str, tuple[float, int]]]
"""Kind of site → field → (mean, number of pages)."""


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every field is at its floor or above, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--pages", action="store_true", help="name each page that is not read whole")
    args = parser.parse_args(argv)
    marks = [(case, tuple(judged(case))) for case in (*cases("list"), *cases("article"))]
    marks += [mark for one in sites.sites() for mark in site_marks(one)]
    table = tabulated(marks)
    means = {field: table["all"].get(field, (0.0, 0))[0] for field in FLOORS}
    low = {field: found for field, found in means.items() if found < FLOORS[field]}
    if args.json:
        print(json.dumps({"scores": table, "floors": FLOORS, "below": low}, ensure_ascii=False))
    else:
        print("\n".join(lines(table)))
    for case, found in marks if args.pages else ():
        for field, mark in found:
            if mark < 1 and field != "date wrong":
                print(f"{case.what} {case.name}: {field} {mark:.3f}", file=sys.stderr)
    for field, value in low.items():
        print(f"below its floor: {field} {value:.3f} < {FLOORS[field]:.3f}", file=sys.stderr)
    return int(bool(low))


# ---------------------------------------------------------------- judging


def judged(case: Case, lessons: Site = Site()) -> Iterator[Mark]:  # noqa: B008 - frozen
    """(field, 0…1) for each field that the page's author wrote down; `lessons` is what earlier pages of the site have taught."""
    yield "charset", float(_same_charset(charset.decode(case.body).charset, case.want.get("charset", "utf-8")))
    try:
        if case.what == "list":
            now = datetime.fromisoformat(case.want["now"])
            yield from _list(case, generic.read_list(_page(case), _portal(case), lessons, now))
        else:
            yield from _article(case, generic.read_article(_page(case), _portal(case), lessons, NOW))
    except ReadError as error:
        print(f"{case.what} {case.name}: {error}", file=sys.stderr)
        yield ("links F1" if case.what == "list" else "body F1"), 0.0


def site_marks(one: sites.Site) -> Iterator[tuple[Case, tuple[Mark, ...]]]:
    """The list and the articles of a site, one after the other, each read with what the earlier ones have taught."""
    lessons = Site()
    yield one.listed, tuple(judged(one.listed))
    for case in one.articles:
        yield case, tuple(judged(case, lessons))
        with suppress(ReadError):
            lessons = learn(lessons, generic.read_article(_page(case), _portal(case), lessons, NOW))


def _page(case: Case) -> Page:
    return Page(url=case.want["url"], body=case.body)


def _portal(case: Case) -> Portal:
    return Portal(id="p", title=case.want.get("portal_title", "p"), url=case.want["url"], timezone=case.zone)


def _same_charset(found: str, wanted: str) -> bool:
    return charset.named(found) == charset.named(wanted)


def _list(case: Case, page: ListPage) -> Iterator[Mark]:
    wanted = {link["url"]: link for link in case.want["links"]}
    got = {link.url: link for link in page.links}
    shared = wanted.keys() & got.keys()
    precision, recall = len(shared) / max(1, len(got)), len(shared) / max(1, len(wanted))
    yield "links P", precision
    yield "links R", recall
    yield "links F1", 2 * len(shared) / max(1, len(got) + len(wanted))
    if shared:
        yield "link titles", mean(got[url].title == wanted[url]["title"] for url in shared)
    dated = [url for url in shared if "published" in wanted[url]]
    if dated:
        yield "link dates", mean(same_time(wanted[url]["published"], got[url].published) for url in dated)
    if "next" in case.want:
        yield "next page", float(page.next == case.want["next"])


def same_time(wanted: str | None, found: When | None) -> bool:
    """Whether a date is what the page shows: the day where it shows a day, else the instant."""
    if wanted is None or found is None:
        return wanted is None and found is None
    if "T" not in wanted:
        return found.precision == "day" and found.at.date().isoformat() == wanted
    return found.at == datetime.fromisoformat(wanted)


def _article(case: Case, article: Article) -> Iterator[Mark]:
    want = case.want
    yield "title", float(article.title == want["title"])
    if want.get("published") != UNKNOWN:
        yield from _dates(want.get("published"), want.get("precision"), article.published)
    known = {
        "source": article.source.name if article.source else None,
        "author": article.author,
        "category": list(article.category),
        "images": [image.url for image in article.images],
        "language": article.language,
    }
    for field, value in known.items():
        if field in want:
            yield field, float(value == want[field])
    yield "body F1", text_f1(article.content_text, want["text"])


def _dates(wanted: str | None, precision: str | None, found: When | None) -> Iterator[Mark]:
    day = found.at.date().isoformat() if found else None
    yield "published", float(day == (wanted[:10] if wanted else None))
    yield "date wrong", float(day is not None and day != (wanted or "")[:10])
    if wanted and precision != "day":
        yield "minute exact", float(found is not None and found.at.isoformat()[:16] == wanted[:16])


# ---------------------------------------------------------------- table


def tabulated(marks: Sequence[tuple[Case, Sequence[Mark]]]) -> Table:
    """The means by kind of site, "all" last."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for case, found in marks:
        for kind in (case.kind, "all"):
            for field, mark in (("pages", 1.0), *found):
                gathered.setdefault(kind, {}).setdefault(field, []).append(mark)
    everything = gathered.pop("all")
    ordered = {**dict(sorted(gathered.items(), key=lambda pair: -len(pair[1]["pages"]))), "all": everything}
    return {kind: {field: (mean(values), len(values)) for field, values in fields.items()} for kind, fields in ordered.items()}


def lines(table: Table) -> list[str]:
    """Kinds of site down, fields across; the floors last."""
    fields = [*FLOORS, "date wrong"]
    head = ["kind of site", "pages", *fields]
    rows = [[kind, str(found["pages"][1]), *(_cell(found.get(field)) for field in fields)] for kind, found in table.items()]
    rows.append(["floor", "", *(f"{FLOORS[field]:.3f}" if field in FLOORS else "" for field in fields)])
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return ["  ".join(_set(cell, n, widths[n]) for n, cell in enumerate(row)) for row in (head, *rows)]


def _set(cell: str, column: int, width: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)


def _cell(found: tuple[float, int] | None) -> str:
    return f"{found[0]:.3f}" if found else "-"


if __name__ == "__main__":
    sys.exit(main())
