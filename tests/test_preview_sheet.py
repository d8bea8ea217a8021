"""`preview --html`: one page that runs nothing, asks for nothing, and holds both sides."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli import main
from bridge.previewing import harmless

CORPUS = Path(__file__).parent / "corpus"
ASKING = {
    "src",
    "srcset",
    "href",
    "data",
    "poster",
    "background",
    "action",
    "formaction",
    "cite",
    "ping",
    "content",
    "manifest",
    "usemap",
    "xlink:href",
}
EVIL = """<html manifest="/m" onload="x()"><head><base href="http://evil/"><meta http-equiv="refresh" content="0;url=http://evil/">
<script>alert(1)</script><link rel=stylesheet href="http://evil/a.css"><style>@import "http://evil/b.css"; p{background:url(http://evil/c)}
q{back\\ground:u\\rl(http://evil/d)}</style></head><body background="http://evil/e" onload=alert(2)>
<img src=http://evil/f.png alt="a picture" onerror=alert(3)><svg><image href="http://evil/g"/><script>alert(4)</script></svg>
<iframe src="javascript:alert(5)"></iframe><object data=http://evil/h></object><embed src=http://evil/i><video poster=http://evil/j>
</video><form action=http://evil/k><input type=image src=http://evil/l><button formaction=http://evil/m>go</button></form>
<a href="javascript:alert(6)" ping="http://evil/n">link</a><p style="background:image-set(url(http://evil/o))">styled</p>
<noscript><img src=http://evil/p></noscript><textarea></textarea><script>alert(7)</script></textarea><math href="javascript:x">m</math>"""


class Seen(HTMLParser):
    """What a browser would find in a document."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.styles = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "style":
            self.styles.append(data)


def assert_harmless(text, links=False):
    seen = Seen(text)
    assert not {"script", "link", "meta", "base", "iframe", "object", "embed", "video", "svg", "img", "form"} & set(seen.tags)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on")
        assert name not in ASKING or (links and (tag, name) == ("a", "href") and re.match(r"https?:|mailto:", value))
        assert "url(" not in value or name != "style"
    assert not [style for style in seen.styles if re.search(r"url\s*\(|@import|\\", style, re.IGNORECASE)]


def test_a_hostile_page_is_harmless():
    text = harmless.page(EVIL)
    assert_harmless(text)
    assert not re.search(r"alert\([12347]", text)
    assert "a picture" in text
    assert "styled" in text


@pytest.mark.parametrize("tag", ["link rel=x", "embed src=x", "script", "img src=x", "div", "style"])
def test_many_elements_cost_their_number_only(tag):
    """No reading of the whole page for each (the square of 10 000 would run into the test's time limit)."""
    assert_harmless(harmless.page("<body>" + f"<{tag}>x" * 10_000))


@given(st.lists(st.sampled_from(re.findall(r"<[^>]*>|[^<>]+|[<>]", EVIL)), max_size=40))
def test_whatever_the_order_of_its_pieces(pieces):
    """The same for any shuffled, torn and repeated markup."""
    assert_harmless(harmless.page("".join(pieces)))


@given(st.text(alphabet=st.sampled_from(list("url()@import\\/*;:{}<> \n\t'\"image-set")), max_size=80))
def test_no_style_fetches(text):
    left = harmless.style(text)
    assert not re.search(r"url\s*\(|@import|\\|<", left, re.IGNORECASE)


@pytest.mark.parametrize("kind", ["lists", "articles"])
def test_the_sheet_holds_both_sides_of_every_page_of_the_corpus(kind, tmp_path, monkeypatch, capsys):
    """The portal's page in a sandboxed frame under a policy that forbids everything, and the extraction beside it."""
    monkeypatch.chdir(tmp_path)
    pages = sorted(map(str, (CORPUS / kind).glob("*.html")))[::4]
    main(["preview", kind[:-1], *pages, "nothing.html", "--html", "s.html"])
    text = (tmp_path / "s.html").read_text("utf-8")
    capsys.readouterr()
    seen = Seen(text)
    frames = [value for tag, name, value in seen.attributes if (tag, name) == ("iframe", "srcdoc")]
    assert len(frames) == len(pages)
    assert ("iframe", "sandbox", "") in seen.attributes
    assert "default-src 'none'" in text
    assert "cannot be read: No such file" in text
    for frame in frames:
        assert_harmless(frame)
    outside = re.sub(r'srcdoc="[^"]*"', "", text)
    assert not {"script", "img", "link"} & set(seen.tags)
    assert not re.search(r'\ssrc(?:set)?="', outside)
