"""Standard Webhooks 1.0.0: the body of an event, its signature, and secrets. Pure: time and randomness are passed in."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from ..model import Job, Source

PREFIX = "whsec_"
BODY_BYTES = 20_000
"""Longest body; the specification asks for less than 20 kB."""

_CAPS = ((1_000, 1_000), (600, 500), (300, 300), (100, 100), (0, 50))
TYPES = {
    "published": "article.published",
    "updated": "article.updated",
    "withdrawn": "article.withdrawn",
    "notice": "operator.notice",
    "test": "feedbridge.test",
}


def new_secret(entropy: bytes) -> str:
    """A secret in its printed form: `whsec_` and the base64 of 24 to 64 random bytes; ValueError for other lengths."""
    if not 24 <= len(entropy) <= 64:
        raise ValueError(f"a webhook secret has 24 to 64 bytes, not {len(entropy)}")
    return PREFIX + base64.b64encode(entropy).decode("ascii")


def secret_bytes(secret: str) -> bytes:
    """The key inside a printed secret; ValueError when it is none."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"does not begin with {PREFIX}")
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("is not base64 after the prefix") from None
    if not 24 <= len(raw) <= 64:
        raise ValueError(f"holds {len(raw)} bytes where 24 to 64 are needed")
    return raw


def sign(secret: bytes | str, key: str, timestamp: int, body: bytes) -> str:
    """One signature of exactly these body bytes: `v1,` and the base64 of HMAC-SHA256 over `{key}.{timestamp}.{body}`.

    `secret` is the printed form or its bytes; `timestamp` is the time of this attempt in seconds since the epoch.
    """
    raw = secret_bytes(secret) if isinstance(secret, str) else secret
    mac = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode("ascii")


def headers(secrets: Sequence[str], key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of an attempt; with two secrets (rotation) both sign, separated by a blank."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, key, timestamp, body) for secret in secrets),
    }


def body(job: Job, limit: int = BODY_BYTES) -> bytes:
    """The event as compact UTF-8 JSON of less than `limit` bytes; long texts are shortened until it fits, summary first.

    ValueError for a digest: each event has a body of its own.
    """
    if job.kind not in TYPES:
        raise ValueError(f"a {job.kind} has no body")
    event: dict[str, Any] = {"type": TYPES[job.kind], "timestamp": job.at.isoformat(), "data": data(job)}
    raw = dump(event)
    for summary, other in _CAPS:
        if len(raw) < limit:
            break
        raw = dump({**event, "data": _shortened(event["data"], summary, other)})
    return raw


def data(job: Job) -> dict[str, Any]:
    """The `data` of the event; a time that the portal does not give is null, and so is all else that is not known."""
    if not job.entries:
        return {"message": "This is a test event of Feedbridge.", "sequence": job.sequence}
    entry = job.entry
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "published": None if entry.precision == "none" else entry.published.isoformat(),
        "updated": entry.updated.isoformat(),
        "portal": entry.portal,
        "category": list(entry.category),
        "source": _source(entry.source),
        "image": entry.images[0].url if entry.images else None,
        "revision": entry.revision,
        "sequence": job.sequence,
    }


def dump(value: Any) -> bytes:
    """Compact JSON as UTF-8; lone surrogates, which UTF-8 cannot hold, are left out."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore")


def _source(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {"name": source.name, "published": source.published and source.published.at.isoformat(), "url": source.url}


def _shortened(data: dict[str, Any], summary: int, other: int) -> dict[str, Any]:
    """`data` with each text cut: the summary at a sentence end, addresses that are too long left out, others at `other`."""
    from .summary import cut  # only where a body is made: a quiet tick reads secrets, not summaries

    return {name: cut(value, summary) if name == "summary" else _short(name, value, other) for name, value in data.items()}


def _short(name: str, value: Any, limit: int) -> Any:
    if isinstance(value, dict):
        return {inner: _short(inner, text, limit) for inner, text in value.items()}
    if isinstance(value, list):
        return [text[:limit] for text in value[:20]]
    if not isinstance(value, str) or name == "id":
        return value
    if name in {"url", "image"}:
        return value if len(dump(value)) <= 4_000 else None
    return value[:limit]
