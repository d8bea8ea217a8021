"""Pictures, players and files in the body of an article: their true addresses, and which of them mean something."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from ..model import Enclosure, Image
from .dom import MAX_ADDRESS, absolute, normal

_LAZY = (
    "data-original", "data-src", "data-lazy-src", "data-lazy", "data-actualsrc", "data-original-src", "data-url", "data-echo", "data-file",
    "data-hi-res-src", "data-full-src", "data-large-file", "data-image", "data-srcset", "data-lazy-srcset", "file", "zoomfile",
    "_src", "original", "lazysrc", "lazy-src", "real_src", "data-echo-src", "data-ks-lazyload", "src2", "data-imgsrc",
)  # fmt: skip
_HOLDER = re.compile(
    r"(?:^data:|(?:^|[/_.-])(?:blank|spacer|transparent|placeholder|loading|lazyload|lazy|pixel|1x1|grey|gray|default|none|empty|clear"
    r"|s)\.(?:gif|png|jpe?g|svg))",
    re.IGNORECASE,
)
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|logo\d*|spacer|blank|pixel|1x1|loading|arrow\w*|dot|line|emoji|smil(?:ey|ies)|face|avatars?|qr-?code"
    r"|erweima|ewm|weixin|wechat|wx"
    r"|share|btn\w*|button|bg|line|print|close|sprite|badge|rss|banner-?ad|ads?|tracker?|tracking|beacon|counter|stat|filetype\w*"
    r"|weibo|gongan|beian)(?:[/_.\d-]|$)",
    re.IGNORECASE,
)
_QR = re.compile(r"二维码|扫一扫|扫码|qr ?code|公众号|logo$|^icon|分享到", re.IGNORECASE)
_PLAYER = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/embed|player\.vimeo|player\.bilibili|player\.youku|v\.qq\.com|dailymotion\.com|rutube\.ru|tudou"
    r"|iqiyi|player|video)",
    re.IGNORECASE,
)
_TYPES = {
    "pdf": "application/pdf", "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "wps": "application/vnd.ms-works",
    "et": "application/octet-stream", "ofd": "application/ofd", "csv": "text/csv", "zip": "application/zip", "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed", "mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav", "ogg": "audio/ogg",
    "aac": "audio/aac",
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "m3u8": "application/vnd.apple.mpegurl",
    "flv": "video/x-flv", "epub": "application/epub+zip",
}  # fmt: skip


def _size(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", text or "")
    return int(found[1]) if found else None


def _widest(srcset: str) -> str:
    """The address of a srcset with the largest width or density (HTML Living Standard §4.8.4.3)."""
    best, most = "", -1.0
    for address, size in re.findall(r"([^\s,]\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)[wx])?\s*(?:,|$)", srcset[:8000]):
        if float(size or 1) > most:
            best, most = address, float(size or 1)
    return best


def _addresses(element: HtmlElement) -> Iterator[str]:
    """What may be the picture's address, best first."""
    for name in _LAZY:
        value = element.get(name)
        if value and not value.startswith("{") and ("/" in value or "." in value):
            yield _widest(value) if name.endswith("srcset") else value
    source, srcset = element.get("src") or "", element.get("srcset") or ""
    if srcset and (not source or _HOLDER.search(source[:MAX_ADDRESS])):
        yield _widest(srcset)
    yield source
    if srcset:
        yield _widest(srcset)


def _fallback(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that may carry the address: the image, its picture's sources, a noscript copy behind it."""
    if element.tag == "picture":
        yield from element.iter("img")
        yield from element.iter("source")
    else:
        yield element
    behind = element.getnext()
    if behind is not None and behind.tag == "noscript":
        yield from behind.iter("img")


def image(element: HtmlElement, base: str) -> Image | None:
    """The picture of an `<img>` or `<picture>` with its true absolute address; None for spacers, icons, trackers, QR codes."""
    own = element if element.tag != "picture" else next(element.iter("img"), element)
    alt = normal(own.get("alt") or own.get("title") or "")[:300]
    sizes = [_size(own.get(side)) for side in ("width", "height")]
    if any(size is not None and size <= 24 for size in sizes) or all(size is not None and size <= 64 for size in sizes) or _QR.search(alt):
        return None
    for one in _fallback(element):
        for address in _addresses(one):
            if len(address) <= MAX_ADDRESS and not _HOLDER.search(address) and (url := absolute(base, address)):
                return None if _ICON.search(urlsplit(url).path.rsplit("/", 1)[-1]) or _is_tool(url) else Image(url, alt)
    return None


def _is_tool(url: str) -> bool:
    """Pictures of an editor's tool bar or emoticon set lie in folders of that name, those of counters and advertising on hosts of it."""
    return bool(
        re.search(
            r"^https?://(?:ads?|adserver|counter|stats?|pixel)\d?\.|/(?:icons?|emoji|emoticons?|smil(?:ey|ies)|fileTypeImages|face|share|avatars?)/",
            url,
            re.IGNORECASE,
        )
    )


def media_type(url: str) -> str | None:
    """The type of a file that an address names by its suffix, for the kinds that an article encloses; else None."""
    parts = urlsplit(url)
    for text in (parts.path, parts.query):
        found = re.search(r"\.([A-Za-z0-9]{2,4})$", unquote(text))
        if found and found[1].lower() in _TYPES:
            return _TYPES[found[1].lower()]
    return None


def enclosure(url: str, title: str = "") -> Enclosure | None:
    """The enclosure that a link to a file is, or None for other links."""
    kind = media_type(url)
    name = normal(title) or unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return Enclosure(url, kind, name[:200]) if kind else None


def player(element: HtmlElement, base: str) -> tuple[str, str] | None:
    """(kind, absolute address) of a video, audio, or a frame that is a player: kind is video, audio or frame; else None."""
    if element.tag in {"video", "audio"}:
        sources = [element.get("src"), element.get("data-src"), *(source.get("src") for source in element.iter("source"))]
        url = next((found for source in sources if source and (found := absolute(base, source))), None)
        return (element.tag, url) if url else None
    address = element.get("src") or element.get("data-src") or element.get("data") or ""
    found = absolute(base, address)
    if not found:
        return None
    kind = media_type(found) or ""
    if kind.startswith(("video/", "audio/")):
        return kind[:5], found
    return ("frame", found) if element.tag == "iframe" and _PLAYER.search(found) else None
