"""Which element is the body of an article, and which of its blocks belong to the story.

core.weights says how much each block speaks for being text; the body is the element with the greatest sum (maximum
subsequence segmentation on the tree; Pasternack and Roth, WWW 2009). Then what the portal itself marks as something else
is taken out of it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import nlargest
from itertools import islice, takewhile
from operator import itemgetter

from lxml.html import HtmlElement

from .blocks import HEADINGS, Block, Flat, Span, squeezed
from .dateforms import days, even
from .phrases import COMMENTS, PRINTED, is_disclaimer, is_list_heading, is_signature
from .weights import END, PRICE, SENTENCE, fingerprint, goes_on, has_file, is_dull, own_weight, title_place

_PORTRAIT = re.compile(r"author|avatar|user|portrait|byline|writer|logo|icon|profile|qr", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:$|[?#])", re.IGNORECASE)
_LEAD = 240
"""Columns that a lead may take."""
_PARTS = frozenset(("p", "ol", "ul", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True)
class Choice:
    """The body: its element, the kept blocks in order, its sum, and how it was found; `rivals` are the runners-up."""

    span: Span
    keep: Sequence[Block]
    score: float
    how: str
    rivals: Sequence[tuple[str, float]] = field(default_factory=tuple)


def signature(element: HtmlElement) -> str:
    """Tag, id and first two classes without numbers, of an element and its parent."""
    parent = element.getparent()
    return _sign(element) + ("<" + _sign(parent) if parent is not None else "")


def _sign(element: HtmlElement) -> str:
    return _signed(element.tag, element.get("id") or "", element.get("class") or "")


@lru_cache(maxsize=1024)
def _signed(tag: str, name: str, names: str) -> str:
    classes = [one for one in names.split()[:2] if not re.search(r"\d{3,}", one)]
    plain = re.sub(r"[-_]?\d+", "", name)
    return f"{tag}#{plain[:40]}.{' '.join(classes)[:60]}"


def choose(flat: Flat, title: str, votes: Mapping[str, int]) -> Choice | None:
    """The body of a weighed page, or None where nothing adds up to one. `votes`: signatures that siblings' bodies had."""
    sums = [0.0]
    for block in flat.blocks:
        sums.append(sums[-1] + block.weight)
    scored = [(sums[span.last] - sums[span.first], span) for span in flat.spans]
    if not scored:
        return None
    top = max(map(itemgetter(0), scored))
    if top < 12:
        return None
    score, span = max(((score, span) for score, span in scored if score >= 0.98 * top), key=lambda pair: pair[1].depth)
    how = "greatest sum"
    named = _named(flat, scored, span, top) or _named_around(flat, scored, span, top)
    for better, reason in ((named, "named as the body"), (_voted(scored, votes, top), "as on sibling pages")):
        if better is not None:
            (score, span), how = better, reason
    keep = _lead(flat, span, title, score) + trim(flat.within(span), title) + _close(flat, span)
    return Choice(span, keep, score, how, _rivals(scored, span)) if keep else None


def _lead(flat: Flat, span: Span, title: str, score: float) -> list[Block]:
    """Opening paragraphs, pictures and players that stand between the headline and the body's element."""
    place = title_place(flat.blocks, squeezed(title))
    if place is None or not 0 < span.first - place <= 25:
        return []
    lead = [block for block in flat.blocks[place + 1 : span.first] if block.weight > 0 and block.free >= 50 and SENTENCE.search(block.text)]
    headed = sum(block.owner.tag in HEADINGS for block in flat.blocks[place + 1 : span.first] if block.columns) >= 2  # boxes of their own
    fits = 0 < len(lead) <= 3 and not headed and sum(block.weight for block in lead) < 0.4 * score
    shown = [block for block in flat.blocks[place + 1 : span.first] if _is_shown(block)]
    shown = shown if len(shown) <= 3 else []
    return sorted([*(lead if fits else ()), *shown], key=lambda block: block.index)


def _is_shown(block: Block) -> bool:
    """Whether a block is a picture or a player that stands alone, is nobody's portrait and leads to no other page."""
    if not block.media or block.columns or block.role:
        return False
    for element in [one for piece in block.pieces[:4] if piece.void for one in (piece.at, *islice(piece.at.iterancestors(), 3))]:
        if _PORTRAIT.search(f"{element.get('class')} {element.get('id')}") or (
            element.tag == "a" and not _PICTURE.search(element.get("href") or "")
        ):
            return False
    return True


def _close(flat: Flat, span: Span) -> list[Block]:
    """The signature directly behind the body's element: who signs, and the day in full."""
    behind = list(takewhile(lambda block: block.weight > PRICE / 2 and not block.linked, flat.blocks[span.last : span.last + 3]))
    signed = next((place for place, block in enumerate(behind) if is_signature(block.text)), -1)
    return behind[: signed + 1] if all(block.columns <= 60 and not block.role for block in behind[: signed + 1]) else []


def restored(choice: Choice, flat: Flat, title: str, doubtful: Collection[str]) -> Choice:
    """The choice with the sentences back that stand between its paragraphs and were left out only because some siblings have them too.

    `doubtful`: the fingerprints of such.
    """
    own = set(map(id, choice.keep))
    inside = flat.blocks[choice.keep[0].index : choice.keep[-1].index] if doubtful else []
    heading = squeezed(title)
    back = [one for one in inside if id(one) not in own and fingerprint(one) in doubtful and own_weight(one, heading) > 0]
    return replace(choice, keep=sorted([*choice.keep, *back], key=lambda block: block.index)) if back else choice


def _rivals(scored: Sequence[tuple[float, Span]], winner: Span) -> tuple[tuple[str, float], ...]:
    others = nlargest(3, (pair for pair in scored if pair[1] is not winner), key=itemgetter(0))
    return tuple((signature(span.at), round(score, 1)) for score, span in others)


def _named(flat: Flat, scored: Sequence[tuple[float, Span]], winner: Span, top: float) -> tuple[float, Span] | None:
    """An element inside the winner that calls itself the body and holds nearly all of its sum; most of it, if no other does."""
    bodies = [span for span, name in flat.named if name == "body" and winner.first <= span.first and span.last <= winner.last]
    names = {id(span.at) for span in bodies}
    outer = max(bodies, key=lambda span: span.last - span.first, default=winner)
    least = 0.75 if all(outer.first <= span.first and span.last <= outer.last for span in bodies) else 0.9
    inside = [
        (score, span)
        for score, span in scored
        if id(span.at) in names
        and span.first >= winner.first
        and span.last <= winner.last
        and span.depth > winner.depth
        and score >= least * top
    ]
    return max(inside, key=lambda pair: pair[1].depth, default=None)


def _named_around(flat: Flat, scored: Sequence[tuple[float, Span]], winner: Span, top: float) -> tuple[float, Span] | None:
    """The innermost element around a single paragraph or list that calls itself the body, where short lines cost it little."""
    if winner.at.tag not in _PARTS:
        return None
    names = {id(span.at) for span, name in flat.named if name == "body"}
    around = [
        (score, span)
        for score, span in scored
        if id(span.at) in names
        and span.first <= winner.first
        and span.last >= winner.last
        and span.depth < winner.depth
        and score >= 0.8 * top
    ]
    return max(around, key=lambda pair: pair[1].depth, default=None)


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
    kept = [block for block in blocks[first : last + 1] if block.weight > PRICE and not _is_dull(block, heading)]
    kept = _without_foreign(blocks, _undated(kept))
    while kept and kept[-1].columns and is_disclaimer(kept[-1].text) and len(kept) > 1:
        kept.pop()
    return kept


def _without_foreign(blocks: Sequence[Block], kept: list[Block]) -> list[Block]:
    """Without what stands behind chrome below the story in elements of another make, as long as it is short."""
    start, end, earliest = blocks[0].index if blocks else 0, len(kept), len(kept)
    homes = list(map(_home, kept))
    first = {home: place for place, home in reversed(list(enumerate(homes)))}
    gain, total = 0.0, sum(max(0.0, block.weight) for block in kept)
    for place in range(len(kept) - 1, 0, -1):
        block = kept[place]
        gain += max(0.0, block.weight)
        earliest = min(earliest, first[homes[place]])
        if gain > 0.15 * total or block.media or has_file(block) or is_signature(block.text):
            break
        between = blocks[kept[place - 1].index + 1 - start : block.index - start]
        if gain > 0 and earliest >= place and any(one.columns and one.weight <= PRICE for one in between):
            end = place
    return kept[:end]


def _home(block: Block) -> tuple[str, str]:
    parent = block.owner.getparent()
    return _sign(block.owner), _sign(parent) if parent is not None else ""


def _undated(kept: list[Block]) -> list[Block]:
    """Without the byline that stands with its date between the lead and the rest."""
    told = 0
    for place, block in enumerate(kept[:6]):
        told += block.columns
        if told > _LEAD:
            break
        if place + 1 < len(kept) and _is_dateline(block) and PRINTED.search(block.spaced):
            return [*kept[:place], *kept[place + 1 :]]
    return kept


def _is_dull(block: Block, heading: str) -> bool:
    if not block.columns or block.cell:
        return not block.cell and (bool(block.role) or not block.media)
    return is_dull(block) or (block.columns < 400 and block.letters == heading)


def _cut(blocks: Sequence[Block]) -> Sequence[Block]:
    """Everything from the heading of another list on is gone, when two thirds of the text stand before it."""
    total = sum(block.weight for block in blocks if block.weight > 0)
    before = 0.0
    for place, block in enumerate(blocks):
        late = before > 0.65 * total and not block.role and block.linked <= 0.5 * block.columns
        if late and block.columns < 80 and is_list_heading(block.text) and not _resumes(blocks, place):
            return blocks[:place]
        before += max(0.0, block.weight)
    return blocks


def _resumes(blocks: Sequence[Block], place: int) -> bool:
    """Whether links under a heading are but a box: behind them stand two paragraphs where those before it stand."""
    if COMMENTS.match(blocks[place].text):
        return False
    homes = {block.owner.getparent() for block in blocks[max(0, place - 30) : place] if block.weight > 0}
    after = [block for block in blocks[place + 1 : place + 16] if block.columns]
    links = list(takewhile(lambda block: block.weight <= PRICE, after))
    told = after[len(links) : len(links) + 2]
    return len(links) > 0 and len(told) == 2 and all(goes_on(block) and block.owner.getparent() in homes for block in told)


def _is_dateline(block: Block) -> bool:
    """A line with a date that is no sentence: byline and stamp in whatever language."""
    if not 0 < block.columns <= 140 or END.search(block.text.strip("()（）[]【】 ")):
        return False
    return any(piece.at.tag == "time" for piece in block.pieces[:20]) or bool(days(even(block.text), "dmy"))


def dateline(keep: Sequence[Block], flat: Flat) -> int:
    """The index of the last line with a date between a short lead and the rest of the story, no caption; -1 without one."""
    told, place = 0, -1
    for block in flat.blocks[keep[0].index : keep[0].index + 10]:
        if _is_dateline(block) and not (flat.blocks[block.index - 1].media and not flat.blocks[block.index - 1].columns):
            place = block.index
        elif block.weight > 0 and block.free >= 20:
            told += block.columns
            if told > _LEAD:
                break
    behind = sum(block.columns for block in keep if block.index > place)
    return place if behind > sum(block.columns for block in keep if block.index < place) else -1


def _back(blocks: Sequence[Block], first: int, heading: str) -> int:
    """Lead pictures, salutations and subheadings directly above the first paragraph, down from the headline."""
    place = first
    while first + 1 < len(blocks) and first < place + 2 and _is_dateline(blocks[first]):
        first += 1
    if first > place:
        return first
    for step in range(first - 1, max(-1, first - 5), -1):
        block = blocks[step]
        if block.weight <= PRICE or (block.columns and (block.letters == heading or block.columns < 6)):
            break
        if not block.columns or not (is_dull(block) or _is_dateline(block)):
            place = step
    return place


def _on(blocks: Sequence[Block], last: int) -> int:
    """Signatures, closing lines, attachments and pictures directly below the last paragraph."""
    place = last
    for step in range(last + 1, min(len(blocks), last + 7)):
        block = blocks[step]
        if block.weight <= PRICE:
            break
        if not block.columns or (block.columns >= 6 and not is_dull(block)):
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
        if block.columns and (block.role or block.weight <= PRICE or is_list_heading(block.text)):
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
