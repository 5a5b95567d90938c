"""The order of samples to look at, against a plain sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.samples.order import rows_to_look_at
from prodmon_widgets.errors import InputError

SAMPLES = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9]), st.integers(0, 5)), max_size=40)


@given(SAMPLES, st.integers(0, 50), st.integers(0, 50))
def test_every_page_of_an_order_agrees_with_a_plain_stable_sort(samples, n, skip):
    score = np.array([s for s, _ in samples], dtype=float)
    time = np.array([t for _, t in samples], dtype=np.int64)
    rows = np.arange(len(samples), dtype=np.int64) * 3
    for order, key in (("worst", score), ("uncertain", abs(score - 0.5)), ("newest", -time)):
        want = [rows[i] for i in sorted(range(len(rows)), key=lambda i, key=key: key[i])][skip : skip + n]
        assert rows_to_look_at(rows, order, n, score=score, time=time, skip=skip).tolist() == want


def test_a_random_draw_is_seeded_and_without_repeats():
    rows = np.arange(1000)
    arguments = {"score": np.zeros(1000), "time": np.zeros(1000, dtype=np.int64)}
    first = rows_to_look_at(rows, "random", 100, **arguments)
    assert len(set(first.tolist())) == 100
    assert first.tolist() == rows_to_look_at(rows, "random", 100, **arguments).tolist()
    pages = [rows_to_look_at(rows, "random", 100, **arguments, skip=skip) for skip in range(0, 1000, 100)]
    assert sorted(np.concatenate(pages).tolist()) == rows.tolist()


def test_a_negative_skip_is_refused():
    with pytest.raises(InputError, match="skip is -5"):
        rows_to_look_at(np.arange(3), "worst", 1, score=np.zeros(3), time=np.zeros(3, dtype=np.int64), skip=-5)


@pytest.mark.parametrize(
    ("order", "n", "says"), [("worst", -1, "n is -1"), ("best", 3, "order is 'best'"), ("worst", 2.5, "2.5")]
)
def test_bad_requests_say_what_came_and_what_is_expected(order, n, says):
    with pytest.raises(InputError, match=says):
        rows_to_look_at(np.arange(3), order, n, score=np.zeros(3), time=np.zeros(3, dtype=np.int64))
