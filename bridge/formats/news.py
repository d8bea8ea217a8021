"""A list of articles as the pages show it: one line each, by local day, with times that say how exact they are. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from urllib.parse import quote

from bridge.model import Entry, Feed, Precision

from . import text
from .item import Head, Item, head, items, self_url
from .wording import long_day

SUMMARY_MOST = 96
FOLDER = "a/"
FEEDS = (("RSS", ".rss", "application/rss+xml"), ("Atom", ".atom", "application/atom+xml"), ("JSON", ".json", "application/feed+json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time to show: `day` and `clock` in its own offset, `clock` empty where only the day is known."""

    iso: str
    day: str
    clock: str
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One article in a list. `page` is our own page of it, relative to the base address; `image` and `summary` only where it is `full`."""

    title: str
    page: str
    url: str
    at: Moment
    publisher: str
    summary: str
    image: str
    language: str
    edited: bool
    notice: bool
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The articles of one local day."""

    iso: str
    name: tuple[str, str]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A feed as a page's heading shows it; `files` are (name, address, media type), `address` the one to copy."""

    about: Head
    stem: str
    page: str
    files: tuple[tuple[str, str, str], ...]
    address: str


def page_path(entry: Entry) -> str:
    """Where our page of the entry lies below the base address; it never changes, as the id does not."""
    last = entry.id.rpartition("/")[2]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", last):
        last = sha256(entry.id.encode("utf-8", "surrogatepass")).hexdigest()[:26]
    return f"{FOLDER}{last}.html"


def shown(feed: Feed) -> Shown:
    """The feed's heading."""
    files = tuple((name, self_url(feed, suffix), kind) for name, suffix, kind in FEEDS)
    stem = text.line(feed.stem)
    return Shown(about=head(feed, ".rss"), stem=stem, page=f"{quote(stem)}.html", files=files, address=files[0][1])


def moment(at: datetime, precision: Precision = "minute") -> Moment:
    """The time in its own offset, to the minute, or the day where only that is known."""
    return Moment(
        iso=at.date().isoformat() if precision == "day" else at.isoformat(timespec="seconds"),
        day=at.date().isoformat(),
        clock="" if precision == "day" else f"{at:%H:%M}",
        precision=precision,
    )


def lines(feed: Feed, most: int, full: int) -> tuple[Line, ...]:
    """The first `most` entries in the feed's order; the first `full` of them with summary and picture."""
    about = head(feed, ".rss")
    pairs = zip(feed.entries[:most], items(feed, most), strict=True)
    return tuple(_line(entry, item, about, index < full) for index, (entry, item) in enumerate(pairs))


def _line(entry: Entry, item: Item, about: Head, full: bool) -> Line:
    return Line(
        title=item.title,
        page=page_path(entry),
        url=item.url,
        at=moment(item.published, item.precision),
        publisher=item.publisher,
        summary=text.shortened(item.summary, SUMMARY_MOST) if full and item.summary != item.title else "",
        image=item.images[0].url if full and item.images else "",
        language=item.language if item.language and item.language != about.language else "",
        edited=item.revision > 1,
        notice=entry.kind != "article",
        full=full,
    )


def days(listed: Iterable[Line]) -> tuple[Day, ...]:
    """The lines by day, the days in the order in which they first come."""
    found: dict[str, list[Line]] = {}
    for line in listed:
        found.setdefault(line.at.day, []).append(line)
    return tuple(Day(iso=day, name=_name(day), lines=tuple(held)) for day, held in found.items())


def _name(iso: str) -> tuple[str, str]:
    at = date.fromisoformat(iso)
    return long_day(at.year, at.month, at.day, at.weekday())
