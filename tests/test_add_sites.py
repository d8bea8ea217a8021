"""`add` looks over every site of the corpus: the list is found, verified, and told from a page that is none."""

from datetime import UTC, datetime

import pytest

from bench.sites import sites
from bridge.adding.survey import Survey
from bridge.core import dom
from bridge.core.outline import outline
from bridge.model import Page
from bridge.previewing.reading import Reader, Target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITES = {one.name: one for one in sites()}


def survey(pages):
    """A survey of pages by address; what is asked for, in order, is in `asked`."""
    asked = []

    def get(url):
        asked.append(url)
        body = pages.get(url)
        return Target(url, Page(url, body, requested=url)) if body else Target(url, None, "http-404")

    return Survey(get, Reader("Asia/Shanghai"), NOW, 12, lambda _: ""), asked


def test_there_are_enough_sites():
    """At least forty styles, each with a list page and four articles."""
    assert len(SITES) >= 40
    assert all(len(one.articles) == 4 and len(one.listed.want["links"]) >= 12 for one in SITES.values())


@pytest.mark.parametrize("name", SITES)
def test_the_list_of_a_site_is_found_and_verified(name):
    """Behind a home page that only names its section; at least one followed link bears the title that the list gives."""
    one = SITES[name]
    listed = one.listed.want["url"]
    pages = {case.want["url"]: case.body for case in one.articles} | {listed: one.listed.body}
    # Every line leads somewhere: to the article that it names, or to one of its siblings.
    for n, link in enumerate(one.listed.want["links"]):
        pages.setdefault(link["url"], one.articles[n % 3 + 1].body)
    home = listed.removesuffix("list/")
    pages[home] = f'<html><head><meta charset=utf-8></head><body><a href="{listed}">本地新闻</a><p>欢迎</p></body></html>'.encode()
    look, asked = survey(pages)
    found = look.look(home)
    best = found.lists[0]
    assert best.lead.url == listed
    assert len(best.page.links) >= 0.9 * len(one.listed.want["links"])
    assert best.check.titled >= 1
    assert len(asked) == found.requests <= 12


def test_a_link_that_was_left_open_does_not_swallow_the_next_ones():
    """As in browsers: a link within a link ends the outer one."""
    tree = dom.parse("<table><tr><td><a href=/c>Section<tr><td><div><a href=/1>One</a> x</div><div><a href=/2>Two</a></div></table>")
    page = outline(tree, "http://a.cn/", "utf-8")
    assert [anchor.url for anchor in page.anchors] == ["http://a.cn/c", "http://a.cn/1", "http://a.cn/2"]
    assert [[run.text for run in page.runs[slice(*anchor.runs)]] for anchor in page.anchors] == [["Section"], ["One"], ["Two"]]
