"""One article or two: titles, texts, ids in addresses, and the verdict on an article read at a new or a known address."""

import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.identity import canonical
from bridge.core.match_titles import is_titled
from bridge.core.matching import (
    Known,
    another_article,
    cms_id,
    fold_title,
    likeness,
    other_issue,
    same_article,
    scheme,
    title_likeness,
    which_article,
)  # fmt: skip
from bridge.model import When

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZONE)
SENTENCES = [
    "市住房和城乡建设局今日召开供暖工作调度会，通报各区换热站检修进度。",
    "会议要求各供热企业加强值守，接到报修电话后两小时内必须到场。",
    "截至目前全市已完成老旧管网改造四百余公里，涉及居民小区三百多个。",
    "热线受理平台实行昼夜轮班，群众反映的问题逐项登记、逐项销号。",
    "记者在现场看到，工人们正在对主干管道进行注水打压试验。",
    "低温天气期间，街道网格员每天入户测温，重点照顾独居老人。",
    "财政部门提前拨付补贴资金，确保燃料储备满足整个采暖季需要。",
    "市民如遇室温不达标，可以通过手机客户端上传照片申请退费。",
    "气象台预计本周后期有一次明显降温过程，提醒市民注意添衣。",
    "相关负责人表示，明年将继续推进智慧供热平台建设。",
]
LONG = "".join(SENTENCES)
OTHER = "港口集团与三家航运公司签署协议，新辟集装箱航线，每周两班直达东南亚各港，货物通关时间缩短一半。" * 4
TITLE = "全市供暖工作调度会召开部署低温天气保障措施"


def when(at=AT, precision="second"):
    return When(at, precision) if at else None


def known(**more):
    facts = {"uid": 1, "url": "http://a.cn/show.asp?id=5", "title": TITLE, "published": AT, "precision": "second", "text": LONG}
    return Known(**{**facts, **more})


def same(url, *, title=TITLE, at=AT, precision="second", text=LONG, turned=True, held=None):
    return same_article(title, when(at, precision), text, url, held or known(), turned=turned)


# ---------------------------------------------------------------- titles


def test_a_line_with_a_column_before_a_short_title_names_the_article():
    assert is_titled("[通知]停水通知", "停水通知")
    assert is_titled(TITLE[:12] + "…", TITLE)
    assert not is_titled("[通知]停水通知", "通知")
    assert not is_titled("[通知]停水通知", "柳渡信息网")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ公司　招聘２０人", "abc公司招聘20人"),
        ("停电通知", " 停电 通知！"),
        ("停电通知", "[置顶]停电通知"),
        ("停电通知", "置顶 停电通知 NEW"),
        ("停电通知", "【热】停电通知(图)"),
        ("停电通知", "NEW!停电通知"),
        ("“十五五”规划开局", '"十五五"规划开局'),
        (TITLE, "全市供暖工作调度会召开…"),
        (TITLE, "全市供暖工作调度会召开......"),
        ("全市供暖工作调度会召开部署…", "全市供暖工作调度会召开…"),
        ("Mayor Opens New Bridge", "MAYOR OPENS NEW BRIDGE"),
    ],
)
def test_titles_that_are_set_otherwise_are_the_same(one, other):
    assert title_likeness(one, other) == title_likeness(other, one) == 1.0


@pytest.mark.parametrize(
    "other",
    [
        f"[本地]{TITLE}",
        f"【唐山】 {TITLE}",
        f"唐山新闻：{TITLE}",
        f"{TITLE} - 唐山信息网",
        f"{TITLE}_唐山信息网",
        f"{TITLE}|要闻|唐山",
        "[本地]全市供暖工作调度会召开…",
    ],
)
def test_a_column_before_or_a_site_behind_a_title_is_nearly_the_same(other):
    assert 0.9 <= title_likeness(TITLE, other) == title_likeness(other, TITLE) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("城乡居民基本医疗保险参保问答（一）", "城乡居民基本医疗保险参保问答（二）"),
        ("城乡居民基本医疗保险参保问答(上)", "城乡居民基本医疗保险参保问答(下)"),
        ("城乡居民基本医疗保险参保问答", "城乡居民基本医疗保险参保问答（二）"),
        ("第45期空气质量周报发布", "第46期空气质量周报发布"),
        ("前三季度增长3.5%", "前三季度增长35%"),
        ("[丰南]停电通知", "[路北]停电通知"),
        ("关于某工程招标的公告", "关于某工程招标的公告更正"),
        ("唐山…", TITLE),
        ("New York opens a bridge", "New York closes a bridge"),
        ("全市…", "全市供暖工作"),
    ],
)
def test_titles_of_two_articles_are_not_nearly_the_same(one, other):
    assert title_likeness(one, other) < 0.9


def test_titles_without_a_letter_are_like_nothing():
    assert title_likeness("", "") == title_likeness("……", "！") == 0.0
    assert fold_title("[置顶]") == "置顶", "where a flag is all there is, it stays"


@given(st.text(max_size=40), st.text(max_size=40))
def test_title_likeness_is_symmetric_and_between_0_and_1(one, other):
    assert 0 <= title_likeness(one, other) == title_likeness(other, one) <= 1


@given(st.text(max_size=60))
def test_folding_a_title_twice_changes_nothing_more(text):
    plain = fold_title(text)
    assert plain == "" or title_likeness(plain, text) == 1.0 or fold_title(plain) != plain


# ---------------------------------------------------------------- texts


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_between_0_and_1(one, other):
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


@given(st.text(string.ascii_letters + "供暖工作通知", min_size=1, max_size=80), st.sampled_from([" ", "\n\n", "　", "，", "…"]))
def test_setting_is_no_difference_of_texts(text, glue):
    assert likeness(text, glue.join(text)) == 1.0


def test_likeness_tells_an_edit_from_another_text():
    edited = LONG.replace("两小时", "一小时").replace("三百多个", "近四百个") + "编辑：李四"
    assert likeness(LONG, edited) > 0.9
    assert likeness(LONG, LONG[: len(LONG) // 2]) > 0.7, "half of a text is contained in it"
    assert likeness(LONG, OTHER) < 0.05
    english = "The council approved the budget after a long debate on Monday evening. " * 3
    assert likeness(english, "A storm closed the harbour and ferries stayed in port until Friday noon. " * 3) < 0.1
    assert likeness(english, english.replace("Monday", "Tuesday")) > 0.7


def test_a_text_of_a_megabyte_is_compared_by_its_ends_and_its_length():
    rows = [f"{SENTENCES[n % 10]}{n}" for n in range(30_000)]
    big = "".join(rows)
    assert len(big) > 900_000
    assert likeness(big, big + "完") > 0.99
    assert likeness(big, "".join(rows[:20_000])) < 0.75


def test_nothing_is_like_no_text():
    assert likeness("", "") == likeness("", LONG) == likeness("……", "！！") == 0.0


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("http://www.china0315.com/news/show.asp?id=5", "5"),
        ("http://a.cn/show.asp?classid=3&id=5&page=2", "5"),
        ("http://a.cn/news.aspx?NewsID=77&ClassID=2", "77"),
        ("http://a.cn/view.do?articleId=99", "99"),
        ("http://a.cn/p.php?n=33&page=2", "33"),
        ("http://a.cn/?p=123", "123"),
        ("http://a.cn/news/123.html", "123"),
        ("http://a.cn/2026/11/1.html", "1"),
        ("http://a.cn/2026/11/t20261123_456.html", "456"),
        ("http://a.cn/content_123.shtml", "123"),
        ("http://a.cn/art/2026/11/23/art_51_123456.html", "123456"),
        ("http://a.cn/n2/2026/1123/c192235-40360021.html", "40360021"),
        ("http://a.cn/info/1021/12345.htm", "12345"),
        ("http://a.cn/a/789456123_121119266", "789456123_121119266"),
        ("http://a.cn/article/JHDK3M5F0534A4SC.html", "JHDK3M5F0534A4SC"),
        ("http://a.cn/123/detail.html", "123"),
        ("http://a.cn/read-htm-tid-123.html", "123"),
        ("http://a.cn/big-thing-happens-in-city-1234567", "1234567"),
        ("http://a.cn/20261123.html", "20261123"),
    ],
)
def test_the_id_is_cut_out_of_an_address(url, number):
    shape, found = cms_id(url)
    assert found == number
    assert shape.replace("*", number) == canonical(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.cn/", "http://a.cn/about.html", "http://a.cn/list.asp?classid=3", "http://a.cn/2026/11/23/", "http://a.cn/2026/11/",
        "http://a.cn/2026/11/23/a-bridge-opens", "http://a.cn/2026/nov/covid-19-news", "http://a.cn/thing-in-2026", "no address", "",
    ],
)  # fmt: skip
def test_an_address_without_an_id_has_none(url):
    assert cms_id(url) is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("http://a.cn/2026/11/t20261123_456.html", "http://a.cn/2026/12/t20261201_9.html", True),
        ("http://a.cn/2026/nov/23/a-bridge-opens", "http://a.cn/2026/dec/1/mayor-resigns-today", True),
        ("http://a.cn/a-long-slug-of-words-123456", "http://a.cn/other-words-in-a-slug-123499", True),
        ("http://a.cn/c/2026-11-23/doc-inaxyz1234567.shtml", "http://a.cn/c/2026-12-01/doc-imbqrs7654321.shtml", True),
        ("http://a.cn/show.asp?id=5&classid=2", "http://www.a.cn/show.asp?classid=9&id=123", True),
        ("http://a.cn/news/1.htm", "http://a.cn/2026/11/1.html", False),
        ("http://a.cn/show.asp?id=5", "http://a.cn/html/5.html", False),
        ("http://a.cn/html/5.html", "http://b.cn/html/5.html", False),
    ],
)
def test_addresses_made_alike_have_one_scheme(one, other, alike):
    assert (scheme(one) == scheme(other)) is alike


NOISE = st.lists(
    st.sampled_from(["utm_source=a", "spm=1.2", "PHPSESSID=3f", "fbclid=q", "jsessionid=AB12", "share_token=1", "_ga=2"]), max_size=4
)


@given(
    st.sampled_from(["http://a.cn/show.asp?id={}", "https://www.a.cn/2026/11/{}.html", "http://a.cn/n/t20261123_{}.htm"]),
    st.integers(1, 10**9),
    NOISE,
)
def test_noise_parameters_never_change_identity(pattern, number, noise):
    """Nor do they change the key, the id, the scheme, or the verdict on an article."""
    plain = pattern.format(number)
    loud = plain + ("&" if "?" in plain else "?") + "&".join(noise)
    assert (canonical(loud), cms_id(loud), scheme(loud)) == (canonical(plain), cms_id(plain), scheme(plain))
    assert same(loud, turned=False) == same(plain, turned=False)


@given(st.text(max_size=80))
def test_canonical_is_idempotent_for_anything_a_page_writes(text):
    for url in (text, f"http://a.cn/{text}", f"http://a.cn/x?{text}"):
        assert canonical(canonical(url)) == canonical(url)
        assert cms_id(canonical(url)) == cms_id(url)


# ---------------------------------------------------------------- an article at a new address

PATTERNS = [
    "http://a.cn/show.asp?id={}",
    "http://a.cn/news/{}.html",
    "http://a.cn/2026/11/t20261123_{}.html",
    "http://b.cn/c/content_{}.htm",
]
PAIRS = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)).filter(lambda pair: pair[0] != pair[1])
TITLES = [TITLE, "人事任免", "停电通知（一）", "停电通知（二）", f"[本地]{TITLE}", ""]
TEXTS = [LONG, LONG + "编辑：李四", "".join(SENTENCES[:5]), OTHER, "见附件", ""]
MOMENTS = [None, AT, AT + timedelta(hours=3), AT + timedelta(days=1), AT + timedelta(days=7)]


@given(
    st.tuples(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS)), PAIRS,
    st.sampled_from(TITLES), st.sampled_from(TEXTS), st.sampled_from(MOMENTS),
)  # fmt: skip
def test_outside_a_turn_two_ids_are_two_articles(patterns, numbers, title, text, at):
    """Even where title, minute and text are the same to the letter."""
    held = known(url=patterns[0].format(numbers[0]), title=title, text=text, published=at)
    assert not same_article(title, when(at), text, patterns[1].format(numbers[1]), held, turned=False)


@given(
    st.tuples(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS)), PAIRS,
    st.tuples(st.sampled_from(TITLES), st.sampled_from(TITLES)), st.tuples(st.sampled_from(TEXTS), st.sampled_from(TEXTS)),
    st.tuples(st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)),
)  # fmt: skip
def test_in_a_turn_two_ids_are_one_article_only_with_title_and_day_or_nearly_the_same_text(patterns, numbers, titles, texts, moments):
    held = known(url=patterns[0].format(numbers[0]), title=titles[0], text=texts[0], published=moments[0])
    if same_article(titles[1], when(moments[1]), texts[1], patterns[1].format(numbers[1]), held, turned=True):
        named = title_likeness(*titles) >= 0.9 and None not in moments and moments[0].date() == moments[1].date()
        assert named or likeness(*texts) >= 0.97


MOVES = {
    "path": "http://a.cn/2026/11/5.html",
    "asp to static": "http://a.cn/html/20261123_5.html",
    "column": "http://a.cn/jiaotong/show.asp?id=5",
    "mirror": "http://m.a.cn/show.asp?id=5",
    "https and www": "https://www.a.cn/show.asp?id=5",
}


@pytest.mark.parametrize("url", MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("turned", [True, False])
def test_the_same_id_elsewhere_with_title_and_text_is_the_same_article(url, turned):
    assert same(url, turned=turned)
    assert same(url, turned=turned, text=LONG + "编辑：李四", title=f"[供暖]{TITLE}")
    assert same(url, turned=turned, text="", precision="day"), "a long title on the same day, without a text"
    if canonical(url) != canonical(known().url):
        assert not same(url, turned=turned, title="停电通知", text=OTHER)
        assert not same(url, turned=turned, text=OTHER)
        assert not same(url, turned=turned, at=AT + timedelta(days=7), text=LONG + "截至11月30日")


def test_a_rewritten_headline_in_the_address_is_the_same_article():
    """Sites that put the headline in front of the id change the address with it."""
    held = known(url="http://a.cn/council-meets-on-heating-40360021", title="Council meets on heating")
    assert same("http://a.cn/heating-plan-agreed-tonight-40360021", title="Heating plan agreed", turned=False, held=held)
    assert not same("http://a.cn/heating-plan-agreed-tonight-40360022", title="Heating plan agreed", turned=False, held=held)


RENUMBERED = "http://a.cn/html/90017.html"


def test_in_a_turn_an_article_is_known_by_title_day_and_text():
    assert same(RENUMBERED)
    assert same(RENUMBERED, precision="day"), "a new markup that shows the day only"
    assert same(RENUMBERED, title=f"{TITLE}_唐山信息网", text=LONG + "责任编辑：王五")
    assert same(RENUMBERED, at=None), "no date any more, but the whole text"
    assert same(RENUMBERED, title="供暖保障再加力"), "another headline over the same text"
    assert same(RENUMBERED, at=AT + timedelta(days=90)), "all dates became that of the move"
    assert same(RENUMBERED, held=known(published=AT.astimezone(UTC)))


@pytest.mark.parametrize(
    "differs",
    [
        {"text": OTHER},
        {"text": "".join(SENTENCES[:5]) + OTHER[:120]},
        {"at": AT + timedelta(days=7), "text": LONG + "第46期", "known": LONG + "第45期"},
        {"at": AT + timedelta(days=7), "title": f"{TITLE}（二）"},
        {"at": AT + timedelta(days=7), "text": LONG[:100], "known": LONG[:100]},
        {"text": LONG + "定于11月24日停电。", "known": LONG + "定于11月25日停电。", "precision": "day"},
        {"at": AT + timedelta(hours=5), "text": "今天夜间到明天白天，多云转晴。", "known": "今天夜间到明天白天，多云转晴。"},
        {"text": "见附件", "known": "见附件", "precision": "day"},
        {"text": "", "known": "", "precision": "day"},
        {"title": "停电通知", "text": "", "known": ""},
    ],
)
def test_in_a_turn_two_articles_stay_two(differs):
    differs = dict(differs)
    assert not same_article(
        differs.get("title", TITLE), when(differs.get("at", AT), differs.get("precision", "second")), differs.get("text", LONG),
        RENUMBERED, known(text=differs.get("known", LONG)), turned=True,
    )  # fmt: skip


def notice(name):
    return f"经市委研究决定，{name}同志任市农业农村局副局长，试用期一年。" + LONG[:60]


def test_three_notices_of_one_title_and_day_are_told_apart_by_their_texts():
    held = [
        known(uid=n, url=f"http://a.cn/show.asp?id={n}", title="人事任免", precision="day", text=notice(name))
        for n, name in enumerate(["张建国", "李卫东", "王志强"])
    ]
    for one in held:
        found = which_article("人事任免", when(AT, "day"), one.text + "编辑：李四", RENUMBERED, held, turned=True)
        assert found is not None
        assert found.uid == one.uid
    assert which_article("人事任免", when(AT, "day"), OTHER, RENUMBERED, held, turned=True) is None
    twins = [held[0], known(uid=9, url="http://a.cn/show.asp?id=9", title="人事任免", precision="day", text=held[0].text)]
    assert which_article("人事任免", when(AT, "day"), held[0].text, RENUMBERED, twins, turned=True) is None, "equally like: none"


def test_in_a_turn_an_article_that_stated_no_day_is_known_by_every_letter_and_figure_of_a_short_text():
    text = "因检修定于8月18日8时至20时停止供水，届时请各用户提前做好储备，关闭阀门。"
    undated = known(title="停水通知", published=None, text=text)
    assert same(RENUMBERED, title="停水通知", text=text, held=undated)
    assert not same(RENUMBERED, title="停水通知", text=text.replace("20时", "21时"), held=undated)
    assert not same(RENUMBERED, title="停电通知", text=text, held=undated)
    bare = "因检修停止供水，届时请各用户提前做好储备，关闭阀门和电源，敬请谅解。"
    assert not same(RENUMBERED, title="停水通知", text=bare, held=known(title="停水通知", published=None, text=bare)), (
        "no figure tells issues apart"
    )


def test_an_article_that_left_and_stated_no_day_is_known_by_its_title_and_most_of_a_long_text():
    undated = known(published=None, text=LONG, left=True)
    assert same(RENUMBERED, turned=False, text=LONG + OTHER[:60], held=undated), "edited since"
    assert not same(RENUMBERED, turned=False, text=LONG + OTHER[:60], held=known(published=None, text=LONG)), "it may stand where it was"
    assert not same(RENUMBERED, turned=False, text=LONG + "第46期", held=known(published=None, text=LONG + "第45期", left=True))


@pytest.mark.parametrize("turned", [True, False])
def test_an_article_that_is_not_at_its_address_any_more_is_known_by_title_minute_and_half_of_its_text(turned):
    """Its id says nothing, even when the list turned long ago; a doubt still makes two."""
    left, edited = known(left=True), "".join(SENTENCES[:7]) + OTHER[:60]
    assert same(RENUMBERED, turned=turned, held=left)
    assert same(RENUMBERED, turned=turned, precision="day", text=LONG + "编辑：李四", held=left)
    assert same(RENUMBERED, turned=turned, text=edited, held=left), "edited since"
    assert not same(RENUMBERED, turned=turned, text=edited), "nobody knows that it left its address"
    assert not same(RENUMBERED, turned=turned, text=edited, precision="day", held=left)
    assert not same(RENUMBERED, turned=turned, text=edited, at=AT + timedelta(minutes=1), held=left)
    assert not same(RENUMBERED, turned=turned, text=edited, at=AT + timedelta(days=7), held=left), "the next issue"
    assert not same(RENUMBERED, turned=turned, text=edited, title=f"{TITLE}（二）", held=left)
    assert not same(RENUMBERED, turned=turned, text=OTHER, held=left)
    midnight = AT.replace(hour=0, minute=0)
    assert not same(RENUMBERED, turned=turned, at=midnight, text=edited, held=known(left=True, published=midnight)), "no more than a day"


def test_the_likest_of_articles_that_left_their_addresses_is_the_one_that_is_read():
    held = [
        known(uid=n, url=f"http://a.cn/show.asp?id={n}", text=LONG + name, left=True) for n, name in enumerate(["丰南停电", "路北停电"])
    ]
    for one in held:
        found = which_article(TITLE, when(), one.text + OTHER[:60], RENUMBERED, held, turned=True)
        assert found is not None
        assert found.uid == one.uid
    assert which_article(TITLE, when(), LONG, RENUMBERED, held, turned=True) is None, "equally like: none"


def test_outside_a_turn_a_slug_may_move_where_title_day_and_text_agree():
    slug, other = known(url="http://a.cn/news/heating"), "http://a.cn/city/heating-season"
    assert same(other, turned=False, held=slug)
    assert not same(other, turned=False, at=AT + timedelta(days=7), held=slug)
    assert not same(other, turned=False, at=AT + timedelta(hours=5), held=slug)
    assert not same(other, turned=False, text=OTHER, held=slug)
    assert not same(other, turned=False, title="停电通知", held=slug)


# ---------------------------------------------------------------- another article at a known address


@pytest.mark.parametrize(
    ("reads", "verdict"),
    [
        ({}, False),
        ({"title": "停电通知"}, False),
        ({"text": OTHER}, False),
        ({"title": "停电通知", "text": OTHER}, False),
        ({"title": "停电通知", "at": AT + timedelta(days=3)}, False),
        ({"text": OTHER, "at": AT + timedelta(days=3)}, False),
        ({"title": "停电通知", "text": OTHER, "at": AT + timedelta(days=3)}, True),
        ({"title": "停电通知", "text": OTHER, "at": None}, True),
        ({"title": "停电通知", "text": "", "at": AT + timedelta(days=3)}, True),
        ({"title": "停电通知", "text": "", "at": None}, False),
        ({"title": "停电通知", "text": ""}, False),
    ],
)
def test_a_known_address_shows_another_article_only_when_all_is_unlike(reads, verdict):
    """A rewritten headline or body is an edit, and so is one that says otherwise on the same day."""
    title, text = reads.get("title", TITLE), reads.get("text", LONG)
    assert another_article(title, when(reads.get("at", AT)), text, known()) is verdict
    assert same_article(title, when(reads.get("at", AT)), text, known().url, known(), turned=False) is not verdict


@pytest.mark.parametrize(
    ("title", "days", "text", "other"),
    [
        (TITLE, 0, "定于3月25日9时至21时停水", False),
        (TITLE, 3, "定于3月18日8时至20时停水", False),
        (TITLE, 3, "定于3月18日8时至20时停水，另有7个社区", False),
        (TITLE, 3, "定于3月25日9时至21时停水", True),
        ("关于南浦社区计划停水的通知", 3, "定于3月18日8时至20时停水", True),
    ],
)
def test_the_next_issue_at_an_address_given_again(title, days, text, other):
    """Another day, and another title or other figures; on the same day, or with figures only added to, it is an edit."""
    assert other_issue(title, when(AT + timedelta(days=days)), text, known(text="定于3月18日8时至20时停水")) is other
