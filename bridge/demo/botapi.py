"""A stand-in for the Telegram Bot API on loopback, as strict as the real one where a sender can go wrong.

It checks the token, counts 4096 visible code points after parsing, parses HTML mode with the server's error texts, keeps the
documented rates as sliding windows with `retry_after`, knows the chat types, topics, migration and the ways of being thrown
out, looks at uploaded pictures, and breaks on request: commit then drop, commit then 502, hang, half an answer. Errors are worded as
in tdlib/telegram-bot-api. It answers sendMessage, editMessageText, sendPhoto, editMessageCaption, deleteMessage, getChat, getMe and
getUpdates.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ._chats import Chat, ChatKind, Limits, Posted, Refusal, Windows
from ._entities import Malformed, parse
from ._forms import Params, params_of, picture_fault
from ._server import Asked, Loopback, Reply

__all__ = ["TOKEN", "BotApi", "Call", "Chat", "Fault", "Limits", "Posted", "Refusal"]

TOKEN = "123456789:AAFeedbridgeStandInTokenForDemoAndTests"  # noqa: S105 - it opens nothing
BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request. `commit`: the message is taken nevertheless; `error` answers with `refusal` instead."""

    kind: Literal["error", "drop", "bad-gateway", "hang", "half", "garbage"]
    commit: bool = True
    refusal: Refusal | None = None
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was answered: method, parameters as text, HTTP status of the answer (0 where none was sent)."""

    method: str
    params: dict[str, str]
    status: int
    fault: str = ""


@dataclass(slots=True)
class _Updates:
    next_id: int = 1000
    waiting: list[dict[str, Any]] = field(default_factory=list)


class BotApi(Loopback):
    """The server; `base` is the value for `api_base`. Chats are made with `chat`; an id that was not is "chat not found".

    `now` gives seconds (the real clock unless passed); `limits` None lets any rate through. `failing_urls` are image and
    preview addresses that the server cannot fetch. `script` queues faults. `calls` lists all requests, `chats` what stands.
    """

    def __init__(self, token: str = TOKEN, *, limits: Limits | None = Limits(), now: Callable[[], float] = time.time) -> None:  # noqa: B008
        super().__init__(self._answer)
        self.token, self._now = token, now
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.failing_urls: set[str] = set()
        self._faults: dict[int | None, deque[Fault]] = {}
        self._windows = Windows(limits)
        self._updates = _Updates()
        self._last_id = 100
        self._lock = threading.Lock()

    # ------------------------------------------------------------ for tests and the demo

    def chat(self, id: int, kind: ChatKind | None = None, title: str = "", username: str | None = None) -> Chat:  # noqa: A002
        """A new chat; the kind is told from the id where none is given (-100…: supergroup, negative: group, else private)."""
        told: ChatKind = "private" if id > 0 else "supergroup" if str(id).startswith("-100") else "group"
        self.chats[id] = Chat(id, kind or told, title or f"chat {id}", username)
        return self.chats[id]

    def script(self, *faults: Fault, chat: int | None = None) -> None:
        """The next requests (to `chat`, else to any chat) meet these faults, one each."""
        self._faults.setdefault(chat, deque()).extend(faults)

    def says(self, chat: int, text: str = "/start") -> None:
        """Someone writes in `chat`; getUpdates tells of it."""
        with self._lock:
            shown = self.chats[chat].shown()
            self._updates.next_id += 1
            message = {"message_id": self._new_id(self.chats[chat]), "date": int(self._now()), "chat": shown, "text": text}
            key = "channel_post" if shown["type"] == "channel" else "message"
            self._updates.waiting.append({"update_id": self._updates.next_id, key: message})

    # ------------------------------------------------------------ requests

    def _answer(self, asked: Asked) -> Reply:
        token, _, method = asked.path.partition("?")[0].removeprefix("/bot").partition("/")
        if not asked.path.startswith("/bot") or ":" not in token:
            return _failure(Refusal(404, "Not Found"))
        if token != self.token:
            return _failure(Refusal(401, "Unauthorized"))
        params = params_of(asked)
        with self._lock:
            reply, fault = self._met(method, params)
            self.calls.append(Call(method, params, 0 if reply.drop else reply.status, fault.kind if fault else ""))
        return reply

    def _met(self, method: str, params: Params) -> tuple[Reply, Fault | None]:
        fault = self._fault(method, params)
        if fault is None:
            return self._done(method, params), None
        if fault.kind == "error":
            return _failure(fault.refusal or Refusal(500, "Internal Server Error")), fault
        reply = self._done(method, params) if fault.commit else _success(True)
        return _broken(reply, fault), fault

    def _fault(self, method: str, params: Params) -> Fault | None:
        if method in {"getMe", "getUpdates", "getChat"}:
            return None
        chat = params.get("chat_id", "")
        queues = (self._faults.get(int(chat)) if chat.lstrip("-").isdecimal() else None, self._faults.get(None))
        return next((queue.popleft() for queue in queues if queue), None)

    def _done(self, method: str, params: Params) -> Reply:
        known: dict[str, Callable[[Params], Any]] = {
            "getme": lambda _: self._me(),
            "getchat": lambda p: {**self._chat(p).shown(), "accent_color_id": 0, "max_reaction_count": 11},
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "editmessagetext": self._edit_text,
            "editmessagecaption": self._edit_caption,
            "deletemessage": self._delete,
        }
        if method.lower() not in known:
            return _failure(Refusal(404, "Not Found"))
        try:
            return _success(known[method.lower()](params))
        except Refusal as refusal:
            return _failure(refusal)

    # ------------------------------------------------------------ methods

    def _me(self) -> dict[str, Any]:
        return {"id": int(self.token.partition(":")[0]), "is_bot": True, "first_name": "Feedbridge", "username": "feedbridge_bot"}

    def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        offset = int(params.get("offset", 0))
        if offset > 0:
            self._updates.waiting = [u for u in self._updates.waiting if u["update_id"] >= offset]
        return self._updates.waiting[: int(params.get("limit", 100))]

    def _send_message(self, params: Params) -> dict[str, Any]:
        chat, thread = self._open_chat(params)
        text, entities = _parsed(params, "text", 4096)
        options = _preview_options(params)
        self._fetchable(options.get("url"))
        self._windows.admit(chat, self._now(), edit=False)
        post = Posted(self._new_id(chat), text, entities, int(self._now()), _preview(options, entities), options, thread)
        return self._post(chat, post, params)

    def _send_photo(self, params: Params) -> dict[str, Any]:
        chat, thread = self._open_chat(params)
        if not chat.photos:
            raise Refusal(400, "Bad Request: not enough rights to send photos to the chat")
        caption, entities = _parsed(params, "caption", 1024) if params.get("caption") else ("", [])
        photo, upload = self._picture(params)
        self._windows.admit(chat, self._now(), edit=False)
        post = Posted(self._new_id(chat), caption, entities, int(self._now()), thread=thread, photo=photo, upload=upload)
        return self._post(chat, post, params)

    def _edit_text(self, params: Params) -> dict[str, Any]:
        chat, post = self._own(params)
        if post.photo:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        text, entities = _parsed(params, "text", 4096)
        options = _preview_options(params)
        self._fetchable(options.get("url"))
        return self._edited(chat, post, (text, entities, options, _preview(options, entities)))

    def _edit_caption(self, params: Params) -> dict[str, Any]:
        chat, post = self._own(params)
        if not post.photo:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        caption, entities = _parsed(params, "caption", 1024) if params.get("caption") else ("", [])
        return self._edited(chat, post, (caption, entities, post.preview_options, post.preview))

    def _edited(self, chat: Chat, post: Posted, look: tuple[str, list[dict[str, Any]], dict[str, Any], str | None]) -> dict[str, Any]:
        if (post.text, post.entities, post.preview_options) == look[:3]:
            same = (
                "specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
            )
            raise Refusal(400, f"Bad Request: message is not modified: {same}")
        self._windows.admit(chat, self._now(), edit=True)
        post.edits.append(post.text)
        post.text, post.entities, post.preview_options, post.preview = look
        return {**self._shown(chat, post), "edit_date": int(self._now())}

    def _delete(self, params: Params) -> bool:
        chat = self._chat(params)
        post = _message(chat, params, "delete")
        if self._now() - post.date > 48 * 3600:
            raise Refusal(400, "Bad Request: message can't be deleted for everyone")
        del chat.messages[post.id]
        return True

    # ------------------------------------------------------------ parts of them

    def _chat(self, params: Params) -> Chat:
        asked = params.get("chat_id", "")
        if not asked:
            raise Refusal(400, "Bad Request: chat_id is empty")
        for chat in self.chats.values():
            if str(chat.id) == asked or (chat.username and asked == f"@{chat.username}"):
                return chat
        raise Refusal(400, "Bad Request: chat not found")

    def _open_chat(self, params: Params) -> tuple[Chat, int | None]:
        chat = self._chat(params)
        thread = int(params["message_thread_id"]) if params.get("message_thread_id") else None
        chat.check(thread)
        return chat, thread

    def _own(self, params: Params) -> tuple[Chat, Posted]:
        chat = self._chat(params)
        chat.check(None)
        post = _message(chat, params, "edit")
        if post.foreign:
            raise Refusal(400, "Bad Request: message can't be edited")
        return chat, post

    def _picture(self, params: Params) -> tuple[str, bytes]:
        """The photo of a request: its address, or a name for it and its bytes."""
        upload = params.files.get("photo")
        if upload is None:
            if not params.get("photo"):
                raise Refusal(400, "Bad Request: there is no photo in the request")
            self._fetchable(params["photo"])
            return params["photo"], b""
        if wrong := picture_fault(upload):
            raise wrong
        return params["photo"], upload

    def _fetchable(self, url: str | None) -> None:
        if url in self.failing_urls:
            raise Refusal(400, "Bad Request: failed to get HTTP URL content")

    def _new_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves; private chats and basic groups share the account's counter."""
        if chat.kind in {"supergroup", "channel"}:
            return max(chat.messages, default=100) + 1
        self._last_id += 1
        return self._last_id

    def _post(self, chat: Chat, post: Posted, params: Params) -> dict[str, Any]:
        post.silent = params.get("disable_notification") == "true"
        chat.messages[post.id] = post
        return self._shown(chat, post)

    def _shown(self, chat: Chat, post: Posted) -> dict[str, Any]:
        author = {"sender_chat": chat.shown()} if chat.kind == "channel" else {"from": self._me()}
        topic = {"message_thread_id": post.thread, "is_topic_message": True} if post.thread else {}
        text = {"caption": post.text, "photo": [_SIZE]} if post.photo else {"text": post.text, "entities": post.entities}
        return {"message_id": post.id, "date": post.date, "chat": chat.shown(), **author, **topic, **text}


_SIZE = {"file_id": "photo", "file_unique_id": "photo", "width": 800, "height": 600}


def _parsed(params: Params, name: str, limit: int) -> tuple[str, list[dict[str, Any]]]:
    """Visible text and entities of a text parameter, trimmed and held against the limits."""
    raw = params.get(name, "")
    if not raw.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    mode = params.get("parse_mode", "")
    if mode.upper() not in {"", "HTML"}:
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    try:
        text, entities = parse(raw) if mode else (raw, [])
    except Malformed as wrong:
        raise Refusal(400, f"Bad Request: can't parse entities: {wrong}") from None
    if not text.strip():
        raise Refusal(400, "Bad Request: text must be non-empty")
    if len(text.strip()) > limit:
        raise Refusal(400, f"Bad Request: {'message' if name == 'text' else 'message caption'} is too long")
    if sum(len(str(entity.get("url", "")).encode()) + 12 for entity in entities) > 9500:
        raise Refusal(400, "Bad Request: ENTITIES_TOO_LONG")
    return text.rstrip(), entities[:100]


def _preview_options(params: Params) -> dict[str, Any]:
    told = json.loads(params.get("link_preview_options") or "{}")
    return told if isinstance(told, dict) else {}


def _preview(options: dict[str, Any], entities: list[dict[str, Any]]) -> str | None:
    """The address whose preview the chat shows: the one asked for, else the first link."""
    if options.get("is_disabled"):
        return None
    return options.get("url") or next((entity["url"] for entity in entities if "url" in entity), None)


def _message(chat: Chat, params: Params, verb: str) -> Posted:
    post = chat.messages.get(int(params.get("message_id") or 0))
    if post is None:
        raise Refusal(400, f"Bad Request: message to {verb} not found")
    return post


def _success(result: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode(), {"Content-Type": "application/json"})


def _failure(refusal: Refusal) -> Reply:
    told: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        told["parameters"] = refusal.parameters
    return Reply(refusal.status, json.dumps(told).encode(), {"Content-Type": "application/json"})


def _broken(reply: Reply, fault: Fault) -> Reply:
    if fault.kind == "bad-gateway":
        return Reply(502, BAD_GATEWAY, {"Content-Type": "text/html"})
    if fault.kind == "garbage":
        return Reply(200, b"<html>captive portal</html>", {"Content-Type": "text/html"})
    if fault.kind == "half":
        return Reply(reply.status, reply.body, reply.headers, half=True)
    return Reply(reply.status, drop=True, hold=fault.seconds if fault.kind == "hang" else 0.0)
