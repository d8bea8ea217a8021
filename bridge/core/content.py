"""Which element is the body of an article, and which of its blocks belong to the story.

Every block gets a weight in columns: sentences count for, links, chrome, scraps and text that other pages of the site
repeat count against; the body is the element with the greatest sum (maximum subsequence segmentation on the tree;
Pasternack and Roth, WWW 2009). Then what the portal itself marks as something else is taken out of it.
"""

import re
from base64 import b85encode
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from lxml.html import HtmlElement

from .blocks import HEADINGS, Block, Flat, Span
from .dateforms import days, even
from .phrases import DISCLAIMER, JUNK, LIST_HEADING, is_stamp_line
from .tables import is_data_table

_SENTENCE = re.compile(r"[。！？；，、…”」।،؛؟۔]|[.!?;,](?:\s|$|[\"'”’)])")
_END = re.compile(r"[。！？…”」.!?\"')）】।؟۔]\s*$")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|zip|rar|7z|csv|odt|ods|ofd|mp3|mp4|txt)(?:$|[?#])", re.IGNORECASE)
_PRICE = -10.0
"""Blocks at or below this weight are never part of a body."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The body: its element, the kept blocks in order, its sum, and how it was found; `rivals` are the runners-up."""

    span: Span
    keep: Sequence[Block]
    score: float
    how: str
    rivals: Sequence[tuple[str, float]] = field(default_factory=tuple)


def squeezed(text: str) -> str:
    """Letters only, case folded: what two prints of one text share."""
    return re.sub(r"[\W_]+", "", text).casefold()


def block_hash(text: str) -> str:
    """A block's fingerprint; digits do not count, so that counters and dates leave it the same."""
    letters = re.sub(r"\d+", "", squeezed(text)).encode("utf-8", "replace")
    return b85encode(blake2b(letters, digest_size=4).digest()).decode()


def signature(element: HtmlElement) -> str:
    """Tag, id and first two classes without numbers, of an element and its parent."""
    parent = element.getparent()
    return _sign(element) + ("<" + _sign(parent) if parent is not None else "")


def _sign(element: HtmlElement) -> str:
    name = re.sub(r"[-_]?\d+", "", element.get("id") or "")
    classes = [one for one in (element.get("class") or "").split()[:2] if not re.search(r"\d{3,}", one)]
    return f"{element.tag}#{name[:40]}.{' '.join(classes)[:60]}"


def weigh(flat: Flat, title: str, repeated: Collection[str], told: str) -> None:
    """Every block has its weight. `repeated`: hashes of boilerplate; `told`: the body as structured data gives it, or ""."""
    heading = squeezed(title)
    for block in flat.blocks:
        block.weight = _weight(block, heading, repeated)
    _tables(flat)
    _runs(flat.blocks)
    _cards(flat)
    if told:
        _believe(flat.blocks, squeezed(told))
    _by_title(flat.blocks, heading)


def _weight(block: Block, heading: str, repeated: Collection[str]) -> float:
    columns, free = block.columns, block.free
    if not columns:
        return 0.0
    if repeated and columns >= 4 and block_hash(block.text) in repeated:
        return -12 - 0.5 * columns
    if block.role:
        return -10 - 0.3 * columns
    if block.linked > 0.5 * columns:
        return -3.0 if _has_file(block) else -14 - 0.4 * block.linked
    if columns < 240 and _dull(block):
        return -6.0
    if heading and columns < 400 and squeezed(block.text) == heading:
        return 0.0
    if free >= 20 and _SENTENCE.search(block.text):
        return free * (1.15 if _END.search(block.text) else 1.0) - 1.5 * block.linked
    if free >= 80:
        return min(0.5 * free, 300.0) - block.linked  # no sentence in it: a heap of keywords may be of any length
    if block.owner.tag in HEADINGS and free >= 4:
        return 4.0
    return -4.0 if free < 8 else -2.0


def _dull(block: Block) -> bool:
    """Whether a block's words are a stamp, a credit, a button or the heading of another list."""
    if block.dull is None:
        text = block.text
        block.dull = bool(JUNK.match(text) or (block.columns < 80 and LIST_HEADING.fullmatch(text)) or is_stamp_line(text))
    return block.dull


def _has_file(block: Block) -> bool:
    return any(_FILE.search(link.get("href") or "") for piece in block.pieces[:20] for link in _links(piece.at, block.owner))


def _links(element: HtmlElement, owner: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = []
    while element is not owner and element is not None and len(found) < 20:
        if element.tag == "a":
            found.append(element)
        element = element.getparent()
    return found


def _group(block: Block) -> HtmlElement | None:
    """What holds the lines that this block is one of: the table of a cell, else the parent."""
    element = block.owner
    for _ in range(4):
        if element is None or element.tag in {"table", "ul", "ol", "dl"}:
            return element
        if element.tag not in {"td", "th", "tr", "tbody", "thead", "li", "dt", "dd"}:
            break
        element = element.getparent()
    parent: HtmlElement | None = block.owner.getparent()
    return parent if block.owner.tag in {"p", "div"} else block.owner


def _tables(flat: Flat) -> None:
    """Cells of a table of data are text, however short, and links in it are no navigation."""
    inner = -1
    for span in flat.spans:
        if span.at.tag != "table":
            continue
        nested, inner = span.first <= inner, span.first
        blocks = flat.within(span)
        if nested or len(blocks) < 4 or any(block.role for block in blocks) or not is_data_table(span.at):
            continue
        for block in blocks:
            if block.columns:
                block.cell = True
                block.weight = max(0.3 * block.free, min(block.weight, block.columns))


def _runs(blocks: Sequence[Block]) -> None:
    """Short lines in numbers (verses, cells of a table, a programme) are text: three and more without links, of one parent."""
    run: list[Block] = []
    home: HtmlElement | None = None
    for block in [*blocks, None]:
        group = _group(block) if block is not None else None
        if block is not None and group is home and block.weight > -5:
            run.append(block)
            continue
        _count_run(run)
        run, home = ([block], group) if block is not None and block.weight > -5 and block.columns else ([], None)


def _count_run(run: Sequence[Block]) -> None:
    short = [block for block in run if block.weight < 0 and not block.linked]
    if len(short) >= 3 and sum(block.columns for block in short) >= 40:
        for block in short:
            block.weight = 0.3 * block.columns


def _cards(flat: Flat) -> None:
    """Teasers: three and more siblings of one make, each a link with little text, are a list of other stories."""
    groups: dict[tuple[HtmlElement, str, str], list[Span]] = defaultdict(list)
    for span in flat.spans:
        if 1 < span.last - span.first <= 7 and (parent := span.at.getparent()) is not None and span.at.tag not in {"tr", "td", "tbody"}:
            blocks = flat.within(span)
            if any(block.weight <= -14 for block in blocks) and sum(block.free for block in blocks) < 300:
                groups[parent, span.at.tag, span.at.get("class") or ""].append(span)
    good = sum(block.weight for block in flat.blocks if block.weight > 0)
    for spans in groups.values():
        gain = sum(block.weight for span in spans for block in flat.within(span) if block.weight > 0)
        if len(spans) >= 3 and gain < 0.9 * (good - gain):
            for span in spans:
                for block in flat.within(span):
                    block.weight = min(block.weight, _PRICE - 0.3 * block.columns)


def _believe(blocks: Sequence[Block], told: str) -> None:
    """Structured data gives the body's text: blocks that it holds gain, and if it holds nearly all, the others lose."""
    inside = [block for block in blocks if block.columns >= 12 and len(letters := squeezed(block.text)) >= 8 and letters in told]
    if len(told) < 100 or sum(len(squeezed(block.text)) for block in inside) < 0.6 * len(told):
        return
    chosen = set(map(id, inside))
    for block in blocks:
        if id(block) in chosen:
            block.weight = max(block.weight, 1.0 * block.columns) * 1.3
        elif block.weight > 0:
            block.weight *= 0.3


def _by_title(blocks: Sequence[Block], heading: str) -> None:
    """What stands above the headline is rarely the story; what follows it, up to the next list of links, mostly is."""
    place = title_place(blocks, heading)
    if place is None:
        return
    above = sum(block.weight for block in blocks[:place] if block.weight > 0)
    below = sum(block.weight for block in blocks[place:] if block.weight > 0)
    if above >= 2.5 * below:
        return
    for block in blocks[:place]:
        block.weight = min(block.weight, 0.05 * max(block.weight, 0.0)) if block.weight > 0 else block.weight
    barrier = 0
    for block in blocks[place + 1 :]:
        barrier = barrier + 1 if block.weight <= -14 else 0
        if barrier >= 3:
            break
        if block.weight > 0:
            block.weight *= 1.6


def title_place(blocks: Sequence[Block], heading: str) -> int | None:
    """The index of the block that prints the headline (given squeezed), a heading before other text; None if none does."""
    places = (
        [block.index for block in blocks if block.columns < 400 and not block.role and squeezed(block.text) == heading] if heading else []
    )
    marked = [place for place in places if blocks[place].owner.tag in HEADINGS]
    return next(iter(marked or places), None)


def choose(flat: Flat, title: str, votes: Mapping[str, int]) -> Choice | None:
    """The body of a weighed page, or None where nothing adds up to one. `votes`: signatures that siblings' bodies had."""
    sums = [0.0]
    for block in flat.blocks:
        sums.append(sums[-1] + block.weight)
    scored = [(sums[span.last] - sums[span.first], span) for span in flat.spans]
    if not scored:
        return None
    top = max(score for score, _ in scored)
    if top < 12:
        return None
    score, span = max(((score, span) for score, span in scored if score >= 0.98 * top), key=lambda pair: pair[1].depth)
    how = "greatest sum"
    for better, reason in ((_named(flat, scored, span, top), "named as the body"), (_voted(scored, votes, top), "as on sibling pages")):
        if better is not None:
            (score, span), how = better, reason
    keep = _lead(flat, span, title, score) + trim(flat.within(span), title)
    return Choice(span, keep, score, how, _rivals(scored, span)) if keep else None


def _lead(flat: Flat, span: Span, title: str, score: float) -> list[Block]:
    """Opening paragraphs that stand between the headline and the body's element."""
    place = title_place(flat.blocks, squeezed(title))
    if place is None or not 0 < span.first - place <= 25:
        return []
    lead = [
        block for block in flat.blocks[place + 1 : span.first] if block.weight > 0 and block.free >= 50 and _SENTENCE.search(block.text)
    ]
    fits = 0 < len(lead) <= 3 and sum(block.weight for block in lead) < 0.4 * score
    return lead if fits else []


def _rivals(scored: Sequence[tuple[float, Span]], winner: Span) -> tuple[tuple[str, float], ...]:
    others = sorted((pair for pair in scored if pair[1] is not winner), key=lambda pair: -pair[0])[:3]
    return tuple((signature(span.at), round(score, 1)) for score, span in others)


def _named(flat: Flat, scored: Sequence[tuple[float, Span]], winner: Span, top: float) -> tuple[float, Span] | None:
    """An element inside the winner that calls itself the body and holds nearly all of its sum."""
    names = {id(span.at) for span, name in flat.named if name == "body"}
    inside = [
        (score, span)
        for score, span in scored
        if id(span.at) in names
        and span.first >= winner.first
        and span.last <= winner.last
        and span.depth > winner.depth
        and score >= 0.9 * top
    ]
    return max(inside, key=lambda pair: pair[1].depth, default=None)


def _voted(scored: Sequence[tuple[float, Span]], votes: Mapping[str, int], top: float) -> tuple[float, Span] | None:
    """The element that the bodies of sibling pages were, where it holds a fair part of the sum here too."""
    for wanted in sorted(votes, key=lambda name: -votes[name])[:3]:
        if votes[wanted] < 2:
            break
        hits = [(score, span) for score, span in scored if score >= max(12.0, 0.35 * top) and signature(span.at) == wanted]
        if hits:
            return max(hits, key=lambda pair: pair[0])
    return None


def trim(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks of an element that belong to the story: no chrome, no credits, nothing from a list of other stories on."""
    blocks = _cut(blocks)
    good = [place for place, block in enumerate(blocks) if block.weight > 0 and block.columns]
    if not good:
        return []
    heading = squeezed(title)
    first, last = _back(blocks, good[0], heading), _on(blocks, good[-1])
    kept = [block for block in blocks[first : last + 1] if block.weight > _PRICE and not _is_dull(block, heading)]
    while kept and kept[-1].columns and DISCLAIMER.search(kept[-1].text) and len(kept) > 1:
        kept.pop()
    return kept


def _is_dull(block: Block, heading: str) -> bool:
    if not block.columns or block.cell:
        return not block.cell and (bool(block.role) or not block.media)
    return (block.columns < 240 and _dull(block)) or (block.columns < 400 and squeezed(block.text) == heading)


def _cut(blocks: Sequence[Block]) -> Sequence[Block]:
    """Everything from the heading of another list on is gone, when two thirds of the text stand before it."""
    total = sum(block.weight for block in blocks if block.weight > 0)
    before = 0.0
    for place, block in enumerate(blocks):
        late = before > 0.65 * total and not block.role and block.linked <= 0.5 * block.columns
        if late and block.columns < 80 and LIST_HEADING.fullmatch(block.text):
            return blocks[:place]
        before += max(0.0, block.weight)
    return blocks


def _is_dateline(block: Block) -> bool:
    """A line with a date that is no sentence: byline and stamp in whatever language."""
    return 0 < block.columns <= 140 and not _END.search(block.text) and bool(days(even(block.text), "dmy"))


def _back(blocks: Sequence[Block], first: int, heading: str) -> int:
    """Lead pictures, salutations and subheadings directly above the first paragraph, down from the headline."""
    place = first
    while first + 1 < len(blocks) and first < place + 2 and _is_dateline(blocks[first]):
        first += 1
    if first > place:
        return first
    for step in range(first - 1, max(-1, first - 5), -1):
        block = blocks[step]
        if block.weight <= _PRICE or (block.columns and (squeezed(block.text) == heading or block.columns < 6)):
            break
        if not block.columns or not (_dull(block) or _is_dateline(block)):
            place = step
    return place


def _on(blocks: Sequence[Block], last: int) -> int:
    """Signatures, closing lines, attachments and pictures directly below the last paragraph."""
    place = last
    for step in range(last + 1, min(len(blocks), last + 7)):
        block = blocks[step]
        if block.weight <= _PRICE:
            break
        if not block.columns or (block.columns >= 6 and not _dull(block)):
            place = step
    return place


def whole(flat: Flat) -> Choice:
    """Everything of a tree that an operator selected, but what is hidden."""
    keep = [block for block in flat.blocks if block.role != "hidden" and (block.columns or block.media)]
    return Choice(flat.spans[-1], keep, float(flat.total), "select.body")


def fallback(flat: Flat, title: str) -> Choice | None:
    """A body where no text adds up to one: what follows the headline up to the next list or bar (pictures, two lines)."""
    heading = squeezed(title)
    place = title_place(flat.blocks, heading)
    if place is None:
        return None
    keep: list[Block] = []
    for block in flat.blocks[place + 1 : place + 60]:
        if block.columns and (block.role or block.weight <= _PRICE or LIST_HEADING.fullmatch(block.text)):
            if keep:
                break
            continue
        if not _is_dull(block, heading):
            keep.append(block)
    span = _around(flat, keep)
    return Choice(span, keep, sum(block.columns for block in keep), "what follows the headline") if keep and span else None


def _around(flat: Flat, keep: Sequence[Block]) -> Span | None:
    """The innermost element that holds all these blocks."""
    if not keep:
        return None
    holding = [span for span in flat.spans if span.first <= keep[0].index and span.last > keep[-1].index]
    return max(holding, key=lambda span: span.depth, default=None)
