"""Forgetting an article or a portal: the text goes, the identity stays."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from .. import shelf
from ..clock import SystemClock
from ..config import load
from ..console import dump, out, say
from ..engine import opened
from ..errors import UsageError
from ..ports import Store
from .why import found

HELP = "drop the text of an article, or all of a portal that is no longer configured; it never comes back as new"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("what", metavar="PORTAL|ARTICLE", help="id of a portal; or an article's address, id (tag:…), or part of its title")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """0 when it is forgotten, 1 when you said no."""
    config = load(args.config, secrets=False)
    if args.what in {portal.id for portal in config.portals}:
        raise UsageError(f"{config.path}: {args.what} is still configured; remove its [[portals]] table first, then forget it")
    with opened(config) as store:
        files = [file.name for file in store.publications.files_of(args.what)]
        tags = _forget(args, store)
        articles = _articles(tags or (), store)
    if tags is None:
        say("nothing was changed")
        return 1
    erased = _erased(config.public, files, tags)
    if args.json:
        dump({"forgotten": articles, "files": erased})
    say(f"forgotten: {articles} articles, {erased} published files; the next run writes the feeds anew")
    say("what was sent is out of reach: delete messages in chats by hand, and ask the receivers of webhooks")
    return 0


def _forget(args: argparse.Namespace, store: Store) -> list[str] | None:
    """The tag: URIs of what is forgotten; None when the operator said no."""
    now = SystemClock().now()
    if store.upkeep.knows(args.what):
        many = store.figures.listed(args.what)
        return store.upkeep.forget_portal(args.what, now) if _sure(args, f"portal {args.what} with {many} articles") else None
    uid, _ = found(args.what, store)
    if uid is None:
        raise UsageError(f"{args.what}: neither a portal nor an article is known by that")
    entry = store.archive.entry(uid)
    return [store.upkeep.forget_article(uid, now)] if _sure(args, f"{entry.title}  {entry.url}") else None


def _articles(tags: Iterable[str], store: Store) -> int:
    """How many of the entries are articles: a portal's incidents and what operators were told of it are entries too."""
    uids = (store.ledger.tagged(tag) for tag in tags)
    return sum(store.archive.entry(uid).kind == "article" for uid in uids if uid is not None)


def _sure(args: argparse.Namespace, what: str) -> bool:
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"forget {what}: say so with --yes")
    out(f"text, revisions and pictures will be gone for good: {''.join(c if c.isprintable() else ' ' for c in what)}")
    return input("forget it? [y/N] ").strip().lower() in {"y", "yes"}


def _erased(public: Path, names: Iterable[str], tags: Iterable[str]) -> int:
    """The number of published files that showed what is forgotten and are gone; feeds that still exist are written anew instead."""
    pages = (f"a/{tag.rpartition('/')[2]}.html" for tag in tags if "/" in tag)
    return sum(shelf.remove(public / name) for name in dict.fromkeys((*names, *pages)))
