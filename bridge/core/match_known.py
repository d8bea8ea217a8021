"""A known article as the matcher compares it, and what its date says about another's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from ..model import Precision, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article that we have. `published` is what the portal stated (aware), None where it stated nothing; `text` may be "".

    `left`: it is not at its address any more, which shows another article, or others moved and it was not seen since.
    """

    uid: int
    url: str
    title: str
    published: datetime | None = None
    precision: Precision = "none"
    text: str = ""
    left: bool = False


def zone_of(times: Iterable[When | None]) -> tzinfo:
    """The zone in which the days of a page are counted: that of its first date."""
    return next((when.at.tzinfo for when in times if when and when.at.tzinfo), UTC)


def day_of(known: Known, zone: tzinfo) -> date | None:
    """The day on which a known article was published."""
    stated = known.published is not None and known.precision != "none"
    return known.published.astimezone(zone).date() if stated and known.published else None


def days_apart(when: When | None, known: Known) -> int | None:
    """How many days lie between two dates of publication; None where one of them is not known."""
    if when is None or when.precision == "none":
        return None
    day = day_of(known, when.at.tzinfo or UTC)
    return None if day is None else abs((when.at.date() - day).days)


def same_minute(when: When | None, known: Known) -> bool | None:
    """Whether both state the same minute; None where one of them states less than that, as the first second of a day does."""
    exact = {"second", "minute"}
    if when is None or known.published is None or when.precision not in exact or known.precision not in exact:
        return None
    alike = when.at.replace(second=0, microsecond=0) == known.published.replace(second=0, microsecond=0)
    return None if alike and when.at.time() == time() else alike
