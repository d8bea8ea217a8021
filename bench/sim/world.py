"""The portal itself: what stands where at any moment of virtual time, and what a GET answers."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha1
from random import Random
from urllib.parse import urlsplit

from bridge.errors import Unreachable
from bridge.web.exchange import Answer

from . import faults, markup
from .face import FORMS, LABELS, LIST_DATES, LISTS, Face
from .happenings import Happening, schedule
from .markup import Line, Piece, View
from .story import CHINA, Newsroom, Rhythm, Story

BEGIN = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ARCHIVE = 120
_HTTP_GAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What an answer was in truth: of a list (its stories in order), of an article (which, in which edition), or neither.

    `fault` is the happening that spoiled it; `whole` says that its content is the truth all the same.
    """

    url: str
    at: datetime
    what: str = "none"
    story: Story | None = None
    edition: tuple[int, bool] = (0, False)
    lines: tuple[Story, ...] = ()
    fault: Happening | None = None
    whole: bool = True


class World:
    """A portal of `days` days drawn from `seed`; `only` names the kinds of happenings there are (default: all)."""

    def __init__(self, seed: int, days: int, only: Sequence[str] = ()) -> None:
        die = Random(seed)
        self.seed, self.days, self.start = seed, days, BEGIN + timedelta(days=die.randrange(7))
        self.end = self.start + timedelta(days=days)
        self.interval = timedelta(minutes=die.choice((20, 30, 60, 60)))
        self.validators = die.choice(("both", "etag", "last-modified", "none"))
        self.named = die.random() < 0.7
        first = _first_face(die)
        self.list_url = first.origin + LISTS
        self.happenings = tuple(schedule(die, self.start, days, first, only))
        self.faces = [(datetime.min.replace(tzinfo=UTC), first), *((h.start, h.face) for h in self.happenings if h.face)]
        self.stories = self._written(die)
        self.moments = sorted({at for at in self._moments() if self.start - timedelta(days=60) <= at <= self.end})
        self.served: dict[str, Served] = {}
        self.log: list[Served] = []
        self._paths: dict[int, Mapping[str, Story]] = {}
        self._bodies: dict[tuple[str, int], tuple[bytes, Served]] = {}
        self._stands: tuple[int, tuple[Story, ...]] = (-1, ())
        self._changed: dict[str, tuple[str, datetime]] = {}
        self._blips: dict[datetime, datetime] = {}

    # ------------------------------------------------------------ what is true

    def face(self, now: datetime) -> Face:
        """How the portal shows itself."""
        return self.faces[self._number(now)][1]

    def since(self, now: datetime) -> datetime:
        """Since when it shows itself so."""
        return self.faces[self._number(now)][0]

    def going_on(self, now: datetime) -> list[Happening]:
        """The happenings of `now` that last."""
        return [h for h in self.happenings if h.start <= now < h.end]

    def over(self, happening: Happening) -> datetime:
        """When nothing of it is to be seen any more: a silence ends with the next article."""
        silent = happening.kind.name == "silence"
        return next((story.listed for story in self.stories if story.listed >= happening.end), self.end) if silent else happening.end

    def standing(self, now: datetime) -> tuple[Story, ...]:
        """The stories on the portal, in the order of its list."""
        stamp = bisect_right(self.moments, now)
        if self._stands[0] != stamp:
            there = [story for story in self.stories if story.there(now)]
            there.sort(key=lambda story: (story.on_top(now), self.dated(story, now), story.number), reverse=True)
            self._stands = stamp, tuple(there)
        return self._stands[1]

    def dated(self, story: Story, now: datetime) -> datetime:
        """The publication time that the portal shows."""
        return story.versions[story.edition(now)].published + timedelta(days=365 * self.ahead(story, now))

    def ahead(self, story: Story, now: datetime) -> bool:
        """Whether the portal's wrong clock dates the story."""
        return any(h.kind.name == "clock" and h.start <= story.listed for h in self.going_on(now))

    def edition(self, story: Story, now: datetime) -> tuple[int, bool]:
        """What the story's page says: which version, and whether its date is wrong."""
        return story.edition(now), self.ahead(story, now)

    def find(self, url: str, now: datetime) -> tuple[str, Story | None]:
        """What an address is: list, article (and which), home, redirect (to the list's or the article's present place), none."""
        parts = urlsplit(url)
        origin, path = f"{parts.scheme}://{parts.netloc}", parts.path + (f"?{parts.query}" if parts.query else "")
        newest = self._number(now)
        face = self.faces[newest][1]
        if parts.path in {LISTS, "/"}:
            return ("list" if origin == face.origin or face.old == "live" else "redirect"), None
        for n in range(newest, -1, -1):
            if self.faces[n][1].origin == origin and (story := self._map(n).get(path)):
                return self._standing_of(story, n, newest, now)
        return "none", None

    def _standing_of(self, story: Story, n: int, newest: int, now: datetime) -> tuple[str, Story | None]:
        same = self.faces[n][1].origin == self.faces[newest][1].origin and self.faces[n][1].path(story) == self.faces[newest][1].path(story)
        kept = "article" if same else {"404": "none", "live": "article"}.get(self.faces[newest][1].old, self.faces[newest][1].old)
        return (kept, story) if story.there(now) else ("none", None)

    def story_at(self, url: str, now: datetime) -> Story | None:
        """The story that a list of the present face means by `url`, whether or not its page can be had."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        for n in range(self._number(now), -1, -1):
            if (story := self._map(n).get(path)) is not None:
                return story
        return None

    # ------------------------------------------------------------ what a GET answers

    def answer(self, url: str, headers: Mapping[str, str], now: datetime) -> Answer:
        """The answer, as the wire gives it; raises Unreachable. What it was in truth is in `served` and `log`."""
        fault = self._fault(url, now)
        if fault and fault.kind.name in {"refused", "bad gateway", "blip"}:
            return self._down(url, now, fault)
        if urlsplit(url).path == "/robots.txt":
            forbids = "/" if fault and fault.kind.name == "robots" else "/admin/"
            return Answer(url, 200, {"Content-Type": "text/plain"}, f"User-agent: *\nDisallow: {forbids}\n".encode())
        what, story = self.find(url, now)
        if what in {"redirect", "home"} and not (fault and fault.kind.name in faults.PAGES):
            return self._elsewhere(url, what, story, now)
        return self._page(url, headers, what, story, now, fault)

    def _down(self, url: str, now: datetime, fault: Happening) -> Answer:
        self._note(Served(url=url, at=now, fault=fault, whole=False))
        if fault.kind.name == "refused" or fault.flavour % 2:
            raise Unreachable("connect" if fault.flavour % 3 else "timeout", url, "Connection refused")
        return Answer(url, 502)

    def _elsewhere(self, url: str, what: str, story: Story | None, now: datetime) -> Answer:
        face = self.face(now)
        path = "/" if what == "home" else face.path(story) if story else urlsplit(url).path
        query = urlsplit(url).query
        self._note(Served(url=url, at=now, what="moved"))
        return Answer(url, 301, {"Location": face.origin + path + (f"?{query}" if query and not story else "")})

    def _page(self, url: str, headers: Mapping[str, str], what: str, story: Story | None, now: datetime, fault: Happening | None) -> Answer:
        named = fault.kind.name if fault else ""
        if named == f"{'mass' if what == 'article' else what} 404" or (what == "none" and named not in faults.PAGES):
            self._note(Served(url=url, at=now, what=what, story=story, fault=fault if what != "none" else None, whole=False))
            return Answer(url, 404)
        body, served = self._made(url, what, story, now, fault)
        self._note(replace(served, at=now))
        return self._validated(url, body, headers, now)

    def _made(self, url: str, what: str, story: Story | None, now: datetime, fault: Happening | None) -> tuple[bytes, Served]:
        """The page's bytes, made again only when something has happened."""
        stamp = bisect_right(self.moments, now)
        if (url, stamp) not in self._bodies:
            if len(self._bodies) > 300:
                self._bodies.clear()
            self._bodies[url, stamp] = self._render(url, what, story, now, fault)
        return self._bodies[url, stamp]

    def _render(self, url: str, what: str, story: Story | None, now: datetime, fault: Happening | None) -> tuple[bytes, Served]:
        face = self._shown_face(now, fault)
        if fault and fault.kind.name in faults.PAGES:
            text = faults.page(fault, View(face=face, built=now))
            return self._coded(text, face, None), Served(url=url, at=now, fault=fault, whole=False)
        if what == "article" and story:
            text, served = self._article(url, story, face, now, fault)
        else:
            text, served = self._list(url, face, now, fault)
        return self._coded(text, face, fault), served

    def _shown_face(self, now: datetime, fault: Happening | None) -> Face:
        face = self.face(now)
        return replace(face, dates=False) if fault and fault.kind.name == "no dates" else face

    def _list(self, url: str, face: Face, now: datetime, fault: Happening | None) -> tuple[str, Served]:
        there = self.standing(now)
        query = urlsplit(url).query
        number = int(query.removeprefix("page=")) if query.removeprefix("page=").isdigit() else 1
        pages = max(1, -(-len(there) // face.page_size))
        named = fault.kind.name if fault else ""
        shown = () if named == "empty list" else there[(number - 1) * face.page_size : number * face.page_size]
        view = self._view(face, now, now, "bare" if named == "list drift" else "")
        if fault and named in {"list drift", "empty list"}:  # what is left are menus, and sometimes a ranking that never changes
            view = replace(view, latest=(), hot=view.hot if fault.flavour % 2 else ())
        text = markup.list_page(view, [self._line(story, face, now) for story in shown], number, pages)
        spoiled = named in {"empty list", "list drift", "garbled"}
        marked = fault if spoiled or named == "no dates" else None
        return text, Served(url=url, at=now, what="list", lines=() if spoiled else shown, fault=marked, whole=not spoiled)

    def _article(self, url: str, story: Story, face: Face, now: datetime, fault: Happening | None) -> tuple[str, Served]:
        named = fault.kind.name if fault else ""
        version, edition = story.versions[story.edition(now)], self.edition(story, now)
        asof = now if face.live else self._built(story, now)
        shell = ("bare", "about")[fault.flavour % 2] if fault and named == "article drift" else ""
        hits = story.number * 7 % 900 + int((asof - story.listed).total_seconds() // 3600)
        stamp = self.dated(story, now)
        piece = Piece(title=version.title, paragraphs=version.paragraphs, section=story.section, source=story.source, at=stamp, hits=hits)
        spoiled = bool(shell) or named == "garbled"
        bad = spoiled or named == "no dates" or edition[1]
        text = markup.article_page(self._view(face, now, asof, shell), piece)
        return text, Served(url=url, at=now, what="article", story=story, edition=edition, fault=fault if bad else None, whole=not spoiled)

    # ------------------------------------------------------------ parts of pages

    def _built(self, story: Story, now: datetime) -> datetime:
        """When a page that is made once was made: at the last edit, redesign or nightly rebuild."""
        since = [story.listed, story.versions[story.edition(now)].at, self.faces[self._number(now)][0]]
        since += [h.end if h.end <= now else _midnight(now) for h in self.happenings if h.kind.name == "nightly" and h.start <= now]
        return max(since)

    def _view(self, face: Face, now: datetime, asof: datetime, shell: str) -> View:
        known = [story for story in self.stories[: self._listed(asof)][-30:] if story.there(asof)]
        latest = sorted(known, key=lambda story: story.listed, reverse=True)[:8]
        day = asof.astimezone(CHINA).date().toordinal() if any(h.kind.name == "nightly" for h in self.going_on(now)) else 0
        hot = sorted(known, key=lambda story: sha1(f"{story.number}/{day}".encode()).digest())[:8]
        sides = [[self._line(story, replace(face, prefix=False), asof) for story in side] for side in (latest, hot)]
        return View(face=face, built=_midnight(asof), latest=sides[0], hot=sides[1], shell=shell)

    def _listed(self, now: datetime) -> int:
        return bisect_right(self.stories, now, key=lambda story: story.listed)

    def _line(self, story: Story, face: Face, now: datetime) -> Line:
        version = story.versions[story.edition(now)]
        lead = version.paragraphs[0][:50] if face.layout == "cards" else ""
        title, at = face.list_title(story, version.title), self.dated(story, now)
        return Line(face.origin + face.path(story), title, version.title, at, lead, story.on_top(now))

    def _coded(self, text: str, face: Face, fault: Happening | None) -> bytes:
        raw = text.encode(face.encoding, "xmlcharrefreplace")
        if not (fault and fault.kind.name == "garbled"):
            return raw
        wrong = "gbk" if face.encoding == "utf-8" else "utf-8"
        return raw.decode(wrong, "replace").encode("utf-8")

    def _validated(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
        tag = f'"{sha1(body).hexdigest()[:16]}"'
        at = self._changed[url][1] if self._changed.get(url, ("",))[0] == tag else now.replace(microsecond=0)
        self._changed[url] = tag, at
        kind = f"text/html; charset={self.face(now).label}" if self.named else "text/html"
        given = {"Content-Type": kind}
        if self.validators in {"both", "etag"}:
            given["ETag"] = tag
        if self.validators in {"both", "last-modified"}:
            given["Last-Modified"] = format_datetime(at.astimezone(UTC), usegmt=True)
        asked, since = headers.get("If-None-Match"), headers.get("If-Modified-Since")
        if asked == tag or (asked is None and since and "Last-Modified" in given and at <= parsedate_to_datetime(since)):
            return Answer(url, 304, given)
        return Answer(url, 200, given, body)

    def _fault(self, url: str, now: datetime) -> Happening | None:
        """What spoils this request."""
        for happening in self.going_on(now):
            if happening.kind.name == "blip" and now < self._blips.setdefault(happening.start, now) + _HTTP_GAP:
                return happening
            if happening.kind.verdict == "fault" and self._hits(happening, url, now):
                return happening
        return None

    def _hits(self, happening: Happening, url: str, now: datetime) -> bool:
        if happening.kind.where == "both" or happening.kind.name in {"no dates", "clock"}:
            return True
        listed = urlsplit(url).path == LISTS
        return listed == (happening.kind.where == "list") and urlsplit(url).path != "/robots.txt" and self.face(now) is not None

    def _note(self, served: Served) -> None:
        self.served[served.url] = served
        self.log.append(served)

    # ------------------------------------------------------------ making it

    def _number(self, now: datetime) -> int:
        return bisect_right(self.faces, now, key=lambda face: face[0]) - 1

    def _map(self, n: int) -> Mapping[str, Story]:
        if n not in self._paths:
            self._paths[n] = {self.faces[n][1].path(story): story for story in self.stories}
        return self._paths[n]

    def _written(self, die: Random) -> list[Story]:
        holiday = (self.start + timedelta(days=die.randrange(20, 160))).date()
        room = Newsroom(die, Rhythm.drawn(die), holiday)
        room.silent = [(h.start, h.end) for h in self.happenings if h.kind.name == "silence"]
        room.archive(self.start, ARCHIVE)
        room.work(self.start, self.days)
        for happening in self.happenings:
            if script := _SCRIPTS.get(happening.kind.name):
                script(room, die, happening)
        told = sorted(room.stories, key=lambda story: story.listed)
        for n, story in enumerate(told):
            story.number = n + 1
        return told

    def _moments(self) -> list[datetime]:
        own = [at for story in self.stories for at in story.moments()]
        own += [at for h in self.happenings for at in (h.start, h.end)]
        for h in self.happenings:
            if h.kind.name == "nightly":
                own += [_midnight(h.start) + timedelta(days=n) for n in range((h.end - h.start).days + 2)]
        return own


def _flapping(room: Newsroom, die: Random, happening: Happening) -> None:
    """An article of the last day says one thing and another, hour by hour."""
    fresh = [s for s in room.stories if timedelta(hours=2) < happening.start - s.listed < timedelta(days=4) and not s.gone]
    if not fresh:
        return
    story, at = die.choice(fresh), happening.start
    one = story.versions[story.edition(at)]
    other = replace(one, title=one.title + "（图）")
    while at < happening.end:
        story.versions += [replace(other, at=at), replace(one, at=at + timedelta(hours=1))]
        at += timedelta(hours=2)
    story.versions.sort(key=lambda version: version.at)


def _burst(room: Newsroom, die: Random, happening: Happening) -> None:
    """Many articles within the hour."""
    for _ in range(die.choice((12, 25, 40))):
        room.publish(happening.start + timedelta(seconds=die.randrange(3600)))


_SCRIPTS: Mapping[str, Callable[[Newsroom, Random, Happening], None]] = {"flapping": _flapping, "burst": _burst}


def _first_face(die: Random) -> Face:
    coded = die.choice(("gbk", "gbk", "utf-8", "gb18030"))
    return Face(
        layout=die.choice(tuple(markup.LAYOUTS)),
        form=die.choice(tuple(FORMS)),
        page_size=die.choice((15, 20, 30)),
        encoding=coded,
        label=LABELS[coded],
        cut=die.choice((0, 0, 14)),
        prefix=die.random() < 0.2,
        list_dates=die.choice(LIST_DATES),
        live=die.random() < 0.4,
    )


def _midnight(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
