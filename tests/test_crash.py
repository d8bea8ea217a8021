"""A sample of the crash run (python -m bench.crash): killed processes lose nothing, double nothing without an excuse, keep the order."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import crash
from bench.world import CHAT

CASES = {case.phase: case for case in crash.MATRIX}
SAMPLE = {
    "first tick, 6 articles": (0.9,),
    "second tick, 2 new and 1 edited": (0.3, 0.85),
    "hub": (0.4,),
    "delivery, chat closes after taking it": (0.3,),
    "delivery, hook answers 500": (0.5,),
}
"""Phases, and where in them a process is killed, as shares of its boundaries."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = crash.Bench(tmp_path_factory.mktemp("crash"))
    yield bench
    bench.close()


def fate(bench, case):
    verdict = crash.tried(bench, case)
    return verdict.faults, verdict.kills


@pytest.mark.parametrize("phase", SAMPLE)
def test_a_killed_process_loses_nothing_and_doubles_nothing(bench, phase):
    """One kill, and what follows, leaves nothing lost, doubled, out of order or damaged."""
    many = crash.count(bench, CASES[phase]).count
    for share in SAMPLE[phase]:
        point = replace(CASES[phase], kill_at=max(1, int(many * share)))
        assert fate(bench, point) == ([], 1), point


def test_ten_kills_in_a_row_lose_nothing(bench):
    """Ten ticks in a row die, while an operator retries, drops, replays and removes subscribers; some of the commands die too."""
    faults, kills = fate(bench, replace(crash.HANDS, seed=3))
    assert not faults
    assert kills > 3


def test_a_message_that_never_went_out_is_noticed(bench):
    """The harness itself: it sees a loss, a double and a wrong order."""
    world = bench.world("delivery")
    verdict = crash.Verdict("", "")
    crash.settle(world, verdict)
    messages = world.api.chats[CHAT].messages
    newest = max(messages)
    messages[newest + 1] = messages[newest]
    messages[newest] = messages.pop(min(messages))
    del world.hook.calls[0]
    crash.judge(world, verdict)
    assert verdict.lost
    assert verdict.order
    assert not verdict.damaged
    messages[newest + 2] = messages[newest]
    crash.judge(world, verdict)
    assert verdict.doubled


def test_a_torn_file_a_stray_file_and_a_late_hub_are_noticed(bench):
    """The harness itself: it sees what is wrong with files, with windows, and at the hub."""
    world = bench.world("hub")
    verdict = crash.Verdict("", "")
    crash.settle(world, verdict)
    public = world.state / "public"
    (public / "city.rss.gz").write_bytes(b"torn")
    (public / ".city.atom.new").write_bytes(b"stray")
    (public / "city.json").write_bytes(b'{"items": []}')
    world.api.arrived += [arrival for arrival in world.api.arrived if arrival.chat == str(CHAT) and not arrival.edit][-1:] * 2
    crash.judge(world, verdict)
    assert {fault.split(":")[0] for fault in verdict.damaged} >= {"city.rss.gz", ".city.atom.new", "more than 1 messages in 1 s"}
    assert "the last change of city.json at the hub" in verdict.lost


def test_hooks_that_match_nothing_are_faults(bench):
    """A run whose hooks never met a kind of boundary says so."""
    reach = crash.Reach()
    reach.counted(crash.count(bench, CASES["hub"]))
    assert "no process reached a boundary of the kind file, link" in reach.gaps(all_burnt=False)
    assert "no process reached the statement claim" not in reach.gaps(all_burnt=False)
    assert "nothing was killed at a boundary of the kind statement" in reach.gaps(all_burnt=True)


def test_the_points_are_spread_and_never_too_few():
    """Each K-th boundary, and at least so many of a short process."""
    case = CASES["hub"]
    assert [point.kill_at for point in crash.points(case, 10, 1, 5)] == list(range(1, 11))
    assert len(list(crash.points(case, 7, 25, 5))) == 7
    assert 5 <= len(list(crash.points(case, 100, 25, 5))) <= 6
    assert len(list(crash.points(case, 1000, 25, 5))) == 40
