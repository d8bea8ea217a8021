"""The many slugs of fetching and reading, gathered into the few causes that ask for different repairs. Pure.

unreachable   the server does not answer, or answers with an error         wait, or tell the portal
gone          the address answers 404 or 410                               correct the address
blocked       captcha, login, firewall, parking page, 401, 403, 429        ask for access, slow down
robots        robots.txt asks us not to                                    respect it
refused       our own guard refuses the address                            [network] allow, or correct the address
unreadable    no HTML, too large, wrongly compressed                       correct the address
empty-list    the list page answers, but shows no article                  look at it; selectors
list-drift    something else than the list was picked                      look at it; selectors
article-drift article pages without their text                             look at them; selectors
encoding      characters are decoded wrongly                               charset
dates         the dates went away                                          selectors
clock         this machine's clock, or the portal's zone, is wrong         correct it
silent        far longer without news than any pause known                 look at it
bug           reading it failed in a way that should not be                report it
"""

import re

_FAMILIES = {
    "unreachable": "dns connect tls proxy timeout deadline cut-off bad-answer bad-redirect redirect-loop too-many-redirects"
    " robots-unreachable error-page",
    "gone": "http-404 http-410 led-away",
    "blocked": "blocked captcha waf login parking http-401 http-402 http-403 http-407 http-429 http-451",
    "robots": "robots",
    "refused": "address-refused bad-url",
    "unreadable": "not-html too-large bad-encoding",
    "empty-list": "empty no-links empty-list",
    "list-drift": "selector list-drift",
    "article-drift": "no-article article-drift",
    "encoding": "encoding",
}
_FAMILY = {slug: family for family, slugs in _FAMILIES.items() for slug in slugs.split()}
_OF_AN_ARTICLE = {"empty-list": "article-drift", "list-drift": "article-drift"}
_SAYS_NOTHING = frozenset({"deferred", "not-html", "too-large"})
_LONGEST = 240


def family(slug: str) -> str:
    """The cause that a slug of a list page belongs to; a slug that is not listed is a cause of its own."""
    return _FAMILY.get(slug) or ("unreachable" if re.fullmatch(r"http-\d{3}", slug) else line(slug)[:24])


def article_family(slug: str, *, new: bool) -> str:
    """The cause that a slug of an article page belongs to; "" where it says nothing of the portal.

    A file is no fault, nor is an old article that went away; new ones that are not there are.
    """
    found = family(slug)
    return "" if slug in _SAYS_NOTHING or (found == "gone" and not new) else _OF_AN_ARTICLE.get(found, found)


def line(text: str) -> str:
    """One line without control characters, at most 240 characters."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST]).split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def told(slug: str, detail: str) -> str:
    """The evidence of a slug: what happened, and the detail behind it; the family's own name stands before it anyway."""
    return line(f"{slug}: {detail}" if detail and slug != family(slug) and slug not in detail else detail or slug)
