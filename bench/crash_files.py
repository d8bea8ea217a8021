"""What is published must be whole, whenever it is looked at; and after recovery it must be what an unkilled tick publishes."""

import gzip
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from .world import World

_XML = (".rss", ".atom", ".opml")


def whole(world: "World", damaged: list[str], *, at_rest: bool = False) -> None:
    """Each published file is whole, and so is each compressed form; at rest nothing half-written lies about, and the forms agree."""
    files = world.public()
    damaged += [f"{name}: {why}" for name, content in files.items() if (why := _fault(name, content, at_rest=at_rest))]
    if at_rest and not damaged:
        damaged += [f"{name} is not {name[:-3]}" for name, form in files.items() if not _agrees(name, form, files)]


def _agrees(name: str, content: bytes, files: dict[str, bytes]) -> bool:
    return not name.endswith((".gz", ".br")) or _unpacked(name, content) == files.get(name[:-3])


def compared(world: "World", damaged: list[str]) -> None:
    """All that is published is what an unkilled tick published, but for the page that shows how ticks went."""
    wanted, found = world.files, _plain(world.public())
    damaged += [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
    damaged += [f"{name} should not be there" for name in sorted(found.keys() - wanted.keys())]
    both = sorted(wanted.keys() & found.keys())
    damaged += [f"{name} is not what an unkilled tick published" for name in both if wanted[name] != found[name]]


def reference(world: "World") -> dict[str, bytes]:
    """What is published now, to be compared with."""
    return _plain(world.public())


def _plain(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith("status.html")}


def _fault(name: str, content: bytes, *, at_rest: bool) -> str:
    """Why a file is not whole; nothing when it is."""
    if name.rpartition("/")[2].startswith("."):
        return "was left behind" if at_rest else ""
    try:
        if name.endswith((".gz", ".br")):
            name, content = name.rpartition(".")[0], _unpacked(name, content)
        _parse(name, content)
    except (ET.ParseError, ValueError, EOFError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _parse(name: str, content: bytes) -> None:
    if name.endswith(_XML):
        ET.fromstring(content)
    elif name.endswith(".json"):
        json.loads(content)
    elif name.endswith(".html") and not content.rstrip().endswith(b"</html>"):
        raise ValueError("the page has no end")


def _unpacked(name: str, content: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.decompress(content)
    brotli: Any = import_module("brotli")
    try:
        return bytes(brotli.decompress(content))
    except brotli.error as error:
        raise ValueError(f"brotli: {error}") from error
