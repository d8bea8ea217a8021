"""Summaries and cuts: whole sentences, no opening formula, nothing broken."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.summary import boundary, columns, cut, sentences, summarise

ZH = "市政府昨日召开会议，部署春季绿化工作。会议强调，要建立“谁栽植、谁管护。谁负责、谁落实”的机制。下一步将加强督查。"
BODY = f"{ZH}\n\n据介绍，全市已完成造林一万二千亩。"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (f"本报讯（记者 张三）{ZH}", "市政府昨日"),
        (f"本报讯 {ZH}", "市政府昨日"),
        (f"新华社北京5月11日电（记者李四）{ZH}", "市政府昨日"),
        (f"中新网5月11日电 {ZH}", "市政府昨日"),
        (f"央视网消息：{ZH}", "市政府昨日"),
        (f"新华社记者 张三、李四　{ZH}", "市政府昨日"),
        (f"某某新闻网专稿 （某某日报记者 张三）{ZH}", "市政府昨日"),
        (f"某某快讯，{ZH}", "市政府昨日"),
        (f"【编者按】{ZH}", "市政府昨日"),
        (f"记者在现场看到，{ZH}", "记者在现场看到"),
        ("(CNN) -- The council voted on Thursday to extend the park.", "The council"),
        (f"新京报讯（记者 陆一夫）{ZH}", "市政府昨日"),
        (f"（原标题：另一个标题）\n\n{ZH}", "市政府昨日"),
        (f"2019-05-09 13:13  来源:某报\n\n{ZH}", "市政府昨日"),
        ("LONDON (Reuters) - The council voted on Thursday to extend the park.", "The council"),
        ("WASHINGTON, May 11 (Xinhua) -- The council voted on Thursday to extend the park.", "The council"),
        ("Berlin (dpa) - Der Stadtrat hat am Donnerstag die Erweiterung beschlossen.", "Der Stadtrat"),
        ("МОСКВА, 11 мая - РИА Новости. Городской совет принял решение расширить парк.", "Городской"),
    ],
)
def test_openings_are_left_out(text, start):
    """Datelines, bylines and 本报讯 are no part of a summary."""
    assert summarise(text).startswith(start)


def test_whole_sentences_within_the_limit():
    """As many leading sentences as fit; a full stop inside a quotation ends nothing."""
    assert summarise(BODY, limit=60) == "市政府昨日召开会议，部署春季绿化工作。"
    assert summarise(BODY, limit=120).endswith("的机制。下一步将加强督查。")


def test_a_long_first_sentence_is_cut_between_words():
    """Where not even one sentence fits, the cut is between words and marked."""
    text = "The committee considered the extraordinarily long proposal without reaching any conclusion whatsoever in the end"
    short = summarise(text, limit=50)
    assert short.endswith("…")
    assert columns(short) <= 50
    assert set(short[:-1].split()) <= set(text.split())


def test_abstract():
    """The page's own abstract is taken; a site's slogan, keywords and a cut copy of the text are not."""
    own = "我市部署春季绿化，要求建立管护机制，并加强督查落实。"
    assert summarise(BODY, own) == own
    assert summarise(BODY, "唐山信息网是唐山地区最大的综合信息门户网站，提供新闻、招聘、房产信息。").startswith("市政府")
    assert summarise(BODY, "市政府昨日召开会议，部署春季绿化工作。会议强调，要建立…").startswith("市政府")
    assert summarise(BODY, "绿化,会议,造林,春季").startswith("市政府")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dr. Smith met J. P. Brown at 3.5 p.m. on Monday. They left.", ["Dr. Smith met J. P. Brown at 3.5 p.m. on Monday.", "They left."]),
        ("「行くよ。」と彼は言った。雨だった！本当に？", ["「行くよ。」と彼は言った。", "雨だった！", "本当に？"]),
        ("Он родился в 1990 г. в Москве. Потом уехал.", ["Он родился в 1990 г. в Москве.", "Потом уехал."]),
        ("هل وصلت؟ نعم. ثم غادرت.", ["هل وصلت؟", "نعم.", "ثم غادرت."]),
        ("“好。”他说。他说：“好。走吧！”然后离开。", ["“好。”他说。", "他说：“好。走吧！”", "然后离开。"]),
        ("Am 3. Mai kam er z.B. nicht. Ende.", ["Am 3. Mai kam er z.B. nicht.", "Ende."]),
    ],
)
def test_sentences(text, wanted):
    """Abbreviations, ordinals and quotations end no sentence."""
    assert list(sentences(text)) == wanted


def test_cut_prefers_a_sentence():
    """A sentence's end is taken when it fills half of the room."""
    assert cut("One two three. Four five six seven eight.", 24) == "One two three."
    assert cut("第一句话很长很长。第二句话也不短。", 12) == "第一句话很长很长。"
    assert cut("short", 10) == "short"
    assert cut("anything", 0) == ""


@pytest.mark.parametrize("unit", ["👨‍👩‍👧", "🇨🇳", "é", "👍🏽", "각", "நி", "❤️"])
def test_graphemes_stay_whole(unit):
    """Joined emoji, flags, combining marks, jamo and modifiers are never split."""
    text = unit * 12
    for limit in range(1, len(text)):
        kept = cut(text, limit).removesuffix("…")
        assert kept == unit * (len(kept) // len(unit))


@settings(max_examples=200)
@given(st.text(max_size=200), st.integers(0, 120))
def test_cut_always_fits(text, limit):
    """Never longer than asked, always a beginning of the text, never inside a grapheme that began before."""
    short = cut(text, limit)
    assert len(short) <= limit or len(text.strip()) <= limit
    if short.endswith("…") and not text.strip().startswith(short):
        place = len(short) - 1
        assert text.strip().startswith(short[:-1])
        assert place == 0 or not unicodedata.combining(text.strip()[place])


@settings(max_examples=100)
@given(st.text(alphabet="中文，。“”（）ab .!?\n123…", max_size=400), st.integers(10, 200))
def test_summaries_fit(text, limit):
    """Columns are counted, and text without a sentence is no error."""
    assert columns(summarise(text, limit=limit)) <= limit


def test_boundary_goes_back_only():
    """A boundary is at or before the place asked for."""
    assert boundary("ae\u0301", 2) == 1
    assert boundary("abc", 2) == 2


def test_no_parser_is_loaded():
    """The senders may cut texts without loading an HTML library."""
    code = "import sys, bridge.core.summary; sys.exit(any(name in sys.modules for name in ('lxml', 'bs4', 'nh3')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "各乡镇人民政府：\n\n为规范农村公路养护管理，经研究同意，现通知如下：\n\n一、明确责任，落实专人养护。",
            "为规范农村公路养护管理，经研究同意，现通知如下：一、明确责任，落实专人养护。",
        ),
        ("（原标题：好消息！城墙修好了）\n\n城墙修缮工程昨天完工，今起免费开放。", "城墙修缮工程昨天完工，今起免费开放。"),
        ("城墙修好了，进来看看吧！【点击投票】\n\n城墙修缮工程昨天完工，今起免费开放。", "城墙修缮工程昨天完工，今起免费开放。"),
        ("1/10 城墙修缮工程昨天完工，今起免费开放。", "城墙修缮工程昨天完工，今起免费开放。"),
        ("城墙修缮工程昨天完工，今起免费开放。本报记者 周涛 摄", "城墙修缮工程昨天完工，今起免费开放。"),
        ("山路弯弯\n\n石阶数着露水", "山路弯弯 石阶数着露水"),
    ],
)
def test_what_a_summary_begins_with_and_leaves_out(text, wanted):
    """Announcements are kept; other headlines, counters of galleries, calls to click and credits of pictures are not."""
    assert summarise(text, language="zh") == wanted


def test_a_description_that_repeats_the_story_is_no_abstract():
    """Not even behind the links that stand above the story."""
    told = "城墙修缮工程昨天完工，今起免费开放，市民可以登上东门。"
    assert summarise(told, f"相关阅读：城墙的故事 {told}", language="zh") == told
