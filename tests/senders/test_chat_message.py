"""Messages: what they look like, and what no text can make of them."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sender_samples import ENTRY, NOW, entry

from bridge.core import message
from bridge.demo._entities import parse
from bridge.model import Image, Source

HOSTILE = [
    "👨‍👩‍👧‍👦",
    "𠮷",
    "<试点>",
    "&",
    "&amp;",
    "</b>",
    '"',
    "שלום",
    "\u202e",
    "🇨🇳",
    "é",
    "\ud800",
    "\x00",
    "\n",
    "。",
    " ",
    "<b>",
    "👍🏽",
]
texts = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(HOSTILE), max_size=900).map("".join), st.just("长" * 6000))
addresses = st.one_of(st.just("http://x.example/a?b=1&c=2"), texts.map(lambda t: "http://x.example/" + t))


def test_a_message_reads_well():
    """Title in bold, summary, source with the portal's own local time, a link; the lead image above."""
    made = message.render(ENTRY)
    assert made.text == (
        "<b>马文斌:吹响新媒体发展“集结号”</b>\n\n"
        "唐山市委网信办高度重视新媒体的建设与发展。全市新媒体要在服务大局上跟得紧。\n\n"
        "来源:澎湃新闻 问政 · 2019-05-11 11:13\n"
        '<a href="http://www.china0315.com/News/view.asp?id=7&amp;p=2">阅读原文</a>'
    )
    assert made.preview == "http://www.china0315.com/up/1.jpg"
    assert message.render(ENTRY, "updated") == made


def test_a_withdrawn_article_is_struck_through():
    """The title stays readable, the link and the image go."""
    made = message.render(ENTRY, "withdrawn")
    assert made.text == "<s>马文斌:吹响新媒体发展“集结号”</s>\n\n<b>已撤下</b>\n来源:澎湃新闻 问政 · 2019-05-11 11:13"
    assert made.preview is None


def test_a_test_message_says_that_it_is_one():
    """With an article or without."""
    assert message.render(ENTRY, "test").text.startswith("🔔 测试消息 · Feedbridge\n\n<b>马文斌")
    assert "测试消息" in message.hello().text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "T <x>\n\nS & s.\n\nSource: Paper · 2019-05-11\nhttp://x.example/?a=1&b=2"),
        ("bare", "T <x>\nhttp://x.example/?a=1&b=2"),
    ],
)
def test_the_ladder_below_html_is_plain_text(markup, text):
    """Nothing is escaped there, and the address is visible. English labels for an English entry, a day where only the day is known."""
    english = entry(
        title="T <x>", summary="S & s.", url="http://x.example/?a=1&b=2", source=Source("Paper"), language="en-GB", precision="day"
    )
    assert message.render(english, markup=markup).text == text


def test_no_date_is_invented():
    """Without a date of the portal's own the message has none; without a source neither."""
    assert message.render(entry(precision="none", source=None), markup="plain").text.endswith(
        "跟得紧。\n\nhttp://www.china0315.com/News/view.asp?id=7&p=2"
    )


def test_a_long_summary_is_cut_at_a_sentence_end():
    """And a title without any sentence in it gets an ellipsis."""
    text = parse(message.render(entry(summary="这是一句话。" * 200, title="长" * 400)).text)[0]
    title, summary = text.split("\n\n")[:2]
    assert summary.endswith("话。")
    assert len(summary) <= message.SUMMARY
    assert title.endswith("长…")


@pytest.mark.parametrize("unit", ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301"])
def test_no_cut_splits_what_a_reader_sees_as_one(unit):
    """Joined emoji, flags, skin tones and accents stay whole wherever the limit falls."""
    for limit in range(40, 60):
        kept = message.cut(unit * 100, limit)
        assert len(kept) <= limit
        assert kept.removesuffix("…").replace(unit, "") == ""


@pytest.mark.parametrize("kind", ["published", "withdrawn", "test"])
@given(title=texts, summary=texts, source=texts, url=addresses)
@example(title="<试点>&", summary="", source="", url="http://x.example/\ud800")
@settings(max_examples=60)
def test_any_text_makes_a_message_that_telegram_takes(kind, title, summary, source, url):
    """Strictly parsed: no syntax error, our entities and no others, at most 4096 visible, encodable, never empty."""
    hostile = entry(title=title, summary=summary, source=Source(source), url=url, images=(Image(url),))
    made = message.render(hostile, kind)
    visible, entities = parse(made.text)
    assert 0 < len(visible) <= message.VISIBLE
    assert {e["type"] for e in entities} <= {"bold", "strikethrough", "text_link"}
    assert len(entities) <= 3
    made.text.encode("utf-8")
    (made.preview or "").encode("utf-8")
    for markup in ("plain", "bare"):
        assert 0 < len(message.render(hostile, kind, markup).text) <= message.VISIBLE


@given(text=texts, limit=st.integers(2, 500))
@settings(max_examples=80)
def test_a_cut_text_is_a_beginning_of_it(text, limit):
    """Never longer than asked for, nothing added but an ellipsis."""
    kept = message.cut(text, limit)
    assert len(kept) <= max(limit, 0)
    assert text.strip().startswith((kept, kept.removesuffix("…")))


@given(title=texts)
@settings(max_examples=60)
def test_escaped_text_parses_back_to_itself(title):
    """Escaping loses nothing and lets nothing through."""
    clean = message.clean(title, 5000)
    assert parse(message.escape(clean)) == (clean, [])


@given(
    st.lists(st.builds(lambda t, u: entry(title=t, url=u), texts, addresses), min_size=1, max_size=12), st.sampled_from(["html", "plain"])
)
@settings(max_examples=30)
def test_a_digest_holds_each_article_once_in_parts_that_fit(entries, markup):
    """Parts follow one another without gap or overlap and each keeps the limits."""
    many, start, titles = entries * 12, 0, 0
    while start < len(many):
        part = message.digest(many, start, markup)
        visible, entities = parse(part.message.text) if markup == "html" else (part.message.text, [])
        assert part.after > start
        assert len(visible) <= message.VISIBLE
        assert len(entities) <= message.ENTITIES
        titles += len(re.findall(r"^\d+\. ", visible, re.MULTILINE))
        start = part.after
    assert start == len(many)
    assert titles >= len(many)


def test_a_digest_reads_well():
    """A heading with the number, then numbered links; later parts go on counting."""
    entries = [entry(title=f"第{n}条", url=f"http://x.example/{n}") for n in range(120)]
    first = message.digest(entries)
    assert first.message.text.startswith('<b>120 篇新文章</b>\n\n1. <a href="http://x.example/0">第0条</a>\n2. <a')
    second = message.digest(entries, first.after)
    assert second.message.text.startswith(f"<b>新文章(续)</b>\n\n{first.after + 1}. <a")
    assert second.after == 120


def test_time_is_shown_in_the_zone_of_the_portal():
    """Not in UTC, not in ours."""
    assert "12:05" in message.render(entry(published=NOW.astimezone(ENTRY.published.tzinfo))).text
