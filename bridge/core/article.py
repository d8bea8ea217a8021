"""An article page → Article: headline, dates, credits and body, each with the reason why.

Order of work: what the page says for machines, its blocks, the headline, the body (with what sibling pages taught), then
the dates and credits by their place around both. Loads lxml; nh3 and BeautifulSoup only where they are used.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from ..errors import ReadError
from ..model import Article, Enclosure, Image, Link, Portal, Site, Source, When
from . import credits as crediting
from . import site as sites
from .blocks import Flat, squeezed
from .clean import Clean, render
from .content import Choice, choose, dateline, fallback, restored, signature, whole
from .dates import near, parse
from .dom import absolute, base_url, text_of
from .dom import parse as parse_html
from .facts import Facts, collect
from .flatten import flatten
from .language import language_of
from .published import Candidate, Scene, ahead, candidates, decide
from .selectors import Selected, select
from .summary import summarise
from .title import Headline, find_title
from .weights import fingerprint, title_place, weigh

_SAID = r"(?:下一页|下页|后一页|next\s?page|next|次のページ|次へ|weiter|suivant|siguiente|следующая|الصفحة التالية|다음)"
_FURTHER = re.compile(_SAID)
_MARKUP = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_LEAST = 100
"""Characters of a body in structured data that is one."""
_NEXT = re.compile(rf"[\[【<(]?\s*{_SAID}\s*[\]】>)»›→]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page taken apart."""

    tree: HtmlElement
    url: str
    base: str
    facts: Facts
    flat: Flat
    names: tuple[str, ...]


def read(
    text: str,
    url: str,
    charset: str,
    portal: Portal,
    site: Site,
    now: datetime,
    link: Link | None = None,
    *,
    tree: HtmlElement | None = None,
) -> Article:
    """The article of a page whose text is decoded already. `link`: the list line that led here; the page wins over it.

    `tree`: what dom.parse made of `text`, where the caller has it.

    A date that is to come is none: `explain["published"]["ahead"]` then has it (ISO 8601), where the page states it clearly.
    Images are in document order. The home of the breadcrumb is not part of the category. Raises ReadError: empty (no
    visible text or picture), no-article (nothing that could be one), selector (an operator's selector that is wrong or
    matches nothing). Never anything else, whatever the text.
    """
    chosen = select(text, url, portal.select)
    page = _take_apart(chosen.text, url, portal, tree if chosen.text is text else None)
    headline = _headline(page, portal, site, chosen, link)
    choice = _body(page, headline, site, chosen)
    clean, kept = _clean(page, choice, chosen, charset)
    if choice is None and not clean.text and not clean.images:
        raise ReadError("no-article", url)
    language = language_of(clean.text or headline.text, page.facts.language)
    scene = _scene(page, headline, choice, portal, now, language, link is not None)
    found = [*candidates(page.flat.blocks, page.facts, url, scene), *_listed(link)]
    found = _taught(found, sites.votes(site, url, "date"))
    published, modified, speakers = decide(found, scene)
    published = _selected_date(chosen, scene, portal, url) or published
    late = ahead(page.flat.blocks, page.facts, url, scene) if published is None or not speakers or speakers[0].rank < 80 else None
    article = Article(
        url=url,
        title=headline.text,
        published=published,
        modified=modified,
        summary=summarise(clean.told or clean.text, _abstract(page, headline), language=language),
        content_html=clean.html,
        content_text=clean.text,
        images=tuple(clean.images),
        enclosures=tuple(clean.enclosures),
        charset=charset,
        language=language,
        next=_next(page, choice, charset),
        evidence=_evidence(page, headline, choice, kept, speakers),
        explain=_explain(headline, choice, _unchosen(chosen, clean), found, published, late, chosen),
    )
    return _suspected(_credited(article, page, scene, found, speakers, chosen))


def _take_apart(text: str, url: str, portal: Portal, tree: HtmlElement | None) -> _Page:
    tree = parse_html(text) if tree is None else tree
    body = tree.find("body")
    if body is None:
        raise _frames(tree, url, "a frameset", "frame")
    flat, facts = flatten(body), collect(tree)
    if not (facts.body or any(block.text or block.media for block in flat.blocks)):
        raise _frames(tree, url, "only frames", "frame", "iframe")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = tuple(filter(None, (portal.title, facts.site_name, host, f"www.{host}")))
    return _Page(tree, url, base_url(tree, url), facts, flat, names)


def _frames(tree: HtmlElement, url: str, what: str, *tags: str) -> ReadError:
    """Why a page without text is no article: it shows others in frames, or nothing."""
    found = [address for frame in islice(tree.iter(*tags), 50) if (address := absolute(url, frame.get("src") or ""))]
    return ReadError("no-article", f"{what}: {', '.join(found[:4])}") if found else ReadError("empty", url)


def _headline(page: _Page, portal: Portal, site: Site, chosen: Selected, link: Link | None) -> Headline:
    known = sites.votes(site, page.url, "suffix")
    found = find_title(page.flat.blocks, page.facts, page.names, link.title if link else None, known, page.url)
    wanted = chosen.values.get("title")
    return replace(found, text=wanted[0], why=f"select.title ({portal.id})") if wanted else found


def _body(page: _Page, headline: Headline, site: Site, chosen: Selected) -> Choice | None:
    """The body as the operator's selector gives it, else chosen with the site's lessons, else without them, else by place."""
    if chosen.body is not None:
        return None
    prints = {fingerprint(block) for block in page.flat.blocks} if site.lessons else ()
    lessons = sites.repeated(site, page.url, headline.text, prints)
    for repeated in (lessons.all, frozenset[str]()) if lessons.all else (lessons.all,):
        weigh(page.flat, headline.text, repeated, page.facts.body)
        if choice := choose(page.flat, headline.text, sites.votes(site, page.url, "body")):
            return restored(choice, page.flat, headline.text, repeated - lessons.sure)
    return fallback(page.flat, headline.text)


def _clean(page: _Page, choice: Choice | None, chosen: Selected, charset: str) -> tuple[Clean, list[str]]:
    """The rendered body, and the fingerprints of the blocks that it kept."""
    stated = _stated(page.facts.body) if choice is None and len(page.facts.body) >= _LEAST else None
    if (html := stated if chosen.body is None else chosen.body) is not None:
        choice = whole(flatten(parse_html(f"<body>{html}</body>")))
    clean = render(choice.keep, choice.span.at, page.base, charset) if choice else Clean()
    if chosen.images is not None:
        pictures = whole(flatten(parse_html(f"<body>{chosen.images}</body>")))
        clean.images = render(pictures.keep, pictures.span.at, page.base, charset).images
    return clean, list(filter(None, map(fingerprint, choice.keep))) if choice else []


def _stated(body: str) -> str:
    """The body that structured data gives, as markup: where the page shows none without its scripts."""
    return body if _MARKUP.search(body) else "".join(f"<p>{escape(line)}</p>" for line in unescape(body).splitlines())


def _scene(
    page: _Page, headline: Headline, choice: Choice | None, portal: Portal, now: datetime, language: str | None, fresh: bool
) -> Scene:
    place = title_place(page.flat.blocks, squeezed(headline.text))
    first, last = _extent(page, choice, place)
    if place is not None and place > last:
        place = None
    opening = dateline(choice.keep, page.flat) if choice else -1
    return Scene(place, first, last, ZoneInfo(portal.timezone), now, _tongue(page.url, language), fresh, opening)


def _extent(page: _Page, choice: Choice | None, place: int | None) -> tuple[int, int]:
    """The first and the last index of the body's text; of its pictures where it has none."""
    kept = [block.index for block in choice.keep if block.columns] or [block.index for block in choice.keep] if choice else []
    return (min(kept), max(kept)) if kept else ((place or 0) + 30, len(page.flat.blocks))


def _tongue(url: str, language: str | None) -> str | None:
    """The language, for English with the region that decides whether 3/4 is in April."""
    british = language == "en" and re.search(r"\.(?:uk|au|nz|ie|in|za)$", urlsplit(url).hostname or "")
    return f"{language}-GB" if british else language


def _taught(found: Sequence[Candidate], places: dict[str, int]) -> list[Candidate]:
    """Candidates that stand where sibling pages had their date count a little more."""
    ranked = [
        replace(one, rank=one.rank + 6) if one.block is not None and not one.changed and places.get(_date_place(one), 0) >= 2 else one
        for one in found
    ]
    return sorted(ranked, key=lambda one: -one.rank)


def _date_place(one: Candidate) -> str:
    return f"{one.when.origin} {signature(one.block.owner)}" if one.block is not None else one.when.origin


def _abstract(page: _Page, headline: Headline) -> str | None:
    """The page's description, unless it only says the headline again."""
    plain, heading = squeezed(page.facts.description), squeezed(headline.text)
    return page.facts.description if plain and not (heading and plain.startswith(heading[:30])) else None


def _selected_date(chosen: Selected, scene: Scene, portal: Portal, url: str) -> When | None:
    """The date that select.published gives; what it holds must be a date."""
    texts = chosen.values.get("published")
    if not texts:
        return None
    for text in texts:
        found = parse(text, scene.zone, scene.now, scene.language) or near(text, scene.zone, scene.now, scene.language)
        if found:
            return replace(found, origin="selector")
    detail = f"select.published `{portal.select['published']}` matched {len(texts)} nodes without a date ({texts[0][:60]!r}) on {url}"
    raise ReadError("selector", detail)


def _listed(link: Link | None) -> list[Candidate]:
    """The date of the list line: weaker than any clear statement of the page, stronger than a vague one."""
    return [Candidate(68, replace(link.published, origin="list"), "list line")] if link and link.published else []


def _credited(
    article: Article, page: _Page, scene: Scene, found: Sequence[Candidate], speakers: Sequence[Candidate], chosen: Selected
) -> Article:
    """The article with source, author, editor, contributor and category."""
    winner = next((one for one in speakers if one.block is not None), speakers[0] if speakers else None)
    own = crediting.find_credits(page.flat.blocks, (scene.first, scene.last), page.facts, found, page.base, winner, page.names)
    values = {key: texts[0] for key, texts in chosen.values.items() if texts}
    category, place = crediting.find_category(page.flat, page.facts, article.title, page.names, scene.first)
    if "category" in values:
        category, place = crediting.path_of(chosen.values["category"], article.title, page.names), "select.category"
    return replace(
        article,
        source=Source(values["source"]) if "source" in values else own.source,
        author=values.get("author", own.author),
        editor=own.editor,
        contributor=values.get("contributor", own.contributor),
        category=category,
        explain={
            **article.explain,
            **_credit_reasons(values, own, page.facts),
            "category": {"rule": place or "not found", "rivals": []},
            "summary": _summary_reason(article.summary, page.facts.description),
        },
    )


def _credit_reasons(values: Mapping[str, str], own: crediting.Credits, facts: Facts) -> dict[str, Any]:
    """Why each name was chosen, and what structured data says instead."""
    stated = {"source": [facts.source] if facts.source else [], "author": list(facts.authors[:4])}
    rules = {name: f"select.{name}" if name in values else own.why.get(name, "") for name in ("source", "author", "editor", "contributor")}
    return {
        name: {"rule": rule or "not found", "rivals": stated.get(name, []) if rule != "structured data" else []}
        for name, rule in rules.items()
    }


def _next(page: _Page, choice: Choice | None, charset: str) -> str | None:
    """The address of the article's next page: a `next` link that leads to the same article."""
    if choice is None:
        return None
    said = any(block.linked and _FURTHER.search(block.text.lower()) for block in page.flat.blocks)
    for element in page.tree.iter("link", "a") if said else page.tree.iter("link"):
        label = text_of(element, 40) if element.tag == "a" else ""
        if (element.get("rel") or "").lower() != "next" and not (label and _NEXT.fullmatch(label)):
            continue
        found = absolute(page.base, element.get("href") or "", charset=charset)
        if found and _same_article(page.url, found):
            return found
    return None


def _same_article(url: str, other: str) -> bool:
    """Whether `other` is a later page of `url`: 12.html → 12_2.html, ?id=12 → ?id=12&page=2, /a/12/ → /a/12/2/."""
    here, there = urlsplit(url), urlsplit(other)
    if here.netloc.lower().removeprefix("www.") != there.netloc.lower().removeprefix("www."):
        return False
    if here.path == there.path:
        mine, theirs = dict(parse_qsl(here.query)), dict(parse_qsl(there.query))
        changed = {key for key in mine | theirs if mine.get(key) != theirs.get(key)}
        return bool(changed) and all(re.search(r"page|^p$|^pn$|^pg$|paged|start|offset", key, re.IGNORECASE) for key in changed)
    stem = re.sub(r"(?:[-_]\d{1,2})?\.\w{2,5}$|/\d{1,2}/?$|/$", "", here.path)
    tail = there.path[len(stem) :] if stem and there.path.startswith(stem) else ""
    return bool(re.fullmatch(r"[-_/]?(?:p|page[-_/]?)?\d{1,2}(?:\.\w{2,5}|/)?", tail))


def _summary_reason(summary: str, description: str) -> dict[str, Any]:
    if summary and squeezed(summary) in squeezed(description):
        return {"rule": "the page's own abstract", "rivals": []}
    return {"rule": "first sentences of the body" if summary else "not found", "rivals": [description[:200]] if description else []}


def _evidence(page: _Page, headline: Headline, choice: Choice | None, kept: Sequence[str], speakers: Sequence[Candidate]) -> dict[str, Any]:
    """What core.site learns from: fingerprints of the blocks outside the body and at its ends, and the places of things."""
    doubtful = [block for block in page.flat.blocks if block.weight > -10 and fingerprint(block)][: 3 * sites.BLOCKS]
    inside = set(kept)
    speaker = next((one for one in speakers if one.block is not None), None)
    return {
        "blocks": sites.chosen_blocks(found for block in doubtful if (found := fingerprint(block)) not in inside),
        "ends": sites.chosen_blocks([*kept[:2], *kept[2:][-4:]]),
        "body": signature(choice.span.at) if choice and choice.score > 60 else "",
        "suffix": headline.suffix,
        "date": _date_place(speaker) if speaker else "",
    }


def _explain(
    headline: Headline,
    choice: Choice | None,
    unchosen: str,
    found: Sequence[Candidate],
    published: When | None,
    late: When | None,
    chosen: Selected,
) -> dict[str, Any]:
    dates = [f"{one.rank:.0f} {one.when.at.isoformat()} {one.why}{' (changed)' if one.changed else ''}" for one in found[:5]]
    return {
        "title": {"rule": headline.why, "rivals": list(headline.rivals)},
        "published": {"rule": published.origin if published else "no date was sure enough", "rivals": dates}
        | ({"ahead": late.at.isoformat()} if late else {}),
        "body": {"rule": choice.how, "element": signature(choice.span.at), "rivals": [f"{score} {name}" for name, score in choice.rivals]}
        if choice
        else {"rule": unchosen, "rivals": []},
        "selectors": list(chosen.missed),
    }


def _unchosen(chosen: Selected, clean: Clean) -> str:
    """Where the body is from that was not chosen among the page's elements."""
    return "select.body" if chosen.body is not None else "structured data" if clean.text else "none"


def _suspected(article: Article) -> Article:
    """Marked where characters were lost: any in the title, more than one in a thousand in the body."""
    lost = article.content_text.count("\ufffd")
    if "\ufffd" in article.title or lost * 1000 > max(1, len(article.content_text)):
        return replace(article, suspicious=("encoding",))
    return article


def join(first: Article, more: Sequence[Article]) -> Article:
    """One article out of its pages, in order: bodies one after the other, pictures and files once, the first page's facts."""
    pages = [first, *(page for page in more if page.content_text != first.content_text)]
    images: dict[str, Image] = {image.url: image for page in reversed(pages) for image in reversed(page.images)}
    files: dict[str, Enclosure] = {file.url: file for page in reversed(pages) for file in reversed(page.enclosures)}
    return replace(
        first,
        content_html="\n".join(page.content_html for page in pages if page.content_html),
        content_text="\n\n".join(page.content_text for page in pages if page.content_text),
        images=tuple(list(images.values())[::-1]),
        enclosures=tuple(list(files.values())[::-1]),
        next=pages[-1].next,
        suspicious=tuple(dict.fromkeys(reason for page in pages for reason in page.suspicious)),
    )
