"""Chats through whole ticks: portal → database → sender → Bot API, every tick on a state that was closed and opened again.

Time is the test's own, so that waits of hours are real waits and cost nothing.
"""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from stand_ins.clock import FakeClock
from stand_ins.house import CHAT, House

from bridge.commands.run import tell
from bridge.config import load
from bridge.demo._chats import BLOCKED, KICKED
from bridge.demo._server import Reply
from bridge.demo.botapi import TOKEN, Fault, Refusal
from bridge.demo.pictures import photo
from bridge.engine import Options, tick

GROUP = -1004711
OTHER = """
[[subscribers]]
id = "other"
kind = "telegram"
chat = "42"
portals = ["city"]
backfill = {backfill}
"""


class Home(House):
    """A house without a hook, whose ticks run here, on a clock of its own."""

    def __init__(self, folder, monkeypatch, *, chat=CHAT, backfill=3, more="", **facts):
        super().__init__(folder, backfill=backfill, **facts)
        for name in ("TEST_TOKEN", "TEST_SECRET"):
            monkeypatch.setenv(name, self.environ[name])
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            monkeypatch.delenv(name)
        text = self.config.read_text("utf-8").replace(f'chat = "{CHAT}"', f'chat = "{chat}"')
        tables = [part for part in text.split("[[subscribers]]") if 'kind = "webhook"' not in part]
        self.config.write_text("[[subscribers]]".join(tables) + more, encoding="utf-8")
        if chat != CHAT and str(chat).lstrip("-").isdecimal():
            self.api.chat(chat)
        self.clock = FakeClock(datetime.now(UTC))

    def tick(self, *, now=True):
        """The figures of one tick, with its exit code and what it says."""
        summary = tick(load(self.config), Options(force=now), self.clock)
        tell(summary)
        return summary.plain() | {"code": int(summary.trouble), "notes": summary.delivery.notes}

    def pass_(self, **time):
        self.clock.advance(timedelta(**time))

    def titles(self, chat=CHAT):
        return [message.text.split("\n")[0] for _, message in sorted(self.api.chats[chat].messages.items())]

    def newest(self, many=3):
        """The titles of the first lines of the list, oldest first: what backfill pushes."""
        return [story.title for story in self.portal.stories[:many]][::-1]

    def asked(self):
        """How many requests the Bot API had."""
        return len(self.api.calls)

    def rows(self, what="state", chat="group"):
        return [
            row[0] for row in self.query(f"SELECT {what} FROM deliveries WHERE destination = '{chat}' AND state <> 'skipped' ORDER BY id")
        ]


@pytest.mark.parametrize("refusal", [KICKED, BLOCKED])
def test_a_chat_that_shuts_us_out_waits_and_comes_back(tmp_path, monkeypatch, refusal):
    """Paused at the first message, asked no more, nothing skipped; after `feedbridge test` all goes out, once and in order."""
    with Home(tmp_path, monkeypatch, chat=GROUP) as home:
        home.api.chats[GROUP].refusal = refusal
        first = home.tick()
        assert (first["code"], home.asked()) == (1, 1)
        assert refusal in first["shut"]["group"]
        assert home.tick()["code"] == 1
        home.pass_(minutes=4)
        home.tick()
        assert home.asked() == 1
        assert home.rows() == ["retry", "pending", "pending"]
        home.api.chats[GROUP].refusal = None
        assert home.command("test", "group").returncode == 0
        assert home.tick()["code"] == 0
        assert home.titles(GROUP)[1:] == home.newest()


def test_a_shut_chat_is_asked_again_by_itself(tmp_path, monkeypatch):
    """Later, with the message that waits first; one refusal more and it rests again, one success and it is open."""
    with Home(tmp_path, monkeypatch) as home:
        home.api.chats[CHAT].refusal = BLOCKED
        home.tick()
        home.pass_(hours=6, minutes=1)
        assert home.tick()["code"] == 1
        assert home.asked() == 2
        home.pass_(hours=6, minutes=1)
        home.api.chats[CHAT].refusal = None
        assert home.tick()["code"] == 0
        assert home.titles() == home.newest()


def test_what_came_late_goes_out_in_one_message(tmp_path, monkeypatch):
    """A chat that shuts us out for two days has one message with all that it missed, in order, and then single ones again."""
    with Home(tmp_path, monkeypatch) as home:
        home.api.chats[CHAT].refusal = BLOCKED
        home.tick()
        home.pass_(hours=50)
        home.api.chats[CHAT].refusal = None
        assert home.tick()["deliveries"]["dropped"] == 0
        [(_, message)] = home.api.chats[CHAT].messages.items()
        places = [message.text.find(title) for title in home.newest()]
        assert places == sorted(places)
        assert min(places) > 0
        assert home.rows() == ["sent"] * 3
        home.portal.advance()
        home.pass_(minutes=30)
        home.tick()
        assert len(home.titles()) > 1


def test_telegram_out_of_reach_for_a_day_and_a_half_loses_nothing(tmp_path, monkeypatch):
    """What waits dies of no number of tries, it is trouble from the sixth hour on, and comes when Telegram does, the late ones together."""
    with Home(tmp_path, monkeypatch) as home:
        there, nowhere = home.config.read_text("utf-8"), "http://127.0.0.1:9"
        home.config.write_text(there.replace(f'api_base = "{home.api.base}"', f'api_base = "{nowhere}"'), encoding="utf-8")
        assert home.config.read_text("utf-8") != there
        for number in range(24):
            figures = home.tick(now=False)
            assert (figures["code"], "failing" in figures["shut"].get("group", "")) == ((1, True) if number >= 4 else (0, False))
            home.pass_(hours=1.5)
        assert set(home.rows()) == {"retry", "pending"}
        home.config.write_text(there, encoding="utf-8")
        assert home.tick(now=False)["code"] == 0
        [(_, message)] = home.api.chats[CHAT].messages.items()
        assert all(title in message.text for title in home.newest())


def test_a_group_that_became_a_supergroup_is_followed_in_one_tick(tmp_path, monkeypatch):
    """Every message is in the new chat, the old id is asked once; it stays in the configuration and is not asked again."""
    with Home(tmp_path, monkeypatch, chat=-77) as home:
        home.api.chats[-77].migrated_to = GROUP
        home.api.chat(GROUP)
        assert home.tick()["code"] == 0
        assert home.titles(GROUP) == home.newest()
        assert home.query("SELECT configured, address FROM destinations") == [("-77", str(GROUP))]
        home.portal.advance()
        home.pass_(seconds=5)
        figures = home.tick()
        assert (figures["new"], figures["updated"], figures["code"]) == (2, 1, 0)
        assert [call.params["chat_id"] for call in home.api.calls].count("-77") == 1
        assert len(home.titles(GROUP)) == 5


def test_messages_go_into_the_topic_and_make_no_sound(tmp_path, monkeypatch):
    """A closed topic shuts the subscriber, and is named."""
    with Home(tmp_path, monkeypatch, chat=GROUP, chat_more="thread = 7\nsilent = true") as home:
        home.api.chats[GROUP].topics[7] = False
        assert "TOPIC_CLOSED" in home.tick()["shut"]["group"]
        home.api.chats[GROUP].topics[7] = True
        home.pass_(hours=7)
        assert home.tick()["code"] == 0
        assert [(m.thread, m.silent) for m in home.api.chats[GROUP].messages.values()] == [(7, True)] * 3


@pytest.mark.parametrize("images", ["preview", "upload"])
def test_a_withdrawn_article_is_struck_through(tmp_path, monkeypatch, images):
    """Not at the first 404, not before an hour has passed, and once; a photo's caption as well as a text."""
    with Home(tmp_path, monkeypatch, chat_more=f'images = "{images}"') as home:
        home.tick()
        gone = home.portal.withdraw(home.portal.stories[0].id)
        for minutes in (1, 30, 28):
            home.pass_(minutes=minutes)
            assert home.tick()["withdrawn"] == 0
        home.pass_(minutes=2)
        assert home.tick()["withdrawn"] == 1
        home.pass_(hours=2)
        home.tick()
        marked = [m for m in home.api.chats[CHAT].messages.values() if "已撤下" in m.text]
        assert [m.text.split("\n")[0] for m in marked] == [gone.title]
        assert [m.entities[0]["type"] for m in marked] == ["strikethrough"]
        assert len(marked[0].edits) == 1
        assert len(set(home.titles()) & {*home.newest(2), gone.title}) == len(home.titles()[:3]) == 3


def test_a_flood_wait_of_twelve_hours_is_kept(tmp_path, monkeypatch):
    """No tick, forced or not, asks that chat before its time; the other chat has all its messages; then everything comes, in order."""
    wait = Refusal(429, "Too Many Requests: retry after 43200", {"retry_after": 43_200})
    with Home(tmp_path, monkeypatch, more=OTHER.format(backfill=3)) as home:
        home.api.chat(42)
        home.api.script(Fault("error", refusal=wait), chat=CHAT)
        assert home.tick()["code"] == 0
        assert home.titles(42) == home.newest()
        asked = home.asked()
        for hours in (0, 1, 10.9):
            home.pass_(hours=hours)
            assert home.tick(now=True)["deliveries"]["sent"] == 0
        assert (home.asked(), home.rows("spent")) == (asked, [0, 0, 0])
        home.pass_(minutes=10)
        home.tick(now=False)
        assert home.titles() == home.newest()


def test_a_revoked_token_burns_nothing(tmp_path, monkeypatch, capsys):
    """Each chat is asked at most once a tick, no attempt is counted, the reason names the token's key and not the token."""
    with Home(tmp_path, monkeypatch, more=OTHER.format(backfill=3)) as home:
        home.api.chat(42)
        home.api.token = "123456789:AAnotherTokenThatBotFatherHasGivenOut000"
        for _ in range(3):
            figures = home.tick()
            assert figures["code"] == 1
            assert figures["closed"] == {"telegram": "Unauthorized: the bot's token or [telegram] api_base is wrong"}
            assert figures["notes"] == []
            home.pass_(minutes=1)
        assert TOKEN not in capsys.readouterr().err
        assert set(home.rows("spent") + home.rows("spent", "other")) == {0}
        assert not home.query("SELECT 1 FROM deliveries WHERE state = 'dead'")
        home.api.token = TOKEN
        home.pass_(minutes=16)
        assert home.tick(now=False)["code"] == 0
        assert home.titles() == home.titles(42) == home.newest()


def test_a_poisoned_article_dies_and_the_next_goes_out(tmp_path, monkeypatch):
    """It is dead with Telegram's own words, exit 1 in that tick only, and no message after it is held back."""
    with Home(tmp_path, monkeypatch) as home:
        home.api.script(Fault("error", refusal=Refusal(400, "Bad Request: the article is cursed")))
        assert home.tick()["code"] == 1
        assert home.titles() == home.newest()[1:]
        assert home.rows("state || ' ' || reason")[0] == "dead Bad Request: the article is cursed"
        assert home.tick()["code"] == 0


@pytest.mark.parametrize(("kind", "commit"), [("drop", True), ("bad-gateway", False)])
@pytest.mark.parametrize(("policy", "states"), [("resend", ["sent"] * 3), ("skip", ["sent"] * 2)])
def test_what_nobody_knows_is_resent_or_skipped_as_asked(tmp_path, monkeypatch, kind, policy, states, commit):
    """resend: never lost, at most one double. skip: never doubled, at most one lost, and the row says why."""
    with Home(tmp_path, monkeypatch, chat_more=f'on_uncertain = "{policy}"') as home:
        home.api.script(Fault(kind, commit=commit))
        home.tick()
        home.pass_(minutes=1)
        home.tick()
        first, *others = home.newest()
        copies = {"resend": 1 + commit, "skip": int(commit)}[policy]
        assert sorted(home.titles()) == sorted([first] * copies + others)
        assert home.rows() == states
        if policy == "skip":
            assert home.query("SELECT reason FROM deliveries WHERE state = 'skipped' AND attempts > 0")[0][0].startswith("it may have")


def test_our_own_pictures_arrive_and_their_captions_are_edited(tmp_path, monkeypatch):
    """The bytes that the portal serves; a correction edits the caption in place."""
    with Home(tmp_path, monkeypatch, backfill=20, size=20, chat_more='images = "upload"\ndigest_over = 0') as home:
        home.tick()
        pictured = {story.title: story.pictures[0].name for story in home.portal.stories if story.pictures}
        posted = {message.text.split("\n")[0]: message for message in home.api.chats[CHAT].messages.values()}
        assert {title: message.upload for title, message in posted.items() if message.photo} == {
            title: photo(name) for title, name in pictured.items()
        }
        story = next(story for story in home.portal.stories if story.pictures)
        home.portal.edit(story.id, title="更正:" + story.title)
        home.pass_(minutes=2)
        assert home.tick()["updated"] == 1
        assert home.api.calls[-1].method == "editMessageCaption"
        assert posted[story.title].text.startswith("更正:")


def test_a_portal_whose_pictures_telegram_cannot_fetch_still_has_pictures(tmp_path, monkeypatch):
    """One failed preview for each, our own upload after it, in one tick, and no attempt counted."""
    with Home(tmp_path, monkeypatch, backfill=20, size=20, chat_more="digest_over = 0") as home:
        pictured = [story for story in home.portal.stories if story.pictures]
        home.api.failing_urls.update(f"{home.portal.origin}/upload/{story.pictures[0].name}" for story in pictured)
        figures = home.tick()
        assert (figures["code"], figures["deliveries"]["sent"]) == (0, 20)
        assert sum(bool(message.upload) for message in home.api.chats[CHAT].messages.values()) == len(pictured)
        previews = [json.loads(call.params["link_preview_options"]).get("url") for call in home.api.calls if call.method == "sendMessage"]
        assert len(set(filter(None, previews))) == len(list(filter(None, previews))) == len(pictured)
        assert home.rows("MAX(spent)") == [0]


def test_a_hook_that_is_down_delays_no_chat(tmp_path):
    """One kind's trouble is not the other's."""
    with House(tmp_path) as house:
        house.hook.script(*[Reply(503, headers={"Retry-After": "3600"})] * 2)
        assert house.run()["code"] == 0
        assert len(house.posted()) == 2
        asked = len(house.hook.calls)
        house.run("--now")
        assert len(house.hook.calls) == asked
