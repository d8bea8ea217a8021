"""Every style of the corpus is read whole: links, titles, dates, order, next page. See tests/corpus/README.md."""

import json
import random
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.core import charset, dom, listing
from bridge.model import Portal, Site

CORPUS = Path(__file__).parent.parent / "corpus" / "lists"
STYLES = sorted(path.stem for path in CORPUS.glob("*.json"))


def load(style):
    expected = json.loads((CORPUS / f"{style}.json").read_text(encoding="utf-8"))
    return expected, (CORPUS / f"{style}.html").read_bytes()


def read(expected, text, site=None, charset_name="utf-8"):
    portal = Portal(id="p", title="p", url=expected["url"], timezone=expected["zone"])
    return listing.read(text, expected["url"], charset_name, portal, site or Site(), datetime.fromisoformat(expected["now"]))


def score(wanted, got):
    hits = len(wanted & got)
    return 2 * hits / (len(wanted) + len(got)) if wanted or got else 1.0


def test_there_are_enough_styles():
    """The corpus is as varied as promised."""
    assert len(STYLES) >= 25


@pytest.mark.parametrize("style", STYLES)
def test_links(style):
    """The article links and no others, in page order, each once (F1 of at least .95; most are exact)."""
    expected, body = load(style)
    decoded = charset.decode(body)
    assert decoded.charset == expected["charset"]
    page = read(expected, decoded.text, charset_name=decoded.charset)
    wanted = [link["url"] for link in expected["links"]]
    got = [link.url for link in page.links]
    assert len(got) == len(set(got))
    assert score(set(wanted), set(got)) >= 0.95, sorted(set(got) ^ set(wanted))
    assert [url for url in got if url in wanted] == [url for url in wanted if url in got]


@pytest.mark.parametrize("style", STYLES)
def test_titles_whole_and_next_page(style):
    """Titles as the page has them somewhere, not as the list cuts them; the next page where there is one."""
    expected, body = load(style)
    page = read(expected, charset.decode(body).text)
    titles = {link["url"]: link["title"] for link in expected["links"]}
    wrong = {link.url: (link.title, titles[link.url]) for link in page.links if link.url in titles and link.title != titles[link.url]}
    assert not wrong
    if "next" in expected:
        assert page.next == expected["next"]


@pytest.mark.parametrize("style", STYLES)
def test_dates(style):
    """Dates of lines with their year, in the portal's zone, no finer than they are written."""
    expected, body = load(style)
    page = read(expected, charset.decode(body).text)
    wanted = {link["url"]: link["published"] for link in expected["links"] if "published" in link}
    for link in page.links:
        if link.url in wanted:
            assert same_time(wanted[link.url], link.published), (link.url, wanted[link.url], link.published)


def same_time(wanted, found):
    if wanted is None or found is None:
        return wanted is None and found is None
    if "T" not in wanted:
        return found.precision == "day" and found.at.date().isoformat() == wanted
    return found.at == datetime.fromisoformat(wanted)


@pytest.mark.parametrize("style", STYLES)
def test_noise_changes_nothing(style):
    """White space between tags, the order of attributes and comments are not read."""
    expected, body = load(style)
    text = charset.decode(body).text
    dice = random.Random(style)

    def shuffled(match):
        attributes = re.findall(r"""\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>"']+))?""", match[2])
        dice.shuffle(attributes)
        return f"<{match[1]}{''.join(attributes)}>"

    noisy = re.sub(r"""<([a-zA-Z]\w*)((?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>"']+))?)+)\s*>""", shuffled, text)
    noisy = re.sub(r"(</(?:li|div|tr|p|table|ul)>)", r"\1\n  <!-- x -->", noisy)
    assert [(link.url, link.title) for link in read(expected, noisy).links] == [
        (link.url, link.title) for link in read(expected, text).links
    ]


@pytest.mark.parametrize("style", STYLES)
def test_the_remembered_place_gives_the_same_links(style):
    """The next tick is a look-up, and finds what the first one found."""
    expected, body = load(style)
    text = charset.decode(body).text
    first = read(expected, text)
    if first.signature is None:
        pytest.skip("no place won")
    again = read(expected, text, Site(signatures={expected["url"]: first.signature}))
    assert again.explain["rule"] == "remembered"
    assert "drift" not in again.explain
    assert replace(again, explain={}) == replace(first, explain={})


@pytest.mark.parametrize("style", STYLES)
def test_every_address_is_absolute_ascii_http(style):
    """Links, next page and pictures."""
    expected, body = load(style)
    page = read(expected, charset.decode(body).text)
    for url in [
        *(link.url for link in page.links),
        *(link.image for link in page.links if link.image),
        *([page.next] if page.next else []),
    ]:
        assert re.fullmatch(r"https?://[!-~]+", url), url
        assert dom.absolute(url, url) == url
