"""`serve` in this process, on a port of its own, and a client that shows answers as they came."""

import http.client
import socket
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from stand_ins.clock import FakeClock

from bridge import shelf
from bridge.config import load
from bridge.serving.server import Patient, listening, server
from bridge.serving.site import site
from bridge.stores import sqlite

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>柳渡信息网</title>'
FEED = (_HEAD + "<item/>" * 300 + "</channel></rss>\n").encode()
PAGE = (
    b'<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    b'style-src &#39;sha256-abc=&#39;; img-src data:"></head><body>' + b"<p>news</p>" * 200 + b"</body></html>"
)
CONFIG = """
[bridge]
base_url = "https://feeds.example.org/f/"
{hub}
[[portals]]
id = "city"
title = "柳渡信息网"
url = "http://city.example.org/"
interval = "10m"

[[portals]]
id = "slow"
title = "Slow"
url = "http://slow.example.org/"
interval = "7d"
"""
HUB = 'hub = "https://hub.example.org/"'


@dataclass(frozen=True)
class Answer:
    """Header names in lower case."""

    status: int
    headers: dict
    body: bytes


class Served:
    """Use as a context manager: files are put into `public`, requests go through `ask` or `raw`."""

    def __init__(self, folder: Path, *, hub=HUB, limit=0, log=None, line=None, clock=None, protocol=Patient, more=""):
        self.path = folder / "config.toml"
        self.path.write_text(CONFIG.format(hub=hub) + more, encoding="utf-8")
        self.config = load(self.path)
        self.public, self.clock = self.config.public, clock or FakeClock()
        self.put("city.rss", FEED)
        self.put("index.html", PAGE)
        sqlite.connect(self.config.bridge.state).close()
        self._about = {"limit": limit, "log": log, "line": line}
        self._protocol = protocol

    def put(self, name, content):
        """A file is published as a tick does."""
        return shelf.put(self.public / name, content)

    def tick(self, **figures):
        """A tick has ended now."""
        with closing(sqlite.connect(self.config.bridge.state)) as store:
            store.portals.end_run(store.portals.begin_run(self.clock.now()), self.clock.now(), {"seconds": 1.5, **figures})

    def __enter__(self):
        app = site(self.config, now=self.clock.now, timer=lambda: self.clock.now().timestamp(), **self._about)
        self._socket = listening("127.0.0.1", 0)
        self.port = self._socket.getsockname()[1]
        self._server = server(app, self._protocol)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *problem):
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive()

    def ask(self, path="/city.rss", method="GET", **headers):
        """An answer; `If_None_Match=` becomes the header If-None-Match."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                for one in value if isinstance(value, list) else [value]:
                    connection.putheader(name.replace("_", "-"), one)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def raw(self, data: bytes, *, wait=20):
        """Everything that comes back for these bytes until the server closes."""
        with self.connect() as sock:
            sock.settimeout(wait)
            sock.sendall(data)
            return read_all(sock)

    def connect(self):
        """An open connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


def read_all(sock):
    """What comes until the other side closes or resets."""
    got = b""
    try:
        while block := sock.recv(65536):
            got += block
    except ConnectionResetError:
        pass
    return got


MINUTE = timedelta(minutes=1)
