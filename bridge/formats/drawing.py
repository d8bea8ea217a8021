"""Templates → pages. The only module that knows the template engine; importing it is cheap, the first page loads the engine.

Every text is escaped by the engine. One style sheet and one small script stand in every page and are let through by their hashes;
nothing else may be loaded or run, whatever a portal wrote into an article.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from .wording import TEXTS, Tongue

if TYPE_CHECKING:
    from jinja2 import Environment

MEDIA_TYPE = "text/html"
STYLE, SCRIPT = "style.css", "page.js"


def policy() -> str:
    """The Content-Security-Policy of every page, for a header (CSP Level 3): the pages carry it themselves too."""
    return f"{_carried()}; frame-ancestors 'none'"


def draw(template: str, tongue: Tongue, **facts: object) -> bytes:
    """The page in UTF-8; the same facts always give the same bytes. Texts in `facts` must be free of surrogates (see text.py)."""
    page = _environment().get_template(template).render(facts, tongue=tongue, policy=_carried(), texts=TEXTS)
    return page.encode() + b"\n"


@cache
def _carried() -> str:
    """Without frame-ancestors, which means nothing inside a page."""
    return (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
        "img-src http: https: data:; media-src http: https:; base-uri 'none'; form-action 'none'"
    )


def _hash(name: str) -> str:
    """The CSP source of what the pages have between the tags: the file as the engine includes it."""
    content = _environment().get_template(name).render()
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
