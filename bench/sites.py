"""A site in the manner of each article page of the corpus: the same page with other articles in it, and with a list in the article's place.

Everything around headline and text stays as it is, ugly as it may be, so that the pages of a site share their boilerplate; texts are
generated, some short. The lists come in a dozen markups, dealt out among the sites. Nothing of this was at hand while the readers
were written.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from .corpus import UNKNOWN, Case, cases

NOW = "2026-11-22T12:00:00+00:00"
ARTICLES = 4
LINES = 16
_HAN = re.findall(
    r"\w+",
    """市图书馆下月起延长开放时间 体育场改造工程进入收尾阶段 河滨公园新增步道三公里 老城区供热管网完成升级 第二中学举办科技节活动
    农贸市场推行电子秤公示 公交专线方便山区群众出行 博物馆公开征集民间老照片 消防演练走进东门社区 秋季造林任务提前十天完成
    养老服务中心开始试运行 学校食堂实行明厨亮灶 自来水公司更换老旧水表 气象台发布大风蓝色预警
    县医院开设夜间门诊服务 文化下乡演出走进北山村""",
)
_LATIN = """The harbour bridge closes for repairs
The library will open on Sundays
A new bus line links the northern villages
Pupils plant two hundred trees
The old mill becomes a museum
Firefighters train at the station
The market hall gets a new roof
Swimmers win three medals at home
The council debates the school budget
A storm damages the eastern pier
Volunteers clean the river banks
The theatre opens its season early
Bakers revive a forgotten bread
The tram depot moves to the north
Engineers inspect the water tower
The winter fair returns to the square""".splitlines()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: path of the article, its title, a date."""

    path: str
    title: str
    day: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """A portal: its articles and its list page, whose first lines lead to the articles."""

    name: str
    listed: Case
    articles: tuple[Case, ...]


Shape = Callable[[Sequence[Line]], str]
"""The markup of a list."""


def sites() -> list[Site]:
    """One for each article page of the corpus that has its title and at least one paragraph in one piece."""
    made = (site(number, case) for number, case in enumerate(cases("article")))
    return [one for one in made if one is not None]


def site(number: int, model: Case) -> Site | None:
    """The site in the manner of one page; None where its text stands in no place that could be filled anew."""
    dice = Random(model.name)
    phrases = _HAN if re.search("[\u4e00-\u9fff]", str(model.want["title"])) else _LATIN
    articles = tuple(_article(model, n, phrases, dice) for n in range(ARTICLES))
    shape = SHAPES[number % len(SHAPES)]
    listed = _list(model, articles, shape, phrases)
    return Site(model.name, listed, articles) if listed else None


# ---------------------------------------------------------------- articles


def _article(model: Case, number: int, phrases: Sequence[str], dice: Random) -> Case:
    """The model with another headline and other paragraphs; the first has one short sentence in each."""
    title = f"{phrases[(seed_of(model) + number) % LINES]}{_counted(number, phrases)}"
    headline, text, told = str(model.want["title"]), model.text, []
    for paragraph in model.want["text"]:
        fresh = _sentence(phrases, dice, 2 if number == 0 else dice.randint(2, 4))
        text, done = (text, False) if paragraph in headline else _swapped(text, paragraph, fresh)
        told.append((fresh if done else paragraph).replace(headline, title))
    text, titled = _swapped(text, headline, title)
    kept = ("portal_title", "timezone", "charset", "published", "precision")
    want: dict[str, Any] = {key: model.want[key] for key in kept if key in model.want}
    want |= {"url": _address(str(model.want["url"]), number), "title": title if titled else model.want["title"], "text": told}
    if str(want.get("published"))[:10].replace("-", "") in re.sub(r"\D", "", str(model.want["url"])):
        want["published"] = UNKNOWN  # the day stands in the address, which is another's
    return Case(f"{model.name} {number + 1}", "article", KIND, _encoded(text, model), want)


KIND = "siblings of these"


def seed_of(model: Case) -> int:
    """A number that is the model's own."""
    return sum(map(ord, model.name))


def _counted(number: int, phrases: Sequence[str]) -> str:
    return f"（第{number + 1}批）" if phrases is _HAN else f" ({number + 1})"


def _sentence(phrases: Sequence[str], dice: Random, parts: int) -> str:
    chosen = dice.sample(list(phrases), parts)
    return "，".join(chosen) + "。" if phrases is _HAN else ", ".join(chosen) + "."


def _swapped(text: str, old: str, new: str) -> tuple[str, bool]:
    """Every occurrence replaced, as it is or escaped; whether there was one."""
    form = next((form for form in (old, html.escape(old, quote=False), html.escape(old)) if form in text), None)
    return (text.replace(form, new), True) if form else (text, False)


def _address(url: str, number: int) -> str:
    """A sibling's address: the last number of the path or the query counts up."""
    head = re.match(r"https?://[^/]+", url)
    host = head[0] if head else ""
    path = url[len(host) :] or "/"
    found = list(re.finditer(r"\d+", path))
    if not found:
        stem, dot, suffix = path.rpartition(".")
        return f"{host}{stem or suffix.rstrip('/')}-{1000 + number}{dot + suffix if dot else ''}"
    last = found[-1]
    return f"{host}{path[: last.start()]}{int(last[0]) + number:0{len(last[0])}}{path[last.end() :]}"


def _encoded(text: str, model: Case) -> bytes:
    return text.encode(str(model.want.get("charset", "utf-8")), "xmlcharrefreplace")


# ---------------------------------------------------------------- lists


def _list(model: Case, articles: Sequence[Case], shape: Shape, phrases: Sequence[str]) -> Case | None:
    """The page with a list where the text stood, from the first paragraph to the last, and a section's name for a headline."""
    text, want = model.text, model.want
    begins = re.search(r"<body\b", text, re.IGNORECASE)
    start = begins.end() if begins else 0
    spans = [(at, at + len(paragraph)) for paragraph in want["text"] if (at := text.find(paragraph, start)) >= 0]
    if not spans or str(want["title"]) not in text or urlsplit(str(want["url"])).path in {"", "/"}:
        return None
    lines = list(_lines(articles, phrases, seed_of(model) + ARTICLES))
    page = text[: min(spans)[0]] + shape(lines) + text[max(end for _, end in spans) :]
    page, _ = _swapped(page, str(want["title"]), "本地新闻" if phrases is _HAN else "Local news")
    root = re.match(r"https?://[^/]+", str(want["url"]))
    home = root[0] if root else ""
    links = [{"url": home + line.path, "title": line.title} for line in lines]
    expected: Mapping[str, Any] = {"url": f"{home}/list/", "now": NOW, "links": links}
    settings = {"charset": want.get("charset", "utf-8"), "timezone": want.get("timezone", "Asia/Shanghai")}
    return Case(f"{model.name} list", "list", KIND, _encoded(page, model), {**expected, **settings})


def _lines(articles: Sequence[Case], phrases: Sequence[str], seed: int) -> Sequence[Line]:
    day = datetime(2026, 11, 20)  # noqa: DTZ001 - only its digits are written
    known = [Line(_path(case), str(case.want["title"]), day - timedelta(days=n)) for n, case in enumerate(articles)]
    model = str(articles[0].want["url"])
    rest = [phrases[(seed + n) % LINES] for n in range(LINES - ARTICLES)]
    more = [Line(_path_of(_address(model, ARTICLES + n)), title, day - timedelta(days=ARTICLES + n)) for n, title in enumerate(rest)]
    return [*known, *more]


def _path(case: Case) -> str:
    return _path_of(str(case.want["url"]))


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def moved(one: Site, origin: str) -> Site:
    """The same site at another origin (`http://127.0.0.1:PORT`), for servers of tests."""

    def there(url: str) -> str:
        return origin + _path_of(url)

    links = [{**link, "url": there(link["url"])} for link in one.listed.want["links"]]
    listed = replace(one.listed, want={**one.listed.want, "url": there(one.listed.want["url"]), "links": links})
    return replace(one, listed=listed, articles=tuple(replace(a, want={**a.want, "url": there(a.want["url"])}) for a in one.articles))


def _each(start: str, form: str, end: str) -> Shape:
    """A list from the markup of one line; {u} address, {t} title, {d} {m} date, {s} a sentence."""

    def made(lines: Sequence[Line]) -> str:
        return start + "\n".join(_filled(form, line) for line in lines) + end

    return made


def _filled(form: str, line: Line) -> str:
    title = html.escape(line.title)
    return form.format(u=html.escape(line.path), t=title, d=f"{line.day:%Y-%m-%d}", m=f"{line.day:%m-%d}", s=f"{title}, {title}.")


SHAPES = (
    _each("<ul>", "<li><a href='{u}'>{t}</a><span>{d}</span></li>", "</ul>"),
    _each("<table width=100%>", "<tr><td>·<a href='{u}' target=_blank>{t}</a></td><td width=80>{d}</td></tr>", "</table>"),
    _each("<font size=2>", "·<a href={u}>{t}</a> <font color=gray>({d})</font><br>", "</font>"),
    _each("<dl>", "<dt><a href='{u}'>{t}</a></dt><dd>{s} <em>{d}</em></dd>", "</dl>"),
    _each("<div class=cards>", "<div class=card><h3><a href='{u}'>{t}</a></h3><p>{s}</p><time datetime='{d}'>{d}</time></div>", "</div>"),
    _each("<ol>", "<li>[{d}] <a href='{u}' title='{t}'>{t}</a></li>", "</ol>"),
    _each("<div>", "<p><a href='{u}'>{t}</a> {d}</p>", "</div>"),
    _each("", "<table cellspacing=0><tr><td>◆</td><td><a href='{u}'><font color=#003399>{t}</font></a></td><td>{m}</td></tr></table>", ""),
    _each("<div class=flow>", "<a class=item href='{u}'><h4>{t}</h4><span>{d}</span></a>", "</div>"),
    _each("<div class=rows>", "<div class=row><span class=date>{m}</span><a href='{u}'>{t}</a></div>", "</div>"),
    _each("<section>", "<article><h2><a href='{u}'>{t}</a></h2><time datetime='{d}T08:00:00+08:00'>{d}</time></article>", "</section>"),
    _each("<table>", "<tr><td><a href='{u}'>{t}</a></td></tr><tr><td align=right>{d}</td></tr>", "</table>"),
)
