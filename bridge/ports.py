"""The seams: what the steps ask of the edges. Modules and classes satisfy these by shape, nothing is registered."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from .core.dispatch import Manner
from .model import Article, Catalogue, Feed, Job, Link, ListPage, Network, Outcome, Page, Portal, Request, Site, Unchanged
from .store_ports import HostBook, Store

__all__ = ["CatalogueFormat", "Clock", "Fetcher", "Format", "HostBook", "Profile", "Sender", "SenderModule", "Store"]


class Clock(Protocol):
    """Time, passed in."""

    def now(self) -> datetime:
        """The present, aware UTC."""
        ...

    def sleep(self, duration: timedelta) -> None:
        """Return after `duration` has passed; at once when it is not positive."""
        ...


class Fetcher(Protocol):
    """The way to the web."""

    def get(self, request: Request) -> Page | Unchanged:
        """The page, or Unchanged on 304; anything else raises a FetchError. Waits its host's turn. Thread-safe."""
        ...


class Profile(Protocol):
    """A file in portals/: bytes of a page → what it says. Pure: no I/O, clock passed in."""

    def read_list(self, page: Page, portal: Portal, site: Site, now: datetime, *, first: ListPage | None = None) -> ListPage:
        """The article links of a list page; raises ReadError (blocked, login, not-html, no-links, …).

        `first` is what the list's first page gave, when this is one behind it: what stood there already is not this page's list.
        """
        ...

    def read_article(self, page: Page, portal: Portal, site: Site, now: datetime, link: Link | None = None) -> Article:
        """The article of a page; raises ReadError. `link` is the list line that led here, when there is one."""
        ...


class Format(Protocol):
    """A file in formats/ that renders one feed."""

    SUFFIX: str
    MEDIA_TYPE: str

    def render(self, feed: Feed) -> bytes:
        """The file's bytes; the same feed always gives the same bytes."""
        ...


class CatalogueFormat(Protocol):
    """A file in formats/ that renders the list of all feeds."""

    NAME: str
    MEDIA_TYPE: str

    def render(self, catalogue: Catalogue) -> bytes:
        """The file's bytes; the same catalogue always gives the same bytes."""
        ...


class Sender(Protocol):
    """An open connection to one kind of destination."""

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, as they come; jobs are of different targets and run side by side.

        Never raises for what a receiver does, never sleeps for a limit, never retries what may have been taken.
        """
        ...

    def close(self) -> None:
        """Connections are closed."""
        ...


class SenderModule(Protocol):
    """A file in senders/. Importing it is cheap: its network library is imported by `connect`."""

    Settings: type
    """Frozen dataclass: the keys a subscriber of this kind may have besides the common ones (see model.key)."""

    Shared: type
    """Frozen dataclass: the keys of the top-level table with the kind's name, or without fields."""

    MANNER: Manner
    """How destinations of this kind are treated: back-off, pacing, holding."""

    def address(self, settings: Any) -> str:
        """What names the destination, without any secret: chat id, URL."""
        ...

    def faults(self, settings: Any, shared: Any) -> Iterable[tuple[str, str, str]]:
        """(key, problem, fix) for each value that cannot work; nothing is sent."""
        ...

    def rendered(self, job: Job) -> str:
        """What `job` would put on the wire, for people; no secret in it, nothing is sent."""
        ...

    def connect(self, shared: Any, network: Network, clock: Clock) -> Sender:
        """A sender, ready; no request has been made yet."""
        ...
