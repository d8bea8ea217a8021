"""`add`: finds list pages from a home page, verifies them, derives the portal's settings, asks, writes."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import tomli
from stand_ins.portals import themes
from stand_ins.web import Answer, Web, redirect

from bridge.cli import main
from bridge.demo.portal import SamplePortal

GAP = ("--gap", "0s", "--allow", "127.0.0.0/8")
TODAY = datetime.now(UTC)


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """`shell(words…, typed=…)` runs the command in an empty folder; with `typed`, stdin is a terminal with these lines."""
    monkeypatch.chdir(tmp_path)

    def run(*words, typed=None):
        stdin = io.StringIO(typed or "")
        stdin.isatty = lambda: typed is not None
        monkeypatch.setattr("sys.stdin", stdin)
        code = main(list(map(str, words)))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def portals(path="config.toml"):
    with open(path, "rb") as file:
        return tomli.load(file)["portals"]


# ---------------------------------------------------------------- a site made of pages

TEXT = "<p>{0}。市民可以提前一天在网上预约，名额有限，先到先得，详情请关注本站后续消息。</p>" * 4
NAV = '<div class="nav"><a href="/">首页</a> {} <a href="/about.html">关于我们</a> <a href="/login">登录</a></div>'


class Site:
    """A town's site: sections with `lines` articles each, the newest `ages` days old; what a list shows is up to `rows`."""

    def __init__(self, web, sections, *, site="柳溪信息网", home=True, lines=12):
        self.web, self.sections, self.site = web, sections, site
        self.nav = NAV.format(" ".join(f'<a href="/{key}/list.html">{name}</a>' for key, (name, _) in sections.items()))
        for key, (name, age) in sections.items():
            web.route(f"/{key}/list.html", self.page(f"{name}-{site}", self.rows(key, age, lines)))
            for n in range(lines):
                web.route(f"/{key}/{1000 + n}.html", self.article(key, n, age))
        if home:
            web.route("/", self.page(f"{site}-最全的本地资讯", "".join(self.block(key) for key in sections)))

    def title(self, key, n):
        return f"{self.sections[key][0]}第{n + 1}号关于{'道路公园学校医院图书馆体育场'[n % 12 : n % 12 + 2]}开放安排的报道"

    def date(self, age, n):
        return TODAY - timedelta(days=age + n)

    def rows(self, key, age, lines):
        items = (
            f'<li><a href="/{key}/{1000 + n}.html">{self.title(key, n)}</a><span>{self.date(age, n):%Y-%m-%d}</span></li>'
            for n in range(lines)
        )
        return f'<ul class="list">{"".join(items)}</ul>'

    def block(self, key):
        name, age = self.sections[key]
        return f'<div class="box"><h3>{name} <a href="/{key}/list.html">更多>></a></h3>{self.rows(key, age, 5)}</div>'

    def page(self, title, body):
        return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{self.nav}{body}<div>版权所有</div></body></html>"

    def article(self, key, n, age):
        title = self.title(key, n)
        head = f"<h1>{title}</h1><div class=info>发布时间：{self.date(age, n):%Y-%m-%d %H:%M} 来源：{self.site}</div>"
        return self.page(f"{title}-{self.site}", f"{head}<div class=content>{TEXT.format(title)}</div>")


@pytest.fixture
def town():
    """Two fresh sections and a stale one, on a home page that shows no articles itself."""
    with Web() as web:
        site = Site(web, {"old": ("历史公告", 900), "news": ("本地新闻", 0), "notice": ("通知公告", 20)}, home=False)
        web.route("/", site.page("柳溪信息网-首页", "<h1>欢迎访问柳溪信息网</h1><img src=/welcome.jpg>"))
        yield web


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize("name", sorted(themes()))
def test_the_sample_portal_in_every_markup(shell, name):
    """The best page's links are true articles, and what is written can be run."""
    with SamplePortal(datetime.now(UTC), theme=themes()[name](), page_size=8) as portal:
        code, out, _ = shell("add", portal.url, "--yes", "--json", *GAP)
        assert code == 0
        facts = json.loads(out)
        assert facts["chosen"] == [portal.url]
        best = facts["pages"][0]
        assert (best["list"], best["checked"]) == (True, 2)
        assert best["links"] >= 8
        assert facts["requests"] <= 12
        assert len([seen for seen in portal.requests if seen.path != "/robots.txt"]) == facts["requests"]
        assert shell("check")[0] == 0
    assert portals()[0]["timezone"] == "Asia/Shanghai"


def test_sections_are_ranked_by_freshness_and_number(shell, town):
    """The fresh section first, the stale one last; a home page without articles is no list; menu entries are not asked for."""
    code, out, _ = shell("add", town.url("/"), "--yes", "--json", *GAP)
    facts = json.loads(out)
    assert code == 0
    assert [page["name"] for page in facts["pages"]] == ["本地新闻", "通知公告", "历史公告", "home page"]
    assert facts["pages"][0]["verdict"] == "a list: 2 of its pages share a template and bear its titles"
    assert facts["pages"][-1]["fault"].startswith("no-links")
    assert not {"/about.html", "/login"} & set(town.paths())
    [portal] = portals()
    assert portal == {
        "id": "127-0-0-1",
        "title": "柳溪信息网",
        "url": town.url("/"),
        "lists": [town.url("/news/list.html")],
        "timezone": "Asia/Shanghai",
        "language": "zh",
    }


def test_a_home_page_of_blocks_is_found_to_be_a_list_and_its_more_links_are_followed(shell):
    with Web() as web:
        Site(web, {"a": ("本地新闻", 0), "b": ("社会民生", 1)})
        _, out, _ = shell("add", web.url("/"), "--dry-run", "--json", *GAP)
        pages = {page["url"]: page for page in json.loads(out)["pages"]}
        assert pages[web.url("/")]["links"] == 10
        assert pages[web.url("/a/list.html")]["links"] == 12
        assert pages[web.url("/b/list.html")]["how"] == "more"
        assert pages[web.url("/b/list.html")]["name"] == "社会民生"


def test_the_table_tells_what_each_page_yields(shell, town, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    code, out, err = shell("add", town.url("/"), *GAP)
    lines = out.splitlines()
    assert code == 2
    assert err == "feedbridge: add: nobody to ask: --yes takes the best page, --lists URL… names them, --dry-run only looks\n"
    assert lines[0].split() == ["links", "dated", "new", "newest", "page", "address", "verdict"]
    assert lines[1].startswith(f"1  12     12     12   {TODAY:%Y-%m-%d}  本地新闻")
    assert not list(town.asked("/about.html"))


def test_a_guess_whose_pages_bear_other_titles_is_doubtful(shell):
    """Every article address answers with the same page: what looked like a list is none."""
    with Web() as web:
        site = Site(web, {"a": ("本地新闻", 0)}, lines=12)
        for n in range(12):
            web.route(f"/a/{1000 + n}.html", site.page("广告", f"<h1>点击领取大礼包先到先得</h1>{TEXT.format('礼包')}"))
        _, out, _ = shell("add", web.url("/"), "--dry-run", "--json", *GAP)
        assert {page["verdict"] for page in json.loads(out)["pages"]} == {"doubtful: its pages bear other titles"}


def test_a_frameset_and_a_page_that_leads_on_are_entered(shell):
    """Frames within what a meta refresh leads to; the menu frame's sections are found too."""
    with Web() as web:
        site = Site(web, {"a": ("本地新闻", 0), "b": ("社会民生", 3)}, home=False)
        web.route("/", '<html><head><meta http-equiv="refresh" content="0; url=/main.htm"></head><body></body></html>')
        web.route(
            "/main.htm", "<html><frameset cols=20%,*><frame name=menu src=/menu.htm><frame name=main src=/start.htm></frameset></html>"
        )
        web.route("/menu.htm", site.page("菜单", ""))
        web.route("/start.htm", site.page("开始", "<p>请在左边选择栏目。</p>"))
        _, out, _ = shell("add", web.url("/"), "--yes", "--json", *GAP)
        facts = json.loads(out)
        assert facts["chosen"] == [web.url("/a/list.html")]
        assert facts["requests"] <= 12


def test_a_section_that_redirects_to_a_page_seen_before_counts_once(shell):
    with Web() as web:
        site = Site(web, {"a": ("本地新闻", 0), "b": ("新闻动态", 3)}, home=False)
        web.route("/", site.page("首页", "<p>欢迎</p>"))
        web.route("/b/list.html", redirect("/a/list.html"))
        _, out, _ = shell("add", web.url("/"), "--dry-run", "--json", *GAP)
        assert sum(page["links"] > 0 for page in json.loads(out)["pages"]) == 1


def test_no_more_pages_are_asked_for_than_allowed(shell):
    with Web() as web:
        Site(web, {f"s{n}": (f"新闻{'甲乙丙丁戊己庚辛壬癸'[n]}", n) for n in range(10)})
        for most in (1, 3, 6, 12):
            _, out, _ = shell("add", web.url("/"), "--dry-run", "--json", "--most", most, *GAP)
            assert json.loads(out)["requests"] <= most
        assert json.loads(out)["requests"] == 12


def test_robots_is_obeyed(shell, town):
    town.route("/robots.txt", "User-agent: *\nDisallow: /news/\n")
    _, out, _ = shell("add", town.url("/"), "--yes", "--json", *GAP)
    facts = json.loads(out)
    assert facts["chosen"] == [town.url("/notice/list.html")]
    assert "robots" in next(page["fault"] for page in facts["pages"] if page["name"] == "本地新闻")
    assert not town.asked("/news/list.html")


def test_a_site_with_a_feed_of_its_own_is_told(shell):
    with Web() as web:
        site = Site(web, {"a": ("本地新闻", 0)})
        head = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"><meta charset=utf-8>'
        web.route("/", site.page("柳溪", site.block("a")).replace("<html><head><meta charset=utf-8>", head))
        items = "".join(
            f"<item><link>{web.url(f'/a/{1000 + n}.html')}</link><pubDate>{TODAY:%a, %d %b %Y} 08:00:00 GMT</pubDate></item>"
            for n in range(12)
        )
        web.route("/feed.xml", f"<rss><channel>{items}</channel></rss>")
        _, out, _ = shell("add", web.url("/"), "--yes", *GAP)
        assert f"the site has a feed of its own: {web.url('/feed.xml')}: 12 entries" in out
        assert "better than reading the page: subscribe to it directly" in out


@pytest.mark.parametrize(
    ("home", "told"),
    [
        (Answer(status=500), "http-500"),
        ("<html><body><p>欢迎</p></body></html>", "no list of articles was found (no-links"),
        ("", "no list of articles was found (empty"),
        (b"%PDF-1.4 x", "no list of articles was found (not-html"),
    ],
)
def test_a_portal_without_a_list_is_one_line_and_nothing_is_written(shell, tmp_path, home, told):
    with Web() as web:
        web.route("/", home)
        code, _, err = shell("add", web.url("/"), "--yes", *GAP)
    assert (code, err.count("\n")) == (1, 1)
    assert told in err
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- asking


@pytest.mark.parametrize(
    ("typed", "lists"),
    [
        ("\n\n", ["news"]),
        ("2\ny\n", ["notice"]),
        ("1, 2\nyes\n", ["news", "notice"]),
        ("9\nx\n1 3\n\n", ["news", "old"]),
        ("all\n\n", ["news", "notice", "old"]),
    ],
)
def test_it_asks_which(shell, town, typed, lists):
    """Numbers, several, all; asked again after nonsense; the text is shown before it is written."""
    code, out, _ = shell("add", town.url("/"), *GAP, typed=typed)
    assert code == 0
    assert portals()[0]["lists"] == [town.url(f"/{name}/list.html") for name in lists]
    assert out.index("[[portals]]") < out.index("write this into config.toml?")


@pytest.mark.parametrize("typed", ["none\n", "", "1\nn\n", "1\n"])
def test_nothing_is_written_after_no(shell, town, tmp_path, typed):
    code, _, err = shell("add", town.url("/"), *GAP, typed=typed)
    assert (code, err) == (2, "feedbridge: nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def test_named_lists_are_taken(shell, town):
    """Only they are looked at besides the home page; one that is no list is an error that names it."""
    named = (town.url("/old/list.html"), town.url("/news/list.html"))
    assert shell("add", town.url("/"), "--json", *GAP, "--lists", *named)[0] == 0
    assert sorted(portals()[0]["lists"]) == [town.url("/news/list.html"), town.url("/old/list.html")]
    assert not town.asked("/notice/list.html")
    code, _, err = shell("add", town.url("/"), "--config", "b.toml", *GAP, "--lists", town.url("/nowhere.html"))
    assert (code, err) == (1, f"feedbridge: {town.url('/nowhere.html')}: http-404\n")


def test_a_dry_run_shows_and_writes_nothing(shell, town, tmp_path):
    code, out, err = shell("add", town.url("/"), "--dry-run", *GAP)
    assert (code, err) == (0, "config.toml: not written (--dry-run)\n")
    assert 'lists = ["' in out
    assert list(tmp_path.iterdir()) == []


def test_what_is_given_is_not_derived(shell, town):
    more = ("--id", "liuxi", "--title", '引号"和\\', "--timezone", "Asia/Tokyo", "--language", "zh-CN")
    assert shell("add", town.url("/"), "--yes", *GAP, *more)[0] == 0
    portal = portals()[0]
    assert [portal[key] for key in ("id", "title", "timezone", "language")] == ["liuxi", '引号"和\\', "Asia/Tokyo", "zh-CN"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], "is not an http(s) address"),
        (["http://[::1"], "is not an http(s) address"),
        (["http://u:p@a.cn/"], "is not an http(s) address"),
        (["http://a.cn/", "--lists", "ftp://a.cn/"], "is not an http(s) address"),
    ],
)
def test_odd_words_are_one_usage_error(shell, words, told):
    code, _, err = shell("add", *words)
    assert (code, err.count("\n")) == (2, 1)
    assert told in err
