"""OPML 2.0: all feeds of an installation, for import into a reader."""

from datetime import datetime
from email.utils import format_datetime

from bridge.model import Catalogue, Feed

from . import rss, text
from .item import head

NAME = "feeds.opml"
MEDIA_TYPE = "text/x-opml"


def render(catalogue: Catalogue) -> bytes:
    """The catalogue as OPML in UTF-8; each feed stands once, by its RSS file, which every reader knows."""
    from xml.etree import ElementTree as ET

    root = ET.Element("opml", version="2.0")
    top = ET.SubElement(root, "head")
    ET.SubElement(top, "title").text = text.line(catalogue.title) or "Feedbridge"
    if changed := _changed(catalogue):
        ET.SubElement(top, "dateModified").text = format_datetime(changed)
    body = ET.SubElement(root, "body")
    for feed in catalogue.feeds:
        ET.SubElement(body, "outline", _outline(feed))
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _changed(catalogue: Catalogue) -> datetime | None:
    return max((text.whole(feed.updated) for feed in catalogue.feeds), default=None)


def _outline(feed: Feed) -> dict[str, str]:
    about = head(feed, rss.SUFFIX)
    named = {"type": "rss", "text": about.title, "title": about.title, "xmlUrl": about.self_url, "htmlUrl": about.home_url}
    return named | {"language": about.language, "description": about.description}
