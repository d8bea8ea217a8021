"""What a delivery sends can be looked at: made by the same code that sends it, without sending."""

import json

import pytest
from sender_samples import ENTRY, chat_job, entry, hook_job
from stand_ins.house import House

from bridge.core import signing
from bridge.core.message import escape
from bridge.demo.botapi import Fault, Refusal
from bridge.model import Job, Target
from bridge.senders import telegram, webhook


def test_a_message_is_shown_as_it_would_go_out():
    """Markup included, with the address of its picture where it has one."""
    text = telegram.rendered(chat_job())
    assert text.startswith(f"<b>{ENTRY.title}</b>\n\n")
    assert text.endswith(f"\n\n[image: {ENTRY.images[0].url}]")
    for quiet in (
        chat_job(settings=telegram.Settings(chat="1", images="none")),
        chat_job("withdrawn", remote_id="101"),
        chat_job(progress={"image": "none"}),
        chat_job("updated", remote_id="p101"),
    ):
        assert "[image" not in telegram.rendered(quiet)
    assert telegram.rendered(chat_job(progress={"markup": "bare"})) == f"{ENTRY.title}\n{ENTRY.url}"
    assert "测试消息" in telegram.rendered(chat_job("test", entries=()))


def test_a_digest_is_shown_whole():
    """All parts, each article once."""
    shown = telegram.rendered(chat_job("digest", entries=tuple(entry(title=f"第{n}条", url=f"http://x/{n}") for n in range(250))))
    assert all(shown.count(f">第{n}条<") == 1 for n in range(250))


def test_a_body_is_shown_as_it_is_signed():
    job = hook_job("http://x.example/", sequence=5)
    assert webhook.rendered(job) == signing.body(job).decode()
    with pytest.raises(ValueError, match="digest"):
        webhook.rendered(hook_job("http://x.example/", "digest"))


def test_a_subscriber_without_settings_can_be_shown():
    """Rendering needs neither address nor secret."""
    for module, kind in ((telegram, "telegram"), (webhook, "webhook")):
        job = Job(id=1, key="k", kind="published", target=Target(id="x", kind=kind, address=""), entries=(ENTRY,), at=ENTRY.first_seen)
        assert ENTRY.title in module.rendered(job)


def test_a_dead_letter_is_shown_with_its_payload(tmp_path):
    """Chat and hook, for people and for programs, without any secret; a digest shows every article."""
    with House(tmp_path, backfill=7, chat_more="digest_over = 5") as house:
        house.api.script(Fault("error", refusal=Refusal(400, "Bad Request: something odd")))
        house.run()
        del house.environ["TEST_TOKEN"], house.environ["TEST_SECRET"]
        rows = [json.loads(line) for line in house.command("deliveries", "list", "--json", "--limit", "100").stdout.splitlines()]
        dead = next(row for row in rows if row["state"] == "dead" and row["digest"] == row["id"])
        sent = next(row for row in rows if row["destination"] == "hook" and row["state"] == "sent")
        shown = {row["id"]: json.loads(house.command("deliveries", "show", str(row["id"]), "--json").stdout) for row in (dead, sent)}
        assert [shown[dead["id"]]["payload"].count(escape(event["data"]["title"])) for event in house.events()] == [1] * 7
        body = next(call.body for call in house.hook.calls if call.id == shown[sent["id"]]["key"])
        assert shown[sent["id"]]["payload"] == body.decode()
        assert "the payload as it was sent:\n<b>7 篇新文章</b>" in house.command("deliveries", "show", str(dead["id"])).stdout
