"""What an answer of the Bot API means for a delivery. Pure; knows no HTTP and no chat library.

The descriptions are those of the Bot API server (tdlib/telegram-bot-api, Client.cpp) and of Telegram itself (UPPER_CASE).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..model import Closed, Job, Later, Moved, Outcome, Refused, Sent, Unsure
from ._ladder import is_edit, lower, plainer, rung

RESPONSE = 20_000
"""Longest answer kept with an outcome, in characters."""
PAUSE = 30
"""Seconds to wait after a 429 that names no time."""

_SAME = re.compile(r"message is not modified|MESSAGE_NOT_MODIFIED", re.IGNORECASE)
_GONE = re.compile(
    r"message to edit not found|message can.t be edited|MESSAGE_ID_INVALID|MESSAGE_AUTHOR_REQUIRED|message identifier", re.IGNORECASE
)
_MARKUP = re.compile(
    r"can.t parse entities|(message|text|caption) is too long|(MESSAGE|MEDIA_CAPTION)_TOO_LONG|ENTITIES_TOO_LONG|ENTITY_\w*INVALID",
    re.IGNORECASE,
)
_IMAGE = re.compile(
    r"HTTP URL content|web ?page|WEBPAGE_|wrong file identifier|wrong type of|wrong remote file|PHOTO_|IMAGE_PROCESS|link preview|"
    r"URL_INVALID|file is too big|rights to send (photos|media)|SEND_(PHOTOS|MEDIA)_FORBIDDEN|there is no photo",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"chat not found|chat_id is empty|not enough rights|have no rights|need administrator rights|thread not found|group chat was \w+|"
    r"TOPIC_\w+|CHAT_\w*(FORBIDDEN|RESTRICTED|REQUIRED)|PEER_ID_INVALID|CHANNEL_(PRIVATE|INVALID)|USER_IS_\w+|INPUT_USER_DEACTIVATED|"
    r"user not found|bot is not a member",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A failure that the server told us: HTTP status, `description` (empty when the body was none of the Bot API's), `parameters`."""

    status: int
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def verdict(answer: Answer, job: Job, now: datetime) -> Outcome:
    """The outcome of an attempt at `now` (aware UTC) that was answered with a failure.

    A refused markup or picture becomes Later with the next rung as progress, and counts as no attempt.
    """
    code, why = str(answer.status), answer.description or f"HTTP {answer.status} that is no answer of the Bot API"
    if "migrate_to_chat_id" in answer.parameters:
        return Moved(str(answer.parameters["migrate_to_chat_id"]), why, code)
    if answer.status in {420, 429}:
        return Later(why, at=now + _pause(answer), spent=False, code=code)
    if answer.status == 403:
        return Closed(why, code, response=_kept(why))
    if answer.status in {401, 404}:
        return Closed(f"{why}: the bot's token or [telegram] api_base is wrong", code, whole=True, response=_kept(why))
    if answer.status == 413 and rung(job) == "upload":
        return lower(job, f"{why}: the picture", code) or Later(why, code=code)
    if answer.status >= 500:
        return unsure(why, job, code)
    return _bad_request(why, job) if answer.status == 400 and answer.description else Later(why, code=code)


def unsure(why: str, job: Job, code: str = "") -> Outcome:
    """No usable answer came after the request went out: Unsure; but Later for an edit, which may be repeated without harm."""
    return Later(why, code=code) if is_edit(job) else Unsure(why, code)


def _pause(answer: Answer) -> timedelta:
    """What the server asks for and a second more, since its own clock counts whole seconds."""
    asked = answer.parameters.get("retry_after")
    seconds = asked if isinstance(asked, int | float) and asked >= 0 else PAUSE
    return timedelta(seconds=min(seconds, 7 * 86_400) + 1)


def _bad_request(why: str, job: Job) -> Outcome:
    if _SAME.search(why):
        return Sent(job.remote_id or "", "400")
    if _GONE.search(why):
        return Refused(why, "400", _kept(why), moot=is_edit(job))
    step = plainer(job, why, "400") if _MARKUP.search(why) else lower(job, why, "400") if _IMAGE.search(why) else None
    if step is not None:
        return step
    if _CLOSED.search(why) and not _MARKUP.search(why):
        return Closed(why, "400", response=_kept(why))
    return Refused(why, "400", _kept(why))


def _kept(text: str) -> str:
    return text[:RESPONSE]
