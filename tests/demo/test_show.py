"""What the demo prints fits 80 columns, lines up, shows everything, and survives hostile text."""

import io
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bridge.demo import show

AT = datetime(2026, 5, 11, 11, 13, 36, tzinfo=timezone(timedelta(hours=8)))
URL = "http://127.0.0.1:41234/news/show.asp?id=10253"
MESSAGE = f'<b>&lt;试点&gt;垃圾分类&amp;积分兑换</b>\n\n把旧报纸投进<i>箱子</i>。\n\n柳渡日报 · <a href="{URL}">阅读全文</a>'


def printed(*parts):
    """The parts as a pipe would get them."""
    out = io.StringIO()
    show.show(show.console(out), *parts)
    return out.getvalue()


def widest(text):
    return max(cell_len(line) for line in text.splitlines())


def test_articles_line_up():
    """Chinese or not, long or short: the source column starts in one screen column, and 80 are enough."""
    titles = ["短", "a short one", "关于对《停放管理办法（征求意见稿）》公开征求公众意见的公告" * 3, "<试点>[bold]&x[/bold]"]
    text = printed(show.articles_table([{"published": AT, "title": title, "source": "源来", "mark": "new"} for title in titles]))
    lines = [line for line in text.splitlines() if "源来" in line]
    assert len({cell_len(line.split("源来")[0]) for line in lines}) == 1
    assert len(lines) == 4
    assert widest(text) <= 80
    assert "05-11 11:13" in text
    assert "<试点>[bold]&x[/bold]" in text
    assert all(line.rstrip().endswith("new") for line in lines)


def test_no_articles_is_no_error():
    """An empty tick prints a head and nothing else."""
    assert "title" in printed(show.articles_table([]))
    printed(show.chat([]), show.hooks([]), show.files([]), show.next_steps({}))


def test_chat_shows_the_message_as_read():
    """Entities resolved, tags gone, address of the link below, picture above, edit marked."""
    text = printed(show.chat([{"text": MESSAGE, "time": AT, "edited": True, "image": "http://h/p.png", "chat": "读者群"}]))
    assert "<试点>垃圾分类&积分兑换" in text
    assert "<b>" not in text
    assert f"→ {URL}" in text
    assert text.index("p.png") < text.index("试点") < text.index("阅读全文") < text.index(URL)
    assert "edited · 2026-05-11 11:13" in text
    assert "读者群" in text
    assert widest(text) <= 80


def test_chat_styles_follow_the_tags():
    """Bold is bold and nothing after it is."""
    text, addresses = show.telegram(MESSAGE)
    assert addresses == [URL]
    assert [(text.plain[span.start : span.end], span.style) for span in text.spans] == [
        ("<试点>垃圾分类&积分兑换", "bold"),
        ("箱子", "italic"),
        ("阅读全文", "blue underline"),
    ]


def _event(kind, title):
    return {"type": kind, "timestamp": "2026-05-11T03:13:36Z", "data": {"id": "tag:x,2026:1", "title": title, "url": URL, "image": None}}


def test_hooks_show_the_last_of_each_type_whole():
    """One body of each type is JSON that parses when unfolded; the rest are lines; bad signatures stand out."""
    bodies = [
        {
            "body": json.dumps(_event("article.published", f"第{n}篇")).encode(),
            "verified": True,
            "headers": {"Webhook-Id": f"e_{n}", "Host": "h"},
        }
        for n in range(3)
    ]
    text = printed(show.hooks([*bodies, {"body": _event("article.updated", "改"), "verified": False}]))
    assert text.count("POST") == 2
    assert text.count("signature ✓") == 3
    assert text.count("signature ✗") == 1
    assert "webhook-id: e_2" in text
    assert "e_1" not in text
    assert "h\n" not in text
    assert '"title": "第2篇"' in text
    assert "第0篇" in text
    assert widest(text) <= 80


@pytest.mark.parametrize("body", [b"\xff\xfe no json", "[1, 2]", b"", None, {"data": "no object"}])
def test_hooks_show_bodies_that_are_no_event(body):
    """Whatever arrived is shown, not raised."""
    assert "signature ✗" in printed(show.hooks([{"body": body}]))


def test_files_and_next_steps_can_be_copied():
    """Paths are whole on one line where they fit, commands are the caller's."""
    path = "/home/someone/feedbridge/state/public/sample.rss"
    text = printed(show.files([{"path": path, "what": "RSS 2.0"}]), show.heading("Feeds", "where they lie"))
    assert f"{path}  RSS 2.0" in text
    steps = printed(show.next_steps({"command": ".venv/bin/feedbridge", "state": "/tmp/demo", "portal": "http://p.example/"}))
    assert all(f".venv/bin/feedbridge {word}" in steps for word in ("init", "check", "run", "preview list http://p.example/"))
    assert "/tmp/demo" in steps
    assert widest(text + steps) <= 80


HOSTILE = st.text(st.sampled_from(list("a文<>&[]/b\"'=\x1b\x07\u202e\n\t️👩🏽\u0300\x00")), max_size=60)


@settings(max_examples=60)
@given(HOSTILE)
def test_hostile_text_neither_raises_nor_escapes(text):
    """No control character reaches the terminal, no markup is interpreted, nothing is wider than the page."""
    row = {
        "published": text,
        "title": text,
        "source": text,
        "mark": text,
        "text": text,
        "chat": text,
        "image": text,
        "path": text,
        "what": text,
    }
    event = {"body": _event(text, text), "verified": True, "headers": {"webhook-id": text}}
    out = printed(show.articles_table([row]), show.chat([row]), show.hooks([event]), show.files([row]), show.next_steps({"state": text}))
    assert not set(out) & {"\x1b", "\x07", "\x00", "\u202e"}
    assert widest(out) <= 80
