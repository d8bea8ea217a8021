"""The judge: it knows the truth of every page that was served, sees everything that is written, and counts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, takewhile
from statistics import quantiles

from bridge.engine import Summary
from bridge.model import Entry, Job
from bridge.rows import Change, EntryWrite, NewLink

from .alarms import Alarms
from .driver import PORTAL, READER, Hooks, Installation, SimTick
from .story import CHINA, Story
from .world import Served, World

COUNTED = (
    "lost", "unsent", "doubled", "falsely new", "merged", "edits missed", "false withdrawals", "damaged", "undetected", "needless notices",
    "false edits", "cut",
)  # fmt: skip
BAR = COUNTED[:-2]
"""What must be zero."""
ALARMS_A_YEAR = 1.0
TICKS_TO_DETECT = 2
_LONG = timedelta(days=10)
PAGES_BACK = 8
"""How many pages an engine may be expected to look through after a gap."""
_CAPPED = 8
"""An article with more versions than this may be one that is no longer followed."""
_NEWS = timedelta(days=4)
"""An article that was on the portal for longer than this before it was first seen is no news."""


@dataclass(slots=True)
class Score:
    """What a seed gave. `counts` by name, `story` tells when what was counted and why."""

    seed: int
    days: float
    counts: Counter[str] = field(default_factory=Counter)
    story: list[tuple[datetime, str]] = field(default_factory=list)
    ticks: int = 0
    requests: int = 0
    new: int = 0
    held: int = 0
    faults: int = 0
    slowest: int = 0
    alarms: int = 0
    notices: int = 0
    delays: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def yearly(self) -> float:
        """False alarms in a year."""
        return self.alarms * 365 / self.days if self.days else 0.0

    def broken(self) -> list[str]:
        """What misses the bar; false alarms are judged over all seeds, see report."""
        found = [f"{name} {self.counts[name]}" for name in BAR if self.counts[name]]
        return found + ([f"detection {self.slowest} ticks"] if self.slowest > TICKS_TO_DETECT else [])

    def delay(self) -> tuple[float, float]:
        """Minutes from the list to the feed: median and 95th percentile."""
        if len(self.delays) < 2:
            return (self.delays[0], self.delays[0]) if self.delays else (0.0, 0.0)
        cuts = quantiles(self.delays, n=20, method="inclusive")
        return cuts[9], cuts[18]

    def tell(self, at: datetime, words: str) -> None:
        """A line of the story."""
        self.story.append((at, words))

    def count(self, what: str, at: datetime, words: str) -> None:
        """One more of `what`."""
        self.counts[what] += 1
        self.tell(at, f"{what.upper()}: {words}")


class Judge:
    """Watches one installation from its first tick to its last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.score = Score(world.seed, world.days)
        self.hooks = Hooks(self._applied, self._listed)
        self.alarms = Alarms(world, self.score)
        self.tags: dict[str, int] = {}
        self._now = world.start
        self._first = True
        self._of: dict[int, set[int]] = defaultdict(set)
        self._uids: dict[int, list[int]] = defaultdict(list)
        self._editions: dict[int, tuple[int, bool]] = {}
        self._urls: dict[int, set[str]] = defaultdict(set)
        self._pending: dict[int, tuple[tuple[int, bool], datetime]] = {}
        self._shown: dict[int, tuple[datetime, bool]] = {}
        self._pushed: Counter[int] = Counter()
        self._jobs = 0
        self._withdrawn: dict[int, datetime] = {}
        self._noted: set[tuple[str, int]] = set()
        self._on_lists: dict[int, datetime] = {}

    # ------------------------------------------------------------ around a tick

    def before(self, at: datetime) -> None:
        """A tick begins."""
        self._now = at
        self.world.log.clear()

    def after(self, tick: SimTick, summary: Summary, jobs: Sequence[Job]) -> None:
        """A tick has ended."""
        score = self.score
        score.ticks += 1
        score.requests += len(tick.asked)
        self._seen_on_lists()
        for job in jobs[self._jobs :]:
            self._sent(job)
            if job.kind == "notice":
                self.alarms.notice(self._now, job.entries[0])
        self._jobs = len(jobs)
        row = tick.store.portals.portal(PORTAL)
        self.alarms.tick(self._now, self.world.log, tick.refused, row, told=summary.bad.get(PORTAL) or summary.held.get(PORTAL) or "")
        self._first = self._first and not self._shown

    def released(self, many: int) -> None:
        """The operator let go so many articles that were held."""
        self.score.held += many
        if many:
            self.score.tell(self._now, f"the operator releases {many} articles")

    def _seen_on_lists(self) -> None:
        for served in self.world.log:
            if served.what == "list" and served.whole and served.lines:
                for story in served.lines:
                    self._on_lists[story.number] = self._now
                if served.lines[0] is self.world.standing(served.at)[0]:
                    self._first_page(served)

    def _first_page(self, served: Served) -> None:
        """Its stories are known to be there, and those of the pages behind it as far as nothing on the way was known."""
        size, standing = len(served.lines), self.world.standing(served.at)
        news = takewhile(lambda story: story.number not in self._shown, (s for s in standing if not s.on_top(served.at)))
        behind = () if self._first else islice(news, PAGES_BACK * size)
        for story in {story.number: story for story in (*served.lines, *behind)}.values():
            if story.number not in self._shown:
                self._shown[story.number] = self._now, self._first or self._now - story.listed > _NEWS

    # ------------------------------------------------------------ what is written

    def _listed(self, new: Sequence[NewLink]) -> None:
        for line in new:
            if line.entry is not None and (story := self.world.story_at(line.link.url, self._now)):
                self._belongs(line.entry, story, "adopted from the list")

    def _applied(self, change: Change, uid: int | None, url: str) -> None:
        served = self._just_served(url)
        story = served.story if served else self.world.story_at(url, self._now)
        if change.withdrawn is not None:
            self._gone(change.withdrawn, url)
        if uid is None:
            return
        if story is None:
            if change.entry and change.entry.entry.kind == "article":
                self.score.count("damaged", self._now, f"an entry of no article: {change.entry.entry.title} {url}")
            return
        fresh = uid not in self._of
        self._belongs(uid, story, url)
        if change.event == "published":
            self._published(uid, story, change, fresh=fresh)
        if change.entry:
            self._written(uid, story, change.entry, served)
        if served and served.whole:
            self._edition(uid, story, change, served.edition, fresh=fresh, moved=url not in self._urls[uid])
            self._urls[uid].add(url)

    def _just_served(self, url: str) -> Served | None:
        """The article that this tick's last answer for `url` (or where it led) was, if it was one."""
        served = self.world.served.get(url)
        led = self.world.log[-1] if self.world.log else None
        if served and served.what == "moved" and led and led.what == "article" and served in self.world.log:
            served = led
        return served if served and served in self.world.log and served.what == "article" and served.story else None

    def _belongs(self, uid: int, story: Story, how: str) -> None:
        mine = self._of[uid]
        if mine and story.number not in mine:
            others = "; ".join(f"{n} {self.world.stories[n - 1].title}" for n in mine)
            self.score.count("merged", self._now, f"entry {uid} of [{others}] took {story.number} {story.title} ({how})")
        if uid not in self._uids[story.number]:
            if self._uids[story.number] and story.number not in mine:
                self.score.count("doubled", self._now, f"{self._name(story)}: entry {uid} besides {self._uids[story.number]} ({how})")
            self._uids[story.number].append(uid)
        mine.add(story.number)

    def _published(self, uid: int, story: Story, change: Change, *, fresh: bool) -> None:
        if change.entry:
            self.tags[change.entry.entry.id] = uid
        if fresh and len(self._uids[story.number]) == 1:
            self.score.new += 1
            if story.listed > self.world.start:
                self.score.delays.append((self._now - story.listed).total_seconds() / 60)

    def _written(self, uid: int, story: Story, write: EntryWrite, served: Served | None) -> None:
        self.tags[write.entry.id] = uid
        titles = [fold(version.title) for version in story.versions]
        title = fold(write.entry.title).removeprefix(f"[{story.section}]").rstrip("…")
        line = served is None or write.partial
        if not any(title == whole or (line and whole.startswith(title)) for whole in titles):
            self._once("damaged", story, f"its title became “{write.entry.title[:60]}”")
        elif served and not write.partial:
            self._reads(story, write.entry)

    def _reads(self, story: Story, entry: Entry) -> None:
        """Whether the entry has the whole text of one of the story's versions, and not much else."""
        text = fold(entry.content_text)
        lacks = [[p for p in version.paragraphs if fold(p) not in text] for version in story.versions]
        gone = min(lacks, key=len)
        if all(len(lack) == len(version.paragraphs) for lack, version in zip(lacks, story.versions, strict=True)):
            self._once("damaged", story, f"its text became “{entry.content_text[:60]}”")
        elif gone:
            self._once("cut", story, f"{len(gone)} paragraphs are not in its text, “{gone[0][:40]}…”")
        elif len(text) > 1.3 * max(sum(map(len, version.paragraphs)) for version in story.versions) + 40:
            self._once("damaged", story, f"its text has more than the article: “{entry.content_text[-60:]}”")

    def _once(self, what: str, story: Story, words: str) -> None:
        """Counted once for each story."""
        if (what, story.number) not in self._noted:
            self._noted.add((what, story.number))
            self.score.count(what, self._now, f"{self._name(story)}: {words}")

    def _edition(self, uid: int, story: Story, change: Change, edition: tuple[int, bool], *, fresh: bool, moved: bool) -> None:
        known = self._editions.get(uid)
        updated = change.event == "updated" or (change.entry is not None and change.entry.revise and not fresh)
        if fresh or (known is None and not (change.entry and change.entry.partial)):
            self._editions[uid] = edition
        elif updated:
            if known == edition and self._withdrawn.pop(uid, None) is None:
                self.score.count("false edits", self._now, f"{self._name(story)}: {_difference(change)}")
            self._editions[uid] = edition
            self._pending.pop(uid, None)
        elif moved and change.entry:
            self._editions[uid] = edition  # found at another address: what differs is recorded, and not told
        elif known is not None and self._differs(story, known, edition):
            self._pending[uid] = edition, self._now
        else:
            self._pending.pop(uid, None)

    @staticmethod
    def _differs(story: Story, one: tuple[int, bool], other: tuple[int, bool]) -> bool:
        old, new = story.versions[one[0]], story.versions[other[0]]
        return (old.title, old.paragraphs) != (new.title, new.paragraphs)

    def _gone(self, uid: int, url: str) -> None:
        self._withdrawn[uid] = self._now
        for number in self._of[uid]:
            story = self.world.stories[number - 1]
            seen = self._on_lists.get(number)
            known = max(self._now - timedelta(hours=36), self.world.since(self._now))
            if story.there(self._now) and seen is not None and seen >= known:
                self.score.count("false withdrawals", self._now, f"{self._name(story)} is on the list, {url} answers 404")

    # ------------------------------------------------------------ what is sent

    def _sent(self, job: Job) -> None:
        for entry in job.entries if job.kind in {"published", "digest"} else ():
            uid = self.tags.get(entry.id)
            for number in self._of.get(uid or 0, ()):
                self._pushed[number] += 1
                self._judge_push(self.world.stories[number - 1], number)

    def _judge_push(self, story: Story, number: int) -> None:
        known = self._shown.get(number)
        if self._pushed[number] > 1:
            self.score.count("falsely new", self._now, f"{self._name(story)}: pushed as new for the {self._pushed[number]}. time")
        elif known and known[1] and not self._first and self._now > self.world.start + timedelta(hours=6):
            self.score.count("falsely new", self._now, f"{self._name(story)}: pushed, although it is of {story.listed:%Y-%m-%d}")

    # ------------------------------------------------------------ the end

    def close(self, installation: Installation) -> Score:
        """The score, when the last tick has been."""
        feed = {row["entry"] for row in installation.rows("SELECT entry FROM listings")}
        held = {row["entry"] for row in installation.rows("SELECT entry FROM links WHERE held = 1 AND entry IS NOT NULL")}
        sent = _sent_entries(installation)
        for number, (at, old) in self._shown.items():
            self._account(self.world.stories[number - 1], at, feed, held, sent, old=old)
        for uid, (edition, at) in self._pending.items():
            for story in (self.world.stories[number - 1] for number in self._of[uid]):
                if len(story.versions) <= _CAPPED and self._editions.get(uid) != edition:
                    self.score.count("edits missed", at, f"{self._name(story)}: {self._editions.get(uid)} is recorded, {edition} was shown")
        self._unfinished(installation)
        self.alarms.close()
        return self.score

    def _unfinished(self, installation: Installation) -> None:
        """Entries that still have the title that a list had cut, long after their page could be read."""
        for row in installation.rows("SELECT uid, title FROM entries WHERE withdrawn_at IS NULL"):
            for story in (self.world.stories[number - 1] for number in self._of.get(row["uid"], ())):
                titles = {fold(version.title) for version in story.versions}
                if self.world.end - story.listed > _LONG and story.there(self.world.end) and fold(row["title"]) not in titles:
                    self._once("damaged", story, f"its title is still “{row['title'][:60]}”")

    def _account(self, story: Story, at: datetime, feed: set[int], held: set[int], sent: set[int], *, old: bool) -> None:
        """Whether a story that was on a list is in the feed, and was sent if it was news."""
        uids = self._uids.get(story.number, [])
        brief = story.gone is not None and story.gone - at < timedelta(hours=2)
        recent = self.world.end - at < timedelta(hours=12)
        if not uids and not brief and not recent:
            self.score.count("lost", at, f"{self._name(story)} was on the list, and is not known")
        elif uids and not feed.intersection(uids) and not held.intersection(uids):
            self.score.count("lost", at, f"{self._name(story)} is known, and not in the feed")
        elif uids and not (old or brief or recent or sent.intersection(uids) or held.intersection(uids)):
            self.score.count("unsent", at, f"{self._name(story)} was news, and was not pushed")

    def _name(self, story: Story) -> str:
        return f"{story.number} “{story.title}” of {story.listed.astimezone(CHINA):%m-%d %H:%M}"


def _sent_entries(installation: Installation) -> set[int]:
    """Entries whose publication the reader was sent, or which the first run or an old list line spared."""
    rows = installation.rows("SELECT entry FROM deliveries WHERE kind = 'published' AND state = 'sent' AND destination = ?", READER)
    return {row["entry"] for row in rows}


def fold(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


def _difference(change: Change) -> str:
    entry = change.entry.entry if change.entry else None
    return f"updated to “{entry.title[:30]}”, {len(entry.content_text)} characters, {entry.published}" if entry else "updated"
