"""`make nginx`: Debian's nginx serves a folder that Feedbridge really published, with the lines of the documentation.

Each ```nginx block of README.md, docs/operations.md and docs/serving.md runs as it stands there, but for port, name and paths; so does
`feedbridge serve` behind the proxy block. Checked: media types, precompressed files, ETags, 304, HEAD, what must stay hidden.
Prints a table; exit 0 when every line is as it should be, else 1. Installs nginx with apt-get where it is missing.
"""

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stand_ins import packages  # noqa: E402
from stand_ins.house import House  # noqa: E402

DOCUMENTS = ("README.md", "docs/operations.md", "docs/serving.md")
MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
TYPES = {
    "city.rss": "application/rss+xml; charset=utf-8",
    "city.atom": "application/atom+xml; charset=utf-8",
    "city.json": "application/feed+json",
    "feeds.opml": "text/x-opml; charset=utf-8",
    "index.html": "text/html; charset=utf-8",
}
_HTTP = """
{user}
{module}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{blocks}
}}
"""  # noqa: E501


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Row(NamedTuple):
    """A line of the table."""

    where: str
    what: str
    good: bool
    told: str


def main() -> int:
    """Installs, publishes, serves, checks; prints the table."""
    packages.debian({"nginx": "nginx"}, () if MODULE.exists() else ("libnginx-mod-http-brotli-static",))
    folder = Path(tempfile.mkdtemp(prefix="feedbridge-nginx-"))
    folder.chmod(0o755)
    rows: list[Row] = []
    try:
        with House(folder) as house:
            house.run()
            for document in DOCUMENTS:
                for number, block in enumerate(blocks(document), 1):
                    rows += _checked(f"{document}, block {number}", block, house)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for row in rows:
        sys.stdout.write(f"{'ok  ' if row.good else 'FAIL'}  {row.where}: {row.what}: {row.told}\n")
    good = sum(row.good for row in rows)
    sys.stdout.write(f"{good} passed, {len(rows) - good} failed\n")
    return 0 if rows and good == len(rows) else 1


def blocks(document: str) -> list[str]:
    """The server blocks of a document; a `map` is put before the last block without `proxy_pass`, with the line that uses it."""
    found = re.findall(r"^```nginx\n(.*?)^```", (ROOT / document).read_text("utf-8"), re.M | re.S)
    servers = [block for block in found if block.lstrip().startswith("server")]
    maps = [block for block in found if block.lstrip().startswith("map")]
    for one in maps:
        last = next(block for block in reversed(servers) if "proxy_pass" not in block)
        servers.append(one + last.replace("gzip_vary on;", "gzip_vary on;\n    brotli_static on;\n    add_header Link $feed_links;"))
    return servers


def _checked(where: str, block: str, house: House) -> list[Row]:
    try:
        with _proxied(block, house) as text, nginx(text, house) as port:
            return [Row(where, *row) for row in checks(text, port, house.public(""))]
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return [Row(where, "runs", False, str(error))]


def checks(block: str, port: int, public: Path) -> Iterator[tuple[str, bool, str]]:
    """What must be so for any of the blocks."""

    def ask(path: str, method: str = "GET", **headers: str) -> Answer:
        return _ask(port, path, method, headers)

    for name, media_type in TYPES.items():
        answer = ask(f"/{name}")
        told = answer.headers.get("content-type", "")
        yield f"type of {name}", (answer.status, told, answer.body) == (200, media_type, (public / name).read_bytes()), told
    yield "/", ask("/").body == (public / "index.html").read_bytes(), str(ask("/").status)
    plain = ask("/city.rss").headers
    for name, field in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        answer = ask("/city.rss", **{name: plain[field]})
        same = all(answer.headers.get(key) == plain.get(key) for key in ("etag", "last-modified", "cache-control", "link"))
        yield f"304 by {name}", (answer.status, answer.body, same) == (304, b"", True), str(answer.status)
    head = ask("/city.rss", "HEAD")
    yield "HEAD", (head.status, head.body, head.headers["content-length"]) == (200, b"", plain["content-length"]), str(head.status)
    yield "nosniff", plain.get("x-content-type-options") == "nosniff" or "add_header" not in block, plain.get("x-content-type-options", "–")
    yield from _coded(block, ask, public)
    (public / ".city.rss.new").write_text("half", encoding="utf-8")
    hidden = [ask(path).status for path in ("/.city.rss.new", "/../feedbridge.db", "/%2e%2e/feedbridge.db", "/none.rss")]
    yield "hidden", all(status in {400, 403, 404} for status in hidden), str(hidden)
    refused = ask("/city.rss", "POST").status
    yield "POST", refused in {403, 405}, str(refused)
    if "feed_links" in block:
        expected = '<https://hub.example.org/>; rel="hub", <https://feeds.example.org/city.rss>; rel="self"'
        yield "Link", plain.get("link") == expected and "link" not in ask("/index.html").headers, plain.get("link", "–")


def _coded(block: str, ask, public: Path) -> Iterator[tuple[str, bool, str]]:
    content = (public / "city.rss").read_bytes()
    packed = ask("/city.rss", **{"Accept-Encoding": "gzip"})
    if "gzip_static" in block or "proxy_pass" in block:
        same = packed.body == (public / "city.rss.gz").read_bytes()
        about = (packed.headers.get("content-encoding"), packed.headers.get("vary"))
        yield "gzip as it lies there", same and about == ("gzip", "Accept-Encoding"), str(about)
        other = packed.headers["etag"] != ask("/city.rss").headers["etag"]
        again = ask("/city.rss", **{"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
        yield "its own ETag, 304", other and again.status == 304, packed.headers["etag"]
        yield "no file by its coding's name", ask("/city.rss.gz").status in {403, 404}, str(ask("/city.rss.gz").status)
    elif "gzip on" in block:
        yield "gzip", gzip.decompress(packed.body) == content, str(packed.headers.get("content-encoding"))
    if re.search(r"^\s*brotli_static on", block, re.M) or "proxy_pass" in block:
        small = ask("/city.rss", **{"Accept-Encoding": "br"})
        yield "brotli as it lies there", small.body == (public / "city.rss.br").read_bytes(), str(small.headers.get("content-encoding"))


def _ask(port: int, path: str, method: str, headers: dict[str, str]) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextmanager
def _proxied(block: str, house: House) -> Iterator[str]:
    """The block, with `feedbridge serve` behind it where it is a proxy's."""
    if "proxy_pass" not in block:
        yield block
        return
    words = [sys.executable, "-m", "bridge", "serve", "--port", "0", "--config", str(house.config)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=house.environ, cwd=house.folder)
    try:
        base = process.stderr.readline().split(" at ")[-1].strip().rstrip("/")
        assert base.startswith("http://"), base
        yield re.sub(r"proxy_pass [^;]*;", f"proxy_pass {base};", block)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def nginx(block: str, house: House) -> Iterator[int]:
    """nginx with this server block, in front of the house's published folder; its port."""
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    text = re.sub(r"listen 80;", f"listen 127.0.0.1:{port};", block)
    text = re.sub(r"root [^;]*;", f"root {house.public('')};", text)
    settings = folder / "nginx.conf"
    module = f"load_module {MODULE};" if "brotli_static on" in block and MODULE.exists() else ""
    user = "user root;" if os.geteuid() == 0 else ""
    settings.write_text(_HTTP.format(folder=folder, user=user, module=module, blocks=text), encoding="utf-8")
    tested = subprocess.run(["nginx", "-t", "-q", "-p", str(folder), "-c", str(settings)], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
