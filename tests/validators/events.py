"""What the schemas cannot say, as events under the names that W3C's feed validator gives them (ours, where it is silent, in lower case).

`rss`, `atom`, `json_feed` and `opml` yield one line for each fault of a document that is served at `address`; what lies after `now` is the
future. They read it with lxml and the standard library alone, and know nothing of the program that wrote it.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import unescape
from html.entities import name2codepoint
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

HERE = Path(__file__).parent
ATOM, DC, MEDIA = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/"
A, CONTENT = f"{{{ATOM}}}", "{http://purl.org/rss/1.0/modules/content/}encoded"
LARGEST = 1_000_000
ARCHIVE_LARGEST = 5_000_000  # what it reads
HISTORY, TOMBSTONES = "http://purl.org/syndication/history/1.0", "http://purl.org/atompub/tombstones/1.0"
_NAMESPACES = frozenset((ATOM, DC, MEDIA, HISTORY, CONTENT[1:-8], "http://purl.org/dc/terms/", "http://www.w3.org/XML/1998/namespace"))
_LANGUAGES = frozenset(
    "aaabaeafakamanarasavayazbabebgbhbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngugvhahehihohrhthuhyhziaidieigii"
    "ikioisitiujajvkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimkmlmnmomrmsmtmynanbndnengnlnnnonrnvnyocojomorospapiplpsptqurmrnrorurw"
    "sascsdsesgshsiskslsmsnsosqsrssstsusvswtatetgthtitktltntotrtstttwtyugukuruzvevivowawoxhyiyozazhzu"[n : n + 2]
    for n in range(0, 372, 2)
) | {"und", "mul"}
_TAG_URI = re.compile(r"tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$._!~*'()%,-]*")
_URI = re.compile(r"https?://(?:[!#$&'()*+,\-./:;=?@_~A-Za-z0-9\[\]]|%[0-9A-Fa-f]{2})+")
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_PLAIN = re.compile(
    r"<(title|summary|subtitle|name|category|media:description)\b([^<>]*)>([^<]*)</|^    <(description)()>([^<]*)</"
    r"|<(link)\b[^<>]* (title)=\"([^<\"]*)\"",
    re.M,
)
_TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym address area article aside audio b bdi big blockquote br caption center cite code col colgroup dd del details dfn "
        "div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li map mark nav ol p pre q rp rt ruby s samp "
        "section small span strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr",
    )
)
_VOID = frozenset(("area", "br", "col", "hr", "img", "wbr"))
_OPEN_END = frozenset(("p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot"))
_ADDRESSES = frozenset(("href", "src", "cite", "poster", "longdesc", "background"))


# ---------------------------------------------------------------- documents


def rss(document: bytes, address: str, now: datetime) -> Iterator[str]:
    """Faults of an RSS 2.0 document."""
    yield from _bytes(document, address)
    root = etree.fromstring(document)
    yield from schema("rss", root)
    channel = root[0]
    yield from _vocabulary(root)
    yield from _plain(document.decode("utf-8", "replace"), True)
    yield from _links(channel, address, "application/rss+xml")
    items = channel.findall("item")
    yield from _placed(channel)
    yield from _same("DuplicateValue", [item.findtext("guid") for item in items])
    yield from _rfc822(root, now)
    published = [_at(item.findtext("pubDate"), parsedate_to_datetime) for item in items]
    yield from _newest_first(published)
    changed = _at(channel.findtext("lastBuildDate"), parsedate_to_datetime)
    if changed and any(at and at > changed for at in published):
        yield "channel older than an item"
    for item in items:
        yield from _title(item.findtext("title"))
        yield from _html(item.findtext(CONTENT) or "")
        yield from _html(item.findtext("description") or "")
        yield from _addresses(item)
        if item.find(f"{{{DC}}}date") is not None and item.find("pubDate") is not None:
            yield "DuplicateItemSemantics"
        if "@" not in (item.findtext("author") or "@"):
            yield "InvalidContact"
        yield from _first(["description", CONTENT], [node.tag for node in item], "content before description")


def atom(document: bytes, address: str, now: datetime) -> Iterator[str]:
    """Faults of an Atom document."""
    yield from _bytes(document, address)
    root = etree.fromstring(document)
    yield from schema("atom", root)
    yield from _vocabulary(root)
    yield from _plain(document.decode("utf-8", "replace"), False)
    yield from _links(root, address, "application/atom+xml")
    if root.get("{http://www.w3.org/XML/1998/namespace}lang") is None:
        yield "MissingDCLanguage"
    entries = root.findall(A + "entry")
    yield from _same("DuplicateEntries", [entry.findtext(A + "id") for entry in entries])
    yield from _same("DuplicateUpdated", [entry.findtext(A + "updated") for entry in entries])
    published = [_at(entry.findtext(A + "published"), datetime.fromisoformat) for entry in entries]
    yield from _newest_first(published)
    for node in root.iter(A + "updated", A + "published"):
        at = _at(node.text, datetime.fromisoformat)
        yield from _plausible(at, now) if at else ["InvalidRFC3339Date"]
    for entry in entries:
        yield from _title(entry.findtext(A + "title"))
        yield from _addresses(entry)
        content = entry.find(A + "content")
        if content is not None and content.get("type") == "html":
            yield from _html(content.text or "")
        places = [(link.get("type"), link.get("hreflang")) for link in entry.findall(A + "link") if link.get("rel") == "alternate"]
        yield from _same("DuplicateAtomLink", places)
        if len(places) != 1:
            yield "not one alternate link"


def json_feed(document: bytes, address: str, now: datetime) -> Iterator[str]:
    """Faults of a JSON Feed 1.1 document; the structure is the schema's business (jsonfeed.schema.json)."""
    yield from _bytes(document, address)
    feed = json.loads(document)
    if feed.get("feed_url") != address:
        yield "SelfDoesntMatchLocation"
    if feed.get("next_url") == feed.get("feed_url"):
        yield "next_url is feed_url"
    items = feed["items"]
    yield from _same("DuplicateEntries", [item["id"] for item in items])
    yield from _newest_first([_at(item["date_published"], datetime.fromisoformat) for item in items])
    for item in items:
        yield from _title(item["title"])
        yield from _html(item.get("content_html", ""))
        for name in ("date_published", "date_modified"):
            at = _at(item[name], datetime.fromisoformat)
            yield from _plausible(at, now) if at else ["InvalidRFC3339Date"]
    for url in re.findall(r'^ *"(?:\w*url|image)": ("[^\n]*"),?$', document.decode(), re.M):
        yield from _uri(json.loads(url))


def opml(document: bytes, address: str, now: datetime) -> Iterator[str]:
    """Faults of an OPML 2.0 subscription list."""
    yield from _bytes(document, address)
    root = etree.fromstring(document)
    yield from schema("opml", root)
    yield from _same("DuplicateValue", [outline.get("xmlUrl") for outline in root.iter("outline")])
    changed = root.findtext("head/dateModified")
    at = _at(changed, parsedate_to_datetime)
    yield from _plausible(at, now) if at else ["InvalidRFC2822Date"]


CHECKS: dict[str, Callable[[bytes, str, datetime], Iterator[str]]] = {".rss": rss, ".atom": atom, ".json": json_feed, ".opml": opml}


def html_of(document: bytes) -> Iterator[str]:
    """The texts of an RSS or Atom document that are HTML."""
    root = etree.fromstring(document)
    yield from (node.text or "" for item in root.iter("item") for node in item.iterchildren("description", CONTENT))
    yield from (node.text or "" for node in root.iter() if node.get("type") == "html")


def schema(name: str, root: etree._Element) -> Iterator[str]:
    """What the schema refuses."""
    relaxed = etree.RelaxNG(etree.parse(HERE / f"{name}.rng"))
    if not relaxed.validate(root):
        yield from (f"InvalidRNC: line {error.line}: {error.message}" for error in relaxed.error_log)


# ---------------------------------------------------------------- parts


def _bytes(document: bytes, address: str) -> Iterator[str]:
    text = document.decode("utf-8", "replace")
    if _BAD.search(text) or "\ufffd" in text:
        yield "BadCharacters"
    if not address.endswith(".json") and not document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>"):
        yield "no XML declaration"
    if len(document) > (ARCHIVE_LARGEST if "/archive/" in address else LARGEST):
        yield "too large"


def _links(node: etree._Element, address: str, media_type: str) -> Iterator[str]:
    links = node.findall(A + "link")
    own = [link for link in links if link.get("rel") == "self"]
    if len(own) != 1:
        yield "MissingSelf"
    elif own[0].get("href") != address:
        yield "SelfDoesntMatchLocation"
    elif own[0].get("type") != media_type:
        yield "self without its type"
    yield from _same("DuplicateAtomLink", [link.get("rel") for link in links])
    archive = node.find(f"{{{HISTORY}}}archive") is not None
    rels = {link.get("rel") for link in links}
    if archive != ("current" in rels):
        yield "archive without current, or the reverse"
    if archive and not rels & {"prev-archive", "next-archive"}:
        yield "ArchiveIncomplete"


def _vocabulary(root: etree._Element) -> Iterator[str]:
    """Namespaces, languages and ids are such as the validator knows. Of tombstones it warns; a document without one must not name them."""
    known = _NAMESPACES | ({TOMBSTONES} if root.find(f"{{{TOMBSTONES}}}deleted-entry") is not None else set())
    yield from (f"UnknownNamespace: {uri}" for uri in sorted({uri for node in root.iter() for uri in node.nsmap.values()} - known))
    tongues = [node.get("{http://www.w3.org/XML/1998/namespace}lang") for node in root.iter()] + [n.text for n in root.iter("language")]
    yield from (f"InvalidLanguage: {tag}" for tag in tongues if tag and tag.partition("-")[0].lower() not in _LANGUAGES)
    for node in root.iter(A + "id", "guid"):
        if not _TAG_URI.fullmatch(node.text or ""):
            yield f"InvalidTAG: {node.text}"
        elif re.search("%(?:[0-9A-F]?[a-f]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DE])", node.text or ""):
            yield f"NonCanonicalURI: {node.text}"


def _plain(document: str, rss: bool) -> Iterator[str]:
    """Text that is no HTML must not look like it, unless its `&` and `<` are hexadecimal references; an end tag always does."""
    for found in _PLAIN.finditer(document):
        name, attributes, raw = (part for part in found.groups() if part is not None)
        text = unescape(raw)
        entities = [one for one in re.findall(r"&(#?\w+)", text) if one in name2codepoint or one == "apos" or not one.isalpha()]
        tags = [tag for tag in re.findall(r"</(\w+)>", text) if tag.lower() in _TAGS | {"html", "body", "script", "style", "iframe"}]
        looks = entities or (rss and re.search("&#[x0-9]|<[/a-zA-Z]", text))
        if 'type="html"' not in attributes and (tags or (looks and "&#x" not in raw.partition("\n")[0])):
            yield f"ContainsHTML: {text}"
        if name == "name" and re.search(r"<[\w.'+-]+@[\w.-]+>", text):
            yield f"ContainsEmail: {text}"


def _placed(channel: etree._Element) -> Iterator[str]:
    seen = False
    for node in channel:
        if seen and node.tag != "item":
            yield f"MisplacedItem: {node.tag}"
        seen = seen or node.tag == "item"


def _same(name: str, values: Iterable[object]) -> Iterator[str]:
    yield from (f"{name}: {value}" for value, number in Counter(values).items() if number > 1)


def _at(text: str | None, parse: Callable[[str], datetime]) -> datetime | None:
    """The time, None when it is none or has no zone."""
    try:
        at = parse(text or "")
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else None


def _rfc822(root: etree._Element, now: datetime) -> Iterator[str]:
    for node in root.iter("pubDate", "lastBuildDate"):
        at = _at(node.text, parsedate_to_datetime)
        if at is None:
            yield f"InvalidRFC2822Date: {node.text}"
        elif format_datetime(at)[:3] != (node.text or "")[:3]:
            yield f"IncorrectDOW: {node.text}"
        elif not re.search(r" [+-]\d\d[03]0$", node.text or ""):
            yield f"ProblematicalRFC822Date: {node.text}"
        else:
            yield from _plausible(at, now)


def _plausible(at: datetime, now: datetime) -> Iterator[str]:
    if not datetime(1990, 1, 1, tzinfo=UTC) < at <= now:
        yield f"ImplausibleDate: {at}"


def _newest_first(times: list[datetime | None]) -> Iterator[str]:
    known = [at for at in times if at]
    if len(known) != len(times):
        yield "an item without its date"
    if known != sorted(known, reverse=True):
        yield "not the newest first"


def _title(title: str | None) -> Iterator[str]:
    if not (title or "").strip():
        yield "MissingTitle"
    if title != unicodedata.normalize("NFC", title or "") or (title or "").strip() != title:
        yield f"not normal: {title}"


def _addresses(node: etree._Element) -> Iterator[str]:
    for one in node.iter():
        for name in ("href", "url"):
            if one.get(name) is not None:
                yield from _uri(one.get(name) or "")
    if node.find("link") is not None:
        yield from _uri(node.findtext("link") or "")
    if len(node.findall("enclosure")) > 1:
        yield "DuplicateEnclosure"


def _uri(url: str) -> Iterator[str]:
    if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
        yield f"InvalidFullLink: {url}"
    elif not _URI.fullmatch(url):
        yield f"UriNotIri: {url}"


def _first(order: list[str], tags: list[object], what: str) -> Iterator[str]:
    places = [tags.index(tag) for tag in order if tag in tags]
    if places != sorted(places):
        yield what


def _html(text: str) -> Iterator[str]:
    reading = _Html()
    reading.feed(text)
    reading.close()
    yield from reading.faults
    if left := [tag for tag in reading.open if tag not in _OPEN_END]:
        yield f"NotHtml: {left} not closed"


class _Html(HTMLParser):
    """Content: known tags, closed, without script; absolute addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag not in _TAGS:
            self.faults.append(f"SecurityRisk: <{tag}>")
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if (
                name.startswith("on")
                or name in {"style", "srcdoc", "controls"}
                or (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            ):
                self.faults.append(f"SecurityRiskAttr: {name}={value}")
            elif name in _ADDRESSES and not (value or "").startswith(("http://", "https://", "mailto:", "tel:")):
                self.faults.append(f"ContainsRelRef: {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it those inside whose end may be left out."""
        while self.open and self.open[-1] != tag and self.open[-1] in _OPEN_END:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in _VOID:
            self.faults.append(f"NotHtml: </{tag}> without its beginning")
