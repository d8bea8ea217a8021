"""Summaries, and cuts that hurt no word: whole sentences first, never inside a quotation, a bracket or a grapheme.

Standard library only: the senders use `cut` without loading a parser.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u30ff"
_STOP = re.compile(
    rf"[。！？｡]+[”’」』）)\]】》〉\"']*|…{{1,2}}[”’」』）]*(?=[{_CJK}]|\s|$)|[.!?؟۔।]+[\"'”’»)\]]*(?=\s|$)|(?<=[{_CJK}])[!?]+[”’」』）)\"']*"
)
_ABBREVIATED = re.compile(
    r"(?:(?<!\w)(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Lt|Sgt|Rep|Sen|Gov|Inc|Ltd|Co|Corp|Jr|Sr|vs|No|Nr|ca|bzw|usw|etc|approx|Jan"
    r"|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct"
    r"|Nov|Dec|М|г|гг|им|ул|руб|млн|млрд|тыс|т\.д|т\.е|U\.S|U\.K|U\.N|a\.m|p\.m|e\.g|i\.e|z\.B|d\.h|\d{1,2})|\b\w\.\w)\.$",
)
_PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "[": "]",
    "【": "】",
    "《": "》",
    "〈": "〉",
    "«": "»",
    "„": "“",
    "〔": "〕",
}
_CLOSERS = frozenset(
    [*_PAIRS.values(), "。", "，", "、", "；", "：", "！", "？", ",", ".", ";", ":", "!", "?", "…", "%", "％", "؟", "،", "؛"]
)
_AGENCY = r"(?:新华社|新华网|中新社|中新网|人民网|央视网|央视新闻|中国网|光明网|中国日报网|环球网|法新社|路透社|本报|本网|本刊|本台|记者)"
_OPENINGS = (
    re.compile(
        r"^\s*(?:\d{1,3}\s?/\s?\d{1,3}\s+|(?:本文)?原标题\s*[:：]\s*(?:《[^》\n]{4,80}》|[^。！？\n]{4,60}\n)|(?:导读|摘要|核心提示|内容提要|编者按|提要|【?摘要】?|导语)\s*[:：】]\s*)"
    ),
    re.compile(
        r"^\s*[【\[]?(?:本报讯|本网讯|本台讯|本刊讯|讯|[\u4e00-\u9fffA-Za-z]{2,10}?(?:快?讯|消息"
        r"|报道|专稿))[】\]]?\s*(?:[（(][^）)]{1,40}[）)])?\s*[:：,，]?\s*(?=[\u4e00-\u9fff“\d《])"
    ),
    re.compile(r"^\s*[（(]原标题\s*[:：][^)）\n]{4,80}[)）]\s*"),
    re.compile(
        r"^\s*[^\s。，,：:]{2,16}?(?:\d{4}年)?\s?\d{1,2}\s?月\s?\d{1,2}\s?日(?:电|讯|消息)\s*(?:[（(][^）)]{1,40}[）)])?\s*[:：,，]?\s*"
    ),
    re.compile(
        rf"^\s*{_AGENCY}(?:[\u4e00-\u9fff]{{0,8}}?(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日)?(?:电|讯|消息)\s*(?:[（(][^）)]{{1,40}}[）)])?\s*[:：,，]?\s*"
    ),
    re.compile(
        r"^\s*(?:[A-Z][A-Z .,'’-]{2,40}|[A-Z][\w .'-]{2,30})(?:,\s[A-Z][a-z]{2,8}\.?\s\d{1,2})?\s*(?:\((?:AP|Reuters|AFP|Xinhua|dpa"
        r"|UPI|CNN|BBC|TASS|EFE|ANSA|Kyodo|[A-Z]{2,6})\)|(?<=[A-Z]{3}))\s*[-–—:]{1,2}\s*"
    ),
    re.compile(r"^\s*\((?:Reuters|AP|AFP|CNN|Bloomberg|Xinhua|UPI|PTI)\)\s*[-–—:]{0,2}\s*"),
    re.compile(r"^\s*[А-ЯЁ][А-ЯЁ -]{2,30},?\s\d{1,2}\s[а-я]+\s*[-–—.]\s*(?:/?(?:РИА\s)?(?:Новости|[А-ЯЁ]{3,8}|Интерфакс)/?\s?[.–—-]\s*)?"),
    re.compile(r"^\s*[A-ZÄÖÜ][\wäöüß/ -]{2,30}\s\((?:dpa|AFP|Reuters|epd|KNA|SID)[^)]{0,20}\)\s*[-–—]\s*"),
    re.compile(r"^\s*(?:By|Von|Par|Por)\s[A-Z][^\n.]{2,60}\n"),
    re.compile(r"^\s*[（(][\u4e00-\u9fff]{0,10}?(?:记者|通讯员|作者)[^）)]{1,40}[）)]\s*"),
    re.compile(rf"^\s*{_AGENCY}记者\s*(?:[\u4e00-\u9fff·]{{2,4}}[\s、]+){{1,3}}(?=[\u4e00-\u9fff“])"),
    re.compile(r"^\s*[【\[](?:编者按|编者的话|导读|摘要|核心提示|提要)[】\]]\s*"),
    re.compile(
        r"^\s*(?:19|20)\d\d[-/年.]\d{1,2}[-/月.]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:来源\s*[:：]\s*\S{1,20})?\s*(?:\n|\s{2,})"
    ),
)
_NO_ABSTRACT = re.compile(r"\s*(?:相关(?:新闻|阅读|链接|报道)|(?:本文)?原标题|点击|当前位置|您的位置)")
_ASIDE = re.compile(
    r"[（(]?(?:本文)?原标题\s*[:：].*$|(?=.{0,160}$).*(?:[【\[（]点击|点击(?:进入|查看|投票|下载|上方|下方|蓝字|关注)|扫描?[^，。]{0,10}二维码|下载[^，。]{0,10}客户端|关注[^，。]{0,12}公众号)"
)
_ANNOUNCED = re.compile(r"^.{12,200}[，,].{4,100}[：:]$")
_CREDITED = re.compile(r"[（(]?(?:[\u4e00-\u9fff]{2,8}(?:记者|通讯员))?\s*[\u4e00-\u9fff·\s]{2,16}(?:摄|供图|报道|摄影报道)[）)]?")
_EXTENDS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u200d\ufe00-\ufe0f\u20d0-\u20ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)


def columns(text: str) -> int:
    """Columns of a terminal that a text takes: wide and fullwidth characters 2, combining ones 0, others 1."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 0 if unicodedata.combining(mark) else 1 for mark in text)


def _extends(mark: str) -> bool:
    return bool(_EXTENDS.match(mark)) or unicodedata.category(mark) in {"Mn", "Me", "Mc"}


def boundary(text: str, place: int) -> int:
    """The last place up to `place` that is not inside a grapheme (marks, joined emoji, flags, Hangul syllables, CR LF)."""
    if not 0 < place < len(text):
        return place
    inside = _joints(text, place)
    return next(at for at in range(place, -1, -1) if not inside[at])


def _joints(text: str, end: int) -> list[bool]:
    """For each place up to `end`, whether it is inside a grapheme; one pass."""
    inside, flags = [False], 0
    for place in range(1, end + 1):
        before = text[place - 1]
        flags = flags + 1 if _is_flag(before) else 0
        here = text[place] if place < len(text) else ""
        inside.append(bool(here) and (_sticks(before, here) or (flags % 2 == 1 and _is_flag(here))))
    return inside


def _is_flag(mark: str) -> bool:
    return "\U0001f1e6" <= mark <= "\U0001f1ff"


def _sticks(before: str, here: str) -> bool:
    """Whether two neighbouring characters are of one grapheme; flags apart."""
    if before.isascii() and here.isascii():
        return before == "\r" and here == "\n"
    return _extends(here) or before == "\u200d" or "\u1160" <= here <= "\u11ff"


def _depths(text: str) -> list[int]:
    """How many brackets and quotations are open after each character; a pair that never closes within 300 counts as none."""
    depths, stack = [0] * (len(text) + 1), list[tuple[int, str]]()
    pairs: list[tuple[int, int]] = []
    for place, mark in enumerate(text):
        if stack and mark == stack[-1][1]:
            pairs.append((stack.pop()[0], place))
        elif mark in _PAIRS and not (mark == "‘" and text[place - 1 : place].isalnum()):
            stack.append((place, _PAIRS[mark]))
            del stack[:-8]
        elif any(mark == closer for _, closer in stack):
            while stack[-1][1] != mark:
                stack.pop()
            pairs.append((stack.pop()[0], place))
    for start, end in [*pairs, *_straight(text)]:
        if end - start <= 300:
            for place in range(start + 1, end + 1):
                depths[place] += 1
    return depths


def _straight(text: str) -> list[tuple[int, int]]:
    marks = [m.start() for m in re.finditer('"', text)]
    return list(zip(marks[::2], marks[1::2], strict=False))


def _ends(text: str, m: re.Match[str], depths: Sequence[int]) -> bool:
    """Whether a stop ends a sentence: not an abbreviation's, not within brackets, not before the 「…」と of its speaker."""
    if depths[m.end()] or (m[0][0] == "." and _ABBREVIATED.search(text[max(0, m.start() - 12) : m.start() + 1])):
        return False
    opener = next((start for start, end in _PAIRS.items() if end == m[0][-1]), "")
    if not opener or m.end() >= len(text) or not text[m.end()].isalnum():
        return True
    place = text.rfind(opener, 0, m.start())
    return place > 0 and text[place - 1] in "：:，,"


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph, ends and closing quotation marks included, spaces between them left out."""
    depths, start = _depths(text), 0
    for m in _STOP.finditer(text):
        if not _ends(text, m, depths):
            continue
        yield text[start : m.end()].strip()
        start = m.end()
    if text[start:].strip():
        yield text[start:].strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of a text: all of it, else up to a sentence's end, else up to a word's with `…`.

    A sentence's end is taken when it leaves at least half of the room used. Never inside a word of a script with
    spaces, a grapheme, or (where that leaves anything) a quotation or bracket. A limit below 1 gives "".
    """
    text = text.strip()
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    depths = _depths(text[: limit + 400])
    for m in reversed(list(_STOP.finditer(text, 0, limit))):
        if m.end() < limit / 2:
            break
        split = m.end() < len(text) and m[0][-1] in ".!?" and text[m.end()].isalnum()
        if not split and _ends(text, m, depths):
            return text[: m.end()].rstrip()
    return _cut_word(text, limit - 1, depths)


def _cut_word(text: str, room: int, depths: Sequence[int]) -> str:
    inside = _joints(text, room)
    places = [at for at in range(room, room // 2, -1) if not inside[at] and _breakable(text, at)]
    place = next((at for at in places if not depths[at]), 0) or next(iter(places), 0) or boundary(text, room)
    head = text[:place].rstrip().rstrip("，,、；;：:-–—")
    return head.rstrip() + "…" if head.strip() else ""


def _breakable(text: str, place: int) -> bool:
    """Whether a line may end before `place`: between words, or between ideographs that punctuation does not bind."""
    if place <= 0 or place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if after.isspace() or before.isspace():
        return True
    if after in _CLOSERS or before in _PAIRS:
        return False
    return _ideograph(before) or _ideograph(after) or (before in _CLOSERS and not before.isascii())


def _ideograph(mark: str) -> bool:
    return "\u2e80" <= mark <= "\u9fff" or "\u0e00" <= mark <= "\u0eff" or "\uf900" <= mark <= "\ufaff"


def _opened(text: str) -> str:
    """A text without its dateline, byline and 本报讯."""
    for _ in range(3):
        before = text
        for pattern in _OPENINGS:
            m = pattern.match(text)
            if m and len(text) - m.end() >= 8:
                text = text[m.end() :]
        if text == before:
            break
    return text


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def is_abstract(abstract: str, text: str) -> bool:
    """Whether a page's description was written for this text: it shares its words, is a sentence, and is no cut-off copy."""
    plain, told = _letters(abstract), _letters(text[:6000])
    if columns(abstract) < 30 or len(plain) < 12 or _NO_ABSTRACT.match(abstract) or re.search(r"(?:…|\.\.\.|。。。)\s*$", abstract):
        return False
    if not re.search(r"[。！？；.!?؟।]", abstract) or len(re.split(r"[,，、;；|\s]\s*", abstract)) > len(plain) / 3:
        return False
    if told and (plain[:24] in told[: len(plain) + 200] or told[:16] in plain):
        return False
    grams = {plain[place : place + 3] for place in range(len(plain) - 2)}
    return not told or sum(gram in told for gram in grams) >= 0.25 * len(grams)


def summarise(text: str, abstract: str | None = None, limit: int = 200, language: str | None = None) -> str:
    """The page's own abstract when it is one, else the leading whole sentences, at most `limit` columns (wide characters 2).

    `text` has a blank line between paragraphs. Headings, datelines and bylines at its start are left out. When not even
    the first sentence fits, it is cut between words with `…`. `language` decides how sentences are joined.
    """
    if abstract and is_abstract(abstract.strip(), text):
        return _fill([_opened(" ".join(abstract.split()))], limit, language)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text[:20_000]) if part.strip()]
    paragraphs = _story(paragraphs)
    return _fill(paragraphs, limit, language)


def _story(paragraphs: Sequence[str]) -> list[str]:
    """From the first paragraph that is a sentence; all of them where none is."""
    told = [part for part in paragraphs[:40] if not _ASIDE.match(part)] or paragraphs
    opened = [_opened(part) if place < 4 else part for place, part in enumerate(told)]
    for place, part in enumerate(opened[:6]):
        if columns(part) >= 24 and (_STOP.search(part) or _ANNOUNCED.search(part)) and "\t" not in part:
            return opened[place:]
    return opened


def _fill(paragraphs: Sequence[str], limit: int, language: str | None) -> str:
    taken = ""
    for paragraph in paragraphs:
        for sentence in sentences(" ".join(paragraph.split())):
            if taken and _CREDITED.fullmatch(sentence):
                continue
            glue = "" if not taken or (_tight(taken[-1], language) and not taken[-1].isalnum()) else " "
            if columns(taken + glue + sentence) > limit:
                return taken or _fit(sentence, limit)
            taken += glue + sentence
    return taken


def _tight(mark: str, language: str | None) -> bool:
    return (language or "").startswith(("zh", "ja")) or columns(mark) == 2


def _fit(sentence: str, limit: int) -> str:
    """The longest cut of one sentence that takes no more than `limit` columns."""
    room = min(len(sentence), limit)
    while room > 1 and columns(sentence[:room]) > limit - 2:
        room -= max(1, (columns(sentence[:room]) - limit + 2) // 2)
    return cut(sentence, room) if room < len(sentence) else sentence
