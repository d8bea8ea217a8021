"""What becomes of a delivery after each outcome, and the windows that no burst breaks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.dispatch import Manner, Pace, expired, late_before, settle
from bridge.model import Closed, Later, Moved, Refused, Sent, Unsure
from bridge.rows import Due

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MANNER = Manner(schedule=(timedelta(seconds=5), timedelta(minutes=5)), hold=timedelta(hours=6), probe=timedelta(hours=6))


def due(**more):
    facts = {
        "id": 1,
        "key": "msg_x",
        "kind": "published",
        "entry": 1,
        "destination": "d",
        "state": "pending",
        "address": "-100",
        "event_at": NOW,
    }
    more_facts = {
        "due_at": NOW,
        "owed_at": NOW,
        "attempts": 0,
        "spent": 0,
        "sequence": 1,
        "held_until": None,
        "progress": {},
        "failing_at": None,
    }
    return Due(**{**facts, **more_facts, **more})


def after(outcome, row=None, now=NOW, chance=0.5, **more):
    return settle(row or due(), 1, outcome, MANNER, now, chance, **more)


def test_sent_is_sent():
    result = after(Sent("42"))
    assert (result.state, result.remote_id, result.failing_at) == ("sent", "42", None)


def test_a_failure_that_counts_waits_by_the_schedule():
    result = after(Later("down"))
    assert (result.state, result.spent, result.due_at) == ("retry", 1, NOW + timedelta(seconds=5))
    assert (result.by_server, result.held_until) == (False, NOW + timedelta(hours=6))


def test_what_a_server_asked_for_is_kept_and_costs_no_attempt():
    asked = NOW + timedelta(hours=12)
    result = after(Later("429", at=asked, spent=False))
    assert (result.spent, result.due_at, result.by_server, result.not_before) == (0, asked, True, asked)


def test_it_is_dead_only_when_attempts_and_hours_are_both_used_up():
    """Ten forced retries in a minute do not kill what an hour later would have gone through."""
    early = after(Later("down"), due(spent=2), now=NOW + timedelta(seconds=10))
    late = after(Later("down"), due(spent=2), now=NOW + timedelta(hours=1))
    assert (early.state, late.state) == ("retry", "dead")


def test_a_moved_chat_is_followed_at_once_but_not_for_ever():
    result = after(Moved("-1002"))
    assert (result.state, result.due_at, result.moved_to, result.spent) == ("retry", NOW, "-1002", 0)
    assert settle(due(), 9, Moved("-1002"), MANNER, NOW, 0.5).state == "dead"


def test_a_refused_message_is_dead_and_its_destination_goes_on():
    result = after(Refused("too odd"))
    assert (result.state, result.destination_state) == ("dead", None)


def test_a_closed_destination_is_paused_and_burns_nothing():
    result = after(Closed("kicked"))
    assert (result.state, result.spent, result.destination_state) == ("retry", 0, "paused")
    assert result.not_before == NOW + timedelta(minutes=5)


def test_a_revoked_token_pauses_no_chat():
    result = after(Closed("401", whole=True))
    assert (result.destination_state, result.spent, result.due_at > NOW) == (None, 0, True)


@pytest.mark.parametrize(("policy", "state"), [("resend", "uncertain"), ("skip", "skipped")])
def test_what_may_have_been_taken(policy, state):
    assert after(Unsure("read time-out"), on_uncertain=policy).state == state


def test_age_counts_from_the_event():
    chat = Manner(schedule=(timedelta(1),), max_age=timedelta(hours=24))
    assert not expired(due(), chat, NOW + timedelta(hours=23))
    assert expired(due(), chat, NOW + timedelta(hours=25))


def test_publications_that_are_late_go_out_together_before_they_expire():
    """Edits expire at `max_age`; a publication of which something may be out goes its own way."""
    chat = Manner(schedule=(timedelta(1),), max_age=timedelta(hours=24), catch_up=timedelta(days=7))
    late, soon = NOW + timedelta(hours=25), NOW + timedelta(hours=23)
    assert not expired(due(), chat, late)
    assert expired(due(), chat, NOW + timedelta(days=8))
    assert expired(due(kind="updated"), chat, late)
    assert late_before(due(), chat, late) == NOW + timedelta(hours=1)
    others = [due(state="uncertain"), due(progress={"next": 40})]
    assert {late_before(due(), chat, soon), late_before(due(), MANNER, late), *(late_before(row, chat, late) for row in others)} == {None}


def test_a_server_that_is_out_of_reach_kills_no_message_that_grows_old_anyway():
    """It is tried at least every quarter of an hour, holds its line all the while, and ends by age; without an age attempts end it."""
    chat = replace(MANNER, max_age=timedelta(hours=24))
    row, gone = due(spent=7, held_until=NOW - timedelta(hours=1)), Later("connection refused", reached=False)
    result = settle(row, 8, gone, chat, NOW + timedelta(hours=23), 0.5)
    assert (result.state, result.due_at - result.at, result.held_until) == ("retry", timedelta(minutes=5), result.due_at)
    assert settle(row, 8, gone, MANNER, NOW + timedelta(hours=23), 0.5).state == "dead"
    assert settle(row, 8, Later("down"), chat, NOW + timedelta(hours=23), 0.5).state == "dead"


@given(st.floats(0, 0.999), st.integers(0, 1))
def test_jitter_stays_within_a_fifth(chance, spent):
    wait = after(Later("down"), due(spent=spent), chance=chance).due_at - NOW
    plain = MANNER.schedule[spent]
    assert plain * 0.8 <= wait <= plain * 1.2


@given(st.lists(st.integers(0, 3), min_size=1, max_size=80))
def test_no_window_is_ever_exceeded(gaps):
    """Whatever the moments at which one would like to send, any stretch of a window holds at most its number."""
    windows = ((1, timedelta(seconds=1)), (4, timedelta(seconds=10)))
    manner = Manner(schedule=(timedelta(1),), group_windows=windows)
    pace, now, times = Pace(), NOW, []
    for gap in gaps:
        now = pace.free_at("telegram", "-100", manner, now + timedelta(seconds=gap / 3))
        pace.note("telegram", "-100", now)
        times.append(now)
    for many, length in windows:
        assert all(later - earlier >= length for earlier, later in zip(times, times[many:], strict=False))


def test_attempts_of_an_earlier_run_count():
    manner = Manner(schedule=(timedelta(1),), shared=((2, timedelta(seconds=60)),))
    pace = Pace()
    pace.seed([("telegram", "2", NOW - timedelta(seconds=30)), ("telegram", "3", NOW - timedelta(seconds=20))])
    assert pace.free_at("telegram", "1", manner, NOW) == NOW + timedelta(seconds=30)


def test_a_destination_that_only_fails_for_days_is_disabled_and_keeps_its_deliveries():
    manner = Manner(schedule=(timedelta(days=1),) * 9, give_up=timedelta(days=5))
    soon = settle(due(failing_at=NOW - timedelta(days=4)), 1, Later("down"), manner, NOW, 0.5)
    late = settle(due(failing_at=NOW - timedelta(days=5)), 1, Later("down"), manner, NOW, 0.5)
    assert (soon.destination_state, soon.state) == (None, "retry")
    assert (late.destination_state, late.state) == ("disabled", "retry")


def test_a_paused_destination_that_answers_is_open_again():
    assert after(Sent("1"), due(probing=True)).destination_state == "open"
    assert after(Sent("1")).destination_state is None


def test_what_costs_no_attempt_takes_a_second_all_the_same():
    """A time that is over, as a server names it, is no leave to ask without end."""
    result = after(Later("429", at=NOW - timedelta(hours=1), spent=False))
    assert (result.due_at, result.not_before) == (NOW + timedelta(seconds=1), NOW + timedelta(seconds=1))


def test_an_overloaded_receiver_has_its_rest():
    assert after(Later("timeout", least=timedelta(seconds=60))).due_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(("closed", "rest"), [(0, 5), (4, 5), (30, 30), (600, 360)])
def test_a_closed_destination_is_asked_again_after_as_long_as_it_has_been_closed(closed, rest):
    """Minutes: soon at first, since most causes are mended soon, then ever more rarely."""
    result = after(Closed("kicked"), due(failing_at=NOW - timedelta(minutes=closed)))
    assert (result.destination_state, result.not_before) == ("paused", NOW + timedelta(minutes=rest))


def test_an_edit_of_what_is_gone_ends_without_a_death():
    """Somebody deleted the message: no fault of ours, nothing for the operator to do."""
    assert after(Refused("message to edit not found", moot=True)).state == "skipped"


def test_an_endpoint_that_puts_us_off_for_days_is_given_up_too():
    """429 after 429 costs no attempt, but nothing gets through."""
    manner = replace(MANNER, give_up=timedelta(days=5))
    busy = Later("HTTP 429", at=NOW + timedelta(minutes=1), spent=False)
    first = settle(due(), 1, busy, manner, NOW, 0.5)
    assert (first.failing_at, first.destination_state) == (NOW, None)
    last = settle(due(failing_at=NOW - timedelta(days=5)), 1, busy, manner, NOW, 0.5)
    assert (last.destination_state, last.spent) == ("disabled", 0)


def test_topics_of_one_group_share_its_windows():
    """Telegram limits the group, whichever subscriber writes to it; a group that has moved is the same group."""
    manner = Manner(schedule=(timedelta(1),), group_windows=((2, timedelta(seconds=60)),))
    pace = Pace()
    pace.seed([("telegram", "-5", NOW), ("telegram", "-5", NOW)])
    assert pace.free_at("telegram", "-5", manner, NOW) == NOW + timedelta(seconds=60)
    assert pace.free_at("telegram", "-6", manner, NOW) == NOW
    pace.note("telegram", "-6", NOW)
    pace.answered("telegram", "-6", NOW, "-1006")
    pace.note("telegram", "-1006", NOW)
    assert pace.free_at("telegram", "-1006", manner, NOW) == NOW + timedelta(seconds=60)
