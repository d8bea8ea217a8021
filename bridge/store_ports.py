"""The seam to the state: what every store does (its contract is tests/stores/test_store_contract.py)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from .model import Entry, HostState, Site
from .publication_ports import Publications
from .rows import (
    AttemptRow,
    Change,
    DeliveryWrite,
    DestinationRow,
    DestinationState,
    Due,
    EntryRow,
    EntryWrite,
    EventRow,
    GapRow,
    Incident,
    LedgerRow,
    LinkRow,
    ListRow,
    NewLink,
    PortalRow,
    SentRow,
    Settled,
)
from .upkeep_ports import Figures, Upkeep


class HostBook(Protocol):
    """Where politeness is remembered; the store implements it, safe to call from several threads."""

    def host(self, host: str) -> HostState | None:
        """What is known of `host` (lower case, with port where it is not the scheme's), or None."""
        ...

    def save_host(self, state: HostState) -> None:
        """`state` is remembered, durably, before this returns."""
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

    def versions(self) -> Mapping[str, int]:
        """By portal: the version of what its feed shows; it grows with each change."""
        ...

    def begin_run(self, now: datetime) -> int:
        """The number of the tick that begins."""
        ...

    def end_run(self, run: int, now: datetime, summary: Mapping[str, object], looks: Mapping[str, tuple[int, bool]] = ...) -> None:
        """A tick ended, with its figures; `looks`: by portal that was looked at, requests and whether a fault was met."""
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

    def known(self, portal: str, many: int) -> list[EntryRow]:
        """The articles that a portal has listed last, newest first, without their texts; withdrawn ones too."""
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

    def configure(self, wanted: Iterable[tuple[str, str, str]], now: datetime) -> None:
        """(id, kind, address) of the configuration's subscribers are the active destinations."""
        ...

    def prune(self, now: datetime) -> None:
        """Answers and attempts that are too old are forgotten."""
        ...

    def unfollow(self, destination: str, portal: str, now: datetime) -> None:
        """A destination does not follow a portal any more: what waits for it of articles that no other portal of its shows is put aside.

        An attempt of which nobody knows whether it was taken, or that is a part of more, is seen through.
        """
        ...

    def subscriptions(self) -> set[tuple[str, str]]:
        """(destination, portal) of everything that is followed."""
        ...

    def recover(self, now: datetime) -> int:
        """Attempts that a killed tick left open are uncertain and due at once; their number. Call it under the lock."""
        ...

    def heads(self, now: datetime, many: int, kind: str, *, force: bool = False) -> list[Due]:
        """The delivery at the head of the line of each open destination of a kind that may be tried now, at most `many`."""
        ...

    def next_due(self, now: datetime, after: datetime | None = None) -> datetime | None:
        """When the line of an open destination moves next, as things stand at `now`; only times after `after`, where it is given."""
        ...

    def claim(self, dues: Sequence[Due], now: datetime) -> list[tuple[Due, int, int]]:
        """(delivery, attempt, sequence) of those that are ours to send: their attempts are on record, durably."""
        ...

    def fresh(self, destination: str, now: datetime, many: int) -> int:
        """How many publications wait for a destination and have never been tried, counted up to `many`."""
        ...

    def gather(self, carrier: int, destination: str, now: datetime, many: int, *, every: bool = False) -> None:
        """The oldest `many` of those (of `every` kind of event), `carrier` among them, go out together from now on."""
        ...

    def gather_late(self, carrier: int, destination: str, before: datetime, many: int) -> bool:
        """Whether `carrier` and others are owed since before that time; then at most `many` of them go out together from now on,
        those too that digests carry which never began.
        """
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

    def recent(self, since: datetime) -> list[tuple[str, str, datetime]]:
        """(kind, address, time) of the attempts since a time, oldest first."""
        ...

    def destinations(self, *, removed: bool = False) -> list[DestinationRow]:
        """Every active destination; with `removed` those too that the configuration no longer names."""
        ...


class Ledger(Protocol):
    """What was owed, tried and sent, for people who ask."""

    def deliveries(
        self, destination: str | None = None, state: str | None = None, since: datetime | None = None, many: int = 50
    ) -> list[LedgerRow]:
        """The newest `many` deliveries, newest first; `state` "waiting" means any that may still go out, oldest first."""
        ...

    def delivery(self, identifier: int) -> LedgerRow | None:
        """One delivery, or None."""
        ...

    def head(self, destination: str, now: datetime) -> LedgerRow | None:
        """The delivery at the head of a destination's line: the first that is due, or that holds the line until later."""
        ...

    def of_entry(self, entry: int, destination: str | None = None) -> list[LedgerRow]:
        """The deliveries of an entry, oldest first."""
        ...

    def attempts(self, delivery: int) -> list[AttemptRow]:
        """What was tried for a delivery, oldest first."""
        ...

    def again(self, ids: Sequence[int], reason: str, now: datetime) -> int:
        """These deliveries are owed again at once, with their keys; how many there were."""
        ...

    def forward(self, ids: Sequence[int], reason: str, now: datetime) -> int:
        """These waiting deliveries (or the digests that carry them) need not wait for a time of ours; how many there were."""
        ...

    def missing(self, destination: str, since: datetime, many: int) -> list[EventRow]:
        """Publications since a time that a destination follows and was never owed, oldest first."""
        ...

    def find(self, text: str, many: int) -> list[int]:
        """Entries whose title holds `text`: those of which it is the whole title, then the newest."""
        ...

    def tagged(self, identifier: str) -> int | None:
        """The entry with this tag: URI, or None."""
        ...

    def lines(self, entry: int) -> list[LinkRow]:
        """The lines of list pages that lead to an entry."""
        ...

    def lines_of_address(self, key: str) -> list[LinkRow]:
        """The lines of a canonical address, read or not."""
        ...

    def aliases(self, entry: int) -> list[str]:
        """The addresses under which an entry was seen."""
        ...

    def revisions(self, entry: int) -> list[tuple[int, datetime, str]]:
        """(revision, when, title) of an entry."""
        ...

    def events(self, entry: int) -> list[EventRow]:
        """What happened to an entry, oldest first."""
        ...

    def feeds(self, entry: int) -> list[str]:
        """The portals whose feeds show an entry."""
        ...


class Incidents(Protocol):
    """Trouble that lasts, what is held, and gaps."""

    def open(self) -> list[Incident]:
        """Trouble that lasts, oldest first."""
        ...

    def last(self, subject: str) -> Incident | None:
        """The last trouble of a subject, over or not."""
        ...

    def record(
        self,
        incident: Incident,
        at: datetime,
        notice: tuple[EntryWrite, Sequence[DeliveryWrite]] | None = None,
        public: tuple[EntryWrite, Sequence[DeliveryWrite]] | None = None,
        gone: int | None = None,
    ) -> None:
        """An incident as it is now, what operators are owed, and what its portal's feed says of it, stored together.

        `gone` is an entry that the feed does not show any more.
        """
        ...

    def holds(self) -> Mapping[str, int]:
        """How many articles are held, or their pushes, by portal."""
        ...

    def gone(self, portal: str, since: datetime | None = None) -> int:
        """How many articles of a portal went away since a time; without one: how many answer with 404 and are not withdrawn."""
        ...

    def record_gap(self, gap: GapRow) -> None:
        """A stretch of a list was never seen."""
        ...

    def gaps(self, since: datetime) -> list[GapRow]:
        """Gaps that were noticed since a time, newest first, at most 100."""
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

    @property
    def ledger(self) -> Ledger:
        """What was owed, tried and sent."""
        ...

    @property
    def incidents(self) -> Incidents:
        """Trouble that lasts, what is held, and gaps."""
        ...

    @property
    def publications(self) -> Publications:
        """What the published files show."""
        ...

    @property
    def figures(self) -> Figures:
        """Figures for people and monitors."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """Keeping the state in order."""
        ...

    def close(self) -> None:
        """What was recorded is in it."""
        ...
