"""What a reader shows, held against what it must show. Raises install.Failed with the first difference."""

from collections.abc import Mapping, Sequence

from install import Failed
from readers import CHANGES, Client, Edit, Reading, Row
from world import LANGUAGE, Told


def shown(name: str, rows: Sequence[Row], told: Told) -> str:
    """Which version of an edited article a client shows, judged by what was edited: `new`, `old` or `both`."""
    here = [row for row in rows if row.id == told.id]
    fresh = [row for row in here if _agrees(row, told, name)]
    return "both" if 0 < len(fresh) < len(here) else "new" if fresh else "old"


def _agrees(row: Row, told: Told, what: str) -> bool:
    return told.text in row.body if what == "body" else getattr(row, what) == getattr(told, what)


def fetch(client: Client, name: str, got: Reading, came: int, told: Sequence[Told], statuses: Sequence[int]) -> None:
    """A fetch (its `name` in run.ROUNDS) brought what it must, and was answered as it must be; `came`: by how many the rows are more."""
    wanted = {"second": client.again[0], "third": client.again[1]}.get(name, 200)
    _demand(list(statuses) == [wanted], f"{name} fetch: was answered {list(statuses)} instead of {wanted}")
    edit = client.edits.get(name)
    rows = edit.rows if edit else {"first": len(told), "new": 1}.get(name, 0)
    _demand(came == rows, f"{name} fetch: {came} rows came instead of {rows}")
    _demand({row.id for row in got.rows} == {one.id for one in told}, f"{name} fetch: other items than were published")
    _demand(got.unread in {None, rows}, f"{name} fetch: {got.unread} unread instead of {rows}")
    if client.tells:
        _demand(got.modified == (1 if edit else 0), f"{name} fetch: tells of {got.modified} edits")


def edited(name: str, edit: Edit, found: Edit) -> None:
    """An edit became what the table says."""
    _demand(name in CHANGES and edit == found, f"edited {name}: {found} instead of {edit}")


def language(client: Client, kind: str, got: Reading) -> None:
    """The feed's language is told, by the clients that tell it, as it was written."""
    wanted = LANGUAGE.lower() if kind in client.languages else None
    _demand((got.language or "").lower() == (wanted or ""), f"shows the language {got.language!r}")


def items(rows: Sequence[Row], told: Sequence[Told], times: Mapping[str, set[int]]) -> None:
    """Each item stands once, as it was written; its time is one of `times` (a client that holds items may show the one it first saw)."""
    known = {row.id: row for row in rows}
    _demand(len(known) == len(rows), "an item stands twice")
    _demand(set(known) == {one.id for one in told}, f"{len(known)} items instead of {len(told)}")
    for one in told:
        row = known[one.id]
        _demand((row.title, row.link) == (one.title, one.link), f"shows {row.title!r}, {row.link} instead of {one.title!r}, {one.link}")
        _demand(row.at in times[one.id], f"shows {one.title!r} at {row.at} instead of {sorted(times[one.id])}")
        _demand(one.text in row.body, f"shows {one.title!r} without its text: {row.body[:100]!r}")


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)
