"""Keeping a store in order: old text, counts, what is held, what is to be forgotten, backups."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from .backups import backup
from .forgetting import Forgetting
from .holding import Holding
from .times import ms

_TEXTS = ("content_html", "content_text")
_SETTLED = timedelta(days=1)
"""How old something must be to be counted for good: clocks are set back."""


class Upkeep(Holding, Forgetting):
    """Implements upkeep_ports.Upkeep."""

    def retain(self, before: datetime, many: int, window: int = 50) -> int:
        """The texts of at most `many` entries first seen before then are gone, revisions included; how many.

        Identities, titles, summaries and prints stay, and so does the text of each feed's newest `window` entries.
        """
        shown = self._window(window)
        rows = [row for row in self._db.all("entries_whole", before=ms(before), many=many + len(shown)) if row["uid"] not in shown]
        with self._db.tx():
            for row in rows[:many]:
                self._db.run("entry_bare", uid=row["uid"], data=_bare(row["data"]))
                for revision in self._db.all("revision_texts", entry=row["uid"]):
                    self._db.run("revision_bare", entry=row["uid"], revision=revision["revision"], data=_bare(revision["data"]))
        return len(rows[:many])

    def _window(self, many: int) -> set[int]:
        portals = [row["id"] for row in self._db.all("portal_ids")]
        return {row["entry"] for portal in portals for row in self._db.all("feed_window", portal=portal, many=many)}

    def tally(self, now: datetime) -> None:
        """What is older than a day is counted for good, so that counting costs the same however large the archive is."""
        with self._db.tx():
            for row in self._db.all("portal_ids"):
                self._count(f"listed:{row['id']}", "listed_between", now, portal=row["id"])
            for row in self._db.all("destinations"):
                self._count(f"sent:{row['id']}", "sent_between", now, destination=row["id"])

    def _count(self, subject: str, name: str, now: datetime, **about: str) -> None:
        known, until = self._db.one("tally", subject=subject), ms(now - _SETTLED)
        many, since = (known["many"], known["through"]) if known else (0, 0)
        if until <= since:
            return
        row = self._db.one(name, since=since, until=until, **about)
        self._db.run("tally_save", subject=subject, many=many + (row["many"] if row else 0), through=until)

    def redraw(self) -> None:
        """Every published file is written anew by the next tick."""
        with self._db.tx():
            for name in ("redraw", "redraw_archives", "article_pages_spoil"):
                self._db.run(name)

    def backup(self, path: Path) -> Mapping[str, int]:
        """`path` is a verified copy of this moment, in one file, replaced by rename; how many entries and deliveries it holds.

        Works beside a tick, and holds nobody up.
        """
        return backup(self._db.path, path)


def _bare(data: str) -> str:
    """An entry's data without its text, in the form that codec.dump writes."""
    kept = {name: value for name, value in json.loads(data).items() if name not in _TEXTS}
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
