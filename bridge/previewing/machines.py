"""What a site offers to machines (feeds, sitemaps, item lists), and whether that is better than its pages. Nothing is fetched here."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, Literal

from ..core.identity import canonical
from ..model import ListPage, Page

MOST = 5_000
"""Entries of a feed or sitemap that are looked at."""
_DATES = ("publication_date", "published", "pubDate", "date", "updated", "lastmod", "modified")


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed, a sitemap or an item list. `entries` is None until it was read; `shared`: how many of the page's links it has."""

    kind: Literal["feed", "sitemap", "item list"]
    url: str
    title: str = ""
    entries: int | None = None
    newest: datetime | None = None
    shared: int = 0
    fault: str = ""

    def is_better(self, page: ListPage) -> bool:
        """Whether it has most of what the page shows, and is no older."""
        return self.kind == "feed" and bool(self.entries) and not self._is_behind(page) and self.shared >= 0.7 * max(1, len(page.links))

    def verdict(self, page: ListPage) -> str:
        """In words: what it holds beside what the page shows."""
        if self.fault:
            return f"cannot be used: {self.fault}"
        if self.entries is None:
            return "announced, not read"
        if self.kind == "item list":
            return f"{self.entries} links, " + (
                "used" if page.explain.get("rule") == "json-ld" else "not used: the page itself shows as much"
            )
        behind = "older than the page, " if self._is_behind(page) else ""
        stand = f"{self.entries} entries, newest {self.newest:%Y-%m-%d}" if self.newest else f"{self.entries} entries"
        better = "; better than reading the page: subscribe to it directly" if self.is_better(page) else ""
        return f"{stand}, {behind}{self.shared} of the page's {len(page.links)} links{better}"

    def _is_behind(self, page: ListPage) -> bool:
        newest = newest_of(page)
        return bool(newest and self.newest and self.newest < newest - timedelta(days=1, hours=14))


def newest_of(page: ListPage) -> datetime | None:
    """The newest date among a page's links."""
    return max((link.published.at for link in page.links if link.published), default=None)


def announced(page: Page, found: ListPage | None, robots: str = "") -> list[Offer]:
    """The feeds and item lists that the page has, and the sitemaps that it or the host's robots.txt names; none is read yet."""
    from ..core import charset, dom, offers

    tree = dom.parse(charset.decode(page.body, page.content_type).text)
    base = dom.base_url(tree, page.url)
    feeds = [Offer("feed", feed["url"], feed["title"]) for feed in offers.feeds(tree, base)]
    listed = offers.items(tree, base)
    known = {link.url for link in found.links} if found else set()
    shared = len(known & {link.url for link in listed})
    lists = [Offer("item list", page.url, "JSON-LD", len(listed), shared=shared)] if listed else []
    named = [dom.absolute(base, link.get("href") or "") for link in tree.iter("link") if (link.get("rel") or "").lower() == "sitemap"]
    maps = dict.fromkeys([url for url in (*named, *_sitemaps(robots)) if url])
    return [*feeds, *(Offer("sitemap", url) for url in list(maps)[:3]), *lists]


def _sitemaps(robots: str) -> list[str]:
    """The Sitemap lines of a robots.txt (RFC 9309 §2.2.4 leaves them to sitemaps.org)."""
    return re.findall(r"(?im)^\s*sitemap\s*:\s*(https?://\S{1,2000})\s*$", robots[:500_000])


def weighed(offer: Offer, page: Page, found: ListPage) -> Offer:
    """The offer after reading what its address gave, beside the links of the list page."""
    entries = list(islice(_entries(page), MOST))
    if not entries:
        return replace(offer, fault="no entries in it")
    links = {canonical(link.url) for link in found.links}
    shared = len(links & {canonical(url) for url, _ in entries if url})
    return replace(offer, entries=len(entries), newest=max((at for _, at in entries if at), default=None), shared=shared)


def _entries(page: Page) -> Iterator[tuple[str, datetime | None]]:
    """(address, date) of each entry of a feed (RSS, Atom, JSON Feed) or line of a sitemap."""
    if page.body.lstrip()[:1] == b"{":
        yield from _json_entries(page.body)
        return
    from lxml import etree

    parser = etree.XMLParser(recover=True, no_network=True, resolve_entities=False, huge_tree=False)
    try:
        root = etree.fromstring(page.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for element in root.iter("{*}item", "{*}entry", "{*}url") if root is not None else ():
        yield _entry(element)


def _entry(element: Any) -> tuple[str, datetime | None]:
    url, stamps = "", {}
    for child in islice(element.iter(), 1, 60):
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        text = (child.text or "").strip()[:2000]
        if name in {"link", "loc"} and not url and child.get("rel", "alternate") == "alternate":
            url = child.get("href") or text
        elif name in _DATES:
            stamps[name] = text
    return url, _stamp(stamps[name] for name in _DATES if name in stamps)


def _json_entries(body: bytes) -> Iterator[tuple[str, datetime | None]]:
    try:
        items = json.loads(body).get("items")
    except (ValueError, AttributeError, RecursionError):
        return
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield str(item.get("url") or "")[:2000], _stamp(str(item[name]) for name in ("date_published", "date_modified") if name in item)


def _stamp(texts: Iterable[str]) -> datetime | None:
    """The first text that is a date (RFC 3339 or RFC 5322), aware."""
    for text in texts:
        for parse in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                found = parse(text)
            except (ValueError, TypeError, IndexError):
                continue
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
