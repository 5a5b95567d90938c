"""What people said of a sample: good, bad or nothing, from annotations, from labels beside predictions, or as told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.calculators import Prediction
from prodmon_widgets.engine.table.properties import Column, among
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema, Threshold

GOOD_WORDS = ("good", "true", "1", "yes", "pass", "passed", "correct", "thumbs up", "thumbs_up", "👍")
BAD_WORDS = ("bad", "false", "0", "no", "fail", "failed", "incorrect", "thumbs down", "thumbs_down", "👎")
NO_WORDS = ("", "none", "nan", "null")
UNKNOWN_WORDS = ("unknown", *NO_WORDS)


def words_of(column: Column) -> str:
    """The annotation as a plain lower-case word."""
    return f"lower(trim({x.as_text(column)}))"


def from_annotation(column: Column) -> str:
    """1.0, 0.0 or NULL from Good, Bad and Unknown, any case."""
    word = words_of(column)
    return f"CASE WHEN {among(word, GOOD_WORDS)} THEN 1.0 WHEN {among(word, BAD_WORDS)} THEN 0.0 END"


def foreign_words(column: Column) -> str:
    """Annotations that are none of ours, else NULL."""
    word = words_of(column)
    return f"CASE WHEN NOT ({among(word, GOOD_WORDS + BAD_WORDS + UNKNOWN_WORDS)}) THEN {x.as_text(column)} END"


def from_number(column: Column, threshold: Threshold) -> str:
    """1.0 or 0.0 from an annotation that is a number, NULL where it is none."""
    number = x.as_number(column)
    good = f"{number} {threshold.sign} {threshold.number!r}"
    return f"CASE WHEN {number} IS NULL THEN NULL WHEN {good} THEN 1.0 ELSE 0.0 END"


def no_numbers(column: Column) -> str:
    """Annotations that should be numbers and are none, else NULL."""
    silent = f"{among(words_of(column), UNKNOWN_WORDS)}"
    return f"CASE WHEN {x.as_number(column)} IS NULL AND NOT ({silent}) THEN {x.as_text(column)} END"


def is_silent(column: Column) -> str:
    """Whether nothing is said at all, not even that it isn't known."""
    word = words_of(column)
    return f"{word} IS NULL OR {among(word, NO_WORDS)}"


def from_label(label: Column, prediction: Column, how: Prediction) -> str:
    """1.0 where the prediction is the label – of several classes, all of them – else 0.0; NULL without a label."""
    if how.kind == "set":
        one, other = x.as_set(label), x.as_set(prediction)
    elif how.are_booleans or any(c.form == "boolean" or c.written.boolean for c in (label, prediction)):
        one, other = x.as_boolean(label), x.as_boolean(prediction)
    else:
        one, other = (x.as_class(column, how.are_numbers) for column in (label, prediction))
    return f"CASE WHEN {one} IS NULL THEN NULL WHEN {one} = {other} THEN 1.0 ELSE 0.0 END"


def within(label: Column, prediction: Column, tolerance: float | str) -> str:
    """1.0 where a predicted number is within ``tolerance`` of the label, or that share of it, else 0.0 or NULL."""
    said, predicted = x.as_number(label), x.as_number(prediction)
    share = isinstance(tolerance, str)
    number = float(str(tolerance).removesuffix("%"))
    most = f"abs({said}) * {number / 100!r}" if share else repr(number)
    # a difference that is the tolerance but for rounding is within it
    near = f"abs({predicted} - {said}) <= ({most}) + 1e-9 * greatest(abs({said}), abs({predicted}))"
    return f"CASE WHEN {said} IS NULL OR {predicted} IS NULL THEN NULL WHEN {near} THEN 1.0 ELSE 0.0 END"


def expression(schema: Schema, how: Prediction | None, columns: Mapping[str, Column]) -> str | None:
    """SQL for good: an annotation wins over a label; None where the table has neither."""
    found = []
    annotation, label = schema.good if isinstance(schema.good, str) else schema.annotation, schema.label
    if annotation is not None and annotation in columns:
        column, threshold = columns[annotation], schema.threshold
        found.append(from_annotation(column) if threshold is None else from_number(column, threshold))
    if label is not None and label in columns and how is not None:
        if how.kind in ("class", "set"):
            found.append(from_label(columns[label], columns[how.column], how))
        elif how.kind == "number" and schema.tolerance is not None:
            found.append(within(columns[label], columns[how.column], schema.tolerance))
    return f"coalesce({', '.join(found)})" if found else None


def from_function(result: Any, n_rows: int, name: str) -> NDArray[np.float64]:
    """What a user's function said of ``n_rows`` samples, as 1.0, 0.0 or NaN."""
    values = pd.Series(np.asarray(result, dtype=object)).map(_told)
    if len(values) != n_rows:
        message = f"Schema(good={name}) returned {len(values):,} values for {n_rows:,} samples; expected one a sample."
        raise InputError(message)
    return values.to_numpy(dtype=np.float64)


def _told(value: Any) -> float:
    word = "" if value is None or value is pd.NA else str(value).strip().lower().removesuffix(".0")
    if word in GOOD_WORDS:
        return 1.0
    if word in BAD_WORDS:
        return 0.0
    if word in (*UNKNOWN_WORDS, "<na>"):
        return float("nan")
    message = (
        f"Schema(good=...) said {value!r} of a sample; expected True or 1, False or 0, or None where it isn't known."
    )
    raise InputError(message)
