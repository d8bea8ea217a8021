"""What to do about a portal that is not well, by cause."""

from ..core.health import family
from ..model import Portal

_LOOK = "open it in a browser"
_REPAIRS = {
    "unreachable": "wait; if it stays, try from another network: you may be blocked. `[network] timeout` helps with a slow portal",
    "gone": "open the portal in a browser, and write the new address into `lists`",
    "blocked": "set `contact`, raise `interval` and `[network] gap`, and ask the portal's owner to let the user agent pass",
    "robots": "ask the portal's owner; robots.txt is respected",
    "refused": "if a private address is meant, add its network to `[network] allow`; else correct the address",
    "unreadable": f"{_LOOK}; correct the address, or raise `[network] max_bytes` if the page really is that large",
    "encoding": "set `charset` of this portal, such as gb18030 or utf-8",
    "dates": "see `feedbridge preview list URL --explain`; set `[portals.select] published`",
    "clock": "set this machine's clock, or the portal's `timezone`",
    "bug": "report it, with this line",
}
_SELECTORS = (
    "a selector of [portals.select] matches nothing any more: correct or remove it; `feedbridge preview {what} {url} --explain` shows why"
)
_LIST = "`feedbridge preview list {url} --explain` shows what was picked; name the right `lists`, or set `[portals.select] item`"
_ARTICLE = "`feedbridge preview article {url} --explain` shows what was picked; set `[portals.select] body`"


def repair(cause: str, portal: Portal, url: str, *, article: bool = False) -> str:
    """One line that says what to do about `cause`, which `url` of a portal showed."""
    what = "article" if article else "list"
    if cause == "selector" or (portal.select and family(cause) in {"empty-list", "list-drift", "article-drift"}):
        return _SELECTORS.format(what=what, url=url)
    if article and family(cause) == "gone":
        return "the article is gone; that is no fault of the portal unless many are"
    return _REPAIRS.get(family(cause)) or (_ARTICLE if article else _LIST).format(url=url)
