"""What the pages of a portal teach, kept as a few KB of JSON: boilerplate, the body's element, the title's suffix, the date's place.

`learn` adds one article, `listed` one list page; the readers ask the other functions. The last 20 articles count, each
address once, and what they say together does not depend on their order.
"""

from base64 import b85encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from ..model import Article, ListPage, Site

KEPT = 20
BLOCKS = 64


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
    record = {
        "url": key_of(article.url),
        "blocks": list(article.evidence.get("blocks", ()))[:BLOCKS],
        "body": str(article.evidence.get("body", ""))[:160],
        "suffix": str(article.evidence.get("suffix", ""))[:80],
        "date": str(article.evidence.get("date", ""))[:160],
    }
    kept = [one for one in _records(site) if one.get("url") != record["url"]][-(KEPT - 1) :]
    return replace(site, charset=article.charset, lessons={**site.lessons, "articles": [*kept, record]})


def listed(site: Site, page: ListPage, url: str) -> Site:
    """The site with the winning signature and the charset of one list page."""
    signatures = {**site.signatures, **({url: page.signature} if page.signature else {})}
    return replace(site, charset=page.charset, signatures=signatures)


def _others(site: Site, url: str) -> list[Mapping[str, Any]]:
    own = key_of(url)
    return [one for one in _records(site) if one.get("url") != own]


def repeated(site: Site, url: str) -> frozenset[str]:
    """Fingerprints of blocks that two sibling pages and a fifth of them share: boilerplate. The page itself does not count."""
    records = _others(site, url)
    counts = Counter(block for one in records for block in set(one.get("blocks", ())))
    need = max(2, round(0.2 * len(records)))
    return frozenset(block for block, count in counts.items() if count >= need)


def votes(site: Site, url: str, name: str) -> dict[str, int]:
    """How many siblings said what of `name`: body, suffix, date."""
    return dict(Counter(value for one in _others(site, url) if (value := one.get(name)) and isinstance(value, str)))


def chosen_blocks(hashes: Iterable[str]) -> list[str]:
    """At most BLOCKS fingerprints, each once, in order."""
    return list(dict.fromkeys(hashes))[:BLOCKS]
