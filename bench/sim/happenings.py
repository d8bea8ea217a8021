"""What happens to a portal besides news: which of it is a visible fault, which must raise no alarm, and when it comes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from .face import FORMS, LABELS, LIST_DATES, Face

Class = Literal["fault", "sound", "either"]
Where = Literal["list", "article", "both", ""]
Change = Callable[[Random, Face], Face]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of happening. A fault must be noticed within two ticks of its evidence; sound ones must raise no alarm.

    `where` are the pages that are bad while it lasts, `evidence` how many different bad pages make it visible. `change`
    gives the portal a new face for good; without one it lasts `hours`.
    """

    name: str
    what: str
    verdict: Class = "sound"
    where: Where = ""
    evidence: int = 1
    hours: tuple[float, float] = (0, 0)
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One of a kind, from `start` to `end`; `flavour` is a number that varies it. `face` is the portal's new one, if it gets one."""

    kind: Kind
    start: datetime
    end: datetime
    flavour: int
    face: Face | None = None

    def on(self, now: datetime) -> bool:
        """Whether it is going on at `now`."""
        return self.start <= now < self.end


# ---------------------------------------------------------------- new faces


def _other(die: Random, names: Sequence[str], now: str) -> str:
    return die.choice([name for name in names if name != now])


def _policy(die: Random) -> str:
    return die.choice(("404", "404", "redirect", "home", "live"))


def _addresses(die: Random, face: Face) -> Face:
    return replace(face, form=_other(die, tuple(FORMS), face.form), old=_policy(die))


def _redesign(die: Random, face: Face) -> Face:
    coded = die.choice(tuple(LABELS))
    fresh = replace(_addresses(die, face), layout=_other(die, ("tables", "divs", "cards", "plain"), face.layout), encoding=coded)
    dated = die.choice(LIST_DATES if face.list_dates == "none" else LIST_DATES[:-1])  # a list that loses its dates is another happening
    return replace(fresh, label=LABELS[coded], list_dates=dated, base=face.base + die.choice((0, 50_000)))


def _moved_ids(die: Random, face: Face) -> Face:
    return replace(face, base=face.base + die.choice((20_000, -7_000, 300_000)), old=die.choice(("404", "404", "live")))


def _renumbered(die: Random, face: Face) -> Face:
    """Every old address now leads to another article."""
    return replace(face, base=face.base + die.choice((-3, 5, 11)), old="404")


def _titles(die: Random, face: Face) -> Face:
    return die.choice([replace(face, prefix=not face.prefix), replace(face, cut=0 if face.cut else die.choice((12, 16)))])


def _mirror(die: Random, face: Face) -> Face:
    return replace(face, origin=_swapped(face.origin), old=die.choice(("redirect", "live", "404")))


def _swapped(origin: str) -> str:
    return (
        origin.replace("www.liudu.example", "news.liudu-city.example")
        if "www" in origin
        else origin.replace("news.liudu-city", "www.liudu")
    )


def _https(die: Random, face: Face) -> Face:
    scheme, _, host = face.origin.partition("://")
    return replace(face, origin=f"{'http' if scheme == 'https' else 'https'}://{host}", old=die.choice(("redirect", "live")))


def _page_size(die: Random, face: Face) -> Face:
    return replace(face, page_size=die.choice([n for n in (10, 15, 20, 30, 50) if n != face.page_size]))


def _encoding(die: Random, face: Face) -> Face:
    coded = _other(die, tuple(LABELS), face.encoding)
    return replace(face, encoding=coded, label=LABELS[coded])


def _mislabelled(die: Random, face: Face) -> Face:
    wrong = "gb2312" if face.encoding == "utf-8" else die.choice(("utf-8", "iso-8859-1"))
    return replace(face, label=wrong)


# ---------------------------------------------------------------- the table


def _spoilt(name: str, what: str, hours: tuple[float, float]) -> Kind:
    """A fault of article pages, visible when three of them show it."""
    return Kind(name=name, what=what, verdict="fault", where="article", evidence=3, hours=hours)


KINDS = (
    Kind(name="redesign", what="new markup, new addresses, perhaps other bytes, all at once", change=_redesign),
    Kind(name="addresses", what="the same pages under addresses of another form", change=_addresses),
    Kind(name="ids moved", what="the CMS was filled anew: all numbers differ, none was used before", change=_moved_ids),
    Kind(name="ids shifted", what="all numbers are shifted by a few: every address leads to another article", change=_renumbered),
    Kind(name="titles", what="titles on lists get the column before them, or are cut", change=_titles),
    Kind(name="mirror", what="another host, the old one redirects, serves both or answers 404 for articles", change=_mirror),
    Kind(name="https", what="http becomes https, or back", change=_https),
    Kind(name="page size", what="pages of the list have more or fewer lines", change=_page_size),
    Kind(name="encoding", what="other bytes under their right name", change=_encoding),
    Kind(name="mislabelled", what="the name of the charset is wrong, the bytes are whole", change=_mislabelled),
    Kind(name="nightly", what="every page is rebuilt each night: stamp, counters, hot list", hours=(96, 240)),
    Kind(name="blip", what="one look fails, the next does not", where="both", hours=(3, 3)),
    Kind(name="flapping", what="an article is edited back and forth, every hour", hours=(30, 60)),
    Kind(name="burst", what="more articles in one hour than in three days", verdict="either", hours=(1, 1)),
    Kind(name="silence", what="no news for weeks", verdict="either", hours=(240, 480)),
    Kind(name="captcha", what="a firewall's page with status 200", verdict="fault", where="both", hours=(5, 60)),
    Kind(name="login", what="a login page with status 200", verdict="fault", where="both", hours=(5, 60)),
    Kind(name="parking", what="the domain is for sale", verdict="fault", where="both", hours=(5, 60)),
    Kind(name="error page", what="a database error with status 200", verdict="fault", where="both", hours=(5, 40)),
    Kind(name="refused", what="no connection", verdict="fault", where="both", hours=(4, 30)),
    Kind(name="bad gateway", what="502 for everything", verdict="fault", where="both", hours=(4, 30)),
    Kind(name="empty list", what="the list answers without a line", verdict="fault", where="list", hours=(5, 40)),
    Kind(name="list 404", what="the list's address is gone for a while", verdict="fault", where="list", hours=(5, 60)),
    Kind(
        name="list drift", what="the list moved into scripts, menus remain, sometimes a ranking", verdict="fault", where="list",
        hours=(12, 90),
    ),
    _spoilt("article drift", "texts moved into scripts: the same shell for all", (24, 90)),
    Kind(name="garbled", what="bytes that no charset reads", verdict="fault", where="both", hours=(12, 60)),
    _spoilt("no dates", "dates are gone from lists and articles", (30, 90)),
    _spoilt("clock", "new articles are dated a year ahead", (30, 72)),
    Kind(name="robots", what="robots.txt forbids everything", verdict="fault", where="both", hours=(40, 80)),
    _spoilt("mass 404", "articles answer 404 while the lists show them", (20, 40)),
)  # fmt: skip
NAMES = {kind.name: kind for kind in KINDS}
FIRST = timedelta(days=3)
"""Nothing happens before: what is usual must have been seen."""


def schedule(die: Random, start: datetime, days: int, face: Face, only: Sequence[str] = ()) -> Iterator[Happening]:
    """What happens within `days`, each kind before any comes again, with quiet stretches between; faces follow each other."""
    at, end, rest = start + FIRST, start + timedelta(days=days), list[Kind]()
    while True:
        rest = rest or die.sample(chosen := [NAMES[name] for name in only] or list(KINDS), len(chosen))
        kind = rest.pop()
        begin = at + timedelta(hours=die.uniform(0, 36))
        if kind.evidence > 1:
            begin = _monday(begin)
        over = begin + timedelta(hours=die.uniform(*kind.hours))
        if over > end - timedelta(days=2):
            return
        changed = kind.change(die, face) if kind.change else None
        face = changed or face
        yield Happening(kind=kind, start=begin, end=over, flavour=die.randrange(1000), face=changed)
        at = over + timedelta(hours=die.uniform(48, 96))


def _monday(at: datetime) -> datetime:
    """The next working day's early morning: what shows only in articles needs some."""
    while at.weekday() not in {0, 1, 2}:
        at += timedelta(days=1)
    return at.replace(hour=0, minute=30)
