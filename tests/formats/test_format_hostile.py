"""No text breaks a feed: properties over any strings, and the same bytes wherever they are made."""

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from feed_samples import ENTRIES, catalogue, entry, feed, local
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bridge.formats import atom, jsonfeed, opml, rss, text
from bridge.formats.item import headline
from bridge.model import Catalogue, Enclosure, Image, Source

HERE = Path(__file__).parent
NASTY = [
    "", " ", "\x00", "\x0b", "\x1b[31m", "\x7f", "\x85", "\r", "\r\n", "\ud800", "\udfff", "\ufffe", "\uffff", "\ufeff", "\U0001ffff",
    "]]>", "<![CDATA[", "<试点>", "<script>alert(1)</script>", "&", "&amp;", "&#0;", "&#xD800;", "<!--", "-->", "<?x?>", '"', "'",
    "👨‍👩‍👧", "🇨🇳", "𠮷", "e\u0301", "\u0338", "שלום", "العربية", "\u202e", "\u2066", "\u2069", "\u200f", "\u3000", "\u2028",
    "http://x/", "javascript:alert(1)", "//", "%", "%zz", "http://[", "http://:99999/", "http://例え.jp/路?x=é", "正文",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=6)), max_size=6).map("".join), st.text(max_size=20)
)
entries = st.builds(
    entry,
    st.integers(1, 10**9),
    texts,
    st.datetimes(min_value=local(1990, 1, 1).replace(tzinfo=None), max_value=local(2030, 1, 1).replace(tzinfo=None)).map(
        lambda at: at.replace(tzinfo=local(2019, 1, 1).tzinfo)
    ),
    url=texts,
    summary=texts,
    content_html=texts,
    content_text=texts,
    author=st.none() | texts,
    contributor=st.none() | texts,
    source=st.none() | st.builds(Source, texts, url=texts),
    category=st.lists(texts, max_size=3).map(tuple),
    images=st.lists(st.builds(Image, texts, texts), max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, texts, texts, texts, st.integers(-5, 10**12)), max_size=2).map(tuple),
    language=st.none() | texts,
)
feeds = st.lists(entries, max_size=4, unique_by=lambda e: e.id).map(lambda made: feed(tuple(made)))


def _said(node):
    """The text that a title stands for; one of type html is decoded as its reader does."""
    title = node.find("title") if node.tag == "item" else node.find("{http://www.w3.org/2005/Atom}title")
    return html.unescape(title.text) if title.get("type") == "html" else title.text


def _collapsed(value):
    return re.sub(r"\s+", " ", value).strip()


@settings(max_examples=60)
@given(feeds)
def test_any_text_gives_a_feed_that_parsers_read_with_our_titles(made):
    """Well-formed in both XML formats; feedparser is content and counts the same entries; titles survive as written."""
    titles = [text.line(headline(e)) for e in made.entries]
    assert all(titles)
    for form, path in ((rss, "channel/item"), (atom, "{http://www.w3.org/2005/Atom}entry")):
        raw = form.render(made)
        nodes = etree.fromstring(raw).findall(path)
        assert [_said(node) for node in nodes] == titles
        got = feedparser.parse(raw, sanitize_html=False, resolve_relative_uris=False)
        assert not got.bozo
        assert [e.id for e in got.entries] == [e.id for e in made.entries]
        for shown, wanted in zip(got.entries, titles, strict=True):
            if wanted.isascii() and not set("<&") & set(wanted):  # feedparser guesses at markup and at mojibake in others
                assert _collapsed(shown.title) == _collapsed(wanted)
    assert [node["title"] for node in json.loads(jsonfeed.render(made))["items"]] == titles


@settings(max_examples=40)
@given(texts, texts)
def test_any_text_gives_a_catalogue_that_parses(title, name):
    """OPML is well-formed and keeps the feed's place."""
    made = opml.render(Catalogue(title=title, base_url="https://f.example/", feeds=(feed((), title=name),)))
    assert len(etree.fromstring(made).findall("body/outline")) == 1


@pytest.mark.parametrize("poison", NASTY)
def test_a_poisoned_entry_costs_no_other_entry_a_byte(poison):
    """The healthy entries of the feed are written as if the poisoned one were not there."""
    bad = entry(9999, "坏" + poison, local(2019, 5, 11, 11, 59), summary=poison, content_html=poison, content_text=poison, author=poison)
    for form in (rss, atom):
        healthy = form.render(feed()).decode()
        mixed = form.render(feed((bad, *ENTRIES))).decode()
        start = "<item>" if form is rss else "<entry>"
        assert mixed.split(start)[2:] == healthy.split(start)[1:]


_MAKE = """
import sys, hashlib
sys.path.insert(0, {here!r})
from feed_samples import catalogue, feed
from bridge.formats import atom, html, jsonfeed, opml, rss
import locale
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
made = [form.render(feed()) for form in (rss, atom, jsonfeed)] + [opml.render(catalogue()), html.render(catalogue())]
sys.stdout.write(hashlib.sha256(b"|".join(made)).hexdigest())
"""


def _digest(zone, tongue, seed):
    environment = {**os.environ, "TZ": zone, "LC_ALL": tongue, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", _MAKE.format(here=str(HERE))], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_other_processes_zones_and_locales_make_the_same_bytes():
    """Neither TZ nor LC_ALL nor the hash seed shows in a file."""
    wheres = [("UTC", "C", "0"), ("Asia/Shanghai", "zh_CN.UTF-8", "1"), ("America/St_Johns", "C.UTF-8", "2")]
    assert len({_digest(*where) for where in wheres}) == 1


def test_importing_the_formats_imports_no_writer():
    """A tick without news loads neither feedgen nor lxml nor dateutil."""
    code = (
        "import sys; import bridge.formats.rss, bridge.formats.atom, bridge.formats.jsonfeed, bridge.formats.opml, bridge.formats.html, "
        "bridge.core.feed; print([m for m in ('feedgen', 'lxml', 'dateutil', 'xml.etree', 'json') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_catalogue_is_stable():
    """Twice the same bytes."""
    assert opml.render(catalogue()) == opml.render(catalogue())
