"""Links that stand in the same kind of place form a group; the group that reads most like a list of articles wins.

What counts: titles in display width (so that Chinese needs no word breaks), how many and how different they are, addresses
like an article's and like each other, dates, summaries or pictures beside them, headings; against it count navigation,
side columns, hot lists by their headings, links within prose, and other sites.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from . import dom, wording
from .candidates import ASIDE, CHROME, Candidate
from .outline import Outline
from .shapes import site_of

_CONTEXT_RUNS = 24
_CONTAINERS = frozenset(("body", "ul", "ol", "dl", "table", "tbody", "main", "section", "form"))


@dataclass(slots=True)
class Group:
    """Candidates of one place, in document order, and what their company shows."""

    place: str
    members: list[Candidate]
    score: float = 0.0
    titles: float = 0.0
    dated: float = 0.0
    rich: float = 0.0
    like: float = 0.0
    chrome: float = 0.0
    aside: float = 0.0
    external: float = 0.0
    shapes: Counter[str] = field(default_factory=Counter)
    loose: Counter[str] = field(default_factory=Counter)

    @property
    def span(self) -> tuple[int, int]:
        """Numbers of the first and the last anchor."""
        return self.members[0].number, self.members[-1].number

    @property
    def urls(self) -> set[str]:
        """Its addresses."""
        return {member.url for member in self.members}

    def facts(self) -> dict[str, object]:
        """What `--explain` shows of it."""
        figures = {
            name: round(getattr(self, name), 3) for name in ("score", "titles", "dated", "rich", "like", "chrome", "aside", "external")
        }
        return {"place": self.place, "links": len(self.members), **figures, "example": self.members[0].title[:80]}


def groups(page: Outline, found: list[Candidate]) -> list[Group]:
    """The groups of a page, the best first. Sets each candidate's item and whether its block goes under a hot list's heading."""
    repeated = {url for url, number in Counter(candidate.url for candidate in found).items() if number >= 3}
    first = _by(found, lambda candidate: _key(candidate, repeated))
    for members in first.values():
        _set_items(page, members)
        _set_hot(page, members)
    parts: dict[str, list[Candidate]] = {}
    for key, members in first.items():
        for block in _blocks(page, members):
            parts.setdefault(f"{key}|{block[0].hot:d}{_block_dated(page, block)}", []).extend(block)
    made = [_measured(page, key.partition("|")[0], members) for key, members in parts.items()]
    return sorted(made, key=lambda group: -group.score)


def _key(candidate: Candidate, repeated: set[str]) -> str:
    """Place, with a mark for addresses like an article's, so that `[category] title` pairs come apart."""
    if candidate.likeness < 0.5 and candidate.url in repeated:
        return candidate.place + "#"
    return candidate.place + ("*" if candidate.shape.likeness >= 0.7 else "")


def _by(found: Iterable[Candidate], key: Callable[[Candidate], str]) -> dict[str, list[Candidate]]:
    table: dict[str, list[Candidate]] = {}
    for candidate in found:
        table.setdefault(key(candidate), []).append(candidate)
    return table


# ---------------------------------------------------------------- items and blocks


def _set_items(page: Outline, members: list[Candidate]) -> None:
    """A member's item is the largest element that holds no other member."""
    numbers = [member.number for member in members]
    for place, member in enumerate(members):
        before = numbers[place - 1] if place else -1
        after = numbers[place + 1] if place + 1 < len(members) else len(page.anchors)
        member.item = _climbed(page, page.anchors[member.number].node, before, after, alone=len(members) == 1)


def _climbed(page: Outline, node: int, before: int, after: int, *, alone: bool) -> int:
    for _ in range(24):
        parent = page.nodes[node].parent
        if parent < 1:
            return node
        low, high = page.nodes[parent].anchors
        if low <= before or high > after or high - low > 12:
            return node
        if page.nodes[parent].tag in _CONTAINERS and (alone or page.nodes[node].tag in ("li", "tr", "dd", "article")):
            return node
        node = parent
    return node


def _blocks(page: Outline, members: list[Candidate]) -> list[list[Candidate]]:
    """Runs of members whose items are siblings."""
    blocks: list[list[Candidate]] = []
    holder = -2
    for member in members:
        parent = page.nodes[member.item].parent
        if not blocks or parent != holder:
            blocks.append([])
        blocks[-1].append(member)
        holder = parent
    return blocks


def _block_dated(page: Outline, block: list[Candidate]) -> str:
    """Blocks of one place part by whether their lines are dated: a list, and the hot list in the same markup beside it."""
    if len(block) < 4:
        return ""
    share = sum(is_dated(page, member) for member in block[:12]) / min(12, len(block))
    return "+" if share >= 0.7 else "-" if share <= 0.2 else ""


def _set_hot(page: Outline, members: list[Candidate]) -> None:
    for block in _blocks(page, members):
        hot = wording.HOT.search(block_heading(page, block)) is not None
        for member in block:
            member.hot = hot


def block_heading(page: Outline, block: list[Candidate]) -> str:
    """The short text right before a block: what its heading says, or nothing."""
    start = page.nodes[block[0].item].runs[0]
    top = page.nodes[block[0].item].parent
    for _ in range(3):
        top = page.nodes[top].parent if top > 0 else top
    floor = page.nodes[top].runs[0] if top >= 0 else 0
    words: list[str] = []
    for run in reversed(page.runs[max(floor, start - 3) : start]):
        if dom.width(run.text) > 28 or wording.is_date(run.text):
            break
        if not wording.is_idle(run.text):
            words.append(run.text)
            break
    return " ".join(words)


# ---------------------------------------------------------------- what stands beside a link


def context(page: Outline, member: Candidate) -> list[int]:
    """Numbers of the runs that belong to a link besides its own text: its item's, else its line's and those up to the next link."""
    own = page.anchors[member.number].runs
    low, high = page.nodes[member.item].runs
    inside = [
        number
        for number in range(low, min(high, low + 4 * _CONTEXT_RUNS))
        if not own[0] <= number < own[1] or _beside(page, number, member)
    ]
    if inside:
        return inside[:_CONTEXT_RUNS]
    return _line_before(page, own[0]) + _following(page, member, own[1])


def _beside(page: Outline, number: int, member: Candidate) -> bool:
    """Whether a run within a link is not its title: a link around a whole card."""
    return wording.uncut(page.runs[number].text) not in member.title and not member.title.startswith(
        wording.uncut(page.runs[number].text)[:8]
    )


def _line_before(page: Outline, start: int) -> list[int]:
    """What stands before a link on its own line."""
    if start >= len(page.runs):
        return []
    line, found = page.runs[start].line, []
    for number in range(start - 1, max(-1, start - 5), -1):
        if page.runs[number].line != line or page.runs[number].anchor >= 0:
            break
        found.append(number)
    return found[::-1]


def _following(page: Outline, member: Candidate, end: int) -> list[int]:
    """What follows a link that fills its item, up to the next link, within the item's holder."""
    holder = page.nodes[max(0, page.nodes[member.item].parent)]
    found = []
    for number in range(end, min(holder.runs[1], end + 6)):
        if page.runs[number].anchor >= 0 and not wording.is_idle(page.runs[number].text):
            break
        found.append(number)
    return found


def is_dated(page: Outline, member: Candidate) -> bool:
    """Whether a date stands beside a link, in its text or in an attribute."""
    own = page.anchors[member.number].runs
    if any(wording.is_date(run.text) for run in page.runs[slice(*own)][:8]):
        return True
    if any(len(page.runs[number].text) < 80 and wording.DATEISH.search(page.runs[number].text) for number in context(page, member)):
        return True
    return any(
        page.nodes[node].element.get("datetime")
        for node in range(member.item, min(len(page.nodes), member.item + 40))
        if _in(page, node, member.item)
    )


def _in(page: Outline, node: int, top: int) -> bool:
    return page.nodes[node].tag == "time" and page.nodes[top].runs[0] <= page.nodes[node].runs[0] <= page.nodes[top].runs[1]


def is_rich(page: Outline, member: Candidate) -> bool:
    """Whether a picture or a sentence stands beside a link."""
    low, high = page.nodes[member.item].pictures
    if low < high:
        return True
    return any(page.runs[number].anchor < 0 and dom.width(page.runs[number].text) >= 40 for number in context(page, member))


# ---------------------------------------------------------------- measures


def _measured(page: Outline, place: str, members: list[Candidate]) -> Group:
    group = Group(place, members)
    unique = list({member.url: member for member in members}.values())
    number = len(unique)
    sample = unique[:16]
    group.dated = sum(is_dated(page, member) for member in sample) / len(sample)
    group.rich = sum(is_rich(page, member) for member in sample) / len(sample)
    group.titles = sum(member.likeness * (0.4 if member.prose else 1.0) for member in unique) / number
    group.like = sum(member.shape.likeness for member in unique) / number
    group.shapes = Counter(member.shape.exact for member in unique)
    group.loose = Counter(member.shape.loose for member in unique)
    group.chrome = sum(member.level == CHROME for member in unique) / number
    group.aside = sum(member.level == ASIDE or member.hot for member in unique) / number
    home = site_of(_host(page.url))
    group.external = sum(site_of(member.shape.host) != home for member in unique) / number
    group.score = _score(group, unique)
    return group


def _host(url: str) -> str:
    return re.sub(r"^[a-z]+://([^/:?#]*).*$", r"\1", url)


def _score(group: Group, unique: list[Candidate]) -> float:
    number = len(unique)
    titles = group.titles if group.titles > 0.25 else group.titles * (0.4 + 0.6 * max(group.rich, group.dated))
    distinct = len({member.title for member in unique}) / number
    coherent = group.loose.most_common(1)[0][1] / number
    heading = sum(member.heading for member in unique) / number
    columns = sum(dom.width(member.title) for member in unique) / number
    score = titles * distinct * (0.4 + 0.6 * group.like) * (0.6 + 0.4 * coherent) * math.log2(1 + number)
    score *= 1 + 0.5 * group.dated + 0.25 * heading + 0.3 * group.rich
    score *= (1 - 0.95 * group.chrome) * (1 - 0.55 * group.aside) * (1 - 0.35 * group.external)
    return score * min(1.0, 0.5 + columns / 60)
