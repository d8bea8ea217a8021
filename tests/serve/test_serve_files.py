"""The rules of serving feeds (media types, validators, codings, links) over real sockets."""

import gzip
import os
import time
from contextlib import closing
from email.utils import parsedate_to_datetime

import brotli
import pytest
from stand_ins.served import FEED, PAGE, Served

from bridge.publication_rows import Drawn
from bridge.stores import sqlite

SAME_IN_304 = ("etag", "last-modified", "cache-control", "vary", "link")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("city.rss", "application/rss+xml; charset=utf-8"),
        ("city.atom", "application/atom+xml; charset=utf-8"),
        ("city.json", "application/feed+json"),
        ("all.rss", "application/rss+xml; charset=utf-8"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("city.html", "text/html; charset=utf-8"),
        ("a/b4k.html", "text/html; charset=utf-8"),
        ("archive/city-2026-10.atom", "application/atom+xml; charset=utf-8"),
        ("assets/style.css", "text/css; charset=utf-8"),
    ],
)
def test_each_file_has_its_media_type(served, name, media_type):
    """S1: with charset where the type has one, and nosniff."""
    served.put(name, FEED)
    answer = served.ask("/" + name)
    assert (answer.status, answer.body) == (200, FEED)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_landing_page_stands_at_the_root(tmp_path):
    with Served(tmp_path) as house:
        assert house.ask("/").body == PAGE == house.ask("/index.html?utm=1").body


def test_a_304_has_the_headers_of_the_200_and_no_body(served):
    """S3, S10: for each coding, for GET and HEAD."""
    for accept in ("identity", "gzip", "br"):
        full = served.ask(Accept_Encoding=accept)
        for method in ("GET", "HEAD"):
            answer = served.ask(method=method, Accept_Encoding=accept, If_None_Match=full.headers["etag"])
            assert (answer.status, answer.body) == (304, b"")
            assert {key: answer.headers[key] for key in SAME_IN_304} == {key: full.headers[key] for key in SAME_IN_304}
            assert "content-type" not in answer.headers


def test_head_is_get_without_the_body(served):
    """S7: also the length."""
    for accept in ("identity", "gzip", "br"):
        get, head = (served.ask(method=method, Accept_Encoding=accept) for method in ("GET", "HEAD"))
        assert head.body == b""
        assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
        assert int(head.headers["content-length"]) == len(get.body)


def test_codings_have_their_own_strong_tags_and_unpack_to_the_file(served):
    """S4, S5."""
    plain, packed, small = (served.ask(Accept_Encoding=accept) for accept in ("identity", "gzip", "gzip, br"))
    assert [a.headers.get("content-encoding") for a in (plain, packed, small)] == [None, "gzip", "br"]
    assert plain.body == gzip.decompress(packed.body) == brotli.decompress(small.body) == FEED
    tags = [a.headers["etag"] for a in (plain, packed, small)]
    assert len(set(tags)) == 3
    assert all(tag.startswith('"') for tag in tags)
    assert {a.headers["vary"] for a in (plain, packed, small)} == {"Accept-Encoding"}


def test_any_coding_s_tag_is_known_again(served):
    """S4: a client that was given gzip and now asks plainly has the document."""
    for accept in ("identity", "gzip", "br"):
        tag = served.ask(Accept_Encoding=accept).headers["etag"]
        for later in ("identity", "gzip", "br"):
            assert served.ask(Accept_Encoding=later, If_None_Match=tag).status == 304
            assert served.ask(Accept_Encoding=later, If_None_Match=f"W/{tag}").status == 304


def test_preconditions_in_their_order(served):
    """S3: If-None-Match hides If-Modified-Since; lists and `*`; dates in three forms; nonsense counts as absent."""
    full = served.ask()
    tag, date = full.headers["etag"], full.headers["last-modified"]
    at = parsedate_to_datetime(date)
    cases = [
        ({"If_None_Match": f'"x", {tag}'}, 304),
        ({"If_None_Match": ['"x"', tag]}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": tag.strip('"')}, 304),
        ({"If_None_Match": '"x"', "If_Modified_Since": date}, 200),
        ({"If_None_Match": tag, "If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": date}, 304),
        ({"If_Modified_Since": at.strftime("%A, %d-%b-%y %H:%M:%S GMT")}, 304),
        ({"If_Modified_Since": at.strftime("%a %b %e %H:%M:%S %Y")}, 304),
        ({"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_Match": tag}, 200),
        ({"If_Match": '"x"'}, 412),
        ({"If_Match": f"W/{tag}"}, 412),
        ({"A_IM": "feed", "If_None_Match": '"old"'}, 200),
        ({"Range": "bytes=0-9"}, 200),
    ]
    assert [(headers, served.ask(**headers).status) for headers, _ in cases] == cases


def test_ranges_are_not_offered(served):
    """The whole file, and a header that says so."""
    answer = served.ask(Range="bytes=0-9")
    assert (answer.status, answer.body, answer.headers["accept-ranges"]) == (200, FEED, "none")


def test_validators_outlive_the_server(tmp_path):
    """S2: the same after a restart, and after an equal file was put again; another file has others."""
    with Served(tmp_path) as house:
        first = house.ask().headers
        assert not house.put("city.rss", FEED)
    with Served(tmp_path) as house:
        second = house.ask().headers
        assert [first[key] for key in SAME_IN_304] == [second[key] for key in SAME_IN_304]
        house.put("city.rss", FEED + b"\n")
        assert house.ask().headers["etag"] != first["etag"]
        assert house.ask(If_None_Match=first["etag"]).status == 200


def test_links_name_the_hub_and_the_feed_itself(served):
    """S10: on feeds, not on archives, pages or errors; absolute by base_url, whatever Host says."""
    served.put("archive/city-2026-09.rss", FEED)
    expected = '<https://hub.example.org/>; rel="hub", <https://feeds.example.org/f/city.rss>; rel="self"'
    assert served.ask(Host="evil.example").headers["link"] == expected
    for path in ("/archive/city-2026-09.rss", "/", "/none.html"):
        assert "link" not in served.ask(path).headers


def test_without_a_hub_a_feed_still_names_itself(tmp_path):
    with Served(tmp_path, hub="") as house:
        assert house.ask().headers["link"] == '<https://feeds.example.org/f/city.rss>; rel="self"'


def test_caching_follows_the_portal_s_interval(served):
    """S6: a feed by its portal's, at most an hour; what shows all portals by the shortest."""
    served.put("slow.atom", FEED)
    ages = {path: served.ask(path).headers["cache-control"] for path in ("/city.rss", "/slow.atom", "/")}
    assert ages == {"/city.rss": "public, max-age=600", "/slow.atom": "public, max-age=3600", "/": "public, max-age=600"}


def test_missing_removed_and_unknown_feeds(tmp_path):
    """S7: 503 with Retry-After for a configured one, 410 for one that was published once (file or memory), 404 for the rest."""
    house = Served(tmp_path)
    house.put("gone.rss", FEED)
    house.put("archive/gone-2026-01.rss", FEED)
    with closing(sqlite.connect(house.config.bridge.state)) as store:
        store.publications.save(Drawn(feed="dropped"))
    with house:
        paths = ("/slow.rss", "/gone.rss", "/archive/gone-2026-01.rss", "/dropped.rss", "/dropped.html", "/never.rss", "/city.html")
        answers = {path: house.ask(path) for path in paths}
        assert [answers[path].status for path in paths] == [503, 410, 410, 410, 410, 404, 404]
        assert int(answers["/slow.rss"].headers["retry-after"]) > 0
        house.put("slow.rss", FEED)
        assert house.ask("/slow.rss").status == 200


def test_a_stale_precompressed_file_is_not_used(tmp_path):
    """Between two renames, or when somebody edited the file: what is sent is the file as it is."""
    with Served(tmp_path) as house:
        assert house.ask(Accept_Encoding="gzip").headers["content-encoding"] == "gzip"
        (house.public / "city.rss").write_bytes(b"edited by hand")
        answer = house.ask(Accept_Encoding="gzip, br")
        assert answer.body == b"edited by hand"
        assert "content-encoding" not in answer.headers


def test_a_file_with_the_same_time_and_size_in_another_inode_is_read_anew(tmp_path):
    """What is kept in memory is known by more than time and size."""
    with Served(tmp_path) as house:
        house.ask()
        about = (house.public / "city.rss").stat()
        fresh = tmp_path / "fresh"
        fresh.write_bytes(FEED.replace(b"item", b"ITEM"))
        os.utime(fresh, ns=(about.st_mtime_ns, about.st_mtime_ns))
        fresh.rename(house.public / "city.rss")
        assert b"ITEM" in house.ask().body


def test_a_reader_beside_a_writer_never_sees_half_a_file(tmp_path):
    """Two contents of different sizes are put in turn while they are read in all codings; the tag fits the bytes each time."""
    contents = [FEED, FEED * 40]
    unpack = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
    tags = {}
    with Served(tmp_path) as house:
        end = time.monotonic() + 0.4
        for turn in range(10_000):
            if time.monotonic() > end and turn > 20:
                break
            house.put("city.rss", contents[turn % 2])
            answer = house.ask(Accept_Encoding=("identity", "gzip", "br")[turn % 3])
            body = unpack[answer.headers.get("content-encoding")](answer.body)
            assert body in contents
            assert tags.setdefault(answer.headers["etag"], body) == body
    assert len(tags) == 6


def test_pages_carry_their_own_policy_as_a_header(served):
    """A page's meta element, and that nobody frames it; anything else gets the strictest."""
    served.put("index.html", PAGE)
    assert served.ask("/").headers["content-security-policy"] == (
        "default-src 'none'; style-src 'sha256-abc='; img-src data:; frame-ancestors 'none'"
    )
    for path in ("/city.rss", "/none", "/status.json"):
        assert served.ask(path).headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'")
