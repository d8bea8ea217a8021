"""Reading a portal: a generator that asks for pages and records what they say, so that many portals can wait at once."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..core import decide
from ..core.identity import canonical, entry_id
from ..errors import AddressRefused, Deferred, FetchError, HttpStatus, ReadError, RobotsRefused, StoreError
from ..model import Article, Link, Page, Portal, Request, Site, Unchanged
from ..ports import Clock, Profile, Store
from ..rows import Change, LinkRow, ListRow, PortalRow

Answer = Page | Unchanged | FetchError
Reading = tuple[Article, str]
"""An article with the print of its plain reading (see decide.plain_print)."""
Asking = Generator[Request, Answer, "PortalReport"]

_MOST = 2000
_PAGES_OF_ONE = 12
_GONE = frozenset({404, 410})
_FINAL = frozenset({405, 406, 414, 451})


@dataclass(slots=True)
class PortalReport:
    """What one look at a portal gave."""

    portal: str
    requests: int = 0
    listed: int = 0
    new: int = 0
    adopted: int = 0
    updated: int = 0
    withdrawn: int = 0
    left: int = 0
    cause: str = ""
    detail: str = ""
    retry_at: datetime | None = None
    notes: list[str] = field(default_factory=list)

    def blame(self, cause: str, detail: str) -> None:
        """The portal is at fault; the first fault names the tick."""
        if self.cause:
            self.notes.append(f"{self.portal}: {cause}: {detail}")
        else:
            self.cause, self.detail = cause, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape:
    """One look at one portal. `profile` is called when a page must be read, `over` when the time is up."""

    portal: Portal
    store: Store
    profile: Callable[[], Profile]
    clock: Clock
    followers: tuple[decide.Follower, ...] = ()
    force: bool = False
    over: Callable[[], bool] = lambda: False

    def run(self) -> Asking:
        """Ask for the list pages, record their lines, look at what is due; the report comes as the generator's value."""
        report = PortalReport(self.portal.id)
        row = self.store.portals.portal(self.portal.id)
        looked = lists_due(row, self.portal, self.clock.now(), force=self.force)
        complete = True
        for url in self.portal.list_urls if looked else ():
            asked = not self.over() and (yield from self._list(url, report))
            complete = complete and asked
        yield from self._articles(report)
        report.left = self.store.portals.unread(self.portal.id)
        if looked:
            self._close(row, report, complete=complete)
        return report

    def _close(self, row: PortalRow, report: PortalReport, *, complete: bool) -> None:
        """The tick's verdict; list pages that could not be asked are due again as soon as they can, and are no verdict."""
        now = self.clock.now()
        bad = bool(report.cause)
        if complete or bad:
            row = replace(row, checked_at=now, cause=report.cause, detail=report.detail, bad_ticks=row.bad_ticks + 1 if bad else 0)
            row = replace(row, good_at=row.good_at if bad else now)
        again = now + self.portal.interval
        self.store.portals.save_portal(replace(row, due_at=again if complete else min(again, report.retry_at or now)))

    # ------------------------------------------------------------ lists

    def _list(self, url: str, report: PortalReport) -> Generator[Request, Answer, bool]:
        """One list page, read if it changed; False when it could not be asked now, which says nothing of the portal."""
        known = self.store.portals.list_row(self.portal.id, url)
        asked = Request(url, "list", known.etag if known else None, known.last_modified if known else None)
        answer = yield from self._ask(asked, report)
        if isinstance(answer, Deferred):
            report.retry_at = answer.retry_at
            report.notes.append(f"{url}: not asked: {answer.detail}")
            return False
        if isinstance(answer, FetchError):
            report.blame(answer.cause, answer.url + (f" ({answer.detail})" if answer.detail else ""))
        elif isinstance(answer, Page) and (known is None or decide.page_digest(answer) != known.digest):
            self._read_list(url, answer, known is None, report)
        return True

    def _read_list(self, url: str, page: Page, first: bool, report: PortalReport) -> None:
        now = self.clock.now()
        site = self.store.portals.portal(self.portal.id).site
        try:
            listed = self.profile().read_list(page, self.portal, site, now)
        except ReadError as error:
            report.blame(error.cause, f"{url}: {error.detail or error.cause}")
            return
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug in reading one page must not stop the other portals
            report.blame("bug", f"{url}: {type(error).__name__}: {error}")
            return
        if not listed.links:
            report.blame("no-links", f"{url}: answers, but shows no article")
            return
        report.listed += len(listed.links)
        known = self.store.archive.links(self.portal.id, {canonical(link.url) for link in listed.links})
        # A list page that is new but shows known articles is an old one under another address: what else it shows is news.
        plan = decide.plan(listed.links, known, self.store.portals.places(self.portal.id) if first and not known else None)
        row = ListRow(url=url, etag=page.etag, last_modified=page.last_modified, digest=decide.page_digest(page))
        self.store.portals.record_list(self.portal.id, row, plan.new, plan.touched, now)

    # ------------------------------------------------------------ articles

    def _articles(self, report: PortalReport) -> Generator[Request, Answer, None]:
        closed: set[str] = set()
        failures: list[str] = []
        good = 0
        for row in self.store.archive.due(self.portal.id, self.clock.now(), _MOST, force=self.force):
            if self.over():
                return
            if _host(row.url) in closed:
                continue
            failure = yield from self._article(row, report)
            if isinstance(failure, Deferred):
                closed.add(_host(row.url))
            elif failure:
                failures.append(str(failure))
            else:
                good += 1
        if len(failures) >= 3 and not good:
            report.blame("articles", f"{len(failures)} article pages could not be read, none could; the last: {failures[-1]}")

    def _article(self, row: LinkRow, report: PortalReport) -> Generator[Request, Answer, Exception | None]:
        """One look at one article, recorded; the failure, if it failed."""
        answer = yield from self._ask(Request(row.url, "article", row.etag, row.last_modified), report)
        if isinstance(answer, Deferred):
            return answer
        case = self._case(row, row.entry or self.store.archive.entry_of([row.key]))
        if isinstance(answer, FetchError):
            self._record(decide.failed(case, _gravity(answer), answer.cause), report)
            report.notes.append(f"{row.url}: {answer.cause}")
            return None if _gravity(answer) == "final" else answer
        if isinstance(answer, Unchanged) or decide.page_digest(answer) == row.digest:
            self._record(decide.unchanged(case), report)
            return None
        reading, failure = yield from self._read(row, answer, report)
        if reading is None:
            gravity: decide.Failure = "final" if isinstance(failure, ReadError) and failure.cause == "not-html" else "transient"
            self._record(decide.failed(case, gravity, str(failure)), report)
            report.notes.append(f"{row.url}: {failure}")
            return failure
        article, plain = reading
        self._record(decide.seen(self._resolved(case, article, answer), article, answer, plain), report)
        self._learn(article)
        return None

    def _read(self, row: LinkRow, page: Page, report: PortalReport) -> Generator[Request, Answer, tuple[Reading | None, Exception | None]]:
        """The article and its plain print, or why there is none."""
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

    def _one(self, page: Page, link: Link | None) -> tuple[Article, Article]:
        """One page, read with and without what the site has taught: only the second does not change as more is learned."""
        site, now = self.store.portals.portal(self.portal.id).site, self.clock.now()
        article = self.profile().read_article(page, self.portal, site, now, link)
        bare = Site(charset=site.charset)
        return article, article if site == bare else self.profile().read_article(page, self.portal, bare, now, link)

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
        plain = decide.plain_print([bare for _, bare in pages])
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

    def _case(self, row: LinkRow, uid: int | None) -> decide.Case:
        known = self.store.archive.entry_row(uid) if uid is not None else None
        return decide.Case(
            row=row,
            portal=self.portal,
            zone=ZoneInfo(self.portal.timezone),
            now=self.clock.now(),
            followers=self.followers,
            known=known,
            history=self.store.archive.sent(known.uid) if known else (),
            taken=0 if known else self._taken(row.key),
        )

    def _taken(self, key: str) -> int:
        return next(n for n in range(10_000) if not self.store.archive.taken(entry_id(key, n)))

    def _resolved(self, case: decide.Case, article: Article, page: Page) -> decide.Case:
        """The case with the entry that is known under the address this page was finally found at, if it is the same article."""
        if case.known is not None:
            return case
        uid = self.store.archive.entry_of([canonical(page.url)])
        known = self.store.archive.entry_row(uid) if uid is not None else None
        if known is None or decide.fold(known.title) != decide.fold(article.title):
            return case
        return replace(case, known=known, history=self.store.archive.sent(known.uid))

    def _record(self, change: Change, report: PortalReport) -> None:
        self.store.archive.apply(change)
        report.new += change.event == "published"
        report.updated += change.event == "updated"
        report.withdrawn += change.event == "withdrawn"

    def _ask(self, request: Request, report: PortalReport) -> Generator[Request, Answer, Answer]:
        report.requests += 1
        answer = yield request
        return answer


def lists_due(row: PortalRow, portal: Portal, now: datetime, *, force: bool) -> bool:
    """Whether a portal's list pages are to be looked at: its interval is over, or it is forced.

    A time further ahead than the interval comes from a clock that was wrong, or an interval that was longer.
    """
    return force or row.due_at is None or not now < row.due_at <= now + portal.interval


def due(store: Store, portal: Portal, now: datetime, *, force: bool) -> bool:
    """Whether a tick has anything to ask of a portal: its list pages, or an article."""
    return lists_due(store.portals.portal(portal.id), portal, now, force=force) or bool(store.archive.due(portal.id, now, 1, force=force))


def _gravity(error: FetchError) -> decide.Failure:
    if isinstance(error, HttpStatus):
        return "gone" if error.status in _GONE else "final" if error.status in _FINAL else "transient"
    refused = isinstance(error, AddressRefused) or (isinstance(error, RobotsRefused) and error.cause == "robots")
    return "final" if refused else "transient"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
