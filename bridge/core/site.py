"""What the pages of a portal teach, kept as a few KB of JSON: boilerplate, the body's element, the title's suffix, the date's place.

`learn` adds one article, `listed` one list page; the readers ask the other functions. The last 20 articles count, each
address once, and what they say together does not depend on their order.
"""

import re
from base64 import b85encode
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from ..model import Article, ListPage, Site

KEPT = 20
BLOCKS = 64
LISTS = 32
_ENDS = 8
_TITLE = 40
_WORD = re.compile(r"[a-zà-öø-ÿ\u0400-\u04ff\u0600-\u06ff]{3,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_ALIKE = 0.4
_COPIED = 0.6
_SOME, _MOST = 0.2, 0.75


@dataclass(frozen=True, slots=True)
class Lessons:
    """Fingerprints of boilerplate. `sure`: nearly all articles have the block, whatever they are about; `likely`: some have it around them.

    What is only likely may also be a sentence that belongs to this article, and does where it stands between its paragraphs.
    """

    sure: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.sure | self.likely


def key_of(url: str) -> str:
    """A short name for an address, to know an article again."""
    return b85encode(blake2b(url.encode("utf-8", "replace"), digest_size=8).digest()).decode()


def _records(site: Site) -> list[Mapping[str, Any]]:
    records = site.lessons.get("articles", [])
    return [one for one in records if isinstance(one, Mapping)] if isinstance(records, list) else []


def learn(site: Site, article: Article) -> Site:
    """The site with this article's evidence, newest last; an article without evidence teaches nothing but its charset."""
    if not article.evidence:
        return replace(site, charset=article.charset)
    ends = list(article.evidence.get("ends", ()))[:_ENDS]
    record = {
        "url": key_of(article.url),
        "title": article.title[:_TITLE],
        "blocks": list(article.evidence.get("blocks", ()))[: BLOCKS - len(ends)],
        "ends": ends,
        "body": str(article.evidence.get("body", ""))[:160],
        "suffix": str(article.evidence.get("suffix", ""))[:80],
        "date": str(article.evidence.get("date", ""))[:160],
    }
    kept = [one for one in _records(site) if one.get("url") != record["url"]][-(KEPT - 1) :]
    return replace(site, charset=article.charset, lessons={**site.lessons, "articles": [*kept, record]})


def listed(site: Site, page: ListPage) -> Site:
    """The site with the winning signature and the charset of one list page, of LISTS pages at most."""
    if not page.signature or site.signatures.get(page.url) == page.signature:
        return site
    others = [(url, place) for url, place in site.signatures.items() if url != page.url]
    return replace(site, charset=site.charset or page.charset, signatures=dict([*others[1 - LISTS :], (page.url, page.signature[:400])]))


def _others(site: Site, url: str) -> list[Mapping[str, Any]]:
    own = key_of(url)
    return [one for one in _records(site) if one.get("url") != own]


def repeated(site: Site, url: str, title: str, blocks: Collection[str]) -> Lessons:
    """The boilerplate of a page with this title and these fingerprints, as its siblings teach it; the page itself does not count.

    Outside the articles: what two siblings and a fifth of them share. At the ends of the articles a sentence counts only if two and
    three quarters of those share it that are of another kind than this page: daily weather reports, or the forms of a waterworks, share
    their sentences because they are one kind, and teach nothing about each other.
    """
    records = _others(site, url)
    outside = Counter(block for one in records for block in _prints(one, "blocks"))
    unlike = [one for one in records if not _alike(one, title, blocks)]
    anywhere = Counter(block for one in unlike for block in _prints(one, "blocks") | _prints(one, "ends"))
    return Lessons(_shared(anywhere, max(2, round(_MOST * len(unlike)))), _shared(outside, max(2, round(_SOME * len(records)))))


def _shared(counts: Counter[str], need: int) -> frozenset[str]:
    return frozenset(block for block, count in counts.items() if count >= need)


def _prints(record: Mapping[str, Any], name: str) -> set[str]:
    found = record.get(name, ())
    return {one for one in found if isinstance(one, str)} if isinstance(found, list | tuple) else set()


def _alike(record: Mapping[str, Any], title: str, blocks: Collection[str]) -> bool:
    """Whether a sibling is of one kind with the page: titles that share words, or most of the article's ends found here again."""
    mine, theirs = _words(title), _words(str(record.get("title", "")))
    if mine and theirs and len(mine & theirs) >= _ALIKE * min(len(mine), len(theirs)):
        return True
    ends = _prints(record, "ends")
    return len(ends.intersection(blocks)) > _COPIED * len(ends) if ends else False


def _words(title: str) -> set[str]:
    """The words of a title; where words are not set apart, all pairs of neighbouring characters."""
    found: set[str] = set()
    for run in _WORD.findall(title[:_TITLE].casefold()):
        found |= {run} if run[0] < "\u3040" or len(run) == 1 else {run[n : n + 2] for n in range(len(run) - 1)}
    return found


def votes(site: Site, url: str, name: str) -> dict[str, int]:
    """How many siblings said what of `name`: body, suffix, date."""
    return dict(Counter(value for one in _others(site, url) if (value := one.get(name)) and isinstance(value, str)))


def chosen_blocks(hashes: Iterable[str]) -> list[str]:
    """At most BLOCKS fingerprints, each once, in order."""
    return list(dict.fromkeys(hashes))[:BLOCKS]
