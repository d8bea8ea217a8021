"""Article pages against the portal's other ones: what must not be recorded, what is off, what good ones teach. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from math import ceil, log

from .health_causes import article_family, line, told
from .health_looks import ArticleLook, Fault
from .health_numbers import median, quantile, share
from .health_past import BITS, FEW, MARKS, PRINTS, SIZES, History, Mark, Reading, key, print_of

_SENTENCE = 25
"""Characters without white space below which a text may be a stub."""
_CHANCE = 0.001
_RARE = 0.0001
_RUN = 5


def article_fault(look: ArticleLook, known_size: int | None, history: History) -> Fault | None:
    """(cause, detail) of an article page that must not be recorded: one that failed, is decoded wrongly, or lost its text.

    `known_size` is the size (as ArticleLook.size) of this very article's text as it was recorded, None for a new one.
    """
    if look.cause:
        found = article_family(look.cause, new=known_size is None)
        return (found or look.cause, told(look.cause, look.detail))
    if look.garbled:
        return "encoding", "the text is not decoded rightly"
    return _emptied(look, known_size or 0) or _stub(look, known_size, history) or _repeated(look, known_size, history)


def _emptied(look: ArticleLook, before: int) -> Fault | None:
    """This very article had a text, and all but a tenth of it is gone."""
    if before < 200 or look.size >= max(0.1 * before, 10):
        return None
    return "article-drift", f"the text has {look.size} characters, it had {before}"


def _stub(look: ArticleLook, before: int | None, history: History) -> Fault | None:
    """Nothing to read and nothing to see, where the portal's articles never were like that."""
    sizes = history.sizes
    if before is not None or look.images or len(sizes) < FEW or look.size >= _SENTENCE:
        return None
    if look.size >= 0.25 * quantile(sizes, 0.02) or share(sum(size < _SENTENCE for size in sizes), len(sizes)) > 0.05:
        return None
    return "article-drift", f"the text has {look.size} characters, usually {median(sizes):.0f}"


def _repeated(look: ArticleLook, before: int | None, history: History) -> Fault | None:
    """The text of articles with other titles: a cookie banner, an app's shell, navigation."""
    if not look.text_print or look.size < _SENTENCE:
        return None
    own = print_of(look)
    others = {p.title or p.key for p in history.prints if p.text == own.text and p.key != own.key and (p.title != own.title or not p.title)}
    if len(others) < (1 if before is not None or _odd(look, history) else 2):
        return None
    return "article-drift", f"the text is the same as that of {len(others)} other article{'s' * (len(others) > 1)}"


def _odd(look: ArticleLook, history: History) -> bool:
    """Much shorter than usual, or undated where articles state their date."""
    undated = not look.dated and len(history.with_date) >= FEW and history.with_date.count("1") >= 0.9 * len(history.with_date)
    return undated or (len(history.sizes) >= FEW and look.size < 0.5 * median(history.sizes))


# ---------------------------------------------------------------- across articles


def marked(history: History, looks: Sequence[ArticleLook]) -> History:
    """With the newest outcome of each article, and how those with a text read; this is memory, not what is usual.

    One that fails again as it did before keeps its place: it is no sign that others do.
    """
    marks, readings = list(history.marks), history.readings
    for look in looks:
        cause = article_family(look.cause, new=look.new or look.missed) if look.cause else ""
        mark = Mark(key(look.url), cause)
        if (cause or not look.cause) and not (cause and mark in marks):
            marks = [*(other for other in marks if other.key != mark.key), mark]
        if not look.cause and look.size and (look.new or look.dated or look.lost):
            readings = _with(readings, Reading(key(look.url), look.size if look.new else -1, look.dated))
    return replace(history, marks=tuple(marks[-MARKS:]), readings=readings)


def _with(readings: Sequence[Reading], one: Reading) -> tuple[Reading, ...]:
    """With one more: the last few, and the last few new articles. Reading an article again says nothing of how it was when new."""
    known = [other for other in readings if (other.key, other.size < 0) != (one.key, one.size < 0)] + [one]
    new = [other for other in known if other.size >= 0][-_RUN:]
    return tuple(other for other in known if other in new or other in known[-_RUN:])


def articles_off(history: History) -> Fault | None:
    """(cause, detail) where the new articles read last are not as they were: all far shorter, or none dated."""
    return _shortened(history) or _undated(history)


def articles_failing(history: History) -> Fault | None:
    """(cause, detail) where one article after the other fails, more often than the portal's usual failures explain."""
    causes: list[str] = []
    for mark in reversed(history.marks):
        if not mark.cause:
            break
        causes.append(mark.cause)
    if not causes:
        return None
    cause, _ = Counter(causes).most_common(1)[0]
    if len(causes) < _enough(history.failing.count("1"), len(history.failing)) + (cause == "unreachable" and len(history.failing) >= FEW):
        return None
    return cause, line(f"the article pages looked at last all fail ({', '.join(sorted(set(causes)))})")


def _enough(odd: int, of: int, chance: float = _CHANCE) -> int:
    """How many odd ones in a row happen by chance in less than one of a thousand rows, so many having been odd before."""
    usual = (odd + 1) / (of + 10)
    return min(max(ceil(log(chance) / log(min(usual, 0.9))), 2), MARKS)


def _shortened(history: History) -> Fault | None:
    read = [reading.size for reading in history.readings if reading.size >= 0][-_RUN:]
    if len(history.sizes) < 20 or len(read) < _RUN:
        return None
    longest, usual = max(read), median(history.sizes)
    if longest >= 0.25 * usual or longest >= quantile(history.sizes, 0.1):
        return None
    return "article-drift", f"the texts of the last {_RUN} articles have at most {longest} characters, usually {usual:.0f}"


def _undated(history: History) -> Fault | None:
    """New articles without a date and known ones that lost theirs, one after the other."""
    usual, dated = history.with_date.rstrip("0"), history.with_date.count("1")  # those of this very row are not what is usual
    if len(usual) < 20 or dated < 0.9 * len(usual):
        return None
    undated = {reading.key for reading in takewhile(lambda reading: not reading.dated, reversed(history.readings))}
    enough = min(_enough(len(usual) - dated, len(usual), _RARE), _RUN)
    if len(undated) < enough:
        return None
    return "dates", f"the last {enough} articles state no date, usually {100 * dated / len(usual):.0f}% do"


# ---------------------------------------------------------------- learning


def noted(history: History, look: ArticleLook) -> History:
    """With the text of one good article, so that the next one of the same tick can be compared with it."""
    if look.cause or not look.text_print:
        return history
    own = print_of(look)
    prints = tuple(p for p in history.prints if p.key != own.key)
    return replace(history, prints=(*prints, own)[-PRINTS:])


def learn_articles(history: History, looks: Sequence[ArticleLook], known: frozenset[str]) -> History:
    """With the sizes, dates and failures of articles; `known` are the keys of those whose failure counted before."""
    sizes, dated, failing = list(history.sizes), history.with_date, history.failing
    for look in looks:
        history = noted(history, look)
        cause = article_family(look.cause, new=look.new or look.missed) if look.cause else ""
        if look.new and not look.cause and (look.size or look.images):
            sizes.append(min(look.size, 10**7))
            dated += "1" if look.dated else "0"
            failing += "0"
        elif cause and key(look.url) not in known:
            failing += "1"
    return replace(history, sizes=tuple(sizes[-SIZES:]), with_date=dated[-BITS:], failing=failing[-BITS:])


def failing_keys(history: History) -> frozenset[str]:
    """The articles that failed when they were looked at last."""
    return frozenset(mark.key for mark in history.marks if mark.cause)
