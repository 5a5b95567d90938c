"""CBPE of NannyML on an estimation set: its estimate and band a chunk, with the time that it took."""

from __future__ import annotations

import os
import time
import warnings
from dataclasses import dataclass

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # a benchmark tells nobody that it runs

import nannyml
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.estimation_sets import EstimationSet, Side


@dataclass(frozen=True)
class Estimates:
    """Accuracy of each chunk with its band, all (n_chunks,), and whether the estimator stands by it."""

    score: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    seconds: float


def cbpe(data: EstimationSet, metrics: tuple[str, ...] = ("accuracy",)) -> Estimates:
    """CBPE fitted on the evaluation set, one estimate a chunk; its band is its own, three standard errors."""
    classes = [str(c) for c in data.evaluation.probabilities.columns]
    frames = [_frame(side, classes) for side in (data.evaluation, data.production)]
    probability = dict(zip(classes, (f"p_{c}" for c in classes), strict=True)) if len(classes) > 2 else "p"
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator = nannyml.CBPE(
            metrics=list(metrics),
            y_pred="y_pred",
            y_pred_proba=probability,
            y_true="y_true",
            timestamp_column_name="day",
            chunk_period="D",
            problem_type="classification_multiclass" if len(classes) > 2 else "classification_binary",
        ).fit(frames[0])
        result = estimator.estimate(frames[1]).filter(period="analysis").to_df()
    seconds = time.process_time() - start
    column = result["accuracy"]
    low, high = column["lower_confidence_boundary"], column["upper_confidence_boundary"]
    nothing = np.zeros(len(column), dtype=bool)
    return Estimates(*(c.to_numpy(np.float64) for c in (column["value"], low, high)), nothing, seconds)


def _frame(side: Side, classes: list[str]) -> pd.DataFrame:
    """CBPE cuts chunks by time: every chunk becomes a day of its own."""
    frame = pd.DataFrame({"day": pd.Timestamp("2000-01-01") + pd.to_timedelta(side.chunk, unit="D")})
    if len(classes) > 2:
        return frame.assign(
            y_pred=side.prediction, y_true=side.label, **{f"p_{c}": side.probabilities[c].to_numpy() for c in classes}
        )
    positive = classes[1]
    return frame.assign(
        y_pred=(side.prediction == positive).astype(int),
        y_true=(side.label == positive).astype(int),
        p=side.probabilities[positive].to_numpy(),
    )
