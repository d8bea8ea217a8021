"""The sample portal's own markup: an ASP CMS of 2004 with nested tables, GBK bytes under the label gb2312."""

from collections.abc import Iterable
from functools import partial
from html import escape

from .stories import Grid, Heading, Picture, Story
from .theme import SECTIONS, Pages, View, inline, paged, plain, slashed

SITE, NEWS = "柳渡信息网", "柳渡新闻资讯"
FOOT_PAGES = {
    "/about.asp": "关于我们",
    "/contact.asp": "联系方式",
    "/links.asp": "友情连接",
    "/guestbook.asp": "留言反馈",
    "/jobs.asp": "人才招募",
    "/sitemap.asp": "网站地图",
}
TITLE_CUT = 32


class OldCms:
    """Tables, `<font>` and `<br>`; relative addresses; list titles cut short; dates as `(5-11)`; a rebuild stamp in the footer."""

    encoding = "gbk"
    content_type = "text/html; Charset=gb2312"
    home = "/"
    lists = "/news/list.asp?classid=1"

    def address(self, story: Story) -> str:
        """`/news/show.asp?id=…`."""
        return f"/news/show.asp?id={story.id}"

    def pages(self, view: View) -> Pages:
        """Home page, section lists with their pages, articles, and the pages that every site has."""
        home = partial(self.home_page, view)
        articles = {self.address(story): partial(self.article_page, view, story) for story in view.stories}
        notes = {path: partial(_page, view, name, _crumb(name), f"<p>{SITE}{name}</p>") for path, name in FOOT_PAGES.items()}
        return {"/": home, "/index.asp": home, **self._lists(view), **articles, **notes}

    def list_page(self, view: View, page: int = 1) -> str:
        """The list of all news."""
        return self._list(view, 1, page)

    def _lists(self, view: View) -> Pages:
        found = {}
        for number in range(1, len(SECTIONS) + 2):
            for page in range(1, len(paged(_section(view, number), view.page_size)) + 1):
                found[_list_path(number, page)] = partial(self._list, view, number, page)
            found[_list_path(number, 1) + "&page=1"] = found[_list_path(number, 1)]
        return found

    def _list(self, view: View, number: int, page: int) -> str:
        name = NEWS if number == 1 else SECTIONS[number - 2]
        pages = paged(_section(view, number), view.page_size)
        lines = "".join(_line(story, new=page == 1 and at < 2) + _dots(at) for at, story in enumerate(pages[page - 1]))
        table = f'<table width="98%" border="0" cellspacing="0" cellpadding="0" align="center">\n{lines}</table>\n'
        crumb = _crumb(NEWS) if number == 1 else _crumb(NEWS, name)
        return _page(view, f"{name}-{SITE}", crumb, table + _pager(number, page, len(pages)))

    def home_page(self, view: View) -> str:
        """Latest news, a table for each section, photo news."""
        latest = _block("最新资讯", _rows(view.stories[:12]))
        boxes = [_block(name, _rows(view.section(name)[:6], mark=False), _list_path(at + 2)) for at, name in enumerate(SECTIONS)]
        rows = "".join(
            f"<tr valign=top><td width=50%>{''.join(pair)}</td></tr>\n" for pair in zip(boxes[::2], [*boxes[1::2], ""], strict=True)
        )
        body = f"{latest}{_photos(view)}<table width=100% cellspacing=0>{rows}</table>"
        return _page(view, f"{SITE}-柳渡人的网上家园", _crumb("首页"), body)

    def article_page(self, view: View, story: Story) -> str:
        """Headline, publication line, dateline of the source, text, contributor, and the blocks that every page repeats."""
        body = f"""<TABLE width="96%" border=0 align=center cellPadding=0 cellSpacing=0>
<TR><TD height=48 align=center><font style="font-size:20px" color="#003399"><b>{escape(story.title)}</b></font></TD></TR>
<TR><TD height=24 align=center bgcolor=#F3F3F3>
<font color=#666666>发布时间:{slashed(story.published)} | <span id="hits"></span>人感兴趣</font></TD></TR>
<TR><TD height=10></TD></TR>
<TR><TD><font style="font-size:14px;line-height:180%">{_dateline(story)}<br><br>
{_text(story)}
{f"<br><br>(供稿:{escape(story.contributor)})" if story.contributor else ""}</font></TD></TR>
<TR><TD height=30 align=right>【<a href="javascript:window.print()">打印本页</a>】
【<a href="javascript:window.close()">关闭窗口</a>】</TD></TR>
<TR><TD>{self._around(view, story)}</TD></TR>
</TABLE>
"""
        return _page(view, f"{story.title}-{NEWS}-{SITE}", _crumb(NEWS, story.section), body, _summary(story))

    def _around(self, view: View, story: Story) -> str:
        older, newer = view.neighbours(story)
        return "<br>\n".join(
            f'{label}：<a href="show.asp?id={other.id}">{escape(other.title)}</a>' if other else f"{label}：没有了"
            for label, other in (("上一篇", older), ("下一篇", newer))
        )


# ---------------------------------------------------------------- lists


def _section(view: View, number: int) -> tuple[Story, ...]:
    return view.stories if number == 1 else view.section(SECTIONS[number - 2])


def _list_path(number: int, page: int = 1) -> str:
    return f"/news/list.asp?classid={number}" + (f"&page={page}" if page > 1 else "")


def _link(story: Story) -> str:
    short = story.title if len(story.title) <= TITLE_CUT else story.title[: TITLE_CUT - 1] + "…"
    return f'<a href="/news/show.asp?id={story.id}" title="{escape(story.title)}" target="_blank">{escape(short)}</a>'


def _line(story: Story, *, new: bool = False, mark: bool = True) -> str:
    number = SECTIONS.index(story.section) + 2
    section = f'<font color="#999999">[<a href="{_list_path(number)}">{story.section}</a>]</font> ' if mark else ""
    icon = ' <img src="/images/new.gif" border=0>' if new else ""
    day = f"({story.published.month}-{story.published.day})"
    cells = f'<td height="26">·{section}{_link(story)}{icon}</td><td width="60" align="right"><font color="#666666">{day}</font></td>'
    return f"<tr>{cells}</tr>\n"


def _rows(stories: Iterable[Story], *, mark: bool = True) -> str:
    return "".join(_line(story, mark=mark) for story in stories)


def _dots(at: int) -> str:
    return '<tr><td colspan="2" background="/images/dot.gif" height="9"></td></tr>\n' if at % 5 == 4 else ""


def _pager(number: int, page: int, pages: int) -> str:
    def step(label: str, to: int) -> str:
        return (
            f'<a href="{_list_path(number, to)}">{label}</a>' if 1 <= to <= pages and to != page else f"<font color=#999999>{label}</font>"
        )

    steps = (step("首页", 1), step("上一页", page - 1), step("下一页", page + 1), step("尾页", pages))
    return f"<div align=center>共{pages}页 当前第<b>{page}</b>页 {' '.join(steps)}</div>\n"


def _block(name: str, rows: str, more: str | None = None) -> str:
    link = f'<a href="{more}">更多&gt;&gt;</a>' if more else ""
    return f"""<table width="100%" border="0" cellpadding="0" cellspacing="0" style="border:1px solid #CCCCCC">
<tr bgcolor="#E8F0FA"><td height="26"><b><font color="#CC0000">{name}</font></b></td><td align=right>{link}</td></tr>
{rows}</table><br>
"""


def _photos(view: View) -> str:
    shown = [story for story in view.stories if story.pictures][:4]
    cells = "".join(f"<td align=center>{_photo(story)}</td>" for story in shown)
    return f"<table width=100%><tr>{cells}</tr></table>\n"


def _photo(story: Story) -> str:
    start = f'<a href="/news/show.asp?id={story.id}">'
    return f'{start}<img src="/upload/{story.pictures[0].name}" width=120 height=68 border=0></a><br>{start}{escape(story.title[:9])}</a>'


# ---------------------------------------------------------------- articles


def _dateline(story: Story) -> str:
    parts = [f"{story.sourced:%Y-%m-%d %H:%M}" if story.sourced else "", f"来源:{escape(story.source)}" if story.source else ""]
    return "&nbsp; ".join(part for part in parts if part)


def _text(story: Story) -> str:
    return "<br><br>\n".join(_written(block) for block in story.blocks) + (f"（{escape(story.author)}）" if story.author else "")


def _written(block: object) -> str:
    match block:
        case Picture(name, caption):
            picture = (
                f'<div align="center"><img src="/upload/{name}" alt="{escape(caption)}" border="0" onload="javascript:resize(this)"></div>'
            )
            return f'{picture}\n<div align="center"><font color="#666666">{escape(caption)}</font></div>'
        case Grid(rows):
            lines = "".join("<tr>" + "".join(f"<td align=center>{escape(cell)}" for cell in row) + "</tr>\n" for row in rows)
            return f'<table width="90%" align=center border=1 cellspacing=0 bordercolor="#CCCCCC">\n{lines}</table>'
        case Heading(text):
            return f"　　<strong>{escape(text)}</strong>"
        case _:
            return "　　" + inline(str(getattr(block, "text", "")))


def _summary(story: Story) -> str:
    return escape(plain(story.lead)[:60])


# ---------------------------------------------------------------- what every page has


def _crumb(*names: str) -> str:
    links = {NEWS: _list_path(1), **{name: _list_path(at + 2) for at, name in enumerate(SECTIONS)}}
    path = "".join(f' &gt; <a href="{links[name]}">{name}</a>' if name in links else f" &gt; {name}" for name in names)
    return f'您的位置:<a href="/">{SITE}</a>{path}'


def _nav() -> str:
    items = [("/", "网站首页"), (_list_path(1), "新闻资讯"), *((_list_path(at + 2), name) for at, name in enumerate(SECTIONS))]
    return " | ".join(f'<a href="{path}"><font color=#FFFFFF>{name}</font></a>' for path, name in items)


def _side(view: View) -> str:
    """The two blocks that every page repeats: the latest, and the most read (the oldest, as on most such sites)."""
    return _block("最新资讯", _rows(view.stories[:8], mark=False)) + _block("热门资讯", _rows(view.stories[:-9:-1], mark=False))


def _page(view: View, title: str, crumb: str, body: str, about: str = "柳渡信息网，柳渡人的网上家园") -> str:
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset=gb2312">
<TITLE>{escape(title)}</TITLE>
<META name="keywords" content="柳渡,柳渡新闻,柳渡信息网"><META name="description" content="{about}">
<LINK href="/images/style.css" rel=stylesheet type=text/css></HEAD>
<BODY bgcolor="#FFFFFF" topmargin="0">
<table width="960" border="0" align="center" cellpadding="0" cellspacing="0">
<tr><td width=240><a href="/"><img src="/images/logo.gif" alt="{SITE}" border=0></a></td><td>柳渡</td></tr>
<tr><td colspan=2 height=30 bgcolor="#336699">{_nav()}</td></tr>
<tr><td colspan=2 height=28>{crumb}</td></tr>
</table>
<table width="960" border="0" align="center" cellpadding="0" cellspacing="4"><tr valign="top">
<td width="680">
{body}</td>
<td width="270">
{_side(view)}</td>
</tr></table>
{_foot(view)}</BODY></HTML>
"""


def _foot(view: View) -> str:
    notes = " | ".join(f'<a href="{path}">{name}</a>' for path, name in FOOT_PAGES.items())
    host = view.origin.removeprefix("http://")
    return f"""<table width="960" border="0" align="center" cellpadding="0" cellspacing="0"><tr><td align="center"><hr size=1>
网站备案:示ICP备00000000号-1<br>
{notes} | <a href="#" onclick="setHome(this)">设为首页</a> | <a href="#" onclick="addFavorite()">加入收藏</a><br>
Copyright &copy; 2004-{view.built.year} {host} Inc. All rights reserved. {SITE} 技术:柳渡网站建设<br>
Published at {slashed(view.built)}, Powered By LDCMS v6.5.0(ACCESS)
</td></tr></table>
"""
