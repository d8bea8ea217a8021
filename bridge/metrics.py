"""The figures of an installation in Prometheus' text format, version 0.0.4; for `/metrics` and node_exporter's textfile collector.

Units are the base ones (seconds), counters end in `_total`, a state is one gauge for each value that it may have, 1 for the one that holds.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args

from . import __version__, shelf
from .overview import Overview, PortalView, SubscriberView, Verdict

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FILE: Final = "metrics.prom"
"""The file's name in the state folder."""

Value = float | datetime | None
Sample = tuple[Mapping[str, str], Value]
"""Labels and a value; a time stands as seconds since 1970, None for what is not known: no line."""

_STATES = ("new", "open", "failing", "paused", "disabled")
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its samples."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: tuple[Sample, ...]


def text(overview: Overview, more: Iterable[Family] = ()) -> str:
    """The whole exposition: what `overview` tells, then `more`; each metric once, with HELP and TYPE, ending in a line feed."""
    return "".join(f"{line}\n" for family in (*_families(overview), *more) for line in _lines(family))


def write(path: Path, content: str) -> None:
    """`path` holds `content`, by rename: a collector never reads half of it. StoreError when it cannot be written.

    Not synced to the disk: after a crash the next tick writes it anew.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(content, encoding="utf-8")
        fresh.chmod(0o644)
        os.replace(fresh, path)
    except OSError as error:
        raise shelf.failure(path, error) from error


def _lines(family: Family) -> Iterator[str]:
    lines = [_line(family.name, labels, value) for labels, value in family.samples if value is not None]
    if lines:
        yield f"# HELP {family.name} {family.help}"
        yield f"# TYPE {family.name} {family.kind}"
        yield from lines


def _line(name: str, labels: Mapping[str, str], value: float | datetime) -> str:
    shown = ",".join(f'{key}="{_label(word)}"' for key, word in labels.items())
    number = round(value.timestamp(), 3) if isinstance(value, datetime) else value
    return f"{name}{{{shown}}} {number}" if shown else f"{name} {number}"


def _label(word: str) -> str:
    """A label's value: any Unicode text, with backslash, quote and line feed escaped; lone surrogates cannot be written."""
    return word.encode("utf-8", "replace").decode("utf-8").translate(_ESCAPED)


# ---------------------------------------------------------------- what there is


def _families(overview: Overview) -> Iterator[Family]:
    about = {"version": __version__, "python": sys.version.split()[0]}
    yield Family("feedbridge_build_info", "gauge", "The program that wrote this.", ((about, 1),))
    yield from _runs(overview)
    yield from _portals(overview.portals)
    yield from _destinations(overview.subscribers)


def _runs(overview: Overview) -> Iterator[Family]:
    opened = sum(incident.closed is None for incident in overview.incidents)
    yield _one("last_run_timestamp_seconds", "When the last tick ended.", overview.last_run)
    yield _one("last_run_duration_seconds", "How long the last tick took.", overview.last_run_seconds)
    yield _one("incidents_open", "Incidents that are not over.", opened)
    yield _one("faults", "Published files that could not be written at the last tick.", len(overview.faults))


def _one(name: str, about: str, value: Value) -> Family:
    return Family(f"feedbridge_{name}", "gauge", about, (({}, value),))


def _portals(portals: Iterable[PortalView]) -> Iterator[Family]:
    views = tuple(portals)

    def each(name: str, about: str, value: Callable[[PortalView], Value], kind: Literal["gauge", "counter"] = "gauge") -> Family:
        return Family(f"feedbridge_portal_{name}", kind, about, tuple(({"portal": view.id}, value(view)) for view in views))

    yield Family(
        "feedbridge_portal_verdict",
        "gauge",
        "Whether the portal is new, well, quiet, suspicious or broken.",
        tuple(({"portal": v.id, "verdict": one}, int(v.verdict == one)) for v in views for one in get_args(Verdict)),
    )
    yield each("last_look_timestamp_seconds", "When the portal was last looked at.", lambda v: v.last)
    yield each("last_good_timestamp_seconds", "When a look at the portal last went well.", lambda v: v.last_good)
    yield each("next_look_timestamp_seconds", "When the portal is due.", lambda v: v.next)
    yield each("last_article_timestamp_seconds", "The time of the newest article.", lambda v: v.newest_at)
    yield each("bad_ticks", "Bad looks in a row.", lambda v: v.bad_ticks)
    yield each("articles_total", "Articles found so far.", lambda v: v.entries, "counter")
    yield each("unread", "Known lines of lists whose article was not read yet.", lambda v: v.unread)
    yield each("held", "Articles that the circuit breaker holds.", lambda v: v.held)
    yield each("requests_last_day", "Requests sent to the portal in the last day.", lambda v: v.requests)
    yield each("success_ratio", "Share of the last day's looks that went well.", lambda v: v.success)
    yield each("delay_seconds", "Median time from publication to feed of recent articles.", _delay)


def _delay(view: PortalView) -> float | None:
    return None if view.delay is None else view.delay.total_seconds()


def _destinations(subscribers: Iterable[SubscriberView]) -> Iterator[Family]:
    views = tuple(subscribers)
    who = [{"destination": v.id, "kind": v.kind, "role": v.role} for v in views]
    states = [(about, view, one) for about, view in zip(who, views, strict=True) for one in _STATES]
    yield Family(
        "feedbridge_destination_state",
        "gauge",
        "Whether the destination is new, open, failing, paused or disabled.",
        tuple(({**about, "state": one}, int(view.state == one)) for about, view, one in states),
    )
    yield Family(
        "feedbridge_deliveries",
        "gauge",
        "Deliveries that wait, are held by the circuit breaker, or were given up in the last 90 days.",
        tuple(
            ({**about, "state": one}, number)
            for about, view in zip(who, views, strict=True)
            for one, number in (("waiting", view.waiting), ("held", view.held), ("dead", view.dead))
        ),
    )
    sent = tuple((about, view.sent) for about, view in zip(who, views, strict=True))
    yield Family("feedbridge_deliveries_sent_total", "counter", "Deliveries that the destination took.", sent)
    last = tuple((about, view.last_sent) for about, view in zip(who, views, strict=True))
    yield Family("feedbridge_destination_last_sent_timestamp_seconds", "gauge", "When the destination last took a delivery.", last)
