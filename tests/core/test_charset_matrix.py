"""Bytes become the text their author wrote, whatever the labels say. The matrix is generated: texts × encodings × labels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import charset

ZH = "唐山市委网信办高度重视新媒体的建设与发展，要求全市新媒体在服务大局上跟得紧，在权威发布上立得住。陶喆、朱镕基出席了会议。"
TW = "臺北市政府今天宣布，捷運信義線將於明年底通車，屆時市民往返南港與象山只需十五分鐘，預計每日運量可達二十萬人次。"
JA = "東京都は今日、新しい条例を発表しました。これにより、都内の事業者は来年四月から報告が必要になります。"
KO = "서울시는 오늘 새로운 조례를 발표했습니다. 이에 따라 시내 사업자는 내년 4월부터 보고서를 제출해야 합니다."
RU = "Администрация города сообщает о проведении общественных слушаний по проекту бюджета на следующий год."
FR = "Le conseil général a décidé d’ouvrir une enquête à propos des événements récents, a déclaré le préfet à Besançon."
AR = "أعلنت وزارة التعليم اليوم عن بدء العام الدراسي الجديد في جميع المدارس الحكومية"
TH = "กระทรวงศึกษาธิการประกาศวันเปิดภาคเรียนใหม่ทั่วประเทศ"

# (text, how its author encoded it, the name we give)
WRITTEN = [
    (ZH, "gb18030", "gb18030"),
    (ZH, "gbk", "gb18030"),
    (ZH, "utf-8", "utf-8"),
    (TW, "big5hkscs", "big5"),
    (TW, "gbk", "gb18030"),
    (JA, "cp932", "shift_jis"),
    (JA, "euc_jp", "euc-jp"),
    (KO, "cp949", "euc-kr"),
    (RU, "cp1251", "windows-1251"),
    (RU, "koi8_r", "koi8-r"),
    (AR, "cp1256", "windows-1256"),
    (TH, "cp874", "windows-874"),
]
LABELS = ["", "gb2312", "GBK", "utf-8", "big5", "iso-8859-1", "Shift_JIS", "euc-kr", "no-such-charset"]


def page(text: str, label: str = "", more: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else ""
    return f"<html><head>{meta}{more}<title>{text[:20]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("text", "codec", "name"), WRITTEN)
def test_meta_labels_right_wrong_and_missing(text, codec, name, label):
    """108 cases: no label, and no wrong label, costs a character."""
    read = charset.decode(page(text, label).encode(codec))
    assert text in read.text
    assert read.charset == name
    assert read.replaced == 0


@pytest.mark.parametrize("label", ["gb2312", "utf-8", "iso-8859-1", "big5", "none at all"])
@pytest.mark.parametrize(("text", "codec", "name"), WRITTEN)
def test_http_labels_right_wrong_and_missing(text, codec, name, label):
    """60 cases of a label in the header, with a meta label that contradicts it."""
    read = charset.decode(page(text, "windows-1252").encode(codec), f"text/html; charset={label}")
    assert text in read.text
    assert read.charset == name


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"])
def test_wide_encodings_with_and_without_mark(codec):
    """UTF-16 and UTF-32 are known by their mark or by where the zero bytes of the markup stand."""
    read = charset.decode(page(ZH, "gb2312").encode(codec))
    assert ZH in read.text
    assert not read.text.startswith("\ufeff")


@pytest.mark.parametrize(("body", "expected", "name"), [
    (JA.encode("iso2022_jp"), JA, "iso-2022-jp"),
    (KO.encode("iso2022_kr"), KO, "iso-2022-kr"),
    (b'<meta charset="hz-gb-2312">' + "唐山新闻".encode("hz"), "唐山新闻", "hz-gb-2312"),
    (b'<meta charset="gb2312"><p>&#21776;&#23665; only ASCII', "only ASCII", "gb18030"),
    (b"plain", "plain", "utf-8"),
    (b"", "", "utf-8"),
])  # fmt: skip
def test_seven_bit_bodies(body, expected, name):
    """Escapes are read; plain ASCII has the charset it declares, since its queries are written in that."""
    read = charset.decode(body)
    assert expected in read.text
    assert read.charset == name


def test_override_wins_over_everything():
    """What the operator set is taken even against a mark or a label; a name that is no charset is not."""
    body = page(ZH, "utf-8").encode("gbk")
    assert charset.decode(body, override="gb2312").origin == "override"
    assert charset.decode(body, override="klingon").text == charset.decode(body).text


def test_remembered_charset_helps_where_nothing_is_declared():
    """Two letters tell nothing; what the site had before does."""
    body = "<p>мэрия города Ёж".encode("koi8_r")
    read = charset.decode(body, remembered="koi8-r")
    assert (read.charset, read.origin) == ("koi8-r", "remembered")
    assert "мэрия города" in read.text


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_cut_tail(codec, cut):
    """A body cut within its last character loses that one only."""
    read = charset.decode(page(ZH, "gb2312").encode(codec)[:-14][: -cut or None] + ZH.encode(codec)[:-cut])
    assert ZH in read.text


@pytest.mark.parametrize("codec", ["gb18030", "big5", "shift_jis", "utf-8"])
def test_half_character_does_not_swallow_the_tag_after_it(codec):
    """Titles cut within a character by the portal's own program are common; the markup behind them stays."""
    half = "人".encode(codec)[:-1]
    text = {"big5": TW, "shift_jis": JA}.get(codec, ZH)
    read = charset.decode(b"<li>" + text.encode(codec) + half + b"</li><li>" + text.encode(codec) + b"</li>")
    assert read.text.count(text) == 2
    assert read.text.count("</li>") == 2
    assert read.replaced == 1


def test_utf8_include_within_a_gbk_page():
    """An include file in UTF-8 within a GBK page is read as what it is, and the page too."""
    body = page(ZH, "gb2312").encode("gbk") + b"<div>" + "广告服务热线电话".encode() + b"</div>"
    read = charset.decode(body)
    assert ZH in read.text
    assert "广告服务热线电话" in read.text
    assert read.charset == "gb18030"


def test_gbk_include_within_a_utf8_page():
    """And the reverse."""
    body = page(ZH * 3, "utf-8").encode() + b"<div>" + "本站广告服务的联系方式".encode("gbk") + b"</div>"
    read = charset.decode(body)
    assert ZH in read.text
    assert "本站广告服务的联系方式" in read.text
    assert (read.charset, read.replaced) == ("utf-8", 0)


@pytest.mark.parametrize(
    "noise",
    [
        "<!-- <meta charset=big5> -->",
        "<script>document.write('<meta charset=\"big5\">')</script>",
        "<style>/*<meta charset=big5>*/</style>",
    ],
)
def test_labels_in_comments_and_scripts_are_none(noise):
    """The real label behind them decides."""
    assert charset.decode(page(ZH, "gb2312", noise).encode("gbk")).origin == "meta"
    assert charset.decode((noise + page(ZH, "gb2312")).encode("gbk")).charset == "gb18030"


@pytest.mark.parametrize("label", ["gb2312", "gb_2312-80", "x-gbk", "GBK", "cp936", "chinese", "gb2312,utf-8", "GB18030;", "zh-cn"])
def test_labels_are_widened_as_browsers_do(label):
    """Every GB label is GB18030."""
    assert charset.named(label) == "gb18030"


@pytest.mark.parametrize(("label", "name"), [
    ("latin1", "windows-1252"), ("ISO-8859-1", "windows-1252"), ("us-ascii", "windows-1252"),
    ("sjis", "shift_jis"), ("ks_c_5601-1987", "euc-kr"),
    ("big5-hkscs", "big5"), ("utf8", "utf-8"), ("windows-1251", "windows-1251"),
    ("hex", None), ("rot13", None), ("unicode_escape", None), ("", None),
])  # fmt: skip
def test_label_table(label, name):
    """Python codecs that are no charsets are not reachable through a label."""
    assert charset.named(label) == name


def test_french_unlabelled_and_mislabelled():
    """Single accented letters are Latin, not Cyrillic and not half of something wide."""
    for label in ("", "gb2312", "utf-8", "iso-8859-1"):
        assert FR in charset.decode(page(FR, label).encode("cp1252")).text


def test_text_already_broken_by_its_author_stays_utf8():
    """Replacement characters that the page itself contains are counted and not taken for another charset."""
    read = charset.decode(page("锟斤拷" + ZH + "\ufffd\ufffd\ufffd", "gb2312").encode())
    assert (read.charset, read.replaced) == ("utf-8", 3)


@pytest.mark.parametrize("many", [1, 200])
def test_text_lost_in_a_wrong_conversion_is_said_to_be_lost(many):
    """GBK that the server read as UTF-8: no charset gives it back, on a long page neither."""
    broken = (ZH * many).encode("gbk").decode("utf-8", "replace")
    read = charset.decode(page(broken, "gbk").encode(), "text/html; charset=gbk", remembered="gb18030")
    assert read.charset == "utf-8"
    assert read.replaced > 0.5 * len(broken)


@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=gb2312", "text/html; charset=utf-16", "charset="]))
@settings(max_examples=120)
def test_never_raises(body, content_type):
    """Any bytes give text without surrogates, and say how much of it was replaced."""
    read = charset.decode(body, content_type)
    assert read.replaced == read.text.count("\ufffd")
    read.text.encode("utf-8")


@given(
    st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=60),
    st.sampled_from(["gb18030", "utf-8"]),
)
@settings(max_examples=80)
def test_round_trip_of_any_chinese_with_its_right_label(text, codec):
    """However rare its characters: with a page around it and the right label, nothing is lost."""
    label = "gb2312" if codec == "gb18030" else codec
    assert text in charset.decode(page(ZH + text, label).encode(codec)).text


@pytest.mark.parametrize(
    "body",
    [
        b"<script" * 60_000 + b"\xff",
        b"<!--" * 100_000 + b"\xff\xff",
        b"<meta " * 60_000 + b"\xff",
        b"\x00" * 300_000,
        bytes(range(256)) * 2000,
    ],
)
def test_hostile_bodies_end(body):
    """Unclosed scripts and comments, zeros and noise: it returns (in time that grows with the length; see bench)."""
    assert charset.decode(body).text is not None


def test_long_pages_are_told_by_their_parts():
    """Long GBK under the wrong name is GBK; long UTF-8 with a GBK piece at its beginning or end stays UTF-8, and both read whole."""
    told = "唐山信息网发布通知，请市民注意安全，有关部门正在处理。"
    long = f"<html><body>{''.join(f'<p>{told}{number}</p>' for number in range(900))}</body></html>"
    assert charset.decode(long.encode("gb18030"), "text/html; charset=utf-8").text == long
    piece = f"<div>{told * 3}</div>"
    for body in (piece.encode("gb18030") + long.encode(), long.encode() + piece.encode("gb18030")):
        found = charset.decode(body)
        assert (found.charset, found.replaced) == ("utf-8", 0)
        assert piece in found.text


def test_a_damaged_page_of_a_known_site_shows_its_damage():
    """Read as what the site had, not in a charset of strangers that has a letter for every byte."""
    whole = "".join(f"<li><a href='/{n}.html'>市公安局扩建龙泉小学健身步道第{n}期公告</a></li>" for n in range(20)).encode("gb18030")
    damaged = bytes(0xFF if at % 31 == 0 else byte for at, byte in enumerate(whole))
    read = charset.decode(damaged, None, remembered="gb18030")
    assert (read.charset, read.origin, read.replaced > 20) == ("gb18030", "best", True)
