"""What each kind of tick has loaded when it ends: a tick pays for what it does, and for nothing else."""

import json
import subprocess
import sys

import pytest
from stand_ins.house import House

HEAVY = {
    "concurrent",
    "requests",
    "bs4",
    "lxml",
    "feedgen",
    "telegram",
    "httpx",
    "nh3",
    "cchardet",
    "protego",
    "rich",
    "tomlkit",
    "jinja2",
    "re2",
    "brotli",
    "starlette",
    "uvicorn",
}
READERS = {"bs4", "lxml", "nh3", "cchardet"}
FEEDS = {"feedgen", "lxml", "jinja2", "nh3"}
CHAT = {"telegram", "httpx"}
_PROBE = """
import json, sys
from bridge.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(house, *words):
    """The heavy top-level modules that a tick in a process of its own has loaded."""
    line = [sys.executable, "-c", _PROBE, "run", "--quiet", *words, "--config", str(house.config)]
    done = subprocess.run(line, capture_output=True, text=True, env=house.environ, cwd=house.folder, timeout=60, check=False)
    assert done.stdout, done.stderr
    code, names = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    found = set(names) & HEAVY
    # urllib3 loads brotli by itself where it is installed.
    return found - {"brotli"} if "requests" in found else found


def without(config, kind):
    """The configuration without its subscribers of one kind."""
    parts = config.read_text("utf-8").split("[[subscribers]]")
    config.write_text("[[subscribers]]".join(part for part in parts if f'kind = "{kind}"' not in part), encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """After its first tick: nothing is due until it is forced."""
    with House(tmp_path_factory.mktemp("lazy"), revisit="[]") as house:
        assert loaded(house) >= {"requests", "protego", "nh3"} | FEEDS | CHAT
        yield house


@pytest.mark.parametrize("module", ["bridge.cli", "bridge.config", "bridge.commands.run", "bridge.engine", "bridge.stores.sqlite"])
def test_importing_loads_no_library(module):
    code = f"import json, sys, {module}; print(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert set(json.loads(done.stdout)) & HEAVY == set()


def test_a_tick_with_nothing_due_loads_no_library(house):
    assert loaded(house) == set()


def test_a_tick_of_304s_loads_the_http_library_only(house):
    house.portal.forget()
    assert loaded(house, "--now") == {"requests"}
    assert {seen.status for seen in house.portal.requests} == {304}


def test_a_list_page_with_other_bytes_and_no_news_loads_the_readers_only(house):
    house.portal.rebuild()
    assert loaded(house, "--now") <= {"requests"} | READERS


def test_an_edit_that_reaches_no_one_loads_the_readers_and_the_formats(tmp_path):
    """Feeds are written anew; neither the chat library nor the robots parser is loaded."""
    with House(tmp_path) as house:
        without(house.config, "telegram")
        without(house.config, "webhook")
        assert loaded(house) & CHAT == set()
        house.later()
        house.portal.advance()
        second = loaded(house, "--now")
        assert FEEDS <= second <= {"requests", "protego"} | READERS | FEEDS


def test_a_webhook_loads_no_chat_library(tmp_path):
    with House(tmp_path) as house:
        without(house.config, "telegram")
        assert loaded(house) & CHAT == set()
        assert house.events()


def test_a_message_loads_the_chat_library(house):
    house.portal.advance()
    assert loaded(house, "--now") >= CHAT
