"""The sample portal serves what it promises, in every markup, and its moves are the moves a real portal makes."""

import json
import re
import struct
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
import requests
from stand_ins.portals import Cards, UlCms, themes

from bridge.demo import stories
from bridge.demo.portal import SamplePortal
from bridge.demo.web import FAULTS

NOW = datetime(2026, 5, 11, 3, 13, 36, 250_000, tzinfo=UTC)
MARKUPS = sorted(themes())
STAMP = re.compile(r"Published at [\d/]+ [\d:]+")


@pytest.fixture(scope="module")
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(params=MARKUPS)
def portal(request):
    with SamplePortal(NOW, theme=themes()[request.param]()) as portal:
        yield portal


@pytest.fixture
def old():
    with SamplePortal(NOW) as portal:
        yield portal


def text(portal, response):
    """The page in the encoding that its markup is in."""
    return response.content.decode(portal.theme.encoding)


# ---------------------------------------------------------------- serving


def test_every_link_to_an_article_leads_to_it(portal, http):
    """All articles stand on the list pages, in order, and each address gives the article with its title."""
    assert text(portal, http.get(portal.url))
    pages = [text(portal, http.get(portal.origin + path)) for path in portal.theme.pages(_view(portal)) if _is_list(portal, path)]
    for story in portal.stories:
        path = portal.theme.address(story)
        assert any(path in page for page in pages), path
        page = text(portal, http.get(portal.origin + path))
        assert f"{escape(story.title)}</" in page
        assert all(picture.caption in page for picture in story.pictures)
    places = [pages[0].find(f'href="{portal.theme.address(story)}"') for story in portal.stories[:10]]
    assert places == sorted(places)
    assert min(places) > 0


def _view(portal):
    from bridge.demo.theme import View

    return View(portal.stories, NOW, portal.origin)


def _is_list(portal, path):
    return path.startswith((portal.theme.lists, "/xwzx/index", "/?page"))


def test_list_pages_are_conditional(portal, http):
    """Either validator gives a bodyless 304, a stale one the page; the log can tell conditional requests."""
    first = http.get(portal.list_url)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": changed}, {"If-None-Match": f'"x", W/{tag}'}):
        again = http.get(portal.list_url, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    assert http.get(portal.list_url, headers={"If-None-Match": '"x"', "If-Modified-Since": changed}).status_code == 200
    assert http.get(portal.list_url, headers={"If-Modified-Since": "rubbish"}).status_code == 200
    portal.rebuild()
    assert http.get(portal.list_url, headers={"If-None-Match": tag}).status_code == 200
    assert http.get(portal.list_url, headers={"If-Modified-Since": changed}).status_code == 200
    assert [seen.conditional for seen in portal.requests] == [False] + [True] * 7
    assert (portal.count(), portal.count(status=304), portal.count(portal.list_url, 200)) == (8, 3, 5)


@pytest.mark.parametrize(("which", "there"), [("both", 2), ("etag", 1), ("last-modified", 1), ("none", 0)])
def test_validators_can_be_left_out(which, there, http):
    """A portal can be made without ETag, without Last-Modified, or without both."""
    with SamplePortal(NOW, validators=which) as portal:
        assert len({"ETag", "Last-Modified"} & set(http.get(portal.list_url).headers)) == there


def test_old_markup_is_gbk_under_the_label_gb2312(old, http):
    """Header and meta say gb2312, the list's bytes are no GB2312, and as GB18030 nothing is lost."""
    response = http.get(old.list_url)
    assert response.headers["Content-Type"] == "text/html; Charset=gb2312"
    assert b"charset=gb2312" in response.content
    with pytest.raises(UnicodeDecodeError):
        response.content.decode("gb2312")
    page = response.content.decode("gb18030")
    assert all(character in page for character in "囍喆堃镕")
    assert "�" not in page
    assert page == response.content.decode("gbk")


def test_old_markup_reads_like_the_sites_it_imitates(old, http):
    """Breadcrumb, publication line, dateline, contributor, captions twice, blocks, stamp; title escaped; list titles cut."""
    page = text(old, http.get(old.address("bridge")))
    flat = re.sub(r"<[^>]+>", "", page).replace("&gt;", ">").replace("&nbsp;", " ")
    assert "您的位置:柳渡信息网 > 柳渡新闻资讯 > 城区" in flat
    assert "发布时间:2026/5/11 9:23:36 | 人感兴趣" in flat
    assert re.search(r"2026-05-11 07:40\s+来源:柳渡日报", flat)
    assert "(供稿:柳渡市公路养护中心)" in flat
    assert page.count("试亮灯的东门大桥。") == 2
    assert all(words in flat for words in ("最新资讯", "热门资讯", "网站备案", "Copyright", "Powered By"))
    assert "&lt;试点&gt;城东街道“垃圾分类&amp;积分兑换”" in text(old, http.get(old.address("pilot")))
    listed = text(old, http.get(old.list_url))
    assert "(5-11)</font>" in listed
    assert "（征求意见稿）》…</a>" in listed
    assert len(re.findall(r"<tr><td height=\"26\">·<font", listed)) == 20


def test_cards_state_their_facts_as_json_ld(http):
    """The modern markup's JSON-LD parses and agrees with the article, a title with markup in it included."""
    with SamplePortal(NOW, theme=Cards()) as portal:
        for story in portal.stories:
            page = http.get(portal.address(story.id)).text
            facts = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
            assert (facts["headline"], facts["datePublished"]) == (story.title, story.published.isoformat())


def test_files_of_the_portal(old, http):
    """robots.txt, pictures, the attachment and the pages of the footer are there; anything else is a 404 page."""
    assert "Disallow: /admin/" in http.get(old.origin + "/robots.txt").text
    picture = http.get(old.origin + "/upload/bridge.png")
    assert picture.headers["Content-Type"] == "image/png"
    assert struct.unpack(">II", picture.content[16:24]) == (480, 270)
    assert http.get(old.origin + "/images/logo.gif").content.startswith(b"GIF89a")
    assert http.get(old.origin + "/upload/parking.doc").headers["Content-Type"] == "application/msword"
    assert http.get(old.origin + "/about.asp").status_code == 200
    assert http.get(old.origin + "/upload/none.png").status_code == 404


def test_dates_are_fresh_at_any_time_of_day():
    """Whatever the time: all in the past, the order is that of the numbers, sources come before publication."""
    for hour in range(24):
        now = NOW + timedelta(hours=hour)
        told = (*stories.later(now), *stories.first(now))
        assert all(story.published < now for story in told)
        assert [story.id for story in told] == sorted((story.id for story in told), reverse=True)
        assert sorted(told, key=lambda story: story.published, reverse=True) == list(told)
        assert all(story.sourced < story.published for story in told if story.sourced)
        assert not any(mark in story.title + story.lead for story in told for mark in "{}")


def test_requests_are_logged_with_their_headers(old, http):
    """The log holds path with query, headers in lower case, status; `forget` empties it."""
    http.get(old.list_url, headers={"User-Agent": "probe/1"})
    (seen,) = old.requests
    assert (seen.method, seen.path, seen.headers["user-agent"], seen.status) == ("GET", old.theme.lists, "probe/1", 200)
    old.forget()
    assert old.count() == 0


# ---------------------------------------------------------------- moves


def test_advance_adds_two_and_corrects_one(portal, http):
    """Two new articles on top; one article's text differs under the same title; a second call adds nothing."""
    before = {story.id: story for story in portal.stories}
    bus = text(portal, http.get(portal.address("bus")))
    new = portal.advance(NOW + timedelta(minutes=15))
    assert [story.key for story in new] == [story.key for story in portal.stories[:2]] == ["notes", "egrets"]
    changed = [story for story in portal.stories if story.id in before and story != before[story.id]]
    assert [(story.key, story.title) for story in changed] == [("bus", before[changed[0].id].title)]
    again = text(portal, http.get(portal.address("bus")))
    assert ("末班车为21:30" in bus, "末班车为22:00" in again, "末班车为21:30" in again) == (True, True, False)
    assert new[0].title in text(portal, http.get(portal.list_url))
    assert portal.advance() == ()
    assert len(portal.stories) == len(before) + 2


def test_rebuild_changes_the_stamp_on_every_page_and_nothing_else(old, http):
    """Every page's bytes change; without the stamp they are the same."""
    addresses = [old.url, old.list_url, *(old.address(story.id) for story in old.stories)]
    before = [text(old, http.get(address)) for address in addresses]
    old.rebuild()
    after = [text(old, http.get(address)) for address in addresses]
    assert all(a != b and STAMP.sub("", a) == STAMP.sub("", b) for a, b in zip(before, after, strict=True))


def test_edit_withdraw_publish_and_flood(portal, http):
    """An edit shows, a withdrawn article is 404 and off the list, added ones are there."""
    portal.edit("fair", title="田头集市延期")
    assert "田头集市延期" in text(portal, http.get(portal.address("fair")))
    address = portal.address("bridge")
    gone = portal.withdraw("bridge")
    assert http.get(address).status_code == 404
    assert gone.title not in text(portal, http.get(portal.list_url))
    portal.publish(gone)
    assert http.get(address).status_code == 200
    new = portal.flood(30)
    assert portal.stories[:30] == new
    assert http.get(portal.address(new[-1].id)).status_code == 200


def test_redesign_moves_every_article(old, http):
    """In a new markup the articles have new addresses, and the old ones are gone."""
    before = old.address("bridge")
    old.redesign(UlCms())
    assert http.get(before).status_code == 404
    assert "东门大桥维修完工" in http.get(old.address("bridge")).content.decode()


# ---------------------------------------------------------------- what goes wrong

ANSWERS = {
    "500": (500, b"80004005"),
    "503": (503, b""),
    "429": (429, b""),
    "403": (403, b""),
    "404": (404, b""),
    "410": (410, b""),
    "captcha": (200, "请输入验证码".encode()),
    "parking": (200, b"This domain is for sale"),
    "login": (200, b'type="password"'),
    "error": (200, b"80004005"),
    "empty": (200, b""),
    "binary": (200, b"%PDF"),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_a_path_can_fail_and_recover(old, http, how):
    """The path answers with the fault, others do not, and it recovers."""
    old.fail(old.list_url, how)
    response = http.get(old.list_url)
    status, part = ANSWERS[how]
    assert response.status_code == status
    assert part in response.content
    assert (how == "empty") == (response.content == b"")
    assert ("Retry-After" in response.headers) == (how in ("429", "503"))
    assert http.get(old.url).status_code == 200
    old.recover(old.list_url)
    assert "最新资讯" in text(old, http.get(old.list_url))


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("cut", (requests.exceptions.ChunkedEncodingError, requests.ConnectionError)),
        ("gzip", requests.exceptions.ContentDecodingError),
        ("loop", requests.TooManyRedirects),
        ("hang", requests.ReadTimeout),
    ],
)
def test_answers_that_never_become_a_page(old, how, error):
    """Cut off, wrongly compressed, redirecting for ever, hanging: each is what its name says."""
    old.fail("*", how)
    with requests.Session() as session, pytest.raises(error):
        session.get(old.list_url, timeout=5 if how != "hang" else 0.2)
    old.recover()
    assert old.requests[0].status == {"cut": 200, "gzip": 200, "loop": 302, "hang": 0}[how]


def test_huge_is_larger_than_anyone_should_read(old):
    """50 MB are announced; a client may stop reading without harm to the portal."""
    old.fail("/", "huge")
    with requests.get(old.url, stream=True, timeout=5) as response:
        assert int(response.headers["Content-Length"]) == 50_000_000
    assert set(FAULTS) == {*ANSWERS, "cut", "gzip", "loop", "hang", "huge"}


def test_unknown_fault_is_named(old):
    """A misspelt fault is an error at once, not a portal that works."""
    with pytest.raises(ValueError, match="no such fault: hangs"):
        old.fail("/", "hangs")
