"""Other senders, each one round in a process of its own: `python delivery_peer.py ORDER`, ORDER being a JSON object (see `main`).

Needs nothing of Feedbridge, so that it also runs in the environment where apprise and newsworker are installed.
"""

import html
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Send = Callable[[str], bool]
_PATIENCE = 10


def main(order: dict[str, Any]) -> None:
    """One round of `who` over `titles`, to a chat or a hook.

    `seen` is a file of the titles that are done with, saved before a push or ("after") once it succeeded; `told` a file of
    those that the sender reported as sent.
    """
    if order["who"] == "newsworker":
        _newsworker(order)
        return
    send = {"naive": _naive, "apprise": _apprise}[order["who"]](order)
    seen, told = Path(order["seen"]), Path(order["told"])
    known = seen.read_text("utf-8").splitlines() if seen.exists() else []
    fresh = [title for title in order["titles"] if title not in known]
    if not order["after"]:
        _note(seen, fresh)
    for title in fresh:
        if send(title):
            _note(told, [title])
            if order["after"]:
                _note(seen, [title])


def _note(path: Path, titles: list[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{title}\n" for title in titles)


def _naive(order: dict[str, Any]) -> Send:
    """requests.post and nothing else: what raises no exception is taken for sent."""
    import requests

    def send(title: str) -> bool:
        try:
            if order["kind"] == "chat":
                body = {"chat_id": order["chat"], "text": f"<b>{html.escape(title)}</b>", "parse_mode": "HTML"}
                requests.post(f"{order['base']}/bot{order['token']}/sendMessage", json=body, timeout=_PATIENCE)
            else:
                requests.post(order["base"], json={"title": title}, timeout=_PATIENCE)
        except requests.RequestException:
            return False
        return True

    return send


def _apprise(order: dict[str, Any]) -> Send:
    """apprise.notify, its own answer believed; the address of the Bot API is that of the stand-in."""
    import apprise
    from apprise.plugins.telegram import NotifyTelegram

    NotifyTelegram.notify_url = f"{order['base']}/bot"
    url = f"tgram://{order['token']}/{order['chat']}/" if order["kind"] == "chat" else order["base"].replace("http://", "json://")

    def send(title: str) -> bool:
        sender = apprise.Apprise()
        sender.add(url)
        return bool(sender.notify(body=f"{title} https://city.example.org/", title=title, body_format=apprise.NotifyFormat.TEXT))

    return send


def _newsworker(order: dict[str, Any]) -> None:
    """`newsworker watch --once` over the page; requests to the real Bot API go to the stand-in."""
    from newsworker import delivery
    from newsworker.__main__ import main as command

    original = delivery.FetchRequest

    def request(url: str, *more: Any, **named: Any) -> Any:
        """The request, to the stand-in, which wants the token's colon as it is."""
        return original(url.replace("https://api.telegram.org", order["base"]).replace("%3A", ":"), *more, **named)

    delivery.FetchRequest = request
    environ = {"BLOCK_PRIVATE_HOSTS": "false", "CACHE_DIR": order["folder"], "TELEGRAM_TOKEN": order["token"]}
    os.environ.update({f"NEWSWORKER_{name}": value for name, value in environ.items()})
    target = (
        ["--channel", "telegram", "--telegram-chat-id", str(order["chat"])] if order["kind"] == "chat" else ["--webhook", order["base"]]
    )
    sys.argv = ["newsworker", "watch", order["page"], "--once", *target]
    with suppress(SystemExit):
        command()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
