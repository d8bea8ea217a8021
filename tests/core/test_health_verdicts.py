"""What a tick shows of a portal → the verdict, for every cause; each case stands on a history of good ticks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stand_ins.ticks import NOW, URL, USUAL, ZONE, good, good_article, good_list, observed, taught, told

from bridge.core.health import (
    History,
    ListLook,
    accepted,
    judge,
    learned,
    list_fault,
    usual_new,
)


@pytest.mark.parametrize(
    ("cause", "family"),
    [
        ("dns", "unreachable"),
        ("connect", "unreachable"),
        ("timeout", "unreachable"),
        ("http-503", "unreachable"),
        ("http-500", "unreachable"),
        ("robots-unreachable", "unreachable"),
        ("error-page", "unreachable"),
        ("http-404", "gone"),
        ("http-403", "blocked"),
        ("http-429", "blocked"),
        ("blocked", "blocked"),
        ("login", "blocked"),
        ("parking", "blocked"),
        ("robots", "robots"),
        ("address-refused", "refused"),
        ("not-html", "unreadable"),
        ("too-large", "unreadable"),
        ("empty", "empty-list"),
        ("no-links", "empty-list"),
        ("selector", "list-drift"),
        ("list-drift", "list-drift"),
        ("encoding", "encoding"),
        ("bug", "bug"),
    ],
)
def test_a_list_page_that_cannot_be_had_breaks_the_portal_at_once(cause, family):
    for history in (History(), USUAL):
        verdict = judge(observed(ListLook(url=URL, cause=cause, detail="what happened")), history, ZONE)
        assert (verdict.state, verdict.cause) == ("broken", family)
        assert URL in verdict.detail
        assert "what happened" in verdict.detail


LISTS = {
    "as ever": (good_list(), "well", ""),
    "no article": (good_list(links=0, known=0, new=0, dated=0), "broken", "empty-list"),
    "three links, none known": (good_list(links=3, known=0, new=3, dated=0), "broken", "list-drift"),
    "three links, dated, none known": (good_list(links=3, known=0, new=3, dated=3), "broken", "list-drift"),
    "three links, known": (good_list(links=3, known=3, new=0, dated=3), "suspicious", "list-drift"),
    "far shorter pages of the same list": (good_list(links=9, known=8, new=1, dated=9, begins=True), "well", ""),
    "a far shorter list elsewhere": (
        good_list(links=9, known=8, new=1, dated=9, begins=True, signature="div.hot"),
        "suspicious",
        "list-drift",
    ),
    "a menu of 20": (good_list(links=20, known=0, new=20, dated=0), "broken", "list-drift"),
    "a sitemap of 90": (good_list(links=90, known=0, new=90, dated=1), "broken", "list-drift"),
    "redesign, addresses new": (good_list(links=40, known=0, new=40, alike=0, signature="div.cards"), "well", ""),
    "redesign, shorter, titles known": (good_list(links=20, known=0, new=20, alike=18, dated=20, signature="div.cards"), "well", ""),
    "redesign, far shorter, titles known": (good_list(links=9, known=0, new=9, alike=8, dated=9), "suspicious", "list-drift"),
    "redesign without dates": (good_list(links=38, known=0, new=38, dated=0), "suspicious", "dates"),
    "dates gone": (good_list(dated=0), "suspicious", "dates"),
    "half the dates": (good_list(dated=20), "well", ""),
    "a burst": (good_list(known=0, new=40), "well", ""),
    "longer than usual": (good_list(links=90, known=40, new=50, dated=90), "well", ""),
    "one bad title": (good_list(garbled=1), "well", ""),
    "all titles garbled": (good_list(garbled=40), "broken", "encoding"),
    "a third garbled": (good_list(garbled=14), "broken", "encoding"),
    "some garbled": (good_list(garbled=6), "suspicious", "encoding"),
    "some garbled, charset turned": (good_list(garbled=6, charset="utf-8"), "broken", "encoding"),
    "charset turned, rightly": (good_list(charset="utf-8"), "well", ""),
    "unchanged": (ListLook(url=URL), "well", ""),
    "not asked": (ListLook(url=URL, cause="deferred"), "well", ""),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_page_against_its_past(name):
    look, state, cause = LISTS[name]
    seen = observed(look, new=look.new)
    assert told(seen, USUAL) == (state, cause)
    fault = list_fault(look, USUAL)
    assert (fault[0] if fault else "") == (cause if state == "broken" else "")


@pytest.mark.parametrize("name", [name for name, (_, state, _) in LISTS.items() if state != "well"])
def test_little_history_judges_by_absolute_facts_only(name):
    look, _, cause = LISTS[name]
    absolute = name in {"no article", "all titles garbled", "a third garbled", "some garbled, charset turned"}
    assert told(observed(look, new=1), taught(5)) == (("broken", cause) if absolute else ("well", ""))


def test_the_evidence_tells_what_is_and_what_was():
    look = good_list(links=3, known=0, new=3, dated=0, bytes=4000, signature="div.menu")
    verdict = judge(observed(look), USUAL, ZONE)
    assert verdict.detail == (
        f"{URL}: the list shows 3 links, usually 40, none of them known, 0 dated, another part of the page is read, "
        "the page has 4 KiB, usually 39"
    )


def test_details_are_one_line_whatever_the_page_says():
    verdict = judge(observed(ListLook(url=URL, cause="blocked", detail="a\r\n\x1b[31mb\u202e" + "x" * 9000)), USUAL, ZONE)
    assert verdict.detail.isprintable()
    assert len(verdict.detail) <= 240


def test_an_undated_list_is_not_faulted_for_having_no_dates():
    history = History()
    for number in range(20):
        seen = replace(good(number), lists=(good_list(dated=0),))
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert told(observed(good_list(dated=0), new=2), history) == ("well", "")
    assert told(observed(good_list(dated=0, known=0, new=40), new=40), history) == ("well", "")


def test_one_of_several_list_pages_makes_suspicious_all_make_broken():
    urls = tuple(f"{URL}?{n}" for n in range(3))
    history, down = taught(12, urls), [ListLook(url=url, cause="timeout") for url in urls]
    assert told(observed(good_list(urls[0]), good_list(urls[1]), down[2], new=1), history) == ("suspicious", "unreachable")
    assert told(observed(*down), history) == ("broken", "unreachable")
    assert told(observed(down[0], *(replace(look, cause="deferred") for look in down[1:])), history) == ("broken", "unreachable")


def test_single_requests_that_fail_here_and_there_are_not_two_bad_ticks():
    """Of four pages another one times out in each tick; one that goes on timing out is told."""
    urls = tuple(f"{URL}?{n}" for n in range(4))
    history, states = taught(12, urls), []
    for number, lost in enumerate([0, 1, 2, 2, 3]):
        looks = [ListLook(url=url, cause="timeout") if at == lost else good_list(url) for at, url in enumerate(urls)]
        seen = observed(*looks, new=1, at=NOW + timedelta(hours=number))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
        states.append(verdict.state)
    assert states == ["suspicious", "well", "well", "suspicious", "well"]


def test_good_pages_teach_while_another_one_is_lost_for_good():
    urls = (f"{URL}?1", f"{URL}?2")
    history = taught(12, urls)
    before = history.rhythm.arrivals
    for number in range(5):
        seen = observed(good_list(urls[0]), ListLook(url=urls[1], cause="http-404"), new=2, at=NOW + timedelta(hours=number))
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    assert history.rhythm.arrivals == before + 5


# ---------------------------------------------------------------- clock


def test_many_articles_ahead_of_now_make_suspicious():
    assert told(observed(articles=[good_article(500 + n) for n in range(4)], new=4, ahead=4), USUAL) == ("suspicious", "clock")
    assert told(observed(articles=[good_article(500 + n) for n in range(9)], new=9, ahead=3), USUAL) == ("well", "")


def test_one_article_ahead_a_tick_is_found_by_the_third():
    history, states = USUAL, []
    for number in range(4):
        seen = observed(articles=[good_article(500 + number)], new=1, ahead=1, at=NOW + timedelta(hours=number))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
        states.append(verdict.cause)
    assert states == ["", "", "clock", "clock"]
    assert told(observed(articles=[good_article(600)], new=1, at=NOW + timedelta(hours=4)), history) == ("well", "")


def test_an_event_that_lies_ahead_is_no_clock_fault_however_often_it_is_looked_at():
    history = USUAL
    for number in range(6):
        seen = observed(articles=[good_article(500, new=not number)], ahead=1, at=NOW + timedelta(hours=number))
        assert told(seen, history) == ("well", "")
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)


def test_a_clock_that_went_back_is_told_for_a_day_and_then_believed():
    history, causes = USUAL, []
    for number in range(40):
        seen = observed(at=NOW - timedelta(days=365) + timedelta(hours=number))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
        causes.append(verdict.cause)
    assert causes[:24] == ["clock"] * 24
    assert set(causes[26:]) == {""}
    assert told(observed(at=NOW - timedelta(minutes=50)), USUAL) == ("well", "")


# ---------------------------------------------------------------- standing faults


def test_a_doubt_stands_while_the_list_is_unchanged_and_goes_when_it_reads_well():
    seen = observed(good_list(dated=0))
    history = learned(seen, judge(seen, USUAL, ZONE), USUAL, ZONE)
    unchanged = observed(ListLook(url=URL), at=NOW + timedelta(hours=1))
    assert judge(unchanged, history, ZONE) == judge(seen, USUAL, ZONE)
    assert told(observed(good_list(), at=NOW + timedelta(hours=1)), history) == ("well", "")


@pytest.mark.parametrize("fields", [{"dated": 0}, {"links": 5, "known": 4, "new": 1, "dated": 5}, {"garbled": 6}])
def test_what_stays_off_for_two_weeks_is_the_new_manner(fields):
    history, states = USUAL, []
    for day in range(30):
        seen = observed(good_list(**fields), new=1, at=NOW + timedelta(days=day))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
        states.append(verdict.bad)
    assert states == [True] * 15 + [False] * 15


def test_an_operator_can_accept_what_is_seen():
    menu = observed(good_list(links=3, known=0, new=3, dated=0))
    history = learned(menu, judge(menu, USUAL, ZONE), USUAL, ZONE)
    assert told(menu, history) == ("broken", "list-drift")
    assert told(menu, accepted(history)) == ("well", "")
    assert accepted(history).rhythm == USUAL.rhythm


# ---------------------------------------------------------------- the breaker's measure


def test_usual_new_is_an_ordinary_burst_and_grows_with_the_stretch():
    assert usual_new(USUAL, None, NOW, ZONE) == 2
    assert usual_new(USUAL, NOW - timedelta(minutes=15), NOW, ZONE) == 2
    assert 40 < usual_new(USUAL, NOW - timedelta(days=3), NOW, ZONE) < 300
    assert usual_new(History(), None, NOW, ZONE) == 10
    assert usual_new(taught(4), None, NOW, ZONE) == 10


def test_the_first_look_is_no_burst_and_no_arrival():
    first = observed(good_list(known=0, new=40), new=40, articles=[good_article(n) for n in range(40)])
    history = learned(first, judge(first, History(), ZONE), History(), ZONE)
    assert (history.bursts, history.rhythm.arrivals, len(history.sizes)) == ((), 0, 40)
    second = observed(good_list(URL + "?2", known=0, new=40), new=40, at=NOW + timedelta(hours=1))
    assert learned(second, judge(second, history, ZONE), history, ZONE).bursts == ()


def test_what_gathered_while_nobody_looked_is_no_burst():
    late = observed(good_list(known=0, new=40), new=40, at=NOW + timedelta(days=3))
    assert learned(late, judge(late, USUAL, ZONE), USUAL, ZONE).bursts == USUAL.bursts
