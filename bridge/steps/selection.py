"""Which entries a live feed shows: the newest of its portals, or those that pass its filters."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice

from ..core import feed as feeds
from ..core.feed_choice import Channel
from ..core.feed_filter import Sieve
from ..core.prints import digest
from ..publication_rows import Drawn, Place
from .desk import Desk

SCAN_MOST = 10_000
"""How many of the newest articles are looked through when the filters of a feed are new."""

_PAGE = 200


def window(desk: Desk, channel: Channel, only: int = 0) -> list[int]:
    """The entries of a live feed, newest first; the newest `only` when given."""
    if channel.sifted and channel.spec:
        return desk.book.chosen(channel.id, only or channel.spec.limit)
    many = only or (channel.spec.limit if channel.spec else feeds.NEWEST)
    newest = [place for portal in channel.portals for place in desk.book.newest(portal, many)]
    return feeds.window(newest, [] if only or channel.spec else _recent(desk, channel), many)


def deleted(desk: Desk, channel: Channel) -> list[tuple[str, datetime]]:
    """(id, when) of what was withdrawn from the feed in the last 90 days, newest first, at most 200."""
    since = desk.now - feeds.GONE_FOR
    if channel.sifted:
        gone = desk.book.gone_from_choice(channel.id, since, feeds.GONE_MOST)
    else:
        gone = [one for portal in channel.portals for one in desk.book.gone(portal, since, feeds.GONE_MOST)]
    once = {one.id: one.at for one in gone}
    return sorted(once.items(), key=lambda one: (one[1], one[0]), reverse=True)[: feeds.GONE_MOST]


def sieve_print(channel: Channel) -> str:
    """A digest of the filters of a feed and of what they are laid on."""
    spec = channel.spec
    parts = (channel.portals, spec.categories, spec.include, spec.exclude) if spec else ()
    return digest(*("\n".join(part) for part in parts))


def sift(desk: Desk, channel: Channel, drawn: Drawn) -> None:
    """The choice of a filtered feed is as its filters and the state are: what changed is tried, or, for new filters, what is newest."""
    if channel.spec is None or not channel.sifted:
        return
    sieve = Sieve(channel.spec)
    if drawn.sieve != sieve_print(channel) or drawn.seen_at is None:
        desk.book.choose(channel.id, islice(_found(desk, channel, sieve), channel.spec.limit), (), anew=True)
        return
    taken, left = [], []
    for place in _changed(desk, channel, drawn.seen_at):
        entry = desk.store.archive.entry(place.entry)
        if sieve.passes(entry):
            taken.append(place)
        elif not entry.withdrawn:
            left.append(place.entry)
    if taken or left:
        desk.book.choose(channel.id, taken, left)


def _recent(desk: Desk, channel: Channel) -> list[Place]:
    since = desk.now - feeds.RECENT
    return [place for portal in channel.portals for place in desk.book.recent(portal, since, feeds.MOST)]


def _changed(desk: Desk, channel: Channel, since: datetime) -> list[Place]:
    """What changed since a time and, because not every change moves an entry's time, what the portals show on top."""
    places = [place for portal in channel.portals for place in desk.book.changed(portal, since)]
    tops = [place for portal in channel.portals for place in desk.book.newest(portal, feeds.NEWEST)]
    return list({place.entry: place for place in (*places, *tops)}.values())


def _found(desk: Desk, channel: Channel, sieve: Sieve) -> Iterator[Place]:
    streams = [_down(desk, portal) for portal in channel.portals]
    for place in islice(merge(*streams, key=lambda place: (place.sort_at, place.entry), reverse=True), SCAN_MOST):
        if sieve.passes(desk.store.archive.entry(place.entry)):
            yield place


def _down(desk: Desk, portal: str) -> Iterator[Place]:
    """The entries of a portal's feed, newest first, read as they are asked for."""
    after = None
    while page := desk.book.newest(portal, _PAGE, after):
        yield from page
        after = page[-1]
