"""What the configuration asks: portals, the network, subscribers. Each field is a key of config.toml, with its meaning.

Frozen values; standard library only.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import timedelta
from typing import Any


def key(doc: str, default: Any = MISSING, *, factory: Any = MISSING) -> Any:
    """A dataclass field that is a key of config.toml; `doc` becomes its line in docs/config.md."""
    if factory is not MISSING:
        return field(default_factory=factory, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


class Secret:
    """A value that no repr, log line, error or database row shows; `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; for the line that puts it on the wire, and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """One `[[portals]]` table."""

    id: str = key("name of the portal in commands, file names and subscribers; letters, digits, `-`, `_`")
    title: str = key("title of the feed")
    url: str = key("home page of the portal, http(s)")
    lists: tuple[str, ...] = key("list pages to read; empty: `url` itself", ())
    timezone: str = key("IANA zone of dates that the portal writes without an offset", "Asia/Shanghai")
    language: str | None = key("language of the feed (BCP 47); empty: the one that most of its articles are in", None)
    interval: timedelta = key("least time between two looks at the list pages", timedelta(minutes=15))
    revisit: tuple[timedelta, ...] = key(
        "when after first seen an article is looked at again for edits",
        (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7)),
    )
    profile: str = key("reader of its pages: the name of a file in bridge/portals/", "generic")
    charset: str | None = key("charset of its pages, where the automatic choice is wrong", None)
    hold_feeds: bool = key("articles that the circuit breaker holds are kept out of the feeds too, not only out of the pushes", False)
    select: Mapping[str, str] = key(
        "CSS selectors that override the automatic extraction: item, link, title, published, source, author, contributor, "
        "category, body, images, next, drop",
        factory=dict,
    )

    @property
    def list_urls(self) -> tuple[str, ...]:
        """The list pages, `url` when none is named."""
        return self.lists or (self.url,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The `[network]` table."""

    allow: tuple[str, ...] = key("networks (CIDR) that the private-address guard lets through", ())
    gap: timedelta = key("least time between two requests to one host", timedelta(seconds=1))
    timeout: timedelta = key("longest wait for a connection and between two reads", timedelta(seconds=20))
    deadline: timedelta = key("longest time for one request, all redirects and the body included", timedelta(seconds=60))
    max_bytes: int = key("largest page read, counted after decompression", 8_000_000)
    proxy: str | None = key("address of an HTTP proxy for portals; the guard then checks names only where it can", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One `[[subscribers]]` table: the keys of every kind. `settings` is the Settings object of its kind's sender."""

    id: str = key("name of the subscriber in commands and in the outbox")
    kind: str = key("how it is reached: the name of a file in bridge/senders/")
    portals: tuple[str, ...] = key("ids of the portals it follows")
    backfill: int = key("how many of a portal's articles it gets at first", 0)
    digest_over: int = key("more new articles than this waiting for a chat go out as one digest; 0: never", 10)
    updates: bool = key("an edited article edits its message, or sends article.updated", True)
    incidents: bool = key("the incidents of its portals (see `[bridge] incident_after`) are sent here too", False)
    settings: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One `[[operators]]` table: who is told when something needs a person. `settings` is the Settings object of its kind's sender."""

    id: str = key("name of the operator in the outbox; no subscriber may have it")
    kind: str = key("how it is reached: the name of a file in bridge/senders/; its own keys are those of a subscriber of that kind")
    settings: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """One `[[feeds]]` table: a feed of articles from several portals, or of some of their articles."""

    id: str = key("name of the feed and of its files; no portal may have it")
    title: str | None = key("title of the feed; empty: made from its portals and filters", None)
    portals: tuple[str, ...] = key("ids of the portals whose articles it may hold; empty: all", ())
    categories: tuple[str, ...] = key("only articles with one of these in their category path", ())
    include: tuple[str, ...] = key("only articles whose title or text matches one of these patterns (RE2, case-insensitive)", ())
    exclude: tuple[str, ...] = key("no article whose title or text matches one of these patterns", ())
    limit: int = key("most entries in the feed", 50)
    content: str = key('"full" text or "summary" only', "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """The `[serve]` table: `feedbridge serve`."""

    host: str = key("address to listen on", "127.0.0.1")
    port: int = key("port to listen on", 8080)
