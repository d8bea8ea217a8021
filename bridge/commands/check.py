"""Validation of the configuration, before anything is touched."""

import argparse
import os
from pathlib import Path

from ..config import Config, load
from ..console import dump, say
from ..errors import ConfigError, Fault, StoreError

HELP = "validate config.toml, the state folder and the presence of credentials; nothing is requested or written"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="the verdict as one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when the configuration can be used, 2 when not."""
    try:
        config = load(args.config)
        _writable(config.path, config.bridge.state)
        _readable(config.path, config.bridge.state)
        _selectable(config)
    except ConfigError as error:
        if args.json:
            dump({"ok": False, "faults": [{"where": f.where, "key": f.key, "problem": f.problem, "fix": f.fix} for f in error.faults]})
        raise
    for warning in config.warnings:
        say(f"feedbridge: warning: {warning}")
    if args.json:
        dump(
            {
                "ok": True,
                "portals": [p.id for p in config.portals],
                "subscribers": [s.id for s in config.subscribers],
                "warnings": config.warnings,
            }
        )
    say(f"{config.path}: good: portals {len(config.portals)}, subscribers {len(config.subscribers)}, state in {config.bridge.state}")
    return 0


def _writable(path: Path, state: Path) -> None:
    folder = state
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(
            (Fault(str(path), "bridge.state", f"{folder} is not a folder that can be written", "change it, or its owner and mode"),)
        )


def _readable(path: Path, state: Path) -> None:
    """Raises ConfigError for a database that no command could use: of a newer version, of another program, damaged."""
    from ..stores import sqlite

    if not (state / sqlite.FILE).exists():
        return
    try:
        sqlite.glimpse(state, lambda store: store.figures.schema())
    except StoreError as error:
        problem, _, fix = str(error).partition("; ")
        raise ConfigError((Fault(str(path), "bridge.state", problem, fix or "`feedbridge doctor` says more"),)) from error


def _selectable(config: Config) -> None:
    """Raises ConfigError for the selectors that are no CSS; what they match only a page can tell (`preview --portal`)."""
    if not any(portal.select for portal in config.portals):
        return
    from ..toml_lines import Lines

    lines = Lines(config.path.read_text(encoding="utf-8-sig"))
    faults = []
    for number, portal in enumerate(config.portals):
        for name, selector in portal.select.items():
            if why := _no_css(selector):
                line = lines.find(("portals", number, "select", name))
                key = f"portals[{number}].select.{name}"
                faults.append(
                    Fault(f"{config.path}:{line}", key, f"`{selector}` is no CSS selector: {why}", "write one such as `ul.news > li`")
                )
    if faults:
        raise ConfigError(tuple(faults))


def _no_css(selector: str) -> str:
    """Why a selector cannot be used; empty for one that can."""
    import soupsieve

    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as fault:
        return str(fault).splitlines()[0]
    return ""
