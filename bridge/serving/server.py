"""uvicorn with bounds: on the time and size of a request, on readers that do not read, on the number of connections."""

import asyncio
import logging
import socket
import traceback
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..console import say
from ..errors import BridgeError

LARGEST_REQUEST: Final = 32_768
"""Bytes of one request, line, headers and body: nothing that is asked here needs more. At twice as many it is cut at the latest."""
MOST_CONNECTIONS: Final = 900
"""Open at once; a further one is closed at once. Below the 1024 open files that a process may usually have."""
REQUEST_SECONDS: Final = 10.0
"""From a request's first byte (or the connection's beginning) to its last."""
READING_SECONDS: Final = 120.0
"""For which a reader may leave more than the socket holds unread, and for which the kernel waits for a stalled one."""
IDLE_SECONDS: Final = 15
"""For which a connection is kept open for another request."""
STOPPING_SECONDS: Final = 5


class Patient(HttpToolsProtocol):
    """One connection, cut when its client takes too long or sends too much. Of asyncio and httptools only their documented callbacks."""

    request_seconds = REQUEST_SECONDS
    reading_seconds = READING_SECONDS
    most_connections = MOST_CONNECTIONS
    idle_seconds = IDLE_SECONDS
    _taken = 0
    _whole = False
    _asking: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The first request is waited for; one connection too many is closed."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._asking = self.loop.call_later(self.request_seconds, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request: it goes on being waited for until it is whole."""
        for start in range(0, len(data), LARGEST_REQUEST):
            if not self.transport.is_closing():
                self._receive(data[start : start + LARGEST_REQUEST])

    def on_message_begin(self) -> None:
        """A request has begun: the bytes so far belong to those before it."""
        self._whole = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._whole, self._taken = True, 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not keep up with us."""
        super().pause_writing()
        self._reading = self._reading or self.loop.call_later(self.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        self._read()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._waited()
        self._read()
        super().connection_lost(exc)

    def _receive(self, data: bytes) -> None:
        self._taken += len(data)
        self._whole = False
        super().data_received(data)
        if self._whole:
            self._waited()
        elif self._taken > LARGEST_REQUEST:
            self._refuse()
        elif self._asking is None and not self.transport.is_closing():
            self._asking = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _refuse(self) -> None:
        """431 (RFC 6585 §5), unless an answer is under way, and the end of the connection."""
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def _waited(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; a BridgeError in words when the address cannot be had. Port 0: any free one."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.create_server(address[:2], family=family, backlog=1024)
    except (OSError, ValueError) as error:  # ValueError: a name that DNS cannot hold
        why = (error.strerror or str(error)) if isinstance(error, OSError) else "it is no name of a host"
        raise BridgeError(f"cannot listen on {host} port {port}: {why}; choose another in [serve], or with --host and --port") from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: also ends connections whose last bytes nobody takes
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(READING_SECONDS * 1000))
    return sock


def server(app: ASGIApp, protocol: type[Patient] = Patient) -> uvicorn.Server:
    """A server for `app`, to be run on a listening socket."""
    _one_line_each()
    settings = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=protocol.idle_seconds,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
    return uvicorn.Server(settings)


class _OneLine(logging.Handler):
    """What goes wrong inside is one line on stderr, with the place where it happened."""

    def emit(self, record: logging.LogRecord) -> None:
        words = " ".join(record.getMessage().split())
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            last = traceback.extract_tb(error.__traceback__)[-1:]
            words += f": {type(error).__name__}: {error}" + "".join(f" ({frame.filename}:{frame.lineno})" for frame in last)
        say(f"feedbridge: serve: {words}")


def _one_line_each() -> None:
    for name in ("uvicorn.error", "asyncio"):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [_OneLine(logging.ERROR)], False
        log.setLevel(logging.ERROR)
