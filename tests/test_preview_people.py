"""`preview` for people: the table, the reader's view, the chat message, the reasons, what machines are offered."""

import io
import json
from pathlib import Path

import pytest
from stand_ins.house import House
from stand_ins.web import Answer, Web

from bridge.cli import main
from bridge.console import width

CORPUS = Path(__file__).parent / "corpus"
GAP = ("--gap", "0s", "--allow", "127.0.0.0/8")


def corpus(kind, name):
    return str(CORPUS / kind / f"{name}.html")


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """`shell(words…)` runs the command in an empty folder, 100 columns wide; gives (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words):
        code = main(list(map(str, words)))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


# ---------------------------------------------------------------- lists


def test_a_list_is_a_table_that_fits_and_lines_up(shell):
    """One line a link, with date and title; every title starts in the same column; no line is wider than the window."""
    code, out, _ = shell("preview", "list", corpus("lists", "old_front_tables"), "--url", "http://old.example.cn/")
    lines = out.splitlines()
    head = next(n for n, line in enumerate(lines) if "published" in line)
    rows = lines[head + 1 : head + 36]
    wanted = json.loads((CORPUS / "lists" / "old_front_tables.json").read_text("utf-8"))["links"]
    assert code == 0
    assert all(width(line) <= 100 for line in lines)
    assert [link["title"] in row for link, row in zip(wanted, rows, strict=True)] == [True] * 35
    columns = {width(row[: row.index(link["title"])]) for link, row in zip(wanted, rows, strict=True)}
    assert columns == {width(lines[head][: lines[head].index("title")])}


def test_what_was_left_out_is_told_by_reason_with_examples(shell):
    _, out, _ = shell("preview", "list", corpus("lists", "old_front_tables"), "--url", "http://old.example.cn/")
    assert "left out     35 links" in out
    assert "hot list 15" in out
    assert "short text 15" in out
    assert "http://old.example.cn/class/1.html" not in out


def test_explain_names_every_link_that_was_left_out_and_the_groups(shell):
    _, out, _ = shell("preview", "list", corpus("lists", "old_front_tables"), "--url", "http://old.example.cn/", "--explain")
    assert "http://old.example.cn/class/1.html" in out
    assert "the group of links that reads most like a list of articles" in out
    assert "→  9.3" in out


def test_the_next_page_is_named(shell):
    wanted = json.loads((CORPUS / "lists" / "bbs_threads.json").read_text("utf-8"))
    _, out, _ = shell("preview", "list", corpus("lists", "bbs_threads"), "--url", wanted["url"])
    assert f"next page    {wanted['next']}" in out


def test_in_a_pipe_addresses_are_whole(shell, monkeypatch):
    monkeypatch.delenv("COLUMNS")
    _, out, _ = shell("preview", "list", corpus("lists", "old_front_tables"), "--url", "http://old.example.cn/")
    assert "http://old.example.cn/html/0/33498.html\n" in out


# ---------------------------------------------------------------- articles


def test_an_article_looks_as_in_a_reader(shell):
    """Title, date with origin and zone, source with its date, contributor, category, summary, text, pictures."""
    code, out, _ = shell("preview", "article", corpus("articles", "seed_font_tables"), "--url", "http://www.china0315.com/a.asp")
    assert code == 0
    for part in (
        "唐山网信办马文斌:吹响新媒体发展“集结号”",
        "published    2019-05-11 11:13:36 +0800 (labelled on the page, zone assumed",
        "source       澎湃新闻 问政, 2019-05-09 13:13",
        "contributor  唐山市委网信办",
        "category     唐山新闻资讯 > 唐山",
        "summary      2019年是新中国成立70周年",
        "image 2      http://www.china0315.com/uploadfile/2019/05/2.jpg",
    ):
        assert part in out
    assert all(width(line) <= 100 for line in out.splitlines())


def test_an_article_looks_as_in_a_chat(shell):
    """Picture, title, summary, source with date, and the label of the link, in a frame; how long it is."""
    _, out, _ = shell("preview", "article", corpus("articles", "seed_font_tables"), "--url", "http://www.china0315.com/a.asp")
    frame = [line for line in out.splitlines() if line.startswith("│")]
    assert {width(line) for line in frame} == {60}
    text = "\n".join(line[2:-2].rstrip() for line in frame)
    assert text.startswith("[picture] http://www.china0315.com/uploadfile/2019/05/1…\n")
    assert text.endswith("来源:澎湃新闻 问政 · 2019-05-11 11:13\n[阅读原文]")
    assert "of 4096 characters" in out


def test_an_article_without_a_date_says_what_will_happen(shell):
    _, out, _ = shell("preview", "article", corpus("articles", "no_date_footer"))
    assert "published    not stated; the feed will show when the article was first seen" in out


def test_explain_names_rule_and_runners_up_for_each_field(shell):
    _, out, _ = shell("preview", "article", corpus("articles", "seed_font_tables"), "--explain")
    why = out[out.index("\nwhy\n") :]
    for name in ("title", "published", "body", "source", "author", "editor", "contributor", "category", "summary"):
        assert f"\n  {name} " in why
    assert "label: 发布时间:2019/5/11 11:13:36" in why
    assert "not         84 2019-05-09T13:13:00+08:00 dateline" in why
    assert "line: 2019-05-09 13:13 来源:澎湃新闻 问政" in why


def test_explain_in_json_has_the_same_fields(shell):
    _, out, _ = shell("preview", "article", corpus("articles", "en_wordpress"), "--explain", "--json")
    explain = json.loads(out)["explain"]
    assert set(explain) >= {"title", "published", "body", "source", "author", "editor", "contributor", "category", "summary"}
    assert all({"rule", "rivals"} <= set(explain[name]) for name in set(explain) - {"selectors"})


def test_control_characters_of_a_portal_reach_no_terminal(shell, tmp_path):
    page = tmp_path / "a.html"
    text = "市民可以预约参观，名额有限，先到先得。" * 6
    page.write_text(f"<h1>花展\x1b[2J延期三天公告</h1><p>{text}\x1b]0;x\x07</p>", encoding="utf-8")
    _, out, _ = shell("preview", "article", page)
    assert not [char for char in out if not char.isprintable() and char != "\n"]


# ---------------------------------------------------------------- targets


def test_files_standard_input_and_addresses_in_one_run(shell, monkeypatch):
    """In the order of the targets; one that cannot be read is told on stderr and makes exit code 1."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path(corpus("articles", "de_news")).read_bytes())))
    with Web() as web:
        web.route("/a", Answer(Path(corpus("articles", "ru_news")).read_bytes(), headers={"Content-Type": "text/html"}))
        code, out, err = shell("preview", "article", corpus("articles", "fr_news"), "-", "nowhere.html", web.url("/a"), *GAP)
    heads = [line for line in out.splitlines() if line.startswith("== ")]
    assert code == 1
    assert heads == [f"== {corpus('articles', 'fr_news')}", "== -", f"== {web.url('/a')}"]
    assert err == "feedbridge: nowhere.html: cannot be read: No such file or directory\n"


def test_nothing_is_written_to_stderr_unless_it_is_a_terminal(shell):
    with Web() as web:
        web.route("/a", Path(corpus("articles", "ru_news")).read_bytes())
        assert shell("preview", "article", web.url("/a"), *GAP)[2] == ""


CONFIG = """
[network]
allow = ["127.0.0.0/8"]
gap = "0s"
[[portals]]
id = "p"
title = "P"
url = "http://p.example.cn/"
timezone = "Asia/Tokyo"
[portals.select]
"""


def test_networks_of_a_named_config_are_let_through(shell, tmp_path):
    """And those of ./config.toml; a named file must be there and good, an unnamed one need not."""
    page = Path(corpus("articles", "ru_news")).read_bytes()
    with Web() as web:
        web.route("/a", page)
        assert "address-refused" in shell("preview", "article", web.url("/a"))[2]
        (tmp_path / "my.toml").write_text(CONFIG, encoding="utf-8")
        assert shell("preview", "article", web.url("/a"), "--config", "my.toml")[0] == 0
        assert shell("preview", "article", web.url("/a"), "--config", "none.toml")[0] == 2
        (tmp_path / "config.toml").write_text("nonsense", encoding="utf-8")
        code, _, err = shell("preview", "article", web.url("/a"), *GAP)
        assert (code, err.startswith("feedbridge: warning: config.toml is not used: ")) == (0, True)


@pytest.mark.parametrize(
    ("kind", "selector", "told"),
    [
        ("list", 'item = "ul.none > li"', "select.item `ul.none > li` matched 0 nodes on http://p.example.cn/x"),
        ("list", 'link = "div["', "select.link `div[` is no CSS selector"),
        ("list", 'item = "title"', "select.item `title` matched 1 nodes without an address on http://p.example.cn/x"),
        ("article", 'body = "#none"', "select.body `#none` matched 0 nodes on http://p.example.cn/x"),
        ("article", 'title = "::x"', "select.title `::x` is no CSS selector"),
        ("article", 'published = "title"', "select.published `title` matched 1 nodes without a date"),
    ],
)
def test_a_wrong_selector_names_itself_the_page_and_its_matches(shell, tmp_path, kind, selector, told):
    """With --portal the page is read as that portal's pages are."""
    (tmp_path / "config.toml").write_text(CONFIG + selector, encoding="utf-8")
    page = corpus("articles", "school_notice") if kind == "article" else corpus("lists", "gov_ul_span")
    code, _, err = shell("preview", kind, page, "--url", "http://p.example.cn/x", "--portal", "p")
    assert code == 1
    assert told in err
    assert err.count("\n") == 1


def test_check_names_a_selector_that_is_no_css(shell, tmp_path):
    """With file, line and key; an empty match only shows on a page."""
    (tmp_path / "config.toml").write_text(CONFIG + 'item = "li"\nbody = "div["\n', encoding="utf-8")
    code, _, err = shell("check")
    line = CONFIG.count("\n") + 2
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"feedbridge: config.toml:{line}: portals[0].select.body: `div[` is no CSS selector: ")


def test_a_portal_gives_its_zone(shell, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    _, out, _ = shell("preview", "article", corpus("articles", "seed_font_tables"), "--portal", "p", "--json")
    assert json.loads(out)["published"] == "2019-05-11T11:13:36+09:00"
    assert shell("preview", "article", "x.html", "--portal", "q")[0] == 2


# ---------------------------------------------------------------- what machines are offered

LINES = [(f"/a/2025{n:02}01/{1000 + n}.html", f"市图书馆第{n}次延长开放时间的公告和说明") for n in range(1, 13)]
HEAD = '<link rel="alternate" type="application/rss+xml" title="全部" href="/feed">'


def page(head=HEAD):
    lines = "".join(f'<li><a href="{url}">{title}</a><span>2025-{n:02}-01</span></li>' for n, (url, title) in enumerate(LINES, 1))
    return f"<html><head><meta charset=utf-8>{head}</head><body><ul>{lines}</ul></body></html>"


def rss(base, lines):
    items = "".join(
        f"<item><title>{t}</title><link>{base}{u}</link><pubDate>Tue, 01 {m} 2025 08:00:00 +0800</pubDate></item>" for u, t, m in lines
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'


def test_a_feed_that_is_as_good_as_the_page_is_told(shell):
    with Web() as web:
        web.route("/", page())
        web.route("/feed", rss(web.url(""), [(u, t, "Dec") for u, t in LINES]))
        _, out, _ = shell("preview", "list", web.url("/"), *GAP)
        assert "12 entries, newest 2025-12-01, 12 of the page's 12 links; better than reading the page" in " ".join(out.split())


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        (
            lambda base: rss(base, [(u, t, "Jan") for u, t in LINES[:3]]),
            "newest 2025-01-01, older than the page, 3 of the page's 12 links",
        ),
        (lambda base: "<html>no feed</html>", "cannot be used: no entries in it"),
        (lambda base: "", "cannot be used: no entries in it"),
        (lambda base: Answer(status=404), "cannot be used: http-404"),
        (
            lambda base: json.dumps({"items": [{"url": base + LINES[0][0], "date_published": "2025-12-01T00:00:00+08:00"}]}),
            "1 entries, newest 2025-12-01, 1 of the page's 12 links",
        ),
        (lambda base: '{"items": 3}', "cannot be used: no entries in it"),
        (
            lambda base: (
                f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link rel='self' href='x'/><link href='{base}{LINES[0][0]}'/>"
                "<updated>2025-12-01T08:00:00Z</updated></entry></feed>"
            ),
            "1 entries, newest 2025-12-01, 1 of the page's 12 links",
        ),
    ],
    ids=["poor", "html", "empty", "missing", "json-feed", "json-nonsense", "atom"],
)
def test_what_a_feed_holds_is_told_beside_the_page(shell, feed, told):
    with Web() as web:
        web.route("/", page())
        web.route("/feed", feed(web.url("")))
        code, out, _ = shell("preview", "list", web.url("/"), *GAP)
    assert code == 0
    assert told in " ".join(out.split())
    assert "better than" not in out


def test_sitemaps_come_from_robots_and_item_lists_from_the_page(shell):
    item = {"@type": "ItemList", "itemListElement": [{"url": u, "name": t} for u, t in LINES[:4]]}
    with Web() as web:
        base = web.url("")
        web.route("/robots.txt", f"User-agent: *\nSitemap: {base}/map.xml\n")
        urls = "".join(f"<url><loc>{base}{u}</loc><lastmod>2025-11-01</lastmod></url>" for u, _ in LINES)
        web.route("/map.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>')
        web.route("/", page(f'<script type="application/ld+json">{json.dumps(item)}</script>'))
        _, out, _ = shell("preview", "list", web.url("/"), *GAP)
    told = " ".join(out.split())
    assert "sitemap " in told
    assert "12 entries, newest 2025-11-01, older than the page, 12 of the page's 12 links" in told
    assert "“JSON-LD”: 4 links, not used" in told


def test_programs_are_told_of_no_offers_and_none_is_fetched(shell):
    with Web() as web:
        web.route("/", page())
        _, out, _ = shell("preview", "list", web.url("/"), "--json", *GAP)
        assert set(json.loads(out)) == {"url", "charset", "next", "links"}
        assert web.paths() == ["/robots.txt", "/"]


def test_a_tick_names_a_selector_that_matches_nothing(tmp_path):
    """The selector, the page and how many nodes it matched, in one line of `run` and in `status`."""
    with House(tmp_path, portal_more='[portals.select]\nitem = "ul.none > li"\n') as house:
        told = f"select.item `ul.none > li` matched 0 nodes on {house.portal.list_url}"
        assert told in house.run()["stderr"] + str(house.run("--now"))
        assert "select.item `ul.none > li`" in house.command("status", "--json").stdout
