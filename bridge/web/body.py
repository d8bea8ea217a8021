"""The body of an answer: decompressed, complete, and never larger than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

MAX_MEMBERS = 100
BLOCK = 65536

# IANA HTTP Content Coding Registry, without those that are decoded here. Other labels ("utf-8" is a popular mistake) name
# no coding, and are ignored as browsers ignore them.
_UNREADABLE = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"})
_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})


class BadBody(Exception):
    """The body cannot be used; `cause` is too-large or bad-encoding."""

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class Inflater:
    """One gzip (RFC 1952, several members too), zlib (RFC 1950) or raw deflate (RFC 1951) stream, told apart by its first bytes."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._pending = b""
        self._members = 0
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes, room: int) -> bytes:
        """What `data` adds, at most `room` bytes (what is beyond is lost: the caller gives up then)."""
        self._pending += data
        out = b""
        while len(out) < room and (stream := self._open()) is not None:
            out += stream.decompress(self._pending, room - len(out))
            self._pending = stream.unused_data
        return out

    def end(self) -> None:
        """Nothing is missing: the stream came to its own end, or nothing came at all."""
        complete = not self._pending if self._stream is None else self._stream.eof
        if not complete:
            raise BadBody("bad-encoding", f"{self._coding} data ends early")

    def _open(self) -> zlib._Decompress | None:
        """The stream that takes the pending bytes, once there are enough of them to know its kind."""
        if self._stream is not None and not self._stream.eof:
            return self._stream if self._pending else None
        if len(self._pending) < 2:
            return None
        if self._stream is not None and (self._coding == "deflate" or not self._pending.startswith(b"\x1f\x8b")):
            self._pending = b""  # padding after the last member, which many servers send
            return None
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise BadBody("bad-encoding", "too many gzip members")
        self._stream = zlib.decompressobj(self._window())
        return self._stream

    def _window(self) -> int:
        """zlib's wbits for what is pending: gzip, zlib, or raw where the two bytes are no zlib header (RFC 1950 §2.2)."""
        zlib_header = self._pending[0] & 0x0F == 8 and int.from_bytes(self._pending[:2]) % 31 == 0
        return 31 if self._coding != "deflate" else 15 if zlib_header else -15


def collect(blocks: Iterable[bytes], encoding: str, limit: int, *, cut: bool = False) -> bytes:
    """The body that `blocks` make, decoded by the Content-Encoding `encoding` (RFC 9110 §8.4).

    More than `limit` bytes, before or after decompression, is BadBody too-large, or ends the reading when `cut`; memory
    stays within the limit and a block, whatever the data would grow to. What does not decode is BadBody bad-encoding.
    """
    inflater = _inflater(encoding)
    body = bytearray()
    taken = 0
    for block in blocks:
        taken += len(block)
        body += block if inflater is None else _inflated(inflater, block, limit + 1 - len(body))
        if max(taken, len(body)) > limit:
            if cut:
                return bytes(body[:limit])
            raise BadBody("too-large", f"more than {limit} bytes")
    if inflater is not None:
        inflater.end()
    return bytes(body)


def _inflated(inflater: Inflater, block: bytes, room: int) -> bytes:
    try:
        return inflater.feed(block, room)
    except zlib.error:
        raise BadBody("bad-encoding", "not compressed as its label says") from None


def _inflater(encoding: str) -> Inflater | None:
    codings = [coding for part in encoding.lower().split(",") if (coding := part.strip()) in _INFLATED | _UNREADABLE]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] in _UNREADABLE:
        raise BadBody("bad-encoding", f"coded as {', '.join(codings)[:60]}, which was not asked for")
    return Inflater(codings[0])
