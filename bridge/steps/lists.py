"""Reading a portal's list pages: what is new on them, what is known under another address, what is held, what was missed."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ..core import decide
from ..core.breaker import gap_ahead, held
from ..core.health import History, ListLook, list_fault, list_remarks, usual_new
from ..core.identity import canonical
from ..core.match_titles import NEARLY
from ..core.matching import Turn, title_likeness, turn
from ..errors import Deferred, ReadError, StoreError
from ..model import Link, ListPage, Page, Portal, Request, Site
from ..ports import Clock, Profile, Store
from ..rows import GapRow, LinkRow, ListRow
from .asking import Answer
from .memory import MOVED, Memory
from .recognise import Recogniser

Look = Generator[Request, Answer, ListLook]

OLDER_PAGES = 10
"""So many further pages of a list are looked through at most for one that knows a line."""


@dataclass(slots=True, kw_only=True)
class ListReader:
    """One look at the list pages of one portal. `good_at`: the last look that was well, None during the first run."""

    portal: Portal
    store: Store
    profile: Callable[[], Profile]
    clock: Clock
    history: History
    good_at: datetime | None
    recogniser: Recogniser
    memory: Memory
    listed: int = 0
    new: int = 0
    held: int = 0
    notes: list[str] = field(default_factory=list)

    def look(self, url: str, page: Page, *, first: bool) -> Look:
        """A page with other bytes than before: judged, then recorded with all that it and the pages behind it show.

        Asks for those pages; raises Deferred when one cannot be asked now. `first`: this list page was never read before.
        """
        try:
            listed = self._parsed(page)
        except ReadError as error:
            return ListLook(url=url, cause=error.cause, detail=error.detail)
        rows = self._rows(listed.links)
        # A list page that is new but shows known articles is an old one under another address: what else it shows is news.
        # One that shows nothing known, in no form, is read like a first run.
        turned = (
            Turn()
            if first and self.good_at is None
            else turn(listed.links, rows, self.recogniser.candidates, slid=len(decide.slid(listed.links, rows)))
        )
        initial = first and not rows and not turned.adopted
        begins = listed.next is not None and self.memory.begins(url, [canonical(link.url) for link in listed.links])
        look = replace(_looked(url, page, listed, rows, turned), begins=begins)
        fault = list_fault(look, self.history)
        if fault:
            return replace(look, cause=fault[0], detail=fault[1])
        self._learn(listed)
        self.notes += [f"{url}: {remark}" for _, remark in list_remarks(look)]
        links, gap = listed.links, None
        seen = {*decide.anchored(rows, self.good_at), *turned.adopted}
        if not initial and gap_ahead(links, seen, decide.slid(links, seen)):
            links, gap = yield from self._older(url, listed)
            rows = self._rows(links)
            turned = turn(links, rows, self.recogniser.candidates, slid=len(decide.slid(links, rows)))
        self._record(url, page, links, rows, turned, initial=initial)
        self._tell(gap if not turned.adopted else None)
        return look

    def _parsed(self, page: Page, first: ListPage | None = None) -> ListPage:
        """What a list page shows; raises ReadError, for a bug in reading it too, which must not stop other portals."""
        site: Site = self.store.portals.portal(self.portal.id).site
        try:
            listed = self.profile().read_list(page, self.portal, site, self.clock.now() + self.memory.skew, first=first)
        except (ReadError, StoreError):
            raise
        except Exception as error:
            raise ReadError("bug", f"{type(error).__name__}: {error}") from error
        if not listed.links:
            raise ReadError("no-links", "answers, but shows no article")
        return listed

    def _learn(self, listed: ListPage) -> None:
        """Where the list stands is kept, so that the next look finds it there."""
        from ..core.site import listed as learned

        site = self.store.portals.portal(self.portal.id).site
        wiser = learned(site, listed)
        if wiser != site:
            self.store.portals.learn(self.portal.id, wiser)

    def _rows(self, links: Sequence[Link]) -> Mapping[str, LinkRow]:
        return self.store.archive.links(self.portal.id, {canonical(link.url) for link in links})

    # ------------------------------------------------------------ older pages

    def _older(self, url: str, first: ListPage) -> Generator[Request, Answer, tuple[tuple[Link, ...], GapRow | None]]:
        """The lines of the page and of those behind it, down to one that knows a line; and the gap, if none does."""
        links = {canonical(link.url): link for link in reversed(first.links)}
        links = dict(reversed(links.items()))
        done = yield from self._back(url, first.next, 1, links, first)
        return tuple(links.values()), done

    def go_on(self, url: str) -> Generator[Request, Answer, None]:
        """Older pages that could not be asked before are read on; their lines are recorded as they come."""
        at, pages = self.memory.older.pop(url)
        links: dict[str, Link] = {}
        gap = yield from self._back(url, at, pages, links, None)
        rows, known = self._rows(tuple(links.values())), self.store.portals.list_row(self.portal.id, url)
        if links and known:
            turned = turn(tuple(links.values()), rows, self.recogniser.candidates)
            self._store(known, tuple(links.values()), rows, turned, initial=False)
        self._tell(gap if not rows else None)

    def _back(
        self, url: str, at: str | None, pages: int, links: dict[str, Link], first: ListPage | None
    ) -> Generator[Request, Answer, GapRow | None]:
        """Older pages from `at` on are added to `links`, until one knows a line; the gap, when none does.

        A page that cannot be asked now is remembered, and asked for in the next tick.
        """
        seen = {canonical(url)}
        while at and canonical(at) not in seen and pages <= OLDER_PAGES:
            seen.add(canonical(at))
            answer = yield Request(at, "list")
            if isinstance(answer, Deferred):
                self.memory.older[url] = (at, pages)
                self.notes.append(f"{at}: not asked: {answer.detail}; older pages are read on later")
                return None
            listed = self._page(answer, first)
            if listed is None:
                break
            pages += 1
            more = [link for link in listed.links if canonical(link.url) not in links]
            links |= {canonical(link.url): link for link in more}
            seen_there = decide.anchored(self._rows(more), self.good_at)
            if seen_there and not gap_ahead(more, seen_there, decide.slid(more, seen_there)):
                return None
            at = listed.next
        known = self._rows(tuple(links.values()))
        return None if known else GapRow(portal=self.portal.id, url=url, since=self.good_at, at=self.clock.now(), pages=pages)

    def _page(self, answer: Answer, first: ListPage | None) -> ListPage | None:
        """An older page, or None when it cannot be read."""
        if not isinstance(answer, Page):
            return None
        try:
            return self._parsed(answer, first)
        except ReadError:
            return None

    def _tell(self, gap: GapRow | None) -> None:
        if gap:
            self.store.incidents.record_gap(gap)
            self.notes.append(f"{gap.url}: no known article on {gap.pages} pages; what was listed in between may be missing")

    # ------------------------------------------------------------ recording

    def _record(self, url: str, page: Page, links: Sequence[Link], rows: Mapping[str, LinkRow], turned: Turn, *, initial: bool) -> None:
        row = ListRow(url=url, etag=page.etag, last_modified=page.last_modified, digest=decide.page_digest(page))
        self.memory.shows(url, dict.fromkeys(canonical(link.url) for link in links))
        sure = len(turned.replaced) < MOVED  # else a known title at its address may be the next issue's
        self.memory.standing[url] = list(dict.fromkeys(_standing(links, rows))) if sure else []
        self._store(row, links, rows, turned, initial=initial)

    def _store(self, row: ListRow, links: Sequence[Link], rows: Mapping[str, LinkRow], turned: Turn, *, initial: bool) -> None:
        now = self.clock.now()
        hold = turned.news if self._is_flood(turned, len(links), now) else frozenset()
        place = self.store.portals.places(self.portal.id) if initial else None
        plan = decide.plan(links, rows, place, turned.adopted, hold, again=len(turned.replaced) >= MOVED, sound_at=self.good_at)
        self.store.portals.record_list(self.portal.id, row, plan.new, plan.touched, now)
        if turned.turned:
            self.memory.turned_at = now
        if len(turned.adopted.keys() - rows.keys()) >= MOVED:
            self.memory.moved_at = now
        if len(turned.replaced) >= MOVED:
            self.memory.given_at = now
            self.memory.given |= {key: uid for key, uid in turned.adopted.items() if key in rows}
        self.listed += len(links)
        self.new += sum(line.entry is None for line in plan.new)
        self.held += sum(line.held for line in plan.new)
        if hold:
            self.notes.append(f"{row.url}: {len(hold)} unknown articles at once, {len(links)} lines: held; release or discard them")

    def _is_flood(self, turned: Turn, listed: int, now: datetime) -> bool:
        usual = usual_new(self.history, self.good_at, now, ZoneInfo(self.portal.timezone))
        return held(len(turned.news), listed, usual, first_run=self.good_at is None)


def _standing(links: Sequence[Link], rows: Mapping[str, LinkRow]) -> Iterator[int]:
    """The articles that the page shows at their own addresses under their own titles."""
    for link in links:
        row = rows.get(canonical(link.url))
        if row and row.entry is not None and title_likeness(link.title, row.link.title) >= NEARLY:
            yield row.entry


def _looked(url: str, page: Page, listed: ListPage, rows: Mapping[str, LinkRow], turned: Turn) -> ListLook:
    return ListLook(
        url=url,
        changed=True,
        links=len(listed.links),
        known=len(rows),
        new=len({canonical(link.url) for link in listed.links} - rows.keys()),
        alike=len(turned.adopted),
        dated=sum(link.published is not None for link in listed.links),
        garbled=sum("\ufffd" in link.title for link in listed.links),
        bytes=len(page.body),
        charset=listed.charset,
        signature=listed.signature,
        moved="drift" in listed.explain,
        cut=str(listed.explain.get("cut", "")),
    )
