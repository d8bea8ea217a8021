"""Dates in what an article tells are none of its publication, wherever they stand; stamps are found in whatever line they stand."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.core.article import read
from bridge.core.dateforms import even
from bridge.core.dates import find_all
from bridge.core.phrases import is_stamp_line
from bridge.core.stamps import is_prose, stands_alone
from bridge.model import Link, Portal, Site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HAN = (
    Portal(id="p", title="临江网", url="https://www.example.cn/"), "关于做好防寒工作的通知",
    (
        "　　受冷空气影响，我市未来三天气温明显下降，请广大市民注意防寒保暖，合理安排出行时间，避免造成损失。",
        "　　市应急管理局提醒，各单位要加强值班值守，落实各项防范措施，遇有突发情况及时上报，确保群众安全。",
        "　　据了解，此项工作已连续开展三年，累计惠及群众两万余人次，受到社会各界广泛好评，下一步还将扩大范围。",
    ),
)  # fmt: skip
LATIN = (
    Portal(id="p", title="Riverside News", url="https://www.example.org/", timezone="Europe/London"), "River rises after heavy rain",
    (
        "The river rose by two metres after heavy rain, and several roads near the harbour had to be closed, officials said.",
        "Volunteers filled sandbags through the night, while schools in the area remained open as usual, the council added.",
        "Forecasters expect the water to fall again by the weekend, but they warned that more rain was possible in the hills.",
    ),
)  # fmt: skip
PROSE_HAN = [
    "柳渡气象台3月9日发布：今天白天到夜间，我市多云转晴，偏南风3级。", "定于7月22日14时至18时停止供水。", "11月9日，市政府召开新闻发布会。",
    "2026年11月9日，市政府召开新闻发布会，介绍有关情况。", "新华社北京2026年11月9日电（记者张三）国务院总理主持会议。",
    "本报讯（记者李四）11月9日上午，市长视察防汛工作。", "图为11月9日发布会现场", "图为2026年11月9日活动现场。 王五 摄",
    "活动时间：2026年11月9日（星期一）上午9:00", "会议时间：2026-11-09 14:30", "开标时间：2026年11月9日9时30分",
    "报名截止日期：2026年11月9日", "公示时间：2026年11月2日至11月9日", "考试日期：2026年11月9日", "演出日期 2026年11月9日",
    "请于2026年11月9日前将材料报送至办公室。", "自2026年11月1日起施行。", "市气象局2026年11月9日10时发布大风蓝色预警信号。",
    "昨天下午，记者来到现场。", "他于2026年11月9日发表文章说，改革正在进行。", "2026年11月9日举行。", "11月9日开幕",
    "3天前发布的通知已经作废，请以本通知为准。", "一、2026年11月9日", "（一）会期：2026年11月9日",
    "根据《办法》（2019年5月11日公布），现将有关事项通知如下：",
]  # fmt: skip
PROSE_LATIN = [
    "The council met on November 9, 2026 to discuss the budget.", "On Nov. 9, police said the road would close.",
    "Date: November 9, 2026, 6pm at the town hall", "Event date: 9 November 2026", "Closing date: 9 November 2026",
    "The report, published 9 November 2026, says that rents rose.", "LONDON, Nov 9 (Reuters) - Shares fell sharply on Monday.",
    "Applications close 9 November 2026",
]  # fmt: skip
STAMPS_HAN = [
    "2026-11-09", "发布时间：2026-11-09 10:22:33 来源：临江晚报 点击：12", "时间：2026-11-09 10:22:33  来源：临江晚报",
    "作者:admin 发布日期:2026-11-09 浏览:33次", "【发布日期：2026-11-09】【字体：大 中 小】", "临江晚报  2026年11月09日  记者 张三",
    "来源:本站 更新日期:2026-11-09", "发布者：管理员 时间：2026/11/9 10:22:33 阅读次数：12", "2026年11月09日 星期一",
    "(2026-11-09 10:22)", "来源：临江发布  2026-11-09 10:22  责任编辑：李四", "发布人：admin发布时间：2026-11-09点击数：12",
    "供稿：教务处 日期：2026-11-09 阅读：12", "11-09 10:22 来源：临江晚报",
]  # fmt: skip
STAMPS_LATIN = [
    "November 9, 2026", "By John Smith, November 9, 2026", "Posted on November 9, 2026 by admin", "9 Nov 2026 | News",
    "Date: 9 November 2026", "Updated 10 November 2026, published 9 November 2026", "Mon 9 Nov 2026 10.22 GMT",
]  # fmt: skip


def _page(kind, stamp, paragraphs, form):
    portal, title, _ = kind
    foot = f"Copyright 2004-2026 {portal.title}"
    if form == "p":
        body = f"<div class=info>{stamp}</div><div class=con>" + "".join(f"<p>{one}</p>" for one in paragraphs) + "</div>"
        nav = "<div class=nav><a href=/>首页</a> <a href=/a>新闻</a></div>"
        inner = f"{nav}<div class=art><h1>{title}</h1>{body}</div><div class=foot>{foot}</div>"
    else:
        first, text = (f"{stamp}<br>", "") if form == "br" else ("", f"<tr><td align=center>{stamp}</td></tr>")
        row = f"<tr><td align=center><b>{title}</b></td></tr>{text}<tr><td>{first if stamp else ''}{'<br>'.join(paragraphs)}</td></tr>"
        inner = f"<table><tr><td><a href=/>首页</a></td></tr></table><table>{row}</table><table><tr><td>{foot}</td></tr></table>"
    return f"<html><head><title>{title}-{portal.title}</title></head><body>{inner}</body></html>"


def _published(kind, stamp, paragraphs, form, now=NOW):
    portal, title, _ = kind
    url = f"{portal.url}news/12.html"
    return read(_page(kind, stamp, paragraphs, form), url, "utf-8", portal, Site(), now, Link(url=url, title=title))


@pytest.mark.parametrize(
    ("kind", "sentence"), [*((HAN, one) for one in PROSE_HAN), *((LATIN, one) for one in PROSE_LATIN)], ids=lambda one: str(one)[:30]
)
def test_what_is_told_of_a_day_is_no_publication(kind, sentence):
    """First, second, last or alone, in paragraphs, lines or cells: no date rather than the story's."""
    fill = kind[2]
    for paragraphs in ([sentence, *fill], [fill[0], sentence, *fill[1:]], [*fill, sentence], [sentence, fill[0][:24]]):
        for form in ("p", "br", "td"):
            assert _published(kind, "", paragraphs, form).published is None


@pytest.mark.parametrize(
    ("kind", "stamp"), [*((HAN, one) for one in STAMPS_HAN), *((LATIN, one) for one in STAMPS_LATIN)], ids=lambda one: str(one)[:30]
)
def test_stamps_are_found(kind, stamp):
    """Beside a first sentence with another day in it."""
    other = "2026年11月7日，市政府召开会议，介绍有关情况。" if kind is HAN else "The council met on November 7, 2026 to discuss it."
    for form in ("p", "br", "td"):
        found = _published(kind, stamp, [other, *kind[2]], form).published
        assert found is not None
        assert found.at.date().isoformat() == "2026-11-09"


def test_a_date_to_come_is_none_and_is_told():
    """A portal whose clock is a year ahead dates nothing, and the reader says what it stated; an event to come is nothing of the kind."""
    late = _published(HAN, "发布时间：2027-11-09 10:22:33 来源：临江晚报", HAN[2], "p")
    assert late.published is None
    assert late.explain["published"]["ahead"] == "2027-11-09T10:22:33+08:00"
    later = NOW + timedelta(days=366)
    assert "ahead" not in _published(HAN, "发布时间：2027-11-09 10:22:33 来源：临江晚报", HAN[2], "p", later).explain["published"]
    assert "ahead" not in _published(HAN, "", ["活动时间：2027年1月9日上午9:00", *HAN[2]], "p").explain["published"]


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("2019-05-09 13:13 来源:某报 浏览:12", True), ("点击：12 次", True), ("来源：临江晚报", True), ("2019年5月11日 星期六", True),
        ("12", True), ("活动时间：2026年11月9日上午9:00", False), ("2026年11月9日举行。", False), ("服务热线：0595-5701664。", False),
        ("咨询电话 0315-2821234", False), ("Applications close 9 November 2026", False),
        ("一、试用网址：https://db.example.com/search", False),
        ("来源：https://www.example.com/a/12", True),
    ],
)  # fmt: skip
def test_stamp_lines(line, stamp):
    """Dates, credits and counters make a stamp; a telephone number does not."""
    assert is_stamp_line(line) is stamp


def test_apart_or_told():
    """A name beside a date leaves it a stamp, a verb does not; credits alone are no prose."""
    zone, line = NOW.tzinfo, even("临江晚报  2026年11月09日  记者 张三")
    assert stands_alone(line, find_all(line, zone, NOW)[0])
    told = even("2026年11月9日下午，市长视察")
    assert not stands_alone(told, find_all(told, zone, NOW)[0])
    assert not is_prose(even("来源：临江晚报 作者：张三 发布时间：2026-11-09 10:22"))
    assert is_prose(even("市气象局11月9日10时发布大风蓝色预警信号，请注意防范。"))
