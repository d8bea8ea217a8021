"""Prometheus' text format: what is in it, its escaping, and how it is written."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prom_reader import families

from bridge import metrics
from bridge.errors import StoreError
from bridge.overview import IncidentView, Overview, PortalView, SubscriberView

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL = Overview(
    at=AT,
    portals=(
        PortalView(
            id="city", title="柳渡", url="http://x/", timezone="Asia/Shanghai", verdict="broken", bad_ticks=3, last=AT,
            last_good=AT - timedelta(days=1), entries=120, held=4, unread=2, requests=96, success=0.25,
            delay=timedelta(minutes=7), newest_at=AT,
        ),
        PortalView(id="new", title="", url="", timezone="UTC", verdict="new"),
    ),
    subscribers=(
        SubscriberView(id="group", kind="telegram", state="paused", sent=10, waiting=3, dead=1, held=2, last_sent=AT),
        SubscriberView(id="hub", kind="websub", role="hub"),
    ),
    incidents=tuple(IncidentView(subject="portal:city", cause="dns", evidence="", opened=AT, closed=closed) for closed in (None, AT)),
    last_run=AT,
    last_run_seconds=2.25,
    faults={"city": "disk full"},
)  # fmt: skip


def test_what_an_overview_becomes():
    """States are one gauge for each value, times seconds since 1970, what is not known is left out."""
    found = families(metrics.text(FULL))
    city, group = ("portal", "city"), (("destination", "group"), ("kind", "telegram"), ("role", "subscriber"))
    verdicts = {labels[1][1]: value for labels, value in found["feedbridge_portal_verdict"].items() if city in labels}
    assert verdicts == {"new": 0, "well": 0, "quiet": 0, "suspicious": 0, "broken": 1}
    assert found["feedbridge_portal_last_good_timestamp_seconds"] == {(city,): (AT - timedelta(days=1)).timestamp()}
    assert found["feedbridge_portal_delay_seconds"] == {(city,): 420.0}
    assert found["feedbridge_portal_articles_total"][city,] == 120
    assert found["feedbridge_portal_held"][city,] == 4
    assert found["feedbridge_destination_state"][*group, ("state", "paused")] == 1
    assert found["feedbridge_deliveries"][*group, ("state", "waiting")] == 3
    assert found["feedbridge_deliveries_sent_total"][group] == 10
    assert found["feedbridge_last_run_timestamp_seconds"] == {(): AT.timestamp()}
    assert found["feedbridge_last_run_duration_seconds"] == {(): 2.25}
    assert found["feedbridge_incidents_open"] == {(): 1}
    assert found["feedbridge_faults"] == {(): 1}
    assert found["feedbridge_build_info"]


def test_an_empty_installation_has_figures_too():
    assert "feedbridge_portal_verdict" not in families(metrics.text(Overview(at=AT)))


@given(st.text(max_size=30))
def test_any_label_is_read_back(word):
    """Backslash, quote and line feed are escaped; other characters stand as they are."""
    view = SubscriberView(id=word, kind="webhook")
    found = families(metrics.text(Overview(at=AT, subscribers=(view,))))
    [labels] = found["feedbridge_deliveries_sent_total"]
    assert labels[0] == ("destination", word)


def test_it_is_written_by_rename_and_readable_for_the_collector(tmp_path):
    path = tmp_path / metrics.FILE
    for text in ("a 1\n", "b 2\n"):
        metrics.write(path, text)
        assert path.read_text() == text
    assert [file.name for file in tmp_path.iterdir()] == [metrics.FILE]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        metrics.write(tmp_path / "none" / metrics.FILE, "a 1\n")


def test_metrics_load_no_library():
    """A quiet tick writes them."""
    code = "import sys, bridge.metrics; print(sorted({'starlette', 'uvicorn', 'brotli', 'requests', 'lxml', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's prometheus is not installed")
def test_promtool_has_nothing_to_say():
    """Prometheus' own linter."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=metrics.text(FULL), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
