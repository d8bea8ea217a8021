"""Datetimes as the database keeps them: milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@overload
def ms(at: datetime) -> int: ...
@overload
def ms(at: None) -> None: ...
def ms(at: datetime | None) -> int | None:
    """`at` in milliseconds since 1970, or None."""
    return None if at is None else (at - _EPOCH) // _MS


@overload
def when(value: int) -> datetime: ...
@overload
def when(value: int | None) -> datetime | None: ...
def when(value: int | None) -> datetime | None:
    """Aware UTC from milliseconds since 1970, or None."""
    return None if value is None else _EPOCH + value * _MS
