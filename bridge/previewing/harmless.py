"""A stranger's page as HTML that runs nothing and asks for nothing, but still looks roughly as it did."""

import re

from lxml.html import HtmlElement, tostring

from ..core import dom

MAX_CHARS = 3_000_000
"""Longest page that is shown; of a longer one the beginning."""

_GONE = (
    "script",
    "noscript",
    "template",
    "object",
    "applet",
    "video",
    "audio",
    "svg",
    "math",
    "canvas",
    "xmp",
)
_VOID = ("link", "meta", "base", "embed")
_KEPT = frozenset(
    (
        *("class", "id", "style", "title", "alt", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "color", "size", "face"),
        *("border", "cellpadding", "cellspacing", "colspan", "rowspan", "type", "start", "hidden", "nowrap", "rows", "cols", "noshade"),
    )
)
_PLACEHOLDER = "display:inline-block;border:1px dashed #999;color:#666;padding:2px 6px;font:12px sans-serif"
_FETCHING = re.compile(
    r"(?is)[a-z-]*\burl\s*\([^)]*\)?|@import[^;]*;?|(?:-webkit-)?(?:image-set|cross-fade|element|src|image)\s*\([^)]*\)?|expression\s*\(|behavior\s*:"
)


def page(text: str) -> str:
    """The whole document. No element with an address, a script, a frame or a style that fetches is left; pictures are named in boxes."""
    tree = dom.parse(text[:MAX_CHARS])
    _strip(tree, links=False)
    return "<!DOCTYPE html>" + _written(tree)


def fragment(html: str) -> str:
    """Sanitised article HTML without what would be fetched; links stay links."""
    tree = dom.parse(f"<body>{html}</body>")
    _strip(tree, links=True)
    body = tree.find("body")
    return _written(body)[len("<body>") : -len("</body>")] if body is not None else ""


def _written(tree: HtmlElement) -> str:
    return str(tostring(tree, encoding="unicode", method="html"))


def _strip(tree: HtmlElement, *, links: bool) -> None:
    for element in list(tree.iter(*_GONE)):
        element.drop_tree()
    for element in list(tree.iter(*_VOID)):
        # The parser nests what follows in some of these; drop_tag would cost the square of their number.
        if len(element):
            element.tag = "div"
        else:
            element.drop_tree()
    for element in list(tree.iter()):
        if isinstance(element.tag, str):
            _tame(element, links=links)


def _tame(element: HtmlElement, *, links: bool) -> None:
    """One element without what acts; pictures and frames become boxes."""
    if element.tag == "style":
        element.text = style(element.text or "")
    elif element.tag in {"frame", "iframe", "img"} or (element.tag in {"image", "input"} and element.get("src")):
        _box(element)
    elif element.tag in {"frameset", "noframes", "form"}:
        element.tag = "div"
    for name in list(element.attrib):
        if name not in _KEPT and not (links and element.tag == "a" and name == "href"):
            del element.attrib[name]
    if "style" in element.attrib:
        element.set("style", style(element.get("style") or ""))


def _box(element: HtmlElement) -> None:
    kind = "frame" if element.tag in {"frame", "iframe"} else "picture"
    name = dom.normal((element.get("alt") or element.get("title") or element.get("src") or element.get("data-src") or "")[:120])
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "span", f"{kind}: {name}"
    for attribute in list(element.attrib):
        del element.attrib[attribute]
    element.set("style", _PLACEHOLDER)


def style(text: str) -> str:
    """CSS that fetches nothing; none at all where escapes could hide something."""
    bare = re.sub(r"(?s)/\*.*?(?:\*/|$)", "", text)
    return "" if "\\" in bare or "<" in bare else _FETCHING.sub(" ", bare)
