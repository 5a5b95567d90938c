"""New values: found by name however rare, with figures that are pandas'."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.drift.novelty import COLUMNS, dated, new_values
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from tests.engine.coded import DAY, annotate, drawn, encoded, tables


def planted():
    """Five thousand rows with a frequent new genre, and a rare new device from the eleventh day on."""
    frame = drawn(5000, 2, new=True)
    late = frame.index[frame["timestamp"] >= pd.Timestamp(10 * DAY, unit="ms")]
    frame.loc[late[:7], "device"] = "watch"
    return frame


@pytest.fixture(scope="module")
def frame():
    return planted()


@pytest.fixture(scope="module")
def sides(frame):
    evaluation_codes, codes = encoded(*tables(drawn(500, 1), frame))
    return annotate(evaluation_codes, 1), annotate(codes, 2)


@pytest.fixture(scope="module")
def cubes(sides):
    return Cube.build(sides[1]), Cube.build(sides[0])


def test_new_values_are_those_that_evaluation_lacks_the_most_frequent_first(cubes):
    got = new_values(*cubes)
    assert got[["property", "value"]].values.tolist() == [["prediction", "mystery"], ["device", "watch"]]
    assert tuple(got.columns) == COLUMNS


def test_a_value_that_nobody_has_is_not_new(cubes):
    production, evaluation = cubes
    axis = production.axis("device")
    cell = axis.offset + axis.labels.index("watch")
    n = production.cells["n"].copy()
    n[:, cell] = 0
    gone = replace(production, cells={**production.cells, "n": n})
    assert new_values(gone, evaluation)["value"].tolist() == ["mystery"]


def test_their_figures_are_pandas(frame, sides, cubes):
    codes = sides[1]
    got = new_values(*cubes, 12, 20).iloc[1]
    is_watch = (frame["device"] == "watch") & frame["timestamp"].notna()
    window = (codes.time >= 12) & (codes.time < 20)
    assert got["n"] == is_watch.sum() == 7
    assert got["share"] == pytest.approx(7 / frame["timestamp"].notna().sum())
    assert got["window_share"] == pytest.approx((is_watch & window).sum() / window.sum())
    assert got["score"] == pytest.approx(codes.score[is_watch & window].mean() / SCALE)
    assert got["supported_share"] == pytest.approx(codes.supported[is_watch & window].mean())
    assert got["first_seen"] == frame.loc[is_watch, "timestamp"].min().floor("D")


def test_labels_of_people_correct_the_score(cubes):
    count = cubes[0].time.count
    terms = replace(BlockTerms.neutral(count), offset=np.full(count, -0.1))
    difference = new_values(*cubes)["score"] - new_values(*cubes, terms=terms)["score"]
    assert difference.tolist() == pytest.approx([0.1, 0.1])


def test_before_scores_there_are_counts(frame):
    evaluation_codes, codes = encoded(*tables(drawn(500, 1), frame))
    got = new_values(Cube.build(codes), Cube.build(evaluation_codes))
    assert got["n"].gt(0).all()
    assert got[["score", "supported_share"]].isna().all(axis=None)


def test_nothing_new_is_an_empty_frame_with_its_columns(cubes):
    got = new_values(cubes[0], cubes[0])
    assert got.empty
    assert tuple(got.columns) == COLUMNS


def test_a_value_appended_later_is_new_to_an_evaluation_cube_that_has_no_cell_for_it(cubes, sides):
    later = sides[1].bins["device"].extended(["glasses"])
    wider = cubes[0].placed(cubes[0].time, Cube.build(sides[1]).axes)
    assert later.code_of["glasses"] == len(later.labels) - 1
    assert len(new_values(wider, cubes[1])) == 2


def test_among_thousands_of_values_the_new_ones_have_names_and_the_others_a_number():
    rng = np.random.default_rng(0)
    evaluation = drawn(5000, 1).assign(device=[f"d{i}" for i in rng.integers(0, 1000, 5000)])
    old = [f"d{i}" for i in rng.integers(0, 1000, 9000)]
    production = drawn(10_000, 2).assign(device=old + ["gadget"] * 40 + [f"one-off {i % 480}" for i in range(960)])
    n_new = len(set(production["device"]) - set(evaluation["device"]))
    evaluation_codes, codes = encoded(*tables(evaluation, production))
    got = new_values(Cube.build(codes), Cube.build(evaluation_codes))
    devices = got[got["property"] == "device"]
    assert devices.iloc[0][["value", "share"]].tolist() == ["gadget", pytest.approx(0.004, abs=2e-4)]
    assert len(devices) + got.attrs["more"]["device"] == n_new


def test_without_a_time_column_first_seen_is_a_row_number():
    evaluation, production = (f.drop(columns="timestamp") for f in (drawn(300, 1), planted()))
    evaluation_codes, codes = encoded(*tables(evaluation, production))
    got = new_values(Cube.build(codes), Cube.build(evaluation_codes)).iloc[1]
    first = int(np.flatnonzero(production["device"] == "watch")[0])
    assert got["first_seen"] <= first < got["first_seen"] + codes.time_bins.step


def test_a_new_value_was_first_seen_when_its_first_sample_was_not_when_its_bin_began():
    production = planted()
    evaluation_codes, codes = encoded(*tables(drawn(800, 1), production))
    found = new_values(Cube.build(codes), Cube.build(evaluation_codes))
    times = production["timestamp"].to_numpy("datetime64[ms]").astype(np.float64)
    times = np.where(production["timestamp"].isna(), np.nan, times)
    got = dated(found, codes, times).set_index("value")["first_seen"]
    watch = production.loc[production["device"] == "watch", "timestamp"].min()
    assert got["watch"] == watch.round("ms")
    assert (got <= found.set_index("value")["first_seen"] + pd.Timedelta(DAY, "ms")).all()
    assert dated(found, codes, None) is found
