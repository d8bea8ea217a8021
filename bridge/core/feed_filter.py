"""Which entries pass the filters of a feed of choice: categories and patterns. Pure; the pattern library is loaded when there is a pattern.

Patterns are RE2's (https://github.com/google/re2/wiki/Syntax), which match in linear time whatever the text: neither a pattern of the
configuration nor a portal's article can make the match run away.
"""

import unicodedata
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from bridge.model import Entry, FeedSpec

LONGEST = 1000
MEMORY = 4 << 20
TEXT_MOST = 200_000


class Sieve:
    """The filters of one feed, made once: whether an entry `passes` them."""

    def __init__(self, spec: FeedSpec) -> None:
        self._categories = {fold(name) for name in spec.categories}
        self._include = [_compiled(pattern) for pattern in spec.include]
        self._exclude = [_compiled(pattern) for pattern in spec.exclude]

    def passes(self, entry: Entry) -> bool:
        """It has one of the categories anywhere in its path, matches a pattern of `include` and none of `exclude`; no filter passes all."""
        if self._categories and self._categories.isdisjoint(map(fold, entry.category)):
            return False
        if not self._include and not self._exclude:
            return True
        text = _text(entry)
        return (not self._include or _matches(self._include, text)) and not _matches(self._exclude, text)


def sifted(spec: FeedSpec) -> bool:
    """Whether a feed has any filter at all."""
    return bool(spec.categories or spec.include or spec.exclude)


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a pattern, in one line; None when it can be used."""
    if not pattern.strip():
        return "is empty and would match everything"
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    try:
        _compiled(pattern)
    except UnicodeError:
        return "holds a character that is none"
    except _error() as error:
        return f"is no RE2 pattern: {_said(error)}"
    return None


def fold(name: str) -> str:
    """A category's name in the form in which two are compared: without case, width, and spaces at the ends or in a row."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _matches(patterns: Iterable[Any], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _text(entry: Entry) -> str:
    """Title, summary and text on lines of their own, so that ^ and $ are the title's too; surrogates, which RE2 cannot take, replaced."""
    whole = "\n".join((entry.title, entry.summary, entry.content_text))[:TEXT_MOST]
    return whole.encode("utf-8", "replace").decode()


def _compiled(pattern: str) -> Any:
    re2: Any = import_module("re2")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    return re2.compile("(?m)" + pattern, options)


def _error() -> type[Exception]:
    found: type[Exception] = import_module("re2").error
    return found


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else error
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
