"""The landing page: every feed with its health, its newest headlines and its addresses, for a person without a feed reader at hand.

Every text in it is escaped; the addresses to subscribe to are absolute, those of our own pages are relative. It needs no script,
and makes no request.
"""

from dataclasses import dataclass

from bridge.model import Catalogue, Feed
from bridge.overview import PortalView

from . import drawing, news, opml, plots, status_page, text
from .item import NAME as PROGRAM
from .wording import tongue

NAME = "index.html"
MEDIA_TYPE = drawing.MEDIA_TYPE
HEADLINES = 6
MANY = 8
"""With more feeds there is a list of them at the top, and of each only the first few headlines and no plot: the page stays light."""
FEW_HEADLINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One feed on the page; without an overview nothing is known of its health."""

    anchor: str
    feed: news.Shown
    lines: tuple[news.Line, ...]
    verdict: str
    plot: plots.Plot | None


def render(catalogue: Catalogue) -> bytes:
    """The page in UTF-8; the same catalogue always gives the same bytes."""
    health = catalogue.overview
    many = len(catalogue.feeds) > MANY
    cards = [_card(feed, _view(catalogue, feed), many) for feed in catalogue.feeds]
    return drawing.draw(
        "index.html",
        tongue(next((card.feed.about.language for card in cards), "zh")),
        base="",
        title=text.line(catalogue.title) or PROGRAM,
        cards=cards,
        many=many,
        opml=text.address(catalogue.base_url + opml.NAME) or opml.NAME,
        status=status_page.NAME if health else "",
        sample=cards[0].feed.stem if cards else "",
    )


def _view(catalogue: Catalogue, feed: Feed) -> status_page.Portal | None:
    health = catalogue.overview
    found: PortalView | None = next((view for view in health.portals if view.id == feed.stem), None) if health else None
    return status_page.portal(found, health.at, live=False) if found and health else None


def _card(feed: Feed, view: status_page.Portal | None, many: bool) -> Card:
    return Card(
        anchor=f"feed-{feed.stem}",
        feed=news.shown(feed),
        lines=news.lines(feed, FEW_HEADLINES if many else HEADLINES, 0),
        verdict=view.verdict if view else "",
        plot=view.plot if view and not many else None,
    )
