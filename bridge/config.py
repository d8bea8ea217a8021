"""config.toml → frozen dataclasses, or every fault of the file at once, with its line, key and fix."""

import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from . import config_checks as checks
from .config_checks import Bridge, Where, shown
from .errors import ConfigError, Fault
from .model import FeedSpec, Network, Operator, Portal, Secret, Serve, Subscriber
from .ports import SenderModule
from .toml_lines import Lines

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNIT = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = timedelta(days=3650)
"""No duration is longer: sums of it with any time of day are times that Python and SQLite can hold."""
_MOST = 2**31
_DEEPEST = 16
_TYPES = {str: "a string", int: "a whole number", bool: "true or false", float: "a number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole configuration that has been checked. `shared` holds the settings of each kind of sender by kind."""

    path: Path
    bridge: Bridge
    network: Network
    portals: tuple[Portal, ...]
    subscribers: tuple[Subscriber, ...] = ()
    operators: tuple[Operator, ...] = ()
    feeds: tuple[FeedSpec, ...] = ()
    serve: Serve = field(default_factory=Serve)
    shared: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def reached(self) -> tuple[Subscriber | Operator, ...]:
        """Everyone that deliveries may go to: subscribers, operators, and the WebSub hub."""
        return (*self.subscribers, *self.operators, *self._hub())

    @property
    def follows(self) -> dict[str, tuple[str, ...]]:
        """The portals that each subscriber follows, and the hub, which follows all."""
        return {HUB: tuple(p.id for p in self.portals), **{s.id: s.portals for s in self.subscribers}}

    def _hub(self) -> tuple[Operator, ...]:
        if self.bridge.hub is None:
            return ()
        from .core.feed_choice import channels
        from .senders import _websub

        topics = channels(self.portals, self.feeds, self.bridge.base_url)
        return (Operator(id=HUB, kind="websub", settings=_websub.settings(self.bridge.hub, self.bridge.base_url, topics)),)

    @property
    def public(self) -> Path:
        """Where the published files lie."""
        return self.bridge.state / "public"


HUB = "@hub"
"""The WebSub hub's name in the outbox; no subscriber can have it."""

_INTERNAL = {"websub": "_websub"}


def kinds() -> tuple[str, ...]:
    """The kinds of subscribers there are: the files in bridge/senders/."""
    return _plugins("senders")


def sender_module(kind: str) -> SenderModule:
    """The file in senders/ that delivers to `kind`."""
    return import_module(f"bridge.senders.{_INTERNAL.get(kind, kind)}")


def load(path: Path, *, secrets: bool = True, bare: bool = False) -> Config:
    """The configuration in `path`; raises ConfigError with every fault in it. Nothing is requested or written.

    `secrets` False leaves secrets unresolved, for commands that send nothing. `bare` True takes a file that has no portal yet.
    """
    return _Reader(path, secrets, bare).read()


def duration(text: str) -> timedelta | None:
    """`0s`, `90s`, `15m`, `24h`, `7d` as a timedelta; None for anything else, and for more than LONGEST."""
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _UNIT[found[2]] if found else None
    return timedelta(seconds=seconds) if seconds is not None and seconds <= LONGEST.total_seconds() else None


def _plugins(package: str) -> tuple[str, ...]:
    folder = str(Path(__file__).parent / package)
    return tuple(sorted(m.name for m in pkgutil.iter_modules([folder]) if not m.name.startswith("_")))


class _Bad(Exception):
    def __init__(self, problem: str, fix: str) -> None:
        self.problem, self.fix = problem, fix


class _Reader:
    """One reading of one file: collects faults and warnings as it goes."""

    def __init__(self, path: Path, secrets: bool, bare: bool) -> None:
        self.path, self.secrets, self.bare = path, secrets, bare
        self.home = path.absolute().parent
        self.faults: list[Fault] = []
        self.warnings: list[str] = []
        self.lines = Lines("")
        self._at: Where = ()

    def read(self) -> Config:
        data = self._parse()
        bridge = self._table(Bridge, data, ("bridge",))
        network = self._table(Network, data, ("network",))
        portals = self._tables(Portal, data, "portals")
        subscribers = self._reached(Subscriber, data, "subscribers")
        operators = self._reached(Operator, data, "operators")
        feeds = self._tables(FeedSpec, data, "feeds")
        serve = self._table(Serve, data, ("serve",))
        shared = self._shared(data, {one.kind for one in (*subscribers, *operators)})
        self._unknown(data, {"bridge", "network", "portals", "subscribers", "operators", "feeds", "serve", *kinds()}, ())
        found = checks.of(bridge, network, portals, subscribers, operators, feeds, serve, _plugins("portals"))
        found = (one for one in found if not self.bare or one[0] != ("portals",))
        self._judge(found if portals or not data.get("portals") else ())
        self._judge(checks.heartbeat(bridge) if self.secrets else ())
        self._check_senders("subscribers", subscribers, shared)
        self._check_senders("operators", operators, shared)
        if self.faults:
            raise ConfigError(tuple(sorted(self.faults, key=lambda f: (self._line_of(f), f.key))))
        return Config(
            path=self.path,
            bridge=replace(bridge, state=self.home / bridge.state, base_url=bridge.base_url.rstrip("/") + "/"),
            network=network,
            portals=portals,
            subscribers=subscribers,
            operators=operators,
            feeds=feeds,
            serve=serve,
            shared=shared,
            warnings=tuple(self.warnings),
        )

    # ------------------------------------------------------------ reading

    def _parse(self) -> dict[str, Any]:
        import tomli

        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(
                (self._fault_at(0, "-", "there is no such file", "write one with `feedbridge init`, or name it with --config"),)
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            why, fix = getattr(error, "strerror", None), "check the file and its permissions"
            told = (f"cannot be read: {why}", fix) if why else ("is not UTF-8 text", "save it as UTF-8")
            raise ConfigError((self._fault_at(0, "-", *told),)) from None
        self.lines = Lines(text)
        try:
            data = tomli.loads(text)
        except ValueError as error:
            line = getattr(error, "lineno", 0) or 0
            said = getattr(error, "msg", str(error))
            raise ConfigError((self._fault_at(line, "-", f"TOML syntax error: {said}", "correct the line"),)) from None
        except RecursionError:
            data = None
        if data is None or _deep(data):
            raise ConfigError((self._fault_at(0, "-", "is nested too deeply", f"use at most {_DEEPEST} levels of tables and lists"),))
        return data

    def _table(self, cls: type[Any], data: Mapping[str, Any], path: Where) -> Any:
        table = data.get(str(path[0]), {})
        if not isinstance(table, dict):
            self._fault(path, "is not a table", f"write it as [{path[0]}]")
            table = {}
        return self._build(cls, table, path)

    def _tables(self, cls: type[Any], data: Mapping[str, Any], name: str) -> tuple[Any, ...]:
        return tuple(self._build(cls, table, (name, n)) for n, table in self._rows(data, name))

    def _rows(self, data: Mapping[str, Any], name: str) -> Iterable[tuple[int, dict[str, Any]]]:
        rows = data.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._fault((name,), "is not a list of tables", f"write each as [[{name}]]")
            return ()
        return enumerate(rows)

    def _build(self, cls: type[Any], table: Mapping[str, Any], path: Where, ignore: frozenset[str] = frozenset()) -> Any:
        hints = get_type_hints(cls)
        own = {f.name: f for f in fields(cls) if f.metadata}
        self._unknown(table, {*own, *ignore}, path)
        values: dict[str, Any] = {}
        for name, spec in own.items():
            if name in table:
                values[name] = self._value(hints[name], table[name], (*path, name), spec)
            elif spec.default is MISSING and spec.default_factory is MISSING:
                self._fault((*path, name), "is missing", f"add `{name} = …` ({spec.metadata['doc']})")
                values[name] = _blank(hints[name])
        return cls(**{name: value for name, value in values.items() if value is not _SKIP})

    def _unknown(self, table: Mapping[str, Any], known: set[str], path: Where) -> None:
        for name in table.keys() - known:
            self._fault((*path, name), "is not a key that is known here", checks.closest(name, sorted(known)))

    def _value(self, hint: Any, value: Any, path: Where, spec: Field[Any]) -> Any:
        self._at = path
        try:
            return self._convert(hint, value)
        except _Bad as bad:
            self._fault(path, bad.problem, bad.fix)
            return _SKIP if spec.default is not MISSING or spec.default_factory is not MISSING else _blank(hint)

    def _convert(self, hint: Any, value: Any) -> Any:
        options = [a for a in get_args(hint) if a is not type(None)]
        if get_origin(hint) is tuple:
            if not isinstance(value, list):
                raise _Bad(f"is {shown(value)}, not a list", "put it in brackets: [ … ]")
            return tuple(self._convert(options[0], item) for item in value)
        if type(None) in get_args(hint):
            return self._convert(options[0], value)
        special: dict[Any, Callable[[Any], Any]] = {timedelta: _duration, Secret: self._secret, Path: lambda v: Path(_plain(str, v))}
        if hint in special:
            return special[hint](value)
        if get_origin(hint) is not None or not isinstance(hint, type):
            return _strings(value)
        return _plain(hint, value)

    def _secret(self, value: Any) -> Secret:
        text = _plain(str, value)
        scheme, _, name = text.partition(":")
        if scheme not in {"env", "file"}:
            told = "the secret stands in the file itself", "env:NAME or file:PATH keeps it out"
            self.warnings.append(str(self._fault_at(self.lines.find(self._at), _dotted(self._at), *told)))
            return Secret(text)
        return Secret(self._looked_up(scheme, name) if self.secrets else "")

    def _looked_up(self, scheme: str, name: str) -> str:
        if scheme == "env":
            if not os.environ.get(name):
                raise _Bad(f"the environment variable {name} is not set", f"export {name}=…, or use file:PATH")
            return os.environ[name].strip()
        try:
            found = (self.home / name).read_text(encoding="utf-8-sig").strip()
        except (OSError, ValueError) as error:  # ValueError: not text, or a name that no file can have
            raise _Bad(
                f"the file {name} cannot be read ({getattr(error, 'strerror', None) or 'not text'})", "write the secret into it"
            ) from None
        if not found:
            raise _Bad(f"the file {name} is empty", "write the secret into it")
        return found

    # ------------------------------------------------------------ senders

    def _reached(self, cls: type[Any], data: Mapping[str, Any], name: str) -> tuple[Any, ...]:
        """The tables of subscribers or operators, each with the settings of its kind."""
        return tuple(self._reached_one(cls, table, (name, n)) for n, table in self._rows(data, name))

    def _reached_one(self, cls: type[Any], table: Mapping[str, Any], path: Where) -> Any:
        kind = table.get("kind")
        common = frozenset(f.name for f in fields(cls) if f.metadata)
        if kind not in kinds():
            problem = "is missing" if kind is None else f"{shown(kind)} is not a kind of subscriber"
            self._fault((*path, "kind"), problem, f"use one of: {', '.join(kinds())}")
            # Which further keys it may have is not known; those that every kind has are checked all the same.
            return self._build(cls, {**{k: v for k, v in table.items() if k in common}, "kind": ""}, path)
        own = frozenset(f.name for f in fields(sender_module(kind).Settings) if f.metadata)
        one = self._build(cls, table, path, own)
        return replace(one, settings=self._build(sender_module(kind).Settings, table, path, common))

    def _shared(self, data: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
        return {kind: self._shared_of(kind, data, kind in used) for kind in kinds() if kind in used or kind in data}

    def _shared_of(self, kind: str, data: Mapping[str, Any], used: bool) -> Any:
        asked, self.secrets = self.secrets, self.secrets and used
        try:
            return self._table(sender_module(kind).Shared, data, (kind,))
        finally:
            self.secrets = asked

    def _check_senders(self, table: str, reached: Iterable[Subscriber | Operator], shared: Mapping[str, Any]) -> None:
        if self.faults or not self.secrets:
            return
        for n, one in enumerate(reached):
            for name, problem, fix in sender_module(one.kind).faults(one.settings, shared.get(one.kind)):
                self._fault(tuple(name.split(".")) if "." in name else (table, n, name), problem, fix)

    # ------------------------------------------------------------ faults

    def _judge(self, found: Iterable[checks.Finding]) -> None:
        """What is wrong with values, those excepted that are missing or of a wrong type: that is told already."""
        told = {fault.key for fault in self.faults}
        for path, problem, fix in found:
            if _dotted(path) not in told:
                self._fault(path, problem, fix)

    def _fault(self, path: Where, problem: str, fix: str) -> None:
        self.faults.append(self._fault_at(self.lines.find(path), _dotted(path), problem, fix))

    def _fault_at(self, line: int, name: str, problem: str, fix: str) -> Fault:
        return Fault(f"{self.path}:{line}" if line else str(self.path), *map(checks.one_line, (name, problem, fix)))

    def _line_of(self, fault: Fault) -> int:
        tail = fault.where.rpartition(":")[2]
        return int(tail) if tail.isdigit() else 0


_SKIP: Any = object()


def _blank(hint: Any) -> Any:
    """A stand-in for a value that is missing or wrong, so that the rest of the file is checked too."""
    blanks: dict[Any, Any] = {str: "", int: 1, bool: False, Path: Path(), timedelta: timedelta(1)}
    return () if get_origin(hint) is tuple else blanks.get(hint)


def _plain(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise _Bad(f"is {shown(value)}, not {_TYPES[kind]}", "put it in quotes" if kind is str else f"write {_TYPES[kind]}")
    if kind is int and abs(value) >= _MOST:
        raise _Bad("is out of range", f"write a number below {_MOST}")
    return value


def _duration(value: Any) -> timedelta:
    found = duration(value) if isinstance(value, str) else None
    if found is None:
        raise _Bad(f"is {shown(value)}, not a duration", f'write one such as "90s", "15m", "24h" or "7d", at most {LONGEST.days}d')
    return found


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise _Bad("is not a table of strings", 'write `name = "…"` lines')
    return value


def _deep(data: Any) -> bool:
    """Whether tables and lists are nested deeper than any key here needs; recursion elsewhere may rely on it."""
    level = [data]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())]
    return bool(level)


def _dotted(path: Where) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
