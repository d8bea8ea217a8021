"""`feedbridge serve` in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from stand_ins.served import FEED, Served

ROOT = Path(__file__).parent.parent.parent


def line(house, *words):
    return [sys.executable, "-m", "bridge", "serve", "--config", str(house.path), *words]


@contextmanager
def running(house, *words):
    """The process and its address, once it serves."""
    process = subprocess.Popen(
        line(house, "--port", "0", *words),
        stderr=subprocess.PIPE,
        text=True,
        cwd=house.path.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        said = process.stderr.readline()
        yield process, said.split(" at ")[-1].strip()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path, number):
    """Loopback by default; a clean stop is exit 0, also while connections are open; the access log is off by default."""
    house = Served(tmp_path)
    with running(house) as (process, base):
        assert base.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(base + "city.rss", timeout=20) as answer:
            assert answer.read() == FEED
        with urllib.request.urlopen(base, timeout=20):
            process.send_signal(number)
            rest = process.stderr.read()
            assert process.wait(20) == 0
        assert rest == "feedbridge: stopped\n"


def test_the_log_for_machines(tmp_path):
    """One JSON object a line."""
    house = Served(tmp_path)
    with running(house, "--access-log", "--log-format", "json") as (process, base):
        with urllib.request.urlopen(base + "city.rss", timeout=20):
            pass
        told = json.loads(process.stderr.readline())
    assert (told["event"], told["path"], told["status"], told["bytes"]) == ("request", "/city.rss", 200, len(FEED))


def test_a_port_that_is_taken_is_one_line(tmp_path):
    """Exit 1; the line names the address and what to do."""
    with Served(tmp_path) as house:
        done = subprocess.run(
            line(house, "--port", str(house.port)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"feedbridge: cannot listen on 127.0.0.1 port {house.port}: Address already in use")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--host", "no.such.host.invalid"], 1, "cannot listen on no.such.host.invalid"),
        (["--host", "x" * 64 + ".example"], 1, "it is no name of a host; choose another"),
        (["--port", "65536"], 2, "is no port"),
        (["--limit", "-1"], 2, "is no whole number"),
    ],
)
def test_what_cannot_work_is_said(tmp_path, words, code, said):
    house = Served(tmp_path)
    done = subprocess.run(
        line(house, *words), capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_libraries_it_says_what_to_install(tmp_path):
    """The extra is named, exit 2."""
    house = Served(tmp_path)
    code = "import sys; sys.modules['uvicorn'] = None; from bridge.cli import main; "
    code += f"sys.exit(main(['serve', '--config', {str(house.path)!r}]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'feedbridge[serve]'" in done.stderr
