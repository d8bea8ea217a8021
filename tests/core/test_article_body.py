"""What belongs to the body of a page and what does not: teasers, sections, lines at the ends of a block, captions, old markup."""

from datetime import UTC, datetime

import pytest

from bridge.core.article import read
from bridge.model import Portal, Site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://www.example.cn/news/12.html"
PORTAL = Portal(id="p", title="临江网", url="https://www.example.cn/")
ONE = "因阀门更换，今晚22时至次日5时城南停水。"
LONG = "记者沿线走访了十二个村，村里的老人说，从前到镇上要走两个小时，如今公交车二十分钟就到，孩子们上学也方便多了。"
CARD = "<div class=k><a href=/n/{n}.html>城南菜市场搬迁新址的消息</a><p>老菜市场下月起关闭，商户分批迁往新址，记者现场探访，…</p></div>"
FOOT = (
    "<table><tr><td>网站备案:示ICP备00000000号<br><a href=/a>关于我们</a> | <a href=/b>联系方式</a><br>Copyright 2004-2026 临江网"
    " Inc. All rights reserved. 技术支持:临江网，网站建设<br>Published at 2026/11/22 12:01:01, Powered By CMS</table>"
)
TITLED = "<html><head><title>停水通知 - 临江网</title></head><body><h1>停水通知</h1><p>2019-05-11 11:13</p>"


def _text(html):
    return read(html, URL, "utf-8", PORTAL, Site(), NOW).content_text


@pytest.mark.parametrize(
    "below",
    [
        "".join(CARD.format(n=n) for n in range(4)),
        "<aside>" + "".join(CARD.format(n=n) for n in range(4)) + "</aside>",
        f"<div class=recommend><p>{LONG}</p><p>{LONG}</p></div>",
        f"<div class=comment-list><p>网友甲：{LONG}</p><p>网友乙：{LONG}</p></div>",
        f"<h3>网友评论</h3><p>{LONG}</p><p>{LONG}</p>",
        "<p>相关新闻</p>" + "".join(f"<p><a href=/n/{n}.html>城南菜市场搬迁新址的消息</a> 05-11</p>" for n in range(3)),
        FOOT,
        "<p>上一篇：<a href=11.html>另一篇文章的标题文字</a><br>下一篇：没有了</p>",
        "".join(
            f"<div><h3>另一条消息{n}的标题文字</h3><p>正文摘要正文摘要，正文摘要正文摘要正文摘要，记者现场探访...</p></div>"
            for n in "甲乙丙"
        ),
    ],
)
def test_what_follows_a_short_story_is_not_the_story(below):
    """Teasers, regions, comments, lists, the page's foot: a story of one sentence stays one sentence, without lessons."""
    assert _text(f"{TITLED}<div class=x><p>{ONE}</p></div>{below}</body></html>") == ONE


@pytest.mark.parametrize(
    "between",
    [
        "<p>Publié le 20 novembre 2026 à 10h23, modifié le 20 novembre 2026 à 11h05</p>",
        "<div>Published in <a href=/w>The Workbench</a> · <span>5 min read</span> · <span>Nov 20, 2026</span></div>",
        "<div class=inline-cta__wrapper><p>Join the waitlist, be first in line, and meet the founders on stage.</p></div>",
        "<div data-testid=SignUp><p>The Power Up newsletter has all of it, every morning. Sign up <a href=/s>here</a>.</p></div>",
        "<div data-component=byline-block><span>Anna Holt</span><p>Reporting from the valley, where the water still stands.</p></div>",
        "<div><span>Anna HOLT</span><time>Oluşturulma Tarihi: Kasım 20, 2026 10:23</time><span>2 dk okuma</span></div>",
        "<div><time datetime=2026-11-20T16:12>20.11.2026, 16:12 Uhr</time> <span>Lesezeit: 4 Min.</span> <a href=/t>Ticker</a></div>",
        "<div><span>Valle - <time>20 NOV 2026 - 05:30 CET</time></span></div>",
        "<div class=k><p>Keep reading all of it, on every device. Cancel at any time.</p><p>€1 a month for the first year</p></div>",
        "<section><h3>Tu suscripción se está usando</h3><p>Si continúas aquí, no se podrá leer en el otro.</p></section>",
        "<div class=nl><h3>Unser Newsletter für die Region</h3><p>Alle Nachrichten aus Ihrer Stadt, jeden Morgen, und kostenlos.</p></div>",
        "<div><span>Ruth Sand</span> <span>is a senior reporter covering the grid, with ten years of experience.</span></div>",
        "<p>To view this video please enable JavaScript, and consider upgrading to a web browser that supports HTML5 video.</p>",
        "<h2>Editors’ Picks</h2><ul><li><a href=/1>The mill that would not close this year</a><li><a href=/2>What the river took</a></ul>",
    ],
)
def test_what_stands_between_lead_and_story_is_neither(between):
    """Bylines, invitations and boxes that say what they are, by name or by words, are left out of a story that goes on."""
    lead = "<p>The town has waited for the bridge since the flood of 2019.</p>"
    told = "<p>On Tuesday the council approved it, although the cost has doubled since then, and work begins in March.</p>" * 3
    text = _text(f"<title>The bridge - D</title><h1>The bridge</h1><div>{lead}{between}{told}</div>")
    assert text.replace("\n", "") == (lead + told).replace("<p>", "").replace("</p>", "")


def test_boxes_around_the_element_that_is_the_body():
    """What stands under its own headings before the only element that calls itself the body, or behind it, is no part of the story."""
    told = "<p>On Tuesday the council approved it, although the cost has doubled since then, and work begins in March.</p>" * 6
    box = "<h2>Author</h2><p>Anna Holt, Senior Lecturer</p><h2>Disclosure</h2><p>She owns no shares, and receives no funding.</p>"
    behind = "<div><p>You have read one article, and we are glad of it. Join us today.</p></div>"
    text = _text(f"<title>The bridge - D</title><article><h1>The bridge</h1>{box}<div class=content-body>{told}</div>{behind}</article>")
    assert text.replace("\n", "") == told.replace("<p>", "").replace("</p>", "")


def test_a_box_of_links_within_a_story_does_not_end_it():
    """Behind the links under a heading the story goes on where it stood before; names of places are no links."""
    told = [
        f"On day {one} the council approved the bridge, although the cost has doubled since then, and work begins in March."
        for one in range(9)
    ]
    box = "<h4>Related</h4><ul>" + "".join(f"<li><a href=/{n}>The mill that would not close this year</a></li>" for n in "abc") + "</ul>"
    lines = [f"<p><a name=p{place}>{one}</a></p>" for place, one in enumerate(told)]
    text = _text(f"<title>The bridge - D</title><h1>The bridge</h1><div>{''.join(lines[:6])}{box}{''.join(lines[6:])}</div>")
    assert text.split("\n\n") == told


def test_a_story_about_newsletters_is_told():
    """Words of an invitation in paragraphs that are made like the rest of the story are the story's."""
    told = ["The paper will support local journalism, its editor said.", "Readers may cancel at any time, and 3,400 did so in May."]
    text = _text(f"<title>The paper - D</title><h1>The paper</h1><div>{''.join(f'<p>{one}</p>' for one in told)}</div>")
    assert text.split("\n\n") == told


def test_headings_that_can_be_edited_or_linked_to_are_headings():
    """A link beside a heading, or the heading as a link to itself, does not make the sections of a page teasers of others."""
    told = "<p>On Tuesday the council approved the bridge, although the cost has doubled since then<sup><a href=#n>[1]</a></sup>.</p>"
    heads = [f"<div class=head><h2>{one}</h2><span>[<a href=/edit>edit</a>]</span></div>" for one in ("History", "Design", "Costs")]
    marked = f"<section><h2><a href=#use>Use of it</a></h2>{told}</section>"
    text = _text(f"<title>The bridge - D</title><h1>The bridge</h1><div>{told}{told.join(heads)}{told}{marked}</div>")
    assert [line for line in text.split("\n\n") if len(line) < 12] == ["History", "Design", "Costs", "Use of it"]


def test_what_follows_a_long_story_ends_it():
    """Headings and lines of newspapers behind a story, in several languages."""
    story = "<p>On Tuesday the council approved the bridge, although the cost has doubled since then, and work begins in March.</p>" * 4
    plain = story.replace("<p>", "").replace("</p>", "")
    for behind in (
        "<p>A version of this article appears in print on Nov. 21, 2026, Section A, Page 20.</p>",
        "<h3>Sobre la firma</h3><p>Redactora de Economía, antes trabajó en la sección de Madrid.</p>",
        "<h2>Mehr lesen über</h2><p>Die zeitgleiche Nutzung ist auf ein Gerät beschränkt, bitte beachten Sie das.</p>",
        "<p>about the writer</p><h3>J. Marsh</h3><p>J. Marsh covers agriculture, and has done so for years.</p>",
        "<h2>Written by Anna Holt</h2><p>Writes about things with knobs, and has done so for years.</p>",
        "<p>Dieser Beitrag wurde am 11. Mai 2009 um 11:13 Uhr veröffentlicht und unter <a href=/p>Politik</a> per RSS abgelegt.</p>",
        "<ul><li><a href=/t>Il primo argomento</a></ul><section><h2>Con i lettori</h2><p>Ogni mattina vieni qui, e conta.</p></section>",
        "<h2>Responses (2)</h2><div><p>I have one of these, and it still hums at night.</p></div>",
        "<p>特别声明：以上内容为自媒体平台用户上传并发布，本平台仅提供信息存储服务。</p>",
    ):
        assert _text(f"<title>The bridge - D</title><h1>The bridge</h1><div>{story}{behind}</div>").replace("\n", "") == plain, behind


def test_a_section_of_the_story_with_a_suspicious_heading_stays():
    """A heading like those of lists does not end a story that goes on with whole paragraphs."""
    aside = "<p>相关新闻</p><p><a href=/n/1.html>另一篇文章的标题</a></p>"
    html = f"{TITLED}<div><p>{LONG}</p>{aside}<p>{LONG[::-1]}。</p><p>{LONG}完。</p></div></body></html>"
    text = _text(html)
    assert text.startswith(LONG)
    assert text.endswith("完。")
    assert "另一篇" not in text


def test_lines_at_the_ends_of_a_block_stand_apart():
    """A dateline above and neighbours below, all behind `<br>`, leave the text between them whole."""
    below = "责任编辑：李四<br>上一篇：<a href=1.html>别的标题别的标题</a>"
    html = f"{TITLED}<table><tr><td>2019-05-09 13:13 来源:某报<br>{LONG}<br>{ONE}<br>{below}</td></tr></table>"
    assert _text(html) == f"{LONG}\n{ONE}"


def test_equal_cells_of_a_table_are_all_kept():
    """A value that repeats in a table is no doubled caption."""
    html = f"{TITLED}<div><p>{LONG}</p><table><tr><td>土豆<td>1.50<td>1.50</tr><tr><td>鸡蛋<td>4.90<td>4.90</tr></table></div>"
    assert _text(html).endswith("土豆\t1.50\t1.50\n鸡蛋\t4.90\t4.90")


@pytest.mark.parametrize(
    "figure",
    [
        '<figure><img src="/a.jpg"><figcaption>大堤在夕阳里，很美。</figcaption></figure>',
        '<p align=center><img src="/a.jpg" alt="大堤在夕阳里，很美。"></p><p>大堤在夕阳里，很美。</p>',
        '<p><img src="/a.jpg"></p><p style="text-align:center">大堤在夕阳里，很美。</p>',
        '<div><img src="/a.jpg"></div><p>▲大堤在夕阳里，很美。</p>',
        '<div><img src="/a.jpg"></div><p>大堤在夕阳里，很美。张三 摄</p>',
    ],
)
def test_captions_are_read_but_not_summarised(figure):
    """A caption is part of the text, and no part of the summary."""
    html = f"{TITLED}<div><p>{ONE}</p>{figure}<p>{LONG}</p></div>"
    article = read(html, URL, "utf-8", PORTAL, Site(), NOW)
    assert "大堤在夕阳里" in article.content_text
    assert "大堤在夕阳里" not in article.summary
    assert article.summary.startswith(ONE)


def test_void_elements_that_nobody_closes_swallow_nothing():
    """A Flash banner without an end tag is no reason to lose the page; nor is a link around a table."""
    assert _text(f"<html><body><embed src=top.swf><h1>停水通知</h1><p>2019-05-11</p><p>{ONE}</p><p>{LONG}</p>") == f"{ONE}\n\n{LONG}"
    assert LONG in _text(f"{TITLED}<table><tr><td><a href=/x>首页<tr><td>{LONG}<tr><td>{ONE}</table>")


def test_a_wrapped_letter_becomes_paragraphs_and_code_stays():
    """Preformatted prose in ideographs is joined at its line ends; program text keeps its lines."""
    assert _text(f"{TITLED}<pre>\n　　{LONG[:20]}\n{LONG[20:]}\n\n　　{ONE}\n</pre>") == f"{LONG}\n\n{ONE}"
    code = "<pre><code>if x:\n    return 1\n</code></pre>"
    assert "if x:\n    return 1" in _text(
        f"<h1>Notes</h1><p>2019-05-11</p><p>This is how it is written, in two lines.</p>{code}<p>It returns one, always.</p>"
    )


def test_teasers_are_one_make_whatever_their_numbers():
    """Cards of other stories are a list, though each has a class of its own (post-812) beside the shared one."""
    told = "<p>临江市图书馆下月起延长开放时间，周末也将开放到晚上九点，读者可凭身份证免费办理借阅卡。</p>" * 2
    cards = "".join(
        f"<div class='card post-{n}'><h4><a href='/{n}.html'>第{n}中学举办科技节活动欢迎参观</a></h4>"
        f"<p>记者从有关部门获悉，活动持续{n}天，内容丰富多彩，吸引了…</p></div>"
        for n in range(811, 823)
    )
    head = "<html><title>图书馆延长开放</title><body><h1>图书馆延长开放</h1><p>2026-11-09</p>"
    page = f"{head}<div>{told}</div><div>{cards}</div></body></html>"
    text = read(page, "https://www.example.cn/1.html", "utf-8", PORTAL, Site(), NOW).content_text
    assert "免费办理借阅卡" in text
    assert "科技节" not in text


def test_rows_of_buttons_go_and_signatures_stay():
    """A row of bracketed buttons is none of the text, a signature with the site's name is."""
    told = "因电信线路检修，本站将于今晚22时至次日6时暂停服务，给您带来不便敬请谅解。"
    sign = "<div align=right>临江信息网<br>2006年7月1日</div><div>【发表评论】【告诉好友】【打印此文】</div>"
    page = f"<html><title>暂停服务公告</title><body><h1>暂停服务公告</h1><p>2006-6-30</p><p>{told}</p>{sign}</body></html>"
    text = read(page, "https://www.example.cn/1.html", "utf-8", PORTAL, Site(), NOW).content_text
    assert "临江信息网" in text
    assert "2006年7月1日" in text
    assert "告诉好友" not in text


POST = (
    "<table class=t><tr><td>{who}<br>注册 2006-5-1</td><td><div>发表于 2006-8-{day} 21:14 <a href=#>资料</a></div>{head}<div"
    " class=m>{said}</div></td></tr></table>"
)


def test_short_answers_of_a_thread_are_no_part_of_the_question():
    """The line above an answer has name, moment and number side by side without a space between them."""
    posts = "".join(
        f"<div class=topic-body><div><a href=/u>{name}</a><time>November 18, 2026, 11:3{n}am</time><i>{n}</i></div><p>{text}</p></div>"
        for n, (name, text) in enumerate((("anna", LONG * 2), ("tom", "Check the capacitors first.")), 1)
    )
    assert _text(f"<title>The hum - F</title><h1>The hum</h1><div>{posts}</div>") == LONG * 2


def test_a_thread_is_its_first_post():
    """Replies are siblings of the first post that are made alike, each with its own moment."""
    replies = "".join(POST.format(who=f"网友{day}", day=day, head="", said=LONG[::-1] + str(day)) for day in range(10, 15))
    first = POST.format(who="山里人", day=9, head="<h2>停水通知</h2>", said=LONG)
    assert _text(f"<html><title>停水通知 - 临江论坛</title><body>{first}{replies}</body></html>") == LONG


def test_comments_without_a_heading_are_left_out():
    """Entries below a story that each have a moment are comments, whatever stands above them."""
    entries = "".join(f"<dl><dt>游客 2013-04-0{day} 12:00 发表</dt><dd>{LONG[::-1]}{day}</dd></dl>" for day in range(3, 9))
    assert _text(f"{TITLED}<div><p>{LONG}</p></div><h3>最新评论 查看所有评论</h3>{entries}</body></html>") == LONG
    items = "".join(f"<li><span>博友</span><div>{LONG[::-1]}{day}</div><em>2009-11-1{day} 08:00</em></li>" for day in range(3, 9))
    assert _text(f"{TITLED}<div><p>{LONG}</p><div><span>评论</span><span>重要提示</span>{items}</div></div></body></html>") == LONG


def test_a_chronicle_is_a_story():
    """Paragraphs that begin with days are no entries."""
    days = "".join(
        f"<div><b>2005年{month}月8日</b><p>学校召开工作会议，部署第{month}项工作，校领导出席并讲话。</p></div>" for month in range(1, 7)
    )
    assert "第6项" in _text(f"{TITLED}<div>{days}</div></body></html>")
    hours = days.replace("日</b>", "日 09:30</b>")
    assert "第6项" in _text(f"{TITLED}<p>{LONG}</p><div>{hours}</div></body></html>")


def test_a_second_article_is_left_out():
    """A heading made like the headline with a stamp below it begins another article."""
    other = f"<div><h1>另一则：道路通车</h1><p>2019-05-10</p><p>{LONG[::-1]}</p></div>"
    assert _text(f"{TITLED}<div><p>{LONG}</p></div>{other}</body></html>") == LONG


def test_questions_of_an_interview_stay():
    """`记者：` before a question is no credit."""
    told = "<b>记者：工程什么时候完工？</b><br>李局长：已于上周全部完工，正在调试，月底交付。<br>"
    text = _text(f"{TITLED}<div><p>{LONG}</p>{told}</div></body></html>")
    assert "什么时候" in text


def test_decimals_are_no_dates():
    """Prices look like days with a month."""
    lines = "<br>".join(
        f"{name} {price}元/斤" for name, price in (("白菜", "0.8"), ("西红柿", "2.6"), ("黄瓜", "3.1"), ("土豆", "1.2"), ("青椒", "3.5"))
    )
    assert _text(f"{TITLED}<div>{lines}</div></body></html>").count("元") == 5


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ("<figure><img src=/hero.jpg></figure>", ["https://www.example.cn/hero.jpg"]),
        ("<div class=author-icon><img src=/a.jpg></div>", []),
        ("<div><a href=/people/1><img src=/a.jpg></a></div>", []),
        ("<div><a href=/big.jpg><img src=/small.jpg></a></div>", ["https://www.example.cn/small.jpg"]),
    ],
)
def test_the_lead_picture_may_stand_outside_of_the_body(shown, wanted):
    """A picture between headline and text belongs to the story, a portrait of its author does not."""
    html = f"{TITLED}{shown}<div class=x><p>{LONG}</p><p>{LONG[::-1]}</p></div></body></html>"
    assert [image.url for image in read(html, URL, "utf-8", PORTAL, Site(), NOW).images] == wanted


def test_a_video_and_a_sentence():
    """The player above the only sentence is part of the article."""
    html = f"{TITLED}<video src=/v/1.mp4 controls></video><p>{ONE}</p></body></html>"
    assert "https://www.example.cn/v/1.mp4" in read(html, URL, "utf-8", PORTAL, Site(), NOW).content_html
