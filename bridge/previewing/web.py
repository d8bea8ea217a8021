"""Pages from the web for looks that leave no trace: as polite as a tick, and forgotten when the process ends."""

from dataclasses import replace

from .. import __version__
from ..clock import SystemClock
from ..errors import FetchError
from ..model import ListPage, Network, Page, Request
from . import machines
from .machines import Offer
from .progress import Progress
from .reading import Target


class Web:
    """The way to the web for looks that leave no trace."""

    def __init__(self, network: Network, contact: str = "") -> None:
        from ..fetch import WebFetcher, user_agent
        from ..web.hostbook import MemoryBook

        self._book = MemoryBook()
        self._fetcher = WebFetcher(network, user_agent(__version__, contact), self._book, SystemClock())

    def page(self, url: str) -> Target:
        """The page, or why it could not be had."""
        try:
            page = self._fetcher.get(Request(url))
        except FetchError as error:
            return Target(url, None, f"{error.cause}: {error.detail}" if error.detail else error.cause)
        assert isinstance(page, Page)
        return Target(url, page)

    def robots(self, url: str) -> str:
        """The robots.txt of the address's host, as it was fetched on the way; empty when there is none."""
        from ..web.guard import host_key

        known = self._book.host(host_key(url))
        return (known.robots or "") if known else ""

    def weighed(self, offers: list[Offer], found: ListPage, progress: Progress) -> list[Offer]:
        """The offers after a look at the first feed and the first sitemap."""
        looked: set[str] = set()
        judged = []
        for offer in offers:
            if offer.kind == "item list" or offer.kind in looked:
                judged.append(offer)
                continue
            looked.add(offer.kind)
            progress.step(offer.url)
            target = self.page(offer.url)
            judged.append(machines.weighed(offer, target.page, found) if target.page else replace(offer, fault=target.error))
        return judged
