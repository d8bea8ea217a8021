"""What our pages say, in Chinese and English. Only words: no markup, no portal's text."""

from typing import Literal

Tongue = Literal["zh", "en"]

TEXTS: dict[str, tuple[str, str]] = {
    # every page
    "skip": ("跳到正文", "Skip to content"),
    "tongue": ("界面语言", "Language"),
    "all_feeds": ("全部订阅源", "All feeds"),
    "status": ("运行状况", "Status"),
    "opml": ("OPML 订阅清单", "OPML list"),
    "made": ("本页由 Feedbridge 生成，不设追踪，不依赖脚本。", "Made by Feedbridge. No tracking; readable without scripts."),
    # landing page
    "lead": ("把一个地址复制到阅读器里，就能收到新文章。", "Copy an address into a feed reader to get new articles as they appear."),
    "home": ("来源网站", "Website"),
    "address": ("订阅地址", "Feed address"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "subscribe": ("订阅", "Subscribe"),
    "more": ("全部新闻", "All headlines"),
    "empty": ("还没有文章。", "No articles yet."),
    "contents": ("订阅源一览", "Feeds on this page"),
    "no_feeds": ("还没有订阅源。", "No feeds yet."),
    "push": ("推送到 Telegram 或 webhook", "Telegram and webhooks"),
    "push_lead": (
        "推送由管理员开通：在 config.toml 里加上下面几行，再运行 feedbridge check；feedbridge test 会先发一条测试消息。",
        "The operator switches these on: add the lines to config.toml and run feedbridge check; feedbridge test sends a first message.",
    ),
    "push_telegram": ("把机器人拉进群组，每篇新文章发一条消息。", "Invite the bot to a group: one message for each new article."),
    "push_webhook": ("每篇新文章发一次带签名的 POST（Standard Webhooks）。", "A signed POST for each new article (Standard Webhooks)."),
    # a feed's page
    "search": ("搜索标题", "Search titles"),
    "found": ("找到", "Found"),
    "none_found": ("没有符合的标题。", "No title matches."),
    "no_date": ("原文未注明日期", "The page states no date"),
    "day_only": ("只知日期", "Day only"),
    "seen": ("首见", "first seen"),
    "edited": ("已更新", "edited"),
    "notice": ("通报", "notice"),
    "original": ("原文", "Original"),
    "older": ("更早的文章见订阅源。", "Older articles are in the feeds."),
    "updated": ("更新于 {at}", "Updated {at}"),
    # article
    "read_original": ("阅读原文", "Read the original"),
    "opens": ("来自 {host}", "at {host}"),
    "published": ("发布", "Published"),
    "first_seen": ("首见", "First seen"),
    "revised": ("修订", "Revised"),
    "revision": ("第 {n} 版，{at}", "revision {n}, {at}"),
    "source": ("来源", "Source"),
    "source_date": ("首发 {at}", "there {at}"),
    "author": ("作者", "By"),
    "contributor": ("供稿", "Contributed by"),
    "category": ("栏目", "Section"),
    "files": ("附件", "Attachments"),
    "facts": ("关于本文", "About this article"),
    "back": ("返回 {title}", "Back to {title}"),
    "gone": ("此文已被来源网站撤下。", "This article was withdrawn by its source."),
    "gone_title": ("已撤下", "Withdrawn"),
    "gone_at": ("我们在 {at} 得知。", "We learned of it at {at}."),
    "no_text": ("没有正文，请看原文。", "There is no text here; see the original."),
    # status page
    "as_of": ("截至 {at}", "As of {at}"),
    "static_note": ("静态页只在有新文章、状态变化或换日时更新；实时数字见 feedbridge serve。",
                    "This static page changes with an article, a verdict or the day; live figures come from feedbridge serve."),
    "portals": ("门户", "Portals"),
    "subscribers": ("订阅者", "Subscribers"),
    "incidents": ("事件记录", "Incidents"),
    "no_portals": ("没有门户。", "No portals."),
    "no_subscribers": ("没有订阅者。", "No subscribers."),
    "no_incidents": ("没有事件。", "No incidents."),
    "new": ("新加入", "New"),
    "well": ("正常", "Well"),
    "quiet": ("安静", "Quiet"),
    "suspicious": ("可疑", "Suspicious"),
    "broken": ("中断", "Broken"),
    "open": ("畅通", "Open"),
    "failing": ("发送失败", "Failing"),
    "paused": ("暂停", "Paused"),
    "disabled": ("停用", "Disabled"),
    "since": ("自 {at}", "since {at}"),
    "per_day": ("近 {days} 天共 {total} 篇，单日最多 {top} 篇，今天 {today} 篇",
                "{total} articles in {days} days, at most {top} a day, {today} today"),
    "per_day_none": ("近 {days} 天没有新文章", "No articles in {days} days"),
    "articles": ("文章", "Articles"),
    "newest": ("最新", "Newest"),
    "held": ("待放行", "Held back"),
    "unread": ("待读取", "Unread"),
    "success": ("一日成功率", "Success, last day"),
    "delay": ("发布到入库", "Publication to feed"),
    "requests": ("请求", "Requests"),
    "last": ("上次查看", "Last look"),
    "last_good": ("上次成功", "Last good look"),
    "next": ("下次查看", "Next look"),
    "bad_ticks": ("连续失败", "Failures in a row"),
    "sent": ("已发", "Sent"),
    "waiting": ("等待", "Waiting"),
    "dead": ("失败", "Dead"),
    "last_sent": ("上次发出", "Last sent"),
    "last_death": ("最近失败原因", "Why the last one died"),
    "last_run": ("上次运行 {at}，用时 {seconds} 秒", "Last run {at}, {seconds} s"),
    "faults": ("未能更新的文件", "Files that could not be renewed"),
    "ongoing": ("未解决", "ongoing"),
    "subscriber": ("订阅者", "subscriber"),
    "operator": ("管理员", "operator"),
    "hub": ("WebSub 中心", "WebSub hub"),
    "zone": ("时间按 {zone}", "Times in {zone}"),
    # causes of trouble, by the names that core/health_causes.py and the incidents have
    "because unreachable": ("无法访问（unreachable）", "unreachable"),
    "because gone": ("地址失效（gone）", "gone"),
    "because blocked": ("被拦截（blocked）", "blocked"),
    "because robots": ("robots.txt 不允许（robots）", "robots"),
    "because refused": ("地址被拒（refused）", "refused"),
    "because unreadable": ("不是可读的网页（unreadable）", "unreadable"),
    "because empty-list": ("列表没有文章（empty-list）", "empty-list"),
    "because list-drift": ("列表改版（list-drift）", "list-drift"),
    "because article-drift": ("正文读不到（article-drift）", "article-drift"),
    "because encoding": ("编码有误（encoding）", "encoding"),
    "because dates": ("日期读不到（dates）", "dates"),
    "because clock": ("时钟有误（clock）", "clock"),
    "because silent": ("久无更新（silent）", "silent"),
    "because bug": ("程序错误（bug）", "bug"),
    "because held": ("新文章待放行（held）", "held"),
    "because gap": ("有遗漏（gap）", "gap"),
    "because mass withdrawal": ("大量文章消失（mass withdrawal）", "mass withdrawal"),
    "because failing": ("发送失败（failing）", "failing"),
    "because paused": ("暂停（paused）", "paused"),
    "because disabled": ("停用（disabled）", "disabled"),
}  # fmt: skip
"""Key → (Chinese, English). Names in braces are filled in by the templates and escaped there."""

_WEEKDAYS = ("一二三四五六日", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def tongue(language: str) -> Tongue:
    """The language that our words have before a browser says otherwise: Chinese beside Chinese text, English beside any other."""
    return "zh" if language.partition("-")[0].lower() == "zh" else "en"


def long_day(year: int, month: int, day: int, weekday: int) -> tuple[str, str]:
    """A day in full, in Chinese and English; `weekday` 0 is Monday."""
    chinese = f"{year}年{month}月{day}日 星期{_WEEKDAYS[0][weekday]}"
    return chinese, f"{_WEEKDAYS[1][weekday]}, {day} {_MONTHS[month - 1]} {year}"
