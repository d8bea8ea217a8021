"""What flows through the bridge: Portal → Page → Link → Article → Entry → Event → Delivery → Outcome.

Frozen values without behaviour beyond small derivations; standard library only. Every datetime is aware. What the
configuration asks stands in settings.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from .overview import Overview
from .settings import FeedSpec, Network, Operator, Portal, Secret, Serve, Subscriber, key

__all__ = [
    "Article", "Catalogue", "Closed", "Dropped", "Enclosure", "Entry", "EventKind", "Feed", "FeedSpec", "HostState", "Image", "Job",
    "JobKind", "Later", "Link", "ListPage", "Moved", "Network", "Operator", "Outcome", "Page", "Portal", "Precision", "Refused",
    "Request", "Secret", "Sent", "Serve", "Site", "Source", "Subscriber", "Target", "Unchanged", "Unsure", "When", "key",
]  # fmt: skip

Precision = Literal["second", "minute", "day", "none"]
EventKind = Literal["published", "updated", "withdrawn", "notice"]
JobKind = Literal["published", "updated", "withdrawn", "notice", "digest", "test"]
"""A notice is for operators: what is wrong with a portal or a destination, or that it is well again."""


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Request:
    """A page that is wanted; `etag` and `last_modified` make the request conditional (RFC 9110 §13)."""

    url: str
    kind: Literal["list", "article"] = "article"
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes as a server sent them (after content decoding), with what HTTP said of them.

    `url` is the final address, `requested` the one that was asked for; `status` is 2xx; `served_at` the server's own clock.
    """

    url: str
    body: bytes
    content_type: str | None = None
    requested: str = ""
    etag: str | None = None
    last_modified: str | None = None
    status: int = 200
    served_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: the page is as the validators in the request say."""

    requested: str
    served_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class When:
    """A time that a page states. `at` keeps the page's own offset, else it is in the portal's zone.

    With precision "day" the clock part of `at` is 00:00. `origin` says where it stood (json-ld, meta, time, label,
    dateline, signature, url, list, selector), `zone` whether the offset was on the page ("page"), from the portal's setting
    ("portal") or assumed ("assumed").
    """

    at: datetime
    precision: Precision = "second"
    origin: str = ""
    zone: Literal["page", "portal", "assumed"] = "portal"


@dataclass(frozen=True, slots=True)
class Link:
    """A line of a list page: absolute canonicalisable address, title, and what stood beside it."""

    url: str
    title: str
    published: When | None = None
    summary: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Links of a list page that were left out, and why (navigation, hot list, pager, …); for `preview`."""

    url: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page yields, in its own order, each address once."""

    url: str
    charset: str
    links: tuple[Link, ...]
    next: str | None = None
    language: str | None = None
    signature: str | None = None
    dropped: tuple[Dropped, ...] = ()
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text first appeared (来源), with its own date and address where the page gives them."""

    name: str
    published: When | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An image of an article; absolute http(s) address."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an article (PDF, DOC, audio, video); `length` in bytes, 0 when not known."""

    url: str
    media_type: str
    title: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an article page says. Unknown is None (or empty), never invented.

    `content_html` is sanitised with absolute links, `content_text` the same as plain text with a blank line between
    paragraphs. `suspicious` names what makes it unfit to publish without a look (encoding, …). `evidence` is what
    the page teaches about its site (see core.site), `explain` the winning rule and the runners-up by field.
    """

    url: str
    title: str
    published: When | None = None
    modified: When | None = None
    author: str | None = None
    editor: str | None = None
    source: Source | None = None
    contributor: str | None = None
    category: tuple[str, ...] = ()
    summary: str = ""
    content_html: str = ""
    content_text: str = ""
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    charset: str = "utf-8"
    language: str | None = None
    next: str | None = None
    suspicious: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    explain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages of one portal have taught; a few KB of JSON in the state. core/site.py makes the next one."""

    charset: str | None = None
    signatures: Mapping[str, str] = field(default_factory=dict)
    lessons: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- publishing


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What we publish. `id` is a tag: URI (RFC 4151) that never changes again.

    `published` is the time to show: the article's own, or first seen where it has none (`precision` "none") or only
    the day of first seeing; never in the future. `updated` moves with each significant edit and is unique within a feed.
    """

    id: str
    portal: str
    url: str
    title: str
    first_seen: datetime
    published: datetime
    updated: datetime
    precision: Precision = "second"
    revision: int = 1
    summary: str = ""
    content_html: str = ""
    content_text: str = ""
    author: str | None = None
    contributor: str | None = None
    source: Source | None = None
    category: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    withdrawn: bool = False
    kind: Literal["article", "incident", "notice"] = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed ready to be rendered: entries chosen, ordered newest first, unique, with distinct `updated`.

    `stem` is the file name without suffix; `base_url` ends with a slash, and `base_url + stem + suffix` is where the
    rendered file is served. `updated` is the newest change among entries (or the feed's birth, when empty). `id` is a tag: URI.

    `previous`, `next` and `current` are stems of other documents of the same feed (RFC 5005 §4): a live feed names its newest archive
    as `previous`; an archive document names the live feed as `current`, and that makes it one. `deleted` are (id, when) of withdrawn
    entries, newest first. `interval` is how often the portal is looked at.
    """

    id: str
    stem: str
    title: str
    home_url: str
    base_url: str
    updated: datetime
    entries: tuple[Entry, ...]
    language: str = "zh-CN"
    description: str = ""
    hub: str | None = None
    previous: str | None = None
    next: str | None = None
    current: str | None = None
    deleted: tuple[tuple[str, datetime], ...] = ()
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All feeds of one installation, for feeds.opml and index.html. Feeds carry their newest entries; `overview` tells their health."""

    title: str
    base_url: str
    feeds: tuple[Feed, ...]
    overview: Overview | None = None


# ---------------------------------------------------------------- delivering


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a delivery goes: `address` is the chat id or URL in force (a migrated chat's new id), never a secret."""

    id: str
    kind: str
    address: str
    settings: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One delivery, ready to be sent. The attempt is already committed when a sender sees it.

    `key` is the delivery's stable id over every retry (it becomes webhook-id); `sequence` counts the
    events of this destination; `remote_id` is the message of this entry at this target, when one is known (an
    update edits it); `progress` is what an earlier attempt of this delivery answered as its progress. `at` is the event's time.
    """

    id: int
    key: str
    kind: JobKind
    target: Target
    entries: tuple[Entry, ...]
    at: datetime
    attempt: int = 1
    sequence: int = 0
    remote_id: str | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """The entry of a delivery that has just one."""
        return self.entries[0]


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver has it. `remote_id` is its name there (message id), empty when it has none."""

    remote_id: str = ""
    code: str = ""
    progress: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Provably not taken; worth trying again.

    `at` is what the server asked for (aware UTC), None leaves the time to our own back-off. `spent` False: this was no
    attempt of ours that failed (429, pacing, more parts to go), and nothing is counted. `progress` replaces the delivery's own.
    `least`: our own back-off is no shorter than that, since the receiver seems overloaded. `reached` False: the server was not
    reached at all, so that it is not the delivery's fault.
    """

    why: str
    at: datetime | None = None
    spent: bool = True
    code: str = ""
    progress: Mapping[str, Any] | None = None
    least: timedelta = timedelta(0)
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """Provably not taken: the destination has a new address `to`; send again there at once."""

    to: str
    why: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Provably not taken, and never will be: this message is at fault, the next one may pass.

    `moot`: nobody is at fault, what it would have changed is not there any more.
    """

    why: str
    code: str = ""
    response: str = ""
    moot: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """Provably not taken: this destination is closed to us until something changes there (or all of its kind: `whole`)."""

    why: str
    code: str = ""
    whole: bool = False
    response: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been taken: the connection ended between our request and a usable answer."""

    why: str
    code: str = ""


Outcome = Sent | Later | Moved | Refused | Closed | Unsure


# ---------------------------------------------------------------- politeness, kept across runs


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered of one host so that a cron run is as polite as a long-running one. Times are aware UTC.

    `next_at`: no request before (gap and Crawl-delay). `hold_until`: the server's own Retry-After. `backoff_until` and
    `failures`: our back-off after 429, 503 and connection failures. `robots`: text of robots.txt ("" when there is
    none), `robots_at` when it was fetched (without a text: when fetching first failed), `robots_ok` the verdicts for list addresses by URL.
    """

    host: str
    next_at: datetime | None = None
    hold_until: datetime | None = None
    backoff_until: datetime | None = None
    failures: int = 0
    robots: str | None = None
    robots_at: datetime | None = None
    robots_ok: Mapping[str, bool] = field(default_factory=dict)
    crawl_delay: float = 0.0
