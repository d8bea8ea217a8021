"""What elements call themselves: class, id, role and tag names that say navigation, comments, body, hidden.

Names are weak evidence (a wrapper may be called anything): core.blocks and core.weights ask how much of the page they hold.
"""

import re
from functools import lru_cache

from lxml.html import HtmlElement

_CHROME_WORDS = (
    r"nav(?!y)\w*|menu\w*|foot(?:er)?|footer\w*|copyright|crumbs?|breadcrumbs?|weizhi|pager|page-?nav|pagination|share\w*|sharing"
    r"|social|bdshare\w*|jiathis\w*"
    r"|comments?|comment-?list|reply|replies|respond|pinglun|sidebar|side-?(?:bar|nav|box|col)\w*|aside|right-?(?:bar|side|col|box|list)\w*"
    r"|related|relate|relation|xiangguan|recommend\w*|tuijian|rank\w*|hot-?(?:news|list|article|box|topic)?s?|login|signin|search\w*"
    r"|toolbar|tools"
    r"|tag-?(?:s|list|cloud|links|box)|keywords|ads?|adv|advert\w*|banner|promo\w*|sponsor\w*|subscri\w*|newsletter|sign-?up|(?:inline-?)?cta|cookie\w*"
    r"|consent|gdpr"
    r"|modal|popup|overlay|disqus|toplist|friend-?links?|links?|trending|popular|read-?more|more|widget-?area|disclaimer|shengming"
    r"|qr-?code|erweima|ewm"
    r"|prev|next|pre-?next|author-?(?:bio|box|card|info)|bio|byline|skip-?\w*|screen-reader\w*|sr-only|visually-?hidden|masthead|top-?bar"
    r"|taboola|outbrain|donate|donation|noprint"
)
_CHROME = re.compile(rf"(?<![a-z])(?:{_CHROME_WORDS})(?![a-z])")
_STRONG = re.compile(
    r"comment|cookie|consent|modal|popup|foot(?!ball|note)|sidebar|related|newsletter|disqus|share|breadcrumb|crumb|taboola|outbrain"
    r"|xiangguan|bdshare|recommend|tuijian|pagination|sr-only|sign-?up|subscri"
)
_BODY = re.compile(
    r"(?<![a-z])(?:article-{0,2}(?:body|content|text|main|detail|con|txt|info-?content)|(?:story|post|entry)-{0,2}(?:body|content|text)"
    r"|news-{0,2}(?:content|text|body|con|detail|txt)"
    r"|content-{0,2}(?:body|text|main|detail|inner)|main-?(?:content|text)|artibody|endtext|trs-editor|ucap-content|custom-union-style"
    r"|vsb-content|js-content|zoom"
    r"|bodytext|text-?content|detail-?(?:content|con|text|main)|rich-media-content|wp-articlecontent|neirong|zhengwen|fontzoom"
    r"|con-?text)(?![a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TAG_NAMES = {"nav": "strong", "footer": "strong", "aside": "chrome"}
_IDENTIFYING = frozenset(("class", "id", "data-testid", "data-component"))
_ROLES = frozenset(("navigation", "contentinfo", "search", "complementary", "dialog", "alert"))


@lru_cache(maxsize=4096)
def _named(ident: str) -> str:
    """What class and id say: "chrome", "strong" (chrome whatever its size below most of the page), "body" or ""."""
    plain = ident[:300]
    plain = (plain if plain.islower() else _CAMEL.sub("-", plain).lower()).replace("_", "-")
    if _BODY.search(plain):
        return "body"
    if not _CHROME.search(plain):
        return ""
    return "strong" if _STRONG.search(plain) else "chrome"


def name_of(element: HtmlElement) -> str:
    """What an element calls itself: "chrome", "strong", "body", "hidden" or ""."""
    tag = element.tag
    named = _TAG_NAMES.get(tag, "")
    ident = ""
    for attribute, value in element.items():
        if attribute in _IDENTIFYING:
            ident += value + " "
        elif attribute == "hidden" or (attribute == "style" and "n" in value and _HIDDEN.search(value)):
            return "hidden"
        elif attribute == "role" and value in _ROLES:
            named = "strong"
        elif attribute == "itemprop" and value == "articleBody":
            return "body"
    if named or not ident or tag in {"article", "main"}:
        return named
    return _named(ident)
