"""The corpus of article pages: every field that its author wrote down is read, in every markup."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.core.article import read
from bridge.model import Article, Portal, Site

CORPUS = Path(__file__).parent.parent / "corpus" / "articles"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAMES = sorted(path.stem for path in CORPUS.glob("*.json"))


def _expected(name: str) -> dict:
    return json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))


def _read(name: str) -> tuple[Article, dict]:
    want = _expected(name)
    text = (CORPUS / f"{name}.html").read_bytes().decode(want.get("charset", "utf-8"))
    portal = Portal(id="p", title=want.get("portal_title", "p"), url=want["url"], timezone=want.get("timezone", "Asia/Shanghai"))
    return read(text, want["url"], want.get("charset", "utf-8"), portal, Site(), NOW), want


def _grams(text: str) -> Counter:
    tokens = re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+", text)
    return Counter(tuple(tokens[place : place + 4]) for place in range(max(1, len(tokens) - 3)))


def _f1(found: str, wanted: str) -> float:
    ours, theirs = _grams(found), _grams(wanted)
    both = sum((ours & theirs).values())
    return 2 * both / max(1, sum(ours.values()) + sum(theirs.values()))


def test_there_are_many_styles():
    """The corpus is not a handful of pages."""
    assert len(NAMES) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_title(name):
    """The headline is the page's, exactly."""
    article, want = _read(name)
    assert article.title == want["title"], article.explain["title"]


@pytest.mark.parametrize("name", NAMES)
def test_dates(name):
    """The publication time is right to the precision written, or None where the page has none."""
    article, want = _read(name)
    got = article.published
    assert (got and got.at.isoformat()) == want.get("published"), article.explain["published"]
    if got and "precision" in want:
        assert got.precision == want["precision"]
    if "modified" in want:
        assert article.modified is not None
        assert article.modified.at.isoformat() == want["modified"]


@pytest.mark.parametrize("name", NAMES)
def test_text(name):
    """The body is the story, and nothing that the page says besides."""
    article, want = _read(name)
    assert _f1(article.content_text, "\n".join(want["text"])) >= want.get("f1", 0.985), (article.content_text, article.explain["body"])
    for phrase in want.get("absent", ()):
        assert phrase not in article.content_text


@pytest.mark.parametrize("name", NAMES)
def test_credits(name):
    """Source, author, editor, contributor and category path, as far as the page has them."""
    article, want = _read(name)
    if "source" in want:
        assert (article.source and article.source.name) == want["source"]
    if "source_published" in want:
        assert article.source is not None
        assert article.source.published is not None
        assert article.source.published.at.isoformat() == want["source_published"]
    for key in ("author", "editor", "contributor", "language", "next"):
        if key in want:
            assert getattr(article, key) == want[key], key
    if "category" in want:
        assert list(article.category) == want["category"]


@pytest.mark.parametrize("name", NAMES)
def test_media(name):
    """Pictures and files, absolute and in document order; every address in the HTML is http(s)."""
    article, want = _read(name)
    if "images" in want:
        assert [image.url for image in article.images] == want["images"]
    if "enclosures" in want:
        assert [file.url for file in article.enclosures] == want["enclosures"]
    assert all(re.match(r"(?:https?://|mailto:)", link) for link in re.findall(r'(?:href|src)="([^"]*)"', article.content_html))
    if "summary" in want:
        assert article.summary == want["summary"]
