"""Rules of list reading, one page each: what is asked for by selectors, offered to machines, remembered, left out, refused."""

import contextlib
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import listing, phrases, wording
from bridge.errors import ReadError
from bridge.model import ListPage, Page, Portal, Site
from bridge.portals import generic

URL = "http://www.town.example/news/"
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
TITLES = [f"唐山市积极推进{what}取得新成效" for what in ("老旧小区改造", "河道治理", "秋粮收购", "农村公路养护", "冬季供暖", "义务植树")]
LINES = "".join(f'<li><a href="/news/2026/{n}.html">{title}</a><span>11-{20 - n}</span></li>' for n, title in enumerate(TITLES))
MENU = (
    "<ul class=menu>" + "".join(f'<li><a href="/{n}/">{name}</a></li>' for n, name in enumerate(("首页", "新闻", "公告", "服务"))) + "</ul>"
)


def read(text: str, *, url: str = URL, site: Site | None = None, **select: str) -> ListPage:
    return listing.read(text, url, "utf-8", Portal(id="p", title="p", url=url, select=select), site or Site(), NOW)


def urls(page: ListPage) -> list[str]:
    return [link.url for link in page.links]


def test_plain_list():
    """Six lines, a menu left out with its reason, a signature, a language."""
    page = read(f"<body>{MENU}<ul class=list>{LINES}</ul>")
    assert [link.title for link in page.links] == TITLES
    assert page.language == "zh"
    assert page.signature
    assert {dropped.title for dropped in page.dropped} >= {"新闻", "公告"}


# ---------------------------------------------------------------- operators' selectors


def test_selectors_choose_items_titles_and_dates():
    """item, link, title and published override the automatic choice."""
    rows = "".join(f"<div class=r><a class=l href='/a/{n}'>→</a><b>{t}</b><i>2026/11/{n + 1}</i></div>" for n, t in enumerate(TITLES))
    page = read(f"<body>{MENU}{rows}<a id=n href='?p=2'>weiter</a>", item="div.r", link="a.l", title="b", published="i", next="#n")
    assert [(link.title, link.published.at.day) for link in page.links] == [(t, n + 1) for n, t in enumerate(TITLES)]
    assert page.next == "http://www.town.example/news/?p=2"
    assert page.explain["rule"] == "selectors"


@pytest.mark.parametrize(("select", "words"), [
    ({"item": "ul.nothing li"}, "select.item `ul.nothing li` matched 0 nodes"),
    ({"link": "a.nothing"}, "select.link `a.nothing` matched 0 nodes"),
    ({"item": "li[["}, "select.item `li[[` is no CSS selector"),
    ({"next": "a::text"}, "select.next `a::text` is no CSS selector"),
    ({"item": "span"}, "select.item `span` matched 6 nodes without an address"),
])  # fmt: skip
def test_wrong_selectors_are_named_with_their_count(select, words):
    """An operator reads which selector failed, where, and how many nodes it matched."""
    with pytest.raises(ReadError) as caught:
        read(f"<body><ul class=list>{LINES}</ul>", **select)
    assert caught.value.cause == "selector"
    assert words in str(caught.value)
    assert URL in str(caught.value)


def test_drop_and_next_selectors_leave_the_rest_automatic():
    """drop removes, next replaces; what they miss is told and no error."""
    other = "<ul class=list2>" + LINES.replace("/news/2026/", "/news/2025/").replace("推进", "推动") + "</ul>"
    page = read(f"<body><ul class=list>{LINES}</ul>{other}<a href='/old'>旧闻</a>", drop="ul.list2", next="a.none")
    assert len(page.links) == 6
    assert page.explain["missed"] == ("select.next `a.none` matched 0 nodes",)


def test_article_selectors_do_not_concern_lists():
    """title and published without item are an article page's."""
    assert len(read(f"<ul class=list>{LINES}</ul>", title="h1", published=".date").links) == 6


# ---------------------------------------------------------------- what is offered to machines


def test_feeds_are_reported():
    """RSS autodiscovery stands in explain."""
    page = read(f"<head><link rel='alternate' type='application/rss+xml' href='/rss.xml' title='全部'></head><ul>{LINES}</ul>")
    assert page.explain["feeds"] == [{"url": "http://www.town.example/rss.xml", "title": "全部", "type": "application/rss+xml"}]


def test_item_list_is_used_where_the_page_shows_less():
    """A list that is drawn by scripts but offered as JSON-LD."""
    items = [
        {"@type": "ListItem", "position": n, "item": {"@type": "NewsArticle", "url": f"/a/{n}.html", "headline": t}}
        for n, t in enumerate(TITLES)
    ]
    data = json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "ItemList", "itemListElement": items}]})
    page = read(f"<body>{MENU}<div id=app></div><script type='application/ld+json'>{data}</script>")
    assert [link.title for link in page.links] == TITLES
    assert page.explain["rule"] == "json-ld"


def test_frameset_names_its_frames():
    """A frameset has no links; the error says where they are."""
    with pytest.raises(
        ReadError, match=r"no-links: only frames: http://www.town.example/news/top.asp, http://www.town.example/news/main.asp"
    ) as caught:
        read("<html><frameset rows='80,*'><frame src=top.asp><frame src=main.asp></frameset></html>")
    assert caught.value.cause == "no-links"


def test_frames_beside_links_are_reported():
    """An iframe beside a list is no obstacle."""
    assert read(f"<ul>{LINES}</ul><iframe src=/ad.html></iframe>").explain["frames"] == ["http://www.town.example/ad.html"]


# ---------------------------------------------------------------- memory and drift


def test_remembered_place_wins_over_a_stronger_newcomer():
    """Seven dated lines of another block do not take over a list that is still there."""
    newcomer = "".join(
        f'<div class=x><a href="/shop/2026/{n}.html">{t}（新品上架）</a><em>2026-11-1{n % 9}</em></div>' for n, t in enumerate(TITLES * 3)
    )
    text = f"<body><ul class=list>{LINES}</ul><div>{newcomer}</div>"
    place = read(f"<body><ul class=list>{LINES}</ul>").signature
    page = read(text, site=Site(signatures={URL: place}))
    assert page.signature == place
    assert page.explain["rule"] == "remembered"


def test_drift_is_reported():
    """A place that is gone is named beside the one that won instead."""
    page = read(f"<body><ul class=list>{LINES}</ul>", site=Site(signatures={URL: "a<td.gone<tr<table"}))
    assert page.explain["drift"] == {"was": "a<td.gone<tr<table", "now": page.signature}


# ---------------------------------------------------------------- single rules


def test_page_without_articles_is_refused():
    """A menu and a footer are no list."""
    with pytest.raises(ReadError) as caught:
        read(f"<body>{MENU}<p>暂无内容</p><a href='/about.html'>关于我们</a>")
    assert caught.value.cause == "no-links"


def test_addresses_that_lead_nowhere_are_no_links():
    """javascript:, mailto:, fragments, the page itself."""
    extra = "<li><a href='javascript:show(1)'>唐山市召开会议部署安全生产工作</a></li>"
    extra += "<li><a href='#top'>唐山市召开会议部署安全生产工作二</a></li>"
    assert len(read(f"<ul class=list>{extra}{LINES}<li><a href='/news/'>唐山市召开会议部署安全生产工作三</a></li></ul>").links) == 6


def test_base_href_and_raw_chinese_addresses():
    """Relative to <base>, path as UTF-8, query in the page's charset, spaces encoded."""
    rows = "".join(f"<li><a href='文章 {n}.asp?类={n}'>{t}</a></li>" for n, t in enumerate(TITLES))
    page = listing.read(f"<base href='/x/'><ul class=l>{rows}</ul>", URL, "gb18030", Portal(id="p", title="p", url=URL), Site(), NOW)
    assert page.links[0].url == "http://www.town.example/x/%E6%96%87%E7%AB%A0%200.asp?%C0%E0=0"


def test_same_address_once_under_its_best_title():
    """Picture, headline and “more” of one article are one link, with its picture and summary."""
    cards = "".join(
        f"<div class=c><a href='/a/{n}.html'><img src='/i/{n}.jpg' width=200 alt=''></a><h3><a href='/a/{n}.html'>{t}</a></h3>"
        f"<p>记者昨日从有关部门获悉，这项工作今年内全部完成，惠及居民三万余户。{n}</p><a href='/a/{n}.html'>阅读全文</a></div>"
        for n, t in enumerate(TITLES)
    )
    page = read(f"<body>{cards}")
    assert [link.title for link in page.links] == TITLES
    assert page.links[0].image == "http://www.town.example/i/0.jpg"
    assert page.links[0].summary.startswith("记者昨日从有关部门获悉")


def test_cut_title_is_completed_from_another_anchor():
    """`…` at the end, the whole title elsewhere on the page."""
    rows = "".join(f"<li><a href='/a/{n}.html'>{t[:9]}…</a></li>" for n, t in enumerate(TITLES))
    top = f"<div class=top><a href='/a/2.html'>{TITLES[2]}</a></div>"
    assert TITLES[2] in [link.title for link in read(f"{top}<ul class=l>{rows}</ul>").links]


def test_bare_times_count_only_where_lines_have_them():
    """A film's length beside one headline is no publication time."""
    rows = LINES.replace("<span>11-20</span>", "<span>03:47</span>").replace("<span>11-1", "<span>x11-1")
    page = read(f"<ul class=list>{rows}</ul>")
    assert page.links[0].published is None


def test_no_date_is_invented():
    """Lines without a date have none."""
    assert all(link.published is None for link in read("<ul class=l>" + LINES.replace("<span>11-", "<span>第") + "</ul>").links)


@pytest.mark.parametrize(("pager", "following"), [
    ("<a href='?p=2'>下一页</a>", "?p=2"), ("<a href='?p=2'>Next »</a>", "?p=2"), ("<a rel='next' href='p2.html'>old</a>", "p2.html"),
    ("<b>1</b> <a href='p2'>2</a> <a href='p3'>3</a>", "p2"), ("<a href='p1'>1</a> 2 <a href='p3'>3</a> <a href='p4'>4</a>", "p3"),
    ("<a href='javascript:go(2)'>下一页</a>", None), ("<a href='p2'>2</a><a href='p3'>3</a><a href='p2'>&gt;</a>", "p2"),
    ("<a href='?p=2'><img src=n.gif alt='下一页'></a>", "?p=2"), ("", None),
    ("<a href='page/2'>Page 2 &gt;&gt;</a>", "page/2"),
    ('<b>1</b> <a href="?s=20">2</a> <a href="?s=20"><i class="icons next_page"></i></a>', "?s=20"),
])  # fmt: skip
def test_next_page(pager, following):
    """By relation, by words, by an arrow among numbers, by counting on."""
    found = read(f"<ul class=list>{LINES}</ul><div class=pages>{pager}</div>").next
    assert found == (None if following is None else URL + following)


# ---------------------------------------------------------------- the profile, and anything at all


def page_of(body: bytes, content_type: str | None = None) -> Page:
    return Page(URL, body, content_type)


@pytest.mark.parametrize(("body", "content_type", "cause"), [
    (b"%PDF-1.4 ...", "text/html", "not-html"), (b"\xef\xbb\xbf\r\n%PDF-1.4 ...", "text/html", "not-html"),
    (b"<html>" + bytes(range(1, 256)) * 40, "text/html", "not-html"),
    (b"PK\x03\x04....", "text/html", "not-html"), (b"\x89PNG\r\n", None, "not-html"),
    (b"binary", "application/msword", "not-html"), (b"   ", "text/html", "empty"),
    (b"<title>Just a moment...</title>", None, "blocked"),
])  # fmt: skip
def test_profile_refuses_what_is_no_page(body, content_type, cause):
    """By the first bytes, by the label, by what the page says."""
    portal = Portal(id="p", title="p", url=URL)
    with pytest.raises(ReadError) as caught:
        generic.read_list(page_of(body, content_type), portal, Site(), NOW)
    assert caught.value.cause == cause


def test_profile_decodes_and_reads():
    """Bytes under a wrong label become a list; the operator's charset and the remembered one are used."""
    body = f"<meta charset=gb2312><ul class=list>{LINES}</ul>".encode("gb18030")
    page = generic.read_list(page_of(body, "text/html; charset=utf-8"), Portal(id="p", title="p", url=URL), Site(charset="gb18030"), NOW)
    assert [link.title for link in page.links] == TITLES
    assert page.charset == "gb18030"


TAGS = st.sampled_from(
    ["div", "ul", "li", "a", "table", "tr", "td", "br", "span", "h2", "p", "nav", "img", "script", "form", "time", "frameset", "base"]
)
ATTRIBUTES = st.sampled_from(
    ["", " class=list", " href=/a/123.html", " href='http://[x'", " href=../../x?y=%zz", " datetime=2026-13-45", " title='…'", " rel=next"]
)
PIECES = st.one_of(
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
    st.text(max_size=20),
    st.sampled_from(["2026-11-3", "下一页", *TITLES]),
)


@given(st.lists(PIECES, max_size=80))
@settings(max_examples=150)
def test_any_markup_gives_absolute_links_or_a_named_cause(pieces):
    """No other exception, and every address is absolute http(s) in ASCII."""
    links = ()
    with contextlib.suppress(ReadError):
        links = read("".join(pieces)).links
    for link in links:
        assert link.url.startswith(("http://", "https://"))
        assert link.url.isascii()
        assert link.title


HOSTILE = {
    "deep": "<div>" * 30_000 + LINES,
    "tables": "<table><tr><td>" * 5_000 + LINES,
    "links": "<a href=/x/1.html>" * 20_000,
    "long": "<ul>" + LINES * 400,
    "address": "<a href='" + "x" * 200_000 + "'>x</a>",
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">" + LINES,
    "title": "<li><a href=/1.html>" + "题" * 100_000,
    "comments": "<!--" * 50_000,
    "font": "<font>" * 3_000 + LINES,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_end(text):
    """Deep, wide and endless markup is read or refused; time is bounded by the length."""
    with contextlib.suppress(ReadError):
        assert read(text).links


def test_a_short_title_that_stands_in_the_list_and_beside_it_is_a_line():
    """`停水通知` in the list, under the newest and under the most read, all of one markup: it is no category of the other titles."""
    rows = [(f"/news/{n}.html", title) for n, title in enumerate([*TITLES, "停水通知"])]
    tables = [
        "<table>"
        + "".join(f'<tr><td>·<a href="{url}">{title}</a></td><td>11-{20 - n}</td></tr>' for n, (url, title) in enumerate(part))
        + "</table>"
        for part in (rows, rows[-3:], rows[-3:])
    ]
    side = f"<td width=200><b>最新资讯</b>{tables[1]}<b>热门资讯</b>{tables[2]}</td>"
    page = read(f"<body>{MENU}<table><tr><td width=600>{tables[0]}</td>{side}</tr></table>")
    assert [link.title for link in page.links] == [*TITLES, "停水通知"]


def test_results_of_several_kinds_are_one_list():
    """Cards side by side whose titles stand at different depths and lead to different servers."""
    kinds = [
        "<div><h2><div><a href='/question/{n}001/answer/{n}77'>{t}</a></div></h2></div>",
        "<h2><a href='//zhuanlan.town.example/p/{n}001'>{t}</a></h2>",
    ]
    titles = [f"{title}{more}" for title in TITLES for more in ("", "受到好评")]
    cards = [f"<div class=Card>{kinds[n % 2].format(n=n + 1, t=t)}<span>2026-11-{20 - n}</span></div>" for n, t in enumerate(titles)]
    assert [link.title for link in read(f"<body>{MENU}<div class=results>{''.join(cards)}</div>").links] == titles


def test_a_section_with_blocks_alike_is_no_single_list():
    """Dated blocks under addresses of one shape are all of a section's front page, the ranking beside them is not."""
    blocks = {
        "Top": "<div><div><a href='{u}'><img src='{u}.jpg'><h2>{t}</h2><p>{t}，内容从略。</p><i>2 hrs ago</i></a></div></div>",
        "More": "<div><a href='{u}'><h2>{t}</h2><i>1 day ago</i></a></div>",
        "Most read": "<dd><a href='{u}'><h2>{t}</h2></a></dd>",
    }
    sections = [
        "".join(made.format(u=f"/news/articles/c{at}{n}1234o", t=f"{title}之{name}") for n, title in enumerate(TITLES))
        for at, (name, made) in enumerate(blocks.items())
    ]
    page = read("<main>" + "".join(f"<section><h2>{name}</h2>{rows}</section>" for name, rows in zip(blocks, sections, strict=True)))
    assert sorted(url.rpartition("/")[2][:2] for url in urls(page)) == ["c0"] * 6 + ["c1"] * 6


def test_a_board_whose_addresses_differ_in_the_query_only():
    """index.php?topic=12.0 beside board=, sort= and the last message, whose link text is its moment."""
    rows = "".join(
        f"<div class=windowbg><span><a href='index.php?topic={n}12.0'>{t}</a></span>"
        f"<p>by <a href='index.php?action=profile;u={n}'>Ann</a></p>"
        f"<p><a href='index.php?topic={n}12.msg{n}9#new'>November {20 - n}, 2026, 10:23:11 AM</a></p></div>"
        for n, t in enumerate(TITLES, 1)
    )
    page = read(f"<body><a href='index.php?board=3.0;sort=subject'>Subject</a>{rows}", url="http://town.example/index.php?board=3.0")
    assert urls(page) == [f"http://town.example/index.php?topic={n}12.0" for n in range(1, 7)]


def test_a_line_in_two_rows_has_the_date_of_its_second():
    """Title in one row; points, author, age and comments in the next; pages of threads beside their titles are no pager."""
    rows = "".join(
        f"<tr><td>{n}.<td><a href='http://s{n}.example/a-b-c-{n}12'>{t}</a> (<a href='/from?s={n}'>s{n}</a>) <a href='/i?id={n}01'>1</a>"
        f" <a href='/i?id={n}01&p=2'>2</a><tr><td><td>{n} points by <a href='/u?id=u{n}'>u{n}</a> <a href='/i?id={n}01'>2 hours ago</a>"
        f" | <a href='/i?id={n}01'>{n} comments</a>"
        for n, t in enumerate(TITLES, 1)
    )
    page = read(f"<body><table>{rows}</table>")
    assert [(link.title, link.published and link.published.at.hour) for link in page.links] == [(t, 10) for t in TITLES]
    assert page.next is None


def test_titles_below_ids_are_not_what_many_lines_say():
    """Of what stands beside an id, the words that come back on other lines are passed over."""
    rows = "".join(
        f"<dt><a href='/abs/2611.{n}0234'>id:2611.{n}0234</a> (cross-list from cs.CL) [x]<dd>Title: <b>{t}</b>"
        for n, t in enumerate(TITLES)
    )
    assert [link.title for link in read(f"<body><dl>{rows}</dl>").links] == TITLES


def test_patterns_that_are_shown_lower_case_have_no_capitals():
    """A capital among words that are compared with text in lower case would never be found."""
    for pattern in (wording._IDLE, wording._DATE, wording._DATE_ONLY, phrases._LIST_HEADING, phrases._JUNK, phrases._DISCLAIMER):
        plain = re.sub(r"\\.", "", pattern.pattern)
        assert plain == plain.lower()
