"""Hostile text made fit: one table a function."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.formats import text


@pytest.mark.parametrize(
    ("given_url", "wanted"),
    [
        ("http://a.example/", "http://a.example/"),
        ("HTTP://A.Example:8080/x", "http://a.example:8080/x"),
        ("http://a.example/新闻/1.html?类=a b#节", "http://a.example/%E6%96%B0%E9%97%BB/1.html?%E7%B1%BB=a%20b#%E8%8A%82"),
        ("http://a.example/%D0%C2?x=%zz&y=100%", "http://a.example/%D0%C2?x=%25zz&y=100%25"),
        ("http://中文.example/", "http://xn--fiq228c.example/"),
        ("http://user:pass@a.example/x", "http://a.example/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ('http://a.example/"><script>', "http://a.example/%22%3E%3Cscript%3E"),
        ("http://a.example/a\x00b\ud800c", "http://a.example/abc"),
        (" http://a.example/x\n", "http://a.example/x"),
        ("http://a_b.example/", "http://a_b.example/"),
        *((bad, None) for bad in (None, "", "/x", "//a.example/x", "javascript:alert(1)", "ftp://a.example/", "http:///x", "http://a b/")),
        *((bad, None) for bad in ("http://[/", "http://a.example:99999/", "http://..:1/", "mailto:a@b", "http://a<b>.example/")),
    ],
)
def test_address(given_url, wanted):
    """Absolute http(s) in ASCII, or None."""
    assert text.address(given_url) == wanted


@given(st.text(max_size=40))
def test_address_is_ascii_and_a_fixed_point(value):
    """Whatever comes, the result is ASCII and stays as it is when cleaned again."""
    once = text.address("http://a.example/" + value)
    assert once is None or (once.isascii() and text.address(once) == once)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (" 一\r\n 二\t三 ", "一 二 三"),
        ("一\u3000二", "一\u3000二"),
        ("“全角：标点”（保留）", "“全角：标点”（保留）"),
        ("cafe\u0301", "café"),
        ("\u202e反转\u202c \u2066x\u2069", "反转 x"),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\u200b\u200d\ufeff", ""),
        ("a\u2028b", "a b"),
        ("a\x00\x1b\x85\ud800\uffff\U0003ffffb", "ab"),
    ],
)
def test_line(raw, wanted):
    """One line of NFC without controls; ideographic spaces and punctuation stay."""
    assert text.line(raw) == wanted


@given(st.text(st.characters()))
def test_plain_is_a_fixed_point_in_nfc_that_utf8_can_write(value):
    """Cleaning twice is cleaning once."""
    once = text.plain(value)
    assert text.plain(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


def test_markup_is_not_normalised():
    """NFC would join `>` and a combining stroke into one character and break the tag."""
    assert text.drop_bad("<p>\u0338x</p>") == "<p>\u0338x</p>"


@pytest.mark.parametrize(
    ("raw", "most", "wanted"),
    [("短", 5, "短"), ("一二三四五六", 5, "一二三四…"), ("one two three four", 12, "one two…"), ("", 5, ""), ("abcdefghij", 5, "abcd…")],
)
def test_shortened(raw, most, wanted):
    """At most so many characters, cut at a space where one is near."""
    assert text.shortened(raw, most) == wanted
    assert len(wanted) <= most


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("zh-CN", "zh-CN"),
        ("en", "en"),
        ("", None),
        ("中文", None),
        ("zh_CN", None),
        ('en"x', None),
        ("cn", "zh"),
        ("yue-HK", "zh-yue-HK"),
        ("xx-YY", None),
        ("fil", "fil"),
        ("EN", "EN"),
    ],
)
def test_language(raw, wanted):
    """Only tags whose language readers and W3C's validator know; a part of a macrolanguage is written as one."""
    assert text.language(raw) == wanted


@pytest.mark.parametrize(("offset", "wanted"), [(480, "12:00+0800"), (330, "09:30+0530"), (345, "04:00+0000"), (-210, "00:30-0330")])
def test_mail_time(offset, wanted):
    """Offsets of quarters of an hour are written as UTC."""
    at = datetime(2019, 5, 11, 4, 0, tzinfo=UTC).astimezone(timezone(timedelta(minutes=offset)))
    assert f"{text.mail_time(at):%H:%M%z}" == wanted


def test_whole_and_exact_keep_the_offset():
    """Seconds only, or with their fraction; an offset with seconds becomes UTC."""
    at = datetime(2019, 5, 11, 11, 13, 36, 5, tzinfo=timezone(timedelta(hours=8)))
    assert text.whole(at).isoformat() == "2019-05-11T11:13:36+08:00"
    assert text.exact(at).isoformat() == "2019-05-11T11:13:36.000005+08:00"
    odd = datetime(1900, 1, 1, 8, 5, 43, tzinfo=timezone(timedelta(hours=8, minutes=5, seconds=43)))
    assert text.whole(odd) == datetime(1900, 1, 1, tzinfo=UTC)
