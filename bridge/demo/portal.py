"""A small city portal on loopback: real HTTP, invented news, and a script of what happens to it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from . import stories
from .stories import CHINA, Story
from .templates import OldCms
from .theme import Pages, Theme, View
from .web import Answer, Seen, Web, fault, html

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search.asp\n"
STEP = timedelta(seconds=61)
"""Between two rebuilds, so that the validators of second precision differ."""


class SamplePortal:
    """A city portal, serving from construction on at `url` until `close()`; moves take effect with the next request.

    Args:
        now: what the articles' dates are relative to; aware.
        theme: the markup; default the old table CMS in GBK.
        page_size: lines of a list page.
        validators: "both", "etag", "last-modified" or "none": what answers carry, and what makes a 304.
    """

    def __init__(self, now: datetime, *, theme: Theme | None = None, page_size: int = 20, validators: str = "both") -> None:
        self.theme: Theme = theme or OldCms()
        self.now = now.astimezone(CHINA).replace(microsecond=0)
        self.validators = validators
        self.requests: list[Seen] = []
        self._page_size = page_size
        self._stories = stories.first(self.now)
        self._built = self.now - timedelta(hours=8)
        self._faults: dict[str, Callable[[bytes], Answer]] = {}
        self._lock = RLock()
        self._pages: Pages = {}
        self._web = Web(self.answer, self._seen)
        self._render()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """No connection is open and the port is free."""
        self._web.close()

    def reopen(self) -> None:
        """After `close()`: it serves at its old address again."""
        self._web = Web(self.answer, self._seen, urlsplit(self.origin).port or 0)

    # ------------------------------------------------------------ addresses

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash."""
        return self._web.origin

    @property
    def url(self) -> str:
        """The home page."""
        return self.origin + self.theme.home

    @property
    def list_url(self) -> str:
        """The first page of the list of all articles."""
        return self.origin + self.theme.lists

    def address(self, which: int | str) -> str:
        """The address of an article in the present markup."""
        return self.origin + self.theme.address(self.story(which))

    @property
    def stories(self) -> tuple[Story, ...]:
        """The articles on the portal now, newest first."""
        return self._stories

    def story(self, which: int | str) -> Story:
        """The article with this key or number."""
        return next(story for story in self._stories if which in (story.key, story.id))

    # ------------------------------------------------------------ moves

    def advance(self, now: datetime | None = None) -> tuple[Story, ...]:
        """Two articles are new, each scripted correction is made once, every page is rebuilt. Gives the new articles.

        A second call adds nothing more. `now` is the time of the move; default that of the portal.
        """
        with self._lock:
            self.now = (now or self.now).astimezone(CHINA).replace(microsecond=0)
            known = {story.id for story in self._stories}
            new = tuple(story for story in stories.later(self.now) if story.id not in known)
            self._change([*new, *(story.corrected() for story in self._stories)])
            return new

    def rebuild(self) -> None:
        """Every page's bytes and validators have changed, no article has."""
        self._change(self._stories)

    def edit(self, which: int | str, **changes: Any) -> Story:
        """The article has these fields now, see Story."""
        with self._lock:
            old = self.story(which)
            new = replace(old, **changes)
            self._change([new if story is old else story for story in self._stories])
            return new

    def withdraw(self, which: int | str) -> Story:
        """The article is off the lists, and its address answers 404."""
        with self._lock:
            gone = self.story(which)
            self._change([story for story in self._stories if story is not gone])
            return gone

    def publish(self, *new: Story) -> None:
        """These articles are on the portal too."""
        self._change([*new, *self._stories])

    def flood(self, count: int) -> tuple[Story, ...]:
        """`count` short notices more, published just now. Gives them, newest first."""
        start = max((story.id for story in self._stories), default=10_000) + 1
        new = tuple(stories.notice(start + at, self.now) for at in reversed(range(count)))
        self.publish(*new)
        return new

    def redesign(self, theme: Theme) -> None:
        """The same articles in another markup, at that markup's addresses; the old ones answer 404."""
        with self._lock:
            self.theme = theme
            self._change(self._stories)

    def fail(self, path: str, how: str) -> None:
        """Requests for `path` (with its query; or a whole address; or "*") go wrong until `recover`; see web.FAULTS for how."""
        with self._lock:
            self._faults[self._path(path)] = fault(how, self._web)

    def recover(self, path: str = "*") -> None:
        """`path` works again; "*": all do."""
        with self._lock:
            if path == "*":
                self._faults.clear()
            self._faults.pop(self._path(path), None)

    # ------------------------------------------------------------ what was asked

    def count(self, path: str | None = None, status: int | None = None) -> int:
        """How many requests there were, for this path (or address) and with this status where given."""
        wanted = None if path is None else self._path(path)
        return sum(wanted in (None, seen.path) and status in (None, seen.status) for seen in list(self.requests))

    def forget(self) -> None:
        """The request log is empty."""
        self.requests.clear()

    # ------------------------------------------------------------ serving

    def answer(self, path: str) -> Answer:
        """What a GET of `path` (with its query) gives now, before any condition is judged."""
        with self._lock:
            wrong = self._faults.get(path) or self._faults.get("*")
            answer = self._whole(path)
        return wrong(answer.body) if wrong else answer

    def _whole(self, path: str) -> Answer:
        page = self._pages.get(path)
        if page:
            body = page().encode(self.theme.encoding, "xmlcharrefreplace")
            return html(body, self.theme.content_type).validated(self._built, self.validators)
        return self._file(path)

    def _file(self, path: str) -> Answer:
        from . import pictures

        if path == "/robots.txt":
            return Answer(200, ROBOTS.encode(), {"Content-Type": "text/plain"})
        if path.startswith("/images/") and path.endswith(".gif"):
            return Answer(200, pictures.BLANK_GIF, {"Content-Type": "image/gif"})
        if path in self._uploads():
            return Answer(200, pictures.photo(path.rsplit("/", 1)[1]), {"Content-Type": "image/png"})
        if path == "/upload/parking.doc":
            return Answer(200, rb"{\rtf1\ansi Draft.}", {"Content-Type": "application/msword"})
        missing = "<html><head><title>404</title></head><body><h1>404 您访问的页面不存在或已被删除</h1></body></html>"
        return html(missing.encode(self.theme.encoding), self.theme.content_type, 404)

    def _uploads(self) -> set[str]:
        return {f"/upload/{picture.name}" for story in self._stories for picture in story.pictures}

    def _change(self, now_there: Iterable[Story]) -> None:
        with self._lock:
            self._stories = tuple(sorted(now_there, key=lambda story: (story.published, story.id), reverse=True))
            self._built += STEP
            self._render()

    def _render(self) -> None:
        self._pages = self.theme.pages(View(self._stories, self._built, self.origin, self._page_size))

    def _seen(self, seen: Seen) -> None:
        self.requests.append(seen)

    def _path(self, path: str) -> str:
        parts = urlsplit(path)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if parts.scheme else path
