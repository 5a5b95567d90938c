"""Columns with the probability of a class, told by their names: ``p_cat``, ``proba_cat``, ``cat_score``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prodmon_widgets.engine.table.profile import Facts

BEFORE = ("p", "prob", "proba", "probability", "score", "y_pred_proba", "predict_proba", "prediction_probability")
AFTER = ("p", "prob", "proba", "probability", "score", "confidence")


def names_class(column: str, name: str) -> bool:
    """Whether a column is called after a class, with a word for probability before or after it.

    >>> [names_class(c, "cat") for c in ("p_cat", "Proba-Cat", "cat_score", "p_bobcat", "cat")]
    [True, True, True, False, False]
    """
    called, wanted = _plain(column), _plain(name)
    return bool(wanted) and called in {f"{w}_{wanted}" for w in BEFORE} | {f"{wanted}_{w}" for w in AFTER}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "_", text.strip().lower()).strip("_")


def probability_columns(classes: Sequence[str], facts: Mapping[str, Facts]) -> tuple[str, ...]:
    """One column of probabilities a class, in the order of the classes; empty where a class has none or several."""
    if len(classes) < 2:
        return ()
    chosen = [c for c, each in facts.items() if each.form in ("integer", "number") and _are_shares(each)]
    found = [[column for column in chosen if names_class(column, name)] for name in classes]
    return tuple(columns[0] for columns in found) if all(len(columns) == 1 for columns in found) else ()


def is_probability_of_one(column: str, classes: Sequence[str], facts: Facts) -> bool:
    """Whether a column holds the probability of exactly one of the classes."""
    named = [name for name in classes if names_class(column, name)]
    return len(named) == 1 and facts.form in ("integer", "number") and _are_shares(facts)


def _are_shares(facts: Facts) -> bool:
    return facts.low >= 0 and facts.high <= 1


def owners_of(columns: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """Class → its column, where every class is the end, or the whole, of exactly one column's name; else empty.

    >>> owners_of(["p_1", "p_11"], ["1", "11"]), owners_of(["cat_score", "dog_score"], ["cat", "dog"])
    ({'1': 'p_1', '11': 'p_11'}, {'cat': 'cat_score', 'dog': 'dog_score'})
    """
    owners: dict[str, str] = {}
    for name in classes:
        called = [c for c in columns if names_class(c, name)]
        ends = called or [c for c in columns if c.lower().endswith(name.lower())]
        if ends:
            owners[name] = min(ends, key=len)
    complete = len(owners) == len(classes) and len(set(owners.values())) == len(owners)
    return owners if complete else {}
