"""The Bot API stand-in: as strict as the documentation, and understood by the library that others wrote."""

import asyncio
import http.client
import json
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken
from telegram.request import HTTPXRequest

from bridge.demo._entities import Malformed, parse
from bridge.demo._forms import picture_fault
from bridge.demo.botapi import TOKEN, BotApi, Fault, Limits
from bridge.demo.pictures import photo


class Ticker:
    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


def call(server, method, token=TOKEN, **params):
    body = urlencode({name: value if isinstance(value, str | int) else json.dumps(value) for name, value in params.items()})
    with closing(http.client.HTTPConnection(urlsplit(server.base).netloc, timeout=10)) as connection:
        connection.request("POST", f"/bot{token}/{method}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        with connection.getresponse() as answer:
            told = json.loads(answer.read())
    assert told["ok"] == (answer.status == 200)
    return told["result"] if told["ok"] else (answer.status, told["description"], told.get("parameters"))


def with_bot(server, work, token=TOKEN):
    async def run():
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        bot = Bot(token, f"{server.base}/bot", request=request, get_updates_request=request)
        try:
            return await work(bot)
        finally:
            await request.shutdown()

    return asyncio.run(run())


@pytest.fixture
def api():
    with BotApi(limits=None) as server:
        server.chat(-1001)
        yield server


HTML = [
    ("a<b>b</b>", "ab", [{"type": "bold", "offset": 1, "length": 1}]),
    ("<B>x</B>", "x", [{"type": "bold", "offset": 0, "length": 1}]),
    ("&lt;试点&gt; &amp;amp; &quot; &#128512; &#x41; &nbsp; &", '<试点> &amp; " 😀 A &nbsp; &', []),
    ("😀<i>x</i>", "😀x", [{"type": "italic", "offset": 2, "length": 1}]),
    ('<a href="http://x/?a=1&amp;b=2">x</a>', "x", [{"type": "text_link", "offset": 0, "length": 1, "url": "http://x/?a=1&b=2"}]),
    ("<a href='http://x/>'>x</a>", "x", [{"type": "text_link", "offset": 0, "length": 1, "url": "http://x/>"}]),
    ('<a href="javascript:alert(1)">x</a>', "x", []),
    ("<blockquote expandable>x</blockquote>", "x", [{"type": "blockquote", "offset": 0, "length": 1}]),
    ('<span class="tg-spoiler">x</span>', "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
    ("<b><i>x</i>y</b>", "xy", [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 0, "length": 1}]),
    ("a > b", "a > b", []),
]
MALFORMED = [
    ("<试点>x", 'Unsupported start tag "试点" at byte offset 0'),
    ("唐<p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("x <b", "Unclosed start tag at byte offset 2"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("text", "visible", "entities"), HTML)
def test_html_mode_is_parsed(text, visible, entities):
    """Tags become entities counted in UTF-16 units, the four named references and numbers become characters."""
    assert parse(text) == (visible, entities)


@pytest.mark.parametrize(("text", "error"), MALFORMED)
def test_malformed_html_is_refused_in_the_servers_words(text, error):
    """With byte offsets."""
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 4097}, "Bad Request: message is too long"),
        ({"text": "<b>" + "x" * 4097 + "</b>", "parse_mode": "HTML"}, "Bad Request: message is too long"),
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"text": "<p>", "parse_mode": "HTML"}, 'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "message_thread_id": 4}, "Bad Request: message thread not found"),
        ({"text": f'<a href="http://x/{"y" * 9600}">x</a>', "parse_mode": "HTML"}, "Bad Request: ENTITIES_TOO_LONG"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_texts_that_are_refused(api, params, error):
    """4096 code points after parsing, and nothing is posted."""
    assert call(api, "sendMessage", chat_id=-1001, **params) == (400, error, None)
    assert not api.chats[-1001].messages


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 4096, "<b>" + "&amp;" * 4096 + "</b>"])
def test_4096_visible_code_points_pass(api, text):
    """Tags and references do not count."""
    assert call(api, "sendMessage", chat_id=-1001, text=text, parse_mode="HTML")["message_id"] == 101


def test_only_a_hundred_entities_are_kept(api):
    """The rest is ignored."""
    assert len(call(api, "sendMessage", chat_id=-1001, text="<b>x</b> " * 150, parse_mode="HTML")["entities"]) == 100


def test_the_windows_slide():
    """One a second per chat, twenty a minute per group; a refused request is not counted, and each in a row waits longer."""
    tick = Ticker()
    with BotApi(now=tick) as server:
        group = server.chat(-1001)
        assert call(server, "sendMessage", chat_id=-1001, text="x")["message_id"] == 101
        assert call(server, "sendMessage", chat_id=-1001, text="x") == (429, "Too Many Requests: retry after 1", {"retry_after": 1})
        assert call(server, "sendMessage", chat_id=-1001, text="x")[2] == {"retry_after": 2}
        for _ in range(19):
            tick.time += 1
            call(server, "sendMessage", chat_id=-1001, text="x")
        assert len(group.messages) == 20
        tick.time += 1
        assert call(server, "sendMessage", chat_id=-1001, text="x")[2] == {"retry_after": 40}
        tick.time += 40
        call(server, "sendMessage", chat_id=-1001, text="x")
        assert len(group.messages) == 21


def test_a_private_chat_has_no_minute_and_the_bot_has_thirty_a_second():
    """Sixty messages in a minute to one person pass; a thirty-first chat in one second does not."""
    tick = Ticker()
    with BotApi(now=tick, limits=Limits()) as server:
        for number in range(1, 32):
            server.chat(number)
        told = [call(server, "sendMessage", chat_id=number, text="x") for number in range(1, 32)]
        assert told[30][0] == 429
        for _ in range(40):
            tick.time += 1
            assert "message_id" in call(server, "sendMessage", chat_id=1, text="x")


def test_edits_have_a_window_of_their_own():
    """Twenty a minute in a group."""
    with BotApi(now=Ticker()) as server:
        server.chat(-1001)
        call(server, "sendMessage", chat_id=-1001, text="x")
        told = [call(server, "editMessageText", chat_id=-1001, message_id=101, text=f"{n}") for n in range(21)]
    assert [answer[0] for answer in told if isinstance(answer, tuple)] == [429]


def test_ids_count_per_supergroup_and_per_account_elsewhere(api):
    """As with Telegram: private chats share a counter."""
    api.chat(1)
    api.chat(2)
    ids = [call(api, "sendMessage", chat_id=chat, text="x")["message_id"] for chat in (-1001, -1001, 1, 2, 1)]
    assert ids == [101, 102, 101, 102, 103]


def test_editing_and_deleting(api):
    """Unchanged, missing, foreign; history is kept; what is deleted is gone."""
    post = call(api, "sendMessage", chat_id=-1001, text="a")
    assert call(api, "editMessageText", chat_id=-1001, message_id=101, text="b")["edit_date"] >= post["date"]
    assert "is not modified" in call(api, "editMessageText", chat_id=-1001, message_id=101, text="b")[1]
    assert call(api, "editMessageText", chat_id=-1001, message_id=9, text="b")[1] == "Bad Request: message to edit not found"
    assert api.chats[-1001].messages[101].edits == ["a"]
    api.chats[-1001].messages[101].foreign = True
    assert call(api, "editMessageText", chat_id=-1001, message_id=101, text="c")[1] == "Bad Request: message can't be edited"
    assert call(api, "deleteMessage", chat_id=-1001, message_id=101) is True
    assert call(api, "deleteMessage", chat_id=-1001, message_id=101)[1] == "Bad Request: message to delete not found"


def test_captions_and_texts_are_edited_each_by_its_own_method(api):
    """The wrong one is refused in the server's words; a caption holds 1024 code points."""
    call(api, "sendPhoto", chat_id=-1001, photo="http://x.example/1.jpg", caption="a")
    call(api, "sendMessage", chat_id=-1001, text="a")
    assert (
        call(api, "editMessageText", chat_id=-1001, message_id=101, text="b")[1] == "Bad Request: there is no text in the message to edit"
    )
    told = call(api, "editMessageCaption", chat_id=-1001, message_id=102, caption="b")
    assert told[1] == "Bad Request: there is no caption in the message to edit"
    long = call(api, "editMessageCaption", chat_id=-1001, message_id=101, caption="x" * 1025)
    assert long[1] == "Bad Request: message caption is too long"
    assert call(api, "editMessageCaption", chat_id=-1001, message_id=101, caption="x" * 1024)["caption"] == "x" * 1024
    assert "is not modified" in call(api, "editMessageCaption", chat_id=-1001, message_id=101, caption="x" * 1024)[1]


@pytest.mark.parametrize(
    ("raw", "status", "error"),
    [
        (b"<html>", 400, "Bad Request: IMAGE_PROCESS_FAILED"),
        (b"GIF89a\x01\x00\xff\xff", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (b"\x89PNG\r\n\x1a\n" + bytes((10 << 20) + 1), 413, "Request Entity Too Large"),
        (photo("u"), 200, ""),
    ],
    ids=["no picture", "too narrow", "too large", "good"],
)
def test_an_uploaded_picture_is_looked_at(raw, status, error):
    """Size in bytes, format, size in pixels."""
    refusal = picture_fault(raw)
    assert (refusal.status, refusal.description) == (status, error) if error else refusal is None


def test_tokens_and_methods_are_checked(api):
    """401 for a wrong token, 404 for nonsense and for an unknown method."""
    assert call(api, "getMe", token="1:x")[0] == 401
    assert call(api, "getMe", token="x")[0] == 404
    assert call(api, "sendCoffee")[0] == 404
    assert call(api, "sendMessage", text="x")[1] == "Bad Request: chat_id is empty"


def test_updates_wait_until_they_are_confirmed(api):
    """An offset confirms what came before it."""
    api.says(-1001, "a")
    api.says(-1001, "b")
    first, second = call(api, "getUpdates")
    assert call(api, "getUpdates", offset=second["update_id"]) == [second]
    assert first["message"]["text"] == "a"


def test_python_telegram_bot_understands_it(api):
    """Every method through the library, a photo by address and by upload included."""
    api.chat(-1009, "channel", "唐山发布", "tangshan")

    async def work(bot):
        assert (await bot.get_me()).is_bot
        assert (await bot.get_chat("@tangshan")).title == "唐山发布"
        options = LinkPreviewOptions(url="http://x.example/1.jpg")
        posted = await bot.send_message("@tangshan", "<b>b</b>", parse_mode="HTML", link_preview_options=options)
        edited = await bot.edit_message_text("c", -1009, posted.message_id)
        await bot.send_photo(-1001, "http://x.example/1.jpg", caption="<i>i</i>", parse_mode="HTML")
        uploaded = await bot.send_photo(-1001, photo("u"), caption="u")
        assert await bot.delete_message(-1001, uploaded.message_id)
        return posted, edited

    posted, edited = with_bot(api, work)
    assert (posted.text, posted.chat.type, edited.text) == ("b", "channel", "c")
    assert api.chats[-1001].messages[101].photo == "http://x.example/1.jpg"


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lambda chat: setattr(chat, "refusal", "Forbidden: bot was blocked by the user"), Forbidden),
        (lambda chat: setattr(chat, "migrated_to", -1007), ChatMigrated),
        (lambda chat: setattr(chat, "refusal", "Bad Request: CHAT_WRITE_FORBIDDEN"), BadRequest),
    ],
)
def test_python_telegram_bot_raises_what_it_should(api, prepare, error):
    """The stand-in's failures have the shape that the library tells apart."""
    prepare(api.chats[-1001])
    with pytest.raises(error):
        with_bot(api, lambda bot: bot.send_message(-1001, "x"))
    with pytest.raises(InvalidToken):
        with_bot(api, lambda bot: bot.send_message(-1001, "x"), token="1:wrong")


@pytest.mark.parametrize(("commit", "messages"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("kind", ["drop", "bad-gateway", "half"])
def test_faults_break_one_request_and_no_other(api, kind, commit, messages):
    """Committed or not, as asked for; the next request is answered."""
    api.script(Fault(kind, commit=commit))
    with pytest.raises((http.client.HTTPException, json.JSONDecodeError, OSError)):
        call(api, "sendMessage", chat_id=-1001, text="x")
    assert len(api.chats[-1001].messages) == messages
    assert api.calls[0].fault == kind
    assert call(api, "sendMessage", chat_id=-1001, text="x")["message_id"] == 101 + messages
