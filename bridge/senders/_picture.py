"""What the first bytes of a picture say: its format and its size in pixels. Pure; decodes nothing.

Formats that sendPhoto takes: JPEG (ITU-T T.81 Annex B), PNG (ISO/IEC 15948 §11.2.2), GIF (GIF89a §18) and WebP (RFC 9649 §2).
"""

from typing import Final

SIDES: Final = 10_000
"""Most pixels of width and height together (Bot API, sendPhoto)."""
RATIO: Final = 20
"""Most times that one side may be as long as the other (Bot API, sendPhoto)."""

_SEGMENTS = 500
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def kind(raw: bytes) -> str | None:
    """jpeg, png, gif or webp by the first bytes, whatever a server calls it; None for anything else."""
    if raw.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if raw[:6] in {b"GIF87a", b"GIF89a"}:
        return "gif"
    return "webp" if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" else None


def size(raw: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels as the header gives them; None where it does not."""
    read = {"jpeg": _jpeg, "png": _png, "gif": _gif, "webp": _webp}.get(kind(raw) or "")
    found = read(raw) if read else None
    return found if found and min(found) > 0 else None


def fault(raw: bytes) -> str:
    """Why Telegram would not take these bytes as a photo; empty when nothing speaks against it."""
    if kind(raw) is None:
        return "it is no JPEG, PNG, GIF or WebP"
    sides = size(raw)
    if sides is None:
        return "its size in pixels cannot be read"
    if sum(sides) > SIDES:
        return f"{sides[0]} x {sides[1]} pixels are too many"
    return f"{sides[0]} x {sides[1]} pixels are too narrow" if max(sides) > RATIO * min(sides) else ""


def _png(raw: bytes) -> tuple[int, int] | None:
    return (_big(raw, 16, 4), _big(raw, 20, 4)) if raw[12:16] == b"IHDR" and len(raw) >= 24 else None


def _gif(raw: bytes) -> tuple[int, int] | None:
    return (_little(raw, 6, 2), _little(raw, 8, 2)) if len(raw) >= 10 else None


def _webp(raw: bytes) -> tuple[int, int] | None:
    """The three kinds of first chunk: lossy, lossless and extended."""
    form = raw[12:16]
    if len(raw) < 30:
        return None
    if form == b"VP8X":
        return 1 + _little(raw, 24, 3), 1 + _little(raw, 27, 3)
    if form == b"VP8L" and raw[20] == 0x2F:
        bits = _little(raw, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 " and raw[23:26] == b"\x9d\x01\x2a":
        return _little(raw, 26, 2) & 0x3FFF, _little(raw, 28, 2) & 0x3FFF
    return None


def _jpeg(raw: bytes) -> tuple[int, int] | None:
    """The first frame header, found by stepping from segment to segment."""
    at = 2
    for _ in range(_SEGMENTS):
        while raw[at : at + 2] == b"\xff\xff":  # fill bytes before a marker (T.81 B.1.1.2)
            at += 1
        if len(raw) < at + 9 or raw[at] != 0xFF:
            return None
        if raw[at + 1] in _FRAMES:
            return _big(raw, at + 7, 2), _big(raw, at + 5, 2)
        at += 2 if 0xD0 <= raw[at + 1] <= 0xD8 or raw[at + 1] == 0x01 else 2 + max(2, _big(raw, at + 2, 2))
    return None


def _big(raw: bytes, at: int, count: int) -> int:
    return int.from_bytes(raw[at : at + count])


def _little(raw: bytes, at: int, count: int) -> int:
    return int.from_bytes(raw[at : at + count], "little")
