"""List pages against their own past: what must not be believed, what is believed with a doubt, what a good one teaches. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from .health_causes import family, line, told
from .health_looks import Fault, ListLook
from .health_numbers import median, percent, share, short
from .health_past import DEPTH, FEW, LISTS, History, ListPast, key

MOVED, CUT = "moved", "cut"
REMARKS = frozenset((MOVED, CUT))
_KEPT_HOURS = 45 * 24
_APART_HOURS = (1, 6, 24)


def list_fault(look: ListLook, history: History) -> Fault | None:
    """(cause, detail) of a list page that was not had or must not be believed; None for one whose lines may be recorded.

    Nothing of a page that is not believed may be kept, its validators neither: else the next answer is a 304.
    """
    if look.cause:
        return None if look.cause == "deferred" else (family(look.cause), told(look.cause, look.detail))
    if not look.changed:
        return None
    past = history.past(look)
    return _empty(look, past) or _garbled(look, past) or _collapsed(look, past) or _other(look, past)


def list_doubt(look: ListLook, history: History) -> Fault | None:
    """(cause, detail) of something off at a list page that is believed all the same."""
    past = history.past(look)
    if len(past.counts) < FEW or not look.links:
        return None
    return _undated(look, past) or _shrunk(look, past) or _partly_garbled(look, past)


def list_remarks(look: ListLook) -> list[Fault]:
    """(what, detail) of what an operator should know of a list page that is believed and in no doubt."""
    moved = (
        "the list stands at another place of the page than before; see that it is the right one with `feedbridge preview list --explain`"
    )
    return [*([(MOVED, moved)] if look.moved else []), *([(CUT, look.cut)] if look.cut else [])]


def _empty(look: ListLook, past: ListPast) -> Fault | None:
    return None if look.links else ("empty-list", "the list page answers, but shows no article" + _usually(past))


def _garbled(look: ListLook, past: ListPast) -> Fault | None:
    """Nearly a third of the titles, or a tenth where the charset is another than before."""
    turned = bool(past.charset and look.charset and past.charset != look.charset)
    if look.garbled < min(2, look.links) or share(look.garbled, look.links) < (0.1 if turned else 0.3):
        return None
    read = f", read as {look.charset}" if look.charset else ""
    was = f", {past.charset} before" if turned else ""
    return "encoding", line(f"{look.garbled} of {look.links} titles are not decoded rightly{read}{was}")


def _collapsed(look: ListLook, past: ListPast) -> Fault | None:
    """A small share of the usual lines, and none of them known by address or title."""
    return ("list-drift", _evidence(look, past)) if _strange(look, past) and _few(look, past) else None


def _other(look: ListLook, past: ListPast) -> Fault | None:
    """Another part of the page was read: nothing is known, the dates are gone, and there are far more or far fewer lines."""
    if not _strange(look, past) or not _dates_gone(look, past):
        return None
    usual = median(past.counts)
    far = look.links < min(0.6 * usual, *past.counts) or look.links > max(1.67 * usual, *past.counts)
    return ("list-drift", _evidence(look, past)) if far else None


def _strange(look: ListLook, past: ListPast) -> bool:
    return len(past.counts) >= FEW and look.known + look.alike == 0


def _few(look: ListLook, past: ListPast) -> bool:
    usual = median(past.counts)
    return usual >= 5 and look.links < 0.25 * usual and look.links < 0.75 * min(past.counts)


def _dates_gone(look: ListLook, past: ListPast) -> bool:
    return median(past.dated) >= 80 and min(past.dated) >= 40 and percent(look.dated, look.links) <= 10


def _undated(look: ListLook, past: ListPast) -> Fault | None:
    if look.links < 3 or not _dates_gone(look, past):
        return None
    return "dates", line(f"{look.dated} of {look.links} lines of the list have a date, usually {median(past.dated):.0f}% do")


def _shrunk(look: ListLook, past: ListPast) -> Fault | None:
    """Far fewer lines, unless the same list at the same place merely goes over to the next page sooner."""
    sooner = look.begins and look.signature is not None and short(look.signature) == past.place
    return ("list-drift", _evidence(look, past)) if _few(look, past) and not sooner else None


def _partly_garbled(look: ListLook, past: ListPast) -> Fault | None:
    if look.garbled < 2 or percent(look.garbled, look.links) < max(10, 3 * max(past.garbled, default=0)):
        return None
    return "encoding", f"{look.garbled} of {look.links} titles are not decoded rightly"


def _evidence(look: ListLook, past: ListPast) -> str:
    said = [f"the list shows {look.links} links{_usually(past)}"]
    if not look.known:
        said.append("none of them known")
    if _dates_gone(look, past):
        said.append(f"{look.dated} dated")
    if past.place and look.signature and short(look.signature) != past.place:
        said.append("another part of the page is read")
    kib = median(past.kib)
    if look.bytes and kib >= 4 and look.bytes < 512 * kib:
        said.append(f"the page has {look.bytes / 1024:.0f} KiB, usually {kib:.0f}")
    return line(", ".join(said))


def _usually(past: ListPast) -> str:
    return f", usually {median(past.counts):.0f}" if past.counts else ""


# ---------------------------------------------------------------- learning


def learn_lists(history: History, looks: Sequence[ListLook], at: datetime) -> History:
    """With what sound pages showed; the first LISTS pages keep their places, unless one was not seen for 45 days."""
    hour = int(at.timestamp() // 3600)
    lists = dict(history.lists)
    for look in looks:
        place = key(look.url)
        if place in lists or (look.changed and _room(lists, hour)):
            depth = DEPTH if len(lists) <= LISTS // 2 else FEW
            lists[place] = _taught(lists.get(place, ListPast()), look, hour, depth - 1)
    return history if lists == history.lists else replace(history, lists=lists)


def _room(lists: dict[str, ListPast], hour: int) -> bool:
    """Whether one more page can be remembered, perhaps in place of one that is no longer read."""
    if len(lists) < LISTS:
        return True
    oldest = min(lists, key=lambda place: lists[place].at)
    return hour - lists[oldest].at > _KEPT_HOURS and lists.pop(oldest) is not None


def _taught(past: ListPast, look: ListLook, hour: int, keep: int) -> ListPast:
    """One more sample. They stand apart: one an hour from pages with new lines, one in six hours from pages that change for
    other reasons; a page that stayed as it was says once a day that all is as before."""
    apart = _APART_HOURS[0 if look.new else 1 if look.changed else 2]
    if 0 <= hour - past.at < apart and (len(past.counts) >= FEW or not look.changed):
        return past
    if not look.changed:
        return _again(past, hour, keep)
    return ListPast(
        counts=(*past.counts[-keep:], min(look.links, 99_999)),
        dated=(*past.dated[-keep:], percent(look.dated, look.links)),
        garbled=(*past.garbled[-keep:], percent(look.garbled, look.links)),
        kib=(*past.kib[-keep:], min(look.bytes // 1024, 99_999)),
        charset=look.charset[:24],
        place=short(look.signature or ""),
        at=hour,
    )


def _again(past: ListPast, hour: int, keep: int) -> ListPast:
    """The last sample once more."""
    samples = (past.counts, past.dated, past.garbled, past.kib)
    counts, dated, garbled, kib = ((*sample[-keep:], *sample[-1:]) for sample in samples)
    return replace(past, counts=counts, dated=dated, garbled=garbled, kib=kib, at=hour)
