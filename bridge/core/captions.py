"""Which lines of a body are captions of its pictures, and which of those are printed twice.

A caption is what a figure says it is, what the picture's alt text says again, or a short line set apart (centred, small,
marked ▲ or 图) directly beside a picture.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from .blocks import Block, squeezed
from .dom import normal

Kind = Literal["text", "caption", "again"]
_MARKED = re.compile(
    r"^\W{0,2}[▲△▼▽↑↓←→◀▶]|^(?:图为|图片来源|上图|下图|左图|右图|图\s?[一二三四五六七八九十\d]+\b|photo\b|foto\b|image\b|caption\b|写真|사진|фото)"
    r"|(?:摄|摄影|供图|资料图(?:片)?|图源.{0,12}|photo|getty\simages|afp|reuters|撮影|提供)\s*[)）】\]]?\W*$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|[-_\s])(?:\w*caption\w*|pic\w*|photo\w*|img\w*|tupian|figure\w*|tu)(?:$|[-_\s\d])", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_LONGEST = 160


def captions(blocks: Sequence[Block], cells: Sequence[bool]) -> Iterator[Kind]:
    """For each block: story text, a caption, or one `again` that stood there just before. `cells`: it is part of a data table."""
    said = ""
    for place, (block, cell) in enumerate(zip(blocks, cells, strict=True)):
        if cell or not block.text or block.columns > _LONGEST or (block.media and len(block.text) > 100):
            said = block.text or said
            yield "text"
            continue
        if 4 <= len(block.text) <= 100 and said.endswith(block.text) and not block.media:
            yield "again"
            continue
        said = block.text
        yield "caption" if _is_caption(blocks, place) else "text"


def _is_caption(blocks: Sequence[Block], place: int) -> bool:
    block = blocks[place]
    near = [one for one in blocks[max(0, place - 3) : place + 2] if one.media]
    if _inside(block, "figcaption") or (near and block.letters in _alts(near)):
        return True
    if block.columns > 120:
        return False
    neighbours = (*blocks[max(0, place - 1) : place], *blocks[place + 1 : place + 2])
    beside = bool(block.media) or any(one.media and not one.text for one in neighbours)
    return beside and (_set_apart(block) or bool(_MARKED.search(block.text)))


def _inside(block: Block, tag: str) -> bool:
    return block.owner.tag == tag or any(one.tag == tag for one, _ in zip(block.owner.iterancestors(), range(4), strict=False))


def _alts(blocks: Sequence[Block]) -> set[str]:
    """What the pictures of these blocks are said to show."""
    pictures = [piece.at for block in blocks for piece in block.pieces[:20] if piece.void and piece.at.tag != "br"]
    return {text for one in pictures if (text := squeezed(normal(one.get("alt") or one.get("title") or "")))}


def _set_apart(block: Block) -> bool:
    """Whether the page prints a line in the middle, or calls it a picture's."""
    for element in (block.owner, block.owner.getparent()):
        if element is None:
            break
        if element.tag == "center" or element.get("align") == "center" or _CENTRED.search(element.get("style") or ""):
            return True
        if _NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False
