"""The picture of a chat message: Telegram fetches it, or we send it, or there is none; what failed once is not tried again."""

import json
import threading
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sender_samples import ENTRY, Clock, chat_job, entry
from test_picture_headers import png

from bridge.demo._entities import parse
from bridge.demo._server import Loopback, Reply
from bridge.demo.botapi import TOKEN, BotApi, Fault, Refusal
from bridge.demo.pictures import photo
from bridge.model import Image, Later, Network, Refused, Secret, Sent
from bridge.senders import telegram

CHAT = -1001
LONG = "这是一句很长的话,其中有许多字。" * 60


class Pictures(Loopback):
    """Serves `replies` by path; `asked` lists the paths that were asked for."""

    def __init__(self, **replies):
        super().__init__(self._answer)
        self.asked, self.agents = [], set()
        self.replies = {"/1.png": Reply(200, photo("1"), {"Content-Type": "text/html"})} | {f"/{k}": v for k, v in replies.items()}

    def _answer(self, asked):
        self.asked.append(asked.path)
        self.agents.add(asked.headers.get("user-agent", ""))
        return self.replies.get(asked.path, Reply(404))

    def article(self, path="/1.png", **changes):
        return entry(images=(Image(self.base + path),), **changes)


@contextmanager
def world(allow=("127.0.0.0/8",), network=None, **replies):
    """(Bot API, picture server, sender)."""
    with BotApi(limits=None) as api, Pictures(**replies) as host:
        api.chat(CHAT)
        shared = telegram.Shared(token=Secret(TOKEN), api_base=api.base)
        with closing(telegram.connect(shared, network or Network(allow=allow), Clock())) as opened:
            yield api, host, opened


def job(article, images="upload", kind="published", chat=CHAT, **more):
    return chat_job(kind, chat, (article,), telegram.Settings(chat=str(chat), images=images), **more)


def one(opened, wanted):
    ((_, outcome),) = list(opened.send([wanted]))
    return outcome


def climb(opened, wanted):
    """Follows the ladder as the steps would; gives the rungs it came to and the last outcome."""
    rungs = []
    while isinstance(outcome := one(opened, wanted), Later) and not outcome.spent:
        rungs.append(outcome.progress.get("image"))
        wanted = replace(wanted, progress=outcome.progress)
    return rungs, outcome


def test_our_own_upload_arrives_byte_by_byte():
    """As a photo with the text as its caption; the name says that it is one; the picture's Content-Type is not believed."""
    with world() as (api, host, opened):
        assert one(opened, job(host.article())) == Sent("p101", "200")
        posted = api.chats[CHAT].messages[101]
        assert posted.upload == photo("1")
        assert posted.text.splitlines()[0] == ENTRY.title
        assert [e["type"] for e in posted.entities] == ["bold", "text_link"]
        assert host.agents.pop().startswith("Feedbridge/")


def test_topic_and_silence_hold_for_photos_too():
    with world() as (api, host, opened):
        api.chats[CHAT].topics[7] = True
        wanted = job(host.article())
        settings = replace(wanted.target.settings, thread=7, silent=True)
        one(opened, replace(wanted, target=replace(wanted.target, settings=settings)))
        posted = api.chats[CHAT].messages[101]
    assert (posted.thread, posted.silent) == (7, True)


@pytest.mark.parametrize("markup", ["html", "plain"])
def test_the_text_under_a_photo_fits(markup):
    """1024 visible code points, whatever the article says."""
    with world() as (api, host, opened):
        article = host.article(title="长" * 900, summary=LONG, url="http://x.example/" + "a" * 900)
        assert one(opened, job(article, progress={"markup": markup})) == Sent("p101", "200")
        assert 0 < len(api.chats[CHAT].messages[101].text) <= 1024


def test_a_photo_is_edited_by_its_caption():
    """And a text by its text; what the name says decides, not the setting of today."""
    with world() as (api, host, opened):
        one(opened, job(host.article()))
        one(opened, job(host.article(), images="preview"))
        changed = host.article(title="更正:新标题", summary=LONG)
        for images in ("upload", "preview", "none"):
            assert one(opened, job(changed, images, "updated", remote_id="p101")) == Sent("p101", "400" if images != "upload" else "200")
        assert one(opened, job(changed, "upload", "updated", remote_id="102")) == Sent("102", "200")
        photo_, text = api.chats[CHAT].messages[101], api.chats[CHAT].messages[102]
        assert photo_.text.startswith("更正:新标题\n")
        assert text.text.startswith("更正:新标题\n")
        assert text.preview == host.base + "/1.png"
        assert len(photo_.edits) == len(text.edits) == 1
        assert one(opened, job(changed, "upload", "withdrawn", remote_id="p101")) == Sent("p101", "200")
        assert "已撤下" in photo_.text


def test_a_preview_that_telegram_cannot_fetch_becomes_our_upload():
    """The failed address is never given to Telegram again."""
    with world() as (api, host, opened):
        api.failing_urls.add(host.base + "/1.png")
        assert climb(opened, job(host.article(), "preview")) == (["upload"], Sent("p101", "200"))
        assert [call.method for call in api.calls] == ["sendMessage", "sendPhoto"]


@pytest.mark.parametrize(("images", "rungs"), [("preview", ["upload", "none"]), ("upload", ["preview", "none"])])
def test_the_whole_ladder_ends_without_a_picture(images, rungs):
    """Preview, our own, none: each tried once, none of them an attempt."""
    with world() as (api, host, opened):
        gone = host.article("/gone.png")
        api.failing_urls.add(host.base + "/gone.png")
        assert climb(opened, job(gone, images)) == (rungs, Sent("101", "200"))
        assert api.chats[CHAT].messages[101].preview is None
        assert host.asked == ["/gone.png"]
        told = [call.params["link_preview_options"] for call in api.calls if call.method == "sendMessage"]
        assert sum(gone.images[0].url in text for text in told) == 1


@pytest.mark.parametrize("images", ["preview", "upload"])
def test_an_edit_of_a_text_goes_down_without_an_upload(images):
    """A text cannot become a photo."""
    with world() as (api, host, opened):
        one(opened, job(host.article(), "none"))
        api.failing_urls.add(host.base + "/1.png")
        changed = host.article(title=images)
        assert climb(opened, job(changed, images, "updated", remote_id="101")) == (["none"], Sent("101", "200"))
        assert host.asked == []


PICTURES = {
    "text.png": Reply(200, b"<html>captcha</html>", {"Content-Type": "image/png"}),
    "wide.png": Reply(200, png(2001, 100)),
    "big.png": Reply(200, png(6000, 5000)),
    "heavy.png": Reply(200, png(10, 10) + bytes(10_000_000)),
    "half.png": Reply(200, photo("2"), half=True),
    "drop.png": Reply(200, drop=True),
    "error.png": Reply(500),
    "loop.png": Reply(302, headers={"Location": "/loop.png"}),
    "private.png": Reply(302, headers={"Location": "http://10.0.0.1/x.png"}),
    "file.png": Reply(302, headers={"Location": "file:///etc/passwd"}),
    "nowhere.png": Reply(302, headers={"Location": "http://[::1"}),
    "empty.png": Reply(200),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_cannot_be_had_is_left_to_telegram(name):
    """No page, no half file, no redirect inwards, nothing that sendPhoto would refuse ever leaves for Telegram; the reason is told."""
    with world(**PICTURES) as (api, host, opened):
        outcome = one(opened, job(host.article("/" + name)))
        assert isinstance(outcome, Later)
        assert (outcome.spent, outcome.code, outcome.progress) == (False, "picture", {"image": "preview"})
        assert outcome.why.startswith("the picture cannot be sent: ")
        assert api.calls == []
        assert host.asked.count("/" + name) == (4 if name == "loop.png" else 1)


def test_a_redirect_to_a_picture_is_followed():
    with world(**{"old.png": Reply(301, headers={"Location": "1.png"})}) as (_api, host, opened):
        assert one(opened, job(host.article("/old.png"))) == Sent("p101", "200")


def test_a_private_address_is_not_asked():
    """The guard judges pictures as it judges pages."""
    with world(allow=()) as (_api, host, opened):
        outcome = one(opened, job(host.article()))
        assert "loopback" in outcome.why
        assert host.asked == []


@pytest.mark.parametrize("url", ["http://[", "ftp://x.example/1.png", "javascript:alert(1)", "http://user:pw@x.example/1.png", "data:,"])
def test_an_address_that_is_none_is_a_step_down(url):
    with world() as (_api, _host, opened):
        outcome = one(opened, job(entry(images=(Image(url),))))
        assert outcome.progress == {"image": "preview"}
        assert "pw" not in outcome.why


def test_a_host_that_hangs_costs_one_deadline():
    """Its other pictures are not waited for; a picture elsewhere goes out meanwhile."""
    network = Network(allow=("127.0.0.0/8",))
    with world(network=network) as (api, host, opened), Pictures(**{f"{n}.png": Reply(200, hold=30) for n in range(5)}) as slow:
        from bridge.senders import _images

        api.chats.update({-2000 - n: api.chat(-2000 - n) for n in range(5)})
        fast = replace(network, deadline=_images.timedelta(seconds=0.5))
        opened._network = fast
        jobs = [replace(job(slow.article(f"/{n}.png"), chat=-2000 - n), id=n) for n in range(5)] + [replace(job(host.article()), id=9)]
        outcomes = {each.id: outcome for each, outcome in opened.send(jobs)}
        assert outcomes.pop(9) == Sent("p101", "200")
        assert {outcome.progress["image"] for outcome in outcomes.values()} == {"preview"}
        assert len(slow.asked) == 1
        slow.stopping.set()


def test_many_chats_want_one_picture():
    """It is fetched once."""
    with world() as (api, host, opened):
        jobs = []
        for number in range(20):
            api.chat(-3000 - number)
            jobs.append(replace(job(host.article(), chat=-3000 - number), id=number))
        assert all(outcome.remote_id.startswith("p") for _, outcome in opened.send(jobs))
        assert host.asked == ["/1.png"]


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"),
        Refusal(400, "Bad Request: not enough rights to send photos to the chat"),
        Refusal(400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"),
        Refusal(413, "Request Entity Too Large"),
    ],
    ids=lambda refusal: refusal.description,
)
def test_an_upload_that_telegram_refuses_goes_down(refusal):
    """A chat without photos is not a closed chat."""
    with world() as (api, host, opened):
        api.script(Fault("error", refusal=refusal))
        assert climb(opened, job(host.article())) == (["preview"], Sent("101", "200"))


def test_a_chat_without_photos_gets_the_text():
    """As the stand-in itself refuses them."""
    with world() as (api, host, opened):
        api.chats[CHAT].photos = False
        assert climb(opened, job(host.article())) == (["preview"], Sent("101", "200"))


def test_refused_markup_of_a_caption_keeps_the_picture():
    """Until there is only title and address left, which go out as a text."""
    wrong = Fault("error", refusal=Refusal(400, "Bad Request: message caption is too long"))
    with world() as (api, host, opened):
        api.script(wrong)
        assert climb(opened, job(host.article())) == ([None], Sent("p101", "200"))
        api.script(wrong, wrong)
        assert climb(opened, job(host.article())) == ([None, None], Sent("102", "200"))
        assert api.chats[CHAT].messages[102].text == f"{ENTRY.title}\n{ENTRY.url}"
        api.script(wrong, wrong, wrong)
        assert isinstance(climb(opened, job(host.article()))[1], Refused)


@pytest.mark.parametrize("kind", ["drop", "bad-gateway", "half"])
def test_an_upload_without_an_answer_is_uncertain(kind):
    """As with a text; the rung is kept for the next attempt."""
    with world() as (api, host, opened):
        api.script(Fault(kind))
        outcome = one(opened, job(host.article(), "preview", progress={"image": "upload"}))
        assert type(outcome).__name__ == "Unsure"
        assert len(api.chats[CHAT].messages) == 1


def test_leaving_during_a_fetch_leaves_nothing_behind():
    """The loop ends although a picture is on its way."""
    with Pictures(**{"slow.png": Reply(200, hold=3)}) as slow:
        with world() as (_api, host, opened):
            results = opened.send([job(slow.article("/slow.png")), job(host.article(), "preview")])
            assert isinstance(next(results)[1], Sent)
            results.close()
        assert not any(thread.name == "telegram" for thread in threading.enumerate())


@pytest.mark.parametrize("images", ["preview", "none"])
def test_only_an_upload_loads_the_http_library(images):
    """A chat whose pictures Telegram fetches pays nothing for it."""
    import subprocess
    import sys

    code = (
        "import json, sys\nsys.path.insert(0, 'tests/senders')\n"
        "import test_chat_images as t\n"
        "heavy = ('requests', 'bridge.web.wire', 'bridge.web.exchange', 'bridge.senders._images')\n"
        "for name in [n for n in sys.modules if n.startswith(heavy)]:\n"
        "    del sys.modules[name]\n"
        f"with t.world() as (api, host, opened):\n    print(t.one(opened, t.job(host.article(), {images!r})).remote_id)\n"
        "print(json.dumps('bridge.senders._images' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["101", json.dumps(obj=False)], done.stderr


def test_the_text_of_a_caption_is_what_a_reader_sees():
    """The summary is cut at a sentence, the link stays."""
    from bridge.core import message

    made = message.render(entry(title="长" * 290, summary=LONG), limit=message.CAPTION)
    visible, entities = parse(made.text)
    assert len(visible) <= message.CAPTION
    assert entities[-1]["url"] == ENTRY.url


def test_a_picture_that_telegram_could_not_fetch_is_not_asked_for_again():
    """The failure lasts for days: the other chats and the edits get our own upload, or no picture, at the first request."""
    with world() as (api, host, opened):
        api.chat(CHAT - 1)
        article, other = host.article(), host.article("/2.png")
        api.failing_urls |= {article.images[0].url, other.images[0].url}
        assert climb(opened, job(article, "preview"))[0] == ["upload"]
        assert climb(opened, job(article, "preview", chat=CHAT - 1)) == ([], Sent("p101", "200"))
        assert climb(opened, job(other, "preview")) == (["upload", "none"], Sent("102", "200"))
        edited = job(replace(article, title="新"), "preview", "updated", remote_id="102")
        assert climb(opened, edited) == ([], Sent("102", "200"))
        assert sum(call.status == 400 for call in api.calls) == 2
