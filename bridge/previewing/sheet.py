"""One self-contained HTML page: the portal's page as it came beside what was read from it."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from ..model import Article, ListPage, Page
from . import articles, reasons
from .lists import stamp
from .machines import Offer
from .reading import Target

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_HEAD = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">
<title>Feedbridge preview</title>
<style>
body {{ margin: 0; font: 15px/1.6 system-ui, sans-serif; color: #222; background: #f3f3f1 }}
section {{ display: grid; grid-template-columns: 1fr 1fr; gap: 12px; padding: 12px; min-height: 100vh; box-sizing: border-box }}
section > h1 {{ grid-column: 1 / 3; margin: 0; font-size: 15px; font-weight: 600; overflow-wrap: anywhere }}
iframe, .read {{ width: 100%; height: 92vh; box-sizing: border-box; border: 1px solid #ccc; background: #fff }}
.read {{ overflow: auto; padding: 16px 20px }}
h2 {{ font-size: 22px; line-height: 1.3; margin: 0 0 12px }} h3 {{ font-size: 14px; margin: 24px 0 6px; color: #666 }}
table {{ border-collapse: collapse; font-size: 13px; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: 3px 10px 3px 0; border-bottom: 1px solid #eee; overflow-wrap: anywhere }}
td:first-child {{ white-space: nowrap; color: #666 }}
pre {{ white-space: pre-wrap; font: 12px/1.5 ui-monospace, monospace; background: #f7f7f5; padding: 10px; overflow-wrap: anywhere }}
.text {{ border-top: 2px solid #222; margin-top: 14px; overflow-wrap: anywhere }} .text table {{ width: auto }}
.fault {{ color: #b00020; font-weight: 600 }}
@media (max-width: 900px) {{ section {{ grid-template-columns: 1fr }} section > h1 {{ grid-column: 1 }} }}
</style></head><body>
"""


class Sheet:
    """Collects targets; `html` is the page so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def html(self) -> str:
        """The whole page: no script, no address that a browser asks for by itself, the portal's page in a sandboxed frame."""
        return _HEAD + "\n".join(self._parts) + "\n</body></html>\n"

    def add(self, target: Target, found: ListPage | Article | None, error: str, offers: Sequence[Offer], now: datetime) -> None:
        """The target is on the page, beside what was read or why nothing could be."""
        if isinstance(found, ListPage):
            read = _list(found, offers)
        elif found is not None:
            read = _article(found, now)
        else:
            read = f'<p class="fault">{escape(error)}</p>'
        frame = _frame(target.page) if target.page else "<div></div>"
        self._parts.append(f'<section><h1>{escape(target.name)}</h1>\n{frame}\n<div class="read">{read}</div></section>')


def _frame(page: Page) -> str:
    from ..core import charset
    from . import harmless

    text = harmless.page(charset.decode(page.body, page.content_type).text) if b"<" in page.body[:100_000] else ""
    return f'<iframe sandbox="" title="the page as it came" srcdoc="{escape(text)}"></iframe>'


def _rows(rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    top = "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>" if head else ""
    return "<table>" + top + "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"


def _list(page: ListPage, offers: Sequence[Offer]) -> str:
    links = [(stamp(link.published), link.title, link.url) for link in page.links]
    facts = [
        ("links", str(len(page.links))),
        ("charset", page.charset),
        ("language", page.language or "-"),
        ("next page", page.next or "-"),
    ]
    facts += [(offer.kind, f"{offer.url}: {offer.verdict(page)}") for offer in offers]
    dropped = [(one.why, one.title, one.url) for one in page.dropped]
    why = "\n".join(reasons.of_list(page, 90))
    left = f"<h3>left out</h3>{_rows(dropped)}" if dropped else ""
    return f"{_rows(facts)}<h3>links</h3>{_rows(links)}{left}<h3>why</h3><pre>{escape(why)}</pre>"


def _article(article: Article, now: datetime) -> str:
    from . import harmless

    files = [("image", f"{image.url} {image.alt}") for image in article.images]
    files += [("file", f"{file.url} {file.title}") for file in article.enclosures]
    why = "\n".join(reasons.of_article(article, 90))
    chat = "\n".join(articles.chat(article, now, 60))
    return (
        f"<h2>{escape(article.title)}</h2>{_rows(articles.facts(article))}"
        f'<div class="text">{harmless.fragment(article.content_html)}</div>{_rows(files)}'
        f"<h3>chat</h3><pre>{escape(chat)}</pre><h3>why</h3><pre>{escape(why)}</pre>"
    )
