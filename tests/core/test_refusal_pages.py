"""Pages that are none are refused by name; pages that merely talk of such things are read."""

import pytest

from bridge.core.refusal import refuse
from bridge.errors import ReadError

NAV = "".join(f'<a href="/{n}/">栏目{n}</a> ' for n in range(12))
LINES = "".join(f'<li><a href="/news/{n}.html">唐山市积极推进老旧小区改造工作取得新成效之{n}</a></li>' for n in range(8))

REFUSED = [
    ("empty", ""),
    ("empty", "<html><head><title>x</title></head><body>  \n </body></html>"),
    ("empty", '<html><body><div id="app"></div><script src="/app.js"></script></body></html>'),
    ("blocked", "<title>Just a moment...</title><h1>www.example.org</h1><p>Checking if the site connection is secure</p>"),
    ("blocked", "<title>Attention Required! | Cloudflare</title><p>Sorry, you have been blocked</p>"),
    ("blocked", "<title>访问验证</title><p>请输入验证码继续访问</p><img src=c.png><input name=code>"),
    ("blocked", "<title>网站防火墙</title><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"),
    ("blocked", '<h1>Access Denied</h1>You don\'t have permission to access "http://x/" on this server.<p>Reference #18.2f'),
    ("blocked", "<p>您的访问过于频繁，请稍后再试</p>"),
    ("parking", "<title>example.com</title><p>This domain is for sale! Buy this domain today.</p>"),
    ("parking", "<title>域名出售</title><p>此域名正在出售，有意者请联系</p>"),
    ("error-page", "<title>404 Not Found</title><center><h1>404 Not Found</h1></center><hr><center>nginx</center>"),
    ("error-page", "<font face=宋体>Microsoft OLE DB Provider for ODBC Drivers</font> 错误 '80004005'<p>/inc/conn.asp，行 12"),
    ("error-page", '<script>alert("该文章不存在或已被删除！");history.back();</script>'),
    ("error-page", f"<title>系统提示</title>{NAV}<p>您访问的页面不存在，3秒后返回首页</p>"),
    ("error-page", "<title>数据库出错</title><p>Discuz! Database Error</p>"),
    ("login", "<title>用户登录</title><form>用户名<input name=u>密码<input type=password name=p></form><a href=/reg>注册</a>"),
    ("login", "<p>您还没有登录，请先登录后再访问</p>"),
    ("login", "<title>Sign in</title><form><input name=user><input type=password></form>"),
]

READ = [
    "<title>ASP 分页的写法</title><p>2007-08-21 22:10</p><p>分页是最常见的。</p><pre>Set rs = Server.CreateObject('ADODB.Recordset')</pre>",
    f"<title>唐山新闻</title><form>用户名<input name=u>密码<input type=password>验证码<input> 请登录</form>{NAV}<ul>{LINES}</ul>",
    "<title>关于网站维护的通知</title>"
    + NAV
    + "<h1>关于网站维护的通知</h1><p>发布时间：2019-05-11</p><p>因系统维护，网站将暂停服务，请稍后再访问。</p>",
    f"<title>登录验证码的安全问题</title><h1>验证码为何挡不住机器人</h1><p>{'人机验证已是标配，访问过于频繁的限制并不可靠。' * 20}</p>",
    "<title>短讯</title><p>今日小雪。</p>",
    '<frameset cols="*"><frame src="main.asp"></frameset>',
    "<title>图片新闻</title><img src=/a.jpg>",
    f"<title>Error budgets explained</title><p>{'An error budget is what a service may fail. ' * 30}</p>",
    f"<title>新闻列表</title><ul>{LINES}</ul><p>共0条评论 请登录后发表</p>",
]


@pytest.mark.parametrize(("cause", "text"), REFUSED)
def test_refused_with_its_cause(cause, text):
    """The cause names what stands in place of the page."""
    with pytest.raises(ReadError) as caught:
        refuse(text)
    assert caught.value.cause == cause
    assert caught.value.detail


@pytest.mark.parametrize("text", READ)
def test_pages_are_not_refused(text):
    """Login boxes, notices of maintenance and news about captchas are pages."""
    refuse(text)
