"""The webhook sender against a receiver on loopback that checks each signature itself."""

import logging
import socket
import threading
from contextlib import closing, contextmanager, suppress
from datetime import timedelta

import pytest
import standardwebhooks
import svix
from sender_samples import NOW, OLD_SECRET, SECRET, Clock, RealClock, hook_job

from bridge.core import signing
from bridge.demo._server import Reply
from bridge.demo.receiver import Receiver, check
from bridge.model import Closed, Later, Network, Refused, Sent
from bridge.senders import webhook
from bridge.senders._hook import WebhookSender, asked_at, judge

LOOPBACK = ("127.0.0.0/8",)


@contextmanager
def sender(allow=LOOPBACK, clock=None, **more):
    with closing(WebhookSender(allow, clock or RealClock(), **more)) as opened:
        yield opened


def one(opened, job):
    (result,) = list(opened.send([job]))
    assert result[0] is job
    return result[1]


def test_an_event_arrives_signed():
    """The receiver's own hmac, standardwebhooks and svix all accept it; the id is the delivery's key."""
    with Receiver(SECRET) as receiver, sender() as opened:
        assert one(opened, hook_job(receiver.base + "/hook")) == Sent(code="204")
        (call,) = receiver.calls
    assert call.verified
    assert (call.id, call.path, call.headers["content-type"]) == ("msg_0123456789abcdef", "/hook", "application/json; charset=utf-8")
    for library in (standardwebhooks, svix):
        library.Webhook(SECRET).verify(call.body.decode(), call.headers)


def test_both_secrets_sign_while_rotating():
    """A receiver that knows only the old secret still accepts."""
    with Receiver(OLD_SECRET) as receiver, sender() as opened:
        assert one(opened, hook_job(receiver.base, previous=OLD_SECRET)) == Sent(code="204")
        assert one(opened, hook_job(receiver.base)).code == "401"


@pytest.mark.parametrize("library", [standardwebhooks, svix])
def test_what_was_really_sent_verifies_with_both_secrets_and_not_later(library):
    """Two signatures while rotating, each library with each secret; the same request replayed ten minutes on is refused."""
    clock = RealClock()
    with Receiver(SECRET) as receiver, sender(clock=clock) as opened:
        one(opened, hook_job(receiver.base, "updated", previous=OLD_SECRET))
        early = clock.now() - timedelta(minutes=10)
        clock.now = lambda: early
        one(opened, hook_job(receiver.base))
        fresh, stale = receiver.calls
    assert len(fresh.headers["webhook-signature"].split()) == 2
    for secret in (SECRET, OLD_SECRET):
        library.Webhook(secret).verify(fresh.body.decode(), fresh.headers)
    with pytest.raises(library.WebhookVerificationError, match="old"):
        library.Webhook(SECRET).verify(stale.body.decode(), stale.headers)
    assert "timestamp" in stale.fault


def test_a_retry_keeps_the_id_and_signs_anew():
    """The timestamp is the time of the attempt."""
    clock = RealClock()
    with Receiver(SECRET, now=lambda: clock.now().timestamp()) as receiver, sender(clock=clock) as opened:
        clock.now = lambda: NOW
        receiver.script(Reply(500))
        assert isinstance(one(opened, hook_job(receiver.base)), Later)
        clock.now = lambda: NOW + timedelta(minutes=5)
        assert one(opened, hook_job(receiver.base)) == Sent(code="204")
        first, second = receiver.calls
    assert first.id == second.id
    assert int(second.timestamp) - int(first.timestamp) == 300
    assert first.body == second.body
    assert second.verified


ANSWERS = [
    (Reply(200, b"ok"), Sent(code="200")),
    (Reply(202), Sent(code="202")),
    (Reply(301, headers={"Location": "http://127.0.0.1:1/"}), Later("redirects are not followed (HTTP 301)", code="301")),
    (Reply(307, headers={"Location": "/elsewhere"}), Later("redirects are not followed (HTTP 307)", code="307")),
    (Reply(400, b"no\nthanks"), Later("HTTP 400: no thanks", code="400")),
    (Reply(410, b"gone for good"), Closed("the endpoint says that it is gone", "410", response="gone for good")),
    (Reply(429), Later("HTTP 429", NOW + timedelta(seconds=60), spent=False, code="429")),
    (Reply(429, headers={"Retry-After": "120"}), Later("HTTP 429", NOW + timedelta(seconds=120), spent=False, code="429")),
    (Reply(503, headers={"Retry-After": "30"}), Later("HTTP 503", NOW + timedelta(seconds=30), code="503")),
    (
        Reply(504, headers={"Retry-After": "Sun, 22 Nov 2026 05:05:06 GMT"}),
        Later("HTTP 504", NOW + timedelta(hours=1), code="504", least=timedelta(seconds=60)),
    ),
    (Reply(500, headers={"Retry-After": "30"}), Later("HTTP 500", NOW + timedelta(seconds=30), code="500")),
    (Reply(500), Later("HTTP 500", code="500")),
    (Reply(502), Later("HTTP 502", code="502", least=timedelta(seconds=60))),
    (Reply(403, headers={"webhook-delivery": "disable"}), Closed("the endpoint asks to be left alone (HTTP 403)", "403")),
    (Reply(500, headers={"webhook-delivery": "abort-message"}), Refused("the endpoint does not want this event (HTTP 500)", "500")),
    (Reply(429, headers={"Retry-After": "0"}), Later("HTTP 429", NOW + timedelta(seconds=60), spent=False, code="429")),
]


@pytest.mark.parametrize(("reply", "outcome"), ANSWERS, ids=lambda value: str(getattr(value, "status", "")))
def test_each_answer_has_its_outcome(reply, outcome):
    """Only 2xx is success, 410 closes, a throttled request is no spent attempt, redirects are not followed."""
    with Receiver(SECRET) as receiver, sender(clock=Clock()) as opened:
        receiver.script(reply)
        assert one(opened, hook_job(receiver.base)) == outcome
        assert len(receiver.calls) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", None),
        ("99999999999", 86400),
        ("Sat, 21 Nov 2026 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("²", None),
    ],
)
def test_retry_after_is_read_with_care(value, seconds):
    """Nonsense and the past are none, the far future is 24 hours."""
    assert asked_at(value, NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("reply", "code"),
    [(Reply(200, drop=True), "cut-off"), (Reply(200, drop=True, hold=30), "timeout"), (Reply(204, hold=30), "timeout")],
    ids=["drop", "hang", "late"],
)
def test_no_answer_is_tried_again(reply, code):
    """A dropped connection and an endpoint that never answers; the wait is bounded."""
    with Receiver(SECRET) as receiver, sender(total=0.3) as opened:
        receiver.script(reply)
        outcome = one(opened, hook_job(receiver.base))
    assert isinstance(outcome, Later)
    assert (outcome.spent, outcome.code) == (True, code)


def raw_server(serve):
    """A listening socket whose first connection is handed to `serve` in a thread; gives (url, end)."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            with suppress(OSError):
                serve(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def end():
        thread.join(10)
        listener.close()
        assert not thread.is_alive()

    return f"http://127.0.0.1:{listener.getsockname()[1]}/", end


def test_an_endless_answer_is_cut():
    """Of a gigabyte 20 000 bytes are read; then the connection is closed."""
    sent = []

    def serve(connection):
        connection.sendall(b"HTTP/1.1 410 Gone\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65536))

    url, end = raw_server(serve)
    with sender() as opened:
        outcome = one(opened, hook_job(url))
    end()
    assert isinstance(outcome, Closed)
    assert outcome.response == "x" * 20_000
    assert sum(sent) < 50_000_000


def test_a_dripping_answer_ends_at_the_deadline():
    """A byte now and then keeps no worker, though it resets every socket time-out."""
    stop = threading.Event()

    def serve(connection):
        while not stop.wait(0.02):
            connection.sendall(b"H")

    url, end = raw_server(serve)
    with sender(total=0.5) as opened:
        outcome = one(opened, hook_job(url))
    stop.set()
    end()
    assert outcome == Later("no answer within 0.5 s", code="timeout", least=timedelta(seconds=60))


def test_a_private_address_closes_the_destination():
    """Nothing is sent, and the reason says which setting would allow it."""
    with Receiver(SECRET) as receiver, sender(allow=()) as opened:
        outcome = one(opened, hook_job(receiver.base))
        assert receiver.calls == []
    assert isinstance(outcome, Closed)
    assert not outcome.whole
    assert "[network] allow" in outcome.why


def test_a_redirect_to_a_private_address_is_not_followed():
    """Redirects are failures wherever they lead."""
    with Receiver(SECRET) as inside, Receiver(SECRET) as receiver, sender() as opened:
        receiver.script(Reply(302, headers={"Location": inside.base}))
        assert one(opened, hook_job(receiver.base)).code == "302"
        assert inside.calls == []


def test_a_refused_connection_and_an_unknown_name_are_tried_again():
    """Told apart for the operator."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with sender() as opened:
        assert one(opened, hook_job(f"http://127.0.0.1:{port}/")) == Later("connection refused", code="refused")
        assert one(opened, hook_job("http://nobody.invalid/")) == Later("the name does not resolve", code="dns")


def test_a_server_without_tls_is_told():
    """Not reported as a mere cut-off."""
    with Receiver(SECRET) as receiver, sender() as opened:
        outcome = one(opened, hook_job(receiver.base.replace("http:", "https:")))
    assert isinstance(outcome, Later)
    assert outcome.code == "tls"


def test_200_targets_in_one_call_each_once():
    """One of them hangs and one is dead; the others do not wait for them in vain."""
    with Receiver(SECRET) as receiver, sender(total=4.0) as opened:
        receiver.script(Reply(200, hold=30), path="/7")
        jobs = [hook_job(f"{receiver.base}/{n}", number=n, key=f"msg_{n}") for n in range(200)]
        outcomes = {job.id: outcome for job, outcome in opened.send(jobs)}
        assert len(receiver.events) >= 199
    assert {number for number, outcome in outcomes.items() if not isinstance(outcome, Sent)} == {7}
    assert len(outcomes) == 200


def test_leaving_early_drops_what_has_not_begun():
    """A caller that stops iterating gets no further requests made for it."""
    with Receiver(SECRET) as receiver, sender(workers=1) as opened:
        results = opened.send([hook_job(receiver.base, number=n) for n in range(50)])
        next(results)
        results.close()
        opened.close()
        assert len(receiver.calls) < 50


def test_a_digest_is_refused_and_nothing_raises():
    """Webhooks get each event; what cannot be rendered is this message's fault."""
    with sender() as opened:
        assert isinstance(one(opened, hook_job("http://127.0.0.1:9/", "digest")), Refused)


def test_no_secret_is_in_outcomes_or_logs(caplog):
    """At DEBUG, over failures of each kind; the address's own key does not show either."""
    caplog.set_level(logging.DEBUG)
    with Receiver(SECRET) as receiver, sender(total=0.3) as opened:
        receiver.script(Reply(500), Reply(200, drop=True), Reply(200, hold=5))
        told = [repr(one(opened, hook_job(receiver.base + "/x?key=hunter2"))) for _ in range(4)]
        told.append(repr(one(opened, hook_job("http://127.0.0.1:1/x?key=hunter2"))))
    for text in [*told, *(record.getMessage() for record in caplog.records)]:
        assert SECRET not in text
        assert SECRET.removeprefix("whsec_") not in text
    assert "hunter2" not in "".join(told)


def test_connect_makes_a_sender_under_the_networks_exemptions():
    """The module's own entrance."""
    with (
        Receiver(SECRET) as receiver,
        closing(webhook.connect(webhook.Shared(), Network(allow=LOOPBACK), RealClock())) as opened,
    ):
        assert one(opened, hook_job(receiver.base)) == Sent(code="204")


def test_judge_keeps_the_answer_of_a_closed_endpoint():
    """For the operator who looks at it later."""
    assert judge(410, {}, "text", NOW) == Closed("the endpoint says that it is gone", "410", response="text")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        ({"webhook-id": ""}, "no webhook-id"),
        ({"webhook-signature": ""}, "no webhook-signature"),
        ({"webhook-signature": "v1,AAAA v1a,BBBB"}, "no signature matches"),
        ({"webhook-timestamp": "1795320000000"}, "timestamp 1795320000000 is not within 300 s of now"),
        ({"webhook-id": "msg_2"}, "no signature matches"),
    ],
)
def test_the_receiver_checks_what_it_gets(changes, fault):
    """Missing headers, milliseconds, a foreign signature and a changed id are all told."""
    stamp = int(NOW.timestamp())
    headers = {**signing.headers([SECRET], "msg_1", stamp, b"{}"), **changes}
    assert check(headers, b"{}", [signing.secret_bytes(SECRET)], stamp + 299) == fault
    assert "not within" in check(signing.headers([SECRET], "msg_1", stamp, b"{}"), b"{}", [], stamp + 301)


def test_the_receiver_acts_on_each_id_once():
    """A repeated delivery is one event; an unsigned one is none."""
    with Receiver(SECRET) as receiver, sender() as opened:
        for _ in range(2):
            one(opened, hook_job(receiver.base))
        one(opened, hook_job(receiver.base, key="msg_2"))
        assert (len(receiver.calls), list(receiver.events)) == (3, ["msg_0123456789abcdef", "msg_2"])
    with Receiver(OLD_SECRET) as receiver, sender() as opened:
        one(opened, hook_job(receiver.base))
        assert receiver.events == {}
