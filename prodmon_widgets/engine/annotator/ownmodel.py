"""A user's own model on disk: a logistic regression as plain arrays, any other by skops, for who lists its types.

skops looks up and calls what a file names. So a file is searched first: nodes that are more than data or objects are
refused, and every type that isn't a plain value of Python or NumPy has to stand in the caller's list, exactly.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from prodmon_widgets.engine.work.documents import UNREADABLE, created, damaged, json_of, read_bytes
from prodmon_widgets.errors import InputError

PLAIN = frozenset(
    [
        *(f"builtins.{name}" for name in ("dict", "list", "tuple", "set", "str", "int", "float", "bool", "NoneType")),
        *(f"numpy.{np.dtype(code).name}" for code in "?bBhHiIlLqQfd"),
        *("numpy.bool_", "numpy.ndarray", "numpy.random.mtrand.RandomState", "numpy.random._generator.Generator"),
    ]
)
"""Types of data; nothing in them runs."""

NODES = frozenset(
    f"{kind}Node"
    for kind in (
        *("Dict", "List", "Tuple", "Set", "Json", "Type", "Cached", "Object", "NdArray", "DType"),
        *("MaskedArray", "SparseMatrix", "RandomState", "RandomGenerator", "Tree", "Loss"),
    )
)
"""What a file may be made of: data, and objects whose type is in the list. No functions, methods or partials."""

LARGEST = 1 << 32
"""Bytes that a packed model may unpack to."""


@dataclass(frozen=True)
class PlainLogistic:
    """A fitted LogisticRegression of two classes."""

    params: dict[str, str | bool | int | float | None]
    classes: NDArray[np.int64]
    coefficients: NDArray[np.float64] | NDArray[np.float32]
    intercept: NDArray[np.float64] | NDArray[np.float32]
    n_iterations: NDArray[np.int32] | NDArray[np.int64]
    names: list[str]

    @classmethod
    def of(cls, model: Any) -> PlainLogistic | None:
        """The same model as plain arrays; None where it is another, or has more than plain values."""
        if type(model) is not LogisticRegression or not hasattr(model, "coef_"):
            return None
        params = model.get_params(deep=False)
        plain = all(value is None or type(value) in (str, bool, int, float) for value in params.values())
        names = getattr(model, "feature_names_in_", None)
        if not plain or names is None or model.classes_.dtype != np.int64:
            return None
        return cls(params, model.classes_, model.coef_, model.intercept_, model.n_iter_, [str(n) for n in names])

    def check(self) -> None:
        """Raise ValueError where the arrays don't fit each other."""
        shapes = (self.classes.tolist(), self.coefficients.shape, self.intercept.shape)
        if shapes != ([0, 1], (1, len(self.names)), (1,)):
            raise ValueError(f"a logistic regression over {len(self.names)} columns has {shapes}")
        if not (np.isfinite(self.coefficients).all() and np.isfinite(self.intercept).all()):
            raise ValueError("a logistic regression has coefficients that are no numbers")

    def restored(self) -> LogisticRegression:
        """The model."""
        known = LogisticRegression().get_params(deep=False)
        # a parameter that this scikit-learn doesn't have any more plays no part in what is predicted
        model = LogisticRegression(**{name: value for name, value in self.params.items() if name in known})
        model.classes_, model.n_iter_ = self.classes, self.n_iterations
        model.coef_, model.intercept_ = self.coefficients, self.intercept
        model.n_features_in_, model.feature_names_in_ = len(self.names), np.array(self.names, dtype=object)
        return model


def write_model(path: Path, model: object) -> None:
    """Write a model of the user's; raises InputError where it can't be written."""
    try:
        content = skops.io.dumps(model)
    except Exception as error:
        raise InputError(
            f"the annotator's model, a {type(model).__name__}, can't be saved: {error}. Save needs a model of "
            "scikit-learn's, or a class whose attributes are plain values and arrays."
        ) from error
    with created(path) as file:
        file.write(content)


def read_model(path: Path, trusted: Collection[str | type]) -> Any:
    """The model in a file; raises InputError that names its types where one is not in ``trusted``."""
    content = read_bytes(path)
    held = types_in(path, content)
    allowed = {each if isinstance(each, str) else f"{each.__module__}.{each.__qualname__}" for each in trusted}
    foreign = sorted(held - PLAIN - allowed)
    if foreign:
        raise InputError(
            f"{path} holds a model of the user's own, which is made of {foreign}. Loading it runs their code: if you "
            f"trust who saved it, name them all: Monitor.load(..., trusted={sorted(held - PLAIN)})."
        )
    try:
        return skops.io.loads(content, trusted=sorted(held))
    except Exception as error:
        raise damaged(path, error) from error


def types_in(path: Path, content: bytes) -> set[str]:
    """Every type that a file of skops names; raises InputError where it holds more than data and objects."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [member.filename for member in archive.infolist()]
            if len(set(names)) != len(names) or sum(m.file_size for m in archive.infolist()) > LARGEST:
                raise ValueError("it says that it holds more than a model does")
            nodes = list(_nodes(json_of(archive.read("schema.json"))))
    except UNREADABLE as error:
        raise damaged(path, error) from error
    odd = sorted({str(node["__loader__"]) for node in nodes if node["__loader__"] not in NODES})
    if odd:
        raise damaged(path, f"it holds {odd}, which no model is made of")
    return {f"{node.get('__module__')}.{node.get('__class__')}" for node in nodes}


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "__loader__" in schema:
            yield schema
        for each in schema.values():
            yield from _nodes(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _nodes(each)
