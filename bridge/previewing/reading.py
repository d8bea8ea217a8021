"""Reading single pages without a state: in the zone that their language suggests, unless one is named."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from typing import cast

from ..model import Article, Link, ListPage, Page, Portal, Site, When
from ..ports import Profile

NO_ADDRESS = "http://preview.invalid/"
"""The address of a page that comes without one."""


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
        found = self._profile().read_list(page, self._portal(page, self.zone or "UTC"), self.site, now)
        if self.zone is not None:
            return found
        if _is_chinese(found.language):
            found = self._profile().read_list(page, self._portal(page, "Asia/Shanghai"), self.site, now)
        return replace(found, links=tuple(replace(link, published=assumed(link.published)) for link in found.links))

    def read_article(self, page: Page, now: datetime, link: Link | None = None) -> Article:
        """The article of a page; raises ReadError."""
        found = self._profile().read_article(page, self._portal(page, self.zone or "UTC"), self.site, now, link)
        if self.zone is not None:
            return found
        if _is_chinese(found.language):
            found = self._profile().read_article(page, self._portal(page, "Asia/Shanghai"), self.site, now, link)
        return replace(found, published=assumed(found.published), modified=assumed(found.modified))

    def _profile(self) -> Profile:
        return cast(Profile, import_module(f"bridge.portals.{self.profile}"))

    def _portal(self, page: Page, zone: str) -> Portal:
        if self.portal:
            return replace(self.portal, timezone=zone, charset=self.charset or self.portal.charset)
        return Portal(id="preview", title=self.title, url=page.url, timezone=zone, charset=self.charset)


def _is_chinese(language: str | None) -> bool:
    return (language or "").startswith("zh")


def assumed(when: When | None) -> When | None:
    """A date that was given a zone nobody named is marked as such."""
    return replace(when, zone="assumed") if when and when.zone == "portal" else when
