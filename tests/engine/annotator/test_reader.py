"""Reader, Signals, Support, Folds and text: what is read of samples, and what keeps silent."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.annotator.folds import folds
from prodmon_widgets.engine.annotator.reader import Reader
from prodmon_widgets.engine.annotator.signals import Signals
from prodmon_widgets.engine.annotator.support import Support
from prodmon_widgets.engine.annotator.text import TextDirections


def test_an_unseen_or_missing_category_is_nan_in_the_matrix():
    known = pd.DataFrame({"kind": ["x", "y", "x", "z"] * 10})
    reader = Reader().fit(known, [], None)
    matrix = reader.matrix(pd.DataFrame({"kind": ["x", "new", None]}))
    assert matrix[0, 0] == 0
    assert np.isnan(matrix[1:, 0]).all()


def test_support_names_what_is_new_and_what_lies_beyond_and_forgives_a_little():
    known = pd.DataFrame(
        {
            "n": np.linspace(0, 1, 200),
            "kind": pd.Categorical(["x", "y"] * 100, categories=["x", "y", "new"]),
            "tags = a": [True] * 200,
            "tags = b": [False] * 200,
        }
    )
    support = Support().fit(known, ["n", "kind"], {"tags": ["tags = a", "tags = b"]})
    rows = pd.DataFrame(
        {
            "n": [0.5, 1.05, 1.5, np.nan, 0.5, 0.5],
            "kind": pd.Categorical(["x", "x", "x", "y", "new", "x"], categories=["x", "y", "new"]),
            "tags = a": [True] * 6,
            "tags = b": [False] * 5 + [True],
        }
    )
    said = {words: np.flatnonzero(mask).tolist() for words, mask in support.outside(rows)}
    assert said == {"outside the evaluation range of n": [2], "unseen kind 'new'": [4], "unseen tags 'b'": [5]}
    unseen, beyond = support.unseen_or_beyond(rows)
    assert np.flatnonzero(unseen).tolist() == [4, 5]
    assert np.flatnonzero(beyond).tolist() == [2]


def test_two_signals_together_rank_better_than_either_and_a_falling_one_is_turned():
    rng = np.random.default_rng(0)
    good = (rng.random(3000) < 0.5).astype(float)
    frame = pd.DataFrame({"up": good + rng.normal(0, 1, 3000), "down": -good + rng.normal(0, 1, 3000)})
    both = Signals().fit(frame, ["up", "down"], good)(frame)
    corr = [np.corrcoef(values, good)[0, 1] for values in (both, frame["up"], -frame["down"])]
    assert corr[0] > max(corr[1:]) + 0.05
    alone = Signals().fit(frame, ["down"], good)(frame)
    np.testing.assert_array_equal(alone, -frame["down"])


def test_a_sample_without_any_signal_has_none():
    frame = pd.DataFrame({"a": [0.1, 0.9, np.nan, 0.5] * 20, "b": [0.2, 0.8, np.nan, np.nan] * 20})
    found = Signals().fit(frame, ["a", "b"], np.tile([0.0, 1, 1, 0], 20))(frame)
    assert np.isnan(found[2])
    assert not np.isnan(found[[0, 1, 3]]).any()
    assert np.isnan(Signals().fit(frame, [], np.tile([0.0, 1, 1, 0], 20))(frame)).all()


def test_folds_are_stretches_of_time_unless_one_kind_would_be_left():
    time = np.array([5.0, 1, 3, 2, 4, 9, 8, 7, 6, 0])
    fold = folds(np.tile([0.0, 1], 5), time)
    assert fold[np.argsort(time)].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    rare = np.zeros(20)
    rare[:2] = 1
    held = folds(rare, None)
    assert all(len(np.unique(rare[held != each])) == 2 for each in range(5))


@pytest.mark.parametrize("rows", [[""], ["only these words"], ["<script>alert(1)</script>", "ok"]])
def test_text_is_numbers_of_one_width_whatever_it_says(rows):
    known = pd.DataFrame({"t": [f"word{i % 7} and word{i % 5}" for i in range(60)]})
    text = TextDirections().fit(known, ["t"], 0)
    found = text.numbers(pd.DataFrame({"t": rows}))
    assert found.shape == (len(rows), text.directions_.shape[1])
    assert np.isfinite(found).all()


def test_alike_texts_have_alike_numbers():
    known = pd.DataFrame(
        {"t": [("cats purr softly" if i % 2 else "engines need oil") + f" {i % 3}" for i in range(60)]}
    )
    found = (
        TextDirections()
        .fit(known, ["t"], 0)
        .numbers(pd.DataFrame({"t": ["cats purr", "cats purr softly", "engines need oil"]}))
    )
    assert np.linalg.norm(found[0] - found[1]) < np.linalg.norm(found[0] - found[2])
