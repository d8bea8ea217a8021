"""robots.txt by RFC 9309, and a quiet tick that loads no parser for it."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from stand_ins.clock import START
from stand_ins.web import Answer, redirect

from bridge.errors import AddressRefused, Deferred, FetchError, RobotsRefused, Unreachable
from bridge.model import HostState, Page, Request, Unchanged
from bridge.web.robots import MAX_BYTES, MAX_VERDICTS, robots_key

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DISALLOW = "User-agent: *\nDisallow: /private\n"


def refused(fetcher, url, kind=RobotsRefused):
    with pytest.raises(kind) as caught:
        fetcher.get(Request(url))
    return caught.value


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        (DISALLOW, "/news", True),
        (DISALLOW, "/private/x", False),
        ("User-agent: feedbridge\nDisallow: /\n\nUser-agent: *\nAllow: /", "/news", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Feedbridge\nAllow: /", "/news", True),
        ("User-agent: otherbot\nDisallow: /", "/news", True),
        ("User-agent: *\nDisallow: /*.asp$\nAllow: /news.asp", "/news.asp", True),
        ("User-agent: *\nDisallow: /*?id=", "/show.asp?id=1", False),
        ("User-agent: *\nDisallow: /新闻", "/%E6%96%B0%E9%97%BB/1", False),
        ("\ufeffUser-agent: *\r\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/", True),
        ("<html>not found</html>", "/", True),
        ("\0\0\n" * 10, "/", True),
        ("", "/", True),
    ],
)
def test_rules(web, fetcher, rules, path, allowed):
    """The rules for Feedbridge, else for all, decide; the page is not asked for when they say no."""
    web.fallback = b"page"
    web.route("/robots.txt", Answer(rules, headers={"Content-Type": "text/plain"}))
    if allowed:
        assert fetcher().get(Request(web.url(path))).body == b"page"
    else:
        assert refused(fetcher(), web.url(path)).cause == "robots"
        assert web.paths() == ["/robots.txt"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 300])
def test_no_robots_txt_means_no_rules(web, fetcher, book, status):
    """RFC 9309 §2.3.1.3: 4xx allows all, and that is remembered."""
    web.route("/robots.txt", Answer(status=status))
    web.route("/a", b"x")
    assert isinstance(fetcher().get(Request(web.url("/a"))), Page)
    assert book.host(web.host).robots == ""


def test_asked_for_once_a_day(web, fetcher, clock):
    """Each process uses the copy in the book; after 24 hours it is asked for again."""
    web.route("/robots.txt", DISALLOW)
    web.fallback = b"x"
    for _ in range(3):
        fetcher().get(Request(web.url("/a")))
        refused(fetcher(), web.url("/private"))
    assert len(web.asked("/robots.txt")) == 1
    clock.advance(DAY)
    web.route("/robots.txt", "User-agent: *\nDisallow: /a")
    refused(fetcher(), web.url("/a"))
    assert len(web.asked("/robots.txt")) == 2


def test_a_file_that_bars_a_list_is_asked_for_again_soon(web, fetcher, clock):
    """A list is read again within four hours of robots.txt letting it be, not a day later."""
    web.fallback = b"page"
    web.route("/robots.txt", Answer(DISALLOW), Answer(""))
    fetch = fetcher()
    with pytest.raises(RobotsRefused):
        fetch.get(Request(web.url("/private/list"), kind="list"))
    clock.advance(3 * HOUR)
    with pytest.raises(RobotsRefused):
        fetch.get(Request(web.url("/private/list"), kind="list"))
    assert web.paths() == ["/robots.txt"]
    clock.advance(2 * HOUR)
    assert fetch.get(Request(web.url("/private/list"), kind="list")).body == b"page"
    assert web.paths() == ["/robots.txt", "/robots.txt", "/private/list"]


def test_server_error_means_not_now(web, fetcher, clock):
    """RFC 9309 §2.3.1.4: 5xx disallows; one process asks once, the next one asks again."""
    web.route("/robots.txt", Answer(status=500))
    web.fallback = b"x"
    fetch = fetcher()
    for _ in range(3):
        error = refused(fetch, web.url("/a"))
        assert (error.cause, error.url, error.detail) == ("robots-unreachable", web.url("/robots.txt"), "robots.txt answered 500")
    assert web.paths() == ["/robots.txt"]
    clock.advance(HOUR)
    web.route("/robots.txt", DISALLOW)
    assert isinstance(fetcher().get(Request(web.url("/a"))), Page)


def test_throttled_robots_txt_holds_the_host(web, fetcher):
    """429 is no permission, and its Retry-After holds for the pages."""
    web.route("/robots.txt", Answer(status=429, headers={"Retry-After": "3600"}))
    error = refused(fetcher(), web.url("/a"))
    assert (error.cause, error.retry_at) == ("robots-unreachable", START + HOUR)
    assert refused(fetcher(), web.url("/a"), Deferred).retry_at == START + HOUR


def test_unreachable_host_keeps_its_own_cause(web, fetcher):
    """When the host cannot be reached for robots.txt, the error says what is wrong with the host."""
    web.route("/robots.txt", Answer(raw=b""))
    fetch = fetcher()
    for _ in range(2):
        error = refused(fetch, web.url("/a"), Unreachable)
        assert (error.cause, error.url) == ("cut-off", web.url("/robots.txt"))
    assert web.paths() == ["/robots.txt"]


def test_an_old_copy_serves_for_30_days(web, fetcher, book, clock):
    """While robots.txt fails, the last copy counts; after 30 days it counts as gone."""
    book.save_host(HostState(host=web.host, robots=DISALLOW, robots_at=START, crawl_delay=5.0))
    web.route("/robots.txt", Answer(status=502))
    web.fallback = b"x"
    clock.advance(29 * DAY)
    assert isinstance(fetcher().get(Request(web.url("/a"))), Page)
    assert refused(fetcher(), web.url("/private")).cause == "robots"
    clock.advance(2 * DAY)
    assert isinstance(fetcher().get(Request(web.url("/private"))), Page)


def test_never_seen_for_30_days(web, fetcher, book, clock):
    """A robots.txt that has failed for 30 days on end stops to forbid."""
    web.route("/robots.txt", Answer(status=500))
    web.fallback = b"x"
    refused(fetcher(), web.url("/a"))
    clock.advance(29 * DAY)
    refused(fetcher(), web.url("/a"))
    clock.advance(2 * DAY)
    assert isinstance(fetcher().get(Request(web.url("/a"))), Page)


def test_five_redirects_are_followed(web, fetcher):
    """RFC 9309 §2.3.1.2: rules behind five redirects count, behind six they do not."""
    for n in range(6):
        web.route("/robots.txt" if n == 0 else f"/{n}", redirect(f"/{n + 1}"))
    web.route("/5", DISALLOW)
    assert refused(fetcher(), web.url("/private")).cause == "robots"


def test_six_redirects_count_as_none(web, fetcher):
    """Six redirects, or a loop, are as good as no robots.txt."""
    web.route("/robots.txt", redirect("/robots.txt"))
    web.route("/private", b"x")
    assert isinstance(fetcher().get(Request(web.url("/private"))), Page)
    assert len(web.asked("/robots.txt")) == 6


def test_a_redirect_nowhere_counts_as_none(web, fetcher):
    """A redirect without a usable target is as good as no robots.txt."""
    web.route("/robots.txt", redirect("ftp://x/"))
    web.route("/private", b"x")
    assert isinstance(fetcher().get(Request(web.url("/private"))), Page)


def test_a_redirect_to_a_private_address_is_refused(web, fetcher):
    """The guard judges the hops of robots.txt as well."""
    web.route("/robots.txt", redirect("http://10.0.0.1/robots.txt"))
    assert refused(fetcher(), web.url("/a")).cause == "robots-unreachable"


def test_refused_host(fetcher):
    """A private host is refused as what it is, under the page's own address."""
    error = refused(fetcher(), "http://10.0.0.1/a", AddressRefused)
    assert error.url == "http://10.0.0.1/a"


def test_a_huge_file_is_read_in_part(web, fetcher, book):
    """The first 512 KiB count, without the line that is cut there."""
    rules = DISALLOW + "# filler\n" * 58_000
    cut = rules[: MAX_BYTES - 12] + "\nDisallow: /secret" * 1000
    web.route("/robots.txt", cut)
    web.fallback = b"x"
    assert isinstance(fetcher().get(Request(web.url("/public"))), Page)
    assert refused(fetcher(), web.url("/private")).cause == "robots"
    assert len(book.host(web.host).robots) <= MAX_BYTES


@pytest.mark.parametrize(
    ("said", "kept"), [("7", 7.0), ("0.5", 0.5), ("86400", 60.0), ("-3", 0.0), ("nan", 0.0), ("soon", 0.0), ("inf", 0.0)]
)
def test_crawl_delay(web, fetcher, book, said, kept):
    """Crawl-delay is kept between 0 and 60 seconds, nonsense as 0."""
    web.route("/robots.txt", f"User-agent: *\nCrawl-delay: {said}\nDisallow: /x")
    web.route("/a", b"x")
    fetcher().get(Request(web.url("/a")))
    assert book.host(web.host).crawl_delay == kept


def test_verdicts_for_lists_are_kept(web, fetcher, book, clock):
    """A list's verdict is in the book and survives a refresh that changes nothing; other rules void it."""
    web.route("/robots.txt", DISALLOW)
    web.fallback = b"x"
    fetcher().get(Request(web.url("/list"), "list"))
    fetcher().get(Request(web.url("/article")))
    assert book.host(web.host).robots_ok == {web.url("/list"): True}
    clock.advance(DAY)
    fetcher().get(Request(web.url("/article")))
    assert book.host(web.host).robots_ok == {web.url("/list"): True}
    clock.advance(DAY)
    web.route("/robots.txt", DISALLOW + "Disallow: /list")
    with pytest.raises(RobotsRefused):
        fetcher().get(Request(web.url("/list"), "list"))
    assert book.host(web.host).robots_ok == {web.url("/list"): False}


def test_verdicts_are_bounded(web, fetcher, book):
    """Addresses that change with every visit do not grow the book for ever."""
    many = {f"http://x/{n}": True for n in range(MAX_VERDICTS)}
    book.save_host(HostState(host=web.host, robots=DISALLOW, robots_at=START, robots_ok=many))
    web.fallback = b"x"
    fetcher().get(Request(web.url("/list"), "list"))
    assert len(book.host(web.host).robots_ok) == 1


def test_plain_and_secure_have_their_own_file():
    """RFC 9309 §2.3: the file belongs to scheme, host and port."""
    assert robots_key("http://h/") == "h:80"
    assert robots_key("https://h/") == "h"
    assert robots_key("http://h:8080/") == robots_key("https://h:8080/") == "h:8080"


QUIET = """
import json, sys
from datetime import datetime, timedelta, UTC
from bridge.fetch import WebFetcher
from bridge.web.hostbook import MemoryBook
from bridge.model import HostState, Network, Request, Unchanged
url, host, robots, ok = json.loads(sys.argv[1])
class Clock:
    def now(self): return datetime.now(UTC)
    def sleep(self, duration): pass
book = MemoryBook()
book.save_host(HostState(host=host, robots=robots, robots_at=datetime.now(UTC) - timedelta(hours=1), robots_ok=ok))
got = WebFetcher(Network(allow=("127.0.0.0/8",)), "Feedbridge/0.1", book, Clock()).get(Request(url, "list", '"1"'))
assert got == Unchanged(url), got
heavy = {"protego", "bs4", "lxml", "telegram", "sqlite3", "idna.uts46data", "cchardet"} & set(sys.modules)
assert not heavy, heavy
"""


def test_a_quiet_tick_loads_no_parser(web, fetcher, book):
    """A second process that asks a list for changes and gets 304 never imports protego."""
    web.route("/robots.txt", DISALLOW)
    web.route("/list", Answer(b"x", etag='"1"'))
    assert isinstance(fetcher().get(Request(web.url("/list"), "list")), Page)
    assert fetcher().get(Request(web.url("/list"), "list", '"1"')) == Unchanged(web.url("/list"))
    state = book.host(web.host)
    asked = json.dumps([web.url("/list"), web.host, state.robots, dict(state.robots_ok)])
    subprocess.run([sys.executable, "-c", QUIET, asked], check=True)
    assert web.paths() == ["/robots.txt", "/list", "/list", "/list"]


def test_threads_share_one_request_for_robots_txt(web, fetcher):
    """Many threads that meet a new host ask for robots.txt once."""
    from concurrent.futures import ThreadPoolExecutor

    web.route("/robots.txt", Answer(DISALLOW, delay=0.05))
    web.fallback = b"x"
    fetch = fetcher()
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda n: fetch.get(Request(web.url(f"/{n}"))), range(6)))
    assert len(pages) == 6
    assert len(web.asked("/robots.txt")) == 1


def test_hosts_whose_robots_point_at_each_other(fetcher):
    """Two hosts, two threads, robots.txt of each redirecting to the other: nobody waits for ever."""
    from concurrent.futures import ThreadPoolExecutor

    from stand_ins.web import Web

    with Web(fallback=b"x") as one, Web(fallback=b"x") as two:
        one.route("/robots.txt", Answer(status=302, headers={"Location": two.url("/robots.txt")}, delay=0.05))
        two.route("/robots.txt", Answer(status=302, headers={"Location": one.url("/robots.txt")}, delay=0.05))
        fetch = fetcher()
        with ThreadPoolExecutor(2) as pool:
            assert [page.body for page in pool.map(lambda web: fetch.get(Request(web.url("/a"))), (one, two))] == [b"x", b"x"]


def test_every_refusal_is_a_fetch_error():
    """Callers catch one class."""
    assert issubclass(RobotsRefused, FetchError)
