"""What belongs to a link: the element that is its line, the text and pictures beside it, the heading of its block."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from . import dom, wording
from .candidates import Candidate
from .outline import Outline

_PRICE = re.compile(r"[$€£¥￥₽₩]\s?\d|\d\s?(?:[€₽元円]|руб|USD|EUR)")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,10}(?:/\S*)?")
_CONTEXT_RUNS = 24
_SHORT = 14  # columns of a category or source beside a title
_CONTAINERS = frozenset(("body", "ul", "ol", "dl", "table", "tbody", "main", "section", "form"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def set_items(page: Outline, members: list[Candidate]) -> None:
    """Sets item, until, gap and hot of the members of one place."""
    numbers = [member.number for member in members]
    for place, member in enumerate(members):
        before = numbers[place - 1] if place else -1
        after = numbers[place + 1] if place + 1 < len(members) else len(page.anchors)
        member.item = _climbed(page, page.anchors[member.number].node, before, after, len(members))
    for block in blocks(page, members):
        hot = wording.HOT.search(block_heading(page, block)) is not None
        gap = _gap(page, block)
        for place, member in enumerate(block):
            member.hot, member.gap = hot, gap
            member.until = page.nodes[block[place + 1].item].runs[0] if place + 1 < len(block) else _end(page, member)


def _end(page: Outline, member: Candidate) -> int:
    """Where the last line of a block ends: with the block's holder, some runs further at most."""
    item = page.nodes[member.item]
    return min(item.runs[1] + 8, page.nodes[max(0, item.parent)].runs[1])


def _gap(page: Outline, block: list[Candidate]) -> int:
    """-1 where the date of a line stands before its item (`<dt>` date, `<dd>` link), else 1."""
    first = page.nodes[block[0].item]
    start = first.runs[0]
    low = page.nodes[max(0, first.parent)].runs[0]
    before = page.runs[_behind(page, max(low, start - 4), start) : start]
    after = page.runs[page.nodes[block[-1].item].runs[1] : block[-1].until if block[-1].until >= 0 else first.runs[1] + 2][:2]
    own = any(wording.has_date(run.text) for run in page.runs[slice(*first.runs)][:12] if run.anchor != block[0].number)
    dated = any(run.anchor < 0 and wording.is_date(run.text) for run in before)
    return -1 if dated and not own and not any(wording.is_date(run.text) for run in after) else 1


def borrow(page: Outline, members: list[Candidate], headlines: list[int]) -> None:
    """Titles for links that only say “more” or a number: their item's heading or first line that reads like one.

    Taken when most of a place's links find one and these differ. `headlines` are the numbers of all links that read like
    titles themselves: where one stands in the same item or on the same line, nothing is borrowed.
    """
    poor = [member for member in members if member.likeness < 0.3 and member.shape.likeness >= 0.3]
    poor = [member for member in poor if not _has_headline(page, member, headlines)]
    if len(poor) < 2 or len(poor) < 0.7 * len(members):
        return
    for sought in (_first_lines, _rows):
        found = dict(zip(map(id, poor), sought(page, poor), strict=True))
        if len(set(filter(None, found.values()))) >= 0.7 * len(poor):
            break
    else:
        return
    own = len({member.title for member in poor}) > 0.7 * len(poor)
    for member in poor:
        if title := found[id(member)]:
            member.title, member.likeness, member.borrowed = title, 0.9 if own else 0.8, True


def _has_headline(page: Outline, member: Candidate, headlines: list[int]) -> bool:
    low, high = page.nodes[member.item].anchors
    if bisect_left(headlines, low) < bisect_left(headlines, high):
        return True
    line = _line(page, member.number)
    near = headlines[bisect_left(headlines, member.number - 4) : bisect_left(headlines, member.number + 5)]
    return any(_line(page, number) == line for number in near)


def _line(page: Outline, number: int) -> int:
    low, high = page.anchors[number].runs
    return page.runs[low].line if low < high else -1 - number


def _first_lines(page: Outline, members: list[Candidate]) -> list[str]:
    """For each the first line that may be its title and is not said of others too, else the first at all."""
    lines = [list(islice(_lines_of(page, member), 4)) for member in members]
    often = Counter(line for own in lines for line in set(own))
    return [next((line for line in own if often[line] < 3), own[0] if own else "") for own in lines]


def _rows(page: Outline, members: list[Candidate]) -> list[str]:
    return [_row(page, member) for member in members]


def _row(page: Outline, member: Candidate) -> str:
    """What the cells of a table's row say, dates and numbers left out: a title of a kind."""
    node = page.nodes[member.item]
    if node.tag != "tr":
        return ""
    runs = [run for run in page.runs[slice(*node.runs)][:12] if run.anchor < 0]
    said = [run for run in runs if not wording.is_date(run.text) and not wording.is_idle(run.text)]
    title = dom.normal(" ".join(run.text for run in said))
    return title if len({run.node for run in said}) >= 2 and wording.title_likeness(title) >= 0.8 else ""


def _lines_of(page: Outline, member: Candidate) -> Iterator[str]:
    """What may be the title of a member's item, the likeliest first: headings, then lines before or in it, then after it."""
    low, high = page.nodes[member.item].runs
    numbers = [*range(low, min(high, low + 30)), *range(high, min(member.until, high + 6))]
    for headed in (True, False):
        for number in numbers:
            run = page.runs[number]
            title = wording.cleaned(run.text)
            if run.anchor < 0 and (page.nodes[run.node].tag in _HEADINGS) == headed and _reads(title, headed):
                yield title


def _reads(title: str, headed: bool) -> bool:
    stamped = dom.width(title) < 60 and wording.has_date(title)
    return wording.title_likeness(title) >= (0.3 if headed else 0.8) and dom.width(title) <= 220 and (headed or not stamped)


def _climbed(page: Outline, node: int, before: int, after: int, company: int) -> int:
    """The outermost element around a link that holds no other of its place, and not too much else."""
    most = 12 if company < 5 else 40
    for _ in range(24):
        parent = page.nodes[node].parent
        if parent < 1:
            return node
        low, high = page.nodes[parent].anchors
        if low <= before or high > after or high - low > most:
            return node
        if page.nodes[parent].tag in _CONTAINERS and (company == 1 or page.nodes[node].tag in ("li", "tr", "dd", "article")):
            return node
        node = parent
    return node


def blocks(page: Outline, members: list[Candidate]) -> list[list[Candidate]]:
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


def block_dated(page: Outline, block: list[Candidate]) -> str:
    """Blocks of one place part by whether their lines are dated: a list, and the hot list in the same markup beside it."""
    if len(block) < 4:
        return ""
    share = sum(is_dated(page, member) for member in block[:12]) / min(12, len(block))
    return "+" if share >= 0.7 else "-" if share <= 0.2 else ""


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
    if member.beside is None:
        member.beside = _context(page, member)
    return member.beside


def _context(page: Outline, member: Candidate) -> list[int]:
    own = page.anchors[member.number].runs
    low, high = page.nodes[member.item].runs
    inside = [
        number
        for number in range(low, min(high, low + 4 * _CONTEXT_RUNS))
        if not own[0] <= number < own[1] or _beside(page, number, member)
    ]
    named = page.nodes[member.item].tag == "dt"  # what it names follows in a <dd>
    if not named and any(
        page.runs[number].anchor in (-1, member.number) and not wording.is_bare(page.runs[number].text) for number in inside
    ):
        return inside[:_CONTEXT_RUNS]
    around = _preceding(page, member) if member.gap < 0 else _following(page, member, max(high, own[1]) if named else own[1])
    return [*(inside[:_CONTEXT_RUNS] if named else _line_before(page, own[0])), *around]


def _beside(page: Outline, number: int, member: Candidate) -> bool:
    """Whether a run within a link is not its title: a link around a whole card."""
    return wording.uncut(page.runs[number].text) not in member.title and not member.title.startswith(
        wording.uncut(page.runs[number].text)[:8]
    )


def _line_before(page: Outline, start: int) -> list[int]:
    """What stands before a link on its own line, up to the text of another."""
    if start >= len(page.runs):
        return []
    line, found = page.runs[start].line, []
    for number in range(start - 1, max(-1, start - 5), -1):
        if page.runs[number].line != line or page.runs[number].anchor >= 0:
            break
        found.append(number)
    return found[::-1]


def _preceding(page: Outline, member: Candidate) -> list[int]:
    """What stands right before a link's item, back to the link before."""
    start = page.nodes[member.item].runs[0]
    return list(range(_behind(page, max(0, start - 4), start), start))


def _behind(page: Outline, low: int, start: int) -> int:
    """The first of the runs right before a line that are no headline of another; a category's link may be among them."""
    while start > low and (page.runs[start - 1].anchor < 0 or dom.width(page.runs[start - 1].text) <= _SHORT):
        start -= 1
    return start


def _following(page: Outline, member: Candidate, end: int) -> list[int]:
    """What follows a link that fills its item, up to the next headline or line, within the item's holder."""
    holder = page.nodes[max(0, page.nodes[member.item].parent)]
    line = page.runs[end - 1].line if end else -1
    found = []
    for number in range(end, min(holder.runs[1], max(end + 6, min(member.until, end + 12)))):
        run = page.runs[number]
        other = run.line != line and number >= member.until
        if run.anchor >= 0 and not wording.is_idle(run.text) and (other or dom.width(run.text) > _SHORT) and not _HOST.fullmatch(run.text):
            break
        found.append(number)
    return found


def is_dated(page: Outline, member: Candidate) -> bool:
    """Whether a date stands beside a link, in its text or in an attribute."""
    own = page.anchors[member.number].runs
    if any(wording.is_date(run.text) for run in page.runs[slice(*own)][:8]):
        return True
    if any(_dates(page.runs[number].text) for number in context(page, member)):
        return True
    return any(page.nodes[node].element.get("datetime") for node in times(page, member.item)[:4])


def _dates(text: str) -> bool:
    return len(text) < 80 and (wording.has_date(text) or wording.is_date(text))


def is_paid(page: Outline, member: Candidate, *, foreign: bool) -> bool:
    """Whether a line says that it is advertising, or its link to another server than most is marked as paid for (`rel`)."""
    low, high = page.nodes[member.item].runs
    if any(wording.is_paid(run.text) for run in page.runs[low : min(high, low + 12)]):
        return True
    rel = page.nodes[page.anchors[member.number].node].element.get("rel") or "" if foreign else ""
    return "nofollow" in rel or "sponsored" in rel


def times(page: Outline, item: int) -> list[int]:
    """The `<time>` elements within an item, eight at most."""
    start = bisect_left(page.times, item)
    last = page.nodes[item].runs[1]
    return [node for node in page.times[start : start + 8] if page.nodes[node].runs[0] <= last]


def is_rich(page: Outline, member: Candidate) -> bool:
    """Whether a picture, a sentence or a price stands beside a link."""
    low, high = page.nodes[member.item].pictures
    if low < high:
        return True
    return any(_tells(page.runs[number].text) for number in context(page, member) if page.runs[number].anchor < 0)


def _tells(text: str) -> bool:
    return dom.width(text) >= 40 or _PRICE.search(text) is not None
