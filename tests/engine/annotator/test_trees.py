"""Trees of our own say what scikit-learn's say: numbers, missing values and categories, and whatever a table holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from prodmon_widgets.engine.annotator.trees import Splits, Trees


def drawn(n, seed, dtype=np.float64):
    """Six columns: two of whole numbers, the others normal; a tenth is missing, and missing says something."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, 6))
    matrix[:, 0], matrix[:, 1] = rng.integers(0, 30, n), rng.integers(0, 200, n)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    logit = np.nan_to_num(matrix[:, 2]) + 2 * (matrix[:, 0] % 3 == 0) - 2 * np.isnan(matrix[:, 3])
    return matrix.astype(dtype), (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)


ODD = np.array([[77, 0.5, np.inf, -np.inf, 0, np.nan], [-1, 1e9, -0.0, 0.0, np.nan, 3], [np.nan] * 6])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"categorical_features": [1, 0]},
        {"categorical_features": [0]},
        {"max_leaf_nodes": 3},
        {"max_leaf_nodes": 20},
        {"max_leaf_nodes": 60},
        {"monotonic_cst": [0, 0, 1, 0, 0, 0]},
        {"max_features": 0.5, "max_leaf_nodes": 12},
    ],
)
def test_they_say_what_scikit_learn_says(more, dtype):
    matrix, good = drawn(3000, 0, dtype)
    model = HistGradientBoostingClassifier(
        **{"max_iter": 15, "min_samples_leaf": 20, "early_stopping": False, "random_state": 0, **more}
    ).fit(matrix, good)
    asked = np.concatenate([drawn(5000, 1, dtype)[0], ODD.astype(dtype)])
    assert abs(Trees.of(model).predict_proba(asked) - model.predict_proba(asked)).max() < 1e-14


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 31), st.booleans())
def test_they_do_so_whatever_was_learned(seed, leaves, listed):
    matrix, good = drawn(400, seed)
    matrix[:, 0] %= 7
    kind = {"categorical_features": [0]} if listed else {}
    model = HistGradientBoostingClassifier(
        max_iter=4, max_leaf_nodes=leaves, min_samples_leaf=5, early_stopping=False, random_state=seed, **kind
    ).fit(matrix, good)
    asked = np.concatenate([matrix, np.roll(matrix, 1, axis=0), ODD])
    assert abs(Trees.of(model).predict_proba(asked) - model.predict_proba(asked)).max() < 1e-14


def test_a_row_says_the_same_in_whatever_company():
    matrix, good = drawn(9000, 2)
    trees = Trees.of(HistGradientBoostingClassifier(max_iter=10, random_state=0).fit(matrix, good))
    whole = trees.logit(matrix)
    assert (trees.logit(matrix[4000:4001]) == whole[4000:4001]).all()
    assert (trees.logit(matrix[::-1]) == whole[::-1]).all()


@pytest.mark.parametrize("leaves", [1, 8, 12, 40, 64])
def test_a_table_that_leaves_no_leaf_gives_a_number_and_reads_nothing_beyond(leaves):
    nothing = Splits(0, False, np.array([0.5]), np.zeros((3, 2), dtype=np.uint64))
    trees = Trees(1, -1.0, (nothing,), np.full((2, leaves), 3.0))
    assert trees.logit(np.array([[0.1], [0.9], [np.nan]])).tolist() == [-1.0] * 3
