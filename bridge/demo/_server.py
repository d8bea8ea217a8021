"""A small HTTP server on loopback for stand-ins: start, address, stop; answers can be scripted to break."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. `half` stops in the middle of the body, `drop` closes without a byte, `hold` first waits so many seconds."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    half: bool = False
    drop: bool = False
    hold: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Loopback:
    """Serves `answer` on a free port of 127.0.0.1 from `start` to `stop`; usable as a context manager."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(answer, self.stopping))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="loopback", daemon=True)

    @property
    def base(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Requests are answered from now on."""
        self._thread.start()

    def stop(self) -> None:
        """The port is closed, held answers are let go, and connections are ended."""
        self.stopping.set()
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread serves the connection, which is remembered while it is open."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The connection is closed and forgotten."""
        self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Wakes the threads that wait for another request on an open connection."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; nothing is printed."""


def _handler(answer: Callable[[Asked], Reply], stopping: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            """One request, answered; one whose sender died in the middle of it is none."""
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._reply(answer(Asked(self.command, self.path, headers, body)))

        do_GET = do_POST  # noqa: N815 - the name that http.server calls

        def _reply(self, reply: Reply) -> None:
            if reply.hold:
                stopping.wait(reply.hold)
            self.close_connection = self.close_connection or reply.drop or reply.half
            if reply.drop:
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.half else reply.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Nothing is printed."""

    return Handler
