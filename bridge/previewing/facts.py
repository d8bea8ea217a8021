"""What `preview --json` prints of a page."""

from typing import Any

from ..model import Article, Link, ListPage, When


def iso(when: When | None) -> str | None:
    """ISO 8601 in the page's own offset; a day where only the day is known."""
    if when is None:
        return None
    return when.at.date().isoformat() if when.precision == "day" else when.at.isoformat()


def article_facts(article: Article, explain: bool) -> dict[str, Any]:
    """The JSON of `preview article`: what is not known is null."""
    source = article.source
    facts: dict[str, Any] = {
        "url": article.url,
        "title": article.title,
        "published": iso(article.published),
        "modified": iso(article.modified),
        "author": article.author,
        "editor": article.editor,
        "source": {"name": source.name, "published": iso(source.published), "url": source.url} if source else None,
        "contributor": article.contributor,
        "category": list(article.category),
        "summary": article.summary,
        "content_html": article.content_html,
        "content_text": article.content_text,
        "images": [{"url": image.url, "alt": image.alt} for image in article.images],
        "enclosures": [{"url": file.url, "type": file.media_type, "title": file.title} for file in article.enclosures],
        "charset": article.charset,
        "language": article.language,
        "published_precision": article.published.precision if article.published else None,
        "published_zone": article.published.zone if article.published else None,
        "next": article.next,
        "suspicious": list(article.suspicious),
    }
    return facts | ({"explain": article.explain} if explain else {})


def list_facts(page: ListPage, explain: bool) -> dict[str, Any]:
    """The JSON of `preview list`."""
    facts: dict[str, Any] = {
        "url": page.url,
        "charset": page.charset,
        "next": page.next,
        "links": [link_facts(link) for link in page.links],
    }
    left_out = [{"url": d.url, "title": d.title, "why": d.why} for d in page.dropped]
    return facts | ({"dropped": left_out, "explain": page.explain} if explain else {})


def link_facts(link: Link) -> dict[str, Any]:
    """One line of a list."""
    return {"url": link.url, "title": link.title, "published": iso(link.published), "summary": link.summary, "image": link.image}
