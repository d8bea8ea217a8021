"""A web server on 127.0.0.1 whose every answer is scripted, faults on the wire included.

    with Web() as web:
        web.route("/list", Answer(b"<html>…", etag='"1"'))         # 304 when If-None-Match says "1"
        web.route("/flaky", Answer(status=503), Answer(b"fine"))   # in turn; the last one repeats
        web.route("/who", lambda seen: seen.headers["user-agent"])
        get(web.url("/list"))
        assert web.paths() == ["/list"]

What has no route is answered 404 (/robots.txt too), or by `web.fallback`. Answers may be Answer, bytes, str (UTF-8) or a
function of the request that gives one of these.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

TLS_PEM = Path(__file__).with_name("tls.pem")
"""Key and self-signed certificate for localhost, portal.test and 127.0.0.1; a client must be told to trust it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived: header names in lower case, `target` as on the request line, `at` by time.monotonic()."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path or "/"


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer; with nothing but a body it is a plain 200.

    `etag`, `modified`: sent as validators, and a request that repeats either is answered 304. `gzip`: the body goes out
    compressed and labelled. `chunked`: in chunks of `piece` bytes, else with a Content-Length unless `length` is False (then
    the end of the connection ends the body). `claim`: a Content-Length other than the truth. `delay`: seconds before the
    first byte; `drip`: seconds between the pieces of the whole answer, head included. `cut`: the connection is closed after
    that many bytes of the (encoded) body; `reset` makes that an RST. `hang`: the request is taken and nothing ever comes.
    `raw`: these bytes instead of a well-formed answer, then the connection is closed.
    """

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    gzip: bool = False
    chunked: bool = False
    length: bool = True
    claim: int | None = None
    delay: float = 0.0
    drip: float | None = None
    piece: int = 1
    cut: int | None = None
    reset: bool = False
    hang: bool = False
    raw: bytes | None = None
    close: bool = False


Scripted = Answer | bytes | str | Callable[[Seen], Any]


def redirect(location: str, status: int = 302) -> Answer:
    """An answer that sends the client to `location` (as is; latin-1 characters stand for bytes)."""
    return Answer(status=status, headers={"Location": location})


class Web:
    """The server; listens from `__enter__` to `__exit__`, which ends every thread and connection. `seen` grows as requests arrive."""

    def __init__(self, *, tls: bool = False, fallback: Scripted | None = None) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self.fallback: Scripted = Answer(b"not here", status=404) if fallback is None else fallback
        self._tls = tls
        self._routes: dict[str, list[Scripted]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(10)
        self._listener.close()

    @property
    def host(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of `path` on this server, under `host` if given."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def route(self, path: str, *answers: Scripted) -> None:
        """Requests for `path` (query included, if it has one) get `answers` in turn, and the last one from then on."""
        with self._lock:
            self._routes[path] = list(answers)

    def asked(self, path: str) -> list[Seen]:
        """The requests for `path`, in order."""
        return [seen for seen in list(self.seen) if path in (seen.path, seen.target)]

    def paths(self) -> list[str]:
        """The targets asked for so far, in order."""
        return [seen.target for seen in list(self.seen)]

    # ------------------------------------------------------------ the wire

    def _spawn(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), self._secured(connection) as sock:
            with self._lock:
                self._open.add(sock)
            try:
                with sock.makefile("rb") as lines:
                    while not self._stop.is_set() and self._one(sock, lines):
                        pass
            finally:
                with self._lock:
                    self._open.discard(sock)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if not self._tls:
            return connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS_PEM)
        connection.settimeout(10)
        try:
            return context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise

    def _one(self, sock: socket.socket, lines: Any) -> bool:
        seen = read_request(lines)
        if seen is None:
            return False
        with self._lock:
            self.seen.append(seen)
            answers = self._routes.get(seen.target) or self._routes.get(seen.path) or [self.fallback]
            script = answers.pop(0) if len(answers) > 1 else answers[0]
        return self._write(sock, seen, resolve(script, seen))

    def _write(self, sock: socket.socket, seen: Seen, answer: Answer) -> bool:
        if answer.hang:
            self._stop.wait()
            return False
        self._stop.wait(answer.delay)
        wire, whole = render(answer, seen)
        for piece in [wire] if answer.drip is None else chop(wire, answer.piece):
            sock.sendall(piece)
            if answer.drip is not None and self._stop.wait(answer.drip):
                return False
        if answer.reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return whole and seen.headers.get("connection", "").lower() != "close"


def resolve(script: Scripted, seen: Seen) -> Answer:
    """What the script says to this request, conditional requests answered."""
    said = script(seen) if callable(script) else script
    answer = said if isinstance(said, Answer) else Answer(said)
    validators = {name: value for name, value in (("ETag", answer.etag), ("Last-Modified", answer.modified)) if value}
    same = seen.headers.get("if-none-match") == answer.etag if "if-none-match" in seen.headers else False
    same = same or ("if-none-match" not in seen.headers and answer.modified == seen.headers.get("if-modified-since", ""))
    answer = replace(answer, headers={**validators, **answer.headers})
    return replace(answer, status=304, body=b"") if validators and same else answer


def render(answer: Answer, seen: Seen) -> tuple[bytes, bool]:
    """The bytes of an answer, and whether the connection can go on after them."""
    if answer.raw is not None:
        return answer.raw, False
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    headers = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
    if answer.gzip:
        body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
    if answer.chunked:
        headers["Transfer-Encoding"] = "chunked"
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in chop(body, max(answer.piece, 1))) + b"0\r\n\r\n"
    elif answer.length and answer.status not in {204, 304}:
        headers["Content-Length"] = str(len(body) if answer.claim is None else answer.claim)
    ends = answer.close or answer.cut is not None or answer.reset or not (answer.chunked or answer.length)
    if ends:
        headers["Connection"] = "close"
    head = f"HTTP/1.1 {answer.status} {reason(answer.status)}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    sent = b"" if seen.method == "HEAD" or answer.status in {204, 304} else body[: answer.cut]
    return head.encode("latin-1") + b"\r\n" + sent, not ends


def reason(status: int) -> str:
    """The usual phrase for a status, or "Unusual"."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unusual"


def chop(data: bytes, size: int) -> list[bytes]:
    """`data` in pieces of `size` bytes."""
    return [data[i : i + size] for i in range(0, len(data), size)]


def read_request(lines: Any) -> Seen | None:
    """The next request of a connection with its body, or None when the client has gone."""
    first = lines.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := lines.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Seen(first[0], first[1], headers, read_body(lines, headers), time.monotonic())


def read_body(lines: Any, headers: Mapping[str, str]) -> bytes:
    """The body that follows the head, by its length or in chunks."""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return lines.read(int(headers.get("content-length", "0")))
    body = b""
    while size := int(lines.readline().strip() or b"0", 16):
        body += lines.read(size)
        lines.readline()
    lines.readline()
    return body
