"""Small photos for the sample portal, drawn by arithmetic: sky, sun, hills and a river, different for each name."""

import math
import struct
import zlib
from functools import cache

WIDTH, HEIGHT = 480, 270
SKY, HILL, RIVER = 64, 32, 32
"""Palette entries of each band; the sun is the last colour."""

BLANK_GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
"""A transparent GIF of one pixel, for logos and spacers."""


@cache
def photo(name: str) -> bytes:
    """A PNG of 480 x 270 pixels; the same name always gives the same picture."""
    seed = zlib.crc32(name.encode())
    rows = b"".join(b"\0" + _row(y, seed) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _palette(seed)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk (ISO/IEC 15948 §5.3): length, type, data, CRC-32 of type and data."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(seed: int) -> bytes:
    red, green, blue = 150 + seed % 90, 140 + (seed >> 8) % 60, 170 + (seed >> 16) % 80
    sky = [(red + i, min(255, green + i), min(255, blue + i // 2)) for i in range(SKY)]
    hill = [(60 + i, 96 + i + (seed >> 4) % 24, 70 + i) for i in range(HILL)]
    river = [(70 + i, 110 + i, 140 + 2 * i) for i in range(RIVER)]
    return bytes(min(255, channel) for colour in [*sky, *hill, *river, (255, 236, 170)] for channel in colour)


def _row(y: int, seed: int) -> bytes:
    shore = HEIGHT * 2 // 3
    if y >= shore:
        return bytes(SKY + HILL + (y - shore) // 4 % RIVER if (x + y * y // 9) % 37 > 4 else SKY + HILL for x in range(WIDTH))
    row = bytearray([y * SKY // shore] * WIDTH)
    _sun(row, y, seed)
    for x in range(WIDTH):
        if y > shore - 46 - 22 * math.sin(x / 70 + seed % 7) - 11 * math.sin(x / 23 + seed % 11):
            row[x] = SKY + (shore - y) // 4 % HILL
    return bytes(row)


def _sun(row: bytearray, y: int, seed: int) -> None:
    centre, middle, radius = 80 + seed % 320, 50 + seed % 30, 24
    half = math.isqrt(max(0, radius * radius - (y - middle) ** 2))
    row[centre - half : centre + half] = bytes([SKY + HILL + RIVER]) * (2 * half)
