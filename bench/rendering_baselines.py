"""The same feed by the means that anyone would take: bare feedgen, lxml, json.dumps. Nothing is cleaned, checked or put right."""

from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from bridge.model import Entry, Feed

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_MEDIA = "http://search.yahoo.com/mrss/"


def feedgen_rss(feed: Feed) -> bytes:
    """feedgen as its README shows it."""
    return bytes(_generated(feed).rss_str(pretty=True))


def feedgen_atom(feed: Feed) -> bytes:
    """The same as Atom."""
    return bytes(_generated(feed).atom_str(pretty=True))


def _generated(feed: Feed):  # type: ignore[no-untyped-def]
    from feedgen.feed import FeedGenerator

    made = FeedGenerator()
    made.id(feed.id)
    made.title(feed.title)
    made.description(feed.title)
    made.language(feed.language)
    made.updated(feed.updated)
    made.author(name=feed.title)
    made.link(href=feed.home_url, rel="alternate")
    for entry in feed.entries:
        one = made.add_entry(order="append")
        one.id(entry.id)
        one.title(entry.title)
        one.link(href=entry.url)
        one.published(entry.published)
        one.updated(entry.updated)
        one.description(entry.summary, isSummary=True)
        one.content(entry.content_html, type="html")
        for name in entry.category:
            one.category(term=name)
    return made


def lxml_rss(feed: Feed) -> bytes:
    """The elements of our RSS."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"dc": _DC, "content": _CONTENT, "media": _MEDIA, "atom": _ATOM})
    channel = etree.SubElement(root, "channel")
    for tag, text in (("title", feed.title), ("link", feed.home_url), ("description", feed.title), ("language", feed.language)):
        _add(channel, tag, text)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    for entry in feed.entries:
        _rss_item(etree.SubElement(channel, "item"), entry)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _rss_item(item: etree._Element, entry: Entry) -> None:
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "description", entry.summary)
    _add(item, f"{{{_CONTENT}}}encoded", entry.content_html)
    _add(item, "guid", entry.id).set("isPermaLink", "false")
    for name in entry.category:
        _add(item, "category", name)
    _add(item, "pubDate", format_datetime(entry.published))
    _both(item, entry)


def lxml_atom(feed: Feed) -> bytes:
    """The elements of our Atom."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM, "dc": _DC, "media": _MEDIA})
    for tag, text in (("id", feed.id), ("title", feed.title), ("updated", feed.updated.isoformat())):
        _add(root, f"{{{_ATOM}}}{tag}", text)
    for entry in feed.entries:
        _atom_entry(etree.SubElement(root, f"{{{_ATOM}}}entry"), entry)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _atom_entry(node: etree._Element, entry: Entry) -> None:
    _add(node, f"{{{_ATOM}}}id", entry.id)
    _add(node, f"{{{_ATOM}}}title", entry.title)
    _add(node, f"{{{_ATOM}}}updated", entry.updated.isoformat())
    _add(node, f"{{{_ATOM}}}published", entry.published.isoformat())
    _add(node, f"{{{_ATOM}}}summary", entry.summary)
    _add(node, f"{{{_ATOM}}}content", entry.content_html).set("type", "html")
    etree.SubElement(node, f"{{{_ATOM}}}link", {"href": entry.url, "rel": "alternate"})
    for name in entry.category:
        etree.SubElement(node, f"{{{_ATOM}}}category", {"term": name})
    _both(node, entry)


def _both(node: etree._Element, entry: Entry) -> None:
    for name in filter(None, (entry.author, entry.contributor)):
        _add(node, f"{{{_DC}}}creator", name)
    if entry.source:
        _add(node, f"{{{_DC}}}publisher", entry.source.name)
    for image in entry.images:
        content = etree.SubElement(node, f"{{{_MEDIA}}}content", {"url": image.url, "medium": "image"})
        _add(content, f"{{{_MEDIA}}}description", image.alt)


def _add(parent: etree._Element, tag: str, text: str) -> etree._Element:
    node = etree.SubElement(parent, tag)
    node.text = text
    return node


def dumps(feed: Feed) -> bytes:
    """The keys of our JSON Feed."""
    import json

    about = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.home_url}
    return json.dumps({**about, "items": [_item(entry) for entry in feed.entries]}, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content_html,
        "summary": entry.summary,
        "date_published": _time(entry.published),
        "date_modified": _time(entry.updated),
        "image": entry.images[0].url if entry.images else None,
        "authors": [{"name": entry.author or entry.contributor}],
        "tags": list(entry.category),
        "language": entry.language,
        "_extra": {"first_seen": _time(entry.first_seen), "revision": entry.revision, "precision": entry.precision},
    }


def _time(at: datetime) -> str:
    return at.isoformat()
