"""Lists as sites really build them: clickable rows, borrowed titles, cards with short names, sections in turn, columns of news."""

from datetime import UTC, datetime

import pytest

from bridge.core import charset, dom, listing, wording
from bridge.core.shapes import shape
from bridge.model import Portal, Site

URL = "http://www.town.example/news/"
TITLES = [f"唐山市积极推进{what}取得新成效" for what in ("老旧小区改造", "河道治理", "秋粮收购", "农村公路养护", "冬季供暖", "义务植树")]
MENU = "<div class=nav><a href='/'>首页</a><a href='/about.html'>关于我们</a></div>"


SENTENCE = "Officials said on Friday that the plan would go ahead."


def read(body, url=URL):
    return listing.read(
        f"<html><body>{MENU}{body}</body></html>",
        url,
        "utf-8",
        Portal(id="p", title="p", url=url),
        Site(),
        datetime(2026, 11, 22, 4, tzinfo=UTC),
    )


def found(body, url=URL):
    return [(link.url.removeprefix("http://www.town.example"), link.title) for link in read(body, url).links]


WANTED = [(f"/a/{n}.html", title) for n, title in enumerate(TITLES)]

CLICKS = {
    "data-href": "<div class=c data-href='/a/{n}.html'><b>{t}</b></div>",
    "location": "<tr onclick=\"location='/a/{n}.html'\"><td>{t}</td><td>2026-11-0{n}</td></tr>",
    "location.href": "<tr onclick=\"window.location.href = '/a/{n}.html';return false\"><td>{t}</td></tr>",
    "open": "<li onclick=\"window.open('/a/{n}.html','_blank')\">{t}</li>",
    "link without address": (
        "<li onclick=\"window.open('/a/{n}.html')\"><i>[市辖区]</i><a href='javascript:void(0)' title='{t}'>{t}</a></li>"
    ),
    "javascript: address": "<li><a href=\"javascript:openNews('/a/{n}.html')\">{t}</a></li>",
    "onclick beside #": "<li><a href='#' onclick=\"location.href='/a/{n}.html'\">{t}</a></li>",
}


@pytest.mark.parametrize("line", CLICKS.values(), ids=CLICKS)
def test_plain_addresses_of_clicks_are_links(line):
    """Where no href leads anywhere, the address that a script plainly names does."""
    rows = "".join(line.format(n=n, t=title) for n, title in enumerate(TITLES))
    assert found(f"<table class=list>{rows}</table>" if "<tr" in line else f"<ul class=list>{rows}</ul>") == WANTED


def test_a_link_within_wins_over_the_click():
    """A card that counts clicks and has a link of its own leads where the link does."""
    rows = "".join(f"<li onclick=\"open('/count.asp?u={n}')\"><a href='/a/{n}.html'>{t}</a></li>" for n, t in enumerate(TITLES))
    assert found(f"<ul>{rows}</ul>") == WANTED


@pytest.mark.parametrize(
    "script", ["show(1)", "location=base+'/x'", "location='' ", "return confirm('/a/1.html 吗')", "location='mailto:a@b.example'"]
)
def test_other_scripts_are_no_links(script):
    """What has to be computed is not guessed."""
    rows = "".join(f"<li>{t}<a href='/a/{n}.html'>{t}</a></li>" for n, t in enumerate(TITLES))
    assert found(f'<div onclick="{script}">{TITLES[0]}的通知</div><ul>{rows}</ul>') == WANTED


def test_a_row_without_title_goes_by_its_cells():
    """查看 in every row, and no cell that tells one row from the other by itself."""
    rows = "".join(
        f"<tr><td>开庭公告传票</td><td>第{n}人民法院</td><td>2026-11-0{n + 1}</td><td><a href='/a/{n}.html'>查看</a></td></tr>"
        for n in range(6)
    )
    assert found(f"<table>{rows}</table>") == [(f"/a/{n}.html", f"开庭公告传票 第{n}人民法院") for n in range(6)]


def test_the_same_title_for_all_is_still_a_list():
    """Dated lines of articles are taken where the page has nothing that reads better."""
    rows = "".join(f"<li><a href='/a/{30000 + n}.html'>公告</a><span>2026-11-0{n + 1}</span></li>" for n in range(6))
    assert found(f"<ul>{rows}</ul>") == [(f"/a/{30000 + n}.html", "公告") for n in range(6)]


def test_sections_in_the_address_do_not_part_a_list():
    """Four sections in random turn are one list; a category and a title in strict turn are two."""
    sections = ("city", "life", "sport", "money", "home", "world")
    rows = "".join(
        f"<article><img src=/i/{n}.jpg><h2><a href='/{sections[n * 5 % 6]}/2026-11-2{n % 3}/{9000 + n}.html'>{t}</a></h2></article>"
        for n, t in enumerate(TITLES * 2)
    )
    assert len(found(rows, "http://www.town.example/")) == 12


def test_class_names_of_an_items_tags_are_no_tag_cloud():
    """WordPress writes each post's tags into its class."""
    rows = "".join(
        f"<li class='post-{n} post tag-soil category-menu'><img src=/{n}.jpg><h2><a href='/p/{n}.html'>{t}</a></h2>"
        f"<a href=/p/{n}.html>…</a><a href=/c/>园艺</a></li>"
        for n, t in enumerate(TITLES)
    )
    recent = "".join(f"<li><a href='/p/{n + 70}.html'>{t}的通知</a></li>" for n, t in enumerate(TITLES))
    assert [url for url, _ in found(f"<ul class=posts>{rows}</ul><div><ul>{recent}</ul></div>")] == [f"/p/{n}.html" for n in range(6)]


def test_a_short_title_wins_over_the_lead_below_it():
    """Both are links to the article."""
    rows = "".join(
        f"<div class=p><div><a href='/p/{n}x'>Open Thread {300 + n}</a></div>"
        f"<div><a href='/p/{n}x'>What was a minor dispute has become a test of trust {n}</a></div></div>"
        for n in range(6)
    )
    assert [title for _, title in found(rows)] == [f"Open Thread {300 + n}" for n in range(6)]


def test_cards_with_headings_may_have_short_names():
    """A directory of tiles wins over the longer names of its filters."""
    tiles = "".join(
        f"<a class=t href='/news/{name.lower()}'><img src=/{name}.svg><h3>{name}</h3><p>{SENTENCE}</p></a>"
        for name in ("Slate", "Hubble", "Notely", "Trellis", "Zendo")
    )
    filters = "".join(
        f"<a class=f href='/news/category/{n}'>{name}</a>"
        for n, name in enumerate(("Project management", "Marketing automation", "Communication tools"))
    )
    assert [title for _, title in found(f"<main><div>{filters}</div>{tiles}</main>")] == ["Slate", "Hubble", "Notely", "Trellis", "Zendo"]


def test_the_summary_is_no_row_of_links():
    """Files beside a line do not make its summary."""
    rows = "".join(
        f"<li><a href='/a/{n}.html'>{t}</a> <a href=/f/{n}.pdf>Complaint of the parties</a>, <a href=/g/{n}.pdf>Final Judgment</a></li>"
        for n, t in enumerate(TITLES)
    )
    assert {link.summary for link in read(f"<ul>{rows}</ul>").links} == {None}


@pytest.mark.parametrize("text", ["v5.9.2", "1.24.0", "v2.0.0-rc1"])
def test_version_numbers_are_titles_and_addresses_of_releases(text):
    """A release goes by its number."""
    assert wording.title_likeness(text) >= 0.5
    assert shape(f"http://a.example/o/r/releases/tag/{text}").likeness >= 0.7


@pytest.mark.parametrize("text", ["12.50", "3.5", "2026"])
def test_other_numbers_are_no_versions(text):
    """Prices and years stay numbers."""
    assert wording.title_likeness(text) < 0.5


CROWDS = [
    "<p " + " a=1" * 400,
    "<p " + " a='>' b=\"<\"" * 400,
    "<p " + 'a="' * 4001,
    "<a '" * 999,
    "<script " * 999,
    "<!-- -" * 999,
    "= = " * 999,
    "<p " + "a= / " * 999,
]


@pytest.mark.parametrize("text", CROWDS)
def test_markup_in_a_crowd_is_read(text):
    """Unclosed quotes, tags within tags and hundreds of attributes end in a tree; text before them stays."""
    assert dom.text_of(dom.parse("<b>before</b>" + text).find(".//b")).startswith("before")


def test_no_pattern_is_possessive():
    """CPython 3.11.0 to 3.11.4 misread possessive quantifiers and atomic groups."""
    import re
    import re._parser as parser

    for module in (charset, dom):
        for value in vars(module).values():
            if isinstance(value, re.Pattern):
                told = str(parser.parse(value.pattern, value.flags & ~re.DEBUG))
                assert "POSSESSIVE" not in told
                assert "ATOMIC" not in told


def test_what_stands_behind_titles_in_their_links_is_no_part_of_them():
    """The same short piece in an element of its own at the end of several links is a label; a word that was searched for is none."""
    names = ["City council agrees to the bridge", "Mill to close after ninety years", "Three routes of the night bus end"]
    for made, wanted in (("Key", names), ("highlight", [f"{name} Members" for name in names])):
        rows = "".join(f"<li><a href=/n/2026{n}.html>{name}<span class={made}>Members</span></a>" for n, name in enumerate(names * 2))
        page = read(f"<body><ul>{rows}</ul>")
        assert [link.title for link in page.links] == wanted * 2


def test_a_host_beside_a_title_a_note_beside_a_day_and_a_title_behind_a_label():
    """Rows of a ranking are dated by their second line, days with a note date what follows, and no summary says the title again."""
    rows = "".join(
        f"<tr><td>{n}.</td><td><a href=https://s{n}.example/p/{n}>The mill by the river, part {n}</a> "
        f"(<a href=/f?s={n}>a-longer.site{n}.example</a>)</td></tr>"
        f"<tr><td></td><td>{n} points by tom <a href=/item?id={n}>{n} hours ago</a> | <a href=/hide?id={n}>hide</a></td></tr>"
        for n in range(1, 9)
    )
    page = read(f"<body><table>{rows}</table>")
    assert [link.published is not None and link.summary is None for link in page.links] == [True] * 8
    days = "".join(
        f"<h3>Fri, {day} Nov 2026 (showing 3 of 30 entries)</h3><dl>"
        + "".join(
            f"<dt><a href=/abs/2611.{day}{n}00>arXiv:2611.{day}{n}00</a><dd><div>Title: On heat in sand, part {n} of {day}</div>"
            for n in "123"
        )
        + "</dl>"
        for day in (20, 19)
    )
    page = read(f"<body>{days}")
    assert [link.published.at.day for link in page.links] == [20] * 3 + [19] * 3
    assert page.links[0].title.endswith("On heat in sand, part 1 of 20")
    assert {link.summary for link in page.links} == {None}
