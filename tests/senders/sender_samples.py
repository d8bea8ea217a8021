"""Entries, jobs and a clock for the senders' tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from bridge.model import Entry, Image, Job, Secret, Source, Target
from bridge.senders import telegram, webhook

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 4, 5, 6, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
OLD_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

ENTRY = Entry(
    id="tag:feeds.example.org,2026:tangshan/1",
    portal="tangshan",
    url="http://www.china0315.com/News/view.asp?id=7&p=2",
    title="马文斌:吹响新媒体发展“集结号”",
    first_seen=NOW,
    published=datetime(2019, 5, 11, 11, 13, 36, tzinfo=CHINA),
    updated=NOW,
    summary="唐山市委网信办高度重视新媒体的建设与发展。全市新媒体要在服务大局上跟得紧。",
    source=Source("澎湃新闻 问政"),
    category=("唐山新闻资讯", "唐山"),
    images=(Image("http://www.china0315.com/up/1.jpg", "培训会"),),
    language="zh-CN",
)


class Clock:
    """Stands still unless moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def sleep(self, duration: timedelta) -> None:
        self.time += duration


class RealClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)


def entry(**changes) -> Entry:
    return replace(ENTRY, **changes)


def chat_job(kind="published", chat=-1001, entries=(ENTRY,), settings=None, **more) -> Job:
    settings = settings or telegram.Settings(chat=str(chat))
    target = Target(id="chat", kind="telegram", address=str(chat), settings=settings)
    return Job(id=1, key="msg_chat", kind=kind, target=target, entries=entries, at=NOW, **more)


def hook_job(url, kind="published", entries=(ENTRY,), key="msg_0123456789abcdef", previous=None, number=1, **more) -> Job:
    settings = webhook.Settings(url=url, secret=Secret(SECRET), previous_secret=previous and Secret(previous))
    target = Target(id="hook", kind="webhook", address=url, settings=settings)
    return Job(id=number, key=key, kind=kind, target=target, entries=entries, at=NOW, **more)
