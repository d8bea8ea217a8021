"""A list page that turned: which known articles its lines show, in the manner of real portals."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.identity import canonical
from bridge.core.match_titles import reformatting, resembling
from bridge.core.match_turn import Known, _descending, turn
from bridge.model import Link, When
from bridge.rows import LinkRow

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 23, tzinfo=ZONE)
SUBJECTS = ["供暖", "教育", "交通", "医保", "港口", "钢铁", "农业", "文旅", "消防", "气象"]
EVENTS = ["工作调度会召开部署下一阶段任务", "重点项目集中开工仪式今日举行", "便民服务新举措正式上线运行", "专项整治行动取得阶段性成效"]
HEADLINES = [f"全市{subject}{event}" for event in EVENTS for subject in SUBJECTS]
SIZE = 20


def asp(n):
    return f"http://www.a.cn/news/show.asp?id={1000 - n}"


def articles(count=40, *, url=asp, titles=HEADLINES):
    """Known articles, newest first, two a day; uids grow with time."""
    return [
        Known(uid=500 - n, url=url(n), title=titles[n], published=DAY - timedelta(days=n // 2) + timedelta(hours=9), precision="second")
        for n in range(count)
    ]


def listed(known, *, url=None, title=lambda text: text, dated=True):
    """The lines of a list that shows these articles."""
    at = [When(one.published.replace(hour=0), "day") if dated and one.published else None for one in known]
    return [Link(url(n) if url else one.url, title(one.title), when) for n, (one, when) in enumerate(zip(known, at, strict=True))]


def rows(links, held):
    """The stored lines of known articles, as far as they stand on the page."""
    there = {canonical(link.url) for link in links}
    before = {canonical(one.url): (one, link) for one, link in zip(held, listed(held), strict=True)}
    return {
        key: LinkRow(id=one.uid, portal="p", key=key, url=one.url, line="", link=link, listed_at=DAY, entry=one.uid)
        for key, (one, link) in before.items()
        if key in there
    }


def see(links, held):
    return turn(links, rows(links, held), lambda: held)


def right(found, links, known):
    """The uids that the lines of a page were taken for, None where for none."""
    return [found.adopted.get(canonical(link.url)) for link in links] == [one.uid for one in known]


# ---------------------------------------------------------------- moves

MOVES = {
    "path": lambda n: f"http://www.a.cn/2026/11/{n + 1}.html",
    "static, same ids": lambda n: f"http://www.a.cn/html/{1000 - n}.html",
    "static, dated": lambda n: f"http://www.a.cn/xw/202611/t20261123_{7000 + n}.htm",
    "slugs": lambda n: f"http://www.a.cn/news/{'heating-plan-of-the-city' if n % 2 else 'new-road-for-the-port'}-{chr(97 + n)}/",
    "another host": lambda n: f"https://xw.b.cn/news/show.asp?id={1000 - n}",
    "mirror by number": lambda n: f"https://1.2.3.4:8080/news/show.asp?id={1000 - n}",
    "ids from 1": lambda n: f"http://www.a.cn/news/show.asp?id={SIZE - n}",
    "larger ids": lambda n: f"http://www.a.cn/news/show.asp?id={90000 - n}",
}


@pytest.mark.parametrize("url", MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("dated", [True, False], ids=["dates", "no dates"])
def test_a_site_that_moves_keeps_its_articles(url, dated):
    held = articles()
    links = listed(held[:SIZE], url=url, dated=dated)
    found = see(links, held)
    assert found.turned
    assert right(found, links, held[:SIZE])
    assert not found.unknown
    assert not found.replaced
    assert not found.news


FORMATS = {
    "column": lambda text: f"[要闻]{text}",
    "colon": lambda text: f"唐山新闻：{text}",
    "site": lambda text: f"{text} - 唐山信息网",
    "site, no space": lambda text: f"{text}_唐山信息网",
    "cut": lambda text: text[:12] + "…",
    "cut with a column": lambda text: f"【本地】{text[:12]}...",
    "pinned": lambda text: f"[置顶] {text}",
    "wide": lambda text: text.replace("全市", "　全市") + "！",
}


@pytest.mark.parametrize("title", FORMATS.values(), ids=FORMATS)
def test_titles_set_anew_at_new_addresses_are_known(title):
    held = articles()
    links = listed(held[:SIZE], url=MOVES["path"], title=title)
    found = see(links, held)
    assert found.turned
    assert right(found, links, held[:SIZE])


@pytest.mark.parametrize("title", FORMATS.values(), ids=FORMATS)
def test_titles_set_anew_at_their_own_addresses_are_no_matter(title):
    held = articles()
    links = listed(held[:SIZE], title=title)
    assert see(links, held) == turn([], {}, list)


def test_https_and_www_are_no_other_addresses():
    held = articles()
    links = listed(held[:SIZE], url=lambda n: asp(n).replace("http://www.", "https://"))
    found = see(links, held)
    assert not found.turned
    assert not found.adopted
    assert not found.unknown


def test_news_among_moved_articles_is_unknown():
    held = articles()
    links = [Link("http://www.a.cn/2026/11/99.html", "本地新开通一条跨海航线", When(DAY, "day")), *listed(held[:SIZE], url=MOVES["path"])]
    found = see(links, held)
    assert found.unknown == found.news == {canonical(links[0].url)}
    assert right(found, links[1:], held[:SIZE])


def test_part_of_a_page_may_have_moved_before():
    """The second list page of a tick, after the first one was adopted: its addresses are made as the newest known ones."""
    held = articles()
    half = [replace(one, url=MOVES["path"](n)) if n < 10 else one for n, one in enumerate(held)]
    links = listed(half[10:30], url=lambda n: MOVES["path"](n + 10))
    assert right(see(links, half), links, half[10:30])


# ---------------------------------------------------------------- ids that are given again


def reset(n):
    return f"http://a.cn/show.asp?id={n + 1}"


def test_ids_given_again_free_the_known_addresses():
    """After a move to a new CMS the same addresses show other articles, all of them known ones."""
    held = articles(url=reset)
    links = listed(held[5:25], url=reset)
    found = see(links, held)
    assert found.turned
    assert right(found, links, held[5:25])
    assert found.replaced == {canonical(link.url) for link in links}
    assert not found.news


def test_ids_given_again_to_news_are_news():
    held = articles(30, url=reset)
    links = [
        Link(reset(n), f"{name}区举办冬季群众体育赛事", When(DAY + timedelta(days=40), "day"))
        for n, name in enumerate("东西南北中上下左右前后内")
    ]
    found = see(links, held)
    assert found.turned
    assert not found.adopted
    assert found.news == found.replaced == {canonical(link.url) for link in links}


def test_a_page_of_other_titles_without_dates_is_no_reset():
    """The list shows summaries instead of titles: each page is looked at, and nothing is torn apart."""
    held = articles()
    links = listed(held[:SIZE], title=lambda text: "摘要说明" + text[-3:], dated=False)
    found = see(links, held)
    assert not found.adopted
    assert not found.replaced
    assert not found.unknown


def test_one_address_used_again_on_a_page_as_ever_is_left_to_its_article():
    held = articles()
    links = listed(held[:SIZE])
    links[3] = Link(links[3].url, "港口新辟集装箱航线", When(DAY + timedelta(days=9), "day"))
    assert not see(links, held).replaced


# ---------------------------------------------------------------- what must not be taken for another


def test_weeks_of_news_after_a_pause_are_news():
    """All lines are new, made as ever, one of them with the title and day of a known notice."""
    held = articles()
    links = [
        Link(f"http://www.a.cn/news/show.asp?id={2000 - n}", f"{name}街道开展冬季安全检查活动", When(DAY, "day"))
        for n, name in enumerate("甲乙丙丁戊己庚辛壬癸子丑")
    ]
    links[4] = replace(links[4], title=held[0].title)
    found = see(links, held)
    assert not found.turned
    assert not found.adopted
    assert len(found.unknown) == len(links)


def notices(count=8):
    """A weekly notice of one title, eight times."""
    return [
        Known(
            uid=90 - n,
            url=f"http://a.cn/show.asp?id={90 - n}",
            title="城区计划停电检修公告",
            published=DAY - timedelta(weeks=n),
            precision="day",
        )
        for n in range(count)
    ]


def test_weekly_notices_move_by_their_days():
    held = notices()
    links = listed(held, url=MOVES["path"])
    assert right(see(links, held), links, held)
    week = [replace(link, published=When(link.published.at + timedelta(days=2), "day")) for link in links]
    assert not see(week, held).adopted, "no day agrees"


def test_weekly_notices_without_dates_are_not_known_by_title():
    held = notices()
    links = listed(held, url=MOVES["path"], dated=False)
    found = see(links, held)
    assert not found.adopted
    assert len(found.unknown) == len(links)


def test_next_weeks_notice_is_not_last_weeks_even_where_its_title_is_unique():
    """Without dates the order tells: what stands on top of the page cannot be the oldest article."""
    held = articles()
    held[30] = replace(held[30], title="全市城区居民生活用水水质检测情况公示")
    links = listed([held[30], *held[:SIZE]], url=MOVES["path"], dated=False)
    found = see(links, held)
    assert found.unknown == {canonical(links[0].url)}
    assert right(found, links[1:], held[:SIZE])


def test_one_title_on_one_day_is_told_apart_by_the_id_or_not_at_all():
    held = [
        *articles(17),
        *(Known(uid=40 + n, url=f"http://a.cn/show.asp?id={40 + n}", title="人事任免", published=DAY, precision="day") for n in range(3)),
    ]
    moved = listed(held, url=MOVES["path"])
    found = see(moved, held)
    assert right(found, moved[:17], held[:17])
    assert found.unknown == {canonical(link.url) for link in moved[17:]}
    kept = [*moved[:17], *(replace(link, url=f"http://a.cn/html/{40 + n}.html") for n, link in enumerate(moved[17:]))]
    assert right(see(kept, held), kept, held)


def test_parts_of_a_series_are_not_taken_for_each_other():
    held = articles(18) + [
        Known(uid=20 + n, url=f"http://a.cn/show.asp?id={n}", title=f"医保参保政策问答（{part}）", published=DAY, precision="day")
        for n, part in enumerate("一二")
    ]
    links = listed(held, url=MOVES["path"])
    assert right(see(links, held), links, held)
    third = [*links[:18], replace(links[18], title="医保参保政策问答（三）"), replace(links[19], title="医保参保政策问答（四）")]
    assert see(third, held).unknown == {canonical(link.url) for link in third[18:]}
    cut = [*links[:18], replace(links[18], title="医保参保政策问…"), replace(links[19], title="医保参保政策问…")]
    assert see(cut, held).unknown == {canonical(link.url) for link in cut[18:]}


def test_a_single_prefix_may_be_a_corrections():
    held = articles()
    links = listed(held[:SIZE], url=MOVES["path"])
    links[6] = replace(links[6], title=f"更正：{links[6].title}")
    assert see(links, held).unknown == {canonical(links[6].url)}


def test_an_article_that_stands_at_its_own_address_is_not_adopted_by_another_line():
    held = articles()
    links = [*listed(held[:8]), *listed(held[:12], url=MOVES["path"])]
    found = see(links, held)
    assert set(found.adopted.values()) == {one.uid for one in held[8:12]}


def test_pinned_lines_that_stay_known_do_not_hide_a_turn():
    held = articles()
    links = [*listed(held[38:40]), *listed(held[:SIZE], url=MOVES["path"])]
    found = see(links, held)
    assert found.turned
    assert right(found, links[2:], held[:SIZE])


def test_candidates_are_not_asked_for_on_a_page_as_ever():
    """Not for a page with a few news, and not where nothing changed."""

    def never():
        raise AssertionError

    held = articles()
    links = [*(Link(asp(-n - 1), f"新消息{n}", None) for n in range(9)), *listed(held[:SIZE])]
    found = turn(links, rows(links, held), never)
    assert not found.turned
    assert found.unknown == {canonical(link.url) for link in links[:9]}
    assert turn([], {}, never).unknown == frozenset()


def test_a_portal_without_articles_has_nothing_to_adopt():
    links = listed(articles(SIZE))
    found = turn(links, {}, list)
    assert not found.turned
    assert found.unknown == {canonical(link.url) for link in links}


def test_the_same_link_twice_under_two_titles_is_one_line():
    held = articles()
    moved = listed(held[:SIZE], url=MOVES["path"])
    links = [link for one in moved for link in (one, replace(one, title="查看详情"))]
    assert right(see(links, held), moved, held[:SIZE])
    twice = [link for one in listed(held[:SIZE]) for link in (replace(one, title="查看详情"), one)]
    assert see(twice, held) == turn([], {}, list)


def test_a_very_long_list_is_judged():
    held = articles()
    links = [*listed(held[:SIZE], url=MOVES["path"]), *(Link(f"http://a.cn/x/{n}.html", f"号外{n}", None) for n in range(20_000))]
    found = see(links, held)
    assert right(found, links[:SIZE], held[:SIZE])
    assert len(found.unknown) == 20_000


# ---------------------------------------------------------------- what holds for any page

lines = st.lists(
    st.tuples(
        st.integers(0, 12), st.sampled_from([*HEADLINES[:4], "人事任免", "…", f"[本地]{HEADLINES[0]}"]), st.sampled_from([None, 0, 1, 7])
    ),
    max_size=14,
)
SCHEMES = ["http://a.cn/show.asp?id={}", "http://a.cn/2026/11/{}.html", "http://a.cn/n/word-{}-of/x"]


@settings(max_examples=150)
@given(lines, lines, st.sampled_from(SCHEMES), st.sampled_from(SCHEMES))
def test_adoption_is_one_to_one_and_by_title_and_never_of_an_article_at_its_place(page, before, new_scheme, old_scheme):
    def at(day):
        return None if day is None else DAY - timedelta(days=day)

    held = list(
        {
            number: Known(
                uid=number, url=old_scheme.format(number), title=title, published=at(day), precision="day" if day is not None else "none"
            )
            for number, title, day in before
        }.values()
    )
    links = [Link(new_scheme.format(number), title, When(at(day), "day") if day is not None else None) for number, title, day in page]
    known = rows(links, held)
    found = turn(links, known, lambda: held)
    keys = {canonical(link.url) for link in links}
    assert len(set(found.adopted.values())) == len(found.adopted)
    assert found.unknown == keys - known.keys() - found.adopted.keys()
    assert found.replaced <= known.keys()
    assert found.adopted.keys() <= (keys - known.keys()) | found.replaced
    assert not set(found.adopted.values()) & {row.entry for key, row in known.items() if key not in found.replaced}
    days = {canonical(link.url): link.published for link in reversed(links)}
    for key, uid in found.adopted.items():
        one = next(one for one in held if one.uid == uid)
        assert days[key] is None or one.published is None or days[key].at.date() == one.published.date()


@given(st.lists(st.integers(0, 50), max_size=30))
def test_the_longest_descending_run_is_found(numbers):
    kept = _descending(numbers)
    run = [numbers[place] for place in sorted(kept)]
    assert all(one > other for one, other in pairwise(run))
    longest = []
    for place, number in enumerate(numbers):
        longest.append(1 + max((longest[at] for at in range(place) if numbers[at] > number), default=0))
    assert len(kept) == max(longest, default=0)


# ---------------------------------------------------------------- titles that may be the same

PIECES = ["全市供暖工作部署会", "全市供暖", "工作部署会召开", "[要闻]", "消息:", "_唐山信息网", " - 甲网", "…", "3", "hot", " "]
titles = st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), max_size=6)


@settings(max_examples=150)
@given(titles, titles)
def test_no_pair_of_titles_that_were_set_anew_is_left_out(some, others):
    near = resembling(some, others)
    pairs = {(n, m) for n, one in enumerate(some) for m, other in enumerate(others) if reformatting(one, other)}
    assert pairs <= {(n, m) for n, places in enumerate(near) for m in places}


HOSTILE = {
    "nothing alike": lambda side, n: (f"{side}{n} " + " - 甲 | " * 70)[:480] + f"{side}{n}……",
    "one beginning": lambda side, n: "甲乙" * 245 + f"{side}{n}……",
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_titles_that_nothing_connects_are_never_held_against_each_other(title, monkeypatch):
    """A list of 400 long titles that all end in dots, and as many known ones: pair by pair that took minutes."""
    compared = []
    monkeypatch.setattr("bridge.core.match_turn.reformatting", lambda one, other: compared.append(one) or reformatting(one, other))
    held = articles(400, titles=[title("旧", n) for n in range(400)])
    links = [Link(MOVES["path"](n), title("新", n), When(DAY, "day")) for n in range(400)]
    assert not see(links, held).adopted
    assert not compared


def test_titles_that_all_begin_alike_are_not_adopted():
    """Each of the cut titles begins each known one: none is known for sure, and two pairs of each tell that."""
    held = [replace(one, published=DAY, title="甲乙" * 230 + f"旧{n}") for n, one in enumerate(articles(400, titles=["x"] * 400))]
    links = [Link(MOVES["path"](n), "甲乙" * (30 + n // 4) + "……", When(DAY, "day")) for n in range(400)]
    assert not see(links, held).adopted
