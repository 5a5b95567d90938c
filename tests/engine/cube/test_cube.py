"""The cube against pandas, and that everything in it adds up in any order."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prodmon_widgets.engine.cube import counting
from prodmon_widgets.engine.cube import encode as encode_module
from prodmon_widgets.engine.cube.bins import Levels, bins_of, time_bins_of
from prodmon_widgets.engine.cube.counting import MEASURES
from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.quality.estimate import SCALE
from prodmon_widgets.engine.time.bins import TimeBins
from tests.effort import examples
from tests.engine.coded import DAY, annotate, drawn, encoded, labelled, tables


@pytest.fixture(scope="module")
def frame():
    return drawn(3000, 2, new=True)


@pytest.fixture(scope="module")
def codes(frame):
    return annotate(encoded(*tables(drawn(300, 1), frame))[1], 3)


@pytest.fixture(scope="module")
def cube(codes):
    return Cube.build(codes)


SPARE = drawn(600, 9, new=True)
THIRTY_DAYS = TimeBins(0, DAY, 30)


def measures_of(codes, chosen):
    """What the measures of some rows are, row by row."""
    score, state, supported = codes.score[chosen].astype(object), codes.state[chosen], codes.supported[chosen]
    known = codes.known[chosen] if codes.known is not None else np.full(len(state), -1)
    score = np.where(known < 0, score, known.astype(object) * SCALE)
    state = np.where(known < 0, state, 1 - known)
    supported = supported | (known >= 0)
    return {
        "n": int(chosen.sum()),
        "annotated": int((state < 2).sum()),
        "bad": int((state == 1).sum()),
        "unsupported": int((~supported).sum()),
        "score": sum(score),
        "variance": sum((s * (SCALE - s) + SCALE // 2) // SCALE for s in score),
        "supported_score": sum(score[supported]),
        "known": int((known >= 0).sum()),
        "known_good": int((known == 1).sum()),
    }


def assert_same(one, other):
    assert one.time == other.time
    for axis in one.axes:
        there = other.axis(axis.name)
        assert sorted(axis.labels) == sorted(there.labels)
        to = [there.offset + there.labels.index(label) for label in axis.labels]
        for measure, cells in one.cells.items():
            np.testing.assert_array_equal(cells[:, axis.cells], other.cells[measure][:, to], err_msg=measure)
    for measure, totals in one.totals.items():
        np.testing.assert_array_equal(totals, other.totals[measure], err_msg=measure)
    np.testing.assert_allclose(one.values, other.values, rtol=1e-9, atol=1e-9)


def test_every_measure_of_a_window_is_that_of_its_rows(codes, cube):
    window = cube.window(5, 19)
    inside = (codes.time >= 5) & (codes.time < 19)
    assert window.totals == measures_of(codes, inside)
    for axis in cube.axes:
        for code in range(axis.size):
            expected = measures_of(codes, inside & codes.has(axis.name, code))
            assert {m: window.cells[m][axis.offset + code] for m in MEASURES} == expected


def test_samples_that_people_labelled_count_as_they_are(codes):
    some = labelled(codes, 0.3)
    cube = Cube.build(some)
    window, inside = cube.window(5, 19), (codes.time >= 5) & (codes.time < 19)
    assert window.totals == measures_of(some, inside)
    axis = cube.axis("device")
    for code in range(axis.size):
        expected = measures_of(some, inside & codes.has("device", code))
        assert {m: window.cells[m][axis.offset + code] for m in MEASURES} == expected


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.3), (0.3, 0.0), (0.3, 0.5)])
def test_a_cube_of_which_some_labels_changed_is_the_one_built_anew(codes, before, after):
    old, new = labelled(codes, before), labelled(codes, after, seed=6)
    rows = np.flatnonzero(old.known != new.known)
    cube = Cube.build(old)
    assert_same(cube.relabelled(old.bare(rows), new.bare(rows)), Cube.build(new))


def test_labelled_rows_are_appended_to_rows_without_a_label(codes):
    both = codes.extended(labelled(codes, 0.5))
    assert_same(Cube.build(codes).append(labelled(codes, 0.5)), Cube.build(both))


def test_the_means_of_a_window_are_pandas(frame, codes, cube):
    window = cube.window(5, 19)
    inside = (codes.time >= 5) & (codes.time < 19)
    for name in ("confidence", "latency"):
        n, total, squares = window.values[cube.axis(name).numeric]
        x = frame.loc[inside, name]
        assert n == x.count()
        assert total / n == pytest.approx(x.mean(), rel=1e-12)
        assert squares / n - (total / n) ** 2 == pytest.approx(x.var(ddof=0), rel=1e-9)


def test_one_sentinel_spoils_only_the_windows_that_hold_it(frame):
    spoiled = frame.assign(latency=frame["latency"].where(frame.index != 0, 1e18))
    spoiled.loc[0, "timestamp"] = pd.Timestamp(DAY // 2, unit="ms")
    _, codes = encoded(*tables(drawn(300, 1), spoiled))
    cube = Cube.build(codes)
    n, total, _ = cube.window(1).values[cube.axis("latency").numeric]
    assert total / n == pytest.approx(spoiled.loc[codes.time >= 1, "latency"].mean(), rel=1e-12)


def test_cells_of_a_property_add_up_to_the_samples_but_of_a_set_they_count_members(frame, codes, cube):
    window = cube.window()
    for axis in cube.axes:
        counted = window.cells["n"][axis.cells].sum()
        sets = frame.loc[codes.time >= 0, "prediction"]
        expected = sum(max(1, len(set(s))) for s in sets) if axis.kind == "set" else window.totals["n"]
        assert counted == expected


def test_an_empty_window_holds_nothing(cube):
    assert cube.window(7, 7).totals["n"] == 0
    assert not cube.window(7, 7).values.any()


def test_a_segments_cube_is_the_cube_of_its_rows(frame, codes):
    mask = codes.has("prediction", codes.bins["prediction"].code_of["mystery"])
    part = tables(drawn(300, 1), frame[mask].reset_index(drop=True))[1]
    alone = encode(part, codes.time_bins, codes.bins)
    alone.score, alone.state, alone.supported = codes.score[mask], codes.state[mask], codes.supported[mask]
    segment, direct = Cube.build(codes, mask), Cube.build(alone)
    for measure in MEASURES:
        np.testing.assert_array_equal(segment.cells[measure], direct.cells[measure])
    np.testing.assert_allclose(segment.values, direct.values, rtol=1e-5)


def test_a_segments_mean_without_kept_values_is_close(monkeypatch, frame):
    monkeypatch.setattr(encode_module, "MOST_VALUES", 0)
    _, codes = encoded(*tables(drawn(300, 1), frame))
    mask = codes.has("device", codes.bins["device"].code_of["phone"])
    sums = Cube.build(codes, mask).window().values[codes.numeric.index("confidence")]
    rows = mask & (codes.time >= 0)
    assert sums[0] == frame.loc[rows, "confidence"].count()
    assert sums[1] / sums[0] == pytest.approx(frame.loc[rows, "confidence"].mean(), abs=0.002)


def test_chunks_leave_no_trace(monkeypatch, codes, cube):
    monkeypatch.setattr(counting, "CHUNK", 97)
    assert_same(Cube.build(codes), cube)


def test_before_annotation_there_are_counts_only(frame):
    _, codes = encoded(*tables(drawn(300, 1), frame))
    cube = Cube.build(codes)
    assert not cube.scored
    assert set(cube.cells) == {"n"}


def test_coarser_time_bins_hold_the_same_sums(cube):
    coarse = cube.coarser(7 * DAY)
    assert coarse.time.count < cube.time.count
    at = coarse.time.snap(*cube.time.window(0, cube.time.count))
    assert coarse.window(*at).totals == cube.window().totals
    first, last = coarse.time.window(1, 3)
    fine = cube.time.snap(first, last)
    np.testing.assert_array_equal(coarse.window(1, 3).cells["score"], cube.window(*fine).cells["score"])


def test_merged_bins_hold_the_same_sums(cube):
    merged = cube.merged
    assert max(axis.size for axis in merged.axes) <= 33
    for axis in cube.axes:
        for measure in MEASURES:
            np.testing.assert_array_equal(
                merged.cells[measure][:, merged.axis(axis.name).cells].sum(axis=1),
                cube.cells[measure][:, axis.cells].sum(axis=1),
            )


def test_cubes_of_other_time_steps_are_not_merged_by_mistake(cube):
    with pytest.raises(ValueError, match="use coarser first"):
        cube.merge(cube.coarser(7 * DAY))


@examples(5)
@given(st.lists(st.integers(1, 599), min_size=3, max_size=3, unique=True).map(sorted), st.permutations(range(4)))
@example([1, 2, 598], [0, 1, 2, 3]).via("a part without one time")
def test_merging_parts_in_any_order_gives_the_whole(cuts, order):
    cubes, whole = parts([0, *cuts, 600])
    merged = cubes[order[0]]
    for index in order[1:]:
        merged = merged.merge(cubes[index])
    assert_same(merged, whole)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_parts_that_begin_and_end_elsewhere_merge_each_at_its_own_time(order):
    stretches = [TimeBins(0, DAY, 9), TimeBins(9 * DAY, DAY, 8), TimeBins(17 * DAY, DAY, 13)]
    ends = [int((SPARE["timestamp"] < pd.Timestamp(each.end, unit="ms")).sum()) for each in stretches]
    cubes, whole = parts([0, *ends], stretches)
    merged = cubes[order[0]]
    for index in order[1:]:
        merged = merged.merge(cubes[index])
    assert_same(merged, whole)


def parts(at, stretches=None):
    """Cubes of stretches of rows, each coded by itself from bins that know none of the devices, and of all rows."""
    frame = SPARE.sort_values("timestamp", ignore_index=True)
    production = tables(drawn(200, 1), frame)[1]
    bins = bins_of(production, production) | {"device": Levels("device", "categorical", (), n_levels=0)}
    whole = annotate(encode(production, THIRTY_DAYS, bins), 7)
    cubes = []
    for (low, high), time in zip(pairwise(at), stretches or [THIRTY_DAYS] * len(at), strict=False):
        part = encode(production.append(frame.iloc[low:high].reset_index(drop=True)), time, bins)
        part.score, part.state, part.supported = (x[low:high] for x in (whole.score, whole.state, whole.supported))
        cubes.append(Cube.build(part))
    return cubes, Cube.build(whole)


def test_without_properties_a_cube_has_totals(frame):
    production = tables(drawn(300, 1), frame)[1]
    cube = Cube.build(encode(production, time_bins_of(production, []), {}))
    assert cube.n_cells == 0
    assert cube.window().totals["n"] == frame["timestamp"].notna().sum()
