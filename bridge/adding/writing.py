"""A portal written into config.toml: its comments and order stay, and the file is replaced only by one that can be used."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..config import Config, load
from ..core.identity import canonical
from ..errors import ConfigError, UsageError
from ..shelf import failure

_FRESH = """# Feedbridge: reads portals that have no feed, publishes feeds, pushes to chats and webhooks.
# Every key with its default: docs/config.md. `feedbridge check` finds what is wrong here.

[bridge]
state = "state"                             # database, lock, and the published feeds under state/public/
base_url = "http://127.0.0.1:8080/"         # where state/public/ is served; feed readers need the true address
# contact = "mailto:you@example.org"        # goes into the user agent, so that a portal's owner can reach you
"""


_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_\"'-]+)[^\]]*\]\]?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A portal as it is to be written; `notes` are comments by key, `allow` networks that it needs."""

    values: Mapping[str, str | Sequence[str]]
    notes: Mapping[str, str]
    allow: tuple[str, ...] = ()

    def text(self) -> str:
        """The table as it will stand in the file."""
        import tomlkit

        document = tomlkit.document()
        document["portals"] = tomlkit.aot()
        document["portals"].append(_table(self))
        return tomlkit.dumps(document).strip() + "\n"


class ConfigFile:
    """A config.toml as it is now; it need not exist, nor have a portal yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = path.resolve()
        self.text = self._read()
        self.config: Config | None = None
        self.data: dict[str, Any] = self._parsed()

    def _read(self) -> str | None:
        try:
            return self._target.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(f"{self.path}: cannot be read: {why}") from None

    def _parsed(self) -> dict[str, Any]:
        """The file's values; a file with a portal must be one that can be used as it is."""
        import tomli

        if self.text is None:
            return {}
        try:
            data = tomli.loads(self.text.removeprefix("\ufeff"))
        except tomli.TOMLDecodeError:
            data = {"portals": [{}]}
        try:
            self.config = load(self.path, secrets=False, bare=True)
        except ConfigError:
            if data.get("portals"):
                raise
        return data

    @property
    def ids(self) -> list[str]:
        """The ids that are taken: of portals and of feeds."""
        tables = [*self.data.get("portals", []), *self.data.get("feeds", [])]
        return [str(one.get("id", "")) for one in tables]

    def refuse(self, url: str, identifier: str | None) -> None:
        """Raises UsageError where a portal has this address or id."""
        for portal in self.data.get("portals", []):
            addresses = [portal.get("url", ""), *portal.get("lists", [])]
            if canonical(url) in map(canonical, addresses):
                raise UsageError(f"{self.path}: {url} is there already, as portal {portal.get('id')!r}")
        if identifier and identifier.lower() in (one.lower() for one in self.ids):
            raise UsageError(f"{self.path}: the id {identifier!r} is taken; give another with --id")

    def add(self, entry: Entry) -> None:
        """The portal is in the file. Raises ConfigError or UsageError, and then the file is as it was."""
        fresh = self._with(entry)
        trial = self._target.with_name(f".{self._target.name}.trial")
        try:
            _put(trial, fresh, like=self._target)
            self._accept(trial)
            if self._read() != self.text:
                raise UsageError(f"{self.path}: was changed by somebody else meanwhile; run the command again")
            trial.replace(self._target)
        except OSError as error:
            raise failure(self.path, error) from error
        finally:
            with suppress(OSError):
                trial.unlink(missing_ok=True)

    def _accept(self, trial: Path) -> None:
        """Raises ConfigError, in terms of the file itself, where the new text cannot be used."""
        try:
            load(trial, secrets=False)
        except ConfigError as error:
            faults = (replace(one, where=one.where.replace(str(trial), str(self.path))) for one in error.faults)
            raise ConfigError(tuple(faults)) from None

    def _with(self, entry: Entry) -> str:
        """The file's text with the portal; everything else says what it said."""
        import tomli

        old = (_FRESH if self.text is None else self.text).removeprefix("\ufeff")
        ends = "\r\n" if "\r\n" in old else "\n"
        lines = old.replace("\r\n", "\n").splitlines()
        text = _spliced(lines, entry)
        # The lines were put by their looks: they count only if they say the right thing.
        if text is None or _parsed(text) != self._expected(tomli.loads(old), entry):
            raise UsageError(f"{self.path}: the portal cannot be put into a file written like this; write it yourself:\n{entry.text()}")
        mark = "\ufeff" if self.text and self.text.startswith("\ufeff") else ""
        return mark + text.replace("\n", ends)

    @staticmethod
    def _expected(data: dict[str, Any], entry: Entry) -> dict[str, Any]:
        portal = {key: list(value) if not isinstance(value, str) else value for key, value in entry.values.items()}
        expected = {**data, "portals": [*data.get("portals", []), portal]}
        network = data.get("network", {})
        missing = [one for one in entry.allow if one not in network.get("allow", [])]
        if missing:
            expected["network"] = {**network, "allow": [*network.get("allow", []), *missing]}
        return expected


def _put(trial: Path, text: str, like: Path) -> None:
    """The trial file, durable, with the permissions of the file that it will replace."""
    trial.parent.mkdir(parents=True, exist_ok=True)
    with trial.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        shutil.copymode(like, trial)


def _parsed(text: str) -> dict[str, Any] | None:
    import tomli

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


# ---------------------------------------------------------------- text


def _table(entry: Entry) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key, value in entry.values.items():
        item = tomlkit.item(value if isinstance(value, str) else list(value))
        if not isinstance(value, str) and len(value) > 1:
            item.multiline(True)
        if note := entry.notes.get(key):
            item.comment(note)
        table.add(key, item)
    return table


def _section(lines: Sequence[str], name: str) -> tuple[int, int] | None:
    """Where the last tables of this name (and within it) stand: from a header to the last line that says something, end exclusive."""
    start = end = None
    inside = False
    for number, line in enumerate(lines):
        if header := _HEADER.match(line):
            inside = header[1].strip("\"'") == name
            start = number if inside and "." not in header[0] else start
        if inside and line.strip() and not line.lstrip().startswith("#"):
            end = number + 1
    return None if start is None or end is None else (start, end)


def _spliced(lines: list[str], entry: Entry) -> str | None:
    from tomlkit.exceptions import TOMLKitError

    try:
        return "\n".join(_placed(_allowed(lines, entry.allow), entry)) + "\n"
    except TOMLKitError:
        return None


def _placed(lines: list[str], entry: Entry) -> list[str]:
    """The portal behind the last one, before the comments that lead to what comes next; else at the end."""
    found = _section(lines, "portals")
    at = found[1] if found else len(lines)
    before, after = lines[:at], lines[at:]
    gap = [""] if before and before[-1].strip() else []
    return [*before, *gap, *entry.text().splitlines(), *([""] if after and after[0].strip() else []), *after]


def _allowed(lines: list[str], allow: Sequence[str]) -> list[str]:
    """The networks are in [network] allow."""
    import tomlkit

    found = _section(lines, "network")
    start, end = found or (len(lines), len(lines))
    part = tomlkit.parse("\n".join(lines[start:end]) + "\n" if found else "[network]\n")
    network: Any = part["network"]
    missing = [one for one in allow if one not in network.get("allow", [])]
    if not missing:
        return lines
    if "allow" not in network:
        network["allow"] = tomlkit.array()
    network["allow"].extend(missing)
    gap = [""] if not found and lines and lines[-1].strip() else []
    return [*lines[:start], *gap, *tomlkit.dumps(part).splitlines(), *lines[end:]]
