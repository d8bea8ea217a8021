"""An installation with two portals, archives and feeds of choice, served by `feedbridge serve`: what real readers are let loose on.

Articles go straight into the state and are published by the real steps, with the real formats, into a real folder. The clock is set: half a
year of history lies before the present.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE.parent)]

from stand_ins.clock import FakeClock  # noqa: E402
from stand_ins.press import Press  # noqa: E402

from bridge import shelf  # noqa: E402
from bridge.config import load  # noqa: E402
from bridge.formats import atom, html, jsonfeed, opml, page, rss  # noqa: E402
from bridge.model import Enclosure, Image, Source, When  # noqa: E402

FORMATS = {"rss": ".rss", "atom": ".atom", "json": ".json"}
LANGUAGE = "zh-CN"
SITE = "http://www.china0315.com"
MONTHS = 4
CONFIG = """
[bridge]
base_url = "{base}"
hub = "https://hub.example.org/"

[[portals]]
id = "tangshan"
title = "唐山信息网"
url = "http://www.china0315.com/"

[[portals]]
id = "fengnan"
title = "丰南 & <新闻>"
url = "http://fengnan.example.com/"

[[feeds]]
id = "bids"
title = "招标公告"
include = ["招标"]
"""


@dataclass(frozen=True)
class Told:
    """An item as a reader must show it; times are seconds since 1970, `text` stands in its body."""

    id: str
    title: str
    link: str
    published: int
    updated: int
    text: str


def _articles(now: datetime) -> list[tuple[dict, dict]]:
    """(fields of the entry, what a reader must show otherwise): every kind of entry that a reader must get right, oldest first."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)  # 00:00 on the portal
    return [
        ({"title": "只有标题和链接的旧闻", "content_html": "", "content_text": ""}, {"text": ""}),
        (
            {"title": "", "content_html": "<p>没有标题的文章,以正文开头代替。</p>", "content_text": "没有标题的文章,以正文开头代替。"},
            {"title": "没有标题的文章,以正文开头代替。", "text": "以正文开头代替"},
        ),
        (
            {"title": "家庭日👨‍👩‍👧 cafe\u0301 𠮷野家 开业", "url": f"{SITE}/新闻/开业.asp?类=美食&id=4706"},
            {
                "title": "家庭日👨‍👩‍👧 caf\u00e9 𠮷野家 开业",
                "link": f"{SITE}/%E6%96%B0%E9%97%BB/%E5%BC%80%E4%B8%9A.asp?%E7%B1%BB=%E7%BE%8E%E9%A3%9F&id=4706",
            },
        ),
        ({"title": "没有日期的公告", "precision": "none"}, {}),
        ({"title": "只知道日期的公告", "published": day, "precision": "day"}, {}),
        (
            {
                "title": "2019年政府信息公开工作年度报告(附件)",
                "enclosures": (
                    Enclosure(f"{SITE}/files/年度报告.pdf", "application/pdf", "年度报告", 482113),
                    Enclosure(f"{SITE}/files/b.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                ),
            },
            {},
        ),
        ({"title": "关于<试点>工作的通知:1 < 2 && AT&T", "author": "张三 李四", "contributor": "市政府办公室"}, {}),
        (
            {
                "title": "唐山网信办马文斌:吹响新媒体发展“集结号”",
                "content_html": f'<p>2019年是新中国成立70周年。</p><p><img src="{SITE}/up/2019/1.jpg" alt="专题培训会。"></p>'
                '<p><a href="https://www.thepaper.cn/newsDetail_forward_3421337">澎湃新闻</a> 1 &lt; 2 &amp; 3</p>',
                "contributor": "唐山市委网信办",
                "source": Source("澎湃新闻 问政", When(now - timedelta(days=2), "minute", "dateline"), "https://www.thepaper.cn/"),
                "images": (Image(f"{SITE}/up/2019/1.jpg", "专题培训会。"), Image(f"{SITE}/up/2019/调研.jpg", "调研活动。")),
            },
            {"text": "2019年是新中国成立70周年"},
        ),
    ]


class World:
    """The folder, the state in it and the server. `advance` makes the next change of the plan; `log` has the server's answers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}/"
        self.path = folder / "config.toml"
        self.path.write_text(CONFIG.format(base=self.base), encoding="utf-8")
        config = load(self.path)
        formats = {
            "formats": lambda: [rss, atom, jsonfeed, page],
            "suffixes": (*FORMATS.values(), ".html"),
            "archived": tuple(FORMATS.values()),
        }
        lists = {"catalogues": lambda: [opml, html], "names": ("feeds.opml", "index.html")}
        shelved = {"put": lambda name, content: shelf.put(config.public / name, content)}
        about = {"base_url": self.base, "hub": config.bridge.hub, **formats, **lists, **shelved}
        config.bridge.state.mkdir(exist_ok=True)
        self.press = Press(config.bridge.state, *config.portals, feeds=config.feeds, **about)
        self.public = config.public
        self.press.clock = FakeClock((datetime.now(UTC) - timedelta(days=31 * MONTHS)).replace(microsecond=0))
        self.told: dict[int, tuple[str, Told]] = {}
        self._fill()
        self.changed = self._newest = max(self.told)

    # ------------------------------------------------------------ the state

    def _fill(self) -> None:
        """Four months of the second portal, then the articles of the first."""
        for number in range(72):
            self._add("fengnan", {"title": f"丰南{'招标' if number % 12 == 0 else '要闻'}第{number}号"}, {})
            self.press.later(days=31 * MONTHS / 75)
            if number % 9 == 8:
                self.press.publish()
        now = self.press.clock.now()
        for fields, shown in _articles(now):
            self._add("tangshan", fields, shown)
            self.press.later(minutes=17)
        self.press.publish()

    def _add(self, portal: str, fields: dict, shown: dict) -> int:
        number = 4700 + len(self.told)
        text = {
            "content_html": f"<p>第{number}号正文第一段。</p>\n<p>正文第二段。</p>",
            "content_text": f"第{number}号正文第一段。\n\n正文第二段。",
        }
        host = SITE if portal == "tangshan" else "http://fengnan.example.com"
        made = {"url": f"{host}/news/{number}.html", "category": ("新闻资讯", "要闻"), **text, **fields}
        uid = self.press.add(number, portal, **made)
        # An untitled article stays one: the press would give it a name.
        if not fields["title"]:
            self.press.sql("UPDATE entries SET title = '' WHERE uid = ?", uid)
        entry = self.press.store.archive.entry(uid)
        told = Told(entry.id, entry.title, entry.url, _seconds(entry.published), _seconds(entry.updated), f"第{number}号正文第一段")
        self.told[uid] = (portal, replace(told, **shown))
        return uid

    def add(self) -> None:
        """One more article."""
        self._next_second()
        self.press.later(minutes=10)
        self._newest = self._add("tangshan", {"title": "新来的一条"}, {})
        self.press.publish()

    def edit(self, *, fields: dict, shown: dict) -> None:
        """The article that was newest at first is edited."""
        self._next_second()
        self.press.later(minutes=10)
        self.press.edit(self.changed, **fields)
        portal, told = self.told[self.changed]
        self.told[self.changed] = (portal, replace(told, updated=_seconds(self.press.clock.now()), **shown))
        self.press.publish()

    @staticmethod
    def _next_second() -> None:
        """`Last-Modified` counts seconds, and curl (so newsboat) drops a body whose second it has seen; ticks are never that close."""
        time.sleep(1.05 - time.time() % 1)

    # ------------------------------------------------------------ what a reader must see

    def items(self, name: str) -> list[Told]:
        """What a live feed holds: the 50 newest of what belongs to it (in our feeds fewer came within 48 hours)."""
        wanted = {"all": {"tangshan", "fengnan"}, "bids": {"tangshan", "fengnan"}}.get(name, {name})
        found = [told for portal, told in self.told.values() if portal in wanted and (name != "bids" or "招标" in told.title)]
        return sorted(found, key=lambda told: told.published, reverse=True)[:50]

    def history(self, name: str) -> list[Told]:
        """All that a portal has given."""
        return [told for portal, told in self.told.values() if portal == name]

    def archives(self, name: str, kind: str) -> list[str]:
        """Addresses of a feed's archive documents, newest first."""
        files = sorted(self.public.glob(f"archive/{name}-*{FORMATS[kind]}"), reverse=True)
        return [f"{self.base}archive/{file.name}" for file in files]

    def url(self, name: str, kind: str) -> str:
        """Where a feed is served."""
        return f"{self.base}{name}{FORMATS[kind]}"

    def close(self) -> None:
        """The state is closed."""
        self.press.store.close()


class Server:
    """`feedbridge serve` in a process of its own; a context manager."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self._said = world, folder / "serve.log"
        self._marks = 0

    def __enter__(self) -> "Server":
        line = [sys.executable, "-m", "bridge", "serve", "--config", str(self.world.path), "--port", str(self.world.port)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        with self._said.open("wb") as said:
            self._process = subprocess.Popen([*line, "--access-log", "--log-format", "json"], stderr=said, env=environ)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end and self._process.poll() is None:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.world.port), 1)):
                return
            time.sleep(0.05)
        raise RuntimeError(f"`serve` does not answer: {self._said.read_text('utf-8')[-500:]}")

    def answers(self) -> list[dict]:
        """The lines of the access log since the last call: path, status, bytes, agent of each answer."""
        mark = f"/mark-{self._marks}"
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(self.world.base + mark[1:], timeout=10)
        self._marks += 1
        end = time.monotonic() + 10
        while time.monotonic() < end:
            found = [json.loads(line) for line in self._said.read_text("utf-8").splitlines() if line.startswith("{")]
            paths = [one["path"] for one in found]
            if mark in paths:
                start = paths.index(f"/mark-{self._marks - 2}") + 1 if self._marks > 1 else 0
                return found[start : paths.index(mark)]
            time.sleep(0.01)
        raise RuntimeError("`serve` writes no access log")


def coding(answer: dict, public: Path) -> str:
    """In which form a file was sent, judged by its size: `gzip`, `br` or ``."""
    file = public / answer["path"].lstrip("/")
    sizes = {
        beside.stat().st_size: name for suffix, name in ((".gz", "gzip"), (".br", "br")) if (beside := Path(f"{file}{suffix}")).exists()
    }
    return sizes.get(answer["bytes"], "")


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _free_port() -> int:
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
