"""Where a key stands in a TOML text, because parsers that keep values do not keep lines."""

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"'-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]+\"|'[^']+')\s*[.=]")


class Lines:
    """The lines of a TOML text by key path, e.g. ("portals", 0, "url"); good enough to point a person there."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str | int, ...], int] = {}
        counts: dict[str, int] = {}
        table: tuple[str | int, ...] = ()
        fence = ""
        for number, line in enumerate(text.split("\n"), 1):
            if fence:
                fence = "" if fence in line else fence
                continue
            if header := _HEADER.match(line):
                table = self._enter(header[1], header[2], counts)
                self._at.setdefault(table, number)
            elif found := _KEY.match(line):
                self._at.setdefault((*table, found[1].strip("\"'")), number)
                fence = _opened(line)

    def _enter(self, brackets: str, name: str, counts: dict[str, int]) -> tuple[str | int, ...]:
        parts = [part.strip("\"' ") for part in name.split(".")]
        if brackets == "[[":
            counts[parts[0]] = counts.get(parts[0], -1) + 1
        head: tuple[str | int, ...] = (parts[0], counts[parts[0]]) if parts[0] in counts else (parts[0],)
        return (*head, *parts[1:])

    def find(self, path: tuple[str | int, ...]) -> int:
        """The line of `path`, else of the nearest table around it, else 0."""
        while path and path not in self._at:
            path = path[:-1]
        return self._at.get(path, 0)


def _opened(line: str) -> str:
    """The fence of a multi-line string that this line opens and does not close."""
    for fence in ('"""', "'''"):
        if line.count(fence) == 1:
            return fence
    return ""
