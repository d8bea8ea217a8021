"""The header of a picture: format and size in each format that Telegram takes, and no crash on any bytes."""

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.demo.pictures import BLANK_GIF, HEIGHT, WIDTH, photo
from bridge.senders import _picture


def png(width, height):
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"


def gif(width, height):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0"


def jpeg(width, height, *, before=b"\xff\xe0\x00\x04ab", frame=0xC2):
    return b"\xff\xd8" + before + bytes([0xFF, frame]) + struct.pack(">HBHH", 17, 8, height, width) + bytes(10)


def webp(width, height, form="VP8 "):
    body = {
        "VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
        "VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(5),
        "VP8X": bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
    }[form]
    return b"RIFF" + struct.pack("<I", 22) + b"WEBP" + form.encode() + struct.pack("<I", 10) + body


MAKERS = [
    png, gif, jpeg, webp,
    lambda w, h: jpeg(w, h, before=b"\xff\xff\xff\xe1\x00\x08Exif\0\0\xff\xdb\x00\x02"),
    lambda w, h: jpeg(w, h, before=b"\xff\xc4\x00\x04ab\xff\xdd\x00\x04ab", frame=0xC0),
    lambda w, h: webp(w, h, "VP8L"),
    lambda w, h: webp(w, h, "VP8X"),
]  # fmt: skip


@pytest.mark.parametrize("make", MAKERS)
@given(width=st.integers(1, 9000), height=st.integers(1, 9000))
@settings(max_examples=20)
def test_the_size_is_read_back(make, width, height):
    """Baseline and progressive JPEG with fill bytes and tables before the frame, the three kinds of WebP."""
    assert _picture.size(make(width, height)) == (width, height)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(5000, 5000, True), (5001, 5000, False), (2000, 100, True), (2001, 100, False), (100, 2001, False), (1, 1, True), (1, 20, True)],
)
def test_the_limits_of_a_photo(make, width, height, fits):
    """10 000 pixels for both sides together, 20 to 1 at the most."""
    assert (_picture.fault(make(width, height)) == "") == fits


def test_real_pictures_are_known():
    assert (_picture.kind(photo("x")), _picture.size(photo("x"))) == ("png", (WIDTH, HEIGHT))
    assert (_picture.kind(BLANK_GIF), _picture.size(BLANK_GIF)) == ("gif", (1, 1))


@pytest.mark.parametrize("raw", [b"", b"<html>", b"<svg/>", b"%PDF-1.4", b"RIFF\0\0\0\0WAVE", b"BM" + bytes(60), b"\0\0\0\x1cftypavif"])
def test_what_is_no_photo_is_said_so(raw):
    """Whatever its Content-Type was."""
    assert _picture.fault(raw) == "it is no JPEG, PNG, GIF or WebP"


@given(make=st.sampled_from(MAKERS), width=st.integers(0, 9000), cut=st.integers(0, 40), noise=st.binary(max_size=60))
@example(make=jpeg, width=0, cut=2, noise=b"\xff\xe0\x00\x00" * 10)
@settings(max_examples=200)
def test_a_broken_header_is_a_fault_and_no_crash(make, width, cut, noise):
    """Cut anywhere, with anything after it."""
    raw = make(max(width, 1), 7)[:cut] + noise
    sides = _picture.size(raw)
    assert sides is None or min(sides) > 0
    if sides is None:
        assert _picture.fault(raw)


def test_a_jpeg_of_endless_segments_ends():
    """A megabyte of empty comments before no frame."""
    assert _picture.size(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 250_000) is None
    assert _picture.size(b"\xff\xd8" + b"\xff" * 1_000_000) is None
