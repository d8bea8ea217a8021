"""Lines of a list that a page carries as markup within a script of type text/xml, for its pager to show (jpage and the like)."""

import re

from lxml.html import HtmlElement

from . import dom

_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL | re.IGNORECASE)
_MOST = 2_000_000


def unfolded(tree: HtmlElement) -> None:
    """Each such script is replaced by its records, so that they stand where they will be shown."""
    for script in [one for one in tree.iter("script") if "xml" in (one.get("type") or "").lower()]:
        markup = "".join(_RECORD.findall((script.text or "")[:_MOST]))
        body = dom.parse(f"<ul>{markup}</ul>").find("body") if markup else None
        parent = script.getparent()
        if body is not None and parent is not None:
            body.tag, body.tail = "div", script.tail
            parent.replace(script, body)
