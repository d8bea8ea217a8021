"""Who and where: source, author, editor, contributor and category path of an article page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model import Source
from .blocks import Block, Flat, squeezed
from .dateforms import even
from .dates import LABEL
from .dom import absolute, normal
from .facts import Facts
from .published import Candidate
from .stamps import printed_lines

_STOP = (
    r"(?=\s{2,}|\s*[|｜【\[（(]|\s*(?:作者|编辑|责编|责任编辑|记者|通讯员|浏览|点击|阅读|人气|字体|字号|时间|日期|发布|发表|更新|评论|分享|打印|关闭|来源|稿源|摄影|审核|访问|次数|文章|录入|选稿|举报|关注"
    r"|我有话说|微信|收藏|纠错"
    r"|author|editor|views)\s*[:：]?|\s*(?:19|20)\d\d\s?[-/年.]|\s*[，,;；。](?!\s?(?:inc|ltd))|\s*$|\s\d{1,2}:\d\d)"
)
_SOURCE = re.compile(
    rf"(?:(?:信息|文章|稿件|新闻|内容|本文)?(?:来\s*源|來源|稿源|出处)(?:于|自)?|转载自|转自|信源|source|quelle|fuente|fonte|источник|出典|المصدر"
    rf"|출처)\s*[:：]\s*(?P<name>\S.{{0,40}}?){_STOP}",
    re.IGNORECASE,
)
_PRESS = re.compile(
    r"(?:\d|\s)\s{1,3}[(（【\[]?(?P<name>(?:《)?[\u4e00-\u9fffA-Z]{1,10}(?:[日晚早晨时周导商]报|[^公通情简]报|(?:新闻|信息|发展)?[^官]网|通讯社|新华社|中新社|电视台|电台"
    r"|融媒(?:体|体?中心)?|发布|客户端|周刊|杂志|在线|新闻)(?:》)?)(?=[\s|)）】\]]|$)"
)
_AUTHOR = re.compile(
    rf"(?:作\s*者|撰\s*文|文字|文/图|图/文|记\s*者|執筆者?|著者|文/|автор|autor|auteur|autore|الكاتب|기자)\s*[:：/]\s*(?P<name>[^\s:：].{{0,40}}?){_STOP}"
    rf"|^\s*文\s?[/|丨]\s?(?P<pen>\S{{2,12}})",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:^\s*|\d\s+|\bposted\s)(?:written\s|posted\s|reported\s)?by:?\s+(?P<name>[^\W\d_][^|,;•·]{2,60}?)(?=\s{2,}|\s*(?:[|,;•·]|\d|$"
    r"|\b(?:published|updated|posted|on|staff|in)\b|\S*@))",
    re.IGNORECASE,
)
_VON = re.compile(r"^\s*(?:[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Aa][fv]|[Dd]oor)\s+(?P<name>[A-ZÀ-Ý][^|,;•·]{2,60}?)(?=\s{2,}|\s*(?:[|,;•·]|\d|$))")
_SIGNED = re.compile(
    r"^\W*(?:作\s*者|автор|autor|auteur|autore|الكاتب)\s*[:：]\s*(?P<name>[^\s:：\d][^|,;，；:：\d]{1,30}?)(?=\s{2,}|\s*(?:[|)）】]|$))",
    re.IGNORECASE,
)
_REPORTER = re.compile(
    r"^[\s(（【\[■□●○◎]*(?:本报|本网|本刊|本台|[\u4e00-\u9fff]{2,6}(?:[报网社]|新闻|在线|客户端))?(?:全媒体|融媒体?)?(?:首席|见习|特约|实习)?记者\s?[:：]?\s*"
    r"(?P<name>[\u4e00-\u9fff·]{2,4}(?:[\s、][\u4e00-\u9fff·]{2,4}){0,3}?)"
    r"\s*(?:(?:实习生|通讯员|摄影|文/图|文|图|发自|摄)[\s:：][^。，]{0,30})?[\s)）】\]]*$"
)
_CREDIT = re.compile(
    r"[（(](?:本报|本网)?(?:全媒体)?(?:首席)?(?:记者|通讯员)\s*(?P<name>[\u4e00-\u9fff·\s、]{2,40}?)\s*[)）]|(?:本报|本网|新华社|中新社)(?:全媒体|首席"
    r"|见习)?记者\s*(?P<who>[\u4e00-\u9fff·]{2,4})"
)
_EDITOR = re.compile(rf"(?:责任编辑|责\s*编|编\s*辑|网络编辑|编审)\s*[:：]\s*(?P<name>\S.{{0,24}}?)(?=[\]】)）]|{_STOP[3:]}", re.IGNORECASE)
_CONTRIBUTOR = re.compile(
    r"(?:供\s*稿(?:单位|人|者)?|投稿(?:单位|人)?|报送(?:单位)?|信息提供|撰稿|通讯员)\s*[:：]\s*(?P<name>[^\s)）】|].{0,40}?)(?=\s*[)）】|]|\s{2,}|$|\s*(?:编辑|责编|审核"
    r"|摄影|来源|作者)[:：])"
)
_POSITION = re.compile(
    r"(?:您|你)?(?:的|当前|现在|目前|所在)*(?:位置|所在地)(?:是|为)?\s*[:：]?\s*|(?:you\sare\shere|you're\shere|current\sposition|location"
    r"|home\s?path)\s*[:：]?\s*",
    re.IGNORECASE,
)
_PLACED = re.compile("位置|所在地|here|position|location|path")  # what every form of it has
_ARROW = re.compile(r"\s*(?:>>+|>|»|›|→|▸|▶|⟩|＞|->|=>|::|\s/\s|\s-\s|\||\\)\s*")
_BAR = re.compile(r"[|｜]")
_NOBODY = re.compile(r"@|\d{3,}|^(?:admin|administrator|editor|root|webmaster|system|author)$", re.IGNORECASE)
_HOME = re.compile(
    r"(?:\S{0,8}?)(?:首\s*页|主页)|home(?:\s?page)?|start(?:seite)?|accueil|inicio|главная|トップ(?:ページ)?|ホーム|top|الرئيسية|홈",
    re.IGNORECASE,
)
_SITES = ("信息网", "新闻网", "门户网", "门户网站", "政府网", "官网", "官方网站", "在线", "之窗", "信息港", "网站")
_ROOT = re.compile(r"(?:(?:https?:)?//[^/?#]+)?/?(?:(?:index|default)\.\w{3,5})?")
_LEAF = re.compile(
    r"正文|文章正文|内容|详细内容|详情|查看|浏览(?:文章)?|文章内容|新闻详情|信息详情|信息内容|文章详情|资讯正文|新闻正文|信息正文|阅读|article|details?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Credits:
    """The names found, None where the page has none; `why` has the place of each by field."""

    source: Source | None = None
    author: str | None = None
    editor: str | None = None
    contributor: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, and where it stood."""

    text: str
    why: str


def find_credits(
    blocks: Sequence[Block],
    body: tuple[int, int],
    facts: Facts,
    dates: Sequence[Candidate],
    base: str,
    chosen: Candidate | None,
    names: Sequence[str],
) -> Credits:
    """Credits from the lines around the headline, the first and last lines of the body, and structured data.

    `body`: first and last index of the body. A date in the source's line is the source's own when the publication
    date (`chosen`) stands elsewhere.
    """
    first, last = body
    lines = [block for block in blocks[max(0, first - 25) : first + 3] if block.text and block.columns < 400]
    tail = [block for block in blocks[max(first, last - 3) : last + 8] if block.text and block.role != "hidden"]
    source, place = _source(lines, tail, facts, dates, base, chosen)
    named = {
        "author": _author(lines, tail, facts, names),
        "editor": _first(_EDITOR, [*lines, *tail]),
        "contributor": _first(_CONTRIBUTOR, [*tail[::-1], *lines]),
    }
    why = {"source": place} | {name: found.why for name, found in named.items() if found}
    return Credits(source, **{name: found.text if found else None for name, found in named.items()}, why=why)


def _first(pattern: re.Pattern[str], blocks: Sequence[Block]) -> _Name | None:
    for block in blocks:
        texts = printed_lines(block) if len(block.text) <= 400 else [block.text[-160:]]
        if m := next(filter(None, map(pattern.search, texts)), None):
            name = next((group for group in m.groupdict().values() if group), "")
            if cleaned := _name(name):
                return _Name(cleaned, _line(block))
    return None


def _line(block: Block) -> str:
    return f"line: {block.text[:80]}"


def _name(text: str) -> str:
    name = re.sub(r"^[\s:：\[【(（]+|[\s\]】)）:：,，;；|-]+$", "", normal(text))
    return name if re.search(r"\w", name) and len(name) <= 60 and not re.fullmatch(r"[\d\s:.-]+", name) else ""


def _source(
    lines: Sequence[Block], tail: Sequence[Block], facts: Facts, dates: Sequence[Candidate], base: str, chosen: Candidate | None
) -> tuple[Source | None, str]:
    """The source, and where it stood."""
    for place, block in enumerate([*lines, *tail]):
        text = block.spaced if len(block.text) <= 300 else block.text[-120:]
        m = (_SOURCE.search(text) if ":" in text or "：" in text else None) or _spaced(lines, place)
        name = _name(m["name"]) if m else ""
        if m and name:
            own = _own_date(block, dates, chosen)
            return Source(name, own.when if own else None, _link(block, name, base)), _line(block)
    if facts.source:
        return Source(facts.source), "structured data"
    stamp = chosen.block if chosen and chosen.block in lines else None
    m = _PRESS.search(stamp.spaced) if stamp else None
    return (Source(m["name"], None, _link(stamp, m["name"], base)), _line(stamp)) if stamp and m else (None, "")


def _spaced(lines: Sequence[Block], place: int) -> re.Match[str] | None:
    """A label in one block (a table's cell, a definition term) with its value in the next."""
    if (
        place + 1 >= len(lines)
        or len(lines[place].text) > 8
        or not re.fullmatch(r".*(?:来\s*源|稿源|source)\s*[:：]?\s*", lines[place].text, re.IGNORECASE)
    ):
        return None
    label = lines[place].text.rstrip(" :：")
    return _SOURCE.search(f"{label}:{lines[place + 1].text[:60]}")


def _own_date(block: Block, dates: Sequence[Candidate], chosen: Candidate | None) -> Candidate | None:
    """The date in the source's line, unless it is the publication's or carries a publication label."""
    own = next((one for one in dates if one.block is block), None)
    if own is None or chosen is None or own is chosen or own.when.at == chosen.when.at:
        return None
    stamp = re.search(r"\d{4}\s?[-/年.]", even(block.text))
    return None if stamp and LABEL.search(even(block.text)[: stamp.start()]) else replace(own)


def _link(block: Block, name: str, base: str) -> str | None:
    for piece in block.pieces[:40]:
        element = piece.at
        while element is not block.owner and element is not None:
            if element.tag == "a" and squeezed(piece.text) and squeezed(piece.text) in squeezed(name):
                return absolute(base, element.get("href") or "")
            element = element.getparent()
    return None


def _author(lines: Sequence[Block], tail: Sequence[Block], facts: Facts, names: Sequence[str]) -> _Name | None:
    for pattern in (_AUTHOR, _BYLINE, _VON):
        short = [block for block in lines if block.columns <= 200]
        if found := _first(pattern, short):
            return found
    if found := _first(_SIGNED, [block for block in tail if block.columns <= 80]) or _first(
        _REPORTER, [block for block in lines if block.columns <= 60]
    ):
        return found
    site = {squeezed(name) for name in names}
    people = [name for name in facts.authors if squeezed(name) not in site and not _NOBODY.search(name)]
    if people:
        return _Name(", ".join(people[:4]), "structured data")
    return _first(_CREDIT, [*tail[::-1][-3:], *lines[-2:]])


def find_category(flat: Flat, facts: Facts, title: str, names: Sequence[str], before: int) -> tuple[tuple[str, ...], str]:
    """The breadcrumb without the site's home and without the article itself, outermost first; and where it stood."""
    for block in flat.blocks[: max(before, 40)]:
        m = _POSITION.search(block.text) if block.columns < 300 and _PLACED.search(block.text.lower()) else None
        if m and m.start() <= 6:
            parts = _ARROW.split(block.text[m.end() :]) if block.text[m.end() :].strip() else _follow(flat, block)
            place = len(parts) == 1 and m[0].isascii()  # where something takes place
            if path := () if place else _path(parts, title, [*names, *_homes(block)]):
                return path, _line(block)
    if path := _path(facts.crumbs, title, names):
        return path, "structured data"
    if path := _marked(flat, title, names, before):
        return path, "breadcrumb"
    return ((facts.section,), "section in structured data") if facts.section else ((), "")


def _homes(block: Block) -> list[str]:
    """What the block calls the site's home: texts of links to the root."""
    links = [piece for piece in block.pieces[:20] if piece.at.tag == "a" and piece.text.strip()]
    return [piece.text for piece in links if _ROOT.fullmatch(piece.at.get("href") or "x")]


def _follow(flat: Flat, block: Block) -> list[str]:
    """The links that follow a bare position label."""
    return [one.text for one in flat.blocks[block.index + 1 : block.index + 7] if one.linked and one.columns < 40]


def _marked(flat: Flat, title: str, names: Sequence[str], before: int) -> tuple[str, ...]:
    """A region called breadcrumb, or a line of links with arrows that begins with home."""
    for span, _ in flat.named:
        if span.last - span.first > 12:
            continue
        label = f"{span.at.get('class')} {span.at.get('id')} {span.at.get('aria-label')}".lower()
        if "crumb" in label or "weizhi" in label or "dqwz" in label:
            parts = [part for block in flat.within(span) for part in _ARROW.split(block.text)]
            if path := _path(parts, title, [*names, *(home for block in flat.within(span) for home in _homes(block))]):
                return path
    for block in flat.blocks[:before]:
        parts = _ARROW.split(block.text) if block.linked and block.columns < 200 and not _BAR.search(block.text) else []
        if 2 <= len(parts) <= 7 and _HOME.fullmatch(parts[0].strip()):
            return _path(parts, title, names)
    return ()


def path_of(texts: Sequence[str], title: str, names: Sequence[str]) -> tuple[str, ...]:
    """The category path of selected texts: several nodes are its parts, a single one is split at its arrows."""
    return _path(texts if len(texts) > 1 else _ARROW.split(texts[0] if texts else ""), title, names)


def _path(parts: Sequence[str], title: str, names: Sequence[str]) -> tuple[str, ...]:
    site, heading = {squeezed(name) for name in names if name}, squeezed(title)
    found: list[str] = []
    for place, part in enumerate(parts[:10]):
        text = normal(part).strip(" :：>-")
        plain = squeezed(text)
        home = place <= 1 and not found and (bool(_HOME.fullmatch(text)) or plain in site or (len(parts) > 1 and text.endswith(_SITES)))
        if not plain or home or _LEAF.fullmatch(text) or (heading and (plain == heading or (len(plain) > 6 and heading.startswith(plain)))):
            continue
        if len(text) > 40:
            break
        found.append(text)
    return tuple(found)
