"""What a change of an article is judged by: digests of what it says, field by field. Pure."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from ..model import Article, When
from .identity import canonical

JUDGED = ("title", "text", "images", "files", "published")
"""The prints that an edit is judged by."""
_SECONDS = 19
_COUNTERS = re.compile(r"(?:浏览|阅读|点击|访问|人气|views?|hits?|reads?)\s*(?:量|数|次数|人次)?\s*[::]?\s*\d[\d,.]*\s*(?:次|人)?", re.I)


def prints(article: Article, plain: str = "") -> dict[str, str]:
    """What a change of an article is judged by, field by field; an empty string is unknown.

    `plain` is the digest (see `plain_print`) of the same page read without what its site has taught.
    """
    text = fold(article.content_text)
    return {
        "title": digest(fold(article.title)) if article.title else "",
        "text": digest(fold(_COUNTERS.sub("", article.content_text))) if article.content_text.strip() else "",
        "images": digest(*sorted({canonical(image.url) for image in article.images})) if article.images else "",
        "files": digest(*sorted({canonical(file.url) for file in article.enclosures})) if article.enclosures else "",
        "published": _instant(article.published) if article.published else "",
        "plain": plain,
        "size": str(len(text)) if text else "",
    }


def version(marks: Mapping[str, str]) -> str:
    """A short name of what an article says."""
    return digest(*(marks.get(name, "") for name in JUDGED[:-1]))[:12]


def plain_print(readings: Sequence[Article]) -> str:
    """The digest of an article's pages as they read without what the site has taught."""
    return digest(*(value for reading in readings for name, value in prints(reading).items() if name in JUDGED))


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that say something else than before; one that only one of two markups shows is no edit.

    Nor is one that reads differently only because more has been learned about the site since: then the plain readings agree.
    """
    if new.get("plain") and old.get("plain") == new["plain"]:
        return ()
    return tuple(name for name in JUDGED if new.get(name) and old.get(name) and not _same(name, old[name], new[name]))


def digest(*texts: str) -> str:
    """A short digest of texts, the same on every machine."""
    return blake2b("\x00".join(texts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def fold(text: str) -> str:
    """Text without its white space, which markup changes for no reason."""
    return re.sub(r"\s+", "", text)


def visible(marks: Mapping[str, str]) -> dict[str, str]:
    return {name: marks.get(name, "") for name in JUDGED}


def _instant(when: When) -> str:
    if when.precision == "day":
        return when.at.date().isoformat()
    return when.at.isoformat(timespec="minutes") if when.precision == "minute" else when.at.isoformat()


def _same(name: str, old: str, new: str) -> bool:
    """Equal; for dates, as far as the less exact one says."""
    if name != "published":
        return old == new
    exact = min(_exact(old), _exact(new))
    return old == new or (exact < _SECONDS and old[:exact] == new[:exact])


def _exact(instant: str) -> int:
    """How many characters of an instant's text say something: those of a day, a minute or a second."""
    return 10 if len(instant) == 10 else 16 if instant[16:17] != ":" else _SECONDS
