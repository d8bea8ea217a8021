"""Which addresses are published files, and what they are. Pure: an address that is not allowed here never reaches the disk."""

import re
from functools import lru_cache
from typing import Final

FEEDS: Final = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json"}
"""Media types of feeds by suffix; JSON has no charset parameter (RFC 8259 §11: it is UTF-8)."""

TYPES: Final = FEEDS | {
    "opml": "text/x-opml; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
    "ico": "image/vnd.microsoft.icon",
}

INDEX: Final = "index.html"
ARCHIVE: Final = "archive"
_DEEPEST = 3
_LONGEST = 300
_MONTH = re.compile(r"-\d{4}-\d{2}$")
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


@lru_cache(maxsize=4096)
def published(path: str) -> str | None:
    """The name under the public folder that a decoded request path asks for, or None when it can be none.

    A segment begins with a letter, a digit, `-` or `_`, so neither `..`, a hidden file, a backslash nor a NUL passes, however
    it was escaped; a suffix that is not ours (a file that is being written, a precompressed one) does not either.
    """
    if path in {"", "/"}:
        return INDEX
    name = path[1:]
    parts = name.split("/", _DEEPEST + 1)
    known = len(name) <= _LONGEST and len(parts) <= _DEEPEST and suffix(name) in TYPES
    return name if known and path[0] == "/" and all(map(_SEGMENT.fullmatch, parts)) else None


def suffix(name: str) -> str:
    """What stands behind the last dot of the last segment; "" without one."""
    return name.rpartition("/")[2].rpartition(".")[2] if "." in name else ""


@lru_cache(maxsize=4096)
def feed(name: str) -> str | None:
    """The id of the feed that a name belongs to, if its place is one where feeds lie: `ID.rss`, `ID.html`, `archive/ID-2026-10.atom`."""
    folder, _, last = name.rpartition("/")
    stem = last.rpartition(".")[0]
    if not folder:
        return stem
    return _MONTH.sub("", stem) if folder == ARCHIVE else None


def topic(name: str) -> bool:
    """Whether a name is a feed that moves (a WebSub topic), not an archive of one."""
    return "/" not in name and suffix(name) in FEEDS
