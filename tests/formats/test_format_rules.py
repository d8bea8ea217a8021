"""What validators and readers ask of a feed, one row a rule. F: every format, R: RSS, A: Atom, J: JSON Feed, O: OPML, D: the page."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

import feedparser
import pytest
from feed_samples import ENTRIES, NOW, catalogue, entry, feed, local, many
from lxml import etree, html

from bridge.core import feed as core
from bridge.formats import atom, jsonfeed, opml, rss
from bridge.formats import html as page
from bridge.model import Enclosure

FORMATS = {"rss": rss, "atom": atom, "json": jsonfeed}
A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DCTERMS = "{http://purl.org/dc/terms/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "https://feeds.example.org/"


class Seen:
    """The sample feed in every format, parsed."""

    def __init__(self):
        self.feed = feed()
        self.raw = {name: form.render(self.feed) for name, form in FORMATS.items()}
        self.rss = etree.fromstring(self.raw["rss"])[0]
        self.atom = etree.fromstring(self.raw["atom"])
        self.json = json.loads(self.raw["json"])
        self.opml = etree.fromstring(opml.render(catalogue()))
        self.html = html.fromstring(page.render(catalogue()))
        self.items = self.rss.findall("item")
        self.entries = self.atom.findall(f"{A}entry")

    def urls(self):
        yield from (node.text for node in self.rss.iter("link"))
        yield from (
            value for root in (self.rss, self.atom) for node in root.iter() for name in ("url", "href") if (value := node.get(name))
        )
        yield from (value for value in re.findall(r'"(?:url|home_page_url|feed_url|image)": "([^"]*)"', self.raw["json"].decode()))
        yield from self.html.xpath("//@href[contains(., '://') and not(starts-with(., 'data:'))]")
        yield from self.opml.xpath("//@xmlUrl | //@htmlUrl")

    def titles(self, of="title"):
        return [
            [node.findtext(of) for node in self.items],
            [node.findtext(f"{A}{of}") for node in self.entries],
            [node[of] for node in self.json["items"]],
        ]

    def times(self):
        yield from (parsedate_to_datetime(node.text) for node in self.rss.iter("pubDate", "lastBuildDate"))
        yield from (datetime.fromisoformat(node.text) for node in self.atom.iter(f"{A}updated", f"{A}published"))
        yield from (datetime.fromisoformat(node[name]) for node in self.json["items"] for name in ("date_published", "date_modified"))


RULES = {}


def rule(name, sentence):
    def keep(check):
        RULES[name] = (sentence, check)
        return check

    return keep


@rule("F1 encoding", "UTF-8 without BOM, XML declaration, no forbidden character")
def _(seen):
    for name, raw in seen.raw.items():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ufeff]", raw.decode("utf-8"))
        assert name == "json" or raw.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


@rule("F2 order", "newest first in every format (T5: feedgen prepends)")
def _(seen):
    wanted = [e.id for e in seen.feed.entries]
    assert [e.published for e in seen.feed.entries] == sorted((e.published for e in seen.feed.entries), reverse=True)
    assert [node.findtext("guid") for node in seen.items] == wanted
    assert [node.findtext(f"{A}id") for node in seen.entries] == wanted
    assert [node["id"] for node in seen.json["items"]] == wanted


@rule("F2 size", "500 entries of 20 KB are rendered below 1 MB in every format, the newest untouched")
def _(seen):
    long = feed(tuple(replace(e, content_html=f"<p>{'长' * 7000}</p>") for e in many(500).entries))
    for form in FORMATS.values():
        data = core.fit(long, form.render)
        assert 500_000 < len(data) <= core.LIMIT
        assert data.count("第0条".encode()) >= 1
        assert ("长" * 7000).encode() in data


@rule("F3 ids", "the id is the entry's own, unique, and no permalink")
def _(seen):
    ids = [node.findtext("guid") for node in seen.items]
    assert len(set(ids)) == len(ids) == len(ENTRIES)
    assert all(one.startswith("tag:feeds.example.org,2019:") for one in ids)


@rule("F4 addresses", "every address is absolute http(s) in ASCII, Chinese ones percent-encoded")
def _(seen):
    urls = list(seen.urls())
    assert len(urls) > 50
    assert [url for url in urls if not (url.isascii() and re.match("https?://[^/ ]+/", url) and " " not in url)] == []
    assert any("%E5%BC%80%E4%B8%9A.asp?%E7%B1%BB=%E7%BE%8E%E9%A3%9F&id=4706" in url for url in urls)


@rule("F5 markup", "the sanitised HTML of the entry goes out as it is, in all formats the same")
def _(seen):
    wanted = [e.content_html for e in seen.feed.entries]
    assert [node.findtext(CONTENT) or "" for node in seen.items] == wanted
    assert [node.findtext(f"{A}content") or "" for node in seen.entries] == wanted
    assert [node.get("content_html", "") for node in seen.json["items"]] == wanted


@rule("F5 players", "beside a player stands a link, and its buttons are the reader's business; other markup is untouched")
def _(seen):
    sound = 'src="http://a.example/a%26b.mp3?x=1&amp;y"'
    played = f'<p>甲<audio controls="" {sound}></audio></p><video poster="http://a.example/p.jpg" controls=""></video>'
    made = feed((replace(ENTRIES[0], content_html=played),))
    wanted = f"<p>甲<audio {sound}></audio><br><a {sound.replace('src', 'href')}>a&amp;b.mp3</a></p>"
    assert etree.fromstring(rss.render(made)).findtext(f"channel/item/{CONTENT}") == wanted
    assert etree.fromstring(atom.render(made)).findtext(f"{A}entry/{A}content") == wanted
    assert json.loads(jsonfeed.render(made))["items"][0]["content_html"] == wanted


@rule("F6 dates", "every time is aware and from the model, none is the present (T6)")
def _(seen):
    times = list(seen.times())
    known = (
        {e.published for e in seen.feed.entries}
        | {e.updated for e in seen.feed.entries}
        | {e.updated.replace(microsecond=0) for e in seen.feed.entries}
    )
    assert all(at.tzinfo is not None and at in known for at in times)
    assert all(e.published <= NOW for e in seen.feed.entries)


@rule("F6 unknown dates", "a day without a time, and no date at all, are marked in every format, others are not")
def _(seen):
    precisions = [e.precision for e in seen.feed.entries]
    assert precisions.count("none") == precisions.count("day") == 1
    days = [e.published.date().isoformat() if e.precision == "day" else None for e in seen.feed.entries]
    seens = [e.first_seen.isoformat() if e.precision == "none" else None for e in seen.feed.entries]
    for nodes in (seen.items, seen.entries):
        assert [node.findtext(f"{DCTERMS}available") for node in nodes] == days
        assert [node.findtext(f"{DCTERMS}dateAccepted") for node in nodes] == seens
    assert [node["_feedbridge"]["date_precision"] for node in seen.json["items"]] == [e.precision for e in seen.feed.entries]


@rule("F7 bytes", "the same input gives the same bytes (T12)")
def _(seen):
    assert {name: form.render(feed()) for name, form in FORMATS.items()} == seen.raw


@rule("F8 titles", "plain text in NFC, escaped once, the language named")
def _(seen):
    for titles in seen.titles():
        assert "关于<试点>工作的通知:1 < 2 && AT&T" in titles
        assert "家庭日👨‍👩‍👧 café 𠮷野家 开业" in titles
        assert all(unicodedata.is_normalized("NFC", title) and title for title in titles)
    assert (seen.rss.findtext("language"), seen.atom.get(XML_LANG), seen.json["language"]) == ("zh-CN",) * 3


@rule("F8 empty title", "the first words of the text stand in for a missing title (T15)")
def _(seen):
    for titles in seen.titles():
        assert "没有标题的文章,以正文开头代替。" in titles


@rule("R1 channel", "title, link, description, self and hub stand before the items; the link is the portal (T3, T4)")
def _(seen):
    tags = [node.tag for node in seen.rss]
    assert tags.index("item") == len(tags) - len(seen.items)
    assert (seen.rss.findtext("title"), seen.rss.findtext("link")) == ("唐山信息网", "http://www.china0315.com/")
    assert seen.rss.findtext("description") == "唐山信息网的新文章"
    links = {node.get("rel"): dict(node.attrib) for node in seen.rss.findall(f"{A}link")}
    assert links == {
        "self": {"rel": "self", "type": "application/rss+xml", "href": BASE + "tangshan.rss"},
        "hub": {"rel": "hub", "href": BASE + "hub"},
    }


@rule("R2 dates", "RFC 822 with English names, the right weekday, four-digit year and numeric zone (T16)")
def _(seen):
    for node in seen.rss.iter("pubDate", "lastBuildDate"):
        assert node.text == format_datetime(parsedate_to_datetime(node.text))
        assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (May) 2019 \d\d:\d\d:\d\d \+0800", node.text)
    assert len(list(seen.rss.iter("pubDate"))) == len(ENTRIES)


@rule("R3 guid", "isPermaLink is false, since the guid is not the address (T7)")
def _(seen):
    assert {node.find("guid").get("isPermaLink") for node in seen.items} == {"false"}


@rule("R4 description", "the summary comes first, the full text after it; never the text in the summary's place (T8)")
def _(seen):
    for node, one in zip(seen.items, seen.feed.entries, strict=True):
        tags = [child.tag for child in node]
        assert (CONTENT in tags) == bool(one.content_html)
        if one.content_html:
            assert tags.index("description") < tags.index(CONTENT)
            assert "<p>" not in node.findtext("description")


@rule("R4 escaping", "a summary with angle brackets reads right where description is HTML")
def _(seen):
    texts = [
        html.fromstring(f"<p>{node.findtext('description')}</p>").text_content() for node in seen.items if node.findtext("description")
    ]
    assert "摘要:关于<试点>工作的通知:1 < 2 && AT&T" in texts


@rule("R5 names", "names stand in dc:creator; no author element, no dc:date (T9)")
def _(seen):
    creators = {node.findtext("guid")[-4:]: node.findtext(f"{DC}creator") for node in seen.items}
    assert (creators["4710"], creators["4711"], creators["4709"]) == ("张三 李四", "唐山市委网信办", None)
    assert [node.findtext(f"{DC}contributor") for node in seen.items][:2] == [None, "市政府办公室"]
    assert not list(seen.rss.iter("author", f"{DC}date"))


@rule("R6 media", "one enclosure at most, with url, length and type; images directly in the item, never in a lone group (T13)")
def _(seen):
    assert [len(node.findall("enclosure")) for node in seen.items] == [0, 0, 1, 0, 0, 0, 0, 0]
    assert set(seen.items[2].find("enclosure").attrib) == {"url", "length", "type"}
    first = seen.items[0]
    assert [node.get("medium") for node in first.findall(f"{MEDIA}content")] == ["image", "image"]
    assert len(first.findall(f"{MEDIA}thumbnail")) == 1
    assert not list(seen.rss.iter(f"{MEDIA}group"))


@rule("R6 length", "an enclosure of unknown length has length 0 in RSS")
def _(seen):
    one = feed((entry(1, "x", local(2019, 5, 1), enclosures=(Enclosure("http://a.example/1.pdf", "APPLICATION/PDF; a=b"),)),))
    node = etree.fromstring(rss.render(one))[0].find("item/enclosure")
    assert dict(node.attrib) == {"url": "http://a.example/1.pdf", "length": "0", "type": "application/pdf"}


@rule("R7 newest change", "lastBuildDate is the feed's newest change")
def _(seen):
    assert parsedate_to_datetime(seen.rss.findtext("lastBuildDate")) == seen.feed.updated.replace(microsecond=0)


@rule("R8 source", "the source's name stands in dc:publisher; source, which needs a feed's address, is not used")
def _(seen):
    assert [node.findtext(f"{DC}publisher") for node in seen.items][:2] == ["澎湃新闻 问政", None]
    assert not list(seen.rss.iter("source"))


@rule("A1 feed", "id, title, updated, author; one alternate link, self and hub with their attributes")
def _(seen):
    assert seen.atom.findtext(f"{A}id") == "tag:feeds.example.org,2019:tangshan"
    assert seen.atom.findtext(f"{A}author/{A}name") == "唐山信息网"
    assert [(n.get("rel"), n.get("type"), n.get("href")) for n in seen.atom.findall(f"{A}link")] == [
        ("self", "application/atom+xml", BASE + "tangshan.atom"),
        ("hub", None, BASE + "hub"),
        ("alternate", "text/html", "http://www.china0315.com/"),
    ]


@rule("A1 entry links", "one alternate link an entry; enclosures keep rel, type, length and title (T1)")
def _(seen):
    for node in seen.entries:
        assert [link.get("type") for link in node.findall(f"{A}link") if link.get("rel") == "alternate"] == ["text/html"]
    files = [link for link in seen.entries[2].findall(f"{A}link") if link.get("rel") == "enclosure"]
    assert [n.get("title") for n in files] == ["年度报告", None]
    assert (files[0].get("type"), files[0].get("length")) == ("application/pdf", "482113")
    assert feedparser.parse(seen.raw["atom"]).entries[2].link == "http://www.china0315.com/news/4709.html"


@rule("A2 updated", "no two entries share `updated`, not even 500 recorded in one tick")
def _(seen):
    times = [node.text for node in etree.fromstring(atom.render(many(500))).iterfind(f"{A}entry/{A}updated")]
    assert len(times) == len(set(times)) == 500


@rule("A3 content", "content is of type html, the summary text; no CDATA anywhere (T2)")
def _(seen):
    assert {node.get("type") for node in seen.atom.iter(f"{A}content")} == {"html"}
    assert {node.get("type") for node in seen.atom.iter(f"{A}summary")} == {"text"}
    assert all(b"CDATA" not in raw for raw in seen.raw.values())


@rule("A4 source", "no half atom:source; the source's address is a via link, its name dc:publisher (T17)")
def _(seen):
    assert not list(seen.atom.iter(f"{A}source"))
    assert [link.get("href") for link in seen.entries[0].findall(f"{A}link") if link.get("rel") == "via"] == ["https://www.thepaper.cn/"]
    assert seen.entries[0].findtext(f"{DC}publisher") == "澎湃新闻 问政"


@rule("J1 feed", "version 1.1, addresses, `authors` and not `author`, the hub")
def _(seen):
    top = {name: value for name, value in seen.json.items() if name != "items"}
    assert top == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "唐山信息网",
        "description": "唐山信息网的新文章",
        "home_page_url": "http://www.china0315.com/",
        "feed_url": BASE + "tangshan.json",
        "language": "zh-CN",
        "authors": [{"name": "唐山信息网", "url": "http://www.china0315.com/"}],
        "hubs": [{"type": "WebSub", "url": BASE + "hub"}],
    }


@rule("J2 items", "string id, content_html or content_text, RFC 3339 dates, plain summary, files as attachments")
def _(seen):
    for node in seen.json["items"]:
        assert isinstance(node["id"], str)
        assert ("content_html" in node) != ("content_text" in node)
        assert re.fullmatch(r"2019-05-\d\dT\d\d:\d\d:\d\d\+08:00", node["date_published"])
    assert seen.json["items"][2]["attachments"][0] == {
        "url": "http://www.china0315.com/files/%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A.pdf",
        "mime_type": "application/pdf",
        "title": "年度报告",
        "size_in_bytes": 482113,
    }
    assert seen.json["items"][0]["_feedbridge"]["source"] == {
        "name": "澎湃新闻 问政",
        "url": "https://www.thepaper.cn/",
        "published": "2019-05-09T13:13:00+08:00",
    }


@rule("O1 outlines", "OPML 2.0: a title, and an outline with type, text, xmlUrl and htmlUrl for each feed")
def _(seen):
    assert (seen.opml.get("version"), seen.opml.findtext("head/title")) == ("2.0", "我的订阅")
    assert [(n.get("type"), n.get("text"), n.get("xmlUrl"), n.get("htmlUrl")) for n in seen.opml.findall("body/outline")] == [
        ("rss", "唐山信息网", BASE + "tangshan.rss", "http://www.china0315.com/"),
        ("rss", "空的 & <门户>", BASE + "b.rss", "http://www.china0315.com/"),
    ]


@rule("D1 discovery", "the page's head names every feed in every format")
def _(seen):
    found = [(n.get("type"), n.get("href")) for n in seen.html.xpath("/html/head/link[@rel='alternate']") if n.get("title")]
    kinds = [("application/rss+xml", ".rss"), ("application/atom+xml", ".atom"), ("application/feed+json", ".json")]
    assert found == [(kind, BASE + stem + suffix) for stem in ("tangshan", "b") for kind, suffix in kinds]


@pytest.fixture(scope="module")
def seen():
    return Seen()


@pytest.mark.parametrize("name", RULES)
def test_rule(name, seen):
    RULES[name][1](seen)


@pytest.mark.parametrize("count", [0, 1, 50, 500])
@pytest.mark.parametrize("name", ["rss", "atom"])
def test_feedparser_reads_every_entry_of_feeds_of_any_size(name, count):
    """No bozo bit, and the ids in our order."""
    made = many(count)
    got = feedparser.parse(FORMATS[name].render(made))
    assert not got.bozo
    assert [e.id for e in got.entries] == [e.id for e in made.entries]
    assert len(json.loads(jsonfeed.render(made))["items"]) == count
