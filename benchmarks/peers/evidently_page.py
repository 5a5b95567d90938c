"""Evidently's report of drift and data summary; run in an environment of its own, see scripts/peer_pages.sh."""

import json
import sys
import time

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset, DataSummaryPreset

evaluation, production, page = sys.argv[1:]
reference, current = (pd.read_csv(path, parse_dates=["started_at"]) for path in (evaluation, production))
columns = [name for name in current.columns if name != "input"]
start = time.process_time()
definition = DataDefinition(
    timestamp="started_at",
    categorical_columns=[name for name in columns if current[name].dtype == object],
    numerical_columns=[name for name in columns if current[name].dtype.kind in "if"],
)
sides = [Dataset.from_pandas(frame[columns], data_definition=definition) for frame in (current, reference)]
Report([DataDriftPreset(), DataSummaryPreset()], include_tests=True).run(*sides).save_html(page)
print(json.dumps({"seconds": time.process_time() - start, "address": page}), flush=True)
sys.stdin.read()
