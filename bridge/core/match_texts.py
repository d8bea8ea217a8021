"""How alike two texts are, by the character shingles that they share; Chinese and Latin text alike, at a bounded cost."""

import re
import unicodedata
from collections import Counter

_HEAD, _TAIL = 40_000, 20_000
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")


def likeness(a: str, b: str) -> float:
    """How alike two texts are, 0…1; 1.0 for equal letters and digits, 0.0 where one of them has none.

    The mean of the share of all shingles that both have (Jaccard) and the share of the smaller text's that the larger
    has (containment): a paragraph more costs less than the same amount of other words. Shingles are 3 characters of
    CJK text and 7 of others, letters and digits only. Of a text of more than 60,000 characters only the beginning and
    the end are compared, and its length.
    """
    one, other = fold_text(a), fold_text(b)
    if not one or not other:
        return 0.0
    if one == other and len(a) == len(b):
        return 1.0
    size = 3 if _is_wide(one) or _is_wide(other) else 7
    score = overlap(shingles(one, size), shingles(other, size))
    return score * _in_length(a, b)


def same_numbers(a: str, b: str, *, every: bool = False) -> bool:
    """Whether no number of the text that has fewer is missing in the other (`every`: nor of the other).

    Numbers are what the issues of a weekly notice differ in.
    """
    one, other = Counter(_NUMBER.findall(_ends(a))), Counter(_NUMBER.findall(_ends(b)))
    return one == other if every else one <= other or other <= one


def fold_text(text: str) -> str:
    """The letters and digits of a text's beginning and end, in one width and case."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", _ends(text)).casefold())


def shingles(folded: str, size: int) -> set[str]:
    """All pieces of `size` characters of a folded text; the text itself where it is shorter."""
    return {folded[at : at + size] for at in range(max(1, len(folded) - size + 1))}


def overlap(one: set[str], other: set[str]) -> float:
    """The mean of Jaccard and containment of two sets that are not empty."""
    both = len(one & other)
    return (both / (len(one) + len(other) - both) + both / min(len(one), len(other))) / 2


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def _is_wide(folded: str) -> bool:
    sample = folded[:2000]
    return len(_WIDE.findall(sample)) * 4 > len(sample)


def _in_length(a: str, b: str) -> float:
    """What two texts of which not everything was compared have in common in length."""
    shorter, longer = sorted((len(a), len(b)))
    return 1.0 if longer <= _HEAD + _TAIL else shorter / longer
