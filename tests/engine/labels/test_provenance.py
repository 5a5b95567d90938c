"""Who annotated a sample is said as a fact, whichever way the annotation came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.widgets.samples import rows_of

SIDES = pm.datasets.movies(n=1500)
TRUTH = pm.datasets.movies_truth(n=1500)["annotation"].to_numpy()


def shown(annotation: np.ndarray, **how: object) -> tuple[pm.Monitor, pd.DataFrame]:
    evaluation, production = SIDES
    monitor = pm.Monitor(evaluation, production.assign(annotation=annotation), text=False, progress=False, **how)
    return monitor, monitor.samples(n=1500, order="newest").sort_index()


def test_annotations_in_a_column_are_shown_as_given_and_the_estimate_stays() -> None:
    some = np.arange(1500) % 10 == 0
    monitor, rows = shown(np.where(some, TRUTH, None))
    assert set(rows["annotated_by"][some]) == {"data"}
    assert set(rows["annotated_by"][~some]) == {"annotator"}
    assert rows["annotation"][some].tolist() == [each.lower() for each in TRUTH[some]]
    assert rows["reason"][some].str.contains("annotated by").all()
    assert 0 < rows["score"][some].mean() < 1
    assert rows["score"][some].nunique() > 2
    whole = monitor.annotations()
    assert whole["annotation"][some].tolist() == rows["annotation"][some].tolist()
    given = [row["given"] for row in rows_of(rows, key=None, time=None)]
    assert [each is not None for each in given] == some.tolist()


@pytest.mark.slow
def test_a_persons_label_wins_over_the_column_and_a_rule_is_no_person() -> None:
    rules = "- {name: italian, annotation: bad, when: {property: language, operator: EQ, value: it}}\n"
    some = np.arange(1500) % 10 == 0
    monitor, rows = shown(np.where(some, "Good", None), annotator=pm.Annotator(rules=rules))
    ruled = (rows["language"] == "it").to_numpy() & ~some
    assert set(rows["annotated_by"][ruled]) == {"rule"}
    first = rows["user_interaction_id"].iloc[0]
    monitor.label(pd.DataFrame({"id": [first], "annotation": ["bad"], "reason": ["wrong genre"]}))
    now = monitor.samples(n=1500).loc[0]
    assert (now["annotated_by"], now["annotation"]) == ("person", "bad")
    assert now["reason"] == "annotated by a person: wrong genre"
