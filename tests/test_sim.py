"""A sample of the simulator (python -m bench.sim), and its judge against installations that are broken on purpose."""

import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import ClassVar

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.sim import report
from bench.sim.__main__ import main
from bench.sim.driver import Parts, Sender, SimTick, WatchedArchive, WatchedPortals
from bench.sim.face import FORMS, LABELS, LIST_DATES
from bench.sim.happenings import KINDS, NAMES, schedule
from bench.sim.judge import BAR, COUNTED, Score
from bench.sim.markup import LAYOUTS
from bench.sim.play import play
from bench.sim.world import World, _first_face
from bridge.model import Page, Portal, Site
from bridge.portals import generic

SAMPLE = (576, 853)
"""Seeds whose two weeks have several kinds of trouble in few ticks."""
CALM = ["nightly"]


# ---------------------------------------------------------------- the sample


@pytest.mark.parametrize("seed", SAMPLE)
def test_two_weeks_of_a_portal_lose_nothing_and_cry_no_wolf(seed):
    """The real engine over fourteen days: what the bar names is zero."""
    score = play(seed, 14)
    assert not report.missed([score]), report.tale(score)
    assert score.new > 40


@pytest.mark.long
@pytest.mark.parametrize("seed", [14, 18])
def test_dates_that_only_articles_state_are_missed_when_they_are_gone(seed):
    """Lists without dates: few new articles come while it lasts, and most are looked at again before the next."""
    score = play(seed, 14, ["no dates"])
    assert World(seed, 14, ["no dates"]).faces[0][1].list_dates == "none"
    assert (score.faults, report.missed([score])) == (1, []), report.tale(score)


@pytest.mark.long
def test_an_article_edited_while_its_address_is_given_to_another_is_not_new():
    """The numbers of seed 8 are shifted, and an issue of a daily series is met at its new one days later, with another text."""
    score = play(8, 15)
    assert not report.missed([score]), report.tale(score)


class Unread(SimTick):
    """Notes of how many articles no more than the line is known after each tick."""

    found: ClassVar[dict[datetime, int]] = {}

    def run(self):
        summary = super().run()
        rows = self.store.archive._db._db.execute("SELECT COUNT(*) FROM entries WHERE partial = 1 AND withdrawn_at IS NULL")
        self.found[self._virtual.now()] = rows.fetchone()[0]
        return summary


@pytest.mark.long
def test_lines_without_a_text_are_read_as_soon_as_the_texts_are_back():
    """Two and a half days of shells: fourteen articles are published from their lines, and all are read within an hour of the end."""
    world = World(3, 13, ["article drift"])
    score = play(3, 13, ["article drift"], Parts(tick=Unread))
    end = world.happenings[0].end
    assert max(many for at, many in Unread.found.items() if at < end) > 10
    assert next(many for at, many in Unread.found.items() if at > end + timedelta(hours=1)) == 0
    assert not report.missed([score]), report.tale(score)


# ---------------------------------------------------------------- the judge


class Forgetful(WatchedPortals):
    """Loses every fifth new line."""

    def record_list(self, portal, page, new, *rest, **named):
        kept = [line for line in new if sum(line.key.encode()) % 5]
        super().record_list(portal, page, kept, *rest, **named)


class Blind(WatchedPortals):
    """Finds every tick good."""

    def save_portal(self, row):
        super().save_portal(replace(row, bad_ticks=0, cause="", verdict="well"))


class Crier(WatchedPortals):
    """Finds every afternoon bad."""

    def save_portal(self, row):
        late = row.checked_at is not None and row.checked_at.hour in {6, 7, 8}
        super().save_portal(replace(row, bad_ticks=3, cause="no-links", verdict="broken") if late else row)


class Careless(WatchedArchive):
    """Records no edit, breaks titles of even length, and takes every seventh new article for the one that it recorded before."""

    last = 0

    def apply(self, change, *rest, **named):
        if change.event == "updated":
            change = replace(change, entry=None, event=None, deliveries=(), superseded=())
        write = change.entry
        if write and write.uid is None and len(write.entry.title) % 2 == 0:
            change = replace(change, entry=replace(write, entry=replace(write.entry, title="无题")))
        elif write and write.uid is None and self.last % 7 == 6:
            change = replace(change, entry=replace(write, uid=self.last), event=None, deliveries=())
        self.last = super().apply(change, *rest, **named) or self.last
        return self.last


class Stranger(WatchedArchive):
    """Knows no article at any other address than its own."""

    def entry_of(self, keys):
        return None

    def known(self, portal, many):
        return []


class Twice(Sender):
    """Sends everything twice."""

    def send(self, jobs):
        yield from super().send(jobs)
        self.jobs.extend(jobs)


class Stutter(SimTick):
    """Sends everything twice."""

    def _outlet(self, kind):
        return replace(super()._outlet(kind), open=lambda: Twice(self._jobs))


def counted(seed, days, kinds, **parts):
    return play(seed, days, kinds, Parts(**parts))


def test_the_judge_sees_losses_and_double_sends():
    """An installation that loses lines and one that says everything twice, in one: each line lost is counted, and each double."""
    score = counted(50, 7, CALM, portals=Forgetful, tick=Stutter)
    assert score.counts["lost"] >= 3
    assert score.counts["falsely new"] >= 5
    assert not score.counts["doubled"] + score.counts["merged"]


def test_the_judge_sees_edits_missed_titles_damaged_and_articles_merged():
    score = counted(45, 7, CALM, archive=Careless)
    assert score.counts["edits missed"] >= 1
    assert score.counts["damaged"] >= 5
    assert score.counts["merged"] >= 1


def test_the_judge_sees_an_engine_that_never_adopts():
    score = counted(48, 8, ["addresses"], archive=Stranger)
    assert score.counts["doubled"] >= 10


def test_the_judge_sees_blindness_and_false_alarms():
    assert counted(48, 9, ["captcha"], portals=Blind).counts["undetected"] == 1
    assert counted(50, 3, CALM, portals=Crier).alarms >= 2


def test_what_was_counted_misses_the_bar():
    """Each name of the bar fails the run by itself, so do late detection and alarms; what is only shown does not."""
    for name in COUNTED:
        assert bool(report.missed([Score(1, 180, Counter({name: 1}))])) == (name in BAR)
    assert report.missed([Score(1, 180, slowest=3)])
    assert report.missed([Score(1, 180, alarms=1)])
    assert not report.missed([Score(n, 180, alarms=n == 1) for n in range(1, 4)])


# ---------------------------------------------------------------- the world


def test_the_same_seed_is_the_same_world():
    one, other = World(5, 20), World(5, 20)
    at = one.start + timedelta(days=9, hours=3)
    assert one.answer(one.list_url, {}, at) == other.answer(other.list_url, {}, at)
    assert [(h.kind, h.start, h.face) for h in one.happenings] == [(h.kind, h.start, h.face) for h in other.happenings]


def test_half_a_year_has_nearly_every_kind_of_happening():
    names = Counter(h.kind.name for seed in range(3) for h in schedule(Random(seed), World(1, 3).start, 180, _first_face(Random(seed))))
    assert names.keys() >= NAMES.keys() - {"silence"}
    assert {kind.verdict for kind in KINDS} == {"fault", "sound", "either"}


def test_a_silence_is_over_when_the_next_article_comes():
    world = World(3, 60, ["silence"])
    for happening in world.happenings:
        before = [story for story in world.stories if happening.start <= story.listed < world.over(happening)]
        assert not before
        assert any(story.listed == world.over(happening) for story in world.stories)


@pytest.mark.parametrize("validators", ["both", "etag", "last-modified"])
def test_an_unchanged_page_is_answered_304_and_a_changed_one_is_not(validators):
    world = World(2, 5)
    world.validators = validators
    at = world.start + timedelta(days=1)
    got = world.answer(world.list_url, {}, at)
    names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    headers = {asked: got.headers[name] for name, asked in names.items() if name in got.headers}
    assert world.answer(world.list_url, headers, at + timedelta(seconds=1)).status == 304
    later = next(story.listed for story in world.stories if story.listed > at) + timedelta(seconds=1)
    assert world.answer(world.list_url, headers, later).status == 200


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_the_pages_of_every_hand_are_read_as_they_are_meant(layout):
    """A fair world: list lines, titles and texts of its pages are what the general reader gives."""
    form, coded, dates = dict(zip(sorted(LAYOUTS), zip(FORMS, [*LABELS, "gbk"], LIST_DATES, strict=False), strict=True))[layout]
    world = World(3, 4, ["blip"])
    face = replace(world.faces[0][1], layout=layout, form=form, encoding=coded, label=LABELS[coded], list_dates=dates, cut=0, prefix=False)
    world.faces = [(world.faces[0][0], face)]
    at = world.start + timedelta(days=2)
    portal = Portal(id="city", title="", url=world.list_url)
    listed = generic.read_list(_page(world, world.list_url, at), portal, Site(), at)
    served = world.served[world.list_url]
    assert {link.title for link in listed.links} == {story.versions[story.edition(at)].title for story in served.lines}
    story = next(story for story in served.lines if story.kind == "news")
    article = generic.read_article(_page(world, face.origin + face.path(story), at), portal, Site(), at)
    version = story.versions[story.edition(at)]
    assert article.title == version.title
    assert article.content_text.split("\n\n") == list(version.paragraphs)
    assert article.published
    assert article.published.at == version.published


def _page(world, url, at):
    answer = world.answer(url, {}, at)
    return Page(url=url, body=answer.body, content_type=answer.headers["Content-Type"])


# ---------------------------------------------------------------- the command


def test_the_command_prints_a_line_a_seed_and_writes_the_page(tmp_path, capsys):
    target = tmp_path / "simulation.md"
    code = main(["--seed", "9", "--days", "3", "-v", "--workers", "1", "--write", str(target)])
    said = capsys.readouterr().out
    assert code == 0, said
    assert "verdict: well" in said
    assert "the bar is met" in said
    page = target.read_text(encoding="utf-8")
    assert page.startswith("# A portal over months")
    assert "| captcha |" in page


# ---------------------------------------------------------------- what once failed


@pytest.mark.parametrize(
    ("seed", "days", "kinds"),
    [
        pytest.param(
            4, 20, ["mass 404", "ids shifted"], id="numbers shifted under an article that was edited, the server without articles"
        ),
        pytest.param(5, 20, ["mass 404", "ids shifted"], id="two notices of one title on one day, and numbers shifted twice"),
        pytest.param(3, 24, ["ids shifted", "addresses", "page size"], id="a list that grows shows moved articles again"),
        pytest.param(3, 21, ["list drift", "page size"], id="a ranking that was taken for the list"),
        pytest.param(9, 24, ["blip", "refused"], id="one bad minute"),
    ],
)
@pytest.mark.long
def test_what_once_failed(seed, days, kinds):
    score = play(seed, days, kinds)
    assert not report.missed([score]), report.tale(score)
