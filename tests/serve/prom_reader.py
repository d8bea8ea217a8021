"""A strict reader of Prometheus' text format 0.0.4, made from its specification."""

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LINE = re.compile(rf'({_NAME})(?:\{{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\}})? (\S+)')
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"')
_UNESCAPE = {r"\\": "\\", r"\n": "\n", r"\"": '"'}


def families(text):
    """name → {sorted labels: value}; asserts HELP and TYPE before each metric, each metric in one block, and no sample twice."""
    assert text.endswith("\n")
    found, kinds, helps, last = {}, {}, {}, None
    for line in text[:-1].split("\n"):
        if line.startswith("# "):
            _, word, name, rest = line.split(" ", 3)
            store = {"HELP": helps, "TYPE": kinds}[word]
            assert name not in store, line
            assert name not in found, line
            store[name] = rest
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        name, labels, value = match[1], match[2] or "", float(match[3])
        pairs = tuple(sorted((key, re.sub(r"\\.", lambda m: _UNESCAPE[m[0]], word)) for key, word in _PAIR.findall(labels)))
        assert name in kinds, line
        assert name in helps, line
        assert name not in found or name == last, line
        assert pairs not in found.setdefault(name, {}), line
        assert (kinds[name] == "counter") == name.endswith("_total"), line
        found[name][pairs], last = value, name
    return found
