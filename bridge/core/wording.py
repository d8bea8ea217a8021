"""How the texts of links read: like titles, dates, pagers, headings of hot lists. Lengths are display widths (dom.width)."""

import re
from functools import lru_cache

from . import dom

_CLOCK = r"(?:\s*(?:[t,]|at|um|à)?\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?:\s?[ap]\.?m\b\.?)?)?"
_MONTH = (
    r"(?:jan|ene|gen|sty|feb|fev|fév|lut|mar|mär|mrt|abr|apr|avr|kwi|may|mai|mei|mag|maj|jun|jui|giu|cze|jul|lug|lip|aug|ago|aoû|sie"
    r"|sep|set|wrz|okt|oct|out|ott|paź|nov|lis|dec|dez|dic|déc|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)[^\W\d_]{0,8}\.?"
)
_FULL = r"(?:(?:19|20)\d\d|(?<![\w./-])1[0-4]\d)\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?" + _CLOCK
_SHORT = r"(?<![\d.])\d{1,2}\s*[-/月]\s*\d{1,2}\s*日?(?![\d%])" + _CLOCK
_DOTTED = r"(?<![\d.])\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)\d\d" + _CLOCK
_WORDS = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+)?{_MONTH}|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?)(?:,?\s+(?:de\s+)?(?:19|20)\d\d)?"
    + _CLOCK
)
_CYRILLIC = r"\d{1,2}\s+(?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.?(?:\s+(?:19|20)\d\d)?" + _CLOCK
_ARABIC = r"\d{1,2}\s+(?:يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)(?:\s+\d{4})?"
_AGO = (
    r"\d+\s*(?:秒|分|分钟|分鐘|小时|小時|个小时|時間|时间|天|日|周|min\w*|hours?|hrs?|h|days?|d|weeks?)\s*(?:钟)?\s*(?:前|ago)"
    r"|半小时前|(?:今天|昨天|前天|刚刚|刚才|今日|昨日|today|yesterday|just now|сегодня|вчера|heute|gestern)" + _CLOCK
)
_TIME = r"(?<!\d)\d{1,2}:\d\d(?!\d)"
_ANY = "|".join((_FULL, _DOTTED, _SHORT, _WORDS, _CYRILLIC, _ARABIC, _AGO, _TIME))
_OPEN, _CLOSE = r"[\s\[(（【|·]*", r"[\s\])）】|·]*"

# In lower case, for texts in lower case: where case may differ, each alternative is tried at each place.
_DATE = re.compile(_ANY)
_HINT = re.compile(r"[\d今昨前刚半]|today|yesterday|just now|сегодня|вчера|heute|gestern")
_POINTED = (  # 28.11.26 and 26.11.28; 11.28 and 28.11.: dates where nothing else is said
    r"(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.(?:\s?\d\d)?|[12]\d\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])\.?"
    r"|(?:0[1-9]|1[0-2])\.(?:0[1-9]|[12]\d|3[01])"
)
_DATE_ONLY = re.compile(rf"{_OPEN}(?:{_ANY}|{_POINTED}){_CLOSE}")
_CLOCK_ONLY = re.compile(r"[\s\[(（]*\d{1,2}:\d\d(?::\d\d)?\s*(?:am|pm)?[\s\])）]*", re.IGNORECASE)
_TRAILING = re.compile(rf"\s*(?:[\[(（【]\s*(?:{_FULL}|{_SHORT})\s*[\])）】]|\s{_FULL})\s*$", re.IGNORECASE)
_LEADING = re.compile(rf"^\s*(?:[\[(（【]\s*(?:{_FULL}|{_SHORT})\s*[\])）】])\s*", re.IGNORECASE)

_IDLE = re.compile(
    r"\W*(?:更多|more(?: (?:from|in) .*)?|read(?:ing)? (?:more|on|article|story|full .*|the .*)|view (?:the )?\w+|see (?:more|all)"
    r"|learn more"
    r"|continue(?: reading)?.*|show more"
    r"|load more"
    r"|full (?:story|article|text)|details?|click here|here|查看(?:更多|全文|详情|详细|全部)?"
    r"|阅读(?:全文|更多|原文)?|全文|详情|详细|点击(?:查看|进入|下载|这里).{0,6}|进入|下载"
    r"|下一?页|上一?页|后一?页|前一?页|next(?: page)?|prev(?:ious)?(?: page)?|older(?: posts)?|newer(?: posts)?|首页|尾页|末页"
    r"|第一页|最后一页|第\d+页|共\d+页|home|返回.{0,6}"
    r"|(?:评论|跟贴|跟帖|回复|点击|阅读|浏览|人气)(?:数)?\s*[:：(（\[]?\s*\d*"
    r"|\d+\s*(?:评论|跟贴|跟帖|回复|条评论|次浏览|阅读|赞|comments?|replies|views?|likes?|shares?|комментари\w*|件|コメント)"
    r"|comments?|reply|leave a comment|(?:visit )?(?:the )?website|登录|注册"
    r"|login|log in|sign in|register|share|tweet|print|email|rss|分享|收藏|打印|设为首页|加入收藏|联系我们|关于我们|网站地图"
    r"|подробнее.*|читать (?:далее|полностью).*|далее|еще|ещё|weiter(?:lesen)?|mehr(?: .{0,12})?|もっと見る|続きを読む"
    r"|詳細(?:はこちら|を見る)?|一覧(?:へ|を見る)?|次へ|前へ|المزيد|اقرأ (?:المزيد|أيضا)"
    r"|더보기|자세히|(?:vedi|leggi) tutt.{1,40}|(?:ver|leer|veja|ler) (?:tod|mais|más).{0,24}|voir (?:tou[ts]|plus).{0,24}"
    r"|toutes? les .{0,16}"
    r"|alle .{0,16}(?:anzeigen|ansehen|lesen)|(?:vis|se|visa|zie|bekijk) (?:alle|alla|flere|mere|fler|meer).{0,20}"
    r"|l[eä]s (?:mer|mere|videre)"
    r"|lees (?:meer|verder)|(?:zobacz|czytaj|sprawdź) (?:więcej|wszystk|dalej).{0,20}|więcej|číst dál.{0,8}|číst více|ďalš.{1,20}»"
    r"|devam[ıi](?:n[ıi] oku)?|tümü(?:nü gör)?|baca selengkapnya|xem (?:thêm|tiếp|tất cả)|daugiau .{0,16}|lue lisää"
    r"|все (?:новости|материалы|статьи|события|записи|публикации|популярные|обсуждаемые)|показать (?:ещё|еще)"
    r"|すべて(?:見る|表示).{0,4}|もっと読む"
    r"|(?:阅读|查看|点击)全部.{0,6}|lire (?:la suite|plus)|leer más|ver más|saiba mais|leia mais|leggi(?: tutto)?)\W*",
)
_VERSION = re.compile(r"v\.?\d{1,4}(?:\.\d{1,8}){1,3}(?:[-.+]?\w{1,12})?|\d{1,4}(?:\.\d{1,8}){2,3}(?:[-.+]?[a-z]\w{0,12})?", re.IGNORECASE)
_PICTURE = re.compile(r".{1,80}\.(?:jpe?g|png|gif|webp|svg|bmp)", re.IGNORECASE)
_BARE = re.compile(r"[\W\d_]*")
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,6}(?:/\S*)?|[\w.+-]+@[\w.-]+", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?=\S*\d)[\w.:/#()\[\]-]{3,40}", re.ASCII)
_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"^[\s·•▪■□◆◇●○★☆※→›»>\-–—―|・∙◎▶►‣]+(?=[^\s\d])|[\s·•|]+$")
_COUNTED = re.compile(r"[(（\[]\s*\d{1,6}\s*[)）\]]$")
_PAID = frozenset(
    re.findall(
        r"\w+",
        "推广 广告 赞助 廣告 推廣 ad ads advert advertisement advertorial sponsored promoted promotion anzeige werbung реклама publicidad"
        " publicidade publicité pubblicità reklama reclame annonce annons pr 広告 광고 إعلان",
    )
)
_DOTS = frozenset(".…⋯。 ")
_CUT = re.compile(r"\s*(?:\.{2,}|…+|⋯+|。{2,})\s*$")
HOT = re.compile(
    r"热门|热点(?!新闻|聚焦|关注)|热榜|热文|热读|热议|热评|排行|点击榜|周榜|月榜|推荐|猜你|相关(?!部门)|随机|友情"
    r"|合作(?:伙伴|媒体)|广告|赞助|您可能|大家都在|最新(?:评论|回复|留言)|本类"
    r"|most (?:read|popular|viewed|commented|shared|watched|recent comments)|popular|trending|recommended|related"
    r"|you (?:may|might)|sponsored|promoted|paid content"
    r"|recent comments|around the web|from our partners|ランキング|人気|おすすめ|関連"
    r"|アクセス数"
    r"|популярн|читаем|рекоменд|реклам|партн[её]р|по теме|обсужда|meistgelesen|beliebt|empfohlen|anzeige|das könnte|الأكثر"
    r"|إعلان|ذات صلة|인기|많이 본|추천|관련"
    r"|les plus|populaires|más (?:leíd|vist)|mais lid|più lett",
    re.IGNORECASE,
)


def title_likeness(text: str) -> float:
    """0…1: how much the text of a link reads like a title, by its display width and by what titles are not."""
    columns = dom.width(text)
    if columns < 32 and _VERSION.fullmatch(text):
        return 0.5
    if columns < 4 or (columns < 48 and (is_idle(text) or is_date(text))):
        return 0.0
    if columns < 41 and is_identifier(text):
        return 0.2 if columns >= 6 else 0.1
    if (columns < 32 and _ADDRESS.fullmatch(text)) or (columns < 90 and _PICTURE.fullmatch(text)):
        return 0.05
    if columns < 9 or (columns < 32 and _COUNTED.search(text)):
        return 0.12
    if columns < 18:
        return 0.12 + 0.085 * (columns - 8)
    if columns <= 180:
        return 1.0
    return 0.6 if columns <= 400 else 0.3


@lru_cache(maxsize=4096)
def is_idle(text: str) -> bool:
    """Whether a link's text says what to do rather than what it leads to (more, next, 12, login)."""
    return _IDLE.fullmatch(text.lower()) is not None or _BARE.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def has_date(text: str) -> bool:
    """Whether a date or time stands in a text."""
    plain = text.lower()
    return _HINT.search(plain) is not None and _DATE.search(plain) is not None


@lru_cache(maxsize=4096)
def is_date(text: str) -> bool:
    """Whether a text is a date or time and nothing else."""
    if len(text) >= 48:
        return False
    plain = text.lower()
    return _HINT.search(plain) is not None and _DATE_ONLY.fullmatch(plain) is not None


def is_bare(text: str) -> bool:
    """Whether a text has no letter: bullets, brackets, numbers without a date's form."""
    return _BARE.fullmatch(text) is not None and not is_date(text)


def is_clock(text: str) -> bool:
    """Whether a text is a time of day and nothing else: a stamp of today, or the length of a film."""
    return _CLOCK_ONLY.fullmatch(text) is not None


def is_identifier(text: str) -> bool:
    """Whether a text is a number or code (arXiv:2401.12345, 公告[2020]5号 is none) that stands for a title."""
    return _IDENTIFIER.fullmatch(text) is not None


def is_paid(text: str) -> bool:
    """Whether a text says of the line it stands on that somebody paid for it."""
    return len(text) < 20 and text.strip("[](){}【】（）「」·•|:： \u00a0").lower() in _PAID


def is_cut(text: str) -> bool:
    """Whether a list has cut this title (… or ...)."""
    return text[-1:] in _DOTS and _CUT.search(text) is not None


def uncut(text: str) -> str:
    """The text without the ellipsis a list has put at its end."""
    return _CUT.sub("", text) if text[-1:] in _DOTS else text


def cleaned(text: str) -> str:
    """A title without bullets, and without a date in brackets or after a space at its end."""
    text = dom.normal(text)
    if text and not (text[0].isalnum() and text[-1].isalnum()):
        text = _BULLET.sub("", text)
    if not _DIGIT.search(text):
        return text
    shorter = _LEADING.sub("", _TRAILING.sub("", text))
    return shorter if dom.width(shorter) >= 8 else text
