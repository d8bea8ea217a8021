"""Atom (RFC 4287)."""

from bridge.model import Feed

SUFFIX = ".atom"
MEDIA_TYPE = "application/atom+xml"


def render(feed: Feed) -> bytes:
    """The feed as Atom; the same feed always gives the same bytes."""
    from .writer import atom

    return atom(feed, SUFFIX, MEDIA_TYPE)
