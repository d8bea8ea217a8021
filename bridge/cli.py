"""The command line: picks a command, gives it its arguments, turns errors into one clear line and an exit code."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from . import __version__
from .console import ready, say
from .errors import BridgeError, ConfigError

COMMANDS = (
    "run",
    "watch",
    "serve",
    "preview",
    "add",
    "check",
    "status",
    "doctor",
    "why",
    "deliveries",
    "release",
    "discard",
    "backup",
    "restore",
    "forget",
    "test",
    "init",
    "secret",
    "demo",
)
USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of the command in `argv` (default: the process's own arguments)."""
    words = list(sys.argv[1:] if argv is None else argv)
    ready()
    try:
        return _perform(words)
    except ConfigError as error:
        for fault in error.faults:
            say(f"feedbridge: {fault}")
        return error.exit_code
    except BridgeError as error:
        say(f"feedbridge: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("feedbridge: stopped; what was recorded is kept")
        return 130
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            return _unheard()
        place = "the current folder" if isinstance(error, FileNotFoundError) else "output"
        say(f"feedbridge: {error.filename or place}: {error.strerror or error}")
        return 1


def _perform(words: Sequence[str]) -> int:
    config, words = _config(words)
    args = _arguments(_parser(words), words)
    args.config = config
    code = int(args.module.run(args))
    sys.stdout.flush()
    return code


def _arguments(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """What the words say; targets may stand behind options too, where argparse would take none of them."""
    args, rest = parser.parse_known_args(words)
    strange = any(word.startswith("-") and word != "-" for word in rest)
    if rest and (strange or not hasattr(args, "targets")):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        args.targets += rest
    return args


def _unheard() -> int:
    """The reader of our output went away: nothing to tell it, and nothing to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _config(words: Sequence[str]) -> tuple[Path, list[str]]:
    """--config, wherever it stands, and the other words: a command's own sub-commands need not know it."""
    only = argparse.ArgumentParser(prog="feedbridge", add_help=False, allow_abbrev=False)
    only.add_argument("--config", type=Path, default=Path("config.toml"))
    found, rest = only.parse_known_args(list(words))
    return found.config, rest


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="feedbridge", description="Feeds, Telegram messages and webhooks for portals that have no feed.")
    parser.add_argument("--version", action="version", version=f"feedbridge {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog=parser.prog)
    wanted = next((word for word in words if word in COMMANDS), None)
    for name in COMMANDS if wanted is None else (wanted,):
        module: ModuleType = import_module(f"bridge.commands.{name}")
        one = commands.add_parser(name, help=module.HELP, description=module.HELP)
        one.add_argument(
            "--config", type=Path, default=Path("config.toml"), metavar="PATH", help="configuration file (default: %(default)s)"
        )
        module.arguments(one)
        one.set_defaults(module=module)
    return parser
