"""Responsible AI widgets' error analysis of the evaluation set; run in an environment of its own.

See scripts/peer_pages.sh. It has no page without a server: what its tree shows comes from a port that the kernel opens.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from raiwidgets import ErrorAnalysisDashboard

evaluation, _production, page = sys.argv[1:]
frame = pd.read_csv(evaluation)
start = time.process_time()
features = [name for name in frame.columns if name not in ("input", "started_at", "annotation")]
categories = [name for name in features if frame[name].dtype == object]
dashboard = ErrorAnalysisDashboard(
    dataset=frame[features].fillna(frame[features].median(numeric_only=True)),
    true_y=(frame["annotation"] == "Good").astype(int).to_numpy(),
    pred_y=np.ones(len(frame), int),
    features=features,
    categorical_features=categories,
    public_ip="127.0.0.1",
    port=5055,
)
Path(page).write_text(dashboard.load_index(), encoding="utf-8")
print(json.dumps({"seconds": time.process_time() - start, "address": "http://127.0.0.1:5055/"}), flush=True)
sys.stdin.read()
