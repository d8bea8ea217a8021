"""Archive documents by month (RFC 5005 §4): which month a time belongs to, when it begins and ends, what stands before and after. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo


def month_of(at: datetime, zone: tzinfo) -> str:
    """The month of an aware time in a zone, as `2026-11`; months sort as text."""
    local = at.astimezone(zone)
    return f"{local.year:04d}-{local.month:02d}"


def span(month: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a month begins in a zone, and when the next one does; aware UTC."""
    year, number = int(month[:4]), int(month[5:])
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    first, last = (datetime(y, m, 1, tzinfo=zone).astimezone(UTC) for y, m in ((year, number), after))
    return first, last


def around(chain: Sequence[str], month: str) -> tuple[str | None, str | None]:
    """The months before and after `month` in a sorted chain, None where there is none."""
    before, after = bisect_left(chain, month), bisect_right(chain, month)
    return (chain[before - 1] if before else None), (chain[after] if after < len(chain) else None)


def stem(feed: str, month: str | None) -> str | None:
    """The stem of an archive document's files; None without a month."""
    return f"archive/{feed}-{month}" if month else None
