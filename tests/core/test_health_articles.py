"""Article pages beside the portal's other ones: which are recorded, and when they make a portal suspicious."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stand_ins.ticks import NOW, URL, USUAL, ZONE, failing, good, good_article, observed, taught, told

from bridge.core.health import (
    ArticleLook,
    History,
    ListLook,
    article_fault,
    judge,
    learned,
    noted,
)


@pytest.mark.parametrize(
    ("cause", "family"),
    [
        ("blocked", "blocked"),
        ("login", "blocked"),
        ("http-503", "unreachable"),
        ("empty", "article-drift"),
        ("no-article", "article-drift"),
        ("selector", "article-drift"),
        ("article-drift", "article-drift"),
        ("encoding", "encoding"),
        ("robots", "robots"),
        ("http-404", "gone"),
        ("bug", "bug"),
    ],
)
def test_article_pages_that_all_fail_make_suspicious(cause, family):
    assert told(observed(articles=failing(cause)), USUAL) == ("suspicious", family)


def test_article_pages_that_fail_one_a_tick_are_found_by_the_third():
    history, states = USUAL, []
    for number in range(3):
        seen = observed(articles=failing("login", number + 1)[number:], at=NOW + timedelta(minutes=15 * number))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
        states.append(verdict.state)
    assert states == ["well", "suspicious", "suspicious"]
    quiet_tick = observed(ListLook(url=URL), at=NOW + timedelta(hours=1))
    assert told(quiet_tick, history) == ("suspicious", "blocked")
    assert told(replace(quiet_tick, articles=(good_article(1, new=False),)), history) == ("well", "")


def test_articles_that_fail_again_as_before_are_no_new_trouble():
    """Four failed and one answers since: those four once more are nothing new, others are."""
    history = learned(seen := observed(articles=failing("no-article")), judge(seen, USUAL, ZONE), USUAL, ZONE)
    again = [good_article(1), *failing("no-article")]
    assert told(observed(articles=again), history) == ("well", "")
    assert told(observed(articles=[*again, *failing("no-article", 8)[4:]]), history) == ("suspicious", "article-drift")


def test_articles_that_fail_by_what_the_list_failed_by_say_nothing_more():
    """One bad minute: the list and articles time out; the next look, at which no article is due, is well."""
    seen = observed(ListLook(url=URL, cause="timeout"), articles=failing("timeout"))
    verdict = judge(seen, USUAL, ZONE)
    assert verdict.cause == "unreachable"
    after = learned(seen, verdict, USUAL, ZONE)
    assert told(observed(ListLook(url=URL), at=NOW + timedelta(hours=1)), after) == ("well", "")


def test_known_articles_that_are_gone_with_their_siblings_are_a_fault():
    gone = [replace(look, missed=True) for look in failing("http-404", new=False)]
    assert told(observed(articles=gone), USUAL) == ("suspicious", "gone")


@pytest.mark.parametrize(
    "articles",
    [
        failing("not-html"),
        failing("http-404", new=False),
        failing("timeout", 1),
        [*failing("login"), good_article(1)],
        failing("deferred"),
    ],
    ids=["files", "old ones gone", "one alone", "a good one since", "not asked"],
)
def test_failures_that_are_no_fault_of_the_portal(articles):
    assert told(observed(articles=articles), USUAL) == ("well", "")


def test_a_portal_that_links_to_pages_behind_a_login_is_used_to_it():
    """One in two lines leads to another site that never answers us."""
    history, bad = History(), 0
    for number in range(60):
        lost = good_article(1000 + number, cause="blocked", size=0)
        seen = replace(good(number), articles=(good_article(number), lost) if number % 3 else (lost,))
        verdict = judge(seen, history, ZONE)
        history, bad = learned(seen, verdict, history, ZONE), bad + verdict.bad
    assert bad == 0


ARTICLES = {
    "as ever": (good_article(500), None, ""),
    "garbled": (good_article(500, garbled=True), None, "encoding"),
    "empty, nothing to see": (good_article(500, size=0, images=0, text_print=""), None, "article-drift"),
    "a few characters": (good_article(500, size=6, images=0), None, "article-drift"),
    "a sentence": (good_article(500, size=30, images=0), None, ""),
    "a picture": (good_article(500, size=0, images=1, text_print=""), None, ""),
    "had a text": (good_article(500, size=4, text_print="x"), 900, "article-drift"),
    "lost its text, logo left": (good_article(500, size=0, images=2, text_print=""), 900, "article-drift"),
    "cut by half": (good_article(500, size=450), 900, ""),
    "a short one, emptied": (good_article(500, size=0, text_print=""), 40, ""),
    "undated": (good_article(500, dated=False), None, ""),
    "another one's text": (good_article(500, text_print="text 7"), 900, "article-drift"),
    "another one's text, undated": (good_article(500, text_print="text 7", dated=False), None, "article-drift"),
    "another one's text, once": (good_article(500, text_print="text 7"), None, ""),
    "the same article elsewhere": (good_article(500, text_print="text 7", title="title 7", dated=False), None, ""),
    "its own text": (replace(good_article(7), dated=False), 900, ""),
    "see attachment": (good_article(500, size=4, images=1, text_print="text 7", dated=False), None, ""),
    "failed": (good_article(500, cause="login"), None, "blocked"),
}
RECENT = taught(40)


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_page_before_it_is_recorded(name):
    look, before, cause = ARTICLES[name]
    history = noted(RECENT, good_article(7))
    fault = article_fault(look, before, history)
    assert (fault[0] if fault else "") == cause


def test_an_application_shell_is_found_within_one_tick():
    """Dated or not: the third article with the same text is not recorded."""
    history, shell = USUAL, {"text_print": "enable scripts", "size": 690}
    found = []
    for number in range(4):
        look = good_article(500 + number, **shell)
        fault = article_fault(look, None, history)
        found.append(bool(fault))
        history = history if fault else noted(history, look)
    assert found == [False, False, True, True]


def test_without_history_a_short_article_is_an_article():
    assert article_fault(good_article(1, size=3, images=0), None, taught(2)) is None


def test_texts_that_are_all_far_shorter_make_suspicious():
    articles = [good_article(500 + n, size=60) for n in range(5)]
    assert told(observed(articles=articles, new=5), USUAL) == ("suspicious", "article-drift")
    assert told(observed(articles=[*articles, good_article(9)], new=5), USUAL) == ("well", "")
    assert told(observed(articles=articles, new=5), taught(6)) == ("well", "")


def test_articles_without_dates_make_suspicious_where_all_had_one():
    articles = [good_article(500 + n, dated=False) for n in range(3)]
    assert told(observed(articles=articles, new=3), USUAL) == ("suspicious", "dates")
    assert told(observed(articles=articles[:2], new=2), USUAL) == ("well", "")
    assert told(observed(articles=[*articles, good_article(9)], new=4), USUAL) == ("well", "")
    assert told(observed(articles=articles, new=3), replace(USUAL, with_date="0" * 5 + "1" * 55)) == ("well", "")


@pytest.mark.parametrize(
    ("again", "cause"),
    [
        ([], ""),
        ([good_article(7, new=False, dated=False, lost=True)], "dates"),
        ([good_article(7, new=False, dated=False)], ""),
        ([good_article(7, new=False)], ""),
        ([ArticleLook(url="http://portal.example/500")], ""),
        ([good_article(500, new=False, dated=False)], ""),
    ],
    ids=["two new ones", "one that lost its date", "one that had none", "one that has it", "as before", "one of the two again"],
)
def test_an_article_read_again_tells_of_dates_only_when_it_lost_its_own(again, cause):
    articles = [*(good_article(500 + n, dated=False) for n in range(2)), *again]
    assert told(observed(articles=articles, new=2), USUAL)[1] == cause


@pytest.mark.parametrize(("fields", "cause"), [({"dated": False}, "dates"), ({"size": 60}, "article-drift")], ids=["undated", "short"])
def test_new_articles_count_after_they_were_looked_at_again(fields, cause):
    """One article an hour, each asked again an hour later and found as it was."""
    history, verdict = USUAL, None
    for number in range(5):
        looks = [good_article(500 + number, **fields), ArticleLook(url=f"http://portal.example/{499 + number}")]
        seen = observed(articles=looks, new=1, at=NOW + timedelta(hours=number))
        verdict = judge(seen, history, ZONE)
        history = learned(seen, verdict, history, ZONE)
    assert (verdict.state, verdict.cause) == ("suspicious", cause)
