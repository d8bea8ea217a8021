"""The article links of a list page or a front page, without selectors: core.groups tells how they are found."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from ..errors import ReadError
from ..model import Dropped, Link, ListPage, Portal, Site
from . import choice, dom, groups, lines, offers, pager, records
from .candidates import ASIDE, CHROME, Candidate, candidates
from .landmarks import landmarks
from .language import language_of
from .outline import Outline, outline
from .shapes import is_front

MOST_DROPPED = 300


@dataclass(slots=True)
class _Found:
    links: tuple[Link, ...] = ()
    signature: str | None = None
    dropped: tuple[Dropped, ...] = ()
    explain: dict[str, Any] = field(default_factory=dict)


def read(
    text: str,
    url: str,
    charset: str,
    portal: Portal,
    site: Site,
    now: datetime,
    *,
    tree: HtmlElement | None = None,
    first: ListPage | None = None,
) -> ListPage:
    """The links of a list page in its own order, each address once, with the dates, summaries and pictures beside them.

    `tree` is the parsed `text`, where the caller has it; scripts that hold lines of a list are replaced in it. `first` is the first
    page of the list that this page continues: its place is looked for here too, and a block whose lines all stood on it is no list of
    this page's. The place that won before
    (`site.signatures` by address) is looked up first.

    `explain` has the rule that won ("groups", "remembered", "json-ld", "page-data", "selectors"), the best groups, the page's feeds and
    frames; under "left" how many links were left out where `dropped` has not all of them, under "drift" the old and the new place when
    the old one no longer holds, under "cut" what was left unread of a page that is too long. Raises ReadError: no-links (naming the
    frames of a frameset), selector.
    """
    if portal.select:
        from . import picked

        if picked.wanted(portal.select):
            return _picked(text, url, charset, portal, site, now, first)
    return _read(tree if tree is not None else dom.parse(text), url, charset, portal, site, now, first)


def _picked(text: str, url: str, charset: str, portal: Portal, site: Site, now: datetime, first: ListPage | None) -> ListPage:
    from . import picked

    chosen = picked.pick(text, url, charset, portal.select, _setting(portal, now, None))
    tree = dom.parse(chosen.text)
    if chosen.links is None:
        page = _read(tree, url, charset, portal, site, now, first)
        explain = {**page.explain, "missed": chosen.missed}
        return replace(page, next=chosen.next or page.next, explain=explain)
    following = chosen.next or (None if portal.select.get("next") else pager.next_page(tree, outline(tree, url, charset)))
    explain = {"rule": "selectors", "missed": chosen.missed, "feeds": offers.feeds(tree, url)}
    return ListPage(url, charset, chosen.links, following, _language(tree, chosen.links), explain=explain)


def _read(tree: HtmlElement, url: str, charset: str, portal: Portal, site: Site, now: datetime, first: ListPage | None) -> ListPage:
    records.unfolded(tree)
    page = outline(tree, url, charset)
    language = _language(tree, ())
    found = _found(page, tree, site, _setting(portal, now, language), first)
    frames = offers.frames(tree, page.base)
    if not found.links:
        raise ReadError("no-links", f"only frames: {', '.join(frames)}" if frames else f"no links that read like articles on {url}")
    cut = {"cut": f"only the first {len(page.anchors):,} links were read, {page.unread:,} more were not"} if page.unread else {}
    explain = {**found.explain, "feeds": offers.feeds(tree, page.base), **({"frames": frames} if frames else {}), **cut}
    following = pager.next_page(tree, page)
    return ListPage(url, charset, found.links, following, _language(tree, found.links), found.signature, found.dropped, explain)


def _setting(portal: Portal, now: datetime, language: str | None) -> lines.Setting:
    return lines.Setting(ZoneInfo(portal.timezone), now, language)


def _language(tree: HtmlElement, links: Iterable[Link]) -> str | None:
    return language_of(" ".join(link.title for link in links)[:4000], tree.get("lang") or "")


def _found(page: Outline, tree: HtmlElement, site: Site, setting: lines.Setting, first: ListPage | None) -> _Found:
    """What the groups of links give, or the page's own item list where that is better."""
    every = candidates(page)
    bars = pager.bars(page)
    ranked = groups.groups(page, every, landmarks(page, tree, every, bars, front=is_front(page.url)), _seen(first))
    known = site.signatures.get(page.url)
    chosen = choice.choose(page, ranked, paged=pager.is_paged(page, bars), known=known or (first.signature if first else None))
    found = _gathered(page, every, ranked, chosen, setting, known) if chosen else _Found()
    listed = offers.items(tree, page.base)
    if len(listed) >= 3 and _is_better(listed, found.links):
        seen = {link.url: link for link in found.links}
        return _Found(tuple(seen.get(link.url, link) for link in listed), None, found.dropped, {**found.explain, "rule": "json-ld"})
    return found if len(found.links) >= 3 else _carried(tree, page.base, setting, found)


def _carried(tree: HtmlElement, base: str, setting: lines.Setting, found: _Found) -> _Found:
    """What a page with hardly a link carries as data for its scripts, where that has its links too."""
    from . import app_state

    listed = app_state.items(tree, base, setting.zone, setting.now)
    whole = {link.url for link in found.links} <= {link.url for link in listed}
    return _Found(listed, None, found.dropped, {"rule": "page-data"}) if listed and whole else found


def _seen(first: ListPage | None) -> frozenset[str]:
    """Every address that the first page of a list shows, whether as its line or beside."""
    return frozenset(url for lines in (first.links, first.dropped) for url in (line.url for line in lines)) if first else frozenset()


def _is_better(listed: tuple[Link, ...], links: tuple[Link, ...]) -> bool:
    """An item list is believed where the page's links are few, or where it has most of them and twice as many."""
    shared = len({link.url for link in listed} & {link.url for link in links})
    return len(links) < 3 or (shared >= 0.7 * len(links) and len(listed) >= 2 * len(links))


def _gathered(
    page: Outline, every: list[Candidate], ranked: list[groups.Group], chosen: choice.Choice, setting: lines.Setting, known: str | None
) -> _Found:
    kept: list[Candidate] = []
    dropped: list[tuple[Candidate, str]] = []
    for group in chosen.groups:
        for member in group.members:
            why = choice.fits(page, chosen, member)
            if why:
                dropped.append((member, why))
            else:
                kept.append(member)
    stays = known is not None and any(choice.same_place(known, group.place) for group in chosen.groups)
    signature = known if known and stays else chosen.winner.place
    explain: dict[str, Any] = {"rule": "remembered" if stays else "groups", "kind": chosen.kind}
    explain["groups"] = [{**group.facts(), "chosen": group in chosen.groups} for group in ranked[:8]]
    if known and not stays:
        explain["drift"] = {"was": known, "now": signature}
    taken = {member.url for member in kept}
    judged = {id(member) for member, _ in dropped}
    left = [(member, _reason(member)) for member in every if id(member) not in judged]
    out = tuple(Dropped(member.url, member.title, why) for member, why in (*dropped, *left) if member.url not in taken)
    if len(out) > MOST_DROPPED:
        explain["left"] = len(out)
    return _Found(lines.links(page, kept, setting), signature, out[:MOST_DROPPED], explain)


def _reason(member: Candidate) -> str:
    if member.likeness <= 0.0:
        return "no title"
    if member.level == CHROME:
        return "navigation"
    if member.hot:
        return "hot list"
    if member.level == ASIDE:
        return "side column"
    return "another block" if member.likeness >= 0.5 else "short text"
