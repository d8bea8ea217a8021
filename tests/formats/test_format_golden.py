"""The exact bytes of every format. After a deliberate change: GOLDEN=write pytest tests/formats, then read the diff."""

import os
from functools import partial
from pathlib import Path

import pytest
from feed_samples import archive, catalogue, feed, withdrawn

from bridge.formats import atom, jsonfeed, opml, rss

GOLDEN = Path(__file__).parent / "golden"
FILES = [
    ("tangshan.rss", lambda: rss.render(feed())),
    ("tangshan.atom", lambda: atom.render(feed())),
    ("tangshan.json", lambda: jsonfeed.render(feed())),
    ("empty.rss", lambda: rss.render(feed(()))),
    ("empty.atom", lambda: atom.render(feed(()))),
    ("empty.json", lambda: jsonfeed.render(feed(()))),
    *((f"archive{form.SUFFIX}", partial(lambda form: form.render(archive()), form)) for form in (rss, atom, jsonfeed)),
    *((f"withdrawn{form.SUFFIX}", partial(lambda form: form.render(withdrawn()), form)) for form in (rss, atom, jsonfeed)),
    ("feeds.opml", lambda: opml.render(catalogue())),
]


@pytest.mark.parametrize(("name", "make"), FILES, ids=[name for name, _ in FILES])
def test_format_writes_the_golden_bytes(name, make):
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(make())
    assert make() == path.read_bytes()
