"""How a portal shows itself for a while: host, addresses, markup, bytes, dates, titles."""

from dataclasses import dataclass
from hashlib import sha1

from .story import CHINA, Story

FORMS = {
    "asp": "/news/show.asp?id={id}",
    "html": "/article/{id}.html",
    "dated": "/{day:%Y/%m%d}/{id}.shtml",
    "hash": "/c/{hash}.html",
    "php": "/index.php?m=content&c=show&id={id}",
    "path": "/news/detail/{id}/",
}
LISTS = "/news/"
LIST_DATES = ("day", "minute", "short", "none")
LABELS = {"utf-8": "utf-8", "gbk": "gb2312", "gb18030": "gbk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A portal's appearance. `old` is what becomes of the addresses of earlier faces: 404, redirect, home or live.

    `base` and `step` make the CMS's number of a story; `label` is the charset that the pages claim, which may be wrong;
    `prefix` puts the column before the titles on lists, `cut` shortens them there (0: never); `live` pages show the newest
    articles beside every article, others only what was new when the page was made.
    """

    origin: str = "http://www.liudu.example"
    layout: str = "tables"
    form: str = "asp"
    base: int = 10_000
    step: int = 1
    page_size: int = 20
    encoding: str = "gbk"
    label: str = "gb2312"
    prefix: bool = False
    cut: int = 0
    list_dates: str = "day"
    dates: bool = True
    live: bool = False
    old: str = "404"

    def path(self, story: Story) -> str:
        """The address of a story, without the host."""
        number = self.base + self.step * story.number
        name = sha1(f"{self.base}/{story.number}".encode()).hexdigest()[:12]
        return FORMS[self.form].format(id=number, hash=name, day=story.versions[0].published.astimezone(CHINA))

    def page(self, number: int) -> str:
        """The address of a page of the list, without the host."""
        return LISTS if number == 1 else f"{LISTS}?page={number}"

    def list_title(self, story: Story, title: str) -> str:
        """A title as the list shows it."""
        short = title[: self.cut - 1] + "…" if 0 < self.cut < len(title) else title
        return f"[{story.section}]{short}" if self.prefix else short
