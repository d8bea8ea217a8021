"""Tables that hold data, as against those that lay out a page."""

from itertools import islice

from lxml.html import HtmlElement


def is_data_table(table: HtmlElement) -> bool:
    """Two rows and more of two cells and more with short texts, no table or frame of a page within, few links."""
    if (
        table.get("role") == "presentation"
        or next((one for one in table.iterdescendants("table", "h1", "script", "form", "input")), None) is not None
    ):
        return False
    rows = [[_size(cell) for cell in row.iterchildren("td", "th")] for row in islice(table.iter("tr"), 400)]
    wide = [row for row in rows if sum(size > 0 for size in row) >= 2]
    if len(wide) < 2 or len(wide) < 0.4 * len(rows):
        return False
    total = sum(map(sum, rows))
    linked = sum(map(_size, islice(table.iter("a"), 2000)))
    return max(size for row in rows for size in row) <= max(300, 0.3 * total) and linked <= 0.6 * total


def _size(element: HtmlElement) -> int:
    """How many characters an element holds."""
    text = "".join(element.itertext()) if len(element) else element.text
    return len(text.strip()) if text else 0
