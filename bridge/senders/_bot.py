"""The coroutine side of the Telegram sender: python-telegram-bot, in one event loop in one thread.

The loop has a thread of its own, so that a caller who is busy with an outcome cannot make another request time out.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import httpx
from telegram import Bot, LinkPreviewOptions, Message, Update
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest, RequestData

from ..core import message
from ..errors import BridgeError
from ..model import Job, Later, Network, Outcome, Refused, Secret, Sent
from ..ports import Clock
from ._ladder import is_edit, is_photo, lower, name, named, passing, picture, rung
from ._parts import parted
from ._verdicts import Answer, unsure, verdict

if TYPE_CHECKING:
    from ._images import Picture, Pictures

SIDE_BY_SIDE: Final = 64
"""Requests in flight at once."""
CONNECT: Final = 10.0
READ: Final = 20.0
TOTAL: Final = 45.0
"""Seconds: to connect, between two reads or writes, and for one request in all."""
UPLOADS: Final = 8
"""Pictures on their way at once, each of which is in memory; an upload has twice the time of another request."""

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


class Rejected(TelegramError):
    """The server answered, and the answer is no success; carries it as it came."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.description or f"HTTP {answer.status}")
        self.answer = answer


class Request(HTTPXRequest):
    """One HTTP client for all methods; reads no proxy or netrc from the environment and logs no payload.

    A failure keeps its status: the library's own exceptions drop it, and a 413, a 429 without a time and a 502 look alike there.
    """

    def __init__(self, read: float) -> None:
        super().__init__(
            connection_pool_size=SIDE_BY_SIDE + UPLOADS,
            connect_timeout=CONNECT,
            read_timeout=read,
            write_timeout=read,
            media_write_timeout=read,
            pool_timeout=TOTAL,
            httpx_kwargs={"trust_env": False},
        )

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **timeouts: Any
    ) -> tuple[int, bytes]:
        """Status and body of a success; Rejected with the answer otherwise."""
        status, payload = await super().do_request(url, method, request_data, *args, **timeouts)
        if 200 <= status <= 299:
            return status, payload
        raise Rejected(_answer(status, payload))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The body of a success; TelegramError when it is not what the Bot API sends."""
        return _object(payload, must_hold="result")


class TelegramSender:
    """Sends to chats; all requests of its life share one event loop and one connection pool."""

    def __init__(
        self, token: Secret, api_base: str, clock: Clock, network: Network | None = None, *, read: float = READ, total: float = TOTAL
    ) -> None:
        _hush()
        self._token, self._clock, self._total = token, clock, total
        self._network = network or Network()
        self._request = Request(read)
        self._bot = _bot(token, api_base, self._request)
        self._room, self._hold = asyncio.Semaphore(SIDE_BY_SIDE), asyncio.Semaphore(UPLOADS)
        self._pictures: Pictures | None = None
        self._failed: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, as they come. Closing the iterator early cancels what is still under way."""
        done: SimpleQueue[tuple[Job, Outcome] | None] = SimpleQueue()
        work = self._start(self._all(jobs, done))
        work.add_done_callback(lambda _: done.put(None))
        try:
            yield from iter(done.get, None)
        finally:
            work.cancel()

    def close(self) -> None:
        """Connections are closed and the loop's thread has ended; closing again does nothing."""
        if self._loop.is_closed():
            return
        with suppress(Exception):
            self._start(self._end()).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        if self._pictures is not None:
            await self._pictures.end()
        await self._request.shutdown()

    def _start(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _all(self, jobs: Sequence[Job], done: "SimpleQueue[tuple[Job, Outcome] | None]") -> None:
        async def one(job: Job) -> None:
            """Puts the job's outcome as soon as it is known."""
            done.put((job, await self._outcome(job)))

        await asyncio.gather(*map(one, jobs))

    async def _outcome(self, job: Job) -> Outcome:
        job = passing(job, self._failed)
        try:
            part = parted(job)
        except Exception as error:  # noqa: BLE001 - a poisoned article is that message's fault, and nothing was sent
            return Refused(f"the message cannot be made: {_told(error)}")
        if isinstance(part, Refused):
            return part
        if part.message.preview and rung(job) == "upload":
            return await self._uploaded(job, part, part.message.preview)
        async with self._room:
            return await self._tried(job, part)

    async def _uploaded(self, job: Job, part: message.Part, url: str) -> Outcome:
        """The outcome with a picture of our own; the next rung when there is none to send. Fetching it is no attempt."""
        if self._pictures is None:
            from ._images import Pictures

            self._pictures = Pictures(self._network)
        async with self._hold:
            picture = await self._pictures.get(url)
            if picture.why:
                why = f"the picture cannot be sent: {picture.why}"
                return lower(job, why, "picture") or Refused(why, "picture")
            return await self._tried(job, part, picture)

    async def _tried(self, job: Job, part: message.Part, picture: "Picture | None" = None) -> Outcome:
        total = self._total * 2 if picture else self._total
        try:
            async with asyncio.timeout(total):
                return await self._attempt(job, part, picture)
        except Rejected as rejected:
            return self._refused(job, verdict(self._redacted(rejected.answer), job, self._clock.now()))
        except TimeoutError:
            return unsure(f"no answer within {total:g} s", job, "timeout")
        except Exception as error:  # noqa: BLE001 - an answer that the library cannot read may be of any class
            return _broken(error, self._redact(_told(error)), job)

    def _refused(self, job: Job, outcome: Outcome) -> Outcome:
        """The outcome; a picture that Telegram could not fetch is noted for the other chats."""
        after = outcome.progress if isinstance(outcome, Later) else None
        if after and after.get("image") != job.progress.get("image") and rung(job) == "preview":
            self._failed.add(picture(job))
        return outcome

    async def _attempt(self, job: Job, part: message.Part, picture: "Picture | None") -> Outcome:
        if is_edit(job):
            await self._edit(job, part.message)
            return Sent(job.remote_id or "", "200")
        posted = await (self._photo(job, part.message, picture) if picture else self._post(job, part.message))
        called = name(posted.message_id, photo=picture is not None)
        return _part_sent(job, part, called) if job.kind == "digest" else Sent(called, "200")

    async def _post(self, job: Job, text: message.Message) -> Message:
        settings = job.target.settings
        return await self._bot.send_message(
            chat_id=_chat(job),
            text=text.text,
            parse_mode=_mode(text),
            message_thread_id=settings.thread,
            disable_notification=settings.silent or None,
            link_preview_options=_preview(job, text),
        )

    async def _photo(self, job: Job, text: message.Message, picture: "Picture") -> Message:
        settings = job.target.settings
        return await self._bot.send_photo(
            chat_id=_chat(job),
            photo=picture.raw,
            filename=picture.name,
            caption=text.text,
            parse_mode=_mode(text),
            message_thread_id=settings.thread,
            disable_notification=settings.silent or None,
        )

    async def _edit(self, job: Job, text: message.Message) -> None:
        found = named(job.remote_id)
        where: dict[str, Any] = {"chat_id": _chat(job), "message_id": found[0] if found else 0, "parse_mode": _mode(text)}
        if is_photo(job):
            await self._bot.edit_message_caption(caption=text.text, **where)
        else:
            await self._bot.edit_message_text(text=text.text, link_preview_options=_preview(job, text), **where)

    def _redacted(self, answer: Answer) -> Answer:
        return Answer(answer.status, self._redact(answer.description), answer.parameters)

    def _redact(self, text: str) -> str:
        return redact(text, self._token)


def contacts(token: Secret, api_base: str) -> list[tuple[str, str, str]]:
    """(chat id, title, kind) of the chats in the bot's waiting updates, newest first; BridgeError when it cannot be asked."""
    _hush()
    try:
        updates = asyncio.run(_updates(token, api_base))
    except TelegramError as error:
        raise BridgeError(f"the bot's updates cannot be read: {redact(_told(error), token)}") from None
    return _chats(updates)


def redact(text: str, token: Secret) -> str:
    """`text` without the bot's token, in the forms that an address may hold it in."""
    value = token.reveal()
    for form in filter(None, (value, value.replace(":", "%3A"), value.replace(":", "%3a"), value.partition(":")[2])):
        text = text.replace(form, "…")
    return text


def _chats(updates: Sequence[Update]) -> list[tuple[str, str, str]]:
    chats = [update.effective_chat for update in reversed(updates)]
    told = ((str(chat.id), chat.effective_name or "", str(chat.type)) for chat in chats if chat)
    return list(dict.fromkeys(told))


async def _updates(token: Secret, api_base: str) -> tuple[Update, ...]:
    request = Request(READ)
    try:
        return await _bot(token, api_base, request).get_updates(timeout=0)
    finally:
        await request.shutdown()


def _bot(token: Secret, api_base: str, request: Request) -> Bot:
    base = api_base.rstrip("/")
    return Bot(token.reveal() or "none", f"{base}/bot", f"{base}/file/bot", request, request)


def _hush() -> None:
    """Below WARNING these loggers write request addresses, which hold the token."""
    for library in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(library)
        logger.setLevel(max(logger.level, logging.WARNING))


def _answer(status: int, payload: bytes) -> Answer:
    try:
        told = _object(payload, must_hold="description")
    except TelegramError:
        return Answer(status)
    parameters = told.get("parameters")
    return Answer(status, str(told["description"]), parameters if isinstance(parameters, dict) else {})


def _object(payload: bytes, must_hold: str) -> dict[str, Any]:
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict) or must_hold not in told:
        raise TelegramError("the answer is not the Bot API's")
    return told


def _part_sent(job: Job, part: message.Part, called: str) -> Outcome:
    """What went out so far is in the progress, with the first entry that has not."""
    sent = [*job.progress.get("sent", ()), called]
    progress = {**job.progress, "sent": sent, "next": part.after}
    if part.after < len(job.entries):
        return Later(f"{part.after} of {len(job.entries)} articles are out", spent=False, code="200", progress=progress)
    return Sent(sent[0], "200", progress)


def _broken(error: Exception, why: str, job: Job) -> Outcome:
    """A failure without an answer: not sent when it was one of connecting, else nobody knows."""
    cause = error.__cause__ if isinstance(error, NetworkError) else error
    code = type(cause or error).__name__
    if isinstance(cause, UnicodeError):
        return Refused(why, code)
    if isinstance(cause, _NOT_SENT):
        return Later(f"the Bot API cannot be reached: {why}", code=code, reached=False)
    return unsure(why, job, code)


def _told(error: BaseException) -> str:
    """The error in one line, with its cause where the library's own words hide it ("Timed out")."""
    cause, text = error.__cause__, f"{error}".strip().rstrip(":")
    return f"{text} ({type(cause).__name__})" if cause and type(cause).__name__ not in text else text or type(error).__name__


def _chat(job: Job) -> int | str:
    address = job.target.address
    return int(address) if address.lstrip("-").isdecimal() else address


def _mode(text: message.Message) -> str | None:
    return "HTML" if text.markup == "html" else None


def _preview(job: Job, text: message.Message) -> LinkPreviewOptions:
    """The lead image, large and above the text; else no preview at all, since an old portal's page has none worth showing."""
    if not text.preview or rung(job) != "preview":
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=text.preview, prefer_large_media=True, show_above_text=True)
