"""Pages that came with status 200 and yet are no page of the portal: empty, login, captcha or firewall, error, parked.

A word proves nothing: news tells of captchas, many pages carry a login box, and notices announce maintenance. So only
pages with little else to say are judged: few headlines, little text of their own, no publication date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from ..errors import ReadError
from . import dom

_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "select", "option", "textarea", "head"})
_UNTOLD = _SILENT | {"a"}
_ENOUGH = 2000  # display width of text outside links beyond which a page is one
_MAX_NODES = 20_000
_MANY = 20  # headlines, beyond which it is one too
_SAMPLE = 400  # paragraphs and links that are looked at first
_HEADLINE = 20  # display width of a link's text that may be a title


@dataclass(frozen=True, slots=True)
class _Face:
    """What a person sees of a page: its title, the text outside links, and how much else there is."""

    title: str
    prose: str
    links: int
    headlines: int
    password: bool
    embeds: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    cause: str
    detail: str
    plain: re.Pattern[str]  # says so by itself
    vague: re.Pattern[str]  # says so on a page that has nothing else


def _rule(cause: str, detail: str, plain: str, vague: str) -> _Rule:
    return _Rule(cause, detail, re.compile(plain, re.IGNORECASE), re.compile(vague, re.IGNORECASE))


_RULES = (
    _rule(
        "blocked",
        "a firewall or captcha stands before the page",
        r"just a moment\s*\.\.\.|checking (?:if the site connection is secure|your browser before)"
        r"|attention required! \| cloudflare|ddos-guard"
        r"|incapsula incident|verif(?:y|ying) (?:that )?you are (?:a |not a )?(?:human|robot)|pardon our interruption"
        r"|enable javascript and cookies to continue"
        r"|you don't have permission to access .{1,200} on this server|sorry, you have been blocked|(?:网站|应用|云)防火墙"
        r"|安全狗|云锁|创宇盾|D盾_|360网站卫士|加速乐"
        r"|您的(?:请求|访问|IP).{0,30}(?:拦截|阻断|封禁|黑名单)|(?:请求|访问)(?:过于|太)频繁",
        r"are you a robot|unusual traffic|request (?:was |has been |is )?(?:blocked|unsuccessful|rejected)"
        r"|access (?:.{0,30} )?denied|too many requests"
        r"|(?:security|bot) (?:check|verification)|captcha|(?:请输入|输入|图形|滑动|点击)验证码?"
        r"|(?:安全|人机|访问|滑动|智能)验证|(?:拦截|阻断)|异常(?:流量|访问|请求)"
        r"|(?:禁止|拒绝)访问|доступ .{0,30}(?:запрещ[её]н|ограничен)|вы не робот|アクセス.{0,4}(?:拒否|制限|禁止)"
        r"|zugriff verweigert|تم رفض الوصول|접근.{0,6}(?:거부|차단)",
    ),
    _rule(
        "parking",
        "the domain is parked or for sale",
        r"domain(?: name)?(?: [\w.-]+)? (?:is|may be) (?:for sale|parked|available for purchase)|buy this domain|sedoparking"
        r"|(?:此|本|该)域名.{0,6}(?:出售|转让|停放|过期|到期)",
        r"domain (?:parking|expired|is registered)|parked (?:free|domain)|域名.{0,8}(?:出售|转让|过期|到期)"
        r"|ドメイン.{0,10}(?:販売|売り)|домен .{0,20}(?:продается|припаркован)",
    ),
    _rule(
        "error-page",
        "the server shows an error in place of the page",
        r"microsoft ole db provider|adodb\.(?:connection|recordset)\W{0,3}(?:error|错误|\(0x)|microsoft (?:vbscript|jet database engine)"
        r"|数据库(?:连接|链接|查询)?(?:出错|错误|失败)|server error in '"
        r"|(?:fatal|parse) error: .{0,200} on line|warning: \w+\(\)|error establishing a database connection"
        r"|discuz! (?:database|system) error"
        r"|^(?:40[34]|50[0-4]) [a-z -]{3,30}\b.{0,40}(?:nginx|apache|iis|openresty|tengine|cloudflare)",
        r"internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
        r"|\b40[34]\b.{0,12}(?:not found|forbidden|error|错误|页面)"
        r"|(?:page|file|article|content|document|resource)(?: you .{0,40})? (?:was |is |could |can )?(?:not|no longer) "
        r"(?:be )?(?:found|available|exists?)"
        r"|(?:页面|网页|文章|信息|内容|文件|记录|新闻).{0,4}(?:不存在|没有找到|未找到|找不到|(?:被)?删除|已失效|已下线|出错)"
        r"|(?:没有|未|无法|没)找到.{0,8}(?:页面|网页|文章|信息|内容|文件)"
        r"|系统(?:错误|提示|繁忙|维护)|参数(?:错误|有误|不正确)|非法(?:操作|参数|请求)"
        r"|(?:站点|网站|主机|空间).{0,6}(?:维护|升级|关闭|建设|暂停|停止|过期|到期)"
        r"|welcome to nginx|apache2? (?:\w+ )?default page|it works!|under (?:construction|maintenance)|coming soon"
        r"|страница не (?:найдена|существует)"
        r"|(?:ページ|記事).{0,6}(?:見つかりません|存在しません)|(?:seite|dokument) .{0,10}nicht gefunden"
        r"|الصفحة .{0,10}غير موجودة|페이지를 찾을 수 없",
    ),
    _rule(
        "login",
        "the page asks for a login",
        r"(?:登录|登陆)(?:超时|已过期|已失效)|(?:您|你)(?:还)?(?:没有|尚未|未)(?:登录|登陆).{0,10}(?:请|登)"
        r"|session (?:has )?expired",
        r"请(?:您)?先?(?:登录|登陆|登入)|(?:尚|还)?(?:未|没有?)(?:登录|登陆)|(?:please|must|need to) (?:log|sign)[ -]?in"
        r"|log ?in (?:is )?(?:required|to continue)"
        r"|(?:无|没有)(?:访问|浏览|阅读|操作)?权限|会员(?:专享|登录后)|войдите|авторизуйтесь|ログインしてください"
        r"|bitte (?:melden|loggen) sie sich|تسجيل الدخول مطلوب|로그인이 필요",
    ),
)
_LOGIN_TITLE = re.compile(
    r"登录|登陆|登入|log[ -]?in|sign[ -]?in|sign[ -]?on|authenti|вход|авторизац|ログイン|anmeld|로그인|تسجيل الدخول", re.IGNORECASE
)
_ERROR_TITLE = re.compile(
    r"^\W*(?:(?:error|错误|http)\W*)?(?:40[0-9]|410|50[0-9])\b|^\W*(?:page |seite )?not found"
    r"|(?:页面|网页)(?:不存在|没有找到|未找到|找不到)"
    r"|^\W*(?:出错了?|错误提示|系统提示|提示信息|error)\W*$",
    re.IGNORECASE,
)
_CARRIES = re.compile(r"application/(?:ld\+)?json|__(?:NUXT|INITIAL_STATE|STATE|DATA)__")  # data for scripts, which core.app_state reads
_ALERT = re.compile(r"""alert\s*\(\s*["']([^"']{2,200})["']""")
_DATED = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")


def refuse(text: str, tree: HtmlElement | None = None) -> None:
    """Return where the page may be read; else raise ReadError: empty, blocked, parking, error-page or login.

    `tree` is the parsed `text`, where the caller has it. A page with enough text is passed as soon as that is seen.
    """
    if not text.strip():
        raise ReadError("empty", "no text at all")
    tree = tree if tree is not None else dom.parse(text)
    if _tells(tree):
        return
    face = _face(tree)
    if face is None or face.headlines >= 5:
        return
    alerts = " ".join(_ALERT.findall(text[:50_000])[:3]) if not face.prose else ""
    _refuse_words(face, alerts)
    _refuse_form(face)
    if not (face.prose or face.links or face.embeds or _CARRIES.search(text)):
        raise ReadError("empty", "the page shows nothing" + (" without its scripts" if "<script" in text[:50_000].lower() else ""))


def _refuse_words(face: _Face, alerts: str) -> None:
    shown = dom.width(face.prose)
    dated = bool(_DATED.search(face.prose))
    bare = shown <= 240 and face.links < 25 and face.headlines < 3 and not dated
    words = f"{face.title}\n{face.prose}\n{alerts}"
    for rule in _RULES:
        found = (rule.plain.search(words) if shown <= (400 if dated else 700) else None) or (rule.vague.search(words) if bare else None)
        if found:
            raise ReadError(rule.cause, f"{rule.detail} (“{dom.normal(found[0])[:60]}”)")
    if shown <= 600 and _ERROR_TITLE.search(face.title) and not _DATED.search(face.prose):
        raise ReadError("error-page", f"the server shows an error in place of the page (“{face.title[:60]}”)")


def _refuse_form(face: _Face) -> None:
    """A password field on a page that is called a login, or that has next to nothing besides it."""
    if (
        face.password
        and face.links < 25
        and dom.width(face.prose) < 600
        and (_LOGIN_TITLE.search(face.title) or face.links + face.headlines < 4)
    ):
        raise ReadError("login", f"the page asks for a login (“{face.title[:60]}”)")


def _tells(tree: HtmlElement) -> bool:
    """Whether a page's paragraphs or headlines alone are enough: most pages need no closer look."""
    shown = headlines = 0
    for paragraph in islice(tree.iter("p"), _SAMPLE):
        text = paragraph.text
        if text and not text.isspace() and not _lies_in(paragraph, _UNTOLD):
            shown += dom.width(dom.normal(text[:20_000]))
            if shown > _ENOUGH:
                return True
    for link in islice(tree.iter("a"), _SAMPLE):
        if link.get("href") is not None and dom.width(dom.text_of(link, 400)) >= _HEADLINE and not _lies_in(link, _SILENT):
            headlines += 1
            if headlines >= _MANY:
                return True
    return False


def _lies_in(element: HtmlElement, tags: frozenset[str]) -> bool:
    return any(one.tag in tags for one in element.iterancestors())


def _face(tree: HtmlElement) -> _Face | None:
    """None as soon as the page has shown enough text of its own to be one."""
    prose: list[str] = []
    shown = links = headlines = 0
    password = embeds = False
    for element, linked in _elements(tree):
        tag = element.tag
        if tag == "a" and element.get("href") is not None:
            links += 1
            headlines += dom.width(dom.text_of(element, 400)) >= _HEADLINE
        password = password or (tag == "input" and (element.get("type") or "").lower() == "password")
        embeds = embeds or tag in ("frame", "iframe", "embed", "object", "img", "video")
        for piece in _pieces(element, linked):
            prose.append(piece)
            shown += dom.width(piece)
        if shown > _ENOUGH or headlines >= _MANY:
            return None
    title = tree.find(".//title")
    return _Face(dom.text_of(title, 300) if title is not None else "", " ".join(prose), links, headlines, password, embeds)


def _pieces(element: HtmlElement, linked: bool) -> Iterator[str]:
    """An element's own text and what follows it, as far as it is shown and no link's."""
    own = None if element.tag in _SILENT or element.tag == "a" or linked else element.text
    for piece in (own, None if linked else element.tail):
        if piece and not piece.isspace():
            yield dom.normal(piece[:20_000])


def _elements(tree: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """The body's elements in no particular order, and whether each lies within a link."""
    body = tree.find("body")
    stack: list[tuple[HtmlElement, bool]] = [(body if body is not None else tree, False)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        element, linked = stack.pop()
        yield element, linked
        if element.tag not in _SILENT:
            within = linked or element.tag == "a"
            stack.extend((child, within) for child in reversed(element))
