from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.errors import InputError
from tests.engine.coded import drawn, encoded, tables


@pytest.fixture(scope="module")
def frame():
    return drawn(3000, 5)


@pytest.fixture(scope="module")
def codes(frame):
    return encoded(*tables(drawn(500, 6), frame))[1]


MASKS = {
    "confidence ≥ 0.75": ({"confidence": (0.75, None)}, lambda f: f["confidence"] >= 0.75),
    "confidence < 0.3": ({"confidence": (-np.inf, 0.3)}, lambda f: f["confidence"] < 0.3),
    "0.31415 ≤ confidence < 0.5": (
        {"confidence": (0.31415, 0.5)},
        lambda f: f["confidence"].between(0.31415, 0.5, "left"),
    ),
    "device is missing": ({"device": None}, lambda f: f["device"].isna()),
    "device in {phone, tv}": ({"device": ["tv", "phone"]}, lambda f: f["device"].isin(["tv", "phone"])),
    "prediction = war": ({"prediction": "war"}, lambda f: f["prediction"].map(lambda s: "war" in s)),
    "prediction = drama & prediction = war": (
        {"prediction": {"all": ["war", "drama"]}},
        lambda f: f["prediction"].map(lambda s: {"war", "drama"} <= set(s)),
    ),
    "n_predictions ≥ 2": ({"n_predictions": (2, None)}, lambda f: f["prediction"].map(set).str.len() >= 2),
    "n_predictions = 2": ({"n_predictions": 2}, lambda f: f["prediction"].map(set).str.len() == 2),
    "premium = True": ({"premium": True}, lambda f: f["premium"]),
    "device = tv & premium = False": (
        {"premium": False, "device": "tv"},
        lambda f: (f["device"] == "tv") & ~f["premium"],
    ),
}


@pytest.mark.parametrize("text", MASKS)
def test_a_segment_says_what_it_is_and_masks_what_pandas_masks(frame, codes, text):
    where, oracle = MASKS[text]
    segment = Segment(where)
    assert str(segment) == text
    expected = oracle(frame).to_numpy(dtype=bool)
    assert 0 < expected.sum() < len(frame)
    np.testing.assert_array_equal(segment.mask(codes), expected)


@pytest.mark.parametrize("many", [np.array, pd.Series, pd.Index, set, tuple])
def test_values_come_in_anything_that_holds_several(many):
    assert Segment({"device": many(["tv", "phone"])}) == Segment({"device": ["phone", "tv"]})


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, np.float64("nan")])
def test_every_missing_value_is_missing(missing):
    assert Segment({"device": missing}) == Segment({"device": None})


def test_decimals_are_borders_and_names_are_text():
    assert str(Segment({0: (Decimal("1.5"), None)})) == "0 ≥ 1.5"


borders = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
wanted = st.one_of(
    st.none(),
    st.text(min_size=1, max_size=5),
    st.lists(st.text(max_size=4), min_size=1, max_size=3),
    st.tuples(borders, borders).filter(lambda pair: pair[0] < pair[1]),
    borders.map(lambda low: (low, None)),
    st.lists(st.text(max_size=4), min_size=1, max_size=3).map(lambda values: {"all": values}),
)


@given(st.dictionaries(st.sampled_from("abc"), wanted, min_size=1))
def test_a_segment_comes_back_from_json_and_from_its_own_where(where):
    segment = Segment(where)
    assert Segment.from_json(segment.to_json()) == segment == Segment(segment.where)
    assert hash(Segment(segment.where)) == hash(segment)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"devise": "tv"}, "did you mean 'device'"),
        ({"device": "radio"}, "value of 'device' 'radio' does not exist"),
        ({"device": (1, 2)}, "expected a value"),
        ({"confidence": "high"}, "is numeric"),
    ],
)
def test_what_is_not_there_is_named(codes, where, message):
    with pytest.raises(InputError, match=message):
        Segment(where).mask(codes)


@pytest.mark.parametrize(
    "where",
    [
        "device",
        [("device", "tv")],
        {"device": []},
        {"device": ["tv", None]},
        {"device": {"any": ["tv"]}},
        {"x": (3, 1)},
    ],
)
def test_what_is_no_segment_is_refused(where):
    with pytest.raises(InputError):
        Segment(where)
