"""Text becomes a tree within bounds; addresses, widths and normal texts are as the standards have them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import dom
from bridge.core.shapes import shape, site_of

BASE = "http://www.china0315.com/news/list.asp?id=3"


HREFS = {
    "show.asp?id=3": "http://www.china0315.com/news/show.asp?id=3",
    "/x/y.html": "http://www.china0315.com/x/y.html",
    "../z": "http://www.china0315.com/z",
    "//cdn.example/a": "http://cdn.example/a",
    "?page=2": "http://www.china0315.com/news/list.asp?page=2",
    "http:foo.html": "http://www.china0315.com/news/foo.html",
    "a\\b.html": "http://www.china0315.com/news/a/b.html",
    " /a b\n ": "http://www.china0315.com/a%20b",
    "HTTP://中国.cn:80/a#x": "http://xn--fiqs8s.cn/a",
    "https://x.example:443/": "https://x.example/",
    "/新闻/1.html": "http://www.china0315.com/%E6%96%B0%E9%97%BB/1.html",
    "s.asp?k=%CC%C6%C9%BD": "http://www.china0315.com/news/s.asp?k=%CC%C6%C9%BD",
    "/100%": "http://www.china0315.com/100%25",
    "http://x.example": "http://x.example/",
    **dict.fromkeys(
        ("javascript:void(0)", "mailto:a@b.example", "data:text/html,x", "tel:123", "", "http://[x", "http://x:99999/", "http://a b/")
    ),
    "/" + "x" * 9000: None,
}


@pytest.mark.parametrize(("href", "expected"), HREFS.items())
def test_absolute(href, expected):
    """Only http(s), in ASCII, without fragment; what leads nowhere is None."""
    assert dom.absolute(BASE, href) == expected


def test_query_is_written_in_the_pages_charset():
    """As browsers do: the path as UTF-8, the query in the charset of the page."""
    assert dom.absolute(BASE, "s.asp?k=唐山", charset="gb18030") == "http://www.china0315.com/news/s.asp?k=%CC%C6%C9%BD"
    assert dom.absolute(BASE, "s.asp?k=唐山", charset="no-such") == "http://www.china0315.com/news/s.asp?k=%E5%94%90%E5%B1%B1"
    assert dom.absolute(BASE, "a#b", fragment=True) == "http://www.china0315.com/news/a#b"


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_absolute_is_ascii_and_stable(href):
    """Whatever stands in href: an absolute ASCII address that is its own absolute form, or None."""
    url = dom.absolute(BASE, href)
    if url is not None:
        assert url.isascii()
        assert url.startswith(("http://", "https://"))
        assert dom.absolute(url, url) == url


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("唐山", 4), ("a唐", 3), ("ｶﾅ", 2), ("Ａ", 2), ("e\u0301", 1), ("한글", 4), ("“引”", 4), ("", 0)]
)
def test_width(text, columns):
    """East Asian wide characters take two columns, combining marks none."""
    assert dom.width(text) == columns


def test_normal():
    """NFC, one space for any run of white space, no invisible controls; joiners that scripts need stay."""
    assert dom.normal(" a\u3000\u00a0b\u200b\r\n c\ufeff\u00ad ") == "a b c"
    assert dom.normal("e\u0301") == "é"
    assert dom.normal("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "<!-- -->",
        "\x00",
        "<?xml version='1.0' encoding='gb2312'?><p>唐山</p>",
        "a\ud800b",
        "<frameset><frame src=a></frameset>",
        "&#xD800;",
    ],
)
def test_parse_never_raises(text):
    """A document comes back whatever the text is; an XML declaration names a charset that no longer matters."""
    tree = dom.parse(text)
    assert tree.tag == "html"
    dom.text_of(tree).encode("utf-8")


def test_attributes_are_bounded_and_scripts_are_left_alone():
    """Attributes beyond the bound go; `i<n` in a script is no tag, and text behind it stays."""
    tree = dom.parse("<p " + " ".join(f"a{n}=1" for n in range(5000)) + ' href="x>y">after</p>')
    assert len(tree.find(".//p").attrib) <= dom.MAX_ATTRIBUTES + 1
    tree = dom.parse("<script>for(i=0;i<n " + "a b " * 2000 + ";)</script><p>after</p><!-- x<a " + "b " * 2000 + "--><b>end</b>")
    assert dom.text_of(tree.find(".//p")) == "after"
    assert dom.text_of(tree.find(".//b")) == "end"


@pytest.mark.parametrize("page", [
    "<!doctype html><html lang=en><meta charset=utf-8><title>T</title><header>one</header> two <main><p>three</main>",
    "<title>T</title><link rel=x href=y><header><div>one</div></header> two <p>three",
    "<head><title>T</title></head><header>one</header> two <article>three</article>",
    "<title>T</title>one two three",
])  # fmt: skip
def test_a_page_may_leave_its_body_to_be_understood(page):
    """Minified pages have no `<body>`: what is no part of a head is its, in order."""
    tree = dom.parse(page)
    assert dom.text_of(tree.find("body")).split() == ["one", "two", "three"]
    assert [one.tag for one in tree.find("head")][:1] in (["title"], ["meta"])


@given(st.text(alphabet="<>/=\"' abtd!-&;", max_size=200))
@settings(max_examples=150)
def test_any_markup_parses(text):
    """No markup raises."""
    dom.parse(text)


@pytest.mark.parametrize(("article", "other"), [
    ("http://a.cn/news/2019/0511/12345.html", "http://a.cn/news/"), ("http://a.cn/show.asp?id=12", "http://a.cn/list.asp?classid=3"),
    ("http://a.cn/thread-12-1-1.html", "http://a.cn/forum-2-1.html"), ("http://a.cn/xw/202405/t20240511_12.shtml", "http://a.cn/xw/index_2.html"),
    ("https://a.org/politics/why-we-did-that", "https://a.org/politics"), ("https://a.org/2014/07/24/x-y-z/index.html", "https://a.org/tag/x-y-z"),
])  # fmt: skip
def test_shapes_tell_articles_from_sections(article, other):
    """An article's address looks more like one than its section's."""
    assert shape(article).likeness >= 0.8
    assert shape(other).likeness < 0.4


def test_shapes_fold_what_differs_between_articles():
    """Ids, dates and slugs fold; words and the number of segments do not."""
    assert shape("http://a.cn/a/2019/0511/123.html").exact == shape("http://a.cn/a/2020/1102/98765.html").exact
    assert shape("http://a.cn/a?id=1&utm_source=x").exact == shape("http://a.cn/a?id=77").exact
    assert shape("http://a.cn/thread-1-1-1.html").exact != shape("http://a.cn/forum-1-1.html").exact
    assert (site_of("www.a.com"), site_of("www.tsgov.hebei.gov.cn"), site_of("localhost")) == ("a.com", "hebei.gov.cn", "localhost")
