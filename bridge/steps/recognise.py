"""Knowing an article again: under a new address, or another one under its old address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from ..core import decide
from ..core.identity import canonical, entry_id
from ..core.match_known import days_apart
from ..core.match_titles import NEARLY, UNLIKE, is_titled
from ..core.matching import Known, another_article, cms_id, likeness, other_issue, title_likeness, which_article
from ..core.prints import changed, fold, prints
from ..model import Article, Page, Portal
from ..ports import Store
from ..rows import EntryRow, Follower, LinkRow
from .memory import Memory

_CANDIDATES = 500
_COMPARED = 8
"""So many known articles at most are compared in full with one that was just read."""
_DAY = len("2026-01-31")


@dataclass(slots=True, kw_only=True)
class Recogniser:
    """One look at a portal that began at `now`."""

    store: Store
    portal: Portal
    memory: Memory
    now: datetime
    _known: list[Known] = field(default_factory=list)

    @property
    def turned(self) -> bool:
        """Whether a list of the portal has turned of late, so that ids prove nothing."""
        return self.memory.has_turned(self.now)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.portal.timezone)

    def candidates(self) -> Sequence[Known]:
        """The articles that the portal has listed last, newest first, without their texts; read once a tick."""
        if not self._known:
            self._known = [as_known(row, self._zone) for row in self.store.archive.known(self.portal.id, _CANDIDATES)]
        return self._known

    def case(self, row: LinkRow, uid: int | None, now: datetime, followers: Sequence[Follower]) -> decide.Case:
        """A line with what is known of the article at its address."""
        known = self.store.archive.entry_row(uid) if uid is not None else None
        case = decide.Case(row=row, portal=self.portal, zone=ZoneInfo(self.portal.timezone), now=now, followers=followers)
        return self._as(case, known, known is not None and _is_new_address(row, known))

    def resolved(self, case: decide.Case, article: Article, page: Page) -> decide.Case:
        """The case with the entry that `article`, just read, really is: the known one, another known one, or none."""
        known = case.known
        if known is None:
            found = self._at(page, article) or self._search(article, case.row.url, None, turned=self.turned)
            return self._as(case, found, True) if found else case
        named = self._named(case, article, known)
        if named is None and not (self._is_another(case, article, known) if known.partial else _says_otherwise(article, known)):
            return case
        other = named or self._search(article, case.row.url, known.uid, turned=True)
        if other is None and not self._is_another(case, article, known):
            return case
        return replace(self._as(case, other, other is not None), reused=True)

    def _named(self, case: decide.Case, article: Article, known: EntryRow) -> EntryRow | None:
        """The known article that the list named for this address when it was given again, if that is what is read."""
        uid = self.memory.given.pop(case.row.key, None)
        other = self.store.archive.entry_row(uid) if uid not in {None, known.uid} and uid is not None else None
        if other is None or not (_is_near(article.title, other.title) or self._is_listed_as(case, article, other)):
            return None
        return other if days_apart(article.published, as_known(other, self._zone)) in {None, 0} else None

    @staticmethod
    def _is_listed_as(case: decide.Case, article: Article, other: EntryRow) -> bool:
        """Whether the line, which may be cut, is of both titles: an article whose end was edited meanwhile."""
        line = case.row.link.title
        return is_titled(line, article.title) and is_titled(line, other.title)

    def strange(self, case: decide.Case, article: Article) -> bool:
        """Whether a known address shows another page that no list vouches for: no edit, and no new article either."""
        known = case.known
        if known is None or known.partial:
            return False
        if is_titled(case.row.link.title, article.title):
            return self.turned and _says_otherwise(article, known) and _is_of_another_day(article, case.row, known)
        return self._is_unlike(article, known)

    # ------------------------------------------------------------ parts

    def _as(self, case: decide.Case, known: EntryRow | None, adopting: bool) -> decide.Case:
        history = self.store.archive.sent(known.uid) if known else ()
        taken = 0 if known else self._taken(case.row.key)
        return replace(case, known=known, history=history, taken=taken, adopting=adopting)

    def _taken(self, key: str) -> int:
        return next(n for n in range(10_000) if not self.store.archive.taken(entry_id(key, n)))

    def _at(self, page: Page, article: Article) -> EntryRow | None:
        """The entry that is known under the address this page was finally found at, if it is the same article."""
        uid = self.store.archive.entry_of([canonical(page.url)])
        known = self.store.archive.entry_row(uid) if uid is not None else None
        return known if known and fold(known.title) == fold(article.title) else None

    def _is_unlike(self, article: Article, known: EntryRow) -> bool:
        if title_likeness(article.title, known.title) >= UNLIKE:
            return False
        return likeness(article.content_text, self._whole(as_known(known, self._zone)).text) < UNLIKE

    def _is_another(self, case: decide.Case, article: Article, known: EntryRow) -> bool:
        """Whether an article that is no known one is new, and not the known one rewritten: after a turn, by its day, or as an issue.

        The list must say so too: a page that became an error or a menu is no other article.
        """
        if not is_titled(case.row.link.title, article.title):
            return False
        whole = self._whole(as_known(known, self._zone))
        if self.memory.gives_again(self.now) and other_issue(article.title, article.published, article.content_text, whole):
            return True
        return self._is_unlike(article, known) and (
            self.turned or another_article(article.title, article.published, article.content_text, whole)
        )

    def _search(self, article: Article, url: str, but: int | None, *, turned: bool) -> EntryRow | None:
        """The known article that this is, or None where there is none or it could be two."""
        free = [one for one in self.candidates() if one.uid != but and not self.memory.stands(one.uid) and _likely(one, article, url)]
        free.sort(key=lambda one: (-title_likeness(one.title, article.title), _far(one, article)))
        whole = [replace(self._whole(one), left=self._is_left(one)) for one in free[:_COMPARED]]
        found = which_article(article.title, article.published, article.content_text, url, whole, turned=turned)
        return self.store.archive.entry_row(found.uid) if found else None

    def _is_left(self, known: Known) -> bool:
        """Whether an article's address shows another one now, or was left behind when others moved."""
        if self.store.archive.entry_of([canonical(known.url)]) not in {None, known.uid}:
            return True
        rows = [row for row in self.store.ledger.lines(known.uid) if row.portal == self.portal.id]
        return bool(rows) and all(map(self.memory.left_behind, rows))

    def _whole(self, known: Known) -> Known:
        return replace(known, text=self.store.archive.entry(known.uid).content_text)


def as_known(row: EntryRow, zone: tzinfo) -> Known:
    """An entry as the matcher compares it; its date is what the portal stated, a day alone in `zone`."""
    stated = row.prints.get("published", "")
    at = datetime.fromisoformat(stated) if stated else None
    at = at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at
    return Known(
        uid=row.uid,
        url=row.url,
        title=row.title,
        published=at,
        precision="none" if at is None else "day" if len(stated) == 10 else "second",
    )


def _is_near(title: str, other: str) -> bool:
    return title_likeness(title, other) >= NEARLY


def _likely(known: Known, article: Article, url: str) -> bool:
    if title_likeness(known.title, article.title) >= UNLIKE:
        return True
    own, other = cms_id(url), cms_id(known.url)
    return bool(own and other and own[1] == other[1])


def _says_otherwise(article: Article, known: EntryRow) -> bool:
    """Whether text and date both differ from what is known: an edit seldom changes both, and issues of a series share their title.

    Where no time is known the date says nothing, and the text alone is enough to ask.
    """
    differs = changed(known.prints, prints(article))
    return "text" in differs and ("published" in differs or len(known.prints.get("published", "")) <= _DAY)


def _is_of_another_day(article: Article, row: LinkRow, known: EntryRow) -> bool:
    """Whether an article states another day than the list does for it, and than it did before."""
    own, listed, before = article.published, row.link.published, known.prints.get("published", "")[:_DAY]
    if own is None or listed is None or not before:
        return False
    return own.at.date() != listed.at.date() and own.at.date().isoformat() != before


def _far(known: Known, article: Article) -> float:
    """Seconds between two dates of publication; a day where one of them is not known."""
    if known.published is None or article.published is None:
        return 86400.0
    return abs((known.published - article.published.at).total_seconds())


def _is_new_address(row: LinkRow, known: EntryRow) -> bool:
    """Whether a line of the portal is read for the first time, and its article is known under another address."""
    return row.portal == known.portal and not row.digest and canonical(known.url) != row.key
