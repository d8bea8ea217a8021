"""The time zone and the name of a portal, derived from what its pages say and where its address is registered."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..core import charset, dom, shapes
from ..core.facts import collect
from ..model import Article, Page, When

_SPOKEN_IN = {
    "zh": "cn", "ja": "jp", "ko": "kr", "de": "de", "ru": "ru", "it": "it", "pl": "pl", "nl": "nl", "cs": "cz", "sv": "se", "da": "dk",
    "fi": "fi", "el": "gr", "he": "il", "th": "th", "tr": "tr", "uk": "ua", "vi": "vn", "hu": "hu", "ro": "ro", "bg": "bg", "fr": "fr",
}  # fmt: skip
"""Where most writers of a language live; the others have no such place."""
_LARGEST = {
    "ru": "Europe/Moscow",
    "us": "America/New_York",
    "ca": "America/Toronto",
    "au": "Australia/Sydney",
    "br": "America/Sao_Paulo",
    "mx": "America/Mexico_City",
}
"""Of countries with several zones, the one most people live in, where the table's first is another."""
_SEPARATOR = re.compile(r"\s*[|｜_»«·•]+\s*|\s+[-–—:：]+\s+|-{2,}|——|(?<=[\u4e00-\u9fff])\s*[-–—,，]\s*(?=[\u4e00-\u9fff])")
_GENERIC = re.compile(
    r"(?:网站)?首\s*页|主页|欢迎(?:您)?(?:访问|光临)?|welcome|home(?:\s?page)?|index|startseite|главная(?: страница)?"
    r"|トップ(?:ページ)?|ホーム|untitled.*",
    re.IGNORECASE,
)
_GREETING = re.compile(r"^(?:欢迎(?:您)?(?:访问|光临|来到|进入)|welcome to(?: the)?)\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """The zones of each country by ISO 3166 code, in the order of the tz database's zone.tab."""
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and line.count("\t") >= 2:
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code.lower(), []).append(zone)
    return found


def zone_of(host: str, language: str | None, dates: Iterable[When]) -> tuple[str, str]:
    """(IANA zone, why): by the country of the address or of the language, with the offset that the pages state where they do."""
    ending = host.rpartition(".")[2]
    country, why = ("gb" if ending == "uk" else ending), f"zone of .{ending}"
    if country not in _countries():
        country, why = _country(language), f"assumed from the language ({language})"
    zones = _countries().get(country, [])
    stated = [when for when in dates if when.zone == "page" and when.at.utcoffset()]
    same = [zone for zone in ([_LARGEST[country]] if country in _LARGEST else []) + zones if stated and _fits(zone, stated)]
    if same:
        return same[0], f"{why}, with the offset that its pages state"
    if not zones:
        return "UTC", "nothing tells the zone: check it"
    return _LARGEST.get(country, zones[0]), why


def _country(language: str | None) -> str:
    tag = (language or "").lower()
    region = re.search(r"-(?:hant-|hans-)?([a-z]{2})$", tag)
    return region[1] if region else "tw" if "hant" in tag else _SPOKEN_IN.get(tag.split("-")[0], "")


def _fits(zone: str, stated: Sequence[When]) -> bool:
    return all(when.at.utcoffset() == when.at.astimezone(ZoneInfo(zone)).utcoffset() for when in stated)


def title_of(home: Page, articles: Sequence[Article]) -> str:
    """What the site calls itself: the part of its title that its articles carry too, its own statement, else the first part."""
    tree = dom.parse(charset.decode(home.body, home.content_type).text)
    facts = collect(tree)
    head = _GREETING.sub("", dom.normal(facts.head_title))
    parts = [part for part in map(dom.normal, _SEPARATOR.split(head)) if part and not _GENERIC.fullmatch(part)]
    suffixes = " ".join(str(article.evidence.get("suffix", "")) for article in articles)
    carried = next((part for part in parts if part in suffixes), "")
    named = carried or dom.normal(facts.site_name) or (parts[0] if parts else "") or (urlsplit(home.url).hostname or "portal")
    return named[:80]


def identifier_of(url: str, taken: Iterable[str]) -> str:
    """An id for config.toml from the host's own label, with a number where it is taken."""
    host = (urlsplit(url).hostname or "portal").removeprefix("www.")
    label = host if re.fullmatch(r"[\d.:\[\]a-f]*", host) and not re.search(r"[g-z]", host) else shapes.site_of(host).split(".")[0]
    name = re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-")[:50] or "portal"
    known = {one.lower() for one in taken}
    return next(candidate for n in range(1, 10_000) if (candidate := name if n == 1 else f"{name}-{n}").lower() not in known)


def language_of(languages: Iterable[str | None]) -> str | None:
    """The language that most of these are in."""
    counts = Counter(one for one in languages if one)
    return counts.most_common(1)[0][0] if counts else None
