"""Whether a date in a line is a stamp, which says when the page was published, or part of what the line tells.

A stamp stands apart: alone, beside credits and counters, or behind a label of its own. What a sentence, a caption or an
announcement ("活动时间：…", "closing date: …") says of a day is the story's, however near to the headline it stands.
"""

import re

from .blocks import Block
from .dates import CHANGED, DAYNAME, LABEL, Found
from .dom import normal, width
from .phrases import META_WORDS, STAMP, VALUE

_LINES = 12
_PROSE = 24
_SENTENCE = re.compile(r"[。！？；，]|[^\W\d_]{2}[.,;!?](?:\s|$)")
_ENDED = re.compile(r"[。！？.!?؟।]\W*$")
_NUMBERED = re.compile(r"\W*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s?[、）).．]\W*$")
_AGENCY = re.compile(r"\W{0,3}[电讯]")
_BARE_LABEL = re.compile(r"(?:^|[\s\W])(?:时间|日期|time|date|when|termin|datum)\W*(?:" + DAYNAME + r"\W*)?$", re.IGNORECASE)
_LEFT = " \t|·([（【<>/-—~：:;；"
_GOES_ON = re.compile(r"\s(?:by|in|at|under|von|par|por|di|в)\b|\s*\d|\s(?=[A-Z\u2e80-\uffff])")
_BY = re.compile(r"\W*(?:by|von|par|por|di|a[fv])\s", re.IGNORECASE)
_FILED = re.compile(r"\s*(?:by|in|under|von|par|por|di|dans|en)\s", re.IGNORECASE)
_HANDLE = re.compile(r"\s*@\w{2,20}")
_SELF = re.compile(
    r"\W*(?:this\s(?:entry|post|article|page|story|item)|dieser\s(?:artikel|beitrag|eintrag)|cet?\s(?:article|billet)|est[ea]\s(?:artículo|entrada|post|artigo)"
    r"|本文|本帖|本日志|该日志|该文|本篇|本页|此文|文章)[^。.!?;；]{0,60}",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"\s*(?:(?:von|by|par|por)\s[^.!?,]{2,30}?\s)?(?:发布(?!会)|发表|刊登|發表|發佈|投稿|(?:was\s)?(?:posted|published)|veröffentlicht|erstellt|geschrieben|gepostet|eingestellt|publié|publicado)",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\bpage:?\s[A-Z]?\d{1,3}\b", re.IGNORECASE)
_SIGNS = frozenset("|·•;；[]()【】<>")
_ASIDE = 60
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,4}")


def is_byline(text: str) -> bool:
    """Whether a line begins with who wrote it: `Von Christian am 03.05.2013, 11:51 | 0 Meinungen`."""
    return bool(_BY.match(text))


def printed_lines(block: Block) -> list[str]:
    """The first lines of a block as a reader sees them, two spaces where one inline element ends and another begins."""
    if block.printed is None:
        block.printed = _printed(block)
    return block.printed


def _printed(block: Block) -> list[str]:
    if not any(piece.void for piece in block.pieces[:200]):
        return [block.spaced if block.columns <= 300 else block.text[:120]]
    lines: list[list[str]] = [[]]
    last: object = None
    for piece in block.pieces[:200]:
        if piece.void and piece.at.tag == "br":
            lines.append([])
        elif piece.text.strip():
            lines[-1].append(piece.text if piece.at is last or not lines[-1] else "\0" + piece.text)
        last = None if piece.void else piece.at
    texts = ["  ".join(filter(None, map(normal, "".join(parts).split("\0"))))[:300] for parts in lines]
    return [text for text in texts if text][:_LINES]


def rest_of(text: str) -> str:
    """What a line holds besides dates, credits and counters."""
    return META_WORDS.sub("", STAMP.sub("", VALUE.sub("", text) if any(mark in text for mark in ":：.") else text))


def is_prose(text: str) -> bool:
    """Whether a line (through `even`) tells something: more than a dozen characters besides credits, with a sentence's punctuation."""
    rest = rest_of(text)
    return width("".join(filter(str.isalpha, rest))) >= _PROSE and bool(_SENTENCE.search(rest))


def is_bare_label(before: str) -> bool:
    """Whether a date's label only says that it is a date."""
    return bool(_BARE_LABEL.search(before))


def labelled_apart(text: str, hit: Found) -> bool:
    """Whether label and date stand apart from the sentences of their line: first in it, or set off on both sides."""
    before = text[max(0, hit.start - 40) : hit.start]
    label = LABEL.search(before)
    if label is None:
        return False
    start = hit.start - len(before) + label.start()
    left, right = text[:start], text[hit.end :]
    first = not left.strip(_LEFT)
    wide = label[0][0] >= "\u2e80"
    off = first or left[-1] in "|·([（【】)" or left.endswith("  ") or (wide and left[-1] == " ")
    closed = not right.strip() or right[0] in "|·)]）】.。" or right.startswith("  ") or (first and bool(_GOES_ON.match(right)))
    return off and (closed or (wide and right[0] == " "))


def is_own(text: str, hit: Found) -> bool:
    """Whether a sentence says of the page itself when it was published: `This entry was posted on …`, `本文由某人于…发表`."""
    left = text[: hit.start]
    return bool(_SELF.fullmatch(left)) and not CHANGED.search(left) and bool(LABEL.search(left[-40:]) or _MADE.match(text, hit.end))


def stands_alone(text: str, hit: Found) -> bool:
    """Whether nothing but credits, counters and names set apart stands beside an unlabelled date."""
    if _ENDED.search(text) or _NUMBERED.fullmatch(text[: hit.start]) or _AGENCY.match(text, hit.end):
        return False
    before, after = text[: hit.start], text[hit.end :]
    return _is_aside(before, left=True) and _is_aside(after, left=False)


def _is_aside(text: str, *, left: bool) -> bool:
    """Whether the text on one side of a date is empty, credits, or a name behind a separator."""
    rest = rest_of(_PAGE.sub("", _HANDLE.sub("", text))).strip(" ,、،")
    if not any(mark.isalpha() for mark in rest):
        return True
    if width(rest) > _ASIDE or _SENTENCE.search(rest) or not _NAME.search(rest):
        return False
    edge = text[-2:] if left else text[:2]
    if edge == "  " or set(edge.strip()) & _SIGNS or (left and edge == ", "):
        return True
    beside = text.rstrip()[-1:] if left else text.lstrip()[:1]
    return (" " in edge and (beside >= "\u2e80" or rest != text.strip())) or bool(
        _BY.match(text) if left else _FILED.match(text.lstrip(" ,"))
    )
