"""Cutting a feed to size: the least that is needed, with few renderings."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bridge.core import feed as feeds
from bridge.model import Entry, Feed

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def made(sizes):
    """A feed with texts of these lengths, newest first."""
    entries = tuple(
        Entry(
            id=f"tag:a.example,2026:{n}", portal="a", url="http://a.example/", title="t", first_seen=NOW, published=NOW, updated=NOW,
            summary="s" * 30, content_html="h" * size, content_text="h" * size,
        )
        for n, size in enumerate(sizes)
    )  # fmt: skip
    return Feed(id="a", stem="a", title="a", home_url="http://a.example/", base_url="http://b.example/", updated=NOW, entries=entries)


def writer(about, each, factor):
    """A format that writes `about` bytes for the feed, `each` for an entry, and every text `factor` times as long."""
    calls = []

    def render(feed):
        calls.append(feed)
        texts = sum(len(entry.content_html) + len(entry.summary) for entry in feed.entries)
        return b"x" * (about + each * len(feed.entries) + int(factor * texts))

    return render, calls


def slowly(feed, render, limit, whole):
    """What `fitted` must find, by counting up."""
    short = tuple(map(feeds.brief, feed.entries))
    last = max(0, len(feed.entries) - 1)
    for tail in (short,) if whole else (short, ()):
        for count in range(last + 1):
            keep = len(feed.entries) - count
            less = replace(feed, entries=(*feed.entries[:keep], *tail[keep:]))
            if len(render(less)) <= limit:
                return less
        feed = less
    return less


@given(
    st.lists(st.integers(0, 3000), max_size=25),
    st.integers(0, 60_000),
    st.tuples(st.integers(0, 500), st.integers(0, 2000), st.floats(0, 3)),
    st.booleans(),
)
def test_as_few_entries_give_way_as_make_it_fit(sizes, limit, manner, whole):
    """Whatever the texts and whatever a format makes of them."""
    feed = made(sizes)
    render, _ = writer(*manner)
    data, left = feeds.fitted(feed, render, limit, whole=whole)
    assert left == slowly(feed, render, limit, whole)
    assert data == render(left)


def test_a_long_feed_is_rendered_four_times_and_hardly_ever_larger_than_it_may_be():
    """Not in full, and not by halving: what is rendered to find the place has about the size of what is published."""
    feed = made([5000 + 37 * n % 9000 for n in range(500)])
    render, calls = writer(800, 700, 1.3)
    data, left = feeds.fitted(feed, render, 1_000_000)
    assert 980_000 < len(data) <= 1_000_000
    assert len(calls) <= 5
    assert max(len(render(less)) for less in calls[:]) < 1_400_000
    assert len(left.entries) == 500


def test_a_feed_that_fits_is_rendered_once():
    render, calls = writer(800, 700, 1.3)
    feed = made([500] * 50)
    assert feeds.fitted(feed, render)[1] is feed
    assert len(calls) == 1
