"""Titles as they can be compared: what a list or a redesign adds, cuts or sets in another width is no difference."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from .match_texts import overlap, shingles

Reformatting = Literal["same", "cut", "prefix", "suffix", ""]

SAME, NEARLY, UNLIKE = 1.0, 0.9, 0.3
"""Likeness from which titles are the same, are the same but for their setting, and below which they are two titles."""

_MOST = 500
_CUT_LEAST = 6
_FLAG = r"置顶|顶置|顶|热|热点|新|最新|荐|推荐|精|精华|图|组图|图文|多图|视频|音频|原创|new|hot|top|sticky|pinned"
_FLAGS = re.compile(
    rf"^(?:\s*(?:[\[【(〔<{{]\s*(?:{_FLAG})\s*[\]】)〕>}}]|置顶|(?:new|hot)(?:!|(?=[^\x00-\x7f])))[\s:|·•-]*)+"
    rf"|(?:\s*(?:[\[【(〔<{{]\s*(?:{_FLAG})\s*[\]】)〕>}}]|(?<=[^\x00-\x7f])\s*(?:new|hot)!*))+\s*$"
)
_CUT = re.compile(r"(?:\.{2,}|。{2,}|⋯+|…+)\s*$")
_PREFIX = re.compile(r"\s*(?:[\[【(〔<「『][^\[\]【】()〔〕<>「」『』]{1,20}[\]】)〕>」』]|[^\s:|·•>»]{1,12}\s*[:|·•>»])\s*")
_SUFFIX = re.compile(r"\s*(?:[_|]|\s[-–—~]+\s|-{2,}|—{1,2}|(?<=[^\x00-\x7f])[-–](?=[^\x00-\x7f]))[^_|–—]{2,40}$")
_NUMERAL = re.compile(r"\d+|[一二三四五六七八九十百千零〇两]|(?<=\()[上中下续](?=\))")


@lru_cache(maxsize=4096)
def fold_title(text: str) -> str:
    """The comparable form of a title: NFKC, one case, letters and digits only, without flags such as 置顶, [图] or NEW.

    Punctuation between two digits stays as a dot, so that 3.5 and 35 differ. A bracketed word that is no mere flag
    stays: `[丰南]停电通知` and `[路北]停电通知` are two titles. Only the first 500 characters count; "" where nothing is left.
    """
    plain = _plain(text)
    return _letters(_FLAGS.sub("", plain)) or _letters(plain)


def title_likeness(a: str, b: str) -> float:
    """How alike two titles are, 0…1, the same in both directions.

    1.0: the same, or one is cut ("…") and begins the other. 0.92: one has a column's prefix or a site's suffix more.
    Else at most 0.85, by shingles; at most 0.45 where their numbers differ, since parts of a series are two articles.
    """
    kind = reformatting(a, b)
    if kind:
        return SAME if kind in {"same", "cut"} else 0.92
    one, other = fold_title(a), fold_title(b)
    if not one or not other:
        return 0.0
    size = 4 if one.isascii() and other.isascii() else 2
    score = 0.85 * overlap(shingles(one, size), shingles(other, size))
    return score if numerals(a) == numerals(b) else min(score, 0.45)


@lru_cache(maxsize=16384)
def reformatting(a: str, b: str) -> Reformatting:
    """What was done to one title to get the other: nothing, a cut, a prefix or a suffix more; "" when they are two titles."""
    one, other = fold_title(a), fold_title(b)
    if not one or not other:
        return ""
    if one == other:
        return "same"
    if one not in other and other not in one and not (is_cut(a) or is_cut(b)):
        return ""
    if _begins(a, b) or _begins(b, a):
        return "cut"
    return next((kind for short, long in ((a, b), (b, a)) for kind, bare in _bare(long) if _agrees(short, bare)), "")


@lru_cache(maxsize=4096)
def is_cut(text: str) -> bool:
    """Whether a title ends in the dots of a list that had no room for the rest."""
    return bool(_CUT.search(_plain(text)))


def numerals(text: str) -> tuple[str, ...]:
    """The numbers in a title, sorted: digits, Chinese numerals one by one, and the (上) (下) of parts."""
    return tuple(sorted(_NUMERAL.findall(_plain(text))))


def columns(folded: str) -> int:
    """The width of a folded title: a Chinese character says as much as two letters."""
    return sum(1 if char < "\u0370" else 2 for char in folded)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MOST]).casefold()


def _letters(plain: str) -> str:
    dotted = re.sub(r"(?<=\d)[\W_]+(?=\d)", "\x00", plain)
    kept = (char for char in dotted if char.isalnum() or char in "\x00+%" or unicodedata.category(char)[0] == "M")
    return "".join(kept).replace("\x00", ".")


def _begins(short: str, long: str) -> bool:
    """Whether `short` is cut and `long` goes on where it stops."""
    start = fold_title(short)
    return is_cut(short) and columns(start) >= 2 * _CUT_LEAST and fold_title(long).startswith(start)


def _agrees(short: str, bare: str) -> bool:
    folded = fold_title(short)
    return columns(folded) >= 2 * _CUT_LEAST and (folded == fold_title(bare) or _begins(short, bare) or _begins(bare, short))


def _bare(text: str) -> Iterator[tuple[Reformatting, str]]:
    """A title without its first prefix, and without its last suffixes; one that counts something belongs to the title."""
    plain = _plain(text)
    if (found := _PREFIX.match(plain)) and not numerals(found[0]):
        yield "prefix", plain[found.end() :]
    for _ in range(3):
        found = _SUFFIX.search(plain)
        if found is None or numerals(found[0]):
            return
        plain = plain[: found.start()]
        yield "suffix", plain
