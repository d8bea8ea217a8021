"""WebSub pings against a strict hub on loopback: it takes only what the Recommendation asks, and fetches the topic at once."""

from contextlib import closing
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sender_samples import NOW, Clock, entry
from stand_ins.served import FEED, Served

from bridge.core.feed_choice import channels
from bridge.demo._server import Loopback, Reply
from bridge.model import Closed, FeedSpec, Job, Later, Network, Portal, Refused, Sent, Target
from bridge.senders import _ping, _websub

BASE = "https://feeds.example.org/f/"
STEMS = {"city": ("city", "all"), "slow": ("slow", "all")}
CITY = [f"{BASE}{stem}{suffix}" for stem in ("city", "all") for suffix in (".rss", ".atom", ".json")]


class StrictHub(Loopback):
    """Answers 202 to a well-formed publication; `script` are replies to give instead, in order."""

    def __init__(self, fetch=None):
        self.topics, self.script, self._fetch = [], [], fetch
        super().__init__(self._answer)

    def _answer(self, asked):
        if self.script and (reply := self.script.pop(0)):
            return reply
        fields = parse_qsl(asked.body.decode("ascii"), strict_parsing=True)
        form = dict(fields)
        good = (
            asked.method == "POST"
            and asked.headers["content-type"] == "application/x-www-form-urlencoded"
            and len(fields) == len(form) == 3
            and form["hub.mode"] == "publish"
            and form["hub.url"] == form["hub.topic"]
        )
        if not good or (self._fetch and not self._fetch(form["hub.url"])):
            return Reply(400, b"no publication")
        self.topics.append(form["hub.url"])
        return Reply(202)


def job(hub, *portals, **more):
    settings = _websub.Settings(hub=hub, base_url=BASE, stems=STEMS)
    target = Target(id="hub", kind="websub", address=_websub.address(settings), settings=settings)
    entries = tuple(entry(portal=portal) for portal in portals or ("city",))
    return Job(id=1, key="msg_hub", kind="digest", target=target, entries=entries, at=NOW, **more)


def ping(job, **more):
    with closing(_websub.connect(_websub.Shared(), Network(), Clock()) if not more else _ping.PingSender(Clock(), **more)) as sender:
        [(back, outcome)] = sender.send([job])
        assert back is job
        return outcome


def test_each_changed_topic_is_told_once():
    """RSS, Atom and JSON of each portal touched and of the feeds that show it, however many articles there were."""
    with StrictHub() as hub:
        assert ping(job(hub.base + "/", "city", "city", "unknown")) == Sent()
        assert hub.topics == CITY
        hub.topics.clear()
        assert ping(job(hub.base + "/", "slow", "city")) == Sent()
        assert len(hub.topics) == len(set(hub.topics)) == 9


def test_a_configuration_s_channels_become_topics():
    """A portal's own feed, those of choice that may show it, and the one of everything."""
    portals = [Portal(id=name, title=name, url=f"http://{name}.example.org/") for name in ("city", "slow")]
    made = _websub.settings("http://hub/", BASE, channels(portals, [FeedSpec(id="sport", portals=("slow",))], BASE))
    assert made == _websub.Settings(hub="http://hub/", base_url=BASE, stems={"city": ("city", "all"), "slow": ("slow", "sport", "all")})


def test_what_is_shown_to_people_is_what_is_sent():
    lines = _websub.rendered(job("http://hub/")).split("\n")
    assert [dict(parse_qsl(line))["hub.url"] for line in lines] == CITY


def test_an_event_of_no_feed_tells_nothing():
    with StrictHub() as hub:
        assert ping(job(hub.base, "unknown")) == Sent()
        assert hub.topics == []


def test_the_hub_finds_the_topic_as_it_was_told(tmp_path):
    """P2, P3: what `serve` answers at the topic's place names the hub, and itself byte for byte; one representation."""
    asked = []
    with Served(tmp_path) as house:
        for topic in CITY:
            house.put(topic.removeprefix(BASE), FEED)

        def fetch(topic):
            answer = house.ask("/" + topic.removeprefix(BASE), Host=urlsplit(topic).netloc)
            asked.append((answer.status, answer.headers["link"] == f'<https://hub.example.org/>; rel="hub", <{topic}>; rel="self"'))
            return all(asked[-1])

        with StrictHub(fetch) as hub:
            assert ping(job(hub.base)) == Sent()
    assert asked == [(200, True)] * 6


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(200), Sent),
        (Reply(204), Sent),
        (Reply(400, b"unknown topic"), Refused),
        (Reply(404), Refused),
        (Reply(410), Refused),
        (Reply(301, headers={"Location": "http://127.0.0.1:1/"}), Refused),
        (Reply(408), Later),
        (Reply(429), Later),
        (Reply(500), Later),
        (Reply(503), Later),
        (Reply(202, b"x" * 50_000), Sent),
        (Reply(202, drop=True), Later),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_what_a_hub_s_answer_means(reply, expected):
    """Only 2xx took it. A connection that breaks off is Later: to tell it again does no harm."""
    with StrictHub() as hub:
        hub.script.append(reply)
        assert isinstance(ping(job(hub.base)), expected)


@pytest.mark.parametrize(("status", "spent"), [(429, False), (503, True)])
def test_the_hub_s_own_time_is_kept(status, spent):
    with StrictHub() as hub:
        hub.script.append(Reply(status, headers={"Retry-After": "120"}))
        outcome = ping(job(hub.base))
    assert (outcome.at, outcome.spent) == (NOW + timedelta(seconds=120), spent)


def test_a_retry_tells_only_what_was_not_told():
    """Progress is kept in the delivery."""
    with StrictHub() as hub:
        hub.script += [None, None, Reply(500)]
        outcome = ping(job(hub.base))
        assert isinstance(outcome, Later)
        assert hub.topics == CITY[:2]
        assert ping(job(hub.base, progress=outcome.progress)) == Sent()
        assert hub.topics == CITY


def test_a_refused_topic_does_not_keep_the_others_untold():
    with StrictHub() as hub:
        hub.script.append(Reply(400, b"not this one"))
        outcome = ping(job(hub.base))
        assert isinstance(outcome, Refused)
        assert outcome.why == "the hub answered HTTP 400; 1 of 6 topics"
        assert hub.topics == CITY[1:]


def test_many_topics_go_in_several_attempts_that_do_not_count(monkeypatch):
    """No tick is held up by one hub."""
    monkeypatch.setattr(_ping, "MOST", 4)
    with StrictHub() as hub:
        outcome = ping(job(hub.base))
        assert isinstance(outcome, Later)
        assert not outcome.spent
        assert ping(job(hub.base, progress=outcome.progress)) == Sent()
        assert hub.topics == CITY


def test_a_hub_that_is_not_there_or_is_slow_is_tried_again():
    with StrictHub() as hub:
        hub.script.append(Reply(202, hold=5))
        assert ping(job(hub.base), total=0.3).code == "timeout"
        gone = hub.base
    assert isinstance(ping(job(gone)), Later)
    assert isinstance(ping(job("http://[::bad/")), Closed)


def test_a_repeated_ping_is_the_manner():
    """Hours, not days; a failing hub holds the later pings back."""
    assert timedelta(hours=1) < _websub.MANNER.hours < timedelta(hours=12)
    assert _websub.MANNER.hold > timedelta(0)
    assert list(_websub.faults(_websub.Settings(hub="http://h/", base_url=BASE), _websub.Shared())) == []
