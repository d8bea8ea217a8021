"""What a tick waits for, what it brings forward, and what it never hammers."""

import pytest
from stand_ins.house import House

from bridge.demo._server import Reply
from bridge.demo.botapi import Fault, Refusal


def test_a_retry_that_is_due_at_once_is_waited_for_though_others_wait_behind_it(tmp_path):
    """The line moves within the tick: what waits behind the failed one is no reason to leave."""
    with House(tmp_path, backfill=3) as house:
        house.api.script(Fault("error", refusal=Refusal(409, "Conflict: try again")))
        first = house.run()
        assert (first["deliveries"]["sent"], len(house.messages)) == (6, 3)


def test_now_brings_an_uncertain_one_forward_and_one_that_pacing_makes_wait(tmp_path):
    """The back-off after an uncertain attempt is ours; the second that a chat is spared is kept, and the message goes out after it."""
    with House(tmp_path, backfill=1) as house:
        house.api.script(*[Fault("drop", commit=False)] * 2)
        house.run()
        assert (house.posted(), house.query("SELECT state FROM deliveries WHERE attempts > 0 AND destination = 'group'")) == (
            [],
            [("uncertain",)],
        )
        house.run("--now")
        assert len(house.messages) == 1


@pytest.mark.parametrize("asked", ["0", "-1", "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_a_hook_that_asks_for_no_time_at_all_is_not_hammered(tmp_path, asked):
    with House(tmp_path, backfill=1) as house:
        house.hook.script(*[Reply(429, headers={"Retry-After": asked})] * 9)
        house.run()
        house.run()
        assert len(house.hook.calls) == 1


def test_an_answer_that_cannot_be_read_is_that_hooks_alone(tmp_path):
    """A date that no calendar holds: the event is tried again, and nothing else is uncertain."""
    with House(tmp_path, backfill=1) as house:
        house.hook.script(Reply(503, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2300"}))
        done = house.run()
        assert (done["deliveries"]["uncertain"], done["deliveries"]["sent"]) == (0, 2)


def test_a_refused_token_is_said_once(tmp_path):
    with House(tmp_path, backfill=1) as house:
        house.api.token = "1:another"
        done = house.run()
        assert (done["code"], done["stderr"].count("Unauthorized")) == (1, 1)
        assert house.command("status").stdout.count("needs you: telegram\n") == 1
