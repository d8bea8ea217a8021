"""Text → element tree, bounded and safe, and the few helpers that every reader of trees needs.

Only pages that must be parsed import this module: it loads lxml. Text goes in, never bytes: which charset a page has
is core.charset's business, and libxml2 cuts a page at the first byte that its own choice cannot map.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from lxml.etree import ElementDefaultClassLookup, HTMLParser, ParserError
from lxml.html import HtmlElement, document_fromstring

MAX_CHARS = 10_000_000
MAX_ATTRIBUTES = 256
MAX_TAGS = 200_000
MAX_ADDRESS = 8192

_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}>")
_CONTROL_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff]")
# Pieces of markup as the tokenizer of the HTML Standard (§13.2.5) reads them. Each text splits in one way only, so that a
# tag that fails costs its length; possessive quantifiers would say the same, but CPython 3.11.0 to 3.11.4 misread them.
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*(?=[\s>]|\Z)|(?:"(?![^"]*")|'(?![^']*'))[^\s>]*(?=[\s>]|\Z)|(?=>|\Z))"""
_ATTRIBUTE = rf"(?:[\s/]+(?![\s/])|=?[^\s/>=]+(?=[\s/>=]|\Z)(?:\s*=\s*{_VALUE}|(?!\s*=))|=(?=[\s/>=]|\Z))"
_ATTRIBUTES = _ATTRIBUTE + f"{{0,{2 * MAX_ATTRIBUTES}}}"
_RAW_TEXT = ["".join(f"[{letter}{letter.upper()}]" for letter in name) for name in (
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes",
)]  # fmt: skip
_RAW = "|".join(rf"<{name}\b[^>]*>[^<]*(?:<(?!/{name})[^<]*)*(?:</{name})?" for name in _RAW_TEXT)
_COMMENT = r"<!--(?!-?>)[^-]*(?:-(?!->)[^-]*)*(?:-->)?"
_USUAL = (  # nearly all tags: neither raw text nor anything that browsers would have to mend
    rf"</[a-zA-Z0-9]+>|<(?!(?:{'|'.join(_RAW_TEXT)})\b)[a-zA-Z][a-zA-Z0-9]*"
    r"""(?:\s+[a-zA-Z][a-zA-Z0-9_:-]*(?:=(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+(?=[\s>])))?){0,64}\s*/?>"""
)
_SANE = re.compile(rf"(?:[^<]+|{_USUAL}|{_RAW}|{_COMMENT}|<[a-zA-Z][^\s/>]*{_ATTRIBUTES}(?=>|\Z)|<(?![a-zA-Z])){{1,1000}}")
_CROWDED = re.compile(rf"<[a-zA-Z][^\s/>]*{_ATTRIBUTES}")
_MORE = re.compile(f"{_ATTRIBUTE}{{1,1000}}")

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff\U00020000-\U0003fffd]+"
)
_NARROW = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\ufe00-\ufe0f]")

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_PLAIN = r"[A-Za-z0-9\-_~!$&'()*+,;=:@/?]*"
_PLAIN += rf"(?:(?:(?<!/)\.|%[0-9A-Fa-f]{{2}}){_PLAIN})*"
_PLAIN_ABSOLUTE = re.compile(rf"https?://[a-z0-9][a-z0-9.-]*(/{_PLAIN})?")
_PLAIN_ROOTED = re.compile(rf"/(?!/){_PLAIN}")
_PLAIN_BELOW = re.compile(r"(?:\./)?([A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*/?(?:\?[A-Za-z0-9_~&=./-]+)?)")
_PATH_SAFE = "/!$&'()*+,;=:@-._~%"
_QUERY_SAFE = "/!$&()*+,;=:@-._~%?[]"
_HEAD = frozenset(("title", "meta", "link", "base", "script", "style", "noscript", "template", "object", "basefont", "bgsound", "noframes"))
"""What a page's head may hold."""


def parse(text: str) -> HtmlElement:
    """The `<html>` element of a page; never raises, and an empty text gives an empty document.

    Comments and processing instructions are gone, control characters too. What lies deeper than 2048 elements, beyond
    the 256th attribute of a tag, behind 200,000 tags or ten million characters is cut, so that time and memory are
    bounded. Trees may be 2048 deep: walk them with a stack or `iter()`, not by recursion.
    """
    text = _uncontrolled(text[:MAX_CHARS])
    if declared := _DECLARATION.match(text):
        text = text[declared.end() :]
    text = _thinned(_shortened(text))
    try:
        root = document_fromstring(text.encode(), parser=_parser())
    except ParserError:
        root = document_fromstring("<html><body></body></html>")
    return _bodied(root) if root.tag == "html" else document_fromstring("<html><body></body></html>")


def _bodied(root: HtmlElement) -> HtmlElement:
    """The tree with its body where the page leaves `<body>` to be understood: libxml2 takes `<header>` and `<main>` for the head's."""
    head = root.find("head")
    place = next((place for place, one in enumerate(head) if one.tag not in _HEAD), None) if head is not None else None
    if head is None or place is None:
        return root
    body = root.find("body")
    if body is None:
        body = root.makeelement("body")
        root.append(body)
    moved = head[place:]
    if body.text:
        moved[-1].tail, body.text = f"{moved[-1].tail or ''}{body.text}", None
    body[0:0] = moved
    return root


def _uncontrolled(text: str) -> str:
    """Text without control characters, surrogates and byte order marks; bytes are looked through in a fraction of the time."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return _CONTROLS.sub("", text)
    clean = "\ufeff" not in text and len(raw.translate(None, _CONTROL_BYTES)) == len(raw)
    return text if clean else _CONTROLS.sub("", text)


def _shortened(text: str) -> str:
    """Text up to the last tag that is read: each costs a few hundred bytes of memory, however short it is."""
    if text.count("<") <= MAX_TAGS:
        return text
    end = -1
    for _ in range(MAX_TAGS + 1):
        end = text.index("<", end + 1)
    return text[:end]


def _thinned(text: str) -> str:
    """Tags without the attributes beyond the bound, whose number libxml2 pays for with its square."""
    kept: list[str] = []
    start = at = 0
    while at < len(text):
        if sane := _SANE.match(text, at):
            at = sane.end()
            continue
        crowded = _CROWDED.match(text, at)
        end = crowded.end() if crowded else at + 1
        kept.append(text[start:end])
        while more := _MORE.match(text, end):
            end = more.end()
        start = at = end
    return "".join((*kept, text[start:]))


def _parser() -> HTMLParser:
    """A parser whose elements are all HtmlElement; lxml.html's own asks Python for the class of each, a fifth of a walk's time."""
    parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
    return parser


def text_of(element: HtmlElement, limit: int = 100_000) -> str:
    """The text within an element as `normal` gives it, at most about `limit` characters; script and style count as text."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return normal(text[:limit])


def normal(text: str) -> str:
    """NFC, every run of white space (ideographic and no-break too) one space, none at the ends, no invisible controls."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.isprintable():  # no white space but spaces
        return " ".join(text.split()) if "  " in text else text.strip(" ")
    return " ".join(_INVISIBLE.sub("", text).split())


def width(text: str) -> int:
    """Columns that a text takes: 2 for an East Asian wide or fullwidth character (UAX #11), 0 for a combining mark, else 1."""
    if text.isascii():
        return len(text)
    return 2 * len(text) - len(_WIDE.sub("", text)) - len(_NARROW.findall(text))


def base_url(tree: HtmlElement, url: str) -> str:
    """What relative addresses of this page are relative to: its first usable `<base href>`, else its own address."""
    for base in tree.iter("base"):
        if found := absolute(url, base.get("href") or ""):
            return found
    return url


def absolute(base: str, href: str, *, charset: str = "utf-8", fragment: bool = False) -> str | None:
    """The absolute http(s) address that a link leads to, in ASCII, or None where it leads nowhere on the web.

    As in WHATWG URL: surrounding space and inner line breaks ignored, backslashes are slashes, the host in lower case and
    punycode, what is not ASCII percent-encoded: the path as UTF-8, the query in the page's `charset`. What is percent-encoded
    already stays as it is. The fragment goes unless `fragment` is true. Longer than 8192 characters: None.
    """
    href = href.strip(" \t\r\n\f\x00\u3000")
    if not href or len(href) > MAX_ADDRESS:
        return None
    if not fragment and "#" in href:
        href = href.partition("#")[0]
        href = href[:-1] if href.find("?") == len(href) - 1 else href  # an empty query is none
    if plain := _PLAIN_ABSOLUTE.fullmatch(href):
        return href if plain[1] else href + "/"
    origin, folder = _places(base)
    if origin and _PLAIN_ROOTED.fullmatch(href):
        return origin + href
    if folder and (below := _PLAIN_BELOW.fullmatch(href)):
        return folder + below[1]
    return _resolve(base, href, charset, fragment)


@lru_cache(maxsize=64)
def _places(base: str) -> tuple[str, str]:
    """`scheme://host` of a base whose host needs no conversion, and its folder where that needs none either; else nothing."""
    found = re.match(r"(https?://[a-z0-9][a-z0-9.-]*)(?=[/?#]|$)((?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*/)?", base)
    if not found:
        return "", ""
    simple = found[2] and re.fullmatch(r"[A-Za-z0-9_.~-]*(?:[?#].*)?", base[found.end() :])
    return found[1], found[0] if simple else ""


@lru_cache(maxsize=512)
def _resolve(base: str, href: str, charset: str, fragment: bool) -> str | None:
    href = re.sub(r"[\t\r\n]", "", href)
    scheme = _SCHEME.match(href)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        return None
    head, mark, tail = href.partition("?")
    try:
        parts = urlsplit(urljoin(base, head.replace("\\", "/") + mark + tail))
        host = _host(parts.hostname or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    authority = host if port in (None, 443 if parts.scheme == "https" else 80) else f"{host}:{port}"
    path = _escape(parts.path or "/", _PATH_SAFE, "utf-8")
    query = _escape(parts.query, _QUERY_SAFE, charset)
    return urlunsplit((parts.scheme, authority, path, query, _escape(parts.fragment, _QUERY_SAFE, "utf-8") if fragment else ""))


def _host(host: str) -> str:
    """The host in ASCII (IDNA 2003, as the standard library has it); raises ValueError where it is none."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if re.search(r"[\s<>\"'`\\^{}|%]", host):
        raise ValueError(host)
    return f"[{host}]" if ":" in host else host.lower()


def _escape(text: str, safe: str, charset: str) -> str:
    if text.isascii() and re.fullmatch(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*", text):
        return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text) if "%" in text else text
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    try:
        return quote(text, safe=safe, encoding=charset, errors="xmlcharrefreplace")
    except LookupError:
        return quote(text, safe=safe)
