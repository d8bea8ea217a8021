"""Published files as answers: headers made once for each version of a file, then only chosen from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import unescape
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..formats import text
from . import names, negotiation
from .documents import Cabinet, Document
from .negotiation import Coding

METHODS: Final = ("GET", "HEAD")
RETRY: Final = 120
"""Seconds until a configured feed that is missing may be there again: the next tick writes it."""

LONGEST: Final = timedelta(hours=1)
SHORTEST: Final = timedelta(minutes=1)
"""Bounds of max-age: readers obey it, so it stays near the time in which news can come."""

GUARDS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Headers of every answer with a body."""
STRICT: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"<>]{1,2000})"')
_CODED = {"": "", "gz": "gzip", "br": "br"}
_ASKED = frozenset({b"accept-encoding", b"if-match", b"if-none-match", b"if-modified-since"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What this configuration publishes: `feeds` by id with the time in which each may change; `hub` and `base_url` as configured."""

    base_url: str
    hub: str | None = None
    feeds: Mapping[str, timedelta] = field(default_factory=dict)

    def max_age(self, name: str) -> int:
        """Seconds for which a reader need not ask again."""
        shortest = min(self.feeds.values(), default=LONGEST)
        age = LONGEST if "/" in name else self.feeds.get(names.feed(name) or "", shortest)
        return round(min(max(age, SHORTEST), LONGEST).total_seconds())

    def links(self, name: str) -> str:
        """The Link header of a feed (WebSub §4): its own address, and the hub; "" for what is no topic."""
        if not names.topic(name) or names.feed(name) not in self.feeds:
            return ""
        own, hub = text.address(self.base_url + name), text.address(self.hub)
        return ", ".join(f'<{url}>; rel="{relation}"' for url, relation in ((hub, "hub"), (own, "self")) if url)


@dataclass(frozen=True, slots=True)
class Page:
    """The answers that one version of a file can give, by coding."""

    tags: frozenset[str]
    modified: datetime
    have: frozenset[Coding]
    full: Mapping[Coding, Response]
    unchanged: Mapping[Coding, Response]


def page(document: Document, catalogue: Catalogue) -> Page:
    """The answers for a document. Strong ETags differ between codings, as their bytes do (RFC 9110 §8.8.3)."""
    tags: dict[Coding, str] = {coding: document.digest + (f"-{coding}" if coding else "") for coding in document.bodies}
    shared = _shared(document, catalogue)
    about = {"Content-Type": names.TYPES[names.suffix(document.name)], "Accept-Ranges": "none", **GUARDS, **_policy(document)}
    full: dict[Coding, Response] = {}
    unchanged: dict[Coding, Response] = {}
    for coding, body in document.bodies.items():
        own = {**shared, "ETag": f'"{tags[coding]}"'}
        coded = {"Content-Encoding": _CODED[coding]} if coding else {}
        full[coding] = Response(body, headers={**about, **own, **coded})
        unchanged[coding] = Response(status_code=304, headers=own)
    # A client may come back with the tag of a coding that is not made any more.
    every = frozenset({document.digest, *(f"{document.digest}-{coding}" for coding, _ in negotiation.PREFERRED)})
    return Page(every, document.modified, frozenset(document.bodies), full, unchanged)


def _shared(document: Document, catalogue: Catalogue) -> dict[str, str]:
    """The headers of 200 and 304 alike (RFC 9110 §15.4.5)."""
    links = catalogue.links(document.name)
    return {
        "Last-Modified": format_datetime(document.modified, usegmt=True),
        "Cache-Control": f"public, max-age={catalogue.max_age(document.name)}",
        "Vary": "Accept-Encoding",
    } | ({"Link": links} if links else {})


def _policy(document: Document) -> dict[str, str]:
    return {"Content-Security-Policy": policy(document.bodies[""]) if names.suffix(document.name) == "html" else STRICT}


def policy(html: bytes) -> str:
    """The Content-Security-Policy of a page of ours as a header: what its own meta element says, and no frame around it."""
    found = _META.search(html[:4096].decode("utf-8", "replace"))
    said = unescape(found[1]) if found else STRICT
    plain = said if said.isascii() and said.isprintable() else STRICT
    return plain if "frame-ancestors" in plain else f"{plain}; frame-ancestors 'none'"


class Pages:
    """The published files as an ASGI application: GET and HEAD, conditional and coded; everything else is refused by the standard."""

    def __init__(self, root: Path, catalogue: Catalogue, retired: Callable[[str], bool]) -> None:
        self._catalogue, self._retired = catalogue, retired
        self._cabinet = Cabinet(root, lambda document: page(document, catalogue))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered."""
        await self.answer(scope)(scope, receive, send)

    def answer(self, scope: Scope) -> Response:
        """The answer to a request (no body is read, a query means nothing)."""
        if scope["method"] not in METHODS:
            return NOT_ALLOWED
        name = names.published(scope["path"])
        if name is None:
            return NOT_FOUND
        found, belongs = self._cabinet.get(name), self._belongs(name)
        if belongs is False:
            return NOT_FOUND if found is None and not self._retired(names.feed(name) or "") else GONE
        if found is not None:
            return _chosen(found, scope)
        return NOT_YET if belongs and names.topic(name) else NOT_FOUND

    def _belongs(self, name: str) -> bool | None:
        """Whether the feed that a name belongs to is configured; None for what belongs to none, such as the landing page."""
        identifier = names.feed(name)
        if identifier is None or identifier in self._catalogue.feeds:
            return None if identifier is None else True
        return False if names.suffix(name) in names.FEEDS or self._retired(identifier) else None


def _chosen(found: Page, scope: Scope) -> Response:
    asked: dict[bytes, str] = {}
    for key, value in scope["headers"]:
        if key in _ASKED:
            text = value.decode("latin-1")
            asked[key] = f"{asked[key]}, {text}" if key in asked else text
    coding = negotiation.coding(asked.get(b"accept-encoding", ""), found.have)
    match asked.get(b"if-match"), asked.get(b"if-none-match"), asked.get(b"if-modified-since"):
        case None, None, None:
            return found.full[coding]
        case strong, weak, since:
            verdict = negotiation.verdict(found.tags, found.modified, strong, weak, since)
    return FAILED if verdict == "failed" else (found.unchanged if verdict == "unchanged" else found.full)[coding]


_REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    412: "Precondition Failed",
    429: "Too Many Requests",
}
_REASONS |= {500: "Internal Server Error", 503: "Service Unavailable"}


def plain(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A short answer in words, for what went wrong."""
    about = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": STRICT, **GUARDS}
    return Response(f"{status} {_REASONS.get(status, '')}".rstrip() + "\n", status, {**about, **(headers or {})})


NO_HOST, NOT_FOUND, GONE, FAILED = plain(400), plain(404), plain(410), plain(412)
NOT_ALLOWED = plain(405, {"Allow": ", ".join(METHODS)})
NOT_YET = plain(503, {"Retry-After": str(RETRY)})
