"""What every file in senders/ must offer, and that looking at it costs nothing."""

import dataclasses
import inspect
import subprocess
import sys

import pytest
from sender_samples import OLD_SECRET, SECRET

from bridge.config import kinds, sender_module
from bridge.model import Secret
from bridge.senders import telegram, webhook

TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz01234"


@pytest.mark.parametrize("kind", kinds())
def test_a_sender_is_a_file_of_the_ports_shape(kind):
    """Settings and Shared are frozen with a documented meaning for each key; the functions are there."""
    module = sender_module(kind)
    for table in (module.Settings, module.Shared):
        assert table.__dataclass_params__.frozen
        assert all(field.kw_only and field.metadata["doc"] for field in dataclasses.fields(table))
    assert list(inspect.signature(module.connect).parameters) == ["shared", "network", "clock"]
    assert list(inspect.signature(module.faults).parameters) == ["settings", "shared"]
    assert list(inspect.signature(module.address).parameters) == ["settings"]


@pytest.mark.parametrize("kind", kinds())
def test_importing_a_sender_loads_no_network_library(kind):
    """Reading a configuration must not pay for sending."""
    code = (
        f"import sys, bridge.senders.{kind}\n"
        "heavy = {'telegram', 'httpx', 'requests', 'urllib3', 'asyncio', 'ssl', 'anyio', 'standardwebhooks', 'svix'}\n"
        "print(*(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("\n", "")


def problems(module, settings, shared):
    return [key for key, _, _ in module.faults(settings, shared)]


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"chat": "@tangshan_news", "thread": 3, "on_uncertain": "skip"}, []),
        ({"chat": "42"}, []),
        ({"chat": ""}, ["chat"]),
        ({"chat": "0"}, ["chat"]),
        ({"chat": "tangshan_news"}, ["chat"]),
        ({"chat": "https://t.me/tangshan_news"}, ["chat"]),
        ({"chat": "-100123\n"}, ["chat"]),
        ({"chat": "-١٢٣"}, ["chat"]),
        ({"thread": 0}, ["thread"]),
        ({"on_uncertain": "probe"}, ["on_uncertain"]),
        ({"images": "upload"}, []),
        ({"images": "yes"}, ["images"]),
    ],
)
def test_telegram_settings_that_cannot_work(changes, keys):
    """Each named by its key."""
    settings = telegram.Settings(**{"chat": "-1001234567890", **changes})
    assert problems(telegram, settings, telegram.Shared(token=Secret(TOKEN))) == keys


@pytest.mark.parametrize(
    ("shared", "keys"),
    [
        (telegram.Shared(), ["telegram.token"]),
        (telegram.Shared(token=Secret("")), ["telegram.token"]),
        (telegram.Shared(token=Secret("bot" + TOKEN)), ["telegram.token"]),
        (telegram.Shared(token=Secret(TOKEN + "\n")), ["telegram.token"]),
        (telegram.Shared(token=Secret(TOKEN), api_base="api.telegram.org"), ["telegram.api_base"]),
        (telegram.Shared(token=Secret(TOKEN), api_base="https://user:pw@x.example"), ["telegram.api_base"]),
        (telegram.Shared(token=Secret(TOKEN), api_base="http://127.0.0.1:8081/"), []),
    ],
)
def test_telegram_table_that_cannot_work(shared, keys):
    """Token missing or malformed, base no address; no fault shows the token."""
    found = list(telegram.faults(telegram.Settings(chat="42"), shared))
    assert [key for key, _, _ in found] == keys
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"url": "http://[::1]:8080/x", "previous_secret": Secret(OLD_SECRET)}, []),
        ({"url": "ftp://x.example/"}, ["url"]),
        ({"url": "https://"}, ["url"]),
        ({"url": "https://user:pw@x.example/"}, ["url"]),
        ({"url": "https://x.example:99999/"}, ["url"]),
        ({"url": "https://[::1/"}, ["url"]),
        ({"url": "https://x.example/a b"}, ["url"]),
        ({"secret": Secret("hunter2")}, ["secret"]),
        ({"secret": Secret("whsec_YWJj")}, ["secret"]),
        ({"secret": Secret("whsec_€")}, ["secret"]),
        ({"previous_secret": Secret("whsec_not base64")}, ["previous_secret"]),
    ],
)
def test_webhook_settings_that_cannot_work(changes, keys):
    """Each named by its key; no fault shows the secret."""
    settings = webhook.Settings(**{"url": "https://x.example/hook", "secret": Secret(SECRET), **changes})
    found = list(webhook.faults(settings, webhook.Shared()))
    assert [key for key, _, _ in found] == keys
    assert "hunter2" not in repr(found)


def test_addresses_hold_no_secret():
    """What is shown to people and kept in the database."""
    assert telegram.address(telegram.Settings(chat="-100123")) == "-100123"
    assert webhook.address(webhook.Settings(url="https://x.example/h", secret=Secret(SECRET))) == "https://x.example/h"
