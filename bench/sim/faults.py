"""Pages that come in place of the portal's: firewalls, logins, parked domains, errors."""

from collections.abc import Mapping

from .happenings import Happening
from .markup import SITE, View, notice_page

_CAPTCHA = (
    ("安全验证", "您的访问过于频繁，请完成下面的验证后继续访问。", '<form><input name="code"><img src="/captcha.jpg"></form>'),
    ("网站防火墙", "您的请求带有不合法参数，已被网站管理员设置拦截！", "<p>可能原因：您提交的内容包含危险的攻击请求</p>"),
    ("Just a moment...", "Checking your browser before accessing www.liudu.example.", '<div id="challenge"></div>'),
)
_LOGIN = (
    (
        "用户登录",
        "请先登录后再访问本页面。",
        '<form>用户名<input name="u">密码<input type="password" name="p"><input type="submit"></form>',
    ),
    (f"会员登录-{SITE}", "登录超时，请重新登录。", '<form><input name="u"><input type="password" name="p"></form>'),
)
_PARKING = (
    ("liudu.example 域名出售", "该域名正在出售，有意者请联系经纪人。", '<a href="/buy">立即购买</a>'),
    ("liudu.example", "This domain is for sale! Buy this domain.", '<a href="/buy">Buy</a>'),
)
_ERROR = (
    (
        "",
        "Microsoft OLE DB Provider for ODBC Drivers 错误 '80004005'<br>[Microsoft][ODBC Microsoft Access Driver] 未指定的错误",
        "/conn.asp，行 12",
    ),
    ("系统提示", "数据库连接出错，请稍后再试。", ""),
    ("500 - 内部服务器错误。", "您查找的资源存在问题，因而无法显示。", ""),
)

PAGES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "captcha": _CAPTCHA,
    "login": _LOGIN,
    "parking": _PARKING,
    "error page": _ERROR,
}
"""Title, words and extra markup of the pages that replace all others, by kind of happening."""


def page(fault: Happening, view: View) -> str:
    """The page that everything answers with while `fault` lasts."""
    choices = PAGES[fault.kind.name]
    title, words, extra = choices[fault.flavour % len(choices)]
    return notice_page(view, title, words, extra)
