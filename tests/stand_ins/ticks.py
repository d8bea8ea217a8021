"""Ticks of a portal as core/health.py sees them: good ones, and a history of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.core.health import ArticleLook, History, ListLook, Observation, judge, learned

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
URL = "http://portal.example/list.asp"


def good_list(url=URL, **fields):
    usual = {
        "changed": True,
        "links": 40,
        "known": 38,
        "new": 2,
        "dated": 40,
        "bytes": 40_000,
        "charset": "gb18030",
        "signature": "ul.news",
    }
    return ListLook(url=url, **{**usual, **fields})


def good_article(number, **fields):
    usual = {
        "new": True,
        "size": 700 + 37 * (number % 11),
        "dated": True,
        "images": 1,
        "text_print": f"text {number}",
        "title": f"title {number}",
    }
    return ArticleLook(url=f"http://portal.example/{number}", **{**usual, **fields})


def good(number, lists=(URL,)):
    return Observation(
        at=START + timedelta(hours=number),
        lists=tuple(good_list(url) for url in lists),
        articles=(good_article(2 * number), good_article(2 * number + 1)),
        new=2,
    )


def taught(count=30, lists=(URL,)):
    """A history of so many good hourly ticks."""
    history = History()
    for number in range(count):
        seen = good(number, lists)
        history = learned(seen, judge(seen, history, ZONE), history, ZONE)
    return history


def told(seen, history):
    verdict = judge(seen, history, ZONE)
    return verdict.state, verdict.cause


USUAL = taught()
NOW = START + timedelta(hours=30)


def observed(*lists, articles=(), **fields):
    return Observation(**{"at": NOW, **fields}, lists=lists or (good_list(new=0, known=40),), articles=tuple(articles))


def failing(cause, count=4, **fields):
    return [good_article(900 + n, cause=cause, size=0, **fields) for n in range(count)]
