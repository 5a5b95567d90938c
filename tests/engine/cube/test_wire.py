"""What travels: bounded, aligned, and the same sums on the other side."""

import json

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.counting import MEASURES
from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.cube.wire import IN_PYTHON_ONLY, Series, from_wire, to_wire
from prodmon_widgets.engine.quality.estimate import BlockTerms
from tests.engine.coded import annotate, drawn, encoded, tables


@pytest.fixture(scope="module")
def cubes():
    evaluation_codes, codes = encoded(*tables(drawn(300, 1), drawn(3000, 2, new=True)))
    return Cube.build(annotate(codes, 1)), Cube.build(annotate(evaluation_codes, 2))


def test_every_sum_arrives(cubes):
    cube, evaluation = cubes
    meta, payload = to_wire(cube, evaluation, terms=BlockTerms.neutral(cube.time.count, 0.01))
    arrays = from_wire(json.loads(json.dumps(meta)), payload)
    for measure in set(MEASURES) - set(IN_PYTHON_ONLY):
        np.testing.assert_array_equal(arrays[f"cells.{measure}"], cube.merged.cells[measure])
        np.testing.assert_array_equal(arrays[f"totals.{measure}"], cube.totals[measure])
        if not measure.startswith("known"):
            np.testing.assert_array_equal(arrays[f"evaluation.cells.{measure}"], evaluation.merged.cells[measure][0])
    np.testing.assert_array_equal(arrays["values"], cube.values)
    assert (arrays["calibration"] == 0.01).all()
    assert arrays["estimable"].all()
    assert meta["n_cells"] == arrays["cells.n"].shape[1]
    assert meta["scored"]


def test_arrays_lie_at_multiples_of_eight_and_fill_the_payload(cubes):
    meta, payload = to_wire(*cubes)
    ends = [0]
    for at in meta["arrays"].values():
        assert at["offset"] % 8 == 0
        assert at["offset"] >= ends[-1]
        ends.append(at["offset"] + int(np.prod(at["shape"])) * int(at["dtype"][1]))
    assert ends[-1] <= len(payload) < ends[-1] + 8


def test_a_property_says_how_its_cells_are_to_be_read(cubes):
    meta, _ = to_wire(*cubes)
    properties = {each["name"]: each for each in meta["properties"]}
    for each in properties.values():
        assert len(each["labels"]) == each["size"] <= 33
    latency, prediction = properties["latency"], properties["prediction"]
    assert len(latency["edges"]) == latency["size"] - 2
    assert len(latency["positions"]) == latency["size"] - 1
    assert prediction["labels"][:2] == ["missing", "other"]
    assert (prediction["levels"], prediction["numeric"]) == (4, None)


def test_before_annotation_only_counts_travel():
    evaluation_codes, codes = encoded(*tables(drawn(300, 1), drawn(900, 2)))
    meta, _ = to_wire(Cube.build(codes), Cube.build(evaluation_codes))
    assert not meta["scored"]
    assert meta["measures"] == ["n"]
    assert "cells.score" not in meta["arrays"]


def test_the_evaluation_cube_gets_cells_for_what_was_appended_later():
    evaluation, production = tables(drawn(300, 1), drawn(900, 2))
    evaluation_codes, codes = encoded(evaluation, production)
    later = encode(production.append(drawn(300, 3).assign(device="watch")), codes.time_bins, codes.bins)
    cube = Cube.build(codes).append(later)
    meta, payload = to_wire(cube, Cube.build(evaluation_codes))
    device = next(each for each in meta["properties"] if each["name"] == "device")
    watch = device["offset"] + device["labels"].index("watch")
    arrays = from_wire(meta, payload)
    assert arrays["evaluation.cells.n"][watch] == 0
    assert arrays["cells.n"][:, watch].sum() == (later.time >= 0).sum()
    assert arrays["evaluation.cells.n"].sum() == Cube.build(evaluation_codes).merged.cells["n"].sum()


def test_series_of_segments_travel_with_their_conditions(cubes):
    cube, evaluation = cubes
    described = [
        {
            "text": "n_predictions ≥ 2",
            "conditions": [{"property": "n_predictions", "low": 2, "high": None}],
            "weak": True,
        }
    ]
    production = {m: np.arange(cube.time.count)[:, None] for m in MEASURES}
    series = Series(described, production, {m: np.array([5]) for m in MEASURES})
    meta, payload = to_wire(cube, evaluation, segments=series)
    assert meta["segments"] == described
    np.testing.assert_array_equal(from_wire(meta, payload)["segments.n"], production["n"])


@pytest.mark.parametrize("n_properties", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_the_payload_is_bounded_whatever_the_data(n_properties):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"timestamp": pd.date_range("2020-01-01", "2024-01-01", periods=3000)})
    frame = frame.join(pd.DataFrame(rng.normal(size=(3000, n_properties))).add_prefix("x"))
    frame = frame.assign(level=[f"level {i}" for i in rng.integers(0, 900, 3000)])
    evaluation_codes, codes = encoded(*tables(frame.iloc[:300], frame), most_bytes=4_000_000)
    annotate(codes, 1)
    annotate(evaluation_codes, 2)
    _, payload = to_wire(Cube.build(codes), Cube.build(evaluation_codes))
    assert len(payload) <= 4_000_000
