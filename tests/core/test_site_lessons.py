"""What sibling pages teach: boilerplate, the body's element, the suffix, the date's place."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import site as sites
from bridge.core.article import read
from bridge.core.dom import parse
from bridge.core.flatten import flatten
from bridge.core.weights import fingerprint
from bridge.model import Article, ListPage, Portal, Site

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
    site = sites.listed(Site(signatures={"other": "x"}), page)
    assert (site.charset, dict(site.signatures)) == ("gb18030", {"other": "x", "https://www.example.cn/": "ul>li>a"})


def test_damaged_lessons_are_ignored():
    """Lessons of another shape teach nothing and break nothing."""
    for lessons in ({"articles": "x"}, {"articles": [1, None, {"url": 5}]}, {"articles": [{"blocks": []}]}):
        assert sites.repeated(Site(lessons=lessons), "x", "y", ()) == sites.Lessons()
        assert _read("停水", Site(lessons=lessons)).title == "停水通知"


# ---------------------------------------------------------------- what must stay

FORM = "届时请各用户提前做好储备，关闭阀门和电源，恢复时间以现场抢修进度为准，因此造成的不便敬请谅解。"
NEWS = [
    "东门小学启用新食堂",
    "河道清淤提前完成",
    "志愿者走进养老院",
    "公交线路延长三公里",
    "图书馆免费开放",
    "草莓大棚迎来丰收",
    "桥梁护栏全部更换",
]


def _article(number: int, title: str, paragraphs, around: str = "") -> tuple[Article, str]:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    text = (
        f"<html><title>{title} - 临江网</title><body><div class=x><h1>{title}</h1><p>2019-05-11 11:13</p>{body}{around}</div></body></html>"
    )
    return read(text, f"https://www.example.cn/{number}.html", "utf-8", PORTAL, Site(), NOW), text


def _taught(pages, number: int, text: str) -> Article:
    site = Site()
    for page in pages:
        site = sites.learn(site, page)
    return read(text, f"https://www.example.cn/{number}.html", "utf-8", PORTAL, site, NOW)


def _news(number: int, *more: str):
    title = NEWS[number % len(NEWS)]
    told = [f"记者从有关部门获悉，{title}，工程总投资{number + 3}百万元，{title}受到好评。", f"关于{title}，下一步还将继续跟进。", *more]
    return title, told


def test_a_series_teaches_nothing_about_itself():
    """Daily weather keeps every sentence, though each stands in all its siblings."""

    def weather(day):
        first = f"临江气象台11月{day}日发布：今天白天到夜间，我市多云转晴，偏南风{day % 6}级，最低气温{day}度。"
        second = "请广大市民根据气温变化及时增减衣物，驾车出行注意路面状况，户外作业人员注意防晒防风。"
        return f"临江天气预报 11-{day}", [first, second, f"本预报由市气象台值班员第{day}号签发，每日更新一次。"]

    pages = [_article(day, *weather(day))[0] for day in range(10, 20)]
    alone, text = _article(20, *weather(20))
    assert _taught(pages, 20, text).content_text == alone.content_text
    assert "每日更新一次" in alone.content_text


def test_a_form_among_news_keeps_its_sentences():
    """Notices filled into one form keep it, hotline included, whether they are few among news or all that there is."""

    def notice(number):
        place = ["青石小学", "白沙市场", "北寨村", "新城中学", "金水街道", "临江公园"][number % 6]
        return f"关于{place}计划停水的通知", [
            f"因设施检修，定于近日对{place}一带停止供应，请相互转告。",
            FORM,
            f"服务热线：0595-57016{number}。",
        ]

    notices = [_article(number, *notice(number))[0] for number in range(8)]
    news = [_article(100 + number, *_news(number))[0] for number in range(7)]
    alone, text = _article(50, *notice(5))
    assert FORM in alone.content_text
    assert "服务热线" in alone.content_text
    for pages in (notices, [*notices[:3], *news], [*news, *notices]):
        assert _taught(pages, 50, text).content_text == alone.content_text


def test_a_reprint_keeps_its_paragraphs():
    """An article whose paragraphs all stand in siblings, under other titles, keeps them."""
    told = [f"{one}，工程总投资若干万元，有关负责人表示后续安排将及时公布。" for one in NEWS[:4]]
    pages = [_article(number, NEWS[number], told)[0] for number in range(6)]
    alone, text = _article(9, "水库大坝完成加固", told)
    assert _taught(pages, 9, text).content_text == alone.content_text


def test_a_shared_sentence_within_the_story_stays():
    """What siblings have below their articles is still this one's where it stands between its paragraphs."""
    shared = "市民如有疑问，可到所在社区的便民服务窗口咨询，工作日全天有人值守。"
    pages = [_article(n, *_news(n), around=f"<div class=side>{shared}</div>" if n < 3 else "")[0] for n in range(7)]
    pages = [
        replace(page, evidence={**page.evidence, "blocks": [*page.evidence["blocks"], *_print(shared)]}) for page in pages[:3]
    ] + pages[3:]
    _, told = _news(3)
    _, text = _article(77, "水库大坝完成加固", [told[0], shared, told[1]])
    assert shared in _taught(pages, 77, text).content_text


def _print(sentence: str):
    flat = flatten(parse(f"<p>{sentence}</p>").find("body"))
    return [fingerprint(block) for block in flat.blocks]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(range(12)), min_size=0, max_size=12), st.randoms(use_true_random=False))
def test_any_siblings_in_any_order(picked, die):
    """Whatever siblings were seen and in whichever order: the same text, the article's own sentences in it, no note once most had it."""
    pages = [_article(number, *_news(number), around=NOTE)[0] for number in dict.fromkeys(picked)]
    own = ["水库大坝加固工程通过验收，比原计划提前两个月，受益农田三万亩。", "下一步将安装监测设备，确保安全度汛。"]
    _, text = _article(99, "水库大坝完成加固", own, around=NOTE)
    first = _taught(pages, 99, text)
    die.shuffle(pages)
    assert _taught(pages, 99, text).content_html == first.content_html
    assert all(one in first.content_text for one in own)
    assert ("温馨提示" in first.content_text) == (len(pages) < 2)
