"""`make websub`: the publishing side of WebSub against flask-websub's hub and subscriber, over real HTTP on loopback.

`feedbridge serve` serves the feeds, the subscriber discovers the hub there and subscribes, an article changes, the sender tells the hub,
the hub fetches the topic and delivers it. Prints a line for each step; exit 0 when every one is as it should be, else 1.
flask-websub is installed into a temporary folder.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent), str(HERE.parent / "senders")]

from sender_samples import RealClock, entry  # noqa: E402
from stand_ins import packages  # noqa: E402
from stand_ins.house import House  # noqa: E402

from bridge.model import Job, Network, Sent, Target  # noqa: E402
from bridge.senders import _websub  # noqa: E402

PACKAGES = ("flask-websub[celery]==0.4.1", "setuptools<81")
FEEDS = ("city.rss", "city.atom", "city.json")
TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json"}


def main() -> int:
    """Installs, runs, prints."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedbridge-websub-")))
        peer_port, port = _free(), _free()
        peer, base = f"http://127.0.0.1:{peer_port}", f"http://127.0.0.1:{port}/"
        _start(stack, [str(packages.environment(folder / "venv", PACKAGES)), str(HERE / "peer.py"), str(peer_port), str(folder)], peer_port)
        house = stack.enter_context(House(folder / ""))
        about = f'[bridge]\nbase_url = "{base}"\nhub = "{peer}/hub"'
        house.config.write_text(house.config.read_text("utf-8").replace("[bridge]", about, 1), encoding="utf-8")
        house.run()
        words = [sys.executable, "-m", "bridge", "serve", "--port", str(port), "--config", str(house.config)]
        _start(stack, words, port, env=house.environ, cwd=house.folder)
        rows = [*_story(house, peer, base)]
    for good, what in rows:
        sys.stdout.write(f"{'ok  ' if good else 'FAIL'}  {what}\n")
    passed = sum(good for good, _ in rows)
    sys.stdout.write(f"{passed} passed, {len(rows) - passed} failed\n")
    return 0 if passed == len(rows) else 1


def _story(house, peer, base):
    for name in FEEDS:
        found = _post(f"{peer}/subscribe", {"url": base + name})
        yield found == {"hub_url": f"{peer}/hub", "topic_url": base + name}, f"discovered at {name}: {found}"
    seen = _get(f"{peer}/seen")
    yield sorted(seen["confirmed"]) == sorted([base + name, "subscribe"] for name in FEEDS), f"confirmed: {len(seen['confirmed'])}"
    before = house.public("city.rss").read_bytes()
    house.portal.advance()
    house.run("--now")
    yield house.public("city.rss").read_bytes() != before, "the feed changed"
    if not _get(f"{peer}/seen")["delivered"]:  # the tick tells the hub by itself where that is wired
        outcome = _ping(peer, base)
        yield outcome == Sent(), f"the hub's answer to the pings: {outcome}"
    seen = _get(f"{peer}/seen")
    for name in FEEDS:
        digest = hashlib.sha256(house.public(name).read_bytes()).hexdigest()
        got = [one for one in seen["delivered"] if one[0] == base + name]
        good = [one[1:3] for one in got] == [[digest, TYPES[name.rpartition(".")[2]]]]
        yield good, f"delivered once, byte for byte, with its type: {name} ({len(got)}, {got[0][2] if got else '-'})"
    yield not seen["failed"], f"failures told to the subscriber: {len(seen['failed'])}"


def _ping(peer, base):
    settings = _websub.Settings(hub=f"{peer}/hub", base_url=base, stems={"city": ("city",)})
    target = Target(id="hub", kind="websub", address=_websub.address(settings), settings=settings)
    job = Job(id=1, key="msg_1", kind="digest", target=target, entries=(entry(portal="city"),), at=datetime.now(UTC))
    with closing(_websub.connect(_websub.Shared(), Network(), RealClock())) as sender:
        [(_, outcome)] = sender.send([job])
    return outcome


def _start(stack: ExitStack, words, port: int, **more) -> None:
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **{"env": dict(os.environ), **more})
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(200):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{words[1]} does not answer")


def _free() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _post(url, form):
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        return json.load(answer)


def _get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
