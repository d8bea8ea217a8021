"""Frozen dataclasses ↔ JSON text, for the columns that only the program reads."""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(value: Any, skip: frozenset[str] = frozenset()) -> str:
    """`value` (a dataclass or plain data) as JSON; its fields named in `skip` and empty ones are left out."""
    return json.dumps(_plain(value, skip), ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def load(cls: type[T], text: str, **more: Any) -> T:
    """The dataclass that `dump` wrote, with the fields in `more` added; keys it does not know are ignored."""
    data = json.loads(text)
    known = {name: _revive(hint, data[name]) for name, hint in _hints(cast(Any, cls)) if name in data and name not in more}
    return cls(**known, **more)


@cache
def _hints(cls: type[Any]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, hints[f.name]) for f in fields(cls) if f.init)


def _plain(value: Any, skip: frozenset[str] = frozenset()) -> Any:
    if is_dataclass(value):
        found = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name not in skip)
        return {name: _plain(item) for name, item in found if item not in (None, "", (), {})}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value


def _revive(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        real = [a for a in get_args(hint) if a is not type(None)]
        return None if value is None else _revive(real[0], value)
    if origin is tuple:
        return tuple(_revive(get_args(hint)[0], item) for item in value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**{name: _revive(inner, value[name]) for name, inner in _hints(hint) if name in value})
    return value
