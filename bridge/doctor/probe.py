"""One portal, asked now: its list pages and two articles, beside what they gave when it was last well."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from ..core.health import History, ListLook, family, list_fault
from ..core.health_past import ListPast
from ..core.identity import canonical
from ..errors import BridgeError, FetchError, ReadError
from ..model import Article, Entry, Link, ListPage, Page, Portal, Request, Site
from ..ports import Clock, Fetcher, Profile, Store
from .advice import repair
from .finding import Finding

_ARTICLES = 2
_BYTES = 1024
_SHRUNK = 0.3
"""An article with less than this share of the text it had has lost it."""
_ENOUGH = 5
_MOVED = frozenset({"gone", "empty-list", "list-drift", "unreadable"})


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of a page: what was usual when the portal was well, and what it is now."""

    page: str
    what: str
    usual: str
    now: str


Part = Finding | Beside
Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One look at a portal that leaves no trace. `store` is only read; None before the first tick."""

    portal: Portal
    store: Store | None
    fetcher: Fetcher
    profile: Callable[[], Profile]
    clock: Clock

    def run(self) -> Iterator[Part]:
        """What was found, as it comes: findings with their repairs, and figures side by side."""
        links: list[Link] = []
        for url in self.portal.list_urls:
            listed = yield from self._list(url)
            links += listed.links if listed else ()
        yield from self._articles(links)

    @property
    def _site(self) -> Site:
        return self.store.portals.portal(self.portal.id).site if self.store else Site()

    @property
    def _history(self) -> History:
        return History.load(self.store.portals.portal(self.portal.id).health if self.store else {})

    # ------------------------------------------------------------ lists

    def _list(self, url: str) -> Generator[Part, None, ListPage | None]:
        try:
            page = self._page(url, "list")
            listed = self._read(page)
        except BridgeError as error:
            yield Finding("list", "fail", _told(url, error), repair(_cause(error), self.portal, url))
            yield from self._elsewhere(url, _cause(error))
            return None
        look = self._look(url, page, listed)
        past = self._history.past(look)
        yield from _figures(look, past)
        if canonical(page.url) != canonical(url):
            yield Finding("list", "warn", f"{url} leads to {page.url}", f'write the new address into `lists`: "{page.url}"')
        fault = list_fault(look, self._history)
        if fault:
            yield Finding("list", "fail", f"{url}: {fault[1]}", repair(fault[0], self.portal, url))
        else:
            yield Finding("list", "ok", f"{url}: {look.links} links, {look.known} of them known")
        return listed

    def _look(self, url: str, page: Page, listed: ListPage) -> ListLook:
        keys = {canonical(link.url) for link in listed.links}
        known = len(self.store.archive.links(self.portal.id, keys)) if self.store else 0
        return ListLook(
            url=url,
            changed=True,
            links=len(keys),
            known=known,
            new=len(keys) - known,
            dated=sum(link.published is not None for link in listed.links),
            garbled=sum("\ufffd" in link.title for link in listed.links),
            bytes=len(page.body),
            charset=listed.charset,
            signature=listed.signature,
        )

    def _elsewhere(self, url: str, cause: str) -> Iterator[Finding]:
        """Where the list may have gone, when the server answers and the list is not there: the home page is looked at."""
        if self.portal.url in self.portal.list_urls or family(cause) not in _MOVED:
            return
        try:
            listed = self._read(self._page(self.portal.url, "list"))
        except BridgeError as error:
            yield Finding("home page", "warn", _told(self.portal.url, error))
            return
        known = len(self.store.archive.links(self.portal.id, {canonical(link.url) for link in listed.links})) if self.store else 0
        text = f"{self.portal.url} shows {len(listed.links)} links, {known} of them known"
        fix = f"the list may have moved: `feedbridge add {self.portal.url} --dry-run` looks for it; correct {url} in `lists`"
        if known or len(listed.links) >= _ENOUGH:
            yield Finding("home page", "warn", text, fix)

    # ------------------------------------------------------------ articles

    def _articles(self, links: Sequence[Link]) -> Iterator[Part]:
        for url, title, entry in self._chosen(links):
            yield from self._article(url, title, entry)

    def _chosen(self, links: Sequence[Link]) -> list[tuple[str, str, Entry | None]]:
        """Two articles: known ones that still have their text, else the first of the list, else the newest of the store."""
        found = [(link.url, link.title, self._entry(link.url)) for link in links]
        known = [one for one in found if one[2] and one[2].content_text]
        if found or self.store is None:
            return (known or found)[:_ARTICLES]
        rows = self.store.archive.newest(self.portal.id, _ARTICLES)
        return [(row.url, row.title, self.store.archive.entry(row.uid)) for row in rows]

    def _entry(self, url: str) -> Entry | None:
        uid = self.store.archive.entry_of([canonical(url)]) if self.store else None
        return self.store.archive.entry(uid) if self.store and uid is not None else None

    def _article(self, url: str, title: str, entry: Entry | None) -> Iterator[Part]:
        try:
            article = self._reading(url, title)
        except BridgeError as error:
            yield Finding("article", "fail", _told(url, error), repair(_cause(error), self.portal, url, article=True))
            return
        before, now = len("".join((entry.content_text if entry else "").split())), len("".join(article.content_text.split()))
        if entry:
            yield Beside(url, "title", entry.title, article.title)
            yield Beside(url, "characters", str(before) if before else "not kept", str(now))
            yield Beside(url, "published", _stated(entry), article.published.at.isoformat() if article.published else "-")
        fault = "encoding" if article.suspicious else "article-drift" if now < before * _SHRUNK or not now else ""
        if fault:
            why = ", ".join(article.suspicious) or f"{now} characters of text, {before} when it was last read"
            yield Finding("article", "fail", f"{url}: {why}", repair(fault, self.portal, url, article=True))
        else:
            yield Finding("article", "ok", f"{url}: {article.title}: {now} characters" + (", dated" if article.published else ", no date"))

    # ------------------------------------------------------------ reading

    def _page(self, url: str, kind: str) -> Page:
        answer = self.fetcher.get(Request(url, "list" if kind == "list" else "article"))
        assert isinstance(answer, Page)
        return answer

    def _read(self, page: Page) -> ListPage:
        return _guarded(lambda: self.profile().read_list(page, self.portal, self._site, self.clock.now()))

    def _reading(self, url: str, title: str) -> Article:
        page = self._page(url, "article")
        link = Link(url, title) if title else None
        return _guarded(lambda: self.profile().read_article(page, self.portal, self._site, self.clock.now(), link))


def _guarded(read: Callable[[], Reading]) -> Reading:
    """What `read` gives; an error that is none of ours is told as a bug."""
    try:
        return read()
    except BridgeError:
        raise
    except Exception as error:
        raise ReadError("bug", f"{type(error).__name__}: {error}") from error


def _figures(look: ListLook, past: ListPast) -> Iterable[Beside]:
    dated = f"{round(100 * look.dated / look.links)} %" if look.links else "-"
    yield Beside(look.url, "links", _usual(past.counts), str(look.links))
    yield Beside(look.url, "known", "-", str(look.known))
    yield Beside(look.url, "dated", _usual(past.dated, " %"), dated)
    yield Beside(look.url, "size", _usual(past.kib, " KiB"), f"{look.bytes // _BYTES} KiB")
    yield Beside(look.url, "charset", past.charset or "-", look.charset or "-")


def _usual(numbers: Sequence[int], unit: str = "") -> str:
    return f"{round(median(numbers))}{unit}" if numbers else "-"


def _stated(entry: Entry) -> str:
    return entry.published.isoformat() if entry.precision != "none" else "-"


def _cause(error: BridgeError) -> str:
    return str(getattr(error, "cause", "")) or "bug"


def _told(url: str, error: BridgeError) -> str:
    where = f" (at {error.url})" if isinstance(error, FetchError) and canonical(error.url) != canonical(url) else ""
    detail = str(getattr(error, "detail", ""))
    return f"{url}: {_cause(error)}" + (f": {detail}" if detail else "") + where
