"""Writing the feeds that changed: entries chosen by the core, rendered by the formats, put on the shelf."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..core import feed as feeds
from ..core.decide import digest
from ..errors import StoreError
from ..model import Catalogue, Entry, Feed, Portal
from ..ports import CatalogueFormat, Clock, Format, Store

Put = Callable[[str, bytes], bool]
"""Write a published file by name; False when it held the same before."""

CATALOGUE = "*"
"""The name under which the store remembers the catalogue files; no portal can have it."""

_BIRTH = datetime(2026, 1, 1, tzinfo=UTC)
_SHOWN_IN_CATALOGUE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """One round of publishing. `formats` and `catalogues` are called only when something must be rendered."""

    portals: Sequence[Portal]
    store: Store
    clock: Clock
    base_url: str
    version: str
    suffixes: Sequence[str]
    names: Sequence[str]
    formats: Callable[[], Iterable[Format]]
    catalogues: Callable[[], Iterable[CatalogueFormat]]
    put: Put
    present: Callable[[str], bool]

    def run(self) -> tuple[list[str], dict[str, str]]:
        """(names of the files that changed, portal → why its feed could not be rendered)."""
        drawings = self.store.portals.drawings()
        written: list[str] = []
        faults: dict[str, str] = {}
        for portal in self.portals:
            if self._stale(portal, drawings):
                try:
                    written += self._draw(portal, drawings.get(portal.id, (0, -1, ""))[0])
                except StoreError as error:
                    faults[portal.id] = str(error)
                except (ValueError, TypeError, LookupError, ArithmeticError) as error:
                    faults[portal.id] = f"its feed could not be rendered, the last good one stays: {type(error).__name__}: {error}"
        marks = digest(self.version, self.base_url, *(f"{p.id}\n{p.title}\n{p.url}\n{p.language}" for p in self.portals))
        if written or drawings.get(CATALOGUE, (0, 0, ""))[2] != marks or not all(map(self.present, self.names)):
            try:
                written += self._draw_catalogue(marks)
            except StoreError as error:
                faults[CATALOGUE] = str(error)
        return written, faults

    def _marks(self, portal: Portal) -> str:
        return digest(self.version, self.base_url, portal.title, portal.url, portal.language or "", *self.suffixes)

    def _stale(self, portal: Portal, drawings: Mapping[str, tuple[int, int, str]]) -> bool:
        changed, drawn, marks = drawings.get(portal.id, (0, -1, ""))
        return changed != drawn or marks != self._marks(portal) or not all(self.present(portal.id + suffix) for suffix in self.suffixes)

    def _draw(self, portal: Portal, version: int) -> list[str]:
        feed = self._feed(portal)
        rendered = [(portal.id + form.SUFFIX, feeds.fit(feed, form.render)) for form in self.formats()]
        written = [name for name, content in rendered if self.put(name, content)]
        self.store.portals.save_drawing(portal.id, version, self._marks(portal))
        return written

    def _draw_catalogue(self, marks: str) -> list[str]:
        shown = tuple(self._feed(portal, _SHOWN_IN_CATALOGUE) for portal in self.portals)
        catalogue = Catalogue(title="Feedbridge", base_url=self.base_url, feeds=shown)
        rendered = [(form.NAME, form.render(catalogue)) for form in self.catalogues()]
        written = [name for name, content in rendered if self.put(name, content)]
        self.store.portals.save_drawing(CATALOGUE, 0, marks)
        return written

    def _feed(self, portal: Portal, only: int = 0) -> Feed:
        now = self.clock.now()
        since = now if only else now - feeds.RECENT
        held = self.store.archive.feed(portal.id, only or feeds.NEWEST, since, feeds.MOST)
        entries = feeds.distinct_updated(feeds.choose(held, now))
        return Feed(
            id=portal.id,
            stem=portal.id,
            title=portal.title,
            home_url=portal.url,
            base_url=self.base_url,
            updated=_newest(entries),
            entries=entries,
            language=portal.language or _language(entries),
        )


def _language(entries: Sequence[Entry]) -> str:
    """What most entries are in; Chinese without a region is taken as the mainland's, and nothing known as that too."""
    found = Counter(entry.language for entry in entries if entry.language)
    most = found.most_common(1)[0][0] if found else "zh"
    return "zh-CN" if most == "zh" else most


def _newest(entries: Sequence[Entry]) -> datetime:
    """When what the feed shows last changed, a late article's coming included; without entries a time that never moves."""
    return max((max(entry.updated, entry.first_seen) for entry in entries), default=_BIRTH)
