"""Which addresses are the same article, and the ids that we mint for it. Never by title, never by position."""

import re
from base64 import b32encode
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes, urlsplit

_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*|/\([SAF]\([^)/]*\)\)", re.I)
_NOISE = re.compile(
    r"(?:utm_.*|[a-z]*session_?id|phpsessid|jsessionid|aspsessionid.*|cfid|cftoken|fbclid|gclid|dclid|msclkid|yclid|"
    r"mc_[ce]id|igshid|spm|scm|_ga|_gl|_openstat|wt_mc|share_?(?:token|from|source|id)?|isappinstalled|nsukey)",
    re.I,
)
_SESSION = re.compile(r"sid|zenid|oscsid|sess(?:ion)?|token", re.I)
_TOKEN = re.compile(r"[0-9a-f]{26,64}", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|s?html|asp|aspx|php|jsp)$", re.I)
_JUNK = re.compile(r"[\s\"'<>、，。；]+$")
_SAFE = "!$'()*+,;:@~-._"


def canonical(url: str) -> str:
    """The identity of an address: `//host/path?query`, idempotent, the same for every way one page is written.

    Gone are: scheme, host case, `www.`, default port, credentials, session ids, tracking parameters, fragment (but
    not a `#!` or `#/` route), dot segments, index files, trailing slash and junk; escapes and the order of
    parameters are uniform. A CMS's own parameters (`id=`) stay, so two ids never become one.
    """
    try:
        parts = urlsplit(_JUNK.sub("", url.strip()))
    except ValueError:  # no address at all ("http://[::1"): its own text is its identity, without what canonical takes away
        parts = urlsplit("//" + quote(re.sub(r"^[a-z]+:/*", "", url.strip(), flags=re.I), safe=""))
    path = _path(_SESSION_PATH.sub("", parts.path))
    query = _query(parts.query)
    route = "#" + _recode(parts.fragment) if parts.fragment[:1] in {"!", "/"} and len(parts.fragment) > 1 else ""
    return f"//{_host(parts.hostname or '', _port(parts.netloc))}{path}{'?' + query if query else ''}{route}"


def host_of(url: str) -> str:
    """The host of an address as identity sees it: lower case, no `www.`, no default port."""
    return canonical(url)[2:].split("/", 1)[0].split("?", 1)[0]


def entry_id(key: str, taken: int = 0) -> str:
    """A tag: URI (RFC 4151) for the article first seen under the canonical address `key`.

    The same key always gives the same id, so a lost state folder does not make every entry new. `taken` counts the
    earlier articles that were minted from this key (a CMS that used an id again) and makes the id distinct.
    """
    authority = re.sub(r"[^a-z0-9.-]", "", re.sub(r":\d+$", "", key[2:].split("/", 1)[0])).strip(".-") or "localhost"
    seed = key if not taken else f"{key}\n{taken}"
    return f"tag:{authority},2026:feedbridge/{_short(seed)}"


def delivery_key(entry: str, revision: int, kind: str, destination: str) -> str:
    """The idempotency key of one delivery: the same on every retry, process, machine and after a restore."""
    return "msg_" + _short("\n".join((entry, str(revision), kind, destination)))


def _short(text: str) -> str:
    return b32encode(sha256(text.encode("utf-8", "surrogatepass")).digest()).decode()[:26].lower()


def _port(netloc: str) -> str:
    found = re.search(r":(\d{1,5})$", netloc)
    return found[1] if found and found[1] not in {"80", "443"} else ""


def _host(name: str, port: str) -> str:
    name = name.lower().rstrip(".").removeprefix("www.")
    name = _ascii(name) if not name.isascii() else name
    name = f"[{name}]" if ":" in name else name
    return f"{name}:{port}" if port else name


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return quote(name)


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in _recode(path).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return _INDEX.sub("", "/" + "/".join(kept)).rstrip("/")


def _query(query: str) -> str:
    pairs = [part for part in query.split("&") if part and not _noise(*part.partition("=")[::2])]
    recoded = ["=".join(_recode(side, "/?") for side in part.split("=", 1)) for part in pairs]
    return "&".join(sorted(recoded, key=lambda part: part.split("=", 1)[0]))


def _noise(name: str, value: str) -> bool:
    """A session or tracking parameter; `sid=` and the like only where the value is no plain number, which would be a CMS's own."""
    return bool(_NOISE.fullmatch(name) or (_SESSION.fullmatch(name) and not value.isdigit()) or (name == "s" and _TOKEN.fullmatch(value)))


def _recode(text: str, also: str = "/=&") -> str:
    """Percent-escapes in one form, whatever charset the bytes are in."""
    return quote(unquote_to_bytes(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)), safe=_SAFE + also)
