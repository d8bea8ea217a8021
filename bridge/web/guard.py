"""Where Feedbridge may connect to: public addresses, and what the operator exempts. Cheap to import; no HTTP library.

A name is resolved once, every address it has is judged, and the connection goes to the very address that was judged
(see wire.py), so a name that changes between look and use gains nothing. Odd spellings of an address (`127.1`,
`0x7f.1`, `2130706433`) need no rule of their own: what they resolve to is judged.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from ..errors import AddressRefused, Unreachable

Address = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and one cloud address that looks public.
_SPECIAL: tuple[tuple[Net, str], ...] = tuple(
    (ip_network(cidr), why)
    for cidr, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignment"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmark"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignment"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "SRv6"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_UNICAST = ip_network("2000::/3")
_MAPPED = ip_network("::ffff:0:0/96")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
_CREDENTIALS = re.compile(r"//[^/?#\\]*@")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:@!$&'()*+,;=~?-._[]|"


class Endpoint(NamedTuple):
    """A judged address: what socket.socket() and connect() take."""

    family: int
    address: tuple[Any, ...]


class Guard:
    """Judges addresses. `allow` are CIDR networks to let through (host bits are ignored); a malformed one is a ValueError."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._allow = tuple(ip_network(network, strict=False) for network in allow)

    def refusal(self, address: str) -> str | None:
        """Why nothing may connect to `address` (an IP literal, scope allowed), or None when it may."""
        return self._refusal(ip_address(address))

    def check(self, host: str, port: int) -> list[Endpoint]:
        """Every address of `host`, in the resolver's order, all of them fit to connect to.

        One unfit address refuses the name (AddressRefused): a public name has no business with a private address.
        A name that does not resolve raises socket.gaierror. IPv6 literals come with or without brackets.
        """
        name = host.strip("[]")
        found = [Endpoint(int(family), address) for family, _, _, _, address in _resolve(name, port)]
        for endpoint in found:
            if why := self.refusal(str(endpoint.address[0])):
                shown = f"{name} is {endpoint.address[0]}, {why}" if name != endpoint.address[0] else why
                raise AddressRefused("address-refused", name, f"{shown}; [network] allow exempts networks")
        return found

    def _allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allow)

    def _refusal(self, address: Address) -> str | None:
        inner = _embedded(address)
        if inner is not None and address in _MAPPED:  # the same host by another spelling: either one exempts it
            return None if self._allowed(address) or self._allowed(inner) else "IPv4-mapped"
        if (why := _special(address)) and not self._allowed(address):
            return why
        return self._refusal(inner) if inner is not None else None


def safe_url(url: str) -> str:
    """`url` as it goes on the wire: http(s), ASCII host in lower case, no default port, no fragment, escapes where needed.

    Raises Unreachable with cause bad-url for another scheme, credentials, an impossible host or port.
    Path and query keep their spelling; characters outside ASCII become UTF-8 escapes (RFC 3987 §3.1).
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _bad(url, "not a URL") from None
    if parts.scheme not in _PORTS:
        raise _bad(url, "only http and https")
    if "@" in parts.netloc:
        raise _bad(url, "credentials in the address")
    if port == 0:
        raise _bad(url, "no such port")
    suffix = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{_host(parts.hostname or '', url)}{suffix}{_escaped(parts.path) or '/'}{query}"


def host_key(url: str) -> str:
    """The host of a `safe_url`, with its port where it is not the scheme's: the key of HostState."""
    return urlsplit(url).netloc


def shown(url: str) -> str:
    """`url` fit for a message: without credentials and control characters, at most 300 characters."""
    clean = "".join(char for char in _CREDENTIALS.sub("//", url) if char.isprintable())
    return clean if len(clean) <= 300 else clean[:299] + "…"


def _resolve(name: str, port: int) -> list[tuple[Any, Any, int, str, tuple[Any, ...]]]:
    try:
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is empty or too long
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None


def _special(address: Address) -> str | None:
    for network, why in _SPECIAL:
        if address in network:
            return why
    return "not global unicast" if isinstance(address, IPv6Address) and address not in _UNICAST else None


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056) address."""
    if isinstance(address, IPv4Address):
        return None
    bits = int(address)
    if bits >> 32 in {0, 0xFFFF, 0x0064_FF9B << 64} and bits > 1:
        return IPv4Address(bits & 0xFFFF_FFFF)
    return address.sixtofour


def _host(host: str, url: str) -> str:
    if ":" in host:
        try:
            literal = IPv6Address(host)
        except ValueError:
            raise _bad(url, "not an IPv6 address") from None
        if literal.scope_id:
            raise _bad(url, "an address of one link only")
        return f"[{literal}]"
    name = (host if host.isascii() else _idna(host, url)).rstrip(".")
    if not _HOST.fullmatch(name):
        raise _bad(url, "not a host name")
    return name


def _idna(host: str, url: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise _bad(url, "not a host name") from None


def _escaped(text: str) -> str:
    return quote(_BAD_ESCAPE.sub("%25", text), safe=_KEPT, errors="replace")


def _bad(url: str, why: str) -> Unreachable:
    return Unreachable("bad-url", shown(url), why)
