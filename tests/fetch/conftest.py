"""The fetch tests' server, clock, book and quick way to ask."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from stand_ins.clock import FakeClock
from stand_ins.web import Web

from bridge.fetch import WebFetcher
from bridge.model import Network
from bridge.web.hostbook import MemoryBook

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book() -> MemoryBook:
    return MemoryBook()


@pytest.fixture
def network() -> Callable[..., Network]:
    """A Network that may go to loopback, with short limits unless told otherwise."""

    def make(**settings: Any) -> Network:
        quick = {"allow": LOOPBACK, "timeout": timedelta(seconds=10), "deadline": timedelta(seconds=20)}
        return Network(**{**quick, **settings})

    return make


@pytest.fixture
def fetcher(network: Callable[..., Network], book: MemoryBook, clock: FakeClock) -> Callable[..., WebFetcher]:
    """A new fetcher on the test's book and clock; `end` and `force` go to it, the rest is Network's."""

    def make(end: Any = None, force: bool = False, **settings: Any) -> WebFetcher:
        return WebFetcher(network(**settings), "Feedbridge/0.1 (+mailto:ops@example.org)", book, clock, end, force=force)

    return make
