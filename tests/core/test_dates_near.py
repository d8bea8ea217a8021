"""Dates beside the links of a list: read in many ways of writing, and never where there is doubt."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.dates import find_all, near, parse

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

STAMPS = [
    ("05-11", None, "2026-05-11", "day"),
    ("[11-22]", None, "2026-11-22", "day"),
    ("昨天 20:15", None, "2026-11-21T20:15", "minute"),
    ("3小时前", None, "2026-11-22T17:00", "minute"),
    ("半小时前", None, "2026-11-22T19:30", "minute"),
    ("5天前", None, "2026-11-17", "day"),
    ("前天", None, "2026-11-20", "day"),
    ("刚刚", None, "2026-11-22T20:00", "minute"),
    ("2026/11/2", None, "2026-11-02", "day"),
    ("2026.11.02", None, "2026-11-02", "day"),
    ("２０２６年１１月２日", None, "2026-11-02", "day"),
    ("26-11-02", None, "2026-11-02", "day"),
    ("12-31", None, "2025-12-31", "day"),
    ("二〇一九年五月十一日", None, "2019-05-11", "day"),
    ("令和8年11月22日", None, "2026-11-22", "day"),
    ("发布时间:2019/5/11 11:13:36 人感兴趣", None, "2019-05-11T11:13:36", "second"),
    ("关于放假的通知2019-05-11", None, "2019-05-11", "day"),
    ("关于五一(5月1日至5月7日)放假的通知 04-28", None, "2026-04-28", "day"),
    ("2026-11-02 下午 3:05", None, "2026-11-02T15:05", "minute"),
    ("2026.11.20. 오후 10:23", None, "2026-11-20T22:23", "minute"),
    ("08:15", None, "2026-11-22T08:15", "minute"),
    ("Nov. 3", "en", "2026-11-03", "day"),
    ("November 3rd, 2025 at 5:30 PM", "en", "2025-11-03T17:30", "minute"),
    ("10:22 AM, Nov 3 2026", "en", "2026-11-03T10:22", "minute"),
    ("11/3/2025", "en-US", "2025-11-03", "day"),
    ("3/11/2025", "en-GB", "2025-11-03", "day"),
    ("2 hours ago", "en", "2026-11-22T18:00", "minute"),
    ("02.11.2026, 14:30 Uhr", "de", "2026-11-02T14:30", "minute"),
    ("2. Nov.", "de", "2026-11-02", "day"),
    ("vor 3 Stunden", "de", "2026-11-22T17:00", "minute"),
    ("le 2 nov. 2026 à 14h30", "fr", "2026-11-02T14:30", "minute"),
    ("1er mai 2026", "fr", "2026-05-01", "day"),
    ("2 de noviembre de 2026", "es", "2026-11-02", "day"),
    ("hace 2 días", "es", "2026-11-20", "day"),
    ("14:30, 2 ноября 2026 г.", "ru", "2026-11-02T14:30", "minute"),
    ("вчера в 14:30", "ru", "2026-11-21T14:30", "minute"),
    ("٢٢/١١/٢٠٢٦", "ar", "2026-11-22", "day"),
    ("22 تشرين الثاني 2026", "ar", "2026-11-22", "day"),
    ("2026年11月2日(月) 14:30", "ja", "2026-11-02T14:30", "minute"),
    ("3時間前", "ja", "2026-11-22T17:00", "minute"),
    ("2026년 11월 2일 오후 2:30", "ko", "2026-11-02T14:30", "minute"),
]
NONE = [
    "", "比分3-1", "1/2", "100-200", "2026-13-45", "2026-02-30", "2027-05-01", "2019-2020学年", "3周前", "5月11日唐山召开会议",
    "2019年5月11日唐山召开会议", "会议将于5月20日召开", "报名截止2026-11-20", "copyright 2004-2022", "版本 3.14", "电话 0315-2821234",
    "1985-05-11", "May day marches in 2026", "20:15", "气象台8月5日发布：今天白天到夜间，我市多云转晴。",
    "今天，记者从市水务局获悉，已投入使用。", "11月20日，市政府召开会议，部署工作。", "Today, the council met, and voted on it.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "language", "wanted", "precision"), STAMPS)
def test_stamps(text, language, wanted, precision):
    """Each way of writing gives its day, and its clock where one is written."""
    found = near(text, ZONE, NOW, language)
    assert found is not None
    at = datetime.fromisoformat(wanted).replace(tzinfo=ZONE)
    assert (found.at, found.precision, found.zone, found.origin) == (at, precision, "portal", "list")


@pytest.mark.parametrize("text", NONE)
def test_no_stamp(text):
    """Sentences, spans, deadlines, versions, impossible and future days give no date."""
    assert near(text, ZONE, NOW, "zh") is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2019-05-11T11:13:36+08:00", "2019-05-11T11:13:36+08:00"),
        ("2019-05-11T03:13:36.123Z", "2019-05-11T03:13:36+00:00"),
        ("Sat, 11 May 2019 03:13:36 GMT", "2019-05-11T03:13:36+00:00"),
        ("20190511111336", "2019-05-11T11:13:36+08:00"),
        ("20190511", "2019-05-11T00:00:00+08:00"),
        ("1557544416", "2019-05-11T11:13:36+08:00"),
        ("1557544416000", "2019-05-11T11:13:36+08:00"),
        ("2019-05-11 11:13 -0400", "2019-05-11T11:13:00-04:00"),
    ],
)
def test_machine_values(value, wanted):
    """Offsets are kept as written; values without one are in the given zone."""
    found = parse(value, ZONE, NOW)
    assert found is not None
    assert found.at.isoformat() == wanted


def test_leap_day_takes_a_leap_year():
    """29 February without a year is in the last year that had one."""
    found = near("02-29", ZONE, NOW)
    assert found is not None
    assert found.at.year == 2024


def test_tomorrow_is_the_limit():
    """A portal ahead of our clock may be a day early, not more."""
    assert near("2026-11-23", ZONE, NOW) is not None
    assert near("2026-11-25", ZONE, NOW) is None


@settings(max_examples=150)
@given(st.text(alphabet="0123456789-/.:年月日时前昨天 TZ+[]()NovMay,一二〇~至", max_size=60), st.sampled_from([None, "zh", "en", "de"]))
def test_never_wrong_by_construction(text, language):
    """Whatever the text: no error, nothing in the future, nothing before 1990, positions inside the text."""
    found = near(text, ZONE, NOW, language)
    if found:
        assert datetime(1990, 1, 1, tzinfo=ZONE) <= found.at <= NOW + timedelta(days=1)
    for one in find_all(text, ZONE, NOW, language):
        assert 0 <= one.start < one.end <= len(text)


@settings(max_examples=100)
@given(
    st.integers(int(datetime(1990, 1, 2, tzinfo=UTC).timestamp()), int(NOW.timestamp())),
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%d %B %Y %H:%M:%S", "%B %d, %Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"]
    ),
)
def test_round_trip(seconds, form):
    """What a program prints in a common form is read back to the second."""
    at = datetime.fromtimestamp(seconds, ZONE)
    found = near(at.strftime(form), ZONE, NOW)
    assert found is not None
    assert found.at.replace(tzinfo=None) == at.replace(tzinfo=None)


def test_no_parser_is_loaded():
    """Reading a date of a list line loads no HTML library."""
    code = "import sys, bridge.core.dates; sys.exit(any(name in sys.modules for name in ('lxml', 'bs4', 'nh3')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
