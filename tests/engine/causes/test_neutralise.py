"""What each of several segments carries, on sums small enough to work out by hand."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from prodmon_widgets.engine.causes.contribution import MIX, NEW, WITHIN
from prodmon_widgets.engine.causes.neutralise import Groups, deviations, drop_of, replay
from tests.effort import examples


def sums(*groups):
    """(S, 2) counts and score sums from (count, mean score)."""
    return np.array([(n, n * mean) for n, mean in groups], dtype=float)


def members(*columns):
    return np.array(columns, dtype=bool).T


def test_a_decline_carries_its_share_times_what_its_samples_lost():
    before, after = sums((20, 0.9), (80, 0.9)), sums((30, 0.4), (70, 0.9))
    found = replay(members([1, 0]), before, after, [WITHIN])
    assert found.contributions == pytest.approx([0.3 * 0.5])
    assert found.unexplained == pytest.approx(0.0)


def test_a_changed_share_carries_its_growth_times_the_gap_after():
    before, after = sums((20, 0.5), (80, 0.9)), sums((40, 0.5), (60, 0.9))
    found = replay(members([1, 0]), before, after, [MIX])
    assert found.contributions == pytest.approx([0.2 * 0.4])
    assert found.unexplained == pytest.approx(0.0)


def test_a_new_value_carries_its_share_times_its_distance_from_the_rest():
    before, after = sums((0, 0.0), (100, 0.9)), sums((10, 0.3), (90, 0.9))
    found = replay(members([1, 0]), before, after, [NEW])
    assert found.contributions == pytest.approx([0.1 * 0.6])


def test_each_item_is_what_goes_away_with_it_alone_and_their_interplay_is_told():
    # a weak segment grows from 20 to 40 of 100 and so takes a quarter of the samples of one that declines
    before = sums((20, 0.5), (40, 0.9), (40, 0.9))
    after = sums((40, 0.5), (30, 0.4), (30, 0.9))
    without_growth = sums((20, 0.5), (40, 0.4), (40, 0.9))
    without_decline = sums((40, 0.5), (30, 0.9), (30, 0.9))
    found = replay(members([1, 0, 0], [0, 1, 0]), before, after, [MIX, WITHIN])
    whole = drop_of(before, after)
    alone = [whole - drop_of(before, each) for each in (without_growth, without_decline)]
    assert found.contributions == pytest.approx(alone)
    assert found.unexplained == pytest.approx(whole - sum(alone))
    # with both of them gone nothing is left: all that is unexplained is interplay
    assert found.interplay == pytest.approx(found.unexplained)


def test_shares_are_restored_among_what_is_known_beside_a_new_value():
    before = sums((20, 0.5), (80, 0.9), (0, 0.0))
    after = sums((36, 0.5), (54, 0.9), (10, 0.2))
    without_growth = sums((18, 0.5), (72, 0.9), (10, 0.2))
    found = replay(members([1, 0, 0], [0, 0, 1]), before, after, [MIX, NEW])
    assert found.contributions[0] == pytest.approx(drop_of(before, after) - drop_of(before, without_growth))


def test_declines_that_overlap_are_told_apart():
    # in both segments losses add up: 0.1 of one, 0.2 of the other, 0.3 where they overlap
    before = sums((100, 0.9), (100, 0.9), (100, 0.9), (100, 0.9))
    after = sums((100, 0.8), (50, 0.7), (50, 0.6), (100, 0.9))
    found = replay(members([1, 0, 1, 0], [0, 1, 1, 0]), before, after, [WITHIN, WITHIN])
    assert found.contributions == pytest.approx([150 / 300 * 0.1, 100 / 300 * 0.2])
    assert found.unexplained == pytest.approx(0.0, abs=1e-12)


def test_shares_that_overlap_are_restored_together():
    before = sums((10, 0.4), (20, 0.6), (10, 0.5), (60, 0.9))
    member = members([1, 0, 1, 0], [0, 1, 1, 0])
    weight = np.where(member[:, 0], 1.5, 1.0) * np.where(member[:, 1], 2.0, 1.0)
    after = before * weight[:, None]
    found = replay(member, before, after, [MIX, MIX])
    assert found.unexplained - found.interplay == pytest.approx(0.0, abs=1e-9)


@st.composite
def tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n_groups, n_items = draw(st.integers(1, 8)), draw(st.integers(0, 5))
    member = rng.random((n_groups, n_items)) < 0.4
    n0, n1 = rng.integers(0, 200, (2, n_groups))
    n0[0] += 1
    n1[0] += 1
    before, after = (np.stack([n, n * rng.random(n_groups)], axis=-1).astype(float) for n in (n0, n1))
    return member, before, after, rng.integers(0, 3, n_items).tolist(), rng.permutation(n_items)


SLOW = (
    np.array([[0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0]], dtype=bool),
    np.array([[157.0, 4.5], [185.0, 162.1], [3.0, 1.3], [105.0, 31.9]]),
    np.array([[136.0, 52.9], [19.0, 8.0], [147.0, 25.0], [6.0, 0.1]]),
    [MIX, MIX, MIX],
    np.array([0, 2, 1]),
)
"""Shares that are fitted only after many more rounds than most."""


CIRCLING = (
    np.array([[0, 1, 1, 1], [0, 1, 1, 1], [1, 1, 1, 0], [0, 1, 0, 0]], dtype=bool),
    np.array([[80, 9.7], [179, 64.6], [102, 9.0], [49, 24.9]]),
    np.array([[168, 12.7], [19, 16.8], [0, 0.0], [118, 57.2]]),
    [MIX, WITHIN, MIX, MIX],
    np.array([0, 3, 2, 1]),
)
"""Two segments that hold the same samples after but not before: no weights give both their shares."""


def says_the_same(member, before, after, kinds):
    """Whether some shares follow from others: which of them moved is then anybody's choice."""
    known = ~member[:, kinds == NEW].any(axis=1) & (before[:, 0] > 0) & (after[:, 0] > 0)
    mixes = member[known][:, kinds == MIX]
    # older numpy has no rank of a matrix without rows
    return not len(mixes) or np.linalg.matrix_rank(np.column_stack([np.ones(len(mixes)), mixes])) < 1 + mixes.shape[1]


@examples(200)
@given(tables(), st.booleans())
@example(SLOW, False)
@example(CIRCLING, False)
def test_whatever_the_segments_they_add_up_and_their_order_does_not_matter(table, everywhere):
    member, before, after, kinds, order = table
    found = replay(member, before, after, kinds, everywhere=everywhere)
    total = found.contributions.sum() + found.everywhere + found.unexplained
    assert total == pytest.approx(drop_of(before, after), abs=1e-9)
    if says_the_same(member, before, after, np.array(kinds)):
        return
    other = replay(member[:, order], before, after, [kinds[k] for k in order], everywhere=everywhere)
    assert other.contributions == pytest.approx(found.contributions[order], abs=1e-6)
    assert other.unexplained == pytest.approx(found.unexplained, abs=1e-6)


UNLIKE = (
    np.array([[1, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0]], dtype=bool),
    np.array([[147, 47.71071305], [31, 25.31876785], [177, 85.58558147], [30, 2.57537688]]),
    np.array([[181, 67.80144261], [77, 24.35904972], [158, 78.27654143], [9, 5.48410351]]),
    [MIX, MIX, MIX, WITHIN],
    np.arange(4),
)
"""Two draws of which one is fitted in fewer rounds than the other."""


@examples(20)
@given(tables())
@example(UNLIKE)
def test_draws_are_replayed_as_each_of_them_alone(table):
    member, before, after, kinds, _ = table
    sides = np.stack([before, after + 1]), np.stack([after + 1, before])
    both = replay(member, *sides, kinds)
    alone = [replay(member, *(side[[draw]] for side in sides), kinds) for draw in range(2)]
    expected = np.concatenate([each.contributions for each in alone])
    assert both.contributions == pytest.approx(expected, abs=1e-12)


@example(UNLIKE)
@examples(20)
@given(tables())
def test_a_draw_is_near_the_figures_that_it_would_give(table):
    member, before, after, kinds, _ = table
    drawn = replay(member, before[None], after[None], kinds).contributions[0]
    assert drawn == pytest.approx(replay(member, before, after, kinds).contributions, abs=2e-3)


def test_the_band_of_a_decline_is_as_wide_as_its_days_differ():
    rng = np.random.default_rng(0)
    n = 1000.0
    means = rng.normal(0.5, 0.05, size=(40, 1))
    after = np.stack([np.full((40, 1), n), n * means], axis=-1)
    before = np.stack([np.full((40, 1), n), np.full((40, 1), n * 0.9)], axis=-1)
    groups = Groups(np.ones((1, 1), dtype=bool), before, after, (True, True))
    half = deviations(groups, [WITHIN], everywhere=False)
    assert half.contributions[0] == pytest.approx(2.02 * means.std(ddof=1) / np.sqrt(40), rel=0.15)


@pytest.mark.parametrize("n_days", [5, 30])
def test_the_band_of_days_alike_in_size_is_students(n_days):
    daily = np.random.default_rng(n_days).uniform(0.4, 0.9, n_days)
    before = np.stack([np.full(n_days, 100.0), 100 * daily], axis=1)[:, None, :]
    after = np.broadcast_to(sums((100, 0.5)), before.shape)
    half = deviations(Groups(np.zeros((1, 0), dtype=bool), before, after, (True, True)), [], everywhere=False)
    expected = stats.t.ppf(0.975, n_days - 1) * daily.std(ddof=1) / np.sqrt(n_days)
    assert half.unexplained == pytest.approx(expected, rel=0.08)
