"""Categories, sources, counts beside titles, and side blocks made like the list: the lines that are read are the page's own."""

import contextlib
from datetime import UTC, datetime
from itertools import product
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins.portals import themes

from bridge.core import listing
from bridge.demo.portal import SamplePortal
from bridge.demo.theme import paged
from bridge.errors import ReadError
from bridge.model import ListPage, Page, Portal, Site
from bridge.portals import generic

NOW = datetime(2026, 5, 22, 4, tzinfo=UTC)
SITE = "http://www.town.example"
LIST = f"{SITE}/news/list.asp?classid=1"
SECTIONS = (("民生", 5), ("城区", 2), ("教育", 6), ("乡镇", 3))
WORKS = ("老旧小区改造", "河道治理", "秋粮收购", "农村公路养护", "冬季供暖", "义务植树", "献血", "消防演练", "垃圾分类", "公交", "图书馆")
ENDS = ("取得新成效", "推进会召开", "方案公布 市民可查询", "进展顺利")

BESIDE = {
    "nothing": "{title}",
    "brackets": "[{section}] {title}",
    "brackets in the link": "{bracketed} {title}",
    "bullet and font": "·<font color=#999>[{section}]</font> {title}",
    "bar": "{section} | {title}",
    "dot": "{section} · {title}",
    "colon": "{section}：{title}",
    "space": "{section} {title}",
    "brackets after": "{title} [{section}]",
    "source": "{title} 来源：{source}",
    "author": "{title} 作者：{source}",
    "comments": "{title} {comments}",
    "category and source": "[{section}] {title} 来源：{source}",
    "span": "<span class=cat>{section}</span>{title}",
    "two": "[{section}][{section2}] {title}",
}
ROWS = {
    "td": ("<table width=98%>", "<tr><td height=26>{line}</td><td width=60>{day}</td></tr>", "</table>"),
    "cells": ("<table>", "<tr><td>{before}</td><td>{rest}</td><td>{day}</td></tr>", "</table>"),
    "li": ("<ul>", "<li>{line}<span>{day}</span></li>", "</ul>"),
    "date first": ("<ul class=list>", "<li><span class=d>{day}</span>{line}</li>", "</ul>"),
    "div": ("<div class=list>", "<div class=row><div>{line}</div><div class=date>{day}</div></div>", "</div>"),
    "span": ("<div>", "<div>{line} <i>{day}</i></div>", "</div>"),
    "br": ("<div>", "{line} {day}<br>", "</div>"),
    "p": ("<div>", "<p>{line} ({day})</p>", "</div>"),
    "dl": ("<dl>", "<dt>{line}</dt><dd>{day}</dd>", "</dl>"),
    "tables": ("<div>", "<table><tr><td>{line}</td><td>{day}</td></tr></table>", "</div>"),
}


def title_of(number: int) -> str:
    return f"今晚城南停水{number}" if number % 7 == 3 else f"{WORKS[number % 11]}工作{ENDS[number % 4]}{number}"


def link(path: str, text: str) -> str:
    return f'<a href="/news/{path}">{text}</a>'


def row(layout: str, beside: str, number: int, *, dated: bool) -> str:
    (name, at), (name2, at2) = SECTIONS[number * 3 % 4], SECTIONS[(number * 3 + 1) % 4]
    parts = {
        "title": link(f"show.asp?id={10300 - number}", title_of(number)),
        "section": link(f"list.asp?classid={at}", name),
        "section2": link(f"list.asp?classid={at2}0", f"{name2}二"),
        "bracketed": link(f"list.asp?classid={at}", f"[{name}]"),
        "source": link(f"author.asp?id={number % 3 + 1}", ("市融媒体中心", "澎湃新闻", "人民网")[number % 3]),
        "comments": link(f"comment.asp?id={10300 - number}", f"评论({number * 7 % 13})"),
    }
    before, _, after = BESIDE[beside].partition("{title}")
    line, day = BESIDE[beside].format(**parts), f"5-{22 - number % 20}" if dated else ""
    return ROWS[layout][1].format(line=line, before=before.format(**parts), rest=("{title}" + after).format(**parts), day=day)


def block(layout: str, beside: str, numbers: range, *, dated: bool = True) -> str:
    return ROWS[layout][0] + "\n".join(row(layout, beside, number, dated=dated) for number in numbers) + ROWS[layout][2]


def page(main: str, *side: str, left: bool = False, pages: int = 0, at: int = 1) -> str:
    """A page of two columns; with a pager where it has several pages."""
    menu = " | ".join(link(f"list.asp?classid={number}", name) for name, number in SECTIONS)
    following = link(f"list.asp?classid=1&page={at + 1}", "下一页") if at < pages else "下一页"
    back = f"{link('list.asp?classid=1', '首页')} {link('list.asp?classid=1&page=2', '上一页')}"
    steps = f"<div align=center>共{pages}页 {back} {following}</div>"
    boxes = "".join(f"<div class=box><h3>{name}</h3>{lines}</div>" for name, lines in zip(("最新资讯", "图片新闻"), side, strict=False))
    columns = [f"<td width=680>{main}{steps if pages else ''}</td>", f"<td width=270>{boxes}</td>"]
    columns = columns[::-1] if left else columns
    foot = '<a href="/about.asp">关于我们</a> | <a href="/contact.asp">联系方式</a>'
    body = f"<div>{menu}</div><table width=960><tr valign=top>{''.join(columns)}</tr></table><div>{foot}</div>"
    return f"<html><head><title>新闻资讯-某某网</title></head><body>{body}</body></html>"


def read(html: str, url: str = LIST, first: ListPage | None = None) -> ListPage:
    return listing.read(html, url, "utf-8", Portal(id="p", title="p", url=SITE), Site(), NOW, first=first)


def ids(listed: ListPage) -> list[int]:
    return [10300 - int(link.url.rpartition("=")[2]) if "show.asp" in link.url else -1 for link in listed.links]


CASES = [case for number, case in enumerate(product(ROWS, BESIDE, (1, 2, 3, 8))) if number % 2 == 0 or case[0] == "td"]


@pytest.mark.parametrize(("layout", "beside", "lines"), CASES)
def test_the_lines_are_the_titles_of_the_list(layout, beside, lines):
    """On a first, middle and last page, dated or not, with side blocks of five and ten such lines left or right."""
    turn = hash((len(layout), len(beside), lines)) % 2 == 0
    numbers = range(40, 40 + lines)
    for dated, pages, at in ((True, 3, 2), (False, 3, 3), (turn, 0, 1)):
        sides = [block(layout, "nothing", range(start, start + many), dated=dated) for start, many in ((0, 10 if turn else 5), (20, 5))]
        listed = read(page(block(layout, beside, numbers, dated=dated), *sides, left=turn, pages=pages, at=at))
        assert ids(listed) == list(numbers)
        assert [line.title for line in listed.links] == [title_of(number) for number in numbers]


@pytest.mark.parametrize("layout", ROWS)
@pytest.mark.parametrize("beside", ["nothing", "brackets", "brackets after", "source", "comments"])
def test_every_line_keeps_its_date(layout, beside):
    """What keeps a title company does not stand between it and its date, and 5-9 is a day in a column of days."""
    listed = read(page(block(layout, beside, range(40, 60)), block(layout, "nothing", range(5)), pages=3))
    assert [line.published and line.published.at.day for line in listed.links] == [22 - number % 20 for number in range(40, 60)]


def test_two_headlines_on_a_line_are_two():
    """A shorter headline of another section beside a longer one is no category, though a bar stands between them."""
    folders = ("sport", "city", "life", "world")
    lines = "".join(
        f"<li><a href='/{folders[n % 4]}/2026-05-21/{n + 500}.html'>{title_of(n * 2)}</a> | "
        f"<a href='/{folders[(n + 1) % 4]}/2026-05-21/{n + 700}.html'>{WORKS[n % 11][:4]}开工</a></li>"
        for n in range(12)
    )
    assert len(read(f"<h2>要闻</h2><ul>{lines}</ul>", f"{SITE}/").links) == 24


# ---------------------------------------------------------------- further pages


def columns(*blocks: str) -> str:
    """Two columns that nothing tells apart."""
    return "".join(f"<div class=c>{lines}</div>" for lines in blocks)


@pytest.mark.parametrize("layout", ROWS)
@pytest.mark.parametrize("lines", [2, 8])
def test_a_block_that_stood_on_the_first_page_is_no_list_of_a_further_page(layout, lines):
    """The first page's links tell the side block, however it is made; without them nothing does."""
    side = block(layout, "nothing", range(10))
    first = read(page(block(layout, "nothing", range(8)), side, pages=9))
    further = columns(side, block(layout, "nothing", range(40, 40 + lines)))
    assert set(ids(read(further, LIST + "&page=6"))) > set(range(40, 40 + lines))
    assert ids(read(further, LIST + "&page=6", first)) == list(range(40, 40 + lines))


def test_a_further_page_that_shows_the_first_again_is_read():
    """Where nothing else is on it, seen lines are still lines."""
    first = read(page(block("td", "brackets", range(8)), pages=2))
    again = read(page(block("td", "brackets", range(8)), pages=2), first=first)
    assert ids(again) == list(range(8))


@pytest.mark.parametrize("size", [3, 8, 20])
@pytest.mark.parametrize("name", themes())
def test_every_page_of_the_sample_portal(name, size):
    """Each page of its list shows its own stories and no others, in each markup, down to the last one."""
    with SamplePortal(NOW, theme=themes()[name](), page_size=size) as portal:
        portal.flood(9)
        url: str | None = portal.list_url
        for stories in paged(portal.stories, size):
            assert url
            with urlopen(url) as answer:
                body = Page(url, answer.read(), answer.headers["content-type"])
            listed = generic.read_list(body, Portal(id="p", title="p", url=portal.url), Site(), NOW)
            assert [line.url for line in listed.links] == [portal.address(story.id) for story in stories]
            url = listed.next
        assert url is None


# ---------------------------------------------------------------- long pages


def test_a_page_without_end_is_cut_and_says_so():
    """The first five thousand links, in the page's order."""
    lines = "".join(f"<li><a href='/a/{n}.html'>{title_of(n)}</a></li>" for n in range(5_200))
    listed = read(f"<ul>{lines}</ul>")
    assert [line.url for line in listed.links] == [f"{SITE}/a/{n}.html" for n in range(5_000)]
    assert listed.explain["cut"] == "only the first 5,000 links were read, 200 more were not"


MARKS = st.sampled_from(
    ["下一页", "共3页", "1", "2", "上一页", "您的位置:", "更多", "[", "]", "|", "评论(3)", "最新资讯", *map(title_of, range(6))]
)
TAGS = st.sampled_from(["td", "tr", "table", "div", "li", "ul", "dt", "dd", "h3", "p", "br", "form", "td width=300", "div style=width:70%"])


@given(st.lists(st.tuples(TAGS, MARKS, st.integers(0, 9), st.booleans()), max_size=60))
@settings(max_examples=100)
def test_any_landmarks_give_links_or_a_named_cause(pieces):
    """Pagers, paths and headings in any order and nesting raise nothing else."""
    text = "".join(f"<{tag}>" + (f"<a href='/a/{n}.html'>{mark}</a>" if linked else mark) for tag, mark, n, linked in pieces)
    listed = None
    with contextlib.suppress(ReadError):
        listed = read(f"<title>最新资讯-某网</title>{text}")
    assert listed is None or len({line.url for line in listed.links}) == len(listed.links) > 0
