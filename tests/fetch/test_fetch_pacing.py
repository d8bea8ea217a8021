"""Politeness towards hosts: gaps, Retry-After, back-off; all of it in the host book, so that it outlives a process."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins.clock import START, FakeClock
from stand_ins.web import Answer

from bridge.errors import Deferred, FetchError, HttpStatus
from bridge.model import HostState, Page, Request
from bridge.web.pacing import Hosts, backoff, retry_after

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def no_robots(web, book, **state):
    """robots.txt is known to be absent, so that only pages are asked for."""
    book.save_host(HostState(host=web.host, robots="", robots_at=START, **state))


def fails(fetcher, url, kind=FetchError):
    with pytest.raises(kind) as caught:
        fetcher.get(Request(url))
    return caught.value


# ---------------------------------------------------------------- the gap


def test_gap_between_requests(web, fetcher, book, clock):
    """Three pages take two gaps, and a redirect waits its turn as well."""
    no_robots(web, book)
    web.route("/a", Answer(status=302, headers={"Location": "/b"}))
    web.route("/b", b"x")
    fetch = fetcher(gap=3 * SECOND)
    fetch.get(Request(web.url("/a")))
    fetch.get(Request(web.url("/b")))
    assert clock.slept == [3 * SECOND, 3 * SECOND]


def test_robots_request_counts_as_one(web, fetcher, book, clock):
    """The first page comes one gap after robots.txt, Crawl-delay or not; the second waits the Crawl-delay."""
    web.route("/robots.txt", "User-agent: *\nCrawl-delay: 20")
    web.fallback = b"x"
    fetch = fetcher()
    fetch.get(Request(web.url("/a")))
    assert clock.slept == [SECOND]
    fetch.get(Request(web.url("/b")))
    assert clock.slept == [SECOND, 20 * SECOND]


def test_gap_outlives_the_process(web, fetcher, book, clock):
    """A second fetcher on the same book waits for the first one's gap."""
    no_robots(web, book)
    web.fallback = b"x"
    fetcher(gap=5 * SECOND).get(Request(web.url("/a")))
    clock.advance(2 * SECOND)
    fetcher(gap=5 * SECOND).get(Request(web.url("/a")))
    assert clock.slept == [3 * SECOND]


def test_gap_is_saved_before_the_request(web, fetcher, book, clock):
    """When the server sees the request, the book already says when the next one may come: a kill cannot lose it."""
    no_robots(web, book)
    known = []
    web.route("/a", lambda seen: known.append(book.host(web.host)) or b"x")
    fetcher(gap=5 * SECOND).get(Request(web.url("/a")))
    assert known[0].next_at == START + 5 * SECOND


def test_no_time_left_for_the_gap(web, fetcher, book, clock):
    """A turn that comes after the end is not waited for, and nothing is asked."""
    no_robots(web, book, next_at=START + 10 * SECOND)
    error = fails(fetcher(end=START + 9 * SECOND, gap=10 * SECOND), web.url("/a"), Deferred)
    assert (error.cause, error.retry_at, clock.slept, web.seen) == ("deferred", START + 10 * SECOND, [], [])


def test_a_clock_set_back_prolongs_nothing(web, fetcher, book, clock):
    """A next turn that lies years ahead is the work of a wrong clock."""
    no_robots(web, book, next_at=START + timedelta(days=900))
    web.fallback = b"x"
    fetcher().get(Request(web.url("/a")))
    assert clock.slept == [60 * SECOND]


def test_an_interrupted_wait_is_deferred(web, book, network):
    """A clock whose sleep ends early means that we are asked to stop."""
    from bridge.fetch import WebFetcher

    class Stopping(FakeClock):
        def sleep(self, duration):
            """Returns at once."""

    no_robots(web, book, next_at=START + 10 * SECOND)
    assert fails(WebFetcher(network(gap=10 * SECOND), "x", book, Stopping()), web.url("/a"), Deferred).detail == "interrupted"
    assert not web.seen


def test_one_request_at_a_time_to_a_host(web, fetcher, book):
    """Eight threads on one host: the server never has two requests at once, and each waits its gap."""
    no_robots(web, book)
    active, most, lock = [0], [0], threading.Lock()

    def busy(seen):
        with lock:
            active[0] += 1
            most[0] = max(most[0], active[0])
        threading.Event().wait(0.01)
        with lock:
            active[0] -= 1
        return b"x"

    web.fallback = busy
    fetch = fetcher()
    threads = [threading.Thread(target=fetch.get, args=(Request(web.url(f"/{n}")),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(web.seen), most[0]) == (8, 1)


def test_hosts_do_not_wait_for_each_other(clock, book):
    """While one host's turn is taken, another host's turn comes."""
    hosts = Hosts(book, clock, SECOND)
    with hosts.turn("a", "http://a/"), hosts.turn("b", "http://b/"):
        assert not clock.slept


# ---------------------------------------------------------------- what the server asks for


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_the_host(web, fetcher, book, clock, status):
    """The host is left alone until then, by later processes too, and in spite of `force`."""
    no_robots(web, book)
    web.route("/a", Answer(status=status, headers={"Retry-After": "7200"}), Answer(b"x"))
    error = fails(fetcher(), web.url("/a"), HttpStatus)
    assert (error.status, error.retry_at) == (status, START + 2 * HOUR)
    for force in (False, True):
        later = fails(fetcher(force=force), web.url("/other"), Deferred)
        assert later.retry_at == START + 2 * HOUR
    clock.advance(2 * HOUR)
    assert isinstance(fetcher().get(Request(web.url("/a"))), Page)


def test_a_short_hold_is_waited_for(web, fetcher, book, clock):
    """Where the pause ends in time, the next page of the same tick comes after it."""
    no_robots(web, book)
    web.route("/a", Answer(status=429, headers={"Retry-After": "30"}), Answer(b"x"))
    fetch = fetcher(end=START + MINUTE)
    fails(fetch, web.url("/a"), HttpStatus)
    fetch.get(Request(web.url("/a")))
    assert clock.slept == [30 * SECOND]


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "99999999999999999999"}, 7 * 86400),
        ({"Retry-After": "Sun, 01 Mar 2026 12:01:00 GMT"}, 60),
        ({"Retry-After": "Sunday, 01-Mar-26 12:01:00 GMT"}, 60),
        ({"Retry-After": "Sun Mar  1 12:01:00 2026"}, 60),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "Sun, 01 Mar 2027 11:00:00 GMT"}, 7 * 86400),
        ({"Retry-After": "Sun, 01 Mar 2026 15:01:00 GMT", "Date": "Sun, 01 Mar 2026 15:00:00 GMT"}, 60),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_forms_of_retry_after(headers, expected):
    """Seconds and the three date forms of RFC 9110 are read, clamped to a week; anything else says nothing."""
    found = retry_after(headers, NOW)
    assert (None if found is None else found.total_seconds()) == expected


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=100)
def test_retry_after_takes_anything(value, date):
    """No header value raises, and none asks for more than a week."""
    found = retry_after({"Retry-After": value, "Date": date}, NOW)
    assert found is None or timedelta() <= found <= timedelta(days=7)


@given(st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=50)
def test_retry_after_dates(at):
    """Every date gives a pause between nothing and a week."""
    found = retry_after({"Retry-After": format_datetime(at, usegmt=True)}, NOW)
    assert found is not None
    assert timedelta() <= found <= timedelta(days=7)


# ---------------------------------------------------------------- our own back-off


def test_backoff_doubles_up_to_an_hour():
    """1, 2, 4 … 60 minutes."""
    assert [backoff(n) // MINUTE for n in (1, 2, 3, 6, 7, 8, 1000)] == [1, 2, 4, 32, 60, 60, 60]


def test_throttling_without_retry_after(web, fetcher, book, clock):
    """Each 503 doubles the pause, over processes; `force` sets it aside; a success ends it."""
    no_robots(web, book)
    web.fallback = Answer(status=503)
    for minutes in (1, 2, 4):
        error = fails(fetcher(), web.url("/a"), HttpStatus)
        assert error.retry_at == clock.now() + minutes * MINUTE
        assert fails(fetcher(end=clock.now() + SECOND), web.url("/a"), Deferred).retry_at == error.retry_at
        clock.advance(minutes * MINUTE)
    fails(fetcher(force=True), web.url("/a"), HttpStatus)
    web.fallback = b"fine"
    clock.advance(SECOND)
    assert isinstance(fetcher(force=True).get(Request(web.url("/a"))), Page)
    assert (book.host(web.host).failures, book.host(web.host).backoff_until) == (0, None)


def test_failures_of_the_connection(web, fetcher, book, clock):
    """The first failure costs nothing, since other pages may work; from the second on the host is left alone."""
    no_robots(web, book)
    web.fallback = Answer(raw=b"")
    end = START + 30 * SECOND
    assert fails(fetcher(end=end), web.url("/a")).retry_at is None
    assert fails(fetcher(end=end), web.url("/b")).retry_at == clock.now() + MINUTE
    assert fails(fetcher(end=end), web.url("/c")).cause == "deferred"
    assert book.host(web.host).failures == 2


def test_an_answer_is_a_success_whatever_it_says(web, fetcher, book):
    """404 and 500 come from a host that works."""
    no_robots(web, book, failures=1)
    fails(fetcher(), web.url("/a"), HttpStatus)
    assert book.host(web.host).failures == 0


@pytest.mark.parametrize("fault", [Answer(b"x" * 100), Answer(b"x", headers={"Content-Encoding": "gzip"})])
def test_faults_of_a_page_are_not_the_hosts(web, fetcher, book, fault):
    """A page that is too large or badly packed does not count against its host."""
    no_robots(web, book)
    web.fallback = fault
    fails(fetcher(max_bytes=10), web.url("/a"))
    assert book.host(web.host).failures == 0
