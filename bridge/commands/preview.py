"""What would be extracted from a page: an address, a file, or standard input."""

import argparse
import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..clock import SystemClock
from ..console import dump, out, say
from ..errors import BridgeError, UsageError
from ..model import Article, ListPage, Network, Page, Portal
from ..previewing.facts import article_facts, list_facts
from ..previewing.progress import Progress
from ..previewing.reading import NO_ADDRESS, Reader, Target

if TYPE_CHECKING:
    from ..previewing.machines import Offer
    from ..previewing.sheet import Sheet
    from ..previewing.web import Web

HELP = "what would be extracted from a list page or an article (address, file or -)"
DEFAULT = Path("config.toml")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("what", choices=("list", "article"))
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="http(s) address, file, or - for standard input")
    parser.add_argument("--url", help="address of a page that comes from a file or standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, in the order of the targets")
    parser.add_argument("--stdin", action="store_true", help='read JSON lines {"html_b64", "url"}, answer each with a JSON line')
    parser.add_argument("--explain", action="store_true", help="why each field was chosen, and what was left out")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write one page that shows the portal's page beside what was read from it"
    )
    parser.add_argument(
        "--portal", metavar="ID", help="read with the settings of this portal of config.toml (selectors, zone, charset, profile)"
    )
    parser.add_argument(
        "--timezone",
        type=zone,
        metavar="ZONE",
        help="zone of dates without an offset (default: Asia/Shanghai for Chinese pages, UTC for others)",
    )
    parser.add_argument("--charset", type=_charset, help="charset of the pages, where the automatic choice is wrong")
    parser.add_argument("--profile", type=_profile, help="reader of the pages (default: generic)")
    parser.add_argument(
        "--allow", type=network, action="append", default=[], metavar="CIDR", help="network that the private-address guard lets through"
    )
    parser.add_argument("--gap", type=gap, help=argparse.SUPPRESS)


def gap(text: str) -> timedelta:
    from ..config import LONGEST, duration

    found = duration(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration of at most {LONGEST.days}d")
    return found


def zone(text: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        raise argparse.ArgumentTypeError(f"no zone is called {text!r}; use an IANA name such as Asia/Shanghai") from None


def _charset(text: str) -> str:
    from ..core.charset import named

    if named(text) is None:
        raise argparse.ArgumentTypeError(f"no charset is called {text!r}; use a name such as gb18030 or utf-8")
    return text


def _profile(text: str) -> str:
    from importlib.util import find_spec

    if not text.isidentifier() or find_spec(f"bridge.portals.{text}") is None:
        raise argparse.ArgumentTypeError(f"no profile is called {text!r}; they are the files in bridge/portals/")
    return text


def network(text: str) -> str:
    from ipaddress import ip_network

    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a network such as 192.168.0.0/16") from None


def run(args: argparse.Namespace) -> int:
    """0 when every page could be read, 1 when not, 2 without a target."""
    if not args.targets and not args.stdin:
        say("feedbridge: preview: name an address, a file or -, or give --stdin")
        return 2
    preview = Preview(args)
    good = True
    for target in _stream() if args.stdin else preview.targets():
        good &= preview.show(target)
    preview.close()
    return int(not good)


class Preview:
    """Shows page after page; each is judged alone, as if it were the first of its portal."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.machine = args.json or args.stdin
        self.clock = SystemClock()
        self.setting = setting_of(args)
        self.reader = _reader(args, self.setting.portal)
        self.progress = Progress(0 if args.stdin else len(args.targets))
        self.sheet: Sheet | None = _sheet() if args.html else None
        self.web: Web | None = None

    def targets(self) -> Iterator[Target]:
        """The pages of the targets, one by one."""
        for name in self.args.targets:
            if name.startswith(("http://", "https://")):
                self.progress.step(name)
                yield self._wired().page(name)
            else:
                yield _filed(name, self.args.url, self.setting.network.max_bytes)

    def _wired(self) -> "Web":
        """The way to the web, which most uses of the command do without."""
        from ..previewing.web import Web

        self.web = self.web or Web(self.setting.network, self.setting.contact)
        return self.web

    def show(self, target: Target) -> bool:
        """The target's extraction is printed; False when there is none."""
        found: ListPage | Article | None = None
        error = target.error
        try:
            found = self._read(target)
        except BridgeError as fault:
            error = str(fault)
        offers = self._offers(target, found)
        self.progress.done()
        if self.sheet:
            self.sheet.add(target, found, error, offers, self.clock.now())
        if found is None:
            return self._fail(target, error)
        self._print(target, found, offers)
        return True

    def close(self) -> None:
        """The page for eyes is written, where one was asked for."""
        if self.sheet:
            self.args.html.write_text(self.sheet.html, encoding="utf-8")
            say(f"{self.args.html}: written; open it in a browser")

    def _read(self, target: Target) -> ListPage | Article:
        if target.page is None:
            raise BridgeError(target.error)
        read: Callable[..., ListPage | Article] = self.reader.read_list if self.args.what == "list" else self.reader.read_article
        return read(target.page, self.clock.now())

    def _offers(self, target: Target, found: ListPage | Article | None) -> "list[Offer]":
        """What the site has for machines; asked of the web only where the page came from there, and never for programs."""
        if self.machine or target.page is None or not isinstance(found, ListPage):
            return []
        from ..previewing import machines

        robots = self.web.robots(target.page.url) if self.web else ""
        offers = machines.announced(target.page, found, robots)
        if self.web is None or target.name == "-" or not target.name.startswith("http"):
            return offers
        return self.web.weighed(offers, found, self.progress)

    def _print(self, target: Target, found: ListPage | Article, offers: "list[Offer]") -> None:
        explain = self.args.explain
        if self.machine:
            dump(list_facts(found, explain) if isinstance(found, ListPage) else article_facts(found, explain))
        else:
            from ..previewing import articles, lists

            out(f"== {target.name}")
            lines = lists.lines(found, offers, explain) if isinstance(found, ListPage) else articles.lines(found, self.clock.now(), explain)
            out("\n".join(lines) + "\n")
        sys.stdout.flush()

    def _fail(self, target: Target, why: str) -> bool:
        if self.machine:
            dump({"url": target.name, "error": why})
        else:
            say(f"feedbridge: {target.name}: {why}")
        return False


def _sheet() -> "Sheet":
    from ..previewing.sheet import Sheet

    return Sheet()


@dataclass(frozen=True, slots=True)
class Setting:
    """What config.toml says, as far as single pages are concerned."""

    network: Network = field(default_factory=Network)
    contact: str = ""
    portal: Portal | None = None


def setting_of(args: argparse.Namespace) -> Setting:
    """The settings of config.toml, with what the command line says; no file is needed unless --config or --portal names one."""
    named = args.portal is not None or args.config != DEFAULT
    setting = _loaded(args, named) if named or args.config.exists() else Setting()
    network = replace(setting.network, allow=(*setting.network.allow, *args.allow))
    return replace(setting, network=network if args.gap is None else replace(network, gap=args.gap))


def _loaded(args: argparse.Namespace, named: bool) -> Setting:
    from ..config import load

    try:
        config = load(args.config, secrets=False)
    except BridgeError as error:
        if named:
            raise
        say(f"feedbridge: warning: {args.config} is not used: {str(error).splitlines()[0]}")
        return Setting()
    known = {portal.id: portal for portal in config.portals}
    if args.portal and args.portal not in known:
        raise UsageError(f"{args.config}: no portal is called {args.portal!r}; there are: {', '.join(known)}")
    return Setting(config.network, config.bridge.contact or "", known.get(args.portal))


def _reader(args: argparse.Namespace, portal: Portal | None) -> Reader:
    zone = args.timezone or (portal.timezone if portal else None)
    return Reader(zone, args.charset, args.profile or (portal.profile if portal else "generic"), portal)


# ---------------------------------------------------------------- where pages come from


def _filed(name: str, url: str | None, most: int) -> Target:
    """The page in a file, a device or a pipe: no more of it is read than of a page on the web."""
    try:
        body = _begun(name, most + 1)
    except OSError as error:
        return Target(name, None, f"cannot be read: {error.strerror}")
    if len(body) > most:
        return Target(name, None, f"is larger than {most} bytes ([network] max_bytes)")
    return Target(name, Page(url=url or NO_ADDRESS, body=body, requested=url or ""))


def _begun(name: str, most: int) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _stream() -> Iterator[Target]:
    for line in sys.stdin:
        if line.strip():
            yield _asked(line)


def _asked(line: str) -> Target:
    """The page in a line of JSON."""
    try:
        asked: Any = json.loads(line)
        url = asked.get("url") or NO_ADDRESS
        body = base64.b64decode(asked["html_b64"])
        return Target(url, Page(url=url, body=body, content_type=asked.get("content_type"), requested=url))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Target("-", None, f"not a line of JSON with html_b64 and url: {error}")
