"""An article for people: as a feed reader shows it, and as the chat message it becomes."""

import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

from ..core import message
from ..core.feed import effective
from ..model import Article, Entry, When
from .layout import clip, framed, labelled, measure, shown, wrap
from .lists import stamp

_ORIGINS = {
    "json-ld": "structured data",
    "meta": "meta element",
    "time": "time element",
    "label": "labelled on the page",
    "dateline": "line under the headline",
    "signature": "end of the text",
    "url": "address",
    "list": "list line",
    "selector": "select.published",
}
_ZONES = {"page": "offset stated by the page", "portal": "zone of the portal", "assumed": "zone assumed; name it with --timezone"}


def lines(article: Article, now: datetime, explain: bool) -> list[str]:
    """Everything `preview article` prints below the target's name."""
    columns = measure()
    parts = [*_head(article, columns), "", *_body(article, columns), *_attached(article, columns), "", *chat(article, now, columns)]
    if explain:
        from .reasons import of_article

        parts += ["", *of_article(article, columns)]
    return parts


def dated(when: When | None) -> str:
    """A date with where it stood and whose zone it is in."""
    if when is None:
        return "not stated; the feed will show when the article was first seen"
    told = [_ORIGINS.get(when.origin, when.origin), *([_ZONES[when.zone]] if when.precision != "day" or when.zone != "portal" else [])]
    return f"{stamp(when)} {when.at:%z}".strip() + f" ({', '.join(filter(None, told))})"


def facts(article: Article) -> list[tuple[str, str]]:
    """What is known besides title and text, as (label, words); what is not known is left out, the date excepted."""
    source = article.source
    origin = ", ".join(filter(None, (source.name, stamp(source.published) if source.published else "", source.url or ""))) if source else ""
    every = [
        ("published", dated(article.published)),
        ("modified", dated(article.modified) if article.modified else ""),
        ("source", origin),
        ("author", article.author),
        ("editor", article.editor),
        ("contributor", article.contributor),
        ("category", " > ".join(article.category)),
        ("text", f"{len(article.content_text)} characters, charset {article.charset}, language {article.language or 'unknown'}"),
        ("next page", article.next),
        ("suspicious", ", ".join(article.suspicious)),
        ("summary", article.summary),
    ]
    return [(label, shown(words)) for label, words in every if words]


def _head(article: Article, columns: int) -> list[str]:
    title = wrap(shown(article.title), columns) or ["(no title)"]
    rule = "═" * columns
    found = [rule, *title, rule]
    for label, words in facts(article):
        found += labelled(label, words, columns)
    return found


def _body(article: Article, columns: int) -> list[str]:
    found: list[str] = []
    for paragraph in article.content_text.split("\n\n"):
        for line in paragraph.splitlines():
            found += wrap("".join(c if c.isprintable() else " " for c in line), columns)
        found.append("")
    return found[:-1] if article.content_text else ["(no text)"]


def _attached(article: Article, columns: int) -> list[str]:
    found: list[str] = []
    for number, image in enumerate(article.images, 1):
        name = f" {shown(image.alt)}" if image.alt else ""
        found += labelled(f"image {number}", f"{image.url}{name}", columns)
    for number, file in enumerate(article.enclosures, 1):
        found += labelled(f"file {number}", f"{file.url} {shown(file.title)} ({file.media_type})", columns)
    return ["", *found] if found else []


# ---------------------------------------------------------------- as a chat message


def entry(article: Article, now: datetime) -> Entry:
    """What would be published, were the article first seen at `now`."""
    zone = article.published.at.tzinfo if article.published else None
    shown_at, precision = effective(article.published, now, now, zone or ZoneInfo("UTC"))
    return Entry(
        id="tag:preview.invalid,2026:feedbridge/preview",
        portal="preview",
        url=article.url,
        title=article.title,
        first_seen=now,
        published=shown_at,
        updated=shown_at,
        precision=precision,
        summary=article.summary,
        source=article.source,
        category=article.category,
        images=article.images,
        language=article.language,
    )


def chat(article: Article, now: datetime, columns: int) -> list[str]:
    """The message of this article in a frame, and how much of a message's room it takes."""
    sent = message.render(entry(article, now))
    wide = min(columns, 60)
    picture = [f"[picture] {clip(sent.preview, wide - 14)}", "─" * (wide - 4)] if sent.preview else []
    text = unescape(re.sub(r"<[^>]{0,4000}>", "", _linked(sent.text)))
    inner = [line for one in text.split("\n") for line in (wrap(one, wide - 4) or [""])]
    used = f"as a chat message: {len(unescape(re.sub('<[^>]*>', '', sent.text)))} of {message.VISIBLE} characters"
    return [used, *framed([*picture, *inner], wide)]


def _linked(text: str) -> str:
    """Telegram's HTML with each link's label marked as one; addresses are not shown, as a chat does not show them."""
    return re.sub(r"<a href=\"[^\"]*\">(.*?)</a>", r"[\1]", text)
