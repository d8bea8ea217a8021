"""Pages that hold more than their article: the replies of a thread, comments below a story, a second article.

Words are not asked: an entry is one of several siblings of one make, each with a moment (a day and a clock) of its own
in a short line; an article is a heading made like the headline with a stamp below it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from .blocks import HEADINGS, Block, Flat, Span
from .phrases import STAMP, is_stamp_line

_MOMENT = re.compile(
    r"(?:19|20)\d\d\D.{0,24}?\d{1,2}[:：]\d\d|\d{1,2}[:：]\d\d.{0,20}?\D(?:19|20)\d\d(?!\d)|(?:发表|回复)于\s?[:：]?\s?(?:19|20)?\d\d-"
)
_NUMBERED = re.compile(r"\S*\d\S*")
_CELLS = frozenset(("tr", "td", "th", "tbody", "li", "p"))


def entries(flat: Flat, place: int, told: Sequence[int]) -> Iterator[Sequence[Block]]:
    """The blocks of entries that are not the article: all of them below a story, else all but the one under the headline."""
    moments = list(accumulate((_is_moment(block) for block in flat.blocks), initial=0))
    if moments[-1] < 2:
        return
    groups: dict[tuple[HtmlElement, str, str], list[Span]] = defaultdict(list)
    for span in flat.spans:
        if span.last > place and 1 <= moments[span.last] - moments[span.first] <= 2 and (span.at.tag not in _CELLS or _is_item(span)):
            parent = span.at.getparent()
            if parent is not None:
                groups[parent, span.at.tag, _NUMBERED.sub("", span.at.get("class") or "")].append(span)
    for spans in groups.values():
        told_before = spans[0].first > place and told[spans[0].first] >= 20
        others = spans if told_before else spans[1:]
        if len(spans) >= 2 and len(others) >= 1 + told_before and all(_is_entry(flat.within(span)) for span in spans):
            yield from map(flat.within, others)


def _is_item(span: Span) -> bool:
    """Whether an item of a list holds lines of its own, as none of a chronicle does."""
    return bool(span.at.tag == "li") and span.last - span.first >= 3


def _is_moment(block: Block) -> bool:
    text = block.text
    return 8 <= block.columns <= 160 and (":" in text or "：" in text or "于" in text) and bool(_MOMENT.search(text))


def _is_entry(blocks: Sequence[Block]) -> bool:
    """Whether somebody says something here: text, and a short line with more than a moment, as a chronicle has none."""
    named = any(0 < block.columns <= 160 and block.weight <= 0 and any(map(str.isalpha, STAMP.sub("", block.text))) for block in blocks)
    return named and any(block.weight > 0 for block in blocks)


def articles(flat: Flat, place: int) -> Iterator[Sequence[Block]]:
    """The blocks of other articles behind the headline's, each from its heading on."""
    made = _make(flat.blocks[place])
    if made[0] not in HEADINGS or not _stamped(flat.blocks, flat.blocks[place]):
        return
    heads = [block.index for block in flat.blocks[place + 1 :] if block.columns and _make(block) == made and _stamped(flat.blocks, block)]
    for head in heads:
        around = [span for span in flat.spans if place < span.first <= head < span.last]
        holding = [span for span in flat.spans if span.first <= place and head < span.last]
        outer = min(around, key=lambda span: (span.first, -span.last), default=None) or min(
            holding, key=lambda span: span.last - span.first
        )
        yield flat.blocks[max(outer.first, place + 1) if outer in around else head : outer.last]


def _make(block: Block) -> tuple[str, str]:
    return str(block.owner.tag), block.owner.get("class") or ""


def _stamped(blocks: Sequence[Block], head: Block) -> bool:
    after = next((one for one in blocks[head.index + 1 : head.index + 4] if one.columns), None)
    return after is not None and any(map(str.isdigit, after.text)) and is_stamp_line(after.text)
