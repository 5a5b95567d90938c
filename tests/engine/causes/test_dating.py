"""When causes began: of what grew the share is dated, of what got worse the score."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.causes.dating import dated
from prodmon_widgets.engine.quality.estimate import SCALE
from tests.engine.coded import encoded, tables

DAYS, A_DAY = 60, 200


@pytest.fixture(scope="module")
def codes():
    """Televisions score .5 and are a tenth until day 30, then four tenths; tablets fall from .9 to .6 on day 40."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(DAYS), A_DAY)
    device = np.where(
        rng.random(len(day)) < np.where(day < 30, 0.1, 0.4), "tv", rng.choice(["phone", "tablet"], len(day))
    )
    frame = pd.DataFrame(
        {
            "timestamp": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "prediction": rng.choice(["a", "b"], len(day)),
            "device": device,
        }
    )
    made = encoded(*tables(frame.head(500), frame))[1]
    score = np.select([device == "tv", (device == "tablet") & (day >= 40)], [0.5, 0.6], 0.9)
    made.score = np.round(score * SCALE).astype(np.int32)
    return made


def row_of(codes, where, kind):
    items = pd.DataFrame([{"segment": "it", "where": where, "kind": kind}])
    return dated(codes, items, 0, codes.time_bins.count).set_index("what").loc["it"]


def test_what_grew_is_dated_by_its_share(codes):
    got = row_of(codes, {"device": "tv"}, "mix")
    assert (got["measure"], got["shape"], got["at"]) == ("share", "abrupt", pd.Timestamp("2024-01-31"))
    assert got["before"] == pytest.approx(0.1, abs=0.02)
    assert got["after"] == pytest.approx(0.4, abs=0.02)


def test_what_got_worse_is_dated_by_its_score(codes):
    got = row_of(codes, {"device": "tablet"}, "within")
    assert (got["measure"], got["shape"], got["at"]) == ("score", "abrupt", pd.Timestamp("2024-02-10"))
    assert (got["before"], got["after"]) == (pytest.approx(0.9), pytest.approx(0.6))


def test_what_stays_as_it_is_has_no_date(codes):
    got = row_of(codes, {"prediction": "a"}, "mix")
    assert got["shape"] == "none"
    assert pd.isna(got["at"])


def test_a_decline_is_dated_from_all_samples_up_to_the_windows_end(codes):
    nothing = pd.DataFrame(columns=["segment", "where", "kind"])
    whole = dated(codes, nothing, 0, codes.time_bins.count).iloc[0]
    half = codes.time_bins.snap(None, int(pd.Timestamp("2024-01-25").timestamp() * 1000))[1]
    assert (whole["what"], whole["measure"]) == ("score", "score")
    assert whole["shape"] != "none"
    assert dated(codes, nothing, 0, half).iloc[0]["shape"] == "none"
