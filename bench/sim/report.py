"""One line a seed, the table of all, a seed's story, and docs/simulation.md."""

from collections.abc import Sequence

from .happenings import KINDS
from .judge import ALARMS_A_YEAR, COUNTED, Score
from .story import CHINA

_SHORT = ("lost", "unsent", "doubled", "new?", "merged", "missed", "gone?", "damaged", "unseen", "noise", "edits?", "cut")
_FIGURES = ("faults", "ticks", "alarms", "/year", "notices", "held", "articles", "req/new", "delay", "p95", "s")
_WIDTHS = (7, 6, 7, 7, 6, 6, 6, 7, 6, 6, 6, 6, 6, 5, 6, 6, 7, 5, 8, 7, 6, 6, 6)


def head() -> str:
    """The line above the seeds."""
    return _row("seed", [*_SHORT, *_FIGURES])


def line(score: Score) -> str:
    """A seed in one line."""
    return _row(str(score.seed), _cells(score))


def tale(score: Score) -> str:
    """What happened when, and what was counted."""
    told = sorted(score.story, key=lambda item: item[0])
    return "\n".join(f"  {at.astimezone(CHINA):%m-%d %H:%M}  {words}" for at, words in told)


def total(scores: Sequence[Score], seconds: float) -> str:
    """The sum of all, and what misses the bar."""
    faults = missed(scores)
    verdict = "the bar is met" if not faults else "the bar is missed: " + "; ".join(faults)
    return f"{_row('all', _cells(_sum(scores)))}\n\n{len(scores)} seeds in {seconds:.0f} s: {verdict}"


def missed(scores: Sequence[Score]) -> list[str]:
    """What misses the bar."""
    whole = _sum(scores)
    alarms = [f"{whole.yearly:.1f} false alarms a portal and year"] if whole.yearly > ALARMS_A_YEAR else []
    return [*whole.broken(), *alarms]


def page(scores: Sequence[Score], command: str, seconds: float) -> str:
    """docs/simulation.md."""
    rows = [[str(score.seed), *_cells(score)] for score in scores] + [["all", *_cells(_sum(scores))]]
    head_, rule = ["seed", *_SHORT, *_FIGURES], ["---:"] * (1 + len(_SHORT) + len(_FIGURES))
    table = "\n".join("| " + " | ".join(row) + " |" for row in (head_, rule, *rows))
    kinds = "\n".join(f"| {kind.name} | {kind.what} | {_WORDS[kind.verdict]} |" for kind in KINDS)
    faults = missed(scores)
    verdict = "The bar is met." if not faults else f"The bar is missed: {'; '.join(faults)}."
    ticks = sum(score.ticks for score in scores)
    return _PAGE.format(command=command, seconds=seconds, table=table, kinds=kinds, verdict=verdict, ticks=ticks, days=scores[0].days)


_WORDS = {"fault": "must be noticed", "sound": "must raise no alarm", "either": "may be told of"}


def _sum(scores: Sequence[Score]) -> Score:
    whole = Score(0, sum(score.days for score in scores))
    for score in scores:
        whole.counts += score.counts
        whole.delays += score.delays
        for name in ("ticks", "requests", "new", "held", "faults", "alarms", "notices", "seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(score, name))
        whole.slowest = max(whole.slowest, score.slowest)
    return whole


def _cells(score: Score) -> list[str]:
    median, late = score.delay()
    counts = [str(score.counts[name]) for name in COUNTED]
    figures = [score.faults, score.slowest, score.alarms, f"{score.yearly:.1f}", score.notices, score.held, score.new]
    costs = [f"{score.requests / max(1, score.new):.1f}", f"{median:.0f}m", f"{late:.0f}m", f"{score.seconds:.0f}"]
    return [*counts, *map(str, figures), *costs]


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:>4} " + " ".join(cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))


_PAGE = """# A portal over months

Written by `{command}` ({seconds:.0f} s, {ticks:,} ticks; {days:g} days of virtual time a seed). {verdict}

A portal is drawn from a seed: how often it publishes by day, night and weekend, a holiday week, its markup, addresses, charset,
dates and validators. It publishes, corrects, withdraws, pins and back-dates articles, some of them alike on purpose (the daily
weather, notices that differ by a place). About every five days something happens to it. Its pages are read by the
fetcher (all but the wire: redirects, robots.txt, pacing and back-off are the real ones), readers, rules and store that a
real portal meets, tick by tick; the clock stands still but for what sleeps. The judge knows which article every answer was.

{table}

Must be 0: *lost* (on a list that could be read, and not in the feed), *unsent* (news, and not pushed), *doubled* (two entries for one
article), *new?* (pushed as new though known or old), *merged* (one entry that was two articles), *missed* (an edit that a
visit showed and nobody recorded), *gone?* (withdrawn while the list shows it), *damaged* (an entry whose title or text is not the
article's), *unseen* (a visible fault that was not noticed), *noise* (a notice to the operator where nothing was wrong, or a second one
of the same trouble that is no reminder). *edits?* are updates without an edit.
*faults* is how many faults were visible, *ticks* how many ticks the slowest took to be noticed (at most 2), *alarms* how
often the operator was told of nothing (at most one a portal and */year*), *notices* how many they were sent, *held* how many
articles the circuit breaker held until the operator let them go a day later,
*req/new* requests for each new article, *delay* and *p95* minutes from the article's
being listed to its being in the feed (median and 95th percentile; outages included), *s* seconds of processor time.

## What happens

| happening | what it is | verdict |
| --- | --- | --- |
{kinds}

Besides, at all times: nights, weekends and a holiday week without news; the ordinary edits, withdrawals, returns, pins and late articles.
"""
