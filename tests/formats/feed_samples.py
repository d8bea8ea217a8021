"""A small Chinese portal as feeds hold it: every kind of entry that a reader must get right. Used by tests and by tests/clients."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.core import feed as core
from bridge.model import Catalogue, Enclosure, Entry, Feed, Image, Source, When

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2019, 5, 11, 4, 0, tzinfo=UTC)
SITE = "http://www.china0315.com"


def local(*parts):
    return datetime(*parts, tzinfo=ZONE)


def entry(number, title, published, **fields):
    """An entry first seen three minutes after it was published, unless said otherwise."""
    seen = fields.pop("first_seen", published + timedelta(minutes=3))
    return Entry(
        **{
            "id": f"tag:feeds.example.org,2019:tangshan/{number}",
            "portal": "tangshan",
            "url": f"{SITE}/news/{number}.html",
            "title": title,
            "first_seen": seen,
            "published": published,
            "updated": seen,
            "summary": f"摘要:{title}",
            "content_html": f"<p>{number}。正文第一段。</p>\n<p>正文第二段。</p>",
            "content_text": f"{number}。正文第一段。\n\n正文第二段。",
            "category": ("唐山新闻资讯", "唐山"),
            **fields,
        }
    )


ENTRIES = (
    entry(
        4711,
        "唐山网信办马文斌:吹响新媒体发展“集结号”",
        local(2019, 5, 11, 11, 13, 36),
        summary="唐山市委网信办高度重视新媒体的建设与发展,把2019年定为“新媒体全面提升促进年”。",
        content_html='<p>2019年是新中国成立70周年。</p><p><img src="http://www.china0315.com/up/2019/1.jpg" alt="专题培训会。"></p>'
        '<p><a href="https://www.thepaper.cn/newsDetail_forward_3421337">澎湃新闻</a> 1 &lt; 2 &amp; 3</p>',
        contributor="唐山市委网信办",
        source=Source("澎湃新闻 问政", When(local(2019, 5, 9, 13, 13), "minute", "dateline"), "https://www.thepaper.cn/"),
        images=(
            Image(f"{SITE}/up/2019/1.jpg", "唐山市委网信办专题培训会。"),
            Image(f"{SITE}/up/2019/调研.jpg", "新媒体统战工作专题调研活动。"),
        ),
    ),
    entry(4710, "关于<试点>工作的通知:1 < 2 && AT&T", local(2019, 5, 11, 9, 30), author="张三 李四", contributor="市政府办公室"),
    entry(4709, "唐山市2019年政府信息公开工作年度报告(附件)", local(2019, 5, 10, 17, 5), enclosures=(
        Enclosure(f"{SITE}/files/年度报告.pdf", "application/pdf", "年度报告", 482113),
        Enclosure(f"{SITE}/files/b.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    )),
    entry(4708, "只知道日期的公告", local(2019, 5, 10), precision="day", first_seen=local(2019, 5, 11, 0, 20)),
    entry(4707, "没有日期的公告", local(2019, 5, 9, 20, 20, 1), precision="none", first_seen=local(2019, 5, 9, 20, 20, 1)),
    entry(4706, "家庭日👨‍👩‍👧 cafe\u0301 𠮷野家 开业", local(2019, 5, 9, 8, 0), url=f"{SITE}/新闻/开业.asp?类=美食&id=4706"),
    entry(4705, "", local(2019, 5, 8, 12, 0), summary="", content_html="<p>没有标题的文章,以正文开头代替。</p>",
          content_text="没有标题的文章,以正文开头代替。"),
    entry(4704, "只有标题和链接的旧闻", local(2019, 5, 7, 7, 7, 7), summary="", content_html="", content_text="", revision=2,
          updated=local(2019, 5, 8, 9, 0)),
)  # fmt: skip


def feed(entries=ENTRIES, **fields):
    chosen = core.distinct_updated(core.choose(entries, NOW))
    birth = local(2019, 5, 1)
    return Feed(
        **{
            "id": "tag:feeds.example.org,2019:tangshan",
            "stem": "tangshan",
            "title": "唐山信息网",
            "home_url": f"{SITE}/",
            "base_url": "https://feeds.example.org/",
            "updated": core.newest_change(chosen, birth),
            "entries": chosen,
            "description": "唐山信息网的新文章",
            "hub": "https://feeds.example.org/hub",
            **fields,
        }
    )


def archive(**fields):
    """An archive document in the middle of its chain."""
    stems = {"stem": "archive/tangshan-2019-05", "current": "tangshan", "previous": "archive/tangshan-2019-04"}
    return feed(**{**stems, "next": "archive/tangshan-2019-06", "hub": None, **fields})


def withdrawn(**fields):
    """A live feed with archives, from which two articles were withdrawn."""
    gone = (("tag:feeds.example.org,2019:tangshan/4703", local(2019, 5, 11, 9, 0)), ("tag:feeds.example.org,2019:tangshan/4702", NOW))
    more = {"previous": "archive/tangshan-2019-05", "interval": timedelta(minutes=15), "deleted": gone}
    return feed(ENTRIES[:2], **{**more, **fields})


def many(count):
    """A feed of `count` entries, a minute apart, all recorded in the same tick."""
    start = local(2019, 5, 11, 11, 0)
    made = (entry(n, f"第{n}条", start - timedelta(minutes=n), first_seen=start, updated=start) for n in range(count))
    return feed(tuple(made))


def catalogue():
    other = feed((), id="tag:feeds.example.org,2019:b", stem="b", title="空的 & <门户>", description="", language="zh-CN")
    return Catalogue(title="我的订阅", base_url="https://feeds.example.org/", feeds=(feed(), other))
