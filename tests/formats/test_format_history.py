"""Documents beside the live feed: links between archives (RFC 5005 §4), tombstones (RFC 6721), and how often a feed changes."""

import json
from datetime import timedelta

import feedparser
import pytest
from feed_samples import archive, entry, feed, local, withdrawn
from lxml import etree

from bridge.core import feed as core
from bridge.formats import atom, jsonfeed, rss
from bridge.model import Image

BASE = "https://feeds.example.org/"
FH = "{http://purl.org/syndication/history/1.0}archive"
AT = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
A = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = {"rss": rss, "atom": atom}


def links(form, made):
    """By relation, as a client finds them."""
    parsed = feedparser.parse(form.render(made))
    assert not parsed.bozo
    return {link.rel: link.href for link in parsed.feed.links}


@pytest.mark.parametrize("name", XML)
def test_an_archive_says_that_it_is_one_and_names_its_neighbours(name):
    assert links(XML[name], archive()) == {
        "alternate": "http://www.china0315.com/",
        "self": f"{BASE}archive/tangshan-2019-05.{name}",
        "current": f"{BASE}tangshan.{name}",
        "prev-archive": f"{BASE}archive/tangshan-2019-04.{name}",
        "next-archive": f"{BASE}archive/tangshan-2019-06.{name}",
    }
    assert len(list(etree.fromstring(XML[name].render(archive())).iter(FH))) == 1


@pytest.mark.parametrize("name", XML)
def test_a_live_feed_names_its_newest_archive_and_is_none(name):
    data = XML[name].render(withdrawn())
    assert links(XML[name], withdrawn())["prev-archive"] == f"{BASE}archive/tangshan-2019-05.{name}"
    assert not list(etree.fromstring(data).iter(FH))
    assert b"next-archive" not in data
    assert b'"current"' not in data


@pytest.mark.parametrize("name", XML)
def test_a_feed_without_archives_names_none_and_declares_nothing(name):
    data = XML[name].render(feed())
    assert b"archive" not in data
    assert b"purl.org/syndication" not in data
    assert b"tombstones" not in data


def test_json_walks_back_by_next_url():
    """Live → newest archive → the one before; the last page has none."""
    assert json.loads(jsonfeed.render(withdrawn()))["next_url"] == f"{BASE}archive/tangshan-2019-05.json"
    assert json.loads(jsonfeed.render(archive()))["next_url"] == f"{BASE}archive/tangshan-2019-04.json"
    assert "next_url" not in json.loads(jsonfeed.render(archive(previous=None)))


def test_withdrawn_entries_are_tombstones_in_atom_alone():
    root = etree.fromstring(atom.render(withdrawn()))
    assert [dict(node.attrib) for node in root.findall(AT)] == [
        {"ref": "tag:feeds.example.org,2019:tangshan/4703", "when": "2019-05-11T09:00:00+08:00"},
        {"ref": "tag:feeds.example.org,2019:tangshan/4702", "when": "2019-05-11T04:00:00+00:00"},
    ]
    for form in (rss, jsonfeed):
        assert b"4703" not in form.render(withdrawn())


def test_feedparser_reads_a_feed_with_tombstones():
    parsed = feedparser.parse(atom.render(withdrawn()))
    assert (parsed.bozo, len(parsed.entries)) == (False, 2)


def test_ttl_is_the_interval_in_minutes():
    """R7; what is not known, or less than a minute, is not written."""
    assert etree.fromstring(rss.render(withdrawn()))[0].findtext("ttl") == "15"
    for interval in (None, timedelta(seconds=30)):
        assert etree.fromstring(rss.render(withdrawn(interval=interval)))[0].find("ttl") is None


def test_an_incident_renders_as_an_ordinary_entry():
    """The same bytes as an article with the same words."""
    for form in (rss, atom, jsonfeed):
        said = [form.render(feed((entry(1, "门户异常", local(2019, 5, 11), kind=kind),))) for kind in ("incident", "article")]
        assert said[0] == said[1]


def test_the_lead_image_is_the_thumbnail():
    """R6: one thumbnail, the first image; in JSON `image`."""
    images = (Image("http://a.example/1.jpg", "甲"), Image("http://a.example/2.jpg", "乙"))
    one = feed((entry(1, "x", local(2019, 5, 1), images=images),))
    for form in XML.values():
        found = [node.get("url") for node in etree.fromstring(form.render(one)).iter(f"{MEDIA}thumbnail")]
        assert found == ["http://a.example/1.jpg"]
    assert json.loads(jsonfeed.render(one))["items"][0]["image"] == "http://a.example/1.jpg"


def test_hostile_ids_and_times_of_tombstones_stay_text():
    gone = (('x" when="1"><script>\x00', local(1900, 1, 1, 8)),)
    node = etree.fromstring(atom.render(feed(deleted=gone))).find(AT)
    assert dict(node.attrib) == {"ref": 'x" when="1"><script>', "when": "1899-12-31T23:54:17+00:00"}


def test_fitted_tells_what_is_left_and_can_keep_all():
    """A document that must stay whole loses text, never an entry."""
    made = feed(tuple(entry(n, "x", local(2019, 5, 11), content_html="t" * 100) for n in range(10)))

    def weigh(some):
        return b"x" * sum(50 + len(one.content_html) for one in some.entries)

    data, left = core.fitted(made, weigh, 300)
    assert (len(data), len(left.entries)) == (300, 4)
    data, left = core.fitted(made, weigh, 300, whole=True)
    assert (len(data), len(left.entries)) == (600, 10)


def test_a_brief_entry_keeps_summary_lead_image_and_files():
    one = entry(1, "x", local(2019, 5, 1), summary="", content_text="长" * 500, images=(Image("http://a.example/1.jpg"), Image("b")))
    short = core.brief(one)
    assert (short.summary, short.content_html, len(short.images)) == ("长" * 199 + "…", "", 1)
    assert core.brief(entry(1, "x", local(2019, 5, 1), summary="摘要")).summary == "摘要"
