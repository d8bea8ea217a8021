"""Requests to the Bot API stand-in: parameters in each of the encodings that the Bot API takes, and the files sent with them."""

import email.policy
import json
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from ._chats import Refusal
from ._server import Asked

PHOTO_BYTES = 10 << 20
"""Largest photo that may be uploaded (Bot API, "Sending files")."""


class Params(dict[str, str]):
    """Parameters as text; `files` has the bytes of each uploaded file by its parameter."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.files: dict[str, bytes] = {}


def params_of(asked: Asked) -> Params:
    """The parameters of a request: JSON, multipart, or a form with those of the query."""
    kind = asked.headers.get("content-type", "")
    if kind.startswith("application/json"):
        told = json.loads(asked.body or b"{}")
        return Params({name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()})
    if kind.startswith("multipart/form-data"):
        return _multipart(kind, asked.body)
    query = asked.path.partition("?")[2]
    return Params(dict(parse_qsl(query) + parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True)))


def picture_fault(raw: bytes) -> Refusal | None:
    """The server's words for a picture that is no photo: too large, of no known format, or of impossible size."""
    if len(raw) > PHOTO_BYTES:
        return Refusal(413, "Request Entity Too Large")
    if not raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")):
        return Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
    width, height = _pixels(raw)
    impossible = not width or not height or width + height > 10_000 or max(width, height) > 20 * min(width, height)
    return Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS") if impossible else None


def _pixels(raw: bytes) -> tuple[int, int]:
    """The size of a PNG or GIF; other formats are taken to be small."""
    if raw.startswith(b"\x89PNG"):
        return int.from_bytes(raw[16:20]), int.from_bytes(raw[20:24])
    if raw.startswith(b"GIF8"):
        return int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[8:10], "little")
    return 1, 1


def _multipart(kind: str, body: bytes) -> Params:
    parsed = BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    params = Params({})
    for part in parsed.iter_parts():
        name, payload = str(part.get_param("name", header="content-disposition")), _payload(part)
        if part.get_filename():
            params.files[name] = payload
        params[name] = f"attach://{part.get_filename()}" if part.get_filename() else payload.decode("utf-8", "replace")
    return params


def _payload(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
