"""The landing page: every feed with its newest headlines and its addresses, for a person without a feed reader at hand.

One static file without script and without any request: the policy in its head forbids them, and only the style sheet inside,
by its hash, is let through. Every text in it is escaped; addresses are absolute http(s).
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from bridge.model import Catalogue, Feed

from . import atom, jsonfeed, opml, rss, text
from .item import NAME as PROGRAM
from .item import Head, Item, head, items, self_url

NAME = "index.html"
MEDIA_TYPE = "text/html"
HEADLINES = 12

_FORMATS = (("RSS", rss), ("Atom", atom), ("JSON Feed", jsonfeed))

_WORDS = {
    "zh": {
        "lead": "把一个地址复制到阅读器里，就能收到新文章。",
        "all": "全部订阅源（OPML）",
        "home": "来源网站",
        "address": "订阅地址",
        "empty": "还没有文章。",
        "seen": "首见",
        "unknown": "原文未注明日期",
    },
    "en": {
        "lead": "Copy an address into a feed reader to get new articles as they appear.",
        "all": "All feeds (OPML)",
        "home": "Website",
        "address": "Feed address",
        "empty": "No articles yet.",
        "seen": "first seen",
        "unknown": "The page states no date",
    },
}

_STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --soft: #66666b; --line: #e2e2e0; --page: #fcfcfa; --card: #fff; --link: #0b57a8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e3; --soft: #a0a09c; --line: #35353a; --page: #161618; --card: #1e1e21; --link: #8ab8f0 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 4rem; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.75 system-ui, -apple-system, "PingFang SC", "Hiragino Sans GB", "Noto Sans CJK SC", "Source Han Sans SC",
  "Microsoft YaHei", sans-serif; text-autospace: normal; line-break: strict; overflow-wrap: anywhere }
h1 { font-size: 1.75rem; line-height: 1.3; margin: 0 0 .5rem }
h2 { font-size: 1.3rem; line-height: 1.35; margin: 0 }
p { margin: .4rem 0 }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .2em }
section { margin: 2rem 0; padding: 1.25rem 1.4rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem }
ul { list-style: none; margin: .9rem 0 0; padding: 0 }
li { display: flex; gap: 1rem; justify-content: space-between; padding: .4rem 0; border-top: 1px solid var(--line) }
li a { text-decoration: none }
li a:hover, li a:focus-visible { text-decoration: underline }
time { color: var(--soft); font-size: .875rem; white-space: nowrap; font-variant-numeric: tabular-nums }
.soft { color: var(--soft); font-size: .9375rem }
code { font: .875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; user-select: all; padding: .1rem .4rem;
  border: 1px solid var(--line); border-radius: .35rem; background: var(--page) }
@media (max-width: 30rem) { li { flex-direction: column; gap: 0 } }
"""


def render(catalogue: Catalogue) -> bytes:
    """The page in UTF-8; the same catalogue always gives the same bytes."""
    words, language = _language(catalogue)
    title = escape(text.line(catalogue.title) or PROGRAM)
    feeds = "\n".join(_section(feed, words) for feed in catalogue.feeds)
    listing = escape(text.address(catalogue.base_url + opml.NAME) or opml.NAME)
    page = f"""<!doctype html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
{_alternates(catalogue)}<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="soft">{words["lead"]} <a href="{listing}" type="{opml.MEDIA_TYPE}">{words["all"]}</a></p>
</header>
<main>
{feeds}
</main>
</body>
</html>
"""
    return page.encode()


def _policy() -> str:
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _language(catalogue: Catalogue) -> tuple[dict[str, str], str]:
    """Our words and the page's language: those of the first feed, where we speak it, else English."""
    tag = next((feed.language for feed in catalogue.feeds), "zh-CN")
    known = text.language(tag) or "en"
    words = _WORDS.get(known.partition("-")[0].lower())
    return (words, known) if words else (_WORDS["en"], "en")


def _alternates(catalogue: Catalogue) -> str:
    return "".join(_alternate(feed, name, form.SUFFIX, form.MEDIA_TYPE) for feed in catalogue.feeds for name, form in _FORMATS)


def _alternate(feed: Feed, name: str, suffix: str, media_type: str) -> str:
    about = head(feed, suffix)
    return f'<link rel="alternate" type="{media_type}" title="{escape(about.title)} ({name})" href="{escape(about.self_url)}">\n'


def _section(feed: Feed, words: dict[str, str]) -> str:
    about = head(feed, rss.SUFFIX)
    links = " · ".join(f'<a href="{escape(self_url(feed, form.SUFFIX))}" type="{form.MEDIA_TYPE}">{name}</a>' for name, form in _FORMATS)
    return f"""<section lang="{escape(about.language)}">
<h2>{escape(about.title)}</h2>
{_description(about)}<p class="soft">{links} · <a href="{escape(about.home_url)}">{words["home"]}</a></p>
<p class="soft">{words["address"]}: <code>{escape(about.self_url)}</code></p>
{_headlines(feed, words)}
</section>"""


def _description(about: Head) -> str:
    return f"<p>{escape(about.description)}</p>\n" if about.description != about.title else ""


def _headlines(feed: Feed, words: dict[str, str]) -> str:
    rows = "\n".join(_row(item, words) for item in items(feed, HEADLINES))
    return f"<ul>\n{rows}\n</ul>" if rows else f'<p class="soft">{words["empty"]}</p>'


def _row(item: Item, words: dict[str, str]) -> str:
    """A headline with its time in the article's own offset: to the minute, or the day where only that is known."""
    day, exact = f"{item.published:%Y-%m-%d}", item.published.isoformat()
    match item.precision:
        case "day":
            moment = f"<time>{day}</time>"
        case "none":
            moment = f'<time datetime="{exact}" title="{words["unknown"]}">{words["seen"]} {day}</time>'
        case _:
            moment = f'<time datetime="{exact}">{day} {item.published:%H:%M}</time>'
    return f'<li><a href="{escape(item.url)}" dir="auto">{escape(item.title)}</a> {moment}</li>'
