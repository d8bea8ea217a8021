"""A portal into config.toml: finds its list pages, shows what they yield, asks, writes."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..clock import SystemClock
from ..console import dump, out, say
from ..errors import BridgeError, UsageError
from ..model import ListPage, Network
from ..previewing.layout import clip, fitted, room, shown
from ..previewing.lists import shortened, stamp
from ..previewing.progress import Progress
from ..previewing.reading import Reader, Target
from ..previewing.web import Web
from . import preview

if TYPE_CHECKING:
    from ..adding.survey import Findings, Yield
    from ..adding.writing import ConfigFile, Entry

HELP = "find the list pages of a portal, show what they yield, and write the portal into config.toml"
MOST = 12


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("url", metavar="URL", help="home page of the portal, or one of its list pages")
    parser.add_argument("--yes", action="store_true", help="ask nothing: take the best list page and write it")
    parser.add_argument("--lists", nargs="+", default=[], metavar="URL", help="take these list pages")
    parser.add_argument("--id", metavar="ID", help="id of the portal (default: from its address)")
    parser.add_argument("--title", help="title of its feed (default: what the site calls itself)")
    parser.add_argument("--timezone", type=preview.zone, metavar="ZONE", help="zone of its dates (default: by its country or language)")
    parser.add_argument("--language", metavar="TAG", help="language of its feed, such as zh-CN (default: that of its pages)")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--json", action="store_true", help="what was found and written as one JSON object on stdout")
    parser.add_argument("--most", type=_number, default=MOST, metavar="N", help="most pages to ask for (default: %(default)s)")
    parser.add_argument(
        "--allow",
        type=preview.network,
        action="append",
        default=[],
        metavar="CIDR",
        help="private network that it is in; goes into the file",
    )
    parser.add_argument("--gap", type=preview.gap, help=argparse.SUPPRESS)


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """0 when the portal is written (or would be, with --dry-run); 1 when no list was found; 2 when nobody could be asked."""
    from ..adding.writing import ConfigFile

    for url in (args.url, *args.lists):
        _refuse_address(url)
    file = ConfigFile(args.config)
    for url in (args.url, *args.lists):
        file.refuse(url, args.id)
    findings = _looked(args, file)
    chosen = _chosen(args, findings)
    entry = _entry(args, file, findings, chosen) if chosen else None
    code = _written(args, file, entry) if entry else _unwritten(args, findings)
    if args.json:
        dump(_facts(args, findings, chosen, entry, written=entry is not None and code == 0 and not args.dry_run))
    return code


def _refuse_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and not any(map(str.isspace, url))
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{shown(url)!r} is not an http(s) address; write it as http://host/path")


# ---------------------------------------------------------------- finding


def _looked(args: argparse.Namespace, file: "ConfigFile") -> "Findings":
    from ..adding.survey import Survey

    config = file.config
    network, contact = (config.network, config.bridge.contact) if config else (Network(), None)
    network = replace(network, allow=(*network.allow, *args.allow), gap=network.gap if args.gap is None else args.gap)
    web, progress = Web(network, contact or ""), Progress()

    def get(url: str) -> Target:
        progress.step(f"reading {url}")
        return web.page(url)

    try:
        survey = Survey(get, Reader(args.timezone), SystemClock().now(), args.most, web.robots)
        findings = survey.look(args.url, args.lists)
    finally:
        progress.done()
    if not args.json:
        _show(findings)
    return findings


def _show(findings: "Findings") -> None:
    """The pages that were looked at, best first, and what the site offers to machines."""
    known: set[str] = set()
    rows = []
    for number, one in enumerate(findings.yields, 1):
        links = {link.url for link in one.page.links} if one.page else set()
        figures = (len(links), one.dated, len(links - known), _newest(one)) if one.page else ("-", "-", "-", "-")
        address = shortened(one.lead.url, findings.home.url) if room() else one.lead.url
        rows.append((number if one.page else "", *figures, clip(shown(one.lead.name), 20), address, one.word))
        known |= links
    for line in fitted(("", "links", "dated", "new", "newest", "page", "address", "verdict"), rows, room(), give=(7, 5, 6)):
        out(line)
    if any(one.check.good for one in findings.yields):
        out("verified: links were followed, and the pages share a template and bear the titles of the list")
    for offer in findings.offers:
        found = findings.own or ListPage(findings.home.url, "utf-8", ())
        out(f"the site has a {offer.kind} of its own: {offer.url}: {offer.verdict(found)}")


def _newest(one: "Yield") -> str:
    dates = [link.published for link in one.page.links if link.published] if one.page else []
    return stamp(max(dates, key=lambda when: when.at, default=None))


# ---------------------------------------------------------------- choosing


def _chosen(args: argparse.Namespace, findings: "Findings") -> "tuple[Yield, ...]":
    """What is to be written; nothing where nobody could be asked or nothing was found."""
    lists = findings.lists
    if args.lists:
        _refuse_named(findings)
        return lists
    if not lists:
        return ()
    if args.yes or args.dry_run:
        return lists[:1]
    return _asked(lists) if sys.stdin.isatty() and not args.json else ()


def _refuse_named(findings: "Findings") -> None:
    wrong = next((one for one in findings.yields if one.page is None), None)
    if wrong:
        raise BridgeError(f"{wrong.lead.url}: {wrong.fault}")


def _asked(lists: "tuple[Yield, ...]") -> "tuple[Yield, ...]":
    """Asks until the answer can be understood."""
    while True:
        answer = _question("which pages shall be read? numbers such as 1 or 1,3; all; none [1]: ") or "1"
        if answer.lower() in {"none", "no", "n", "0"}:
            raise UsageError("nothing was written")
        if answer.lower() == "all":
            return lists
        numbers = [int(part) for part in answer.replace(",", " ").split() if part.isdigit()]
        if numbers and all(1 <= number <= len(lists) for number in numbers):
            return tuple(lists[number - 1] for number in dict.fromkeys(numbers))
        say(f"numbers from 1 to {len(lists)}, please")


def _question(text: str) -> str:
    try:
        return input(text).strip()
    except EOFError:
        raise UsageError("nothing was written") from None


def _unwritten(args: argparse.Namespace, findings: "Findings") -> int:
    """Says why nothing is written."""
    if not findings.lists:
        said = findings.yields[0].fault if findings.yields else "no page could be read"
        say(f"feedbridge: {args.url}: no list of articles was found ({said}); name list pages with --lists URL…")
        return 1
    say("feedbridge: add: nobody to ask: --yes takes the best page, --lists URL… names them, --dry-run only looks")
    return 2


# ---------------------------------------------------------------- writing


def _entry(args: argparse.Namespace, file: "ConfigFile", findings: "Findings", chosen: "Sequence[Yield]") -> "Entry":
    """The portal with everything that its pages tell."""
    from ..adding import zones
    from ..adding.writing import Entry

    articles = findings.articles
    language = args.language or zones.language_of([*(one.language for one in articles), *(one.page.language for one in chosen if one.page)])
    zone, why = (args.timezone, "") if args.timezone else zones.zone_of(_host(findings.home.url), language, _dates(findings))
    lists = [one.lead.url for one in chosen]
    values: dict[str, str | Sequence[str]] = {
        "id": args.id or zones.identifier_of(args.url, file.ids),
        "title": args.title or zones.title_of(findings.home, articles),
        "url": args.url,
        "lists": [] if lists in ([args.url], [findings.home.url]) else lists,
        "timezone": zone,
    }
    values |= {"language": language} if language else {}
    return Entry(values, {"timezone": why} if why else {}, tuple(args.allow))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _dates(findings: "Findings") -> list[Any]:
    pages = [one.page for one in findings.lists if one.page]
    return [
        *(article.published for article in findings.articles if article.published),
        *(link.published for page in pages for link in page.links if link.published),
    ]


def _written(args: argparse.Namespace, file: "ConfigFile", entry: "Entry") -> int:
    """0; the portal is in the file, unless it was only to be shown."""
    if not args.json:
        out(f"\n{entry.text().rstrip()}\n")
    if args.dry_run:
        say(f"{args.config}: not written (--dry-run)")
        return 0
    if (
        not args.yes
        and not args.lists
        and _question(f"write this into {args.config}? [Y/n]: ").lower() not in {"", "y", "yes", "j", "ja", "是"}
    ):
        raise UsageError("nothing was written")
    file.add(entry)
    say(f"{args.config}: portal {entry.values['id']!r} is in it; now `feedbridge check`, then `feedbridge run`")
    return 0


def _facts(
    args: argparse.Namespace, findings: "Findings", chosen: "Sequence[Yield]", entry: "Entry | None", *, written: bool
) -> dict[str, Any]:
    """The JSON answer."""
    return {
        "url": args.url,
        "requests": findings.requests,
        "pages": [_yield_facts(one) for one in findings.yields],
        "offers": [
            {"kind": one.kind, "url": one.url, "entries": one.entries, "newest": one.newest, "fault": one.fault} for one in findings.offers
        ],
        "chosen": [one.lead.url for one in chosen],
        "portal": dict(entry.values) if entry else None,
        "text": entry.text() if entry else None,
        "written": str(args.config) if written else None,
    }


def _yield_facts(one: "Yield") -> dict[str, Any]:
    return {
        "url": one.lead.url,
        "name": one.lead.name,
        "how": one.lead.how,
        "links": len(one.page.links) if one.page else 0,
        "dated": one.dated,
        "newest": one.newest,
        "verdict": one.verdict,
        "checked": one.check.followed,
        "list": one.check.good,
        "fault": one.fault,
    }
