"""Whatever an article says, each message, caption and digest part passes the strict stand-in's own parser and limits."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sender_samples import chat_job, entry

from bridge.core import message
from bridge.demo._entities import parse
from bridge.demo._forms import Params
from bridge.demo.botapi import _parsed
from bridge.model import Image, Later, Sent, Source
from bridge.senders._bot import _part_sent
from bridge.senders._parts import parted

GRAPHEMES = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "𠮷", "试", "a", "ש", "ﷺ", "☃\ufe0f", "<", "&", '"']
HOSTILE = [
    *GRAPHEMES, "<试点>", "&amp;", "&#0;", "</b>", "<b>", "<a href='x'>", "\u202e", "\u2067", "\ud800", "\x00", "\n", "\r\n", "。", " ",
    "\u3000", "（", "“",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(HOSTILE), max_size=600).map("".join),
    st.sampled_from(HOSTILE).map(lambda unit: unit * 3000),
)
addresses = st.one_of(
    st.just("http://x.example/a?b=1&c=2"),
    st.integers(1, 3000).map(lambda n: "http://x.example/" + "a" * n),
    st.integers(1, 800).map(lambda n: "http://x.example/?" + "&" * n),
    texts.map(lambda text: "http://x.example/" + text),
)
articles = st.builds(
    lambda title, summary, source, url, language: entry(
        title=title, summary=summary, source=Source(source), url=url, images=(Image("http://x.example/1.jpg"),), language=language
    ),
    texts, texts, texts, addresses, st.sampled_from(["zh-CN", "en", "he", None]),
)  # fmt: skip


def taken(made, name="text", limit=4096):
    """(visible text, entities) as the stand-in takes them; Refusal when it does not."""
    params = Params({name: made.text} | ({"parse_mode": "HTML"} if made.markup == "html" else {}))
    return _parsed(params, name, limit)


@pytest.mark.parametrize("markup", ["html", "plain", "bare"])
@pytest.mark.parametrize("kind", ["published", "updated", "withdrawn", "test"])
@given(article=articles)
@settings(max_examples=25)
def test_every_article_fits_a_message_and_a_caption(kind, markup, article):
    """4096 and 1024 visible UTF-16 units, at most 100 entities and 9500 bytes of them, no markup but ours, nothing lost in escaping."""
    for name, limit in (("text", message.VISIBLE), ("caption", message.CAPTION)):
        made = message.render(article, kind, markup, limit)
        visible, entities = taken(made, name, limit)
        assert len(visible.encode("utf-16-le")) // 2 <= limit
        assert len(entities) <= 3
        assert {entity["type"] for entity in entities} <= {"bold", "strikethrough", "text_link"}
        assert visible == (parse(made.text)[0] if markup == "html" else made.text).rstrip()
        made.text.encode("utf-8")


@given(article=articles)
@settings(max_examples=60)
def test_a_caption_differs_only_where_it_must(article):
    """Title, source and link are those of the message; only the summary may be shorter."""
    whole, short = (parse(message.render(article, limit=limit).text)[0] for limit in (message.VISIBLE, message.CAPTION))
    assert short.split("\n\n")[0] == whole.split("\n\n")[0]
    assert short.split("\n\n")[-1] == whole.split("\n\n")[-1]
    assert len(short) <= len(whole)


@given(url=addresses)
@example(url="http://x.example/\"'<>&amp;&lt;")
@settings(max_examples=80)
def test_an_address_comes_through_the_markup_unchanged(url):
    """Quotes, ampersands and angle brackets included; one that is too long to be a link makes none."""
    entities = parse(message.render(entry(url=url)).text)[1]
    links = [entity["url"] for entity in entities if entity["type"] == "text_link"]
    assert links == ([message._address(url)] if message._address(url) else [])


@given(units=st.lists(st.sampled_from(GRAPHEMES), min_size=1, max_size=120), limit=st.integers(8, 150))
@settings(max_examples=150)
def test_a_cut_falls_between_what_a_reader_sees_as_one(units, limit):
    """Whatever stands beside what: families, flags, skin tones, accents, right-to-left, characters beyond the BMP."""
    kept = message.cut("".join(units), limit).removesuffix("…")
    assert any(kept == "".join(units[:count]) for count in range(len(units) + 1))


@given(many=st.lists(articles, min_size=1, max_size=8), times=st.integers(1, 30), markup=st.sampled_from(["html", "plain"]))
@settings(max_examples=25)
def test_a_digest_is_split_without_loss_and_each_part_is_taken(many, times, markup):
    """Sent as the sender sends it, resumed after each part: every article in one part, in order, each part within all limits."""
    entries, progress, seen = tuple(many * times), {"markup": markup}, []
    for number in range(len(entries) + 1):
        job = chat_job("digest", entries=entries, progress=progress)
        part = parted(job)
        assert parted(job) == part
        taken(part.message)
        raw = parse(part.message.text)[1] if markup == "html" else []
        assert len(raw) <= message.ENTITIES
        seen.append((int(progress.get("next", 0)), part.after))
        outcome = _part_sent(job, part, str(number))
        progress = outcome.progress
        if isinstance(outcome, Sent):
            break
        assert isinstance(outcome, Later)
        assert not outcome.spent
    assert [start for start, _ in seen] == [0, *(after for _, after in seen[:-1])]
    assert seen[-1][1] == len(entries)


@given(lengths=st.lists(st.integers(1, 1990), min_size=1, max_size=60))
@settings(max_examples=40)
def test_long_addresses_keep_a_part_under_the_weight_of_entities(lengths):
    """Telegram refuses more than about 9500 bytes of entities, long before 4096 code points are full."""
    entries = tuple(entry(title="t", url="http://x.example/" + "&" * n) for n in lengths)
    start = 0
    while start < len(entries):
        part = message.digest(entries, start)
        taken(part.message)
        assert part.after > start
        start = part.after


@pytest.mark.parametrize("sign", ["𠮷", "👨‍👩‍👧‍👦", "字𠮷。"])
def test_signs_of_two_units_count_twice(sign):
    """Captions and digests of nothing else are within the limit, whichever way a server counts."""
    article = entry(title=sign * 400, summary=sign * 4000, source=Source(sign * 200))
    caption, _ = taken(message.render(article, limit=message.CAPTION), "caption", message.CAPTION)
    assert 800 < len(caption.encode("utf-16-le")) // 2 <= message.CAPTION
    part = message.digest([article] * 90)
    assert len(taken(part.message)[0].encode("utf-16-le")) // 2 <= message.VISIBLE
    assert part.after > 20
