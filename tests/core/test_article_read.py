"""Reading article pages: errors by name, operators' selectors, joined pages, dates by rank, and what must not matter."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.article import join, read
from bridge.errors import ReadError
from bridge.model import Link, Portal, Site, When

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.example.cn/news/12.html"
PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
STORY = (
    "<p>5月10日上午，全市春季绿化工作推进会召开，市直有关部门负责同志参加会议。</p><p>会议指出，要抓住有利时节，倒排工期，挂图作战，确保完成任务。</p>"
    "<p>会议要求，加强苗木检疫和后期管护，建立“谁栽植、谁管护”的责任机制。</p>"
)
PAGE = (
    "<html><head><title>绿化会议召开 - 临江网</title></head><body><div class=a><h1>绿化会议召开</h1><p>2019-05-11 11:13</p>"
    f"<div class=b>{STORY}</div></div></body></html>"
)


def _read(text, portal=PORTAL, link=None, url=URL, site=None):
    return read(text, url, "utf-8", portal, site or Site(), NOW, link)


def _with(where: str, extra: str) -> str:
    return PAGE.replace(where, where + extra, 1)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "empty"),
        ("<html><body>   </body></html>", "empty"),
        ("<frameset cols='20%,*'><frame src='menu.htm'><frame src='body.htm'></frameset>", "no-article"),
        ("<body><iframe src='http://x.example/body.htm'></iframe></body>", "no-article"),
        ("<body><ul><li><a href=/1>新闻中心</a><li><a href=/2>联系我们</a></ul></body>", "no-article"),
    ],
)
def test_no_article(text, cause):
    """A page without an article is named as such, and a frameset tells where its frames are."""
    with pytest.raises(ReadError) as caught:
        _read(text)
    assert caught.value.cause == cause
    assert "frameset" not in text or "https://www.example.cn/news/body.htm" in str(caught.value)


DATES = [
    # structured data with an offset before everything
    (
        '<meta property="article:published_time" content="2019-05-11T11:13:36+08:00"><p>发布时间：2019-05-12 09:00</p>',
        "2019-05-11T11:13:36+08:00",
    ),
    # a labelled date before the source's dateline, whatever stands first
    ("<p>2019-05-09 13:13 来源：澎湃新闻</p><p>发布时间：2019/5/11 11:13:36</p>", "2019-05-11T11:13:36+08:00"),
    # the dateline alone is the page's
    ("<p>2019-05-09 13:13 来源：澎湃新闻</p>", "2019-05-09T13:13:00+08:00"),
    # an update is no publication
    ("<p>更新时间：2019-05-13 10:00</p><p>发布时间：2019-05-11 11:13</p>", "2019-05-11T11:13:00+08:00"),
    # a clock time joins the day of a stronger statement
    ('<meta name="PubDate" content="2019-05-11"><p>2019-05-11 11:13</p>', "2019-05-11T11:13:00+08:00"),
    # a `Z` pasted behind local time gives way to the printed clock
    (
        '<meta property="article:published_time" content="2019-05-11T11:13:00Z"><p>发布时间：2019-05-11 11:13</p>',
        "2019-05-11T11:13:00+08:00",
    ),
    # the same instant is shown as the page prints it
    (
        '<meta property="article:published_time" content="2019-05-11T03:13:00Z"><p>发布时间：2019-05-11 11:13</p>',
        "2019-05-11T11:13:00+08:00",
    ),
    # events, deadlines and spans are no publication
    ("<p>活动时间：2019年5月20日至5月25日</p>", None),
    ("<p>报名截止时间：2019-05-20</p>", None),
    ("<p>时间：2019年5月10日 下午3:00</p><p>地点：校史馆</p>", None),
    ("<p>时间：2019年5月10日 下午3:00　来源：校史馆</p>", "2019-05-10T15:00:00+08:00"),
    # today's date in the head of the page is not the article's
    ("", None),
    # implausible
    ("<p>发布时间：2031-05-11</p>", None),
    ("<p>发布时间：1970-01-01 08:00</p>", None),
    # without a year there is doubt unless a list has just led here
    ("<p>发布时间：10-08 12:00</p>", None),
    # nor where another statement of the page has the same day
    ('<meta itemprop="dateUpdate" content="2019-05-11 11:13:36"><p>发布时间：05-11 11:13</p>', "2019-05-11T11:13:00+08:00"),
    # seconds since 1970 in a script
    ('<script>var ct = "1557544416";</script><p>昨天</p>', "2019-05-11T11:13:36+08:00"),
    # a leaf of a calendar, in one line or two, and a date over several elements
    ("<div><span class=d>11</span><span>2019-05</span></div>", "2019-05-11T00:00:00+08:00"),
    ("<div>05-11</div><div>2019年</div>", "2019-05-11T00:00:00+08:00"),
    ("<p><i>2019</i>-<i>05</i>-<i>11</i> <em>11:13:36</em> <span>市林业局</span></p>", "2019-05-11T11:13:36+08:00"),
    # the address of the site and the name of a paper stand beside it
    ("<p>http://www.example.cn　2019年05月11日11:13 <font>临江晚报</font></p>", "2019-05-11T11:13:00+08:00"),
]


@pytest.mark.parametrize(("stamp", "wanted"), DATES)
def test_ranking_of_dates(stamp, wanted):
    """The strongest statement wins; footer, copyright and machine stamps never do."""
    page = (
        f"<html><title>绿化会议召开 - 临江网</title><body><div>今天是2026年11月20日 星期五</div><div class=nav>"
        f"<a href=/>首页</a></div><h1>绿化会议召开</h1>{stamp}"
        f"<div class=b>{STORY}</div><div>Published at 2024/4/19 6:30:27, Powered By WRMPS</div><div>Copyright © 2004-2022 临江网 "
        f"2022-01-01</div></body></html>"
    )
    published = _read(page).published
    assert (published and published.at.isoformat()) == wanted


def test_the_list_vouches_for_yearless_dates():
    """A page that a list has just led to may leave the year out."""
    page = PAGE.replace("2019-05-11 11:13", "发布时间：11-20 12:00")
    article = _read(page, link=Link(URL, "绿化会议召开"))
    assert article.published is not None
    assert article.published.at.isoformat() == "2026-11-20T12:00:00+08:00"


def test_the_list_date_is_the_last_resort():
    """A page without a date takes its list line's."""
    when = When(datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai")), "day", "list")
    assert _read(PAGE.replace("2019-05-11 11:13", ""), link=Link(URL, "绿化会议召开", when)).published == when


def test_a_cut_list_title_is_completed():
    """The page's headline wins over the list's beginning of it."""
    page = PAGE.replace("绿化会议召开 - 临江网", "临江网").replace("<h1>绿化会议召开</h1>", "<div>全市春季绿化会议召开</div>")
    assert _read(page, link=Link(URL, "全市春季绿化会…")).title == "全市春季绿化会议召开"


def test_selectors_override():
    """An operator's selectors are the last word on the fields that they name."""
    page = _with(
        "<div class=b>", "<span class=s>某报</span><span class=w>张三</span><span class=d>2018年1月2日</span><em class=ad>广告语一句。</em>"
    )
    select = {"title": "div.b p", "published": ".d", "source": ".s", "author": ".w", "body": "div.b", "drop": ".ad"}
    article = _read(page, replace(PORTAL, select=select))
    assert article.title.startswith("5月10日上午")
    assert article.published is not None
    assert article.published.at.isoformat() == "2018-01-02T00:00:00+08:00"
    assert (article.source.name, article.author) == ("某报", "张三")
    assert "广告语" not in article.content_text
    assert "责任机制" in article.content_text


@pytest.mark.parametrize(
    ("key", "selector"), [("body", "div.gone"), ("body", "div[[["), ("title", "h9"), ("published", ".b"), ("author", ":::")]
)
def test_a_wrong_selector_is_named(key, selector):
    """The error says which selector, on which page, and what it matched."""
    with pytest.raises(ReadError) as caught:
        _read(PAGE, replace(PORTAL, select={key: selector}))
    assert caught.value.cause == "selector"
    assert f"select.{key} `{selector}`" in str(caught.value)


def test_an_optional_selector_may_miss():
    """Not every article has an author; explain tells that the selector found none."""
    article = _read(PAGE, replace(PORTAL, select={"author": ".nobody"}))
    assert article.author is None
    assert article.explain["selectors"] == ["select.author `.nobody` matched 0 nodes"]


@pytest.mark.parametrize(
    "shown", ["<div id=root></div>", "<header><a href=/>首页</a></header><div id=root><h1>绿化会议召开</h1>Loading…</div>"]
)
def test_a_page_that_shows_its_text_by_scripts_only(shown):
    """The body of its structured data is taken, marked up or in lines, and cleaned; where the page has text itself, that counts."""
    for body in (STORY + "<iframe src=/x></iframe>", STORY.replace("</p>", "\n").replace("<p>", "")):
        stated = json.dumps({"@type": "NewsArticle", "headline": "绿化会议召开", "articleBody": body})
        data = f'<script type="application/ld+json">{stated}</script></head>'
        found = _read(f"<html><head><title>绿化会议召开 - 临江网</title>{data}<body>{shown}<noscript>JavaScript</noscript></body></html>")
        assert (found.title, found.content_html) == ("绿化会议召开", STORY)
        assert found.explain["body"]["rule"] == "structured data"
        assert _read(PAGE.replace("</head>", data)).explain["body"]["rule"] != "structured data"


@pytest.mark.parametrize("path", ["html/2026-11/20/content_1.htm", "2026/11/20/1.html", "c/2026-11-20/1.shtml", "20261120/1.html"])
def test_days_in_addresses(path):
    """Where the page states no date, its address may."""
    page = PAGE.replace("<p>2019-05-11 11:13</p>", "")
    assert _read(page, url=f"https://www.example.cn/{path}").published.at.date().isoformat() == "2026-11-20"


@pytest.mark.parametrize(
    ("href", "leads"),
    [("12_2.html", True), ("12-2.html", True), ("?page=2", True), ("/news/12/2", True), ("13.html", False),
     ("https://other.example/12_2.html", False), ("javascript:x", False)],
)  # fmt: skip
def test_next_page(href, leads):
    """A link to the next page is one only where it leads on in the same article."""
    found = _read(_with(STORY, f"<p class=p><a href='{href}'>下一页</a> <a href='14.html'>下一篇</a></p>")).next
    assert (found is not None) == leads


def test_join():
    """Bodies follow one another, pictures and files stand once, the facts are the first page's."""
    first, second = (
        _read(_with(STORY, "<img src=/a.jpg>")),
        _read(PAGE.replace("5月10日", "6月10日").replace(STORY[-40:], STORY[-40:] + "<img src=/a.jpg><img src=/b.jpg>")),
    )
    whole = join(first, [second, first])
    assert whole.content_text.count("5月10日") == 1
    assert whole.content_text.count("6月10日") == whole.content_html.count("6月10日")
    assert [image.url for image in whole.images] == ["https://www.example.cn/a.jpg", "https://www.example.cn/b.jpg"]
    assert (whole.title, whole.url, whole.published) == (first.title, first.url, first.published)


def test_lost_characters_are_suspicious():
    """One replacement character in a title is enough, one in a thousand in a body."""
    assert _read(PAGE).suspicious == ()
    assert _read(PAGE.replace("绿化会议", "绿\ufffd会议")).suspicious == ("encoding",)
    assert _read(PAGE.replace("有利时节", "有利\ufffd节")).suspicious == ("encoding",)


@pytest.mark.parametrize(
    "extra",
    [
        "<div class=nav><a href=/1>新闻</a> <a href=/2>公告</a> <a href=/3>政策</a></div>",
        "<ul>" + "".join(f"<li><a href=/{n}.html>第{n}条其他新闻的标题在这里</a> 05-{n:02d}</li>" for n in range(1, 13)) + "</ul>",
        "<div>友情链接：<a href=//a.example>甲</a>|<a href=//b.example>乙</a>|<a href=//c.example>丙</a></div>",
        "<div class=footer><p>主办单位：临江网 地址：解放路1号 电话：5210000</p><p>Copyright © 2004-2022</p></div>",
        "<div class=share>分享到：<a href=#>微博</a><a href=#>微信</a></div>",
        "<script>var a='<p>不是正文，只是脚本里的一句很长很长很长的话。</p>';</script><style>p{}</style>",
        "<div style='display:none'>看不见的文字，搜索引擎才看得见，这里写了很长的一句话。</div>",
        "<h3>相关新闻</h3><ul><li><a href=/8.html>环城水系提升工程完成过半</a></li></ul>",
    ],
)
def test_boilerplate_does_not_change_the_body(extra):
    """Navigation, lists, footers, share bars, scripts around an article leave its text and title as they are."""
    plain = _read(PAGE)
    for page in (
        _with("<body>", extra),
        PAGE.replace("</body>", extra + "</body>"),
        PAGE.replace("</div></div></body>", f"</div>{extra}</div></body>"),
    ):
        article = _read(page)
        assert (article.content_text, article.title, article.published) == (plain.content_text, plain.title, plain.published)


SOUP = ["<p>", "</p>", "<div>", "</div>", "<table><tr><td>", "</td></tr></table>",
        "<h1>", "<a href='/1.html'>", "</a>", "<br><br>", "<img src=a.jpg>", "<li>", "<time datetime='2019-05-11T11:13:00+99:99'>",
        "发布时间:2019-5-11 25:61", "今天是好日子，大家都很高兴。",
        "<script type='application/ld+json'>{\"@type\":[\"Article\"],\"datePublished\":5,\"author\":[null,3]}</script>", "\x00",
        "&#0;&#xD800;",
        "<meta property=og:title content=x>", "<title>", "<frameset>", "<body>", "</html>", "<![CDATA[", "<!--", "来源：", "下一页",
        "<base href='http://[::1'>", "<a rel=next href='http://[x'>", "٢٠١٩/٥/١١",
        "<article class='a b' itemprop=articleBody>", "9" * 50, "<svg>", "<p hidden>", "<td rowspan=999999>", "<ul><li><a>",
        "<font size=5><b>", "<pre>", "<select><option>"]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.one_of(st.sampled_from(SOUP), st.text(max_size=12)), max_size=40))
def test_soup_raises_nothing_but_read_errors(parts):
    """Whatever the page: an article or a ReadError."""
    try:
        article = _read("".join(parts))
    except ReadError as error:
        if error.cause not in {"empty", "no-article"}:
            raise
        return
    assert "<script" not in article.content_html
    assert article.published is None or article.published.at.tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 50_000 + STORY,
        "<table><tr><td>" * 3000 + STORY,
        "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">" + STORY,
        "<h1>题</h1>" + "<p>一句话。</p>" * 20_000,
        "<h1>题</h1>" + "<a href=1>" * 20_000 + STORY,
        "<h1>题</h1><p>" + "2019-05-11 " * 20_000,
        "<h1>题</h1><p>" + "“" * 30_000 + STORY,
        "<h1>题</h1><p>" + "a.b. " * 50_000,
        "<title>" + " - " * 30_000 + "</title>" + STORY,
        "<h1>题</h1>" + "<p>发布时间：2019-05-11</p>" * 5000,
        "<h1>题</h1><p>" + " " * 200_000 + "</p>" + STORY,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + STORY,
        "<meta name=description content='" + "，" * 100_000 + "'>" + STORY,
        "<h1>题</h1>" + "<br>" * 50_000 + STORY,
        "<table>" + "<tr><td>1<td>2" * 10_000 + "</table>",
    ],
    ids=range(15),
)
@pytest.mark.timeout(20)
def test_hostile_sizes_end(text):
    """Deep, wide and repetitive pages end in bounded time, with an article or a named cause."""
    try:
        _read(text)
    except ReadError as error:
        if not error.cause:
            raise


def test_random_order_of_attributes_and_case_does_not_matter():
    """Upper-case tags and shuffled sidebars change nothing."""
    lists = [f"<ul><li><a href=/{n}.html>第{n}条其他新闻的标题在这里</a></li></ul>" for n in range(6)]
    texts = set()
    for seed in range(4):
        random.Random(seed).shuffle(lists)
        texts.add(_read(PAGE.replace("</body>", "".join(lists) + "</body>").replace("<p>", "<P>")).content_html)
    assert len(texts) == 1
