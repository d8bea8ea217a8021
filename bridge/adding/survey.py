"""Looking a portal over: which of its pages are lists of articles, what each yields, and whether two of its links bear that out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log2

from ..core import charset, dom
from ..core.identity import canonical, host_of
from ..errors import BridgeError
from ..model import Article, Link, ListPage, Page
from ..previewing.machines import Offer, announced, newest_of, weighed
from ..previewing.reading import Reader, Target
from .sections import Lead, leads

FOLLOWED = 2
"""Links of a list that are followed to see whether it is one."""
RESERVED = 2 * FOLLOWED
"""Requests that are kept for following links."""
_CONFIRMED = 3  # of the best lists links are followed
_RECENT = timedelta(days=30)
_FRESHNESS = ((timedelta(days=2), 3.0), (timedelta(days=7), 2.2), (timedelta(days=30), 1.5), (timedelta(days=180), 0.7))


@dataclass(frozen=True, slots=True)
class Check:
    """What following links showed. `alike`: their bodies stand in the same place; `titled`: their titles are the links' texts."""

    followed: int = 0
    read: int = 0
    titled: int = 0
    alike: bool = False
    fault: str = ""

    @property
    def good(self) -> bool:
        """Whether the links lead to articles of one template with the titles that the list gives."""
        return self.read > 0 and self.titled == self.read and self.alike

    @property
    def bad(self) -> bool:
        """Whether the links were followed and lead to no articles, or to others than they say."""
        return self.followed > 0 and self.titled == 0


@dataclass(frozen=True, slots=True)
class Yield:
    """A page that was looked at as a list: what it gave, or the fault why it gave nothing."""

    lead: Lead
    page: ListPage | None = None
    fault: str = ""
    check: Check = field(default_factory=Check)

    @property
    def dated(self) -> int:
        """How many of its links have a date."""
        return sum(link.published is not None for link in self.page.links) if self.page else 0

    @property
    def newest(self) -> datetime | None:
        """The newest date among its links."""
        return newest_of(self.page) if self.page else None

    def score(self, now: datetime) -> float:
        """Freshness, number of recent dated links, number of links, and what following two of them showed."""
        if self.page is None:
            return -10.0
        newest = self.newest
        recent = sum(1 for link in self.page.links if link.published and newest and newest - link.published.at <= _RECENT)
        fresh = next((points for age, points in _FRESHNESS if newest and now - newest <= age), 0.0) if newest else 0.8
        judged = 1.5 if self.check.good else -4.0 if self.check.bad else 0.0
        return fresh + log2(1 + recent) + 0.25 * log2(1 + len(self.page.links)) + judged

    @property
    def word(self) -> str:
        """The verdict for a table: "verified", "likely", "doubtful", or the fault."""
        return self.fault or ("verified" if self.check.good else "doubtful" if self.check.bad else "likely")

    @property
    def verdict(self) -> str:
        """In words."""
        check = self.check
        if self.page is None:
            return self.fault
        if check.good:
            return (
                f"a list: {check.read} of its pages share a template and bear its titles"
                if check.read > 1
                else "a list: its page bears its title"
            )
        if check.bad:
            return f"doubtful: {check.fault or 'its pages bear other titles'}"
        return "likely a list" if not check.followed else f"probably a list: {check.titled} of {check.followed} pages bear its titles"


@dataclass(frozen=True, slots=True)
class Findings:
    """A portal looked over: the pages that are lists, best first, then the others; articles that were read; machine offers."""

    home: Page
    own: ListPage | None
    yields: tuple[Yield, ...]
    articles: tuple[Article, ...] = ()
    offers: tuple[Offer, ...] = ()
    requests: int = 0

    @property
    def lists(self) -> tuple[Yield, ...]:
        """The pages that gave links."""
        return tuple(one for one in self.yields if one.page)


class Survey:
    """One look at one portal, with at most `most` requests besides robots.txt."""

    def __init__(self, get: Callable[[str], Target], reader: Reader, now: datetime, most: int, robots: Callable[[str], str]) -> None:
        self._get, self._reader, self._now, self._robots = get, reader, now, robots
        self._left = self._most = most
        self._articles: dict[str, Article | str] = {}
        self._pages: dict[str, Page] = {}

    def look(self, url: str, named: Sequence[str] = ()) -> Findings:
        """What the portal at `url` offers; `named` are list pages that somebody named, and then only they are judged.

        Raises BridgeError where the home page cannot be had.
        """
        home = self._fetch(url)
        if home.page is None:
            raise BridgeError(f"{url}: {home.error}")
        own = self._judged(Lead(home.page.url, "home page", "home", 0), home)
        offers = self._offers(home.page, own.page)
        found = (
            [self._visited(Lead(one, "named by you", "named", 0)) for one in named]
            if named
            else _distinct([own, *self._sections(home.page, own)])
        )
        return Findings(home.page, own.page, tuple(self._checked(found)), tuple(self._read()), tuple(offers), self._most - self._left)

    # ------------------------------------------------------------ pages

    def _fetch(self, url: str) -> Target:
        if self._left <= 0:
            return Target(url, None, "not looked at: enough pages were asked for")
        self._left -= 1
        return self._get(url)

    def _visited(self, lead: Lead) -> Yield:
        return self._judged(lead, self._fetch(lead.url))

    def _judged(self, lead: Lead, target: Target) -> Yield:
        if target.page is None:
            return Yield(lead, None, target.error)
        try:
            return Yield(
                replace(lead, url=lead.url if lead.how != "home" else target.page.url), self._reader.read_list(target.page, self._now)
            )
        except BridgeError as error:
            return Yield(lead, None, str(error))

    def _sections(self, home: Page, own: Yield) -> list[Yield]:
        """The most promising leads of the home page, and of its frames, each visited."""
        queue = self._leads(home, own.page)
        seen = {canonical(home.url)}
        found: list[Yield] = []
        while queue and self._left > RESERVED:
            lead = queue.pop(0)
            if canonical(lead.url) in seen:
                continue
            target = self._fetch(lead.url)
            landed = canonical(target.page.url) if target.page else ""
            if landed not in seen:
                found.append(self._judged(lead, target))
                if target.page and lead.how in {"frame", "refresh"}:
                    queue = sorted([*queue, *self._leads(target.page, found[-1].page)], key=lambda one: -one.weight)
            seen |= {canonical(lead.url), landed}
        return found

    def _leads(self, page: Page, found: ListPage | None) -> list[Lead]:
        decoded = charset.decode(page.body, page.content_type)
        taken = [*(link.url for link in found.links), *([found.next] if found.next else [])] if found else []
        return leads(dom.parse(decoded.text), page.url, decoded.charset, taken)

    def _offers(self, home: Page, found: ListPage | None) -> list[Offer]:
        """What machines are offered; the first feed is read."""
        offers = announced(home, found, self._robots(home.url))
        feed = next((n for n, one in enumerate(offers) if one.kind == "feed"), None)
        if feed is not None and self._left > RESERVED:
            target = self._fetch(offers[feed].url)
            page = found or ListPage(home.url, "utf-8", ())
            offers[feed] = weighed(offers[feed], target.page, page) if target.page else replace(offers[feed], fault=target.error)
        return offers

    # ------------------------------------------------------------ following links

    def _checked(self, found: list[Yield]) -> list[Yield]:
        """The same, best first, after links of the best ones were followed as long as requests are left."""
        judged = sorted(found, key=self._rank)
        for _ in range(len(judged)):
            place = next((n for n, one in enumerate(judged) if one.page and not one.check.followed), None)
            if place is None or place >= _CONFIRMED or self._left <= 0:
                break
            judged[place] = replace(judged[place], check=self._check(judged[place].page))
            judged = sorted(judged, key=self._rank)
        return judged

    def _rank(self, one: Yield) -> float:
        return -one.score(self._now)

    def _check(self, page: ListPage | None) -> Check:
        links = _sample(page) if page else []
        read: list[tuple[Link, Article]] = []
        fault = ""
        followed = 0
        for link in links:
            article = self._article(link.url)
            if article is None:
                break
            followed += 1
            if isinstance(article, str):
                fault = article
            else:
                read.append((link, article))
        read = self._named(read)
        titled = sum(same_title(link.title, article.title) for link, article in read)
        places = {str(article.evidence.get("body", "")) for _, article in read}
        return Check(followed, len(read), titled, len(places) == 1, fault)

    def _article(self, url: str) -> Article | str | None:
        """The article, why there is none, or None where no more may be asked for."""
        key = canonical(url)
        if key not in self._articles:
            if self._left <= 0:
                return None
            target = self._fetch(url)
            if target.page:
                self._pages[key] = target.page
            self._articles[key] = self._reading(target.page) if target.page else target.error
        return self._articles[key]

    def _reading(self, page: Page) -> Article | str:
        try:
            return self._reader.read_article(page, self._now)
        except BridgeError as error:
            return str(error)

    def _named(self, read: list[tuple[Link, Article]]) -> list[tuple[Link, Article]]:
        """The same: a title that two articles have and neither link does is the site's name, and they are read again with it known."""
        borne = any(same_title(link.title, article.title) for link, article in read)
        if borne or len(read) < 2 or len({article.title for _, article in read}) > 1:
            return read
        self._reader = replace(self._reader, title=read[0][1].title)
        again = [(link, self._reading(self._pages[canonical(link.url)])) for link, _ in read]
        found = [(link, article) for link, article in again if isinstance(article, Article)]
        self._articles |= {canonical(link.url): article for link, article in found}
        return found

    def _read(self) -> list[Article]:
        return [one for one in self._articles.values() if isinstance(one, Article)]


def _distinct(found: Sequence[Yield]) -> list[Yield]:
    """Of pages with the very same links only the first counts: the others repeat a block of it."""
    first: dict[frozenset[str], str] = {}
    kept: list[Yield] = []
    for one in found:
        links = frozenset(canonical(link.url) for link in one.page.links) if one.page else frozenset()
        repeats = first.setdefault(links, one.lead.url) if links else one.lead.url
        kept.append(one if repeats == one.lead.url else Yield(one.lead, None, f"the same links as {repeats}"))
    return kept


def _sample(page: ListPage) -> list[Link]:
    """Two links of a list, the first and one from its middle; those on the page's own host first."""
    own = [link for link in page.links if host_of(link.url) == host_of(page.url)] or list(page.links)
    return [own[0], own[len(own) // 2]][:FOLLOWED] if len(own) > 1 else own


def same_title(listed: str, printed: str) -> bool:
    """Whether a list's line names the article: the same letters, or the line cut short."""
    line, title = _letters(listed), _letters(printed)
    short, long = sorted((line, title), key=len)
    return bool(line) and (line == title or (len(short) >= 6 and short in long))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
