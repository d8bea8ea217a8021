"""The table of the crash run, for a terminal and for docs/crash.md."""

from dataclasses import dataclass, field

from .verdict import Verdict

_HEAD = ("phase", "boundaries", "cases", "kills", "lost", "doubled", "out of order", "damaged", "doubles in flight")


@dataclass(slots=True)
class Line:
    """The figures of one phase. `boundaries` is how many its tick has, 0 where kills are random."""

    boundaries: int = 0
    cases: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    order: int = 0
    damaged: int = 0
    excused: int = 0

    def cells(self, phase: str) -> tuple[str, ...]:
        """The line as text."""
        figures = (self.cases, self.kills, self.lost, self.doubled, self.order, self.damaged, self.excused)
        return (phase, str(self.boundaries or "random"), *map(str, figures))


@dataclass(slots=True)
class Table:
    """All phases, in the order in which they came, and everything that went wrong."""

    lines: dict[str, Line] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(line.kills for line in self.lines.values())

    def add(self, verdict: Verdict, boundaries: int) -> None:
        """A verdict more."""
        line = self.lines.setdefault(verdict.phase, Line(boundaries))
        line.cases += 1
        line.kills += verdict.kills
        line.lost += len(verdict.lost)
        line.doubled += len(verdict.doubled)
        line.order += len(verdict.order)
        line.damaged += len(verdict.damaged)
        line.excused += verdict.excused
        self.faults += [f"{verdict.case}: {fault}" for fault in verdict.faults]

    def rows(self) -> list[tuple[str, ...]]:
        """Head, lines and sum."""
        whole = Line(*(sum(getattr(line, name) for line in self.lines.values()) for name in Line.__slots__))
        return [_HEAD, *(line.cells(phase) for phase, line in self.lines.items()), ("all", "", *whole.cells("")[2:])]

    def text(self) -> str:
        """The table in columns."""
        rows = self.rows()
        widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
        return "\n".join(
            "  ".join(c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(r, widths, strict=True))) for r in rows
        )

    def markdown(self) -> str:
        """The table for a page."""
        head, *rows = self.rows()
        rule = ("---", *["---:"] * (len(head) - 1))
        return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def page(table: Table, command: str, seconds: float) -> str:
    """docs/crash.md."""
    cases = sum(line.cases for line in table.lines.values())
    return _PAGE.format(command=command, seconds=seconds, table=table.markdown(), cases=cases, kills=table.kills)


_PAGE = """# What a killed process loses

Nothing. This page was written by `{command}` ({seconds:.0f} s, {cases} cases, {kills} processes killed with SIGKILL);
`make crash` tries a sample of the same cases in about two minutes, `python -m bench.crash --every 1` all of them.

Each case starts from the same state, with a sample portal, a strict stand-in for the Bot API, a webhook receiver and a WebSub hub, all
on loopback. One tick (or one command, or ten ticks in a row) is killed with SIGKILL at a boundary: before a database statement, before
or after a COMMIT, before or after a request to the portal, before a request to a receiver, between a receiver's answer and its storing,
before each sync, rename, link and removal of a file; or at any moment, by a timer.
(Reads in a row have one boundary in common.) Some cases break the receivers' answers besides; in
some an operator gives commands between the kills, removes subscribers and adds them again, or makes backups beside the ticks. A command
that was killed is given again. Then ticks run, a minute apart, until one finds nothing to do.

After that:

- every article stands once in each feed, in its live document or in an archive; every published file is whole (right after the kill
  too), and so is each compressed form; where publishing was killed, every file is, byte for byte, what an unkilled tick publishes (but
  `status.html`, which shows how ticks went);
- every message stands in the chat, alone or in a digest; every event was accepted by the hook, signed and under one id of its own; both
  in the order in which things happened; the messages of corrected and withdrawn articles show the last correction, and say so;
- each operator was told once that a portal or a chat is in trouble, and once that it is over;
- the hub has fetched every feed as it stands;
- what an operator dropped or discarded was not sent; what was retried, replayed or released was;
- `PRAGMA integrity_check` and `foreign_key_check` are clean, no attempt is open, and every backup opens and can be restored;
- the chat server's limits were never exceeded, however many processes were started: neither by its own sliding windows, nor in any 60
  seconds of its log.

{table}

*Boundaries* is how many the phase's process has, *cases* how many of them were tried.
*Lost*, *doubled*, *out of order* and *damaged* must be 0; the run fails otherwise, and also when a kind of boundary or one of the
statements of delivering was never reached.
*Doubles in flight* are messages that a receiver had taken when the process was killed, or whose answer a fault hid, and that
were sent again because nobody could know: at most one for each such kill or fault, and under the same id at a webhook, where the
receiver can tell. With `on_uncertain = "skip"` such a chat message is not sent again.
An attempt that timed out counts as such a fault, whether the case asked for silence or the machine was busy; in a case with one the
limits are not judged, since a request that is stuck may arrive beside its successor. The clock stands still but for the waits.
"""
