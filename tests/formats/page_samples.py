"""What the page tests share: every kind of page of the sample feed, and strings that attack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feed_samples import ENTRIES, catalogue, feed

from bridge.formats import entry_page, html, page, status_page
from bridge.overview import IncidentView, Overview, PortalView, SubscriberView

AT = datetime(2026, 10, 18, 17, 30, tzinfo=UTC)  # the 19th in Shanghai
PORTAL = PortalView(
    id="tangshan", title="唐山信息网", url="http://www.china0315.com/", timezone="Asia/Shanghai", verdict="well", entries=214,
    per_day=(*[0] * 27, 3, 0, 12), since=AT - timedelta(days=3), last=AT, last_good=AT, next=AT + timedelta(minutes=15), requests=612,
    success=0.998, delay=timedelta(minutes=7), newest_at=AT - timedelta(hours=2), unread=1,
)  # fmt: skip
OVERVIEW = Overview(
    at=AT,
    portals=(
        replace(
            PORTAL, id="b", verdict="broken", cause="http-503", detail="https://b.example/: 503, 21 looks", bad_ticks=21, per_day=(0,) * 30
        ),
        PORTAL,
    ),
    subscribers=(
        SubscriberView(id="archive", kind="webhook", portals=("tangshan",), state="disabled", why="410 Gone", since=AT, sent=7, dead=4),
        SubscriberView(id="readers", kind="telegram", portals=("tangshan",), state="open", sent=210, waiting=2, last_sent=AT),
    ),
    incidents=(IncidentView(subject="portal:b", cause="http-503", evidence="503 <b>at</b> 21 looks", opened=AT - timedelta(hours=5)),),
    last_run=AT,
    last_run_seconds=1.4,
    faults={"b": "could not be written"},
)


def pages():
    """Name → bytes of one page of each kind."""
    shown = feed()
    return {
        "index": html.render(replace(catalogue(), overview=OVERVIEW)),
        "feed": page.render(shown),
        "empty": page.render(feed(())),
        "article": entry_page.render(ENTRIES[0], shown),
        "bare": entry_page.render(ENTRIES[7], shown),
        "gone": entry_page.withdrawn(ENTRIES[0], shown),
        "status": status_page.render(OVERVIEW),
        "live": status_page.render(OVERVIEW, live=True),
        "nothing": status_page.render(Overview(at=AT)),
    }


__all__ = ["AT", "OVERVIEW", "PORTAL", "pages"]
