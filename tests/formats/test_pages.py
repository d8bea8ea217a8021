"""The pages for people: what each shows, and what no page may hold."""

import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from feed_samples import ENTRIES, catalogue, entry, feed, local
from lxml import html as markup
from page_samples import OVERVIEW, PORTAL, pages

from bridge.formats import drawing, entry_page, page, plots, wording
from bridge.formats import html as landing
from bridge.model import Enclosure, Entry, Image, Source

BASE = "https://feeds.example.org/"
ALL = pages()
SEEN = {name: markup.fromstring(raw) for name, raw in ALL.items()}
OUTWARD = {"noopener", "noreferrer", "nofollow"}
LIGHT = 60_000


def words(node):
    return re.sub(r"\s+", " ", node.text_content()).strip()


@pytest.mark.parametrize("name", ALL)
def test_a_page_is_a_whole_document_that_speaks_both_languages(name):
    """Doctype, language, viewport, title, one h1, one main; each of our words stands in Chinese and in English."""
    seen = SEEN[name]
    assert ALL[name].startswith(b"<!doctype html>\n")
    assert ALL[name].endswith(b"</html>\n")
    assert seen.get("lang") == "zh-CN"
    assert seen.xpath("//meta[@name='viewport']")
    assert seen.findtext(".//title").strip()
    assert len(seen.xpath("//h1")) == len(seen.xpath("//main")) == 1
    chinese, english = seen.xpath("//*[@class='zh']"), seen.xpath("//*[@class='en']")
    assert len(chinese) == len(english) > 2
    assert {(a.get("lang"), b.get("lang")) for a, b in zip(chinese, english, strict=True)} == {("zh-CN", "en")}


@pytest.mark.parametrize("name", ALL)
def test_the_policy_lets_through_our_style_and_our_script_and_nothing_else(name):
    """Both hashes are those of the bytes in the page; no style attribute, no handler, no other request than for pictures."""
    seen, raw = SEEN[name], ALL[name].decode()
    policy = seen.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert drawing.policy() == policy + "; frame-ancestors 'none'"
    for tag, source in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", raw, re.DOTALL)
        assert f"{source} 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}';" in policy
    assert "url(" not in seen.findtext(".//style")
    assert not seen.xpath("//@style | //@*[starts-with(name(), 'on')] | //link[@rel='stylesheet'] | //iframe | //script/@src | //form")


@pytest.mark.parametrize("name", ALL)
def test_links_outward_say_nothing_of_us_and_links_inward_are_relative(name):
    """Every link to another site carries noopener, noreferrer and nofollow; every one to a page of ours is relative."""
    for link in SEEN[name].xpath("//body//a"):
        href = link.get("href")
        if "://" in href and not href.startswith(BASE):
            assert set(link.get("rel", "").split()) == OUTWARD, href
        elif not href.startswith(BASE):
            assert re.fullmatch(r"#[a-z]+|(\.\./)?(a/)?[\w.%-]+\.html", href), href
    assert SEEN[name].xpath("/html/head/meta[@name='referrer']/@content") == ["no-referrer"]
    assert all(image.get("loading") == "lazy" for image in SEEN[name].xpath("//img"))


@pytest.mark.parametrize("name", ALL)
def test_a_page_is_light_and_always_the_same(name):
    """Under 60 KB, and the same bytes when made again."""
    assert len(ALL[name]) < LIGHT
    assert all(pages()[name] == ALL[name] for _ in range(3))


def test_an_ordinary_full_feed_stays_light():
    """500 entries with titles, summaries, sources and pictures of the usual length."""
    made = [
        entry(
            n, f"图书馆把过夜读者的留言编成小册子并免费领取共印五百册：第{n}条", local(2019, 5, 11, 11, 0) - timedelta(minutes=20 * n),
            summary="88位读者，88页留言。" * 12, source=Source("柳渡融媒"), images=(Image(f"http://www.china0315.com/upload/2019/{n}.jpg"),),
            id=f"tag:feeds.example.org,2026:feedbridge/6twqa6ouhqygusrktul5d{n:05}",
        )
        for n in range(500)
    ]  # fmt: skip
    assert len(page.render(replace(feed(), entries=tuple(made)))) < LIGHT


# ---------------------------------------------------------------- landing page


def test_the_landing_page_names_every_feed_in_every_format():
    """rel=alternate in the head, buttons and a copyable address in the body, all absolute."""
    seen = SEEN["index"]
    kinds = [("application/rss+xml", ".rss"), ("application/atom+xml", ".atom"), ("application/feed+json", ".json")]
    wanted = [(kind, BASE + stem + suffix) for stem in ("tangshan", "b") for kind, suffix in kinds]
    assert [(n.get("type"), n.get("href")) for n in seen.xpath("/html/head/link[@rel='alternate']")] == wanted
    assert [(n.get("type"), n.get("href")) for n in seen.xpath("//a[@type][contains(@class, 'key')]")] == wanted
    assert seen.xpath("//code/text()") == [BASE + "tangshan.rss", BASE + "b.rss"]
    assert seen.xpath("//button/@data-copy") == seen.xpath("//code/text()")


def test_the_landing_page_shows_the_newest_headlines_as_text_and_leads_to_our_pages():
    lines = SEEN["index"].xpath("//ul[@class='brief']/li/a")
    assert words(lines[1]) == "关于<试点>工作的通知:1 < 2 && AT&T"
    assert [line.get("href") for line in lines] == [entry_page.path(one) for one in ENTRIES[: landing.HEADLINES]]


def test_the_landing_page_shows_health_only_where_it_is_known():
    """Verdict and plot by portal; without an overview neither, and no link to a status page."""
    seen = SEEN["index"]
    assert [badge.get("class") for badge in seen.xpath("//*[contains(@class, 'badge')]")] == ["badge well", "badge broken"]
    assert len(seen.xpath("//svg[@role='img']")) == 2
    blind = markup.fromstring(landing.render(catalogue()))
    assert not blind.xpath("//svg | //*[contains(@class, 'badge')] | //a[@href='status.html']")


def test_a_landing_page_with_many_feeds_has_a_list_of_them_and_stays_light():
    """Each name leads to its card; three headlines each, and no plot."""
    many = tuple(feed(stem=f"p{n}", title=f"门户{n}") for n in range(landing.MANY + 4))
    made = landing.render(replace(catalogue(), feeds=many, overview=OVERVIEW))
    seen = markup.fromstring(made)
    assert [link.get("href") for link in seen.xpath("//ul[@class='contents']/li/a")] == [
        f"#{one.get('id')}" for one in seen.find_class("card")
    ]
    assert {len(one.findall("li")) for one in seen.find_class("brief")} == {landing.FEW_HEADLINES}
    assert not seen.xpath("//main//svg")
    assert len(made) < LIGHT
    assert not SEEN["index"].find_class("contents")


def test_a_landing_page_without_feeds_says_so():
    seen = markup.fromstring(landing.render(replace(catalogue(), feeds=())))
    assert "还没有订阅源" in words(seen.find(".//main"))


# ---------------------------------------------------------------- a feed


def test_a_feed_is_grouped_by_local_day_in_its_own_order():
    days = SEEN["feed"].xpath("//section[@data-day]")
    assert [day.find(".//time").get("datetime") for day in days] == ["2019-05-11", "2019-05-10", "2019-05-09", "2019-05-08", "2019-05-07"]
    assert "2019年5月11日 星期六" in words(days[0])
    assert "Saturday, 11 May 2019" in words(days[0])
    assert SEEN["feed"].xpath("//h3/a/@href") == [entry_page.path(one) for one in feed().entries]


@pytest.mark.parametrize(
    ("title", "shown", "hidden"),
    [("只知道日期的公告", "只知日期", ":"), ("没有日期的公告", "原文未注明日期", "只知日期"), ("关于<试点>工作的通知", "09:30", "首见")],
)
def test_a_date_shows_no_more_than_is_known(title, shown, hidden):
    """A bare day has no time of day; an unknown date is said to be one, with the time of first seeing."""
    (line,) = [line for line in SEEN["feed"].xpath("//li[@data-line]") if title in words(line.find(".//h3"))]
    stamp = words(line.find_class("stamp")[0])
    assert shown in stamp
    assert hidden not in stamp


def test_the_search_is_hidden_until_a_script_can_serve_it():
    field = SEEN["feed"].xpath("//*[@role='search']")[0]
    assert field.get("hidden") is not None
    assert field.find("label").get("for") == field.find("input").get("id") == "q"


def test_lists_are_bounded_and_say_that_there_is_more():
    made = tuple(entry(n, f"第{n}条", local(2019, 5, 11, 11, 0) - timedelta(minutes=n)) for n in range(page.MOST + 1))
    seen = markup.fromstring(page.render(replace(feed(), entries=made)))
    assert len(seen.xpath("//li[@data-line]")) == page.MOST
    assert "更早的文章见订阅源" in words(seen.find(".//footer"))
    assert "更早的文章见订阅源" not in words(SEEN["feed"].find(".//footer"))


# ---------------------------------------------------------------- an article


def test_an_article_shows_its_text_its_dates_and_the_way_to_the_original():
    seen = SEEN["article"]
    assert words(seen.find(".//h1")) == ENTRIES[0].title
    assert seen.xpath("//div[@class='body']//img/@src") == ["http://www.china0315.com/up/2019/1.jpg"]
    facts = {words(row.find("dt").find_class("en")[0]): row.find("dd") for row in seen.xpath("//dl/div")}
    assert words(facts["Published"]) == "2019-05-11 11:13"
    assert words(facts["First seen"]) == "2019-05-11 11:16"
    assert words(facts["Source"]).startswith("澎湃新闻 问政")
    assert "2019-05-09 13:13" in words(facts["Source"])
    assert facts["Original"].find("a").get("href") == ENTRIES[0].url
    assert seen.xpath("/html/head/link[@rel='canonical']/@href") == [ENTRIES[0].url]


@pytest.mark.parametrize(
    ("url", "media_type", "title", "name", "kind"),
    [
        ("http://a.example/x/%E5%B9%B4%E6%8A%A5.pdf?v=1", "application/pdf", "", "年报.pdf", "PDF"),
        ("http://a.example/x/%FF.docx", "application/vnd.x", "附件1", "附件1", "DOCX"),
        ("http://a.example/get?id=7", "application/zip", "", "get", "application/zip"),
        ("http://a.example/", "application/zip", "", "http://a.example/", "application/zip"),
    ],
)
def test_an_attachment_has_a_name_and_a_kind_that_people_know(url, media_type, title, name, kind):
    made = markup.fromstring(entry_page.render(replace(ENTRIES[0], enclosures=(Enclosure(url, media_type, title, 5),)), feed()))
    assert words(made.xpath("//ul[@class='files']/li")[0]) == f"{name} {kind} 5 Bytes"


def test_an_edited_article_shows_its_revision_and_one_without_text_says_so():
    seen = SEEN["bare"]
    assert "revision 2, 2019-05-08 09:00" in words(seen.xpath("//dl")[0])
    assert "没有正文" in words(seen.find(".//main"))


def test_a_withdrawn_article_says_nothing_of_what_it_said():
    raw = ALL["gone"].decode()
    assert "此文已被来源网站撤下" in raw
    assert not [text for text in (ENTRIES[0].title, ENTRIES[0].url, ENTRIES[0].summary, "成立70周年") if text in raw]


@pytest.mark.parametrize(
    ("identifier", "wanted"),
    [
        ("tag:feeds.example.org,2019:tangshan/4711", "a/4711.html"),
        ("tag:x,2026:feedbridge/6twqa6ouhqygusrktul5dmhmmw", "a/6twqa6ouhqygusrktul5dmhmmw.html"),
        ("tag:x,2026:feedbridge/..", None), ("tag:x,2026:a\\..\\b", None), ("", None), ("x/" + "y" * 81, None),
        ("x/\ud800", None), ("x/新闻", None),
    ],
)  # fmt: skip
def test_the_path_of_a_page_comes_from_the_id_and_leaves_its_folder_never(identifier, wanted):
    made = entry_page.path(Entry(id=identifier, portal="", url="", title="", first_seen=local(2019, 1, 1), published=local(2019, 1, 1),
                                 updated=local(2019, 1, 1)))  # fmt: skip
    assert made == wanted if wanted else re.fullmatch(r"a/[0-9a-f]{26}\.html", made)


# ---------------------------------------------------------------- words, plots, imports


@pytest.mark.parametrize("language", ["zh", "zh-CN", "ZH-hant", "en", "de", "und", ""])
def test_a_page_speaks_chinese_beside_chinese_and_english_beside_anything_else(language):
    assert wording.tongue(language) == ("zh" if language.lower().startswith("zh") else "en")
    seen = markup.fromstring(page.render(feed(language=language)))
    assert seen.get("lang") == ("zh-CN" if language.lower().startswith("zh") else "en")


def test_both_languages_have_every_text_with_the_same_gaps():
    for chinese, english in wording.TEXTS.values():
        assert chinese
        assert english
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english))


@pytest.mark.parametrize("values", [(), (0,), (0, 0, 0), (1,), (1, 0, 1000), tuple(range(30)), (-3, 5)])
def test_a_plot_keeps_its_bars_inside_and_in_proportion(values):
    plot = plots.per_day(values, local(2026, 3, 1).date())
    assert len(plot.bars) == len(values)
    assert all(bar.y >= 0 and bar.y + bar.height == plot.height and bar.x + bar.width <= plot.width for bar in plot.bars)
    assert sorted(plot.bars, key=lambda bar: bar.value) == sorted(plot.bars, key=lambda bar: (bar.value, bar.height))
    assert (plot.total, plot.top) == (sum(bar.value for bar in plot.bars), max([0, *values]))
    assert [bar.day for bar in plot.bars][-2:] == ["2026-02-28", "2026-03-01"][-len(values) or 2 :]


def test_importing_the_pages_loads_no_template_engine():
    code = (
        "import sys; from bridge.formats import html, page, entry_page, status_page; "
        "print([m for m in ('jinja2', 'markupsafe', 'nh3', 'lxml') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_overview_of_the_samples_is_what_the_pages_show():
    assert PORTAL in OVERVIEW.portals
