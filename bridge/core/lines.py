"""A chosen link and what stands beside it → a `Link`: whole title, date, summary, picture."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import islice, pairwise

from ..model import Link, When
from . import date_heads, dom, items, wording
from .candidates import Candidate, title_of
from .date_heads import Heads
from .language import language_of
from .outline import Outline, Picture

_LEAST_SUMMARY = 24
_MOST_SUMMARY = 600
_DAY = re.compile(r"[\s\[\](（)）【】|·]*(0?[1-9]|1[0-2])[-/]([0-2]?[1-9]|[12]0|3[01])[\s\])）】|·]*")
_NUMBERS = re.compile(r"[\s\[(]*(\d{1,2})[-/](\d{1,2})[-/](?:19|20)\d\d[\s\])]*")
_MONTHS = 12
_ICON = (
    "icon",
    "logo",
    "arrow",
    "dot",
    "spacer",
    "blank",
    "pixel",
    "loading",
    "avatar",
    "/new.gif",
    "/hot.gif",
    "li.gif",
    "bullet",
    "placeholder",
    "none.",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What reading a line needs besides the page: zone, clock and language for its dates.

    `days`: 5-3 is the third of May here; `head`: the date above the line.
    """

    zone: tzinfo
    now: datetime
    language: str | None = None
    days: bool = False
    head: str = ""


def links(page: Outline, members: Iterable[Candidate], setting: Setting) -> tuple[Link, ...]:
    """One link an address, in document order, under the best of the titles that the page has for it."""
    chosen: dict[str, Candidate] = {}
    for member in sorted(members, key=lambda member: member.number):
        known = chosen.get(member.url)
        if known is None:
            chosen[member.url] = member
        elif not known.title or (known.likeness < 0.5 < member.likeness):
            known.title, known.likeness, known.beside = member.title, member.likeness, None
    titles = _longer_titles(page, chosen)
    icons = _icons(page)
    beside = {url: items.context(page, member) for url, member in chosen.items()}
    heads = date_heads.heads(page, list(chosen.values()), beside)
    beside = _shared(page, beside, heads)
    days = _has_days(page, beside, " ".join(member.title for member in chosen.values()))
    setting = replace(setting, days=days, language=_ordered(page, beside, setting.language))
    return tuple(
        _link(page, member, titles.get(url, member.title), beside[url], icons, _under(setting, heads.texts.get(url)))
        for url, member in chosen.items()
    )


def _under(setting: Setting, head: str | None) -> Setting:
    return replace(setting, head=head) if head else setting


def _shared(page: Outline, beside: dict[str, list[int]], heads: Heads) -> dict[str, list[int]]:
    """Without headings, runs that three links and more claim, and times of day that are none."""
    claims = Counter(number for numbers in beside.values() for number in numbers)
    unwanted = {number for number, count in claims.items() if count >= 3} | _false_clocks(page, beside, heads) | heads.runs
    return {url: [number for number in numbers if number not in unwanted] for url, numbers in beside.items()}


def _false_clocks(page: Outline, beside: dict[str, list[int]], heads: Heads) -> set[int]:
    """Bare times (03:47) unless most lines have one and they fall under each heading, as times of day do and lengths of films do not."""
    clocks = {
        url: next((number for number in numbers if wording.is_clock(page.runs[number].text)), None) for url, numbers in beside.items()
    }
    found = {url: number for url, number in clocks.items() if number is not None}
    times = [(heads.texts.get(url), *map(int, re.findall(r"\d+", page.runs[number].text))) for url, number in found.items()]
    falling = sum(before[0] != after[0] or before[1:] >= after[1:] for before, after in pairwise(times))
    real = len(found) >= 0.6 * len(clocks) and falling >= 0.85 * (len(times) - 1)
    return set() if real else set(found.values())


def _has_days(page: Outline, beside: dict[str, list[int]], titles: str) -> bool:
    """Whether most lines end in a month and a day without zeros, where months come first: alone, 5-3 is the result of a match too."""
    lined = sum(any(_DAY.fullmatch(page.runs[number].text) for number in numbers) for numbers in beside.values())
    return lined >= 3 and lined >= 0.7 * len(beside) and (language_of(titles[:2000], "") or "")[:2] in ("zh", "ja", "ko")


def _ordered(page: Outline, beside: dict[str, list[int]], language: str | None) -> str | None:
    """The language whose dates are ordered as those of the list: 25-11-2026 on one line tells what 10-11-2026 on another means."""
    found = [match for numbers in beside.values() for number in numbers if (match := _NUMBERS.fullmatch(page.runs[number].text))]
    days = sum(int(match[1]) > _MONTHS >= int(match[2]) for match in found)
    months = sum(int(match[2]) > _MONTHS >= int(match[1]) for match in found)
    if (days > 0) == (months > 0) or (language or "")[:2] in ("zh", "ja", "ko"):
        return language
    return "en-GB" if days else "en-US"


def _link(page: Outline, member: Candidate, title: str, beside: list[int], icons: set[str], setting: Setting) -> Link:
    return Link(
        member.url,
        title,
        published=published(page, member, beside, setting),
        summary=_summary(page, beside, title, member.url),
        image=_image(page, member, icons),
    )


# ---------------------------------------------------------------- titles


def _longer_titles(page: Outline, chosen: dict[str, Candidate]) -> dict[str, str]:
    """For addresses whose title is cut: the longest title of the same beginning that any anchor of the page has for it."""
    cut = {url: wording.uncut(member.title) for url, member in chosen.items() if wording.is_cut(member.title)}
    found: dict[str, str] = {}
    if not cut:
        return found
    for anchor in page.anchors:
        if anchor.url in cut:
            title = title_of(page, anchor)
            if title.startswith(cut[anchor.url]) and len(title) > len(found.get(anchor.url, cut[anchor.url])) and not wording.is_cut(title):
                found[anchor.url] = title
    return found


# ---------------------------------------------------------------- dates


def published(page: Outline, member: Candidate, beside: list[int], setting: Setting) -> When | None:
    """The date of a line: of a `<time>`, of the runs that are dates, of what else stands beside it; None where there is none."""
    for node in items.times(page, member.item)[:2]:
        if (value := page.nodes[node].element.get("datetime")) and (stamped := _stamped(value, setting)):
            return stamped
    texts = _dating(page, member, beside)
    for text in date_heads.under(setting.head, list(texts)) if setting.head else texts:
        if found := near(text, setting):
            return found
    return None


def _dating(page: Outline, member: Candidate, beside: list[int]) -> Iterator[str]:
    """What may date a line, the likeliest first."""
    around = [page.runs[number].text for number in beside]
    if len(around) > 1:
        yield from _neighbours(around)
    anchor = page.anchors[member.number]
    shown = page.runs[slice(*anchor.runs)]
    yield from (run.text for run in shown[:12] if wording.is_date(run.text))
    bare = [text for text in around if wording.is_date(text)]
    yield from bare[:3]
    yield from islice((text for text in around if len(text) < 160 and wording.has_date(text) and text not in bare), 3)
    yield from (run.text for run in shown[-1:] if wording.cleaned(run.text) != dom.normal(run.text))
    if "\n" in anchor.title or "时间" in anchor.title or "日期" in anchor.title:
        yield anchor.title[:600]


def _neighbours(around: list[str]) -> list[str]:
    """Day and year-month in two elements, as calendars beside a line have them (`11` over `2026-05`, `05-11` over `2026`)."""
    found = []
    for first, second in pairwise(around):
        if len(first) <= 5 and len(second) <= 8 and first.isdigit() and len(first) <= 2 and second[:4].isdigit() and len(second) >= 6:
            found.append(f"{second.rstrip('-/.')}-{first}")
        elif len(second) == 4 and second.isdigit() and second[:2] in ("19", "20") and wording.is_date(first):
            found.append(f"{second}-{first}")
        elif len(first) == 4 and first.isdigit() and first[:2] in ("19", "20") and wording.is_date(second):
            found.append(f"{first}-{second}")
    return found[:1]


@lru_cache(maxsize=1024)
def near(text: str, setting: Setting) -> When | None:
    """The date in a short text beside a link, or None."""
    from . import dates

    text = text.strip(" \t[]()（）【】|·")
    if setting.days and (day := _DAY.fullmatch(text)):
        text = f"{int(day[1]):02}-{int(day[2]):02}"
    return dates.near(text, setting.zone, setting.now, setting.language)


def _stamped(value: str, setting: Setting) -> When | None:
    from . import dates

    return dates.parse(value, setting.zone, setting.now, setting.language, "list")


# ---------------------------------------------------------------- summaries and pictures


def _summary(page: Outline, beside: list[int], title: str, url: str) -> str | None:
    """The longest run of text beside a link, with what stands on its line; None where there is no sentence, or only links."""
    if sum(2 * len(page.runs[number].text) + 1 for number in beside) < _LEAST_SUMMARY:
        return None
    lines: dict[int, list[str]] = {}
    told = {page.runs[number].line for number in beside if _is_own(page, number, url) and not wording.is_idle(page.runs[number].text)}
    for number in beside:
        run = page.runs[number]
        if not wording.is_date(run.text) and not wording.is_idle(run.text):
            lines.setdefault(run.line, []).append(run.text)
    dated = {page.runs[number].line for number in beside if wording.is_date(page.runs[number].text)}
    said = [(dom.normal(" ".join(texts)), line in dated) for line, texts in lines.items() if line in told]
    texts = [text for text, stamped in said if not stamped or dom.width(text) >= 60 or text[-1] in "。.!?！？…"]
    likely = [text for text in texts if dom.width(text) >= _LEAST_SUMMARY and not _is_title(text, title) and not _is_meta(text)]
    best = max(likely, key=dom.width, default=None)
    return best[:_MOST_SUMMARY] if best else None


def _is_title(text: str, title: str) -> bool:
    """Whether a line says the title, perhaps behind a label."""
    return text[:20] in title or (len(title) >= 8 and text.endswith(title) and len(text) - len(title) < 16)


def _is_own(page: Outline, number: int, url: str) -> bool:
    """Whether a run is no other link's text."""
    anchor = page.runs[number].anchor
    return anchor < 0 or page.anchors[anchor].url == url


def _is_meta(text: str) -> bool:
    """A line of date, author and counts is no summary."""
    return dom.width(text) < 60 and wording.has_date(text)


def _icons(page: Outline) -> set[str]:
    """Pictures that stand at three lines and more are ornaments."""
    return {url for url, number in Counter(picture.url for picture in page.pictures).items() if number >= 3}


def _image(page: Outline, member: Candidate, icons: set[str]) -> str | None:
    low, high = page.nodes[member.item].pictures
    for picture in page.pictures[low : min(high, low + 8)]:
        if picture.url not in icons and not _is_icon(page, picture):
            return picture.url
    return None


def _is_icon(page: Outline, picture: Picture) -> bool:
    element = page.nodes[picture.node].element
    sizes = [
        int(size) for name in ("width", "height") if (size := (element.get(name) or "").removesuffix("px")).isdecimal() and len(size) < 6
    ]
    path = picture.url.rpartition("/")[2].lower()
    return any(size < 40 for size in sizes) or any(word in f"/{path}" for word in _ICON)
