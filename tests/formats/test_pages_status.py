"""The status page: everything that is known, and in its published form nothing that moves by itself."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html as markup
from page_samples import AT, OVERVIEW

from bridge.core import health_causes
from bridge.formats import status_page, wording
from bridge.overview import IncidentView, Overview

STATIC, LIVE = (markup.fromstring(status_page.render(OVERVIEW, live=live)) for live in (False, True))


def words(node):
    return re.sub(r"\s+", " ", node.text_content()).strip()


def facts(seen, number):
    return {words(row.find("dt").find_class("en")[0]): words(row.find("dd")) for row in seen.xpath("//article")[number].xpath(".//dl/div")}


def moved(**portal):
    """The overview with each portal changed."""
    return replace(OVERVIEW, portals=tuple(replace(view, **portal) for view in OVERVIEW.portals))


@pytest.mark.parametrize(("cause", "shown"), [("unreachable", "无法访问（unreachable） unreachable"), ("http-999", "http-999")])
def test_a_cause_is_told_in_both_languages_where_it_is_known(cause, shown):
    """The name that the documents use stands beside the Chinese words."""
    seen = markup.fromstring(status_page.render(moved(cause=cause)))
    assert re.sub(r"(\S）)", r"\1 ", words(seen.find_class("why")[0].find("b"))).strip() == shown


def test_every_family_of_causes_has_its_words():
    families = re.findall(r"^([a-z-]+) ", health_causes.__doc__, re.M)
    assert len(families) >= 14
    assert [name for name in families if f"because {name}" not in wording.TEXTS] == []


def test_a_portal_shows_its_verdict_with_the_evidence():
    """Worst first; cause, detail and since when; the verdict is a word, not only a colour."""
    broken = words(STATIC.xpath("//article")[0])
    for shown in ("中断", "Broken", "http-503", "https://b.example/: 503, 21 looks", "2026-10-16 01:30"):
        assert shown in broken


def test_the_plot_has_a_text_that_says_the_same():
    """30 bars with day and number, the last day that of the portal's zone; the caption is the plot's name."""
    plot = STATIC.xpath("//svg")[1]
    assert plot.get("role") == "img"
    caption = STATIC.get_element_by_id(plot.get("aria-labelledby"))
    assert "15 articles in 30 days, at most 12 a day, 12 today" in words(caption)
    titles = plot.xpath(".//title/text()")
    assert len(titles) == 30
    assert titles[-1] == "2026-10-19: 12"


def test_figures_that_move_with_each_look_are_live_only():
    assert {"Success, last day", "Requests", "Last look", "Next look", "Publication to feed", "Unread"} <= set(facts(LIVE, 1))
    assert facts(LIVE, 1)["Success, last day"] == "99.8%"
    assert facts(LIVE, 1)["Publication to feed"] == "7:00 min"
    assert set(facts(STATIC, 1)) == {"Articles", "Newest"}
    assert {"Sent", "Waiting"} <= set(facts(LIVE, 2))
    assert set(facts(STATIC, 2)) == {"Dead"}
    assert facts(STATIC, 2)["Dead"] == "4"


QUIET = {
    "a later look": moved(last=AT + timedelta(hours=1), last_good=AT + timedelta(hours=1), next=AT + timedelta(hours=2), requests=700),
    "other rates": moved(success=0.5, delay=timedelta(hours=3), bad_ticks=50, unread=9),
    "the same day later": replace(OVERVIEW, at=AT + timedelta(hours=14)),
    "deliveries": replace(
        OVERVIEW, subscribers=tuple(replace(one, sent=one.sent + 9, waiting=0, last_sent=AT) for one in OVERVIEW.subscribers)
    ),
    "a run": replace(OVERVIEW, last_run=AT + timedelta(hours=1), last_run_seconds=9.0),
}
NEWS = {
    "an article": moved(entries=215, newest_at=AT),
    "a verdict": moved(verdict="quiet"),
    "a day": replace(OVERVIEW, at=AT + timedelta(hours=23)),
    "an incident": replace(OVERVIEW, incidents=()),
    "a paused destination": replace(OVERVIEW, subscribers=tuple(replace(one, state="paused") for one in OVERVIEW.subscribers)),
}


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_tick_changes_no_byte_of_the_published_page(name):
    assert status_page.render(QUIET[name]) == status_page.render(OVERVIEW)
    assert status_page.render(QUIET[name], live=True) != status_page.render(OVERVIEW, live=True)


@pytest.mark.parametrize("name", NEWS)
def test_news_changes_the_published_page(name):
    assert status_page.render(NEWS[name]) != status_page.render(OVERVIEW)


def test_an_incident_shows_from_when_to_when_and_its_evidence_as_text():
    (row,) = STATIC.xpath("//ul[@class='incidents'][1]/li")[:1]
    assert "2026-10-18 20:30" in words(row)
    assert "ongoing" in words(row)
    assert "503 <b>at</b> 21 looks" in words(row)
    closed = replace(OVERVIEW, incidents=(replace(OVERVIEW.incidents[0], closed=AT),))
    assert "ongoing" not in words(markup.fromstring(status_page.render(closed)).xpath("//ul[@class='incidents'][1]/li")[0])


def test_incidents_are_bounded():
    many = tuple(IncidentView(subject=f"portal:{n}", cause="x", evidence="y" * 9999, opened=AT) for n in range(500))
    raw = status_page.render(replace(OVERVIEW, incidents=many, faults={}))
    assert len(markup.fromstring(raw).xpath("//ul[@class='incidents'][1]/li")) == status_page.MOST_INCIDENTS
    assert len(raw) < 120_000


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "No/Such", "", "../../etc/passwd", "\0"])
def test_any_zone_gives_a_page(zone):
    """One that does not exist is UTC."""
    assert status_page.render(moved(timezone=zone), live=True)


def test_nothing_yet_is_said():
    said = words(markup.fromstring(status_page.render(Overview(at=AT))).find(".//main"))
    for shown in ("No portals.", "No subscribers.", "No incidents."):
        assert shown in said
