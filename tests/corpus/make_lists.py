"""Writes tests/corpus/lists/: list and front pages in the manner of real portals, with what should be read from each.

Run it by hand after a change (`python tests/corpus/make_lists.py`); the pages it writes are committed. Texts are generated,
structures are written one by one, ugly as they come. Each <style>.html has a <style>.json: url, now, zone, charset, next,
links [{url, title, published}] in page order; published null where the line shows none, absent where it is not judged.
"""

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent / "lists"
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
STYLES = {}

_ZH = (
    [
        "唐山市",
        "路南区",
        "市教育局",
        "市卫健委",
        "丰润区",
        "曹妃甸",
        "我市",
        "迁安",
        "遵化市",
        "市交警支队",
        "高新区",
        "市人社局",
        "住建局",
        "乐亭县",
        "滦州",
    ],
    ["召开", "启动", "关于做好", "积极推进", "全面部署", "圆满完成", "发布", "组织开展", "举办", "通报", "公布", "加快建设", "扎实做好"],
    [
        "2026年冬季供暖",
        "安全生产大检查",
        "新能源汽车充电设施",
        "农村公路养护",
        "中小学教师招聘",
        "城市更新",
        "文明城市创建",
        "养老服务",
        "秋粮收购",
        "河道治理",
        "消防演练",
        "“双十一”快递",
        "义务植树",
        "大气污染防治",
        "老旧小区改造",
        "公共租赁住房",
    ],
    [
        "工作会议",
        "的通知",
        "专项行动",
        "公告",
        "新闻发布会",
        "座谈会",
        "实施方案",
        "取得新成效",
        "有关事项的说明",
        "名单的公示",
        "，市民出行更方便",
        "志愿服务活动",
    ],
)
_EN = (
    [
        "City council",
        "Local schools",
        "The port authority",
        "County officials",
        "A new study",
        "Hospital staff",
        "Rail operator",
        "Two museums",
        "Farmers",
        "The mayor",
    ],
    ["approves", "warn of", "prepare for", "announces", "delays", "reviews", "celebrates", "questions", "launches", "settles dispute over"],
    [
        "winter road budget",
        "the harbour expansion",
        "a record wheat harvest",
        "free bus passes",
        "flood defences",
        "the library reopening",
        "teacher shortages",
        "a cycling bridge",
        "the water contract",
        "night train services",
    ],
    [
        "after long debate",
        "for the first time",
        "ahead of elections",
        "despite protests",
        "by next spring",
        "as costs rise",
        "",
        "in three districts",
    ],
)
_RU = (
    ["Администрация города", "Школьники района", "Депутаты", "Дорожные службы", "Жители области", "Врачи больницы"],
    ["обсудили", "подготовили", "открыли", "рассказали про", "завершили", "представили"],
    [
        "ремонт набережной",
        "новый детский сад",
        "план застройки центра",
        "бюджет на следующий год",
        "зимний фестиваль",
        "маршрут троллейбуса",
    ],
    ["в присутствии гостей", "раньше срока", "после каникул", "на общем собрании", ""],
)
_JA = (
    ["市役所は", "県内の高校生が", "商店街で", "新しい図書館が", "消防団は", "港まつりで"],
    ["来月から", "十二月に", "三年ぶりに", "今年度の", "駅前で"],
    ["防災訓練を実施", "給付金の申請受付を開始", "記念式典を開催", "臨時バスを運行", "文化財の修復を公開", "交通安全を呼びかけ"],
    ["します", "しました", "へ", "、参加者を募集"],
)
_DE = (
    ["Der Stadtrat", "Die Feuerwehr", "Das Landesamt", "Ein Verein aus Weimar", "Die Kreisverwaltung"],
    ["beschließt", "eröffnet", "prüft", "verschiebt", "feiert"],
    ["den Haushalt 2027", "die neue Schwimmhalle", "den Ausbau der Bahnstrecke", "das Herbstfest", "die Sanierung der Brücke"],
    ["nach langer Debatte", "im Frühjahr", "mit Verspätung", ""],
)
_AR = (
    ["أعلنت البلدية", "افتتح الوزير", "ناقش المجلس", "أطلقت الجامعة", "بدأت الهيئة"],
    ["مشروع تطوير الميناء", "خطة النقل العام الجديدة", "برنامج المنح الدراسية", "حملة التشجير السنوية"],
    ["في العاصمة", "بحضور السفراء", "للعام المقبل", "في ثلاث مناطق"],
)


class Maker:
    """One page's generator: texts without repetition, ids that count down like a portal's."""

    def __init__(self, name):
        self.random = random.Random(name)
        self.used = set()
        self.id = self.random.randrange(20000, 90000)

    def title(self, pools=_ZH, sep=""):
        while True:
            text = sep.join(part for part in (self.random.choice(pool) for pool in pools) if part)
            if text not in self.used:
                self.used.add(text)
                return text

    def en(self):
        return self.title(_EN, " ")

    def next_id(self):
        self.id -= self.random.randrange(1, 9)
        return self.id

    def days(self, count, start=TODAY, step=2):
        day, out = start, []
        for _ in range(count):
            out.append(day)
            day -= timedelta(days=self.random.randrange(0, step + 1))
        return out

    def summary(self, pools=_ZH, sep=""):
        stop = "。" if not sep else ". "
        return stop.join(self.title(pools, sep) for _ in range(3)) + stop.strip()


def style(url, charset="utf-8", zone="Asia/Shanghai", label=None):
    """Registers a page: the function returns (html, links, next); a link is (url, title[, published])."""

    def register(function):
        STYLES[function.__name__] = (function, url, charset, zone, label)
        return function

    return register


def nav(*names, tag="li", base="/"):
    return "".join(f'<{tag}><a href="{base}{n}/">{name}</a></{tag}>' for n, name in enumerate(names or ZH_NAV))


ZH_NAV = ("首页", "唐山新闻", "政务公开", "招商引资", "便民服务", "房产", "汽车", "人才招聘", "论坛", "网上办事大厅", "政府信息公开")
EN_NAV = ("Home", "Local news", "Politics", "Business and economy", "Sport", "Culture", "Weather", "About us", "Contact", "Subscribe")
FOOT = (
    '<div class="footer"><a href="/about.html">关于我们</a> | <a href="/contact.html">联系方式</a> | <a href="/map.html">网站地图</a> <a href="http://beian.miit.gov.cn/">冀ICP备18033322号-4</a>'
    "<br>Copyright © 2004-2022 版权所有 Published at 2024/4/19 6:30:27</div>"
)
FRIENDS = "友情链接：" + " ".join(
    f'<a href="http://www.{h}/" target=_blank>{n}</a>'
    for h, n in (
        ("hebnews.cn", "河北新闻网"),
        ("people.com.cn", "人民网"),
        ("xinhuanet.com", "新华网"),
        ("tsgov.cn", "唐山市人民政府门户网站"),
        ("chinadaily.com.cn", "中国日报"),
    )
)


def iso(day, clock=None, offset="+08:00"):
    return f"{day}T{clock}{offset}" if clock else str(day)


# ---------------------------------------------------------------- Chinese, old


@style("http://www.ts-news.example/news/list.asp?classid=3", "gb18030", label="gb2312")
def table_font_br(m):
    """Nested tables, <font>, links parted by <br> with the date as a tail; hot list in the same table markup."""
    rows, links = [], []
    for day in m.days(22):
        n, t = m.next_id(), m.title()
        rows.append(
            f'<font color="#666666">·</font><a href="show.asp?id={n}" target="_blank">{t}</a>&nbsp;({day.year}-{day.month}-{day.day})<br>'
        )
        links.append((f"http://www.ts-news.example/news/show.asp?id={n}", t, iso(day)))
    hot = "<br>".join(f'<font color="#666666">·</font><a href="show.asp?id={m.next_id()}">{m.title()}</a>' for _ in range(10))
    return (
        f"""<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset=gb2312"><TITLE>唐山新闻资讯-唐山信息网</TITLE></HEAD>
<BODY bgcolor=#ffffff><TABLE width=776 align=center><TR><TD><A href="/"><IMG src="/images/logo.gif" width=180 height=60 border=0 alt="唐山信息网"></A></TD></TR>
<TR><TD>{" | ".join(f'<a href="/list.asp?classid={i}">{n}</a>' for i, n in enumerate(ZH_NAV))}</TD></TR></TABLE>
<TABLE width=776 align=center><TR><TD width=200 valign=top><TABLE><TR><TD background=bg.gif><b>热门资讯</b></TD></TR><TR><TD>{hot}</TD></TR></TABLE>
<TABLE><TR><TD>会员登录</TD></TR><TR><TD><form>用户名<input name=u>密码<input type=password name=p><input type=submit value=登录> <a href=reg.asp>注册</a></form></TD></TR></TABLE></TD>
<TD valign=top><TABLE><TR><TD>您的位置:<a href="/">唐山信息网</a> &gt; <a href="/news/">唐山新闻资讯</a> &gt; 唐山</TD></TR><TR><TD>{"".join(rows)}</TD></TR>
<TR><TD>共 312 条 首页 上一页 <a href="list.asp?classid=3&page=2">下一页</a> <a href="list.asp?classid=3&page=15">尾页</a></TD></TR></TABLE></TD></TR></TABLE>
{FRIENDS}{FOOT}</BODY></HTML>""",
        links,
        "http://www.ts-news.example/news/list.asp?classid=3&page=2",
    )


@style("http://www.xinxi.example/", "gb18030", label="gb2312")
def old_front_tables(m):
    """Front page of table boxes: each a heading cell and rows; a ranking, friend links, a cut title with title=."""
    links, boxes = [], []
    for c, name in enumerate(("唐山新闻", "政务动态", "社会民生", "教育培训", "房产家居")):
        rows = ""
        for day in m.days(7):
            n, t = m.next_id(), m.title() + m.title()[:6]
            rows += f'<tr><td width=8><img src=/img/d.gif></td><td height=22><a href="/html/{c}/{n}.html" title="{t}" target=_blank>{t[:14]}…</a></td><td width=40 class=d>{day:%m-%d}</td></tr>'
            links.append((f"http://www.xinxi.example/html/{c}/{n}.html", t, iso(day)))
        boxes.append(
            f'<td valign=top><table class=box width=380><tr><td class=t><a href="/class/{c}.html">{name}</a></td><td align=right><a href="/class/{c}.html">更多&gt;&gt;</a></td></tr>'
            f"<tr><td colspan=2><table>{rows}</table></td></tr></table></td>"
        )
    grid = "".join(f"<tr>{''.join(boxes[i : i + 2])}</tr>" for i in range(0, 6, 2))
    rank = "".join(f'<tr><td>{i}</td><td><a href="/html/1/{m.next_id()}.html">{m.title()[:12]}</a></td></tr>' for i in range(1, 11))
    return (
        f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>信息网</title></head><body>
<table><tr>{"".join(f'<td><a href="/class/{i}.html">{n}</a></td>' for i, n in enumerate(ZH_NAV))}</tr></table>
<table><tr><td><table>{grid}</table></td><td valign=top><table><tr><td>点击排行榜</td></tr><tr><td><table>{rank}</table></td></tr></table></td></tr></table>
<table><tr><td>{FRIENDS}</td></tr></table>{FOOT}</body></html>""",
        links,
        None,
    )


@style("http://www.county.example/zwgk/tzgg/index.html")
def gov_ul_span(m):
    """Government notices: span date before the link, left menu, pager by script with numbers."""
    items, links = "", []
    for day in m.days(20, step=5):
        n, t = m.next_id(), m.title()
        items += f'<li><span>{day:%m-%d}</span><a href="./{day:%Y%m}/t{day:%Y%m%d}_{n}.html" target="_blank">{t}</a></li>\n'
        links.append((f"http://www.county.example/zwgk/tzgg/{day:%Y%m}/t{day:%Y%m%d}_{n}.html", t, iso(day)))
    return (
        f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知公告_县人民政府</title></head><body><div class="top"><ul class="menu">{nav()}</ul></div>
<div class="main clearfix"><div class="left"><h3>政务公开</h3><ul>{nav("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开", tag="li", base="/zwgk/")}</ul></div>
<div class="right"><div class="pos">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 通知公告</div><ul class="list">{items}</ul>
<div class="page">1 <a href="index_1.html">2</a> <a href="index_2.html">3</a> <a href="index_3.html">4</a> <a href="index_1.html">下一页</a></div></div></div>
<div class="link">{FRIENDS}</div>{FOOT}</body></html>""",
        links,
        "http://www.county.example/zwgk/tzgg/index_1.html",
    )


@style("http://www.univ.example/tzgg.htm")
def university_table(m):
    """University notices: a row a line, date in its own cell in brackets, ids in the site's own numbering, class names generated."""
    rows, links = "", []
    for k, day in enumerate(m.days(15, step=4)):
        n, t = m.next_id(), m.title()
        rows += (
            f'<tr height="20" id="lineu5_{k}"><td><span class="leaderfont4409">·</span></td><td><a class="c4409" href="info/1038/{n}.htm" target="_blank" title="{t}">{t}</a></td>'
            f'<td class="timestyle4409">[{day:%Y-%m-%d}]&nbsp;</td></tr>'
        )
        links.append((f"http://www.univ.example/info/1038/{n}.htm", t, iso(day)))
    return (
        f"""<html><head><title>通知公告-大学</title><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>
<div id="head"><table><tr>{"".join(f'<td><a href="{i}.htm">{n}</a></td>' for i, n in enumerate(("学校首页", "学校概况", "机构设置", "师资队伍", "人才培养", "科学研究", "招生就业")))}</tr></table></div>
<table width=100%><tr><td class="leftmenu"><a href="xxyw.htm">学校要闻</a><br><a href="tzgg.htm">通知公告</a><br><a href="xsdt.htm">学术动态</a></td><td><table class="winstyle4409">{rows}</table>
<div><span class=p>首页</span><span>上页</span><a href="tzgg/58.htm">下页</a><a href="tzgg/1.htm">尾页</a></div></td></tr></table>{FOOT}</body></html>""",
        links,
        "http://www.univ.example/tzgg/58.htm",
    )


@style("http://bbs.city.example/forum-2-1.html", "gb18030", label="gbk")
def bbs_threads(m):
    """Discuz-like thread list: category link, title link, thread's inner pages, authors, counts that repeat the address, last post."""
    rows, links = "", []
    for day in m.days(18):
        n, t = m.next_id(), m.title()
        rows += (
            f'<tbody id="normalthread_{n}"><tr><td class="icn"><a href="thread-{n}-1-1.html" target="_blank"><img src="static/folder_common.gif" alt="新窗口打开"></a></td>'
            f'<th class="common"><em>[<a href="forum-2-1.html?typeid=7">城事</a>]</em> <a href="thread-{n}-1-1.html" class="s xst">{t}</a> <span class="tps">...<a href="thread-{n}-2-1.html">2</a><a href="thread-{n}-3-1.html">3</a></span></th>'
            f'<td class="by"><cite><a href="space-uid-{n}7.html">网友{n % 97}号</a></cite><em><span>{day.year}-{day.month}-{day.day}</span></em></td>'
            f'<td class="num"><a href="thread-{n}-1-1.html" class="xi2">{n % 40}</a><em>{n}</em></td>'
            f'<td class="by"><cite><a href="space-username-x{n}.html">老唐山人</a></cite><em><a href="forum.php?mod=redirect&amp;tid={n}&amp;goto=lastpost#lastpost">{TODAY.year}-11-22 08:{n % 50 + 10}</a></em></td></tr></tbody>'
        )
        links.append((f"http://bbs.city.example/thread-{n}-1-1.html", t, iso(day)))
    return (
        f"""<html><head><meta charset="gbk"><title>城事杂谈</title></head><body><div id="nv"><ul>{nav()}</ul></div><div id="pt"><a href="./">论坛</a> &rsaquo; <a href="forum-2-1.html">城事杂谈</a></div>
<div class="pg"><strong>1</strong><a href="forum-2-2.html">2</a><a href="forum-2-3.html">3</a><a href="forum-2-2.html" class="nxt">下一页</a></div><div id="threadlist"><table>{rows}</table></div>{FOOT}</body></html>""",
        links,
        "http://bbs.city.example/forum-2-2.html",
    )


@style("http://www.dede.example/a/news/", "gb18030", label="gb2312")
def dede_list(m):
    """Dedecms-like: category in brackets before the title, info line, intro paragraph; right column of hot and recommended."""
    items, links = "", []
    for day in m.days(12):
        n, t, s = m.next_id(), m.title(), m.summary()
        items += (
            f'<li><b>[<a href="/a/news/ts/">唐山</a>]</b><a href="/a/news/ts/{day:%Y/%m%d}/{n}.html" class="title">{t}</a>'
            f'<span class="info"><small>日期：</small>{day:%Y-%m-%d} 09:{n % 50 + 10}:22<small>点击：</small>{n}<small>好评：</small>0</span><p class="intro">{s}...</p></li>'
        )
        links.append((f"http://www.dede.example/a/news/ts/{day:%Y/%m%d}/{n}.html", t, f"{day}T09:{n % 50 + 10}:22+08:00"))
    hot = "".join(f'<li><a href="/a/news/ts/2026/1101/{m.next_id()}.html">{m.title()}</a></li>' for _ in range(10))
    return (
        f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"/><title>新闻</title></head><body><div class="header"><ul id="navMenu">{nav()}</ul></div>
<div class="w960 center clear mt1"><div class="pleft"><div class="place"><strong>当前位置:</strong> <a href="/">主页</a> > <a href="/a/news/">新闻</a> > </div><div class="listbox"><ul class="e2">{items}</ul></div>
<div class="dede_pages"><ul class="pagelist"><li>首页</li><li class="thisclass">1</li><li><a href="list_1_2.html">2</a></li><li><a href="list_1_3.html">3</a></li><li><a href="list_1_2.html">下一页</a></li></ul></div></div>
<div class="pright"><dl class="tbox"><dt><strong>推荐内容</strong></dt><dd><ul class="d4">{hot}</ul></dd></dl><dl class="tbox"><dt><strong>热点内容</strong></dt><dd><ul class="c1 ico2">{hot.replace(".html", "1.html")}</ul></dd></dl></div></div>{FOOT}</body></html>""",
        links,
        "http://www.dede.example/a/news/list_1_2.html",
    )


@style("http://epaper.example/html/2026-11/22/node_1.htm")
def epaper(m):
    """E-paper: pages and their articles in nested tables, no dates, the address carries the day."""
    blocks, links = "", []
    for p, name in enumerate(("第01版：要闻", "第02版：综合", "第03版：民生", "第04版：文化"), 1):
        rows = ""
        for _ in range(5):
            n, t = m.next_id(), m.title()
            rows += f'<tr><td class="default" align="left"><img src="/img/ico.gif"></td><td><a href="content_{n}.htm?div=-1"><div id="mp{n}" style="display:inline">{t}</div></a></td></tr>'
            links.append((f"http://epaper.example/html/2026-11/22/content_{n}.htm?div=-1", t))
        blocks += f'<table><tr><td><a class="rigth_bmdh_href" href="node_{p}.htm">{name}</a></td><td><a href="pdf{p}.pdf"><img src="/img/pdf.gif" alt="PDF"></a></td></tr></table><table class="t">{rows}</table>'
    return (
        f"<html><head><meta charset=utf-8><title>日报</title></head><body><table><tr><td><a href='node_0.htm'>上一期</a> <a href='/'>返回首页</a></td></tr></table><div style='height:730px;overflow-y:scroll'>{blocks}</div>{FOOT}</body></html>",
        links,
        None,
    )


@style("http://www.gongwen.example/zfxxgk/fdzdgknr/zfwj/")
def gov_documents(m):
    """Official documents table: index number, title, document number, date of writing, date of release."""
    rows, links = "", []
    for k, day in enumerate(m.days(14, step=9)):
        n, t = m.next_id(), m.title()
        rows += (
            f'<tr><td class="xh">{k + 1}</td><td class="syh">000014349/2026-{n}</td><td class="bt"><a href="content_{n}.shtml" title="{t}">{t[:16]}...</a></td><td>唐政字〔2026〕{k + 3}号</td>'
            f"<td>{day - timedelta(days=2):%Y年%m月%d日}</td><td>{day:%Y年%m月%d日}</td></tr>"
        )
        links.append((f"http://www.gongwen.example/zfxxgk/fdzdgknr/zfwj/content_{n}.shtml", t))
    return (
        f"""<html><head><meta charset=utf-8><title>政府文件</title></head><body><div class=nav>{nav()}</div><div class="con"><table class="dataList"><thead><tr><th>序号</th><th>索引号</th><th>标题</th><th>发文字号</th><th>成文日期</th><th>发布日期</th></tr></thead>
<tbody>{rows}</tbody></table><div class="pages"><a class="prev disabled">上一页</a><a class="curr">1</a><a href="index_2.shtml">2</a><a href="index_3.shtml">3</a><a href="index_2.shtml" class="next">下一页&gt;</a></div></div>{FOOT}</body></html>""",
        links,
        "http://www.gongwen.example/zfxxgk/fdzdgknr/zfwj/index_2.shtml",
    )


@style("http://www.power.example/Article/ShowClass.asp?ClassID=12", "gb18030", label="gb2312")
def power_labels(m):
    """PowerEasy-like: title= holds a labelled table with title, author, time and hits; titles cut; two columns a row."""
    cells, links = [], []
    for day in m.days(20):
        n, t = m.next_id(), m.title() + "（图）"
        hint = f"文章标题：{t}&#13;&#10;作    者：佚名&#13;&#10;更新时间：{day.year}-{day.month}-{day.day} 10:{n % 50 + 10}:05&#13;&#10;点击次数：{n}"
        cells.append(
            f'<td width="50%"><img src="images/article_common.gif" alt="普通文章"> <a class="listA" href="/Article/ShowArticle.asp?ArticleID={n}" title="{hint}" target="_blank">{t[:12]}…</a></td>'
        )
        links.append((f"http://www.power.example/Article/ShowArticle.asp?ArticleID={n}", t, f"{day}T10:{n % 50 + 10}:05+08:00"))
    rows = "".join(f"<tr>{cells[i]}{cells[i + 1]}</tr>" for i in range(0, 20, 2))
    return (
        f"""<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>文章中心</title></head><body><table class=top><tr><td>{"&nbsp;|&nbsp;".join(f'<a href="/Article/ShowClass.asp?ClassID={i}">{n}</a>' for i, n in enumerate(ZH_NAV))}</td></tr></table>
<table><tr><td class=left>最新热门<br>{"<br>".join(f'<a href="/Article/ShowArticle.asp?ArticleID={m.next_id()}">{m.title()[:9]}</a>' for _ in range(6))}</td><td><table class=main_tdbg_575>{rows}</table>
<form>共 <b>96</b> 篇文章 首页 上一页&nbsp;<a href="ShowClass.asp?ClassID=12&page=2">下一页</a> <a href="ShowClass.asp?ClassID=12&page=5">尾页</a></form></td></tr></table>{FOOT}</body></html>""",
        links,
        "http://www.power.example/Article/ShowClass.asp?ClassID=12&page=2",
    )


@style("http://www.tworow.example/list/8.html")
def title_row_date_row(m):
    """One row for the title, the next for date and hits: what belongs to a line stands after it."""
    rows, links = "", []
    for day in m.days(10):
        n, t = m.next_id(), m.title()
        rows += f'<tr><td><a href="/view/{n}.html"><font color=#003399>{t}</font></a></td></tr><tr><td class=g>发布日期：{day:%Y/%m/%d}　浏览次数：{n}</td></tr>'
        links.append((f"http://www.tworow.example/view/{n}.html", t, iso(day)))
    return (
        f"<html><head><meta charset=utf-8></head><body><div>{nav(tag='span')}</div><table>{rows}</table>{FOOT}</body></html>",
        links,
        None,
    )


# ---------------------------------------------------------------- Chinese, new


@style("https://news.city.example/")
def modern_front(m):
    """Front page of a news site: carousel, headline, blocks by channel, picture cards, a ranking and recommendations beside."""
    links, parts = [], []

    def one(pattern, cut=None):
        n, t = m.next_id(), m.title()
        url = f"https://news.city.example/{m.random.choice(('local', 'gov', 'edu', 'house'))}/2026-11/{m.random.randrange(10, 22)}/content_{n}.shtml"
        links.append((url, t))
        return pattern.format(u=url, t=t, s=t[:cut] if cut else t)

    slides = "".join(one('<div class="swiper-slide"><a href="{u}"><img src="/up/1.jpg" alt="{t}"><p>{t}</p></a></div>') for _ in range(4))
    head = (
        one('<h1 class="headline"><a href="{u}">{t}</a></h1>')
        + "<p class='sub'>"
        + " ".join(one('<a href="{u}">{t}</a>') for _ in range(3))
        + "</p>"
    )
    for name in ("本地", "时政", "教育", "楼市"):
        parts.append(
            f'<section class="channel"><div class="hd"><h2><a href="/{name}/">{name}</a></h2><a class="more" href="/{name}/">更多</a></div><ul>'
            + "".join(one('<li><a href="{u}" title="{t}">{t}</a></li>') for _ in range(6))
            + "</ul></section>"
        )
    cards = "".join(
        one(
            '<div class="card"><a class="pic" href="{u}"><img data-src="/up/2.jpg" src="/img/blank.gif"></a><h3><a href="{u}">{t}</a></h3></div>'
        )
        for _ in range(6)
    )
    rank = "".join(
        f'<li><em>{i}</em><a href="https://news.city.example/local/2026-11/1{i % 9}/content_{m.next_id()}.shtml">{m.title()}</a></li>'
        for i in range(1, 9)
    )
    return (
        f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>城市新闻网</title></head><body><header class="site-header"><nav><ul>{nav()}</ul></nav></header>
<div class="swiper">{slides}</div><div class="focus">{head}</div><div class="wrap"><div class="col-main">{"".join(parts)}<div class="cards">{cards}</div></div>
<div class="sidebar"><div class="rank"><h3>热榜</h3><ol>{rank}</ol></div></div></div><footer>{FRIENDS}{FOOT}</footer></body></html>""",
        links,
        None,
    )


@style("https://m.city.example/list/local")
def mobile_cards(m):
    """Mobile page: the link wraps the whole card with picture, title, source and relative time."""
    items, links = "", []
    agos = ["刚刚", "5分钟前", "3小时前", "昨天 20:15", "前天 08:00", "11-18", "11-17"]
    for k in range(14):
        n, t = m.next_id(), m.title()
        when = agos[min(k // 2, 6)]
        items += (
            f'<a class="news-item css-1q2w3e{k}" href="/a/{n}"><div class="thumb"><img src="/t/{n}.jpg"></div><div class="txt"><div class="title">{t}</div>'
            f'<div class="meta"><span class="src">城市日报</span><span class="time">{when}</span><span class="cmt">{k}评论</span></div></div></a>'
        )
        links.append((f"https://m.city.example/a/{n}", t))
    return (
        f"<html lang=zh><head><meta charset=utf-8></head><body><div class='tabs'><a href='/list/top'>头条</a><a href='/list/local'>本地</a><a href='/list/video'>视频</a><a href='/list/ent'>娱乐</a></div><div class='feed'>{items}</div><a class='load-more' href='/list/local?page=2'>加载更多</a></body></html>",
        links,
        ...,
    )


@style("https://www.hospital.example/news/notice/")
def calendar_dates(m):
    """Day and year-month in two boxes beside the title, a summary below, 'read more' to the same address."""
    items, links = "", []
    for day in m.days(8, step=6):
        n, t, s = m.next_id(), m.title(), m.summary()
        items += f'<div class="row news"><div class="date"><strong>{day:%d}</strong><span>{day:%Y-%m}</span></div><div class="info"><h4><a href="/news/notice/{n}.html">{t}</a></h4><p>{s[:60]}……</p><a class="btn" href="/news/notice/{n}.html">查看详情 &gt;</a></div></div>'
        links.append((f"https://www.hospital.example/news/notice/{n}.html", t, iso(day)))
    return (
        f"<html><head><meta charset=utf-8></head><body><div class='navbar'><ul>{nav()}</ul></div><div class='container'>{items}</div><ul class='pagination'><li class='active'><span>1</span></li><li><a href='?page=2'>2</a></li><li><a href='?page=3'>3</a></li><li><a href='?page=2'>&raquo;</a></li></ul>{FOOT}</body></html>",
        links,
        "https://www.hospital.example/news/notice/?page=2",
    )


@style("https://www.163like.example/special/domestic/")
def list_with_same_shape_sidebar(m):
    """A channel list with pictures and times, and two sidebars whose addresses have the same shape but no dates."""
    items, links = "", []
    for day in m.days(16, step=1):
        n, t = m.next_id(), m.title()
        clock = f"{m.random.randrange(6, 23):02}:{n % 50 + 10}:{n % 49 + 10}"
        items += (
            f'<div class="data_row news_article clearfix"><a href="https://www.163like.example/26/11{day:%d}/08/F{n}A0001.html" class="na_pic"><img src="https://img.example/{n}.jpg" alt="{t}"></a>'
            f'<div class="na_detail clearfix"><div class="news_title"><h3><a href="https://www.163like.example/26/11{day:%d}/08/F{n}A0001.html">{t}</a></h3></div>'
            f'<div class="news_tag"><div class="keywords"><a href="https://tag.example/a{n}/">供暖</a><a href="https://tag.example/b{n}/">民生</a></div><span class="time">{day:%Y-%m-%d} {clock}</span></div></div></div>'
        )
        links.append((f"https://www.163like.example/26/11{day:%d}/08/F{n}A0001.html", t, f"{day}T{clock}+08:00"))

    def side(k):
        return "".join(
            f'<li><a href="https://www.163like.example/26/1120/0{k}/F{m.next_id()}B0001.html">{m.title()}</a></li>' for _ in range(10)
        )

    return (
        f"""<html><head><meta charset=utf-8><title>国内</title></head><body><div class="nav_bar">{nav(tag="span")}</div><div class="area"><div class="area_left"><div class="ndi_main">{items}</div></div>
<div class="area_right"><div class="mt1"><h2>图集</h2><ul class="mod_pics">{side(1)}</ul></div><div class="mt2"><h2>热点排行</h2><ul>{side(2)}</ul></div></div></div>{FOOT}</body></html>""",
        links,
        None,
    )


@style("https://www.one.example/notices/")
def single_line(m):
    """A list of one."""
    n, t = m.next_id(), m.title()
    return (
        f"<html><head><meta charset=utf-8></head><body><div id=menu><ul>{nav()}</ul></div><div class=content><h2>公告</h2><ul><li><a href='/notices/{n}.html'>{t}</a> <i>2026-11-03</i></li></ul></div>{FOOT}</body></html>",
        [(f"https://www.one.example/notices/{n}.html", t, "2026-11-03")],
        None,
    )


@style("https://www.two.example/gg/")
def two_lines(m):
    """A list of two, beside a longer menu with long names."""
    links, items = [], ""
    for day in ("2026-10-30", "2026-09-01"):
        n, t = m.next_id(), m.title()
        items += f"<p><a href='/gg/{n}.html'>{t}</a><span>{day}</span></p>"
        links.append((f"https://www.two.example/gg/{n}.html", t, day))
    menu = "".join(
        f"<li><a href='/{i}/'>{n}</a></li>"
        for i, n in enumerate(("机构职能", "领导之窗", "政策法规库", "行政权力清单", "财政预决算", "建议提案办理", "重点领域信息公开"))
    )
    return (
        f"<html><head><meta charset=utf-8></head><body><div class=side-menu><ul>{menu}</ul></div><div class=r>{items}</div>{FOOT}</body></html>",
        links,
        None,
    )


# ---------------------------------------------------------------- English and others


@style("https://www.gazette.example/news/", zone="Europe/London")
def en_cards(m):
    """Cards with picture, kicker, heading, dek, author and <time>; newsletter box; most read beside."""
    items, links = "", []
    for day in m.days(12):
        t, s = m.en(), m.summary(_EN, " ")
        slug = t.lower().replace(" ", "-")
        items += (
            f'<article class="card"><a href="/news/{slug}"><img srcset="x 1x" src="/i/{len(links)}.jpg" alt=""></a><div class="card__body"><a class="card__kicker" href="/topics/council">Council</a>'
            f'<h3 class="card__title"><a href="/news/{slug}">{t}</a></h3><p class="card__dek">{s}</p><footer><a href="/authors/ann-lee">Ann Lee</a> <time datetime="{day}T08:15:00Z">{day:%B} {day.day}, {day.year}</time></footer></div></article>'
        )
        links.append((f"https://www.gazette.example/news/{slug}", t, f"{day}T08:15:00+00:00"))
    most = "".join(f'<li><a href="/news/{(t := m.en()).lower().replace(" ", "-")}">{t}</a></li>' for _ in range(8))
    return (
        f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>News</title><link rel="alternate" type="application/rss+xml" href="/feed.xml" title="All"></head><body>
<header role="banner"><nav>{nav(*EN_NAV)}</nav></header><main><h1>News</h1><div class="grid">{items}</div><a rel="next" href="/news/?page=2">Older</a></main>
<aside><h2>Most read</h2><ol>{most}</ol></aside><section class="newsletter"><a href="/subscribe/daily">Get the daily briefing in your inbox every morning</a></section>
<footer>{"".join(f'<a href="/{x}">{x.title()}</a>' for x in ("about", "privacy-policy", "terms-of-use", "cookie-policy"))}</footer></body></html>""",
        links,
        "https://www.gazette.example/news/?page=2",
    )


@style("https://blog.example/", zone="UTC")
def en_blog(m):
    """WordPress blog: h2 titles, dates in words, excerpts, 'Continue reading', comments, tag cloud, recent posts and archives."""
    items, links = "", []
    for day in m.days(10, step=9):
        t, s = m.en(), m.summary(_EN, " ")
        url = f"https://blog.example/{day:%Y/%m/%d}/{t.lower().replace(' ', '-')}/"
        items += (
            f'<div class="post-{m.next_id()} post hentry category-news"><h2 class="entry-title"><a href="{url}" rel="bookmark">{t}</a></h2><div class="entry-meta">Posted on <a href="{url}"><span class="entry-date">{day:%B} {day.day}, {day.year}</span></a> by <a href="https://blog.example/author/sam/">Sam</a></div>'
            f'<div class="entry-summary"><p>{s} <a href="{url}" class="more-link">Continue reading <span>&rarr;</span></a></p></div><div class="entry-utility">Posted in <a href="https://blog.example/category/news/">News</a> | <a href="{url}#comments">{day.day} Comments</a></div></div>'
        )
        links.append((url, t, iso(day)))
    recent = "".join(f'<li><a href="{u}">{t}</a></li>' for u, t, _ in links[:5])
    old = "".join(f'<li><a href="https://blog.example/2025/{i:02}/">Month {i} 2025</a></li>' for i in range(1, 13))
    tags = " ".join(
        f'<a href="https://blog.example/tag/{w}/" style="font-size:{i}pt">{w}</a>'
        for i, w in enumerate(("harbour", "trains", "cycling-bridge", "budget", "schools", "river-floods"), 8)
    )
    return (
        f"<html lang=en-US><head><meta charset=utf-8></head><body><div id=access role=navigation><ul>{nav('Home', 'About this blog', 'Contact')}</ul></div><div id=content>{items}<div id=nav-below class=navigation><a href='https://blog.example/page/2/'>&larr; Older posts</a></div></div><div id=primary class=widget-area><ul><li class=widget><h3>Recent Posts</h3><ul>{recent}</ul></li><li class=widget><h3>Archives</h3><ul>{old}</ul></li><li class=widget><div class=tagcloud>{tags}</div></li></ul></div></body></html>",
        links,
        "https://blog.example/page/2/",
    )


@style("https://links.example/newest", zone="UTC")
def en_link_blog(m):
    """Aggregator of other sites' stories in a table: rank, vote link, title with site in brackets, subtext row with points and age."""
    rows, links = "", []
    for k in range(1, 21):
        n, t = m.next_id(), m.en()
        host = m.random.choice(("orbit.example.org", "tide.example.net", "paper.example.com", "lab.example.edu"))
        rows += (
            f'<tr class="athing" id="{n}"><td class="title"><span class="rank">{k}.</span></td><td><a id="up_{n}" href="vote?id={n}&amp;how=up"><div class="votearrow"></div></a></td><td class="title"><span class="titleline"><a href="https://{host}/{n}/{t.lower().replace(" ", "-")}">{t}</a>'
            f'<span class="sitebit"> (<a href="from?site={host}"><span>{host}</span></a>)</span></span></td></tr><tr><td colspan="2"></td><td class="subtext"><span class="score">{n % 200} points</span> by <a href="user?id=u{k}">u{k}</a> <a href="item?id={n}">{k} hours ago</a> | <a href="item?id={n}">{k} comments</a></td></tr><tr class="spacer"></tr>'
        )
        links.append((f"https://{host}/{n}/{t.lower().replace(' ', '-')}", t))
    return (
        f"<html><head><meta charset=utf-8></head><body><table><tr><td><a href='news'>Links</a> <a href='newest'>new</a> | <a href='front'>past</a> | <a href='ask'>ask</a> | <a href='submit'>submit</a></td></tr><tr><td><table>{rows}<tr><td><a href='newest?next=9&n=31' rel='next'>More</a></td></tr></table></td></tr></table></body></html>",
        links,
        "https://links.example/newest?next=9&n=31",
    )


@style("https://preprints.example/list/cs/new", zone="UTC")
def en_ids(m):
    """A definition list whose link texts are ids; titles stand in the dd that follows."""
    items, links = "", []
    for k in range(1, 16):
        n, t = m.next_id(), m.en().capitalize() + " and its consequences"
        items += f'<dt><a name="item{k}">[{k}]</a> <a href="/abs/2611.{n}" title="Abstract">arXiv:2611.{n}</a> [<a href="/pdf/2611.{n}">pdf</a>, <a href="/html/2611.{n}v1">html</a>, <a href="/format/2611.{n}">other</a>]</dt><dd><div class="meta"><div class="list-title"><span class="descriptor">Title:</span> {t}</div><div class="list-authors"><a href="/a/{n}_1">Ada Smith</a>, <a href="/a/{n}_2">Bo Chen</a></div></div></dd>'
        links.append((f"https://preprints.example/abs/2611.{n}", t))
    return (
        f"<html lang=en><head><meta charset=utf-8></head><body><div id=header><a href='/'>preprints</a> &gt; <a href='/list/cs/recent'>cs</a></div><h3>New submissions</h3><dl id=articles>{items}</dl></body></html>",
        links,
        ...,
    )


@style("https://www.magazine.example/", zone="America/New_York")
def en_front_blocks(m):
    """Magazine front page: hero, river, sections in differing markup, with slugs under section names; video and popular blocks."""
    links = []

    def one(section, pattern, dek=False):
        t = m.en()
        url = f"https://www.magazine.example/{section}/{t.lower().replace(' ', '-')}/"
        links.append((url, t))
        return pattern.format(u=url, t=t, d=m.summary(_EN, " ") if dek else "")

    hero = one("politics", '<div class="hero"><a href="{u}"><img src="/h.jpg" alt=""><h2>{t}</h2><p>{d}</p></a></div>', True)
    river = "".join(
        one(
            "business",
            '<div class="river-item"><h3><a href="{u}">{t}</a></h3><p>{d}</p><span class="byline">By <a href="/author/jo-park/">Jo Park</a></span></div>',
            True,
        )
        for _ in range(6)
    )
    science = "".join(
        one("science", '<li class="SummaryItem-x8Fh2k"><a class="Link-q1W2" href="{u}"><h3 class="Hed-aa91">{t}</h3></a></li>')
        for _ in range(5)
    )
    culture = "".join(
        one(
            "culture",
            '<div class="tile"><a href="{u}" class="tile-img"><img src="/c.jpg" alt="{t}"></a><a href="{u}" class="tile-text">{t}</a></div>',
        )
        for _ in range(4)
    )
    pop = "".join(
        f'<li><a href="https://www.magazine.example/culture/{(t := m.en()).lower().replace(" ", "-")}/">{t}</a></li>' for _ in range(5)
    )
    return (
        f"<html lang=en><head><meta charset=utf-8></head><body><header><nav>{nav(*EN_NAV)}</nav></header><main>{hero}<div class=river>{river}</div><section><h2>Science</h2><ul>{science}</ul></section><section class=mosaic><h2>Culture</h2>{culture}</section></main><div class='most-popular'><h2>Most popular</h2><ol>{pop}</ol></div><footer>{nav('Privacy policy', 'Terms of service', 'Advertise with us', 'Customer care and help')}</footer></body></html>",
        links,
        None,
    )


@style("https://gorod.example/novosti/", "windows-1251", zone="Europe/Moscow", label="windows-1251")
def ru_news(m):
    """Russian news list with dates in words, popular beside, next page."""
    items, links = "", []
    months = ["", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"]
    for day in m.days(12):
        n, t = m.next_id(), m.title(_RU, " ")
        items += f'<div class="news-list__item"><span class="news-date">{day.day} {months[day.month]} {day.year}</span><a class="news-title" href="/novosti/{n}/">{t}</a><div class="news-text">{m.summary(_RU, " ")}</div><a href="/novosti/{n}/" class="more">Подробнее</a></div>'
        links.append((f"https://gorod.example/novosti/{n}/", t, iso(day)))
    pop = "".join(f'<li><a href="/novosti/{m.next_id()}/">{m.title(_RU, " ")}</a></li>' for _ in range(6))
    return (
        f"<html lang=ru><head><meta charset=windows-1251></head><body><ul class=menu>{nav('Главная', 'О городе', 'Администрация', 'Документы', 'Обращения граждан')}</ul><div class=content>{items}<div class=pager><b>1</b> <a href='?PAGEN_1=2'>2</a> <a href='?PAGEN_1=3'>3</a> <a href='?PAGEN_1=2'>Следующая</a></div></div><div class=right><h3>Популярное</h3><ul>{pop}</ul></div></body></html>",
        links,
        "https://gorod.example/novosti/?PAGEN_1=2",
    )


@style("https://www.city.kita.example/oshirase/", "shift_jis", zone="Asia/Tokyo", label="Shift_JIS")
def ja_notices(m):
    """Japanese town hall: dl of dates and titles, Shift_JIS, ranking below."""
    items, links = "", []
    for day in m.days(14):
        n, t = m.next_id(), m.title(_JA)
        items += (
            f'<dt>{day.year}年{day.month}月{day.day}日</dt><dd><a href="/oshirase/{n}.html">{t}</a><img src="/img/new.gif" alt="新着"></dd>'
        )
        links.append((f"https://www.city.kita.example/oshirase/{n}.html", t, iso(day)))
    rank = "".join(f'<li><a href="/kurashi/{m.next_id()}.html">{m.title(_JA)}</a></li>' for _ in range(5))
    return (
        f'<html lang="ja"><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"></head><body><ul id="gnavi">{nav("トップ", "くらし・手続き", "子育て・教育", "健康・福祉", "市政情報", "観光・イベント")}</ul><div id="main"><h1>お知らせ一覧</h1><dl class="oshirase">{items}</dl></div><div class="box"><h2>アクセスランキング</h2><ol>{rank}</ol></div></body></html>',
        links,
        None,
    )


@style("https://www.kreis.example/aktuelles/", "windows-1252", zone="Europe/Berlin", label="iso-8859-1")
def de_press(m):
    """German press releases: dates with dots, teaser, 'mehr', page numbers."""
    items, links = "", []
    for day in m.days(10, step=5):
        n, t = m.next_id(), m.title(_DE, " ")
        items += f'<div class="teaser"><p class="date">{day:%d.%m.%Y}</p><h3>{t}</h3><p>{m.summary(_DE, " ")} <a href="/aktuelles/meldung-{n}.html" title="{t}">mehr</a></p></div>'
        links.append((f"https://www.kreis.example/aktuelles/meldung-{n}.html", t, iso(day)))
    return (
        f"<html lang=de><head><meta charset=iso-8859-1></head><body><ul class=nav>{nav('Startseite', 'Bürgerservice und Ämter', 'Landkreis', 'Wirtschaft')}</ul><div class=inhalt>{items}<p class=blaettern>Seite 1 <a href='?seite=2'>2</a> <a href='?seite=3'>3</a> <a href='?seite=2'>weiter</a></p></div></body></html>",
        links,
        "https://www.kreis.example/aktuelles/?seite=2",
    )


@style("https://akhbar.example/local", zone="Asia/Riyadh")
def ar_news(m):
    """Arabic news, right to left, percent-encoded slugs, most read beside."""
    items, links = "", []
    for day in m.days(12, step=1):
        n, t = m.next_id(), m.title(_AR, " ")
        items += f'<div class="views-row"><div class="img"><a href="/local/{n}"><img src="/i/{n}.jpg" alt="{t}"></a></div><h2><a href="/local/{n}">{t}</a></h2><span class="date">{day.year}/{day.month}/{day.day}</span></div>'
        links.append((f"https://akhbar.example/local/{n}", t, iso(day)))
    most = "".join(f'<li><a href="/local/{m.next_id()}">{m.title(_AR, " ")}</a></li>' for _ in range(5))
    return (
        f'<html lang="ar" dir="rtl"><head><meta charset="utf-8"></head><body><nav><ul>{nav("الرئيسية", "محليات", "اقتصاد", "رياضة")}</ul></nav><div class="view-content">{items}</div><div class="block"><h2>الأكثر قراءة</h2><ul>{most}</ul></div><ul class="pager"><li>1</li><li><a href="?page=1">2</a></li><li><a href="?page=1">التالي</a></li></ul></body></html>',
        links,
        "https://akhbar.example/local?page=1",
    )


@style("http://www.trs.example/xwzx/bdxw/")
def trs_lead_and_list(m):
    """A lead story with picture above the dated list; script-made pager; a list broken by ruled lines every five."""
    n, lead = m.next_id(), m.title()
    links = [(f"http://www.trs.example/xwzx/bdxw/202611/t20261122_{n}.shtml", lead)]
    items = ""
    for k, day in enumerate(m.days(20)):
        n, t = m.next_id(), m.title()
        items += f'<li><a href="./{day:%Y%m}/t{day:%Y%m%d}_{n}.shtml" target="_blank"><i></i>{t}</a><b>{day:%Y-%m-%d}</b></li>' + (
            '</ul><div class="line"></div><ul class="newslist">' if k % 5 == 4 else ""
        )
        links.append((f"http://www.trs.example/xwzx/bdxw/{day:%Y%m}/t{day:%Y%m%d}_{n}.shtml", t, iso(day)))
    return (
        f"""<html><head><meta charset=utf-8></head><body><div class=header><div class=nav>{nav(tag="span")}</div></div><div class=crumb><a href="/">首页</a>&gt;<a href="/xwzx/">新闻中心</a>&gt;本地新闻</div>
<div class=gl_list><div class=lead><a href="{links[0][0]}"><img src="/pic/{n}.jpg" width=300 height=200></a><h2><a href="{links[0][0]}">{lead}</a></h2><p>{m.summary()}<a href="{links[0][0]}">[详细]</a></p></div>
<ul class="newslist">{items}</ul><div class=page><script>createPageHTML(20,0,"index","shtml");</script></div></div>{FOOT}</body></html>""",
        links,
        None,
    )


@style("https://company.example/press", zone="UTC")
def en_rows_plain(m):
    """Press room: plain divs, date first, short and long titles, downloads beside each, slugs of one word among others."""
    links, items = [], ""
    slugs = [
        "results",
        "new-plant-in-leeds-opens-in-june",
        "appointments",
        "recall-of-batch-114-of-the-model-x-heater",
        "award",
        "statement-on-tariffs-and-supply",
    ]
    for slug, day in zip(slugs, m.days(6, step=20)):
        t = m.en()
        items += f'<div class="r"><div class="c1">{day:%d} {day:%b} {day:%Y}</div><div class="c2"><a href="/press/{slug}">{t}</a></div><div class="c3"><a href="/files/{slug}.pdf">PDF</a></div></div>'
        links.append((f"https://company.example/press/{slug}", t, iso(day)))
    return (
        f"<html lang=en><head><meta charset=utf-8></head><body><div id=top>{nav('Products', 'Investors', 'Sustainability', 'Careers at the company', 'Press', tag='span')}</div><h1>Press releases</h1>{items}<p>For media enquiries write to <a href='mailto:press@company.example'>press@company.example</a>, or see our <a href='/press/media-kit-and-logos'>media kit and logos</a> for pictures.</p></body></html>",
        links,
        None,
    )


@style("http://www.jeecms.example/zhxw/index.jhtml")
def dated_sidebar(m):
    """Both columns dated: the list has 18 lines, 最新文章 beside it eight of the same, in other markup."""
    items, links = "", []
    for day in m.days(18):
        n, t = m.next_id(), m.title()
        items += f'<div class="item"><span class="fr">{day:%Y-%m-%d}</span><a href="/zhxw/{n}.jhtml">{t}</a></div>'
        links.append((f"http://www.jeecms.example/zhxw/{n}.jhtml", t, iso(day)))
    side = "".join(f'<li><a href="{u}">{t}</a><span>{d[5:]}</span></li>' for u, t, d in links[:4]) + "".join(
        f'<li><a href="/tzgg/{m.next_id()}.jhtml">{m.title()}</a><span>11-2{k}</span></li>' for k in range(3)
    )
    return (
        f"<html><head><meta charset=utf-8></head><body><div class=nav><ul>{nav()}</ul></div><div class=c-left><div class=box><h3>相关推荐</h3><ul>{side}</ul></div></div><div class=c-main><h2>综合新闻</h2>{items}<div>共120条记录 1/7页 <a href='index_2.jhtml'>下一页</a></div></div>{FOOT}</body></html>",
        links,
        "http://www.jeecms.example/zhxw/index_2.jhtml",
    )


@style("http://www.slug.example/", zone="UTC")
def en_front_hash(m):
    """Front page with hashed class names, links that wrap cards, mixed hosts of one owner, an advertisement among the cards."""
    links, cards = [], ""
    for k in range(15):
        t, n = m.en(), m.next_id()
        host = "www.slug.example" if k % 3 else "sport.slug.example"
        url = f"http://{host}/article/{n}-{t.lower().replace(' ', '-')}"
        cards += f'<div class="styles_card__{"aB3xZ" if k % 2 else "aB3xZ"}"><a href="{url}" class="styles_link__9kQ2p"><div class="styles_media__1a2b3"><img src="/m/{n}.webp"></div><h3 class="styles_title__Zz91x">{t}</h3><div class="styles_meta__77abc"><span>{k + 1}h ago</span><span>Metro</span></div></a></div>'
        links.append((url, t))
        if k == 5:
            cards += '<div class="ad-slot"><a href="https://ads.example.net/click?c=991"><img src="/ad.png" alt="Lower your energy bill today with SunnyRoof panels"></a></div>'
    return (
        f"<html lang=en><head><meta charset=utf-8></head><body><div class='styles_nav__q2w3e'>{nav(*EN_NAV, tag='span')}</div><div class='styles_grid__1qaz2'>{cards}</div></body></html>",
        links,
        None,
    )


def main():
    HERE.mkdir(exist_ok=True)
    for name, (function, url, charset, zone, label) in STYLES.items():
        maker = Maker(name)
        html, links, following = function(maker)
        expected = {"about": function.__doc__, "url": url, "now": NOW.isoformat(), "zone": zone, "charset": charset, "label": label}
        if following is not ...:
            expected["next"] = following
        keys = ("url", "title", "published")
        expected["links"] = [dict(zip(keys, link)) for link in links]
        (HERE / f"{name}.html").write_bytes(html.encode("gb18030" if charset == "gb18030" else charset, "xmlcharrefreplace"))
        (HERE / f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
