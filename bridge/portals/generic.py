"""The profile for any portal: decode, refuse what is no page, then read it by what it says. No markup is known beforehand."""

import re
from datetime import datetime

from ..core import charset
from ..errors import ReadError
from ..model import Article, Link, ListPage, Page, Portal, Site

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"RIFF", "an image or video"),
    (b"ID3", "audio"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
)
_BLANK = b"\xef\xbb\xbf\t\r\n\f "
_CONTROLS = re.compile("[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # no NUL, which is what some systems pad with; no escape
_FEW, _SAMPLE = 32, 20_000
_NO_PAGE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword", "application/vnd.")


def read_list(page: Page, portal: Portal, site: Site, now: datetime, *, first: ListPage | None = None) -> ListPage:
    """The article links of a list page; raises ReadError (not-html, empty, blocked, parking, error-page, login, no-links, selector).

    `first` is what the first page of the same list gave, where this is a further page of it: side blocks that both have are told by it.
    """
    decoded = _decoded(page, portal, site)
    from ..core import dom, listing, refusal

    tree = dom.parse(decoded.text)
    refusal.refuse(decoded.text, tree)
    return listing.read(decoded.text, page.url, decoded.charset, portal, site, now, tree=tree, first=first)


def read_article(page: Page, portal: Portal, site: Site, now: datetime, link: Link | None = None) -> Article:
    """The article of a page; raises ReadError as `read_list` does, with no-article. `link` is the list line that led here."""
    decoded = _decoded(page, portal, site)
    from ..core import article, dom, refusal

    tree = dom.parse(decoded.text)
    refusal.refuse(decoded.text, tree)
    return article.read(decoded.text, page.url, decoded.charset, portal, site, now, link, tree=tree)


def _decoded(page: Page, portal: Portal, site: Site) -> charset.Decoded:
    """The page's text; raises ReadError where the bytes are no text."""
    if not page.body.strip():
        raise ReadError("empty", f"{page.url} sent no bytes")
    start = page.body[:1024].lstrip(_BLANK)
    for magic, what in _MAGIC:
        if start.startswith(magic):
            raise ReadError("not-html", f"{page.url} is {what}")
    kind = (page.content_type or "").lower().strip()
    if kind.startswith(_NO_PAGE) and b"<" not in page.body[:1000]:
        raise ReadError("not-html", f"{page.url} is labelled {kind.split(';')[0]}")
    decoded = charset.decode(page.body, page.content_type, override=portal.charset, remembered=site.charset)
    if len(_CONTROLS.findall(decoded.text, 0, _SAMPLE)) > max(_FEW, 0.05 * min(len(decoded.text), _SAMPLE)):
        raise ReadError("not-html", f"{page.url} is binary data")
    return decoded
