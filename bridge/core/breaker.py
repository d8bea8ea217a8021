"""The circuit breaker: what looks like a portal that changed, not like news, is held until someone has looked. Pure."""

from collections.abc import Container, Sequence
from datetime import date

from ..model import Link
from .identity import canonical

LEAST = 10
"""New lines below which nothing is held."""
MASS = 5
"""So many articles that went away within two days are a matter for a person, not withdrawals."""
TIMES = 3
"""How many times the usual number is too much."""


def held(unknown: int, listed: int, usual: float, *, first_run: bool) -> bool:
    """Whether a page's `unknown` lines (of `listed`) are held: at least ten, most of the page, over three times the usual number.

    `unknown` are lines that show nothing known (`Turn.news`), `usual` how many a look at this portal finds. Never in a first run.
    """
    return not first_run and unknown >= LEAST and 2 * unknown > listed and unknown > TIMES * usual


def flapping(past: Sequence[str], new: str) -> bool:
    """Whether an article that says `new` goes back to what it said before, for the second time.

    `past` are the digests of its revisions, oldest first, the last one in force. One step back is an edit undone.
    """
    return _returns(past, new, len(past)) and any(_returns(past, past[at], at) for at in range(1, len(past)))


def gap_ahead(links: Sequence[Link], known: Container[str], slid: Container[int] = ()) -> bool:
    """Whether articles may stand on older pages that were never on this one while we looked.

    Where nothing on a page is known, or all that is known is pinned on top of news. The lines below the last known one
    are no news when they slid up from an older page (`slid`: their places), which half a page does not, nor where the
    list puts the newest last. A page without lines has no gap.
    """
    there = [place for place, link in enumerate(links) if canonical(link.url) in known]
    tail = range(there[-1] + 1, len(links)) if there else range(len(links))
    if not there or not tail:
        return bool(tail)
    if _rises([links[place] for place in tail]):
        return False
    return 2 * len(tail) > len(links) or any(place not in slid for place in tail)


def _returns(past: Sequence[str], new: str, at: int) -> bool:
    """Whether `new`, as revision number `at`, was said before, but not by the revision just before it."""
    return at > 0 and new != past[at - 1] and new in past[:at]


def _rises(tail: Sequence[Link]) -> bool:
    """Whether dates grow from line to line over three days at least."""
    days: list[date] = [link.published.at.date() for link in tail if link.published]
    return len(days) == len(tail) and len(set(days)) > 2 and days == sorted(days)
