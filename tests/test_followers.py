"""Who follows what changes in config.toml: what was owed, what is known, and what can be asked about it."""

import json

from stand_ins.house import CHAT, House

from bridge.demo._chats import KICKED
from bridge.demo._server import Reply
from bridge.demo.botapi import Fault, Refusal


def rewrite(house, *changes):
    text = house.config.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    house.config.write_text(text, "utf-8")


def states(house, destination="group"):
    return house.query(f"SELECT state, reason FROM deliveries WHERE destination = '{destination}' AND attempts + waiting > 0")


OTHER = '[[portals]]\nid = "other"\ntitle = "T"\nurl = "http://127.0.0.1:9/"\ninterval = "7d"\n'


def test_what_waits_of_a_portal_that_is_followed_no_more_is_put_aside_and_comes_back(tmp_path):
    """The subscriber stays, the portal stays; what was owed of it is not sent, with that reason, until it is followed again."""
    with House(tmp_path, backfill=2, more=OTHER) as house:
        house.hook.script(Reply(503, headers={"Retry-After": "3600"}))
        house.run()
        assert [state for state, _ in states(house, "hook")] == ["retry", "pending"]
        follows = 'secret = "env:TEST_SECRET"\nportals = ["{}"]'
        rewrite(house, (follows.format("city"), follows.format("other")))
        house.run()
        shown = house.command("deliveries", "list", "--dest", "hook").stdout
        assert shown.count("its subscriber does not follow the portal any more") == 2
        assert house.query("SELECT COUNT(*) FROM deliveries WHERE destination = 'hook' AND waiting = 1") == [(0,)]
        rewrite(house, (follows.format("other"), follows.format("city")))
        house.run()
        assert [state for state, _ in states(house, "hook")] == ["retry", "pending"]


def test_a_renamed_portal_loses_nothing_doubles_nothing_and_events_name_it_as_it_is_called_now(tmp_path):
    with House(tmp_path, backfill=2) as house:
        house.hook.script(Reply(204), Reply(503, headers={"Retry-After": "1"}))
        house.run()
        rewrite(house, ('id = "city"', 'id = "town"'), ('portals = ["city"]', 'portals = ["town"]'))
        house.portal.edit(house.portal.stories[0].id, title="改过的标题")
        house.later()
        house.run("--now")
        house.later()
        house.run("--now")
        assert len(house.messages) == 2
        events = house.events()
        assert sorted(event["type"] for event in events) == ["article.published"] * 2 + ["article.updated"]
        assert [event["data"]["portal"] for event in events if event["type"] == "article.updated"] == ["town"]


def test_a_subscriber_that_was_removed_can_still_be_asked_about(tmp_path):
    with House(tmp_path, backfill=1) as house:
        house.api.chats[CHAT].refusal = KICKED
        house.run()
        text = house.config.read_text("utf-8")
        begin = text.index("[[subscribers]]")
        house.config.write_text(text[:begin] + text[text.index("[[subscribers]]", begin + 1) :], "utf-8")
        house.run()
        asked = house.command("deliveries", "list", "--dest", "group")
        assert (asked.returncode, "its subscriber was removed from the configuration" in asked.stdout) == (0, True)
        title = house.events()[0]["data"]["title"]
        assert "removed from the configuration" in house.command("why", title, "group").stdout


def test_a_waiting_delivery_says_what_it_waits_for(tmp_path):
    """A chat that asked for silence, a hook whose first event fails and holds the next: `why` and `status` name both."""
    with House(tmp_path, backfill=2) as house:
        house.hook.script(Reply(503, b"overloaded"), Reply(503, b"overloaded"))
        house.api.script(Fault("error", refusal=Refusal(429, "Too Many Requests: retry after 43837", {"retry_after": 43837})))
        house.run()
        last = house.query(
            "SELECT e.title FROM deliveries d JOIN entries e ON e.uid = d.entry WHERE d.waiting = 1 ORDER BY d.id DESC LIMIT 1"
        )[0][0]
        facts = json.loads(house.command("why", last, "--json").stdout)
        waits = {one["subscriber"]: one["waits"] for one in facts["deliveries"]}
        assert waits["group"].startswith("the receiver wants silence until ")
        assert waits["hook"].startswith("behind delivery ")
        assert "HTTP 503: overloaded" in waits["hook"]
        assert "overloaded" in house.command("status").stdout


def test_a_replay_leaves_edits_alone_that_a_subscriber_does_not_want(tmp_path):
    with House(tmp_path, backfill=2, chat_more="updates = false") as house:
        house.run()
        house.portal.edit(house.portal.stories[0].id, title="改过的标题")
        house.later()
        house.run("--now")
        assert house.query("SELECT reason FROM deliveries WHERE destination = 'group' AND kind = 'updated'") == [("updates = false",)]
        trial = house.command("deliveries", "replay", "--dest", "group", "--since", "1h", "--dry-run", "--json").stdout.splitlines()
        assert {json.loads(line)["kind"] for line in trial} == {"published"}


def test_a_test_lists_the_chats_that_spoke_to_the_bot_and_follows_a_moved_one(tmp_path):
    with House(tmp_path, backfill=0) as house:
        house.api.says(CHAT)
        taken = house.command("test", "group")
        assert (taken.returncode, str(CHAT) in taken.stdout) == (0, True)
        house.api.chat(-1007, "supergroup")
        house.api.chats[CHAT].migrated_to = -1007
        moved = house.command("test", "group")
        assert (moved.returncode, "-1007" in moved.stderr, len(house.api.chats[-1007].messages)) == (0, True, 1)


def test_every_action_on_deliveries_answers_programs(tmp_path):
    """One JSON object a line and nothing else on stdout: what was never owed too, and how much was dropped."""
    with House(tmp_path, backfill=1) as house:
        house.hook.script(Reply(503, headers={"Retry-After": "3600"}))
        house.run()
        text = house.config.read_text("utf-8")
        house.config.write_text(
            text + text[text.rindex("[[subscribers]]") :].replace('"hook"', '"late"').replace("backfill = 1", "backfill = 0"), "utf-8"
        )
        house.run()

        def answers(*words):
            done = house.command("deliveries", *words, "--json")
            return [json.loads(line) for line in done.stdout.splitlines()]

        trial = answers("replay", "--dest", "late", "--since", "1h", "--missing", "--dry-run")
        assert {row["state"] for row in trial} == {"missing"}
        assert answers("replay", "--dest", "late", "--since", "1h", "--missing") == [{"again": 0, "missing": len(trial)}]
        assert answers("drop", "--dest", "hook", "--waiting") == [{"dropped": 1}]
