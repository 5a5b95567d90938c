"""Frames of more properties than are looked at in pairs: what is found there all the same, and what is given up."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.causes import Question, Side, find_causes
from prodmon_widgets.engine.diagnosis.search import MOST_PAIRED
from tests.engine.coded import encoded, tables

N = 6000


def frame(seed, n_properties, decline=None):
    """Properties x0, x1, … of two equal halves each; ``decline``: what takes off the chance of good by a and b."""
    rng = np.random.default_rng(seed)
    halves = rng.integers(0, 2, (N, n_properties))
    p = np.full(N, 0.8)
    if decline is not None:
        p -= np.array(decline)[halves[:, 0], halves[:, 1]]
    columns = {f"x{i}": np.where(halves[:, i] == 1, "yes", "no") for i in range(n_properties)}
    return pd.DataFrame(columns).assign(good=(rng.random(N) < p).astype(float))


def found(n_properties, decline):
    before, after = frame(0, n_properties), frame(1, n_properties, decline)
    sides = encoded(*tables(*(each.drop(columns="good") for each in (before, after))))
    return find_causes(
        Question(*(Side(c, None, None, f["good"].to_numpy()) for c, f in zip(sides, (before, after), strict=True)))
    )


@pytest.mark.parametrize("n_properties", [MOST_PAIRED, 3 * MOST_PAIRED])
def test_a_pair_that_lowers_each_of_its_properties_is_found_among_any_number(n_properties):
    causes = found(n_properties, [[0.0, 0.0], [0.0, 0.3]])
    assert causes.items["segment"].tolist() == ["x0 = yes & x1 = yes"]
    assert causes.items["contribution"][0] == pytest.approx(0.3 / 4, abs=0.02)


CANCELLING = [[-0.15, 0.15], [0.15, -0.15]]
"""Worse where exactly one of two properties is yes and as much better elsewhere: neither shows by itself."""


def test_a_pair_that_cancels_in_each_of_its_properties_is_found_among_few():
    assert set(found(MOST_PAIRED, CANCELLING).items["segment"]) >= {"x0 = no & x1 = yes", "x0 = yes & x1 = no"}


def test_a_pair_that_cancels_in_each_of_its_properties_is_given_up_among_many():
    causes = found(6 * MOST_PAIRED, CANCELLING)
    assert causes.items.empty
    assert abs(causes.total) < 0.03
