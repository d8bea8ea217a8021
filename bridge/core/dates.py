"""Dates in the text of lists and articles, and in machine-written values. Standard library only, clock and zone passed in.

No date is invented: what may be read in two ways, lies before 1990 or after tomorrow, or belongs to a sentence rather than
to a line's stamp, gives None. A year that is not written is the one that puts the date last before tomorrow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from ..model import Precision, When
from .dateforms import Clock, Day, compact, days, even, time_after, time_alone, time_beside

FLOOR = 1990
_LINE = 400
_TEXT = 20_000

DAYNAME = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:lun|mar|mercre|jeu|vendre|same)di"
    r"|dimanche|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|(?:segunda|terça|quarta|quinta|sexta)-feira|(?:lune|marte|mercole|giove|vener)dì"
    r"|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|ال(?:أحد|اثنين|إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت)|星期[一二三四五六日天]|周[一二三四五六日])"
)
LABEL = re.compile(
    r"(?:(?:发布|發布|發佈|公布|发表|發表|刊发|录入|添加|上传|加入|发稿|提交|成文|发文|印发|入库|生成|创建|撰写|上线|登记)(?:[日时時][期间間])?(?:于|为)?"
    r"|(?<![\u4e00-\u9fff])(?:信息|文章|新闻|稿件|公告|刊登|登载|刊载|转载|推送|编辑|制作|公开|编写)?[日时時][期间間刻]|公開日?|掲載日?|投稿日?|配信|등록일?|작성일?|입력|게시일?"
    r"|published|posted|publish(?:ing)?\sdate|date\sposted|post\sdate|date|released?|issued|filed|written|created"
    r"|(?:submitted|posted|published|written|added|created|gespeichert|veröffentlicht|verfasst|geschrieben|eingestellt|publié|envoyé|publicado|enviado)"
    r"\s(?:by|von|par|por)\s[^\d|:]{2,30}?\s(?=on|am|le|el|em)|submitted|gespeichert|verfasst|geschrieben|eingestellt|added|uploaded"
    r"|veröffentlicht|erschienen|datum|stand|erstellt|publié|publication|publicado|publicación|fecha|pubblicato|data|geplaatst|gepubliceerd"
    r"|опубликовано|дата|размещено|создано|تاريخ\sالنشر|نشر(?:\sفي)?|التاريخ|تاريخ|opublikowano|ngày\sđăng)"
    rf"\s*(?:on|le|am|el|il|den|op|em|в|:)?\s*[:@\[(]?\s*(?:{DAYNAME}[,.]?\s*)?$",
    re.IGNORECASE,
)
CHANGED = re.compile(
    r"(?:更新于?|编辑于|修改于?|最后|最終|变更|수정|updated?|modified|edited|revised|reviewed|aktualisiert|aktualisierung|geändert|änderung|mise?\sà\sjour|modifié|actualizado"
    r"|modificado|aggiornato|bijgewerkt|обновлен[оаы]?|изменен[оаы]?|تحديث)(?:[日时時][期间間]?)?\W*(?:on|le|am|el|il|в|at|:)?\W*$",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"(?:copyright|\(c\)|©|版权|版權|备案|powered|访问|浏览器|截至|截止|打印|当前|今天是|现在是|有效|期限|报名|开始|结束|起止|(?<!布)(?<!表)(?<!发)(?<!编辑)(?<!更新)(?<!修改)(?<!创建)于|自|从|至|到|在|"
    r"published\sat|printed|accessed|deadline|expires?|until|till|since|from|before|after|between|bis|jusqu'au|hasta|born"
    r"|(?:event|closing|due|start|end|opening|meeting|effective|application|expiry|expiration|sale|exam|birth|hearing|travel)\sdate"
    r"|start|ends?|joined|member\ssince|registered|last\s(?:visit(?:ed)?|seen|active|login)|registriert|(?:mitglied|dabei)\sseit|inscrit(?:\sle)?|inscription"
    r"|registrad[oa](?:\sel)?|зарегистрирован\w{0,2}|регистрация|注册|註冊|登录|登錄)"
    rf"(?:[日时時][期间間])?[\s:]*(?:{DAYNAME}[\s,.]*)?$",
    re.IGNORECASE,
)
_EVENT = re.compile(r"[\u4e00-\u9fff][日时][期间刻][\s:]*$|会\s*期[\s:]*$")
_TRAIL = re.compile(
    r"\s*(?:\||来源|來源|作者|编辑|编审|责编|浏览|点击|阅读|人气|次数|发布|發布|更新|刊登|评论|字体|字号|by\b|views?\b|comments?\b)",
    re.IGNORECASE,
)
_RANGE_AFTER = re.compile(r"\s*(?:[至到~～—]|-{1,2}|to\b|bis\b|до\b)\s*(?:\d|[^\W\d_]{3,9}\s?\d|本月|下月)", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d\s?[日号]?\s*(?:[至到~～—]|-{1,2}|to|bis|до)\s*$", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\S.*(?:\b(?:on|until|till|by|from|since|bis|am|le|el|del|den|до|с|к|before|after|of|in|for|the)|[在于自从至到截以])\s*$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"[。！？；，]|[\u2e80-\uffff]{2}[,;!?]|[^\W\d_]{2}[.,;!?](?:\s|$)")
_OPEN, _CLOSE = "[(【〔〈<|", "])】〕〉>|"
_EDGES = "|·•:;,，。、/-~*\t\n\r"

_WEEKDAYS = ("一月월", "二火화", "三水수", "四木목", "五金금", "六土토", "日天일")
_WEEKDAY_AFTER = re.compile(
    r"\s?\(?\s?(?:(?:星期|周|週|礼拜)([一二三四五六日天])|(?<=\()([月火水木金土日](?=[)・曜])|[월화수목금토일](?=[)요])))"
)
_WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon", "die", "mit", "don", "fre", "sam", "son")
_WEEKDAY_BEFORE = re.compile(
    r"(?<!\w)((?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)[.,]*\s*$",
    re.IGNORECASE,
)

_UNITS = (
    (re.compile(r"秒|sec|seg|сек|ثاني|ثوان|초|giây", re.IGNORECASE), timedelta(seconds=1)),
    (re.compile(r"分|min|мин|دقيق|دقائق|분|phút", re.IGNORECASE), timedelta(minutes=1)),
    (re.compile(r"时|小|钟头|hour|hr|h\b|stund|std|heure|hora|or[ae]|час|uur|ساع|시간|giờ", re.IGNORECASE), timedelta(hours=1)),
    (re.compile(r"天|日|day|tag|jour|día|dia|giorn|дн|день|يوم|أيام|일|ngày|d\b", re.IGNORECASE), timedelta(days=1)),
)
_COUNTS = {
    "半": 0.5,
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "几": 0,
    "a": 1,
    "an": 1,
    "einer": 1,
    "einem": 1,
    "une": 1,
    "un": 1,
    "una": 1,
    "one": 1,
}
_NUM = r"(\d{1,3}|半|一|两|二|三|an?|one|einer|einem|une?|una)"
_AGO = re.compile(
    rf"{_NUM}\s?个?半?(秒钟?|分钟?|小时|钟头|时间|天|日|초|분|시간|일)\s?之?(?:以?前|전)"
    rf"|\b{_NUM}\s?(seconds?|secs?|minutes?|mins?|hours?|hrs?|h|d|days?)\sago\b"
    rf"|\b(?:vor|il y a|hace|há|منذ|قبل)\s{_NUM}\s(\w+)"
    rf"|\b{_NUM}\s(\w+)\s(?:назад|geleden|fa|trước)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<!\w)(?:(?P<n0>刚刚|刚才|just\snow|сейчас)|(?P<d0>今天|今日|today|heute|aujourd'hui|hoy|oggi|сегодня|اليوم|오늘)"
    r"|(?P<d1>昨天|昨日|yesterday|gestern|hier|ayer|ieri|вчера|أمس|어제)|(?P<d2>前天|一昨日|vorgestern|avant-hier|anteayer|позавчера))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date at [start, end) of a text. `form`: numeric, cjk, word, bare (short or partial), relative; `year`: it is written.

    `agreed`: no year is written, but the day of the week is, and it is that of the year taken.
    """

    start: int
    end: int
    when: When
    form: str
    year: bool = True
    agreed: bool = False


def is_event(before: str) -> bool:
    """Whether the words before a date (through `even`) say that it is the time of something else than a page's making."""
    return bool(_EVENT.search(before)) and not LABEL.search(before) and not CHANGED.search(before)


def order_of(language: str | None, zone: tzinfo) -> str:
    """How numbers of a short date follow each other: ymd (Chinese, Japanese, Korean), mdy (American English), dmy (elsewhere)."""
    tongue, _, region = (language or "").lower().replace("_", "-").partition("-")
    name = str(zone)
    if tongue in {"zh", "ja", "ko", "hu", "lt"}:
        return "ymd"
    if tongue == "en":
        american = region in {"us", "ph"} or (not region and not name.startswith(("Europe/", "Australia/", "Africa/", "Asia/Kolkata")))
        return "mdy" if american else "dmy"
    if tongue:
        return "dmy"
    eastern = {"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul", "Asia/Macau", "Asia/Chongqing", "Asia/Urumqi"}
    return "ymd" if name in eastern else "mdy" if name.startswith("America/") else "dmy"


def plausible(at: datetime, now: datetime) -> bool:
    """1990 or later, and at most a day after `now`."""
    return at.year >= FLOOR and at <= now + timedelta(days=1)


def _date(reading: tuple[int | None, int, int], today: date) -> date | None:
    """The day of a reading; a missing year is the latest one that does not lead past tomorrow."""
    year, month, day = reading
    for candidate in (year,) if year else range(today.year + 1, today.year - 9, -1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    return None


def when(day: date, clock: Clock | None, offset: tzinfo | None, zone: tzinfo, origin: str = "") -> When:
    """A When of a day and what else is known; `zone` where no offset was written."""
    hour, minute, second = clock or (0, 0, None)
    at = datetime(day.year, day.month, day.day, hour, minute, second or 0, tzinfo=(offset if clock else None) or zone)
    precision: Precision = "day" if clock is None else "minute" if second is None else "second"
    return When(at, precision, origin, "page" if offset and clock else "portal")


def _moment(text: str, day: Day, zone: tzinfo, now: datetime) -> Found | None:
    today = now.astimezone(zone).date()
    found = next((date_ for reading in day.readings if (date_ := _date(reading, today)) and date_.year >= FLOOR), None)
    if found is None:
        return None
    beside = time_beside(text, day)
    value = when(found, beside.clock if beside else None, beside.offset if beside else None, zone)
    if not plausible(value.at, now):
        return None
    agreed = not day.year and _weekday(text, day) == found.weekday()
    return Found(beside.start if beside else day.start, beside.end if beside else day.end, value, day.form, day.year, agreed)


def _weekday(text: str, day: Day) -> int | None:
    """The day of the week that is written behind a day, or before it: 0 for Monday."""
    if m := _WEEKDAY_AFTER.match(text, day.end):
        return next(number for number, signs in enumerate(_WEEKDAYS) if (m[1] or m[2]) in signs)
    m = _WEEKDAY_BEFORE.search(text[max(0, day.start - 16) : day.start])
    return _WEEKDAY_NAMES.index(m[1][:3].lower()) % 7 if m else None


def _relative(text: str, zone: tzinfo, now: datetime) -> Iterator[Found]:
    local = now.astimezone(zone)
    for m in _AGO.finditer(text):
        number, unit = [part for part in m.groups() if part][:2]
        step = next((step for pattern, step in _UNITS if pattern.match(unit)), None)
        if step is None:
            continue
        at = local - step * float(_COUNTS.get(number.lower(), number))
        if step.days:
            at = datetime(at.year, at.month, at.day, tzinfo=zone)
        yield Found(m.start(), m.end(), When(at.replace(second=0, microsecond=0), "day" if step.days else "minute"), "relative")
    for m in _NAMED.finditer(text):
        if m["n0"]:
            yield Found(m.start(), m.end(), When(local.replace(second=0, microsecond=0), "minute"), "relative")
            continue
        day = local.date() - timedelta(days=int((m.lastgroup or "d0")[1]))
        after = time_after(text, m.end())
        yield Found(m.start(), after[1] if after else m.end(), when(day, after[0] if after else None, None, zone), "relative")


def find_all(text: str, zone: tzinfo, now: datetime, language: str | None = None) -> list[Found]:
    """Every plausible date in the first 20,000 characters, by position; partial and relative ones too (see Found.form)."""
    flat = even(text[:_TEXT])
    written = [found for day in days(flat, order_of(language, zone)) if (found := _moment(flat, day, zone, now))]
    spoken = [
        found
        for found in _relative(flat, zone, now)
        if plausible(found.when.at, now) and all(found.end <= other.start or other.end <= found.start for other in written)
    ]
    return sorted(written + spoken, key=lambda found: found.start)


def in_range(text: str, found: Found) -> bool:
    """Whether the date is one end of a span (5月1日至7日), and thus no stamp."""
    return bool(_RANGE_AFTER.match(text, found.end) or _RANGE_BEFORE.search(text[max(0, found.start - 12) : found.start]))


def _free(text: str, found: Found) -> tuple[bool, bool, bool]:
    """Whether the date is (set apart on its left, on its right, in brackets)."""
    left, right = text[: found.start].rstrip(" "), text[found.end :].lstrip(" ")
    bracketed = bool(left) and bool(right) and left[-1] in _OPEN and right[0] in _CLOSE
    wide = not re.search(r"[A-Za-zА-я]\s*$", left)
    set_left = (
        not left
        or left[-1] in _EDGES + _OPEN + _CLOSE
        or (wide and text[found.start - 1] == " ")
        or "  " in text[max(0, found.start - 2) : found.start]
    )
    set_right = (
        not right or right[0] in _EDGES + _OPEN + _CLOSE or bool(_TRAIL.match(right)) or (not right[0].isascii() and text[found.end] == " ")
    )
    return set_left, set_right, bracketed


def _is_told(text: str, found: Found) -> bool:
    """Whether a day without a year runs on into a sentence, as in `发布：今天白天到夜间，我市多云` and `8月2日，市政府召开会议，`."""
    if (found.year and found.form != "relative") or found.form in {"numeric", "bare"} or found.when.precision != "day":
        return False
    rest = text[found.end :]
    runs_on = rest[:1].isalnum() or rest[:1] in {",", "，"}
    return runs_on and not _TRAIL.match(rest.lstrip(",， ")) and bool(_TOLD.search(rest[1:]))


def _stamp(text: str, found: Found) -> float:
    """How much the date looks like the stamp of a line; 0 or less: it is part of a sentence."""
    before = text[max(0, found.start - 40) : found.start]
    if in_range(text, found) or OTHER.search(before) or _is_told(text, found):
        return 0
    extra = (0.5 if found.when.precision != "day" else 0) + (0.5 if found.year else 0) + found.start / (len(text) + 1) / 4
    if CHANGED.search(before):
        return 1 + extra
    if LABEL.search(before):
        return 5 + extra
    left, right, bracketed = _free(text, found)
    if bracketed or (left and right):
        return (4 if bracketed else 3) + extra
    at_end = not text[found.end :].strip(" .])")
    if found.form == "numeric" or (at_end and found.year):
        return 2 + extra if not _PREPOSITION.search(before) else 0
    return 1 + extra if at_end and left and not _PREPOSITION.search(before) else 0


def near(text: str, zone: tzinfo, now: datetime, language: str | None = None) -> When | None:
    """The date that stamps a short text, such as the text beside a list's link, or None.

    Reads the forms of find_all and a clock time standing alone (today, unless that is still to come). Dates inside a
    sentence, spans and deadlines are left out; of several stamps a labelled one wins, then brackets, then standing alone.
    Only the first 400 characters are looked at. Origin is "list".
    """
    flat = re.sub(r"[\r\n\t]+", " | ", even(text[:_LINE])).strip()
    ranked = [(value, found) for found in find_all(flat, zone, now, language) if (value := _stamp(flat, found)) > 0]
    if ranked:
        return replace(max(ranked, key=lambda pair: pair[0])[1].when, origin="list")
    clock = time_alone(flat) if len(flat) < 24 else None
    alone = when(now.astimezone(zone).date(), clock, None, zone, "list") if clock else None
    return alone if alone and alone.at <= now else None


def _epoch(value: str, zone: tzinfo) -> When | None:
    if not re.fullmatch(r"\d{10}(?:\d{3})?", value):
        return None
    return When(datetime.fromtimestamp(int(value[:10]), UTC).astimezone(zone), "second", "", "page")


def parse(value: str, zone: tzinfo, now: datetime, language: str | None = None, origin: str = "") -> When | None:
    """The date of a machine-written value: ISO 8601, RFC 5322, 20190511(111336), epoch seconds or milliseconds, or a written date."""
    flat = even(value[:120]).strip()
    found = _epoch(flat, zone)
    if found is None:
        hits = [hit for hit in find_all(flat, zone, now, language) if hit.year and hit.form != "relative"]
        found = hits[0].when if hits else None
    if found is None and (short := compact(flat)):
        found = when(short[0], short[1], None, zone)
    return replace(found, origin=origin) if found and plausible(found.at, now) else None
