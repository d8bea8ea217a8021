"""Text in columns: nothing is wider than asked, nothing is lost, and Chinese lines up."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.console import width
from bridge.previewing.layout import clip, fitted, framed, labelled, wrap

TEXTS = st.text(alphabet=st.sampled_from(list("abc XY ,.。，“”（）唐山市政府工作 12é한العربية")), max_size=200)


@given(TEXTS, st.integers(2, 60))
def test_no_line_is_wider_than_asked_and_no_character_is_lost(text, columns):
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS, st.integers(2, 60))
def test_a_clipped_text_fits_and_says_that_it_was_cut(text, columns):
    cut = clip(text, columns)
    assert width(cut) <= columns
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_closing_punctuation_begins_no_line():
    """A comma or closing quotation mark stays with the character before it."""
    for columns in range(6, 30):
        lines = wrap("本报讯“今年的花展”延期三天，欢迎参观。市民（含游客）可以预约。", columns)
        assert not [line for line in lines if line[0] in "，。”）"]
        assert not [line for line in lines if line[-1] in "“（"]


def test_words_are_whole_where_they_fit():
    assert wrap("The city council voted on Thursday", 12) == ["The city", "council", "voted on", "Thursday"]


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5), st.integers(50, 120))
def test_a_table_fits_its_window(rows, columns):
    """The columns that may give are cut until the table fits, and every line has its columns at the same place."""
    lines = fitted(("n", "title", "address"), [("1", title[:30], address) for title, address, _ in rows], columns, give=(1, 2))
    assert all(width(line) <= columns for line in lines)
    assert len(lines) == len(rows) + 1


def test_without_a_window_nothing_is_cut():
    long = "字" * 300
    assert long in fitted(("a",), [(long,)], None, give=(0,))[1]


def test_a_frame_closes_around_wide_characters():
    lines = framed(["唐山信息网", "abc", ""], 20)
    assert {width(line) for line in lines} == {20}


def test_a_label_stands_beside_wrapped_text():
    assert labelled("next", "a b " * 20, 40)[0].startswith("next         a b")
    assert all(line.startswith(" " * 13) for line in labelled("next", "a b " * 20, 40)[1:])
