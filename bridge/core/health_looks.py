"""What one tick saw of a portal, and what is thought of it: the values that core/health.py judges. Standard library only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["well", "quiet", "suspicious", "broken"]
Fault = tuple[str, str]
"""(cause, detail): a family of core/health_causes.py, and the evidence in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLook:
    """One list page (the first page, not those paged back to) in one tick.

    `cause` is the slug of a FetchError or ReadError, of `list_fault`, or "" when the page was had; `changed` whether it was
    parsed: a 304 or the same bytes say nothing new. `known` and `new` are lines by address; `alike` those among the new ones
    whose titles are known (the site moved its addresses); `dated` lines with a date; `garbled` titles with U+FFFD or other
    signs of a wrong charset; `bytes` the page's length; `signature` the place of the page that was read as the list, `moved` whether it is
    another than before; `begins` whether it begins as the list did before and has a
    next page; `cut` what was left unread of a page that is too long.
    """

    url: str
    cause: str = ""
    detail: str = ""
    changed: bool = False
    links: int = 0
    known: int = 0
    new: int = 0
    alike: int = 0
    dated: int = 0
    garbled: int = 0
    bytes: int = 0
    charset: str = ""
    signature: str | None = None
    moved: bool = False
    begins: bool = False
    cut: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLook:
    """One article page in one tick; one that answered 304 has neither text nor images.

    `cause` as in ListLook (of `article_fault`); `new` whether it was never read before; `size` characters of its text
    without white space; `dated` whether it states a publication date, `lost` whether it did once and does not now;
    `text_print` a digest of its text, "" when there is none; `garbled` whether the text was decoded wrongly; `missed`
    whether it is gone, and so are others of its list.
    """

    url: str
    title: str = ""
    cause: str = ""
    detail: str = ""
    new: bool = False
    size: int = 0
    dated: bool = False
    lost: bool = False
    images: int = 0
    text_print: str = ""
    garbled: bool = False
    missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One tick. `at` is aware; `new` counts the lines that were truly new (neither known nor adopted) on believed pages;
    `ahead` the articles of this tick that are dated in the future, beyond the clock's doubt; `skew` how wrong the clock is known to be."""

    at: datetime
    lists: tuple[ListLook, ...] = ()
    articles: tuple[ArticleLook, ...] = ()
    new: int = 0
    ahead: int = 0
    skew: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a tick showed: `cause` is "" when well or quiet; `detail` is one line of evidence for a person.

    Suspicious: the portal is read, but something is off. Broken: it cannot be read. The detail of a standing state does not
    change from tick to tick by itself.
    """

    state: State
    cause: str = ""
    detail: str = ""

    @property
    def bad(self) -> bool:
        """Whether it counts as a bad tick."""
        return self.state in ("suspicious", "broken")
