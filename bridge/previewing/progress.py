"""One line on stderr that says what is being done, where stderr is a terminal; nothing elsewhere."""

import sys

from .layout import clip


class Progress:
    """`step` replaces the line, `done` takes it away."""

    def __init__(self, total: int = 0) -> None:
        self._on = sys.stderr.isatty()
        self._total = total
        self._count = 0

    def step(self, what: str) -> None:
        """The line says `what`, and which of how many it is where that is known."""
        self._count += 1
        if self._on:
            count = f"{self._count}/{self._total} " if self._total > 1 else ""
            self._write(clip(f"{count}{what}", 78))

    def done(self) -> None:
        """The line is empty again."""
        if self._on:
            self._write("")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
