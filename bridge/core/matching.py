"""Whether two readings are one article, when its address, its title or the whole site has changed. Pure.

`turn` judges a list page, `same_article` an article read at a new address, `another_article` one read at a known
address. A wrong merge loses an article for ever, so every doubt is answered with "two articles".
"""

from collections.abc import Iterable
from functools import cached_property

from ..model import When
from .identity import canonical
from .match_address import cms_id, scheme
from .match_known import Known, days_apart, same_minute
from .match_texts import fold_text, likeness, same_numbers
from .match_titles import NEARLY, SAME, UNLIKE, columns, fold_title, title_likeness
from .match_turn import LONG, Turn, turn

__all__ = [
    "Known", "Turn", "another_article", "cms_id", "fold_title", "likeness", "other_issue", "same_article", "scheme", "title_likeness",
    "turn", "which_article",
]  # fmt: skip

_HALF, _ALIKE, _NEAR, _EQUAL = 0.5, 0.8, 0.92, 0.97
_SOME, _MUCH = 48, 480
"""Columns of a text that says something, and of one that says enough by itself (240 Chinese characters)."""

_TELLING = 5
"""Characters of an id that two articles do not have by chance."""


def same_article(title: str, published: When | None, text: str, url: str, known: Known, *, turned: bool) -> bool:
    """Whether the article just read at `url` is `known`. `turned`: the list page that led there has turned (see `Turn`).

    Outside a turn two CMS ids are two articles, whatever else agrees; the same id in another folder is the same article
    when title and text agree. In a turn the title, the day (or minute) and the text must agree; a day that differs, or a
    title, only gives way to a long text that is the same in nearly every word and number. Of an article that is not at its
    address any more (`Known.left`) the id proves nothing, and the title and minute are enough where half of the text is left.
    """
    if canonical(url) == canonical(known.url):
        return not another_article(title, published, text, known)
    pair = _Pair(title, published, text, known)
    own, other = cms_id(url), cms_id(known.url)
    if own and other and own[1] == other[1] and (pair.agrees() or (len(own[1]) >= _TELLING and pair.is_retitled())):
        return True
    if known.left and pair.is_edited():
        return True
    if turned:
        return pair.agrees_in_a_turn()
    return (known.left or not (own and other)) and pair.says_the_same()


def which_article(title: str, published: When | None, text: str, url: str, candidates: Iterable[Known], *, turned: bool) -> Known | None:
    """The one of `candidates` that the article just read is (see `same_article`), of several the one with the likest text.

    None where there is none, or where two are equally like. Leave out candidates that still stand on the list at their own
    address, and the former article of an address that was given to another (`Turn.replaced`).
    """
    same = [known for known in candidates if same_article(title, published, text, url, known, turned=turned)]
    if len(same) < 2:
        return next(iter(same), None)
    ranked = sorted(((likeness(text, known.text), title_likeness(title, known.title), known.uid, known) for known in same), reverse=True)
    return ranked[0][3] if ranked[0][:2] > ranked[1][:2] else None


def another_article(title: str, published: When | None, text: str, known: Known) -> bool:
    """Whether what is read at a known address is another article than before, since the CMS used the address again.

    Title and text must both be unlike, and the day another where both have one; a rewritten headline or body is an
    edit. Without a text on both sides the day must be known, and be another.
    """
    if title_likeness(title, known.title) >= UNLIKE:
        return False
    apart = days_apart(published, known)
    if not fold_text(text) or not fold_text(known.text):
        return bool(apart)
    return apart != 0 and likeness(text, known.text) < UNLIKE


def other_issue(title: str, published: When | None, text: str, known: Known) -> bool:
    """Whether what is read at a known address is another issue of the same form: another day, and a title or figures that differ.

    So the next notice looks at an address that was given again. An edit with a new date looks alike, so ask only where a
    portal gives addresses again.
    """
    if not days_apart(published, known):
        return False
    return title_likeness(title, known.title) < NEARLY or not same_numbers(text, known.text)


class _Pair:
    """An article just read beside a known one."""

    def __init__(self, title: str, published: When | None, text: str, known: Known) -> None:
        self.texts = text, known.text
        self.title = title_likeness(title, known.title)
        self.width = min(columns(fold_title(title)), columns(fold_title(known.title)))
        self.apart = days_apart(published, known)
        self.minute = same_minute(published, known)

    @cached_property
    def length(self) -> int:
        """Columns of the shorter text's letters, as far as they matter."""
        return min(columns(fold_text(one[:2000])[:1000]) for one in self.texts)

    def agrees(self) -> bool:
        """Title and text agree and no date speaks against it: enough where the CMS's id is the same."""
        if self.title < NEARLY or self.apart not in {None, 0}:
            return False
        if self.length:
            return self._alike(_ALIKE)
        return self.minute is True or (self.apart == 0 and self.width >= LONG)

    def is_retitled(self) -> bool:
        """The text agrees and no date speaks against it: enough where an id that is long enough is the same."""
        return self.apart in {None, 0} and self.length >= _SOME and self._alike(_NEAR)

    def is_edited(self) -> bool:
        """The same title of the same minute over half of a text that says something; without a day, over most of a long one."""
        if self.apart is None:
            return self.title == SAME and self.length >= _MUCH and self._same_numbers() and self._alike(_ALIKE)
        return self.minute is True and self.title == SAME and self.length >= _SOME and self._alike(_HALF)

    def says_the_same(self) -> bool:
        """Title, day and a text long enough agree; without a day, a long text that is the same."""
        if self.title < NEARLY or self.minute is False:
            return False
        if self.apart == 0:
            return self.length >= _SOME and self._alike(_NEAR) and self._same_numbers()
        return self.apart is None and self.title == SAME and self._is_the_same_long_text()

    def agrees_in_a_turn(self) -> bool:
        """Title, day and text agree; or all but one of them, and the text is long and the same, or without a day the very same."""
        if self.title >= NEARLY and self.apart == 0 and self.minute is not False:
            return self._agrees_on_the_day()
        if self.apart is None or self.apart == 0:
            return self._is_the_same_long_text() or (self.apart is None and self._is_word_for_word())
        return self.title == SAME and self._is_the_same_long_text() and same_numbers(*self.texts, every=True)

    def _agrees_on_the_day(self) -> bool:
        if self.length >= _SOME:
            return self._alike(_NEAR) and (self.minute is True or self._same_numbers())
        return self.minute is True and self.title == SAME and (not self.length or self._alike(_EQUAL))

    def _is_the_same_long_text(self) -> bool:
        return self.length >= _MUCH and self._same_numbers() and self._alike(_EQUAL)

    def _is_word_for_word(self) -> bool:
        """The same title over the same text, letter by letter, with figures in it: two issues of a notice differ in some."""
        one, other = map(fold_text, self.texts)
        return self.title == SAME and self.length >= _SOME and one == other and any(map(str.isdecimal, one))

    def _alike(self, least: float) -> bool:
        return likeness(*self.texts) >= least

    def _same_numbers(self) -> bool:
        return same_numbers(*self.texts)
