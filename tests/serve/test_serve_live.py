"""Health, metrics and status, as they are when asked."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from prom_reader import families
from stand_ins.served import MINUTE, Served

from bridge.serving.front import liner


def test_health_is_good_while_ticks_run(tmp_path):
    """No tick yet: 503; after one: 200; three shortest intervals and an hour later: 503 again."""
    with Served(tmp_path) as house:
        before = house.ask("/health")
        assert (before.status, json.loads(before.body)["status"]) == (503, "stale")
        house.tick()
        house.clock.advance(MINUTE)
        good = house.ask("/health")
        told = json.loads(good.body)
        assert (good.status, told["status"], told["portals"]) == (200, "ok", {"city": "new", "slow": "new"})
        assert good.headers["content-type"] == "application/json"
        assert good.headers["cache-control"] == "no-store"
        house.clock.advance(timedelta(hours=1))
        late = house.ask("/health")
        assert (late.status, json.loads(late.body)["why"][:23]) == (503, "no tick has ended since")
        assert house.ask("/health", "HEAD").body == b""


@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_a_state_that_cannot_be_read_is_told(tmp_path, damage):
    """503 with one line each; the feeds go on being served."""
    house = Served(tmp_path)
    for file in house.config.bridge.state.glob("feedbridge.db*"):
        file.unlink()
    if damage == "garbage":
        (house.config.bridge.state / "feedbridge.db").write_bytes(b"no database at all" * 100)
    with house:
        health = house.ask("/health")
        assert (health.status, json.loads(health.body)["status"]) == (503, "unreadable")
        assert [house.ask(path).status for path in ("/metrics", "/status.json", "/status.html", "/city.rss")] == [503, 503, 503, 200]


def test_metrics_are_prometheus_own(tmp_path):
    """prometheus_client reads them; what was served is counted."""
    with Served(tmp_path) as house:
        house.tick()
        house.clock.advance(MINUTE)
        house.ask()
        house.ask("/none")
        answer = house.ask("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        found = families(answer.body.decode())
    assert found["feedbridge_http_responses_total"] == {(("code", "200"),): 1.0, (("code", "404"),): 1.0}
    assert found["feedbridge_last_run_duration_seconds"] == {(): 1.5}
    assert found["feedbridge_portal_verdict"][("portal", "city"), ("verdict", "new")] == 1.0


def test_status_as_data_and_as_a_page(tmp_path):
    """Times in ISO 8601; the page is the live one, with its own policy as a header."""
    with Served(tmp_path) as house:
        house.tick()
        data = json.loads(house.ask("/status.json").body)
        page = house.ask("/status.html")
    assert {one["id"] for one in data["portals"]} == {"city", "slow"}
    assert datetime.fromisoformat(data["at"]) == house.clock.now()
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "柳渡信息网" in page.body.decode()
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].split(";")[0] in page.body.decode().replace("&#39;", "'")


def test_many_askers_cost_one_look(tmp_path, monkeypatch):
    """Within five seconds the same overview; afterwards a new one."""
    from bridge.serving import live

    looks = []
    real = live.observed
    monkeypatch.setattr(live, "observed", lambda config, now: looks.append(now) or real(config, now))
    with Served(tmp_path) as house:
        for _ in range(5):
            house.ask("/health")
            house.ask("/metrics")
        assert len(looks) == 2  # one at the start, one for all
        house.clock.advance(timedelta(seconds=6))
        house.ask("/status.json")
        assert len(looks) == 3


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_access_log_is_one_line_a_request(tmp_path, form):
    """What a client writes cannot break a line or hide behind control characters."""
    lines = []
    clock_line = liner(form, lambda: datetime(2026, 3, 1, tzinfo=UTC), lambda: 0.0)
    with Served(tmp_path, log=lines.append, line=clock_line) as house:
        house.ask("/city.rss", User_Agent="newsboat/2.40 \t(x)")
        house.raw(b'GET /x%0a%1b HTTP/1.1\r\nHost: x\r\nUser-Agent: \xff\xfe"\r\nConnection: close\r\n\r\n')
    assert len(lines) == 2
    assert all(line.isprintable() and line.isascii() for line in lines)
    if form == "json":
        first = json.loads(lines[0])
        assert (first["method"], first["path"], first["status"], first["agent"][:13]) == ("GET", "/city.rss", 200, "newsboat/2.40")
