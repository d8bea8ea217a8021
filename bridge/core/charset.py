"""Bytes → text: labels are hypotheses, the bytes decide. Never raises.

Old portals send GBK bytes labelled gb2312 or utf-8, or labelled twice and differently, or not at all; Python's own
`gb2312` is strict EUC-CN and loses what a browser shows. So every label is widened to the charset that browsers use for
it (WHATWG Encoding §4.2) and believed only if it gives clean text in which the commonest characters of its script occur
as often as they do in writing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

SAMPLE = 16_384
HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a page without its byte order mark.

    `charset` is the name of the WHATWG Encoding standard in lower case ("utf-8", "gb18030" for every GB label, "big5",
    "shift_jis", "euc-jp", "euc-kr", "windows-1252" for Latin-1, …; besides them "utf-32" and "hz-gb-2312"). `replaced`
    counts the replacement characters (U+FFFD) in `text`. `origin` says what decided: override, bom, bytes, http, xml,
    meta, remembered, detector, default (GB18030 unasked) or best (nothing was believable: what the
    site had, else the least bad).
    """

    text: str
    charset: str
    replaced: int
    origin: str


def decode(body: bytes, content_type: str | None = None, *, override: str | None = None, remembered: str | None = None) -> Decoded:
    """The text of a page, whatever its labels claim.

    Order: the operator's `override` where its name is known; byte order mark; the patterns of UTF-16/32 and the escapes
    of ISO-2022; well-formed UTF-8, a few stray bytes or a cut tail allowed; labels of HTTP, XML declaration and meta,
    each checked; what this site had before (`remembered`); a detector, checked likewise; GB18030; else the least bad.
    A part of another encoding within a page of one (an include file, an advertisement) is read in its own.
    """
    if override and (name := named(override)):
        return _done(_text(body, name).removeprefix("\ufeff"), name, "override")
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _done(_text(body[len(mark) :], name), _PUBLIC.get(name, name), "bom")
    if b"\0" in body[:SAMPLE] and (wide := _wide_pattern(body[:4096])):
        return _done(_text(body, wide).removeprefix("\ufeff"), _PUBLIC.get(wide, wide), "bytes")
    labels = tuple(_labels(body, content_type))
    if body.isascii():
        return _seven_bit(body, labels)
    if _is_utf8(body, labels):
        return _done(_mended(body, "utf-8", [name for name, _ in labels]), "utf-8", "bytes")
    name, origin = _choose(body, labels, named(remembered or ""))
    return _done(_mended(body, name, ()), name, origin)


def named(label: str) -> str | None:
    """The standard name of a charset label, widened as browsers do (gb2312 → gb18030, latin1 → windows-1252), or None."""
    return _names().get(re.sub(r"[^a-z0-9]", "", re.split(r"[,;]", label.lower())[0]))


def _done(text: str, name: str, origin: str) -> Decoded:
    return Decoded(text, name, text.count("\ufffd"), origin)


# ---------------------------------------------------------------- names

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_PUBLIC = {"utf-32-le": "utf-32", "utf-32-be": "utf-32"}

# name: (codecs, the first clean one is taken; labels without punctuation, besides the name itself)
_CHARSETS: dict[str, tuple[tuple[str, ...], str]] = {
    "utf-8": (("utf-8",), "uft8 utf utf8mb4 unicode11utf8 xunicode20utf8"),
    "gb18030": (
        ("gb18030",),
        "gb2312 gbk gb231280 gb2312 xgbk cp936 ms936 windows936 936 chinese csgb2312 isoir58 euccn zhcn",
    ),
    "big5": (("big5hkscs", "cp950"), "big5hkscs cnbig5 xxbig5 csbig5 cp950 ms950 windows950 big5tw big5hk"),
    "shift_jis": (("cp932",), "sjis xsjis mskanji windows31j csshiftjis cp932 ms932 shiftjisx0213"),
    "euc-jp": (("euc_jp", "euc_jis_2004"), "xeucjp cseucpkdfmtjapanese ujis eucjpms cp51932"),
    "euc-kr": (("cp949",), "cseuckr ksc56011987 ksc5601 korean ksc56011989 windows949 cp949 ms949 uhc isoir149"),
    "iso-2022-jp": (("iso2022_jp_2", "iso2022_jp_3"), "csiso2022jp iso2022jp2"),
    "iso-2022-kr": (("iso2022_kr",), "csiso2022kr"),
    "hz-gb-2312": (("hz",), "hz hzgb"),
    "windows-1252": (
        ("cp1252",),
        "iso88591 latin1 l1 ascii usascii ansi cp1252 xcp1252 cp819 isoir100 isolatin1",
    ),
    "windows-1254": (("cp1254",), "iso88599 latin5 l5 cp1254 xcp1254"),
    "windows-874": (("cp874",), "tis620 iso885911 dos874 cp874"),
    "koi8-r": (("koi8_r",), "koi koi8 cskoi8r"),
    "koi8-u": (("koi8_u",), "koi8ru"),
    "ibm866": (("cp866",), "cp866 866 csibm866"),
    "macintosh": (("mac_roman",), "mac xmacroman csmacintosh"),
    "x-mac-cyrillic": (("mac_cyrillic",), "xmacukrainian maccyrillic"),
    "iso-8859-8": (("iso8859_8",), "iso88598i logical visual hebrew"),
    "utf-16le": (("utf-16-le",), "utf16 ucs2 unicode csunicode iso10646ucs2"),
    "utf-16be": (("utf-16-be",), "unicodefffe"),
    **{f"windows-125{n}": ((f"cp125{n}",), f"cp125{n} xcp125{n}") for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": ((f"iso8859_{n}",), f"8859{n} iso8859{n}e") for n in (2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)},
}


@cache
def _names() -> dict[str, str]:
    table = {label: name for name, (_, labels) in _CHARSETS.items() for label in labels.split()}
    return table | {re.sub(r"[^a-z0-9]", "", name): name for name in _CHARSETS}


def _text(body: bytes, name: str) -> str:
    """`body` in the charset `name` (a key of the table or one of ours), faults replaced."""
    texts = []
    for codec in _CHARSETS.get(name, ((name,), ""))[0]:
        texts.append(body.decode(codec, "replace"))
        if "\ufffd" not in texts[-1]:
            return texts[-1]
    return min(texts, key=lambda text: text.count("\ufffd"))


# ---------------------------------------------------------------- labels

_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SCRIPT = rb"<script\b[^<]*(?:<(?!/script)[^<]*)*|<style\b[^<]*(?:<(?!/style)[^<]*)*"
_HIDDEN = re.compile(rb"<!--(?!-?>)[^-]*(?:-(?!->)[^-]*)*|" + _SCRIPT, re.IGNORECASE)
_MARKUP = re.compile(_SCRIPT + rb"|<[^>]{0,500}>", re.IGNORECASE)


def _labels(body: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    """(name, origin) for each known label, the weightier first; a label within a comment or a script is none."""
    head = body[:HEAD]
    if b"<!--" in head or b"<script" in head.lower():
        head = _HIDDEN.sub(b"", head)
    found = [(label, "http") for label in _HTTP.findall(content_type or "")[:1]]
    found += [(label.decode("ascii", "ignore"), "xml") for label in _XML.findall(head)]
    found += [(label.decode("ascii", "ignore"), "meta") for label in _META.findall(head)[:3]]
    for label, origin in found:
        if name := named(label):
            yield name, origin


# ---------------------------------------------------------------- what bytes give away


def _wide_pattern(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zero bytes of its markup stand."""
    zeros = [sample[place::4].count(0) / max(1, len(sample) // 4) for place in range(4)]
    for name, ones in (("utf-32-le", 0), ("utf-32-be", 3)):
        if zeros[ones] < 0.1 and all(share > 0.6 for place, share in enumerate(zeros) if place != ones):
            return name
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(even, odd) > 0.3 and min(even, odd) < 0.1 * max(even, odd):
        return "utf-16le" if odd > even else "utf-16be"
    return None


def _seven_bit(body: bytes, labels: tuple[tuple[str, str], ...]) -> Decoded:
    """ASCII is itself in every charset but three; the declared one is named, since queries are written in it."""
    declared = next(((name, origin) for name, origin in labels if not name.startswith("utf-16")), ("utf-8", "bytes"))
    if re.search(rb"\x1b\$\)C", body):
        return _done(_text(body, "iso-2022-kr"), "iso-2022-kr", "bytes")
    if re.search(rb"\x1b\$[@B(]|\x1b\([JI]", body):
        return _done(_text(body, "iso-2022-jp"), "iso-2022-jp", "bytes")
    if declared[0] == "hz-gb-2312":
        return _done(_text(body, "hz-gb-2312"), *declared)
    return Decoded(body.decode("ascii"), *(declared[0], 0, declared[1]))


_TALL = re.compile("[\u0800-\ufffc]")
_NARROW = bytes(range(0xE0))  # in UTF-8, of characters below U+0800
_PART = 4096
_HIGH = re.compile(rb"[\x80-\xff]")


def _is_utf8(body: bytes, labels: tuple[tuple[str, str], ...]) -> bool:
    """Well-formed, or nearly: the sequences outnumber bytes that fit none 8 to 1, which no double-byte text does."""
    if _far_from_utf8(body):
        return False
    text = body.decode("utf-8", "replace")
    if stray := _stray(body, text):
        good = len(text) - len(text.encode("ascii", "ignore")) - stray
        return (good > 4 and good >= 8 * stray) or (stray <= 3 and len(_TALL.findall(text)) >= 3)
    return bool(body.translate(None, _NARROW)) or not any(_chance(body, name) for name, _ in labels)


def _far_from_utf8(body: bytes) -> bool:
    """Whether none of three parts is anything like UTF-8; decoding all of another charset's bytes with their faults takes long."""
    first = _HIGH.search(body)
    start = first.start() if first else 0
    step = (len(body) - start) // 3
    return step > _PART and all(map(_foreign_to_utf8, (body[at : at + _PART] for at in range(start, start + 3 * step, step))))


def _foreign_to_utf8(part: bytes) -> bool:
    text = part.decode("utf-8", "replace")
    stray = _stray(part, text)
    return stray > 64 and stray > len(text) - len(text.encode("ascii", "ignore")) - stray


def _stray(part: bytes, text: str) -> int:
    """Faults in reading `part` as UTF-8; a replacement character that it holds itself is well-formed, and is none."""
    return text.count("\ufffd") - part.count(b"\xef\xbf\xbd")


def _chance(body: bytes, name: str) -> bool:
    """A few double-byte characters may be well-formed UTF-8 by chance; common characters in the label's charset tell."""
    return name in _DOUBLE and _share(_text(body[:SAMPLE], name), name) > 0.3


# ---------------------------------------------------------------- what text gives away

_SIMPLIFIED = (
    "的一是在了不和有大这主中人上为们地个用工时要出就分对成会可发年动同也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日"
    "那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想"
    "市县区省委国新闻资讯网信唐山北京上海记者通知公告教育服务中心首页更多版权联系我们关于管理办法会议活动发布时间来源站点"
)
_TRADITIONAL = (
    "的一是在了不和有大這主中人上為們地個用工時要出就分對成會可發年動同也能下過子說產種面而方後多定行學法所民得經"
    "十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四日"
    "那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向道命此變條只沒結解問意建月公無系軍很情者最立代想"
    "市縣區省國新聞資訊網臺灣香港記者通知公告教育服務首頁更多版權聯絡我們關於管理"
)
_KANA = "のにはをたがでてとしれさいるなもりこかまっすらくアンスルトリイラクドーッシタレ日年月人大一"
_HANGUL = "이다는의에을가한하고지로사도기서인를대은자일정시어해보나과리원수년월제부장전상주국경있그들것으와며만라습니합"
_CYRILLIC = "оеаинтсрвлОЕАИНТСРВЛ"

_COMMON = {
    "gb18030": _SIMPLIFIED + _TRADITIONAL,
    "hz-gb-2312": _SIMPLIFIED,
    "big5": _TRADITIONAL,
    "shift_jis": _KANA,
    "euc-jp": _KANA,
    "euc-kr": _HANGUL,
    "windows-874": "านรอกเงยลมวดทสตะปบคหแจใชพ",
    "windows-1253": "αοιετνσρκηπςΑΟΙΕΤΝΣ",
    "iso-8859-7": "αοιετνσρκηπςΑΟΙΕΤΝΣ",
    "windows-1255": "יוהלאתרבשמ",
    "iso-8859-8": "יוהלאתרבשמ",
    "windows-1256": "اليمنوتربةعدسفهك",
    "iso-8859-6": "اليمنوتربةعدسفهك",
    **dict.fromkeys(("windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "ibm866", "x-mac-cyrillic"), _CYRILLIC),
}
_DOUBLE = ("gb18030", "big5", "shift_jis", "euc-jp", "euc-kr")
_RIVALS = (*_DOUBLE, "windows-1251", "koi8-r", "windows-1252")
_STATEFUL = ("utf-", "iso-2022", "hz-")
_FAULT = re.compile("[\ufffd\x80-\x9f\ue000-\uf8ff]")
_FOREIGN = re.compile("[^\x00-\x7f]")
_LETTER = re.compile("[^\x00-\xbf\xd7\xf7\u2000-\u206f\u2500-\u27bf\u3000-\u303f\uff00-\uff5f]")  # no marks, which scripts share


@cache
def _common(name: str) -> re.Pattern[str] | None:
    return re.compile(f"[{_COMMON[name]}]") if name in _COMMON else None


def _share(text: str, name: str) -> float:
    """How many of the letters beyond ASCII are common ones of the charset's script; 0.5 where the script is Latin."""
    pattern = _common(name)
    if pattern is None:
        return 0.5
    return len(pattern.findall(text)) / max(1, len(_LETTER.findall(text)))


def _floor(name: str) -> float:
    """The least share that writing has: 2 000 characters in use against some thirty letters."""
    return 0.15 if name in _DOUBLE else 0.45


def _faults(text: str) -> float:
    """Replacement, C1 and private-use characters among those beyond ASCII."""
    return len(_FAULT.findall(text)) / max(1, len(_FOREIGN.findall(text)))


def _dense(sample: bytes) -> bool:
    """High bytes stand in runs of four and more: no Latin writing."""
    high = len(_HIGH.findall(sample))
    return sum(map(len, re.findall(rb"[\x80-\xff]{4,}", sample))) > 0.3 * high


def _believable(sample: bytes, name: str) -> bool:
    if name.startswith(_STATEFUL):
        return False
    text = _text(sample, name)
    foreign = len(_FOREIGN.findall(text))
    if len(_FAULT.findall(text)) > max(2, 0.01 * foreign):
        return False
    if name not in _DOUBLE and foreign >= 8 and (name in _COMMON) != _dense(sample):
        return False
    return foreign < 8 or _share(text, name) >= _floor(name)


# ---------------------------------------------------------------- choice


def _choose(body: bytes, labels: tuple[tuple[str, str], ...], remembered: str | None) -> tuple[str, str]:
    """(name, origin) for bytes that are neither ASCII nor UTF-8."""
    sample = _visible(body)
    for name, origin in (*labels, *(((remembered, "remembered"),) if remembered else ())):
        if _believable(sample, name):
            return name, origin
    guess = _detected(sample)
    for name, origin in ((guess, "detector"), ("gb18030", "default")):
        if name in _DOUBLE and _believable(sample, name) and _share(_text(sample, name), name) > 2 * _floor(name):
            return name, origin
    names = dict.fromkeys((guess or "gb18030", "gb18030", *_RIVALS, *(name for name, _ in labels)))
    ranked = sorted(((_merit(sample, name, guess), name) for name in names if not name.startswith(_STATEFUL)), reverse=True)
    name = ranked[0][1]
    if not _believable(sample, name):
        return remembered or name, "best"  # what does not fit leaves its marks in what the site had, where a stranger hides them
    return name, "detector" if name == guess else "default" if name == "gb18030" else "best"


def _merit(sample: bytes, name: str, guess: str | None) -> float:
    text = _text(sample, name)
    unlikely = name not in _DOUBLE and (name in _COMMON) != _dense(sample)
    return _share(text, name) - 10 * _faults(text) - 0.5 * unlikely + 0.15 * (name == guess) + 0.1 * (name == "gb18030")


def _visible(body: bytes) -> bytes:
    """The start of the text without markup and scripts, whose ASCII drowns the signal."""
    first = _HIGH.search(body)
    start = max(0, first.start() - SAMPLE) if first else 0
    out = _MARKUP.sub(b" ", body[start : start + 8 * SAMPLE])
    return (out if _HIGH.search(out) else body[start:])[:SAMPLE]


def _detected(sample: bytes) -> str | None:
    import cchardet

    return named(cchardet.detect(sample).get("encoding") or "")


_ASCII = rb"[\x00-\x7f]*"
_UTF8_PIECE = re.compile(_ASCII + rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}" + _ASCII + rb"){2,}")


def _mended(body: bytes, name: str, others: Iterable[str]) -> str:
    """The text; a piece between two tags that is foreign in `name` and clean in another charset is read in that."""
    if name not in _DOUBLE:
        text = _text(body, name)
        if name != "utf-8" or "\ufffd" not in text:
            return text
        others = [other for other in dict.fromkeys((*others, "gb18030")) if other in _DOUBLE]
        return "<".join(_piece(piece, others) for piece in body.split(b"<"))
    first, *pieces = body.split(b"<")
    out: list[str] = []
    plain: list[bytes] = []
    for piece in (first, *(b"<" + one for one in pieces)):
        if piece.isascii() or not _UTF8_PIECE.fullmatch(piece):
            plain.append(piece)
            continue
        out += [_text(b"".join(plain), name), piece.decode("utf-8", "replace")]
        plain = []
    return "".join((*out, _text(b"".join(plain), name)))


def _piece(piece: bytes, others: Iterable[str]) -> str:
    text = piece.decode("utf-8", "replace")
    if "\ufffd" not in text:
        return text
    for other in others:
        foreign = _text(piece, other)
        if "\ufffd" not in foreign and _share(foreign, other) >= _floor(other):
            return foreign
    return text
