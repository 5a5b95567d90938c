"""NannyML's figures of estimated accuracy, drift, distributions and unseen values, one below the other in a page.

The film tagger's prediction is reduced to whether its output as a whole is right, with the confidence as the
probability of that; run in an environment of its own, see scripts/peer_pages.sh.
"""

import json
import sys
import time
from pathlib import Path

import nannyml as nml
import pandas as pd
from plotly.io import to_html

evaluation, production, page = sys.argv[1:]
reference, analysis = (pd.read_csv(path, parse_dates=["started_at"]) for path in (evaluation, production))
start = time.process_time()
reference["right"] = (reference["annotation"] == "Good").astype(int)
for frame in (reference, analysis):
    frame["says_right"] = 1
columns = [name for name in analysis.columns if name not in ("input", "started_at", "says_right")]
over_time = {"timestamp_column_name": "started_at", "chunk_period": "W"}
estimator = nml.CBPE(
    problem_type="classification_binary",
    y_true="right",
    y_pred="says_right",
    y_pred_proba="confidence",
    metrics=["accuracy"],
    **over_time,
)
drift = nml.UnivariateDriftCalculator(column_names=columns, **over_time)
unseen = nml.UnseenValuesCalculator(column_names=["prediction", "language"], **over_time)
figures = [estimator.fit(reference).estimate(analysis).plot()]
drifted = drift.fit(reference).calculate(analysis)
figures += [drifted.plot(kind="drift"), drifted.plot(kind="distribution")]
figures += [unseen.fit(reference).calculate(analysis).plot()]
parts = [to_html(each, full_html=False, include_plotlyjs=not at) for at, each in enumerate(figures)]
Path(page).write_text("<!doctype html><meta charset=utf-8>" + "\n".join(parts), encoding="utf-8")
print(json.dumps({"seconds": time.process_time() - start, "address": page}), flush=True)
sys.stdin.read()
