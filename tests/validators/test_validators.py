"""What we publish is without a fault, and the checks that say so find each fault that is put in."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import events
import pytest
from stand_ins.press import BASE, Press, portal

from bridge.formats import atom, rss
from bridge.model import FeedSpec, Image, Source

sys.path.insert(0, str(Path(__file__).parent.parent / "formats"))

from feed_samples import entry, feed

GOLDEN = Path(__file__).parent.parent / "formats" / "golden"
NOW = datetime(2027, 2, 1, tzinfo=UTC)
ADDRESSES = {"tangshan": "tangshan", "withdrawn": "tangshan", "empty": "tangshan", "archive": "archive/tangshan-2019-05", "feeds": "feeds"}


def faults(suffix, content, stem="tangshan"):
    """The names of the events of a document."""
    return {event.partition(":")[0] for event in events.CHECKS[suffix](content, f"{BASE}{stem}{suffix}", NOW)}


@pytest.mark.parametrize("path", sorted(GOLDEN.iterdir()), ids=lambda path: path.name)
def test_golden_files_have_no_fault(path):
    found = list(events.CHECKS[path.suffix](path.read_bytes(), f"{BASE}{ADDRESSES[path.stem]}{path.suffix}", NOW))
    assert found == []


def test_nothing_that_is_published_has_a_fault(tmp_path):
    """Live feeds, every archive page, a feed of choice, `all` and the list of feeds, with an edit and a withdrawal in them."""
    with Press(tmp_path, portal("city"), portal("town"), feeds=[FeedSpec(id="bids", include=("第1",))]) as press:
        made = [
            press.add(n, "town" if n % 3 == 0 else "city", title=f"第{n}条 <试点> & 1 < 2") for n in range(70) if not press.later(hours=33)
        ]
        press.publish()
        press.edit(made[60], title="改了")
        press.withdraw(made[3])
        press.withdraw(made[66])
        press.later(minutes=1)
        press.publish()
        names = sorted(str(path.relative_to(press.public)) for path in press.public.rglob("*") if path.suffix in events.CHECKS)
        assert len([name for name in names if name.startswith("archive/")]) >= 24
        assert {"all.rss", "bids.atom", "city.json", "feeds.opml"} <= set(names)
        found = {name: list(events.CHECKS[Path(name).suffix](press.read(name), BASE + name, NOW)) for name in names}
    assert {name: events for name, events in found.items() if events} == {}


RSS = {
    "BadCharacters": ("只知道日期的公告", "只知道\u202e日期的公告"),
    "no XML declaration": ("<?xml version='1.0' encoding='UTF-8'?>\n", ""),
    "SelfDoesntMatchLocation": ('tangshan.rss" rel="self"', 'other.rss" rel="self"'),
    "MissingSelf": (' rel="self"', ' rel="current"'),
    "MisplacedItem": ("</channel>", "<ttl>1</ttl></channel>"),
    "DuplicateValue": ("2019:tangshan/4710<", "2019:tangshan/4711<"),
    "InvalidRFC2822Date": ("<pubDate>Sat, 11 May 2019 11:13:36 +0800<", "<pubDate>2019-05-11T11:13:36+08:00<"),
    "IncorrectDOW": ("<pubDate>Sat, 11 May 2019 11:13:36 +0800<", "<pubDate>Mon, 11 May 2019 11:13:36 +0800<"),
    "ImplausibleDate": ("<pubDate>Sat, 11 May 2019 11:13:36 +0800<", "<pubDate>Tue, 11 May 2038 11:13:36 +0800<"),
    "not the newest first": ("<pubDate>Sat, 11 May 2019 11:13:36 +0800<", "<pubDate>Fri, 11 May 2018 11:13:36 +0800<"),
    "an item without its date": ("<pubDate>Sat, 11 May 2019 11:13:36 +0800</pubDate>", ""),
    "channel older than an item": ("<lastBuildDate>Sat, 11 May 2019", "<lastBuildDate>Wed, 01 May 2019"),
    "InvalidFullLink": ("<link>http://www.china0315.com/news/4711.html<", "<link>/news/4711.html<"),
    "UriNotIri": ("news/4711.html<", "news/开业.html<"),
    "DuplicateItemSemantics": ("<pubDate>Sat", "<dc:date>2019-05-11</dc:date><pubDate>Sat"),
    "InvalidContact": ("<pubDate>Sat", "<author>张三</author><pubDate>Sat"),
    "DuplicateEnclosure": ("<enclosure", '<enclosure url="http://a.example/b" length="1" type="a/b"/><enclosure'),
    "ContainsHTML": ("<title>只知道日期的公告<", "<title>&lt;b&gt;公告<"),
    "MissingTitle": ("<title>只知道日期的公告<", "<title> <"),
    "not normal": ("<title>只知道日期的公告<", "<title>cafe\u0301<"),
    "SecurityRisk": ("&lt;p&gt;2019年", "&lt;script&gt;x&lt;/script&gt;&lt;p&gt;2019年"),
    "SecurityRiskAttr": ("&lt;p&gt;2019年", "&lt;p onclick=&quot;x&quot;&gt;2019年"),
    "ContainsRelRef": ('src="http://www.china0315.com/up/2019/1.jpg"', 'src="/up/2019/1.jpg"'),
    "NotHtml": ("&lt;p&gt;2019年", "&lt;b&gt;&lt;p&gt;2019年"),
    "InvalidRNC": ('isPermaLink="false"', 'isPermaLink="true"'),
    "UnknownNamespace": ("<rss ", '<rss xmlns:x="urn:x-own:1" '),
    "InvalidLanguage": ("<language>zh-CN", "<language>cn"),
    "InvalidTAG": ("2019:tangshan/4710<", "2019:tangshan/四<"),
    "ProblematicalRFC822Date": ("Sat, 11 May 2019 11:13:36 +0800<", "Sat, 11 May 2019 08:58:36 +0545<"),
}
ATOM = {
    "MissingDCLanguage": ('xml:lang="zh-CN"', ""),
    "DuplicateEntries": ("2019:tangshan/4710<", "2019:tangshan/4711<"),
    "DuplicateAtomLink": ("<link ", '<link rel="alternate" type="text/html" href="http://a.example/"/><link '),
    "InvalidRFC3339Date": ("<published>2019-05-11T11:13:36+08:00<", "<published>2019-05-11T11:13:36<"),
    "ImplausibleDate": ("<published>2019-05-11T11:13:36+08:00<", "<published>2038-05-11T11:13:36+08:00<"),
    "not one alternate link": ('news/4711.html" rel="alternate"', 'news/4711.html" rel="via"'),
    "InvalidRNC": ('type="html"', 'type="CDATA"'),
    "SelfDoesntMatchLocation": ("tangshan.atom", "other.atom"),
    "SecurityRisk": ("&lt;p&gt;2019年", "&lt;iframe&gt;&lt;/iframe&gt;&lt;p&gt;2019年"),
    "UriNotIri": ('href="http://www.china0315.com/files/', 'href="http://www.china0315.com/年度/'),
    "archive without current, or the reverse": ('rel="hub"', 'rel="current"'),
    "UnknownNamespace": ("<feed ", '<feed xmlns:at="http://purl.org/atompub/tombstones/1.0" '),
    "NonCanonicalURI": ("2019:tangshan/4710<", "2019:tangshan/%e5%9b%9b<"),
    "ContainsHTML": ('<summary type="text">摘要:只', '<summary type="text">5G&amp;6G摘要:只'),
    "ContainsEmail": ("<name>张三 李四<", "<name>张三 &lt;zhang@a.example&gt;<"),
}
JSON = {
    "SelfDoesntMatchLocation": ("tangshan.json", "other.json"),
    "DuplicateEntries": ("2019:tangshan/4710", "2019:tangshan/4711"),
    "InvalidRFC3339Date": ("2019-05-11T11:13:36+08:00", "2019-05-11T11:13:36"),
    "ContainsRelRef": ('src=\\"http://www.china0315.com/up', 'src=\\"/up'),
    "UriNotIri": ('https://www.thepaper.cn/"', 'https://www.thepaper.cn/年"'),
    "not the newest first": ('date_published": "2019-05-11T11:13:36', 'date_published": "2018-05-11T11:13:36'),
}
INJECTED = [
    (suffix, name, *change) for suffix, table in ((".rss", RSS), (".atom", ATOM), (".json", JSON)) for name, change in table.items()
]


@pytest.mark.parametrize(("suffix", "name", "old", "new"), INJECTED, ids=lambda value: value if len(value) < 45 else "…")
def test_each_fault_is_found(suffix, name, old, new):
    """One change of a clean file: the event that W3C's validator has for it, or ours where it has none."""
    text = (GOLDEN / f"tangshan{suffix}").read_text("utf-8")
    assert old in text
    assert name in faults(suffix, text.replace(old, new, 1).encode())


def test_an_archive_without_a_neighbour_is_found():
    text = re.sub(r'<link[^>]*rel="(?:prev|next)-archive"[^>]*>', "", (GOLDEN / "archive.atom").read_text("utf-8"))
    assert "ArchiveIncomplete" in faults(".atom", text.encode(), "archive/tangshan-2019-05")


ODD = {
    "title": "5G&6G、R&D:&nbsp;1<a、&copy=2 &#x41;",
    "summary": "第一行\n见 http://a.example/?x=1&copy=2&n1=3,</p>与&amp;\ufffd",
    "content_html": '<p>半个字\ufffd</p><p><video controls="" src="http://a.example/%E5%A4%A7%E6%A1%A5.mp4?a=1&amp;copy=2"></video></p>',
    "content_text": "半个字\ufffd",
    "author": "张三 <zhang@a.example>",
    "source": Source("某报 & <i>社</i>", None, "https://a.example/"),
    "category": ("A&B2", "1<b"),
    "images": (Image("http://a.example/1.jpg", "<b>图</b>&nbsp;"),),
    "published": datetime(2019, 5, 11, 8, 58, tzinfo=ZoneInfo("Asia/Kathmandu")),
}


@pytest.mark.parametrize("language", ["cn", "yue", "zh_CN", "utf-8", "und", "en-GB", "x-klingon", None])
def test_odd_texts_give_no_fault(language):
    """Ampersands and angle brackets, lost characters, addresses in names, quarter-hour zones, wrong languages; a lone archive too."""
    for form in (rss, atom):
        for more in ({}, {"stem": "archive/tangshan-2019-05", "current": "tangshan", "hub": None}):
            made = feed((entry(1, **{"language": language, **ODD}),), language=language or "", title="R&D:A&1 <b", **more)
            stem = more.get("stem", "tangshan")
            assert list(events.CHECKS[form.SUFFIX](form.render(made), f"{BASE}{stem}{form.SUFFIX}", NOW)) == []


def test_equal_times_and_too_large_files_are_found():
    root = events.etree.fromstring((GOLDEN / "tangshan.atom").read_bytes())
    for node in root.iter(events.A + "updated"):
        node.text = "2019-05-11T11:16:36+08:00"
    assert "DuplicateUpdated" in faults(".atom", events.etree.tostring(root))
    assert "too large" in faults(".rss", (GOLDEN / "tangshan.rss").read_bytes().replace(b"<item>", b"<item>" + b" " * 1_000_000, 1))


def test_the_json_schema_is_one_and_names_what_we_write():
    """Every key of the sample is known to the schema, which allows no other; ajv holds the documents to it in `make validate`."""
    schema = json.loads((Path(__file__).parent / "jsonfeed.schema.json").read_text("utf-8"))
    for name in ("tangshan", "archive", "withdrawn"):
        feed = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
        assert set(schema["required"]) <= set(feed) <= set(schema["properties"])
        item = schema["definitions"]["item"]
        assert all(set(item["required"]) <= set(one) <= {*item["properties"], "_feedbridge"} for one in feed["items"])
