"""What a page says for machines: JSON-LD (schema.org), Open Graph and other meta elements, microdata.

Only collected here, with a rank for each date; core.meta and core.published judge. All text is bounded.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from .dom import normal, text_of

_ARTICLE = re.compile(r"Article|Posting|Report|Blog|Review|Recipe|Statement|Notice|NewsItem", re.IGNORECASE)
_FOREIGN = frozenset(
    (
        "comment",
        "review",
        "itemListElement",
        "relatedLink",
        "hasPart",
        "isPartOf",
        "author",
        "publisher",
        "mentions",
        "citation",
        "video",
        "image",
    )
)
_META_RANKS = (
    (96, "article:published_time"),
    (95, "og:article:published_time, datepublished, weibo: article:create_at, weibo:article:create_at"),
    (94, "og:published_time, rnews:datepublished, bytedance:published_time"),
    (93, "pubdate, parsely-pub-date"),
    (
        92,
        (
            "publishdate, publish_date, publish-date, publication_date, article.published, cxenseparse:recs:publishtime, "
            "originalpublicationdate, pub_date, article_date_original, bt:pubdate, publishedat, article:create_at, article-publish-date"
        ),
    ),
    (90, "dc.date.issued, dcterms.issued, apub:time, firstpublishedtime, og:release_date, publishtime, publish_time"),
    (88, "sailthru.date, og:time, release_date"),
    (86, "dcterms.created, dc.date.created, citation_publication_date, createtime, cre_date, ptime"),
    (85, "displaydate"),
    (84, "dc.date, dcterms.date, citation_date"),
    (80, "date, datecreated"),
)
_META_DATES = {name: rank for rank, names in _META_RANKS for name in names.split(", ")}
_META_CHANGES = frozenset(
    (
        "article:modified_time",
        "og:updated_time",
        "bytedance:updated_time",
        "lastmodifiedtime",
        "datemodified",
        "dateupdate",
        "dcterms.modified",
        "dc.date.modified",
    )
)
_TIME_GOOD = re.compile(r"publi|entry|post|article|date|dateline|time", re.IGNORECASE)
_TIME_BAD = re.compile(r"updat|modif|comment|related|sidebar|recommend|list|teaser|card|countdown|event|footer|widget", re.IGNORECASE)


_VARIABLE = re.compile(
    r"""(?<![\w-])(?P<name>publish_?(?:ed)?_?(?:time|date|at)|pub_?(?:time|date)|date_?published|ptime|release_?(?:time|date)|fb_?time|var\sct"""
    r"""|ori_?create_?time|create_?time)["']?\s*[:=]\s*"""
    r"""["']?(?P<at>1\d{9}(?:000)?(?!\d)"""
    r"""|(?<=["'])20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?(?=["']))""",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Facts:
    """The collected statements. `dates`: (rank, value, origin, where), `times`: (rank, value, time element)."""

    headline: str = ""
    og_title: str = ""
    head_title: str = ""
    site_name: str = ""
    description: str = ""
    body: str = ""
    authors: list[str] = field(default_factory=list)
    source: str = ""
    section: str = ""
    crumbs: list[str] = field(default_factory=list)
    image: str = ""
    language: str = ""
    dates: list[tuple[float, str, str, str]] = field(default_factory=list)
    times: list[tuple[float, str, HtmlElement]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)


def collect(tree: HtmlElement) -> Facts:
    """Everything a tree from dom.parse says for machines."""
    facts = Facts(language=(tree.get("lang") or tree.get("xml:lang") or "").strip()[:35])
    title = next(tree.iter("title"), None)
    facts.head_title = text_of(title, 600) if title is not None else ""
    for node in _nodes(tree):
        _node(node, facts)
    for element in tree.iter("meta"):
        _meta(element, facts)
    _micro(tree, facts)
    if not facts.dates:
        facts.dates.extend(_scripted(tree))
    return facts


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of all JSON-LD scripts, nested ones too, at most 2000."""
    left = 2000
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        stack = _load("".join(script.itertext())[:400_000])
        while stack and left > 0:
            left -= 1
            node = stack.pop()
            if isinstance(node, list):
                stack.extend(node[:60][::-1])
            elif isinstance(node, dict):
                yield node
                stack.extend(value for name, value in node.items() if name not in _FOREIGN and isinstance(value, (dict, list)))


def _scripts(tree: HtmlElement) -> Iterator[str]:
    """Scripts that may name a time of publication."""
    for script in tree.iter("script"):
        text = (script.text or "")[:200_000]
        if any(word in text for word in ("pub", "Pub", "ptime", "release", "var ct", "reateTime", "reate_time")):
            yield text


def _scripted(tree: HtmlElement) -> Iterator[tuple[float, str, str, str]]:
    """The publication time that a script holds under a name that says so, when all that do hold the same day."""
    found = {m["name"]: m["at"] for text in _scripts(tree) for m in islice(_VARIABLE.finditer(text), 20)}
    if found and len({at[:10] for at in found.values()}) == 1:
        name, at = max(found.items(), key=lambda one: len(one[1]))
        yield 76, at, "script", name


def _load(text: str) -> list[Any]:
    """The value of a script, or what one regular expression rescues from a broken one."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*;?\s*$", "", text)
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pairs = re.findall(r'"(headline|datePublished|dateModified)"\s*:\s*"([^"\\]{4,300})"', text)
        return [{"@type": "Article", **dict(reversed(pairs))}] if pairs else []


def _string(value: Any) -> str:
    return normal(value[:5000]) if isinstance(value, str) else ""


def _node(node: dict[str, Any], facts: Facts) -> None:
    kind = str(node.get("@type"))
    if "BreadcrumbList" in kind and not facts.crumbs:
        facts.crumbs = _crumbs(node.get("itemListElement"))
    article = bool(_ARTICLE.search(kind))
    for name, rank in (
        ("datePublished", 98 if article else 70),
        ("dateCreated", 85 if article else 0),
        ("uploadDate", 72 if article else 0),
    ):
        if rank and isinstance(node.get(name), str):
            facts.dates.append((rank, node[name], "json-ld", f"{kind}.{name}"))
    if not article:
        return
    if isinstance(node.get("dateModified"), str):
        facts.changes.append((node["dateModified"], "json-ld"))
    facts.headline = facts.headline or _string(node.get("headline") or node.get("name"))
    facts.description = facts.description or _string(node.get("description"))
    body = node.get("articleBody")
    facts.body = max(facts.body, body[:200_000] if isinstance(body, str) else "", key=len)
    section = node.get("articleSection")
    facts.section = facts.section or _string(section[0] if isinstance(section, list) and section else section)
    facts.authors = facts.authors or _people(node.get("author"))


def _people(value: Any) -> list[str]:
    found = [_string(one.get("name") if isinstance(one, dict) else one) for one in (value if isinstance(value, list) else [value])[:8]]
    return [name for name in dict.fromkeys(found) if name and not name.startswith("http")]


def _crumbs(items: Any) -> list[str]:
    names = []
    for one in items[:12] if isinstance(items, list) else []:
        inner = one.get("item") if isinstance(one, dict) else None
        name = one.get("name") if isinstance(one, dict) else ""
        names.append(_string(name) or _string(inner.get("name") if isinstance(inner, dict) else ""))
    return [name for name in names if name]


def _meta(element: HtmlElement, facts: Facts) -> None:
    content = element.get("content")
    name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
    if not content or not name:
        return
    value = normal(content[:3000])
    if name in _META_DATES:
        facts.dates.append((_META_DATES[name], value, "meta", name))
    elif name in _META_CHANGES:
        facts.changes.append((value, "meta"))
    else:
        _meta_text(name, value, facts)


def _meta_text(name: str, value: str, facts: Facts) -> None:
    """Titles and names; ArticleTitle, ContentSource, ColumnName … are the meta standard of Chinese government sites."""
    if name in {"og:title", "twitter:title"}:
        facts.og_title = facts.og_title or value
    elif name in {"articletitle", "citation_title", "dc.title"}:
        facts.headline = facts.headline or value
    elif name in {"og:site_name", "sitename", "application-name"}:
        facts.site_name = facts.site_name or value
    elif name in {"description", "og:description", "twitter:description"}:
        facts.description = facts.description if len(facts.description) >= len(value) else value
    elif name in {"author", "article:author", "dc.creator", "parsely-author", "byl", "citation_author", "sailthru.author"}:
        if value and not value.startswith("http") and len(value) < 60 and value not in facts.authors:
            facts.authors.append(value)
    elif name in {"contentsource", "source", "article:source"}:
        facts.source = facts.source or value
    elif name in {"columnname", "article:section"}:
        facts.section = facts.section or value
    elif name in {"og:image", "twitter:image", "og:image:url"}:
        facts.image = facts.image or value
    elif name in {"og:locale", "content-language"}:
        facts.language = facts.language or value.replace("_", "-")


def _micro(tree: HtmlElement, facts: Facts) -> None:
    """itemprop=datePublished and time elements; later ones count less, those of comments and lists hardly."""
    seen = 0
    for element in tree.iter("time", "a", "abbr", "span", "div", "p", "li", "em", "i", "b", "td", "dd"):
        prop = element.get("itemprop") if element.tag != "time" else element.get("itemprop") or "-"
        if prop in {"datePublished", "dateModified"}:
            value = element.get("datetime") or element.get("content") or text_of(element, 100)
            if prop == "datePublished":
                facts.dates.append((94, value, "time", "itemprop"))
            else:
                facts.changes.append((value, "time"))
        elif (prop == "author" or element.get("rel") == "author") and not facts.authors:
            facts.authors = _people(text_of(element, 100))
        elif element.tag == "time" and seen < 12:
            seen += 1
            _time(element, seen, facts)


def _time(element: HtmlElement, place: int, facts: Facts) -> None:
    value = element.get("datetime") or text_of(element, 100)
    names = [element.get("class") or "", element.get("id") or ""]
    for ancestor in element.iterancestors():
        names += [ancestor.tag, ancestor.get("class") or "", ancestor.get("id") or ""]
        if len(names) > 12:
            break
    hint = " ".join(names[:8])
    if re.search(r"updat|modif", " ".join(names[:5]), re.IGNORECASE):
        facts.changes.append((value, "time"))
        return
    foreign = _TIME_BAD.search(hint) or "aside" in names or "footer" in names
    rank = 45 if foreign else 86 if element.get("pubdate") is not None or _TIME_GOOD.search(" ".join(names[:5])) else 78
    facts.times.append((rank - 2 * place, value, element))
