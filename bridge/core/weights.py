"""How much each block of a page speaks for being the story: a weight in columns.

Sentences count for; links, chrome, scraps, teasers of other stories, the page's foot and text that sibling pages repeat
count against. Weights are of one page; what the site has taught comes in as fingerprints of boilerplate.
"""

import re
from base64 import b85encode
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, islice, takewhile

from lxml.html import HtmlElement

from .blocks import HEADINGS, Block, Flat, Span, squeezed
from .entries import articles, entries
from .phrases import COMMENTS, is_apart, is_disclaimer, is_list_heading
from .pitches import pitches
from .tables import is_data_table

SENTENCE = re.compile(r"[。！？；，、…”」।،؛؟۔]|[.!?;,](?:\s|$|[\"'”’)])")
END = re.compile(r"[。！？…”」.!?\"')）】।؟۔]\s*$")
PRICE = -10.0
"""Blocks at or below this weight are never part of a body."""
_STOP = re.compile(r"[。！？][”’」』）)]*$")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|zip|rar|7z|csv|odt|ods|ofd|mp3|mp4|txt)(?:$|[?#])", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|。。。)$")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|。。。|\[?(?:详细|详情|全文|更多|阅读全文|read\smore|more|weiterlesen|mehr)\]?[\s»>]*)$", re.IGNORECASE)
_NUMBERED = re.compile(r"\S*\d\S*")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d\D{1,3}\d")
_ROWS = frozenset(("tr", "td", "th", "tbody", "thead"))


def fingerprint(block: Block) -> str:
    """A block's fingerprint; digits do not count, so that counters and dates leave it the same.

    "" for one that is too short, chrome, or mostly links.
    """
    if block.print is None:
        told = block.columns >= 4 and not block.role and block.linked <= 0.5 * block.columns
        letters = _DIGITS.sub("", block.letters).encode("utf-8", "replace") if told else b""
        block.print = b85encode(blake2b(letters, digest_size=4).digest()).decode() if letters else ""
    return block.print


def title_place(blocks: Sequence[Block], heading: str) -> int | None:
    """The index of the block that prints the headline (given squeezed), a heading before other text; None if none does."""
    if not heading:
        return None
    longest = 4 * len(heading) + 40
    places = [block.index for block in blocks if len(block.text) < longest and not block.role and block.letters == heading]
    marked = [place for place in places if blocks[place].owner.tag in HEADINGS]
    return next(iter(marked or places), None)


def is_dull(block: Block) -> bool:
    """Whether a block's words are a stamp, a credit, a button, the heading of another list or the page's foot."""
    if block.dull is None:
        block.dull = is_apart(block.text, block.columns) or (
            block.columns <= 80
            and len(block.pieces) > 1
            and _NUMBER.search(block.text) is not None
            and is_apart(block.spaced, block.columns)
        )
    return block.dull


def weigh(flat: Flat, title: str, repeated: Collection[str], told: str) -> None:
    """Every block has its weight. `repeated`: hashes of boilerplate; `told`: the body as structured data gives it, or ""."""
    heading = squeezed(title)
    place = title_place(flat.blocks, heading)
    for block in flat.blocks:
        block.weight = _weight(block, heading, repeated)
    _tables(flat)
    _runs(flat.blocks)
    told_before = _told(flat, place) if place is not None else ()
    if place is not None:
        _asides(flat, place, told_before)
        _sections(flat, place, told_before)
        for other in (*entries(flat, place, told_before), *articles(flat, place)):
            _put_out(other)
    _cards(flat, told_before)
    for box in pitches(flat, place) if place is not None else ():
        _put_out(box)
    if told:
        _believe(flat.blocks, squeezed(told))
    _by_title(flat.blocks, place)


def _weight(block: Block, heading: str, repeated: Collection[str]) -> float:
    columns = block.columns
    if not columns:
        return 0.0
    if repeated and fingerprint(block) in repeated:
        return -12 - 0.5 * columns
    return own_weight(block, heading)


def own_weight(block: Block, heading: str) -> float:
    """What a block weighs by itself; `heading` is the headline as `squeezed` gives it."""
    columns = block.columns
    if block.role:
        return -10 - 0.3 * columns
    if block.linked > 0.5 * columns:
        return -3.0 if has_file(block) else -14 - 0.4 * block.linked
    if is_dull(block):
        return -6.0
    if columns < 400 and ((heading and block.letters == heading) or is_disclaimer(block.text)):
        return 0.0
    return _prose(block)


def _prose(block: Block) -> float:
    free = block.free
    if free >= 20 and SENTENCE.search(block.text):
        return free * (1.15 if END.search(block.text) else 1.0) - 1.5 * block.linked
    if free >= 80:
        return min(0.5 * free, 300.0) - block.linked  # no sentence in it: a heap of keywords may be of any length
    if block.owner.tag in HEADINGS and free >= 4:
        return 4.0
    if free >= 10 and _STOP.search(block.text) and not block.linked:
        return 0.4 * free
    return -4.0 if free < 8 else -2.0


def has_file(block: Block) -> bool:
    """Whether a link of a block leads to a document or an archive."""
    return any(_FILE.search(link.get("href") or "") for link in _links(block))


def _links(block: Block) -> Iterator[HtmlElement]:
    """The links of a block, of its first 20 pieces."""
    for piece in block.pieces[:20]:
        element: HtmlElement | None = piece.at if piece.link else None
        for _ in range(20):
            if element is None or element is block.owner:
                break
            if element.tag == "a":
                yield element
            element = element.getparent()


def _put_out(blocks: Sequence[Block]) -> None:
    """These blocks are no part of any body."""
    for block in blocks:
        block.weight = min(block.weight, PRICE - 0.3 * block.columns)


def _gain(blocks: Sequence[Block]) -> float:
    return sum(block.weight for block in blocks if block.weight > 0)


# ---------------------------------------------------------------- short lines that are text


def _group(block: Block) -> HtmlElement | None:
    """What holds the lines that this block is one of: the table of a cell, else the parent."""
    element: HtmlElement | None = block.owner
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


# ---------------------------------------------------------------- other stories


def _told(flat: Flat, place: int) -> list[int]:
    """For each block, the columns of sentences between the headline and it, before the first bar of links behind them."""
    told, bars, sums = 0, 0, [0] * (place + 1)
    for block in flat.blocks[place + 1 :]:
        sums.append(told)
        if bars < 3:
            told += block.free if block.weight > 0 and not block.role else 0
            bars = bars + (block.weight <= -14) if told and block.weight <= 0 else 0
    return sums


def _asides(flat: Flat, place: int, told: Sequence[int]) -> None:
    """A region below the story that calls itself chrome is chrome, however long it is beside a short story."""
    columns = list(accumulate((block.columns for block in flat.blocks), initial=0))
    linked = list(accumulate((block.linked for block in flat.blocks), initial=0))
    reach = 0
    for span, name in sorted(flat.named, key=lambda one: (one[0].first, -one[0].last)):
        if name not in {"strong", "chrome"} or span.first <= place or span.last <= reach or told[span.first] < 20:
            continue
        if name == "strong" or 2 * (linked[span.last] - linked[span.first]) >= columns[span.last] - columns[span.first]:
            _put_out(flat.blocks[max(span.first, reach) : span.last])
            reach = span.last


def _sections(flat: Flat, place: int, told: Sequence[int]) -> None:
    """What stands under the heading of another list, below the story, is that list: comments, or lines with links."""
    below = (block for block in flat.blocks[place + 1 :] if 2 <= block.columns < 80 and not block.role)
    for head in islice((block for block in below if is_list_heading(block.text)), 20):
        comments = bool(COMMENTS.match(head.text))
        section = _under(flat, head, comments)
        if section and (comments or _is_list(section)) and told[head.index] >= (30 if comments else 20):
            _put_out(section)


def _is_list(section: Sequence[Block]) -> bool:
    full = [block for block in section if block.columns >= 8]
    return 3 * sum(block.linked > 0.3 * block.columns for block in full) >= len(full) > 0


def _under(flat: Flat, head: Block, comments: bool) -> Sequence[Block]:
    """The blocks below a heading in the outermost element that begins with it; without one, those that follow in its parent.

    There a list ends where the story goes on with a whole paragraph; comments do not.
    """
    holding = [span for span in flat.spans if span.first <= head.index < span.last]
    own = [span for span in holding if span.first == head.index and span.last - head.index > 1]
    if own:
        return flat.blocks[head.index + 1 : max(span.last for span in own)]
    around = min((span for span in holding if span.first < head.index), key=lambda span: span.last - span.first, default=None)
    rest = flat.blocks[head.index + 1 : around.last] if around else []
    return rest if comments else list(takewhile(lambda block: not goes_on(block), rest))


def goes_on(block: Block) -> bool:
    """Whether a block is a whole paragraph of a story, no teaser of another."""
    return block.weight > 0 and block.free >= 50 and not block.linked and bool(END.search(block.text)) and not _CUT_OFF.search(block.text)


def _cards(flat: Flat, told: Sequence[int]) -> None:
    """Teasers: three and more siblings of one make, each a link with little text, are a list of other stories."""
    groups: dict[tuple[HtmlElement, str, str], list[Span]] = defaultdict(list)
    for span in flat.spans:
        parent = span.at.getparent()
        if span.last - span.first <= 7 and span.at.tag not in _ROWS and parent is not None and _is_card(flat, span):
            groups[parent, span.at.tag, _unnumbered(span.at.get("class") or "")].append(span)
    good = _gain(flat.blocks)
    for spans in groups.values():
        held = [block for span in spans for block in flat.within(span)]
        gain = _gain(held)
        if len(spans) >= 3 and (gain < 0.9 * (good - gain) or (good - gain >= 20 and _elsewhere(flat, spans, told))):
            _put_out(held)


def _unnumbered(names: str) -> str:
    """Class names without those that hold a number."""
    return _NUMBERED.sub("", names) if _DIGITS.search(names) else names


def _is_card(flat: Flat, span: Span) -> bool:
    blocks = flat.within(span)
    if len(blocks) > 1:
        if _is_subheading(flat, span, blocks):
            return False
        free, link = 0, False
        for block in blocks:
            free += block.free
            link = link or block.weight <= -14
        return free < 400 and (link or any(_ELLIPSIS.search(block.text) for block in blocks))
    return (
        bool(blocks) and blocks[0].free < 400 and 8 <= blocks[0].linked < 0.9 * blocks[0].columns and bool(_CUT_OFF.search(blocks[0].text))
    )


def _is_subheading(flat: Flat, span: Span, blocks: Sequence[Block]) -> bool:
    """Whether an element is a heading with a short link beside it (edit), right above a whole paragraph."""
    if len(blocks) != 2 or blocks[0].owner.tag not in HEADINGS or blocks[0].linked or blocks[1].columns > 24:
        return False
    below = flat.blocks[span.last] if span.last < len(flat.blocks) else None
    return (
        below is not None and below.weight > 0 and below.free >= 50 and 3 * below.linked < below.columns and not _CUT_OFF.search(below.text)
    )


def _elsewhere(flat: Flat, spans: Sequence[Span], told: Sequence[int]) -> bool:
    """Whether teasers stand below the story: their texts are cut off, or each begins with a link that is a title."""
    if not told or told[spans[0].first] < 20:
        return False
    cut = sum(any(_CUT_OFF.search(block.text) for block in flat.within(span)) for span in spans)
    titled = sum(any(block.linked >= 12 for block in flat.within(span)[:2]) for span in spans)
    return 2 * cut >= len(spans) or titled == len(spans)


# ---------------------------------------------------------------- what else the page says


def _believe(blocks: Sequence[Block], told: str) -> None:
    """Structured data gives the body's text: blocks that it holds gain, the others lose, but for their siblings: it may be cut off."""
    inside = [block for block in blocks if block.columns >= 12 and len(letters := block.letters) >= 8 and letters in told]
    if len(told) < 100 or sum(len(block.letters) for block in inside) < 0.6 * len(told):
        return
    chosen, homes = set(map(id, inside)), {block.owner.getparent() for block in inside}
    for block in blocks:
        if id(block) in chosen:
            block.weight = max(block.weight, 1.0 * block.columns) * 1.3
        elif block.weight > 0 and block.owner.getparent() not in homes:
            block.weight *= 0.3


def _by_title(blocks: Sequence[Block], place: int | None) -> None:
    """What stands above the headline is rarely the story; what follows it, up to the next list of links, mostly is."""
    if place is None or _gain(blocks[:place]) >= 2.5 * _gain(blocks[place:]):
        return
    for block in blocks[:place]:
        block.weight = 0.05 * block.weight if block.weight > 0 else block.weight
    barrier, told, factor = 0, 0.0, 1.6
    for block in blocks[place + 1 :]:
        barrier = barrier + 1 if block.weight <= -14 else 0
        if barrier >= 3:
            factor = 0.7 if told >= 20 else 1.0
        if block.weight > 0:
            told += block.weight
            block.weight *= factor
