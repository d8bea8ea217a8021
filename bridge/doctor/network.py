"""Names, certificates, clocks and credentials out there. No event is sent and no page is read; nothing is remembered."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..config import Config, sender_module
from ..errors import AddressRefused, FetchError
from ..model import Network, Secret
from ..ports import Clock, HostBook
from ..web.guard import Endpoint, Guard
from .finding import Finding

if TYPE_CHECKING:
    from ..web.pacing import Hosts

SOON = timedelta(days=14)
"""A certificate that ends within it is a matter for today."""
_SIDE_BY_SIDE = 8
_ASKED = 3
_SKEWED, _WRONG = timedelta(seconds=60), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Host:
    """A server that is needed, and who needs it."""

    name: str
    port: int
    tls: bool
    who: str

    @property
    def shown(self) -> str:
        """Name and, where it is not the scheme's, port."""
        return self.name if self.port in {80, 443} else f"{self.name}:{self.port}"


def hosts(config: Config) -> list[Host]:
    """The servers of portals and receivers, each once; portals behind a proxy are the proxy's to resolve."""
    found: dict[tuple[str, int, bool], Host] = {}
    for who, url in _addresses(config):
        parts = urlsplit(url)
        tls = parts.scheme == "https"
        if parts.hostname:
            port = parts.port or (443 if tls else 80)
            found.setdefault((parts.hostname, port, tls), Host(parts.hostname, port, tls, who))
    return list(found.values())


def _addresses(config: Config) -> Iterator[tuple[str, str]]:
    for portal in config.portals if config.network.proxy is None else ():
        yield from ((f"portal {portal.id}", url) for url in (portal.url, *portal.lists))
    for one in config.reached:
        address = sender_module(one.kind).address(one.settings)
        if address.startswith(("http://", "https://")):
            yield f"subscriber {one.id}", address
    if config.bridge.hub:
        yield "hub", config.bridge.hub


def reachable(wanted: Iterable[Host], network: Network, now: datetime, trust: ssl.SSLContext | None = None) -> list[Finding]:
    """DNS and, for https, the certificate of each host; a connection is made and closed, nothing is asked."""
    guard, context = Guard(network.allow), trust or _trust()
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as crew:
        return [finding for found in crew.map(lambda host: list(_host(host, guard, network, now, context)), wanted) for finding in found]


def _trust() -> ssl.SSLContext:
    from requests.adapters import DEFAULT_CA_BUNDLE_PATH

    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


def _host(host: Host, guard: Guard, network: Network, now: datetime, context: ssl.SSLContext) -> Iterator[Finding]:
    try:
        endpoints = guard.check(host.name, host.port)
    except AddressRefused as refused:
        yield Finding("dns", "fail", f"{host.shown} ({host.who}): {refused.detail}", "correct the address, or exempt its network")
        return
    except socket.gaierror as error:
        yield Finding("dns", "fail", f"{host.shown} ({host.who}): {error.strerror}", "check the name, and this machine's resolver")
        return
    if host.tls:
        yield from _certificate(host, endpoints[0], network.timeout.total_seconds(), now, context)
    else:
        yield Finding("dns", "ok", f"{host.shown} ({host.who})")


def _certificate(host: Host, endpoint: Endpoint, patience: float, now: datetime, context: ssl.SSLContext) -> Iterator[Finding]:
    try:
        ends = _ends(host, endpoint, patience, context)
    except ssl.SSLCertVerificationError as error:
        yield Finding("tls", "fail", f"{host.shown} ({host.who}): {error.verify_message}", "its owner must mend the certificate")
    except (OSError, ValueError) as error:
        text = getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
        yield Finding("tls", "fail", f"{host.shown} ({host.who}): no secure connection: {text}", "wait; if it stays, ask its owner")
    else:
        left = ends - now
        told = f"{host.shown} ({host.who}): its certificate is good until {ends:%Y-%m-%d}"
        yield Finding("tls", "warn", told, f"renew it: {max(0, left.days)} days are left") if left < SOON else Finding("tls", "ok", told)


def _ends(host: Host, endpoint: Endpoint, patience: float, context: ssl.SSLContext) -> datetime:
    """When the certificate that the server shows ends; ssl.SSLError or OSError when there is no secure connection."""
    with closing(socket.socket(endpoint.family, socket.SOCK_STREAM)) as plain:
        plain.settimeout(patience)
        plain.connect(endpoint.address)
        with context.wrap_socket(plain, server_hostname=host.name) as secure:
            shown = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


# ---------------------------------------------------------------- clocks


def dated(config: Config, book: HostBook, clock: Clock, agent: str) -> Iterator[Finding]:
    """This machine's clock against the Date of the first portal that answers; it is asked for its robots.txt, which all may ask."""
    from ..web.pacing import Hosts

    turns = Hosts(book, clock, config.network.gap, clock.now() + timedelta(minutes=1), force=True)
    for portal in config.portals[:_ASKED]:
        there = _date(portal.url, config.network, agent, turns)
        if there is not None:
            yield _skew(clock.now() - there, urlsplit(portal.url).netloc)
            return


def _date(url: str, network: Network, agent: str, turns: "Hosts") -> datetime | None:
    from ..fetch import PoliteErrand
    from ..web.exchange import Trip

    parts = urlsplit(url)
    try:
        with PoliteErrand(Trip(network, agent), turns) as errand:
            answer = errand.ask(f"{parts.scheme}://{parts.netloc}/robots.txt", limit=65536, cut=True)
        at = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (FetchError, ValueError, TypeError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _skew(skew: timedelta, host: str) -> Finding:
    seconds = abs(skew.total_seconds())
    if abs(skew) < _SKEWED:
        return Finding("clock", "ok", f"agrees with {host}")
    told = f"{seconds:.0f} s {'ahead of' if skew > timedelta() else 'behind'} {host}"
    return Finding("clock", "fail" if abs(skew) > _WRONG else "warn", told, "set this machine's clock (ntp), or theirs is wrong")


# ---------------------------------------------------------------- credentials


def credentials(config: Config) -> Iterator[Finding]:
    """Whether the bot's token holds: getMe, which sends and changes nothing."""
    if not any(one.kind == "telegram" for one in config.reached):
        return
    shared = config.shared["telegram"]
    if shared.token is None or not shared.token.reveal():
        yield Finding("credentials", "fail", "[telegram] token is not there", "see `feedbridge check`")
        return
    yield _bot(shared.api_base, shared.token, config.network.timeout.total_seconds())


def _bot(base: str, token: Secret, patience: float) -> Finding:
    import requests

    # Whatever goes wrong is told by its kind only: the request's address holds the token, and so may the error's words.
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{base.rstrip('/')}/bot{token.reveal()}/getMe", timeout=patience, allow_redirects=False)
            told = answer.json()
        name = told["result"]["username"] if told.get("ok") else ""
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
        return Finding(
            "credentials", "fail", f"{base} gives no usable answer ({type(error).__name__})", "wait, or check [telegram] api_base"
        )
    if name:
        return Finding("credentials", "ok", f"the token is that of @{name}")
    said = str(told.get("description", answer.status_code)).replace(token.reveal(), "…")[:200]
    return Finding("credentials", "fail", f"the token is refused: {said}", "take the token from @BotFather anew")
