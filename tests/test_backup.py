"""backup and restore: verified copies beside a running tick, and everything that must not be put in the place of a state."""

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from stand_ins.states import DAY, NOW, configured, read, send_all, sql

from bridge import lock
from bridge.cli import main
from bridge.stores import backups, sqlite


@pytest.fixture
def house(tmp_path):
    """A configuration whose state holds three articles, of which one is sent and two wait."""
    config = configured(tmp_path)
    store = state(tmp_path)
    read(store, 1)
    send_all(store, NOW, "webhook")
    read(store, 2, 3, now=NOW + DAY)
    store.close()
    return tmp_path, config


def state(folder):
    (folder / "state").mkdir(exist_ok=True)
    store = sqlite.connect(folder / "state")
    store.outbox.configure([("chat", "webhook", "http://127.0.0.1:9/in")], NOW)
    return store


def told(capsys, config, *words):
    """(exit code, stdout, stderr) of a command; stderr without a traceback."""
    code = main([*words, "--config", str(config)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


def titles(folder):
    with closing(sqlite3.connect(f"{(folder / 'state' / 'feedbridge.db').as_uri()}?mode=ro", uri=True)) as db:
        return sorted(title for (title,) in db.execute("SELECT title FROM entries"))


def refused(capsys, house, path):
    """The one line that restore says of a file; nothing in the state folder has changed, and nothing is left behind."""
    folder, config = house
    before = {p.name: p.read_bytes() for p in (folder / "state").iterdir() if p.name != lock.FILE}
    code, out, err = told(capsys, config, "restore", str(path))
    assert {p.name: p.read_bytes() for p in (folder / "state").iterdir() if p.name != lock.FILE} == before
    assert (out, err.count("\n")) == ("", 1)
    return code, err


def test_a_backup_is_one_verified_file_and_comes_back(house, capsys):
    folder, config = house
    target = folder / "copy.db"
    code, out, err = told(capsys, config, "backup", str(target), "--json")
    assert (code, json.loads(out)["entries"], json.loads(out)["deliveries"]) == (0, 3, 3)
    assert "verified" in err
    assert sorted(p.name for p in folder.iterdir()) == ["config.toml", "copy.db", "state"]
    assert backups.verified(target) == {"entries": 3, "deliveries": 3}
    store = state(folder)
    read(store, 9)
    store.close()
    code, out, err = told(capsys, config, "restore", str(target), "--json")
    assert code == 0
    assert titles(folder) == ["标题1", "标题2", "标题3"]
    assert "found and sent again" in err
    assert "2 deliveries waited" in err
    [aside] = (folder / "state").glob("feedbridge.db.before-restore-*")
    assert str(aside) == json.loads(out)["before"]
    assert backups.verified(aside)["entries"] == 4


def test_a_backup_beside_a_tick_holds_a_moment(house, capsys):
    """Made while another connection has written and not committed: that is not in it, and the writer is not disturbed."""
    folder, config = house
    store = state(folder)
    with lock.held(folder / "state"), store._db.tx():
        sql(store, "UPDATE entries SET title = 'half'")
        assert told(capsys, config, "backup", str(folder / "copy.db"))[0] == 0
    assert sql(store, "SELECT COUNT(*) FROM entries WHERE title = 'half'") == [(3,)]
    store.close()
    with closing(sqlite3.connect(folder / "copy.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM entries WHERE title = 'half'").fetchone() == (0,)


def test_a_file_is_not_overwritten_unasked(house, capsys):
    folder, config = house
    target = folder / "copy.db"
    target.write_text("something else", encoding="utf-8")
    code, _, err = told(capsys, config, "backup", str(target))
    assert (code, err.count("\n"), target.read_text("utf-8")) == (2, 1, "something else")
    assert told(capsys, config, "backup", str(target), "--force")[0] == 2
    assert target.read_text("utf-8") == "something else"


def test_only_an_older_backup_is_replaced_also_behind_a_link(house, capsys):
    folder, config = house
    target = folder / "copy.db"
    (folder / "latest").symlink_to(target)
    assert told(capsys, config, "backup", str(target))[0] == 0
    target.write_bytes(target.read_bytes()[:5000])
    assert told(capsys, config, "backup", str(folder / "latest"))[0] == 2
    assert told(capsys, config, "backup", str(folder / "latest"), "--force")[0] == 0
    assert (folder / "latest").is_symlink()
    assert backups.verified(target)["entries"] == 3


@pytest.mark.parametrize(
    "where",
    [
        "state/feedbridge.db", "state", "nowhere/copy.db", "config.toml/copy.db", "state/new.db", "state/public/new.db", "way/new.db",
        "config.toml", "fifo", "/dev/null",
    ],
)  # fmt: skip
def test_where_no_backup_can_be_written_is_one_line(house, capsys, where):
    folder, config = house
    (folder / "way").symlink_to(folder / "state")
    os.mkfifo(folder / "fifo")
    code, _, err = told(capsys, config, "backup", str(folder / where), "--force")
    assert (code in {1, 2}, err.count("\n")) == (True, 1), err
    assert not list(folder.rglob("new.db*"))
    assert config.is_file()
    assert (folder / "fifo").is_fifo()
    assert titles(folder) == ["标题1", "标题2", "标题3"]


def test_without_a_state_there_is_nothing_to_back_up(tmp_path, capsys):
    assert told(capsys, configured(tmp_path), "backup", str(tmp_path / "x"))[0] == 2


def test_nothing_is_restored_under_a_running_tick(house, capsys):
    folder, config = house
    told(capsys, config, "backup", str(folder / "copy.db"))
    with lock.held(folder / "state"):
        assert refused(capsys, house, folder / "copy.db")[0] == 75


def test_half_a_backup_is_refused(house, capsys):
    folder, config = house
    target = folder / "copy.db"
    told(capsys, config, "backup", str(target))
    whole = target.read_bytes()
    for size in (0, 10, 4096, len(whole) // 2, len(whole) - 4096):
        target.write_bytes(whole[:size])
        code, line = refused(capsys, house, target)
        assert code == 1, line
        assert str(target) in line
        assert "restore a backup" not in line, "that is what was tried"
    assert "take another backup" in line


def test_a_damaged_backup_is_refused(house, capsys):
    folder, config = house
    target = folder / "copy.db"
    told(capsys, config, "backup", str(target))
    body = bytearray(target.read_bytes())
    body[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    target.write_bytes(body)
    assert refused(capsys, house, target)[0] == 1


def test_who_has_the_old_state_open_goes_on_with_it(house, capsys):
    """A reader that stays open sees the old state whole, even after the new one was written to."""
    folder, config = house
    told(capsys, config, "backup", str(folder / "copy.db"))
    old = state(folder)
    read(old, 7)
    assert told(capsys, config, "restore", str(folder / "copy.db"))[0] == 0
    new = state(folder)
    read(new, 8)
    assert [old.archive.count("p"), new.archive.count("p")] == [4, 4]
    assert [len(old.ledger.find("标题8", 9)), len(new.ledger.find("标题7", 9))] == [0, 0]
    assert old.figures.damage() == new.figures.damage() == []
    old.close()
    new.close()
    assert titles(folder) == ["标题1", "标题2", "标题3", "标题8"]


@pytest.mark.parametrize(
    ("what", "word"), [("text", "no SQLite"), ("foreign", "another program"), ("empty", "an empty"), ("newer", "newer")]
)
def test_what_is_no_backup_of_ours_is_refused(house, capsys, what, word):
    folder, config = house
    target = folder / "copy.db"
    if what == "text":
        target.write_text("x" * 10_000, encoding="utf-8")
    else:
        if what == "newer":
            told(capsys, config, "backup", str(target))
        with closing(sqlite3.connect(target)) as db:
            db.execute("PRAGMA user_version = 999" if what == "newer" else "CREATE TABLE t (x)")
            db.execute(f"PRAGMA application_id = {7 if what == 'foreign' else 0 if what == 'empty' else 0x46425247}")
    code, line = refused(capsys, house, target)
    assert code == 1
    assert word in line


def test_a_file_that_is_not_there_is_a_usage_error(house, capsys):
    folder, _ = house
    assert refused(capsys, house, folder / "nowhere.db")[0] == 2
    assert refused(capsys, house, folder / "state" / "feedbridge.db")[0] == 2


def test_what_waited_can_be_held_and_goes_when_it_is_released(house, capsys):
    folder, config = house
    store = state(folder)
    before = store.portals.versions()["p"]
    store.close()
    told(capsys, config, "backup", str(folder / "copy.db"))
    code, _, err = told(capsys, config, "restore", str(folder / "copy.db"), "--hold-pushes")
    assert (code, "held: 2 deliveries" in err) == (0, True)
    store = state(folder)
    assert store.figures.deliveries("chat") == {"sent": 1, "waiting": 0, "dead": 0, "held": 2}
    assert store.portals.versions()["p"] > before
    store.close()
    assert "would be released" in told(capsys, config, "release", "p", "--dry-run")[2]
    assert "2 deliveries" in told(capsys, config, "release", "p")[2]
    assert "nothing is held" in told(capsys, config, "discard", "p")[2]
    assert told(capsys, config, "release", "nope")[0] == 2
    store = state(folder)
    assert store.figures.deliveries("chat") == {"sent": 1, "waiting": 2, "dead": 0, "held": 0}
    store.close()


def test_a_damaged_state_is_replaced_and_kept(house, capsys):
    folder, config = house
    told(capsys, config, "backup", str(folder / "copy.db"))
    (folder / "state" / "feedbridge.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert told(capsys, config, "restore", str(folder / "copy.db"))[0] == 0
    assert titles(folder) == ["标题1", "标题2", "标题3"]
    [aside] = (folder / "state").glob("feedbridge.db.before-restore-*Z")
    assert aside.stat().st_size == 5016


def test_a_backup_of_an_older_version_is_brought_up_to_date(house, capsys):
    """A copy made the old way, in WAL mode and with an older schema, restores into an empty state folder."""
    folder, config = house
    old = folder / "old.db"
    with closing(sqlite3.connect(old)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        script = (sqlite.Path(backups.__file__).parent / "migrations" / "001_initial.sql").read_text("utf-8")
        db.executescript(f"{script}; PRAGMA user_version = 1; PRAGMA application_id = {0x46425247};")
    shutil.rmtree(folder / "state")
    assert told(capsys, config, "restore", str(old))[0] == 0
    store = sqlite.connect(folder / "state")
    assert store.figures.schema()[0] == store.figures.schema()[1]
    store.close()


@pytest.mark.parametrize("command", ["check", "status", "why", "deliveries", "release", "backup", "run"])
def test_a_state_of_a_newer_version_is_one_line(house, capsys, command, monkeypatch):
    """No command touches what a newer version wrote."""
    folder, config = house
    monkeypatch.setenv("TEST_SECRET", "whsec_" + "A" * 43 + "=")
    with closing(sqlite3.connect(folder / "state" / "feedbridge.db")) as db:
        db.execute("PRAGMA user_version = 999")
    words = {
        "why": ["why", "x"],
        "deliveries": ["deliveries", "list"],
        "release": ["release", "p"],
        "backup": ["backup", str(folder / "b")],
    }
    code, out, err = told(capsys, config, *words.get(command, [command]))
    assert (code, out, err.count("\n")) == (2 if command == "check" else 1, "", 1)
    assert "newer" in err
    assert str(folder / "state" / "feedbridge.db:") in err
    assert os.listdir(folder / "state") == ["feedbridge.db"] or command not in {"check", "status"}
    assert not (folder / "b").exists()


@pytest.mark.parametrize("command", ["status", "run", "backup"])
def test_a_state_whose_schema_version_is_lost_is_one_line(house, capsys, command, monkeypatch):
    """What to do is said, rather than that a table exists already."""
    folder, config = house
    monkeypatch.setenv("TEST_SECRET", "whsec_" + "A" * 43 + "=")
    with closing(sqlite3.connect(folder / "state" / "feedbridge.db")) as db:
        db.execute("PRAGMA user_version = 0")
    code, _, err = told(capsys, config, command, *([str(folder / "b")] if command == "backup" else []))
    assert (code, err.count("\n"), "feedbridge.db: its schema version is lost" in err) == (1, 1, True), err
    assert not (folder / "b").exists()


@pytest.mark.parametrize("where", ["state", "config.toml/state"])
def test_a_state_that_is_no_folder_is_said_alike_by_run_and_status(tmp_path, capsys, where, monkeypatch):
    monkeypatch.setenv("TEST_SECRET", "whsec_" + "A" * 43 + "=")
    config = configured(tmp_path)
    config.write_text(config.read_text("utf-8").replace("[bridge]", f'[bridge]\nstate = "{where}"'), encoding="utf-8")
    (tmp_path / "state").write_text("", encoding="utf-8")
    ran, looked = told(capsys, config, "run"), told(capsys, config, "status")
    assert ran == looked
    assert (ran[0], ran[2].count("\n")) == (1, 1)
