"""The main job end to end: portal → feed, chat and hook, over real sockets, in processes of their own."""

import json
from pathlib import Path

import pytest
from stand_ins.house import House
from stand_ins.portals import themes

from bridge.demo._server import Reply
from bridge.demo.botapi import Fault

THEMES = sorted(themes())


@pytest.mark.parametrize("name", THEMES)
def test_two_ticks_give_every_article_once_everywhere(tmp_path, name):
    """The first tick publishes all and pushes the backfill; the second nothing; then two new ones and one edit, and just those."""
    with House(tmp_path, themes()[name](), backfill=3) as house:
        first = house.run()
        assert (first["code"], first["new"]) == (0, house.size)
        titles = [entry.title for entry in house.feed().entries]
        assert len(titles) == first["new"] == len(set(titles))
        assert house.posted() == [event["data"]["title"] for event in house.events()]
        assert len(house.posted()) == 3
        before = {
            path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "state" / "public").rglob("*") if path.is_file()
        }

        second = house.run("--now")
        assert (second["new"], second["updated"], second["deliveries"]["sent"], second["files"]) == (0, 0, 0, [])
        assert before == {
            path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "state" / "public").rglob("*") if path.is_file()
        }

        fresh = house.portal.advance()
        house.later()
        third = house.run("--now")
        assert (third["new"], third["updated"], third["code"]) == (2, 1, 0), third
        assert house.posted()[3:] == [story.title for story in sorted(fresh, key=lambda story: story.published)]
        assert [len(message.edits) for message in house.messages].count(1) == 1
        assert len(house.events("article.updated")) == 1
        assert len(house.events("article.published")) == 5


@pytest.mark.parametrize("name", THEMES)
def test_entries_say_what_the_portal_says(tmp_path, name):
    with House(tmp_path, themes()[name]()) as house:
        house.run()
        stories = {story.title: story for story in house.portal.stories}
        entries = json.loads(house.public("city.json").read_text("utf-8"))["items"]
        for entry in entries:
            story = stories[entry["title"]]
            assert entry["date_published"][:16] == story.published.isoformat()[:16], entry["title"]
            assert "热门资讯" not in entry["content_html"]
            assert "Powered By" not in entry["content_html"]


def test_a_rebuild_of_every_page_is_no_edit(tmp_path):
    with House(tmp_path) as house:
        house.run()
        house.portal.rebuild()
        house.later()
        again = house.run("--now")
        assert (again["new"], again["updated"], again["files"]) == (0, 0, [])


def test_a_quiet_tick_asks_conditionally_and_once(tmp_path):
    with House(tmp_path, revisit="[]") as house:
        house.run()
        house.portal.forget()
        house.run("--now")
        assert [(seen.conditional, seen.status) for seen in house.portal.requests] == [(True, 304)]


def test_nothing_is_asked_before_the_interval_is_over(tmp_path):
    with House(tmp_path, revisit="[]") as house:
        house.run()
        house.portal.forget()
        assert house.run()["requests"] == 0
        assert house.portal.requests == []


def test_a_dry_run_records_and_sends_nothing(tmp_path):
    with House(tmp_path) as house:
        done = house.command("run", "--dry-run")
        assert done.returncode == 0, done.stderr
        assert house.portal.stories[0].title[:8] in done.stderr
        assert house.messages == house.events() == []
        assert not house.public("city.rss").exists()
        assert house.run()["new"] == house.size


def test_a_failing_receiver_stops_no_other_and_loses_nothing(tmp_path):
    with House(tmp_path) as house:
        house.hook.script(*[Reply(500)] * 2)
        first = house.run()
        assert len(house.posted()) == 2
        assert first["deliveries"]["dead"] == 0
        house.run("--now")
        house.run("--now")
        assert sorted(event["data"]["title"] for event in house.events()) == sorted(house.posted())
        ids = [call.id for call in house.hook.calls]
        assert len(set(ids)) == 2


def test_what_may_have_been_taken_is_known_to_be_uncertain(tmp_path):
    with House(tmp_path, backfill=1) as house:
        house.api.script(Fault("drop"))
        figures = house.run()
        assert figures["deliveries"]["uncertain"] == 1
        assert [outcome for (outcome,) in house.query("SELECT outcome FROM attempts WHERE destination = 'group'")] == ["unsure", "sent"]
        assert len(house.posted()) == 2


def test_a_chat_that_throws_us_out_is_paused_and_named(tmp_path):
    with House(tmp_path) as house:
        house.api.chats[4711].refusal = "Forbidden: bot was blocked by the user"
        figures = house.run()
        assert figures["code"] == 1
        assert "group" in figures["shut"]
        assert len(house.events()) == 2
        house.api.chats[4711].refusal = None
        assert house.command("test", "group").returncode == 0
        house.run("--now")
        assert [title for title in house.posted() if "test" not in title.lower() and "测试" not in title] == [
            e["data"]["title"] for e in house.events()
        ]


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("empty", "empty"),
        ("captcha", "blocked"),
        ("login", "login"),
        ("parking", "parking"),
        ("binary", "not-html"),
        ("cut", "cut-off"),
        ("500", "http-500"),
        ("404", "http-404"),
        ("loop", "redirect"),
        ("gzip", "bad-encoding"),
        ("huge", "too-large"),
    ],
)
def test_a_list_page_gone_bad_is_named_and_changes_no_feed(tmp_path, how, cause):
    with House(tmp_path, revisit="[]") as house:
        house.run()
        before = house.public("city.rss").read_bytes()
        house.portal.rebuild()
        house.portal.fail(house.portal.list_url, how)
        codes = [house.run("--now")["code"] for _ in range(2)]
        assert house.public("city.rss").read_bytes() == before
        assert codes[-1] == 1
        [(found, detail)] = house.query("SELECT cause, detail FROM portals WHERE id = 'city'")
        assert cause in f"{found} {detail}"
        house.portal.recover()
        assert house.run("--now")["code"] == 0


def test_an_article_page_that_became_a_login_is_a_fault_not_an_edit(tmp_path):
    with House(tmp_path) as house:
        house.run()
        story = house.portal.stories[0]
        house.portal.fail(house.portal.address(story.id), "login")
        house.portal.rebuild()
        house.later()
        figures = house.run("--now")
        assert figures["updated"] == 0
        assert [e for e in house.feed().entries if e.title == story.title]


def test_an_overlapping_run_exits_75(tmp_path):
    from bridge import lock

    with House(tmp_path) as house, lock.held(tmp_path / "state"):
        done = house.command("run")
        assert done.returncode == 75
        assert "another tick is running" in done.stderr


def test_the_budget_ends_a_tick_cleanly_and_the_next_goes_on(tmp_path):
    with House(tmp_path, revisit="[]", size=20) as house:
        text = house.config.read_text("utf-8").replace('gap = "0s"', 'gap = "250ms"')
        house.config.write_text(text, encoding="utf-8")
        first = house.run("--budget", "4")
        assert 0 < first["new"] < house.size
        assert first["left"] == house.size - first["new"]
        total = first["new"]
        while total < house.size:
            total += house.run("--budget", "4")["new"]
        assert total == house.size
        house.run()
        assert len(house.posted()) == 2


@pytest.mark.parametrize("what", ["newer", "corrupt", "foreign", "read-only folder"])
def test_a_database_that_cannot_be_used_is_named(tmp_path, what):
    import sqlite3

    with House(tmp_path) as house:
        house.run("--portal", "city")
        file = tmp_path / "state" / "feedbridge.db"
        if what == "newer":
            sqlite3.connect(file).execute("PRAGMA user_version = 99").connection.close()
        elif what == "corrupt":
            for extra in Path(tmp_path / "state").glob("feedbridge.db-*"):
                extra.unlink()
            file.write_bytes(b"not a database at all, not even nearly" * 99)
        elif what == "foreign":
            sqlite3.connect(file).execute("PRAGMA application_id = 7").connection.close()
        else:
            file.unlink()
            file.mkdir()
        done = house.command("run")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "feedbridge.db" in done.stderr


def test_nothing_secret_is_left_behind(tmp_path):
    """Neither the token nor the secret is in any file, row or output of a run, a failing one included."""
    with House(tmp_path) as house:
        house.api.script(Fault("garbage"))
        outputs = [house.run(), house.run("--now"), house.command("status"), house.command("test", "group"), house.command("test", "hook")]
        secrets = [house.environ["TEST_TOKEN"], house.environ["TEST_SECRET"], house.environ["TEST_TOKEN"].split(":")[1]]
        blobs = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        for secret in secrets:
            assert not any(secret.encode() in blob for blob in blobs)
            assert not any(secret in str(output) for output in outputs)


def test_a_hanging_list_page_is_named_and_does_not_hold_up_the_tick(tmp_path):
    with House(tmp_path, revisit="[]") as house:
        text = house.config.read_text("utf-8").replace('gap = "0s"', 'gap = "0s"\ntimeout = "1s"')
        house.config.write_text(text, encoding="utf-8")
        house.run()
        house.portal.fail(house.portal.list_url, "hang")
        figures = house.run("--now")
        assert figures["seconds"] < 30
        [(cause, detail)] = house.query("SELECT cause, detail FROM portals WHERE id = 'city'")
        assert (cause, "timeout" in detail) == ("unreachable", True)


def test_one_bad_portal_stops_no_other(tmp_path):
    """A portal that hangs, one that nobody serves and a good one, in one tick: the good one is read and pushed."""
    more = """
[[portals]]
id = "nowhere"
title = "nobody listens there"
url = "http://127.0.0.1:9/"

[[portals]]
id = "forbidden"
title = "not a public address, and not exempted"
url = "http://10.1.2.3/"
"""
    with House(tmp_path, more=more, revisit="[]") as house:
        figures = house.run()
        assert figures["new"] == house.size
        assert set(figures["bad"]) == {"nowhere", "forbidden"}
        assert figures["bad"]["forbidden"].startswith("refused: http://10.1.2.3/: address-refused")
        assert figures["code"] == 1
        assert len(house.posted()) == 2
        assert sorted(p.name for p in house.public(".").glob("*.rss")) == ["all.rss", "city.rss", "forbidden.rss", "nowhere.rss"]


def test_a_full_disk_is_named_and_loses_nothing(tmp_path):
    """The largest file a process may write stands for the full disk: the database refuses, and says so."""
    import resource

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))

    with House(tmp_path) as house:
        done = house.command("run", preexec_fn=small)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "feedbridge.db" in done.stderr
        house.run("--now")
        assert len(house.feed().entries) == house.size
        assert sorted(house.posted()) == sorted({e["data"]["title"] for e in house.events()})


def test_a_poisoned_article_costs_itself_and_no_other(tmp_path):
    """Control characters, a lone surrogate's bytes and a NUL in one title: that title loses them, the feed stands."""
    with House(tmp_path) as house:
        story = house.portal.stories[2]
        house.portal.edit(story.id, title=story.title[:6] + "\x01\x0b\ufffe" + story.title[6:])
        house.run()
        titles = [entry.title for entry in house.feed().entries]
        assert len(titles) == house.size
        assert any(title.startswith(story.title[:6]) for title in titles)


def test_feeds_that_cannot_be_written_keep_no_message_back(tmp_path):
    with House(tmp_path) as house:
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / "public").write_text("in the way", encoding="utf-8")
        figures = house.run()
        assert (figures["code"], len(house.posted())) == (1, 2)
        assert "public" in figures["faults"]["city"]
        (tmp_path / "state" / "public").unlink()
        assert house.run()["code"] == 0
        assert len(house.feed().entries) == house.size


def test_a_portal_that_says_404_for_a_while_loses_no_article(tmp_path):
    """Withdrawn after two looks an hour apart; back, under its own id, when the page is."""
    with House(tmp_path) as house:
        house.run()
        guids = {entry.title: entry.id for entry in house.feed().entries}
        story = house.portal.stories[3]
        house.portal.fail(house.portal.address(story.id), "404")
        house.later()
        house.run("--now")
        for _ in range(2):
            rewind(tmp_path, "UPDATE links SET gone_at = gone_at - 3700000, due_at = 0 WHERE gone_at IS NOT NULL")
            figures = house.run("--now")
        assert story.title not in {entry.title for entry in house.feed().entries}
        house.portal.recover()
        rewind(tmp_path, "UPDATE links SET due_at = 0 WHERE gone_at IS NOT NULL")
        figures = house.run("--now")
        assert figures["updated"] == 1
        assert {entry.title: entry.id for entry in house.feed().entries} == guids


def test_an_article_whose_page_was_never_there_is_published_from_its_line(tmp_path):
    """After hours of 404, and only while the list shows it; the page is taken, as an edit, when it comes."""
    with House(tmp_path, backfill=8, chat_more="digest_over = 0") as house:
        listed, taken = house.portal.stories[2:4]
        for story in (listed, taken):
            house.portal.fail(house.portal.address(story.id), "404")
        assert house.run()["new"] == house.size - 2
        house.portal.withdraw(taken.id)
        house.run("--now")
        for hours in (1.1, 1.1):
            rewind(tmp_path, f"UPDATE links SET gone_at = gone_at - {hours * 3_600_000}, due_at = 0 WHERE gone_at IS NOT NULL")
            assert listed.title not in {entry.title for entry in house.feed().entries}
            house.run("--now")
        entries = {entry.title: entry for entry in house.feed().entries}
        assert listed.title in entries
        assert taken.title not in entries
        rewind(tmp_path, "UPDATE links SET due_at = 0 WHERE gone_at IS NOT NULL")
        assert house.run("--now")["withdrawn"] == 0
        house.portal.recover()
        rewind(tmp_path, "UPDATE links SET due_at = 0 WHERE gone_at IS NOT NULL")
        assert house.run("--now")["updated"] == 1
        [(whole, guid)] = [(e.content[0].value, e.id) for e in house.feed().entries if e.title == listed.title]
        assert (guid, len(whole) > 200) == (entries[listed.title].id, True)
        assert house.posted().count(listed.title) == 1


def test_a_list_page_that_must_wait_stops_no_other_and_stands_as_trouble(tmp_path):
    """A host that answers 429 with a long Retry-After is trouble from the second interval on, though it is not asked again."""
    with House(tmp_path, revisit="[]") as house:
        house.run()
        house.portal.fail(house.portal.list_url, "429")
        house.run("--now")
        rewind(tmp_path, "UPDATE portals SET checked_at = checked_at - 3600000, due_at = 0 WHERE id = 'city'")
        rewind(tmp_path, "UPDATE hosts SET hold_until = hold_until + 86400000 WHERE hold_until IS NOT NULL")
        house.portal.forget()
        assert house.run("--now")["code"] == 1
        assert house.portal.requests == []


def test_a_clock_that_was_ahead_does_not_silence_a_portal(tmp_path):
    with House(tmp_path, revisit="[]") as house:
        house.run()
        rewind(tmp_path, "UPDATE portals SET due_at = due_at + 315360000000 WHERE id = 'city'")
        assert house.run()["requests"] == 1


def rewind(folder, statement):
    """Time passes, in the database."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "state" / "feedbridge.db")) as db, db:
        db.execute(statement)
