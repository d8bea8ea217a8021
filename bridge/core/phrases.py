"""Words by which portals label what is not the story: stamps, credits, share bars, lists of other stories, disclaimers.

Labels are what a reader sees, so they hold across markups; class names are core.blocks' weaker evidence.
"""

import re
from functools import lru_cache

from .dateforms import days, even
from .dates import DAYNAME, is_event

# These three are for texts in lower case: where case may differ, each alternative is tried at each place.
_LIST_HEADING = re.compile(
    r"[\W_]*(?:(?:相关|延伸(?:\s?·\s?)?|推荐|扩展|精彩|热门|最新|最近|热点|热评|更多|同类|本类|栏目|图文|编辑|今日|往期|站内|本周|本月|月度|其他|其它|大家|频道|猜你|为您|为你|您可能|你可能|视频|图片)"
    r"(?:新闻|阅读|文章|链接|报道|推荐|资讯|内容|信息|专题|动态|文档|热点|热图|排行榜?|点击|评论|图文|视频|喜欢|关注|回顾|热文|要闻|都在看|感兴趣的?|更新|精选|栏目|稿件|话题|图集){1,3}"
    r"|(?:新闻|点击|阅读|浏览|人气|一周|本周|24小时)?排行榜?|网友评论|发表评论|我要评论|最新评论|全部评论|热门评论|评论列表|文章评论|网友点评|评论区?|上一[篇条]|下一[篇条]"
    r"|related(?:\s(?:articles?|stories|posts?|news|content|links?|topics?|coverage|reading))?|you\s(?:may|might)\s(?:also\s)?(?:like"
    r"|be\sinterested\sin)|recommended(?:\s\w+)?"
    r"|more\s(?:from|on|in|stories|news|articles|like\sthis|top\sstories|coverage|for\syou|to\s(?:explore|discover|read))\b.{0,40}|(?:updates\sto|history\sof)\sthis\spage|most\s(?:read|popular|viewed|recent"
    r"|shared)\b.{0,30}|trending(?:\s\w+)?|read\s(?:next|more)"
    r"|(?:\d+\s)?(?:comments?|responses?)(?:\s?\(\d+\))?|(?:customer|reader)\s(?:reviews?|interactions?)|discussion\sabout\sthis\s\w+|leave\sa\s(?:reply|comment)|post\sa\scomment|add\s(?:a\s)?comment|join\sthe\s(?:conversation"
    r"|discussion)|latest\s(?:news|stories|posts|articles)"
    r"|recent\s(?:posts|comments|news|articles)|popular\s(?:posts|stories|articles)|around\sthe\sweb|what\sto\sread\snext"
    r"|editor['’]?s?['’]?\spicks?|about\sthe\s(?:author|writer|reporter)s?|written\sby\s.{2,40}|further\sreading|up\snext"
    r"|mehr\s(?:zum\sthema|lesen\süber|aus\sder\srubrik\b.{0,30})|lesen\ssie\sauch|auch\sinteressant|das\skönnte\s(?:sie|dich)\sauch\sinteressieren|ähnliche\sartikel|weitere\s(?:artikel|meldungen|nachrichten)"
    r"|kommentare(?:\s\(\d+\))?|meistgelesen"
    r"|(?:à\s)?lire\saussi.{0,60}|sur\sle\smême\s(?:sujet|thème)|dans\sla\smême\srubrique|contribuer|les\splus\slus|articles?\s(?:liés|similaires)|commentaires?|noticias\srelacionadas"
    r"|te\spuede\sinteresar|más\sinformación|archivado\sen|sobre\s(?:la\sfirma|el\sautor|la\sautora)|lo\smás\s(?:visto|leído)|artículos\srelacionados|comentarios?"
    r"|leia\stambém|notícias\srelacionadas|potrebbe\sinteressarti(?:\sanche)?|leggi\sanche|lees\sook|meer\sover\sdit\sonderwerp"
    r"|читайте\sтакже|по\sтеме|похожие\s(?:статьи|новости|материалы)|другие\sновости|материалы\sпо\sтеме|комментарии(?:\s\(\d+\))?"
    r"|関連(?:記事|ニュース|リンク|コンテンツ)|あわせて読みたい|おすすめ(?:記事)?"
    r"|人気(?:記事|ランキング)|アクセスランキング|新着(?:記事|ニュース)|اقرأ\sأيضا?ً?.{0,60}|مواضيع\sذات\sصلة|أخبار\sذات\sصلة|مقالات\sذات\sصلة|التعليقات"
    r"|관련\s?(?:기사|뉴스)|많이\s?본\s?뉴스|인기\s?기사)"
    r"[\W_]*(?:>>|更多|more)?[\W_]*",
)
_JUNK = re.compile(
    r"[\W_]*(?:分隔线[\W_]*$|(?:发信人|发信站|寄信人|信\s?区|标\s{1,3}题)\s?[:：].{0,120}$|上一[篇条页]|下一[篇条页]|前一[篇条页]|后一[篇条页]|(?:责任编辑|责编|编辑|审核|校对|编审|监制|值班|初审|复审|终审|文字编辑|网络?编辑|来源|稿源|作者|通讯员?|文/图)\s?[:：/|].{0,40}$"
    r"|分享(?:(?:到|至|本文|按钮|朋友圈|让更多).{0,30})?[\W_]*$|(?:【|\[|〖|\()?\s?(?:打印|关闭|返回|顶部|收藏|字体|字号|大\s?中\s?小|纠错|举报|点赞|投稿|推荐|转发|top|回到顶部|我要纠错"
    r"|打印本[页文稿]|关闭(?:本页|窗口|此页))"
    r"[\W_]*(?:(?:打印|关闭|返回|顶部|收藏|反馈|投诉|大|中|小|纠错|本[页文稿]|窗口|窗\s口|此页|繁体)[\W_]*)*$|扫(?:一扫|描|码).{0,40}$|点击(?:上方|下方|文末|蓝字).{0,20}$|end[\W_]*$|(?:长按|识别|微信扫).{0,30}$|(?:标签|关键[词字]|tags?"
    r"|topics|filed\sunder|categories)\s?[:：].{0,120}$"
    r"|(?:点击|浏览|阅读|访问|人气|评论|查看|播放)(?:数|量|次数|率|人数|人次)?\s?[:：(（]?\s?[\d\s次人回万+]{0,12}[)）]?$|\d{0,9}\s?(?:人感兴趣|人阅读|次浏览|人参与|条评论|个赞|人浏览)"
    r"|(?:share|reuse)(?:\s(?:this|on|via|article|story|full\sarticle)\b.{0,40})?$|a\sversion\sof\sthis\s(?:article|story)\sappear.{0,220}$|(?:see|explore)\smore\son\b.{0,80}$|(?:tweet|e-?mail|print|save|copy\slink|link\skopieren|copier\sle\slien|copiar\senlace|ir\sa\slos\scomentarios|facebook|twitter|whatsapp|linkedin"
    r"|reddit|pinterest|x|url\scopied!?)(?:[\W_]+(?:this|tweet|e-?mail|print|save|facebook|twitter|whatsapp|linkedin|share))*[\W_]*$"
    r"|(?:story\scontinues|article\scontinues|continue\sreading|advertisement|sponsored(?:\scontent)?|loading|(?:enter|exit)\sfullscreen|scroll\sto\scontinue|skip\s(?:ad|to)|sign\sup"
    r"|subscribe|follow\sus|listen\sto\sthis|\d+\smin(?:ute)?s?\sread).{0,60}$|(?:to\sview\sthis\s(?:video|content)|(?:the\s)?audio\sversion\sof\sthis)\b.{0,200}$"
    r"|(?:广告|推广|赞助商|anzeige|werbung|publicité|publicidad|реклама|поделиться.{0,30}|広告|スポンサーリンク|シェアする?|ツイート|teilen|partager|compartir"
    r"|condividi|إعلان|شارك.{0,20}|مشاركة|인쇄|공유하기|광고)[\W_]*$"
    r"|copyright\b.{0,200}$|©.{0,200}$|版权所有.{0,200}$|all\srights\sreserved.{0,100}$|.{0,40}icp[备证].{0,80}$|您的位置.{0,80}$|(?:您|你)?(?:当前"
    r"|现在|所在)的?位置.{0,80}$|(?:powered|published)\s(?:by|at)\b.{0,100}$"
    r"|(?:首页|home)\s?[>»›].{0,100}$|图片来源\s?[:：].{0,10}$|加载更多|查看更多|阅读全文|展开全文|阅读原文|点击(?:查看|进入).{0,20}$|返回(?:列表|首页|搜狐.{0,12})"
    r"|(?:安装|下载|打开|关注|点击(?:进入|下载)|更多.{0,12}(?:请|尽在)).{0,40}(?:客户端|app|公众号|小程序|下载地址).{0,20}$"
    r"|【?(?:责任)?编辑\s?[:：].{0,20}】?$)",
)
_DISCLAIMER = re.compile(
    r"免责(?:声明|条款)|网站声明|(?:平台|特别|郑重)声明|提供信息(?:存储|发布)|uploaded\sand\sposted\sby\sa\suser|本[网站]所[载有登].{0,20}(?:参考|版权)|版权(?:声明|与免责)|凡(?:本[网站报]|注明)|(?:仅|只)代表(?:作者|其)|不代表本|如有侵权|转载请注明|联系(?:我们)?(?:删除|处理)|转载.{0,20}目的|侵权.{0,12}删"
    r"|未经.{0,12}(?:授权|许可|同意).{0,30}(?:转载|使用)|no\spart\sof\sthis|may\snot\sbe\s(?:published|reproduced)"
    r"|views\sexpressed.{0,60}(?:author|own)|reproduction.{0,20}prohibited"
    r"|the\s(?:editorial\s)?content\sis\sprovided|we\smay\searn\s(?:a\s)?commission|affiliate\slinks|本サイト.{0,20}(?:無断|禁)|無断(?:転載|複製)"
    r"|перепечатка|при\sцитировании|无断转载|무단\s?(?:전재|복제)|재배포\s?금지",
)
META_WORDS = re.compile(
    r"(?:发布|发表|上传|添加|更新|时间|日期|来源|稿源|作者|记者|通讯员|编辑|责编|审核|浏览|点击|阅读|人气|字体|字号|评论|次数|分享|收藏|打印|关闭|关注|出处|摄影|供稿|信息员|信息(?=来源|提供|发布|时间|日期|类[别型])|录入|文章|栏目|分类|点赞|转载|原创|感兴趣"
    r"|\b(?:by|published|posted|updated|publié|modifié|mis\sà\sjour|publicado|actualizado|atualizado|pubblicato|aggiornato|veröffentlicht|aktualisiert|geändert|stand(?=:)|(?:data|дата)\s[^\W\d_]+(?=:)|опубликовано|обновлено|author|date|source|views?|comments?|min(?:ute)?s?\sread|last|editor|reporter|staff|writer|von|par"
    r"|por|foto|photo|getty|image|credit|am|pm|gmt|[pecma]e?[sd]t|[pecm]t|[bim]st|[ce]et|opublikowano|дата|автор|просмотр\w*|источник)\b)"
    r"(?:时间|日期|人|单位|机构|者|数|量|次|于|媒体|网站)?[:：]?\s*",
    re.IGNORECASE,
)
VALUE = re.compile(
    r"https?://[^\s\u2e80-\u9fff]+|(?<![\w@.-])(?:[a-z\d-]{2,}\.){1,3}(?:com|cn|net|org|gov|edu|tv)(?![\w-])|(?:来源|稿源|作者|记者|通讯员|编辑|责编|审核|出处|摄影|供稿|信息员?|录入|上传者?|单位|机构|栏目|分类|发布人|发布者|author|by|source|von|par|por|автор|источник)\s*[:：]\s*[^\s"
    r"|·，。,;；:：]{1,24}",
    re.IGNORECASE,
)
STAMP = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?|(?<![\d.-])(?:\d{1,2}[-/]\d{1,2}|\d{1,2}\.\d{2}|\d{1,2}\.\d(?=\.))(?:[-/.]\d{2,4})?(?![\d-]|\s?(?:[%％元万亿斤公米吨克度分点平倍个]|[kcm]m|kg))|\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2})?[分秒]?"
    r"|\d{1,2}月\d{1,2}日|[(（]?(?:星期|周)[一二三四五六日天](?![^\W\d_])[)）]?"
    rf"|\b{DAYNAME}\b"
    r"|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b\.?",
    re.IGNORECASE,
)


PRINTED = re.compile(
    r"^(?:by|von|par|por)\s|\b(?:published|posted|updated|publié|modifié|mis\sà\sjour|publicado|actualizado|atualizado|pubblicato|aggiornato|veröffentlicht"
    r"|oluşturulma|güncelle\w*|publicerad|uppdaterad|publisert|oppdatert|gepubliceerd|bijgewerkt|aktualisiert|stand(?=:)|(?:data|дата)\s[^\W\d_]+(?=:)|опубликовано|обновлено)\b|\bmin(?:ute)?s?\sread\b|\bdk\sokuma\b|\blesezeit\b|\btemps\sde\slecture\b|\btiempo\sde\slectura\b|\btempo\sd[ie]\slettura\b|\bмин\w*\.?\s(?:чтени|на\sчт)",
    re.IGNORECASE,
)
"""What a byline says beside its date."""


_SIGNED = re.compile(
    r"\W*(?:[\u4e00-\u9fff]{1,24}[局府委会处院校学部科心司网站社室队办厅所馆台村镇区县市组]\s+)?(?:(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|[二一][〇○零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)\W*"
)
_BYLINE = re.compile(
    r"(?:By|Von|Par|Por|Di|Door|Av|Af|Автор:?|Текст:?|文[/／丨])\s?[A-ZÀ-ÝА-Я\u4e00-\u9fff][^.!?。！？]{1,60}|[（(](?:本报|本网)?(?:首席|见习)?(?:记者|通讯员|作者|编辑|摄影|文|图)[\s:：/][^。！？]{1,40}[)）]"
)


_WHEN = re.compile(r"[日时][期间](?=\s*(?::|$))")
_SET = re.compile(r"[\d:/| ]")
_ADDRESS = re.compile(r"https?://[^\s\u2e80-\u9fff]+")
_SIGNS = re.compile(r"[\d:：/]")
_YEAR = re.compile(r"[^\W\d_]\W{1,3}(?:19|20)\d\d(?!\d)")


def is_signature(text: str) -> bool:
    """Whether a line is what ends a notice: the day in full, perhaps behind the office that signs."""
    return bool(_SIGNED.fullmatch(text))


def _undated(text: str) -> str:
    """A text without the days that are written with a year: a month's name may be any word."""
    for day in reversed(days(text, "dmy")):
        text = f"{text[: day.start]}1:00{text[day.end :]}" if day.year else text
    return text


@lru_cache(maxsize=1024)
def is_stamp_line(text: str) -> bool:
    """Whether a short line holds nothing but dates, credits and counters: `2019-05-09 13:13 来源:某报 浏览:12`."""
    if len(text) > 160 or text[-1:] in "。？?！!" or (len(text) > 60 and text[-1] in "…”") or _SIGNED.fullmatch(text):
        return False
    if _BYLINE.fullmatch(text):
        return True
    if len(text) > 24 and not _SIGNS.search(text):
        return False
    flat = even(text)
    unsigned = VALUE.sub("", flat) if ":" in flat or "." in flat else flat
    undated, dates = STAMP.subn("", _undated(unsigned) if _YEAR.search(flat) else unsigned)
    bare = META_WORDS.sub("", undated) if any(map(str.isalpha, undated)) else undated
    words = sum(map(str.isalpha, bare))
    if words and (text[-1] == "。" or any(is_event(flat[: m.end()][-40:]) for m in _WHEN.finditer(flat))):
        return False
    if dates or unsigned != flat or (bare != undated and (not words or _SET.search(flat))):
        size = len(_ADDRESS.sub("", text)) if "://" in text else len(text)  # what an address is said to be may be the story's
        return words <= max(4, 0.2 * size)
    return not words and any(mark.isdigit() for mark in flat)


COMMENTS = re.compile(
    r"[\W_]*(?:(?:网友|网民|最新|全部|热门|精彩|文章|发表|我要|我来|用户|读者)?(?:评论|点评|留言|跟帖)|(?:\d+\s)?(?:comments?|responses?)\b|(?:customer|reader)\s(?:reviews?|interactions?)|discussion\sabout|leave\sa|post\sa|join\sthe|add\sa?"
    r"|kommentare?|commentaires?|comentarios?|комментарии|التعليقات|コメント|댓글)",
    re.IGNORECASE,
)
COLOPHON = re.compile(
    r"copyright|©|\(c\)\s?(?:19|20)\d\d|版权所有|版權所有|all\srights\sreserved|ICP[备证備]|公网安备|网站标识码|powered\sby|技术支持|网站备案"
    r"|建议(?:使用|您使用).{0,20}(?:浏览|分辨率)|最佳浏览|(?:主办|承办|维护)单位\s?[:：]|联系(?:电话|我们)\s?[:：]|邮\s?编\s?[:：]|传\s?真\s?[:：]|举报(?:电话|邮箱)|许可证(?:号|编号)"
    r"|设为首页|加入收藏|网站地图|friend\s?links?|friendly\slink|友情[链连]接|terms\sof\s(?:use|service)|privacy\spolicy|impressum|datenschutz",
    re.IGNORECASE,
)


_BUTTON = r"[【\[〖(（]\s?[^】\]〗)）。，]{1,12}[】\]〗)）][\s|]*"
_BUTTONS = re.compile(rf"(?=.*(?:打印|关闭|收藏|评论|好友|返回|推荐|纠错|字[体号]|大\s?中\s?小))(?:{_BUTTON}){{2,12}}")
_FOOT = re.compile(
    r"©|版|備|备|opyright|OPYRIGHT|\([cC]\)|owered|技术支持|单位|电话|邮|传\s?真|许可证|设为首页|网站地图|友情|分辨率|浏览|rivacy|mpressum|ights|riend"
)
_DISCLAIMING = re.compile(
    r"声|版|侵|转|注|载|載|断|禁|代|存储|信息发布|upload|part|publi|repro|Repro|express|provided|commission|affiliate|печатк|цитиров"
)


@lru_cache(maxsize=1024)
def is_list_heading(text: str) -> bool:
    """Whether a line is the heading of other stories, comments or rankings."""
    return _LIST_HEADING.fullmatch(text.lower()) is not None


def is_disclaimer(text: str) -> bool:
    """Whether a text says who may copy it, or that nobody answers for it."""
    return bool(_DISCLAIMING.search(text) and _DISCLAIMER.search(text.lower()))


@lru_cache(maxsize=1024)
def _is_label(text: str, short: bool) -> bool:
    """Whether a line is a credit, a button, a stamp, or (where it is short) the heading of another list."""
    return bool(_JUNK.match(text.lower()) or _BUTTONS.fullmatch(text) or (short and is_list_heading(text))) or is_stamp_line(text)


_INVITES = re.compile(
    r"\b(?:sign\s?up|subscribe|zapisz\ssię|abonn\w+|inscri\w+|suscr\w+|apúntate|reciba?e?|assine|anmelden|melde\w*|iscri\w+|registr\w+)\b.{0,60}\bnewsletter"
    r"|\bnewsletter\b.{0,140}\b(?:sign\s?up|subscribe|anmelden)\b",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"(?:this\s(?:entry|post|article)\s(?:was|is)|(?:dieser|diesen)\s(?:beitrag|artikel|eintrag)\swurde|cet\s(?:article|billet)\sa\sété|est[ea]\s(?:entrada|post)\s)"
    r"(?=.{0,200}(?:posted|published|written|filed|veröffentlicht|geschrieben|erstellt|abgelegt|publié|posté|publicad))"
    r".{0,300}\b(?:filed|kategorie|category|catégorie|categoría|tag(?:s|ged)?|schlagw\w+|rss|comments?|kommentar\w*|trackback|permalink|bookmark)\b",
    re.IGNORECASE,
)


def _is_aside(text: str) -> bool:
    """Whether a paragraph invites to a newsletter, or says where and when it was filed."""
    return bool(("ewsletter" in text and _INVITES.search(text)) or (text[:1] in "TtDdCcEe" and _POSTED.match(text)))


def is_apart(text: str, columns: int) -> bool:
    """Whether a line by its words is a stamp, a credit, a button, the heading of another list or part of a page's foot."""
    return (
        (columns < 240 and _is_label(text, columns < 80))
        or (columns < 600 and _is_aside(text))
        or (
            columns < 1200
            and bool(_FOOT.search(text))
            and len({m[0].lower() for m in COLOPHON.finditer(text)}) >= (2 if columns < 400 else 3)
        )
    )
