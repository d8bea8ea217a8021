"""The sample portal in each of its markups: every story is read as it was told, and nothing of its page besides."""

from datetime import UTC, datetime, timedelta

import pytest
from stand_ins.portals import themes

from bridge.core.summary import columns
from bridge.demo import stories
from bridge.demo.stories import Grid, Picture, Text
from bridge.demo.theme import View, plain
from bridge.model import Page, Portal, Site
from bridge.portals.generic import read_article

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORIGIN = "http://portal.example"
TOLD = [*stories.later(NOW), *stories.first(NOW)]


def _paragraphs(story, signed):
    """What a reader should see; `signed`: the markup puts the author behind the last block, a line of its own after a table."""
    written = [
        block.caption
        if isinstance(block, Picture)
        else "\n".join("\t".join(row) for row in block.rows)
        if isinstance(block, Grid)
        else plain(block.text)
        for block in story.blocks
    ]
    if signed and story.author and isinstance(story.blocks[-1], Text):
        written[-1] += f"（{story.author}）"
    return written


@pytest.fixture(scope="module", params=sorted(themes()))
def shown(request):
    """The name of a markup, and its pages' articles by story."""
    theme = themes()[request.param]()
    view = View(origin=ORIGIN, stories=tuple(TOLD), built=NOW, page_size=20)
    pages = theme.pages(view)
    portal = Portal(id="p", title="柳渡", url=ORIGIN)

    def article(story):
        path = theme.address(story)
        body = pages[path]().encode(theme.encoding, "xmlcharrefreplace")
        page = Page(url=ORIGIN + path, body=body, content_type=theme.content_type)
        return read_article(page, portal, Site(), NOW)

    return request.param, article


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.key)
def test_every_story_is_read_as_told(shown, story):
    """Title, minute and paragraphs are the story's, without lessons from other pages; no caption is in the summary."""
    name, article = shown
    read = article(story)
    assert read.title == story.title
    assert read.published is not None
    assert abs(read.published.at - story.published) < timedelta(minutes=1)
    assert read.content_text.split("\n\n") == _paragraphs(story, name == "tables")
    assert columns(read.summary) <= 200
    assert not [picture.caption for picture in story.pictures if picture.caption in read.summary]
    assert [image.url.rsplit("/", 1)[1] for image in read.images] == [picture.name for picture in story.pictures]
