"""Portals, their list pages and hosts, and the runs: what a tick needs to know before it asks anything."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from .. import codec
from ..model import HostState, Site
from ..rows import ListRow, NewLink, PortalRow
from .database import Database
from .times import ms, when

_RUNS_KEPT = 5000
_PARSED = 64
"""So many portals' learnings are kept as they were parsed: a tick asks for the same row again and again."""
_NONE: Mapping[str, tuple[int, bool]] = MappingProxyType({})


class Portals:
    """Implements ports.PortalBook and ports.HostBook."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def portal(self, portal: str) -> PortalRow:
        """What is known of a portal; a new one is due at once."""
        row = self._db.one("portal", id=portal)
        if row is None:
            return PortalRow(id=portal)
        return PortalRow(
            id=row["id"],
            due_at=when(row["due_at"]),
            bad_ticks=row["bad_ticks"],
            cause=row["cause"],
            detail=row["detail"],
            verdict=row["verdict"],
            health=_health(row["health"]),
            gone_ok=when(row["gone_ok"]),
            checked_at=when(row["checked_at"]),
            good_at=when(row["good_at"]),
            site=_site(row["site"]),
        )

    def save_portal(self, row: PortalRow) -> None:
        """The outcome of a tick is remembered (not what its pages taught)."""
        with self._db.tx():
            self._db.run("portal_add", id=row.id)
            self._db.run(
                "portal_save",
                id=row.id,
                due_at=ms(row.due_at) or 0,
                bad_ticks=row.bad_ticks,
                cause=row.cause,
                detail=row.detail[:1000],
                verdict=row.verdict,
                health=json.dumps(dict(row.health), ensure_ascii=False),
                checked_at=ms(row.checked_at),
                good_at=ms(row.good_at),
            )

    def learn(self, portal: str, site: Site) -> None:
        """What a portal's pages have taught is remembered."""
        with self._db.tx():
            self._db.run("portal_add", id=portal)
            self._db.run("portal_learn", id=portal, site=codec.dump(site))

    def list_row(self, portal: str, url: str) -> ListRow | None:
        """A list page as it was last read, or None."""
        row = self._db.one("page", portal=portal, url=url)
        return ListRow(**dict(row)) if row else None

    def record_list(
        self, portal: str, page: ListRow, new: Sequence[NewLink], touched: Sequence[tuple[int, NewLink]], now: datetime
    ) -> None:
        """A list page's validators and all its new and changed lines are stored together, so that a crash loses no line."""
        with self._db.tx():
            for line in new:
                self._db.run(
                    "link_add",
                    portal=portal,
                    listed_at=ms(now),
                    due_at=ms(now),
                    place=line.place,
                    entry=line.entry,
                    held=int(line.held),
                    **_line(line),
                )
                if line.entry is not None:
                    self._db.run("alias_add", key=line.key, entry=line.entry)
                    self._db.run("links_settle", entry=line.entry, portal=portal, link=self._link(portal, line.key))
            for link, line in touched:
                self._db.run("link_touch", id=link, due_at=ms(now), **{k: v for k, v in _line(line).items() if k != "key"})
            self._db.run(
                "page_save",
                portal=portal,
                url=page.url,
                etag=page.etag,
                last_modified=page.last_modified,
                digest=page.digest,
                checked_at=ms(now),
            )

    def _link(self, portal: str, key: str) -> int:
        row = self._db.one("link", portal=portal, key=key)
        return int(row["id"]) if row else 0

    def places(self, portal: str) -> int:
        """How many lines the first lists of a portal have given so far."""
        return int(self._single("places", portal))

    def unread(self, portal: str) -> int:
        """How many known lines wait for the first look at their article."""
        return int(self._single("unread", portal))

    def _single(self, name: str, portal: str) -> int:
        row = self._db.one(name, portal=portal)
        return row["many"] if row else 0

    # ------------------------------------------------------------ published files

    def versions(self) -> Mapping[str, int]:
        """By portal: the version of what its feed shows; it grows with each change."""
        return {row["id"]: row["changed_at"] for row in self._db.all("versions")}

    # ------------------------------------------------------------ hosts

    def host(self, host: str) -> HostState | None:
        """What is remembered of a host, or None."""
        row = self._db.one("host", host=host)
        if row is None:
            return None
        times = {name: when(row[name]) for name in ("next_at", "hold_until", "backoff_until", "robots_at")}
        plain = {name: row[name] for name in ("host", "failures", "robots", "crawl_delay")}
        return HostState(**plain, **times, robots_ok=json.loads(row["robots_ok"]))

    def save_host(self, state: HostState) -> None:
        """Politeness towards a host outlives the run."""
        with self._db.tx():
            self._db.run(
                "host_save",
                host=state.host,
                next_at=ms(state.next_at),
                hold_until=ms(state.hold_until),
                backoff_until=ms(state.backoff_until),
                failures=state.failures,
                robots=state.robots,
                robots_at=ms(state.robots_at),
                robots_ok=json.dumps(dict(state.robots_ok)),
                crawl_delay=state.crawl_delay,
            )

    # ------------------------------------------------------------ runs

    def begin_run(self, now: datetime) -> int:
        """The number of the tick that begins."""
        with self._db.tx():
            row = self._db.one("run_add", at=ms(now))
            assert row is not None
            self._db.run("run_prune", id=row["id"] - _RUNS_KEPT)
            self._db.run("looks_prune", run=row["id"] - _RUNS_KEPT)
            return int(row["id"])

    def end_run(self, run: int, now: datetime, summary: Mapping[str, object], looks: Mapping[str, tuple[int, bool]] = _NONE) -> None:
        """A tick ended, with its figures; `looks`: by portal that was looked at, requests and whether a fault was met."""
        with self._db.tx():
            for portal, (requests, bad) in looks.items():
                self._db.run("look_add", run=run, at=ms(now), portal=portal, requests=requests, bad=int(bad))
            self._db.run("run_done", id=run, at=ms(now), summary=json.dumps(dict(summary), ensure_ascii=False))

    def last_run(self) -> Mapping[str, object] | None:
        """Figures of the last tick that ended, with `finished_at`; None before the first."""
        row = self._db.one("last_run")
        return {**json.loads(row["summary"]), "finished_at": when(row["finished_at"])} if row else None


@lru_cache(maxsize=_PARSED)
def _health(text: str) -> Mapping[str, Any]:
    return MappingProxyType(json.loads(text))


@lru_cache(maxsize=_PARSED)
def _site(text: str) -> Site:
    return codec.load(Site, text)


def _line(line: NewLink) -> dict[str, str]:
    return {"key": line.key, "url": line.link.url, "line": line.line, "link": codec.dump(line.link)}
