"""Checks of the machine, the state, receivers, or one portal, each with what to do. Nothing is changed."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from .. import __version__
from ..clock import SystemClock
from ..config import Config, load
from ..console import dump
from ..doctor import machine, network, state
from ..doctor.finding import Finding, tried
from ..doctor.probe import Beside, Part, Probe
from ..errors import ConfigError, StoreError
from ..model import HostState
from ..ports import HostBook, Store
from ..previewing.layout import shown, wrap
from ..screen import Column, Line, columns, grid, show
from ..shelf import failure
from ..stores import sqlite
from ..web.hostbook import MemoryBook
from .release import known_portal

HELP = "check the machine, the state, credentials and receivers, or probe one portal now; nothing is changed"

_PATIENCE = timedelta(seconds=120)
_STYLES = {"ok": "green", "warn": "bold yellow", "fail": "bold red"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("portal", metavar="PORTAL", nargs="?", help="id of a portal to be probed now; none: everything else")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 1 when there is something to do."""
    config, faults = _loaded(args.config)
    if args.portal is not None:
        known_portal(args.portal, config)
    store, troubles = _store(config)
    try:
        parts = _probed(args.portal, config, store) if args.portal else [*faults, *troubles, *_checked(config, store)]
    finally:
        if store is not None:
            store.close()
    findings = [part for part in parts if isinstance(part, Finding)]
    if args.json:
        dump(_facts(args.portal, findings, [part for part in parts if isinstance(part, Beside)]))
    else:
        show(_lines(parts, columns()))
    return int(any(finding.verdict != "ok" for finding in findings))


def _loaded(path: Path) -> tuple[Config, list[Finding]]:
    """The configuration; secrets that are missing are a finding, everything else that is wrong with it an error."""
    try:
        return load(path), []
    except ConfigError as error:
        config = load(path, secrets=False)
        return config, [Finding("configuration", "fail", f"{f.where}: {f.key}: {f.problem}", f.fix) for f in error.faults]


def _store(config: Config) -> tuple[Store | None, list[Finding]]:
    file = config.bridge.state / sqlite.FILE
    try:
        if not file.exists():
            return None, [Finding("database", "ok", "no tick has run yet")]
        return sqlite.connect(config.bridge.state, read_only=True), []
    except (StoreError, OSError) as error:
        return None, [Finding("database", "fail", str(error if isinstance(error, StoreError) else failure(file, error)))]


def _checked(config: Config, store: Store | None) -> list[Finding]:
    clock, folder = SystemClock(), config.bridge.state
    book = Borrowed(store.portals if store else None)
    found = [
        *tried("disk", lambda: machine.disk(folder)),
        *tried("file system", lambda: machine.file_system(folder, _text("/proc/self/mountinfo"))),
        *tried("lock", lambda: machine.holder(folder, _text("/proc/locks"), clock.now())),
    ]
    if store is not None:
        found += tried("database", lambda: state.database(store, clock.now()))
        found += tried("files", lambda: state.published(config, store))
    found += tried("network", lambda: network.reachable(network.hosts(config), config.network, clock.now()))
    found += tried("clock", lambda: network.dated(config, book, clock, _agent(config)))
    return found + tried("credentials", lambda: network.credentials(config))


def _probed(portal: str, config: Config, store: Store | None) -> list[Part]:
    from ..fetch import WebFetcher

    clock = SystemClock()
    one = next(p for p in config.portals if p.id == portal)
    book = Borrowed(store.portals if store else None)
    fetcher = WebFetcher(config.network, _agent(config), book, clock, clock.now() + _PATIENCE, force=True)
    probe = Probe(
        portal=one, store=store, fetcher=fetcher, profile=lambda: import_module(f"bridge.portals.{one.profile}"), clock=clock
    )  # fmt: skip
    return list(probe.run())


class Borrowed(MemoryBook):
    """A HostBook that knows what the state knows of hosts, and keeps what it learns to itself."""

    def __init__(self, book: HostBook | None) -> None:
        super().__init__()
        self._book = book

    def host(self, host: str) -> HostState | None:
        """What was learned of `host` here, else what the state knows of it."""
        return super().host(host) or (self._book.host(host) if self._book else None)


def _agent(config: Config) -> str:
    from ..fetch import user_agent

    return user_agent(__version__, config.bridge.contact or "")


def _text(path: str) -> str:
    """A file of the kernel's; empty where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# ---------------------------------------------------------------- telling


def _facts(portal: str | None, findings: Sequence[Finding], beside: Sequence[Beside]) -> dict[str, Any]:
    told = {"portal": portal, "figures": [asdict(one) for one in beside]} if portal else {}
    return {"ok": all(f.verdict == "ok" for f in findings), "findings": [asdict(f) for f in findings], **told}


def _lines(parts: Sequence[Part], most: int) -> Iterator[Line]:
    """Figures side by side by page, then the findings, the worst last: that is where people look."""
    beside = [part for part in parts if isinstance(part, Beside)]
    for page in dict.fromkeys(one.page for one in beside):
        yield [(page, "bold")]
        yield from _table([one for one in beside if one.page == page], most)
        yield [("", "")]
    order = ("ok", "warn", "fail")
    for finding in sorted((part for part in parts if isinstance(part, Finding)), key=lambda one: order.index(one.verdict)):
        yield from _finding(finding, most)


def _table(beside: Sequence[Beside], most: int) -> list[Line]:
    moved = ["bold yellow" if one.usual not in {"-", one.now} else "" for one in beside]
    return grid(
        (
            Column(head="", cells=[(one.what, "dim") for one in beside]),
            Column(head="when it was well", cells=[(shown(one.usual), "") for one in beside], clips=True),
            Column(head="now", cells=[(shown(one.now), style) for one, style in zip(beside, moved, strict=True)], clips=True),
        ),
        most,
    )


def _finding(finding: Finding, most: int) -> Iterator[Line]:
    first, *more = wrap(shown(finding.text), most - 21) or ["-"]
    yield [(f"{finding.verdict:5}", _STYLES[finding.verdict]), (f"{finding.check:15} ", "bold"), (first, "")]
    yield from ([(" " * 21, ""), (line, "")] for line in more)
    yield from ([(" " * 21, ""), (line, "dim")] for line in wrap(finding.fix, most - 21))
