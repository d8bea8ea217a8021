"""A list page for people: its links in a table, what was left out and why, what the site offers to machines."""

from collections.abc import Sequence

from ..console import width
from ..model import Dropped, ListPage, When
from .layout import clip, fitted, labelled, measure, room, shown
from .machines import Offer, newest_of

_EXAMPLES = 4


def lines(page: ListPage, offers: Sequence[Offer], explain: bool) -> list[str]:
    """Everything `preview list` prints below the target's name."""
    columns = measure() if room() is None else room() or measure()
    parts = [*_table(page), "", *_summary(page, columns), *_left_out(page, columns, explain), *_offered(page, offers, columns)]
    if explain:
        from .reasons import of_list

        parts += ["", *of_list(page, columns)]
    return parts


def _table(page: ListPage) -> list[str]:
    rows = [
        (n, stamp(link.published), link.title, shortened(link.url, page.url) if room() else link.url)
        for n, link in enumerate(page.links, 1)
    ]
    return fitted(("", "published", "title", "address"), rows, room(), give=(2, 3))


def shortened(url: str, page: str) -> str:
    """An address without its host where that is the page's own."""
    parts = url.split("/", 3)
    return "/" + parts[3] if len(parts) == 4 and parts[:3] == page.split("/", 3)[:3] else url


def stamp(when: When | None) -> str:
    """A date no finer than it was written."""
    if when is None:
        return "-"
    return when.at.strftime({"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M"}.get(when.precision, "%Y-%m-%d %H:%M:%S"))


def _summary(page: ListPage, columns: int) -> list[str]:
    dated = sum(link.published is not None for link in page.links)
    newest = newest_of(page)
    dates = f"{dated} with a date" + (f", newest {newest:%Y-%m-%d}" if newest else "") if dated else "none with a date"
    zone = next((link.published.zone for link in page.links if link.published), None)
    told = {"assumed": " (zone assumed; name it with --timezone)", "page": " (zone stated by the page)"}.get(zone or "", "")
    return [
        *labelled("links", f"{len(page.links)}, {dates}{told}", columns),
        *labelled("text", f"charset {page.charset}, language {page.language or 'unknown'}", columns),
        *labelled("next page", page.next or "none found", columns),
    ]


def _left_out(page: ListPage, columns: int, explain: bool) -> list[str]:
    """What was left unread or out, by reason; all of it with `explain`."""
    dropped, cut = page.dropped, page.explain.get("cut")
    unread = labelled("unread", str(cut), columns) if cut else []
    if not dropped:
        return unread or labelled("left out", "nothing", columns)
    reasons: dict[str, list[Dropped]] = {}
    for one in dropped:
        reasons.setdefault(one.why, []).append(one)
    ranked = sorted(reasons.items(), key=lambda pair: -len(pair[1]))
    every = page.explain.get("left")
    found = [*unread, *labelled("left out", f"{every} links, {len(dropped)} of them here" if every else f"{len(dropped)} links", columns)]
    for why, members in ranked:
        found += _because(why, members, columns, explain)
    return found


def _because(why: str, members: Sequence[Dropped], columns: int, explain: bool) -> list[str]:
    head = f"  {why} {len(members)}"
    if explain:
        return [head, *(f"    {clip(shown(one.title) or '(no text)', 48)}  {one.url}" for one in members)]
    titles = dict.fromkeys(filter(None, (clip(shown(one.title), 24) for one in members)))
    examples = " · ".join(list(titles)[:_EXAMPLES]) + (" …" if len(titles) > _EXAMPLES else "")
    return [head + " " * max(2, 24 - width(head)) + clip(examples, max(16, columns - max(24, width(head) + 2)))]


def _offered(page: ListPage, offers: Sequence[Offer], columns: int) -> list[str]:
    """What machines are offered, each with a verdict."""
    if not offers:
        return labelled("for machines", "no feed, sitemap or item list is announced", columns)
    found: list[str] = []
    for offer in offers:
        name = f"{offer.kind} {offer.url}" + (f" “{shown(offer.title)[:40]}”" if offer.title else "")
        found += labelled("" if found else "for machines", f"{name}: {offer.verdict(page)}", columns)
    return found
