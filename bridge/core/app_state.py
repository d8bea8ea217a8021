"""Lists that a page carries as data for its scripts rather than as links: `__NEXT_DATA__`, `window.__STATE__ = {…}`."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from lxml.html import HtmlElement

from ..model import Link
from . import dates, dom, wording
from .shapes import shape

_TITLES = ("title", "headline", "name", "subject", "articletitle", "newstitle")
_PLACES = (
    "url",
    "href",
    "link",
    "path",
    "permalink",
    "canonicalurl",
    "canonical_url",
    "weburl",
    "web_url",
    "detailurl",
    "pageurl",
    "shareurl",
    "uri",
)
_TIMES = (
    "published",
    "publishedat",
    "published_at",
    "publishdate",
    "publish_date",
    "publishtime",
    "publish_time",
    "pubdate",
    "pubtime",
    "date",
    "datetime",
    "datepublished",
    "createtime",
    "create_time",
    "createdat",
    "created_at",
    "time",
    "ctime",
)
_ASSIGNED = re.compile(r"(?:^|[;\s])(?:window\.|self\.|var |let |const )?[\w.$]{1,60}\s*=\s*(?=[\[{])")
_MAX_TEXT = 1_000_000
_MAX_ASSIGNED = 20
_MAX_VALUES = 20_000
_LEAST = 3


def items(tree: HtmlElement, base: str, zone: tzinfo, now: datetime) -> tuple[Link, ...]:
    """The longest list of titles with addresses in the page's data, in its order; empty where there is none of three and more."""
    best: tuple[Link, ...] = ()
    for value in _values(tree):
        for members in _lists(value):
            links = {link.url: link for member in members[:500] if (link := _link(member, base, zone, now))}
            if len(links) > len(best):
                best = tuple(links.values())
    return best if len(best) >= _LEAST else ()


def _values(tree: HtmlElement) -> Iterator[Any]:
    """What the scripts of a page hold as JSON, as far as a megabyte."""
    left = _MAX_TEXT
    for script in list(tree.iter("script"))[:200]:
        text, kind = script.text or "", (script.get("type") or "").lower()
        if "ld+json" in kind or not text.strip() or len(text) > left:
            continue
        left -= len(text)
        starts = [0] if "json" in kind else [found.end() for found in _ASSIGNED.finditer(text)][:_MAX_ASSIGNED]
        for start in starts:
            try:
                yield json.JSONDecoder().raw_decode(text.lstrip() if "json" in kind else text, start)[0]
            except (ValueError, RecursionError):
                continue


def _lists(value: Any) -> Iterator[list[Any]]:
    """Every list of three and more objects."""
    stack, seen = [value], 0
    while stack and seen < _MAX_VALUES:
        value, seen = stack.pop(), seen + 1
        if isinstance(value, list):
            if sum(isinstance(member, dict) for member in value) >= _LEAST:
                yield value
            stack.extend(value[:500])
        elif isinstance(value, dict):
            stack.extend(inner for inner in value.values() if isinstance(inner, (dict, list)))


def _link(member: Any, base: str, zone: tzinfo, now: datetime) -> Link | None:
    """An object with a title and the address of what may be an article; both may stand one level deeper."""
    if not isinstance(member, dict):
        return None
    for source in (member, *(inner for inner in member.values() if isinstance(inner, dict))):
        said = {name.lower(): value for name, value in source.items() if isinstance(value, (str, int))}
        title = next((text for name in _TITLES if isinstance(text := said.get(name), str)), "")
        title = dom.normal(title[:400])
        place = next((text for name in _PLACES if isinstance(text := said.get(name), str)), "")
        url = dom.absolute(base, place) if place else None
        if url and wording.title_likeness(title) >= 0.5 and shape(url).likeness >= 0.3:
            stamp = next((str(said[name]) for name in _TIMES if name in said), "")
            return Link(url, title, published=dates.parse(stamp, zone, now, None, "list") if stamp else None)
    return None
