"""The score of the corpus: above its floors, and it falls when reading does."""

import json

import pytest

from bench import score
from bench.corpus import cases, text_f1
from bench.extractors import verdict


def test_every_field_is_above_its_floor(capsys):
    """The whole corpus, as `make score` reads it; each field has pages to be measured on."""
    assert score.main(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["below"] == {}
    assert set(told["scores"]["all"]) >= set(score.FLOORS)
    assert told["scores"]["all"]["date wrong"][0] <= 0.02


def test_a_field_below_its_floor_makes_exit_code_1(capsys, monkeypatch):
    monkeypatch.setattr(score, "cases", lambda what: cases(what)[:3])
    monkeypatch.setattr(score.sites, "sites", list)
    monkeypatch.setitem(score.FLOORS, "title", 1.01)
    assert score.main([]) == 1
    told = capsys.readouterr()
    assert "below its floor: title" in told.err
    assert told.out.startswith("kind of site")


def test_a_page_that_is_read_wrong_scores_less():
    """Another page's expectations fit no field but the charset."""
    one, other = cases("article")[:2]
    marks = dict(score.judged(type(one)(one.name, one.what, one.kind, one.body, {**other.want, "charset": one.want["charset"]})))
    assert (marks["title"], marks["published"], marks["charset"]) == (0, 0, 1)
    assert marks["body F1"] < 0.3


@pytest.mark.parametrize(
    ("found", "wanted", "f1"),
    [
        ("一二三四五", ["一二三四五"], 1.0),
        ("", ["一二三四五"], 0.0),
        ("一二三四", ["一二三四五"], 2 / 3),
        ("a b c d", ["A, b. c d"], 0.0),
        ("", [""], 1.0),
    ],
)
def test_text_is_compared_by_4_grams(found, wanted, f1):
    assert text_f1(found, wanted) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        ("2019-05-11T11:13:36+08:00", "2019-05-11", "right"),
        ("2019-05-11T11:13:36+08:00", "2019年5月11日 11:13", "right"),
        ("2019-05-11T11:13:36+08:00", "2019/05/12", "wrong"),
        ("2019-05-11T11:13:36+08:00", None, "none"),
        (None, None, "right"),
        (None, "2019-05-12", "wrong"),
    ],
)
def test_dates_of_other_extractors_are_judged_by_their_day(wanted, found, told):
    assert verdict(wanted, found) == told
