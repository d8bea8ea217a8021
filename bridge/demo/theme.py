"""What a markup of the sample portal is, apart from how it is served: a view of the articles → pages of text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Protocol

from .stories import Story

SECTIONS = ("城区", "乡镇", "文化", "民生", "教育")
Pages = Mapping[str, Callable[[], str]]
"""Path and query → the page's text; rendered when asked for."""


@dataclass(frozen=True, slots=True)
class View:
    """The portal at one moment: its articles newest first, and when its pages were last rebuilt."""

    stories: tuple[Story, ...]
    built: datetime
    origin: str
    page_size: int = 20

    def section(self, name: str) -> tuple[Story, ...]:
        """The articles of one section."""
        return tuple(story for story in self.stories if story.section == name)

    def neighbours(self, story: Story) -> tuple[Story | None, Story | None]:
        """The next older and the next newer article."""
        at = self.stories.index(story)
        older = self.stories[at + 1] if at + 1 < len(self.stories) else None
        return older, self.stories[at - 1] if at else None


class Theme(Protocol):
    """A markup. `encoding` is what the bytes are in, `content_type` what the server says of them."""

    encoding: str
    content_type: str
    home: str
    lists: str

    def address(self, story: Story) -> str:
        """Path and query of an article."""
        ...

    def pages(self, view: View) -> Pages:
        """Every page of the portal by its path and query."""
        ...

    def list_page(self, view: View, page: int = 1) -> str:
        """The list of all articles, its page number `page`, from 1."""
        ...

    def article_page(self, view: View, story: Story) -> str:
        """An article."""
        ...


def inline(text: str) -> str:
    """A paragraph as HTML: everything escaped, `[label](address)` a link."""
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', escape(text, quote=False))


def plain(text: str) -> str:
    """A paragraph without its link addresses."""
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r"\1", text)


def slashed(when: datetime) -> str:
    """`2026/5/1 9:03:07`: as ASP writes a time."""
    return f"{when.year}/{when.month}/{when.day} {when.hour}:{when:%M:%S}"


def paged(stories: tuple[Story, ...], size: int) -> tuple[tuple[Story, ...], ...]:
    """The pages of a list; one empty page when there is nothing."""
    return tuple(stories[at : at + size] for at in range(0, len(stories), size)) or ((),)
