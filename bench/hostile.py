"""Pages made to hurt a reader, by name: trees without end, patterns' worst cases, bytes that are no page."""

import gzip
from collections.abc import Iterator
from random import Random

SIZE = 400_000
_HEAD = "<html><head><title>柳河大堤完工 - 临江网</title></head><body><h1>柳河大堤完工</h1>"
_LD = '<script type="application/ld+json">'
_PARAGRAPH = "<p>文字，文字文字文字文字文字。</p>"

_REPEATED: dict[str, tuple[str, str]] = {
    "nested blocks": ("", "<div>"),
    "nested blocks with text": (_HEAD, "<div>文字，文字。"),
    "nested inline": ("", "<span>x"),
    "nested tables": ("", "<table><tr><td>标题，文字。"),
    "nested lists": (_HEAD, "<ul><li>文字，文字。"),
    "nested regions": (_HEAD, "<div class=related><p>文字，文字文字文字文字。</p>"),
    "nested clicks": (_HEAD, "<div onclick=\"location='/n/1.html'\">x"),
    "open formatting": (_HEAD + "<p>", "<b>文"),
    "formatting over paragraphs": (_HEAD, "<p><b><i><u><s>文字，文字。"),
    "misnested formatting": (_HEAD + "<p>", "<b><i><a href=/x><font>文</b></i></a>"),
    "open links": (_HEAD, "<a href=/n/1.html>新闻标题一二三四<b>"),
    "endless table": (_HEAD + "<table>", "<tr><td>第一句话，第二句话。<td>2019-05-11"),
    "endless row": (_HEAD + "<table><tr>", "<td>a"),
    "tables of data": (_HEAD + _PARAGRAPH, "<table><tr><td>a1<td>b2<tr><td>c3<td>d4</table>"),
    "texts between comments": (_HEAD + "<p>", "文字，文字。<!-- x -->"),
    "texts between elements": (_HEAD + "<p>", "文<b></b>"),
    "crowded tags": ("", "<p " + " ".join(f"a{n}" for n in range(250)) + ">x"),
    "open attributes": (_HEAD, "<a b=\"c' "),
    "open comments": (_HEAD, "<!--"),
    "open tags": (_HEAD, "<a"),
    "open scripts": (_HEAD, "<script "),
    "signs in a script": (_HEAD + "<script>", "<"),
    "spaces in tags": (_HEAD, "<a" + " " * 1000),
    "zero bytes": ("", "\0<p>a\0b"),
    "controls": (_HEAD, "<p>\x01a\x0bbcdefgh ijklmnop qrstuvwx yz01234 56789\x1b"),
    "entities of surrogates": (_HEAD, "&#xD800;&#xDFFF;<p>"),
    "bidi overrides": (_HEAD, "<p>\u202eabc, def.\u202c</p>"),
    "combining marks": (_HEAD + "<p>", "\u0327\u0301" * 50 + "a"),
    "flags": (_HEAD + "<p>", "\U0001f1e8\U0001f1f3"),
    "digits": (_HEAD + "<p>", "1"),
    "digits and spaces": (_HEAD, "<p>" + "1 " * 70 + "</p>"),
    "digits and dashes": (_HEAD, "<li><a href=/n/1.html>" + "1-" * 40 + "</a>"),
    "digits and colons": (_HEAD + "<p>", "12:"),
    "spaces": (_HEAD + "<p>x", " "),
    "wide spaces": (_HEAD + "<p>x", "\u00a0"),
    "line breaks": (_HEAD + "<p>x", "<br> "),
    "年月日": (_HEAD + "<p>", "年月日"),
    "二〇一九年": (_HEAD + "<p>", "二〇一九年"),
    "来源": (_HEAD, "<p>" + "来源:" * 90 + "</p>"),
    "arrows": (_HEAD + "<p>您的位置：", "> "),
    "buttons": (_HEAD, "<p>打印" + "【a】" * 40 + "x</p>"),
    "brackets": (_HEAD + "<p>", "【"),
    "quotes": (_HEAD + "<p>", "“"),
    "dots": (_HEAD + "<p>", "。"),
    "short sentences": (_HEAD + "<p>", "A b. "),
    "one word": (_HEAD + "<p>", "w"),
    "addresses": (_HEAD + "<p>", "http://a.b/"),
    "dates": (_HEAD, "<p>2019-05-11 11:13:36</p>"),
    "dates in a line": (_HEAD + "<p>", "2019-05-11 11:13 来源：某报 "),
    "times": (_HEAD, "<time datetime=2019-05-11>x</time>"),
    "headings of lists": (_HEAD, "<div><h2>相关新闻</h2><p>文字，文字文字文字文字。</p>"),
    "letters": (_HEAD + "<pre>", "文字\n" + " " * 60),
    "pictures": (_HEAD, "<img src=/a/b.jpg>"),
    "pictures as data": (_HEAD, "<img src='data:image/png;base64,iVBORw0KGgo='>"),
    "frames": ("<frameset>", "<frame src=/a.html>"),
    "pagers": (_HEAD, "<a href=?page=2>下一页</a>"),
    "links": (_HEAD, "<li><a href=/n/1.html>新闻标题一二三四</a> 05-11</li>"),
    "structured data, cut off": (_HEAD + _LD, '{"headline":"'),
    "structured data, deep": (_HEAD + _LD, '{"a":['),
    "structured data, many": (_HEAD, _LD + '{"@type":"NewsArticle","headline":"标"}</script>'),
    "dates in scripts": (_HEAD + "<script>", 'publish_time = "2019-05-11 ;'),
}


def pages(size: int = SIZE) -> Iterator[tuple[str, bytes]]:
    """Each page with its name, of about `size` bytes; some that only hurt when they are large have ten million."""
    for name, (head, piece) in _REPEATED.items():
        yield name, _filled(head, piece, size)
    yield "nested blocks, 10 MB", _filled("", "<div>", 10_000_000)
    yield "endless table, 10 MB", _filled(_HEAD + "<table>", "<tr><td>a<td>b", 10_000_000)
    yield "a million attributes", ("<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">x").encode()
    for name, (before, piece, behind) in _LONG.items():
        yield name, (_HEAD + before + piece * (size // len(piece.encode())) + behind + _PARAGRAPH).encode()
    yield "links in many places", _classes(size)
    yield from _bytes(size)


_LONG = {
    "a long title": ("<title>", "标题 - ", "</title>"),
    "a long headline": ("<h1>", "标题 - ", "</h1>"),
    "a long class": ("<p class='", "a ", "'>x</p>"),
    "a long style": ("<p style='", "display :", "'>x</p>"),
    "a long address": ("<a href='", "/a%", "'>新闻标题一二三四五六</a>"),
    "a long description": ("<meta name=description content='", "文字，文字。", "'>"),
    "a long srcset": (_PARAGRAPH + "<img srcset='", "a b, ", "'>"),
    "a long picture": (_PARAGRAPH + "<img src='data:image/png;base64,", "A", "'>"),
    "a long body in structured data": (_LD + '{"@type":"NewsArticle","articleBody":"', "文字，", '"}</script>'),
}


def _filled(head: str, piece: str, size: int) -> bytes:
    return (head + piece * (size // len(piece.encode()) + 1)).encode()


def _classes(size: int) -> bytes:
    lines = (
        f"<div class=c{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}><a href=/n/{n}.html>新闻标题一二三四五{n}</a></div>"
        for n in range(size // 72)
    )
    return (_HEAD + "".join(lines)).encode()


def _bytes(size: int) -> Iterator[tuple[str, bytes]]:
    """What is no page, or not in the charset that it says."""
    noise = Random(5).randbytes(size)
    yield "noise", noise
    yield "a PDF", b"%PDF-1.4\n" + noise
    yield "a PDF behind white space", b"\xef\xbb\xbf\r\n%PDF-1.4\n" + noise
    yield "a compressed page", gzip.compress(b"<p>x</p>" * 1_000_000)
    yield "nothing but zeros", bytes(size)
    yield "UTF-16 without pairs", b"\xff\xfe" + b"\x00\xd8" * (size // 2)
    yield "UTF-16 of noise", b"\xfe\xff" + noise
    yield "GBK of one lead byte", b"<meta charset=gbk>" + b"\x81" * size
    yield "cut UTF-8", b"\xe4\xb8<p>" * (size // 5)
    yield "UTF-8 and GBK by turns", b"<meta charset=utf-8>" + ("文字，文字。".encode() + "文字".encode("gbk") + b"<p>") * (size // 25)
    yield "a billion laughs", _laughs()


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><html><body><h1>Title of it</h1><p>&l9;</p></body></html>'
    return text.encode()
