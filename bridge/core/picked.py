"""A list page by an operator's CSS selectors (portal.select: item, link, title, published, next, drop); loads BeautifulSoup."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ReadError
from ..model import Link
from . import dates, dom, lines, wording

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

KEYS = ("item", "link", "title", "published", "next", "drop")
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Picked:
    """`links` is None where neither item nor link is set; `text` the page without what drop names; `missed` matched nothing."""

    text: str
    links: tuple[Link, ...] | None
    next: str | None
    missed: tuple[str, ...] = ()


def wanted(select: Mapping[str, str]) -> bool:
    """Whether any selector concerns list pages; title and published alone are an article's."""
    return any(select.get(key) for key in ("item", "link", "next", "drop"))


def pick(text: str, url: str, charset: str, select: Mapping[str, str], setting: lines.Setting) -> Picked:
    """What the selectors find. Raises ReadError("selector") for one that is no CSS, and for item and link when they match nothing.

    title and published are looked for within each item, and may be meant for article pages: what they miss is in `missed`.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    dropped = _nodes(soup, "drop", select, url)
    for node in dropped:
        node.decompose()
    base = _base(soup, url)
    following = next((found for node in _nodes(soup, "next", select, url) if (found := _address(node, base, charset))), None)
    links = _links(soup, select, url, base, charset, setting)
    missed = tuple(
        f"select.{key} `{select[key]}` matched 0 nodes"
        for key, found in (("drop", dropped), ("next", following))
        if select.get(key) and not found
    )
    return Picked(str(soup) if dropped else text, links, following, missed)


def _nodes(root: "BeautifulSoup | Tag", key: str, select: Mapping[str, str], url: str) -> "list[Tag]":
    from soupsieve import SelectorSyntaxError

    selector = select.get(key)
    if not selector:
        return []
    try:
        found = list(root.select(selector, limit=_MOST))
    except (SelectorSyntaxError, NotImplementedError, ValueError) as fault:
        reason = str(fault).splitlines()[0]
        raise ReadError("selector", f"select.{key} `{selector}` is no CSS selector ({reason}) on {url}") from fault
    if not found and key in ("item", "link") and root.parent is None:
        raise ReadError("selector", f"select.{key} `{selector}` matched 0 nodes on {url}")
    return found


def _base(soup: "BeautifulSoup", url: str) -> str:
    node = soup.select_one("base[href]")
    return (dom.absolute(url, str(node["href"])) if node else None) or url


def _address(node: "Tag", base: str, charset: str) -> str | None:
    holder = node if node.get("href") else node.select_one("a[href], link[href], area[href]") or node.find_parent("a", href=True)
    return dom.absolute(base, str(holder["href"]), charset=charset) if holder else None


def _links(
    soup: "BeautifulSoup", select: Mapping[str, str], url: str, base: str, charset: str, setting: lines.Setting
) -> tuple[Link, ...] | None:
    if not (select.get("item") or select.get("link")):
        return None
    items = _nodes(soup, "item", select, url) or _nodes(soup, "link", select, url)
    found: dict[str, Link] = {}
    for item in items:
        link = _link(item, select, url, base, charset, setting)
        if link and link.url not in found:
            found[link.url] = link
    if not found:
        key = "link" if select.get("link") else "item"
        raise ReadError("selector", f"select.{key} `{select[key]}` matched {len(items)} nodes without an address on {url}")
    return tuple(found.values())


def _link(item: "Tag", select: Mapping[str, str], url: str, base: str, charset: str, setting: lines.Setting) -> Link | None:
    anchor = next(iter(_nodes(item, "link", select, url)), None) if select.get("item") else item
    anchor = anchor or _likeliest(item)
    address = _address(anchor, base, charset) if anchor else None
    if anchor is None or address is None:
        return None
    named = next(iter(_nodes(item, "title", select, url)), None)
    title = _said(named or anchor)
    dated = next(iter(_nodes(item, "published", select, url)), None)
    stamp = str(dated.get("datetime") or dated.get_text(" ")) if dated else ""
    published = dates.parse(stamp, setting.zone, setting.now, setting.language, "selector") if stamp else None
    beside = dom.normal(item.get_text(" ")).replace(title, " ")
    return Link(address, title or address, published=published or lines.near(stamp or beside[:300], setting))


def _likeliest(item: "Tag") -> "Tag | None":
    anchors = [item] if item.get("href") else item.select("a[href]", limit=50)
    return max(anchors, key=lambda anchor: wording.title_likeness(_said(anchor)), default=None)


def _said(node: "Tag") -> str:
    shown = wording.cleaned(node.get_text(" ")[:1000])
    hint = dom.normal(str(node.get("title") or "")[:400])
    return hint if hint and (not shown or hint.startswith(wording.uncut(shown))) else shown
