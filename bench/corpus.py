"""The corpus of the tests as cases with expectations, by kind of site; and the measures that score and comparison share."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent / "tests" / "corpus"
KINDS = (
    ("English", r"en_.*"),
    ("Japanese, Korean, Russian, Arabic", r"(?:ja|ko|ru|ar)_.*"),
    ("German, French, Spanish, Italian", r"(?:de|fr|es|it)_.*"),
    ("forums", r".*(?:bbs|forum|thread|bar_).*"),
    ("government, schools", r".*(?:gov|court|tender|univers|school|calendar|trs|document).*"),
    ("newspapers' e-papers", r"epaper.*"),
    (
        "old Chinese pages",
        r".*(?:table|font|nineties|old_|marquee|bare|split_|unclosed|poem|power|title_row|dede|pinyin|visitor|flash|today).*",
    ),
    ("modern Chinese pages", r".*"),
)
UNKNOWN = "unknown"
"""Expected of a field that is not judged."""
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


@dataclass(frozen=True, slots=True)
class Case:
    """A page as bytes, and what its author says should be read from it."""

    name: str
    what: Literal["list", "article"]
    kind: str
    body: bytes
    want: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The page in the charset that its author says it is in."""
        return self.body.decode(self.want.get("charset", "utf-8"), "replace")

    @property
    def zone(self) -> str:
        """The portal's zone."""
        return str(self.want.get("zone") or self.want.get("timezone") or "Asia/Shanghai")


def cases(what: Literal["list", "article"]) -> list[Case]:
    """All pages of one sort, by name."""
    folder = ROOT / f"{what}s"
    names = sorted(path.stem for path in folder.glob("*.json"))
    return [_case(folder, name, what) for name in names]


def _case(folder: Path, name: str, what: Literal["list", "article"]) -> Case:
    want = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    kind = want.get("kind") or next(kind for kind, pattern in KINDS if re.fullmatch(pattern, name))
    return Case(name, what, kind, (folder / f"{name}.html").read_bytes(), want)


def grams(text: str) -> Counter[tuple[str, ...]]:
    """4-grams of tokens: ideographs one by one, other scripts by words; the whole text where it is shorter."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[place : place + 4]) for place in range(max(1, len(tokens) - 3))) if tokens else Counter()


def text_f1(found: str, wanted: Sequence[str]) -> float:
    """F1 of the 4-grams of a text against expected paragraphs."""
    ours, theirs = grams(found), grams("\n".join(wanted))
    total = sum(ours.values()) + sum(theirs.values())
    return 2 * sum((ours & theirs).values()) / total if total else 1.0


def squeezed(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[\W_]+", "", text).casefold()
