"""A commented config.toml, by asking."""

import argparse
import re
import sys
from importlib.resources import files
from urllib.parse import urlsplit

from ..console import ask, say
from ..errors import UsageError
from ..shelf import put

HELP = "write a commented config.toml by asking a few questions"
_QUESTIONS = (
    ("url", "address of the portal", "http://www.china0315.com/"),
    ("title", "title of its feed", "唐山信息网"),
    ("timezone", "time zone of its dates", "Asia/Shanghai"),
    ("contact", "how its owner can reach you (mailto:… or https://…)", "mailto:ops@example.org"),
    ("base_url", "where you will serve state/public/", "https://feeds.example.org/"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options: an answer that is given is not asked for."""
    for name, doc, default in _QUESTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=name.upper(), help=f"{doc} (default: {default})")
    parser.add_argument("--id", metavar="ID", help="id of the portal (default: from its address)")
    parser.add_argument("--yes", action="store_true", help="ask nothing, take the defaults")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """0; the file is written, and checked by being read back."""
    if args.config.is_dir():
        raise UsageError(f"{args.config}: is a folder; give the name of a file")
    if args.config.exists() and not args.force:
        raise UsageError(f"{args.config}: is there already; give another --config, or --force to replace it")
    try:
        _write(args)
    except UnicodeError as error:
        raise UsageError("an answer has bytes that are no text in this terminal's encoding; nothing was written") from error
    say(f"{args.config}: written; now `feedbridge check`, then `feedbridge run`")
    return 0


def _write(args: argparse.Namespace) -> None:
    from ..config import load

    answers: dict[str, str] = {}
    for name, doc, usual in _QUESTIONS:
        other = name == "title" and answers["url"] != _QUESTIONS[0][2]  # the usual title is that of the usual portal
        default = (urlsplit(answers["url"]).hostname or usual) if other else usual
        answers[name] = getattr(args, name) or _answer(doc, default, asking=not args.yes)
    answers["id"] = args.id or _identifier(answers["url"])
    trial = args.config.with_name(f".{args.config.name}.trial")
    try:
        put(trial, template(answers).encode())
        load(trial, secrets=False)
        trial.replace(args.config)
    finally:
        trial.unlink(missing_ok=True)


def template(answers: dict[str, str]) -> str:
    """The text of a configuration for one portal."""
    text = (files("bridge.commands") / "config.template.toml").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda found: _quoted(answers[found[1]]), text)


def _answer(doc: str, default: str, *, asking: bool) -> str:
    """What stdin says, the default for an empty line; where it ends, a file leaves the rest to the defaults, and a person has stopped."""
    said = ask(f"{doc} [{default}]:") if asking else ""
    if said is None and sys.stdin.isatty():
        raise KeyboardInterrupt
    return said or default


def _identifier(url: str) -> str:
    name = (urlsplit(url).hostname or "portal").removeprefix("www.").split(".")[0]
    return re.sub(r"[^A-Za-z0-9_-]", "-", name) or "portal"


def _quoted(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text).replace("\\", "\\\\").replace('"', '\\"')
