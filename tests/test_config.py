"""config.toml: every fault is found, at once, with its line, key and fix; nothing is touched meanwhile."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.cli import main
from bridge.config import duration, load
from bridge.errors import ConfigError
from bridge.model import Secret

GOOD = """
[bridge]
state = "state"
base_url = "https://feeds.example.org"

[[portals]]
id = "tangshan"
title = "唐山信息网"
url = "http://www.china0315.com/"
"""
HOOK = """
[[subscribers]]
id = "archive"
kind = "webhook"
url = "https://example.org/hook"
secret = "env:ARCHIVE_SECRET"
portals = ["tangshan"]
"""
SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
CHAT = """
[telegram]
token = "env:TELEGRAM_TOKEN"

[[subscribers]]
id = "group"
kind = "telegram"
chat = "-1001234567890"
portals = ["tangshan"]
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    monkeypatch.delenv("ARCHIVE_SECRET", raising=False)

    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def faults_of(path):
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value.faults


def test_the_shipped_configuration_is_good_without_any_secret():
    config = load(Path(__file__).parent.parent / "config.toml")
    assert [p.id for p in config.portals] == ["tangshan"]
    assert config.portals[0].revisit[-1] == timedelta(days=7)


def test_paths_are_relative_to_the_file_and_base_url_ends_with_a_slash(write, tmp_path):
    config = load(write(GOOD))
    assert config.public == tmp_path / "state" / "public"
    assert config.bridge.base_url == "https://feeds.example.org/"


def test_a_secret_comes_from_the_environment_or_a_file_and_never_shows(write, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_SECRET", SECRET)
    from_env = load(write(GOOD + HOOK))
    (tmp_path / "secret").write_text(SECRET + "\r\n", encoding="utf-8-sig")
    from_file = load(write(GOOD + HOOK.replace("env:ARCHIVE_SECRET", "file:secret")))
    assert from_env.subscribers[0].settings.secret == from_file.subscribers[0].settings.secret == Secret(SECRET)
    assert SECRET not in repr(from_env)


def test_a_literal_secret_works_with_a_warning_that_does_not_show_it(write):
    config = load(write(GOOD + HOOK.replace("env:ARCHIVE_SECRET", SECRET)))
    assert len(config.warnings) == 1
    assert re.match(r".*config\.toml:\d+: subscribers\[0\]\.secret: the secret stands in the file itself", config.warnings[0])
    assert SECRET not in config.warnings[0]


BROKEN = [
    ("unknown key", GOOD.replace("title", "titel"), "portals[0].titel", 8, "did you mean `title`?"),
    ("missing key", GOOD.replace('id = "tangshan"', ""), "portals[0].id", 6, "is missing"),
    ("unknown table", GOOD + "\n[telegramm]\n", "telegramm", 11, "did you mean `telegram`?"),
    ("wrong type", GOOD + "interval = 15\n", "portals[0].interval", 10, "not a duration"),
    ("number for text", GOOD.replace('"唐山信息网"', "7"), "portals[0].title", 8, "is 7, not a string"),
    ("text for list", GOOD + 'lists = "http://a.cn/"\n', "portals[0].lists", 10, "not a list"),
    ("bad duration", GOOD + 'interval = "15 minutes"\n', "portals[0].interval", 10, "not a duration"),
    ("zero interval", GOOD + 'interval = "0s"\n', "portals[0].interval", 10, "not longer than zero"),
    ("unknown zone", GOOD + 'timezone = "Asia/Tangshan"\n', "portals[0].timezone", 10, "no zone is called"),
    ("zone that is a path", GOOD + 'timezone = "../etc/passwd"\n', "portals[0].timezone", 10, "no zone is called"),
    ("scheme", GOOD.replace("http://www", "ftp://www"), "portals[0].url", 9, "not an http(s) address"),
    ("credentials in address", GOOD.replace("http://www", "http://u:p@www"), "portals[0].url", 9, "not an http(s) address"),
    ("id that is a path", GOOD.replace('"tangshan"', '"../x"'), "portals[0].id", 7, "cannot be a file name"),
    ("unknown profile", GOOD + 'profile = "nope"\n', "portals[0].profile", 10, "is not a profile"),
    ("unknown charset", GOOD + 'charset = "klingon"\n', "portals[0].charset", 10, "no charset is called"),
    ("language with an underscore", GOOD + 'language = "zh_CN"\n', "portals[0].language", 10, "is no language that feed readers know"),
    ("unknown selector", GOOD + 'select = { bodi = "div" }\n', "portals[0].select.bodi", 10, "did you mean `body`?"),
    ("duplicate id", GOOD + GOOD.split("\n\n")[1], "portals[1].id", 11, "is used twice"),
    ("portal nobody defines", GOOD + HOOK.replace('["tangshan"]', '["tangsham"]'), "subscribers[0].portals", 16, "no portal is called"),
    ("unknown kind", GOOD + HOOK.replace('"webhook"', '"pager"'), "subscribers[0].kind", 13, "is not a kind of subscriber"),
    (
        "all of an unknown kind",
        GOOD + HOOK.replace('"webhook"', '"pager"') + "backfill = -3\n",
        "subscribers[0].backfill",
        17,
        "is negative",
    ),
    ("secret not set", GOOD + HOOK, "subscribers[0].secret", 15, "ARCHIVE_SECRET is not set"),
    ("token not set", GOOD + CHAT, "telegram.token", 12, "TELEGRAM_TOKEN is not set"),
    ("secret file missing", GOOD + HOOK.replace("env:ARCHIVE_SECRET", "file:none"), "subscribers[0].secret", 15, "cannot be read"),
    ("secret file empty", GOOD + HOOK.replace("env:ARCHIVE_SECRET", "file:/dev/null"), "subscribers[0].secret", 15, "/dev/null is empty"),
    ("bad network", GOOD + '[network]\nallow = ["10.0.0.0/99"]\n', "network.allow", 11, "is not a network"),
    ("no portal", '[bridge]\nstate = "s"\n', "portals", 0, "no portal is configured"),
    ("not tables", "portals = 3\n", "portals", 1, "write each as [[portals]]"),
    ("syntax", GOOD + "interval = \n", "-", 10, "TOML syntax error"),
    ("endless interval", GOOD + 'interval = "99999999999999d"\n', "portals[0].interval", 10, "at most 3650d"),
    ("interval past every number", GOOD + f'interval = "{"9" * 400}d"\n', "portals[0].interval", 10, "not a duration"),
    ("endless revisit", GOOD + 'revisit = ["1h", "3651d"]\n', "portals[0].revisit", 10, "at most 3650d"),
    ("endless gap", GOOD + '[network]\ngap = "9999999d"\n', "network.gap", 11, "at most 3650d"),
    ("endless timeout", GOOD + '[network]\ntimeout = "9999999d"\n', "network.timeout", 11, "at most 3650d"),
    ("endless deadline", GOOD + '[network]\ndeadline = "9999999d"\n', "network.deadline", 11, "at most 3650d"),
    ("endless retain", GOOD.replace("[bridge]", '[bridge]\nretain = "9999999d"'), "bridge.retain", 3, "at most 3650d"),
    ("endless wait", GOOD.replace("[bridge]", '[bridge]\nincident_after = "9999999d"'), "bridge.incident_after", 3, "at most 3650d"),
    ("huge backfill", GOOD + HOOK + f"backfill = {10**23}\n", "subscribers[0].backfill", 17, "out of range"),
    ("huge digest", GOOD + HOOK + f"digest_over = {10**23}\n", "subscribers[0].digest_over", 17, "out of range"),
    ("number that nobody can write", GOOD + f"charset = 0x{'f' * 5000}\n", "portals[0].charset", 10, "not a string"),
    ("number that nobody can read", GOOD + f"charset = {'9' * 5000}\n", "-", 0, "TOML syntax error"),
    ("empty id", GOOD.replace('"tangshan"', '""'), "portals[0].id", 7, "cannot be a file name"),
    ("empty id of a subscriber", GOOD + HOOK.replace('"archive"', '""'), "subscribers[0].id", 12, "cannot be a file name"),
    ("empty address", GOOD.replace('"http://www.china0315.com/"', '""'), "portals[0].url", 9, "not an http(s) address"),
    ("empty base", GOOD.replace('"https://feeds.example.org"', '""'), "bridge.base_url", 4, "not an http(s) address"),
    ("empty hub", GOOD.replace("[bridge]", '[bridge]\nhub = ""'), "bridge.hub", 3, "not an http(s) address"),
    ("empty heartbeat", GOOD.replace("[bridge]", '[bridge]\nheartbeat = ""'), "bridge.heartbeat", 3, "not an http(s) address"),
    ("bad heartbeat_fail", GOOD.replace("[bridge]", '[bridge]\nheartbeat_fail = "env:HOME"'), "bridge.heartbeat_fail", 3, "not an http(s)"),
    ("heartbeat elsewhere", GOOD.replace("[bridge]", '[bridge]\nheartbeat = "env:HOME"'), "bridge.heartbeat", 3, "not an http(s) address"),
    ("state with a NUL", GOOD.replace('"state"', '"a\\u0000b"'), "bridge.state", 3, "control characters"),
    ("state of two lines", GOOD.replace('"state"', '"a\\nb"'), "bridge.state", 3, "control characters"),
    ("secret with a NUL", GOOD + HOOK.replace("env:ARCHIVE_SECRET", "file:a\\u0000b"), "subscribers[0].secret", 15, "cannot be read"),
    ("key of two lines", GOOD + '"a\\nb" = 1\n', "portals[0].a\\nb", 0, "not a key"),
    ("deep lists", GOOD + f"lists = {'[' * 5000}{']' * 5000}\n", "-", 0, "nested too deeply"),
    ("deep tables", GOOD + f"[{'.'.join('a' * 3000)}]\nb = 1\n", "-", 0, "nested too deeply"),
]


@pytest.mark.parametrize(("name", "text", "key", "line", "says"), BROKEN, ids=[b[0] for b in BROKEN])
def test_a_fault_names_line_key_and_fix(write, name, text, key, line, says):
    path = write(text)
    found = [f for f in faults_of(path) if f.key == key]
    assert found, [str(f) for f in faults_of(path)]
    assert not line or found[0].where == f"{path}:{line}"
    assert says in str(found[0])
    assert found[0].fix
    assert len(found) == 1
    assert str(found[0]).isprintable()


def test_all_faults_are_told_at_once_in_the_order_of_the_file(write):
    text = GOOD.replace('"tangshan"', '"a b"') + 'interval = 3\ntimezone = "Nope"\nx = 1\n' + HOOK
    lines = [int(f.where.rpartition(":")[2]) for f in faults_of(write(text))]
    assert lines == sorted(lines)
    assert len(lines) >= 5


@pytest.mark.parametrize("command", ["run", "check", "status", "watch"])
def test_a_broken_configuration_exits_2_without_touching_anything(write, tmp_path, command):
    path = write(GOOD.replace("title", "titel"))
    done = subprocess.run([sys.executable, "-m", "bridge", command, "--config", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "did you mean `title`?" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["config.toml"]


def test_a_missing_file_is_one_line_with_the_command_that_writes_one(tmp_path):
    [fault] = faults_of(tmp_path / "none.toml")
    assert "feedbridge init" in fault.fix


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("90s", 90), ("15m", 900), ("24h", 86400), ("7d", 604800), ("1.5h", 5400)])
def test_durations(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)


def test_the_heartbeat_s_address_is_judged_once_it_is_known_and_never_shown(write, monkeypatch):
    monkeypatch.setenv("BEAT", "hc-ping.example/secret-uuid")
    path = write(GOOD.replace("[bridge]", '[bridge]\nheartbeat = "env:BEAT"'))
    assert "secret-uuid" not in str(faults_of(path)[0])
    assert load(path, secrets=False).bridge.heartbeat == Secret("")
    monkeypatch.setenv("BEAT", "https://hc-ping.example/secret-uuid")
    assert load(path).bridge.heartbeat == Secret("https://hc-ping.example/secret-uuid")


@pytest.mark.parametrize("budget", ["99999999d", "99999999999999", "9" * 400, "0", "x"])
def test_a_budget_that_is_no_time_is_one_line_of_usage(budget, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--budget", budget])
    assert ended.value.code == 2
    assert "at most 3650d" in capsys.readouterr().err


def test_no_more_of_a_device_is_previewed_than_of_a_page(write, capsys):
    path = write(GOOD + "[network]\nmax_bytes = 5000\n")
    assert main(["preview", "list", "/dev/zero", "--config", str(path)]) == 1
    assert "larger than 5000 bytes" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "15", "m", "-1s", "1w", "1m30s", "１５m", "3651d", "9" * 400 + "s"])
def test_what_is_no_duration(text):
    assert duration(text) is None or text == "１５m"
