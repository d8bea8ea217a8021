"""`--explain`: for each field the rule that won and what it won against."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import Article, ListPage
from .facts import iso
from .layout import clip, fitted, labelled, room, shown


def of_article(article: Article, columns: int) -> list[str]:
    """The reasons behind an article, field by field."""
    found = ["why"]
    for name, value in _values(article).items():
        reason = article.explain.get(name)
        if isinstance(reason, Mapping):
            found += _reason(name, value, reason, columns)
    for missed in _texts(article.explain.get("selectors")):
        found += labelled("  selector", missed, columns, 16)
    return found


def _values(article: Article) -> dict[str, str]:
    """What each field that has a reason came to be, in a few words."""
    return {
        "title": article.title,
        "published": iso(article.published) or "",
        "body": f"{len(article.content_text)} characters",
        "source": article.source.name if article.source else "",
        "author": article.author or "",
        "editor": article.editor or "",
        "contributor": article.contributor or "",
        "category": " > ".join(article.category),
        "summary": article.summary,
    }


def _reason(name: str, value: str, reason: Mapping[str, Any], columns: int) -> list[str]:
    element = f" in {reason['element']}" if reason.get("element") else ""
    rivals = _texts(reason.get("rivals"))
    own = next((rival for rival in rivals if name == "published" and value and value in rival), "")
    found = labelled(f"  {name}", clip(shown(value) or "none", max(20, columns - 16)), columns, 16)
    found += labelled("    rule", own or shown(str(reason.get("rule") or "-")) + element, columns, 16)
    for number, rival in enumerate(one for one in rivals if one != own):
        found += labelled("" if number else "    not", clip(rival, 2 * (columns - 16)), columns, 16)
    return found


def _texts(value: Any) -> list[str]:
    return [shown(str(one)) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def of_list(page: ListPage, columns: int) -> list[str]:
    """The rule that won, and the groups of links that it chose among."""
    explain = page.explain
    found = [*labelled("why", _rule(explain), columns)]
    for missed in _texts(explain.get("missed")):
        found += labelled("selector", missed, columns)
    if drift := explain.get("drift"):
        found += labelled("moved", f"from {drift.get('was')} to {drift.get('now')}", columns)
    groups = [group for group in explain.get("groups", ()) if isinstance(group, Mapping)]
    return [*found, *_groups(groups)] if groups else found


def _rule(explain: Mapping[str, Any]) -> str:
    told = {
        "groups": "the group of links that reads most like a list of articles",
        "remembered": "the place that won before",
        "json-ld": "the page's own item list (JSON-LD)",
        "page-data": "the data that the page carries for its scripts",
        "selectors": "the selectors in config.toml",
    }
    kind = {"front": ", several blocks of a front page together"}.get(str(explain.get("kind")), "")
    return told.get(str(explain.get("rule")), str(explain.get("rule") or "-")) + kind


def _groups(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    head = ("", "score", "links", "titles", "dates", "address", "menu", "side", "place", "example")
    names = ("score", "links", "titles", "dated", "like", "chrome", "aside")
    rows = [
        (
            "→" if group.get("chosen") else "",
            *(_figure(group.get(name)) for name in names),
            group.get("place", ""),
            shown(str(group.get("example"))),
        )
        for group in groups
    ]
    return fitted(head, rows, room(), give=(8, 9))


def _figure(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
