"""docs/clients.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A client with a format: what went wrong, and the cells of its rows by name."""

    client: str
    kind: str
    fault: str
    cells: Mapping[str, str]

    @property
    def verdict(self) -> str:
        """A cell."""
        return f"FAILED: {self.fault}".replace("\n", " ").replace("|", "/")[:160] if self.fault else "ok"


_FETCHES = ("items", "language", "first", "second", "third", "new")
_EDITS = ("title", "body", "link")
_LIBRARY = ("archives", "way", "bids", "all")


def report(lines: Sequence[Line], checks: Sequence[Line], found: Mapping[str, str]) -> str:
    """The page."""
    known = [Line(f"{line.client} {found.get(line.client, '')}".strip(), line.kind, line.fault, line.cells) for line in lines]
    return _PAGE.format(
        fetches=_table(
            ("client", "format", "verdict", "items", "language", "1st", "2nd", "3rd", "after a new article"), known, _FETCHES, True
        ),
        edits=_table(("client", "format", "title edited", "text edited", "address changed"), known, _EDITS),
        library=_table(("client", "format", "archives", "found by", "feed of choice", "`all`"), known, _LIBRARY),
        checks=_table(("tool", "reads", "verdict", "found"), checks, ("found",), True),
        good=sum(not line.fault for line in (*lines, *checks)),
        all=len(lines) + len(checks),
    )


def _table(head: Sequence[str], lines: Iterable[Line], names: Sequence[str], verdict: bool = False) -> str:
    rows = [
        (line.client, line.kind, *([line.verdict] if verdict else []), *(line.cells.get(name, "–") for name in names)) for line in lines
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


_PAGE = """# Real clients

Made by `make clients` (tests/clients/run.py); do not edit.

Each client reads a feed of Chinese articles in our formats, over HTTP, from `feedbridge serve`. `ok`: every item stands once, with our
title, link, time, text and (where the client tells it) language; the second and third fetch bring nothing new; the fourth brings exactly
the one article that came; and of an edited title, text and address becomes exactly what the second table says.

## Fetches

The statuses are what `serve` answered, with the coding of the body. newsboat 2.21 gets its first 304 at the third fetch, because it does
not keep the validators of the very first answer. Clients that only parse (200, 200) leave conditional requests to the program around them.

{fetches}

## What an edit does

One article of the feed is edited, its id stays. `new` counts the rows that come besides those that were there: an edit brings none, except
in sfeed, which tells rows apart by id, title and address together. rss2email has sent its mail and sends no second one.

{edits}

## Archives, feeds of choice, `all`

The live feed of a portal and its archive documents (RFC 5005) hold everything that the portal has given in four months, and no two archive
documents hold the same. `links`: the client itself led to each document, by `prev-archive` (in JSON Feed: `next_url`). A feed of choice
(by a word in the title) and the feed of everything are read like any other.

{library}

## Single looks

{checks}

{good} of {all} ok.
"""
