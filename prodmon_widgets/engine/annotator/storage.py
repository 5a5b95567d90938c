"""A fitted annotator on disk, in the format of skops: plain arrays and JSON, never pickle.

Only types that an annotator is made of are restored. A model of the user's own needs its types named by the user.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import skops.io

from prodmon_widgets.errors import InputError

FILE = "annotator.skops"
OWN = ("prodmon_widgets.engine.annotator.",)
TRUSTED = {
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.Interval",
}


def save(annotator: Any, folder: Path) -> None:
    """Write ``annotator`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    state = dict(vars(annotator))
    state["blocks_"] = {name: state["blocks_"][name].tolist() for name in state["blocks_"]}
    state["rules"] = state["rules_"]
    state["judges"] = None if state["judges"] is None else list(state["judges"])
    skops.io.dump(state, folder / FILE)


def load(folder: Path, kind: Any) -> Any:
    """The annotator in a folder. Raises InputError where there is none, or it holds types that are not trusted."""
    path = folder / FILE
    if not path.is_file():
        raise InputError(f"{folder} holds no saved annotator: {FILE} is missing.")
    held = skops.io.get_untrusted_types(file=path)
    foreign = [name for name in held if name not in TRUSTED and not name.startswith(OWN)]
    if foreign:
        raise InputError(f"{path} holds {foreign}, which no annotator of ours is made of; it was not loaded.")
    state = skops.io.load(path, trusted=held)
    annotator = kind.__new__(kind)
    annotator.__dict__.update(state)
    annotator.blocks_ = pd.DataFrame(state["blocks_"])
    return annotator
