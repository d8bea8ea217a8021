"""What a request asks for: a content coding, or nothing when it has the document already. Pure; RFC 9110 §8.8, §12.5.3, §13."""

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, Literal

Coding = Literal["", "gz", "br"]
"""Identity, gzip, brotli; the word is also the suffix of the file and of the ETag."""

PREFERRED: Final[tuple[tuple[Coding, str], ...]] = (("br", "br"), ("gz", "gzip"))
"""Ours by preference, with their names in HTTP."""

Verdict = Literal["send", "unchanged", "failed"]
_MOST_TAGS = 50


@lru_cache(maxsize=256)
def coding(accept: str, have: frozenset[Coding]) -> Coding:
    """The best coding among `have` that an Accept-Encoding allows; identity where it allows none of them.

    The highest quality wins, ours by preference among equals. Without the header nothing but identity is meant here: clients that
    can unpack say so.
    """
    weights = _weights(accept)
    best: Coding = ""
    best_weight = weights.get("identity", 0.0)
    for one, name in reversed(PREFERRED):
        weight = weights.get(name, weights.get("*", 0.0))
        if one in have and weight > 0 and weight >= best_weight:
            best, best_weight = one, weight
    return best


def _weights(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.lower().split(",")[:_MOST_TAGS]:
        name, _, parameters = part.partition(";")
        if coded := name.strip().removeprefix("x-"):  # x-gzip is gzip (RFC 9110 §8.4.1.3)
            found[coded] = _quality(parameters)
    return found


def _quality(parameters: str) -> float:
    """q (RFC 9110 §12.4.2); 1 without one, 0 for one that is no number between 0 and 1."""
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            digits = value.strip()
            plain = digits.replace(".", "", 1).isdecimal() and digits.isascii()
            return min(float(digits), 1.0) if plain else 0.0
    return 1.0


def verdict(tags: Collection[str], modified: datetime, match: str | None, none_match: str | None, since: str | None) -> Verdict:
    """What the preconditions of a GET or HEAD make of a document that exists, in the order of RFC 9110 §13.2.2.

    `tags` are the opaque tags (without quotes) of all its codings: a client may hold any of them. If-None-Match is compared weakly
    and hides If-Modified-Since; a date that cannot be read counts as absent. `modified` is in whole seconds.
    """
    if match is not None and not _listed(tags, match, weak=False):
        return "failed"
    if none_match is not None:
        return "unchanged" if _listed(tags, none_match, weak=True) else "send"
    if since is not None and (seen := http_date(since)) is not None and modified <= seen:
        return "unchanged"
    return "send"


def _listed(tags: Collection[str], field: str, *, weak: bool) -> bool:
    """Whether a list of entity tags, or `*`, names one of `tags`. Quotes may be missing: some clients drop them."""
    if field.strip() == "*":
        return True
    for part in field.split(",")[:_MOST_TAGS]:
        tag = part.strip()
        if tag.startswith("W/"):
            if not weak:
                continue
            tag = tag[2:]
        if tag.strip('"') in tags:
            return True
    return False


@lru_cache(maxsize=256)
def http_date(text: str) -> datetime | None:
    """A date in one of the three forms of RFC 9110 §5.6.7, aware UTC; None for anything else."""
    try:
        found = parsedate_to_datetime(text[:64])
    except (ValueError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
