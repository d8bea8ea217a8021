"""JSON Feed 1.1 (https://jsonfeed.org/version/1.1).

`next_url` leads to the newest archive document and from each to the one before, so that a reader can walk back to the first article.

Beside the standard's keys each item has the extension object `_feedbridge`: `date_precision` ("second", "minute", "day"; "none":
the date is unknown and `date_published` is when the item was first seen), `first_seen`, `revision`, and where they are known
`source` {`name`, `url`, `published`} and `contributor`.
"""

from typing import Any

from bridge.model import Feed

from .item import Head, Item, carried, head, items

SUFFIX = ".json"
MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> bytes:
    """The feed as JSON in UTF-8; the same feed always gives the same bytes."""
    import json

    document = _feed(head(feed, SUFFIX)) | {"items": [_item(item) for item in items(feed)]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _feed(about: Head) -> dict[str, Any]:
    return _known(
        version=VERSION,
        title=about.title,
        description=about.description if about.description != about.title else "",
        home_page_url=about.home_url,
        feed_url=about.self_url,
        next_url=about.previous,
        language=about.language,
        authors=[{"name": about.title, "url": about.home_url}],
        hubs=[{"type": "WebSub", "url": about.hub}] if about.hub else [],
    )


def _item(item: Item) -> dict[str, Any]:
    body = {"content_html": carried(item.html), "summary": item.summary} if item.html else {"content_text": item.summary or item.title}
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        **body,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        **_known(
            image=item.images[0].url if item.images else "",
            authors=[{"name": item.byline}] if item.byline else [],
            tags=list(item.categories),
            language=item.language,
            attachments=_attachments(item),
            _feedbridge=_own(item),
        ),
    }


def _attachments(item: Item) -> list[dict[str, Any]]:
    return [_known(url=f.url, mime_type=f.media_type, title=f.title, size_in_bytes=f.length) for f in item.enclosures]


def _own(item: Item) -> dict[str, Any]:
    stated = item.source_published
    return _known(
        date_precision=item.precision,
        first_seen=item.first_seen.isoformat(),
        revision=item.revision,
        source=_known(name=item.publisher, url=item.source_url, published=stated.isoformat() if stated else ""),
        contributor=item.contributor,
    )


def _known(**fields: Any) -> dict[str, Any]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}
