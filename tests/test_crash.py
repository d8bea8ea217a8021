"""A sample of the crash run (python -m bench.crash): killed ticks lose nothing, double nothing without an excuse, keep the order."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import crash


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = crash.Bench(tmp_path_factory.mktemp("crash"))
    yield bench
    bench.close()


def shares(case, bench, count):
    """`count` boundaries, evenly spread over the case's tick."""
    many = crash.count(bench, case)
    return [replace(case, kill_at=1 + many * n // count + many // (2 * count)) for n in range(count)]


def fate(bench, case):
    verdict = crash.tried(bench, case)
    return verdict.faults, verdict.kills


@pytest.mark.parametrize("case", [crash.FIRST, crash.SECOND], ids=lambda case: case.world)
def test_a_killed_tick_loses_nothing_and_doubles_nothing(bench, case):
    for point in shares(case, bench, 4):
        assert fate(bench, point) == ([], 1), point


def test_a_kill_on_top_of_a_lost_answer_loses_nothing(bench):
    for case in crash.FAULTY[0], crash.FAULTY[-1]:
        for point in shares(case, bench, 2):
            assert fate(bench, point) == ([], 1), point


def test_ten_kills_in_a_row_lose_nothing(bench):
    faults, kills = fate(bench, replace(crash.ROW, seed=3))
    assert not faults
    assert kills > 3


def test_a_message_that_never_went_out_is_noticed(bench):
    """The harness itself: it sees a loss, a double and a wrong order."""
    world = bench.world("grown")
    verdict, excuses = crash.Verdict("", ""), crash.Excuses()
    crash.settle(world, verdict)
    messages = world.api.chats[crash.CHAT].messages
    newest = max(messages)
    messages[newest + 1] = messages[newest]
    messages[newest] = messages.pop(min(messages))
    del world.hook.calls[0]
    crash.judge(world, verdict, excuses)
    assert verdict.lost
    assert verdict.order
    assert not verdict.damaged
    messages[newest + 2] = messages[newest]
    crash.judge(world, verdict, excuses)
    assert verdict.doubled
