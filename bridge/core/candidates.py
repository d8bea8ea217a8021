"""The links of a page that may lead to articles: their titles, where they stand, and the signature of that place."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from lxml.html import HtmlElement

from . import dom, wording
from .outline import Anchor, Outline, Run
from .shapes import Shape

CHROME, ASIDE, MAIN = 2, 1, 0

_SIDE = 0.6  # of the titles outside of chrome are too many for a side column

_CHROME = re.compile(
    r"(?:^|[-_\s])(?:nav\w*|menu\w*|footer|foot|copyright|breadcrumbs?|crumbs?|pager|pagination|paging|share|sharing|social|login|search(?!-?(?:results?|list|content|page|items?))"
    r"|toolbar|topbar|tags?(?![-_]?[\w-])|tag[-_]?(?:s|cloud|list|links?|box|wrap\w*|area)|keywords?|tagcloud|lang\w*|cookie\w*|consent|friend-?links?|links?-?friend|yqlj|modal|popup|offcanvas|skip\w*|sitemap|contentinfo"
    r"|mega\w*|dropdown)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:^|[-_\s])(?:aside|(?<!by[-_])side(?![-_]by)|sidebar\w*|sider|rank\w*|hot|hot-?(?:list|news|words|article)s?|recommend\w*|related|widget-area|popular|most-?(?:read|pop|view|comment|shar)\w*|trending|ads?"
    r"|advert\w*|sponsor\w*|comments?|tuijian|paihang|rightbar|newsletter|subscribe)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_WIDGET = re.compile(r"(?:^|\s)widget(?:[\s_]|$)", re.IGNORECASE)
_TERMS = re.compile(r"(?:^|\s)(?:tag|category|type|format|status|author)-\S+")
_CENTRE = re.compile(r"(?:^|\s)(?:main|content|primary)(?:[-_]?(?:content|column|area|col))?(?:\s|$)", re.IGNORECASE)
_HEADER = re.compile(r"(?:^|\s)(?:(?:site|page|main|global|top)[-_]?)?(?:header|masthead|head|top|hd)(?:\s|$)", re.IGNORECASE)
_TITLE_CLASS = re.compile(r"(?:^|[-_.])(?:title|tit|headline|subject|bt|biaoti|heading|name)(?:$|[-_\d])", re.IGNORECASE)
_META_CLASS = re.compile(r"(?:^|[-_.])(?:date|time|datetime|shijian|pubdate|pub|meta|author|count|views?|num)(?:$|[-_\d])", re.IGNORECASE)
_RUNS_ON = re.compile(r"[\w,，]$")
_FORMATTING = frozenset(re.findall(r"\w+", "font b strong i em u span center tt big small nobr ins label"))
_DIGITS = re.compile(r"\d+")
_NAMED = frozenset(("nav", "footer", "aside", "header"))  # tags that are names themselves
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LABELLED = re.compile(
    r"(?:文章)?标\s*题\s*[:：]\s*(.{2,200}?)\s*(?:[\r\n]|(?:作\s*者|(?:更新|发表|发布|添加)?(?:时\s*间|日\s*期)|点\s*击\S{0,4}|来\s*源)\s*[:：]|$)",
    re.DOTALL,
)

_ORDINAL = re.compile(r"\d{1,2}\s?[.．、)]?")
_LONGEST_LABEL = 12
_BRACKETED = re.compile(r"\s*[\[【(（〔].{1,10}[\]】)）〕]\s*")
_LABEL_CLASS = re.compile(
    r"(?:^|[-_\s])(?:labels?|badge|tags?|cat|category|rubrik|rubric|rubrique|kicker|flag|section|channel|type|sticky|pin|icon|num|no|pos|index|rank)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_SOUGHT = re.compile(r"(?:^|[-_\s])(?:keywords?|kw|hl|mark(?:ed)?|em|red|term|match)(?:$|[-_\s])|high|title|headline", re.IGNORECASE)
_SAID = re.compile(r"\s*\S{1,8}\s*[:：]")  # a line of a label and what it says, below the title


@dataclass(slots=True, eq=False)
class Candidate:
    """A link with the title it goes by.

    `place` is the signature of where it stands, `level` CHROME, ASIDE or MAIN. core.items sets `item` (the element that is its
    line), `gap` (-1: what belongs to it stands before the item, 1: after), `until` (the run where the next line begins), `hot`
    (under a hot list's heading), `borrowed` (the title is of the item, not of the link) and `beside` (its context, once somebody asked);
    core.company `form` (the address is that of another link with a query added).
    """

    number: int
    url: str
    shape: Shape
    title: str
    likeness: float
    heading: bool
    place: str
    level: int = MAIN
    prose: bool = False
    item: int = -1
    until: int = -1
    gap: int = 1
    hot: bool = False
    borrowed: bool = False
    form: bool = False
    beside: list[int] | None = None


def candidates(page: Outline) -> list[Candidate]:
    """Every link of the page once per place, in document order; anchors of one address side by side are one."""
    page.labels = _labels(page)
    places: _Places = {}
    found = [_candidate(page, number, anchor, places) for number, anchor in enumerate(page.anchors)]
    merged = _merged(page, found)
    _set_levels(page, merged)
    return merged


_Places = dict[tuple[str, str, str, int], tuple[str, bool]]
"""By the labels of three elements and the number of the fourth: the signature of the place, and whether a heading is among them."""


def _candidate(page: Outline, number: int, anchor: Anchor, places: _Places) -> Candidate:
    title = title_of(page, anchor)
    place, heading = _stands(page, anchor.node, places)
    heading = heading or _has_heading(page, anchor)
    return Candidate(number, anchor.url, anchor.shape, title, wording.title_likeness(title), heading, place, prose=_in_prose(page, anchor))


def _stands(page: Outline, number: int, places: _Places) -> tuple[str, bool]:
    """Where an anchor stands; the lines of a list stand alike."""
    node, nodes = page.nodes[number], page.nodes
    above = nodes[node.parent] if node.parent >= 0 else node
    third = nodes[above.parent] if above.parent >= 0 else above
    key = (node.label, above.label, third.label, third.parent)
    if third.parent < 0 or key not in places:
        chain = page.ancestors(number, 8)
        places[key] = _place(page, chain), not _HEADINGS.isdisjoint([nodes[one].tag for one in chain[:4]])
    return places[key]


def _labels(page: Outline) -> frozenset[str]:
    """Short pieces at the ends of links that three addresses and more share, in brackets or called something: [置顶], VIDEO."""
    found: dict[str, set[str]] = {}
    for anchor in page.anchors:
        low, high = anchor.runs
        for run in page.runs[low : min(high - 1, low + 2)] if high - low > 1 else ():
            if run.node == anchor.node or len(run.text) > _LONGEST_LABEL or not _is_label(page, run):
                break
            found.setdefault(run.text, set()).add(anchor.url)
        if high - low > 1 and _is_tail(page, page.runs[high - 1], anchor):
            found.setdefault(page.runs[high - 1].text, set()).add(anchor.url)
    return frozenset(text for text, urls in found.items() if len(urls) >= 3)


def _is_label(page: Outline, run: Run) -> bool:
    return _BRACKETED.fullmatch(run.text) is not None or _LABEL_CLASS.search(page.nodes[run.node].element.get("class") or "") is not None


def _is_tail(page: Outline, run: Run, anchor: Anchor) -> bool:
    """Whether a piece is called a label, or is set apart by a class that does not call it a word that was searched for."""
    if run.node == anchor.node or len(run.text) > _LONGEST_LABEL:
        return False
    name = page.nodes[run.node].element.get("class") or ""
    return _is_label(page, run) or (bool(name) and dom.width(run.text) >= 6 and _SOUGHT.search(name) is None)


def _place(page: Outline, chain: list[int]) -> str:
    """The labels of an anchor and of what it lies in, six deep, formatting left out."""
    labels = [page.nodes[node].label for node in chain]
    kept = [label for place, label in enumerate(labels) if place == 0 or label not in _FORMATTING]
    return "<".join(kept[:6])


def _has_heading(page: Outline, anchor: Anchor) -> bool:
    low, high = anchor.runs
    return any(_heading_within(page, run, anchor.node) for run in page.runs[low : min(high, low + 8)])


def _heading_within(page: Outline, run: Run, top: int) -> bool:
    node = run.node
    while node > top:
        if page.nodes[node].tag in _HEADINGS:
            return True
        node = page.nodes[node].parent
    return False


# ---------------------------------------------------------------- titles


def title_of(page: Outline, anchor: Anchor) -> str:
    """The title a link goes by: its heading, its one line, its likeliest line; whole where `title=` or `alt=` has what was cut."""
    shown = wording.cleaned(_shown(page, anchor))
    hint = _hint(anchor.title) if anchor.title else ""
    if not shown:
        return hint or next((picture.alt for picture in page.pictures[slice(*anchor.pictures)] if picture.alt), "")
    stem = wording.uncut(shown)
    if stem and not hint:
        return shown
    if wording.is_cut(shown) and hint.startswith(stem):
        return hint
    if len(hint) > len(stem) and hint.startswith(stem) and dom.width(stem) >= 12:
        return hint
    return hint if wording.is_idle(shown) and wording.title_likeness(hint) >= 0.8 else shown


def _hint(title: str) -> str:
    """What `title=` says the title is; some systems put a labelled table there."""
    labelled = _LABELLED.search(title[:600]) if "题" in title else None
    if labelled:
        return dom.normal(labelled[1])
    first, broken, rest = title[:400].partition("\n")
    return dom.normal(first if broken and _SAID.match(rest) else title[:400])


def _shown(page: Outline, anchor: Anchor) -> str:
    runs = page.runs[slice(*anchor.runs)][:40]
    if len(runs) < 2:
        return runs[0].text if runs else ""
    while len(runs) > 1 and runs[0].text in page.labels:
        runs = runs[1:]
    while len(runs) > 1 and runs[-1].text in page.labels:
        runs = runs[:-1]
    if heading := [run for run in runs if _heading_within(page, run, anchor.node)]:
        return _joined([run for run in heading if run.line == heading[0].line])
    kept = [run for run in runs if not _is_meta(page, run, anchor)] or runs
    lines: dict[int, list[Run]] = {}
    for run in kept:
        lines.setdefault(run.line, []).append(run)
    if len(lines) == 1:
        return _joined(kept)
    named = [line for line in lines.values() if _TITLE_CLASS.search(page.nodes[line[0].node].label)]
    likely = [line for line in lines.values() if wording.title_likeness(_joined(line)) >= 0.5]
    best = (named or likely)[0] if named or likely else max(lines.values(), key=lambda line: len(_joined(line)))
    return _joined(best)


def _is_meta(page: Outline, run: Run, anchor: Anchor) -> bool:
    if wording.is_date(run.text):
        return True
    if run.node == anchor.node:
        return False
    node = page.nodes[run.node]
    return (len(run.text) <= 4 and _ORDINAL.fullmatch(run.text) is not None) or (
        node.tag == "time" or _META_CLASS.search(node.label.partition(".")[2]) is not None
    )


def _joined(runs: list[Run]) -> str:
    """Runs of one line as they read: a space between those that letters of spaced scripts would glue."""
    text, last = "", ""
    for run in runs:
        if run.text == last:
            continue
        last = run.text
        glue = " " if text and text[-1].isascii() and run.text[:1].isascii() else ""
        text += glue + run.text
    return text


def _in_prose(page: Outline, anchor: Anchor) -> bool:
    """Whether text runs on before and after the link on its line, or a sentence runs into it: a link within a sentence."""
    first, last = anchor.runs
    if first == last:
        return False
    line = page.runs[first].line
    before, after = (page.runs[number] if 0 <= number < len(page.runs) else None for number in (first - 1, last))
    if before is None or not _tells(before, line, 16):
        return False
    if after is not None and _tells(after, line, 16):
        return True
    return _tells(before, line, 32) and _RUNS_ON.search(before.text) is not None and before.node in page.ancestors(anchor.node, 4)


def _tells(run: Run, line: int, columns: int) -> bool:
    return run.line == line and run.anchor < 0 and dom.width(run.text) >= columns and not wording.has_date(run.text[:60])


# ---------------------------------------------------------------- the same address twice, and where links stand


def _merged(page: Outline, found: list[Candidate]) -> list[Candidate]:
    """A picture, a headline and a “read more” beside each other are one link, under the best of their titles."""
    kept: list[Candidate] = []
    often = Counter([candidate.url for candidate in found])
    for candidate in found:
        before = kept[-4:] if often[candidate.url] > 1 else ()
        near = next((other for other in before if other.url == candidate.url and _beside(page, found, other, candidate)), None)
        if near is None:
            kept.append(candidate)
            continue
        better = _rank(page, candidate) > _rank(page, near)
        main, other = (candidate, near) if better else (near, candidate)
        page.anchors[main.number].same += [other.number, *page.anchors[other.number].same]
        if better:
            kept.remove(near)
            kept.append(candidate)
    return sorted(kept, key=lambda candidate: candidate.number)


def _beside(page: Outline, found: list[Candidate], first: Candidate, second: Candidate) -> bool:
    """Whether two links stand in one small element without other headlines, or next to each other in a flat one."""
    apart = second.number - first.number
    mine, other = page.nodes[page.anchors[first.number].node], page.nodes[page.anchors[second.number].node]
    if apart <= 2 and mine.parent == other.parent:
        return True
    for node in page.ancestors(mine.parent, 12):
        low, high = page.nodes[node].anchors
        if high - low > 8:
            return False
        if low <= second.number < high:
            return sum(other.likeness >= 0.8 and other.url != first.url for other in found[low:high]) <= 1
    return False


def _rank(page: Outline, candidate: Candidate) -> tuple[float, bool]:
    anchor = page.anchors[candidate.number]
    spoken = anchor.runs[0] != anchor.runs[1]
    likely = min(candidate.likeness, 0.6)  # a short title before a long lead is the title
    return likely + 0.5 * candidate.heading * (candidate.likeness > 0) + 0.3 * spoken, candidate.heading


def _set_levels(page: Outline, found: list[Candidate]) -> None:
    """Chrome and side columns by the names of elements; what holds most of a page's titles is neither."""
    names = _Names(page, _sums(page, found))
    said = [(candidate, names.of(page.anchors[candidate.number].node)) for candidate in found]
    sums = _sums(page, [candidate for candidate, (chrome, _) in said if not chrome])
    wide = {node for node, most in names.sides.items() if _held(page, node, sums) > most * sums[-1]}
    for candidate, (chrome, sides) in said:
        candidate.level = CHROME if chrome else ASIDE if any(node not in wide for node in sides) else MAIN


def _sums(page: Outline, found: list[Candidate]) -> list[float]:
    """How much reads like titles before each anchor."""
    own = [0.0] * (len(page.anchors) + 1)
    for candidate in found:
        own[candidate.number + 1] = candidate.likeness if candidate.likeness >= 0.5 else 0.0
    return list(accumulate(own))


def _held(page: Outline, number: int, sums: list[float]) -> float:
    low, high = page.nodes[number].anchors
    return sums[high] - sums[low]


class _Names:
    """What the elements around links call themselves; `sides`: those named side columns, with the share of titles that is too much."""

    def __init__(self, page: Outline, sums: list[float]) -> None:
        self.page, self.sums = page, sums
        self.sides: dict[int, float] = {}
        self._known: dict[int, tuple[bool, tuple[int, ...]]] = {-1: (False, ())}

    def of(self, node: int) -> tuple[bool, tuple[int, ...]]:
        """Whether an element lies in chrome, and the side columns in which it lies."""
        chain = []
        while node not in self._known:
            chain.append(node)
            node = self.page.nodes[node].parent
        nodes = self.page.nodes
        for current in reversed(chain):
            chrome, sides = self._known[node]
            low, high = nodes[current].anchors
            level = self._own(current) if high - low >= 3 or nodes[current].tag in _NAMED else MAIN
            self._known[current] = (chrome or level == CHROME, (*sides, current) if level == ASIDE else sides)
            node = current
        return self._known[node]

    def _own(self, number: int) -> int:
        page, node = self.page, self.page.nodes[number]
        low, high = node.anchors
        words = _words(node.element) if high - low >= 3 else "  "
        plain = node.tag in ("nav", "footer", "aside") or (node.tag == "header" and _is_banner(page, number))
        if node.parent < 0 or not (plain or words != "  "):
            return MAIN
        header, nav, aside, widget = _says(words)
        held, most = _held(page, number, self.sums), 0.85 if plain else 0.5
        if (plain and node.tag != "aside") or nav or (header and high - low >= 6 > 12 * held / (high - low)):
            return CHROME if held <= most * self.sums[-1] else MAIN
        if plain or aside or (widget and not _is_central(page, node.parent)):
            self.sides[number] = max(most, _SIDE)
            return ASIDE
        return MAIN


def _words(element: HtmlElement) -> str:
    """Class, id and role, numbers as 0; without the classes that tell the tags and categories of a WordPress post (`post_class`)."""
    names = element.get("class") or ""
    if "post" in names or "hentry" in names:
        names = _TERMS.sub(" ", names)
    return _DIGITS.sub("0", f"{names} {element.get('id') or ''} {element.get('role') or ''}")


@lru_cache(maxsize=4096)
def _says(words: str) -> tuple[bool, bool, bool, bool]:
    """Whether an element's names say header, other chrome, side column, widget."""
    header, nav, aside, widget = (said.search(words) is not None for said in (_HEADER, _CHROME, _ASIDE, _WIDGET))
    return header, nav, aside, widget


def _is_central(page: Outline, number: int) -> bool:
    """Whether what holds an element calls itself the page's main part."""
    elements = [page.nodes[node].element for node in page.ancestors(number, 3)]
    return any(element.tag == "main" or _CENTRE.search(element.get("id") or "") for element in elements)


def _is_banner(page: Outline, number: int) -> bool:
    """Whether a `<header>` is the page's own (HTML Standard §4.3.8), not that of an article or section."""
    return all(page.nodes[node].tag not in ("article", "section", "main", "li", "aside") for node in page.ancestors(number))
