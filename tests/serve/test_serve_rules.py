"""The pure rules: which paths are files, which coding is sent, what a precondition means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.serving import names
from bridge.serving.front import Limit
from bridge.serving.negotiation import coding, http_date, verdict

ALL = frozenset({"", "gz", "br"})
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ("", ""),
        ("gzip", "gz"),
        ("x-gzip", "gz"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gz"),
        ("*", "br"),
        ("gzip;q=0", ""),
        ("br;q=0, *", "gz"),
        ("gzip;q=1.0, br;q=0.5", "gz"),
        ("gzip;q=0.5, identity", ""),
        ("identity;q=0", ""),
        ("identity;q=0.5, gzip;q=0.5", "gz"),
        ("br;q=abc, gzip", "gz"),
        ("br;q=-1", ""),
        ("deflate, zstd", ""),
        (",,;q=1,", ""),
    ],
)
def test_the_coding_that_a_client_prefers(accept, best):
    assert coding(accept, ALL) == best


def test_what_is_not_there_is_not_sent():
    assert coding("gzip, br", frozenset({"", "gz"})) == "gz"
    assert coding("gzip, br", frozenset({""})) == ""


@given(st.text(max_size=60))
def test_any_header_has_an_answer(text):
    """No field a client can send raises."""
    assert coding(text, ALL) in ALL
    assert verdict({"t"}, AT, None, text, text) in {"send", "unchanged"}
    assert verdict({"t"}, AT, text, None, None) in {"send", "failed"}


@given(st.integers(0, 3_000_000_000))
def test_a_date_is_read_in_all_three_forms(seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"):
        assert http_date(at.strftime(form)) == at


STRANGE = [
    "/.git/config.json",
    "/../x.rss",
    "/a/../x.rss",
    "/a/./x.rss",
    "//x.rss",
    "/a//x.rss",
    "/x.rss/",
    "/.x.rss.new",
    "/x.rss.gz",
    "/x.db",
    "/x",
    "/a\\..\\x.rss",
    "x.rss",
    "*",
    "/a/b/c/d.rss",
    "/x.rss.",
    "/x.RSS",
    "/ü.rss",
]


@pytest.mark.parametrize("path", [*STRANGE, "/x\0.rss", "/x.rss\n", "/" + "x" * 400 + ".rss", "/a b.rss"])
def test_paths_that_are_no_file_of_ours(path):
    assert names.published(path) is None


@given(st.text(max_size=40))
def test_whatever_is_let_through_stays_below_the_folder(path):
    """Only segments of plain characters, none beginning with a dot."""
    for found in (names.published(path), names.published("/" + path), names.published("/" + path + ".rss")):
        if found is not None:
            assert all(part and part[0] != "." and part.isascii() and "\\" not in part for part in found.split("/"))


@pytest.mark.parametrize(
    ("name", "feed"),
    [("x.rss", "x"), ("x-y.html", "x-y"), ("archive/x-2026-10.atom", "x"), ("archive/x-y-2026-10.rss", "x-y"), ("a/b.html", None)],
)
def test_which_feed_a_file_belongs_to(name, feed):
    assert names.feed(name) == feed


def test_a_limit_is_a_bucket_for_each_address():
    """Ten at once, then one every six seconds; others are not concerned; an IPv6 neighbourhood counts as one."""
    now = [0.0]
    limit = Limit(10, lambda: now[0])
    assert [limit.wait("192.0.2.1") for _ in range(10)] == [0.0] * 10
    assert limit.wait("192.0.2.1") == pytest.approx(6.0)
    assert limit.wait("192.0.2.2") == 0.0
    now[0] = 6.5
    assert limit.wait("192.0.2.1") == 0.0
    assert limit.wait("192.0.2.1") > 0
    six = [limit.wait(f"2001:db8::{n}") for n in range(11)]
    assert six[:10] == [0.0] * 10
    assert six[10] > 0
    assert limit.wait("2001:db8:0:1::1") == 0.0


def test_a_limit_forgets_addresses():
    """A flood of addresses takes a bounded room."""
    limit = Limit(1, lambda: 0.0)
    for n in range(20_001):
        limit.wait(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert limit.wait("10.0.0.0") == 0.0
    assert not any(Limit(0, lambda: 0.0).wait("x") for _ in range(99))
