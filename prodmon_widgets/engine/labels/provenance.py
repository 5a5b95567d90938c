"""Provenance: who annotated a sample – a person, the data's own column, a rule, or the annotator."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Provenance = Literal["person", "data", "rule", "annotator"]
"""``person``: by ``Monitor.label`` or on the page. ``data``: in a column that came with the rows."""

COLUMN = "annotated_by"
"""The column of a frame of samples that says it."""

BY_PEOPLE: frozenset[str] = frozenset({"person", "data"})
"""Those that are no estimate."""

IN_THE_DATA = "annotated by people, in the data"
BY_A_PERSON = "annotated by a person"

Columns = dict[str, NDArray[np.generic]]


def with_provenance(
    estimates: Columns, in_data: NDArray[np.float64], said: dict[int, tuple[float, str]], rules: Collection[str]
) -> Columns:
    """Estimates with what people said in place of the annotation, and who it was; the score stays the estimate.

    ``in_data``: of each sample 1 good, 0 bad, NaN nothing, as it came with the rows. ``said``: place → the same of a
    person, NaN for unknown, and the reason given. ``rules``: reasons that name a rule.
    """
    annotation, reason = estimates["annotation"].astype(object), estimates["reason"].astype(object)
    by = np.where(np.isin(reason, list(rules)), "rule", "annotator").astype(object)
    known = ~np.isnan(in_data)
    annotation[known] = np.where(in_data[known] == 1, "good", "bad")
    reason[known], by[known] = IN_THE_DATA, "data"
    for at, (value, why) in said.items():
        annotation[at] = "unknown" if np.isnan(value) else "good" if value else "bad"
        reason[at] = f"{BY_A_PERSON}: {why}" if why else BY_A_PERSON
        by[at] = "person"
    return {**estimates, "annotation": annotation, "reason": reason, COLUMN: by}
