"""Pictures that we send ourselves, fetched through the guard: each address once, and one request at a time for each host."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin

from .. import __version__
from ..errors import FetchError
from ..model import Network
from ..web.exchange import REDIRECTS, Answer, Trip
from ..web.guard import safe_url
from ._picture import fault, kind

BYTES: Final = 10_000_000
"""Largest picture (Bot API, sendPhoto: 10 MB)."""
TOTAL: Final = timedelta(seconds=15)
"""Longest time for one picture, redirects included."""
HOPS: Final = 3
KEPT: Final = 4
"""Pictures that stay in memory for the next chats that want them."""

_HEADERS = {"Accept": "image/jpeg,image/png,image/webp,image/gif;q=0.9"}
_DEAD: Final = frozenset({"dns", "connect", "tls", "timeout", "deadline"})


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture and a name for them, or `why` there are none; `dead`: nothing answered at its host."""

    raw: bytes = b""
    name: str = ""
    why: str = ""
    dead: bool = False


def fetch(url: str, network: Network) -> Picture:
    """The picture at an address, when Telegram would take it as a photo. Blocks, for at most 15 seconds; raises nothing."""
    bounds = replace(network, deadline=min(network.deadline, TOTAL), timeout=min(network.timeout, TOTAL))
    try:
        with Trip(bounds, f"Feedbridge/{__version__}") as trip:
            answer = _followed(trip, safe_url(url))
    except FetchError as error:
        return Picture(why=error.cause + (f" ({error.detail})" if error.detail else ""), dead=error.cause in _DEAD)
    except ValueError:  # urljoin, of a Location that is none
        return Picture(why="bad-url (in a redirect)")
    why = fault(answer.body) if 200 <= answer.status <= 299 else f"HTTP {answer.status}"
    return Picture(why=why) if why else Picture(answer.body, f"picture.{kind(answer.body)}")


def _followed(trip: Trip, url: str) -> Answer:
    """The answer after at most 3 redirects, each of which the guard judges."""
    answer = trip.ask(url, _HEADERS, BYTES)
    for _ in range(HOPS):
        target = answer.headers.get("Location") if answer.status in REDIRECTS else None
        if not target:
            break
        answer = trip.ask(safe_url(urljoin(answer.url, target)), _HEADERS, BYTES)
    return answer


class Pictures:
    """What was fetched in one sender's life; used from one event loop. A host that did not answer once is not asked again."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._work: dict[str, asyncio.Task[Picture]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._held: deque[str] = deque()
        self._dead: set[str] = set()

    async def get(self, url: str) -> Picture:
        """The picture, or why there is none; the same for everyone who asks."""
        if url not in self._work:
            self._work[url] = asyncio.create_task(self._fetched(url))
        return await asyncio.shield(self._work[url])

    async def end(self) -> None:
        """Nothing is under way any more, but for a request in its thread, which its deadline bounds."""
        left: Sequence[asyncio.Task[Picture]] = [task for task in self._work.values() if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _fetched(self, url: str) -> Picture:
        host = url.partition("//")[2].partition("/")[0]
        async with self._turns.setdefault(host, asyncio.Lock()):
            if host in self._dead:
                return Picture(why="its host does not answer")
            picture = await asyncio.to_thread(fetch, url, self._network)
        if picture.dead:
            self._dead.add(host)
        if picture.raw:
            self._keep(url)
        return picture

    def _keep(self, url: str) -> None:
        self._held.append(url)
        if len(self._held) > KEPT:
            self._work.pop(self._held.popleft(), None)
