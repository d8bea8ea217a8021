"""The headline of an article page, without the site's name, and whole where a list cut it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from .blocks import HEADINGS, Block, squeezed
from .dom import normal, width
from .facts import Facts
from .phrases import is_list_heading, is_stamp_line
from .stamps import printed_lines

_SEPARATOR = re.compile(
    r"\s*[|｜_»«·•]+\s*|\s+[-–—:：~]+\s+|-{2,}|——|\s*(?:::|>>|<<|\s/\s)\s*|(?<=[\u4e00-\u9fff”」》!?！？])\s*[-–—]\s*(?=[\u4e00-\u9fff])"
)
_SECTION = re.compile(r"\S{0,4}(?:中心|频道|栏目|正文)")
_INDEX = re.compile(r"/(?:index|default)\.\w{3,5}/$", re.IGNORECASE)
_GENERIC = frozenset((
    "新闻内容", "新闻详情", "信息内容", "信息详情", "文章内容", "文章详情", "详细内容", "内容详情", "正文",
    "新闻中心", "新闻动态", "通知公告", "公告通知",
    "forimmediaterelease", "pressrelease", "pressreleases", "newsrelease", "pressemitteilung", "pressemitteilungen", "newpage1",
    "untitleddocument", "无标题文档",
))  # fmt: skip
"""What stands in many a page's place for its title, as `squeezed` gives it."""
_CUT = re.compile(r"\s*(?:…|\.{2,}|。。。|⋯)\s*$")
_NAMED = re.compile(r"(?:^|[-_\s])(?:\w*title\w*|headline|hd|biaoti|bt\d?|tit|h1)(?:$|[-_\s])", re.IGNORECASE)
_DATED = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
_BIG = re.compile(r"font-size\s*:\s*(?:1[89]|[23]\d)(?:px|pt)")
_LARGE = re.compile(r"\s*(?:[4-7]|\+\s?[1-4])\s*")
_MARKED = re.compile(r"[\[【(]?(?:原创|转载|置顶|推荐|精华|独家|热门|最新|图文|组图|视频)[\]】)]?[\s|:：]*")
_SENTENCE = re.compile(r"[。！？；，]|[.!?;,](?:\s|$)")
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\n(?=[\u2e80-\u9fff\uff00-\uffef])|\n(?=——)")
_OPENING = re.compile(r"^(?:标\s*题|题\s*目|主\s*题|名\s*称|信息名称|信息标题)\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Headline:
    """The title, why it was chosen, the site's suffix in `<title>` ("" where there is none), and the runners-up."""

    text: str
    why: str
    suffix: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hints:
    page: str
    stated: tuple[str, ...]
    link: str
    site: frozenset[str]
    parts: tuple[str, ...] = ()
    url: str = ""


def find_title(
    blocks: Sequence[Block], facts: Facts, names: Sequence[str], link: str | None, lessons: Mapping[str, int], url: str = ""
) -> Headline:
    """The best headline. `names`: what the site is called; `link`: the list's text; `lessons`: known suffixes of `<title>`."""
    hints = _hints(facts, names, link, url)
    ranked = _ranked(blocks, hints)
    score, best = ranked[0] if ranked else (0.0, None)
    page = without_suffix(facts.head_title, names, lessons)
    stated = _stated(facts, names, lessons, page, hints)
    vague = _is_vague(page, blocks)
    found = _printed(score, best, facts, vague) or (vague and _drawn(blocks, facts)) or next(stated, None)
    found = found or _left(score, best, facts, page, hints, link)
    return replace(found, rivals=tuple(block.text[:80] for _, block in ranked[1:4]))


def _hints(facts: Facts, names: Sequence[str], link: str | None, url: str = "") -> _Hints:
    return _Hints(
        squeezed(facts.head_title),
        tuple(one for one in (squeezed(facts.headline), squeezed(facts.og_title)) if one),
        squeezed(_CUT.sub("", link or "")),
        _GENERIC | set(filter(None, map(squeezed, [*names, facts.site_name]))),
        tuple(squeezed(part) for part, _ in _parts(facts.head_title)),
        url,
    )


def _ranked(blocks: Sequence[Block], hints: _Hints) -> list[tuple[float, Block]]:
    """What may be the headline with its score, best first, the earlier of two equals before the later."""
    first = next((one.index for one in blocks if one.free >= 60 and not one.role and _SENTENCE.search(one.text)), -1)
    scored = [(_score(blocks, block, hints, first), block) for block in blocks[:600] if _possible(block)]
    return sorted(scored, key=lambda one: -one[0])


def _is_vague(page: str, blocks: Sequence[Block]) -> bool:
    """Whether the title element says too little, or something that the page does not print."""
    plain = squeezed(page)
    return len(plain) < 8 or not any(plain in block.letters for block in blocks if block.columns < 320)


def _printed(score: float, best: Block | None, facts: Facts, vague: bool) -> Headline | None:
    """The best line where it is sure enough, or where the page states nothing better."""
    if best is not None and score >= 20:
        return Headline(_bare(best, facts), f"printed as headline ({score:.0f})", suffix_of(facts.head_title, best.text))
    if best is not None and score >= 10 and vague and not facts.og_title and not facts.headline:
        return Headline(_bare(best, facts), "the most prominent line")
    return None


def _stated(facts: Facts, names: Sequence[str], lessons: Mapping[str, int], page: str, hints: _Hints) -> Iterator[Headline]:
    """What the head of the page says, as far as it is more than the site's name."""
    for text, why in ((facts.og_title, "og:title"), (facts.headline, "structured data"), (page, "title element")):
        shorn = without_suffix(text, names, lessons)
        if shorn and squeezed(shorn) not in hints.site:
            yield Headline(shorn, why, suffix_of(facts.head_title, shorn))


def _left(score: float, best: Block | None, facts: Facts, page: str, hints: _Hints, link: str | None) -> Headline:
    """What there is where nothing is sure."""
    nameless = not link and squeezed(page) in {"", *hints.site}
    if best is not None and score >= (4 if nameless else 10):
        return Headline(_bare(best, facts), "the most prominent line")
    return Headline(_CUT.sub("", link or "") or facts.head_title, "list line" if link else "title element")


def _drawn(blocks: Sequence[Block], facts: Facts) -> Headline | None:
    """The alternative text of a picture that stands alone where the headline does, directly above the stamp."""
    for block, below in pairwise(blocks[:300]):
        if block.media and not block.columns and not block.role and _stamps(below):
            alt = next((text for piece in block.pieces if (text := normal(piece.at.get("alt") or piece.at.get("title") or ""))), "")
            if 8 <= width(alt) <= 160 and not alt.isascii() and not facts.og_title and not facts.headline:
                return Headline(alt, "the words of a picture above the stamp")
    return None


def _bare(block: Block, facts: Facts) -> str:
    """A headline without the label that calls it the title, without a mark of its kind, and of several lines those that are of it."""
    lines = printed_lines(block) if "\n" in (piece.text for piece in block.pieces) else [block.text]
    if _is_glued(block) and (whole := _said_so(block.letters, facts)):
        return whole
    stated = {squeezed(text) for text in (facts.headline, facts.og_title, *(part for part, _ in _parts(facts.head_title)))}
    if len(lines) > 1 and len(first := squeezed(lines[0])) >= 4 and (first in stated or squeezed(facts.head_title).endswith(first)):
        return _OPENING.sub("", normal(lines[0]))
    text = _OPENING.sub("", _WRAPPED.sub("", "\n".join(map(normal, lines))).replace("\n", " "))
    marked = _MARKED.match(text)
    return text[marked.end() :] if marked and facts.head_title.startswith(text[marked.end() :][:8]) else text


def _is_glued(block: Block) -> bool:
    """Whether two inline elements meet in a word: a style sheet sets them apart."""
    return any(
        one.at is not other.at and one.text[-1:].isalnum() and other.text[:1].isalnum() for one, other in pairwise(block.pieces[:20])
    )


def _said_so(letters: str, facts: Facts) -> str:
    """What the head of the page prints with these letters, "" where it does not."""
    parts = (part for part, _ in _parts(facts.head_title))
    return next((normal(text) for text in (facts.headline, facts.og_title, *parts) if text and squeezed(text) == letters), "")


def _possible(block: Block) -> bool:
    return 4 <= block.columns <= 320 and block.role != "hidden" and len(block.text) >= 2


def _score(blocks: Sequence[Block], block: Block, hints: _Hints, first: int) -> float:
    """How much a block looks like the headline; 20 and more is sure. `first`: the index of the first long sentence."""
    text = block.letters
    if len(text) < 2 or text in hints.site:
        return -10
    score = _agreement(text, hints)
    if not score and (block.linked > 0.5 * block.columns or (block.columns < 80 and is_list_heading(block.text))):
        return -10
    if not score and 0 <= first < block.index - 3 and block.owner.tag != "h1":
        score -= 6
    if block.linked > 0.5 * block.columns:
        where = _leads(block, hints.url)
        if where == "up":
            return -10
        score -= 0 if where == "here" else 14
    score += _prominence(block) + (16 if _OPENING.match(block.text) else 0)
    if block.role:
        score -= 8
    if score == 0 and first > block.index and 12 <= block.columns <= 100 and not _stamps(block):
        return 2 + _followed(blocks, block, False, -1)
    return score + _followed(blocks, block, text in hints.parts[1:], first if score >= 4 else -1) if score > 0 else score


def _leads(block: Block, url: str) -> str:
    """Where a linked line leads: "here", "up" to the site's front page or a section that holds the page, or "" elsewhere."""
    element = next((piece.at for piece in block.pieces if piece.link), None)
    while element is not None and element.tag != "a":
        element = element.getparent()
    href = element.get("href") if element is not None else None
    if not url or not href or href.lower().startswith("javascript:"):
        return ""
    try:
        there, here = urlsplit(urljoin(url, href.strip())), urlsplit(url)
    except ValueError:
        return ""
    if there.netloc.lower() != here.netloc.lower():
        return ""
    if (there.path, there.query) == (here.path, here.query):
        return "here"
    above = _INDEX.sub("/", there.path.rstrip("/") + "/")
    return "up" if here.path.startswith(above) and not there.query else ""


def _followed(blocks: Sequence[Block], block: Block, part: bool, first: int) -> float:
    """What it counts that a stamp follows, at once or soon, or else the first sentence; `part`: it is a later part of `<title>`."""
    behind = [one for one in blocks[block.index + 1 : block.index + 4] if one.columns]
    place = next((place for place, one in enumerate(behind) if _stamps(one)), None)
    if place is None:
        return 5.0 if behind and behind[0].index == first else 0.0
    return 8.0 - 2 * place + (8 if part and not place else 0)


def _stamps(block: Block) -> bool:
    return (
        0 < block.columns <= 160 and block.linked <= 0.5 * block.columns and (is_stamp_line(block.text) or bool(_DATED.search(block.text)))
    )


def _agreement(text: str, hints: _Hints) -> float:
    """What the head of the page, structured data and the list's line say of a text."""
    score = 0.0
    if text in hints.stated:
        score += 26
    if len(text) >= 3 and text in hints.page:
        score += (18 if len(text) > 5 else 12) + min(len(text), 20) if hints.page.startswith(text) else _within(text, hints)
    elif len(text) > 10 and hints.page and text.startswith(hints.page[:12]) and len(hints.page) >= 12:
        score += 14
    if hints.link and text == hints.link:
        score += 18
    elif len(hints.link) >= 6 and text.startswith(hints.link):
        score += 16
    return score


def _within(text: str, hints: _Hints) -> float:
    """What it counts that `<title>` holds a text somewhere behind its beginning: less when only in a longer part of it."""
    part = min((len(part) for part in hints.parts if text in part), default=len(hints.page))
    return (8 + 0.4 * min(len(text), 20)) * len(text) / part


def _prominence(block: Block) -> float:
    """Heading element, a class that says title, large or centred print."""
    owner = block.owner
    if block.columns >= 160 and owner.tag not in HEADINGS:
        return 0.0
    score = {"h1": 14.0, "h2": 6.0, "h3": 5.0, "h4": 4.0, "h5": 4.0, "h6": 3.0}.get(owner.tag, 0.0)
    parent = owner.getparent()
    names = " ".join(one.get(key) or "" for one in (owner, parent) if one is not None for key in ("class", "id"))
    if _NAMED.search(names):
        score += 7
    if owner.get("itemprop") in {"headline", "name"}:
        score += 10
    if owner.tag == "center" or owner.get("align") in {"center", "middle"} or "center" in (owner.get("style") or ""):
        score += 2
    piece = next((piece.at for piece in block.pieces if piece.text.strip()), owner)
    around = [piece, *(parent for parent in (piece.getparent(),) if parent is not None and piece is not owner)]
    if any(one.tag == "font" and _LARGE.fullmatch(one.get("size") or "") for one in around):
        score += 4
    style = f"{piece.get('style') or ''}{owner.get('style') or ''}"
    if any(one.tag in {"b", "strong", "big"} for one in around) or (style and _BIG.search(style)):
        score += 4
    return score


def suffix_of(page: str, title: str) -> str:
    """What `<title>` holds behind the headline: the site's suffix; "" when it does not begin with the headline."""
    rest = page[len(title) :] if title and page.startswith(title) else ""
    return rest.strip()[:80]


def without_suffix(page: str, names: Sequence[str], lessons: Mapping[str, int]) -> str:
    """A page's `<title>` without the site's name: a suffix that siblings share, else the parts that name the site."""
    for suffix in sorted(lessons, key=len, reverse=True):
        if lessons[suffix] >= 2 and page.endswith(suffix) and len(page) > len(suffix) + 3:
            return page[: -len(suffix)].rstrip(" -_|—–")
    parts = _parts(page)
    site = {squeezed(name) for name in names if name}
    kept = [part for part in parts if squeezed(part[0]) not in site] or parts[:1]
    if len(parts) == 1 or not kept:
        return _shorn(page.strip(), site)
    first = max(range(min(2, len(kept))), key=lambda place: len(squeezed(kept[place][0])) + (4 if place == 0 else 0))
    if (
        len(kept) == len(parts)
        and first == 0
        and len(parts) == 2
        and len(squeezed(parts[1][0])) > 1.2 * len(squeezed(parts[0][0]))
        and not site
    ):
        return page.strip()
    return kept[first][0]


def _shorn(page: str, site: Collection[str]) -> str:
    """A title without the site's name behind a space, and the name of the section before that."""
    words = page.split()
    if len(words) < 2 or squeezed(words[-1]) not in site or page.isascii():
        return page
    words.pop()
    return " ".join(words[:-1] if len(words) > 1 and _SECTION.fullmatch(words[-1]) else words)


def _parts(page: str) -> list[tuple[str, int]]:
    """The parts between separators with their places, empty ones left out."""
    found, start = [], 0
    for m in [*_SEPARATOR.finditer(page), None]:
        part = page[start : m.start() if m else len(page)].strip()
        if squeezed(part):
            found.append((part, start))
        start = m.end() if m else start
    return found
