"""How dates and clock times are written: patterns and month names, no judgement about which date matters.

Everything here works on text that went through `even`, which maps digits and punctuation of other scripts one to one to
ASCII, so that positions stay those of the original text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, timezone, tzinfo

Clock = tuple[int, int, int | None]
"""Hour, minute, and the second where one is written."""

_EVEN = {ord(wide): narrow for wide, narrow in zip("：／．－–—‐‑−﹣［］（）　，", ":/.-" + "-" * 6 + "[]() ,", strict=True)}
_EVEN |= {ord("\u00a0"): " ", ord("\u202f"): " ", ord("\u2009"): " ", ord("時"): "时", ord("點"): "点", ord("間"): "间"}
for _zero in (0xFF10, 0x0660, 0x06F0, 0x0966, 0x0E50):
    _EVEN |= {_zero + digit: str(digit) for digit in range(10)}

_MONTH_WORDS = """
january jan januar jan janner janvier janv enero ene gennaio gen janeiro januari января январь янв січня stycznia ocak يناير
  كانونالثاني januari tammikuuta ianuarie ledna
february feb februar febr fevrier fevr fev febrero febbraio fevereiro februari февраля февраль фев февр лютого lutego subat
  فبراير شباط helmikuuta unora
march mar marz mrz mars marzo marco maart mrt марта март мар березня marca mart مارس اذار maret maaliskuuta martie brezna
april apr avril avr abril abr aprile апреля апрель апр квітня kwietnia nisan ابريل نيسان huhtikuuta aprilie dubna
may mai mayo maggio mag maio mei мая май травня maja mayis مايو ايار maj toukokuuta kvetna
june jun juni juin junio giugno giu junho июня июнь июн червня czerwca haziran يونيو حزيران kesakuuta iunie cervna
july jul juli juillet juil julio luglio lug julho июля июль июл липня lipca temmuz يوليو تموز heinakuuta iulie cervence
august aug aout agosto ago august августа август авг серпня sierpnia agustos اغسطس اب augusti agustus elokuuta srpna augustus
september sep sept septembre septiembre settembre set setembro сентября сентябрь сен сент вересня wrzesnia eylul سبتمبر ايلول
  syyskuuta septembrie zari
october oct oktober okt octobre octubre ottobre ott outubro out октября октябрь окт жовтня pazdziernika ekim اكتوبر
  تشرينالاول lokakuuta octombrie rijna
november nov novembre noviembre novembro ноября ноябрь ноя нояб листопада listopada kasim نوفمبر تشرينالثاني marraskuuta
  noiembrie listopadu
december dec dezember dez decembre diciembre dic dicembre dezembro desember des декабря декабрь дек грудня grudnia aralik
  ديسمبر كانونالاول joulukuuta decembrie prosince
"""
_NUMERALS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0", "O": "0"}
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180, "est": -300, "edt": -240}
_ZONES |= {"cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "jst": 540, "kst": 540, "hkt": 480, "wib": 420, "мск": 180}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民国": 1911, "民國": 1911}

_WORD = r"[^\W\d_]{2,12}(?:\s(?:الثاني|الأول|الاول))?(?:/(?:يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر))?"
_DE = r"(?:\s*(?:de|del|of|da)\b)?"
_YEAR = r"((?:19|20)\d\d(?!\d)|['’]\d\d(?!\d)|\d\d(?=\s*[|,)\]·•]|\s*$|\s\d{1,2}[:h]))"
_YMD = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)\s?([-/.年년_])\s?(\d{1,2})\s?([-/.月월_])\s?(\d{1,2})(?!\d)(?:\s?[日号號일]|\.(?=\s?(?:오[전후]|\d\d?:)))?"
)
_ERA = re.compile(r"(令和|平成|昭和|民国|民國)\s?(\d{1,3}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_MINGUO = re.compile(r"(?<![\w./-])(1[0-4]\d)\s?([-/.年])\s?(\d{1,2})\s?([-/.月])\s?(\d{1,2})(?![\w./-])日?")
_HAN = re.compile(r"([一二][〇○ＯO零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]")
_DMY = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?!\d)(?:\s?г\.)?")
_DAY_MONTH = re.compile(rf"(?<![\d.:])(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?{_DE}[\s-]?\s?({_WORD})(?!\w)\.?,?(?:{_DE}[\s-]?\s?{_YEAR})?")
_MONTH_DAY = re.compile(rf"(?<!\w)({_WORD})\.?\s?(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,?\s{{1,2}}{_YEAR})?")
_CJK_DAY = re.compile(r"(?<![\d年년])(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_SHORT = re.compile(
    r"(?<!\d:)(?<![\d./-])(\d{2})([-/.])(\d{1,2})\2(\d{1,2})(?![\d./-])|(?<!\d:)(?<![\d./-])(\d{1,2})([-/.])(\d{1,2})\6(\d{2})(?![\d./:-])"
)
_BARE = re.compile(r"(?<!\d:)(?<![\w./%-])(\d{1,2})([-/.])(\d{1,2})(?![\d:%/-]|\.\d)(\.?)(?![^\W\d_])")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d))?(?!\d)")

_CTIME = re.compile(r"\b([A-Z][a-z]{2} {1,2}\d{1,2}) (\d\d:\d\d(?::\d\d)?(?: [A-Z]{2,4}T)?) ((?:19|20)\d\d)\b")

_HALF = r"上午|下午|晚上|凌晨|中午|早上|傍晚|午前|午後|오전|오후"
_WEEKDAY = (
    r"(?:星期.|周[一二三四五六日末]|週.|[月火水木金土日](?:曜日?)?(?=[)\s])|[월화수목금토일]요?일?(?=[)\s])|[^\W\d_]{2,12}\.?(?=[\s,]))"
)
_AT = r"(?:at|um|à|a\sles?|a\slas|в|о|om|kl\.?|klo|alle|às|ore|il|le|on|الساعة)"
_GAP = r"[\s,、|·•()\[\]【】日号T@/-]{0,6}"
_FORE = rf"{_GAP}(?:(?!{_HALF}){_WEEKDAY}{_GAP})?(?:{_AT}\s+)?"
_TIME = (
    rf"(?:(?P<half>{_HALF})\s?)?(?P<h>[01]?\d|2[0-4])(?:\s?(?:[:时시]|点(?=\d)|h(?=\d)|H(?=\d)|[.](?=\d\d\s?Uhr))\s?(?P<m>[0-5]\d(?!\d)|\d(?=\s?分|:\d{{1,2}}(?!\d)))"
    r"(?:\s?[:分분]\s?(?P<s>[0-5]\d(?!\d)|\d(?![\d:]))秒?(?:[.,]\d{1,9})?)?(?:\s?[分분])?|\s?(?P<hour>[时点]整?(?!\d)|(?=\s?[ap]\.?m\b)))"
    r"(?:\s?(?P<ap>[ap]\.?\s?m\b\.?)|(?P<short>[ap])(?=\s|$)|\s?Uhr)?"
)
_OFFSET = r"(?:\s?\(?(?P<off>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d\d)?(?![\d-])|[A-Za-zА-я]{1,4}(?!\w)|北京时间))?"
_AFTER = re.compile(_FORE + _TIME + _OFFSET, re.IGNORECASE)
_BEFORE = re.compile(r"(?<![\d:])" + _TIME + _OFFSET + r"[\s,|·-]{0,4}(?:(?:on|le|am|il)\s)?$", re.IGNORECASE)
_ALONE = re.compile(r"[\s\[(]*" + _TIME + r"[\s\])]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A written day at [start, end); `readings` are its possible dates, likelier first; `year` False: not written."""

    start: int
    end: int
    readings: tuple[tuple[int | None, int, int], ...]
    form: str

    @property
    def year(self) -> bool:
        """Whether the year is written."""
        return self.readings[0][0] is not None


def even(text: str) -> str:
    """The same text with ASCII digits and date punctuation, `Aug 15 09:20:41 2003` in order; same length, so positions hold."""
    flat = text if text.isascii() else text.translate(_EVEN)
    return _CTIME.sub(r"\1 \3 \2", flat) if ":" in flat else flat


def _plain(word: str) -> str:
    marked = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i").replace("ø", "o"))
    return "".join(mark for mark in marked if not unicodedata.combining(mark) and not mark.isspace())


_MONTHS = {_plain(word): number for number, words in enumerate(re.split(r"\n(?! )", _MONTH_WORDS.strip()), 1) for word in words.split()}


def month(word: str) -> int | None:
    """1 to 12 for a month's name or abbreviation in the languages of the table, else None."""
    return _MONTHS.get(_plain(word.partition("/")[0]))


def _han_number(text: str) -> int:
    """十 = 10, 二十一 = 21, 十一 = 11."""
    if "十" not in text:
        return int("".join(_NUMERALS[digit] for digit in text))
    tens, _, ones = text.partition("十")
    return int(_NUMERALS.get(tens, "1")) * 10 + int(_NUMERALS.get(ones, "0"))


def _ordered(first: int, second: int, year: int | None, order: str) -> tuple[tuple[int | None, int, int], ...]:
    """Both readings of two numbers, the one that `order` (mdy, dmy) asks for first."""
    month_first, day_first = (year, first, second), (year, second, first)
    return (month_first, day_first) if order == "mdy" else (day_first, month_first)


def _ymd(text: str, _order: str) -> Iterator[Day]:
    for m in _YMD.finditer(text):
        yield Day(m.start(), m.end(), ((int(m[1]), int(m[3]), int(m[5])),), "cjk" if m[2] in "年년" else "numeric")


def _era(text: str, _order: str) -> Iterator[Day]:
    for m in _ERA.finditer(text):
        year = _ERAS[m[1]] + (1 if m[2] == "元" else int(m[2]))
        yield Day(m.start(), m.end(), ((year, int(m[3]), int(m[4])),), "cjk")


def _minguo(text: str, order: str) -> Iterator[Day]:
    """Taiwan's years without the era's name: 115-11-28, 115年11月28日."""
    for m in _MINGUO.finditer(text) if order == "ymd" else ():
        yield Day(m.start(), m.end(), ((1911 + int(m[1]), int(m[3]), int(m[5])),), "cjk" if m[2] == "年" else "numeric")


def _han(text: str, _order: str) -> Iterator[Day]:
    for m in _HAN.finditer(text):
        year = int("".join(_NUMERALS[digit] for digit in m[1]))
        yield Day(m.start(), m.end(), ((year, _han_number(m[2]), _han_number(m[3])),), "cjk")


def _dmy(text: str, order: str) -> Iterator[Day]:
    for m in _DMY.finditer(text):
        yield Day(m.start(), m.end(), _ordered(int(m[1]), int(m[3]), int(m[4]), "dmy" if m[2] == "." else order), "numeric")


def _day_month(text: str, _order: str) -> Iterator[Day]:
    for m in _DAY_MONTH.finditer(text):
        number = month(m[2])
        if number:
            end = m.end() if m[3] else m.end(2)
            end += 3 if text.startswith(" г.", end) else 0
            yield Day(m.start(), end, ((_year(m[3]), number, int(m[1])),), "word")


def _month_day(text: str, _order: str) -> Iterator[Day]:
    for m in _MONTH_DAY.finditer(text):
        number = month(m[1])
        if number:
            yield Day(m.start(), m.end(), ((_year(m[3]), number, int(m[2])),), "word")


def _year(text: str | None) -> int | None:
    """1998, 98 and '98 alike; two figures are of the hundred years from 1970 on."""
    if text is None:
        return None
    number = int(text.lstrip("'’"))
    return number if number > 99 else number + (1900 if number >= 70 else 2000)


def _cjk_day(text: str, _order: str) -> Iterator[Day]:
    for m in _CJK_DAY.finditer(text):
        yield Day(m.start(), m.end(), ((None, int(m[1]), int(m[2])),), "cjk")


def _short(text: str, order: str) -> Iterator[Day]:
    """Two-digit years: 26-11-22 where the order is ymd, 22.11.26 elsewhere."""
    for m in _SHORT.finditer(text):
        a, b, c = (int(part) for part in (m.group(1, 3, 4) if m[1] else m.group(5, 7, 8)))
        sign = m[2] or m[6]
        if order == "ymd":
            yield Day(m.start(), m.end(), ((2000 + a, b, c),), "bare")
        else:
            yield Day(m.start(), m.end(), _ordered(a, b, 2000 + c, "dmy" if sign == "." else order), "bare")


def _bare(text: str, order: str) -> Iterator[Day]:
    """Month and day alone; a single dotted pair only where it cannot be a decimal number."""
    for m in _BARE.finditer(text):
        digits = len(m[1]) + len(m[3])
        if digits < 3 or (m[2] == "." and not (m[4] or digits == 4)):
            continue
        sequence = "mdy" if order == "ymd" or (order == "mdy" and m[2] != ".") else "dmy"
        yield Day(m.start(), m.end(), _ordered(int(m[1]), int(m[3]), None, sequence), "bare")


_WAYS = (_ymd, _dmy, _era, _minguo, _han, _day_month, _month_day, _cjk_day, _short, _bare)
_WAYS_ASCII = tuple(way for way in _WAYS if way not in (_era, _han, _cjk_day))


def days(text: str, order: str) -> list[Day]:
    """Every day written in `text` (already `even`), by position, none overlapping; fuller forms win. `order`: ymd, mdy, dmy."""
    taken: list[Day] = []
    for way in _WAYS_ASCII if text.isascii() else _WAYS:
        for day in way(text, order):
            if len(taken) < 200 and all(day.end <= other.start or other.end <= day.start for other in taken):
                taken.append(day)
    return sorted(taken, key=lambda day: day.start)


def _offset(word: str | None) -> tzinfo | None:
    """+08:00, +0800, GMT+8, Z, EST … as a fixed offset; None for anything else (CST is China's and America's)."""
    if not word:
        return None
    if word == "北京时间":
        return timezone(timedelta(hours=8))
    named = _ZONES.get(word.casefold())
    if named is not None:
        return timezone(timedelta(minutes=named))
    m = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d\d)?", word, re.IGNORECASE)
    if not m or int(m[2]) > 14 or int(m[3] or 0) > 59:
        return None
    return timezone((1 if m[1] == "+" else -1) * timedelta(hours=int(m[2]), minutes=int(m[3] or 0)))


def _clock(m: re.Match[str]) -> Clock | None:
    hour, minute = int(m["h"]), int(m["m"] or 0)
    half, mark = m["half"] or "", (m["ap"] or m["short"] or "").lower()
    if hour < 12 and (mark.startswith("p") or half in {"下午", "晚上", "傍晚", "午後", "오후"} or (half == "中午" and hour < 4)):
        hour += 12
    if hour == 12 and (mark.startswith("a") or half in {"凌晨", "午前", "오전"}):
        hour = 0
    return (hour, minute, int(m["s"]) if m["s"] else None) if hour < 24 else None


@dataclass(frozen=True, slots=True)
class Time:
    """A clock time that belongs to a day, its offset where written, and the span that day and time take together."""

    clock: Clock
    offset: tzinfo | None
    start: int
    end: int


def time_beside(text: str, day: Day) -> Time | None:
    """The clock time written directly after `day`, else directly before it."""
    after = _AFTER.match(text, day.end)
    clock = _clock(after) if after else None
    if after and clock:
        offset = _offset(after["off"])
        return Time(clock, offset, day.start, after.end() if offset else after.start("off") if after["off"] else after.end())
    low = max(0, day.start - 28)
    before = _BEFORE.search(text[low : day.start])
    clock = _clock(before) if before else None
    return Time(clock, _offset(before["off"]), low + before.start(), day.end) if before and clock else None


def time_alone(text: str) -> Clock | None:
    """The clock time when `text` is nothing else."""
    m = _ALONE.fullmatch(text)
    return _clock(m) if m else None


def time_after(text: str, position: int) -> tuple[Clock, int] | None:
    """The clock time that follows `position` directly, and where it ends."""
    m = _AFTER.match(text, position)
    clock = _clock(m) if m else None
    return (clock, m.end()) if m and clock else None


def compact(text: str) -> tuple[date, Clock | None] | None:
    """20190511 or 20190511111336 in a machine-written value."""
    m = _COMPACT.search(text)
    if not m:
        return None
    try:
        day = date(int(m[1]), int(m[2]), int(m[3]))
    except ValueError:
        return None
    return day, (int(m[4]), int(m[5]), int(m[6])) if m[4] else None
