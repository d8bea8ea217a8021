"""The README says what is true: its commands, targets and keys exist, and the Chinese one says the same."""

import re
from pathlib import Path

import pytest

from bridge.cli import COMMANDS
from bridge.config import load

ROOT = Path(__file__).parents[1]
LANGUAGES = ("README.md", "README.zh.md")
DOCUMENTS = (*LANGUAGES, "CHANGELOG.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.M | re.S)
_BASE = '[bridge]\n\n[[portals]]\nid = "china0315"\ntitle = "唐山信息网"\nurl = "http://www.china0315.com/"\n'


def read(name):
    return (ROOT / name).read_text("utf-8")


def blocks(name):
    """(language, text without the indentation of its list) of each code block."""
    return [(kind, re.sub(rf"^{indent}", "", body, flags=re.M)) for indent, kind, body in _BLOCK.findall(read(name))]


def bare(block):
    """A block without comments, which may be in another language; what runs is left."""
    return re.sub(r"[ \t]+#[ \t].*$", "", block[1], flags=re.M) if block[0] else block[1]


def headings(name):
    return re.findall(r"^(#+) .+$", _BLOCK.sub("", read(name)), re.M)


def anchors(name):
    """The anchors of a document's headings, as GitHub and others make them."""
    titles = re.findall(r"^#+ (.+)$", _BLOCK.sub("", read(name)), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def commands(name):
    """The first words of the table that begins with `run`."""
    table = next(table for table in re.findall(r"(?:^\|.*\n)+", read(name), re.M) if "| `run " in table)
    return re.findall(r"^\| `(\w+)", table, re.M)


def test_both_languages_have_the_same_sections_blocks_and_links():
    """Equal section by section: headings, code, tables and what is linked to."""
    one, other = LANGUAGES
    assert headings(one) == headings(other)
    assert [(kind, bare((kind, body))) for kind, body in blocks(one)] == [(kind, bare((kind, body))) for kind, body in blocks(other)]
    assert commands(one) == commands(other)
    rows = [len(re.findall(r"^\|", read(name), re.M)) for name in LANGUAGES]
    assert rows[0] == rows[1]
    links = [sorted(set(re.findall(r"\]\(([^)]+)\)", read(name))) - set(LANGUAGES)) for name in LANGUAGES]
    assert links[0] == links[1]


def test_the_table_has_every_command_and_no_other():
    assert sorted(commands("README.md")) == sorted(COMMANDS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_is_named_exists(name):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", read(name), re.M)) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_named_exists(name):
    named = re.findall(r"`feedbridge ([a-z]+)", read(name))
    named += [word for kind, body in blocks(name) if kind == "sh" for word in re.findall(r"^(?:\S*/)?feedbridge ([a-z]+)", body, re.M)]
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_within_the_documents_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#:]*(?:#[^)]*)?)\)", _BLOCK.sub("", read(name))):
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(str(path.resolve().relative_to(ROOT))), target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_key_in_a_toml_block_is_one_that_is_known(name, tmp_path):
    """Each block is read as a whole file; one without portals is put under a portal."""
    for number, block in enumerate(body for kind, body in blocks(name) if kind == "toml"):
        path = tmp_path / f"{number}.toml"
        base = _BASE.removeprefix("[bridge]\n") if re.search(r"^\[bridge\]", block, re.M) else _BASE
        path.write_text(block if re.search(r"^\[\[portals\]\]", block, re.M) else f"{base}\n{block}", encoding="utf-8")
        assert load(path, secrets=False).portals


@pytest.mark.parametrize("name", ["config.toml", "bridge/commands/config.template.toml"])
def test_every_key_that_a_template_has_as_a_comment_is_accepted(name, tmp_path):
    """Uncommented as a whole, the file loads."""
    answers = {"id": "city", "url": "http://city.example/", "base_url": "http://feeds.example/", "timezone": "Asia/Shanghai", "title": "x"}
    text = re.sub(r"@(\w+)@", lambda found: answers.get(found[1], "mailto:x@example.org"), read(name))
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.M), encoding="utf-8")
    config = load(path, secrets=False)
    assert (len(config.operators), len(config.feeds), bool(config.bridge.hub)) == (1, 1, True)
