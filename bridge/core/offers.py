"""What a list page offers to machines: feeds, item lists in JSON-LD, frames."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from ..model import Link
from . import dom

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_LISTS = frozenset(("ItemList", "Blog", "CollectionPage", "DataFeed", "NewsCollection", "SearchResultsPage"))
_MEMBERS = ("itemListElement", "blogPost", "blogPosts", "hasPart", "mainEntity", "dataFeedElement", "@graph")
_MAX_JSON = 500_000
_MAX_VALUES = 5_000


def feeds(tree: HtmlElement, base: str) -> list[dict[str, str]]:
    """Feeds that the page announces (RSS autodiscovery), as url, title and type, at most ten."""
    found = []
    for link in tree.iter("link"):
        kind = (link.get("type") or "").lower().strip()
        if "alternate" in (link.get("rel") or "").lower() and kind in _FEED_TYPES and (url := dom.absolute(base, link.get("href") or "")):
            found.append({"url": url, "title": dom.normal((link.get("title") or "")[:200]), "type": kind})
    return found[:10]


def frames(tree: HtmlElement, base: str) -> list[str]:
    """Addresses of the frames that a page shows instead of its own text, at most ten."""
    sources = (dom.absolute(base, frame.get("src") or "") for frame in tree.iter("frame", "iframe"))
    return [url for url in sources if url][:10]


def items(tree: HtmlElement, base: str) -> tuple[Link, ...]:
    """The links of the longest item list in the page's JSON-LD, in its order; empty where there is none."""
    best: tuple[Link, ...] = ()
    for script in list(tree.iter("script"))[:200]:
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= _MAX_JSON:
            for listed in _lists(_loaded(script.text)):
                best = max(best, _links(listed, base), key=len)
    return best


def _loaded(text: str) -> Any:
    try:
        return json.loads(re.sub(r"[\x00-\x1f]+", " ", text))
    except (ValueError, RecursionError):
        return None


def _lists(value: Any) -> Iterator[dict[str, Any]]:
    stack, seen = [value], 0
    while stack and seen < _MAX_VALUES:
        value, seen = stack.pop(), seen + 1
        if isinstance(value, list):
            stack.extend(value[:500])
        elif isinstance(value, dict):
            if _LISTS & set(_texts(value.get("@type"))):
                yield value
            stack.extend(value[name] for name in _MEMBERS if isinstance(value.get(name), (dict, list)))


def _texts(value: Any) -> list[str]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)]


def _links(listed: dict[str, Any], base: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for name in _MEMBERS:
        members = listed.get(name)
        for member in (members if isinstance(members, list) else [])[:500]:
            link = _link(member, base)
            if link and link.url not in found:
                found[link.url] = link
    return tuple(found.values())


def _link(member: Any, base: str) -> Link | None:
    if not isinstance(member, dict):
        return None
    item = member.get("item")
    sources = [source for source in (item, member) if isinstance(source, dict)]
    names = [text for source in sources for key in ("headline", "name") for text in _texts(source.get(key))]
    places = [text for source in sources for key in ("url", "@id") for text in _texts(source.get(key))] + _texts(item)
    url = next((url for place in places if (url := dom.absolute(base, place))), None)
    title = dom.normal(names[0][:400]) if names else ""
    return Link(url, title) if url and title else None
