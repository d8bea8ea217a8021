"""The commands that look and steer: status, why, deliveries, check, init, secret, preview, watch."""

import base64
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import tomllib

import pytest
from stand_ins.house import ROOT, House

from bridge.demo._server import Reply
from bridge.demo.botapi import Fault, Refusal


def feedbridge(*words, cwd=None, **more):
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.run([sys.executable, "-m", "bridge", *words], capture_output=True, text=True, cwd=cwd, env=env, check=False, **more)


def test_status_says_what_is_wrong_and_first_that(tmp_path):
    with House(tmp_path) as house:
        assert "no tick has run yet" in house.command("status").stdout
        house.run()
        house.portal.fail("*", "500")
        house.run("--now")
        facts = json.loads(house.command("status", "--json").stdout)
        assert (facts["portals"][0]["verdict"], facts["portals"][0]["entries"]) == ("broken", house.size)
        assert {s["id"]: s["sent"] for s in facts["subscribers"]} == {"group": 2, "hook": 2}
        assert "http-500" in house.command("status").stdout


def test_status_needs_no_secret(tmp_path):
    with House(tmp_path) as house:
        house.run()
        del house.environ["TEST_TOKEN"], house.environ["TEST_SECRET"]
        assert house.command("status").returncode == 0


def test_why_tells_every_stage_of_an_article(tmp_path):
    with House(tmp_path) as house:
        house.hook.script(Reply(500, body=b"out of order"))
        house.run()
        story = house.portal.stories[1]
        by_address = json.loads(house.command("why", house.portal.address(story.id), "--json").stdout)
        by_id = json.loads(house.command("why", by_address["entry"]["id"], "--json").stdout)
        assert by_address["entry"] == by_id["entry"]
        hook = [d for d in by_address["deliveries"] if d["subscriber"] == "hook"]
        assert hook[0]["attempts"][0]["outcome"] == "later"
        assert hook[0]["attempts"][0]["code"] == "500"
        old = json.loads(house.command("why", house.portal.address(house.portal.stories[5].id), "group", "--json").stdout)
        assert old["deliveries"][0]["state"] == "skipped"
        assert "backfill 2" in old["deliveries"][0]["why"]
        unknown = house.command("why", "http://nowhere.example/1")
        assert unknown.returncode == 1
        assert "no list page that was read has shown it" in unknown.stdout


def test_deliveries_are_listed_shown_retried_and_dropped(tmp_path):
    with House(tmp_path) as house:
        house.api.script(*[Fault("error", refusal=Refusal(400, "Bad Request: something odd"))] * 2)
        figures = house.run()
        assert figures["deliveries"]["dead"] == 2
        assert figures["code"] == 1
        dead = [json.loads(line) for line in house.command("deliveries", "list", "--state", "dead", "--json").stdout.splitlines()]
        assert len(dead) == 2
        shown = json.loads(house.command("deliveries", "show", str(dead[0]["id"]), "--json").stdout)
        assert "something odd" in shown["reason"]
        assert house.command("deliveries", "retry", "--failed", "--dest", "group").returncode == 0
        house.run()
        assert len(house.posted()) == 2
        assert shown["key"] == json.loads(house.command("deliveries", "show", str(dead[0]["id"]), "--json").stdout)["key"]


def test_what_was_dropped_is_not_sent(tmp_path):
    with House(tmp_path) as house:
        house.hook.script(*[Reply(500)] * 9)
        house.run()
        assert house.command("deliveries", "drop", "--dest", "hook", "--waiting").returncode == 0
        house.hook.calls.clear()
        house.run("--now")
        assert house.hook.calls == []


def test_a_replay_keeps_the_ids_and_adds_what_was_never_owed(tmp_path):
    with House(tmp_path) as house:
        house.run()
        before = {call.id for call in house.hook.calls}
        house.hook.calls.clear()
        trial = house.command("deliveries", "replay", "--dest", "hook", "--since", "1h", "--dry-run")
        assert trial.returncode == 0
        assert house.command("deliveries", "replay", "--dest", "hook", "--since", "1h").returncode == 0
        house.run()
        after = [call.id for call in house.hook.calls]
        assert before <= set(after)
        assert len(after) == len(set(after)) == house.size


def test_more_articles_than_a_chat_wants_go_out_as_one_digest(tmp_path):
    with House(tmp_path, backfill=20, chat_more="digest_over = 5") as house:
        figures = house.run()
        assert figures["code"] == 0
        text = "\n".join(message.text for message in house.messages)
        titles = [e["data"]["title"] for e in house.events()]
        assert len(titles) == house.size
        assert all(text.count(title) == 1 for title in titles)
        assert len(house.messages) <= 3
        [(rows, carriers)] = house.query(
            "SELECT COUNT(*), COUNT(DISTINCT digest) FROM deliveries WHERE destination = 'group' AND state = 'sent'"
        )
        assert (rows, carriers) == (house.size, 1)
        house.portal.advance()
        house.later()
        again = house.run("--now")
        assert (again["updated"], again["deliveries"]["dead"], again["code"]) == (1, 0, 0)
        assert len(house.messages) <= 5


def test_secret_prints_a_secret_that_check_accepts(tmp_path):
    secret = feedbridge("secret").stdout.strip()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert secret != feedbridge("secret").stdout.strip()


def test_init_writes_a_configuration_that_is_good(tmp_path):
    done = feedbridge("init", "--yes", "--url", "http://news.example.cn/", "--title", '引号"和\\斜线', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert feedbridge("check", cwd=tmp_path).returncode == 0
    assert feedbridge("init", "--yes", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("said", "title", "zone"),
    [
        ("", "唐山信息网", "Asia/Shanghai"),
        ("http://a.cn/\n报", "报", "Asia/Shanghai"),
        ("http://a.cn/\n", "a.cn", "Asia/Shanghai"),
        ("\n\nUTC\n", "唐山信息网", "UTC"),
    ],
)
def test_init_takes_its_answers_from_a_pipe_and_the_defaults_for_the_rest(tmp_path, said, title, zone):
    done = feedbridge("init", cwd=tmp_path, input=said)
    assert (done.returncode, done.stdout) == (0, ""), "questions are no data"
    assert "title of its feed" in done.stderr
    [portal] = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))["portals"]
    assert (portal["title"], portal["timezone"]) == (title, zone)


@pytest.mark.parametrize(("keys", "code", "word"), [(b"\x04", 130, "stopped"), (b"\xff\n\n\n\n\n", 2, "no text")])
def test_init_that_is_left_or_gets_no_text_is_one_line_and_writes_nothing(tmp_path, keys, code, word):
    ours, its = pty.openpty()
    line = [sys.executable, "-m", "bridge", "init"]
    process = subprocess.Popen(
        line, stdin=its, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    os.write(ours, keys)
    said = process.communicate(timeout=30)[1]
    os.close(ours)
    os.close(its)
    assert (process.returncode, "Traceback" in said, word in said) == (code, False, True), said
    assert list(tmp_path.iterdir()) == []


def test_check_answers_programs(tmp_path):
    with House(tmp_path) as house:
        assert json.loads(house.command("check", "--json").stdout)["ok"] is True
        house.config.write_text(house.config.read_text("utf-8").replace("backfill = 2", "backfill = -2"), encoding="utf-8")
        done = house.command("check", "--json")
        assert done.returncode == 2
        assert json.loads(done.stdout)["faults"][0]["key"] == "subscribers[0].backfill"


def test_watch_does_the_job_and_stops_cleanly(tmp_path):
    with House(tmp_path) as house:
        line = [sys.executable, "-m", "bridge", "watch", "--config", str(house.config)]
        process = subprocess.Popen(line, env=house.environ, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while len(house.posted()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said
        assert "stopped" in said
        assert len(house.posted()) == 2
        assert house.query("PRAGMA integrity_check") == [("ok",)]


def test_watch_ends_at_once_when_it_is_asked_twice(tmp_path):
    """It waits for a portal that hangs, but not against the will of who presses Ctrl-C again; the next tick goes on."""
    with House(tmp_path, revisit="[]") as house:
        house.portal.fail(house.portal.list_url, "hang")
        line = [sys.executable, "-m", "bridge", "watch", "--config", str(house.config)]
        process = subprocess.Popen(line, env=house.environ, stderr=subprocess.PIPE, text=True)
        while not house.portal.count(house.portal.list_url):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=15)[1]
        assert process.returncode == -signal.SIGINT
        house.portal.recover()
        assert house.run("--now")["new"] == house.size
        assert len(house.posted()) == 2


@pytest.mark.parametrize("what", ["list", "article"])
def test_preview_streams_json_lines_in_order(tmp_path, what):
    with House(tmp_path) as house:
        address = house.portal.list_url if what == "list" else house.portal.address(house.portal.stories[0].id)
        body = house.portal.answer(address[len(house.portal.origin) :]).body
        good = json.dumps({"html_b64": base64.b64encode(body).decode(), "url": address})
        asked = "\n".join([good, "not json", json.dumps({"html_b64": "", "url": "http://a.cn/1"}), good]) + "\n"
        done = feedbridge("preview", what, "--json", "--stdin", input=asked)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [("error" in answer) for answer in answers] == [False, True, True, False]
        assert answers[0] == answers[3]
        if what == "article":
            assert answers[0]["title"] == house.portal.stories[0].title
            assert answers[0]["published"] == house.portal.stories[0].published.isoformat()
            assert answers[0]["published_precision"] == "second"
        else:
            assert len(answers[0]["links"]) == house.size


def test_preview_reads_files_and_addresses_for_people(tmp_path):
    with House(tmp_path) as house:
        story = house.portal.stories[0]
        address = house.portal.address(story.id)
        page = tmp_path / "page.html"
        page.write_bytes(house.portal.answer(address[len(house.portal.origin) :]).body)
        from_file = feedbridge("preview", "article", str(page), "--url", address)
        assert story.title in from_file.stdout
        refused = feedbridge("preview", "article", address)
        assert refused.returncode == 1
        assert "address-refused" in refused.stderr
        fetched = feedbridge("preview", "list", house.portal.list_url, "--allow", "127.0.0.0/8", "--json")
        assert len(json.loads(fetched.stdout)["links"]) == house.size


@pytest.mark.parametrize(
    "words", [["article", "--json", "PAGE", "PAGE"], ["article", "PAGE", "--json", "PAGE"], ["article", "PAGE", "PAGE", "--json"]]
)
def test_preview_takes_its_targets_wherever_they_stand(tmp_path, words):
    """Before, between and behind options, in their order; a misspelt option is still an error."""
    page = tmp_path / "page.html"
    page.write_text("<h1>The bridge is closed</h1><p>The council closed the old bridge on Monday, and nobody knows for how long.</p>")
    done = feedbridge("preview", *(str(page) if word == "PAGE" else word for word in words))
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["The bridge is closed"] * 2
    assert feedbridge("preview", "article", "--jsn", str(page)).returncode == 2


def test_an_unknown_name_is_one_line_and_exit_2(tmp_path):
    with House(tmp_path) as house:
        early = house.command("deliveries", "list")
        assert (early.returncode, early.stderr.count("\n")) == (2, 1)
        house.run()
        for words in (["run", "--portal", "nope"], ["test", "nope"], ["why", "x", "nope"], ["deliveries", "list", "--dest", "nope"]):
            done = house.command(*words)
            assert (done.returncode, done.stderr.count("\n")) == (2, 1), words
            assert "nope" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["deliveries", "list", "--since", "99999999d"],
        ["deliveries", "show", "99999999999999999999"],
        ["deliveries", "list", "--limit", "-1"],
        ["deliveries", "replay", "--dest", "hook", "--since", "1h", "--failed", "--missing"],
        ["why", ""],
        ["run", "--budget", "0"],
        ["preview", "list"],
    ],
)
def test_odd_words_are_one_usage_error(tmp_path, words):
    with House(tmp_path) as house:
        (tmp_path / "state").mkdir()
        from bridge.stores import sqlite

        sqlite.connect(tmp_path / "state").close()
        done = house.command(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_odd_addresses_are_no_traceback(tmp_path):
    with House(tmp_path) as house:
        house.run()
        assert house.command("why", "http://[::1").returncode == 1


def test_init_leaves_nothing_behind_when_an_answer_is_wrong(tmp_path):
    assert feedbridge("init", "--yes", "--url", "not a url", cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_log_line_for_machines_is_one_json_object(tmp_path):
    with House(tmp_path) as house:
        done = house.command("run", "--log-format", "json")
        [line] = done.stderr.splitlines()
        assert (json.loads(line)["event"], json.loads(line)["new"]) == ("tick", house.size)


def test_streams_that_are_closed_full_or_of_another_encoding_stop_no_command(tmp_path):
    """As cron, a closed terminal, a full disk and an old locale have them: no traceback, and the work is done."""
    with House(tmp_path, revisit="[]") as house:
        line = f'"{sys.executable}" -m bridge %s --config "{house.config}"'

        def shell(words, streams="", **environ):
            script = line % words + streams
            env = house.environ | environ
            return subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=env, cwd=tmp_path, check=False, timeout=60)

        assert shell("run", " <&- >&- 2>&-").returncode == 0
        assert len(house.posted()) == 2
        for words, streams in [("run --now", " 2>/dev/full"), ("run --now --json", " 2>&-"), ("status", " >&-")]:
            done = shell(words, streams)
            assert (done.returncode, done.stderr) == (0, ""), (words, done)
        full = shell("status", " >/dev/full")
        assert (full.returncode, full.stderr) == (1, "feedbridge: output: No space left on device\n")
        old = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
        assert "\\u67f3\\u6e21" in shell("status", **old).stdout
        assert json.loads(shell("status --json", **old).stdout)["portals"][0]["title"] == "柳渡信息网"
