"""The Telegram sender against the strict stand-in: what a chat ends up with."""

import logging
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sender_samples import ENTRY, Clock, chat_job, entry

from bridge.demo.botapi import TOKEN, BotApi, Fault, Refusal
from bridge.errors import BridgeError
from bridge.model import Closed, Later, Network, Refused, Secret, Sent
from bridge.senders import telegram

CHAT = -1001


@contextmanager
def api(**more):
    with BotApi(**{"limits": None, **more}) as server:
        server.chat(CHAT)
        yield server


def connected(server, token=TOKEN):
    shared = telegram.Shared(token=Secret(token), api_base=server.base)
    return closing(telegram.connect(shared, Network(), Clock()))


def one(opened, job):
    (result,) = list(opened.send([job]))
    assert result[0] is job
    return result[1]


def test_an_article_becomes_a_message():
    """Visible text, link and the image above; the message id comes back."""
    with api() as server, connected(server) as opened:
        assert one(opened, chat_job()) == Sent("101", "200")
        (posted,) = server.chats[CHAT].messages.values()
    assert posted.text.splitlines()[0] == ENTRY.title
    assert [e["type"] for e in posted.entities] == ["bold", "text_link"]
    assert posted.preview_options == {"url": ENTRY.images[0].url, "prefer_large_media": True, "show_above_text": True}
    assert not posted.silent


def test_settings_reach_the_chat():
    """Topic, silence, no preview; a chat by @name."""
    with api() as server, connected(server) as opened:
        chat = server.chat(-1002, username="tangshan_news")
        chat.topics[7] = True
        settings = telegram.Settings(chat="@tangshan_news", thread=7, silent=True, images="none")
        assert one(opened, chat_job(chat="@tangshan_news", settings=settings)) == Sent("101", "200")
        posted = chat.messages[101]
    assert (posted.thread, posted.silent, posted.preview) == (7, True, None)


def test_an_article_without_image_shows_no_preview():
    """The first link of the text is not previewed in its stead."""
    with api() as server, connected(server) as opened:
        one(opened, chat_job(entries=(entry(images=()),)))
        assert server.chats[CHAT].messages[101].preview is None


def test_an_update_edits_the_message():
    """In place, with the same look; an edit that changes nothing is a success."""
    with api() as server, connected(server) as opened:
        one(opened, chat_job())
        changed = chat_job("updated", entries=(entry(title="更正:新标题"),), remote_id="101")
        assert one(opened, changed) == Sent("101", "200")
        assert one(opened, changed) == Sent("101", "400")
        (posted,) = server.chats[CHAT].messages.values()
    assert posted.text.startswith("更正:新标题\n")
    assert len(posted.edits) == 1
    assert posted.preview == ENTRY.images[0].url


def test_a_withdrawn_article_marks_its_message():
    """Struck through, preview gone."""
    with api() as server, connected(server) as opened:
        one(opened, chat_job())
        assert one(opened, chat_job("withdrawn", remote_id="101")) == Sent("101", "200")
        posted = server.chats[CHAT].messages[101]
    assert "已撤下" in posted.text
    assert (posted.entities[0]["type"], posted.preview) == ("strikethrough", None)


@pytest.mark.parametrize("kind", ["updated", "withdrawn"])
@pytest.mark.parametrize("remote_id", [None, "", "x"])
def test_an_edit_needs_a_message(kind, remote_id):
    """A chat never gets a new message for an update."""
    with api() as server, connected(server) as opened:
        assert one(opened, chat_job(kind, remote_id=remote_id)) == Refused("no message to edit")
        assert server.calls == []


@pytest.mark.parametrize("entries", [(), (ENTRY,)])
def test_a_test_message_arrives(entries):
    """With and without an article."""
    with api() as server, connected(server) as opened:
        assert one(opened, chat_job("test", entries=entries)) == Sent("101", "200")
        assert "测试消息" in server.chats[CHAT].messages[101].text


def test_200_chats_in_one_call_each_once():
    """One refuses, one hangs; the others get their message."""
    with api() as server, connected(server) as opened:
        opened._total = 10.0
        for number in range(200):
            server.chat(-2000 - number)
        server.chats[-2003].refusal = "Forbidden: bot was kicked from the group chat"
        server.script(Fault("hang"), chat=-2005)
        jobs = [replace(chat_job(chat=-2000 - number), id=number) for number in range(200)]
        outcomes = {job.id: outcome for job, outcome in opened.send(jobs)}
        delivered = sum(len(chat.messages) for chat in server.chats.values())
    assert len(outcomes) == 200
    assert {number for number, outcome in outcomes.items() if not isinstance(outcome, Sent)} == {3, 5}
    assert delivered == 199


def test_a_slow_caller_makes_nothing_time_out():
    """Outcomes that wait to be fetched were decided when their answer came."""
    with api() as server, connected(server) as opened:
        server.chat(-1002)
        results = opened.send([chat_job(), chat_job(chat=-1002)])
        next(results)
        opened._start(_nothing()).result(5)
        assert isinstance(next(results)[1], Sent)


async def _nothing():
    return None


def digest_through(opened, entries, progress=None):
    """Sends a digest to its end as the steps would: each answer's progress goes into the next job."""
    outcomes = []
    while True:
        outcomes.append(one(opened, chat_job("digest", entries=entries, progress=progress or {})))
        if not isinstance(outcomes[-1], Later):
            return outcomes
        progress = outcomes[-1].progress


def test_a_digest_goes_out_part_by_part():
    """One part per call; what is out is in the progress; no article twice, none missing."""
    entries = tuple(entry(id=f"tag:{n}", title=f"第{n}条新闻", url=f"http://x.example/{n}?a=1&b=2") for n in range(250))
    with api() as server, connected(server) as opened:
        outcomes = digest_through(opened, entries)
        posts = list(server.chats[CHAT].messages.values())
    assert [outcome.spent for outcome in outcomes[:-1]] == [False] * (len(posts) - 1)
    assert outcomes[-1] == Sent("101", "200", {"sent": [str(post.id) for post in posts], "next": 250})
    links = [e["url"] for post in posts for e in post.entities if e["type"] == "text_link"]
    assert links == [e.url for e in entries]


def test_a_digest_resumes_where_it_stopped():
    """A part that is out is never sent again."""
    entries = tuple(entry(title=f"第{n}条新闻", url=f"http://x.example/{n}") for n in range(150))
    with api() as server, connected(server) as opened:
        first = one(opened, chat_job("digest", entries=entries))
        server.script(Fault("error", refusal=Refusal(429, "Too Many Requests: retry after 5", {"retry_after": 5})))
        assert one(opened, chat_job("digest", entries=entries, progress=first.progress)).progress is None
        outcomes = digest_through(opened, entries, first.progress)
        posts = list(server.chats[CHAT].messages.values())
    assert isinstance(outcomes[-1], Sent)
    assert sum(len([e for e in post.entities if e["type"] == "text_link"]) for post in posts) == 150


def climb(opened, job):
    """Follows the ladder to its end; gives the progress of each step and the last outcome."""
    steps = []
    while isinstance(outcome := one(opened, job), Later) and not outcome.spent:
        steps.append(outcome.progress)
        job = replace(job, progress=outcome.progress)
    return steps, outcome


def test_refused_markup_goes_down_the_ladder():
    """HTML, plain text, title and address; then the message is refused. No step counts as an attempt."""
    wrong = Fault("error", refusal=Refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'))
    with api() as server, connected(server) as opened:
        server.script(wrong, wrong)
        steps, outcome = climb(opened, chat_job())
        assert steps == [{"markup": "plain"}, {"markup": "bare"}]
        assert isinstance(outcome, Sent)
        assert server.chats[CHAT].messages[101].text == f"{ENTRY.title}\n{ENTRY.url}"
        server.script(wrong, wrong, wrong)
        assert isinstance(climb(opened, chat_job())[1], Refused)


def test_closing_ends_the_thread_and_may_be_repeated():
    """No loop, socket or thread is left behind."""
    with api() as server, connected(server) as opened:
        one(opened, chat_job())
        opened.close()
        assert not opened._thread.is_alive()
        assert opened._loop.is_closed()


def test_leaving_early_cancels():
    """A caller that stops iterating does not wait for a hanging chat."""
    with api() as server, connected(server) as opened:
        server.script(Fault("hang"), chat=-1002)
        server.chat(-1002)
        results = opened.send([chat_job(), chat_job(chat=-1002)])
        assert isinstance(next(results)[1], Sent)
        results.close()


def test_contacts_lists_who_spoke_lately():
    """Newest first, each once, with the id to write into the config; nothing is marked as read."""
    with api() as server:
        server.chat(42, title="Li Na")
        server.chat(-1009, "channel", "唐山发布")
        for chat in (CHAT, 42, -1009, 42):
            server.says(chat)
        shared = telegram.Shared(token=Secret(TOKEN), api_base=server.base)
        expected = [("42", "Li Na", "private"), ("-1009", "唐山发布", "channel"), (str(CHAT), f"chat {CHAT}", "supergroup")]
        assert telegram.contacts(shared, Network()) == expected
        assert telegram.contacts(shared, Network()) == expected


def test_contacts_fails_in_one_line_without_the_token():
    """A wrong token, and a server that is not there."""
    wrong = TOKEN[:-1] + "x"
    with api() as server:
        for base in (server.base, "http://127.0.0.1:1"):
            with pytest.raises(BridgeError) as caught:
                telegram.contacts(telegram.Shared(token=Secret(wrong), api_base=base), Network())
            assert wrong not in str(caught.value)
            assert "\n" not in str(caught.value)


def test_the_token_is_in_no_outcome_and_no_log(caplog):
    """At DEBUG, over success and each kind of failure, even when a server writes the request's path into its answer."""
    caplog.set_level(logging.DEBUG)
    echo = f"Bad Request: cannot POST /bot{TOKEN}/sendMessage"
    with api() as server, connected(server) as opened:
        faults = [Fault(kind) for kind in ("drop", "bad-gateway", "half", "garbage")]
        server.script(*faults, Fault("error", refusal=Refusal(400, echo)))
        told = [repr(one(opened, chat_job())) for _ in range(7)]
    with connected(server) as opened:
        told.append(repr(one(opened, chat_job())))
    with api(token=TOKEN + "y") as server, connected(server) as opened:
        told.append(repr(one(opened, chat_job())))
    for text in [*told, *(record.getMessage() + str(record.exc_text) for record in caplog.records)]:
        assert TOKEN not in text
        assert TOKEN.partition(":")[2] not in text


def test_a_revoked_token_stops_all_chats():
    """Nothing is burnt, and the reason says what to look at."""
    with api(token=TOKEN + "y") as server, connected(server) as opened:
        outcome = one(opened, chat_job())
    assert isinstance(outcome, Closed)
    assert outcome.whole
    assert "token" in outcome.why


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    """The Bot API is asked directly."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with api() as server, connected(server) as opened:
        assert isinstance(one(opened, chat_job()), Sent)


def test_an_article_that_cannot_be_rendered_is_refused_and_the_next_goes_out():
    """Nothing was sent, so nothing is uncertain."""
    with api() as server, connected(server) as opened:
        server.chat(-1002)
        poisoned = chat_job(chat=-1002, entries=(entry(title=None),))
        outcomes = {job.target.address: outcome for job, outcome in opened.send([poisoned, chat_job()])}
        assert isinstance(outcomes["-1002"], Refused)
        assert isinstance(outcomes[str(CHAT)], Sent)
        assert list(opened.send([])) == []
