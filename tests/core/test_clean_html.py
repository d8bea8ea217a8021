"""What leaves the reader is safe and absolute, whatever came in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.clean import render, sanitise
from bridge.core.content import whole
from bridge.core.dom import parse
from bridge.core.flatten import flatten

BASE = "https://www.example.cn/news/1.html"
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jav&#x09;ascript:alert(1)'>x</a>", "<iframe src='javascript:alert(1)'></iframe>", "<style>@import 'x'</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", "<p style='background:url(javascript:1)' onclick=x>t</p>",
    "<table background='javascript:alert(1)'><tr><td>x</td></tr></table>", "<object data='data:text/html,<script>1</script>'></object>",
    "<form action='//evil'><input name=x></form>", "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "<a href='vbscript:x'>y</a>",
    "<img src='data:image/svg+xml,<svg onload=1>'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "<template><script>1</script></template>", "<a href=\"https://a.example/'><script>\">q</a>",
    "<video src='javascript:1' onerror=x></video>", "<!--><script>alert(1)</script>-->", "<title><script>1</script></title>",
    "<xmp><script>1</script></xmp>",
    "<img alt='\"><script>alert(1)</script>' src='/a.jpg'>", "<p><b><i>deep</p></b><td>cell</i>",
]  # fmt: skip
BROKEN = ["<p>", "</p>", "<td>", "<ul><li>", "文字。", "<br><br>", "<a href='/x'>", "</a>", "<pre>\n x", "<h1>t", "<table><tr>"]
_ALLOWED = re.compile(
    r"</?(?:p|br|a|strong|em|sub|sup|code|kbd|del|ins|mark|q|ruby|rt|rp|ul|ol|li|blockquote|pre|figure|figcaption|dl|dt|dd|h[2-6]|img|video|audio"
    r"|table|tbody|tr|td|th)(?: (?:href|src|alt|colspan|rowspan|controls)=\"[^\"]*\")*>"
)


def _render(html: str):
    choice = whole(flatten(parse(f"<body>{html}</body>").find("body")))
    return render(choice.keep, choice.span.at, BASE)


def _check(html: str) -> None:
    rest = _ALLOWED.sub("", html)
    assert "<" not in rest, rest
    for address in re.findall(r'(?:href|src)="([^"]*)"', html):
        assert re.match(r"https?://[^\s<>]+$", address), address


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_survives(hostile):
    """Only the short allow-list is left, every address is absolute http(s)."""
    clean = _render(f"<p>before</p>{hostile}<p>after</p>")
    _check(clean.html)
    assert "before" in clean.text


@settings(max_examples=120)
@given(st.lists(st.sampled_from([*HOSTILE, *BROKEN]), max_size=14))
def test_any_mixture_is_clean(parts):
    """The allow-list holds for any mixture of hostile and broken markup, and sanitising again changes nothing."""
    clean = _render("".join(parts))
    _check(clean.html)
    assert sanitise(clean.html) == clean.html


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<img src='/a/b.jpg' alt='图'>", ["https://www.example.cn/a/b.jpg"]),
        ("<img src='blank.gif' data-original='p.jpg'>", ["https://www.example.cn/news/p.jpg"]),
        ("<img src='data:image/gif;base64,AAAA' data-src='//cdn.example.cn/p.jpg'>", ["https://cdn.example.cn/p.jpg"]),
        ("<img srcset='/s.jpg 320w, /l.jpg 1280w'>", ["https://www.example.cn/l.jpg"]),
        ("<picture><source srcset='/w.webp 2x'><img src='/w.jpg'></picture>", ["https://www.example.cn/w.jpg"]),
        ("<img src='/loading.gif'><noscript><img src='/real.jpg'></noscript>", ["https://www.example.cn/real.jpg"]),
        ("<img src='/spacer.gif'><img src='/t.gif' width=1 height=1><img src='/a.png' width=16 height=16>", []),
        ("<img src='/qr.png' alt='扫一扫 二维码'><img src='/static/icons/pdf.png'><img src='/img/icon_doc.gif'>", []),
        ("<img src='/a.jpg'><p>x</p><img src='/a.jpg'>", ["https://www.example.cn/a.jpg"]),
    ],
)
def test_images(html, wanted):
    """Lazy loading is resolved; spacers, trackers, icons, QR codes and repeats are out."""
    clean = _render(html)
    assert [image.url for image in clean.images] == wanted
    assert re.findall(r'<img src="([^"]*)"', clean.html) == wanted


def test_old_markup_becomes_paragraphs():
    """Doubled line breaks and indents in one cell are paragraphs; a single break stays a break."""
    clean = _render("<table><tr><td><font size=3>　　第一段。<br><br>　　第二段<br>续行。<br>　　第三段。</font></td></tr></table>")
    assert clean.html == "<p>第一段。</p><p>第二段<br>续行。</p><p>第三段。</p>"
    assert clean.text == "第一段。\n\n第二段\n续行。\n\n第三段。"


def test_structure_is_kept():
    """Lists, quotations, headings, inline emphasis and tables of data are written anew."""
    clean = _render(
        "<div><h1>大</h1><ul class=x><li>一<li><b>二</b></ul><blockquote><p>引</p></blockquote><p>水 H<sub>2</sub>O"
        "<table><tr><th>名</th><th>价</th></tr><tr><td>菜</td><td>1.0</td></tr>"
        "<tr><td></td><td colspan=2>2.0</td></tr></table></div>"
    )
    assert clean.html == (
        "<h2>大</h2><ul><li>一</li><li><strong>二</strong></li></ul><blockquote><p>引</p></blockquote><p>水 H<sub>2</sub>O</p>"
        "<table><tbody><tr><th>名</th><th>价</th></tr><tr><td>菜</td><td>1.0</td></tr>"
        '<tr><td></td><td colspan="2">2.0</td></tr></tbody></table>'
    )


def test_captions_stand_once():
    """A caption that repeats the line before it, or its end, is printed once."""
    assert _render("<p>正文结束。大会现场。</p><p>大会现场。</p>").text == "正文结束。大会现场。"
    assert _render("<p><img src='/a.jpg' alt='大会现场。'></p><p>大会现场。</p><p>大会现场。</p>").text == "大会现场。"


def test_files_are_enclosures():
    """Links to documents, sound and film are enclosures with their types and names."""
    clean = _render(
        "<p>附件：<a href='/f/1.PDF'>方案</a> <a href='down.asp?f=2.xls'>表</a> <a href='/page.html'>页</a></p><audio src='/a.mp3'></audio>"
    )
    assert [(one.media_type, one.title) for one in clean.enclosures] == [
        ("application/pdf", "方案"),
        ("application/vnd.ms-excel", "表"),
        ("audio/mpeg", "a.mp3"),
    ]


def test_wrapped_chinese_has_no_spaces():
    """A line break of the source between ideographs is no space; between words it is one."""
    assert _render("<p>中国\n人民 wrote\nthis</p>").text == "中国人民 wrote this"
