"""The sample portal in two further markups, with the same articles, addresses of their own and the same script.

`themes()` gives all three. A portal in any of them: `SamplePortal(now, theme=UlCms())`.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import escape

from bridge.demo.stories import Grid, Heading, Picture, Story
from bridge.demo.templates import OldCms
from bridge.demo.theme import SECTIONS, Pages, Theme, View, inline, paged, plain


def themes() -> dict[str, Callable[[], Theme]]:
    """The markups by name: tables in GBK, `<ul>` lists in UTF-8, cards with `<time>` and JSON-LD."""
    return {"tables": OldCms, "lists": UlCms, "cards": Cards}


class UlCms:
    """A municipal CMS: `<ul>` lists with full dates, a `div` of paragraphs, minutes only, no charset in the header."""

    encoding = "utf-8"
    content_type = "text/html"
    home = "/"
    lists = "/xwzx/index.html"

    def address(self, story: Story) -> str:
        """`/xwzx/202605/t20260511_10231.html`."""
        return f"/xwzx/{story.published:%Y%m}/t{story.published:%Y%m%d}_{story.id}.html"

    def pages(self, view: View) -> Pages:
        """Home page, list pages, articles."""
        count = len(paged(view.stories, view.page_size))
        lists = {self._list_path(page): partial(self.list_page, view, page) for page in range(1, count + 1)}
        articles = {self.address(story): partial(self.article_page, view, story) for story in view.stories}
        return {"/": partial(self.home_page, view), **lists, **articles}

    def home_page(self, view: View) -> str:
        """The latest news, and a box for each section."""
        boxes = "".join(f'<div class="box"><h3>{name}</h3>{self._lines(view.section(name)[:5])}</div>' for name in SECTIONS)
        return self._page(view, "柳渡市人民广播网", f'<div class="news-box"><h2>最新消息</h2>{self._lines(view.stories[:12])}</div>{boxes}')

    def list_page(self, view: View, page: int = 1) -> str:
        """A `<ul>` with a date beside each title, and numbers to other pages."""
        pages = paged(view.stories, view.page_size)
        numbers = " ".join(
            f"<span>{n}</span>" if n == page else f'<a href="{self._list_path(n).rsplit("/", 1)[1]}">{n}</a>'
            for n in range(1, len(pages) + 1)
        )
        after = f' <a class="next" href="{self._list_path(page + 1).rsplit("/", 1)[1]}">下一页</a>' if page < len(pages) else ""
        body = f'<div class="list-con">{self._lines(pages[page - 1])}<div class="page">{numbers}{after}</div></div>'
        return self._page(view, "新闻中心_柳渡市人民广播网", '<div class="position">当前位置：<a href="/">首页</a> > 新闻中心</div>' + body)

    def article_page(self, view: View, story: Story) -> str:
        """Headline, an info line, paragraphs in a `div`, an editor's line, related news."""
        body = f"""<div class="position">当前位置：<a href="/">首页</a> > <a href="{self.lists}">新闻中心</a> > {story.section}</div>
<div class="article"><h1>{escape(story.title)}</h1>
<div class="info"><span>发布日期：{story.published:%Y-%m-%d %H:%M}</span> <span>来源：{escape(story.source) or "本站"}</span>
{f"<span>作者：{escape(story.author)}</span>" if story.author else ""} <span>浏览次数：<em>128</em></span>
<span>字号：[大 中 小]</span></div>
<div class="TRS_Editor">{"".join(map(_block, story.blocks))}
{f"<p>（供稿：{escape(story.contributor)}）</p>" if story.contributor else ""}</div>
<div class="share">分享到：微信 微博</div></div>
<div class="related"><h4>相关阅读</h4>{self._lines(view.section(story.section)[:4])}</div>"""
        return self._page(view, f"{story.title}_柳渡市人民广播网", body)

    def _list_path(self, page: int) -> str:
        return "/xwzx/index.html" if page == 1 else f"/xwzx/index_{page - 1}.html"

    def _lines(self, stories: tuple[Story, ...]) -> str:
        lines = "".join(
            f'<li><span class="date">{story.published:%Y-%m-%d}</span><a href="{self.address(story)}">{escape(story.title)}</a></li>\n'
            for story in stories
        )
        return f'<ul class="news-list">\n{lines}</ul>'

    def _page(self, view: View, title: str, body: str) -> str:
        nav = "".join(f'<li><a href="/{n}/">{name}</a></li>' for n, name in enumerate(("走进柳渡", "政务公开", "办事服务", "互动交流")))
        hot = self._lines(tuple(reversed(view.stories))[:6])
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{escape(title)}</title></head><body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="{self.lists}">新闻中心</a></li>{nav}</ul></div>
<div class="main">{body}</div>
<div class="right"><h3>点击排行</h3>{hot}</div>
<div class="footer"><p>主办：柳渡市人民广播网 <a href="/map.html">网站地图</a></p>
<p>示ICP备00000000号-2 页面更新：{view.built:%Y-%m-%d %H:%M:%S}</p></div>
</body></html>
"""


class Cards:
    """A modern news site: cards with `<time datetime>`, slugs in the address, JSON-LD and Open Graph, lazy images."""

    encoding = "utf-8"
    content_type = "text/html; charset=utf-8"
    home = "/"
    lists = "/"

    def address(self, story: Story) -> str:
        """`/a/bridge-10231`."""
        return f"/a/{story.key}-{story.id}"

    def pages(self, view: View) -> Pages:
        """List pages (the first is the home page) and articles."""
        count = len(paged(view.stories, view.page_size))
        lists = {"/" if page == 1 else f"/?page={page}": partial(self.list_page, view, page) for page in range(1, count + 1)}
        return lists | {self.address(story): partial(self.article_page, view, story) for story in view.stories}

    def list_page(self, view: View, page: int = 1) -> str:
        """A card for each article: picture, headline, teaser, relative time."""
        pages = paged(view.stories, view.page_size)
        cards = "\n".join(self._card(view, story) for story in pages[page - 1])
        after = f'<a rel="next" class="load-more" href="/?page={page + 1}">加载更多</a>' if page < len(pages) else ""
        return self._page(view, "柳渡号", f'<section class="feed">{cards}</section>{after}')

    def article_page(self, view: View, story: Story) -> str:
        """`<article>` with a header, figures and paragraphs; the facts once more as JSON-LD."""
        url = view.origin + self.address(story)
        head = f"""<link rel="canonical" href="{url}"><meta property="og:title" content="{escape(story.title)}">
<meta property="og:type" content="article"><meta property="article:published_time" content="{story.published.isoformat()}">
<meta name="description" content="{escape(plain(story.lead)[:80])}">
<script type="application/ld+json">{_facts(view, story, url)}</script>"""
        body = f"""<nav class="breadcrumb"><a href="/">柳渡号</a><a href="/c/{SECTIONS.index(story.section)}">{story.section}</a></nav>
<article class="post"><header><h1>{escape(story.title)}</h1>
<p class="meta">{escape(story.source)} <time datetime="{story.published.isoformat()}">{story.published:%m月%d日 %H:%M}</time></p></header>
<div class="post-body">{"".join(map(_figured, story.blocks))}</div></article>
<aside class="recommend"><h2>为你推荐</h2>{"".join(self._card(view, other) for other in view.stories[-4:])}</aside>"""
        return self._page(view, f"{story.title} - 柳渡号", body, head)

    def _card(self, view: View, story: Story) -> str:
        picture = f'<img loading="lazy" data-src="/upload/{story.pictures[0].name}" alt="">' if story.pictures else ""
        ago = (view.stories[0].published - story.published) // timedelta(hours=1)
        return f"""<article class="card"><a class="card-link" href="{self.address(story)}">{picture}<h3>{escape(story.title)}</h3></a>
<p class="teaser">{escape(plain(story.lead)[:48])}…</p><footer><span>{escape(story.source)}</span>
<time datetime="{story.published.isoformat()}">{f"{ago}小时前" if 0 < ago < 24 else f"{story.published:%m-%d}"}</time></footer></article>"""

    def _page(self, view: View, title: str, body: str, head: str = "") -> str:
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>
<body data-build="{view.built:%Y%m%d%H%M%S}"><header class="site"><a href="/">柳渡号</a><a href="/login">登录</a></header>
<main>{body}</main>
<footer class="site-footer"><a href="/about">关于</a> © {view.built.year} 柳渡号</footer></body></html>
"""


def _block(block: object) -> str:
    match block:
        case Picture(name, caption):
            image = f'<img src="/upload/{name}" alt="{escape(caption)}" />'
            return f'<p style="text-align:center">{image}</p>\n<p style="text-align:center">{escape(caption)}</p>\n'
        case Grid(rows):
            return (
                "<table><tbody>"
                + "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
                + "</tbody></table>\n"
            )
        case Heading(text):
            return f"<p><strong>{escape(text)}</strong></p>\n"
    return f"<p>　　{inline(block.text)}</p>\n"


def _figured(block: object) -> str:
    match block:
        case Picture(name, caption):
            image = f'<img loading="lazy" data-src="/upload/{name}" alt="{escape(caption)}">'
            return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>\n"
        case Heading(text):
            return f"<h2>{escape(text)}</h2>\n"
        case Grid():
            return _block(block)
    return f"<p>{inline(block.text)}</p>\n"


def _facts(view: View, story: Story, url: str) -> str:
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published.isoformat(),
        "mainEntityOfPage": url,
        "image": [f"{view.origin}/upload/{picture.name}" for picture in story.pictures],
        "author": {"@type": "Person", "name": story.author} if story.author else None,
        "publisher": {"@type": "Organization", "name": "柳渡号"},
    }
    known = {key: value for key, value in facts.items() if value}
    return json.dumps(known, ensure_ascii=False).replace("</", "<\\/")
