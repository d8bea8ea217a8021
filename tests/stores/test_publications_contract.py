"""What every store does with published files; each implementation passes all of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.model import Entry
from bridge.publication_rows import Drawn, File, Month, Place
from bridge.rows import Change, EntryWrite, Look
from bridge.stores import sqlite

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite"])
def store(request, tmp_path):
    opened = sqlite.connect(tmp_path)
    yield opened
    opened.close()


def add(store, number, at=NOW, published=None, portal="p"):
    shown = published or at
    entry = Entry(id=f"tag:{number}", portal=portal, url="u", title="t", first_seen=at, published=shown, updated=shown)
    return store.archive.announce(EntryWrite(uid=None, entry=entry, prints={}), (), kind="published", at=at, listed=True)


def withdraw(store, uid, at):
    store.archive.apply(Change(link=0, portal="p", at=at, look=Look(due_at=None, step=0), withdrawn=uid, shown=True))


def uids(places):
    return [place.entry for place in places]


def test_newest_first_page_by_page_equal_times_included(store):
    made = [add(store, n, published=NOW - HOUR * (n // 3)) for n in range(8)]
    pages, after = [], None
    while page := store.publications.newest("p", 2, after):
        pages.append(uids(page))
        after = page[-1]
    assert [uid for page in pages for uid in page] == [made[n] for n in (2, 1, 0, 5, 4, 3, 7, 6)]
    assert {len(page) for page in pages} == {2}


def test_what_a_feed_gained_is_told_by_time_and_without_what_is_withdrawn(store):
    made = [add(store, n, NOW + HOUR * n) for n in range(4)]
    withdraw(store, made[2], NOW + 9 * HOUR)
    book = store.publications
    assert uids(book.gained("p", NOW, NOW + 3 * HOUR)) == made[:2]
    assert uids(book.recent("p", NOW + HOUR, 9)) == [made[3], made[1]]
    assert (book.next_gain("p", NOW + timedelta(minutes=1)), book.last_gain("p")) == (NOW + HOUR, NOW + 3 * HOUR)
    assert (book.next_gain("p", NOW + 4 * HOUR), book.last_gain("q")) == (None, None)
    assert [(one.id, one.at) for one in book.gone("p", NOW, 9)] == [("tag:2", NOW + 9 * HOUR)]
    assert book.gone("p", NOW + 10 * HOUR, 9) == book.gone("q", NOW, 9) == []


def test_changes_are_what_came_and_what_was_edited_or_withdrawn(store):
    made = [add(store, n, NOW + HOUR * n) for n in range(3)]
    withdraw(store, made[0], NOW + 5 * HOUR)
    add(store, 9, NOW + 6 * HOUR, portal="q")
    assert sorted(uids(store.publications.changed("p", NOW + 2 * HOUR))) == [made[0], made[2]]


def test_an_entry_in_two_feeds_is_shared(store):
    uid = add(store, 1)
    store.archive.apply(Change(link=0, portal="q", at=NOW + HOUR, look=Look(due_at=None, step=0), adopt=uid))
    assert store.publications.gained("q", NOW, NOW + 2 * HOUR) == [Place(entry=uid, sort_at=NOW, gained=NOW + HOUR, shared=True)]
    assert store.publications.gains(uid) == {"p": NOW, "q": NOW + HOUR}


def test_a_choice_is_kept_changed_and_forgotten(store):
    book = store.publications
    [one, two, three] = [Place(entry=add(store, n), sort_at=NOW + HOUR * n, gained=NOW) for n in range(3)]
    book.choose("f", [one, two, three], [])
    assert book.chosen("f", 2) == [three.entry, two.entry]
    book.choose("f", [], [three.entry])
    withdraw(store, two.entry, NOW)
    assert book.chosen("f", 9) == [one.entry]
    assert [gone.id for gone in book.gone_from_choice("f", NOW, 9)] == ["tag:1"]
    book.choose("f", [three], [], anew=True)
    assert book.chosen("f", 9) == [three.entry]
    assert book.chosen("g", 9) == []


def test_what_was_drawn_is_remembered_with_its_files_and_months(store):
    book = store.publications
    drawn = Drawn(feed="p", tag="tag:x", version="v", settings="s", sieve="", seen_at=NOW)
    live, old = File(name="p.rss", seal="1", feed="p"), File(name="archive/p-2026-10.rss", seal="2", feed="p", month="2026-10")
    book.save(drawn, [live, old], [Month(feed="p", month="2026-10", drawn="d", entries=(1, 2))])
    assert book.drawn() == {"p": drawn}
    assert book.live_files() == {"p.rss": "1"}
    assert book.months("p") == ["2026-10"]
    assert book.month("p", "2026-10").entries == (1, 2)
    assert book.month("p", "2026-11") is None
    assert book.files_of("p") == book.some_files(0.0, 9) == [live, old]
    book.spoil([live, old])
    assert book.spoilt() == [("p", "2026-10")]
    assert book.month("p", "2026-10").entries == (1, 2)


def test_pages_are_due_until_they_are_drawn_and_again_when_they_are_spoilt(store):
    book = store.publications
    one, two = add(store, 1), add(store, 2)
    assert book.page(one) is None
    book.save_pages({one: "", two: ""})
    assert (book.due_pages(1), book.due_pages(9)) == ([two], [two, one])
    file = File(name="a/1.html", seal="1", feed="p", entry=one)
    book.save_pages({one: "x", two: "y"}, [file])
    assert (book.page(one), book.due_pages(9)) == ("x", [])
    book.spoil([file])
    assert book.due_pages(9) == [one]
    book.redraw_pages()
    assert book.due_pages(9) == [two, one]
