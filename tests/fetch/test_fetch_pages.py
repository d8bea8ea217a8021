"""What a fetch brings home: pages, 304s, redirects, and one clear cause for everything else. Real sockets throughout."""

import gzip
import socket
import subprocess
import sys
import threading
import zlib
from datetime import timedelta

import pytest
from stand_ins.web import TLS_PEM, Answer, Web, redirect

from bridge.errors import AddressRefused, FetchError, HttpStatus, RobotsRefused, Unreachable
from bridge.fetch import user_agent
from bridge.model import Page, Request, Unchanged

OLD = "Wed, 01 Jan 2025 00:00:00 GMT"


def cause(fetcher, url, **request):
    with pytest.raises(FetchError) as caught:
        fetcher.get(Request(url, **request))
    assert caught.value.url in str(caught.value)
    return caught.value.cause


# ---------------------------------------------------------------- what works


def test_page_has_bytes_headers_and_final_address(web, fetcher):
    """A page comes with its bytes, type and validators, and the server saw an honest agent."""
    web.route("/a", Answer("中文".encode("gb18030"), headers={"Content-Type": "text/html; charset=gb2312"}, etag='"1"', modified=OLD))
    page = fetcher().get(Request(web.url("/a")))
    assert page == Page(web.url("/a"), "中文".encode("gb18030"), "text/html; charset=gb2312", web.url("/a"), '"1"', OLD)
    seen = web.asked("/a")[0]
    assert seen.headers["user-agent"] == "Feedbridge/0.1 (+mailto:ops@example.org)"
    assert seen.headers["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in seen.headers


def test_conditional_request_gives_unchanged(web, fetcher):
    """Both validators go out as they came, and a 304 is Unchanged."""
    web.route("/a", Answer(b"x", etag='W/"1"', modified=OLD))
    assert fetcher().get(Request(web.url("/a"), "list", 'W/"1"', OLD)) == Unchanged(web.url("/a"))
    seen = web.asked("/a")[0].headers
    assert (seen["if-none-match"], seen["if-modified-since"]) == ('W/"1"', OLD)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "x" * 2000, "\x00", " "])
def test_unfit_validator_is_not_sent(web, fetcher, value):
    """A stored validator that could break the request is left out."""
    web.route("/a", b"x")
    assert isinstance(fetcher().get(Request(web.url("/a"), etag=value, last_modified=value)), Page)
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(web.asked("/a")[0].headers)


def test_304_without_validators_is_an_error(web, fetcher):
    """A server that says "unchanged" to somebody who has nothing is not believed."""
    web.route("/a", Answer(status=304))
    assert cause(fetcher(), web.url("/a")) == "http-304"


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("x-gzip", gzip.compress(b"hello")),
        ("GZIP", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("gzip", gzip.compress(b"hello") + b"\0\0\0padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", RAW_DEFLATE.compress(b"hello") + RAW_DEFLATE.flush()),
        ("identity", b"hello"),
        ("UTF-8", b"hello"),
        ("", b"hello"),
    ],
    ids=["gzip", "x-gzip", "members", "padded", "zlib", "raw", "identity", "charset", "empty"],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
def test_content_codings(web, fetcher, coding, sent, chunked):
    """Each coding that is read gives the same bytes, in one piece or byte by byte; labels that name no coding are ignored."""
    web.route("/a", Answer(sent, headers={"Content-Encoding": coding}, chunked=chunked))
    assert fetcher().get(Request(web.url("/a"))).body == b"hello"


def test_empty_body_may_claim_gzip(web, fetcher):
    """Nothing, labelled as compressed, is nothing."""
    web.route("/a", Answer(b"", headers={"Content-Encoding": "gzip"}))
    assert fetcher().get(Request(web.url("/a"))).body == b""


def test_body_ended_by_the_connection(web, fetcher):
    """An answer without any length is what came until the end."""
    web.route("/a", Answer(b"hello", length=False))
    assert fetcher().get(Request(web.url("/a"))).body == b"hello"


def test_no_cookies_are_kept(web, fetcher):
    """A cookie that one answer sets is not sent with the next request."""
    web.route("/a", Answer(status=302, headers={"Location": "/b", "Set-Cookie": "id=1; Path=/"}))
    web.route("/b", b"x")
    fetcher().get(Request(web.url("/a")))
    assert "cookie" not in web.asked("/b")[0].headers


# ---------------------------------------------------------------- what fails, and how it is called


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(b"x" * 100, cut=40), "cut-off"),
        (Answer(b"x" * 100, cut=40, reset=True), "cut-off"),
        (Answer(b"x" * 100, chunked=True, piece=10, cut=50), "cut-off"),
        (Answer(b"x" * 100, chunked=True, piece=10, cut=150 - 10), "cut-off"),
        (Answer(b"x", claim=2, close=True), "cut-off"),
        (Answer(raw=b""), "cut-off"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), "cut-off"),
        (Answer(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), "bad-answer"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"), "bad-answer"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n"), "bad-answer"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "cut-off"),
        (Answer(b"x" * 2000, headers={"Content-Type": "text/html"}), "too-large"),
        (Answer(b"x" * 2000, chunked=True, piece=100), "too-large"),
        (Answer(b"x" * 2000, length=False), "too-large"),
        (Answer(b"plain", headers={"Content-Encoding": "gzip"}), "bad-encoding"),
        (Answer(b"\xff\xffplain", headers={"Content-Encoding": "deflate"}), "bad-encoding"),
        (Answer(gzip.compress(b"hello")[:-4], headers={"Content-Encoding": "gzip"}), "bad-encoding"),
        (Answer(gzip.compress(b"hello")[:1], headers={"Content-Encoding": "gzip"}), "bad-encoding"),
        (Answer(gzip.compress(b"") * 45, headers={"Content-Encoding": "gzip"}), None),
        (Answer(b"x", headers={"Content-Encoding": "br"}), "bad-encoding"),
        (Answer(b"x", headers={"Content-Encoding": "gzip, gzip"}), "bad-encoding"),
        (Answer(status=404), "http-404"),
        (Answer(status=410), "http-410"),
        (Answer(status=500), "http-500"),
        (Answer(status=300), "http-300"),
        (Answer(status=302), "bad-redirect"),
        (redirect("ftp://x/"), "bad-redirect"),
        (redirect("http://u:p@example.org/"), "bad-redirect"),
        (redirect("http://[::1/"), "bad-redirect"),
        (redirect("http://h:99999/"), "bad-redirect"),
        (redirect("javascript:alert(1)"), "bad-redirect"),
        (redirect("file:///etc/passwd"), "bad-redirect"),
        (redirect("/a"), "redirect-loop"),
        (redirect("#top"), "redirect-loop"),
    ],
)
def test_each_fault_has_its_cause(web, fetcher, answer, expected):
    """What a server does wrong comes out as one slug, without any of its text."""
    web.route("/a", answer)
    if expected is None:
        assert fetcher(max_bytes=1000).get(Request(web.url("/a"))).body == b""
    else:
        assert cause(fetcher(max_bytes=1000), web.url("/a")) == expected


def test_error_text_quotes_nothing_from_the_server(web, fetcher):
    """A hostile status line does not reach the message."""
    web.route("/a", Answer(raw=b"EVIL-TEXT\x1b[31m\r\n\r\n"))
    with pytest.raises(Unreachable) as caught:
        fetcher().get(Request(web.url("/a")))
    assert "EVIL" not in str(caught.value)


def test_http_status_carries_its_number(web, fetcher):
    """404 is an HttpStatus with status 404."""
    with pytest.raises(HttpStatus) as caught:
        fetcher().get(Request(web.url("/gone")))
    assert (caught.value.status, caught.value.retry_at) == (404, None)


def test_silence_is_a_timeout(web, fetcher):
    """A server that takes the request and never answers."""
    web.route("/a", Answer(hang=True))
    assert cause(fetcher(timeout=timedelta(seconds=0.3)), web.url("/a")) == "timeout"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"x" * 1000, drip=0.05),
        Answer(b"x" * 1000, drip=0.05, length=False),
        Answer(b"x" * 1000, drip=0.05, chunked=True),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + b"x" * 500, drip=0.05),
    ],
)
def test_a_drip_ends_at_the_deadline(web, fetcher, answer):
    """A byte now and then keeps every read going, and the whole still ends in time: in the head, in a body of any kind."""
    web.route("/robots.txt", b"")
    web.route("/a", answer)
    assert cause(fetcher(deadline=timedelta(seconds=0.4)), web.url("/a")) == "deadline"


def test_the_deadline_covers_redirects(web, fetcher):
    """The hops of one request share one deadline."""
    for n in range(5):
        web.route(f"/{n}", Answer(status=302, headers={"Location": f"/{n + 1}"}, delay=0.15))
    assert cause(fetcher(deadline=timedelta(seconds=0.4)), web.url("/0")) == "deadline"


def test_gzip_bomb_is_left_early(web, fetcher):
    """100 MB out of 100 KB: given up at the limit, in bounded memory."""
    import tracemalloc

    web.route("/robots.txt", b"")
    web.route("/a", Answer(gzip.compress(bytes(100_000_000), 9), headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    assert cause(fetcher(max_bytes=1_000_000), web.url("/a")) == "too-large"
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_many_gzip_members_are_refused(web, fetcher):
    """A body of thousands of empty members is work for nothing."""
    web.route("/a", Answer(gzip.compress(b"") * 5000, headers={"Content-Encoding": "gzip"}))
    assert cause(fetcher(), web.url("/a")) == "bad-encoding"


def test_a_page_of_exactly_the_limit_passes(web, fetcher):
    """The limit itself is allowed, plain and compressed."""
    web.route("/a", Answer(b"x" * 1000), Answer(b"x" * 1000, gzip=True))
    assert len(fetcher(max_bytes=1000).get(Request(web.url("/a"))).body) == 1000
    assert len(fetcher(max_bytes=1000).get(Request(web.url("/a"))).body) == 1000


def test_nobody_listens(fetcher):
    """A closed port is cause connect."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert cause(fetcher(), f"http://127.0.0.1:{port}/") == "connect"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".example"])
def test_unknown_name(fetcher, host, monkeypatch):
    """A name that does not resolve, or cannot, is cause dns."""
    real = socket.getaddrinfo

    def resolve(name, *args, **kwargs):
        if str(name).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert cause(fetcher(), f"http://{host}/") == "dns"


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "http://u:secret@example.org/", "http:///x", "http://h:0/", "http://h:70000/", "x", ""]
)
def test_unfit_address(fetcher, url):
    """What is no plain http(s) address is not asked for, and credentials never show."""
    with pytest.raises(Unreachable) as caught:
        fetcher().get(Request(url))
    assert caught.value.cause == "bad-url"
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- TLS


def test_untrusted_certificate(fetcher):
    """A self-signed certificate is cause tls."""
    with Web(tls=True) as web:
        assert cause(fetcher(), web.url("/")) == "tls"


def test_plain_server_on_a_tls_address(fetcher):
    """https to a server that speaks plain HTTP is cause tls."""
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def talk():
            with plain.accept()[0] as connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        speaker = threading.Thread(target=talk)
        speaker.start()
        assert cause(fetcher(), f"https://127.0.0.1:{plain.getsockname()[1]}/") == "tls"
        speaker.join()


def named_portal(monkeypatch, address="127.0.0.1"):
    """portal.test and wrong.test resolve to `address`."""
    real = socket.getaddrinfo

    def resolve(name, port, *args, **kwargs):
        return real(address if str(name).endswith(".test") else name, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_tls_checks_the_name_not_the_address(fetcher, monkeypatch):
    """The connection goes to the judged address, while SNI, Host and certificate are those of the name."""
    named_portal(monkeypatch)
    monkeypatch.setattr("bridge.web.wire.DEFAULT_CA_BUNDLE_PATH", str(TLS_PEM))
    with Web(tls=True) as web:
        web.route("/a", b"secure")
        assert fetcher().get(Request(web.url("/a", "portal.test"))).body == b"secure"
        assert web.asked("/a")[0].headers["host"] == f"portal.test:{web.port}"
        assert cause(fetcher(), web.url("/a", "wrong.test")) == "tls"


def test_tls_silence_meets_the_deadline(fetcher):
    """A handshake that never comes ends too."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/"
        assert cause(fetcher(deadline=timedelta(seconds=0.3)), url) == "deadline"


# ---------------------------------------------------------------- redirects


def test_redirects_are_followed_to_the_final_address(web, fetcher):
    """301, 302, 303, 307, 308: relative, absolute, with a fragment; the page names both addresses."""
    for n, (status, to) in enumerate([(301, "/1#x"), (302, web.url("/2")), (303, "3"), (307, "?q=4"), (308, "/5")]):
        web.route("/3?q=4" if n == 4 else f"/{n}", redirect(to, status))
    web.route("/5", b"here")
    page = fetcher().get(Request(web.url("/0")))
    assert (page.url, page.requested, page.body) == (web.url("/5"), web.url("/0"), b"here")


def test_six_redirects_are_too_many(web, fetcher):
    """The sixth hop is not taken."""
    for n in range(7):
        web.route(f"/{n}", redirect(f"/{n + 1}"))
    assert cause(fetcher(), web.url("/0")) == "too-many-redirects"
    assert not web.asked("/6")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("/新闻".encode().decode("latin-1"), "/%E6%96%B0%E9%97%BB"),
        ("/新闻".encode("gb18030").decode("latin-1"), "/%D0%C2%CE%C5"),
        ("/a b%zz", "/a%20b%25zz"),
        ("/%d0%c2", "/%D0%C2"),
    ],
)
def test_redirect_targets_are_read_as_bytes(web, fetcher, sent, expected):
    """A Location in UTF-8, in GBK, or badly escaped leads where a browser would go."""
    web.route("/a", redirect(sent))
    web.route(expected, b"here")
    assert fetcher().get(Request(web.url("/a"))).body == b"here"


def test_a_date_does_not_travel_with_a_redirect(web, fetcher):
    """Behind a redirect only the entity tag is conditional: an old error page must not pass for "unchanged"."""
    web.route("/a", redirect("/b"))
    web.route("/b", Answer(b"maintenance", etag='"other"', modified=OLD))
    page = fetcher().get(Request(web.url("/a"), etag='"1"', last_modified=OLD))
    assert (page.body, page.etag, page.last_modified) == (b"maintenance", '"other"', None)
    assert web.asked("/a")[0].headers["if-modified-since"] == OLD
    assert "if-modified-since" not in web.asked("/b")[0].headers


def test_an_entity_tag_travels_with_a_redirect(web, fetcher):
    """A list that has moved for good still costs no body."""
    web.route("/a", redirect("/b"))
    web.route("/b", Answer(b"list", etag='"1"'))
    assert fetcher().get(Request(web.url("/a"), etag='"1"')) == Unchanged(web.url("/a"))


PRIVATE = ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://0xa.1/", "http://167772161/"]


@pytest.mark.parametrize("to", PRIVATE)
def test_redirect_to_a_private_address_is_refused_at_the_hop(web, fetcher, to):
    """The guard judges every hop, in any spelling (the last two are 10.0.0.1)."""
    web.route("/a", redirect(to))
    with pytest.raises(AddressRefused) as caught:
        fetcher().get(Request(web.url("/a")))
    assert caught.value.url == to


def test_loopback_is_refused_without_the_exemption(web, fetcher):
    """Nothing is exempt by default."""
    web.route("/a", b"x")
    assert cause(fetcher(allow=()), web.url("/a")) == "address-refused"
    assert web.connections == 0


def test_redirect_to_a_disallowed_address(web, fetcher):
    """robots.txt is asked again at each hop."""
    web.route("/robots.txt", "User-agent: *\nDisallow: /b")
    web.route("/a", redirect("/b"))
    with pytest.raises(RobotsRefused) as caught:
        fetcher().get(Request(web.url("/a")))
    assert caught.value.url == web.url("/b")
    assert not web.asked("/b")


# ---------------------------------------------------------------- odds and ends


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("mailto:ops@example.org", "Feedbridge/0.1 (+mailto:ops@example.org)"),
        ("", "Feedbridge/0.1"),
        ("x)\r\nEvil: (y", "Feedbridge/0.1 (+xEvil:y)"),
    ],
)
def test_user_agent(contact, expected):
    """The contact is in the agent and cannot break out of it."""
    assert user_agent("0.1", contact) == expected


def test_environment_is_not_read(web, fetcher, monkeypatch):
    """A proxy or a netrc from the environment would void the guard."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    web.route("/a", b"direct")
    assert fetcher().get(Request(web.url("/a"))).body == b"direct"


def test_the_operators_proxy(web, fetcher):
    """A configured proxy may be anywhere; names that are private here are refused all the same."""
    web.fallback = b"by proxy"
    web.route("/robots.txt", Answer(status=404))
    through = fetcher(allow=(), proxy=web.url("/"))
    assert through.get(Request("http://192.175.48.1/a")).body == b"by proxy"
    assert web.asked("http://192.175.48.1/a")
    assert cause(through, "http://10.0.0.1/") == "address-refused"


def test_a_dead_proxy(fetcher):
    """A proxy that does not answer is cause proxy."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert cause(fetcher(proxy=f"http://127.0.0.1:{port}"), "http://192.175.48.1/") == "proxy"


def test_import_is_light():
    """The guard, the host book and pacing load neither requests nor protego; fetch loads no protego and no HTML parser."""
    code = (
        "import sys, bridge.web.guard, bridge.web.hostbook, bridge.web.pacing\n"
        "assert 'requests' not in sys.modules and 'urllib3' not in sys.modules\n"
        "import bridge.fetch; assert not {'protego', 'bs4', 'lxml', 'telegram', 'sqlite3'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
