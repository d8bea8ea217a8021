"""Text in columns of a terminal: wrapped, cut and framed by display width, so that Chinese lines up."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence

from ..console import table, width

PLAIN_WIDTH = 80
"""Columns of running text where nobody says how wide it may be."""
READABLE = 100
"""Running text is no wider than this, however wide the window."""

_TOKEN = re.compile(
    r"\s+|[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+"
)
_NOT_FIRST = frozenset("，。、；：！？”’）】》〉」』…,.;:!?)]}%％·")
_NOT_LAST = frozenset("“‘（【《〈「『([{")


def room() -> int | None:
    """Columns of the terminal that stdout is (or of the variable COLUMNS); None where stdout is a file or a pipe."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        return None
    return max(40, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)


def measure() -> int:
    """Columns that running text is set in."""
    return min(room() or PLAIN_WIDTH, READABLE)


def clip(text: str, columns: int) -> str:
    """`text` in at most `columns` columns; an ellipsis says that there was more."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for char in text[: columns + 1]:
        used += width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def wrap(text: str, columns: int) -> list[str]:
    """The lines of one paragraph, at most `columns` (2 or more) wide; none begins with closing punctuation or ends with an opening one."""
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for token in _tokens(text, columns):
        if line and used + width(token) > columns and not token.isspace():
            carried = _carried(line, token, columns)
            lines.append("".join(line).rstrip())
            line, used = carried, sum(map(width, carried))
        if line or not token.isspace():
            line.append(token)
            used += width(token)
    return [*lines, "".join(line).rstrip()] if line else lines


def _tokens(text: str, columns: int) -> Iterable[str]:
    """Words with the blank after them, wide characters one by one, words wider than a line in pieces."""
    for token in _TOKEN.findall(" ".join(text.split())):
        while width(token) > columns:
            head = clip(token, columns + 1)[:-1] or token[:1]
            yield head
            token = token[len(head) :]  # noqa: PLW2901 - what is left of it
        yield token


def _carried(line: list[str], token: str, columns: int) -> list[str]:
    """What moves from the end of a full line to the next one before `token`, taken off `line`; nothing where there is no room for it."""
    next_one = token
    carried: list[str] = []
    while len(line) > 1 and len(carried) < 4 and (token[0] in _NOT_FIRST or line[-1][-1:] in _NOT_LAST):
        token = line.pop()
        carried.insert(0, token)
    if sum(map(width, carried)) + width(next_one) > columns:
        line.extend(carried)
        return []
    return carried


def fitted(head: Sequence[str], rows: Sequence[Sequence[object]], columns: int | None, give: Sequence[int]) -> list[str]:
    """The lines of a table no wider than `columns`: the columns in `give` are cut, the later ones first, none below 12."""
    cells = [[" ".join(str(cell).split()) for cell in row] for row in rows]
    widths = [max(width(row[n]) for row in (list(head), *cells)) for n in range(len(head))]
    over = sum(widths) + 2 * (len(head) - 1) - (columns or 10**9)
    for number in reversed(give):
        spared = max(0, min(over, widths[number] - 12))
        widths[number] -= spared
        over -= spared
    return table(head, [[clip(cell, widths[n]) for n, cell in enumerate(row)] for row in cells])


def framed(lines: Iterable[str], columns: int) -> list[str]:
    """Lines in a frame that is `columns` wide, wider lines cut."""
    inner = columns - 4
    body = [f"│ {cut}{' ' * (inner - width(cut))} │" for cut in (clip(line, inner) for line in lines)]
    return [f"┌{'─' * (columns - 2)}┐", *body, f"└{'─' * (columns - 2)}┘"]


def labelled(label: str, text: str, columns: int, indent: int = 13) -> list[str]:
    """`label` in a column of its own, `text` wrapped beside it."""
    first, *more = wrap(text, max(20, columns - indent)) or ["-"]
    return [f"{label:{indent}}{first}", *(" " * indent + line for line in more)]


def shown(text: str) -> str:
    """Text of a portal in one line without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
