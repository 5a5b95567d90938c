"""The figures that the film story stands on, read from a monitor of ``movies()``, each with whether it holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

LATE_JULY = ("2023-07-22", "2023-08-01")
MYSTERY = {"prediction": "Mystery"}


@dataclass(frozen=True)
class Figure:
    """One row of the story: its number, what is claimed, what was found, and whether that holds."""

    row: str
    claim: str
    found: str
    holds: bool


def figures(monitor: Any, evaluation: pd.DataFrame, production: pd.DataFrame) -> list[dict[str, object]]:
    """All figures as plain dicts, in the order of the story."""
    rows = [
        _no_labels(production),
        _coverage(monitor),
        _at_first(monitor),
        _at_last(monitor),
        _classes(monitor, evaluation, production),
        *_means(monitor),
        _weak(monitor),
        _mystery_bad(monitor),
        _mystery_unsupported(monitor),
        _patch(monitor, evaluation),
    ]
    return [asdict(row) for row in rows]


def _no_labels(production: pd.DataFrame) -> Figure:
    labels = sorted({"annotation", "label", "expected_output"} & set(production))
    return Figure("S1", "production has no label column", f"label columns: {labels}", not labels)


def _coverage(monitor: Any) -> Figure:
    score = monitor.score()
    return Figure("S2", "most samples get an estimated annotation", f"{score.coverage:.0%}", bool(score.coverage > 0.5))


def _at_first(monitor: Any) -> Figure:
    first, line = monitor.score(("2023-05-01", "2023-05-22")), monitor.evaluation_score
    found = f"{first.score:.3f} [{first.low:.3f}, {first.high:.3f}] beside {line.score:.3f}"
    return Figure(
        "S3", "the first three weeks are on a par with evaluation", found, first.low <= line.score <= first.high
    )


def _at_last(monitor: Any) -> Figure:
    last, line = monitor.score(LATE_JULY), monitor.evaluation_score
    found = f"{last.score:.3f} [{last.low:.3f}, {last.high:.3f}] beside {line.score:.3f}"
    return Figure("S3", "late July is below it", found, bool(last.high < line.low))


def _classes(monitor: Any, evaluation: pd.DataFrame, production: pd.DataFrame) -> Figure:
    before, now = (len(set().union(*frame["prediction"])) for frame in (evaluation, production))
    new = monitor.new_values()
    named = sorted(new.loc[new["property"] == "prediction", "value"])
    holds = (before, now) == (17, 19) and len(named) == 2 and "Mystery" in named
    return Figure(
        "S4", "17 classes in evaluation, 19 in production", f"{before}, {now}; new: {', '.join(named)}", holds
    )


def _means(monitor: Any) -> list[Figure]:
    comparison = monitor.compare(LATE_JULY).set_index("property")
    shown = {"prediction", "n_predictions"} <= set(comparison.index)
    row = comparison.loc["n_predictions"]
    means = [f"{row[column]:.2f}" for column in ("window", "production", "evaluation")]
    claim = "predictions a sample: late July 2.21, production 2.02, evaluation 1.96"
    return [
        Figure("S6", "the table has prediction and n_predictions", f"{len(comparison)} properties", shown),
        Figure("S7", claim, ", ".join(means), means == ["2.21", "2.02", "1.96"]),
    ]


def _weak(monitor: Any) -> Figure:
    segments = [str(segment) for segment in monitor.weak_segments()["segment"]]
    return Figure(
        "S8", "n_predictions ≥ 3 is weak on evaluation", "; ".join(segments[:3]), "n_predictions ≥ 3" in segments
    )


def _mystery_bad(monitor: Any) -> Figure:
    states = monitor.samples(where=MYSTERY, n=10**9)["annotation"]
    return Figure(
        "S9", "Mystery is mostly estimated bad", f"{(states == 'bad').mean():.0%}", (states == "bad").mean() > 0.5
    )


def _mystery_unsupported(monitor: Any) -> Figure:
    score = monitor.score(LATE_JULY, where=MYSTERY)
    found = f"supported {score.supported:.0%}, between {score.worst:.2f} and {score.best:.2f}"
    return Figure(
        "S10", "Mystery is unsupported, with its bounds", found, score.supported == 0 and score.worst < score.best
    )


def _patch(monitor: Any, evaluation: pd.DataFrame) -> Figure:
    patch = monitor.evaluation_patch(MYSTERY)
    joined = pd.concat([evaluation, patch])
    holds = len(patch) > 0 and set(patch) <= set(joined) and "Mystery" in set().union(*joined["prediction"])
    return Figure("S11", "Mystery samples can join the evaluation set", f"{len(patch)} samples", holds)
