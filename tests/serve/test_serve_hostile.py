"""What a client can do to harm: paths out of the folder, odd requests, slowness, floods."""

import os
import socket
import time

import pytest
from stand_ins.served import FEED, MINUTE, Served, read_all

from bridge.serving.server import Patient


class Hasty(Patient):
    """Limits short enough for a test."""

    request_seconds = 0.3
    reading_seconds = 0.3
    most_connections = 8
    idle_seconds = 0.3


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("hasty"), protocol=Hasty) as house:
        yield house


ESCAPES = [
    "/../config.toml",
    "/..%2fconfig.toml",
    "/%2e%2e/config.toml",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/a/..%5c..%5cconfig.toml",
    "/..\\config.toml",
    "/city.rss%00.html",
    "/%00",
    "/feedbridge.db",
    "/../feedbridge.db",
    "/.city.rss.new",
    "/%2ehidden.rss",
    "/city.rss.gz",
    "/city.rss.tmp",
    "/link.rss",
    "/out/secret.rss",
    "/etc/passwd",
    "//etc/passwd",
    "/archive",
    "/archive/",
    "/fifo.rss",
    "/a/",
    "/%e5%9f%8e.rss",
    "/city.rss/",
    "/%252e%252e/config.toml",
]


@pytest.mark.parametrize("target", ESCAPES)
def test_nothing_outside_is_shown(served, target):
    """Dots, escapes, backslashes, NUL, hidden and half-written files, links that lead out, folders, a fifo: 404, never a word of them."""
    outside = served.public.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "secret.rss").write_text("SECRET")
    (served.public / ".hidden.rss").write_text("SECRET")
    (served.public / ".city.rss.new").write_text("SECRET")
    (served.public / "archive").mkdir(exist_ok=True)
    for link, to in (("link.rss", outside / "secret.rss"), ("out", outside)):
        if not (served.public / link).is_symlink():
            (served.public / link).symlink_to(to)
    if not (served.public / "fifo.rss").exists():
        os.mkfifo(served.public / "fifo.rss")
    got = served.raw(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert got.split(b" ")[1] in {b"404", b"400"}
    assert b"SECRET" not in got
    assert b"[bridge]" not in got


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/city.rss", "/health", "/none"])
def test_other_methods_are_told_which_are_allowed(served, method, path):
    answer = served.ask(path, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET /city.rss HTTP/1.1\r\n\r\n", {b"400"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", {b"400"}),
        (b"GET /city.rss HTTP/1.0\r\n\r\n", {b"200"}),
        (b"GET http://feeds.example.org/city.rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {b"200"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nX-\xff: \xfe\r\nConnection: close\r\n\r\n", {b"200", b"400"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", {b"200"}),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", {b"400", b"404"}),
        (b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", {b"400", b"405"}),
        (b"GET /city.rss HTTP/9.9\r\nHost: x\r\n\r\n", {b"400", b"505"}),
        (b"GET city.rss\r\n\r\n", {b"400"}),
        (b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", {b"400", b"405"}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, {b"400"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {b"400"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {b"400"}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", {b"431", b"400", b""}),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {b"431", b"414", b"400", b""}),
        (b"GET /city.rss HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", {b"431", b"400", b""}),
    ],
)  # fmt: skip
def test_odd_requests_are_answered_or_cut(hasty, request_, statuses):
    """None is answered with 500, none keeps the connection for ever, and the server goes on."""
    got = hasty.raw(request_)
    assert (got.split(b" ")[1] if b" " in got else got) in statuses
    assert hasty.ask().status == 200


HEAD = b"GET /city.rss HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("begin", [b"", b"GET /city", HEAD, HEAD + b"Content-Length: 9\r\n\r\nab"])
def test_a_client_that_dawdles_is_cut(hasty, begin):
    """Silence, a request line, headers or a body that never end, also drop by drop."""
    with hasty.connect() as sock:
        sock.settimeout(10)
        try:
            for byte in (begin or b"\r\n").ljust(40, b"x"):
                sock.sendall(bytes([byte]))
                time.sleep(0.02)
            read_all(sock)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert hasty.ask().status == 200


def test_a_silent_connection_is_cut(hasty):
    with hasty.connect() as sock:
        assert read_all(sock) == b""


def test_a_reader_that_does_not_read_is_cut(hasty):
    """What it left unread does not stay with us."""
    hasty.put("a/large.html", os.urandom(8_000_000))
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", hasty.port))
        sock.sendall(b"GET /a/large.html HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.7)
        sock.settimeout(10)
        assert len(read_all(sock)) < 8_000_000


def test_connections_are_counted(hasty):
    """One too many is closed at once; when others leave there is room again."""
    held = [hasty.connect() for _ in range(8)]
    time.sleep(0.05)
    with hasty.connect() as sock:
        assert read_all(sock) == b""
    for sock in held:
        sock.close()
    time.sleep(0.05)
    assert hasty.ask().status == 200


def test_requests_in_one_go_are_all_answered(served):
    """Pipelining: in their order."""
    one = b"GET /city.rss HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n"
    got = served.raw(one * 20 + b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert got.count(b"HTTP/1.1 304") == 20
    assert b"HTTP/1.1 404" in got


def test_an_address_that_asks_too_often_is_told_when_to_come_back(tmp_path):
    """S8: 429 with Retry-After, for that address alone; off unless asked for."""
    with Served(tmp_path, limit=5) as house:
        answers = [house.ask() for _ in range(6)]
        assert [a.status for a in answers] == [200] * 5 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 13
        assert house.ask(X_Forwarded_For="192.0.2.7").status == 200
        house.clock.advance(MINUTE)
        assert house.ask().status == 200


def test_a_fault_inside_is_one_line_and_500(tmp_path, monkeypatch, capfd):
    """Never a traceback, on the wire or in the log."""
    with Served(tmp_path) as house:
        monkeypatch.setattr("bridge.serving.pages.names.published", lambda path: 1 / 0)
        answer = house.ask()
    assert (answer.status, answer.body) == (500, b"Internal Server Error")
    said = capfd.readouterr().err
    assert "ZeroDivisionError" in said
    assert said.count("\n") == 1


def test_a_large_file_is_kept_out_of_memory_s_way(tmp_path):
    """What does not fit into the cabinet is read each time and served all the same."""
    from bridge.serving.documents import Cabinet

    with Served(tmp_path) as house:
        cabinet = Cabinet(house.public, lambda document: document, kept=len(FEED) * 3)
        for n in range(8):
            house.put(f"a/{n}.html", FEED + str(n).encode())
        for _ in range(2):
            assert all(cabinet.get(f"a/{n}.html").bodies[""] == FEED + str(n).encode() for n in range(8))
        assert cabinet._size <= len(FEED) * 3
