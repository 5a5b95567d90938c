"""Frames of more properties than are looked at in pairs: what is found there all the same, and what is given up."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.causes.causes import Question, Side, find_causes
from prodmon_widgets.engine.causes.search import MOST_PAIRED
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


def asked(before, after):
    sides = encoded(*tables(*(each.drop(columns="good") for each in (before, after))))
    return Question(*(Side(c, None, None, f["good"].to_numpy()) for c, f in zip(sides, (before, after), strict=True)))


def found(n_properties, decline):
    return find_causes(asked(frame(0, n_properties), frame(1, n_properties, decline)))


@pytest.mark.parametrize("n_properties", [MOST_PAIRED, pytest.param(3 * MOST_PAIRED, marks=pytest.mark.slow)])
def test_a_pair_that_lowers_each_of_its_properties_is_found_among_any_number(n_properties):
    causes = found(n_properties, [[0.0, 0.0], [0.0, 0.3]])
    assert causes.items["segment"].tolist() == ["x0 = yes & x1 = yes"]
    assert causes.items["contribution"][0] == pytest.approx(0.3 / 4, abs=0.02)


CANCELLING = [[-0.15, 0.15], [0.15, -0.15]]
"""Worse where exactly one of two properties is yes and as much better elsewhere: neither shows by itself."""


def test_a_pair_that_cancels_in_each_of_its_properties_is_found_among_few():
    assert set(found(MOST_PAIRED, CANCELLING).items["segment"]) >= {"x0 = no & x1 = yes", "x0 = yes & x1 = no"}


@pytest.mark.slow
def test_a_pair_that_cancels_in_each_of_its_properties_is_given_up_among_many():
    causes = found(6 * MOST_PAIRED, CANCELLING)
    assert causes.items.empty
    assert abs(causes.total) < 0.03


def sets(seed, *, declined=False):
    """Two set properties with nearly as many different sets as samples; the tables of both would take gigabytes."""
    rng = np.random.default_rng(seed)
    holds = rng.random((2, 3 * N, 24)) < 0.3
    p = np.where(declined & holds[0, :, 3] & holds[1, :, 7], 0.4, 0.9)
    names = [np.array([f"{letter}{i}" for i in range(24)], dtype=object) for letter in "pq"]
    columns = {letter: [names[k][row].tolist() for row in holds[k]] for k, letter in enumerate("pq")}
    return pd.DataFrame(columns).assign(good=(rng.random(3 * N) < p).astype(float))


def test_two_properties_of_ever_new_sets_are_looked_at_by_their_members():
    question = asked(sets(0), sets(1, declined=True))
    assert min(question.before.codes.members[name].shape[0] for name in "pq") > 2 * N
    tracemalloc.start()
    causes = find_causes(question)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert causes.items["segment"].tolist() == ["p = p3 & q = q7"]
    assert peak < 300e6
