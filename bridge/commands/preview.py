"""What would be extracted from a page: an address, a file, or standard input."""

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from .. import __version__
from ..clock import SystemClock
from ..config import duration
from ..console import dump, out, say, table
from ..errors import BridgeError, FetchError
from ..model import Article, Link, ListPage, Network, Page, Portal, Request, Site, When

HELP = "what would be extracted from a list page or an article (address, file or -)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("what", choices=("list", "article"))
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="http(s) address, file, or - for standard input")
    parser.add_argument("--url", help="address of a page that comes from a file or standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, in the order of the targets")
    parser.add_argument("--stdin", action="store_true", help='read JSON lines {"html_b64", "url"}, answer each with a JSON line')
    parser.add_argument(
        "--timezone",
        type=_zone,
        metavar="ZONE",
        help="zone of dates without an offset (default: Asia/Shanghai for Chinese pages, UTC for others)",
    )
    parser.add_argument("--charset", type=_charset, help="charset of the pages, where the automatic choice is wrong")
    parser.add_argument("--explain", action="store_true", help="why each field was chosen, and what was left out")
    parser.add_argument("--profile", type=_profile, default="generic", help="reader of the pages (default: %(default)s)")
    parser.add_argument(
        "--allow", type=_network, action="append", default=[], metavar="CIDR", help="network that the private-address guard lets through"
    )
    parser.add_argument("--gap", type=_gap, default=timedelta(seconds=1), help=argparse.SUPPRESS)


def _gap(text: str) -> timedelta:
    found = duration(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration")
    return found


def _zone(text: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        raise argparse.ArgumentTypeError(f"no zone is called {text!r}; use an IANA name such as Asia/Shanghai") from None


def _charset(text: str) -> str:
    from ..core.charset import named

    if named(text) is None:
        raise argparse.ArgumentTypeError(f"no charset is called {text!r}; use a name such as gb18030 or utf-8")
    return text


def _profile(text: str) -> str:
    from importlib.util import find_spec

    if not text.isidentifier() or find_spec(f"bridge.portals.{text}") is None:
        raise argparse.ArgumentTypeError(f"no profile is called {text!r}; they are the files in bridge/portals/")
    return text


def _network(text: str) -> str:
    from ipaddress import ip_network

    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a network such as 192.168.0.0/16") from None


@dataclass(frozen=True, slots=True)
class Target:
    """A page to be previewed, or why it could not be had."""

    name: str
    page: Page | None
    error: str = ""


def run(args: argparse.Namespace) -> int:
    """0 when every page could be read, 1 when not, 2 without a target."""
    if not args.targets and not args.stdin:
        say("feedbridge: preview: name an address, a file or -, or give --stdin")
        return 2
    reader = Reader(args)
    good = True
    for target in _stream() if args.stdin else _targets(args):
        good &= reader.show(target)
    return int(not good)


class Reader:
    """Reads page after page with what the earlier ones do not change: each page is judged alone."""

    def __init__(self, args: argparse.Namespace) -> None:
        from importlib import import_module

        self.args = args
        self.clock = SystemClock()
        self.profile: Any = import_module(f"bridge.portals.{args.profile}")

    def show(self, target: Target) -> bool:
        """The target's extraction is printed; False when there is none."""
        try:
            found = self._read(target)
        except BridgeError as error:
            return self._fail(target, str(error))
        if self.args.json or self.args.stdin:
            dump(found)
        else:
            _print(target.name, found, self.args.explain)
        return True

    def _read(self, target: Target) -> dict[str, Any]:
        if target.page is None:
            raise BridgeError(target.error)
        read = self.profile.read_list if self.args.what == "list" else self.profile.read_article
        now = self.clock.now()
        zone = self.args.timezone or "UTC"
        result = read(target.page, self._portal(target, zone), Site(), now)
        if self.args.timezone is None and (result.language or "").startswith("zh"):
            result = read(target.page, self._portal(target, "Asia/Shanghai"), Site(), now)
        result = result if self.args.timezone else _assumed(result)
        return _list_facts(result, self.args.explain) if isinstance(result, ListPage) else article_facts(result, self.args.explain)

    def _portal(self, target: Target, zone: str) -> Portal:
        assert target.page is not None
        return Portal(id="preview", title="", url=target.page.url, timezone=zone, charset=self.args.charset)

    def _fail(self, target: Target, why: str) -> bool:
        if self.args.json or self.args.stdin:
            dump({"url": target.name, "error": why})
        else:
            say(f"feedbridge: {target.name}: {why}")
        return False


def _assumed(result: Any) -> Any:
    """Dates that were given a zone nobody named are marked as such."""

    def mark(when: When | None) -> When | None:
        return replace(when, zone="assumed") if when and when.zone == "portal" else when

    if isinstance(result, ListPage):
        return replace(result, links=tuple(replace(link, published=mark(link.published)) for link in result.links))
    return replace(result, published=mark(result.published), modified=mark(result.modified))


# ---------------------------------------------------------------- where pages come from


def _targets(args: argparse.Namespace) -> Iterator[Target]:
    fetcher = None
    for name in args.targets:
        if name.startswith(("http://", "https://")):
            fetcher = fetcher or _fetcher(args)
            yield _fetched(fetcher, name)
        else:
            yield _filed(name, args.url)


def _fetcher(args: argparse.Namespace) -> Any:
    from ..fetch import WebFetcher, user_agent
    from ..web.hostbook import MemoryBook

    network = Network(allow=tuple(args.allow), gap=args.gap)
    return WebFetcher(network, user_agent(__version__, ""), MemoryBook(), SystemClock())


def _fetched(fetcher: Any, url: str) -> Target:
    try:
        page = fetcher.get(Request(url))
    except FetchError as error:
        return Target(url, None, f"{error.cause}: {error.detail}" if error.detail else error.cause)
    return Target(url, page)


def _filed(name: str, url: str | None) -> Target:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        return Target(name, None, f"cannot be read: {error.strerror}")
    return Target(name, Page(url=url or "http://preview.invalid/", body=body, requested=url or ""))


def _stream() -> Iterator[Target]:
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            url = asked.get("url") or "http://preview.invalid/"
            yield Target(
                url, Page(url=url, body=base64.b64decode(asked["html_b64"]), content_type=asked.get("content_type"), requested=url)
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield Target("-", None, f"not a line of JSON with html_b64 and url: {error}")
        sys.stdout.flush()


# ---------------------------------------------------------------- what is shown


def _iso(when: When | None) -> str | None:
    if when is None:
        return None
    return when.at.date().isoformat() if when.precision == "day" else when.at.isoformat()


def article_facts(article: Article, explain: bool) -> dict[str, Any]:
    """The JSON of `preview article`: what is not known is null."""
    source = article.source
    facts: dict[str, Any] = {
        "url": article.url,
        "title": article.title,
        "published": _iso(article.published),
        "modified": _iso(article.modified),
        "author": article.author,
        "editor": article.editor,
        "source": {"name": source.name, "published": _iso(source.published), "url": source.url} if source else None,
        "contributor": article.contributor,
        "category": list(article.category),
        "summary": article.summary,
        "content_html": article.content_html,
        "content_text": article.content_text,
        "images": [{"url": image.url, "alt": image.alt} for image in article.images],
        "enclosures": [{"url": file.url, "type": file.media_type, "title": file.title} for file in article.enclosures],
        "charset": article.charset,
        "language": article.language,
        "published_precision": article.published.precision if article.published else None,
        "published_zone": article.published.zone if article.published else None,
        "next": article.next,
        "suspicious": list(article.suspicious),
    }
    return facts | ({"explain": article.explain} if explain else {})


def _list_facts(page: ListPage, explain: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "url": page.url,
        "charset": page.charset,
        "next": page.next,
        "links": [_link_facts(link) for link in page.links],
    }
    left_out = [{"url": d.url, "title": d.title, "why": d.why} for d in page.dropped]
    return facts | ({"dropped": left_out, "explain": page.explain} if explain else {})


def _link_facts(link: Link) -> dict[str, Any]:
    return {"url": link.url, "title": link.title, "published": _iso(link.published), "summary": link.summary, "image": link.image}


def _print(name: str, facts: dict[str, Any], explain: bool) -> None:
    out(f"== {name}")
    if "links" in facts:
        rows = [(link["published"] or "-", link["title"], link["url"]) for link in facts["links"]]
        for line in table(("published", "title", "address"), rows):
            out(line)
        for dropped in facts.get("dropped", []):
            out(f"left out: {dropped['title']} ({dropped['why']}) {dropped['url']}")
        out(f"{len(rows)} links, charset {facts['charset']}, next page: {facts['next'] or '-'}")
        return
    names = ("title", "published", "author", "contributor", "category", "charset", "language", "summary")
    for key in names:
        out(f"{key:12} {_cell(facts[key])}")
    out(f"{'source':12} {facts['source']['name'] if facts['source'] else '-'}")
    out(f"{'images':12} {len(facts['images'])}")
    out("")
    out(facts["content_text"])
    if explain:
        out(json.dumps(facts["explain"], ensure_ascii=False, indent=2, default=str))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " > ".join(value) or "-"
    return "-" if value in (None, "") else str(value)
