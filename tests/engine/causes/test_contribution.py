import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.causes.contribution import KINDS, contribution
from tests.golden.make_contribution import FILE, content


def test_the_golden_vectors_are_those_of_this_code():
    kept, made = json.loads(FILE.read_text()), content()
    assert kept["before"] == made["before"]
    for old, new in zip(kept["cases"], made["cases"], strict=True):
        assert old["expected"]["kind"] == new["expected"]["kind"]
        for name in ("contribution", "z"):
            assert old["expected"][name] == pytest.approx(new["expected"][name], abs=1e-12, rel=1e-9)


counts = st.integers(1, 500)
means = st.floats(0, 1)


@given(counts, means, counts, means, means, means)
def test_mix_and_within_are_the_drop_that_goes_away_with_the_segment(n0, m0, n1, m1, k0, k1):
    big = 1000
    total0, total1 = n0 * m0 + (big - n0) * k0, n1 * m1 + (big - n1) * k1
    found = one(n0, n0 * m0, (big, total0), n1, n1 * m1, (big, total1))
    assert found["mix"] + found["within"] == pytest.approx((total0 - total1) / big - (k0 - k1), abs=1e-9)


def test_a_share_that_moves_between_equal_scores_contributes_nothing():
    found = one(100, 80, (1000, 800), 600, 480, (1000, 800))
    assert found["contribution"] == pytest.approx(0, abs=1e-12)
    assert abs(found["z"]) < 1e-9


def test_a_segment_that_was_not_there_carries_its_share_of_the_distance_to_the_rest():
    found = one(0, 0, (1000, 900), 200, 40, (1000, 760))
    assert KINDS[int(found["kind"])] == "new"
    assert found["contribution"] == pytest.approx(0.2 * (0.9 - 0.2))


def test_an_empty_segment_and_everything_contribute_nothing():
    for segment in ((0, 0, 0, 0), (1000, 900, 1000, 700)):
        n0, s0, n1, s1 = segment
        found = one(n0, s0, (1000, 900), n1, s1, (1000, 700))
        assert (found["contribution"], found["z"]) == (0, 0)


def one(n0, s0, total0, n1, s1, total1):
    arrays = (np.array([value], dtype=float) for value in (n0, s0, n1, s1))
    n0, s0, n1, s1 = arrays
    return {name: float(values[0]) for name, values in contribution(n0, s0, total0, n1, s1, total1).items()}
