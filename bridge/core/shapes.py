"""The shape of an address: its path with ids, dates and slugs folded, so that articles of one portal look alike."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(/[^?#\s\x00-\x1f]*)?(?:\?([^#\s\x00-\x1f]*))?")
_FILED = re.compile(r"(?!19|20)([A-Za-z_-]*)\d{3,}(?:([-_])\d{3,})?(\.[A-Za-z][A-Za-z0-9]{1,4})?")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-_]?\d\d){0,2}(?:\d{0,2})?|(?:19|20)\d\d[-_]\d{1,2}(?:[-_]\d{1,2})?")
_SMALL = re.compile(r"\d{1,2}")
_ID = re.compile(r".*\d{3,}.*|[0-9a-f-]{12,}|(?=.*\d)[A-Za-z0-9_-]{8,}|[a-zA-Z]{0,8}[-_]?\d{1,2}|(?=.*\d)(?=.*[A-Z])[A-Za-z0-9]{6,}")
_VERSION = re.compile(r"(?:[a-zA-Z]{1,20}[-_@])?v?\d{1,4}(?:\.\d{1,8}){1,3}(?:[-.+]?\w{1,12})?")
_SLUG = re.compile(r"[^-_+]+(?:[-_+][^-_+]*){2,}|.{25,}|(?:[^%]{0,20}%[0-9A-Fa-f]{2}){4,}.*")
_TELLING = re.compile(r"[IS]")  # among kinds
_DATED = re.compile(r"D/n/(?:n/|.*[ISw])|D/.*[IS]")
_PARAMETER = re.compile(r"([^=&;]{1,40})=?([^&;]*)")
_VALUE = re.compile(r"\d+(?:\.(?:\d+|msg\d+))?|(?=.*\d)[0-9a-fA-F-]{6,}|(?=.*\d)[A-Za-z0-9_-]{10,}|[A-Z]{1,4}\d+")
_TRACKING = re.compile(r"utm_|spm|from|ref|source|share|track|fbclid|gclid|scm|_t$|rnd|random|time|page$|p$|sort|order|lang", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{1,4}$")
_PAGE_FILE = re.compile(r".*\.(?:s?html?|aspx?|php\d?|jsp|do|cgi|pdf)", re.IGNORECASE)
_INDEX = re.compile(r"(?:(?:index|default|home|main)(?:\.\w{2,5})?)?", re.IGNORECASE)
_LIST_WORD = re.compile(
    r"(?:^|/)(?:tags?|topics?|category|categories|cat|authors?|users?|u|profile|space|members?|search|login|register|signup|signin|about|contact|lists?"
    r"|archives?|feeds?|rss|page|help|privacy|terms|sitemap|subscribe|account|cart|newsletters?)(?=/|$|\.\w{2,5}$)",
    re.IGNORECASE,
)
_LIST_FILE = re.compile(
    r"(?:list|index|default|forum|space|node|class|column|channel|lanmu|tags?|author|user|more|cat|catalog|category|page|search)"
    r"(?:[-_][a-z]{1,12})?(?:[-_]?[\d_-]*)(?:\.\w{2,5})?",
    re.IGNORECASE,
)
_NAMES_ARTICLE = re.compile(r"(?<!class)(?<!\bs)(?:id|topic|thread|story|article|news|post)=#")
_NUMBERED = re.compile(r"[A-Za-z]{1,14}(?:[-_]?[A-Za-z]{2,12})?(?:[-_]?\d+)(?:[-_]\d+)*")
_TWO_LEVEL = frozenset({"com", "co", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "mil", "govt"})


class Shape(NamedTuple):
    """`host` of the address, `exact` its folded path and query, `loose` the same without words, `likeness` 0…1 to an article's."""

    host: str
    exact: str
    loose: str
    likeness: float


@lru_cache(maxsize=4096)
def shape(url: str) -> Shape:
    """The shape of an absolute http(s) address. Segments fold to D (date), n (1-2 digits), I (id), S (slug), or stay words."""
    folder, _, last = url.rpartition("/")
    filed = _FILED.fullmatch(last)
    if filed and len(folder) >= len("http://a") and "?" not in folder and "#" not in folder:
        name, second, suffix = filed.groups("")  # but for its numbers, the address of its neighbours
        return _shape(f"{folder}/{name}1000{second and second + '1000'}{suffix}")
    return _shape(url)


@lru_cache(maxsize=1024)
def _shape(url: str) -> Shape:
    host, path, said = _split(url)
    segments = [segment for segment in path.split("/") if segment][:10]
    if len(segments) > 1 and _INDEX.fullmatch(segments[-1]):
        segments.pop()
    last = segments.pop() if segments else ""
    exact, kinds = _folders(tuple(segments)) if segments else ("", "")
    if last:
        kind = _kind(last, last=True)
        exact, kinds = exact + _folded(kind, last), kinds + kind
    query = "" if not said or ("id=" not in said.lower() and _TELLING.search(kinds)) else _query(said)
    return Shape(host, exact + query, kinds + query, _likeness(kinds, query, path))


def _split(url: str) -> tuple[str, str, str]:
    """Host, path and query."""
    if plain := _PLAIN.fullmatch(url):
        host, path, query = plain.groups("")
        return host, path, query
    parts = urlsplit(url)
    return parts.hostname or "", parts.path, parts.query


@lru_cache(maxsize=1024)
def _folders(segments: tuple[str, ...]) -> tuple[str, str]:
    """What the addresses in one folder begin with: folded, and as kinds."""
    kinds = [_kind(segment, last=False) for segment in segments]
    for place in range(1, len(kinds)):
        if kinds[place - 1] == "D" and kinds[place] == "I" and len(segments[place]) == 4:
            kinds[place] = "n"
    folded = (_folded(kind, segment) for kind, segment in zip(kinds, segments, strict=True))
    return "".join(f"{one}/" for one in folded), "".join(f"{kind}/" for kind in kinds)


@lru_cache(maxsize=1024)
def site_of(host: str) -> str:
    """The part of a host name that one owner has: `china0315.com`, `hebei.gov.cn`; a good guess without the public suffix list."""
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _TWO_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def is_front(url: str) -> bool:
    """Whether an address is a site's front page."""
    return not urlsplit(url).query and _INDEX.fullmatch(urlsplit(url).path.strip("/")) is not None


def _kind(segment: str, *, last: bool) -> str:
    stem, dot, suffix = segment.rpartition(".") if last and "." in segment and _SUFFIX.search(segment) else (segment, "", "")
    end = f".{suffix.lower()}" if dot else ""
    if _DATE.fullmatch(stem):
        return "I" + end if last else "D"
    if len(stem) > 2 and stem.isdecimal():
        return "I" + end
    if last and not _PAGE_FILE.fullmatch(segment) and _VERSION.fullmatch(segment):
        return "V"
    if _SMALL.fullmatch(stem):
        return "I" + end if end else "n"
    if _ID.fullmatch(stem):
        return "I" + end
    if _SLUG.fullmatch(stem):
        return "S" + end
    return "w" + end


def _folded(kind: str, segment: str) -> str:
    """A segment for the exact shape: `thread-#-#.html` and `forum-#-#.html` are different, random ids are not."""
    if kind[0] == "w":
        return segment.lower()[:24]
    stem = segment[: -(len(kind) - 1)] if "." in kind else segment
    if kind[0] == "I" and _NUMBERED.fullmatch(stem):
        return re.sub(r"\d+", "#", stem).lower() + kind[1:]
    return kind


def _query(query: str) -> str:
    found = []
    for name, value in _PARAMETER.findall(query[:500])[:8]:
        if not _TRACKING.match(name):
            found.append(f"{name}=#" if _VALUE.fullmatch(value) else name)
    return "?" + "&".join(sorted(found)[:4]) if found else ""


def _last(path: str) -> str:
    """The last segment that is no index file."""
    folder, _, name = path.rstrip("/").rpartition("/")
    return folder.rpartition("/")[2] if _INDEX.fullmatch(name) and folder else name


def _likeness(kinds: str, query: str, path: str) -> float:
    if _INDEX.fullmatch(path.strip("/")) and "=#" not in query:
        return 0.0
    if _LIST_FILE.fullmatch(_last(path)) and not _NAMES_ARTICLE.search(query):
        return 0.3
    plain, listed = _like(kinds, "=#" in query)
    return listed if listed != plain and _LIST_WORD.search(path.rstrip("/")) else plain


@lru_cache(maxsize=1024)
def _like(kinds: str, numbered: bool) -> tuple[float, float]:
    """How much an address of these kinds is like an article's, and how much where a word in it says that it is a list's."""
    last = kinds.rpartition("/")[2]
    if _DATED.search(kinds):
        return 1.0, 1.0
    if last == "V":
        return 0.8, 0.8
    filed = last[:1] in ("I", "S") and "." in last
    if re.search(r"D.*[ISw]$|D/n.*|[IS](?:\.s?html?|\.aspx?|\.php|\.jsp)$|[ID].*S", kinds):
        plain = 1.0
    elif _TELLING.search(kinds) or numbered:
        plain = 0.8
    else:
        plain = 0.35 if "/" in kinds or "." in last else 0.2
    return plain, plain if filed else 0.3
