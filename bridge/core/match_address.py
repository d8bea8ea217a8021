"""The number that a content management system gave an article, as its address shows it, and the scheme of addresses."""

import re
from functools import lru_cache

from .identity import canonical

_PARTS = re.compile(r"(//[^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?", re.S)
_VALUE = re.compile(r"\d{1,20}|(?=[^_-]*\d)[0-9a-fA-F-]{8,40}|(?=.*\d)(?=.*[A-Za-z])[0-9A-Za-z]{8,40}")
_ID = re.compile(
    r"(?:[a-z]{0,4}_)?id|(?:news|art|article|info|doc|content|item|post|topic|thread|notice|record|msg|wbnews|detail|n|a|t)_?id|guid|uuid",
    re.I,
)
_FOLDER = re.compile(
    r"(?:class|cat|category|cate|type|channel|column|col|tree|wbtree|lm|lanmu|menu|node|site|web|parent|board|forum|section|sort|b|c|f|p|s|u|user|owner)_?id"
    r"|page|pageno|pn|cid|lang|type|ver?|v|t|_|year|month|day|date",
    re.I,
)
_SUFFIX = re.compile(r"(?<=.)\.[a-z][a-z0-9]{1,4}$", re.I)
_DATE = re.compile(r"(?:19|20)\d\d(?:[-_]?(?:0[1-9]|1[0-2])(?:[-_]?(?:0[1-9]|[12]\d|3[01]))?)?")
_TOKEN = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[0-9A-Za-z]{8,40}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MONTH = re.compile(r"/(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}(?=/)", re.I)
_LAST = re.compile(r"[^/]+?(\.[a-z]{2,5})?$")
_WORD = re.compile(r"[A-Za-z]{2,}")
_MOST = 2000


@lru_cache(maxsize=8192)
def cms_id(url: str) -> tuple[str, str] | None:
    """(the canonical address with a `*` for the id, the id), or None where an address shows no id.

    The id is the value of `id=`, `newsid=` and the like, else the longest number (or random token) of the last part of
    the path that has one; a date is one only where there is nothing else, and folders such as `2026/11` never are.
    """
    parts = _PARTS.fullmatch(canonical(url)[:_MOST])
    if parts is None:
        return None
    host, path, query, route = parts[1], parts[2], parts[3] or "", parts[4] or ""
    asked = _asked(query)
    if asked:
        name, value = asked
        return f"{host}{path}?{query.replace(f'{name}={value}', f'{name}=*', 1)}{route}", value
    return _filed(host, f"?{query}{route}" if query or route else "", path)


def cms_number(url: str) -> int | None:
    """The id of an address where it is a number, which grows from article to article."""
    found = cms_id(url)
    return int(found[1]) if found and found[1].isdecimal() else None


@lru_cache(maxsize=8192)
def scheme(url: str) -> str:
    """How addresses of this kind are made: host, folders and file with ids, dates and values folded away."""
    found = cms_id(url)
    parts = _PARTS.fullmatch(found[0] if found else canonical(url)[:_MOST])
    if parts is None:
        return ""
    path = parts[2] if found and not _is_slug(parts[2]) else _LAST.sub(r"*\1", parts[2])
    names = sorted({pair.partition("=")[0] for pair in (parts[3] or "").split("&")} - {""})
    folded = re.sub(r"\d+(?:[-_#]*\d+)*", "#", _MONTH.sub("/#", re.sub(r"[A-Za-z]+(?=\*)", "", path)))
    return parts[1] + folded + ("?" + "&".join(names) if names else "")


def _is_slug(path: str) -> bool:
    """Whether the last part of a path is made of words, which are another article's in the next one."""
    return len(_WORD.findall(path.rpartition("/")[2])) > 3


def _asked(query: str) -> tuple[str, str] | None:
    """The parameter that names the article: one called id, else one that ends in it, else the only value that is no folder."""
    pairs = [(name, value) for name, _, value in (part.partition("=") for part in query.split("&")[:20]) if _VALUE.fullmatch(value)]
    named = [pair for pair in pairs if pair[0].lower() == "id"] or [pair for pair in pairs if _ID.fullmatch(pair[0])]
    if named:
        return named[0]
    others = [pair for pair in pairs if not _FOLDER.fullmatch(pair[0])]
    return others[0] if len(others) == 1 else None


def _filed(host: str, rest: str, path: str) -> tuple[str, str] | None:
    segments = path.split("/")
    for place in range(len(segments) - 1, max(0, len(segments) - 4), -1):
        stem, suffix = _split(segments[place])
        plain = re.sub(r"%[0-9A-F]{2}", "~~~", stem)
        last = place == len(segments) - 1
        span = _span(plain, bare=not suffix, folder=not last, dated=bool(_DATE.fullmatch(segments[place - 1])) or _is_day(segments[:place]))
        if span:
            cut = f"{stem[: span[0]]}*{stem[span[1] :]}{suffix}"
            return host + "/".join([*segments[:place], cut, *segments[place + 1 :]]) + rest, stem[span[0] : span[1]]
    return None


def _split(segment: str) -> tuple[str, str]:
    found = _SUFFIX.search(segment)
    return (segment[: found.start()], found[0]) if found else (segment, "")


def _is_day(folders: list[str]) -> bool:
    """Whether the last two folders are a year and a month, so that what follows may be a day."""
    return len(folders) > 1 and bool(re.fullmatch(r"(?:19|20)\d\d", folders[-2]) and re.fullmatch(r"\d{1,2}", folders[-1]))


def _span(stem: str, *, bare: bool, folder: bool, dated: bool) -> tuple[int, int] | None:
    """Where the id stands in one part of a path."""
    if _TOKEN.fullmatch(stem) and not _worded(stem):
        return 0, len(stem)
    if (bare or folder) and (_DATE.fullmatch(stem) or (dated and len(stem) <= 2)):
        return None
    if folder and not re.fullmatch(r"[a-z]{0,8}[-_]?\d{3,20}", stem, re.I):
        return None
    if len(_WORD.findall(stem)) > 2 or re.search(r"[a-z]{2,}[-_]\d{1,4}[-_][a-z]{2,}", stem, re.I):
        return _numbered_slug(stem)
    return _longest(stem)


def _worded(stem: str) -> bool:
    """Whether a token is a short word with a number (`content123456`), of which only the number is the id."""
    return bool(re.fullmatch(r"[A-Za-z]{1,12}\d+|\d+[A-Za-z]", stem))


def _numbered_slug(stem: str) -> tuple[int, int] | None:
    """The number in front of or behind the words of a slug, long enough to be no part of the title."""
    found = re.search(r"^\d{5,20}(?=[-_])|(?<=[-_])\d{5,20}$|(?<=id[-_])\d{1,20}$", stem)
    return found.span() if found and not _DATE.fullmatch(found[0]) else None


def _longest(stem: str) -> tuple[int, int] | None:
    spans = [found.span() for found in re.finditer(r"\d+", stem)]
    undated = [span for span in spans if not _DATE.fullmatch(stem[slice(*span)])]
    spans = undated or (spans if len(_WORD.findall(stem)) < 2 else [])
    if not spans:
        return None
    most = max(end - start for start, end in spans)
    best = [span for span in spans if span[1] - span[0] == most]
    return best[0][0], best[-1][1]
