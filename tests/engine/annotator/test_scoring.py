"""Scores frozen into samples: terms of bins that were there before stay as they were."""

from prodmon_widgets.engine.annotator.scoring import merged_terms
from prodmon_widgets.engine.quality.estimate import BlockTerms
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from tests.engine.coded import drawn, encoded, tables


def test_bins_that_were_there_before_keep_their_terms():
    codes = encoded(*tables(drawn(300, 1), drawn(500, 2)))[1].rebinned(TimeBins(0, DAY, 30))
    before = TimeBins(10 * DAY, DAY, 5)
    got = merged_terms(BlockTerms.neutral(5, 0.1), before, BlockTerms.neutral(30, 0.3), codes)
    assert got.calibration.tolist() == [0.3] * 10 + [0.1] * 5 + [0.3] * 15
