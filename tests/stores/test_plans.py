"""No query of a tick goes through the archive, and none stands there unused."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from bridge.stores import sqlite as store
from bridge.stores.database import queries

OPERATORS = {"article_pages_spoil", "entries_first_seen_at", "find_title", "missing", "redraw", "redraw_archives"}
"""What people ask for by a command may look at everything."""
SMALL = {
    "portals",
    "destinations",
    "subscriptions",
    "incidents",
    "gaps",
    "publications",
    "runs",
    "forgotten",
    "waiting_ones",
    "r",
    "CONSTANT",
}
"""Tables that do not grow with the archive, and results that are limited inside the query; `runs` is read from its end."""
SOME = re.compile(r"INDEX (deliveries_waiting|links_held|archives_spoilt|files_live|pages_drawn_due)$")
"""Indexes of the few rows that wait for something."""


def scans(db, sql):
    """The steps of a query that go through all of a table, with the table instead of its alias."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql), 1)
    for *_, step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values):
        if step.startswith("SCAN"):
            alias = step.split()[1]
            table = re.search(rf"(?:FROM|JOIN)\s+(\w+)(?: AS)? {alias}\b", sql)
            yield table[1] if table else alias, step


def test_no_query_of_a_tick_goes_through_the_archive(tmp_path):
    """By SQLite's own plans: all but operators' queries search by an index, or scan what stays small."""
    store.connect(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / store.FILE)) as db:
        found = {name: list(scans(db, sql)) for name, sql in queries().items() if name not in OPERATORS}
    wrong = {name: step for name, steps in found.items() for table, step in steps if table not in SMALL and not SOME.search(step)}
    assert wrong == {}


def test_every_named_query_is_used():
    code = "".join(path.read_text("utf-8") for path in Path(store.__file__).parent.glob("*.py"))
    assert [name for name in queries() if f'"{name}"' not in code and not name.startswith("forget_")] == []
