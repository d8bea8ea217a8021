"""Reading a portal: a generator that asks for pages and records what they say, so that many portals can wait at once."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..core import decide
from ..core.breaker import MASS
from ..core.health import ArticleLook, History, ListLook, Observation, Verdict, article_fault, articles_failing, judge, learned, noted
from ..core.identity import canonical
from ..core.prints import changed, digest, fold, plain_print, prints
from ..core.skew import skew
from ..errors import AddressRefused, Deferred, FetchError, HttpStatus, ReadError, RobotsRefused, StoreError
from ..model import Article, Link, Page, Portal, Request, Site, Unchanged
from ..ports import Clock, Profile, Store
from ..rows import Change, Follower, LinkRow, PortalRow
from .asking import Answer, Asking, PortalReport, lists_due
from .memory import MOVED, Memory
from .missing import Missing

if TYPE_CHECKING:
    from .lists import ListReader
    from .recognise import Recogniser

Given = TypeVar("Given")
Reading = tuple[Article, str]
"""An article with the print of its plain reading (see decide.plan_print)."""

_MOST = 2000
_PAGES_OF_ONE = 12
_GONE = frozenset({404, 410})
_FINAL = frozenset({405, 406, 414, 451})
_GONE_TOGETHER = timedelta(days=2)
_SHORT_TRIES = 3
_NOTICED_WITHIN = timedelta(days=2)
"""How long the first article pages may have failed before the portal was seen to be in trouble."""
_AHEAD = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class Scrape:
    """One look at one portal. `profile` is called when a page must be read, `over` when the time is up."""

    portal: Portal
    store: Store
    profile: Callable[[], Profile]
    clock: Clock
    followers: tuple[Follower, ...] = ()
    force: bool = False
    over: Callable[[], bool] = lambda: False
    history: History = field(default_factory=History)
    looks: list[ArticleLook] = field(default_factory=list)
    ahead: int = 0
    started: datetime = field(init=False)
    memory: Memory = field(default_factory=Memory)
    missing: Missing = field(init=False)
    _recogniser: "Recogniser | None" = None
    _reader: "ListReader | None" = None

    def run(self) -> Asking:
        """Ask for the list pages, record their lines, look at what is due; the report comes as the generator's value."""
        report = PortalReport(self.portal.id)
        row = self.store.portals.portal(self.portal.id)
        self.history = History.load(row.health)
        self.started = self.clock.now()
        self.memory = Memory.load(row.health.get("memory") or {})
        self.missing = Missing(store=self.store, portal=self.portal, memory=self.memory)
        looked = lists_due(row, self.portal, self.started, force=self.force)
        lists, new, complete = (yield from self._lists(row, report)) if looked else ([], 0, False)
        yield from self._articles(row, report)
        report.left = self.store.portals.unread(self.portal.id)
        if looked:
            seen = Observation(
                at=self.clock.now(), lists=tuple(lists), articles=tuple(self.looks), new=new, ahead=self.ahead, skew=self.memory.skew
            )
            self._close(row, report, seen, complete=complete)
        return report

    def _close(self, row: PortalRow, report: PortalReport, seen: Observation, *, complete: bool) -> None:
        """The tick's verdict; list pages that could not be asked are due again as soon as they can, and are no verdict."""
        zone = ZoneInfo(self.portal.timezone)
        verdict = judge(seen, self.history, zone)
        if complete or verdict.bad:
            row = _judged(row, verdict, seen.at)
            row = replace(row, health={**learned(seen, verdict, self.history, zone).dump(), "memory": self.memory.dump()})
        if verdict.bad:
            report.blame(verdict.cause, verdict.detail)
        again = self.started + self.portal.interval
        self.store.portals.save_portal(replace(row, due_at=again if complete else min(again, report.retry_at or seen.at)))

    # ------------------------------------------------------------ lists

    def _lists(self, row: PortalRow, report: PortalReport) -> Generator[Request, Answer, tuple[list[ListLook], int, bool]]:
        """(a look for each list page that could be asked, lines that are new, whether all could be)."""
        looks: list[ListLook] = []
        complete = True
        for url in self.portal.list_urls:
            look = None if self.over() else (yield from self._list(row, url, report))
            complete = complete and look is not None
            looks += [look] if look else []
            if url in self.memory.older and look is not None and not look.changed and not self.over():
                yield from self._counted(self._reading(row).go_on(url), report)
        reader = self._reader
        report.listed = reader.listed if reader else 0
        report.notes += reader.notes if reader else []
        return looks, reader.new if reader else 0, complete

    def _list(self, row: PortalRow, url: str, report: PortalReport) -> Generator[Request, Answer, ListLook | None]:
        """One list page, read if it changed; None when it could not be asked now, which says nothing of the portal."""
        known = self.store.portals.list_row(self.portal.id, url)
        asked = Request(url, "list", known.etag if known else None, known.last_modified if known else None)
        try:
            answer = yield from self._ask(asked, report)
            if isinstance(answer, Deferred):
                raise answer
            if isinstance(answer, FetchError):
                hop = "" if answer.url == url else f"{answer.url} "
                return ListLook(url=url, cause=answer.cause, detail=hop + (f"({answer.detail})" if answer.detail else ""))
            if isinstance(answer, Unchanged) or (known and decide.page_digest(answer) == known.digest):
                return ListLook(url=url)
            return (yield from self._counted(self._reading(row).look(url, answer, first=known is None), report))
        except Deferred as later:
            report.retry_at = later.retry_at
            report.notes.append(f"{url}: not asked: {later.detail}")
            return None

    def _counted(self, look: Generator[Request, Answer, Given], report: PortalReport) -> Generator[Request, Answer, Given]:
        """`look`, with its requests counted."""
        try:
            request = next(look)
            while True:
                request = look.send((yield from self._ask(request, report)))
        except StopIteration as end:
            found: Given = end.value
            return found

    def _reading(self, row: PortalRow) -> "ListReader":
        """What reads list pages; made when the first has changed, so that a quiet tick does not load it."""
        if self._reader is None:
            from .lists import ListReader

            self._reader = ListReader(
                portal=self.portal, store=self.store, profile=self.profile, clock=self.clock, history=self.history,
                good_at=row.good_at, recogniser=self.recogniser, memory=self.memory,
            )  # fmt: skip
        return self._reader

    @property
    def recogniser(self) -> "Recogniser":
        """What knows articles again; made when first needed."""
        if self._recogniser is None:
            from .recognise import Recogniser

            self._recogniser = Recogniser(store=self.store, portal=self.portal, memory=self.memory, now=self.started)
        return self._recogniser

    # ------------------------------------------------------------ articles

    def _articles(self, portal: PortalRow, report: PortalReport) -> Generator[Request, Answer, None]:
        """What is due is looked at; once articles answer again, so is what was gone or unreadable while none did."""
        yield from self._due(report)
        if articles_failing(self.history) and self._answered:
            since = portal.good_at - _NOTICED_WITHIN if portal.good_at else None
            self.store.upkeep.ask_again(self.portal.id, since, self.clock.now())
            yield from self._due(report)

    def _due(self, report: PortalReport) -> Generator[Request, Answer, None]:
        closed: set[str] = set()
        for row in self.store.archive.due(self.portal.id, self.clock.now(), _MOST, force=self.force):
            if self.over():
                return
            if _host(row.url) in closed or row.id in self.missing.asked:
                continue
            failure = yield from self._article(row, report)
            if isinstance(failure, Deferred):
                closed.add(_host(row.url))

    def _article(self, row: LinkRow, report: PortalReport) -> Generator[Request, Answer, Exception | None]:
        """One look at one article, recorded; the failure, if it failed."""
        self.missing.asked.add(row.id)
        answer = yield from self._ask(Request(row.url, "article", row.etag, row.last_modified), report)
        if isinstance(answer, Deferred):
            return answer
        case = self._case(row)
        if isinstance(answer, FetchError):
            gone = _gravity(answer) == "gone" and case.known is not None
            return (yield from self._gone(case, answer, report)) if gone else self._failed(case, _gravity(answer), answer, report)
        if isinstance(answer, Unchanged) or decide.page_digest(answer) == row.digest:
            self.looks.append(ArticleLook(url=row.url, title=row.link.title))
            self._record(decide.unchanged(case), report)
            return None
        reading, failure = yield from self._read(row, answer, report)
        if reading is None:
            gravity: decide.Failure = "final" if isinstance(failure, ReadError) and failure.cause == "not-html" else "transient"
            return self._failed(case, gravity, failure or ReadError("empty"), report)
        return self._take(case, answer, *reading, report)

    def _take(self, case: decide.Case, page: Page, article: Article, plain: str, report: PortalReport) -> Exception | None:
        """An article was read: judged beside what is known of it and its siblings, then recorded."""
        look = _looked(case, article)
        fault = article_fault(look, self._size_before(case, article), self.history)
        if fault:
            return self._failed(case, "transient", ReadError(*fault), report, look)
        self.looks.append(look)
        self.history = noted(self.history, look)
        self.ahead += _is_ahead(article, self.started + self.memory.skew)
        odd = case.known is None or case.row.key in self.memory.given or _reads_otherwise(case, article)
        case = self.recogniser.resolved(case, article, page) if odd else case
        if not case.reused and self.recogniser.strange(case, article):
            return self._failed(case, "transient", ReadError("led-away", "shows another page than the article that the list names"), report)
        self._record(decide.seen(case, article, page, plain), report, adopted=case.adopting)
        self._learn(article)
        return None

    def _gone(self, case: decide.Case, error: FetchError, report: PortalReport) -> Generator[Request, Answer, Exception | None]:
        """A known article's address answers 404: it is withdrawn only if others of the list answer, or there are none to ask."""
        if self.memory.left_behind(case.row):
            return self._failed(case, "final", error, report)
        for other in self.missing.controls() if not (case.known and case.known.withdrawn) else ():
            if self._answered:
                break
            failure = yield from self._article(other, report)
            self.missing.silent |= failure is not None and not isinstance(failure, Deferred)
        at_fault = self.missing.silent and not self._answered
        partial = case.known is not None and case.known.partial
        look = ArticleLook(url=case.row.url, title=case.row.link.title, new=partial, missed=at_fault)
        return self._failed(replace(case, keep=at_fault or self._too_many_gone(case.row)), "gone", error, report, look)

    @property
    def _answered(self) -> bool:
        """Whether an article page was had in this tick."""
        return any(not look.cause for look in self.looks)

    def _failed(
        self, case: decide.Case, kind: decide.Failure, error: Exception, report: PortalReport, look: ArticleLook | None = None
    ) -> Exception | None:
        """A look at an article failed: recorded as such; the error, unless it is final."""
        cause = error.cause if isinstance(error, FetchError | ReadError) else "bug"
        detail = str(error)
        look = look or ArticleLook(url=case.row.url, title=case.row.link.title, new=case.known is None or case.known.partial)
        self.looks.append(replace(look, cause=cause, detail=detail))
        if kind == "gone":
            case = replace(case, left=self.memory.has_left(case.row.key))
        self._record(decide.failed(case, kind, cause if isinstance(error, FetchError) else detail), report)
        further = f" at {error.url}" if isinstance(error, FetchError) and error.url != case.row.url else ""
        report.notes.append(f"{case.row.url}: {cause if isinstance(error, FetchError) else detail}{further}")
        return None if kind in {"final", "barred"} else error

    def _size_before(self, case: decide.Case, article: Article) -> int | None:
        """How long the article's text was; None where that says nothing.

        It does not of another article under a reused address, nor when it has stayed short for an hour while its siblings read well.
        """
        known = case.known
        stayed = case.row.tries >= _SHORT_TRIES and self.store.portals.portal(self.portal.id).cause != "article-drift"
        if known is None or stayed or _is_retitled(case, article):
            return None
        return int(known.prints.get("size") or 0) or None

    def _too_many_gone(self, row: LinkRow) -> bool:
        """Whether so many articles went away of late that it is more likely the server's fault; an operator's word counts for a while."""
        portal, now = self.store.portals.portal(self.portal.id), self.clock.now()
        if portal.gone_ok and portal.gone_ok > now:
            return False
        return portal.bad_ticks > 0 or self.store.incidents.gone(self.portal.id, now - _GONE_TOGETHER) + (row.gone_at is None) >= MASS

    def _read(self, row: LinkRow, page: Page, report: PortalReport) -> Generator[Request, Answer, tuple[Reading | None, Exception | None]]:
        """The article and its plain print, or why there is none."""
        if self._leads_away(row, page):
            return None, ReadError("led-away", f"leads to {page.url}, which is no article")
        try:
            pages = [self._one(page, row.link)]
            if pages[0][0].suspicious:
                return None, ReadError("encoding", ", ".join(pages[0][0].suspicious))
            yield from self._further(pages, report)
            return self._joined(pages), None
        except (ReadError, FetchError) as error:
            return None, error
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug in reading one page must not stop the other articles
            return None, ReadError("bug", f"{type(error).__name__}: {error}")

    def _leads_away(self, row: LinkRow, page: Page) -> bool:
        """Whether an article's address led to the home page, a list, or the folder that it stands in."""
        final = canonical(page.url)
        home = {canonical(url) for url in (self.portal.url, *self.portal.list_urls)}
        return final != row.key and (final in home or "/" not in final[2:] or row.key.startswith(final + "/"))

    def _one(self, page: Page, link: Link | None) -> tuple[Article, Article]:
        """One page, read with and without what the site has taught: only the second does not change as more is learned."""
        site, now = self.store.portals.portal(self.portal.id).site, self.clock.now() + self.memory.skew
        article = self.profile().read_article(page, self.portal, site, now, link)
        bare = Site(charset=site.charset)
        return article, article if not site.lessons else self.profile().read_article(page, self.portal, bare, now, link)

    def _further(self, pages: list[tuple[Article, Article]], report: PortalReport) -> Generator[Request, Answer, None]:
        """The article's further pages are added; raises when one of them cannot be had, so that no half is published."""
        at, seen = pages[0][0].next, {canonical(pages[0][0].url)}
        while at and canonical(at) not in seen and len(pages) < _PAGES_OF_ONE:
            seen.add(canonical(at))
            answer = yield from self._ask(Request(at), report)
            if isinstance(answer, FetchError):
                raise answer
            assert isinstance(answer, Page)
            pages.append(self._one(answer, None))
            at = pages[-1][0].next

    @staticmethod
    def _joined(pages: Sequence[tuple[Article, Article]]) -> Reading:
        first, *more = [article for article, _ in pages]
        plain = plain_print([bare for _, bare in pages])
        if not more:
            return first, plain
        from ..core.article import join

        return join(first, more), plain

    def _learn(self, article: Article) -> None:
        from ..core.site import learn

        site = self.store.portals.portal(self.portal.id).site
        wiser = learn(site, article)
        if wiser != site:
            self.store.portals.learn(self.portal.id, wiser)

    def _case(self, row: LinkRow) -> decide.Case:
        uid = row.entry or self.store.archive.entry_of([row.key])
        return replace(self.recogniser.case(row, uid, self.clock.now(), self.followers), skew=self.memory.skew)

    def _record(self, change: Change, report: PortalReport, *, adopted: bool = False) -> None:
        self.store.archive.apply(change)
        report.new += change.event == "published"
        report.adopted += adopted
        if adopted and report.adopted == MOVED:
            self.memory.moved_at = self.started
        report.updated += change.event == "updated"
        report.withdrawn += change.event == "withdrawn"

    def _ask(self, request: Request, report: PortalReport) -> Generator[Request, Answer, Answer]:
        report.requests += 1
        answer = yield request
        if isinstance(answer, Page | Unchanged):
            self.memory.skew = skew(self.clock.now(), answer.served_at, self.history.seen_at, self.memory.skew)
        return answer


def _judged(row: PortalRow, verdict: Verdict, now: datetime) -> PortalRow:
    """The portal after a tick with this verdict."""
    row = replace(row, checked_at=now, verdict=verdict.state, cause=verdict.cause, detail=verdict.detail)
    return replace(row, bad_ticks=row.bad_ticks + 1) if verdict.bad else replace(row, bad_ticks=0, good_at=now)


def _looked(case: decide.Case, article: Article) -> ArticleLook:
    text, known = fold(article.content_text), case.known
    return ArticleLook(
        url=case.row.url,
        title=article.title,
        new=known is None,
        size=len(text),
        dated=article.published is not None,
        lost=article.published is None and known is not None and not known.partial and bool(known.prints.get("published")),
        images=len(article.images),
        text_print=digest(text) if text else "",
        garbled="\ufffd" in article.title or article.content_text.count("\ufffd") * 1000 > len(text),
    )


def _is_ahead(article: Article, now: datetime) -> bool:
    """Whether an article states a day that has not come: the reader says so where it does not believe it."""
    told = article.explain.get("published")
    return bool(isinstance(told, Mapping) and told.get("ahead")) or (article.published is not None and article.published.at > now + _AHEAD)


def _reads_otherwise(case: decide.Case, article: Article) -> bool:
    """Whether a known address shows another title or time than before: it may be another article's now."""
    known = case.known
    return known is not None and (_is_retitled(case, article) or "published" in changed(known.prints, prints(article)))


def _is_retitled(case: decide.Case, article: Article) -> bool:
    known = case.known
    return known is not None and bool(article.title) and known.prints.get("title", "") != digest(fold(article.title))


def _gravity(error: FetchError) -> decide.Failure:
    if isinstance(error, HttpStatus):
        return "gone" if error.status in _GONE else "final" if error.status in _FINAL else "transient"
    refused = isinstance(error, AddressRefused) or (isinstance(error, RobotsRefused) and error.cause == "robots")
    return "barred" if refused else "transient"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
