"""status: the gathered overview, and the screen on every width, with and without a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from stand_ins.house import ROOT
from stand_ins.states import DAY, HOUR, NOW, configured, lines, read, send_all, sql

from bridge.cli import main
from bridge.config import load
from bridge.console import width
from bridge.overview import DAYS, IncidentView, Overview, PortalView, SubscriberView
from bridge.rows import GapRow, Incident, PortalRow
from bridge.screen import Column, bars, grid
from bridge.steps.overview import day_edges, gather, needs
from bridge.stores import sqlite

BAD = PortalRow(
    id="p", bad_ticks=3, cause="http-500", detail="列表打不开", verdict="broken", checked_at=NOW, good_at=NOW - 3 * HOUR, due_at=NOW
)


@pytest.fixture
def house(tmp_path):
    """(configuration, store) with a portal that has seen three articles and was well."""
    path = configured(tmp_path)
    (tmp_path / "state").mkdir()
    store = sqlite.connect(tmp_path / "state")
    store.outbox.configure([("chat", "webhook", "http://127.0.0.1:9/in")], NOW)
    store.portals.save_portal(PortalRow(id="p", checked_at=NOW, good_at=NOW, due_at=NOW + HOUR))
    read(store, 1, now=NOW - 2 * DAY)
    send_all(store, NOW - 2 * DAY, "webhook")
    read(store, 2, 3)
    yield load(path, secrets=False), store
    store.close()


def text(piece_lines):
    return ["".join(piece for piece, _ in line).rstrip() for line in piece_lines]


def told(capsys, config, *words):
    code = main([*words, "--config", str(config.path)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out


# ---------------------------------------------------------------- the overview


def test_the_overview_counts_days_pushes_and_looks(house):
    config, store = house
    lines(store, 9)
    for bad in ({}, {}, {"p": "dns: x"}):
        run = store.portals.begin_run(NOW)
        store.portals.end_run(run, NOW, {"seconds": 1.5, "faults": {"p": "no"}}, {"p": (5, bool(bad))})
    seen = gather(store, config, NOW)
    [portal], [subscriber] = seen.portals, seen.subscribers
    assert (portal.verdict, portal.entries, portal.unread, portal.requests, portal.held) == ("well", 3, 1, 15, 0)
    assert (len(portal.per_day), portal.per_day[-3:]) == (DAYS, (1, 0, 2))
    assert portal.success == pytest.approx(2 / 3)
    assert (portal.newest, portal.newest_at, portal.since) == ("标题2", NOW, None)
    assert (subscriber.state, subscriber.sent, subscriber.waiting, subscriber.last_sent) == ("open", 1, 2, NOW - 2 * DAY)
    assert (seen.last_run, seen.last_run_seconds, seen.faults) == (NOW, 1.5, {"p": "no"})


def test_a_local_day_has_23_or_25_hours_where_clocks_change():
    edges = day_edges(NOW.replace(month=3, day=30), ZoneInfo("Europe/Berlin"), 3)
    assert [b.astimezone(ZoneInfo("UTC")) - a.astimezone(ZoneInfo("UTC")) for a, b in pairwise(edges)] == [
        timedelta(hours=24), timedelta(hours=23), timedelta(hours=24),
    ]  # fmt: skip


def test_trouble_stands_first_and_needs_the_operator(house):
    config, store = house
    assert needs(store, config, NOW) == {}
    store.portals.save_portal(BAD)
    store.incidents.record(Incident(subject="portal:p", cause="broken", evidence="列表打不开", opened_at=NOW - HOUR), NOW)
    store.outbox.mark("chat", "paused", "HTTP 410", NOW)
    seen = gather(store, config, NOW)
    assert (seen.portals[0].verdict, seen.portals[0].since) == ("broken", NOW - HOUR)
    assert seen.incidents == (IncidentView(subject="portal:p", cause="broken", evidence="列表打不开", opened=NOW - HOUR),)
    assert needs(store, config, NOW) == {"p": "http-500: 列表打不开", "chat": "paused: HTTP 410"}


def test_a_delay_is_that_of_articles_which_state_a_time(house):
    """Those without a time of their own, and those of the first list, say nothing of it."""
    config, store = house
    assert gather(store, config, NOW).portals[0].delay is None
    sql(store, """UPDATE entries SET data = replace(data, '"precision":"none"', '"precision":"minute"')""")
    sql(store, "UPDATE listings SET sort_at = first_seen - 60000 * entry")
    assert gather(store, config, NOW).portals[0].delay == timedelta(minutes=2)
    sql(store, "UPDATE links SET place = 0 WHERE entry < 3")
    assert gather(store, config, NOW).portals[0].delay == timedelta(minutes=3)


def test_a_portal_before_its_first_look_is_new(tmp_path):
    config = load(configured(tmp_path), secrets=False)
    store = sqlite.rehearsal(tmp_path)
    seen = gather(store, config, NOW)
    assert (seen.portals[0].verdict, seen.subscribers[0].state, seen.last_run) == ("new", "new", None)
    store.close()


# ---------------------------------------------------------------- the screen

CROWD = Overview(
    at=NOW,
    portals=tuple(
        PortalView(
            id=f"portal-{n}", title="柳渡市人民政府信息公开网站" * n, url="http://a.cn/", timezone="Asia/Shanghai", verdict=verdict,
            cause=cause, detail="列表页没有文章，" * 40, bad_ticks=n, last=NOW, next=NOW, per_day=tuple(range(DAYS)), held=n, delay=HOUR,
        )
        for n, (verdict, cause) in enumerate((("broken", "no-links"), ("quiet", ""), ("well", "")), 1)
    ),
    subscribers=(
        SubscriberView(id="群", kind="telegram", state="paused", why="bot 被移出了群" * 9, dead=2, last_death="x\x1b[31my", since=NOW),
    ),
    incidents=(IncidentView(subject="portal:portal-1", cause="broken", evidence="证据" * 90, opened=NOW),),
    faults={"portal-1": "ValueError"},
)  # fmt: skip


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_window(columns):
    from bridge.commands.status import screen

    gaps = [GapRow(portal="portal-1", url="http://a.cn/" + "x" * 300, at=NOW, pages=3, since=NOW)]
    shown = text(screen(CROWD, {"portal-1": "no-links"}, gaps, columns))
    assert max(map(width, shown)) <= columns
    whole = "\n".join(shown)
    assert all(
        part in whole for part in ("portal-1", "needs you", "bot 被移出了群", "feedbridge release portal-2", "gaps of the last 30 days")
    )
    assert "\x1b" not in whole
    assert whole.index("broken") < whole.index("quiet") < whole.index("well")


def test_columns_are_left_out_or_cut_until_the_table_fits():
    table = (
        Column(head="a", cells=[("一二三四五六七八九十", "")], clips=True),
        Column(head="b", cells=[("12345", "")], right=True, spare=1),
    )
    assert text(grid(table, 40)) == ["a                         b", "一二三四五六七八九十  12345"]
    assert text(grid(table, 20)) == ["a", "一二三四五六七八九十"]
    assert text(grid(table, 12)) == ["a", "一二三四五…"]


def test_all_times_of_the_screen_are_of_one_zone_which_it_names():
    from bridge.commands.status import screen

    zones = ("Asia/Shanghai", "UTC", "Asia/Tokyo")
    portals = tuple(replace(p, timezone=zone) for p, zone in zip(CROWD.portals, zones, strict=True))
    failing = SubscriberView(id="g", kind="telegram", state="failing", why="HTTP 500", since=NOW, again=NOW)
    shown = text(screen(replace(CROWD, portals=portals, subscribers=(failing,)), {}, [], 200))
    at = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{at:%Y-%m-%d %H:%M} +0800" in shown[0]
    rows = [line for line in shown if line.split(" ")[0] in {"broken", "quiet", "well"}]
    assert [line.count(f"{at:%m-%d %H:%M}") for line in rows] == [2, 2, 2]
    assert f"    HTTP 500; since {at:%m-%d %H:%M}; tried again {at:%m-%d %H:%M}" in shown


@pytest.mark.parametrize(("counts", "shown"), [((), ""), ((0, 0), "··"), ((0, 1, 2, 4, 8), "·▁▂▄█"), ((7,), "█"), ((1, 1000), "▁█")])
def test_bars_are_as_high_as_their_numbers(counts, shown):
    assert bars(counts) == shown


def test_a_pipe_gets_plain_text_and_the_exit_code_of_run(house, capsys):
    config, store = house
    code, out = told(capsys, config, "status")
    assert (code, "\x1b" in out) == (0, False)
    assert "all is well" in out
    store.portals.save_portal(BAD)
    code, out = told(capsys, config, "status")
    assert (code, "http-500: 列表打不开" in out) == (1, True)


def test_a_program_gets_everything_as_json(house, capsys):
    config, store = house
    store.portals.save_portal(BAD)
    store.incidents.record_gap(GapRow(portal="p", url="http://a.cn/", at=NOW, pages=3))
    code, out = told(capsys, config, "status", "--json")
    facts = json.loads(out)
    assert code == 1
    assert facts["needs"] == {"p": "http-500: 列表打不开"}
    assert {"at", "last_run", "portals", "subscribers", "incidents", "gaps", "faults"} <= facts.keys()
    portal = {"id", "title", "verdict", "cause", "detail", "bad_ticks", "last", "last_good", "next", "entries", "unread"}
    assert portal <= facts["portals"][0].keys()
    assert {"id", "kind", "state", "why", "sent", "waiting", "dead", "last_death"} <= facts["subscribers"][0].keys()


def test_who_may_only_read_the_state_sees_it_too(capsys):
    """Between ticks, beside one and after one that was killed; and whoever looks leaves no file that could bar the next tick."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path, files = configured(folder), folder / "state"
        files.mkdir()
        store = sqlite.connect(files)
        store.outbox.configure([("chat", "webhook", "http://127.0.0.1:9/in")], NOW)
        read(store, 1)
        config = load(path, secrets=False)
        seen = [told(capsys, config, "status", "--json")]
        store.close()
        alone = os.listdir(files)
        seen.append(told(capsys, config, "status", "--json"))
        with other_user(folder):
            seen.append(told(capsys, config, "status", "--json"))
        assert os.listdir(files) == alone == ["feedbridge.db"]
        store = sqlite.connect(files)
        read(store, 2)
        with other_user(folder):
            seen.append(told(capsys, config, "status", "--json"))
        store.close()
    assert [(code, json.loads(out)["portals"][0]["entries"]) for code, out in seen] == [(0, 1), (0, 1), (0, 1), (0, 2)]


@contextmanager
def other_user(folder):
    """Inside, this process may read what is in the folder and write nothing."""
    rights = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in rights.items():
        path.chmod(mode & ~0o222 | 0o555 if path.is_dir() else mode & ~0o222 | 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path, mode in rights.items():
            path.chmod(mode)


def test_before_the_first_tick_it_says_so(tmp_path, capsys):
    config = load(configured(tmp_path), secrets=False)
    assert told(capsys, config, "status")[0] == 0
    code, out = told(capsys, config, "status", "--json")
    assert (code, json.loads(out)["portals"]) == (0, [])
    assert not (tmp_path / "state").exists()


def test_a_terminal_gets_colours_and_its_own_width(house):
    """In a pseudo-terminal of 72 columns."""
    config, store = house
    store.portals.save_portal(BAD)
    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "bridge", "status", "--config", str(config.path)]
    environ = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS"}} | {
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
    }
    os.set_blocking(leader, True)
    sized = f"import fcntl, struct, sys, termios; fcntl.ioctl({follower}, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 72, 0, 0))"
    subprocess.run([sys.executable, "-c", sized], pass_fds=[follower], check=True)
    done = subprocess.run(words, stdout=follower, stderr=subprocess.PIPE, env=environ, timeout=60, check=False)
    os.close(follower)
    seen = b""
    try:
        while more := os.read(leader, 65536):
            seen += more
    except OSError:  # the end, as Linux tells it
        pass
    os.close(leader)
    assert done.returncode == 1, done.stderr
    shown = seen.decode()
    assert "\x1b[1;31m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r", "").splitlines()
    assert max(map(width, plain)) <= 72
