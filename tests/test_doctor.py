"""doctor: each check with its verdict and repair; a portal beside what it gave when it was well; and nothing is changed."""

import json
import os
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stand_ins.clock import FakeClock
from stand_ins.house import House
from stand_ins.states import DAY, HOUR, NOW, configured
from stand_ins.web import TLS_PEM, Answer, Web

from bridge import lock
from bridge.cli import main
from bridge.commands.doctor import Borrowed
from bridge.config import load
from bridge.demo.botapi import BotApi
from bridge.doctor import machine, network
from bridge.doctor.finding import tried
from bridge.errors import StoreBusy
from bridge.model import HostState, Network, Secret
from bridge.web.hostbook import MemoryBook

LOOPBACK = Network(allow=("127.0.0.0/8",), timeout=timedelta(seconds=5), gap=timedelta(0))
MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /srv/with\\040blank rw shared:2 - nfs4 host:/x rw
31 22 0:26 / /mnt/share rw - cifs //host/x rw
32 31 8:2 / /mnt/share/local rw - xfs /dev/sdb rw
33 22 0:27 / /mnt/ssh rw - fuse.sshfs host: rw
34 22 0:28 / /mnt/ntfs rw - fuseblk /dev/sdc rw
35 22 0:29 / /mnt/9 rw - 9p share rw
36 22 0:30 / /mnt/9 rw - tmpfs tmpfs rw
broken line
"""


def verdicts(findings):
    return [(one.check, one.verdict) for one in findings]


# ---------------------------------------------------------------- the machine


@pytest.mark.parametrize(
    ("path", "kind", "verdict"),
    [
        ("/var/lib/feedbridge", "ext4", "ok"),
        ("/srv/with blank/state", "nfs4", "fail"),
        ("/srv/with", "ext4", "ok"),
        ("/mnt/share/state", "cifs", "fail"),
        ("/mnt/share/local/state", "xfs", "ok"),
        ("/mnt/ssh/state", "fuse.sshfs", "fail"),
        ("/mnt/ntfs/state", "fuseblk", "warn"),
        ("/mnt/9/state", "tmpfs", "ok"),
    ],
)
def test_a_file_system_of_the_network_is_refused(path, kind, verdict, monkeypatch):
    monkeypatch.setattr(machine, "_existing", lambda folder: folder)
    [found] = machine.file_system(machine.Path(path), MOUNTS)
    assert (found.verdict, kind in found.text) == (verdict, True)


def test_where_nothing_tells_the_mounts_nothing_is_said(tmp_path):
    assert list(machine.file_system(tmp_path, "")) == []


def test_room_is_that_of_the_nearest_folder_that_exists(tmp_path, monkeypatch):
    assert verdicts(machine.disk(tmp_path / "not" / "yet")) == [("disk", "ok")]
    monkeypatch.setattr(machine, "FULL", 1 << 62)
    [found] = machine.disk(tmp_path)
    assert (found.verdict, found.fix) == ("fail", "make room there")


def test_the_holder_of_the_lock_is_named_without_taking_it(tmp_path):
    assert list(machine.holder(tmp_path, "", NOW)) == []
    now = datetime.now(UTC)
    with lock.held(tmp_path):
        locks = machine.Path("/proc/locks").read_text("utf-8")
        held = list(machine.holder(tmp_path, locks, now))
        stuck = list(machine.holder(tmp_path, locks, now + 3 * HOUR))
    inode = (tmp_path / lock.FILE).stat().st_ino
    if f":{inode} " not in locks:
        pytest.skip("this kernel does not show its locks here")
    assert (verdicts(held), verdicts(stuck)) == ([("lock", "ok")], [("lock", "warn")])
    assert f"process {os.getpid()}" in held[0].text
    assert verdicts(machine.holder(tmp_path, "", now)) == [("lock", "ok")]


@pytest.mark.parametrize(("newest", "verdict"), [(None, "ok"), (NOW, "ok"), (NOW + timedelta(minutes=5), "ok"), (NOW + 300 * DAY, "fail")])
def test_a_clock_that_was_set_back_is_a_fault(newest, verdict):
    assert verdicts(machine.clock(NOW, newest)) == [("clock", verdict)]


def test_a_check_that_cannot_be_made_is_a_finding():
    def busy():
        raise StoreBusy("the file: busy")

    def absent():
        raise PermissionError(13, "Permission denied")

    assert [(f.verdict, f.text) for f in tried("x", busy) + tried("y", absent)] == [
        ("fail", "the file: busy"), ("warn", "could not be looked at: Permission denied"),
    ]  # fmt: skip


# ---------------------------------------------------------------- the network


def host(port, name="127.0.0.1", tls=True):
    return network.Host(name, port, tls, "subscriber hook")


@pytest.mark.parametrize(("days", "verdict"), [(0, "ok"), (-15, "ok"), (-5, "warn")])
def test_a_certificate_that_ends_soon_is_told(days, verdict):
    """The days are counted from the certificate's end; at 0, from today, a century before it."""
    context = ssl.create_default_context(cafile=str(TLS_PEM))
    ends = datetime(2126, 10, 30, 2, 29, 5, tzinfo=UTC)
    with Web(tls=True) as web:
        [found] = network.reachable([host(web.port)], LOOPBACK, ends + days * DAY if days else NOW, context)
        assert web.seen == []
    assert (found.check, found.verdict, "2126-10-30" in found.text) == ("tls", verdict, True)


def test_a_certificate_that_does_not_hold_is_a_fault():
    with Web(tls=True) as web, Web() as plain:
        hurried = replace(LOOPBACK, timeout=timedelta(seconds=0.3))
        found = network.reachable([host(web.port), host(plain.port)], hurried, NOW)
    assert verdicts(found) == [("tls", "fail")] * 2


def test_names_are_resolved_and_judged_by_the_guard():
    found = network.reachable([host(80, "nowhere.invalid", False), host(80, tls=False)], Network(), NOW)
    assert verdicts(found) == [("dns", "fail")] * 2
    assert "loopback" in found[1].text
    assert verdicts(network.reachable([host(80, tls=False)], LOOPBACK, NOW)) == [("dns", "ok")]


def test_each_server_is_looked_at_once_and_portals_behind_a_proxy_not(tmp_path):
    more = '[[portals]]\nid = "q"\ntitle = "Q"\nurl = "http://a.cn/q"\nlists = ["https://b.cn:8443/"]\n'
    config = load(configured(tmp_path, more), secrets=False)
    assert [(one.shown, one.tls) for one in network.hosts(config)] == [("a.cn", False), ("b.cn:8443", True), ("127.0.0.1:9", False)]
    proxied = load(configured(tmp_path, more + '[network]\nproxy = "http://127.0.0.1:3128"\n'), secrets=False)
    assert [one.shown for one in network.hosts(proxied)] == ["127.0.0.1:9"]


@pytest.mark.parametrize(("skew", "verdict"), [(0, "ok"), (90, "warn"), (-3600, "fail")])
def test_the_clock_is_compared_with_a_portal_that_answers(tmp_path, skew, verdict):
    clock = FakeClock(NOW)
    config = load(configured(tmp_path), secrets=False)
    with Web() as web:
        date = (NOW - timedelta(seconds=skew)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        web.route("/robots.txt", Answer(status=404, headers={"Date": date}))
        [portal] = config.portals
        config = replace(config, portals=(replace(portal, url=web.url("/x")),), network=LOOPBACK)
        found = list(network.dated(config, Borrowed(None), clock, "Feedbridge/test"))
        assert web.paths() == ["/robots.txt"]
    assert verdicts(found) == [("clock", verdict)]


def test_a_token_is_tried_and_never_shown():
    with BotApi(limits=None) as api, Web() as other:
        good = network._bot(api.base, Secret(api.token), 5)
        bad = network._bot(api.base, Secret("12345:wrong-token-that-nobody-has-ever-had"), 5)
        odd = network._bot(other.url(""), Secret("12345:secret"), 5)
    gone = network._bot("http://127.0.0.1:9", Secret("12345:secret"), 5)
    assert [one.verdict for one in (good, bad, odd, gone)] == ["ok", "fail", "fail", "fail"]
    assert good.text.startswith("the token is that of @")
    assert not any("secret" in one.text or "wrong-token" in one.text for one in (bad, odd, gone))


# ---------------------------------------------------------------- the whole, and one portal


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An installation after a tick; each test leaves the portal as it found it."""
    with House(tmp_path_factory.mktemp("doctor")) as house:
        house.run()
        yield house


@pytest.fixture
def report(house, capsys, monkeypatch):
    """(exit code, JSON) of doctor with some words; the database and the published files are as they were."""
    for name in ("TEST_TOKEN", "TEST_SECRET"):
        monkeypatch.setenv(name, house.environ[name])

    def told(*words):
        before = traces(house)
        code = main(["doctor", *words, "--json", "--config", str(house.config)])
        out, err = capsys.readouterr()
        assert out, err
        assert traces(house) == before
        return code, json.loads(out)

    return told


def traces(house):
    files = {path: path.stat().st_mtime_ns for path in house.public("").rglob("*") if path.is_file()}
    return [house.query(f"SELECT * FROM {name}") for name in ("portals", "hosts", "links", "pages", "runs")], files


def bad(facts):
    return [one for one in facts["findings"] if one["verdict"] != "ok"]


def test_all_is_well_where_all_is_well(report):
    code, facts = report()
    assert (code, bad(facts), facts["ok"]) == (0, [], True)
    checks = {one["check"] for one in facts["findings"]}
    assert {"disk", "lock", "schema", "database", "clock", "files", "dns", "credentials"} <= checks


def test_each_fault_of_the_state_is_a_line_with_its_repair(house):
    """An empty file and a missing secret: told together, exit 1."""
    feed = house.public("city.rss")
    content = feed.read_bytes()
    feed.write_bytes(b"")
    secret = house.environ.pop("TEST_SECRET")
    try:
        done = house.command("doctor")
        assert done.returncode == 1
        assert "city.rss" in done.stdout
        assert "TEST_SECRET is not set" in " ".join(done.stdout.split())
        assert "\x1b" not in done.stdout
    finally:
        feed.write_bytes(content)
        house.environ["TEST_SECRET"] = secret


def test_a_portal_that_is_well_stands_beside_what_it_was(house, report):
    code, facts = report("city")
    assert (code, bad(facts)) == (0, [])
    figures = {(one["what"]): one for one in facts["figures"] if one["page"] == house.portal.list_url}
    assert (figures["links"]["now"], figures["known"]["now"]) == (str(house.size), str(house.size))
    titles = [one for one in facts["figures"] if one["what"] == "title"]
    assert len(titles) == 2
    assert all(one["usual"] == one["now"] for one in titles)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("500", ["http-500", "wait"]),
        ("404", ["http-404", "new address"]),
        ("captcha", ["blocked", "contact"]),
        ("empty", ["empty", "preview"]),
    ],
)
def test_what_a_list_page_lacks_is_named_with_a_repair(house, report, how, words):
    house.portal.fail(house.portal.list_url, how)
    try:
        code, facts = report("city")
    finally:
        house.portal.recover()
    [fault] = [one for one in bad(facts) if one["check"] == "list"]
    assert (code, fault["verdict"]) == (1, "fail")
    assert words[0] in fault["text"]
    assert words[1] in fault["fix"]
    if how == "404":
        assert any(one["check"] == "home page" and "moved" in one["fix"] for one in bad(facts))


def test_a_selector_that_matches_nothing_is_named(house, report):
    text = house.config.read_text("utf-8")
    house.config.write_text(
        text.replace("[[subscribers]]", '[portals.select]\nitem = "ul.gone li"\n\n[[subscribers]]', 1), encoding="utf-8"
    )
    try:
        code, facts = report("city")
    finally:
        house.config.write_text(text, encoding="utf-8")
    [fault] = [one for one in bad(facts) if one["check"] == "list"]
    assert (code, "ul.gone li" in fault["text"], "[portals.select]" in fault["fix"]) == (1, True, True)


def test_before_the_first_tick_and_with_an_unknown_name(tmp_path, capsys, monkeypatch):
    with House(tmp_path) as house:
        for name in ("TEST_TOKEN", "TEST_SECRET"):
            monkeypatch.setenv(name, house.environ[name])
        assert main(["doctor", "nope", "--config", str(house.config)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert main(["doctor", "city", "--config", str(house.config)]) == 0
        assert not (tmp_path / "state").exists()


def test_a_host_that_asked_for_a_pause_is_left_alone():
    """What the state knows of a host holds for the doctor too, and what the doctor learns stays with it."""
    book = MemoryBook()
    book.save_host(HostState(host="a.cn", hold_until=NOW))
    borrowed = Borrowed(book)
    assert borrowed.host("a.cn") == HostState(host="a.cn", hold_until=NOW)
    borrowed.save_host(HostState(host="a.cn", failures=1))
    assert (borrowed.host("a.cn").failures, book.host("a.cn").failures, borrowed.host("b.cn")) == (1, 0, None)
