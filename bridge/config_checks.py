"""What the types of a configuration do not say: addresses, zones, names, references. Nothing is requested or written."""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .core.feed_filter import pattern_fault
from .model import FeedSpec, Network, Operator, Portal, Secret, Serve, Subscriber, key

Where = tuple[str | int, ...]
Finding = tuple[Where, str, str]
"""(path of the key, problem, fix)."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SELECT = ("item", "link", "title", "published", "source", "author", "contributor", "category", "body", "images", "next", "drop")
_RESERVED = frozenset({"archive", "feeds", "health", "index", "metrics", "status"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTACT = re.compile(r"mailto:[^@\s]+@\S+|https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """The `[bridge]` table."""

    state: Path = key("folder of the database, the lock and the published feeds (`public/`); relative to config.toml", Path("state"))
    base_url: str = key("address at which `state/public/` is served; it goes into the feeds", "http://127.0.0.1:8080/")
    contact: str | None = key("how a portal's owner reaches you (mailto: or https:); goes into the user agent", None)
    heartbeat: Secret | None = key("address that is called after each tick that went well, for a dead man's switch (healthchecks.io)", None)
    heartbeat_fail: Secret | None = key(
        "address that is called instead after each tick that needs somebody or could not be; at healthchecks.io the same with `/fail`", None
    )
    incident_after: timedelta = key("how long a portal must be in trouble until its feed says so, in one entry", timedelta(hours=24))
    retain: timedelta | None = key("how long the text of articles is kept; their identities are kept for ever; empty: for ever", None)
    hub: str | None = key("WebSub hub that is told of changed feeds; feeds and headers name it", None)


def of(
    bridge: Bridge,
    network: Network,
    portals: Sequence[Portal],
    subscribers: Sequence[Subscriber],
    operators: Sequence[Operator],
    feeds: Sequence[FeedSpec],
    serve: Serve,
    profiles: Sequence[str],
) -> Iterator[Finding]:
    """Every fault of values that are of the right type."""
    yield from _bridge(bridge)
    yield from _network(network)
    if not portals:
        yield ("portals",), "no portal is configured", "add a [[portals]] table with id, title and url"
    yield from _distinct([p.id for p in portals], "portals")
    for n, portal in enumerate(portals):
        yield from _portal(portal, ("portals", n), profiles)
    yield from _distinct([s.id for s in subscribers], "subscribers")
    for n, subscriber in enumerate(subscribers):
        yield from _subscriber(subscriber, ("subscribers", n), [p.id for p in portals])
    yield from _operators(operators, [s.id for s in subscribers])
    yield from _distinct([*(p.id for p in portals), *(f.id for f in feeds)], "feeds", len(portals))
    for n, feed in enumerate(feeds):
        yield from _feed(feed, ("feeds", n), [p.id for p in portals])
    if not 0 < serve.port < 65536:
        yield ("serve", "port"), f"{serve.port} is no port", "write a number from 1 to 65535"


def shown(value: Any) -> str:
    """A value as the file writes it, cut where it is long."""
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        text = "a number of very many digits"
    return text if len(text) <= 80 else text[:77] + "…"


def one_line(text: str) -> str:
    """The text with control characters written as escapes."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def heartbeat(bridge: Bridge) -> Iterator[Finding]:
    """What is wrong with the heartbeat's addresses once they are looked up; never an address itself, which is a secret."""
    for name in ("heartbeat", "heartbeat_fail"):
        address: Secret | None = getattr(bridge, name)
        if address is not None and not _is_address(address.reveal()):
            yield ("bridge", name), "is not an http(s) address", "put one such as https://host/path where it points to"


def _bridge(bridge: Bridge) -> Iterator[Finding]:
    if _CONTROL.search(str(bridge.state)):
        yield ("bridge", "state"), f"{shown(str(bridge.state))} has control characters in it", "write the name of a folder"
    yield from _address(bridge.base_url, ("bridge", "base_url"))
    if bridge.contact and not _CONTACT.fullmatch(bridge.contact):
        yield ("bridge", "contact"), "is neither a mailto: nor an http(s) address", "write mailto:you@example.org"
    if bridge.hub is not None:
        yield from _address(bridge.hub, ("bridge", "hub"))
    for name in ("incident_after", "retain"):
        if (value := getattr(bridge, name)) is not None:
            yield from _positive(value, ("bridge", name))


def _network(network: Network) -> Iterator[Finding]:
    for cidr in network.allow:
        try:
            ip_network(cidr)
        except ValueError:
            yield ("network", "allow"), f"{shown(cidr)} is not a network", "write it as 10.0.0.0/8 or fd00::/8"
    if network.proxy is not None:
        yield from _address(network.proxy, ("network", "proxy"))
    for name in ("timeout", "deadline"):
        yield from _positive(getattr(network, name), ("network", name))
    if network.max_bytes < 1:
        yield ("network", "max_bytes"), "is not a positive number", "write the largest page in bytes"


def _portal(portal: Portal, path: Where, profiles: Sequence[str]) -> Iterator[Finding]:
    yield from _identifier(portal.id, (*path, "id"))
    yield from _reserved(portal.id, (*path, "id"))
    yield from _address(portal.url, (*path, "url"))
    for address in portal.lists:
        yield from _address(address, (*path, "lists"))
    yield from _zone(portal.timezone, (*path, "timezone"))
    yield from _positive(portal.interval, (*path, "interval"))
    for name in portal.select.keys() - set(_SELECT):
        yield (*path, "select", name), "is not a field that can be selected", closest(name, _SELECT)
    if portal.profile not in profiles:
        yield (*path, "profile"), f"{shown(portal.profile)} is not a profile", f"use one of: {', '.join(profiles)}"
    if portal.charset is not None:
        yield from _charset(portal.charset, (*path, "charset"))
    if portal.language:
        yield from _language(portal.language, (*path, "language"))


def _subscriber(subscriber: Subscriber, path: Where, portals: Sequence[str]) -> Iterator[Finding]:
    yield from _identifier(subscriber.id, (*path, "id"))
    for name in [p for p in subscriber.portals if p not in portals]:
        known = ", ".join(sorted(portals)) or "none yet"
        yield (*path, "portals"), f"no portal is called {shown(name)}", f"use ids of [[portals]]: {known}"
    for name in ("backfill", "digest_over"):
        if getattr(subscriber, name) < 0:
            yield (*path, name), "is negative", "write 0 or more"


def _operators(operators: Sequence[Operator], subscribers: Sequence[str]) -> Iterator[Finding]:
    yield from _distinct([*subscribers, *(o.id for o in operators)], "operators", len(subscribers))
    for n, operator in enumerate(operators):
        yield from _identifier(operator.id, ("operators", n, "id"))


def _feed(feed: FeedSpec, path: Where, portals: Sequence[str]) -> Iterator[Finding]:
    yield from _identifier(feed.id, (*path, "id"))
    yield from _reserved(feed.id, (*path, "id"))
    for name in [p for p in feed.portals if p not in portals]:
        yield (
            (*path, "portals"),
            f"no portal is called {shown(name)}",
            f"use ids of [[portals]]: {', '.join(sorted(portals)) or 'none yet'}",
        )
    if not 0 < feed.limit <= 500:
        yield (*path, "limit"), f"{feed.limit} is no number from 1 to 500", "write how many entries the feed may hold"
    for name in ("include", "exclude"):
        for pattern in getattr(feed, name):
            if fault := pattern_fault(pattern):
                yield (*path, name), f"{shown(pattern)} {fault}", "write a pattern of https://github.com/google/re2/wiki/Syntax"
    if feed.content not in {"full", "summary"}:
        yield (*path, "content"), f"{shown(feed.content)} is no choice", 'use "full" or "summary"'


def _reserved(value: str, path: Where) -> Iterator[Finding]:
    if value.lower() in _RESERVED:
        yield path, f"{shown(value)} is the name of a file of its own among the published ones", "choose another"


def _distinct(ids: Sequence[str], name: str, start: int = 0) -> Iterator[Finding]:
    """The ids from `start` on that one before has taken."""
    for n, value in enumerate(ids[start:], start):
        if value and value.lower() in {other.lower() for other in ids[:n]}:
            yield (name, n - start, "id"), f"{shown(value)} is used twice", "give each its own id"


def _identifier(value: str, path: Where) -> Iterator[Finding]:
    if not _ID.fullmatch(value):
        yield path, f"{shown(value)} cannot be a file name", "use letters, digits, `-` and `_`, at most 64"


def _address(value: str, path: Where) -> Iterator[Finding]:
    if not _is_address(value) or "@" in urlsplit(value).netloc:
        yield path, f"{shown(value)} is not an http(s) address", "write it as http://host/path, without user and password"


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return good and not re.search(r"[\s\x00-\x1f]", value)


def _zone(name: str, path: Where) -> Iterator[Finding]:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        yield path, f"no zone is called {shown(name)}", "use an IANA name such as Asia/Shanghai"


def _charset(name: str, path: Where) -> Iterator[Finding]:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        yield path, f"no charset is called {shown(name)}", "use a name such as gb18030 or utf-8"


def _language(tag: str, path: Where) -> Iterator[Finding]:
    from .formats import text

    if text.language(tag) is None:
        yield path, f"{shown(tag)} is no language that feed readers know", "use a tag such as zh-CN or en"


def _positive(value: timedelta, path: Where) -> Iterator[Finding]:
    if value <= timedelta(0):
        yield path, "is not longer than zero", "write a duration such as 15m"


def closest(name: str, known: Sequence[str]) -> str:
    """What to do about a key that is not known."""
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), 1)
    return f"did you mean `{near[0]}`?" if near else f"remove it; known are: {', '.join(sorted(known))}"
