"""When an article was published: every date of its page, ranked by where it stands.

Structured data first, then a labelled visible date, then the dateline by the headline, then the address. What stands in
a footer, in another article's teaser, in a comment or in a sentence of the story is no candidate; below a threshold
there is no date at all. The clock time of a weaker statement joins the day of a stronger one when both say the same day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from ..model import When
from .blocks import Block
from .dateforms import even
from .dates import CHANGED, LABEL, OTHER, Found, find_all, in_range, is_event, parse, plausible, when
from .facts import Facts
from .stamps import is_bare_label, is_byline, is_own, is_prose, labelled_apart, printed_lines, stands_alone

THRESHOLD = 50.0
_SAID = re.compile(r"[:：时時日]|[^\W\d_]{4}")
_BELOW = 12
"""So many blocks below the story begins what is none of its."""
_AHEAD = timedelta(days=1200)
_HINT = re.compile(
    r"\d{1,4}\s?[-/.年月년월_]\s?\d|\d\s?[日号]|[^\W\d_]{3,}\.?\s\d{1,2}|\d(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{3}|[〇一二三四五六七八九○]{4}年"
    r"|\d\s?\S{1,3}前|昨[天日]|ago|前天|^(?:19|20)\d\d年?$"
)
_MARK = re.compile(r"[\d〇一二三四五六七八九○昨前]")  # every hint but "ago" has one
_WEAK_LABEL = re.compile(r"(?:成文|印发|签发|发文|生成|施行|生效|撰写|登记|录入)(?:[日时][期间])?\W*$")
_MACHINE = re.compile(r"\W{0,4}(?:powered\b|processed\b|generated\b|页面生成|执行时间)", re.IGNORECASE)
_CALLED = re.compile(r"(?:^|[\s_-])(?:post|entry|pub\w*|article|news)?[_-]?(?:date|time|datum|fecha)", re.IGNORECASE)
_MADE_IN = re.compile(r"\W*(?:processed\s(?:in|time)|页面执行|执行时间|generated)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\W*(?:(?:会议|活动|报告|讲座)?地\s*[点址]|主\s*讲|报告人|主持人|where|venue|location|place|speaker|ort|lieu|lugar)\w*\s*[:：]",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"星期|周[一二三四五六日]|曜日|(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_TORN = re.compile(r"(?<=\d)\s+(?=[年月]\s*\d|日(?!期))|(?<=[年月])\s+(?=\d{1,2}\s*[月日])")  # word processors put figures into spans
_APART = re.compile(r"((?:19|20)\d\d)\s+([-/.])\s+(\d{1,2})\s+\2\s+(\d{1,2})(?!\d)")
_SHEET = re.compile(
    r"(?P<day>\d{1,2})日?\s+(?P<ym>(?:19|20)\d\d[-/.年]\d{1,2})月?|(?P<md>\d{1,2}[-/.月]\d{1,2})日?\s+(?P<year>(?:19|20)\d\d)年?"
)
_URL_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-/_]?)(0[1-9]|1[0-2]|[1-9](?=[-/_]))(?:\2|(?<=\d-\d\d)/)(0[1-9]|[12]\d|3[01]|[1-9](?=[-/_.]|$))(?!\d)"
)
_URL_T = re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date with its rank; `changed`: the page calls it an update; `line`: text that it stands in; `block`: where.

    `vague`: what its rank has lost for want of a year.
    """

    rank: float
    when: When
    why: str
    changed: bool = False
    line: str = ""
    block: Block | None = None
    vague: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where things stand: headline's block index (None unknown), the kept body's first and last index, and the setting.

    `opening`: the last block of the lines with a date that stand between the story's lead and the rest of it (-1: none).
    `fresh`: a list has just led here, so that the page was not kept since some other year.
    """

    title: int | None
    first: int
    last: int
    zone: tzinfo
    now: datetime
    language: str | None
    fresh: bool = False
    opening: int = -1


def candidates(blocks: Sequence[Block], facts: Facts, url: str, scene: Scene) -> list[Candidate]:
    """All dates that may be the publication's, strongest first."""
    found = [*_stated(blocks, facts, scene), *_visible(blocks, scene), *_addressed(url, scene)]
    return sorted(_dated_by(found), key=lambda one: -one.rank)


def _dated_by(found: Sequence[Candidate]) -> Iterable[Candidate]:
    """The candidates, those without a year with that of another statement of the page on the same day of the year."""
    years = {(one.when.at.month, one.when.at.day): one.when.at.year for one in found if not one.vague}
    for one in found:
        at = one.when.at
        year = years.get((at.month, at.day)) if one.vague else None
        yield replace(one, rank=one.rank + one.vague, when=replace(one.when, at=at.replace(year=year)), vague=0) if year else one


def ahead(blocks: Sequence[Block], facts: Facts, url: str, scene: Scene) -> When | None:
    """The time of publication that the page states and that is more than a day to come, where it states none that has been."""
    later = [one for one in candidates(blocks, facts, url, replace(scene, now=scene.now + _AHEAD)) if _is_clear(one)]
    top = max(later, key=lambda one: one.rank, default=None)
    return top.when if top and top.when.at > scene.now + timedelta(days=1) else None


def _is_clear(one: Candidate) -> bool:
    return one.rank >= 80 and not one.changed and (one.when.origin not in {"dateline", "signature"} or one.when.precision != "day")


def _stated(blocks: Sequence[Block], facts: Facts, scene: Scene) -> Iterable[Candidate]:
    for rank, value, origin, where in facts.dates[:60]:
        if at := parse(value, scene.zone, scene.now, scene.language, origin):
            yield Candidate(rank, at, f"{origin} {where}")
    holders = _holders(blocks, [element for _, _, element in facts.times]) if facts.times else {}
    for rank, value, element in facts.times:
        if at := parse(value, scene.zone, scene.now, scene.language, "time"):
            block = holders.get(element)
            yield Candidate(_time_rank(rank, block, scene), at, f"time element, rank {rank:.0f} alone")
    for value, origin in facts.changes[:20]:
        if at := parse(value, scene.zone, scene.now, scene.language, origin):
            yield Candidate(42, at, f"{origin} modified", changed=True)


def _holders(blocks: Sequence[Block], times: Sequence[HtmlElement]) -> dict[HtmlElement, Block]:
    """The block in which each time element is printed, by its own text or by that of an element in it."""
    within = {one: element for element in times for one in (element, *element)}
    found: dict[HtmlElement, Block] = {}
    for block in blocks:
        for piece in block.pieces[:40]:
            if (element := within.get(piece.at)) is not None:
                found.setdefault(element, block)
    return found


def _time_rank(rank: float, block: Block | None, scene: Scene) -> float:
    """A time element counts by its place too: by the headline it is the article's, below the story another's."""
    if block is None:
        return min(rank, 70.0)
    close = scene.title is None or block.index >= scene.title - 6
    if block.index <= max(scene.first, scene.opening):
        return max(rank, 84.0) if close and 2 * block.linked < block.columns else min(rank, 48.0)
    return min(rank, 66.0 if block.index <= scene.last and scene.title is None else 45.0)


def _addressed(url: str, scene: Scene) -> Iterable[Candidate]:
    parts = urlsplit(url)
    path = unquote(parts.path)
    m = _URL_T.search(path) or _URL_DAY.search(path)
    if not m:
        return
    numbers = [int(part) for part in m.groups() if part and part.isdigit()]
    try:
        day = datetime(*numbers[:3]).date()  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return
    at = when(day, None, None, scene.zone, "url")
    if plausible(at.at, scene.now):
        yield Candidate(74, at, "address")


def _visible(blocks: Sequence[Block], scene: Scene) -> Iterable[Candidate]:
    budget = 80
    for block in blocks:
        if budget <= 0:
            return
        if block.index > scene.last + _BELOW:
            return
        if block.columns < 4 or not _near_enough(block, scene):
            continue
        start = block.text[:300]
        if not ((_MARK.search(start) or "ago" in start) and _HINT.search(start)):
            continue
        budget -= 1
        before = next((one.text for one in blocks[max(0, block.index - 2) : block.index][::-1] if one.text), "")
        lines = printed_lines(block)
        for number, line in enumerate(lines):
            if is_bare_label(even(line[:14].split(":")[0].split("：")[0])) and _PLACE.match(_next_line(blocks, block, lines, number)):
                continue  # when and where something takes place
            text = _sheet(before, line) or _captioned(before, _APART.sub(r"\1\2\3\2\4", _TORN.sub("", line)))
            before = line
            yield from _dated(text, block, number, scene)


def _next_line(blocks: Sequence[Block], block: Block, lines: Sequence[str], number: int) -> str:
    """The line behind a block's `number`th, in it or below it."""
    if number + 1 < len(lines):
        return lines[number + 1]
    return next((one.text for one in blocks[block.index + 1 : block.index + 3] if one.text), "")


def _dated(text: str, block: Block, number: int, scene: Scene) -> Iterable[Candidate]:
    """The dates of a line, the `number`th of its block."""
    flat = even(text)
    for hit in find_all(text, scene.zone, scene.now, scene.language)[:6]:
        if (rank := _rank(flat, hit, block, number, scene)) > 0:
            changed = bool(CHANGED.search(flat[max(0, hit.start - 30) : hit.start]))
            behind = "signature" if block.index > scene.first + 1 else "dateline"
            origin = "label" if rank >= 70 and LABEL.search(flat[: hit.start][-40:]) else behind
            vague = 0.0 if hit.year else _vague(hit, scene)
            yield Candidate(rank, replace(hit.when, origin=origin), f"{origin}: {text[:60]}", changed, block.text, block, vague)


def _captioned(before: str, line: str) -> str:
    """A line behind its label, where that stands in a cell or line of its own before it."""
    label = even(before) if len(before) <= 14 and len(line) <= 30 else ""
    return f"{before} {line}" if label and (LABEL.search(label) or is_event(label)) else line


def _sheet(before: str, line: str) -> str:
    """A day that is set like a leaf of a calendar, `26` above `2025-10` or `10-26` above `2025`, as one date; "" for anything else."""
    if len(line) > 14 or (not line[-1:].isdigit() and line[-1:] not in "月年"):
        return ""
    m = _SHEET.fullmatch(line) or (_SHEET.fullmatch(f"{before} {line}") if len(before) <= 6 else None)
    if m is None:
        return ""
    return f"{m['ym']}-{m['day']}".replace("年", "-") if m["day"] else f"{m['year']}-{m['md']}".replace("月", "-")


def _near_enough(block: Block, scene: Scene) -> bool:
    """Not deep in the story, whose sentences speak of other days, and no line of a menu far above the headline."""
    if scene.title is not None and block.index < scene.title - 4 and block.columns <= 40 and not _SAID.search(block.text):
        return False
    return not (scene.first + 1 < block.index < scene.last - 2 and block.columns > 100)


def _rank(text: str, hit: Found, block: Block, number: int, scene: Scene) -> float:
    before = text[max(0, hit.start - 40) : hit.start]
    own = is_own(text, hit)
    if (
        in_range(text, hit)
        or (OTHER.search(before) and not own)
        or is_event(before)
        or _MACHINE.match(text, hit.end)
        or _MADE_IN.match(text)
    ):
        return 0
    rank = 66 if own and block.role != "hidden" else _placed(text, hit, block, number, scene)
    return rank - _vague(hit, scene) + (4 if hit.when.precision != "day" else 0)


def _vague(hit: Found, scene: Scene) -> float:
    """What a date loses that is only as good as the page is new."""
    if hit.year and hit.form != "relative":
        return 0.0
    return 14.0 if scene.fresh else 24.0 if hit.agreed else 45.0


def _placed(text: str, hit: Found, block: Block, number: int, scene: Scene) -> float:
    """The rank by place: header, by the headline, in the story, below it."""
    before = text[max(0, hit.start - 40) : hit.start]
    label = bool(LABEL.search(before))
    inside, above = scene.first <= block.index <= scene.last, block.index < scene.first
    if (block.role == "hidden" and not label) or (is_prose(text) and not labelled_apart(text, hit)):
        return 0
    if CHANGED.search(before):
        return 58 if above else 45
    if label and _WEAK_LABEL.search(before):
        return 76 if above else 40
    if label and (above or not inside or (block.index == scene.first and number < 3)):
        return _labelled(text, hit, block, scene)
    rest = len(re.sub(r"[\W\d_]+", "", text))
    crowded, alone = max(0, rest - 40) / 4, stands_alone(text, hit)
    if above:
        return (
            max(_over(block, scene), 60 if _is_header(block, scene) else 0) - crowded
            if alone or hit.form in {"numeric", "relative"}
            else 20
        )
    if inside and alone and block.index <= scene.opening:
        return 0 if is_bare_label(before) else 66 - crowded
    if inside and label and not is_bare_label(before) and labelled_apart(text, hit):
        return 60 - crowded
    if inside:
        return _in_story(block, number, scene) if alone and (hit.form == "numeric" or not is_bare_label(before)) else 20
    close = alone and block.index <= scene.last + 2
    few = rest <= (4 if hit.when.precision == "day" else 0) and not block.role
    return (52 if close and (few or is_byline(text)) else 20) - crowded


def _is_header(block: Block, scene: Scene) -> bool:
    """Whether a block calls itself a date and stands right above the headline."""
    if block.role or scene.title is None or not 0 < scene.title - block.index <= 2:
        return False
    return any(_CALLED.search(f"{one.get('class')} {one.get('id')}") for one in (block.owner, block.owner.getparent()) if one is not None)


def _labelled(text: str, hit: Found, block: Block, scene: Scene) -> float:
    """Behind a label that says that the date is the page's: by the story, or below it where foots and other stories begin."""
    above = block.index < scene.first
    if block.role == "hidden":
        return 62 if above else 0
    if block.index > scene.last:
        return 40 if block.linked > 0.5 * block.columns else 56 if block.role else 72
    if is_bare_label(text[max(0, hit.start - 40) : hit.start]) and not (hit.form == "numeric" and hit.year):
        return 90 if above and hit.year and stands_alone(text, hit) else 0  # else it announces something
    return 90 if above or not is_bare_label(text[: hit.start][-40:]) else 70


def _over(block: Block, scene: Scene) -> float:
    """Unlabelled, above the story: the nearer to the headline the better; a page's head shows today."""
    if scene.title is None:
        return max(40.0, 66.0 - 3 * (scene.first - block.index))
    gap = block.index - scene.title
    if gap >= 0:
        return 82.0 - min(gap, 12)
    today = _WEEKDAY.search(block.text) or block.text.startswith("今")
    return 56.0 if gap >= -2 and not block.role and not today else 34.0


def _in_story(block: Block, number: int, scene: Scene) -> float:
    """Within the story: a line of its own at the very beginning or end."""
    if block.index <= scene.first + 1 and number < 2:
        return 66
    return 53 if block.index >= scene.last - 2 else 20


def decide(found: Sequence[Candidate], scene: Scene) -> tuple[When | None, When | None, list[Candidate]]:
    """(published, modified, candidates that speak for `published`, strongest first)."""
    good = [one for one in found if one.rank >= THRESHOLD and not (one.changed and one.rank < THRESHOLD)]
    if not good:
        return None, _latest(found, None), []
    local = scene.zone

    def total(one: Candidate) -> float:
        same = {other.when.origin for other in good if _day(other, local) == _day(one, local)}
        return one.rank + 4 * min(2, len(same) - 1)

    top = max(good, key=total)
    agreeing = [one for one in good if _day(one, local) == _day(top, local) and one is not top]
    published = _joined(top.when, [one.when for one in agreeing if not one.changed], local)
    return published, _latest(found, published), [top, *agreeing]


def _day(one: Candidate, zone: tzinfo) -> str:
    """The calendar day on the portal's clock; a day without a time is that day wherever it was written.

    A page that states an offset other than none prints its days by that clock too, whatever zone is assumed for it.
    """
    universal = one.when.zone == "page" and one.when.precision != "day" and not one.when.at.utcoffset()
    return (one.when.at.astimezone(zone) if universal else one.when.at).date().isoformat()


def _joined(top: When, others: Sequence[When], zone: tzinfo) -> When:
    """The day of the strongest with the clock, the second and the offset that agreeing statements add."""
    clocks = [one for one in others if one.precision in {"minute", "second"}]
    if top.precision == "day":
        if not clocks:
            return top
        return replace(clocks[0], origin=f"{top.origin}+{clocks[0].origin}" if clocks[0].origin != top.origin else top.origin)
    return _settled(top, clocks, zone)


def _settled(top: When, clocks: Sequence[When], zone: tzinfo) -> When:
    """One clock out of several: a printed wall clock outweighs a `Z` that was pasted behind local time."""
    local = next((one for one in clocks if one.zone != "page"), None)
    if top.zone == "page" and local is not None:
        wall = top.at.replace(tzinfo=None, second=0)
        if top.at.utcoffset() == timedelta(0) and wall == local.at.replace(tzinfo=None, second=0):
            return replace(top, at=top.at.replace(tzinfo=zone), zone="portal")
        if abs(top.at - local.at) < timedelta(minutes=1) and top.at.utcoffset() == timedelta(0):
            return replace(top, at=top.at.astimezone(zone))
    if top.zone != "page":
        for one in clocks:
            if one.zone == "page" and one.at.utcoffset() != timedelta(0) and _wall(one) == _wall(top):
                return replace(top, at=top.at.replace(tzinfo=one.at.tzinfo), zone="page")
    finer = next((one for one in clocks if one.precision == "second" and _wall(one) == _wall(top)), None)
    return replace(top, at=top.at.replace(second=finer.at.second), precision="second") if finer and top.precision == "minute" else top


def _wall(one: When) -> tuple[int, int, int, int, int]:
    return one.at.year, one.at.month, one.at.day, one.at.hour, one.at.minute


def _latest(found: Sequence[Candidate], published: When | None) -> When | None:
    """The time of the last change that the page states, when it is not before publication."""
    changes = [one.when for one in found if one.changed]
    best = max(changes, key=lambda one: one.at.astimezone(UTC), default=None)
    if best is None or published is None or best.at >= published.at:
        return None if published is not None and best is not None and best.at == published.at else best
    return None
