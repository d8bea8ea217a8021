"""Titles as they can be compared: what a list or a redesign adds, cuts or sets in another width is no difference."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .match_texts import overlap, shingles

Reformatting = Literal["same", "cut", "prefix", "suffix", ""]

SAME, NEARLY, UNLIKE = 1.0, 0.9, 0.3
"""Likeness from which titles are the same, are the same but for their setting, and below which they are two titles."""

_MOST = 500
_CUT_LEAST = 6
_LAST = "\U0010ffff"
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


def is_titled(line: str, title: str) -> bool:
    """Whether a line of a list names the article with this title at its address; however short it is, a prefix or suffix says nothing."""
    return title_likeness(line, title) >= NEARLY or _whole(title).folded in {bare.folded for bare in _bares(line)} - {""}


@lru_cache(maxsize=16384)
def reformatting(a: str, b: str) -> Reformatting:
    """What was done to one title to get the other: nothing, a cut, a prefix or a suffix more; "" when they are two titles."""
    one, other = _whole(a), _whole(b)
    if not one.folded or not other.folded:
        return ""
    if one.folded == other.folded:
        return "same"
    if not (one.is_cut or other.is_cut) and one.folded not in other.folded and other.folded not in one.folded:
        return ""
    if _begins(one, other) or _begins(other, one):
        return "cut"
    return next((bare.kind for short, long in ((one, b), (other, a)) for bare in _bares(long) if _agrees(short, bare)), "")


def resembling(titles: Sequence[str], others: Sequence[str]) -> list[set[int]]:
    """For each title the places of the others of which `reformatting` may know something; it knows nothing of the rest.

    By sorting: titles that nothing connects are never held against each other, however many and long they are.
    """
    found: list[set[int]] = [set() for _ in titles]
    theirs, ours = _Index(others), _Index(titles)
    for place, title in enumerate(titles):
        found[place].update(*theirs.begun_by(title))
    for place, title in enumerate(others):
        for near in set().union(*ours.begun_by(title)):
            found[near].add(place)
    return found


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


@dataclass(frozen=True, slots=True)
class _Form:
    """A title, or what is left of it without a prefix or suffix: `begins` where it is cut and says enough to be gone on with."""

    kind: Reformatting
    folded: str
    is_cut: bool
    is_enough: bool

    @property
    def begins(self) -> bool:
        return self.is_cut and self.is_enough


class _Index:
    """Titles by their forms: whole, and each of both kinds, sorted."""

    def __init__(self, titles: Sequence[str]) -> None:
        whole = [(_whole(title).folded, place) for place, title in enumerate(titles)]
        bare = [(form.folded, place) for place, title in enumerate(titles) for form in _bares(title)]
        self._whole, self._every = _sorted(whole), _sorted(whole + bare)

    def begun_by(self, title: str) -> Iterator[list[int]]:
        """Places of titles that are a form of this one, or go on where a form of it is cut; two bare forms are no pair."""
        whole = _whole(title)
        yield _begun(whole, *self._every)
        yield from (_begun(bare, *self._whole) for bare in _bares(title))


def _sorted(forms: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    ordered = sorted(forms)
    return [folded for folded, _ in ordered], [place for _, place in ordered]


def _begun(form: _Form, folded: list[str], places: list[int]) -> list[int]:
    if not form.folded:
        return []
    after = form.folded + (_LAST if form.begins else "\x00")
    return places[bisect_left(folded, form.folded) : bisect_left(folded, after)]


@lru_cache(maxsize=4096)
def _whole(title: str) -> _Form:
    return _form("same", title)


@lru_cache(maxsize=4096)
def _bares(title: str) -> tuple[_Form, ...]:
    return tuple(_form(kind, bare) for kind, bare in _bare(title))


def _form(kind: Reformatting, text: str) -> _Form:
    folded = fold_title(text)
    return _Form(kind, folded, is_cut(text), columns(folded) >= 2 * _CUT_LEAST)


def _begins(short: _Form, long: _Form) -> bool:
    """Whether `short` is cut and `long` goes on where it stops."""
    return short.begins and long.folded.startswith(short.folded)


def _agrees(short: _Form, bare: _Form) -> bool:
    return short.is_enough and (short.folded == bare.folded or _begins(short, bare) or _begins(bare, short))


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
