"""The HTTP side of the sample portal: conditional requests (RFC 9110 §13), a request log, and answers that go wrong."""

import hashlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived (header names in lower case) and the status of its answer; 0: it is kept waiting."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int

    @property
    def conditional(self) -> bool:
        """Whether it asked only for what has changed."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `wait` holds it back until that event; `cut` sends only so many bytes of the body and hangs up."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: Event | None = None
    cut: int | None = None

    def validated(self, built: datetime, which: str = "both") -> "Answer":
        """The same with an ETag of the body and a Last-Modified of `built`, or one of them, or "none"."""
        tags = {
            "etag": {"ETag": f'"{hashlib.sha256(self.body).hexdigest()[:16]}:0"'},
            "last-modified": {"Last-Modified": _http_date(built)},
        }
        chosen = (*tags,) if which == "both" else (which,)
        return replace(self, headers={**self.headers, **{name: value for key in chosen for name, value in tags.get(key, {}).items()}})

    def unless_known(self, asked: Mapping[str, str]) -> "Answer":
        """304 when `asked` has the validators of this answer; If-None-Match takes precedence (RFC 9110 §13.2.2)."""
        tag, changed = self.headers.get("ETag"), self.headers.get("Last-Modified")
        known = asked.get("if-none-match")
        if tag and known is not None:
            same = known.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in known.split(",")}
        else:
            same = bool(changed) and _not_after(changed or "", asked.get("if-modified-since"))
        return replace(self, status=304, body=b"") if self.status == 200 and same else self


def html(body: bytes, content_type: str, status: int = 200) -> Answer:
    """A page."""
    return Answer(status, body, {"Content-Type": content_type, "Cache-Control": "private"})


def _http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)


def _not_after(changed: str, since: str | None) -> bool:
    try:
        return since is not None and parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


# ---------------------------------------------------------------- answers that go wrong

_CAPTCHA = """<html><head><meta charset="utf-8"><title>安全验证</title></head><body><h2>请完成安全验证</h2>
<p>系统检测到您的访问过于频繁，请输入验证码后继续。</p>
<form method="post" action="/verify"><img src="/images/captcha.gif"><input name="captcha"><button>提交验证</button></form></body></html>"""
_LOGIN = """<html><head><meta charset="utf-8"><title>用户登录</title></head><body><h2>用户登录</h2>
<form method="post" action="/login.asp">用户名<input name="user"> 密码<input name="password" type="password">
<input type="submit" value="登录">
<a href="/reg.asp">注册</a> <a href="/forget.asp">忘记密码</a></form></body></html>"""
_ERROR = """<html><head><meta charset="utf-8"><title>系统提示</title></head><body><font face="Arial" size=2>
<p>Microsoft JET Database Engine</font> <font size=2>错误 '80004005'</font><p>未指定的错误<p>/inc/conn.asp, 行 12</body></html>"""
_PARKING = """<html><head><meta charset="utf-8"><title>该域名正在出售</title></head><body><h1>该域名正在出售</h1>
<p>This domain is for sale.</p><a href="https://domains.example/buy">立即购买</a> <a href="https://domains.example/hot">热门域名</a></body></html>"""
_UTF8 = "text/html; charset=utf-8"
_HUGE = 50_000_000

FAULTS: dict[str, Callable[[bytes, "Web"], Answer]] = {
    "500": lambda _, __: html(_ERROR.encode(), _UTF8, 500),
    "503": lambda _, __: replace(html(b"busy", _UTF8, 503), headers={"Content-Type": _UTF8, "Retry-After": "120"}),
    "429": lambda _, __: replace(html(b"slow down", _UTF8, 429), headers={"Content-Type": _UTF8, "Retry-After": "120"}),
    "403": lambda _, __: html("<h1>403 禁止访问</h1>".encode(), _UTF8, 403),
    "404": lambda _, __: html("<h1>404 页面不存在</h1>".encode(), _UTF8, 404),
    "410": lambda _, __: html(b"<h1>410</h1>", _UTF8, 410),
    "hang": lambda body, web: replace(html(body, _UTF8), wait=web.closing),
    "captcha": lambda _, __: html(_CAPTCHA.encode(), _UTF8),
    "login": lambda _, __: html(_LOGIN.encode(), _UTF8),
    "parking": lambda _, __: html(_PARKING.encode(), _UTF8),
    "error": lambda _, __: html(_ERROR.encode(), _UTF8),
    "empty": lambda _, __: html(b"", _UTF8),
    "cut": lambda body, _: replace(html(body, "text/html"), cut=len(body) // 2),
    "huge": lambda _, __: html(b" " * _HUGE, _UTF8),
    "binary": lambda _, __: Answer(200, b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", {"Content-Type": "application/pdf"}),
    "gzip": lambda body, _: Answer(200, body, {"Content-Type": "text/html", "Content-Encoding": "gzip"}),
    "loop": lambda _, web: Answer(302, b"", {"Location": web.origin + "/loop?again"}),
}
"""How a path can go wrong. "cut" hangs up after half the page, "gzip" claims a compression that is not there; "loop" leads to
/loop?again, which leads to itself."""


def fault(how: str, web: "Web") -> Callable[[bytes], Answer]:
    """The answer for a fault by its name; gets the body that would have been sent."""
    if how not in FAULTS:
        raise ValueError(f"no such fault: {how}; there are {', '.join(FAULTS)}")
    make = FAULTS[how]
    return lambda body: make(body, web)


# ---------------------------------------------------------------- the server


class Web:
    """An HTTP/1.1 server on 127.0.0.1 at `port` (0: a free one), serving from construction on, a thread for each connection.

    `answer(path)` gives the response to a GET before conditions; `log` gets every request just before its answer.
    """

    def __init__(self, answer: Callable[[str], Answer], log: Callable[[Seen], None], port: int = 0) -> None:
        self.closing: Event = Event()
        self._server = _Server(answer, log, port)
        self.origin: str = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Connections are closed, threads ended, the port is free."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, answer: Callable[[str], Answer], log: Callable[[Seen], None], port: int) -> None:
        self.answer = answer
        self.log = log
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Reads of idle connections end, so that their threads do."""
        for request in self._open.copy():
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self._judged(headers)
        # logged first, so that a client that has its answer always finds its request in the log
        self.server.log(Seen(self.command, self.path, headers, 0 if answer.wait else answer.status))
        self._send(answer)

    do_HEAD = do_GET  # noqa: N815  the name is the base class's

    def _judged(self, headers: Mapping[str, str]) -> Answer:
        if self.path == "/loop?again":
            return Answer(302, b"", {"Location": "/loop?again"})
        return self.server.answer(self.path).unless_known(headers)

    def _send(self, answer: Answer) -> None:
        if answer.wait:
            answer.wait.wait()
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.close_connection = self.close_connection or answer.cut is not None
        if self.command == "GET":
            self.wfile.write(answer.body[: answer.cut])

    def version_string(self) -> str:
        """What such a portal says of itself."""
        return "Microsoft-IIS/6.0"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
        """Nothing is printed."""
