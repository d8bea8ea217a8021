"""The pages of the portal in several hands: tables of the nineties, lists in divisions, cards, and plain paragraphs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from .face import LISTS, Face

SITE = "柳渡信息网"
MENU = ("网站首页", "新闻资讯", "政务公开", "办事指南", "便民查询", "招聘求职", "房产家居", "旅游美食", "关于我们", "联系方式")
_SCRIPT = '<div id="app" class="loading"></div>\n<script src="/static/js/app.4f1c.js"></script>'
ABOUT = (
    "柳渡信息网是面向全市居民的综合信息服务平台，为您提供新闻资讯、政务公开、便民查询、招聘求职和房产家居等多项服务，"
    "欢迎单位和个人投稿，版权所有，未经书面授权不得转载或建立镜像。"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: address, the title shown, the time shown, and the first words of the text."""

    url: str
    title: str
    full: str
    at: datetime
    lead: str = ""
    top: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a page is made of. `shell` pages have their content in scripts, with or without some words about the site."""

    face: Face
    built: datetime
    latest: Sequence[Line] = ()
    hot: Sequence[Line] = ()
    shell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as its page shows it."""

    title: str
    paragraphs: Sequence[str]
    section: str
    source: str
    at: datetime
    hits: int


def list_page(view: View, lines: Sequence[Line], number: int, pages: int) -> str:
    """A page of the list."""
    hand = LAYOUTS[view.face.layout]
    body = _SCRIPT if view.shell else hand.lines(view, lines) + hand.pager(_pager(view.face, number, pages))
    return hand.page(view, f"新闻资讯_{SITE}", body)


def article_page(view: View, piece: Piece) -> str:
    """An article's page."""
    hand = LAYOUTS[view.face.layout]
    if view.shell:
        return hand.page(view, SITE, _SCRIPT + (f"<p>{ABOUT}</p>" if view.shell == "about" else ""))
    return hand.page(view, f"{escape(piece.title)}_{piece.section}_{SITE}", hand.article(view, piece))


def notice_page(view: View, title: str, words: str, extra: str = "") -> str:
    """A page that stands in place of another, without the portal's frame."""
    head = f'<html><head><meta charset="{view.face.label}"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1><p>{words}</p>{extra}</body></html>"


# ---------------------------------------------------------------- what all share


def _pager(face: Face, number: int, pages: int) -> str:
    steps = [("首页", 1), ("上一页", number - 1), ("下一页", number + 1), ("尾页", pages)]
    return " ".join(f'<a href="{face.page(n)}">{name}</a>' if 1 <= n <= pages and n != number else name for name, n in steps)


def _day(view: View, line: Line) -> str:
    if not view.face.dates:
        return ""
    return {"day": f"{line.at:%Y-%m-%d}", "minute": f"{line.at:%Y-%m-%d %H:%M}", "short": f"{line.at:%m-%d}", "none": ""}[
        view.face.list_dates
    ]


def _stamp(view: View, piece: Piece) -> str:
    return f"{piece.at:%Y-%m-%d %H:%M:%S}" if view.face.dates else ""


def _foot(view: View) -> str:
    return f"Copyright &copy; 2004-{view.built.year} {SITE} 版权所有 Published at {view.built:%Y-%m-%d %H:%M}"


def _menu() -> str:
    return "".join(f'<li><a href="/m{n}/">{name}</a></li>' for n, name in enumerate(MENU))


def _side(lines: Sequence[Line]) -> str:
    return "".join(f'<li><a href="{line.url}">{escape(line.title)}</a></li>\n' for line in lines)


def _text(piece: Piece, tag: str) -> str:
    return "\n".join(f"<{tag}>　　{escape(text)}</{tag}>" for text in piece.paragraphs)


def _mark(line: Line) -> str:
    return "[置顶]" if line.top else ""


# ---------------------------------------------------------------- hands


@dataclass(frozen=True, slots=True)
class Hand:
    """One markup: how it writes lines, pager, article and the page around them."""

    lines: Callable[[View, Sequence[Line]], str]
    pager: Callable[[str], str]
    article: Callable[[View, Piece], str]
    page: Callable[[View, str, str], str]


def _table_lines(view: View, lines: Sequence[Line]) -> str:
    rows = "".join(
        f'<tr><td height=24>·{_mark(line)}<a href="{line.url}" title="{escape(line.full)}" target=_blank>{escape(line.title)}</a></td>'
        f"<td width=90 align=right><font color=#666666>{_day(view, line)}</font></td></tr>\n"
        for line in lines
    )
    return f"<table width=98% border=0 cellspacing=0 align=center>\n{rows}</table>\n"


def _table_article(view: View, piece: Piece) -> str:
    stamp = f"发布时间:{_stamp(view, piece)} | " if view.face.dates else ""
    source = f"来源:{piece.source} | " if piece.source else ""
    body = "<br><br>\n".join(f"　　{escape(text)}" for text in piece.paragraphs)
    return f"""<TABLE width="96%" border=0 align=center><TR><TD height=48 align=center>
<font style="font-size:20px" color=#003399><b>{escape(piece.title)}</b></font></TD></TR>
<TR><TD align=center bgcolor=#F3F3F3><font color=#666666>{stamp}{source}浏览:{piece.hits}次</font></TD></TR>
<TR><TD><font style="font-size:14px;line-height:180%">{body}</font></TD></TR>
<TR><TD align=right>【<a href="javascript:window.print()">打印本页</a>】
【<a href="javascript:window.close()">关闭窗口</a>】</TD></TR></TABLE>
"""


def _table_page(view: View, title: str, body: str) -> str:
    menu = " | ".join(f'<a href="/m{n}/">{name}</a>' for n, name in enumerate(MENU))
    sides = "".join(
        f"<table width=100% border=0><tr><td bgcolor=#DDEEFF><b>{name}</b></td></tr>"
        + "".join(f'<tr><td>·<a href="{line.url}">{escape(line.title)}</a></td></tr>\n' for line in lines)
        + "</table>"
        for name, lines in (("最新资讯", view.latest), ("热门资讯", view.hot))
    )
    return f"""<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset={view.face.label}">
<TITLE>{title}</TITLE></HEAD><BODY bgcolor=#FFFFFF>
<table width=960 border=0 align=center><tr><td colspan=2 bgcolor=#336699>{menu}</td></tr>
<tr><td colspan=2>您的位置:<a href="/">{SITE}</a> &gt; <a href="{LISTS}">新闻资讯</a></td></tr></table>
<table width=960 border=0 align=center><tr valign=top><td width=680>
{body}</td><td width=270>{sides}</td></tr></table>
<table width=960 align=center><tr><td align=center><hr size=1>{_foot(view)}</td></tr></table></BODY></HTML>"""


def _div_lines(view: View, lines: Sequence[Line]) -> str:
    rows = "".join(
        f'<li>{_mark(line)}<a href="{line.url}">{escape(line.title)}</a><span class="date">{_day(view, line)}</span></li>\n'
        for line in lines
    )
    return f'<div class="list-box"><ul class="news-list">\n{rows}</ul></div>\n'


def _div_article(view: View, piece: Piece) -> str:
    stamp = f"<span>发布时间：{_stamp(view, piece)}</span>" if view.face.dates else ""
    source = f"<span>来源：{piece.source}</span>" if piece.source else ""
    return f"""<div class="article"><h1>{escape(piece.title)}</h1>
<div class="info">{stamp} {source} <span>浏览次数：{piece.hits}</span></div>
<div class="content">{_text(piece, "p")}</div></div>
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>"""


def _div_page(view: View, title: str, body: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="{view.face.label}"><title>{title}</title></head><body>
<div class="header"><ul class="nav">{_menu()}</ul></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="{LISTS}">新闻资讯</a></div>
<div class="wrap"><div class="main">{body}</div>
<div class="side"><h3>最新资讯</h3><ul>{_side(view.latest)}</ul><h3>热门排行</h3><ul>{_side(view.hot)}</ul></div></div>
<div class="footer">{_foot(view)}</div></body></html>"""


def _card_lines(view: View, lines: Sequence[Line]) -> str:
    return "".join(
        f'<div class="item"><h3>{_mark(line)}<a href="{line.url}">{escape(line.title)}</a></h3>'
        f'<p class="lead">{escape(line.lead)}</p><time>{_day(view, line)}</time></div>\n'
        for line in lines
    )


def _card_article(view: View, piece: Piece) -> str:
    stamp = f'<time datetime="{piece.at.isoformat()}">{_stamp(view, piece)}</time>' if view.face.dates else ""
    source = f'<span class="source">来源：{piece.source}</span>' if piece.source else ""
    return f"""<article><h1>{escape(piece.title)}</h1><div class="meta">{stamp} {source} 阅读 {piece.hits}</div>
<div class="body">{_text(piece, "p")}</div></article>"""


def _card_page(view: View, title: str, body: str) -> str:
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{view.face.label}"><title>{title}</title></head><body>
<header><nav><ul>{_menu()}</ul></nav></header><main>{body}</main>
<aside><section><h4>最新</h4><ul>{_side(view.latest)}</ul></section><section><h4>热门</h4><ul>{_side(view.hot)}</ul></section></aside>
<footer>{_foot(view)}</footer></body></html>"""


def _plain_lines(view: View, lines: Sequence[Line]) -> str:
    rows = "".join(f'<dd>{_mark(line)}<a href="{line.url}">{escape(line.title)}</a> <em>{_day(view, line)}</em></dd>\n' for line in lines)
    return f'<dl id="newslist">\n{rows}</dl>\n'


def _plain_article(view: View, piece: Piece) -> str:
    stamp = f"时间：{_stamp(view, piece)} " if view.face.dates else ""
    source = f"来源：{piece.source} " if piece.source else ""
    return f"""<div id="show"><h2>{escape(piece.title)}</h2><div class="tips">{stamp}{source}点击：{piece.hits}</div>
<div id="zoom">{_text(piece, "div")}</div></div>"""


LAYOUTS = {
    "tables": Hand(_table_lines, lambda steps: f"<center>{steps}</center>", _table_article, _table_page),
    "divs": Hand(_div_lines, lambda steps: f'<div class="pages">{steps}</div>', _div_article, _div_page),
    "cards": Hand(_card_lines, lambda steps: f'<nav class="pager">{steps}</nav>', _card_article, _card_page),
    "plain": Hand(_plain_lines, lambda steps: f"<p class=page>{steps}</p>", _plain_article, _div_page),
}
