"""Dates that stand above lines rather than in them: a day, a month or a year as the heading of what follows."""

import re
from dataclasses import dataclass
from itertools import pairwise

from . import wording
from .candidates import Candidate
from .outline import Outline

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DAYNAME = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)[.,]*\s+",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*[(（][^()（）]*[)）]$")
_YEARLY = re.compile(r"\W*(?:[^\W\d_]{3,10}\.?,?\s+)?(?:19|20)\d\d\s*年?\W*|\W*(?:19|20)\d\d\s*[年/.-]\s*(?:0?[1-9]|1[0-2])\s*月?\W*")
_MONTH_DAY = re.compile(r"[\s\[(（【]*(\d{1,2})\s*([-/.月])\s*(\d{1,2})(?!\d)")
_REACH = 6  # runs before a line in which its heading stands
_SHARED = 0.8  # headings a line at most; more are the lines' own dates
_CLOCKS = 0.6  # of the lines have times at least, where a page has one heading


@dataclass(frozen=True, slots=True)
class Heads:
    """`texts`: the heading above each address; `runs`: where they stand, so that no line takes one for its own date."""

    texts: dict[str, str]
    runs: frozenset[int]


def heads(page: Outline, members: list[Candidate], beside: dict[str, list[int]]) -> Heads:
    """The headings that date the lines of a list, none where they are the lines' own dates or a page's date of today.

    `beside` are the runs that belong to each address.
    """
    found: dict[str, int] = {}
    for before, member in pairwise([None, *members]):
        run = _above(page, before, member) if member else None
        if member and run is not None:
            found[member.url] = run
    claimed = {number for numbers in beside.values() for number in numbers}
    if len(found) > _SHARED * len(members):
        found = {url: run for url, run in found.items() if run not in claimed}
    if not _dates(page, found, beside):
        return Heads({}, frozenset())
    return Heads(_spread(page, members, found), frozenset(found.values()))


def _above(page: Outline, before: Candidate | None, member: Candidate) -> int | None:
    """The last run between two lines that is a date without a time, or a year."""
    start = page.nodes[member.item].runs[0]
    low = max(start - _REACH, page.nodes[before.item].runs[1] if before else 0)
    for number in range(start - 1, low - 1, -1):
        text = _said(page, number)
        if page.runs[number].anchor < 0 and len(text) < 40 and (_YEARLY.fullmatch(text) or _is_day(text)):
            return number
    return None


def _said(page: Outline, number: int) -> str:
    """What a run says without the day of the week, and a note in brackets at its end: Fri, 20 Nov 2026 (showing 12 of 30 entries)."""
    text = page.runs[number].text
    bare = _NOTE.sub("", text[:120]) if text[-1] in ")）" else text
    return bare if bare[:1].isdigit() else _DAYNAME.sub("", bare)


def _is_day(text: str) -> bool:
    return wording.is_date(text) and not wording.is_clock(text)


def _dates(page: Outline, found: dict[str, int], beside: dict[str, list[int]]) -> bool:
    """Whether what was found are headings: more than one, or a year, or one above lines with times of day."""
    if len(found) != 1:
        return len(found) > 1
    clocks = sum(any(wording.is_clock(page.runs[number].text) for number in numbers) for numbers in beside.values())
    return clocks >= _CLOCKS * len(beside) or _YEARLY.fullmatch(page.runs[next(iter(found.values()))].text) is not None


def _spread(page: Outline, members: list[Candidate], found: dict[str, int]) -> dict[str, str]:
    """Each heading for the lines that follow it in the same element."""
    texts: dict[str, str] = {}
    holder, text = -2, ""
    for member in members:
        parent = page.nodes[member.item].parent
        if member.url in found:
            text = _said(page, found[member.url])
        elif parent != holder:
            text = ""
        holder = parent
        if text:
            texts[member.url] = text
    return texts


def under(head: str, texts: list[str]) -> list[str]:
    """What dates a line under a heading: its own texts with the heading's day or year, then the heading where it is a day."""
    own: list[str] = []
    year = _YEAR.search(head)
    for text in texts:
        if wording.is_clock(text):
            own.append(f"{head} {text.strip()}" if _is_day(head) else text)
        elif year and not _YEAR.search(text):
            own.append(_dated(text, year[1]))
        else:
            own.append(text)
    return [*own, *([head] if _is_day(head) and not _YEARLY.fullmatch(head) else [])]


def _dated(text: str, year: str) -> str:
    """A month and a day with a year."""
    found = _MONTH_DAY.match(text)
    if found:
        return f"{year}年{found[1]}月{found[3]}日" if found[2] == "月" else f"{year}-{found[1]}-{found[3]}"
    return f"{text.rstrip(' .,')} {year}"
