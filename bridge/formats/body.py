"""The text of an article as our own pages may show it. What the state holds was cleaned once; here nothing is taken on trust."""

import re

from . import text

_TAGS = {
    "a", "audio", "blockquote", "br", "caption", "code", "dd", "del", "dl", "dt", "em", "figcaption", "figure",
    "h2", "h3", "h4", "h5", "h6", "hr", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "video",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "audio": {"src", "controls"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "video": {"src", "poster", "controls"},
}
# One for each: nh3 writes several in an order of chance. The page's head forbids the referrer for all.
_SET = {
    "audio": {"preload": "none"},
    "img": {"loading": "lazy"},
    "table": {"tabindex": "0"},  # a wide one scrolls in itself, also by keyboard
    "video": {"preload": "none"},
}
_ADDRESSES = {"href", "src", "poster"}
_NUMBERS = {"start", "colspan", "rowspan"}
_REL = "noopener noreferrer nofollow"
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def cleaned(html: str) -> str:
    """The HTML with the short allow-list only: no script, style, handler, frame, form or id; every address absolute http(s) or mailto.

    Links tell nothing to where they lead, pictures are loaded when they come into sight. Characters that turn text around are gone.
    """
    import nh3

    made = nh3.clean(
        text.drop_bad(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        set_tag_attribute_values=_SET,
        url_schemes={"http", "https", "mailto"},
        link_rel=_REL,
    )
    return _BIDI.sub("", text.drop_bad(made))  # entities are characters by now; an address or a tag cannot hold any of these


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in _ADDRESSES:
        return value if tag == "a" and _is_mail(value) else text.address(value)
    if name == "alt":
        return text.line(value)
    if name in _NUMBERS:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    if name == "controls":
        return ""
    return value  # one of _SET, or rel: ours, because nobody else's is let through


def _is_mail(value: str) -> bool:
    return re.fullmatch(r"mailto:[!-~]{3,200}", value) is not None
