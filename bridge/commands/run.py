"""One tick, for cron."""

import argparse
import sys
from datetime import timedelta

from ..clock import SystemClock
from ..config import LONGEST, Config, duration, load
from ..console import compact, dump, say, table
from ..engine import Options, Summary, Tick, tick
from ..errors import UsageError

HELP = "one tick: fetch what is due, record, publish, deliver what is due; for cron"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--portal", metavar="ID", help="only this portal")
    parser.add_argument(
        "--now", action="store_true", help="do not wait for intervals, back-off and retries of our own; what a server asked for still holds"
    )
    parser.add_argument(
        "--budget",
        type=seconds,
        default=timedelta(seconds=300),
        metavar="S",
        help="seconds after which the tick ends cleanly (default: 300)",
    )
    parser.add_argument("--dry-run", action="store_true", help="fetch and show what is new; record, publish and send nothing")
    parser.add_argument("--json", action="store_true", help="the tick's figures as one JSON object on stdout")
    log_format(parser)
    parser.add_argument("--quiet", action="store_true", help="say something only when something needs you")


def seconds(text: str) -> timedelta:
    """A budget: a number of seconds, or a duration such as 5m."""
    found = duration(text) or duration(text + "s")
    if found is None or not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above zero, nor a duration of at most {LONGEST.days}d")
    return found


def run(args: argparse.Namespace) -> int:
    """0 done; 1 done, but something needs the operator; the other codes come as errors."""
    config = load(args.config)
    chosen(config, args.portal)
    for warning in config.warnings:
        say(f"feedbridge: warning: {warning}")
    options = Options(portal=args.portal, force=args.now, budget=args.budget)
    summary = _rehearse(config, options) if args.dry_run else tick(config, options, SystemClock())
    if args.json:
        dump(summary.plain())
    if not args.quiet or summary.trouble:
        tell(summary, args.log_format)
    return int(summary.trouble)


def chosen(config: Config, portal: str | None) -> None:
    """Raises UsageError when the named portal is not in the configuration."""
    ids = [p.id for p in config.portals]
    if portal is not None and portal not in ids:
        raise UsageError(f"{config.path}: no portal is called {portal!r}; there are: {', '.join(ids)}")


def log_format(parser: argparse.ArgumentParser) -> None:
    """The option that the commands with a log share."""
    parser.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="log lines for people or for machines (default: text)"
    )


def tell(summary: Summary, form: str = "text") -> None:
    """The summary line, and a line for each fault of a page or delivery; or all of it as one JSON object on one line."""
    notes = list(summary.all_notes())[:20]
    if form == "json":
        level = "warning" if summary.trouble else "info"
        say(compact({"level": level, "event": "tick", **summary.plain(), "notes": notes}, sys.stderr.encoding))
        return
    say(f"feedbridge: {summary.line()}")
    for note in notes:
        say(f"  {note}")


def _rehearse(config: Config, options: Options) -> Summary:
    """A tick on a copy of the state in memory: nothing is recorded, published or sent."""
    from ..stores.sqlite import rehearsal

    store = rehearsal(config.bridge.state)
    try:
        before = {p.id: store.archive.count(p.id) for p in config.portals}
        summary = Tick(config, options, SystemClock(), store, put=lambda _path, _content: False).run(send=False)
        rows = [
            (p.id, e.published.strftime("%Y-%m-%d %H:%M"), e.title)
            for p in config.portals
            if store.archive.count(p.id) > before[p.id]
            for e in store.archive.feed(p.id, 0, summary.started, 500)
        ]
    finally:
        store.close()
    for line in table(("portal", "published", "would be new"), rows) if rows else ["nothing new"]:
        say(line)
    return summary
