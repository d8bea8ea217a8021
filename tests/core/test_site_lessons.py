"""What sibling pages teach: boilerplate, the body's element, the suffix, the date's place."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from bridge.core import site as sites
from bridge.core.article import read
from bridge.model import ListPage, Portal, Site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
TOPICS = ["停水", "停电", "修路", "招聘", "体检"]
NOTE = (
    "<div class=t1>温馨提示：本站信息由网友自行发布，请您在交易前核实对方身份，谨防上当受骗，"
    "切勿提前支付任何费用，发现违法信息请及时拨打电话举报。</div>"
)


def _page(topic: str, note: str = NOTE) -> str:
    body = f"<p>关于{topic}的消息：受天气影响，{topic}一事推迟到下周进行，请大家相互转告。</p><p>{topic}咨询电话 5210{len(topic)}。</p>"
    head = f"<html><title>{topic}通知 - 临江网</title><body>"
    return f"{head}<div class=x><h1>{topic}通知</h1><p>2019-05-11 11:13</p>{body}{note}</div></body></html>"


def _read(topic: str, site: Site):
    return read(_page(topic), f"https://www.example.cn/{TOPICS.index(topic)}.html", "utf-8", PORTAL, site, NOW)


def _learned(topics) -> Site:
    site = Site()
    for topic in topics:
        site = sites.learn(site, _read(topic, Site()))
    return site


def test_repeated_blocks_go():
    """A sentence that only this page seems to have is boilerplate once two siblings have it too."""
    alone, taught = _read("体检", Site()), _read("体检", _learned(TOPICS[:3]))
    assert "温馨提示" in alone.content_text
    assert "温馨提示" not in taught.content_text
    assert "推迟到下周" in taught.content_text


def test_order_of_siblings_does_not_matter():
    """The same siblings in any order teach the same."""
    texts = {_read("体检", _learned(order)).content_html for order in permutations(TOPICS[:3])}
    assert len(texts) == 1


def test_a_page_teaches_itself_nothing():
    """Reading one article again and again makes none of it boilerplate."""
    site = Site()
    for _ in range(5):
        article = _read("停水", site)
        site = sites.learn(site, article)
    assert article.content_text == _read("停水", Site()).content_text
    assert len(site.lessons["articles"]) == 1


def test_bounded_and_json():
    """Hundreds of articles leave a few KB, and the lessons survive JSON."""
    site = Site()
    article = _read("停水", site)
    for number in range(200):
        blocks = [f"{number:02x}{place:03x}" for place in range(500)]
        site = sites.learn(site, replace(article, url=f"https://www.example.cn/{number}", evidence={**article.evidence, "blocks": blocks}))
    stored = json.dumps(site.lessons)
    assert len(stored) < 20_000
    assert sites.repeated(replace(site, lessons=json.loads(stored)), "x", "y", ()) == sites.repeated(site, "x", "y", ())
    assert len(site.lessons["articles"]) == sites.KEPT


def test_lists_teach_signature_and_charset():
    """A list page leaves its signature under its own address."""
    page = ListPage(url="https://www.example.cn/", charset="gb18030", links=(), signature="ul>li>a")
    site = sites.listed(Site(signatures={"other": "x"}), page, "https://www.example.cn/")
    assert (site.charset, dict(site.signatures)) == ("gb18030", {"other": "x", "https://www.example.cn/": "ul>li>a"})


def test_damaged_lessons_are_ignored():
    """Lessons of another shape teach nothing and break nothing."""
    for lessons in ({"articles": "x"}, {"articles": [1, None, {"url": 5}]}, {"articles": [{"blocks": []}]}):
        assert sites.repeated(Site(lessons=lessons), "x", "y", ()) == sites.Lessons()
        assert _read("停水", Site(lessons=lessons)).title == "停水通知"
