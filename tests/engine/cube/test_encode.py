"""Codes against pandas, sample by sample."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube import codes as codes_module
from prodmon_widgets.engine.cube import encode as encode_module
from prodmon_widgets.engine.cube import encoders
from prodmon_widgets.engine.cube.bins import Levels, bins_of, time_bins_of
from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.time.bins import TimeBins
from tests.engine.coded import DAY, annotate, drawn, encoded, tables


@pytest.fixture(scope="module")
def frame():
    return drawn(4000, 2, new=True)


@pytest.fixture(scope="module")
def codes(frame):
    return encoded(*tables(drawn(500, 1), frame))[1]


def labels_of(codes, name):
    return np.array(codes.bins[name].labels, dtype=object)[codes.codes[name]]


def test_time_codes_are_the_bins_of_the_times_and_none_without(frame, codes):
    at = frame["timestamp"].astype("datetime64[ms]").astype("int64").to_numpy()
    expected = np.where(frame["timestamp"].isna(), -1, (at - codes.time_bins.start) // codes.time_bins.step)
    np.testing.assert_array_equal(codes.time, expected)


@pytest.mark.parametrize("name", ["device", "premium"])
def test_level_codes_are_the_values(frame, codes, name):
    expected = frame[name].astype(object).where(frame[name].notna(), "missing").astype(str)
    np.testing.assert_array_equal(labels_of(codes, name), expected)


@pytest.mark.parametrize("name", ["confidence", "latency"])
def test_numeric_codes_are_half_open_bins(frame, codes, name):
    borders = [-np.inf, *codes.bins[name].edges, np.inf]
    expected = pd.cut(frame[name], borders, right=False, labels=False).fillna(-1).astype(int) + 1
    np.testing.assert_array_equal(codes.codes[name], expected)


def test_sets_have_their_members_whatever_their_order_and_repeats(frame, codes):
    labels = np.array(codes.bins["prediction"].labels)
    for row, wanted in enumerate(frame["prediction"]):
        got = set(labels[codes.members["prediction"][codes.codes["prediction"][row]]])
        assert got == (set(wanted) or {"missing"})


def test_the_number_of_predictions_counts_distinct_values(frame, codes):
    np.testing.assert_array_equal(codes.values["n_predictions"], [len(set(each)) for each in frame["prediction"]])


def test_value_sums_per_time_bin_are_exact(frame, codes):
    timed = codes.time >= 0
    for index, name in enumerate(codes.numeric):
        x = frame[name] if name in frame else pd.Series([float(len(set(each))) for each in frame["prediction"]])
        grouped = x[timed].groupby(codes.time[timed])
        count = codes.time_bins.count
        np.testing.assert_allclose(codes.sums[:, index, 0], grouped.count().reindex(range(count), fill_value=0))
        np.testing.assert_allclose(codes.sums[:, index, 1], grouped.sum().reindex(range(count), fill_value=0))


def test_infinite_values_have_a_bin_and_are_left_out_of_the_sums():
    frame = drawn(300, 5).assign(latency=lambda f: f["latency"].where(f.index % 10 > 0, np.inf))
    _, codes = encoded(*tables(drawn(100, 1), frame))
    at = codes.numeric.index("latency")
    assert (codes.codes["latency"][::10] == codes.bins["latency"].size - 1).all()
    timed = (codes.time >= 0) & (np.arange(300) % 10 > 0)
    assert codes.sums[:, at, 0].sum() == timed.sum()
    assert np.isfinite(codes.sums).all()


def test_numbers_far_from_zero_keep_their_variance():
    far = 1.7e12 + np.random.default_rng(0).normal(size=2000)
    frame = drawn(2000, 3).assign(latency=far)
    _, codes = encoded(*tables(drawn(200, 1).assign(latency=far[:200]), frame))
    n, first, second = codes.sums[:, codes.numeric.index("latency")].sum(axis=0)
    assert second / n - (first / n) ** 2 == pytest.approx(far[codes.time >= 0].var(), rel=1e-3)


def test_without_a_time_column_row_numbers_are_the_time():
    evaluation, production = tables(drawn(100, 1).drop(columns="timestamp"), drawn(1000, 2).drop(columns="timestamp"))
    _, codes = encoded(evaluation, production)
    assert not codes.time_bins.is_time
    np.testing.assert_array_equal(codes.time, np.arange(1000) // codes.time_bins.step)


def test_evaluation_lies_in_one_bin_with_all_its_rows():
    evaluation_codes, _ = encoded(*tables(drawn(500, 1), drawn(500, 2)))
    assert evaluation_codes.time_bins == TimeBins.single()
    assert (evaluation_codes.time == 0).all()


def test_a_value_that_the_bins_lack_gets_its_own_code_at_once():
    evaluation, production = tables(drawn(300, 1), drawn(300, 2))
    bins = bins_of(evaluation, production)
    later = production.append(drawn(300, 3, new=True).assign(device=pd.Series(["watch", "phone", None] * 100)))
    codes = encode(later, time_bins_of(production, list(bins.values())), bins)
    assert codes.bins["device"].values == (*bins["device"].values, "watch")
    assert codes.has("device", codes.bins["device"].code_of["watch"]).sum() == 100
    assert "mystery" in codes.bins["prediction"].code_of


def test_progress_ends_at_one():
    seen = []
    evaluation, production = tables(drawn(100, 1), drawn(300, 2))
    encode(production, TimeBins.single(), bins_of(evaluation, production), seen.append)
    assert seen[-1] == 1.0


def test_values_beyond_what_is_kept_leave_sums_by_code(monkeypatch, frame):
    monkeypatch.setattr(encode_module, "MOST_VALUES", 2 * len(frame))
    _, few = encoded(*tables(drawn(500, 1), frame))
    assert len(few.values) == 2
    assert set(few.values) | set(few.by_code) == set(few.numeric)
    x = frame["latency"]
    at = few.codes["latency"]
    np.testing.assert_allclose(few.by_code["latency"][:, 1], np.bincount(at, x, few.bins["latency"].size), rtol=1e-9)


def test_a_flood_of_distinct_sets_folds_the_rarer_levels(monkeypatch):
    monkeypatch.setattr(encoders, "MOST_SETS", 16)
    rng = np.random.default_rng(0)
    tags = [f"tag {i:02}" for i in range(12)]
    frame = drawn(600, 2).assign(prediction=[rng.choice(tags, 3, replace=False).tolist() for _ in range(600)])
    _, codes = encoded(*tables(drawn(50, 1), frame))
    levels = codes.bins["prediction"]
    assert len(codes.members["prediction"]) <= 16
    assert levels.has_other
    for value in levels.values:
        wanted = np.array([value in each for each in frame["prediction"]])
        np.testing.assert_array_equal(codes.has("prediction", levels.code_of[value]), wanted)


# --- append ---------------------------------------------------------------------------------------------------------


def parts_of(frame, at):
    evaluation, production = tables(drawn(300, 1), frame.iloc[:at].reset_index(drop=True))
    bins = bins_of(evaluation, production)
    time = time_bins_of(production, list(bins.values()), most_bytes=200_000)
    first = annotate(encode(production, time, bins), 4)
    later = production.append(frame.iloc[at:].reset_index(drop=True))
    low, high = later.time_range()
    second = annotate(encode(later, time.extended(low, high + 1), first.bins), 5)
    return first, second


def test_extended_codes_are_those_of_all_rows_at_once():
    frame = pd.concat([drawn(900, 2), drawn(700, 3, new=True)], ignore_index=True)
    frame.loc[900:, "timestamp"] += pd.Timedelta(45, "D")
    first, second = parts_of(frame, 900)
    both = first.extended(second)
    assert both.n_rows == 1600
    whole = encode(tables(drawn(300, 1), frame)[1], both.time_bins, both.bins)
    for name in both.codes:
        if name not in both.members:
            np.testing.assert_array_equal(both.codes[name], whole.codes[name])
    members = [c.members["prediction"][c.codes["prediction"]] for c in (both, whole)]
    np.testing.assert_array_equal(*members)
    np.testing.assert_array_equal(both.time, whole.time)
    np.testing.assert_allclose(both.sums, whole.sums)


def test_an_appended_cube_equals_a_rebuilt_one():
    frame = pd.concat([drawn(900, 2), drawn(700, 3, new=True)], ignore_index=True)
    frame.loc[900:, "timestamp"] -= pd.Timedelta(45, "D")
    first, second = parts_of(frame, 900)
    merged, rebuilt = Cube.build(first).append(second), Cube.build(first.extended(second))
    assert merged.time == rebuilt.time
    assert [axis.labels for axis in merged.axes] == [axis.labels for axis in rebuilt.axes]
    for measure in rebuilt.cells:
        np.testing.assert_array_equal(merged.cells[measure], rebuilt.cells[measure], err_msg=measure)
        np.testing.assert_array_equal(merged.totals[measure], rebuilt.totals[measure], err_msg=measure)


def test_keeping_values_ends_when_they_become_too_many(monkeypatch):
    first, second = parts_of(drawn(1000, 2), 500)
    monkeypatch.setattr(codes_module, "MOST_VALUES", 1000)
    both = first.extended(second)
    assert list(both.values) == first.numeric[:1]
    name = first.numeric[-1]
    np.testing.assert_allclose(both.by_code[name], first.sums_by_code(name) + second.sums_by_code(name))


def test_coarser_bins_keep_every_sample():
    first, _ = parts_of(drawn(1000, 2), 500)
    coarse = first.rebinned(first.time_bins.coarser_to(8))
    np.testing.assert_array_equal(coarse.time < 0, first.time < 0)
    np.testing.assert_allclose(coarse.sums.sum(axis=0), first.sums.sum(axis=0))
    assert coarse.time_bins.step > DAY


# --- hostile columns ------------------------------------------------------------------------------------------------


def test_names_that_differ_in_case_only_and_values_with_quotes_keep_apart():
    rng = np.random.default_rng(0)
    values = np.array(["it's", 'a "b"', "c;--", "ENUM('x')", "ü\n", " "])
    more = {
        "level": values[rng.integers(0, 6, 400)],
        "Level": values[rng.integers(0, 6, 400)],
        "x": 1.5 * np.arange(400),
    }
    frame = drawn(400, 2).assign(**more, X=-1.5 * np.arange(400))
    _, codes = encoded(*tables(frame.iloc[:50].reset_index(drop=True), frame))
    for name in ("level", "Level"):
        # blanks around a value are none of it, and a value of blanks is missing
        expected = frame[name].str.strip().replace("", "missing")
        np.testing.assert_array_equal(labels_of(codes, name), expected)
    np.testing.assert_array_equal(codes.values["X"], -codes.values["x"])


def test_a_property_without_any_value_is_missing_throughout():
    evaluation, production = tables(drawn(100, 1), drawn(200, 2))
    bins = bins_of(evaluation, production) | {"device": Levels("device", "categorical", (), n_levels=0, rest=None)}
    codes = encode(production, TimeBins.single(), bins)
    assert set(labels_of(codes, "device")) == {"missing", "other"}
