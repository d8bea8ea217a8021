"""python -m bench.fuzz: hostile pages, then random ones and mutated ones of the corpus, through both readers until the minutes are over.

Exits 1 when a reader raised anything but ReadError or took longer than two seconds a megabyte; such pages are kept.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bridge.core import article as _article  # noqa: F401  # loaded before the clock runs
from bridge.core import listing as _listing  # noqa: F401
from bridge.errors import ReadError
from bridge.model import Page, Portal, Site
from bridge.portals import generic

from . import hostile

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.example.cn/news/2026/12.html"
PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
PACE = 2.0
"""Seconds of processor time a megabyte may take."""
FLOOR = 0.25
"""Seconds that any page may take, however short."""
LARGEST = 2_000_000

_TAGS = (
    "html head body title meta p div span a b font table tbody tr td th ul ol li dl dt dd h1 h2 h3 pre code br hr img embed object iframe"
    " frameset frame form input textarea select option script style noscript template article section aside nav footer header time figure"
    " figcaption video source svg math base link center marquee blockquote details wbr ruby rt founder-content x:y"
)
_TEXTS = (
    "柳河大堤昨日完工，",
    "发布时间：2019/5/11 11:13:36",
    "来源：某报",
    "下一页",
    "相关新闻",
    "评论(12)",
    "The council met on Thursday. ",
    "…",
    "版权所有 ICP备00000001号",
    "2026-13-45 99:99",
    "昨天 20:15",
    "\u3000\u3000",
    "&nbsp;",
    "&#x110000;",
    "&#0;",
    "\ufffd",
    "\u202e",
    "e\u0301\u0301",
    "\U0001f1e8\U0001f1f3",
    "<",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml ?>",
    "</",
    "“",
    "”",
    "「",
    "الأحد",
    "令和元年五月一日",
    "\0",
    "\r",
)
_VALUES = (
    "/news/1.html",
    "http://[",
    "//",
    "javascript:alert(1)",
    "data:text/html,x",
    "?id=1&page=2",
    "list_2.html",
    "content",
    "related",
    "comment",
    "article-body",
    "display:none",
    "99999999999999999999",
    "2019-05-11T11:13:36+08:00",
    "\ud7ff",
    "a" * 300,
    "<",
    "http://例え.jp/é?q=ü",
)
_NAMES = (
    "href",
    "src",
    "class",
    "id",
    "style",
    "datetime",
    "content",
    "property",
    "name",
    "colspan",
    "width",
    "alt",
    "title",
    "rel",
    "type",
)
_MAKERS: dict[str, str] = {
    "nested": "<div class=related>",
    "cells": "<tr><td>第一句话，第二句话。<td>b",
    "tables": "<table><tr><td>a",
    "links": "<a href=/n/1.html>新闻标题一二三四</a>",
    "items": "<li><a href=/n/2.html>标题标题标题</a> 05-11</li>",
    "dates": "<p>2019-05-11 11:13:36 来源：某某</p>",
    "stamps": "2019-05-11<br>",
    "heads": "<h2>相关新闻</h2><p>文字，文字文字文字文字。</p>",
    "bold": "<b>文</b>",
    "lines": "一行字，有标点。<br>",
    "marks": "e\u0301\u0301\u0301",
    "cards": "<div class=c><a href=/x>标题标题标题标题</a><p>摘要，摘要…</p></div>",
    "attributes": "<p a=1 b=2 c d='>",
    "quotes": "“",
    "open": "<",
    "comments": "<!-- - -- > ",
    "scripts": "<script>var a='</scr'+'ipt>'",
    "json": '{"@type":"NewsArticle","x":[',
    "entities": "&amp;#39;",
    "pre": "<pre>文\n\n",
    "times": "<time datetime=2019-05-11>x</time>",
    "spaces": " \t\n\u3000",
    "digits": "12345678901234567890 ",
    "commas": "a,b，",
    "dots": "....",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A page that a reader failed on."""

    reader: str
    why: str
    body: bytes


Read = Callable[[Page], object]
READERS: dict[str, Read] = {
    "read_list": lambda page: generic.read_list(page, PORTAL, Site(), NOW),
    "read_article": lambda page: generic.read_article(page, PORTAL, Site(), NOW),
}


def seeds() -> list[bytes]:
    """The pages of the corpus, in a fixed order."""
    return [path.read_bytes() for path in sorted(CORPUS.rglob("*")) if path.suffix in {".html", ".htm"}]


def soup(rng: random.Random) -> bytes:
    """Tags, attributes and texts in any order, closed or not."""
    tags = _TAGS.split()
    parts: list[str] = []
    for _ in range(rng.randrange(1, 400)):
        kind = rng.random()
        if kind < 0.35:
            parts.append(rng.choice(_TEXTS) * rng.choice((1, 1, 1, 3)))
        elif kind < 0.55:
            parts.append(f"</{rng.choice(tags)}>")
        else:
            parts.append(_tag(rng, rng.choice(tags)))
    return "".join(parts).encode("utf-8", "replace")


def _tag(rng: random.Random, name: str) -> str:
    quote = rng.choice(('"', "'", ""))
    pairs = "".join(f" {rng.choice(_NAMES)}={quote}{rng.choice(_VALUES)}{quote}" for _ in range(rng.randrange(4)))
    return f"<{name}{pairs}>"


def crowd(rng: random.Random) -> bytes:
    """One or two fragments repeated until a page is large."""
    chosen = rng.sample(sorted(_MAKERS), rng.choice((1, 1, 2)))
    piece = "".join(_MAKERS[name] for name in chosen).encode()
    head = rng.choice((b"", b"<h1>\xe6\xa0\x87\xe9\xa2\x98</h1><p>", b"<table>", b"<ul>", b"<pre>", b"<script type='application/ld+json'>"))
    return head + piece * (rng.choice((20_000, 200_000, 600_000)) // len(piece))


def mutant(rng: random.Random, pages: Sequence[bytes]) -> bytes:
    """A page of the corpus after some accidents."""
    body = rng.choice(pages)
    for _ in range(rng.randrange(1, 6)):
        body = rng.choice(_ACCIDENTS)(rng, body)[:LARGEST]
    return body


def _span(rng: random.Random, body: bytes) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + rng.choice((1, 4, 60, 700)))


def _without(rng: random.Random, body: bytes) -> bytes:
    start, end = _span(rng, body)
    return body[:start] + body[end:]


def _again(rng: random.Random, body: bytes) -> bytes:
    start, end = _span(rng, body)
    return body[:end] + body[start:end] * rng.choice((1, 3, 200)) + body[end:]


def _foreign(rng: random.Random, body: bytes) -> bytes:
    start, _ = _span(rng, body)
    return body[:start] + soup(rng)[:2000] + body[start:]


def _flipped(rng: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(min(len(changed), rng.choice((1, 8, 60)))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: random.Random, body: bytes) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _relabelled(rng: random.Random, body: bytes) -> bytes:
    names = (b"gb2312", b"utf-8", b"big5", b"shift_jis", b"euc-kr", b"utf-16", b"windows-1251", b"x-unknown")
    return b"<meta charset=" + rng.choice(names) + b">" + body


_ACCIDENTS = (_without, _again, _foreign, _flipped, _cut, _relabelled)


def pages(seed: int) -> Iterator[bytes]:
    """Pages without end, the same for the same seed."""
    rng = random.Random(seed)
    corpus = seeds()
    while True:
        kind = rng.random()
        yield soup(rng) if kind < 0.4 else mutant(rng, corpus) if kind < 0.9 else crowd(rng)


def tried(body: bytes) -> Iterator[Fault]:
    """What goes wrong with one page."""
    page = Page(url=URL, body=body, content_type="text/html")
    for name, read in READERS.items():
        fault, spent = _run(read, page)
        limit = max(FLOOR, PACE * len(body) / 1e6)
        if fault is None and spent > limit:
            fault, spent = _run(read, page)  # once more: the first time may have met a busy machine
        if fault is not None or spent > limit:
            yield Fault(name, fault or f"{spent:.2f} s for {len(body)} bytes", body)


def _run(read: Read, page: Page) -> tuple[str | None, float]:
    begun = time.process_time()
    try:
        read(page)
    except ReadError as error:
        if error.cause == "bug":
            return repr(error), 0.0
    except Exception as error:  # noqa: BLE001  # what it looks for
        return f"{type(error).__name__}: {error}"[:300], 0.0
    return None, time.process_time() - begun


def main(argv: Sequence[str] | None = None) -> int:
    """0 where no page was a fault, else 1; a line for each fault, and a count."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time; it is printed")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"), help="where pages with faults are written")
    args = parser.parse_args(argv)
    seed = random.SystemRandom().randrange(10**9) if args.seed is None else args.seed
    end, count, faults = time.monotonic() + 60 * args.minutes, 0, 0
    for body in chain((body for _, body in hostile.pages()), pages(seed)):
        if time.monotonic() >= end:
            break
        count += 1
        for fault in tried(body):
            faults += 1
            _keep(fault, args.keep, faults)
    print(f"{count} pages, {faults} faults, seed {seed}")
    return 1 if faults else 0


def _keep(fault: Fault, folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:04d}-{fault.reader}.html"
    path.write_bytes(fault.body)
    print(f"{fault.reader}: {fault.why} ({path})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
