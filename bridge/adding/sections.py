"""Where a home page leads that may be a list of articles: its frames, its sections, the `more` links of its blocks. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from ..core import dom, offers, shapes
from ..core.candidates import MAIN, Candidate, candidates
from ..core.identity import canonical
from ..core.outline import Outline, outline

MOST = 60
"""Leads of one page."""
_WIDEST = 32  # display width of a section's name
_MORE = re.compile(
    r"[\s\[(（【<«+]*(?:查看)?(?:更\s*多|more|全部|所有|all|mehr|alle|もっと(?:見る)?|一覧|ещ[её]|все|المزيد|더\s?보기)"
    r"(?:\s*(?:>|»|›|→|…|\.\.|\+|&gt;|新闻|资讯|内容|news|stories|posts|articles))*[\s\])）】>»›→…+.]*|>{2,3}|»+",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"新闻|资讯|动态|要闻|快讯|头条|时政|时事|民生|公告|通知|公示|通告|信息公开|政务|发布|最新|滚动|本地|本市|社会|新聞|消息|公開"
    r"|news|latest|press|release|notice|announc|blog|stories|articles|archive|local|politics|updates|posts"
    r"|aktuell|nachricht|presse|meldung|новост|лента|объявлен|пресс|ニュース|お知らせ|新着|أخبار|اخبار|소식|공지|뉴스|actualit|noticias|notizie",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"list|news|class|column|channel|lanmu|categ|article|info|notice|gonggao|xinwen|zixun|dongtai|archiv|blog|press", re.IGNORECASE
)
_NEVER = re.compile(
    r"首\s*页|主页|友情|加载|留言|反馈|投诉|信箱|下一?页|上一?页|尾页|末页|登[录陆入]|注册|退出|联系|关于|投稿|广告|收藏|设为|地图|版权|免责|隐私|客服|招聘启事|购物车|会员|搜索|手机版|客户端|二维码|下载|邮箱|举报"
    r"|login|log in|sign|register|contact|about|privacy|terms|cookie|imprint|impressum|datenschutz|subscribe|abo\b"
    r"|cart|search|advert|sitemap|help|faq|guestbook|feedback"
    r"|вход|контакт|о нас|реклама|お問い合わせ|会社概要|ログイン|next|previous|older|newer|^\W*\d+\W*$|^home$|^english$|^en$|^rss$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|mp[34]|apk|exe|xml|rss)$", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*[\d.]+\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lead:
    """A page that may be a list: how it is called, how it was found ("frame", "refresh", "more", "section"), how promising it is."""

    url: str
    name: str
    how: str
    weight: float


def leads(tree: HtmlElement, url: str, charset: str, taken: Iterable[str] = ()) -> list[Lead]:
    """The leads of a page, the most promising first, each address once; `taken` are addresses that are articles."""
    page = outline(tree, url, charset)
    gone = {canonical(one) for one in (*taken, url)}
    best: dict[str, Lead] = {}
    for lead in (*_frames(tree, page.base), *_refresh(tree, page.base), *_linked(page)):
        key = canonical(lead.url)
        if key not in gone and (key not in best or best[key].weight < lead.weight):
            best[key] = lead
    return sorted(best.values(), key=lambda lead: -lead.weight)[:MOST]


def _frames(tree: HtmlElement, base: str) -> Iterator[Lead]:
    """The frames of a frameset, whose content is the page; embedded frames are advertising more often than not."""
    shown = list(islice(tree.iter("frame"), 10))
    for frame in shown:
        if url := dom.absolute(base, frame.get("src") or ""):
            yield Lead(url, dom.normal((frame.get("name") or frame.get("title") or "frame")[:60]), "frame", 10)
    if not shown and tree.find(".//a") is None:
        yield from (Lead(url, "frame", "frame", 9) for url in offers.frames(tree, base))


def _refresh(tree: HtmlElement, base: str) -> Iterator[Lead]:
    """Where the page sends its visitors on."""
    for meta in tree.iter("meta"):
        found = _REFRESH.match((meta.get("content") or "")[:3000]) if (meta.get("http-equiv") or "").lower() == "refresh" else None
        if found and (url := dom.absolute(base, found[1])):
            yield Lead(url, "where the page leads on", "refresh", 12)


def _linked(page: Outline) -> Iterator[Lead]:
    here = shapes.shape(page.url).host
    for one in candidates(page):
        foreign = shapes.site_of(one.shape.host) != shapes.site_of(here)
        front = one.shape.host == here and shapes.is_front(one.url)
        if not (foreign or front or _FILE.search(one.url)) and (lead := _lead(page, one)):
            yield lead


def _lead(page: Outline, one: Candidate) -> Lead | None:
    """A link that is a section's name or a block's `more`, with a weight; None for titles and for what is surely no list."""
    text = dom.normal(one.title)
    if not text or dom.width(text) > _WIDEST or _NEVER.search(text):
        return None
    more = bool(_MORE.fullmatch(text))
    if not more and (one.likeness >= 0.8 or one.shape.likeness >= 0.9):
        return None
    name = _block_name(page, one) if more else text
    weight = 3.0 * more + 2.0 * bool(_NEWS.search(name)) + 1.0 * bool(_PLACE.search(one.url)) - 2.0 * one.shape.likeness
    weight += 0.5 * (one.level != MAIN) - one.number / max(1, len(page.anchors))
    return Lead(one.url, name or text, "more" if more else "section", weight)


def _block_name(page: Outline, one: Candidate) -> str:
    """What stands before a `more` link: the heading of its block, where it is short and no link's list of titles."""
    start = page.anchors[one.number].runs[0]
    for run in reversed(page.runs[max(0, start - 3) : start]):
        if 2 <= dom.width(run.text) <= _WIDEST and re.search(r"\w", run.text) and not _MORE.fullmatch(run.text):
            return run.text
    return ""
