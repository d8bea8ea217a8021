"""No text of a portal becomes markup of ours: attacks by name, and properties over any strings."""

import re
from dataclasses import replace

import pytest
from feed_samples import ENTRIES, catalogue, entry, feed, local
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as markup
from page_samples import OVERVIEW

from bridge.formats import body, entry_page, html, page, status_page
from bridge.model import Enclosure, Image, Source

NASTY = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "</style></title><img src=x onerror=alert(1)>", "\"'><svg onload=alert(1)>", "javascript:alert(1)",
    "JaVa\tScRiPt:alert(1)", "java\u202escript:alert(1)", "data:text/html,x", "//evil.example/", "http://evil.example/\"onclick=\"x",
    "<!--", "-->", "]]>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "&lt;script&gt;", "&#x202e;", "&#60;script>", "{{ 7*7 }}",
    "{% raw %}", "\u202e\u2066", "\x00\x0b\x1b[31m", "\ud800", "\uffff", "<b><i><a href=x>", "<试点>", "正文", " ", "",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=6)), max_size=4).map("".join), st.text(max_size=20)
)
times = st.datetimes(min_value=local(1990, 1, 1).replace(tzinfo=None), max_value=local(2030, 1, 1).replace(tzinfo=None))
entries = st.builds(
    entry,
    st.integers(1, 10**9),
    texts,
    times.map(lambda at: at.replace(tzinfo=local(2019, 1, 1).tzinfo)),
    url=texts,
    summary=texts,
    content_html=texts,
    author=st.none() | texts,
    source=st.none() | st.builds(Source, texts, url=texts),
    category=st.lists(texts, max_size=2).map(tuple),
    images=st.lists(st.builds(Image, texts, texts), max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, texts, texts, texts), max_size=2).map(tuple),
    language=st.none() | texts,
    precision=st.sampled_from(["second", "day", "none"]),
)
FOREIGN = "//iframe | //object | //embed | //form | //base | //meta[@http-equiv='refresh'] | //@style | //@*[starts-with(name(), 'on')]"
LEADS = re.compile(r"https?://[^/?#\s]+|mailto:|#|(?:\.\./)?(?:a/)?[\w.%-]+\.html|data:image/svg\+xml,")


def skeleton(seen):
    """Every element but those of an article's own text, in order."""
    return [node.tag for node in seen.iter() if isinstance(node.tag, str) and not node.xpath("ancestor::div[@class='body']")]


def inspect(raw):
    """The page, parsed, after what must hold for any text: no element, handler or address that is not ours."""
    seen = markup.fromstring(raw.decode("utf-8"))
    assert seen.xpath(FOREIGN) == []
    assert len(seen.xpath("//script")) == len(seen.xpath("//style")) == 1
    assert all(LEADS.match(address) for address in seen.xpath("//@href | //@src | //@poster"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\uffff]", raw.decode("utf-8"))
    return seen


def poisoned(text):
    return replace(
        ENTRIES[0], title=text or "x", summary=text, content_html=text, content_text=text, author=text, contributor=text, url=text,
        source=Source(text, None, text), category=(text,), images=(Image(text, text),),
        enclosures=(Enclosure(text, text, text),), language=text,
    )  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_an_attack_in_every_field_stays_text(text):
    """In the list, in the article, in the feed's own name."""
    bad = poisoned(text)
    made = feed((bad,), title=text, description=text, language=text, home_url=text)
    inspect(page.render(made))
    inspect(entry_page.render(bad, made))
    inspect(entry_page.withdrawn(bad, made))
    inspect(html.render(replace(catalogue(), title=text, feeds=(made,), overview=OVERVIEW)))


@pytest.mark.parametrize("text", NASTY)
def test_an_attack_in_the_status_stays_text(text):
    """Titles, causes and evidence come from portals and receivers."""
    portals = tuple(replace(one, title=text, cause=text, detail=text, url=text) for one in OVERVIEW.portals)
    subscribers = tuple(replace(one, why=text, portals=(text,), last_death=text) for one in OVERVIEW.subscribers)
    incidents = tuple(replace(one, cause=text, evidence=text) for one in OVERVIEW.incidents)
    inspect(
        status_page.render(replace(OVERVIEW, portals=portals, subscribers=subscribers, incidents=incidents, faults={"b": text}), live=True)
    )


@settings(max_examples=30)
@given(st.lists(entries, min_size=1, max_size=3, unique_by=lambda e: e.id), texts)
def test_any_text_gives_pages_without_markup_of_its_own(made, title):
    """As many lines as entries, the titles as text, and the same elements around an article whatever its title says."""
    shown = feed(tuple(made), title=title)
    seen = inspect(page.render(shown))
    assert len(seen.xpath("//li[@data-line]")) == len(made)
    inspect(entry_page.render(made[0], shown))
    plain = replace(made[0], title="x", author=made[0].author and "x", category=tuple("x" for _ in made[0].category[:1]))
    same = replace(made[0], author=plain.author, category=plain.category)
    one, other = (markup.fromstring(entry_page.render(e, shown)) for e in (plain, same))
    assert skeleton(one) == skeleton(other)


BODIES = [
    ("<p>好</p><script>alert(1)</script>", "<p>好</p>"),
    ("<p onclick=alert(1) style=color:red class=x id=main>好</p>", "<p>好</p>"),
    ("<a href='javascript:alert(1)'>好</a>", '<a rel="noopener noreferrer nofollow">好</a>'),
    ("<a href='/relative'>好</a>", '<a rel="noopener noreferrer nofollow">好</a>'),
    ("<a href='java\u202escript:alert(1)'>好</a>", '<a rel="noopener noreferrer nofollow">好</a>'),
    ("<a href='http://例え.jp/路'>好</a>", '<a href="http://xn--r8jz45g.jp/%E8%B7%AF" rel="noopener noreferrer nofollow">好</a>'),
    ("<a href='mailto:a@b.example' rel=me target=_top>好</a>", '<a href="mailto:a@b.example" rel="noopener noreferrer nofollow">好</a>'),
    ("<iframe src=https://e.example></iframe><form><input></form>好", "好"),
    ("&#x202e;好\u2066&lt;b&gt;", "好&lt;b&gt;"),
    ("&l\u202et;script>", "&amp;lt;script&gt;"),
    ("<td colspan='9;x'>", ""),
    ("<b>好", "好"),
]


@pytest.mark.parametrize(("dirty", "clean"), BODIES)
def test_a_body_is_cleaned_again_whatever_the_state_holds(dirty, clean):
    assert body.cleaned(dirty) == clean


def test_pictures_players_and_tables_get_what_the_page_needs():
    """Loaded when seen and without a referrer; nothing plays by itself; a wide table can be scrolled by keyboard."""
    seen = markup.fromstring(
        body.cleaned(
            '<div><img src="http://a.example/新.jpg" alt="<table>&quot; onerror=x" loading=eager onerror=alert(1)>'
            '<video src="http://a.example/v.mp4" autoplay controls=x preload=auto></video>'
            "<table><tr><td colspan=2>一</td></tr></table></div>"
        )
    )
    picture, player, table = seen.find(".//img"), seen.find(".//video"), seen.find(".//table")
    assert dict(picture.attrib) == {"src": "http://a.example/%E6%96%B0.jpg", "alt": '<table>" onerror=x', "loading": "lazy"}
    assert dict(player.attrib) == {"src": "http://a.example/v.mp4", "controls": "", "preload": "none"}
    assert dict(table.attrib) == {"tabindex": "0"}
    assert table.find(".//td").get("colspan") == "2"


@settings(max_examples=40)
@given(texts)
def test_cleaning_a_clean_body_changes_nothing(text):
    once = body.cleaned("<img src='http://a.example/1.png' alt=x><video src='http://a.example/v.mp4' controls></video>" + text)
    assert body.cleaned(once) == once
