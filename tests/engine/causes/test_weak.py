import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.causes.candidates import ALIKE, candidates, unlike
from prodmon_widgets.engine.causes.weak import weak_segments
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.quality.estimate import SCALE
from tests.engine.coded import encoded, tables

N = 20_000


def drawn(seed):
    """A weak value, a weak interval, a weak pair of 0.8 % and a weak missing value."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "timestamp": pd.to_datetime(rng.integers(0, 30 * 86_400_000, N), unit="ms"),
            "device": rng.choice(["phone", "tablet", "tv", "watch"], N, p=[0.5, 0.3, 0.15, 0.05]),
            "country": rng.choice([f"country {i}" for i in range(20)], N),
            "age": rng.normal(40, 10, N),
            "income": np.where(rng.random(N) < 0.05, np.nan, rng.exponential(1, N)),
            "sky": rng.choice(["blue", "grey"], N),
        }
    )
    p = np.full(N, 0.9)
    p[frame["device"] == "watch"] -= 0.25
    p[frame["age"].between(50, 53)] -= 0.3
    p[(frame["device"] == "tv") & (frame["country"] == "country 3")] -= 0.5
    p[frame["income"].isna()] -= 0.2
    return frame, (rng.random(N) < p).astype(float)


@pytest.fixture(scope="module")
def weak():
    frame, good = drawn(1)
    codes = encoded(*tables(frame, frame.head(500)))[0]
    return weak_segments(codes, good), codes, frame, good


def test_weak_segments_are_found_down_to_less_than_a_hundredth(weak):
    found, codes, frame, _ = weak
    texts = set(found["segment"])
    assert {"device = watch", "income is missing", "country = country 3 & device = tv"} <= texts
    (old,) = texts - {"device = watch", "income is missing", "country = country 3 & device = tv"}
    mine = Segment(found.set_index("segment").loc[old, "where"]).mask(codes)
    planted = frame["age"].between(50, 53).to_numpy()
    assert (mine & planted).sum() / (mine | planted).sum() > 0.8


def test_their_figures_are_those_of_pandas(weak):
    found, _, frame, good = weak
    row = found.set_index("segment").loc["device = watch"]
    mask = (frame["device"] == "watch").to_numpy()
    assert row["n"] == mask.sum()
    assert row["share"] == pytest.approx(mask.mean())
    assert row["score"] == pytest.approx(good[mask].mean())
    assert row["low"] < row["score"] < row["high"]
    assert row["gap"] == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_weak_where_nothing_was_planted(weak, seed):
    codes = weak[1]
    good = (np.random.default_rng(seed).random(N) < 0.85).astype(float)
    assert len(weak_segments(codes, good)) == 0


def test_unknown_annotations_are_left_out(weak):
    _, codes, frame, good = weak
    known = good.copy()
    known[::4] = np.nan
    row = weak_segments(codes, known).set_index("segment").loc["device = watch"]
    mask = (frame["device"] == "watch").to_numpy() & ~np.isnan(known)
    assert row["n"] == mask.sum()
    assert len(weak_segments(codes, np.full(N, np.nan))) == 0


def test_a_few_samples_that_all_are_good_make_nobody_weak(weak):
    _, codes, frame, _ = weak
    rng = np.random.default_rng(3)
    good = (rng.random(N) < 0.85).astype(float)
    good[(frame["country"] == "country 1") & (frame["device"] == "watch")] = 1.0
    good[frame["device"] != "watch"] = (rng.random((frame["device"] != "watch").sum()) < 0.85).astype(float)
    assert len(weak_segments(codes, good)) == 0


def test_a_majority_is_not_weak_and_what_is_weak_scores_below_all(weak):
    _, codes, frame, _ = weak
    rng = np.random.default_rng(4)
    good = (rng.random(N) < np.where(frame["sky"] == "blue", 0.7, 0.9)).astype(float)
    good[frame["device"] == "phone"] = (rng.random((frame["device"] == "phone").sum()) < 0.75).astype(float)
    found = weak_segments(codes, good)
    assert (found["share"] <= 0.5).all()
    assert (found["score"] < good.mean()).all()


def test_ignored_properties_are_in_no_segment(weak):
    found = weak_segments(weak[1], weak[3], ignored=["device"])
    assert not found["segment"].str.contains("device").any()


def test_segments_that_stand_out_in_a_stretch_of_time_are_followed():
    before, good = drawn(2)
    after, still = drawn(3)
    late = after["timestamp"] > pd.Timestamp("1970-01-24")
    still[late & (after["device"] == "phone") & (after["sky"] == "grey")] = 0.0
    known, codes = encoded(*tables(before, after))
    known.score, codes.score = ((each * SCALE).astype(np.int32) for each in (good, still))
    followed = candidates(codes, known)
    assert Segment({"device": "phone", "sky": "grey"}) in followed
    assert len(followed) == len(set(followed)) <= 48
    assert all(len(each.conditions) > 1 or each.conditions[0].values == () for each in followed)


def test_no_two_segments_that_are_followed_say_the_same():
    before, good = drawn(2)
    after, still = drawn(3)
    still[after["age"] < 38] = 0.0
    known, codes = encoded(*tables(before, after))
    known.score, codes.score = ((each * SCALE).astype(np.int32) for each in (good, still))
    beside = [Segment({"age": (None, 38)})]
    followed = [*beside, *candidates(codes, known, beside=beside)]
    assert len(followed) > 3
    masks = [each.mask(codes) for each in followed]
    for at, mine in enumerate(masks):
        assert all((mine & other).sum() / max((mine | other).sum(), 1) <= ALIKE for other in masks[:at])


def test_of_segments_that_are_alike_the_first_stays():
    _, codes = encoded(*tables(drawn(2)[0], drawn(3)[0]))
    nearly, all_of_them, others = (
        Segment({"age": (None, high)}) if high else Segment({"sky": "blue"}) for high in (41, 42, None)
    )
    assert unlike([nearly, all_of_them, others], codes) == [nearly, others]
    assert unlike([nearly, others], codes, beside=[all_of_them]) == [others]
