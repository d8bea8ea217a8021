"""Pages of real size: long articles, threads, front pages, cards, comments, and pages that are mostly scripts; 20 to 250 KB of markup.

The texts are generated and say nothing; the structure is what large portals send.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

from .corpus import Case

KIND = "pages of real size"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_HAN = (
    "市民政府公布新建学校医院道路桥梁河流公园通知会议活动服务中心社区居民企业生产经济"
    "发展工作人员今年上半年完成投资项目建设管理部门表示将继续"
)
_LATIN = re.findall(
    r"\w+",
    """council river bridge school harbour market library station mayor budget winter report people morning evening members
    city police office water found opened during after between several million about against through""",
)


class _Maker:
    """Generated words, sentences and addresses; the same for the same seed."""

    def __init__(self, seed: str, *, han: bool) -> None:
        self.dice = Random(seed)
        self.han = han

    def title(self) -> str:
        """A headline."""
        return self._words(self.dice.randint(9, 22) if self.han else self.dice.randint(5, 11)).capitalize()

    def paragraph(self, sentences: int = 4) -> str:
        """Some sentences."""
        stop = "。" if self.han else ". "
        return "".join(f"{self._words(self.dice.randint(8, 30))}{'，' if self.han else ', '}{self.title()}{stop}" for _ in range(sentences))

    def _words(self, count: int) -> str:
        if self.han:
            return "".join(self.dice.choices(_HAN, k=count))
        return " ".join(self.dice.choices(_LATIN, k=count))

    def address(self) -> str:
        """The path of an article."""
        number = self.dice.randrange(100_000, 999_999)
        return f"/news/2026/11/{number}.html"

    def day(self) -> str:
        """A day of that month."""
        return f"2026-11-{self.dice.randint(1, 21):02}"


def cases(what: str) -> list[Case]:
    """The pages of one sort ("list" or "article"), each in Chinese and English."""
    return [case for case in _made() if case.what == what]


def _made() -> Iterator[Case]:
    for name, draw in _ARTICLES.items():
        for han in (True, False):
            yield _case(name, draw, han=han, article=True)
    for name, draw in _LISTS.items():
        for han in (True, False):
            yield _case(name, draw, han=han, article=False)


def _case(name: str, draw: Callable[[_Maker], str], *, han: bool, article: bool) -> Case:
    tongue, zone = ("zh", "Asia/Shanghai") if han else ("en", "UTC")
    made = _Maker(f"{name} {tongue}", han=han)
    charset = "gb18030" if han and article else "utf-8"
    text = _page(made, draw(made), charset=charset, tongue=tongue)
    url = f"http://www.example.com{made.address() if article else '/news/'}"
    want = {"url": url, "charset": charset, "timezone": zone}
    return Case(f"{name}, {tongue}", "article" if article else "list", KIND, text.encode(charset), want)


def _page(made: _Maker, middle: str, *, charset: str, tongue: str) -> str:
    """A whole page: head with scripts and styles, a menu, the middle, a side column, a foot."""
    menu = "".join(f'<li class="menu-item"><a href="/{n}/">{made.title()[:4]}</a></li>' for n in range(40))
    side = "".join(f'<li><a href="{made.address()}" title="{(t := made.title())}">{t}</a></li>' for _ in range(40))
    return (
        f'<!DOCTYPE html><html lang="{tongue}"><head><meta charset="{charset}"><title>{made.title()} - {made.title()[:6]}</title>'
        f"{_head(made, 12_000)}</head><body><div class=header><ul class=nav>{menu}</ul></div><div class=wrap><div class=main>{middle}</div>"
        f"<div class=sidebar><h3>{made.title()[:4]}</h3><ul>{side}</ul></div></div>"
        f"<div class=footer>Copyright 2026 {made.title()[:8]}</div><script>{_script(made, 6_000)}</script></body></html>"
    )


def _head(made: _Maker, size: int) -> str:
    rules = "".join(f".c{n}{{margin:{made.dice.randrange(90)}px;color:#{made.dice.randrange(4096):03x}}}\n" for n in range(size // 60))
    return f"<style>{rules}</style><script>{_script(made, size // 2)}</script>"


def _script(made: _Maker, size: int) -> str:
    return "".join(f'var v{n}={{"id":{made.dice.randrange(10**9)},"t":"{made.title()}"}};\n' for n in range(size // 60))


def _opening(made: _Maker) -> str:
    return f"<h1>{made.title()}</h1><div class=info>{made.day()} 10:21:36 <span>{made.title()[:6]}</span></div>"


# ---------------------------------------------------------------- articles


def _long(made: _Maker) -> str:
    """A long read: 120 paragraphs with links, emphasis and pictures."""
    parts = []
    for n in range(120):
        inner = f'<a href="{made.address()}">{made.title()}</a> <strong>{made.title()}</strong>' if n % 5 == 0 else ""
        parts.append(f'<p style="text-indent:2em"><span style="font-size:16px">{made.paragraph(5)}</span>{inner}</p>')
        if n % 12 == 6:
            parts.append(f'<p align=center><img src="/pic/{n}.jpg" alt="{made.title()}" width=600></p>')
    return _opening(made) + f"<div class=content>{''.join(parts)}</div>"


def _thread(made: _Maker) -> str:
    """A bulletin board's thread of 60 posts."""
    rows = "".join(
        f'<div class="post" id="p{n}"><div class="who"><a href="/u/{n}">{made.title()[:5]}</a><img src="/avatar/{n}.gif"><em>{n}</em></div>'
        f"<div class=t>{made.day()} 08:{n % 60:02}:11 | <a href='#p{n}'>#{n}</a></div>"
        f"<div class=msg>{made.paragraph(3)}<br>{made.paragraph(2)}</div></div>"
        for n in range(60)
    )
    return f"<h1>{made.title()}</h1>{rows}"


def _comments(made: _Maker) -> str:
    """A short story with 300 comments below."""
    body = "".join(f"<p>{made.paragraph()}</p>" for _ in range(12))
    told = "".join(
        f'<li class="comment even"><a class=author href="/u/{n}">{made.title()[:6]}</a> '
        f'<time datetime="{made.day()}T10:{n % 60:02}">{made.day()}</time>'
        f"<p>{made.paragraph(1)}</p><a class=reply href='#r{n}'>reply</a></li>"
        for n in range(300)
    )
    return f"{_opening(made)}<article class=content>{body}</article><div id=comments><h3>Comments (300)</h3><ol>{told}</ol></div>"


def _heavy(made: _Maker) -> str:
    """A story between inline scripts, JSON-LD and pictures as data: four fifths of the page are none of its text."""
    picture = base64.b64encode(made.dice.randbytes(30_000)).decode()
    told = [made.paragraph(6) for _ in range(25)]
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": told[0][:60], "articleBody": "\n".join(told)}
    body = "".join(f"<p>{text}</p><script>{_script(made, 2_000)}</script>" for text in told)
    return (
        f'<script type="application/ld+json">{json.dumps(facts)}</script>{_opening(made)}'
        f'<div class=content>{body}<p><img src="data:image/png;base64,{picture}"></p></div><script>{_script(made, 40_000)}</script>'
    )


def _table(made: _Maker) -> str:
    """A notice with a table of 200 rows."""
    rows = "".join(
        f'<tr><td class="xl65" width=80>{n}</td><td>{made.title()}</td><td>{made.day()}</td>'
        f"<td align=right>{made.dice.randrange(10**6)}</td></tr>"
        for n in range(200)
    )
    return f"{_opening(made)}<div class=content><p>{made.paragraph(6)}</p><table border=1>{rows}</table><p>{made.paragraph(2)}</p></div>"


# ---------------------------------------------------------------- lists


def _front(made: _Maker) -> str:
    """A portal's front page: 40 blocks of 20 links."""
    blocks = []
    for n in range(40):
        lines = "".join(
            f'<li><a href="{made.address()}" target=_blank>{made.title()}</a><span>{made.day()[5:]}</span></li>' for _ in range(20)
        )
        blocks.append(
            f'<div class="box"><div class=hd><h2><a href="/s{n}/">{made.title()[:4]}</a></h2></div><ul class=list>{lines}</ul></div>'
        )
    return "".join(blocks)


def _cards(made: _Maker) -> str:
    """240 cards with picture, title, summary, tags and a time."""
    return "".join(
        f'<div class="card item-{n}"><a href="{(where := made.address())}"><img src="/t/{n}.jpg" alt="{made.title()}"></a>'
        f'<h3><a href="{where}">{made.title()}</a></h3><p class=lead>{made.paragraph(1)}</p>'
        f'<div class=meta><a class=tag href="/tag/{n % 9}">{made.title()[:4]}</a><time>{made.day()} 10:20</time></div></div>'
        for n in range(240)
    )


def _lines(made: _Maker) -> str:
    """A column of 400 lines in a table, as old portals have them."""
    rows = "".join(
        f'<tr><td width=10><img src="/i/dot.gif"></td><td><a href="{made.address()}" title="{(t := made.title())}">{t}</a></td>'
        f"<td class=d>[{made.day()}]</td></tr>"
        for _ in range(400)
    )
    return f"<table width=100% cellpadding=0>{rows}</table><div class=pages><a href=index_2.html>下一页</a></div>"


def _scripted(made: _Maker) -> str:
    """Sixty lines in a page that is mostly data for scripts."""
    data = json.dumps([{"title": made.title(), "url": made.address(), "text": made.paragraph()} for _ in range(300)])
    lines = "".join(f'<li><a href="{made.address()}">{made.title()}</a> <i>{made.day()}</i></li>' for _ in range(60))
    return f"<ul class=news>{lines}</ul><script>window.__STATE__={data}</script>"


_ARTICLES = {"long": _long, "thread": _thread, "comments": _comments, "heavy": _heavy, "table": _table}
_LISTS = {"front": _front, "cards": _cards, "lines": _lines, "scripted": _scripted}
