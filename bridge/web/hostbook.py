"""A HostBook that forgets when the process ends; for `preview` and other looks that leave no trace."""

import threading

from ..model import HostState


class MemoryBook:
    """Satisfies ports.HostBook in memory; safe to call from several threads."""

    def __init__(self) -> None:
        self._hosts: dict[str, HostState] = {}
        self._lock = threading.Lock()

    def host(self, host: str) -> HostState | None:
        """What was saved last for `host`, or None."""
        with self._lock:
            return self._hosts.get(host)

    def save_host(self, state: HostState) -> None:
        """`state` replaces what was known of its host."""
        with self._lock:
            self._hosts[state.host] = state
