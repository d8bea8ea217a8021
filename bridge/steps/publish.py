"""Writing the feeds that changed: entries chosen by the core, rendered by the formats, put on the shelf."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import takewhile
from typing import Protocol

from ..core import feed as feeds
from ..core.feed_choice import Channel, channels, feed_tag
from ..core.feed_months import stem
from ..core.prints import digest
from ..errors import StoreError
from ..model import Catalogue, Feed, FeedSpec, Portal
from ..overview import Overview
from ..ports import CatalogueFormat, Clock, Format, Store
from ..publication_rows import Drawn, File, Month
from . import entry_pages
from .archives import Archives
from .desk import Desk, Put, Seal, drawing
from .entry_pages import PAGES, EntryPages
from .selection import deleted, sieve_print, sift, window

CATALOGUE = "*"
"""The name under which the store remembers the catalogue files; no feed can have it."""

_SHOWN_IN_CATALOGUE = 8
_INSPECTED = 64


class OverviewFormat(Protocol):
    """A file in formats/ that renders how everything is doing."""

    NAME: str
    MEDIA_TYPE: str

    def render(self, overview: Overview, *, language: str) -> bytes:
        """The file's bytes; the same overview always gives the same bytes."""
        ...


class Report:
    """A format that shows an overview, drawn with the lists of feeds, in the language of the first feed."""

    def __init__(self, form: OverviewFormat) -> None:
        self.NAME, self.MEDIA_TYPE, self._form = form.NAME, form.MEDIA_TYPE, form

    def render(self, catalogue: Catalogue) -> bytes:
        """The file's bytes; the catalogue must have an overview."""
        assert catalogue.overview is not None
        return self._form.render(catalogue.overview, language=catalogue.feeds[0].language if catalogue.feeds else "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """One round of publishing. `formats`, `catalogues` and `pages` are called only when something must be rendered.

    A feed is drawn again when one of its portals changed, when its settings did, or when a file of it is missing or was touched. Every
    tick looks at all live files and at a few of the archives and pages, by `chance`; none is read. `suffixes` are those of the formats,
    `archived` those that have archives, `names` the files of the catalogues. `pulse` is what the catalogues show besides feeds, in short.
    Pages of articles are drawn for as long as `patience` lasts; the rest waits for the next tick. `drop` removes a published file.
    """

    portals: Sequence[Portal]
    feeds: Sequence[FeedSpec] = ()
    store: Store
    clock: Clock
    base_url: str
    hub: str | None = None
    version: str
    suffixes: Sequence[str]
    archived: Sequence[str] = (".rss", ".atom", ".json")
    names: Sequence[str]
    formats: Callable[[], Iterable[Format]]
    catalogues: Callable[[], Iterable[CatalogueFormat]]
    pages: Callable[[], EntryPages | None] = lambda: None
    overview: Callable[[], Overview | None] = lambda: None
    pulse: Callable[[], str] = str
    put: Put
    seal: Seal
    drop: Callable[[str], object] = str
    chance: Callable[[], float] = float
    patience: timedelta = timedelta(seconds=3)

    def run(self) -> tuple[list[str], dict[str, str]]:
        """(names of the files that changed, feed → why it could not be rendered)."""
        desk = Desk(store=self.store, now=self.clock.now(), base_url=self.base_url, hub=self.hub, put=self.put, seal=self.seal, written=[])
        return _Round(self, desk).run()


@dataclass(slots=True)
class _Round:
    """The round itself. `versions` are the portals' states, `files` the seals of the live files as they were written."""

    asked: Publish
    desk: Desk
    faults: dict[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    formats: list[Format] = field(default_factory=list)

    def run(self) -> tuple[list[str], dict[str, str]]:
        asked, book = self.asked, self.desk.book
        self.versions = self.desk.store.portals.versions()
        self.drawn, self.files = dict(book.drawn()), book.live_files()
        every = channels(asked.portals, asked.feeds, asked.base_url)
        self._inspect(every)
        spoilt = {feed for feed, _ in book.spoilt()}
        stale = [channel for channel in every if channel.id in spoilt or self._stale(channel)]
        for channel in stale:
            with self._guarded(channel.id, "its feed could not be rendered, the last good one stays"):
                self._draw(channel)
        with self._guarded(PAGES, "the pages of articles could not be drawn"):
            self._draw_pages(every)
        with self._guarded(CATALOGUE, "the list of feeds could not be drawn"):
            self._draw_catalogue(every, bool(stale))
            self._retire(every)
        return self.desk.written, self.faults

    @contextmanager
    def _guarded(self, name: str, what: str) -> Iterator[None]:
        """What goes wrong with one feed is told under its name and stops no other."""
        try:
            yield
        except StoreError as error:
            self.faults[name] = str(error)
        except Exception as error:  # noqa: BLE001 - a bug in drawing one feed must not stop the others, nor the deliveries
            self.faults[name] = f"{what}: {type(error).__name__}: {error}"

    # ------------------------------------------------------------ what must be drawn

    def _inspect(self, every: Sequence[Channel]) -> None:
        """Archives and pages that are missing or were touched must be drawn anew: all of a feed's when a live file of it is, else a few."""
        looked = self.desk.book.some_files(self.asked.chance(), _INSPECTED)
        for channel in every:
            if channel.id in self.drawn and not self._sound(channel):
                looked += self.desk.book.files_of(channel.id)
        bad = [file for file in looked if file.seal != self.desk.seal(file.name)]
        if bad:
            self.desk.book.spoil(bad)

    def _retire(self, every: Sequence[Channel]) -> None:
        """The feeds and archives of what is not configured any more are gone; the pages of its articles stay until they are forgotten."""
        ours = {channel.id for channel in every}
        others = ((name.rpartition(".")[0], name) for name in self.files if name not in self.asked.names)
        left = {feed for feed, name in others if feed not in ours and self.desk.seal(name)}
        for file in (file for feed in sorted(left) for file in self.desk.book.files_of(feed) if file.entry is None):
            self.asked.drop(file.name)

    def _names(self, channel: Channel) -> list[str]:
        """Its live files; a name that a catalogue has is the catalogue's."""
        return [name for suffix in self.asked.suffixes if (name := channel.id + suffix) not in self.asked.names]

    def _sound(self, channel: Channel) -> bool:
        return all(map(self._there, self._names(channel)))

    def _there(self, name: str) -> bool:
        return name in self.files and self.files[name] == self.desk.seal(name) != ""

    def _stale(self, channel: Channel) -> bool:
        drawn = self._drawn(channel)
        return drawn.version != self._version(channel) or drawn.settings != self._settings(channel) or not self._sound(channel)

    def _drawn(self, channel: Channel) -> Drawn:
        return self.drawn.get(channel.id) or Drawn(feed=channel.id, tag=feed_tag(channel))

    def _version(self, channel: Channel) -> str:
        return digest(*(f"{portal} {self.versions.get(portal, 0)}" for portal in channel.portals))

    def _settings(self, channel: Channel) -> str:
        return digest(self.asked.version, self.asked.base_url, self.asked.hub or "", repr(channel), "\n".join(self.asked.suffixes))

    # ------------------------------------------------------------ a feed

    def _draw(self, channel: Channel) -> None:
        """The live feed and its archives are as the state is. The archives stand before the feed names them."""
        drawn, seen_at = self._drawn(channel), self.desk.seen_until(channel)
        sift(self.desk, channel, drawn)
        shown = window(self.desk, channel)
        archives = Archives(desk=self.desk, channel=channel, tag=drawn.tag, forms=self._formats(), suffixes=self.asked.archived)
        feed = self._feed(channel, drawn.tag, shown, archives)
        rendered = [(form.SUFFIX, *feeds.fitted(feed, form.render)) for form in self._formats() if form.SUFFIX in self.asked.archived]
        files, months = self._archive(channel, drawn, archives, self._held(shown, rendered))
        files += [self.desk.write(channel.id + suffix, content, channel.id) for suffix, content, _ in rendered]
        files += self._others(channel, feed)
        if channel.own:
            entry_pages.note(self.desk, channel, shown, drawn.seen_at, self._page_marks())
        now = Drawn(
            feed=channel.id,
            tag=drawn.tag,
            version=self._version(channel),
            settings=self._settings(channel),
            sieve=sieve_print(channel),
            seen_at=seen_at,
        )
        self.drawn[channel.id] = now
        self.desk.book.save(now, files, months)

    def _feed(self, channel: Channel, tag: str, shown: Iterable[int], archives: Archives) -> Feed:
        chosen = feeds.distinct_updated(feeds.ordered(map(self.desk.entry, shown)))
        entries = tuple(map(feeds.brief, chosen)) if channel.spec and channel.spec.content == "summary" else chosen
        feed = drawing(self.desk, channel, tag, entries, deleted(self.desk, channel))
        return replace(feed, previous=stem(channel.id, archives.newest())) if channel.archived else feed

    def _others(self, channel: Channel, feed: Feed) -> Iterator[File]:
        """The files for people: one that cannot be drawn stops none that a program reads."""
        for form in self._formats():
            name = channel.id + form.SUFFIX
            if form.SUFFIX not in self.asked.archived and name in self._names(channel):
                with self._guarded(name, "it could not be drawn, the last good one stays"):
                    yield self.desk.write(name, feeds.fit(feed, form.render), channel.id)

    def _held(self, shown: Iterable[int], rendered: Sequence[tuple[str, bytes, Feed]]) -> set[int]:
        """The entries that the live feed shows in every format: one that was too large may have lost its oldest."""
        held = [{entry.id for entry in feed.entries} for _, _, feed in rendered]
        return {uid for uid in shown if all(self.desk.entry(uid).id in ids for ids in held)}

    def _archive(self, channel: Channel, drawn: Drawn, archives: Archives, live: set[int]) -> tuple[list[File], list[Month]]:
        if not channel.archived:
            return [], []
        name, marks = f"*archive {channel.id}", archives.settings()
        if name in self.drawn and self.drawn[name].settings == marks:
            return archives.draw(drawn.seen_at, live)
        files, months = archives.draw(None, live)
        self.desk.book.save(Drawn(feed=name, settings=marks), files, months)
        return files, months

    def _formats(self) -> list[Format]:
        if not self.formats:
            self.formats = list(self.asked.formats())
        return self.formats

    # ------------------------------------------------------------ pages and lists

    def _page_marks(self) -> str:
        return digest(self.asked.version, self.asked.base_url, *(f"{p.id}\n{p.title}\n{p.url}\n{p.language}" for p in self.asked.portals))

    def _draw_pages(self, every: Sequence[Channel]) -> None:
        entry_pages.begin(self.desk, self.drawn.get(PAGES) or Drawn(feed=PAGES), self._page_marks())
        due = self.desk.book.due_pages(entry_pages.AT_ONCE)
        pages = self.asked.pages() if due else None
        if pages is None:
            return
        end = self.asked.clock.now() + self.asked.patience
        in_time = takewhile(lambda _: self.asked.clock.now() < end, due)
        own = {channel.id: channel for channel in every if channel.own}
        tags = {name: drawn.tag for name, drawn in self.drawn.items()}
        faults = entry_pages.draw(self.desk, in_time, pages, own, tags, self._page_marks())
        if faults:
            self.faults[PAGES] = faults[0] + (f" (and {len(faults) - 1} more)" if faults[1:] else "")

    def _draw_catalogue(self, every: Sequence[Channel], changed: bool) -> None:
        # The feeds' versions are among them, since a tick may have been killed between the feeds and this.
        shown = (*map(repr, every), *map(self._version, every))
        marks = digest(self.asked.version, self.asked.base_url, *shown, *self.asked.names, self.asked.pulse())
        known = self.drawn.get(CATALOGUE) or Drawn(feed=CATALOGUE)
        if not changed and known.settings == marks and all(map(self._there, self.asked.names)):
            return
        feeds_shown = tuple(self._glance(channel) for channel in every)
        catalogue = Catalogue(title="Feedbridge", base_url=self.asked.base_url, feeds=feeds_shown, overview=self.asked.overview())
        files = [self.desk.write(form.NAME, form.render(catalogue), CATALOGUE) for form in self.asked.catalogues()]
        self.desk.book.save(Drawn(feed=CATALOGUE, settings=marks), files)

    def _glance(self, channel: Channel) -> Feed:
        uids = window(self.desk, channel, _SHOWN_IN_CATALOGUE)
        return drawing(self.desk, channel, self._drawn(channel).tag, feeds.distinct_updated(feeds.ordered(map(self.desk.entry, uids))))
