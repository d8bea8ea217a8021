"""Readers on soup: only ReadError comes out, and what comes out is the same twice and does not move with a page's restless parts."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import fuzz
from bridge.errors import ReadError
from bridge.model import Page, Portal, Site
from bridge.portals.generic import read_article

PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGES = fuzz.seeds()


def _outcome(body):
    """What both readers make of a page: values, or the causes of their refusal."""
    page = Page(url=fuzz.URL, body=body, content_type="text/html")
    found = []
    for read in fuzz.READERS.values():
        try:
            found.append(read(page))
        except ReadError as error:
            found.append(error.cause)
    assert "bug" not in found
    return found


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_soup_and_mutants_raise_only_read_errors(seed):
    """Tags, attributes and bytes in any order, and pages after accidents: an answer or a ReadError, the same one twice."""
    rng = random.Random(seed)
    body = fuzz.soup(rng) if seed % 2 else fuzz.mutant(rng, PAGES)
    assert _outcome(body) == _outcome(body)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_raise_only_read_errors(body):
    """Whatever the bytes."""
    _outcome(body)


@pytest.mark.parametrize("maker", sorted(fuzz._MAKERS))
def test_crowds_are_read_or_refused(maker):
    """A fragment thousands of times over is an answer or a ReadError."""
    _outcome(b"<h1>x</h1>" + fuzz._MAKERS[maker].encode() * (20_000 // len(fuzz._MAKERS[maker])))


RESTLESS = [
    ("浏览次数：128", "浏览次数：40961"),
    ("3分钟前", "5小时前"),
    (
        "<li><a href=/n/7.html>城南菜市场搬迁新址</a></li><li><a href=/n/8.html>柳河水位回落</a></li>",
        "<li><a href=/n/9.html>夜市整治见成效</a></li>",
    ),
    ("<div class=ad>限时优惠，点击领取，先到先得。</div>", "<div class=ad><img src=/ad/2.gif></div>"),
    ("Published at 2024/4/19 6:30:27, Powered By CMS v6.5", "Published at 2026/1/2 0:00:01, Powered By CMS v6.5"),
    ("当前在线：17人", "当前在线：240人"),
]
PAGE = """<html><head><title>大堤完工 - 临江网</title></head><body><h1>大堤完工</h1>
<div class=info>发布时间：2019-05-11 11:13　来源：柳河日报　{0}　<span>{1}</span></div>
<div class=text><p>历时八个月的大堤加固工程昨日完工，二十三公里堤身全部换上护坡。</p><p>新堤可以抵御五十年一遇的洪水。</p></div>
{3}<div><h3>相关新闻</h3><ul>{2}</ul></div><div>{5}</div><div>Copyright 2004-2026<br>{4}</div></body></html>"""


@pytest.mark.parametrize("moved", range(len(RESTLESS)))
def test_restless_parts_stay_out(moved):
    """Counters, relative times, related links, advertising and stamps of a rebuild change nothing of the article."""

    def read(which):
        body = PAGE.format(*(pair[which if place == moved else 0] for place, pair in enumerate(RESTLESS))).encode()
        article = read_article(Page(url=fuzz.URL, body=body, content_type="text/html; charset=utf-8"), PORTAL, Site(), NOW)
        return article.title, article.content_text, article.content_html, article.published, article.summary, article.source

    assert read(0) == read(1)
    assert read(0)[1] == "历时八个月的大堤加固工程昨日完工，二十三公里堤身全部换上护坡。\n\n新堤可以抵御五十年一遇的洪水。"
