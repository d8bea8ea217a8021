"""Every feed of an installation: one a portal, those of choice, and one of everything. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from bridge.model import FeedSpec, Portal

from .feed_filter import sifted
from .identity import host_of

ALL = "all"
"""The feed of everything; a portal or a feed of choice that has this name takes its place."""

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed to be published. `spec` is set for a feed of choice; only the others hold all of their portals' articles, and have archives.

    `zone` is the one whose months the archives follow, `language` the configured one (None: that of its entries).
    """

    id: str
    title: str
    home_url: str
    portals: tuple[str, ...]
    zone: str
    interval: timedelta
    language: str | None = None
    description: str = ""
    spec: FeedSpec | None = None

    @property
    def archived(self) -> bool:
        """Whether it has archives."""
        return self.spec is None

    @property
    def sifted(self) -> bool:
        """Whether filters choose its entries."""
        return self.spec is not None and sifted(self.spec)

    @property
    def own(self) -> bool:
        """Whether it is the feed of one portal."""
        return self.spec is None and self.portals == (self.id,)


def channels(portals: Sequence[Portal], feeds: Sequence[FeedSpec], base_url: str) -> tuple[Channel, ...]:
    """The feeds of a configuration: the portals', those of choice, and with several portals `all`."""
    found = [*map(_of_portal, portals), *(_of_choice(spec, portals, base_url) for spec in feeds)]
    if len(portals) > 1 and ALL not in {channel.id.lower() for channel in found}:
        found.append(_of_several(ALL, _names(portals), portals, base_url))
    return tuple(found)


def feed_tag(channel: Channel) -> str:
    """The id of a feed inside its files, a tag: URI (RFC 4151). It is minted once and kept, whatever address the feed moves to."""
    authority = re.sub(r"[^a-z0-9.-]", "", re.sub(r":\d+$", "", host_of(channel.home_url))).strip(".-") or "localhost"
    return f"tag:{authority},2026:feedbridge/feed/{quote(channel.id)}"


def _of_portal(portal: Portal) -> Channel:
    return Channel(
        id=portal.id,
        title=portal.title,
        home_url=portal.url,
        portals=(portal.id,),
        zone=portal.timezone,
        interval=portal.interval,
        language=portal.language,
    )


def _of_choice(spec: FeedSpec, portals: Sequence[Portal], base_url: str) -> Channel:
    named = [portal for portal in portals if portal.id in spec.portals] or portals
    wanted = _joined((*spec.categories, *spec.include))
    title = spec.title or (f"{wanted} – {_names(named)}" if wanted else _names(named))
    return _of_several(spec.id, title, named, base_url, spec)


def _of_several(name: str, title: str, portals: Sequence[Portal], base_url: str, spec: FeedSpec | None = None) -> Channel:
    zones = {portal.timezone for portal in portals}
    languages = {portal.language for portal in portals}
    return Channel(
        id=name,
        title=title,
        home_url=portals[0].url if len(portals) == 1 else base_url,
        portals=tuple(portal.id for portal in portals),
        zone=zones.pop() if len(zones) == 1 else "UTC",
        interval=min(portal.interval for portal in portals),
        language=languages.pop() if len(languages) == 1 else None,
        spec=spec,
    )


def _names(portals: Sequence[Portal]) -> str:
    return _joined([portal.title for portal in portals])


def _joined(names: Iterable[str]) -> str:
    """At most three names, with what a Chinese reader expects between Chinese ones."""
    every = [name for name in names if name]
    between = "、" if any("\u3400" <= letter <= "\u9fff" for name in every for letter in name) else ", "
    return between.join(every[:_NAMED]) + (f" … ({len(every)})" if len(every) > _NAMED else "")
