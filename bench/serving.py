"""python -m bench.serving: `serve` against nginx on the same folder, under wrk; kept in bench/serving.md.

Both serve the same published files on loopback, one process each that answers, in turn, so that whatever else the machine does meets both.
Installs wrk and nginx with apt-get where they are missing.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bridge import shelf
from bridge.formats import atom, jsonfeed, rss
from bridge.model import Feed

from .__main__ import machine
from .inside import entries

RESULTS = Path(__file__).parent / "serving.md"
ROOT = Path(__file__).parent.parent
TOOLS = {"wrk": "wrk", "nginx": "nginx"}
CONNECTIONS = 32
_CONFIG = """
[bridge]
base_url = "https://feeds.example.org/"
hub = "https://hub.example.org/"

[[portals]]
id = "city"
title = "柳渡信息网"
url = "http://city.example.org/"
"""
_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000 inactive=60s;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        root {public};
        types {{ application/rss+xml rss; application/atom+xml atom; application/feed+json json; }}
        charset utf-8;
        charset_types application/rss+xml application/atom+xml;
        gzip_static on;
        gzip_vary on;
        add_header Cache-Control "public, max-age=900";
        add_header X-Content-Type-Options nosniff;
    }}
}}
"""


class Case(NamedTuple):
    """One kind of request."""

    name: str
    path: str
    headers: Mapping[str, str]


class Figure(NamedTuple):
    """Requests a second of one case at both, each round's."""

    case: Case
    size: int
    ours: tuple[float, ...]
    nginx: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(a / b for a, b in zip(self.ours, self.nginx, strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """0; the table is printed, and written unless --quick."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--seconds", type=int, default=3, metavar="S", help="length of each wrk run")
    parser.add_argument("--quick", action="store_true", help="one short round; nothing is written")
    args = parser.parse_args(argv)
    rounds, seconds = (1, 1) if args.quick else (args.rounds, args.seconds)
    _install()
    folder = Path(tempfile.mkdtemp(prefix="bench-serving-"))
    try:
        text = page(measured(folder, rounds, seconds), rounds, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if not args.quick:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def measured(folder: Path, rounds: int, seconds: int) -> list[Figure]:
    """Each case at both servers, in turn."""
    folder.chmod(0o755)
    public = folder / "state" / "public"
    _publish(public)
    (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
    with _ours(folder) as ours, _nginx(folder, public) as theirs:
        return [_figure(case, (ours, theirs), rounds, seconds) for case in _cases()]


def _cases() -> list[Case]:
    return [
        Case("304, If-None-Match", "/city.rss", {"If-None-Match": "?"}),
        Case("304, If-Modified-Since", "/city.rss", {"If-Modified-Since": "?"}),
        Case("200, gzip", "/city.rss", {"Accept-Encoding": "gzip"}),
        Case("200, as it is", "/city.rss", {}),
        Case("404", "/none.rss", {}),
    ]


def _figure(case: Case, bases: tuple[str, str], rounds: int, seconds: int) -> Figure:
    found: tuple[list[float], list[float]] = ([], [])
    asked = [_asked(case, base) for base in bases]
    for number in range(rounds):
        for index in (0, 1) if number % 2 == 0 else (1, 0):
            found[index].append(_wrk(bases[index] + case.path, asked[index], seconds))
    return Figure(case, _size(bases[0] + case.path, case.headers), tuple(found[0]), tuple(found[1]))


def _asked(case: Case, base: str) -> dict[str, str]:
    """The case's headers, with this server's own validators where they belong."""
    if "?" not in case.headers.values():
        return dict(case.headers)
    with urllib.request.urlopen(base + case.path) as answer:
        known = {"If-None-Match": answer.headers["ETag"], "If-Modified-Since": answer.headers["Last-Modified"]}
    return {name: known[name] for name in case.headers}


def _size(url: str, headers: Mapping[str, str]) -> int:
    if "?" in headers.values():
        return 0
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))) as answer:
            return len(answer.read())
    except urllib.error.HTTPError as error:
        return len(error.read())


def _wrk(url: str, headers: Mapping[str, str], seconds: int) -> float:
    fields = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", *fields, url]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=seconds + 60)
    [line] = [line for line in done.stdout.splitlines() if line.startswith("Requests/sec:")]
    return float(line.split()[1])


# ---------------------------------------------------------------- the two servers


def _publish(public: Path) -> None:
    feed = Feed(
        id="city", stem="city", title="柳渡信息网", home_url="http://city.example.org/", base_url="https://feeds.example.org/",
        updated=datetime(2026, 1, 1, tzinfo=UTC), entries=entries(50), hub="https://hub.example.org/",
    )  # fmt: skip
    for form in (rss, atom, jsonfeed):
        shelf.put(public / f"city{form.SUFFIX}", form.render(feed))


@contextmanager
def _ours(folder: Path) -> Iterator[str]:
    words = [sys.executable, "-m", "bridge", "serve", "--port", "0", "--config", str(folder / "config.toml")]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stderr is not None
        yield process.stderr.readline().split(" at ")[-1].strip().rstrip("/")
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _nginx(folder: Path, public: Path) -> Iterator[str]:
    port = _free()
    settings = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    settings.write_text(user + _NGINX.format(folder=folder, public=public, port=port), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _free() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("nginx does not answer")


def _install() -> None:
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        for line in (["update"], ["install", "-y", *missing]):
            subprocess.run(["apt-get", "-qq", "-o", "Acquire::Retries=3", *line], check=True, stdout=subprocess.DEVNULL)


# ---------------------------------------------------------------- the page


def page(figures: Sequence[Figure], rounds: int, seconds: int) -> str:
    """serving.md."""
    rows = "\n".join(_row(figure) for figure in figures)
    return _PAGE.format(
        machine=machine(), date=f"{datetime.now(UTC):%Y-%m-%d}", rows=rows, rounds=rounds, seconds=seconds, many=CONNECTIONS
    )


def _row(figure: Figure) -> str:
    ours, theirs = statistics.median(figure.ours), statistics.median(figure.nginx)
    size = f"{figure.size:,}" if figure.size else "–"
    return f"| {figure.case.name} | {size} | {ours:,.0f} | {theirs:,.0f} | {figure.ratio:.2f} |"


_PAGE = """# What serving costs

Written by `python -m bench.serving` ({date}). Machine: {machine}, which may have had other work.

`feedbridge serve` (one process) against Debian's nginx (one worker, `open_file_cache`, `gzip_static`, no access log) on the same
folder: a feed of 50 articles. wrk with one thread and {many} connections on the same machine, {rounds} rounds of {seconds} s each in
turn; medians. The ratio is the median of the rounds' ratios.

| request | body, bytes | serve, a second | nginx, a second | ratio |
| --- | ---: | ---: | ---: | ---: |
{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
