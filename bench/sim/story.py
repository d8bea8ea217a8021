"""The true articles of a portal, and the rhythm in which they appear, change and go."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from .words import Draft, Words

CHINA = timezone(timedelta(hours=8))
SECTIONS = ("民生", "政务", "教育", "交通", "文体", "通知")
SOURCES = ("柳渡日报", "柳渡电视台", "市融媒体中心", "新区报", "")


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it reads from `at` on."""

    at: datetime
    title: str
    paragraphs: tuple[str, ...]
    published: datetime


@dataclass(slots=True)
class Story:
    """One true article. On the lists from `listed` on, but for `gone` to `back`; on top of them while `pinned`."""

    number: int
    section: str
    source: str
    listed: datetime
    versions: list[Version]
    gone: datetime | None = None
    back: datetime | None = None
    pinned: tuple[datetime, datetime] | None = None
    kind: str = "news"
    _times: list[datetime] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its first title."""
        return self.versions[0].title

    def edition(self, now: datetime) -> int:
        """The number of the version that stands at `now`."""
        if len(self._times) != len(self.versions):
            self._times = [version.at for version in self.versions]
        return max(0, bisect_right(self._times, now) - 1)

    def there(self, now: datetime) -> bool:
        """Whether the portal has it at `now`."""
        return self.listed <= now and not (self.gone is not None and self.gone <= now and (self.back is None or now < self.back))

    def on_top(self, now: datetime) -> bool:
        """Whether it is pinned at `now`."""
        return self.pinned is not None and self.pinned[0] <= now < self.pinned[1]

    def moments(self) -> Iterator[datetime]:
        """When anything about it changes."""
        yield self.listed
        yield from (version.at for version in self.versions[1:])
        yield from (at for at in (self.gone, self.back, *(self.pinned or ())) if at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a portal works: articles a day by kind of day, and how often an article is touched afterwards."""

    weekday: float = 5.0
    weekend: float = 0.4
    night: float = 0.05
    series: bool = True
    edited: float = 0.12
    withdrawn: float = 0.02
    late: float = 0.04
    pinned: float = 0.01

    @staticmethod
    def drawn(die: Random) -> "Rhythm":
        """A portal's own."""
        return Rhythm(
            weekday=die.choice((3.0, 5.0, 7.0)), weekend=die.choice((0.0, 0.4, 2.0)), night=die.choice((0.0, 0.05, 0.2)),
            series=die.random() < 0.5, edited=die.choice((0.05, 0.12, 0.2)), withdrawn=die.choice((0.0, 0.02)),
        )  # fmt: skip


class Newsroom:
    """Writes the stories of a portal; `holiday` is the first day of a week without any, `silent` stretches have none either."""

    def __init__(self, die: Random, rhythm: Rhythm, holiday: date | None = None) -> None:
        self._die, self._rhythm, self._holiday = die, rhythm, holiday
        self.words = Words(die)
        self.stories: list[Story] = []
        self.silent: list[tuple[datetime, datetime]] = []

    def archive(self, start: datetime, many: int) -> None:
        """`many` stories of the weeks before `start`, which nobody touches any more."""
        for n in range(many):
            at = start - timedelta(hours=3 + 7 * (many - n) + self._die.random() * 5)
            self._add(at, at, self.words.news(), touched=False)

    def work(self, start: datetime, days: int) -> None:
        """The stories of `days` days from `start` on."""
        for n in range(days):
            for at, kind in self._day((start + timedelta(days=n)).astimezone(CHINA).date()):
                if start <= at and not any(a <= at < b for a, b in self.silent):
                    self.publish(at, kind)

    def publish(self, at: datetime, kind: str = "news") -> Story:
        """A story, on the lists at `at`; a late one is dated up to two days earlier."""
        late = kind == "news" and self._die.random() < self._rhythm.late
        dated = at - timedelta(hours=self._die.uniform(3, 40)) if late else at
        draft = self._draft(kind, at)
        return self._add(at, dated, draft, kind=kind)

    def _draft(self, kind: str, at: datetime) -> Draft:
        if kind == "series":
            return self.words.series(at)
        return self.words.notice(at) if kind == "notice" else self.words.news()

    def _day(self, day: date) -> Iterator[tuple[datetime, str]]:
        weekend = day.weekday() >= 5
        if self._holiday and timedelta() <= day - self._holiday < timedelta(days=8):
            return
        die, rhythm = self._die, self._rhythm
        if rhythm.series and (not weekend or rhythm.weekend):
            yield _at(day, 7 + die.random() * 0.5), "series"
        for _ in range(_poisson(die, rhythm.weekend if weekend else rhythm.weekday)):
            yield _at(day, die.triangular(8.5, 18.0, 10.5)), "notice" if die.random() < 0.15 else "news"
        if die.random() < rhythm.night:
            yield _at(day, 20 + die.random() * 3.5), "news"

    def _add(self, listed: datetime, dated: datetime, draft: Draft, *, kind: str = "news", touched: bool = True) -> Story:
        die = self._die
        section = "通知" if kind == "notice" else die.choice(SECTIONS[:-1])
        first = Version(listed, draft.title, draft.paragraphs, dated.astimezone(CHINA).replace(microsecond=0))
        story = Story(len(self.stories) + 1, section, die.choice(SOURCES), listed, [first], kind=kind)
        if touched:
            self._touch(story)
        self.stories.append(story)
        return story

    def _touch(self, story: Story) -> None:
        die, rhythm = self._die, self._rhythm
        if die.random() < rhythm.edited:
            for _ in range(die.choice((1, 1, 1, 2))):
                self.edit(story, story.versions[-1].at + timedelta(hours=die.choice((0.2, 0.6, 3, 12, 50)) * die.uniform(0.5, 1.5)))
        if die.random() < rhythm.withdrawn:
            story.gone = story.listed + timedelta(hours=die.choice((1.5, 5, 20)))
            story.back = story.gone + timedelta(hours=30) if die.random() < 0.3 else None
        elif die.random() < rhythm.pinned:
            story.pinned = (story.listed, story.listed + timedelta(days=die.randint(2, 20)))

    def edit(self, story: Story, at: datetime) -> None:
        """The story reads differently from `at` on."""
        old, die = story.versions[-1], self._die
        match die.choice(("text", "text", "more", "title")):
            case "text":
                n = die.randrange(len(old.paragraphs))
                changed = tuple(self.words.paragraph() if at_ == n else text for at_, text in enumerate(old.paragraphs))
                new = replace(old, at=at, paragraphs=changed)
            case "more":
                new = replace(old, at=at, paragraphs=(*old.paragraphs, self.words.paragraph()))
            case _:
                new = replace(old, at=at, title=_corrected(old.title))
        story.versions.append(new)


def _corrected(title: str) -> str:
    return f"{title}（更新）" if "更新" not in title else title.replace("（更新）", "（更正）")


def _at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(seconds=int(hour * 3600))


def _poisson(die: Random, mean: float) -> int:
    left, count = die.expovariate(1.0) if mean else 2.0, 0
    while left < mean:
        count += 1
        left += die.expovariate(1.0)
    return count
