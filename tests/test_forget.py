"""forget: text goes, identity stays, and nobody forgets by accident."""

import io
import json
from zoneinfo import ZoneInfo

import pytest
from stand_ins.house import House
from stand_ins.states import NOW, configured, portal, read, send_all, sql

from bridge.cli import main
from bridge.core import decide
from bridge.core.identity import canonical
from bridge.model import Article, Page
from bridge.publication_rows import Drawn, File
from bridge.stores import sqlite


@pytest.fixture
def house(tmp_path):
    """Portals p and gone; p is configured, "gone" was once."""
    (tmp_path / "state" / "public" / "a").mkdir(parents=True)
    store = sqlite.connect(tmp_path / "state")
    store.outbox.configure([("chat", "webhook", "http://127.0.0.1:9/in")], NOW)
    read(store, 1, 2)
    send_all(store, NOW, "webhook")
    read(store, 11, 12, name="gone", words="旧闻")
    store.close()
    return tmp_path, configured(tmp_path)


def told(capsys, config, *words):
    code = main([*words, "--config", str(config)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


def feed(folder, portal):
    store = sqlite.connect(folder / "state")
    try:
        return sorted(entry.title for entry in store.archive.feed(portal, 99, NOW, 500))
    finally:
        store.close()


@pytest.mark.parametrize("by", ["title", "address", "id"])
def test_an_article_is_named_as_for_why(house, capsys, by):
    folder, config = house
    facts = json.loads(told(capsys, config, "why", "标题2", "--json")[1])
    name = {"title": "题2", "address": "http://a.cn/2", "id": facts["entry"]["id"]}[by]
    page = folder / "state" / "public" / "a" / (facts["entry"]["id"].rpartition("/")[2] + ".html")
    page.write_text("x", encoding="utf-8")
    code, out, err = told(capsys, config, "forget", name, "--yes", "--json")
    assert (code, json.loads(out)) == (0, {"forgotten": 1, "files": 1})
    assert "by hand" in err
    assert not page.exists()
    assert feed(folder, "p") == ["标题1"]
    after = json.loads(told(capsys, config, "why", "http://a.cn/2", "--json")[1])
    assert (after["entry"]["title"], after["entry"]["id"]) == ("(forgotten)", facts["entry"]["id"])
    assert after["deliveries"][0]["state"] == "sent"


def test_a_configured_portal_is_not_forgotten(house, capsys):
    folder, config = house
    code, _, err = told(capsys, config, "forget", "p", "--yes")
    assert (code, err.count("\n")) == (2, 1)
    assert "remove its [[portals]] table" in err
    assert len(feed(folder, "p")) == 2


def test_a_portal_that_is_gone_is_forgotten_with_its_files(house, capsys):
    folder, config = house
    public = folder / "state" / "public"
    (public / "archive").mkdir()
    kept = [public / "p.rss", public / "gone2.rss", public / "archive" / "gone-away-2026-10.atom"]
    erased = [public / "gone.rss", public / "gone.atom.gz", public / "archive" / "gone-2026-10.atom"]
    for file in (*kept, *erased):
        file.write_text("x", encoding="utf-8")
    store = sqlite.connect(folder / "state")
    names = {
        "gone.rss": "gone",
        "gone.atom": "gone",
        "archive/gone-2026-10.atom": "gone",
        "p.rss": "p",
        "archive/gone-away-2026-10.atom": "x",
    }
    for name, of in names.items():
        store.publications.save(Drawn(feed=of), [File(name=name, seal="s", feed=of)])
    store.close()
    assert told(capsys, config, "forget", "gone", "--yes")[0] == 0
    assert [file.exists() for file in kept] == [True] * 3
    assert [file.exists() for file in erased] == [False] * 3
    assert (feed(folder, "gone"), feed(folder, "p")) == ([], ["标题1", "标题2"])


def test_what_operators_were_told_of_a_portal_is_forgotten_and_not_counted(house, capsys):
    folder, config = house
    store = sqlite.connect(folder / "state")
    sql(store, "UPDATE entries SET kind = 'notice' WHERE title = '旧闻12'")
    sql(store, "DELETE FROM listings WHERE entry IN (SELECT uid FROM entries WHERE kind = 'notice')")
    store.close()
    code, out, err = told(capsys, config, "forget", "gone", "--yes", "--json")
    assert (code, json.loads(out)["forgotten"], "forgotten: 1 articles" in err) == (0, 1, True)
    store = sqlite.connect(folder / "state")
    assert sql(store, "SELECT COUNT(*) FROM entries WHERE title = '(forgotten)'") == [(2,)]
    store.close()


def test_an_unknown_name_and_an_ambiguous_one_are_usage_errors(house, capsys):
    folder, config = house
    for name in ("nope", "标题", "", "tag:nowhere"):
        code, _, _ = told(capsys, config, "forget", name, "--yes")
        assert code == 2, name
    assert len(feed(folder, "p")) == 2


def test_without_a_terminal_yes_must_be_said(house, capsys, monkeypatch):
    folder, config = house
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, _, err = told(capsys, config, "forget", "gone")
    assert (code, "--yes" in err, len(feed(folder, "gone"))) == (2, True, 2)


@pytest.mark.parametrize(("answer", "left"), [("n", 2), ("", 2), ("y", 0)])
def test_a_person_is_asked(house, capsys, monkeypatch, answer, left):
    folder, config = house
    stdin = io.StringIO(answer + "\n")
    monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", stdin)
    code, out, _ = told(capsys, config, "forget", "gone")
    assert (code, len(feed(folder, "gone"))) == (int(bool(left)), left)
    assert "with 2 articles" in out


def test_a_tick_leaves_what_was_forgotten_alone(tmp_path):
    """Over a real portal: the article is edited there and its line changes; no feed, page or message says anything of it again."""
    with House(tmp_path, revisit="[]") as house:
        house.run()
        story = house.portal.stories[0]
        assert house.command("forget", house.portal.address(story.id), "--yes").returncode == 0
        sent = len(house.messages)
        for title in ("改过的标题一", "改过的标题二"):
            house.portal.edit(story.key, title=title)
            figures = house.run("--now")
            assert (figures["new"], figures["deliveries"]["sent"], figures["code"]) == (0, 0, 0)
        assert len(house.messages) == sent
        published = [path.read_text("utf-8") for path in house.public("").rglob("*") if path.suffix in {".rss", ".atom", ".json"}]
        assert published
        assert not any(word in text for text in published for word in (story.title, "改过的标题"))
        assert house.query("SELECT COUNT(*) FROM entries WHERE title = '(forgotten)'") == [(1,)]


@pytest.mark.parametrize("given_again", [True, False])
def test_a_new_article_at_a_forgotten_ones_address_is_published(house, given_again):
    """The address was given again: the new article is shown and pushed. The forgotten one itself stays forgotten."""
    folder, _ = house
    store = sqlite.connect(folder / "state")
    uid = store.archive.entry_of([canonical("http://a.cn/2")])
    store.upkeep.forget_article(uid, NOW)
    row = store.archive.links("p", [canonical("http://a.cn/2")])[canonical("http://a.cn/2")]
    case = decide.Case(
        row=row, portal=portal(), zone=ZoneInfo("UTC"), now=NOW, followers=(decide.Follower(id="chat"),), known=None, history=(), taken=1,
        reused=given_again,
    )  # fmt: skip
    article = Article(url=row.url, title="港口新辟航线", content_text="正文", content_html="<p>正文</p>", summary="摘要")
    found = store.archive.apply(decide.seen(case, article, Page(url=row.url, body=b"x")))
    [(owed,)] = sql(store, "SELECT COUNT(*) FROM deliveries WHERE entry = ? AND waiting = 1", found)
    store.close()
    assert (found == uid, owed) == ((False, 1) if given_again else (True, 0))
    assert feed(folder, "p") == (["标题1", "港口新辟航线"] if given_again else ["标题1"])
