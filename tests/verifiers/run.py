"""`make verifiers`: what we send, judged by programs that others wrote in another language.

The npm library `standardwebhooks` verifies requests that the webhook sender really posted; the npm server `telegram-test-api` takes what
the Telegram sender sends, and gives it back by its own history. Prints a table; exit 0 when every line is as it should be, else 1.
The packages are installed into a temporary folder; all traffic but npm's own is on loopback.
"""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1]), str(HERE.parent), str(HERE.parent / "senders")]

from sender_samples import ENTRY, OLD_SECRET, SECRET, RealClock, chat_job, entry, hook_job  # noqa: E402
from shim import Shim, ask  # noqa: E402
from stand_ins import packages  # noqa: E402

from bridge.core import message, signing  # noqa: E402
from bridge.demo.botapi import TOKEN  # noqa: E402
from bridge.demo.receiver import Receiver  # noqa: E402
from bridge.model import Job, Network, Outcome, Secret, Sent  # noqa: E402
from bridge.senders import telegram, webhook  # noqa: E402

PACKAGES = ("standardwebhooks@1.1.1", "telegram-test-api@4.2.1")
LOCAL = Network(allow=("127.0.0.0/8",))
SECONDS = 60
CHAT, EMOJI = 4711, "👨‍👩‍👧‍👦𠮷<试点>&\"'"


class Line(NamedTuple):
    """A row of the table: who judged, what, what was expected and what came."""

    judge: str
    what: str
    good: bool
    told: str


def main() -> int:
    """Installs, runs both, prints the table; what is judged is judged within a minute."""
    with tempfile.TemporaryDirectory(prefix="feedbridge-verifiers-") as folder:
        packages.npm(Path(folder), PACKAGES)
        signal.signal(signal.SIGALRM, _over)
        signal.alarm(SECONDS)
        lines = [*webhooks(Path(folder)), *chats(Path(folder))]
    for line in lines:
        sys.stdout.write(f"{'ok  ' if line.good else 'FAIL'}  {line.judge:20}  {line.what:46}  {line.told}\n")
    return 0 if lines and all(line.good for line in lines) else 1


def _over(*_: object) -> None:
    raise TimeoutError(f"the verifiers took longer than {SECONDS} s")


def environment(folder: Path) -> dict[str, str]:
    """Node finds the packages of `folder`."""
    return {**os.environ, "NODE_PATH": str(folder / "node_modules")}


# ---------------------------------------------------------------- webhooks


def webhooks(folder: Path) -> Iterator[Line]:
    """Requests as they arrived, and broken copies of them, each under the secrets that must and must not verify them."""
    cases = [case for job in _events() for case in _cases(job)]
    stdin = "".join(json.dumps(case[2]) + "\n" for case in cases)
    done = subprocess.run(
        ["node", str(HERE / "webhooks.cjs")], input=stdin, capture_output=True, text=True, timeout=20, check=True, env=environment(folder)
    )
    for (what, good, _), told in zip(cases, done.stdout.splitlines(), strict=True):
        yield Line("standardwebhooks", what, (told == "ok") == good, told)


def _events() -> Iterator[tuple[str, Job, list[str]]]:
    """(name, job, secrets that sign it)."""
    yield "a Chinese article", hook_job("", key="msg_aaaaaaaaaaaaaaaaaaaaaaaaaa"), [SECRET]
    yield "joined emoji, 𠮷, markup", hook_job("", "updated", (entry(title=EMOJI, summary=EMOJI * 9),)), [SECRET]
    yield "a withdrawal", hook_job("", "withdrawn"), [SECRET]
    yield "a test without an article", hook_job("", "test", ()), [SECRET]
    yield "a rotation", hook_job("", previous=OLD_SECRET), [SECRET, OLD_SECRET]


def _cases(event: tuple[str, Job, list[str]]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    name, job, secrets = event
    headers, body = _posted(job)
    for number, secret in enumerate(secrets):
        yield f"{name}: {('new', 'old')[number]} secret", True, {"secret": secret, "headers": headers, "body": body}
    other = signing.new_secret(bytes(32))
    if job.kind != "published":
        return
    yield f"{name}: another secret", False, {"secret": other, "headers": headers, "body": body}
    yield f"{name}: body changed", False, {"secret": secrets[-1], "headers": headers, "body": body.replace("sequence", "Sequence")}
    for header, value in (("webhook-id", "msg_other"), ("webhook-timestamp", str(int(headers["webhook-timestamp"]) - 1))):
        yield f"{name}: {header} changed", False, {"secret": secrets[-1], "headers": {**headers, header: value}, "body": body}


def _posted(job: Job) -> tuple[dict[str, str], str]:
    """Headers and body as a receiver got them from the sender."""
    with Receiver(SECRET) as receiver, closing(webhook.connect(webhook.Shared(), LOCAL, RealClock())) as opened:
        settings = webhook.Settings(url=receiver.base, secret=Secret(SECRET), previous_secret=job.target.settings.previous_secret)
        target = type(job.target)(id="hook", kind="webhook", address=receiver.base, settings=settings)
        ((_, outcome),) = opened.send([replace(job, target=target)])
        assert isinstance(outcome, Sent), outcome
        (call,) = receiver.calls
    return {name: call.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}, call.body.decode("utf-8")


# ---------------------------------------------------------------- chats


def chats(folder: Path) -> Iterator[Line]:
    """Messages and edits as that server remembers them."""
    with _server(folder) as behind, Shim(behind) as shim:
        shared = telegram.Shared(token=Secret(TOKEN), api_base=shim.base)
        with closing(telegram.connect(shared, LOCAL, RealClock())) as opened:
            yield from _conversation(opened, behind)
        yield from _contacts(shared, behind)
        yield Line("telegram-test-api", "the token is only in the path", *_token_only_in_path(shim))


def _conversation(opened: Any, behind: str) -> Iterator[Line]:
    settings = telegram.Settings(chat=str(CHAT), thread=7, silent=True)
    sent = _outcome(opened, chat_job(chat=CHAT, settings=settings))
    yield _line("an article is taken", isinstance(sent, Sent), sent)
    known = _history(behind)[-1]["message"]
    expected = {"chat_id": str(CHAT), "text": message.render(ENTRY).text, "parse_mode": "HTML", "message_thread_id": "7"}
    yield _line("as we meant it: chat, text, mode, topic", expected.items() <= known.items(), "")
    yield _line("without a sound", known.get("disable_notification") == "true", known.get("disable_notification"))
    options = json.loads(known["link_preview_options"])
    yield _line("its picture above the text", (options["url"], options["show_above_text"]) == (ENTRY.images[0].url, True), "")

    hostile = (entry(title=EMOJI, summary=EMOJI * 30, url="http://x.example/?a=1&b=<2>"),)
    other = _outcome(opened, chat_job(chat=CHAT, entries=hostile))
    text = _history(behind)[-1]["message"]["text"]
    yield _line("joined emoji, 𠮷, <试点>, &", isinstance(other, Sent) and text == message.render(hostile[0]).text, "")

    name = sent.remote_id if isinstance(sent, Sent) else ""
    for kind, changed in (("updated", entry(title="更正:新标题")), ("withdrawn", entry(title="更正:新标题"))):
        edited = _outcome(opened, chat_job(kind, CHAT, (changed,), remote_id=name))
        held = {str(row["messageId"]): row["message"]["text"] for row in _history(behind)}
        yield _line(
            f"an article {kind}: edited in place", edited == Sent(name, "200") and held[name] == message.render(changed, kind).text, ""
        )
    yield _line("edits make no new message", len(_history(behind)) == 2, len(_history(behind)))

    many = tuple(entry(title=f"第{n}条", url=f"http://x.example/{n}") for n in range(120))
    part = _outcome(opened, chat_job("digest", CHAT, many))
    yield _line("a digest's first part", getattr(part, "progress", {}).get("next", 0) > 90, getattr(part, "why", part))


def _contacts(shared: telegram.Shared, behind: str) -> Iterator[Line]:
    """Somebody writes to the bot; `feedbridge test` would list the chat."""
    person = {"id": 42, "first_name": "Li Na"}
    said = {"botToken": TOKEN, "from": person, "chat": {**person, "type": "private"}, "date": 1_700_000_000_000, "text": "/start"}
    ask(behind, "/sendMessage", json.dumps(said).encode())
    found = telegram.contacts(shared, LOCAL)
    yield _line("who spoke to the bot", found == [("42", "Li Na", "private")], found)


def _token_only_in_path(shim: Shim) -> tuple[bool, str]:
    secret = TOKEN.partition(":")[2].encode()
    leaks = [asked.path for asked in shim.passed if secret in asked.body or secret in repr(asked.headers).encode()]
    encoded = base64.b64encode(secret)
    return not leaks and not any(encoded in asked.body for asked in shim.passed), f"{len(shim.passed)} requests"


def _line(what: str, good: bool, told: object) -> Line:
    return Line("telegram-test-api", what, good, str(told or "")[:100])


def _outcome(opened: Any, job: Job) -> Outcome:
    ((_, outcome),) = opened.send([job])
    return outcome


def _history(behind: str) -> list[dict[str, Any]]:
    return [
        row for row in ask(behind, "/getUpdatesHistory", json.dumps({"token": TOKEN}).encode())["result"] if "chat_id" in row["message"]
    ]


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """The address of a telegram-test-api that runs until the block ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    line = ["node", str(HERE / "chat_server.cjs"), str(port)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(folder)) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("telegram-test-api did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


if __name__ == "__main__":
    raise SystemExit(main())
