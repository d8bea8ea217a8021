"""Every error that Feedbridge itself raises.

BridgeError                     one clear line for a person; never a traceback
├── UsageError                  what was asked for does not exist (exit 2)
├── ConfigError                 config.toml cannot be used; carries every fault (exit 2)
├── Locked                      another tick holds the lock (exit 75)
├── StoreError                  the database cannot be used
│   ├── StoreBusy               another process wrote for longer than the busy timeout
│   ├── StoreNewer              written by a newer Feedbridge
│   ├── StoreCorrupt            not a database, or damaged
│   ├── StoreReadOnly           file, folder or mount cannot be written
│   └── StoreFull               no space left on the device
├── FetchError                  a page could not be had; carries cause, url and perhaps retry_at
│   ├── AddressRefused          the guard refused an address, of this hop or a later one
│   ├── RobotsRefused           robots.txt asks us not to
│   ├── Deferred                not now: the host asked for a pause, or the budget ends first
│   ├── HttpStatus              an answer that is neither 2xx nor 304
│   └── Unreachable             DNS, connection, TLS, time-out, cut off, too large, redirect loop
└── ReadError                   a page came, but it is not what it should be; carries cause
"""

from dataclasses import dataclass
from datetime import datetime


class BridgeError(Exception):
    """A fault that is told in one line; the message says what, where and what to do."""

    exit_code = 1


class UsageError(BridgeError):
    """The command line names something that does not exist."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a configuration: where it stands, which key (`-`: the file itself), what is wrong, what to do."""

    where: str
    key: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {'' if self.key == '-' else self.key + ': '}{self.problem}; {self.fix}"


class ConfigError(BridgeError):
    """The configuration has faults; `faults` holds all of them, in file order."""

    exit_code = 2

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Locked(BridgeError):
    """Another tick holds the lock of this state folder."""

    exit_code = 75


class StoreError(BridgeError):
    """The database cannot be used."""


class StoreBusy(StoreError):
    """Another process wrote for longer than the busy timeout; trying again later is safe."""


class StoreNewer(StoreError):
    """The database was written by a newer Feedbridge."""


class StoreCorrupt(StoreError):
    """The file is not a database, or it is damaged."""


class StoreReadOnly(StoreError):
    """The database, its folder or its mount cannot be written."""


class StoreFull(StoreError):
    """There is no space left where the state lies."""


class FetchError(BridgeError):
    """A page could not be had.

    `cause` is a short slug (timeout, dns, tls, too-large, …), `url` the address of the hop that failed,
    `retry_at` when the server asked to be tried again (aware UTC), or None.
    """

    def __init__(self, cause: str, url: str, detail: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(f"{url}: {cause}" + (f" ({detail})" if detail else ""))
        self.cause = cause
        self.url = url
        self.detail = detail
        self.retry_at = retry_at


class AddressRefused(FetchError):
    """The address is private, loopback or otherwise not public, and not exempted by [network] allow."""


class RobotsRefused(FetchError):
    """The host's robots.txt disallows this address for us."""


class Deferred(FetchError):
    """Not asked at all: the host wants a pause until `retry_at`, or the time budget ends before its turn."""


class HttpStatus(FetchError):
    """The server answered with `status`, which is neither 2xx nor 304."""

    def __init__(self, status: int, url: str, detail: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(f"http-{status}", url, detail, retry_at)
        self.status = status


class Unreachable(FetchError):
    """No usable answer: DNS, connection, TLS, time-out, cut off, too large, wrongly compressed, redirect loop."""


class ReadError(BridgeError):
    """A page came, but it is not a list or an article: `cause` is a slug.

    Causes: empty, not-html, blocked (captcha, WAF), login, parking, error-page, no-links, no-article, selector, encoding, bug.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(cause + (f": {detail}" if detail else ""))
        self.cause = cause
        self.detail = detail
