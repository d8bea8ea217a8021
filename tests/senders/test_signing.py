"""Signatures and bodies, held against verifiers that others wrote."""

import base64
import json
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix
from hypothesis import given, settings
from hypothesis import strategies as st
from sender_samples import ENTRY, OLD_SECRET, SECRET, entry, hook_job

from bridge.core import signing
from bridge.model import Image, Source

VERIFIERS = [
    pytest.param(standardwebhooks.Webhook, standardwebhooks.WebhookVerificationError, id="standardwebhooks"),
    pytest.param(svix.Webhook, svix.WebhookVerificationError, id="svix"),
]
body_bytes = st.text(max_size=200).map(lambda t: json.dumps({"t": t}, ensure_ascii=False).encode("utf-8", "ignore"))


def now() -> int:
    return int(datetime.now(UTC).timestamp())


@pytest.mark.parametrize(("verifier", "error"), VERIFIERS)
@given(body=body_bytes)
@settings(max_examples=25)
def test_any_body_verifies(verifier, error, body):
    """Chinese and emoji included, in UTF-8 as sent."""
    verifier(SECRET).verify(body.decode(), signing.headers([SECRET], "msg_1", now(), body))


@pytest.mark.parametrize(("verifier", "error"), VERIFIERS)
def test_both_secrets_verify_while_rotating(verifier, error):
    """A receiver with the old secret and one with the new accept the same request; a third secret does not."""
    body = signing.body(hook_job("http://x.example/"))
    headers = signing.headers([SECRET, OLD_SECRET], "msg_1", now(), body)
    for secret in (SECRET, OLD_SECRET):
        verifier(secret).verify(body.decode(), headers)
    with pytest.raises(error):
        verifier(signing.new_secret(bytes(32))).verify(body.decode(), headers)


@pytest.mark.parametrize(("verifier", "error"), VERIFIERS)
@pytest.mark.parametrize("part", ["webhook-id", "webhook-timestamp", "body"])
def test_a_changed_part_does_not_verify(verifier, error, part):
    """Id, timestamp and body are all under the signature."""
    body = b'{"a":1}'
    headers = signing.headers([SECRET], "msg_1", now(), body)
    if part == "body":
        body = b'{"a":2}'
    else:
        headers[part] = {"webhook-id": "msg_2", "webhook-timestamp": str(now() - 1)}[part]
    with pytest.raises(error):
        verifier(SECRET).verify(body.decode(), headers)


def test_the_specifications_own_example():
    """The signature that the Standard Webhooks libraries give for their test vector."""
    got = signing.sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert got == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_new_secret_is_whsec_and_base64():
    """24 to 64 bytes, no fewer, no more."""
    assert base64.b64decode(signing.new_secret(bytes(range(32))).removeprefix("whsec_")) == bytes(range(32))
    for length in (0, 23, 65):
        with pytest.raises(ValueError, match="24 to 64"):
            signing.new_secret(bytes(length))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_YWJj"])
def test_what_is_no_secret_is_refused(secret):
    """Missing prefix, bad base64, too short."""
    with pytest.raises(ValueError, match=r"begin|base64|bytes"):
        signing.secret_bytes(secret)


def test_the_body_is_as_documented():
    """Names, order and values; times keep the portal's offset."""
    job = hook_job("http://x.example/", "updated", sequence=7)
    assert json.loads(signing.body(job)) == {
        "type": "article.updated",
        "timestamp": "2026-11-22T04:05:06+00:00",
        "data": {
            "id": "tag:feeds.example.org,2026:tangshan/1",
            "url": "http://www.china0315.com/News/view.asp?id=7&p=2",
            "title": "马文斌:吹响新媒体发展“集结号”",
            "summary": "唐山市委网信办高度重视新媒体的建设与发展。全市新媒体要在服务大局上跟得紧。",
            "published": "2019-05-11T11:13:36+08:00",
            "updated": "2026-11-22T04:05:06+00:00",
            "portal": "tangshan",
            "category": ["唐山新闻资讯", "唐山"],
            "source": {"name": "澎湃新闻 问政", "published": None, "url": None},
            "image": "http://www.china0315.com/up/1.jpg",
            "revision": 1,
            "sequence": 7,
        },
    }


def test_a_date_that_the_portal_does_not_give_is_null():
    """First seen is ours, not the article's."""
    event = json.loads(signing.body(hook_job("http://x.example/", entries=(entry(precision="none", source=None, images=()),))))
    assert (event["data"]["published"], event["data"]["source"], event["data"]["image"]) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "type_"), [("published", "article.published"), ("withdrawn", "article.withdrawn"), ("test", "feedbridge.test")]
)
def test_each_kind_has_its_type(kind, type_):
    """A test event cannot be taken for an article."""
    assert json.loads(signing.body(hook_job("http://x.example/", kind)))["type"] == type_


def test_a_test_event_needs_no_article():
    """An empty store can still be tested."""
    assert "message" in json.loads(signing.body(hook_job("http://x.example/", "test", entries=())))["data"]


def test_a_digest_has_no_body():
    """Webhooks get each event."""
    with pytest.raises(ValueError, match="digest"):
        signing.body(hook_job("http://x.example/", "digest"))


@given(text=st.sampled_from(["长", "<", '"\\', "\x01", "𠮷", "\ud800", "a. b"]), count=st.integers(0, 30_000))
@settings(max_examples=25)
def test_a_body_stays_under_20_kb(text, count):
    """However long the texts, the id and the address are whole and the JSON is well formed."""
    long = text * count
    huge = entry(title=long, summary=long, source=Source(long), category=(long,) * 30, images=(Image("http://x/" + long),))
    body = signing.body(hook_job("http://x.example/", entries=(huge,)))
    data = json.loads(body)["data"]
    assert len(body) < signing.BODY_BYTES
    assert (data["id"], data["url"]) == (ENTRY.id, ENTRY.url)
