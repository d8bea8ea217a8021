"""Telegram's HTML mode, read as strictly as the Bot API server reads it: the visible text and its entities."""

import re
from dataclasses import dataclass
from typing import Any

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
"""Every tag that the Bot API knows, with the entity it makes (Bot API, "HTML style")."""

_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']*)\s*(?:=\s*("[^"]*"?|'[^']*'?|[A-Za-z0-9.\-]*))?""")


class Malformed(Exception):
    """The text is not in HTML mode; the message is the server's."""


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    href: str


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        """Visible text and entities, in the order in which they begin; Malformed at the first fault."""
        while self.at < len(self.text):
            step = {"<": self._tag, "&": self._reference}.get(self.text[self.at], self._run)
            step()
        if self.open:
            raise Malformed(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return "".join(self.out), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text.encode("utf-16-le")) // 2

    def _run(self) -> None:
        end = min((n for n in (self.text.find("<", self.at), self.text.find("&", self.at)) if n >= 0), default=len(self.text))
        self._write(self.text[self.at : end])
        self.at = end

    def _reference(self) -> None:
        decoded, self.at = _decoded(self.text, self.at)
        self._write(decoded)

    def _tag(self) -> None:
        begin = self.at
        ending = self.text[begin + 1 : begin + 2] == "/"
        name = _NAME.match(self.text, begin + 1 + ending)
        assert name is not None
        self.at = name.end()
        if ending:
            self._end(name[0].lower(), begin)
        else:
            self._start(name[0].lower(), begin)

    def _start(self, name: str, begin: int) -> None:
        if self.at >= len(self.text):
            raise Malformed(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if name not in KINDS:
            raise Malformed(f'Unsupported start tag "{name}" at byte offset {self._bytes(begin)}')
        values = self._attributes(name, begin)
        if name == "span" and values.get("class") != "tg-spoiler":
            raise Malformed(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_Open(name, self.length, values.get("href", "")))

    def _attributes(self, name: str, begin: int) -> dict[str, str]:
        values: dict[str, str] = {}
        while self.text[self.at : self.at + 1] != ">":
            found = _ATTRIBUTE.match(self.text, self.at)
            assert found is not None
            if not self.text[self.at :].strip() or found.end() >= len(self.text):
                raise Malformed(f'Unclosed start tag "{name}" at byte offset {self._bytes(begin)}')
            if not found[1] and self.text[found.end()] != ">":
                raise Malformed(f'Empty attribute name in the tag "{name}" at byte offset {self._bytes(begin)}')
            values[found[1].lower()] = _unquoted(found[2] or "")
            self.at = found.end()
        self.at += 1
        return values

    def _end(self, name: str, begin: int) -> None:
        if not self.open:
            raise Malformed(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        if not self.text[self.at :].lstrip().startswith(">"):
            raise Malformed(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at = self.text.index(">", self.at) + 1
        last = self.open.pop()
        if name and name != last.name:
            expected = f'expected "</{last.name}>", found "</{name}>"'
            raise Malformed(f"Unmatched end tag at byte offset {self._bytes(begin)}, {expected}")
        self._close(last)

    def _close(self, last: _Open) -> None:
        entity = {"type": KINDS[last.name], "offset": last.start, "length": self.length - last.start}
        if last.name == "a":
            entity["url"] = last.href
        if entity["length"] and (last.name != "a" or re.match(r"(https?|tg)://[^\s]+\Z", last.href)):
            self.entities.append(entity)

    def _bytes(self, index: int) -> int:
        return len(self.text[:index].encode("utf-8", "replace"))


def parse(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Visible text and its entities (offset and length in UTF-16 units); Malformed with the server's words.

    A link whose address is none leaves its text and makes no entity, as with Telegram.
    """
    return _Reader(text).read()


def _decoded(text: str, at: int) -> tuple[str, int]:
    found = _REFERENCE.match(text, at)
    if not found:
        return text[at], at + 1
    if found[3]:
        return _NAMED[found[3]], found.end()
    code = int(found[1], 16) if found[1] else int(found[2])
    return (chr(code), found.end()) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else (text[at], at + 1)


def _unquoted(value: str) -> str:
    inner = value[1:-1] if value[:1] in {'"', "'"} else value.lower()
    out, at = [], 0
    while at < len(inner):
        piece, at = _decoded(inner, at) if inner[at] == "&" else (inner[at], at + 1)
        out.append(piece)
    return "".join(out)
