"""Deepchecks' WeakSegmentsPerformance on the evaluation set; run in an environment of its own, see scripts/peers.sh.

Prints the rows of every segment that it names, as lists of row numbers.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
from deepchecks.tabular import Dataset  # noqa: E402  the warnings of its imports are not ours
from deepchecks.tabular.checks import WeakSegmentsPerformance  # noqa: E402  as above

frame = pd.read_csv(sys.argv[1])
good = frame.pop("good").to_numpy(dtype=float)
categories = [name for name in frame if frame[name].dtype == object]
data = Dataset(frame.assign(label=good), label="label", cat_features=categories)
started = time.process_time()
check = WeakSegmentsPerformance(
    score_per_sample=pd.Series(good, index=frame.index),
    n_top_features=13,
    segment_minimum_size_ratio=0.005,
    n_samples=len(frame),
    n_to_show=10,
)
found = check.run(data, y_proba=np.stack([1 - good, good], axis=1), model_classes=[0, 1]).value["weak_segments_list"]
seconds = time.process_time() - started


def meets(column: pd.Series, wanted) -> np.ndarray:
    """Return which rows of a column are in the wanted values or interval."""
    if column.dtype == object:
        return column.isin(list(wanted)).to_numpy()
    return ((column > wanted[0]) & (column <= wanted[1])).to_numpy()


rows = []
for _, row in found.iterrows():
    mask = meets(frame[row["Feature1"]], row["Feature1 Range"])
    if isinstance(row["Feature2"], str) and row["Feature2"] in frame:
        mask &= meets(frame[row["Feature2"]], row["Feature2 Range"])
    rows.append(np.flatnonzero(mask).tolist())
print(json.dumps({"rows": rows, "seconds": seconds}))
