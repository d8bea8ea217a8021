"""Each way in which the Bot API, or the way to it, can fail, and the outcome it must have."""

import socket
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sender_samples import NOW, Clock, chat_job

from bridge.demo import _chats
from bridge.demo.botapi import TOKEN, BotApi, Fault, Limits, Refusal
from bridge.model import Closed, Later, Moved, Refused, Secret, Sent, Unsure
from bridge.senders._bot import TelegramSender
from bridge.senders._verdicts import Answer, verdict

CHAT = -1001


def outcome_of(server_or_base, job=None, token=TOKEN, **more):
    base = getattr(server_or_base, "base", server_or_base)
    with closing(TelegramSender(Secret(token), base, Clock(), **more)) as opened:
        return next(iter(opened.send([job or chat_job()])))[1]


@pytest.fixture
def api():
    with BotApi(limits=None) as server:
        server.chat(CHAT)
        yield server


CLOSED = [
    _chats.BLOCKED,
    _chats.KICKED,
    _chats.DEACTIVATED,
    _chats.DELETED,
    _chats.NO_RIGHTS,
    "Bad Request: chat not found",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: TOPIC_DELETED",
    "Bad Request: message thread not found",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_ADMIN_REQUIRED",
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: group chat was deactivated",
    "Bad Request: PEER_ID_INVALID",
]


@pytest.mark.parametrize("description", CLOSED)
def test_a_chat_that_refuses_is_closed(api, description):
    """This chat, not the bot; the server's own words are kept."""
    api.chats[CHAT].refusal = description
    outcome = outcome_of(api)
    assert isinstance(outcome, Closed)
    assert (outcome.why, outcome.whole, outcome.response) == (description, False, description)


def test_the_stand_ins_own_closed_chats(api):
    """An unknown chat, an unknown topic and a closed one, as the stand-in answers by itself."""
    settings = replace(chat_job().target.settings, thread=5)
    assert outcome_of(api, chat_job(chat=-999)).why == "Bad Request: chat not found"
    assert outcome_of(api, chat_job(settings=settings)).why == "Bad Request: message thread not found"
    api.chats[CHAT].topics[5] = False
    assert outcome_of(api, chat_job(settings=settings)).why == "Bad Request: TOPIC_CLOSED"


def test_a_migrated_group_is_followed(api):
    """The outcome has the new id, as text."""
    api.chat(-77, "group").migrated_to = -1007
    outcome = outcome_of(api, chat_job(chat=-77))
    assert isinstance(outcome, Moved)
    assert outcome.to == "-1007"


def test_a_flood_wait_is_kept_to_the_second_and_costs_nothing():
    """now + retry_after + 1, not spent."""
    with BotApi(limits=Limits(chat=1), now=lambda: 1000.0) as server:
        server.chat(CHAT)
        assert outcome_of(server) == Sent("101", "200")
        assert outcome_of(server) == Later("Too Many Requests: retry after 1", NOW + timedelta(seconds=2), spent=False, code="429")
        assert outcome_of(server).at == NOW + timedelta(seconds=3)


@pytest.mark.parametrize("asked", [None, "soon", -1, 10**12])
def test_an_odd_flood_wait_is_still_a_wait(asked):
    """No time, no number, a negative and an absurd one."""
    parameters = {} if asked is None else {"retry_after": asked}
    outcome = verdict(Answer(429, "Too Many Requests", parameters), chat_job(), NOW)
    assert isinstance(outcome, Later)
    assert not outcome.spent
    assert NOW + timedelta(seconds=30) < outcome.at <= NOW + timedelta(days=8)


@pytest.mark.parametrize("token", [TOKEN[:-1] + "z", "nonsense"], ids=["401", "404"])
def test_a_wrong_token_closes_the_whole_kind(api, token):
    """All chats of the bot wait."""
    outcome = outcome_of(api, token=token)
    assert isinstance(outcome, Closed)
    assert outcome.whole


@pytest.mark.parametrize(
    ("description", "progress", "becomes"),
    [
        ("Bad Request: can't parse entities: Unclosed start tag at byte offset 3", {}, {"markup": "plain"}),
        ("Bad Request: message is too long", {"markup": "plain", "image": "none"}, {"markup": "bare", "image": "none"}),
        ("Bad Request: ENTITIES_TOO_LONG", {}, {"markup": "plain"}),
        ("Bad Request: ENTITY_BOUNDS_INVALID", {}, {"markup": "plain"}),
        ("Bad Request: failed to get HTTP URL content", {}, {"image": "upload"}),
        ("Bad Request: wrong type of the web page content", {"markup": "plain"}, {"markup": "plain", "image": "upload"}),
        ("Bad Request: wrong file identifier/HTTP URL specified", {}, {"image": "upload"}),
        ("Bad Request: PHOTO_INVALID_DIMENSIONS", {}, {"image": "upload"}),
        ("Bad Request: WEBPAGE_CURL_FAILED", {}, {"image": "upload"}),
    ],
)
def test_refused_content_steps_down(api, description, progress, becomes):
    """The next rung is in the progress; no attempt is counted."""
    api.script(Fault("error", refusal=Refusal(400, description)))
    assert outcome_of(api, chat_job(progress=progress)) == Later(description, spent=False, code="400", progress=becomes)


@pytest.mark.parametrize(
    ("description", "progress"),
    [
        ("Bad Request: message is too long", {"markup": "bare"}),
        ("Bad Request: failed to get HTTP URL content", {"image": "none"}),
        ("Bad Request: something nobody has heard of", {}),
    ],
)
def test_content_refused_for_good(api, description, progress):
    """At the ladder's end, and for an unknown 400: this message is at fault, the chat stays open."""
    api.script(Fault("error", refusal=Refusal(400, description)))
    assert outcome_of(api, chat_job(progress=progress)) == Refused(description, "400", description)


def test_edits_that_cannot_be(api):
    """A message that is gone, and one that is not ours."""
    assert outcome_of(api, chat_job("updated", remote_id="5")) == Refused(
        "Bad Request: message to edit not found", "400", "Bad Request: message to edit not found", moot=True
    )
    outcome_of(api)
    api.chats[CHAT].messages[101].foreign = True
    assert isinstance(outcome_of(api, chat_job("withdrawn", remote_id="101")), Refused)


UNDECIDABLE = ["drop", "bad-gateway", "half", "garbage", "hang"]


@pytest.mark.parametrize("kind", UNDECIDABLE)
@pytest.mark.parametrize("commit", [True, False])
def test_no_usable_answer_is_uncertain(api, kind, commit):
    """Whether or not the message was taken, nobody can tell: never reported as sent, never as not sent."""
    api.script(Fault(kind, commit=commit))
    outcome = outcome_of(api, read=0.3)
    assert isinstance(outcome, Unsure)
    assert len(api.chats[CHAT].messages) == commit


@pytest.mark.parametrize("kind", UNDECIDABLE)
def test_an_edit_without_an_answer_is_simply_repeated(api, kind):
    """Repeating it changes nothing: the second try succeeds whether or not the first did."""
    outcome_of(api)
    job = chat_job("withdrawn", remote_id="101")
    api.script(Fault(kind))
    assert isinstance(outcome_of(api, job, read=0.3), Later)
    assert isinstance(outcome_of(api, job), Sent)


@pytest.mark.parametrize("status", [500, 504])
def test_a_server_error_is_uncertain(api, status):
    """It may have come after the message was taken."""
    api.script(Fault("error", refusal=Refusal(status, "Internal Server Error")))
    assert outcome_of(api) == Unsure("Internal Server Error", str(status))


@pytest.mark.parametrize("status", [302, 407, 409, 413])
def test_other_refusals_are_tried_again(status):
    """What is not the Bot API's answer to this message says nothing about the message."""
    assert verdict(Answer(status), chat_job(), NOW) == Later(f"HTTP {status} that is no answer of the Bot API", code=str(status))


def test_what_never_left_us_is_provably_not_sent():
    """Connection refused, no such host, no TLS: tried again freely."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with BotApi() as server:
        bases = [f"http://127.0.0.1:{port}", "http://nobody.invalid", server.base.replace("http:", "https:")]
        outcomes = [outcome_of(base) for base in bases]
        assert server.calls == []
    for outcome in outcomes:
        assert isinstance(outcome, Later)
        assert (outcome.spent, outcome.at, outcome.code) == (True, None, "ConnectError")


def test_a_connect_timeout_is_not_sent_but_a_read_timeout_is_unknown():
    """The library calls both TimedOut; only its cause tells them apart."""
    import httpx
    from telegram.error import TimedOut

    from bridge.senders._bot import _broken

    def timed_out(cause):
        error = TimedOut()
        error.__cause__ = cause
        return _broken(error, "Timed out", chat_job())

    for cause in (httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")):
        assert isinstance(timed_out(cause), Later)
    for cause in (httpx.ReadTimeout("x"), httpx.WriteTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x")):
        assert isinstance(timed_out(cause), Unsure)


def test_a_dripping_answer_ends(api):
    """However slowly an answer comes, the whole request is bounded."""
    api.script(Fault("hang"))
    assert outcome_of(api, total=0.3) == Unsure("no answer within 0.3 s", "timeout")
