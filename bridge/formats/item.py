"""What a feed says of an entry, decided once: cleaned, bounded, with every fallback taken. The formats only write it down."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from bridge.model import Enclosure, Entry, Feed, Image, Precision

from . import text

NAME = "Feedbridge"
MOST_IMAGES = 10
MOST_FILES = 10
MOST_CATEGORIES = 20
TITLE_MOST = 300
SUMMARY_MOST = 2000
NAME_MOST = 200
STAND_IN_TITLE = 40
STAND_IN_SUMMARY = 200
_PLAYER = re.compile(r'<(audio|video)((?: [a-z]+="[^"<>]*")*)></\1>')
_MAIL = re.compile(r"\s*<[^<>\s]+@[^<>\s]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as every format shows it. All text is free of bad characters, all addresses are absolute ASCII http(s).

    `title` is never empty; `summary` is plain text and empty only where `html` is too; `html` is the full sanitised text or "".
    `byline` is the author, else the contributor, else the source's name; `contributor` is set only beside an author.
    `published` has whole seconds, `updated` keeps its fraction.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    first_seen: datetime
    precision: Precision
    revision: int
    byline: str
    contributor: str
    publisher: str
    source_url: str | None
    source_published: datetime | None
    categories: tuple[str, ...]
    images: tuple[Image, ...]
    enclosures: tuple[Enclosure, ...]
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every format says of the feed itself; `self_url` is where this very file is served.

    `previous`, `next` and `current` are addresses of other documents of the feed in the same format (RFC 5005 §4), `deleted` the ids and
    times of withdrawn entries, `minutes` how often the feed may change (0: not known).
    """

    id: str
    title: str
    description: str
    home_url: str
    self_url: str
    hub: str | None
    language: str
    updated: datetime
    previous: str | None
    next: str | None
    current: str | None
    deleted: tuple[tuple[str, datetime], ...]
    minutes: int


def self_url(feed: Feed, suffix: str) -> str:
    """Where the file of this suffix is served; for a hub this is the topic, byte for byte (WebSub §4)."""
    return file_url(feed, feed.stem, suffix)


def file_url(feed: Feed, stem: str, suffix: str) -> str:
    """Where another document of the feed is served."""
    url = feed.base_url + stem + suffix
    return text.address(url) or url


def head(feed: Feed, suffix: str) -> Head:
    """What the file of this suffix says of the feed."""
    title = text.line(feed.title) or text.line(feed.stem) or NAME
    previous, after, current = (file_url(feed, stem, suffix) if stem else None for stem in (feed.previous, feed.next, feed.current))
    return Head(
        id=text.plain(feed.id),
        title=title,
        description=text.plain(feed.description) or title,
        home_url=_home(feed),
        self_url=self_url(feed, suffix),
        hub=text.address(feed.hub),
        language=text.language(feed.language) or "und",
        updated=text.exact(feed.updated),
        previous=previous,
        next=after,
        current=current,
        deleted=tuple((text.plain(identifier), text.whole(at)) for identifier, at in feed.deleted),
        minutes=feed.interval // timedelta(minutes=1) if feed.interval else 0,
    )


def items(feed: Feed, most: int | None = None) -> tuple[Item, ...]:
    """The feed's entries in their order, one item each; the first `most` when given."""
    home = _home(feed)
    return tuple(item(entry, home) for entry in feed.entries[:most])


def _home(feed: Feed) -> str:
    return text.address(feed.home_url) or text.address(feed.base_url) or "about:blank"


def item(entry: Entry, home_url: str) -> Item:
    """The entry as it is shown; one whose address cannot be used keeps its place and leads to `home_url`."""
    title, html = headline(entry), _html(entry)
    author, contributor, source = map(_person, (entry.author, entry.contributor, entry.source.name if entry.source else None))
    stated = entry.source.published if entry.source else None
    return Item(
        id=text.plain(entry.id),
        url=text.address(entry.url) or home_url,
        title=title,
        summary=_summary(entry) or (title if html else ""),
        html=html,
        published=text.whole(entry.published),
        updated=text.exact(entry.updated),
        first_seen=text.whole(entry.first_seen),
        precision=entry.precision,
        revision=entry.revision,
        byline=author or contributor or source,
        contributor=contributor if author and contributor != author else "",
        publisher=source,
        source_url=text.address(entry.source.url) if entry.source else None,
        source_published=text.whole(stated.at) if stated else None,
        categories=_categories(entry.category),
        images=_images(entry.images),
        enclosures=_enclosures(entry.enclosures),
        language=text.language(entry.language),
    )


def carried(html: str) -> str:
    """The HTML as feeds carry it: beside a player stands a link, and it is left to the reader to give the player its buttons.

    W3C's validator warns of the attribute for them; readers that play anything set it themselves.
    """
    return _PLAYER.sub(_linked, html) if "></audio>" in html or "></video>" in html else html


def _linked(player: re.Match[str]) -> str:
    kind, attributes = player[1], player[2].replace(' controls=""', "")
    source = re.search(r' src="([^"]*)"', attributes)
    if not source:
        return ""
    name = text.line(unquote(urlsplit(unescape(source[1])).path.rpartition("/")[2])) or unescape(source[1])
    return f'<{kind}{attributes}></{kind}><br><a href="{source[1]}">{escape(name, quote=False)}</a>'


def headline(entry: Entry) -> str:
    """The title as one line; where there is none the first words of the text, else the address. Never empty."""
    return (
        text.shortened(entry.title, TITLE_MOST)
        or text.shortened(entry.content_text, STAND_IN_TITLE)
        or text.shortened(entry.summary, STAND_IN_TITLE)
        or text.shortened(entry.url, TITLE_MOST)
        or text.line(entry.id)
        or NAME
    )


def _summary(entry: Entry) -> str:
    return text.plain(entry.summary)[:SUMMARY_MOST] or text.shortened(entry.content_text, STAND_IN_SUMMARY)


def _name(name: str | None) -> str:
    return text.shortened(name or "", NAME_MOST)


def _person(name: str | None) -> str:
    """The name without a mail address beside it."""
    return _name(_MAIL.sub("", name)) or _name(name) if name and "@" in name else _name(name)


def _html(entry: Entry) -> str:
    ready = text.drop_bad(entry.content_html).strip()
    if ready:
        return ready
    paragraphs = (part.strip() for part in text.drop_bad(entry.content_text).split("\n\n"))
    return "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs if part)


def _categories(path: Iterable[str]) -> tuple[str, ...]:
    names = dict.fromkeys(filter(None, map(_name, path)))
    return tuple(names)[:MOST_CATEGORIES]


def _images(images: Iterable[Image]) -> tuple[Image, ...]:
    usable: dict[str, Image] = {}
    for image in images:
        if url := text.address(image.url):
            usable.setdefault(url, Image(url, _name(image.alt)))
    return tuple(usable.values())[:MOST_IMAGES]


def _enclosures(files: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    usable: dict[str, Enclosure] = {}
    for file in files:
        if url := text.address(file.url):
            usable.setdefault(url, Enclosure(url, text.media_type(file.media_type), _name(file.title), max(0, file.length)))
    return tuple(usable.values())[:MOST_FILES]
