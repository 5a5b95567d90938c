"""A ``where`` can be applied to the frame that it came from, by comparing values."""

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.engine.cube.segments import Segment

N, DAYS = 12_000, 20


def drawn(seed, *, declined):
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, 5, N)
    frame = pd.DataFrame(
        {
            "timestamp": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, DAYS * 86_400, N), unit="s"),
            "flag": rng.random(N) < 0.2,
            "maybe": pd.array(np.where(rng.random(N) < 0.1, None, rng.random(N) < 0.2), dtype="boolean"),
            "whole": whole,
            "fraction": rng.choice([0.1, 0.2, 0.7], N),
            "level": pd.Categorical(rng.integers(0, 6, N)),
            "prediction": rng.integers(0, 3, N),
            "tags": [rng.choice(5, k, replace=False).tolist() for k in rng.integers(0, 3, N)],
        }
    )
    bad = sum(mask.to_numpy(bool) for mask in planted(frame).values()) if declined else 0
    return frame.assign(annotation=np.where(rng.random(N) < 0.95 - 0.13 * bad, "good", "bad"))


def planted(frame):
    return {
        "flag = True": frame["flag"],
        "maybe = True": frame["maybe"].fillna(False),
        "whole = 3": frame["whole"] == 3,
        "fraction = 0.7": frame["fraction"] == 0.7,
        "level = 4": frame["level"] == 4,
        "prediction = 2": frame["prediction"] == 2,
        "tags = 4": frame["tags"].map(lambda tags: 4 in tags),
    }


@pytest.fixture(scope="module")
def frames():
    return drawn(1, declined=False), drawn(2, declined=True)


def matched(frame, where):
    ((name, value),) = where.items()
    if name == "tags":
        return frame[name].map(lambda tags: value in tags)
    return (frame[name] == value).fillna(False)


def test_seven_causes_that_overlap_are_each_named_once_with_values_of_their_columns(frames):
    items = pm.Monitor(*frames).causes().items
    expected = planted(frames[1])
    assert sorted(items["segment"]) == sorted(expected)
    for text, where in zip(items["segment"], items["where"], strict=True):
        np.testing.assert_array_equal(matched(frames[1], where), expected[text], err_msg=text)
        assert str(Segment(where)) == text


def test_weak_segments_hold_such_values_too(frames):
    found = pm.Monitor(frames[1], frames[0].drop(columns="annotation")).weak_segments()
    whole = found.set_index("segment").loc["whole = 3", "where"]
    assert matched(frames[1], whole).sum() == found.set_index("segment").loc["whole = 3", "n"]


def test_a_number_has_one_spelling_in_a_segment():
    assert str(Segment({"n": 3.0})) == str(Segment({"n": np.float32(3)})) == str(Segment({"n": 3})) == "n = 3"
