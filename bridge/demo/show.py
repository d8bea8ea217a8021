"""What `feedbridge demo` shows to people: plain data → rich renderables. Nothing is printed here but by `show`.

Everything fits 80 columns, keeps Chinese columns aligned, and reads the same without colours.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "del": "strike",
    "code": "cyan",
    "pre": "cyan",
    "a": "blue underline",
    "blockquote": "dim",
}
"""How the tags of Telegram's HTML mode look in a terminal."""


def console(file: TextIO | None = None) -> "Console":
    """A console on `file` (stdout): colours on a terminal only, at most 100 columns wide, 80 where it is no terminal."""
    from rich.console import Console

    out = Console(file=file, highlight=False, emoji=False, markup=False)
    out.width = min(out.width, 100) if out.is_terminal else 80
    return out


def show(out: "Console", *parts: "RenderableType") -> None:
    """Each part is printed, an empty line after it."""
    for part in parts:
        out.print(part)
        out.print()


def heading(text: str, note: str = "") -> "RenderableType":
    """A line across the page that opens a part of the demo."""
    from rich.console import Group
    from rich.rule import Rule
    from rich.text import Text

    rule = Rule(Text(text, style="bold"), align="left", characters="─")
    return Group(rule, Text(note, style="dim")) if note else rule


# ---------------------------------------------------------------- articles


def articles_table(rows: Sequence[Mapping[str, Any]]) -> "RenderableType":
    """A line for each article.

    Keys: `published` (datetime or text), `title`, `source` (name or None), and optionally `mark` ("new", "edited", …).
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), expand=False, header_style="bold")
    table.add_column("published", no_wrap=True, style="dim")
    table.add_column("title")
    table.add_column("source", overflow="ellipsis", no_wrap=True, max_width=14, style="dim")
    marked = any(row.get("mark") for row in rows)
    if marked:
        table.add_column("", no_wrap=True, style="bold green")
    for row in rows:
        # rich narrows only columns that may wrap: so the title's may, and its text does not
        title = Text(_clean(row.get("title")), no_wrap=True, overflow="ellipsis")
        cells = [Text(_moment(row.get("published"), "%m-%d %H:%M")), title, Text(_clean(row.get("source")))]
        table.add_row(*cells, *[Text(_clean(row.get("mark")))] * marked)
    return table


# ---------------------------------------------------------------- chat


def chat(messages: Sequence[Mapping[str, Any]]) -> "RenderableType":
    """The messages as bubbles, in the given order.

    Keys: `text` (HTML as sent to Telegram), and optionally `time` (datetime or text), `edited` (bool),
    `image` (address of the picture shown above the text), `chat` (name of the chat).
    """
    from rich.console import Group

    return Group(*(_bubble(message) for message in messages))


def _bubble(message: Mapping[str, Any]) -> "RenderableType":
    from rich import box
    from rich.panel import Panel
    from rich.text import Text

    text, addresses = telegram(str(message.get("text") or ""))
    image = message.get("image")
    above = Text(f"[picture: {_clean(image)}]\n", style="magenta") if image else Text()
    below = Text("".join(f"\n→ {address}" for address in addresses), style="dim")
    foot = " · ".join(filter(None, ("edited" if message.get("edited") else "", _moment(message.get("time")))))
    return Panel(
        Text.assemble(above, text, below, overflow="fold"),
        box=box.ROUNDED,
        title=Text(_clean(message.get("chat"))) if message.get("chat") else None,
        title_align="left",
        subtitle=Text(foot) if foot else None,
        subtitle_align="right",
        border_style="yellow" if message.get("edited") else "green",
        width=76,
        padding=(0, 1),
    )


def telegram(html: str) -> tuple["Text", list[str]]:
    """Telegram's HTML as styled text, and the addresses it links to, each once."""
    parser = _Telegram()
    parser.feed(html)
    parser.close()
    parser.text.rstrip()
    return parser.text, list(dict.fromkeys(parser.addresses))


class _Telegram(HTMLParser):
    def __init__(self) -> None:
        from rich.text import Text

        super().__init__(convert_charrefs=True)
        self.text = Text()
        self.addresses: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        address = dict(attrs).get("href") if tag == "a" else None
        if address:
            self.addresses.append(_clean(address))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[max(at for at, name in enumerate(self._open) if name == tag)]

    def handle_data(self, data: str) -> None:
        self.text.append(_printable(data), " ".join(dict.fromkeys(STYLES[tag] for tag in self._open if tag in STYLES)) or None)


# ---------------------------------------------------------------- webhooks


def hooks(bodies: Sequence[Mapping[str, Any]], full: int = 1) -> "RenderableType":
    """The events a receiver got: the last `full` of each type whole, the others in a line each.

    Keys: `body` (bytes, text or parsed JSON), `verified` (bool: the signature was checked and is right), and
    optionally `headers` (the three webhook-* ones are shown).
    """
    from rich.console import Group

    events = [(_parsed(body.get("body")), body) for body in bodies]
    whole = {at for kind in {_kind(event) for event, _ in events} for at in _last(events, kind, full)}
    return Group(*(_event(event, body) if at in whole else _event_line(event, body) for at, (event, body) in enumerate(events)))


def _last(events: Sequence[tuple[Any, Any]], kind: str, count: int) -> list[int]:
    found = [at for at, (event, _) in enumerate(events) if _kind(event) == kind]
    return found[-count:] if count else []


def _parsed(body: Any) -> Any:
    if not isinstance(body, (bytes, str)):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace") if isinstance(body, bytes) else body


def _kind(event: Any) -> str:
    return _clean(event.get("type")) if isinstance(event, Mapping) else ""


def _verdict(body: Mapping[str, Any]) -> "Text":
    from rich.text import Text

    return Text("signature ✓", style="green") if body.get("verified") else Text("signature ✗", style="bold red")


def _event_line(event: Any, body: Mapping[str, Any]) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    data = event.get("data") if isinstance(event, Mapping) else None
    title = _clean(data.get("title")) if isinstance(data, Mapping) else ""
    line = Table.grid(padding=(0, 2, 0, 0), expand=False)
    line.add_column(width=18, no_wrap=True)
    line.add_column(width=13, no_wrap=True)
    line.add_column(width=40, no_wrap=True, overflow="ellipsis")
    line.add_row(Text(_kind(event), style="bold"), _verdict(body), Text(title))
    return line


def _event(event: Any, body: Mapping[str, Any]) -> "RenderableType":
    from rich import box
    from rich.panel import Panel
    from rich.text import Text

    shown = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False, indent=2, default=str)
    heads = "".join(f"{name}: {_clean(value)}\n" for name, value in _webhook_headers(body.get("headers") or {}))
    return Panel(
        Text.assemble((heads, "dim"), *_coloured(_printable(shown)), overflow="fold"),
        box=box.SQUARE,
        title=Text.assemble(("POST ", "dim"), (_kind(event), "bold"), " · ", _verdict(body)),
        title_align="left",
        width=76,
        padding=(0, 1),
    )


def _webhook_headers(headers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in headers.items():
        if name.lower().startswith("webhook-"):
            yield name.lower(), value


def _coloured(text: str) -> Iterable[tuple[str, str]]:
    """JSON with its keys set off from its values."""
    for part in re.split(r'(^ *"[^"]*":)', text, flags=re.MULTILINE):
        yield part, "cyan" if part.endswith('":') else ""


# ---------------------------------------------------------------- where things lie, and what comes next


def files(rows: Sequence[Mapping[str, Any]]) -> "RenderableType":
    """Where the feeds lie. Keys: `path`, `what` ("RSS 2.0, 24 entries"). Long paths fold, so that they can be copied whole."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for row in rows:
        table.add_row(Text(_clean(row.get("path"))), Text(_clean(row.get("what"))))
    return table


def next_steps(paths: Mapping[str, Any]) -> "RenderableType":
    """How to go on with a real portal.

    Keys of `paths`, all optional: `command` (how this feedbridge is called), `cron` (the same as an absolute path),
    `config` (an absolute config.toml for the cron line), `state` (what the demo left behind), `portal` (an address to try).
    """
    from rich.console import Group
    from rich.text import Text

    steps = "\n\n".join(f"  {what}\n      {line}" for what, line in _steps(paths))
    left = f"This demo's own state is in {_clean(paths['state'])}; it can be deleted.\n\n" if paths.get("state") else ""
    return Group(Text(left + "With a real portal:\n\n" + steps, overflow="fold"))


def _steps(paths: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    command = _clean(paths.get("command")) or "feedbridge"
    portal = _clean(paths.get("portal")) or "http://www.china0315.com/"
    config = _clean(paths.get("config")) or "/path/to/config.toml"
    yield "See what would be read, without any set-up:", f"{command} preview list {portal}"
    yield "Write a config.toml by answering questions:", f"{command} init"
    yield "Check it, then let one tick run:", f"{command} check\n      {command} run"
    yield "Leave it to cron:", f"*/5 * * * * {_clean(paths.get('cron')) or command} run --config {config}"


# ---------------------------------------------------------------- text


def _moment(value: Any, form: str = "%Y-%m-%d %H:%M") -> str:
    return value.strftime(form) if isinstance(value, datetime) else _clean(value)


def _printable(text: str) -> str:
    """Without what could move a terminal's cursor or turn the text around; line ends stay."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t\u3000\u00a0")


def _clean(value: Any) -> str:
    """One printable line; nothing for None."""
    return "" if value is None else " ".join(_printable(str(value)).split())
