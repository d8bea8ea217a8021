"""WebSub, publishing side (W3C Recommendation, §7): the hub is told which topics have changed, and fetches them itself.

Not a kind of subscriber: there is one such destination, made from `[bridge] hub`. This file is cheap to import; the HTTP library comes
with `connect`. A ping may be repeated without harm, so what is not known to have arrived is simply sent again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from ..core.dispatch import Manner
from ..core.feed_choice import Channel
from ..model import Job, Network, key
from ..ports import Clock

if TYPE_CHECKING:
    from ._ping import PingSender

SUFFIXES: Final = (".rss", ".atom", ".json")
"""The files of a feed that are topics."""

MANNER = Manner(
    schedule=tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200)),
    max_age=timedelta(hours=24),
    hold=timedelta(minutes=5),
    collapses=True,
)
"""Six attempts over two and a half hours: whoever polls has the news by then. Later pings say the same, so a failing one holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which topics an article changes: `stems` are, for each portal, the names of its feed files without suffix."""

    hub: str = key("address of the hub, http(s)")
    base_url: str = key("address at which the feeds are served, with a slash at its end")
    stems: Mapping[str, tuple[str, ...]] = key("names of feed files by portal", factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """No keys are shared."""


def settings(hub: str, base_url: str, channels: Iterable[Channel]) -> Settings:
    """What a configuration makes of its hub: each portal's own feed, those of choice that may show it, and the one of everything."""
    stems: dict[str, tuple[str, ...]] = {}
    for channel in channels:
        for portal in channel.portals:
            stems[portal] = (*stems.get(portal, ()), channel.id)
    return Settings(hub=hub, base_url=base_url, stems=stems)


def address(settings: Settings) -> str:
    """The hub."""
    return settings.hub


def faults(settings: Settings, shared: Shared) -> Iterable[tuple[str, str, str]]:  # noqa: ARG001 - the port's signature
    """Nothing: the addresses are those of `[bridge]`, which are checked there."""
    return ()


def topics(job: Job) -> tuple[str, ...]:
    """The addresses of all feeds that the job's articles change, byte for byte as the feeds name themselves (§4), each once."""
    from ..formats import text

    settings: Settings = job.target.settings
    stems = dict.fromkeys(stem for entry in job.entries for stem in settings.stems.get(entry.portal, ()))
    urls = (settings.base_url + stem + suffix for stem in stems for suffix in SUFFIXES)
    return tuple(text.address(url) or url for url in urls)


def form(topic: str) -> bytes:
    """The body of a ping: hubs differ in which of `hub.url` and `hub.topic` they read."""
    return urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode("ascii")


def rendered(job: Job) -> str:
    """The bodies that would be posted, one a line."""
    return "\n".join(form(topic).decode("ascii") for topic in topics(job))


def connect(shared: Shared, network: Network, clock: Clock) -> "PingSender":  # noqa: ARG001 - the port's signature
    """A sender, ready; the HTTP library is loaded, no request has been made. The hub is the operator's own and may be anywhere."""
    from ._ping import PingSender

    return PingSender(clock)
