"""RSS 2.0."""

from bridge.model import Feed

SUFFIX = ".rss"
MEDIA_TYPE = "application/rss+xml"


def render(feed: Feed) -> bytes:
    """The feed as RSS 2.0; the same feed always gives the same bytes."""
    from .writer import rss

    return rss(feed, SUFFIX, MEDIA_TYPE)
