"""The heart: known rows + what was just seen + now → what to record. Pure; every rule of identity and change is here."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, tzinfo
from hashlib import blake2b
from types import MappingProxyType
from typing import Literal

from ..model import Article, Entry, EventKind, Image, Link, Page, Portal
from ..rows import (
    DISCARDED,
    DISCARDED_PLACE,
    Change,
    DeliveryState,
    DeliveryWrite,
    EntryRow,
    EntryWrite,
    Follower,
    LinkRow,
    Look,
    NewLink,
    SentRow,
)
from .breaker import flapping
from .feed import effective
from .identity import canonical, delivery_key, entry_id, host_of
from .match_address import cms_number, scheme
from .prints import changed, digest, prints, version, visible

GONE_AFTER = timedelta(hours=1)
GONE_FOR_LINE = timedelta(hours=2)
GONE_MOST = timedelta(days=30)
LINE_AFTER = timedelta(minutes=30)
TRIES_FOR_LINE = 3
TRIES_MOST = 10
CHURN = 24
PAST = 8
"""So many of an article's last versions are remembered, to know one that goes back and forth."""
HELD = "held: many unknown articles appeared at once; release or discard them"
SLID = 1_000_000_000
"""The place of a line that was never on top: above any backfill."""
_TELLING = 3
"""So many numbers of a CMS show how it counts."""
_BELOW = {SLID: "it slid up from an older page of the list", DISCARDED_PLACE: DISCARDED}
_BACKOFF = tuple(timedelta(minutes=m) for m in (5, 15, 60, 180, 360))

_COMMON = frozenset(f.name for f in fields(Entry)) & frozenset(f.name for f in fields(Article)) - {"title", "published"}

Failure = Literal["gone", "final", "barred", "transient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a list page asks for: lines to add, and known lines (by row id) that read differently."""

    new: tuple[NewLink, ...]
    touched: tuple[tuple[int, NewLink], ...]
    known: int


# ---------------------------------------------------------------- lists


def line_print(link: Link) -> str:
    """The digest of a list line: title and day, since a relative time ("3 hours ago") moves by itself."""
    day = link.published.at.date().isoformat() if link.published else ""
    return digest(link.title, day)


def plan(
    links: Sequence[Link],
    known: Mapping[str, LinkRow],
    place: int | None,
    adopted: Mapping[str, int] = MappingProxyType({}),
    held: Container[str] = frozenset(),
    *,
    again: bool = False,
    sound_at: datetime | None = None,
) -> Plan:
    """Which lines of a list page are new or read differently. `adopted`: new lines of known articles; `held`: those the breaker holds.
    `again`: known addresses are other articles' now, so that every line is to be read; `sound_at`: the last good look.

    `place` is None for a page that was read before; else it is the place of its first line among the lines of first
    lists, which `backfill` counts by. New lines come last line first: the oldest article is read and pushed first. On a
    page that was read before, a line below every known one and older than they are has slid up from an older page when
    another went away: it is published, but is no news to push.
    """
    new: dict[str, NewLink] = {}
    touched: dict[str, tuple[int, NewLink]] = {}
    below = slid(links, {*anchored(known, sound_at), *adopted}) if place is None else set()
    for number, link in enumerate(links):
        key = canonical(link.url)
        at = place + number if place is not None else SLID if number in below else None
        line = NewLink(key=key, link=link, line=line_print(link), place=at, entry=adopted.get(key), held=key in held)
        if key not in known:
            new.setdefault(key, line)
        elif again or known[key].line != line.line:
            touched.setdefault(key, (known[key].id, line))
    return Plan(new=tuple(reversed(new.values())), touched=tuple(touched.values()), known=len(known))


def anchored(known: Mapping[str, LinkRow], sound_at: datetime | None) -> Mapping[str, LinkRow]:
    """The known lines down to which the list has been seen: what came since the last good look may stand above what never was."""
    return known if sound_at is None else {key: row for key, row in known.items() if row.listed_at <= sound_at}


def slid(links: Sequence[Link], known: Container[str]) -> set[int]:
    """The places of the lines at the page's end that are not known and older than all that are."""
    there = [n for n, link in enumerate(links) if canonical(link.url) in known]
    if not there:
        return set()
    held = [links[n] for n in there]
    return {n for n in range(there[-1] + 1, len(links)) if _older(links[n], held)}


def _older(link: Link, held: Sequence[Link]) -> bool:
    """By date where the list has dates, else by the number that the CMS gave; when neither tells, it is not.

    A number above those of all the others says that it came after them, whatever day it is dated.
    """
    own = cms_number(link.url)
    numbers = [n for other in held if scheme(other.url) == scheme(link.url) and (n := cms_number(other.url)) is not None]
    if own is not None and len(numbers) >= _TELLING and own > max(numbers):
        return False
    days = [other.published.at.date() for other in held if other.published]
    if link.published and days:
        return link.published.at.date() <= min(days)
    return own is not None and bool(numbers) and own < min(numbers)


# ---------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a list at `now`, with all that is known of it.

    `known` is the entry of its address (None: none yet), `history` what became of that entry's events, `taken` the
    number of earlier entries whose id this address would mint, `zone` the portal's. `adopting`: the known article is met under
    a new address. `reused`: the address is another article's now. `keep`: too many articles are gone at once to believe it.
    `left`: its line was taken from the list. `skew`: how wrong the clock that gave `now` is known to be.
    """

    row: LinkRow
    portal: Portal
    zone: tzinfo
    now: datetime
    followers: Sequence[Follower] = ()
    known: EntryRow | None = None
    history: Sequence[SentRow] = ()
    taken: int = 0
    adopting: bool = False
    reused: bool = False
    keep: bool = False
    left: bool = False
    skew: timedelta = timedelta()

    def change(self, look: Look) -> Change:
        """Nothing but the next look."""
        return Change(link=self.row.id, portal=self.row.portal, at=self.now, look=look)


def seen(case: Case, article: Article, page: Page, plain: str = "") -> Change:
    """What a successful look at an article page changes: a new entry, an edit, or just the next look."""
    base = replace(case.change(_next_look(case, page)), aliases=_aliases(case, page), moved=case.reused, settled=case.adopting)
    known = case.known
    if known is None:
        return _first(case, article, base, plain=plain)
    base = replace(base, adopt=known.uid)
    marks = prints(article, plain)
    grown = {**known.prints, **{name: value for name, value in marks.items() if value}}
    if known.withdrawn or known.partial or (changed(known.prints, marks) and not case.adopting):
        return _edited(case, article, base, grown)
    if grown != dict(known.prints) or known.url != article.url:
        entry = _entry(case, article, known, known.revision, known.updated)
        write = EntryWrite(uid=known.uid, entry=entry, prints=grown, revise=False)
        base = replace(base, entry=write, shown=case.adopting or visible(grown) != visible(known.prints))
    if case.row.entry is None and not case.adopting:
        base = replace(base, event="published", shown=True, deliveries=_publish(case, known.id))
    return base


def unchanged(case: Case) -> Change:
    """The article page is as it was: only the next look is noted."""
    return case.change(_as_before(case.row, _next_look(case, None)))


def failed(case: Case, kind: Failure, cause: str) -> Change:
    """What a look that failed changes.

    Gone (404, 410) twice, at least an hour apart, withdraws a known article; it is looked for ever more rarely for a
    month, and is back when it comes back. One that never was there is published from its line when that stands for two
    hours, and stays as long as that does. A final failure (not HTML), one that bars us (robots), or the third within half
    an hour and more, publishes an unread article from its list line, so that nothing is lost; what bars us is asked again
    when it would be looked at anyway. Anything else is tried again with back-off.
    """
    row = case.row
    if kind == "gone":
        return _gone(case, cause)
    tries = row.tries + 1
    base = case.change(_after_failure(case, kind, tries, cause))
    patience = tries >= TRIES_FOR_LINE and case.now - row.listed_at >= LINE_AFTER
    if case.known is None and (kind != "transient" or patience):
        return _first(case, _from_line(row.link), replace(base, aliases=(row.key,)), partial=kind != "final")
    return base


def backfill(rows: Sequence[EntryRow], follower: Follower, now: datetime) -> list[tuple[int, DeliveryWrite]]:
    """The newest `backfill` of `rows` (newest first) for a new follower of an old portal, oldest first."""
    return [(row.uid, _write(follower, row.id, 1, "published", now)) for row in reversed(rows[: follower.backfill])]


# ---------------------------------------------------------------- parts


def _aliases(case: Case, page: Page) -> tuple[str, ...]:
    """The list's address, and where it led, unless that is a page that many addresses may lead to."""
    final, own = canonical(page.url), case.row.key
    common = {canonical(url) for url in (case.portal.url, *case.portal.list_urls)} | {f"//{host_of(page.url)}"}
    return (own,) if final in common or final == own else (own, final)


def _next_look(case: Case, page: Page | None) -> Look:
    row, revisit = case.row, case.portal.revisit
    step = next((n for n in range(row.step, len(revisit)) if row.listed_at + revisit[n] > case.now), len(revisit))
    due = row.listed_at + revisit[step] if step < len(revisit) else None
    if page is None:
        return Look(due_at=due, step=step)
    return Look(due_at=due, step=step, etag=page.etag, last_modified=page.last_modified, digest=page_digest(page))


def page_digest(page: Page) -> str:
    """The digest of a page's bytes: one that is the same as before is not parsed."""
    return blake2b(page.body, digest_size=12).hexdigest()


def _as_before(row: LinkRow, look: Look) -> Look:
    return replace(look, etag=row.etag, last_modified=row.last_modified, digest=row.digest)


def _after_failure(case: Case, kind: Failure, tries: int, cause: str) -> Look:
    if kind == "transient":
        return _retry(case, tries, cause)
    if kind == "barred":
        return _rarely(case, 0, cause)
    return Look(due_at=None, step=case.row.step, cause=cause)


def _retry(case: Case, tries: int, cause: str) -> Look:
    if tries >= TRIES_MOST:
        return _rarely(case, tries, cause)
    due = case.now + _BACKOFF[min(tries, len(_BACKOFF)) - 1]
    return _as_before(case.row, Look(due_at=due, step=case.row.step, tries=tries, cause=cause))


def _rarely(case: Case, tries: int, cause: str) -> Look:
    """The next look for edits; while no more than the line is known, one when the line is twice as old comes before it, for a month."""
    look = _as_before(case.row, replace(_next_look(case, None), cause=cause))
    age = max(case.now - case.row.listed_at, GONE_AFTER)
    due = case.now + age
    if (case.known and not case.known.partial) or age >= GONE_MOST or (look.due_at and look.due_at <= due):
        return look
    return replace(look, due_at=due, tries=tries)


def _from_line(link: Link) -> Article:
    from .media import enclosure

    images = (Image(link.image),) if link.image else ()
    file = enclosure(link.url, link.title)
    files = (file,) if file else ()
    return Article(url=link.url, title=link.title, published=link.published, summary=link.summary or "", images=images, enclosures=files)


def _entry(case: Case, article: Article, known: EntryRow | None, revision: int, updated: datetime | None) -> Entry:
    first_seen = known.first_seen if known else case.row.listed_at
    present = case.now + case.skew
    shown, precision = effective(article.published, first_seen, present, case.zone)
    same = {f.name: getattr(article, f.name) for f in fields(Article) if f.name in _COMMON}
    return Entry(
        id=known.id if known else entry_id(case.row.key, case.taken),
        portal=known.portal if known else case.row.portal,
        title=article.title.encode("utf-8", "replace").decode(),
        first_seen=first_seen,
        published=shown,
        updated=updated or min(shown, present),
        precision=precision,
        revision=revision,
        **same,
    )


def _first(case: Case, article: Article, base: Change, *, partial: bool = False, plain: str = "") -> Change:
    entry = _entry(case, article, None, 1, None)
    marks = prints(article, plain)
    write = EntryWrite(uid=None, entry=entry, prints={**marks, "past": version(marks)}, partial=partial)
    unlisted = case.row.held and case.portal.hold_feeds
    return replace(base, entry=write, event="published", deliveries=_publish(case, entry.id), shown=not unlisted, unlisted=unlisted)


def _edited(case: Case, article: Article, base: Change, marks: Mapping[str, str]) -> Change:
    known = case.known
    assert known is not None
    entry = _entry(case, article, known, known.revision + 1, case.now + case.skew)
    past, now = known.prints.get("past", "").split(), version(marks)
    told = {**marks, "past": " ".join([*past, now][-PAST:])}
    change = replace(base, entry=EntryWrite(uid=known.uid, entry=entry, prints=told), shown=True)
    quiet = known.revision >= CHURN or flapping(past, now)
    return change if quiet and not known.withdrawn else _told(case, change, known, "updated")


def _gone(case: Case, cause: str) -> Change:
    row, known = case.row, case.known
    since = row.gone_at or case.now
    # Without validators: a page that comes back as it was must be read, not answered with 304.
    look = Look(due_at=since + GONE_AFTER, step=row.step, tries=row.tries, cause=cause, gone_at=since)
    if case.now < since + GONE_AFTER:
        return case.change(look)
    gone = case.now - since
    base = case.change(replace(look, due_at=case.now + gone if gone < GONE_MOST else None))
    if known is None:
        lasts = gone >= GONE_FOR_LINE and not case.left
        return _first(case, _from_line(row.link), replace(base, aliases=(row.key,)), partial=True) if lasts else base
    if known.withdrawn or case.keep or (known.partial and not case.left):
        return base
    return replace(_told(case, base, known, "withdrawn"), withdrawn=known.uid, shown=True)


# ---------------------------------------------------------------- what followers are owed


def _write(
    follower: Follower, entry: str, revision: int, kind: EventKind, due: datetime, state: DeliveryState = "pending", why: str = ""
) -> DeliveryWrite:
    return DeliveryWrite(destination=follower.id, key=delivery_key(entry, revision, kind, follower.id), state=state, reason=why, due_at=due)


def _publish(case: Case, entry: str) -> tuple[DeliveryWrite, ...]:
    place = case.row.place

    def one(follower: Follower) -> DeliveryWrite:
        if follower.always:
            return _write(follower, entry, 1, "published", case.now)
        if case.row.held:
            return _write(follower, entry, 1, "published", case.now, "held", HELD)
        if place is None or place < follower.backfill:
            return _write(follower, entry, 1, "published", case.now)
        why = _BELOW.get(place) or f"first run: place {place + 1}, backfill {follower.backfill}"
        return _write(follower, entry, 1, "published", case.now, "skipped", why)

    return tuple(one(follower) for follower in case.followers)


def _told(case: Case, change: Change, known: EntryRow, kind: EventKind) -> Change:
    """`change` with an event of `kind` and what each follower is owed for it."""
    revision = change.entry.entry.revision if change.entry else known.revision
    owed: list[DeliveryWrite] = []
    for follower in case.followers:
        state, why, due = _verdict(follower, [s for s in case.history if s.destination == follower.id], case.now)
        owed.append(_write(follower, known.id, revision, kind, due, state, why))
    unsent = [s for s in case.history if s.state in {"pending", "retry"} and s.attempts == 0]
    needless = [s.id for s in unsent if s.kind == "updated" or kind == "withdrawn"]
    return replace(change, event=kind, deliveries=tuple(owed), superseded=tuple(needless))


def _verdict(follower: Follower, history: Sequence[SentRow], now: datetime) -> tuple[DeliveryState, str, datetime]:
    if follower.always:
        return "pending", "", now
    first = next((s for s in history if s.kind == "published"), None)
    if not follower.updates:
        return "skipped", "updates = false", now
    if first is None:
        return "skipped", "it did not follow the portal when the article was published", now
    if first.state in {"skipped", "dead", "expired", "superseded"}:
        return "skipped", f"its publication was not sent: {first.state} ({first.reason})", now
    if first.attempts == 0 and first.state in {"pending", "retry", "held"}:
        return "superseded", "nothing of it has gone out yet", now
    edits = [s.done_at for s in history if s.kind == "updated" and s.state == "sent" and s.done_at]
    return "pending", "", max([now, *(at + follower.edit_gap for at in edits)])
