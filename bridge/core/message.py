"""An entry as a chat message: a few spans of text, rendered as Telegram HTML or as plain text.

Text is cut while it is still text: markup is made last, so no cut can fall into a tag or an entity. Lengths are UTF-16 code
units of the visible text (after entity parsing): Telegram gives its limits in characters and counts entities in these units, and
a text within so many units is within so many code points too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..model import Entry
from .summary import cut

Markup = Literal["html", "plain", "bare"]

VISIBLE = 4096
"""Longest message after parsing (Bot API, sendMessage `text`)."""
CAPTION = 1024
"""Longest text under a picture, after parsing (Bot API, sendPhoto `caption`)."""
ENTITIES = 100
"""Entities of one message that are honoured (Bot API limits)."""
ENTITY_BYTES = 9000
"""Addresses and overhead of all entities of a message, in bytes; Telegram refuses more than about 9500."""

TITLE, SUMMARY, SOURCE, LINE, ADDRESS, RAW = 300, 400, 120, 120, 2000, 20_000
"""Longest title, summary, source name, digest line, address and input text. Chats hit flood limits sooner with texts over about 500."""


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words of a message in one language."""

    source: str
    read: str
    withdrawn: str
    test: str
    news: str
    more: str


ZH = Words("来源:", "阅读原文", "已撤下", "测试消息", "{n} 篇新文章", "新文章(续)")
EN = Words("Source: ", "Read the article", "Withdrawn", "Test message", "{n} new articles", "New articles, continued")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `tag` b or s, or `href` for a link."""

    text: str
    tag: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What to hand to the chat: `text` in `markup`, and the address of the picture that shows above it, or None for none."""

    text: str
    markup: Markup = "html"
    preview: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest; `after` is the index of the first entry that it does not hold."""

    message: Message
    after: int


def render(entry: Entry, kind: str = "published", markup: Markup = "html", limit: int = VISIBLE) -> Message:
    """The message of one entry. "updated" looks like "published", "withdrawn" strikes the title through, "test" says that it is one,
    "notice" is for operators.

    At most `limit` (1024 or more) visible units in each markup: the summary is cut to what the rest leaves it.
    "plain" shows the address instead of a link; "bare" is title and address, without a picture.
    """
    words = _words(entry)
    if markup == "bare":
        return Message("\n".join(filter(None, (_title(entry), _address(entry.url, limit)))), "bare")
    if kind == "notice":
        return Message(write(_notice(entry, markup), markup), markup)
    head = [Span(f"🔔 {words.test} · Feedbridge")] if kind == "test" else []
    blocks = _withdrawn(entry, words) if kind == "withdrawn" else _article(entry, words, markup, limit - _length(head) - 2)
    return Message(write(_joined([head, *blocks], "\n\n"), markup), markup, None if kind == "withdrawn" else _image(entry))


def hello(markup: Markup = "html") -> Message:
    """A test message without an article."""
    spans = [
        Span("🔔 Feedbridge", "b"),
        Span("\n\n测试消息:推送会出现在这里。\nTest message: articles will arrive here."),
    ]
    return Message(write(spans, markup), markup)


def digest(entries: Sequence[Entry], start: int = 0, markup: Markup = "html") -> Part:
    """The part of a digest that begins with entry `start`: a heading and a numbered, linked title per entry.

    At least one entry, and as many as the limits of one message allow; the same arguments give the same part.
    """
    words = _words(entries[start])
    spans = [Span(words.more if start else words.news.format(n=len(entries)), "b"), Span("\n")]
    room, weight, after = VISIBLE - _length(spans), 0, start
    for index in range(start, min(len(entries), start + ENTITIES - 2)):
        line = _line(entries[index], index + 1, markup)
        room, weight = room - _length(line), weight + _weight(line)
        if index > start and (room < 0 or weight > ENTITY_BYTES):
            break
        spans += line
        after = index + 1
    return Part(Message(write(spans, markup), markup), after)


def escape(text: str) -> str:
    """Text for Telegram's HTML mode, usable in an attribute in double quotes too."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def html(spans: Iterable[Span]) -> str:
    """Spans in the subset of HTML that Telegram parses."""
    return "".join(map(_html, spans))


def plain(spans: Iterable[Span]) -> str:
    """Spans as bare text; a link shows its label only."""
    return "".join(span.text for span in spans)


def write(spans: Iterable[Span], markup: Markup) -> str:
    """Spans in `markup`."""
    return html(spans) if markup == "html" else plain(spans)


def clean(text: str, limit: int) -> str:
    """Text without control characters and lone surrogates, blanks collapsed within lines, cut at a sentence end to `limit` units."""
    lines = "".join(filter(_writable, text[:RAW])).splitlines()
    whole, room = "\n".join(filter(None, (" ".join(line.split()) for line in lines))), limit
    kept = cut(whole, room)
    while (over := units(kept) - limit) > 0:
        room = min(room, len(kept)) - (over + 1) // 2
        kept = cut(whole, room)
    return kept


def units(text: str) -> int:
    """UTF-16 code units of a text."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def _writable(char: str) -> bool:
    return char.isspace() or not (char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff")


def _html(span: Span) -> str:
    text = escape(span.text)
    if span.href:
        return f'<a href="{escape(span.href)}">{text}</a>'
    return f"<{span.tag}>{text}</{span.tag}>" if span.tag else text


def _words(entry: Entry) -> Words:
    language = (entry.language or "zh").lower()
    return ZH if language.startswith("zh") else EN


def _title(entry: Entry, limit: int = TITLE) -> str:
    return clean(" ".join(entry.title[:RAW].split()), limit) or clean(entry.url, limit)


def _address(url: str, limit: int = VISIBLE) -> str:
    """The address as it can be written; empty when it is too long to be one, or to stand beside a title in `limit` units."""
    fits = units(url) <= min(ADDRESS, limit - TITLE - SOURCE - 100)
    return "".join(char for char in url if _writable(char) and not char.isspace()) if fits else ""


def _image(entry: Entry) -> str | None:
    return (_address(entry.images[0].url) or None) if entry.images else None


def _article(entry: Entry, words: Words, markup: Markup, limit: int) -> list[list[Span]]:
    title = [Span(_title(entry), "b")]
    foot = _joined([line for line in (_origin(entry, words), _link(entry, words, markup, limit)) if line], "\n")
    text = clean(entry.summary, min(SUMMARY, limit - _length(title) - _length(foot) - 4))
    return [title, [Span(text)] if text else [], foot]


def _notice(entry: Entry, markup: Markup) -> list[Span]:
    """What operators are told: a heading, the whole text, and where it is about."""
    url = _address(entry.url, VISIBLE)
    blocks = [[Span(_title(entry), "b")], [Span(clean(entry.summary, VISIBLE - TITLE - units(url) - 4))]]
    return _joined([*blocks, [Span(url, href=url if markup == "html" else "")] if url else []], "\n\n")


def _withdrawn(entry: Entry, words: Words) -> list[list[Span]]:
    return [[Span(_title(entry), "s")], _joined([[Span(words.withdrawn, "b")], _origin(entry, words)], "\n")]


def _origin(entry: Entry, words: Words) -> list[Span]:
    name = clean(" ".join(entry.source.name.split()), SOURCE) if entry.source else ""
    facts = [words.source + name if name else "", _date(entry)]
    line = " · ".join(filter(None, facts))
    return [Span(line)] if line else []


def _date(entry: Entry) -> str:
    """The publication time in the portal's own zone, no finer than the portal gives it; empty when it gives none."""
    if entry.precision == "none":
        return ""
    return entry.published.strftime("%Y-%m-%d" if entry.precision == "day" else "%Y-%m-%d %H:%M")


def _link(entry: Entry, words: Words, markup: Markup, limit: int) -> list[Span]:
    if markup == "html":
        url = _address(entry.url)
        return [Span(words.read, href=url)] if url else []
    url = _address(entry.url, limit)
    return [Span(url)] if url else []


def _line(entry: Entry, number: int, markup: Markup) -> list[Span]:
    title, url = _title(entry, LINE), _address(entry.url)
    if markup == "html" and url:
        return [Span(f"\n{number}. "), Span(title, href=url)]
    return [Span(f"\n{number}. {title}" + (f"\n{url}" if url else ""))]


def _joined(blocks: Iterable[list[Span]], between: str) -> list[Span]:
    spans: list[Span] = []
    for block in filter(None, blocks):
        spans += [Span(between), *block] if spans else block
    return spans


def _length(spans: Iterable[Span]) -> int:
    return sum(units(span.text) for span in spans)


def _weight(spans: Iterable[Span]) -> int:
    return sum(len(span.href.encode("utf-8", "replace")) + 24 for span in spans if span.href)
