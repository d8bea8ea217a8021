"""What is taken as harmless at a glance is what the slow way would leave as it is."""

import re
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bridge.formats import text

_ADDRESSES = st.from_regex(r"(?i)https?://[a-z0-9._:\[\]@-]{0,12}[/?#]?[a-z0-9%/?#&=;:@!$\\'()*+,~. <>\u4e00\t-]{0,20}", fullmatch=True)


def test_no_printable_character_is_bad():
    """Every code point of Unicode; so `drop_bad` and `plain` may leave a printable text alone."""
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if letter.isprintable() or letter in "\n\u3000\xa0":
            assert not text._BAD.match(letter)
            assert not text._BIDI.match(letter)
            assert not text._LINE_END.match(letter)


@given(st.text(st.sampled_from("a 中 \u3000\xa0\n\r\t\x00\x85\ufeff\u202e\u200d\ud800é")))
def test_text_is_cleaned_the_same_either_way(given):
    slow = re.sub("\r\n?", "\n", text._BAD.sub("", given))
    assert text.drop_bad(given) == slow
    assert text.plain(given) == unicodedata.normalize("NFC", text._BIDI.sub("", slow)).strip()


@given(_ADDRESSES)
def test_an_address_that_is_ready_is_its_own(given):
    """The glance never takes what the whole way would change or refuse."""
    assert text.address(given) == text._address(given)
