"""The lines around a headline in the manner of many portals: stamps, credits, and which line the headline is."""

from datetime import UTC, datetime

import pytest

from bridge.core.article import read
from bridge.model import Portal, Site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.example.cn/news/12.html"
PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
STORY = (
    "<p>5月10日上午，全市春季绿化工作推进会召开，市直有关部门负责同志参加会议。</p><p>会议指出，要抓住有利时节，倒排工期，挂图作战，确保完成任务。</p>"
    "<p>会议要求，加强苗木检疫和后期管护，建立“谁栽植、谁管护”的责任机制。</p>"
)


def _read(text):
    return read(text, URL, "utf-8", PORTAL, Site(), NOW)


DEK = "<p>Der Gemeinderat hat am Donnerstag den Umbau der Uferstraße beschlossen, begonnen wird im Frühjahr.</p>"
TOLD = (
    "<p>Die Bauarbeiten beginnen im April und dauern bis zum Herbst, teilte die Verwaltung mit.</p><p>Der Verkehr wird über die Hauptstraße"
    " umgeleitet, Anwohner erhalten Sonderausweise, wie die Verwaltung weiter mitteilte.</p>"
)
MANNERS = [
    # (between headline and story, behind the story, published)
    ("<p>Published:  <b>Wednesday</b>, 21 Sep 2011 | 4:35 PM</p>", "", "2011-09-21T16:35"),
    ("<div>By <a href=/u>Alexa Corriea</a> <span>on</span> Jul 04, 2014 at 11:30a <a href=/t>@alexa</a></div>", "", "2014-07-04T11:30"),
    ("<div>January 29th, 2013 in <a href=/c>Pop</a></div>", "", "2013-01-29T00:00"),
    ("<p>jeudi 27 juin 2019&nbsp;, par&nbsp; <a href=/l>loldf</a></p>", "", "2019-06-27T00:00"),
    ("<p>12 jan 23 | 5h27</p>", "", "2023-01-12T05:27"),
    ("<p>الثلاثاء، 01 كانون الثاني/يناير 2013</p>", "", "2013-01-01T00:00"),
    ("<p>Submitted by rasos on Mon, 2017-07-24 18:55</p>", "", "2017-07-24T18:55"),
    (f"{DEK}<p>13. Juni 2019</p>", "", "2019-06-13T00:00"),
    ("<div>Asked <time datetime=2019-06-13T08:00>6 days ago</time> Active <a href=/l>5 days ago</a></div>", "", "2019-06-13T08:00"),
    (f"{DEK}<div><time datetime=2019-06-13T08:00:00+02:00>vor Jahren</time></div>", "", "2019-06-13T08:00"),
    ("", "<p>Veröffentlicht am 07.06.2019</p><p>Weitere Termine finden Sie im Kalender der Gemeinde.</p>", "2019-06-07T00:00"),
    ("", "<div>Von Christian am 03.05.2013, 11:51 | 0 Meinungen | Umbau</div>", "2013-05-03T11:51"),
    (
        "",
        "<p>Dieser Artikel wurde am 14. Dezember 2015 um 14:48 von Heiner geschrieben, Sie können ihn kommentieren.</p>",
        "2015-12-14T14:48",
    ),
    (
        "",
        "<p>This entry was posted on Monday, December 14th, 2015 at 2:48 pm and is filed under <a href=/n>News</a>.</p>",
        "2015-12-14T14:48",
    ),
    (
        "",
        "<div>posted @ <span>2026-11-20 22:48</span>&nbsp;<a href=/u>river</a>&nbsp;阅读(<i>321</i>)&nbsp;评论(2)</div>",
        "2026-11-20T22:48",
    ),
    ("", "<p>本文由 admin 于2012年08月02日发表在学习笔记分类下，您可以发表评论。</p>", "2012-08-02T00:00"),
    (
        "<dl><dt>tom<dd><b>Joined:</b> Mon Jan 06, 2014 8:00 am</dl><p>by tom » <time datetime=2019-06-13T08:00>Jun 13, 2019</time></p>",
        "",
        "2019-06-13T08:00",
    ),
    ("<dl><dt><a href=/u>小林</a><dd>注册时间：2009-1-5<dd>最后登录：2010-3-4</dl>", "", None),
    ("<p><time>11/20(金) 18:05</time> 配信</p>", "", "2026-11-20T18:05"),  # the weekday tells the year
    ("<p>Friday, November 20, 6:05 PM</p>", "", "2026-11-20T18:05"),
    ("<p><time>11/20(木) 18:05</time> 配信</p>", "", None),
    # the story's own days
    (f"{DEK}<p>Termin: 13.06.2019</p>", "", None),
    ("", "<p>Die Arbeiten wurden am 14. Dezember 2015 von der Stadt beschlossen, so der Bürgermeister.</p>", None),
]


@pytest.mark.parametrize(("above", "below", "wanted"), MANNERS)
def test_stamps_of_other_manners(above, below, wanted):
    """Bylines, footers and lines below the lead say when a page was published, in several languages."""
    page = f"<html><title>Umbau der Uferstraße</title><body><h1>Umbau der Uferstraße</h1>{above}<div>{TOLD}</div>{below}</body></html>"
    published = _read(page).published
    assert (published and published.at.isoformat()[:16]) == wanted


@pytest.mark.parametrize("instant", ["2019-06-13T23:30:00-05:00", "2019-06-13T00:30:00+14:00"])
def test_a_page_prints_days_by_the_clock_of_its_own_offset(instant):
    """Address, line and time element say one day, though it is another one in the portal's zone."""
    page = f"<h1>Bridge opens</h1><p><time class=published datetime={instant}>June 13, 2019</time> by Ann Lee</p><div>{TOLD}</div>"
    published = read(
        f"<html><body>{page}</body></html>", "https://www.example.cn/2019/06/13/opens/", "utf-8", PORTAL, Site(), NOW
    ).published
    assert (published.at.isoformat(), published.precision) == (instant, "second")


LINES = [
    # (the line between headline and story, published, source, author)
    (
        "<b>2010年08月13日13:48</b>&nbsp;&nbsp;<a href=/x>人民网</a>&nbsp;<a href=#>微博</a>",
        "2010-08-13T13:48",
        "人民网",
        None,
    ),
    ("2010-08-13 13:48:00　来源: <a href=/x>中国新闻网</a>(北京)　跟贴 <a href=#>12</a> 条", "2010-08-13T13:48:00", "中国新闻网", None),
    ("2005年03月09日14:27　【字号 <a>大</a> <a>中</a> <a>小</a>】【<a>留言</a>】【<a>打印</a>】", "2005-03-09T14:27", None, None),
    ("www.XINHUANET.com　　2006年03月05日 09:12:33　　来源：新华网", "2006-03-05T09:12:33", "新华网", None),
    ("2009年06月11日 08:40<a href=#>广州日报</a>【<a>大</a> <a>中</a>】 共有评论<a href=#>3</a>条", "2009-06-11T08:40", "广州日报", None),
    ("中央政府门户网站　www.gov.cn　2008年03月05日　来源：新华社", "2008-03-05T00:00", "新华社", None),
    ("CCTV.com　2008年03月05日 09:12　<a>进入复兴论坛</a>　来源：央视网", "2008-03-05T09:12", "央视网", None),
    ("<span>发布者：管理员</span><span>发布时间：2018-05-04</span><span>浏览次数：<i>123</i></span>", "2018-05-04T00:00", None, None),
    ("[2018-05-04]　作者：党委宣传部　编辑：小林　浏览：(<span>1024</span>)", "2018-05-04T00:00", None, "党委宣传部"),
    ("<small>时间:</small>2013-04-02 11:02<small>来源:</small>未知 <small>点击:</small>次", "2013-04-02T11:02", "未知", None),
    ("[楼主] Posted:2007-03-05 10:22|", "2007-03-05T10:22", None, None),
    ("2007-03-05 10:22:33|&nbsp; 分类： <a>随笔</a> |&nbsp; 标签： |字号&nbsp;<a>大</a>", "2007-03-05T10:22:33", None, None),
    ("编辑于 2018-03-05 10:22", "2018-03-05T10:22", None, None),
    ("提交时间：2011-04-05　编辑时间：2011-04-07　点击：12", "2011-04-05T00:00", None, None),
    ("2012.05.06 / 临江文化 / 阅读 12", "2012-05-06T00:00", None, None),
    ("日期：12-05-06 08:30 来源：本站", "2012-05-06T08:30", "本站", None),
    ("【信息时间：2017/11/10&nbsp;&nbsp;阅读次数：】<a>【我要打印】</a><a>【关闭】</a>", "2017-11-10T00:00", None, None),
    ("本报记者 张晓明 通讯员 李芳　2012年5月6日 星期日", "2012-05-06T00:00", None, "张晓明"),
    ("3月1日 记者 王五", None, None, None),
]


@pytest.mark.parametrize(("line", "wanted", "source", "author"), LINES)
def test_lines_of_many_portals(line, wanted, source, author):
    """The line below the headline gives time, source and author in the manner of portals, newspapers and boards."""
    page = f"<html><title>绿化会议召开</title><table><tr><th>绿化会议召开<tr><td align=center>{line}<tr><td>{STORY}</table>"
    article = _read(page)
    assert (article.published and article.published.at.isoformat()[: len(wanted or "")]) == wanted
    assert (article.source and article.source.name) == source
    assert author is None or article.author == author


TITLES = [
    # (title element, what is printed above the story, headline)
    (
        "Millbrook Notes: Pump station",
        "<h1><a href=/>Millbrook Notes</a></h1><h3><a href=12.html>Pump station</a></h3>",
        "Pump station",
    ),
    ("新闻内容", "<div>新闻内容</div><span>绿化会议今天召开</span>", "绿化会议今天召开"),
    ("校园新闻-绿化会议今天召开", "<div>校园新闻</div><div align=center>绿化会议今天召开</div>", "绿化会议今天召开"),
    ("临江水利局", "<div>绿化会议今天召开</div>", "绿化会议今天召开"),
    ("临江水利局", "<p><img src=t.gif alt=绿化会议今天召开></p>", "绿化会议今天召开"),
    ("绿化会议召开_动态", "<h1>绿化会议召开<br><span>——市局保畅通侧记</span></h1>", "绿化会议召开"),
    ("临江市办公室关于绿化的通知_临江", "<p align=center><b>临江市办公室<br>关于绿化的通知</b></p>", "临江市办公室关于绿化的通知"),
    ("绿化会议今天召开", "<h1><span>原创</span>绿化会议今天召开</h1>", "绿化会议今天召开"),
    (
        "Umgehung: Die Brücke wird teurer - D",
        "<h2><span>Umgehung</span><span>Die Brücke wird teurer</span></h2>",
        "Umgehung: Die Brücke wird teurer",
    ),
    ("Retries and backoff - Runner", "<h1>Retries and backoff<a href=#r>¶</a></h1>", "Retries and backoff"),
]


@pytest.mark.parametrize(("head", "above", "wanted"), TITLES)
def test_headlines(head, above, wanted):
    """Neither the site nor its section is the headline, and marks and second lines are left out."""
    assert _read(f"<html><title>{head}</title><body>{above}<p>2019-05-11 11:13</p><div>{STORY}</div></body></html>").title == wanted


def test_the_head_of_a_page_in_one_cell_is_no_part_of_the_story():
    """Way, headline, stamps and story stand in one cell, set apart by single line breaks: each is told from the next."""
    head = (
        "临江网<br>城区<br>您的位置:临江网 &gt; 新闻 &gt; 城区<br>全市绿化工作推进会召开<br>"
        "发布时间:2026/5/11 8:03:06 | 人感兴趣<br>2026-05-10 21:13  来源:临江日报"
    )
    foot = "(供稿:市林业局)<br>最新资讯<br>热门资讯"
    story = STORY.replace("</p><p>", "<br>").removeprefix("<p>").removesuffix("</p>")
    page = f"<title>全市绿化工作推进会召开 - 临江网</title><table><tr><td>{head}<br>{story}<br>{foot}</td></tr></table>"
    found = _read(page)
    assert (found.title, found.published.at.isoformat()[:19]) == ("全市绿化工作推进会召开", "2026-05-11T08:03:06")
    assert (found.source.name, found.contributor, found.category) == ("临江日报", "市林业局", ("新闻", "城区"))
    assert found.content_text.startswith("5月10日上午，")
    assert found.content_text.endswith("责任机制。")
