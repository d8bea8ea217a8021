"""Who is told when something is wrong: operators, readers of the feed, and the dead man's switch."""

import json
from datetime import timedelta

import pytest
from stand_ins.clock import FakeClock
from stand_ins.house import House
from stand_ins.states import portal, sql
from stand_ins.web import Answer, Web

from bridge import lock
from bridge.steps.alert import DELIVERY_SIDE, PORTAL_SIDE, Alert
from bridge.stores import sqlite
from bridge.stores.times import ms

OPS = 4712
_MORE = """
[[operators]]
id = "ops"
kind = "telegram"
chat = "4712"

[[operators]]
id = "pager"
kind = "webhook"
url = "{hook}/ops"
secret = "env:TEST_SECRET"
"""


@pytest.fixture
def house(tmp_path):
    with House(tmp_path, revisit="[]", chat_more="incidents = true") as house:
        house.api.chat(OPS, "private", "值班")
        house.config.write_text(house.config.read_text("utf-8") + _MORE.format(hook=house.hook.base), encoding="utf-8")
        yield house


def told(house):
    """What stands in the operator's chat, oldest first."""
    return [message.text for _, message in sorted(house.api.chats[OPS].messages.items())]


def test_operators_are_told_from_the_second_bad_tick_once_and_when_it_is_over(house):
    house.run()
    house.portal.fail(house.portal.list_url, "captcha")
    assert house.run("--now")["code"] == 1 or not told(house)
    counts = [len(told(house))]
    for _ in range(3):
        house.run("--now")
        counts.append(len(told(house)))
    assert counts == [0, 1, 1, 1]
    assert "blocked" in told(house)[0]
    assert "feedbridge doctor city" in told(house)[0]
    house.portal.recover()
    house.portal.advance()
    house.run("--now")
    assert "well again" in told(house)[1]
    notices = house.events("operator.notice")
    assert [n["data"]["category"][1] for n in notices] == ["trouble", "recovered"]
    assert len({n["data"]["id"] for n in notices}) == 2


def test_one_bad_tick_is_told_to_nobody(house):
    house.run()
    house.portal.fail(house.portal.list_url, "captcha")
    house.run("--now")
    house.portal.recover()
    house.run("--now")
    assert told(house) == []
    assert house.query("SELECT told, closed_at IS NULL FROM incidents") == [(0, 0)]


def test_a_closed_chat_is_told_to_the_operator_in_the_same_tick(house):
    house.api.chats[4711].refusal = "Forbidden: bot was blocked by the user"
    figures = house.run()
    assert figures["code"] == 1
    assert ["group" in text and "paused" in text for text in told(house)] == [True]
    house.run("--now")
    assert len(told(house)) == 1


def test_a_long_incident_stands_in_the_feed_once_and_is_resolved_there(house):
    """Readers see one entry with one id; a chat that asked for incidents gets it, and its resolution as an edit."""
    house.config.write_text(house.config.read_text("utf-8").replace("[bridge]", '[bridge]\nincident_after = "1s"'), encoding="utf-8")
    house.run()
    house.portal.fail(house.portal.list_url, "captcha")
    for _ in range(4):
        house.later()
        house.run("--now")
    shown = [e for e in house.feed().entries if "订阅提示" in e.title]
    assert len(shown) == 1
    assert "暂时无法读取" in shown[0].title
    assert [t for t in house.posted() if "订阅提示" in t] == [shown[0].title]
    house.portal.recover()
    house.portal.advance()
    house.run("--now")
    after = [e for e in house.feed().entries if "订阅提示" in e.title]
    assert [(e.id, "已恢复" in e.title) for e in after] == [(shown[0].id, True)]
    assert json.loads(house.command("status", "--json").stdout)["portals"][0]["entries"] == len(house.feed().entries) - 1, "no article"
    assert not [t for t in house.events() if "订阅提示" in t["data"]["title"]], "the webhook did not ask for incidents"
    assert house.query("SELECT COUNT(*) FROM deliveries WHERE destination = 'hook' AND state = 'dead'") == [(0,)]


def test_the_heartbeat_is_called_after_good_ticks_only_and_its_address_is_told_to_nobody(tmp_path):
    with House(tmp_path, revisit="[]") as house, Web() as watchman:
        watchman.route("/ping/s3cr3t-uuid", Answer(b"OK"))
        house.environ["BEAT"] = watchman.url("/ping/s3cr3t-uuid")
        house.config.write_text(house.config.read_text("utf-8").replace("[bridge]", '[bridge]\nheartbeat = "env:BEAT"'), encoding="utf-8")
        assert house.run()["code"] == 0
        assert watchman.paths() == ["/ping/s3cr3t-uuid"]
        house.portal.fail(house.portal.list_url, "captcha")
        house.run("--now")
        assert house.run("--now")["code"] == 1
        calls = len(watchman.paths())
        house.portal.recover()
        house.run("--now")
        assert len(watchman.paths()) == calls + 1
        watchman.route("/ping/s3cr3t-uuid", Answer(status=500))
        figures = house.run("--now")
        assert figures["code"] == 0
        assert "heartbeat" in figures["stderr"]
        left = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
        assert b"s3cr3t-uuid" not in left
        assert "s3cr3t-uuid" not in figures["stderr"]


def test_a_tick_that_needs_somebody_or_cannot_be_calls_the_other_address(tmp_path):
    """Once a bad tick, also for a database that is none; never for a tick that finds the lock taken."""
    with House(tmp_path, revisit="[]") as house, Web() as watchman:
        keys = []
        for name in ("heartbeat", "heartbeat_fail"):
            watchman.route(f"/ping/{name}", Answer(b"OK"))
            house.environ[name.upper()] = watchman.url(f"/ping/{name}")
            keys.append(f'{name} = "env:{name.upper()}"')
        house.config.write_text(house.config.read_text("utf-8").replace("[bridge]", "\n".join(["[bridge]", *keys])), encoding="utf-8")
        house.run()
        house.portal.fail(house.portal.list_url, "captcha")
        assert [house.run("--now")["code"] for _ in range(3)] == [0, 1, 1]
        with lock.held(tmp_path / "state"):
            assert house.command("run", "--now").returncode == 75
        (tmp_path / "state" / "feedbridge.db").write_bytes(b"no database at all, but as long as one" * 100)
        assert house.command("run", "--now").returncode == 1
        assert watchman.paths() == ["/ping/heartbeat"] * 2 + ["/ping/heartbeat_fail"] * 3


class Desk:
    """Portal p and subscriber chat, and what operators are told of them, over a store alone."""

    def __init__(self, folder):
        self.store, self.clock = sqlite.connect(folder), FakeClock()
        self.store.outbox.configure([("ops", "webhook", "x"), ("chat", "telegram", "1")], self.clock.now())
        sql(self.store, "INSERT INTO portals (id, verdict, good_at) VALUES ('p', 'broken', ?)", ms(self.clock.now()))
        self.closed, self.worked, self.after = {}, set(), timedelta(days=9)

    def is_in(self, cause, bad_ticks=2):
        sql(self.store, "UPDATE portals SET cause = ?, detail = ?, bad_ticks = ?", cause, f"evidence of {cause}", bad_ticks)

    def look(self, *portals, minutes=0):
        """Titles of the notices after so many minutes."""
        self.clock.advance(timedelta(minutes=minutes))
        [(before,)] = sql(self.store, "SELECT COALESCE(MAX(uid), 0) FROM entries")
        for side in (PORTAL_SIDE, DELIVERY_SIDE):
            Alert(
                store=self.store, clock=self.clock, portals=[portal(name) for name in portals or ("p",)], operators=["ops"],
                incident_after=self.after, closed=self.closed, worked=self.worked,
            ).run(side)  # fmt: skip
        return [title for (title,) in sql(self.store, "SELECT title FROM entries WHERE uid > ? ORDER BY uid", before)]


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.store.close()


def test_a_cause_that_changes_soon_after_the_notice_is_told_an_hour_after_it(desk):
    """Once, and not when the cause of before has come back."""
    desk.is_in("layout")
    assert desk.look() == ["⚠ P (p): broken: layout"]
    desk.is_in("captcha")
    assert [desk.look(minutes=30), desk.look(minutes=29)] == [[], []]
    assert desk.store.portals.portal("p").cause == "captcha"
    assert desk.look(minutes=1) == ["⚠ P (p): broken: captcha"]
    desk.is_in("layout")
    assert desk.look(minutes=30) == []
    desk.is_in("captcha")
    assert desk.look(minutes=60) == []


def test_trouble_that_comes_back_within_a_day_is_told_when_it_lasts(desk):
    """Once; what is over sooner is not told, nor is its end."""
    desk.is_in("layout")
    assert len(desk.look()) == 1
    for hours, titles in ((5, []), (6, ["⚠ P (p): broken: layout"])):
        desk.is_in("", 0)
        desk.look(minutes=60)
        desk.is_in("layout")
        assert [desk.look(minutes=1), desk.look(minutes=60 * hours)] == [[], titles]
    assert desk.look(minutes=1440) == []
    desk.is_in("", 0)
    assert desk.look(minutes=1) == ["✓ P (p): well again"]


def test_troubles_of_one_cause_are_told_together_when_they_are_many(desk):
    """Beginning, reminder and end; two are told one by one, and so is another cause."""
    names = [*"abcdefghijklmno", *"ABCDEFGHIJ"]
    for name in names:
        sql(desk.store, "INSERT INTO portals (id, verdict, good_at) VALUES (?, 'broken', ?)", name, ms(desk.clock.now()))
    desk.is_in("unreachable")
    assert desk.look(*names, "p") == ["⚠ 26 portals: broken: unreachable"]
    text = desk.store.archive.entry(1).summary
    assert (text.count("evidence of unreachable"), "\nand 6 more\n" in text, "feedbridge status" in text) == (20, True, True)
    assert sql(desk.store, "SELECT destination FROM deliveries") == [("ops",)]
    sql(desk.store, "UPDATE portals SET cause = 'captcha' WHERE id IN ('a', 'b', 'c', 'd')")
    assert desk.look(*names, "p", minutes=1440) == ["⚠ 4 portals: broken: captcha", "⚠ 22 portals: broken: unreachable"]
    sql(desk.store, "UPDATE portals SET bad_ticks = 0, verdict = 'well' WHERE id IN ('a', 'b')")
    assert desk.look(*names, "p", minutes=5) == ["✓ A (a): well again", "✓ B (b): well again"]
    desk.is_in("", 0)
    assert sorted(desk.look(*names, "p", minutes=5)) == ["✓ 22 portals: well again", "✓ C (c): well again", "✓ D (d): well again"]
    assert desk.store.incidents.open() == []


@pytest.mark.parametrize("removed", [True, False])
def test_what_is_removed_from_the_configuration_is_not_told_to_be_well_again(desk, removed):
    """Portals, subscribers and kinds close without a word; those that stay and recover are told."""
    desk.is_in("layout")
    desk.closed = {"telegram": "token refused"}
    sql(desk.store, "UPDATE destinations SET state = 'paused', why = 'kicked' WHERE id = 'chat'")
    assert len(desk.look("p", "q")) == 3
    desk.closed = {}
    if removed:
        desk.store.outbox.configure([("ops", "webhook", "x")], desk.clock.now())
    else:
        desk.is_in("", 0)
        desk.worked = {"telegram"}
        sql(desk.store, "UPDATE destinations SET state = 'open'")
    told = desk.look(*(["q"] if removed else "pq"), minutes=5)
    assert sorted(told) == (
        [] if removed else ["✓ P (p): well again", "✓ every telegram subscriber: well again", "✓ subscriber chat: well again"]
    )
    assert desk.store.incidents.open() == []


def test_a_removed_portals_incident_leaves_its_feed_and_comes_back_with_it(desk):
    """Nobody knows whether it is over; the entry keeps its id."""
    desk.after = timedelta(0)
    desk.is_in("layout")
    desk.look()
    desk.look(minutes=1)
    shown = "SELECT id, withdrawn_at IS NULL, revision FROM entries WHERE kind = 'incident'"
    [(identifier, there, _)] = sql(desk.store, shown)
    assert there
    desk.look("q", minutes=5)
    assert sql(desk.store, shown) == [(identifier, 0, 1)]
    desk.look("p", "q", minutes=5)
    desk.look("p", "q", minutes=5)
    assert sql(desk.store, shown) == [(identifier, 1, 2)]
