"""What a tick did, for the one line of `run` and for programs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .steps.asking import PortalReport
from .steps.deliver import DeliveryReport


@dataclass(slots=True, kw_only=True)
class Summary:
    """The figures of one tick. `bad` portals, `shut` destinations and `faults` of feeds each with the reason."""

    started: datetime
    finished: datetime | None = None
    portals: list[PortalReport] = field(default_factory=list)
    delivery: DeliveryReport = field(default_factory=DeliveryReport)
    written: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    shut: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    recovered: int = 0

    @property
    def trouble(self) -> bool:
        """Whether something needs the operator."""
        broke = any(report.broke for report in self.portals)
        return broke or bool(self.bad or self.shut or self.held or self.faults or self.delivery.dead or self.delivery.closed_kinds)

    def total(self, name: str) -> int:
        """A figure summed over portals."""
        return sum(getattr(report, name) for report in self.portals)

    def looks(self) -> dict[str, tuple[int, bool]]:
        """By portal that was looked at: requests, and whether a fault was met."""
        return {report.portal: (report.requests, bool(report.cause)) for report in self.portals}

    def plain(self) -> dict[str, Any]:
        """The figures as data."""
        figures = {name: self.total(name) for name in ("requests", "listed", "new", "adopted", "updated", "withdrawn", "left")}
        sent = {name: getattr(self.delivery, name) for name in ("sent", "retry", "dead", "uncertain", "dropped")}
        seconds = round((self.finished - self.started).total_seconds(), 3) if self.finished else None
        about = {"started": self.started.isoformat(timespec="seconds"), "seconds": seconds, "portals": [r.portal for r in self.portals]}
        trouble = {
            "interrupted": self.recovered,
            "bad": self.bad,
            "shut": self.shut,
            "held": self.held,
            "faults": self.faults,
            "by_portal": {r.portal: {"requests": r.requests, "cause": r.cause} for r in self.portals},
            "closed": self.delivery.closed_kinds,
        }
        return {**about, **figures, "deliveries": sent, "files": self.written, **trouble}

    def line(self) -> str:
        """The tick in one line."""
        figures = {name: self.total(name) for name in ("new", "adopted", "updated", "withdrawn", "left")}
        sent = {name: getattr(self.delivery, name) for name in ("sent", "retry", "uncertain", "dead", "dropped")}
        parts = [*_told(figures, "new"), *_told(sent, "sent"), f"{len(self.written)} files written"]
        met = {r.portal: f"{r.cause}: {r.detail}" for r in self.portals if r.cause}
        causes = ({**met, **self.bad}, self.held, self.faults, self.shut, self.delivery.closed_kinds)
        trouble = dict.fromkeys(f"; {name}: {why}" for found in causes for name, why in found.items())
        looked = f"{len(self.portals)} portal{'' if len(self.portals) == 1 else 's'} looked at"
        return f"{looked}, {self.total('requests')} requests: {', '.join(parts)}{''.join(trouble)}"

    def all_notes(self) -> Iterable[str]:
        """A line for each fault of a page or delivery, and what else is worth a line."""
        return [*(note for report in self.portals for note in report.notes), *self.delivery.notes, *self.notes]


def _told(figures: dict[str, int], always: str) -> list[str]:
    return [f"{many} {name}" for name, many in figures.items() if many or name == always]
