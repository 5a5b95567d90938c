"""Boosting: categories by their share of good, and predictions in parts."""

import numpy as np
import pytest

from prodmon_widgets.engine.annotator import boosting
from prodmon_widgets.engine.annotator.boosting import Boosting


@pytest.fixture
def drawn():
    """Forty categories of which every third is bad, whatever their code; and a number that says nothing."""
    rng = np.random.default_rng(0)
    code = rng.integers(0, 40, 6000)
    good = (rng.random(6000) < np.where(code % 3 == 0, 0.2, 0.9)).astype(np.int64)
    return np.column_stack([code, rng.random(6000)]).astype(np.float32), good


def test_categories_are_told_apart_whatever_the_order_of_their_codes(drawn):
    matrix, good = drawn
    asked = np.column_stack([np.arange(40), np.full(40, 0.5)]).astype(np.float32)
    chance = Boosting([0], [0, 0], 0).fit(matrix, good).predict_proba(asked)[:, 1]
    bad = np.arange(40) % 3 == 0
    assert chance[bad].mean() == pytest.approx(0.2, abs=0.06)
    assert chance[~bad].mean() == pytest.approx(0.9, abs=0.04)
    assert chance[bad].max() < chance[~bad].min()


def test_a_missing_or_unseen_code_is_missing_and_no_error(drawn):
    matrix, good = drawn
    model = Boosting([0], [0, 0], 0).fit(matrix, good)
    odd = np.array([[np.nan, 0.5], [400, 0.5]], dtype=np.float32)
    chance = model.predict_proba(odd)
    assert chance[0].tolist() == chance[1].tolist()


def test_parts_say_what_the_whole_says(drawn, monkeypatch):
    matrix, good = drawn
    model = Boosting([0], [0, 0], 0).fit(matrix, good)
    whole = model.predict_proba(matrix)
    monkeypatch.setattr(boosting, "ROWS_OF_PART", 700)
    assert (model.predict_proba(matrix) == whole).all()


def test_a_column_that_only_helps_never_harms(drawn):
    matrix, _ = drawn
    good = (np.random.default_rng(1).random(6000) < matrix[:, 1]).astype(np.int64)
    line = np.column_stack([np.zeros(50), np.linspace(0, 1, 50)]).astype(np.float32)
    chance = Boosting([0], [0, 1], 0).fit(matrix, good).predict_proba(line)[:, 1]
    assert (np.diff(chance) >= 0).all()
