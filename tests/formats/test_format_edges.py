"""What happens to what cannot be written as it is."""

import json
from datetime import timedelta

from feed_samples import entry, feed, local
from lxml import etree

from bridge.formats import atom, jsonfeed, rss
from bridge.model import Enclosure, Image

FORMATS = {"rss": rss, "atom": atom, "json": jsonfeed}


def test_an_unusable_address_keeps_its_place_with_the_portals_own():
    """A javascript: link or a broken host never goes out; unusable images and files are left out."""
    bad = entry(
        1, "x", local(2019, 5, 1), url="javascript:alert(1)", images=(Image("/a.jpg"),), enclosures=(Enclosure("ftp://a/b", "a/b"),)
    )
    one = feed((bad,))
    assert etree.fromstring(rss.render(one))[0].findtext("item/link") == "http://www.china0315.com/"
    for form in FORMATS.values():
        data = form.render(one)
        assert b"javascript" not in data
        assert b"a.jpg" not in data
        assert b"ftp:" not in data


def test_an_entry_without_markup_shows_its_text_in_paragraphs():
    """content_text stands in for a missing content_html, escaped."""
    one = feed((entry(1, "x", local(2019, 5, 1), content_html="", content_text="一 < 二\n\n三 & 四"),))
    assert json.loads(jsonfeed.render(one))["items"][0]["content_html"] == "<p>一 &lt; 二</p>\n<p>三 &amp; 四</p>"


def test_many_images_and_files_are_bounded():
    """A page with a thousand pictures does not make the feed a picture list."""
    images = tuple(Image(f"http://a.example/{n}.jpg") for n in range(1000))
    files = tuple(Enclosure(f"http://a.example/{n}.pdf", "application/pdf") for n in range(1000))
    data = atom.render(feed((entry(1, "x", local(2019, 5, 1), images=images, enclosures=files),)))
    assert data.count(b"media:content ") == data.count(b'rel="enclosure"') == 10


def test_a_mean_solar_offset_with_seconds_is_written_in_utc():
    """RFC 3339 and RFC 822 have no seconds in an offset."""
    made = feed((entry(1, "x", local(1900, 1, 1, 8)),))
    assert b"1899-12-31T23:54:17+00:00" in atom.render(made)
    assert b"Sun, 31 Dec 1899 23:54:17 +0000" in rss.render(made)


def test_times_keep_the_portals_offset():
    """A reader sees the portal's own clock."""
    assert feed().entries[0].published.utcoffset() == timedelta(hours=8)
    assert b"<published>2019-05-11T11:13:36+08:00</published>" in atom.render(feed())


def test_endless_titles_and_names_are_cut():
    """A megabyte of title costs 300 characters."""
    node = etree.fromstring(rss.render(feed((entry(1, "长" * 10**6, local(2019, 5, 1), author="名" * 10**6),))))[0].find("item")
    assert node.findtext("title") == "长" * 299 + "…"
    assert len(node.findtext("{http://purl.org/dc/elements/1.1/}creator")) == 200
