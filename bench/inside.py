"""What the pure parts cost inside one process: reading a page, rendering a feed, cutting a summary."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median

from bridge.core import charset, summary
from bridge.core import feed as feeds
from bridge.demo import stories, templates
from bridge.demo.theme import View
from bridge.formats import atom, jsonfeed, rss
from bridge.model import Article, Entry, Feed, Page, Portal, Site
from bridge.portals import generic

from . import large
from .corpus import Case

NOW = datetime(2026, 5, 11, 4, 0, tzinfo=UTC)
_ORIGIN = "http://portal.example.org"


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds (processor time) of one call, and how often that is the baseline's (0: none is given)."""

    name: str
    ms: float
    baseline: str = ""
    ratio: float = 0.0


def timed(work: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of processor time of a call, after one that warms up; other work of the machine hardly counts."""
    work()
    spans = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spans.append(time.process_time() - begun)
    return median(spans) * 1000


def timings(rounds: int) -> list[Timing]:
    """All of them."""
    return [*_reading(rounds), *_large(max(3, rounds // 3)), *_rendering(max(3, rounds // 3)), _cutting(rounds)]


# ---------------------------------------------------------------- reading


def _reading(rounds: int) -> list[Timing]:
    theme = templates.OldCms()
    told = tuple(
        sorted((*stories.first(NOW), *(stories.notice(20_000 + n, NOW) for n in range(10))), key=lambda s: s.published, reverse=True)
    )
    view = View(told, NOW, _ORIGIN, 30)
    longest = max(told, key=lambda story: sum(len(getattr(block, "text", "")) for block in story.blocks))
    listed = _page(theme.list_page(view), theme.lists, theme)
    article = _page(theme.article_page(view, longest), theme.address(longest), theme)
    portal = Portal(id="city", title="柳渡信息网", url=f"{_ORIGIN}/", lists=(listed.url,))
    found = [
        _against_lxml("list page of 30 lines", listed, lambda: generic.read_list(listed, portal, Site(), NOW), rounds),
        _against_lxml("article page", article, lambda: generic.read_article(article, portal, Site(), NOW), rounds),
    ]
    assert generic.read_article(article, portal, Site(), NOW).title == longest.title
    assert len(generic.read_list(listed, portal, Site(), NOW).links) == 30
    return found


def _large(rounds: int) -> list[Timing]:
    """Pages as large as portals send them; first what one of them takes at the median."""
    found = [_sized(case, rounds) for what in ("article", "list") for case in large.cases(what)]
    return [Timing(f"read: median of {len(found)} pages of real size", median(timing.ms for timing in found)), *found]


def _sized(case: Case, rounds: int) -> Timing:
    page = Page(url=case.want["url"], body=case.body, content_type="text/html")
    portal = Portal(id="city", title="p", url="http://www.example.com/", timezone=case.zone)
    reader = generic.read_list if case.what == "list" else generic.read_article
    return _against_lxml(f"{case.what}: {case.name}", page, lambda: reader(page, portal, Site(), large.NOW), rounds)


def _page(text: str, path: str, theme: templates.OldCms) -> Page:
    return Page(url=_ORIGIN + path, body=text.encode(theme.encoding, "xmlcharrefreplace"), content_type=theme.content_type)


def _against_lxml(name: str, page: Page, read: Callable[[], object], rounds: int) -> Timing:
    from lxml import html

    text = charset.decode(page.body).text
    ms = timed(read, rounds)
    return Timing(
        f"read: {name}, {len(page.body) / 1024:.0f} KB", ms, "lxml.html.fromstring", ms / timed(lambda: html.fromstring(text), rounds)
    )


# ---------------------------------------------------------------- rendering


def entries(many: int) -> tuple[Entry, ...]:
    """Entries as the sample portal gives them, newest first."""
    theme, told = templates.OldCms(), stories.first(NOW)
    view = View(told, NOW, _ORIGIN)
    portal = Portal(id="city", title="柳渡信息网", url=f"{_ORIGIN}/")
    read = [generic.read_article(_page(theme.article_page(view, s), theme.address(s), theme), portal, Site(), NOW) for s in told]
    return tuple(_entry(read[n % len(read)], n) for n in range(many))


def _entry(article: Article, number: int) -> Entry:
    at = NOW - timedelta(minutes=7 * number)
    entry = Entry(
        id=f"tag:portal.example.org,2026:{number}", portal="city", url=f"{article.url}&n={number}", title=article.title,
        first_seen=at, published=at, updated=at,
    )  # fmt: skip
    same = ("summary", "content_html", "content_text", "author", "contributor", "source", "category", "images", "enclosures", "language")
    return replace(entry, **{name: getattr(article, name) for name in same})


def _rendering(rounds: int) -> list[Timing]:
    found = []
    for form in (rss, atom, jsonfeed):
        few, many = (timed(_work(form.render, size), rounds) for size in (50, 1000))
        found.append(Timing(f"render: {form.SUFFIX[1:]}, 50 entries", few))
        found.append(Timing(f"render: {form.SUFFIX[1:]}, 1,000 entries", many, "50 entries (20 is linear)", many / few))
    return found


def _work(render: Callable[[Feed], bytes], many: int) -> Callable[[], bytes]:
    feed = Feed(
        id="city", stem="city", title="柳渡信息网", home_url=_ORIGIN, base_url="https://feeds.example.org/",
        updated=NOW, entries=feeds.distinct_updated(entries(many)),
    )  # fmt: skip
    return lambda: render(feed)


def _cutting(rounds: int) -> Timing:
    text = "\n\n".join(entry.content_text for entry in entries(10))
    return Timing(f"summary of {len(text):,} characters", timed(lambda: summary.summarise(text), rounds))
