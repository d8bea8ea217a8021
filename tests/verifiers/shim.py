"""A loopback proxy before telegram-test-api: requests pass untouched, answers are mended where that server departs from the Bot API.

What is mended: `date` in milliseconds, `is_bot` missing, objects echoed as strings, a null result, failures without a status.
"""

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from bridge.demo._server import Asked, Loopback, Reply


class Shim(Loopback):
    """Use its `base` as `api_base`; `passed` has each request as it came."""

    def __init__(self, behind: str) -> None:
        super().__init__(self._answer)
        self._behind = behind
        self.passed: list[Asked] = []

    def _answer(self, asked: Asked) -> Reply:
        self.passed.append(asked)
        told = ask(self._behind, asked.path, asked.body, asked.headers.get("content-type", ""))
        status = 200 if told.get("ok") else int(told.get("error_code", 400))
        return Reply(status, json.dumps({**told, "result": mended(told.get("result"))}).encode(), {"Content-Type": "application/json"})


def ask(base: str, path: str, body: bytes, kind: str = "application/json") -> Any:
    """The answer to a POST, as JSON."""
    with closing(http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
        connection.request("POST", path, body, {"Content-Type": kind})
        with connection.getresponse() as answer:
            return json.loads(answer.read())


def mended(value: Any) -> Any:
    """A result as the Bot API would give it."""
    if value is None:
        return True
    if isinstance(value, list):
        return [mended(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: mended(item) for name, item in value.items() if not (isinstance(item, str) and item.startswith("{"))}
    if "first_name" in kept and "type" not in kept:
        kept.setdefault("is_bot", False)
    return {**kept, "date": int(kept["date"]) // 1000} if "date" in kept else kept
