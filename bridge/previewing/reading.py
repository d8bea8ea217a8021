"""Reading single pages without a state: in the zone that their language suggests, unless one is named."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, cast

from ..model import Article, Link, ListPage, Page, Portal, Site, When

if TYPE_CHECKING:
    from ..ports import Profile

NO_ADDRESS = "http://preview.invalid/"
"""The address of a page that comes without one."""
_LABEL = re.compile(rb"=\s?[\"']?(?:gb[k12]|big5|hz-|zh)")
_HAN = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
_KANA = re.compile(rb"\xe3[\x81-\x83][\x80-\xbf]")
Found = TypeVar("Found", Article, ListPage)


@dataclass(frozen=True, slots=True)
class Target:
    """A page to be previewed, or why it could not be had."""

    name: str
    page: Page | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads each page as if it were the first of its portal. `zone` None: Asia/Shanghai for Chinese pages, else UTC, marked as assumed.

    `portal` has the operator's settings, where the page is one of a configured portal; `title` is what the site calls itself, if known.
    """

    zone: str | None = None
    charset: str | None = None
    profile: str = "generic"
    portal: Portal | None = None
    site: Site = field(default_factory=Site)
    title: str = ""

    def read_list(self, page: Page, now: datetime) -> ListPage:
        """The links of a list page; raises ReadError."""
        read = self._profile().read_list
        found = self._zoned(page, lambda portal: read(page, portal, self.site, now))
        if self.zone is not None:
            return found
        links = (replace(link, published=assumed(link.published)) if link.published else link for link in found.links)
        return replace(found, links=tuple(links))

    def read_article(self, page: Page, now: datetime, link: Link | None = None) -> Article:
        """The article of a page; raises ReadError."""
        read = self._profile().read_article
        found = self._zoned(page, lambda portal: read(page, portal, self.site, now, link))
        return found if self.zone is not None else replace(found, published=assumed(found.published), modified=assumed(found.modified))

    def _zoned(self, page: Page, read: Callable[[Portal], Found]) -> Found:
        """What is read in the zone of the page's language; read once more only where the bytes looked like another's."""
        zone = self.zone or _zone(chinese=_looks_chinese(page.body))
        found = read(self._portal(page, zone))
        fit = self.zone or _zone(chinese=(found.language or "").startswith("zh"))
        return found if fit == zone else read(self._portal(page, fit))

    def _profile(self) -> "Profile":
        return cast("Profile", import_module(f"bridge.portals.{self.profile}"))

    def _portal(self, page: Page, zone: str) -> Portal:
        if self.portal:
            return replace(self.portal, timezone=zone, charset=self.charset or self.portal.charset)
        return Portal(id="preview", title=self.title, url=page.url, timezone=zone, charset=self.charset)


def _zone(*, chinese: bool) -> str:
    return "Asia/Shanghai" if chinese else "UTC"


def _looks_chinese(body: bytes) -> bool:
    """A guess for next to nothing: a label, or ideographs without kana in the middle of UTF-8."""
    if _LABEL.search(body[:4096].lower()):
        return True
    middle = body[len(body) // 3 :][:20_000]
    ideographs = 0 if middle.isascii() else len(_HAN.findall(middle))
    return ideographs > 20 and ideographs > 4 * len(_KANA.findall(middle))


def assumed(when: When | None) -> When | None:
    """A date that was given a zone nobody named is marked as such."""
    return replace(when, zone="assumed") if when and when.zone == "portal" else when
