"""The pages to be looked at: the sample portal read by a real tick, a status of every colour, and an article that attacks."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from bridge.clock import SystemClock  # noqa: E402
from bridge.config import load  # noqa: E402
from bridge.demo.portal import SamplePortal  # noqa: E402
from bridge.engine import Options, opened, tick  # noqa: E402
from bridge.formats import atom, entry_page, html, jsonfeed, opml, page, rss, status_page  # noqa: E402
from bridge.model import Catalogue, Entry, Feed, Source  # noqa: E402
from bridge.overview import IncidentView, Overview, PortalView, SubscriberView  # noqa: E402

_CONFIG = """[bridge]
state = "state"
base_url = "http://127.0.0.1:8080/"
contact = "mailto:demo@example.org"
[network]
allow = ["127.0.0.0/8"]
gap = "0s"
[[portals]]
id = "liudu"
title = "柳渡信息网"
url = "{url}"
lists = ["{lists}"]
"""

POISON = (
    '<script>alert("script")</script>', "<img src=x onerror=alert('error')>", '"><svg onload=alert(1)>', "javascript:alert(1)",
    "</title></style></script><script>alert(2)</script>", "\u202eesrever txet\u2066", "<b><i><a href='javascript:alert(3)'>unclosed",
    "{{ 7 * 7 }}{% raw %}", "<!-- <base href=//evil.invalid/>", "]]></main><meta http-equiv=refresh content=0;url=//evil.invalid/>",
)  # fmt: skip
BODY = (
    "<p>一段正常的文字。</p><script>alert('body')</script><p onclick=alert(4)>点我</p><a href='javascript:alert(5)'>链接</a>"
    "<iframe src='https://evil.invalid/'></iframe><style>body{display:none}</style><svg><script>alert(6)</script></svg>"
    "<form action='https://evil.invalid/'><button>送出</button></form><img src='data:text/html,x' alt='\" onerror=alert(7)'>"
    "<img src='javascript:alert(8)' alt='无'><meta http-equiv=refresh content='0;url=https://evil.invalid/'>"
    "<base href='https://evil.invalid/'><p style='position:fixed;inset:0'>盖住</p>"
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(9)>"
    "</style></mglyph></table></mtext></math><p>\u202e反转&#x202e;</p><b><i>没有结束<p>尾"
)


def write(folder: Path, work: Path, portal: SamplePortal) -> None:
    """Every page lies in `folder`, as a public folder has them."""
    feed = _read(work, portal)
    hostile = _hostile(feed)
    overview = _overview(feed, datetime.now(UTC))
    museum = tuple(entry for entry in feed.entries if "文化" in entry.category)
    culture = replace(feed, id="culture", stem="culture", title="柳渡文化", description="只含栏目“文化”", entries=museum)
    catalogue = Catalogue(title="柳渡订阅", base_url=feed.base_url, feeds=(feed, culture), overview=overview)
    made = {html.NAME: html.render(catalogue), opml.NAME: opml.render(catalogue)}
    made["hostile-index.html"] = html.render(replace(catalogue, title=POISON[8], feeds=(hostile, replace(feed, entries=()))))
    made["many.html"] = html.render(replace(catalogue, feeds=tuple(replace(feed, stem=f"portal-{n}") for n in range(12))))
    for one in (feed, culture, hostile):
        made |= {one.stem + form.SUFFIX: form.render(one) for form in (page, rss, atom, jsonfeed)}
        made |= {entry_page.path(entry): entry_page.render(entry, one) for entry in one.entries}
    made["article.html"] = entry_page.render(_richest(feed), feed).replace(b"../", b"")
    made["hostile-article.html"] = entry_page.render(hostile.entries[0], hostile).replace(b"../", b"")
    made["gone.html"] = entry_page.withdrawn(feed.entries[0], feed).replace(b"../", b"")
    made["status.html"] = status_page.render(overview)
    made["live.html"] = status_page.render(overview, live=True)
    (folder / "a").mkdir(parents=True)
    for name, content in made.items():
        (folder / name).write_bytes(content)


def _read(work: Path, portal: SamplePortal) -> Feed:
    """The feed after a tick over real HTTP, an edit among its articles, one without a date and one with a day only."""
    path = work / "config.toml"
    path.write_text(_CONFIG.format(url=portal.url, lists=portal.list_url), encoding="utf-8")
    config = load(path)
    tick(config, Options(force=True, budget=timedelta(seconds=60)), SystemClock())
    with opened(config) as store:
        held = store.archive.feed("liudu", 50, datetime(2000, 1, 1, tzinfo=UTC), 500)
    first, second, third, *rest = sorted(held, key=lambda entry: entry.published, reverse=True)
    changed = (first, replace(second, revision=2, source=Source("柳渡日报", None, portal.url)), replace(third, precision="none"), *rest)
    entries = (*changed[:5], replace(changed[5], precision="day"), *changed[6:])
    return Feed(
        id="liudu", stem="liudu", title="柳渡信息网", home_url=portal.url, base_url="http://127.0.0.1:8080/", updated=first.updated,
        entries=entries, description="柳渡市的新闻与公告，一有更新就能读到",
    )  # fmt: skip


def _richest(feed: Feed) -> Entry:
    return max(feed.entries, key=lambda entry: (len(entry.images), len(entry.content_html)))


def _hostile(feed: Feed) -> Feed:
    first = feed.entries[0]
    entries = tuple(
        replace(
            first, id=f"tag:evil.invalid,2026:x/hostile{n}", title=title, summary=title, author=title, content_html=BODY + title,
            url=title, source=Source(title, None, title), category=(title,), language='en" onload="alert(1)', images=(),
        )
        for n, title in enumerate(POISON)
    )  # fmt: skip
    return replace(feed, id="hostile", stem="hostile", title=POISON[4], description=POISON[2], entries=entries)


def _overview(feed: Feed, now: datetime) -> Overview:
    """Every verdict and every state once."""
    counts = tuple((day * 7 + day // 5) % 6 for day in range(29))
    well = PortalView(
        id="liudu", title=feed.title, url=feed.home_url, timezone="Asia/Shanghai", verdict="well", since=now - timedelta(days=12),
        last=now - timedelta(minutes=3), last_good=now - timedelta(minutes=3), next=now + timedelta(minutes=12), entries=214,
        per_day=(*counts, len(feed.entries)), requests=612, success=0.998, delay=timedelta(minutes=7, seconds=20), newest_at=now,
    )  # fmt: skip
    broken = replace(
        well, id="harbour", title="海港公告", verdict="broken", cause="unreachable", since=now - timedelta(hours=5), bad_ticks=21,
        detail="https://harbour.example/list: 503 Service Unavailable, 21 looks in a row; the last good one: 30 links", per_day=(0,) * 30,
        success=0.1,
    )  # fmt: skip
    odd = replace(well, id="school", title="学校通知", verdict="suspicious", cause="empty-list", detail="a list page with no link", held=14)
    others = tuple(replace(well, id=verdict, title=f"{verdict} portal", verdict=verdict, entries=3) for verdict in ("quiet", "new"))
    chat = SubscriberView(id="readers", kind="telegram", portals=("liudu",), state="open", sent=210, waiting=2, last_sent=now)
    subscribers = (
        replace(chat, id="archive", kind="webhook", state="disabled", why="410 Gone", since=now, dead=4, last_death="410 Gone"), chat,
        replace(chat, id="ops", role="operator", state="paused", why="429 Too Many Requests, asked again in 30 min", since=now),
        replace(chat, id="newcomer", role="hub", kind="websub", state="new", sent=0, last_sent=None),
    )  # fmt: skip
    incidents = (
        IncidentView(subject="portal:harbour", cause="unreachable", evidence="503 at 21 looks", opened=now - timedelta(hours=5)),
        IncidentView(
            subject="destination:archive",
            cause="disabled",
            evidence="410 Gone",
            opened=now - timedelta(days=3),
            closed=now - timedelta(days=1),
        ),
    )
    return Overview(
        at=now, portals=(broken, odd, well, *others), subscribers=subscribers, incidents=incidents, last_run=now, last_run_seconds=1.4,
        faults={"harbour": POISON[0]},
    )  # fmt: skip
