"""Webhooks by Standard Webhooks 1.0.0: one signed POST per event, to public addresses only.

This file is cheap to import; the HTTP library comes with `connect`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..core.dispatch import Manner
from ..model import Job, Network, Secret, key
from ..ports import Clock

if TYPE_CHECKING:
    from ._hook import WebhookSender

MANNER = Manner(
    schedule=tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)),
    hold=timedelta(minutes=30),
    give_up=timedelta(days=5),
)
"""Ten attempts over 75 hours, as Standard Webhooks 1.0.0 has them; an event that fails holds the next ones for half an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The keys of a webhook subscriber."""

    url: str = key("where events are posted, http(s)")
    secret: Secret = key("the endpoint's secret, `whsec_…`; `feedbridge secret` prints a fresh one")
    previous_secret: Secret | None = key("the old secret while receivers change to a new one; both sign", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The `[webhook]` table; it has no keys."""


def address(settings: Settings) -> str:
    """The URL."""
    return settings.url


def faults(settings: Settings, shared: Shared) -> Iterable[tuple[str, str, str]]:  # noqa: ARG001 - the port's signature
    """(key, problem, fix) for each value that cannot work."""
    problem = _url_problem(settings.url)
    if problem:
        yield "url", problem, "write https://host/path, without user and password"
    for name, secret in (("secret", settings.secret), ("previous_secret", settings.previous_secret)):
        problem = _secret_problem(secret) if secret else ""
        if problem:
            yield name, problem, "use one that `feedbridge secret` printed"


def rendered(job: Job) -> str:
    """The body of an event as it would be posted now. Pure; ValueError for a digest, which webhooks never get."""
    from ..core.signing import body

    return body(job).decode("utf-8")


def connect(shared: Shared, network: Network, clock: Clock) -> "WebhookSender":  # noqa: ARG001 - the port's signature
    """A sender, ready; the HTTP library is loaded, no request has been made. The proxy of `network` is for portals, not used here."""
    from ._hook import WebhookSender

    return WebhookSender(network.allow, clock)


def _url_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or any(c.isspace() or c < " " for c in url):
        return "is not an http(s) address"
    return "holds credentials" if "@" in parts.netloc else ""


def _secret_problem(secret: Secret) -> str:
    from ..core.signing import secret_bytes

    try:
        secret_bytes(secret.reveal())
    except ValueError as error:
        return str(error)
    return ""
