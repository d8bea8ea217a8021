"""RSS 2.0 (RSS Advisory Board profile) and Atom (RFC 4287) through feedgen; no other file knows it.

Importing this module imports feedgen and lxml. What feedgen leaves out or gets wrong is put right through its own extension
hooks, which hand over the finished element: link attributes in Atom, the hub in RSS, names without an e-mail address, media.
It sets every time from the model, because feedgen's own default is the present.

Dates: `pubDate` and `published` are always there. Where the time is not the page's own to the minute, an element says so:
`dcterms:available` is the bare day (only the day is known), `dcterms:dateAccepted` when the entry was first seen (nothing is known).

W3C's feed validator warns of every namespace that it does not know (so ours are those that it does, but for tombstones, which have no
other), of titles that a reader may take for HTML, and of archives without a neighbour; what is odd below is odd for that reason.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from bridge.model import Feed

from . import text
from .item import NAME, Head, Item, carried, head, items

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
DCTERMS = "http://purl.org/dc/terms/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_EXTRAS = "bridge"
# Elements of plain text, and Atom's links for their titles; a channel's description is one, an item's is HTML.
_PLAIN = re.compile(
    rb"<(title|summary|subtitle|name|category|media:description)\b[^<>]*>[^<]*</|^    <description>[^<]*</|<link [^<>]* title=[^<>]*>", re.M
)
_LOST = ("\ufffd".encode(), "□".encode())
_END_TAG = re.compile(r"</\w+>")


def rss(feed: Feed, suffix: str, media_type: str) -> bytes:
    """The feed as RSS 2.0, UTF-8 with XML declaration."""
    about = head(feed, suffix)
    about = replace(about, updated=text.mail_time(about.updated), deleted=())
    return _finished(_generator(feed, about, media_type, _rss_entry).rss_str(pretty=True))


def atom(feed: Feed, suffix: str, media_type: str) -> bytes:
    """The feed as Atom, UTF-8 with XML declaration."""
    return _finished(_generator(feed, head(feed, suffix), media_type, _atom_entry).atom_str(pretty=True))


def _finished(document: bytes) -> bytes:
    """`&` and `<` of what is no HTML as hexadecimal references, as the RSS Advisory Board's profile asks; a lost character as `□`."""
    return _PLAIN.sub(_referenced, document).replace(*_LOST)


def _referenced(found: re.Match[bytes]) -> bytes:
    """W3C's validator looks for such a reference in the first line of a text, so a text that has one is a single line."""
    said = found[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
    return said.replace(b"\n", b"&#xA;") if b"&#x" in said else said


def _generator(feed: Feed, about: Head, media_type: str, entry: Callable[[Item], Any]) -> Any:
    generator = FeedGenerator()
    generator.register_extension(_EXTRAS, FeedExtras, EntryExtras)
    generator.bridge.about = about
    _describe(generator, about)
    _link(generator, about, media_type)
    for item in items(feed):
        generator.add_entry(_with_extras(entry(item), item), order="append")
    return generator


def _describe(generator: Any, about: Head) -> None:
    generator.id(about.id)
    generator.title(about.title)
    generator.description(about.description)
    generator.updated(about.updated)
    generator.language(about.language)
    generator.generator(NAME)
    generator.author(name=about.title, uri=about.home_url)
    if about.minutes:
        generator.ttl(about.minutes)


def _link(generator: Any, about: Head, media_type: str) -> None:
    generator.link(href=about.self_url, rel="self", type=media_type)
    if about.hub:
        generator.link(href=about.hub, rel="hub")
    generator.link(href=about.home_url, rel="alternate", type="text/html")  # last: feedgen makes the last link the channel's own


def _with_extras(entry: Any, item: Item) -> Any:
    """The entry with our extension, registered before feedgen would register an empty one."""
    entry.register_extension(_EXTRAS, EntryExtras)
    entry.bridge.item = item
    return entry


def _common_entry(item: Item) -> Any:
    entry = FeedEntry()
    entry.id(item.id)
    entry.title(item.title)
    entry.published(item.published)
    entry.updated(item.updated)
    entry.link(href=item.url, rel="alternate", type="text/html")
    for name in item.categories:
        entry.category(term=name)
    return entry


def _rss_entry(item: Item) -> Any:
    """RSS: `description` is HTML by convention, so plain text is escaped once more for it. One enclosure at most."""
    entry = _common_entry(item)
    entry.published(text.mail_time(item.published))
    if item.summary:
        entry.description(escape(item.summary, quote=False), isSummary=True)
    if item.html:
        entry.content(carried(item.html), type="html")
    for file in item.enclosures[:1]:
        entry.enclosure(file.url, file.length, file.media_type)
    return entry


def _atom_entry(item: Item) -> Any:
    entry = _common_entry(item)
    if item.summary:
        entry.summary(item.summary, type="text")
    if item.html:
        entry.content(carried(item.html), type="html")
    if item.byline:
        entry.author(name=item.byline)
    if item.contributor:
        entry.contributor(name=item.contributor)
    return entry


class FeedExtras:
    """feedgen's extension of the channel: namespaces, the way through the archives, what is gone; and the hub, which it forgets in RSS."""

    about: Head | None = None

    def extend_ns(self) -> dict[str, str]:
        """Prefixes declared on the root element."""
        more = {"fh": HISTORY} if self.about and self.about.current else {}
        return {"dc": DC, "dcterms": DCTERMS, "media": MEDIA, **more, **({"at": TOMBSTONES} if self.about and self.about.deleted else {})}

    def extend_rss(self, root: etree._Element) -> None:
        """All of it stands in the channel, before the items."""
        if self.about is None:
            return
        if self.about.hub:
            _add(root[0], f"{{{ATOM}}}link", href=self.about.hub, rel="hub")
        _add_history(root[0], f"{{{ATOM}}}link", self.about)

    def extend_atom(self, root: etree._Element) -> None:
        """The same in the feed, and a tombstone (RFC 6721) for each withdrawn entry."""
        if self.about is None:
            return
        _declare(root, "title", "subtitle")
        _add_history(root, "link", self.about)
        for identifier, at in self.about.deleted:
            _add(root, f"{{{TOMBSTONES}}}deleted-entry", ref=identifier, when=at.isoformat())


class EntryExtras:
    """feedgen's extension of an entry: what it has no words for, added to the finished element."""

    item: Item

    def extend_rss(self, node: etree._Element) -> None:
        """Names, media and the date's precision are in the item."""
        _add_all(node, f"{{{DC}}}creator", [self.item.byline])
        _add_all(node, f"{{{DC}}}contributor", [self.item.contributor])
        self._extend_both(node)

    def extend_atom(self, node: etree._Element) -> None:
        """The same in the entry, with the attributes of its links, all enclosures and its own language."""
        _declare(node, "title", "summary")
        for link in node.iterfind("link"):
            link.attrib.update({"rel": "alternate", "type": "text/html"})
        for file in self.item.enclosures:
            optional = {"length": str(file.length) if file.length else "", "title": file.title}
            _add(node, "link", rel="enclosure", href=file.url, type=file.media_type, **optional)
        if self.item.source_url:
            _add(node, "link", rel="via", href=self.item.source_url)
        if self.item.language:
            node.set(XML_LANG, self.item.language)
        self._extend_both(node)

    def _extend_both(self, node: etree._Element) -> None:
        _add_all(node, f"{{{DC}}}publisher", [self.item.publisher])
        for image in self.item.images[:1]:
            _add(node, f"{{{MEDIA}}}thumbnail", url=image.url)
        for image in self.item.images:
            content = _add(node, f"{{{MEDIA}}}content", url=image.url, medium="image")
            _add_all(content, f"{{{MEDIA}}}description", [image.alt])
            _declare(content, f"{{{MEDIA}}}description")
        if self.item.precision == "day":
            _add_all(node, f"{{{DCTERMS}}}available", [self.item.published.date().isoformat()])
        elif self.item.precision == "none":
            _add_all(node, f"{{{DCTERMS}}}dateAccepted", [self.item.first_seen.isoformat()])


def _declare(parent: etree._Element, *tags: str) -> None:
    """Plain text with an end tag in it is written as HTML, and said to be, so that nobody needs to guess."""
    for node in map(parent.find, tags):
        if node is not None and _END_TAG.search(node.text or ""):
            node.set("type", "html")
            node.text = escape(node.text or "", quote=False)


def _add_history(parent: etree._Element, link: str, about: Head) -> None:
    """The mark of an archive document and the links to its neighbours (RFC 5005 §4). What comes after a lone archive is the live feed."""
    if about.current:
        _add(parent, f"{{{HISTORY}}}archive")
    after = about.next if about.previous or about.next else about.current
    for rel, href in (("current", about.current), ("prev-archive", about.previous), ("next-archive", after)):
        if href:
            _add(parent, link, rel=rel, href=href)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, tag, {name: value for name, value in attributes.items() if value})


def _add_all(parent: etree._Element, tag: str, texts: Iterable[str]) -> None:
    for one in filter(None, texts):
        etree.SubElement(parent, tag).text = one
