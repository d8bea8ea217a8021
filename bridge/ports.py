"""The seams: what the steps ask of the edges. Modules and classes satisfy these by shape, nothing is registered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from .core.dispatch import Manner
from .model import Article, Catalogue, Entry, Feed, HostState, Job, Link, ListPage, Network, Outcome, Page, Portal, Request, Site, Unchanged
from .rows import (
    Change,
    DeliveryWrite,
    DestinationRow,
    DestinationState,
    Due,
    EntryRow,
    LinkRow,
    ListRow,
    NewLink,
    PortalRow,
    SentRow,
    Settled,
)


class Clock(Protocol):
    """Time, passed in."""

    def now(self) -> datetime:
        """The present, aware UTC."""
        ...

    def sleep(self, duration: timedelta) -> None:
        """Return after `duration` has passed; at once when it is not positive."""
        ...


class HostBook(Protocol):
    """Where politeness is remembered; the store implements it, safe to call from several threads."""

    def host(self, host: str) -> HostState | None:
        """What is known of `host` (lower case, with port where it is not the scheme's), or None."""
        ...

    def save_host(self, state: HostState) -> None:
        """`state` is remembered, durably, before this returns."""
        ...


class Fetcher(Protocol):
    """The way to the web."""

    def get(self, request: Request) -> Page | Unchanged:
        """The page, or Unchanged on 304; anything else raises a FetchError. Waits its host's turn. Thread-safe."""
        ...


class Profile(Protocol):
    """A file in portals/: bytes of a page → what it says. Pure: no I/O, clock passed in."""

    def read_list(self, page: Page, portal: Portal, site: Site, now: datetime) -> ListPage:
        """The article links of a list page; raises ReadError (blocked, login, not-html, no-links, …)."""
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

    def connect(self, shared: Any, network: Network, clock: Clock) -> Sender:
        """A sender, ready; no request has been made yet."""
        ...


class PortalBook(HostBook, Protocol):
    """Portals, their list pages and published files, and the runs."""

    def portal(self, portal: str) -> PortalRow:
        """What is known of a portal; a new one is due at once."""
        ...

    def save_portal(self, row: PortalRow) -> None:
        """The outcome of a tick is remembered (not what its pages taught)."""
        ...

    def learn(self, portal: str, site: Site) -> None:
        """What a portal's pages have taught is remembered."""
        ...

    def list_row(self, portal: str, url: str) -> ListRow | None:
        """A list page as it was last read, or None."""
        ...

    def record_list(
        self, portal: str, page: ListRow, new: Sequence[NewLink], touched: Sequence[tuple[int, NewLink]], now: datetime
    ) -> None:
        """A list page's validators and all its new and changed lines are stored together."""
        ...

    def places(self, portal: str) -> int:
        """How many lines the first lists of a portal have given so far."""
        ...

    def unread(self, portal: str) -> int:
        """How many known lines wait for the first look at their article."""
        ...

    def drawings(self) -> Mapping[str, tuple[int, int, str]]:
        """By portal: version of what its feed shows, version that is published, settings it was rendered with."""
        ...

    def save_drawing(self, portal: str, version: int, settings: str) -> None:
        """The published files of a portal show `version`."""
        ...

    def begin_run(self, now: datetime) -> int:
        """The number of the tick that begins."""
        ...

    def end_run(self, run: int, now: datetime, summary: Mapping[str, object]) -> None:
        """A tick ended, with its figures."""
        ...

    def last_run(self) -> Mapping[str, object] | None:
        """Figures of the last tick that ended, with `finished_at`; None before the first."""
        ...


class Archive(Protocol):
    """Lines, entries, revisions, and the one transaction that records a look."""

    def links(self, portal: str, keys: Iterable[str]) -> Mapping[str, LinkRow]:
        """The known ones among the lines of a portal, by canonical address."""
        ...

    def due(self, portal: str, now: datetime, many: int, *, force: bool = False) -> list[LinkRow]:
        """At most `many` lines whose articles are to be looked at; `force` adds those that wait after a failure."""
        ...

    def next_look(self, portal: str) -> datetime | None:
        """When the next article of a portal is to be looked at."""
        ...

    def entry_of(self, keys: Iterable[str]) -> int | None:
        """The uid of the entry that was seen under one of these canonical addresses, or None."""
        ...

    def entry_row(self, uid: int) -> EntryRow | None:
        """What is known of an entry, without its text."""
        ...

    def taken(self, identifier: str) -> bool:
        """Whether a tag: URI is already an entry's."""
        ...

    def entry(self, uid: int) -> Entry:
        """An entry with its text."""
        ...

    def feed(self, portal: str, newest: int, since: datetime, most: int) -> list[Entry]:
        """The `newest` entries of a portal's feed, and those first seen since `since`, at most `most` of them."""
        ...

    def newest(self, portal: str, many: int) -> list[EntryRow]:
        """The newest entries of a portal by time shown, newest first."""
        ...

    def count(self, portal: str) -> int:
        """How many entries a portal has given."""
        ...

    def sent(self, uid: int) -> list[SentRow]:
        """What became of an entry's events so far, oldest first."""
        ...

    def apply(self, change: Change) -> int | None:
        """All of `change` is stored durably, or nothing of it; the uid of its entry."""
        ...

    def backfill(self, portal: str, destination: str, entries: Sequence[tuple[int, DeliveryWrite]], now: datetime) -> None:
        """A destination follows a portal from now on, and is owed the publication of these entries."""
        ...


class Outbox(Protocol):
    """Destinations, deliveries and attempts."""

    def configure(self, wanted: Iterable[tuple[str, str, str]]) -> None:
        """(id, kind, address) of the configuration's subscribers are the active destinations."""
        ...

    def subscriptions(self) -> set[tuple[str, str]]:
        """(destination, portal) of everything that is followed."""
        ...

    def recover(self, now: datetime) -> int:
        """Attempts that a killed tick left open are uncertain and due at once; their number. Call it under the lock."""
        ...

    def heads(self, now: datetime, many: int, *, force: bool = False) -> list[Due]:
        """The delivery at the head of each open destination's line that may be tried now, at most `many`."""
        ...

    def next_due(self) -> datetime | None:
        """When the next delivery to an open destination is due."""
        ...

    def claim(self, dues: Sequence[Due], now: datetime) -> list[tuple[Due, int, int]]:
        """(delivery, attempt, sequence) of those that are ours to send: their attempts are on record, durably."""
        ...

    def fresh(self, destination: str, now: datetime, many: int) -> int:
        """How many publications wait for a destination and have never been tried, counted up to `many`."""
        ...

    def gather(self, carrier: int, destination: str, now: datetime, many: int) -> None:
        """The oldest `many` of those, `carrier` among them, go out together from now on."""
        ...

    def gathered(self, carrier: int) -> list[int]:
        """The entries of a digest, in their order."""
        ...

    def message(self, entry: int, destination: str) -> str | None:
        """The receiver's name of the message that shows an entry, or None."""
        ...

    def settle(self, results: Sequence[Settled]) -> None:
        """The outcomes of attempts are stored together."""
        ...

    def drop(self, delivery: int, state: str, reason: str, now: datetime) -> None:
        """A waiting delivery ends without an attempt."""
        ...

    def mark(self, destination: str, state: DestinationState, why: str, now: datetime, not_before: datetime | None = None) -> None:
        """A destination is open, paused (asked again after `not_before`) or disabled from now on."""
        ...

    def recent(self, since: datetime) -> list[tuple[str, datetime]]:
        """(destination, time) of the attempts since a time, oldest first."""
        ...

    def destinations(self) -> list[DestinationRow]:
        """Every active destination."""
        ...

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Deliveries by destination and state."""
        ...

    def last_death(self, destination: str) -> str | None:
        """Why the last dead delivery of a destination died."""
        ...


class Store(Protocol):
    """The state of one installation."""

    @property
    def portals(self) -> PortalBook:
        """Portals, list pages, hosts and runs."""
        ...

    @property
    def archive(self) -> Archive:
        """Lines, entries and revisions."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Destinations, deliveries and attempts."""
        ...

    def close(self) -> None:
        """What was recorded is in it."""
        ...
