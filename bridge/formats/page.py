"""A feed as a page for people: its articles by local day, newest first, with a search over the titles. The list is whole without script."""

from bridge.model import Feed

from . import drawing, news
from .wording import tongue

SUFFIX = ".html"
MEDIA_TYPE = drawing.MEDIA_TYPE
MOST = 90
FULL = 16
"""So many lines, and so many of them with summary and picture, keep an ordinary page under 60 KB."""


def render(feed: Feed) -> bytes:
    """The page in UTF-8; the same feed always gives the same bytes."""
    listed = news.lines(feed, MOST, FULL)
    shown = news.shown(feed)
    newest = feed.updated.astimezone(feed.entries[0].published.tzinfo) if feed.entries else None
    return drawing.draw(
        "feed.html",
        tongue(shown.about.language),
        base="",
        feed=shown,
        days=news.days(listed),
        updated=news.moment(newest) if newest else None,
        older=len(feed.entries) > MOST,
    )
