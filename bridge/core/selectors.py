"""An operator's CSS selectors for article pages (portal.select), through BeautifulSoup; loaded only where there are some."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import ReadError
from .dom import normal

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

KEYS = ("title", "published", "source", "author", "contributor", "category", "body", "images", "drop")
REQUIRED = frozenset(("title", "published", "body"))


@dataclass(frozen=True, slots=True)
class Selected:
    """`text`: the page without what `drop` names; `values`: the texts by key; `body`, `images`: HTML of the selected nodes."""

    text: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: str | None = None
    images: str | None = None
    missed: tuple[str, ...] = ()


def select(text: str, url: str, wanted: Mapping[str, str]) -> Selected:
    """What the selectors of `wanted` find on a page.

    Raises ReadError("selector") for one that is no CSS, and for title, published and body when they match nothing; others
    that match nothing are listed in `missed`, for not every article has an author.
    """
    selectors = {key: wanted[key] for key in KEYS if wanted.get(key)}
    if not selectors:
        return Selected(text)
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    nodes = {key: _nodes(soup, key, selector, url) for key, selector in selectors.items()}
    missed = tuple(f"select.{key} `{selectors[key]}` matched 0 nodes" for key, found in nodes.items() if not found)
    for node in nodes.get("drop", []):
        node.decompose()
    values = {key: tuple(map(_value, found)) for key, found in nodes.items() if key not in {"body", "images", "drop"}}
    return Selected(str(soup) if "drop" in nodes else text, values, _html(nodes.get("body")), _html(nodes.get("images")), missed)


def _nodes(soup: "BeautifulSoup", key: str, selector: str, url: str) -> "list[Tag]":
    from soupsieve import SelectorSyntaxError

    try:
        found = list(soup.select(selector, limit=200))
    except (SelectorSyntaxError, NotImplementedError, ValueError) as fault:
        reason = str(fault).splitlines()[0]
        raise ReadError("selector", f"select.{key} `{selector}` is no CSS selector ({reason}) on {url}") from fault
    if not found and key in REQUIRED:
        raise ReadError("selector", f"select.{key} `{selector}` matched 0 nodes on {url}")
    return found


def _value(node: "Tag") -> str:
    """What a node says: a machine-readable attribute where it has one, else its text."""
    for name in ("datetime", "content"):
        value = node.get(name)
        if isinstance(value, str) and value.strip():
            return normal(value)
    return normal(node.get_text(" "))[:1000]


def _html(nodes: "list[Tag] | None") -> str | None:
    return None if nodes is None else "\n".join(str(node) for node in nodes)
