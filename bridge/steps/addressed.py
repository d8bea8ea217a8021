"""Articles as one destination knows them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..model import Entry
from ..ports import Store


def addressed(store: Store, uids: Iterable[int], follows: Collection[str]) -> tuple[Entry, ...]:
    """The entries of these numbers, each under a portal that the destination `follows`, where one that it follows shows it.

    The portal that an article was first seen on may be another, or have had another name.
    """
    return tuple(_known_as(store, uid, follows) for uid in uids)


def _known_as(store: Store, uid: int, follows: Collection[str]) -> Entry:
    entry = store.archive.entry(uid)
    if not follows or entry.portal in follows:
        return entry
    portal = next((name for name in store.ledger.feeds(uid) if name in follows), None)
    return replace(entry, portal=portal) if portal else entry
