"""Symptoms: properties that say themselves how good a sample is, such as a confidence or a judge's score.

They fall with the quality, so a segment of low confidence would carry almost all of any drop and explain none of it.
Causes are looked for in the other properties first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from prodmon_widgets.engine.cube.valuebins import MISSING, ValueBins
from prodmon_widgets.engine.samples.sample_set import SampleSet

TELLING = 0.8
"""From this area under the ROC curve on (or below its complement) a number alone tells good from bad samples."""

ALWAYS = ("confidence", "margin")


def symptoms(evaluation: SampleSet) -> tuple[str, ...]:
    """Confidence, margin, judges, and numbers that alone rank good evaluation samples above bad ones, or below."""
    good = evaluation.actual
    declared = {*ALWAYS, *(p.name for p in evaluation.properties if p.role == "judge")}
    found = []
    for name, bins in evaluation.codes.bins.items():
        if name in declared:
            found.append(name)
        elif isinstance(bins, ValueBins):
            codes = evaluation.codes.codes[name]
            known = ~np.isnan(good) & (codes != MISSING)
            area = area_under_curve(codes[known].astype(np.float64), good[known] == 1)
            if max(area, 1 - area) >= TELLING:
                found.append(name)
    return tuple(found)


def area_under_curve(values: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    """Probability that a good sample has the higher value, ties counted half; 0.5 where one kind is missing.

    >>> area_under_curve(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]))
    1.0
    """
    n_good, n_bad = int(good.sum()), int((~good).sum())
    if not n_good or not n_bad:
        return 0.5
    return float((rankdata(values)[good].sum() - n_good * (n_good + 1) / 2) / (n_good * n_bad))
