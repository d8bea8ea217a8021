"""An article as a page of its own: what the feed knows of it, its text cleaned once more, and the way to the original."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bridge.model import Enclosure, Entry, Feed

from . import body, drawing, news, text
from .item import Item, head, item
from .wording import tongue

MEDIA_TYPE = drawing.MEDIA_TYPE
_BASE = "../"


def path(entry: Entry) -> str:
    """Where the page lies below the base address: `a/` and the last part of the entry's id. It never changes, as the id does not."""
    return news.page_path(entry)


def render(entry: Entry, feed: Feed) -> bytes:
    """The page in UTF-8; the same entry in the same feed gives the same bytes. `feed` is its portal's; only the head of it is read."""
    about = head(feed, ".rss")
    shown = item(entry, about.home_url)
    html = body.cleaned(shown.html)
    return drawing.draw(
        "article.html",
        tongue(shown.language or about.language),
        base=_BASE,
        feed=news.shown(feed),
        item=shown,
        language=shown.language or about.language,
        body=html if _says(html) else "",
        host=urlsplit(shown.url).hostname or "",
        times=_times(shown),
        files=[_attached(file) for file in shown.enclosures],
        notice=entry.kind != "article",
    )


def withdrawn(entry: Entry, feed: Feed) -> bytes:
    """The page of an article that its source has withdrawn: nothing of what it said, only that it is gone and since when."""
    about = head(feed, ".rss")
    at = text.whole(entry.updated).astimezone(entry.published.tzinfo)
    return drawing.draw("gone.html", tongue(about.language), base=_BASE, feed=news.shown(feed), at=news.moment(at))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as the page names it: by its title, else by the last part of its address; `kind` is its ending, else its media type."""

    url: str
    name: str
    kind: str
    length: int


def _attached(file: Enclosure) -> Attached:
    last = text.line(unquote(urlsplit(file.url).path.rpartition("/")[2]))
    ending = re.search(r"\.([A-Za-z0-9]{2,5})$", last)
    return Attached(file.url, file.title or last or file.url, ending[1].upper() if ending else file.media_type, file.length)


def _times(shown: Item) -> dict[str, news.Moment | None]:
    """Every time in the offset of the article's own."""
    zone = shown.published.tzinfo
    return {
        "published": news.moment(shown.published, shown.precision),
        "seen": news.moment(shown.first_seen.astimezone(zone)),
        "updated": news.moment(shown.updated.astimezone(zone)) if shown.revision > 1 else None,
        "source": news.moment(shown.source_published) if shown.source_published else None,
    }


def _says(html: str) -> bool:
    return bool(re.search(r"<(?:img|audio|video|table|hr)\b", html) or re.sub(r"<[^>]*>|\s", "", html))
