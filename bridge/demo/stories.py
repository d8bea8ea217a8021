"""The articles of the sample portal: what is told, before any markup. Invented, and dated relative to a given now."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from importlib.resources import files

CHINA = timezone(timedelta(hours=8), "CST")
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `[label](address)` in it is a link."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading between paragraphs."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo, served as /upload/`name`, and its caption."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first row is its head."""

    rows: tuple[tuple[str, ...], ...]


Block = Text | Heading | Picture | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article. `key` names it in scripts, `id` in addresses; datetimes are aware, in China Standard Time."""

    key: str
    id: int
    title: str
    section: str
    published: datetime
    blocks: tuple[Block, ...]
    source: str = ""
    sourced: datetime | None = None
    author: str = ""
    contributor: str = ""
    fix: tuple[str, str] | None = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its photos, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))

    @property
    def lead(self) -> str:
        """Its first paragraph."""
        return next((block.text for block in self.blocks if isinstance(block, Text)), "")

    def corrected(self) -> "Story":
        """The same with its scripted correction made in the text; unchanged where it has none."""
        if self.fix is None:
            return self
        return replace(self, blocks=tuple(_corrected(block, *self.fix) for block in self.blocks))


def first(now: datetime) -> tuple[Story, ...]:
    """The articles that the portal starts with, newest first; all published before `now`."""
    return tuple(_parsed("first.txt", now))


def later(now: datetime) -> tuple[Story, ...]:
    """The articles that the portal gains, newest first, published within the minute before `now`."""
    return tuple(sorted(_parsed("later.txt", now), key=lambda story: story.published, reverse=True))


def notice(number: int, now: datetime) -> Story:
    """A short notice made up on the spot, for scripts that need many articles."""
    text = f"便民信息第{number}号：老街服务站今日办理事项{number % 7 + 3}项，请市民按号等候，咨询请到二号窗口。"
    return Story(
        key=f"notice-{number}",
        id=number,
        title=f"便民信息第{number}号：老街服务站办理事项公布",
        section="民生",
        published=now.astimezone(CHINA).replace(microsecond=0),
        source="老街服务站",
        blocks=(Text(text), Text("服务站开放时间为8时30分至17时，午间不休息，周六照常办理。")),
    )


def _corrected(block: Block, old: str, new: str) -> Block:
    return Text(block.text.replace(old, new)) if isinstance(block, Text) else block


def _parsed(name: str, now: datetime) -> Iterator[Story]:
    text = (files(__package__) / "articles" / name).read_text(encoding="utf-8")
    for part in text.split("=== ")[1:]:
        yield _story(part, now.astimezone(CHINA).replace(microsecond=0))


def _story(part: str, now: datetime) -> Story:
    top, _, body = part.partition("\n\n")
    key, *lines = top.split("\n")
    head = dict(line.split(": ", 1) for line in lines)
    published = _before(head["at"], now)
    dated = _dater(published)
    source, _, sourced = head.get("source", "").partition(" | ")
    old, arrow, new = head.get("fix", "").partition(" => ")
    return Story(
        key=key,
        id=int(head["id"]),
        title=dated(head["title"]),
        section=head["section"],
        published=published,
        blocks=tuple(_blocks(dated(body))),
        source=source,
        sourced=min(_before(sourced, published), published - timedelta(minutes=10)) if sourced else None,
        author=head.get("author", ""),
        contributor=head.get("contributor", ""),
        fix=(old, new) if arrow else None,
    )


def _before(text: str, now: datetime) -> datetime:
    """`35m` and `1h50m` back from `now`, or `2d 09:41:07` on the clock of an earlier day."""
    days, _, clock = text.partition("d ")
    if clock:
        return datetime.combine(now.date() - timedelta(days=int(days)), time.fromisoformat(clock), CHINA)
    units = {"h": 3600, "m": 60, "s": 1}
    return now - timedelta(seconds=sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([hms])", text)))


def _dater(published: datetime) -> Callable[[str], str]:
    def written(match: re.Match[str]) -> str:
        if match[1] == "Y":
            return str(published.year)
        if match[1] == "M":
            return f"{published.month}月"
        day = published + timedelta(days=int(match[1]))
        return f"{day.month}月{day.day}日" + (f"（星期{WEEKDAYS[day.weekday()]}）" if match[2] else "")

    return lambda text: re.sub(r"\{(-?\d+|Y|M)(w?)\}", written, text)


def _blocks(body: str) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*body.strip().split("\n"), ""]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip("| ").split("|")))
            continue
        if rows:
            yield Grid(tuple(rows))
            rows = []
        if line:
            yield _block(line)


def _block(line: str) -> Block:
    if line.startswith("! "):
        name, _, caption = line[2:].partition(" | ")
        return Picture(name, caption)
    return Heading(line[2:]) if line.startswith("# ") else Text(line)
