"""Hostile text made fit for every format: characters, one-line titles, web addresses, times. Standard library only."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit, urlunsplit

# Not characters of XML 1.0 §2.2, or characters that no reader shows: C0 and C1 controls but tab and line ends,
# surrogates, noncharacters (also those of the higher planes, which XML merely discourages), byte order marks.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_END = re.compile("\r\n?")
# Embeddings, overrides and isolates reach past the text they stand in and can turn a whole list of headlines around.
# Marks (LRM, RLM, ALM) have no such reach.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[ \t\n\u2028\u2029]+")
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]+\])")
# Addresses that are as they must be, as nearly all are: nothing would be escaped, lowered or left out.
_SAFE = r"(?:[A-Za-z0-9/:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})"
_READY = re.compile(rf"https?://[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?:/{_SAFE}*(?:\?(?:{_SAFE}|\?)+)?)?")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
# ISO 639-1, and what of ISO 639-2 pages name.
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo
fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg
li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
ast ceb chr crh dsb fil fur gsw haw hil hmn hsb ilo kab kok krc lad lez mai mni mul nap nds nog pap sah sat scn sco tet tyv udm und war xal
"""
_TONGUES = frozenset(_CODES.split())
# What only newer lists have is a part of its macrolanguage; and what pages write by mistake.
_PART_OF = {
    "cmn": "zh", "yue": "zh-yue", "wuu": "zh-wuu", "nan": "zh-nan", "hak": "zh-hak", "gan": "zh-gan", "hsn": "zh-hsn", "ckb": "ku",
    "zho": "zh", "chi": "zh", "eng": "en", "cn": "zh", "jp": "ja",
}  # fmt: skip
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


def drop_bad(text: str) -> str:
    """The text without characters that a feed must not hold; line ends are newlines. Safe for HTML: nothing is composed."""
    if _harmless(text):
        return text
    return _LINE_END.sub("\n", _BAD.sub("", text))


def plain(text: str) -> str:
    """Plain text in NFC (never NFKC, which would rewrite Chinese punctuation), without bad and far-reaching bidi characters."""
    kept = text if _harmless(text) else _BIDI.sub("", drop_bad(text))
    return unicodedata.normalize("NFC", kept).strip()


def _harmless(text: str) -> bool:
    """Whether all of it is printable, but for newlines and the wide spaces of Chinese text: ten times as fast as a look for what is bad."""
    return text.replace("\n", "").replace("\u3000", "").replace("\xa0", "").isprintable()


def line(text: str) -> str:
    """`plain` in one line: each run of white space is one space (an ideographic space inside stays); "" when nothing shows."""
    flat = _SPACE.sub(" ", plain(text)).strip()
    return flat if any(map(_shows, flat)) else ""


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZM"


def shortened(text: str, most: int) -> str:
    """`line` of at most `most` characters; a cut stands at a space where one is near, and shows as an ellipsis."""
    flat = line(text)
    if len(flat) <= most:
        return flat
    head = flat[: most - 1]
    space = head.rfind(" ", most // 2)
    return (head[:space] if space > 0 else head).rstrip() + "…"


def address(url: str | None) -> str | None:
    """The absolute http(s) address in ASCII (RFC 3986: escaped, IDNA host), or None when it cannot be one."""
    if not url:
        return None
    return url if _READY.fullmatch(url) else _address(url)


def _address(url: str) -> str | None:
    try:
        parts = urlsplit(drop_bad(url).strip())
        host = _authority(parts.hostname or "", parts.port)
    except ValueError:  # also UnicodeError: a label too long or empty for IDNA, a port out of range, broken brackets
        return None
    if parts.scheme not in {"http", "https"} or host is None:
        return None
    return urlunsplit((parts.scheme, host, _escaped(parts.path), _escaped(parts.query, "?"), _escaped(parts.fragment, "?")))


def _authority(name: str, port: int | None) -> str | None:
    """Host and port; user names and passwords have no place in a feed."""
    host = f"[{name}]" if ":" in name else name if name.isascii() else name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host):
        return None
    return host if port is None else f"{host}:{port}"


def _escaped(part: str, more: str = "") -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe="%/:@!$&'()*+,;=-._~" + more)


def language(tag: str | None) -> str | None:
    """A BCP 47 language tag with a language that every reader knows, or None."""
    if not tag or not _LANGUAGE.fullmatch(tag):
        return None
    primary, dash, more = tag.partition("-")
    known = _PART_OF.get(primary.lower(), primary)
    return known + dash + more if known.partition("-")[0].lower() in _TONGUES else None


def media_type(value: str) -> str:
    """The bare lower-case media type, `application/octet-stream` when it has not the shape of one (RFC 6838 §4.2)."""
    bare = value.partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"


def whole(at: datetime) -> datetime:
    """The same time to the second, in an offset that RFC 3339 can write (local mean times have seconds in theirs)."""
    offset = at.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        at = at.astimezone(UTC)
    return at.replace(microsecond=0)


def mail_time(at: datetime) -> datetime:
    """The same time in an offset of whole or half hours, which is all that readers of RFC 822 dates are sure to know."""
    return at.astimezone(UTC) if (at.utcoffset() or timedelta()) % timedelta(minutes=30) else at


def exact(at: datetime) -> datetime:
    """Like `whole`, with its fraction of a second."""
    return whole(at).replace(microsecond=at.microsecond)
