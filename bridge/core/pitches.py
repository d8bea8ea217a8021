"""Boxes within a story that no element names: invitations to subscribe, to a newsletter or to an account, and who the writer is.

Words alone prove nothing (news tells of subscriptions): a box is of another make than the paragraphs of the story, and small.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from operator import attrgetter

from lxml.html import HtmlElement

from .blocks import Block, Flat

_HINTS = (
    "ewsletter", "ubscri", "a member", "embers", "upporter", "ncel at ", "ncel any", "engagement", "uando ", "kündbar", "reporting",
    "journalism",
    "newsroom", "readers like", "bonne", "bbonat", "bbonam", " Abo", "uscrip", "uscríb", "ssine ", "ssinatura", "ve read", "oin us",
    "ollow us", "ollow topics", "ollow and", "одпи", "elegram", "hatsApp", "会员", "会員", "購読",
)  # fmt: skip
_PITCH = re.compile(
    r"\bnewsletters?\b"
    r"|\b(?:subscribe|become\sa\s(?:\w+\s)?(?:member|subscriber|supporter))\s(?:now|today|here|to\s(?:read|continue|unlock|keep|our|get|the)|for\s(?:just|only|full|unlimited|free))"
    r"|\bcancel\s(?:at\s)?any\s?time|\bjederzeit\s(?:\w+\s)?kündbar|\bsans\sengagement|\bcancela\scuando\squieras|\bdisdici\squando\s"
    r"|\b(?:support|fund)\s(?:quality|independent|local|our|trusted)\s(?:\w+\s)?(?:reporting|journalism|newsroom)|\b(?:rely|relies|depend)\son\sreaders\slike\syou"
    r"|\byou['’]ve\sread\s\d+\s(?:free\s)?articles?|\bjoin\sus\stoday|\balready\sa\s(?:subscriber|member)|\b(?:déjà|bereits|schon|già)\sabonn|\bya\seres\ssuscriptor|\b(?:subscribers?|members?)[-\s]only|\breserved\sfor\ssubscribers"
    r"|\b(?:tu\ssuscripción|votre\sabonnement|il\stuo\sabbonamento|ihre?m?\sabo(?:nnement)?|sua\sassinatura)\b|\babonne(?:z|ment)[-\s](?:vous|illimité)|\babonniere[n]?\ssie|\bjetzt\sabonnieren"
    r"|\bsuscríbete|\bassine\s(?:já|agora|o)\b|\babbonati\b|\bfollow\s(?:us|topics|and\ssupport)\b|\bподпи(?:шитесь|сывайтесь)|\bчитайте\s.{0,40}\b(?:telegram|whatsapp)"
    r"|成为会员|加入会员|订阅.{0,6}会员|有料会員|会員登録|購読(?:する|はこちら)",
    re.IGNORECASE,
)
_WRITER = re.compile(
    r"^.{2,40}?\s+is\san?\s(?:[\w-]+\s){0,3}(?:reporter|editor|writer|correspondent|journalist|columnist|contributor)\b",
)
_COLUMNS, _BLOCKS = 700, 8
"""A box is no larger."""
_MOST = 0.25
"""What is made like more of a page's text is the story, and no box has more."""


def pitches(flat: Flat, place: int) -> Iterator[Sequence[Block]]:
    """The blocks of each such box behind the headline."""
    told = [(block, _make(block.owner)) for block in flat.blocks[place + 1 :] if block.weight > -5 and block.columns >= 6]
    gains: dict[_Make, float] = defaultdict(float)
    for block, make in told:
        if block.weight > 0:
            gains[make] += block.weight
    most = _MOST * sum(gains.values())
    own = {make for make, gain in gains.items() if gain > most}
    said = (block for block, make in told if make not in own and block.columns < 400 and _is_pitch(block))
    yield from (_box(flat, block, own, most) for block in islice(said, 40))


def _is_pitch(block: Block) -> bool:
    text = block.text
    if any(hint in text for hint in _HINTS) and _PITCH.search(text):
        return True
    return "is a" in text[:60] and _WRITER.match(block.spaced) is not None


_Make = tuple[str | None, ...]


def _make(owner: HtmlElement) -> _Make:
    """Tag and class of what holds a block and of the two elements around it."""
    parent = owner.getparent()
    above = parent.getparent() if parent is not None else None
    if above is None:
        return owner.tag, owner.get("class")
    return owner.tag, owner.get("class"), parent.tag, parent.get("class"), above.tag, above.get("class")


def _box(flat: Flat, block: Block, own: set[_Make], most: float) -> Sequence[Block]:
    """The largest small element around a block that holds nothing made like the story; else the block alone."""
    best: Sequence[Block] = [block]
    start = bisect_right(flat.spans, block.index, key=attrgetter("last"))  # spans are in the order of their ends
    for span in takewhile(lambda span: span.last <= block.index + _BLOCKS, islice(flat.spans, start, None)):
        if span.first > block.index or span.last - span.first > _BLOCKS:
            continue
        held = flat.within(span)
        if len(held) > len(best) and sum(one.columns for one in held) <= _COLUMNS and not any(_make(one.owner) in own for one in held):
            best = held if _gain(held) <= most else best
    return best


def _gain(blocks: Sequence[Block]) -> float:
    return sum(block.weight for block in blocks if block.weight > 0)
