"""Trees: an ensemble of scikit-learn's histogram gradient boosting as plain arrays, evaluated by our own few lines.

Each condition of a tree that a sample fails rules out the leaves of one of its sides, so a leaf is what no failed
condition rules out (QuickScorer, Lucchese et al. 2015). For every column there is one table: which leaves of each tree
are left for each stretch between its cuts. There is no node index that could lead out of bounds, so arrays from a file
need no trust beyond their shapes; and one look-up a column and ``&`` cost less than walking down every tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Masks = NDArray[np.uint64]
MOST_LEAVES = 64
"""Bits of a mask. Trees that are used here have a dozen leaves."""
ROWS_AT_ONCE = 4096
"""What is worked on stays in the processor's cache."""
MISSING = -1
"""The last row of a table is for what is missing."""


@dataclass(frozen=True)
class Splits:
    """What the trees ask of one ``column``.

    Numbers: ``cuts`` rise, and row i of ``left`` (cuts + 2, trees) is for values above exactly i of them. Categories
    (``listed``): row i is for the value cuts[i]. Others are missing, for which the last row is; the row before it is
    for values above all cuts. A mask has bit j where leaf j is still possible.
    """

    column: int
    listed: bool
    cuts: Floats
    left: Masks

    def rows(self, x: NDArray[np.float32] | Floats) -> NDArray[np.intp]:
        """The row of the table for each value."""
        at = np.searchsorted(self.cuts, x, side="left")
        lost = np.isnan(x)
        if self.listed and len(self.cuts):
            lost |= self.cuts[np.minimum(at, len(self.cuts) - 1)] != x
        at[lost] = len(self.left) + MISSING
        return at


@dataclass(frozen=True)
class Trees:
    """The logit of a probability: ``baseline`` and, of each tree, the value of the leaf that is left.

    ``values``: (trees, leaves), the leaves from left to right. ``n_columns``: of the matrices that it reads.
    """

    n_columns: int
    baseline: float
    splits: tuple[Splits, ...]
    values: Floats

    @classmethod
    def of(cls, model: Any) -> Trees:
        """The trees of a fitted HistGradientBoostingClassifier of two classes; categories and missing values too."""
        trees = [_Tree(each[0], _columns_of(model)) for each in model._predictors]
        leaves = max(tree.n_leaves for tree in trees)
        if leaves > MOST_LEAVES:
            raise AssertionError(f"a tree of {leaves} leaves; masks hold {MOST_LEAVES}")
        asked = sorted({column for tree in trees for column in tree.asked})
        values = np.zeros((len(trees), leaves))
        for index, tree in enumerate(trees):
            values[index, : tree.n_leaves] = tree.values
        baseline = float(np.ravel(model._baseline_prediction)[0])
        splits = tuple(_splits(column, trees, _categories_of(model, column)) for column in asked)
        return cls(int(model.n_features_in_), baseline, splits, values)

    def predict_proba(self, matrix: NDArray[np.float32] | Floats) -> Floats:
        """P(0), P(1), (n, 2): what scikit-learn says, but for the order of a sum."""
        chance = expit(self.logit(matrix))
        return np.column_stack([1 - chance, chance])

    def logit(self, matrix: NDArray[np.float32] | Floats) -> Floats:
        """The sum of baseline and leaves, (n,); a row's doesn't depend on the others."""
        result = np.empty(len(matrix))
        for low in range(0, len(matrix), ROWS_AT_ONCE):
            part = matrix[low : low + ROWS_AT_ONCE]
            result[low : low + ROWS_AT_ONCE] = self._sums(part)
        return result

    def _sums(self, matrix: NDArray[np.float32] | Floats) -> Floats:
        n_trees, n_leaves = self.values.shape
        possible = np.full((len(matrix), n_trees), self._all)
        for split, table in zip(self.splits, self._tables, strict=True):
            possible &= table.take(split.rows(matrix[:, split.column]), axis=0)
        leaf = self._first_bit(possible)
        leaf += np.arange(n_trees, dtype=np.intp) * (n_leaves + 1)
        sums: Floats = self._padded.take(leaf).sum(axis=1)
        return sums + self.baseline

    @cached_property
    def _narrow(self) -> np.dtype[Any]:
        """The smallest integers that hold a mask."""
        return np.dtype(f"u{next(size for size in (1, 2, 4, 8) if size * 8 >= self.values.shape[1])}")

    @cached_property
    def _all(self) -> np.generic:
        every: np.generic = self._narrow.type((1 << self.values.shape[1]) - 1)
        return every

    @cached_property
    def _tables(self) -> list[NDArray[np.unsignedinteger[Any]]]:
        return [split.left.astype(self._narrow) for split in self.splits]

    @cached_property
    def _padded(self) -> Floats:
        """With a leaf more a tree, for a mask without a bit: no table of ours has one, one from a file may."""
        return np.ascontiguousarray(np.pad(self.values, ((0, 0), (0, 1)))).ravel()

    def _first_bit(self, masks: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.intp]:
        """Position of the lowest bit; where there is none, the leaf that was added."""
        n_leaves = self.values.shape[1]
        if masks.dtype.itemsize <= 2:
            return _lowest(n_leaves).take(masks)
        below = (masks & (~masks + masks.dtype.type(1))) - masks.dtype.type(1)
        return np.minimum(np.bitwise_count(below), n_leaves).astype(np.intp)


def _lowest(n_leaves: int) -> NDArray[np.intp]:
    found = _LOWEST.get(n_leaves)
    if found is None:
        every = np.arange(1 << (8 if n_leaves <= 8 else 16), dtype=np.int64)
        bits = np.bitwise_count((every & -every) - 1)
        found = _LOWEST[n_leaves] = np.minimum(np.where(every == 0, n_leaves, bits), n_leaves).astype(np.intp)
    return found


_LOWEST: dict[int, NDArray[np.intp]] = {}


class _Tree:
    """One tree of scikit-learn, its leaves numbered from left to right, and what each inner node rules out."""

    def __init__(self, predictor: Any, column_of: NDArray[np.int64]) -> None:
        self._nodes, self._sets = predictor.nodes, predictor.raw_left_cat_bitsets
        self._column_of = column_of
        self.values: list[float] = []
        self.inner: list[tuple[int, int, int, int]] = []
        """(node, column, leaves that are ruled out where its condition fails, and where it holds)"""
        self._walk(0)
        self.n_leaves = len(self.values)
        self.asked = {column for _, column, _, _ in self.inner}

    def _walk(self, index: int) -> int:
        """The mask of the leaves below a node."""
        node = self._nodes[index]
        if node["is_leaf"]:
            self.values.append(float(node["value"]))
            return 1 << (len(self.values) - 1)
        left, right = self._walk(int(node["left"])), self._walk(int(node["right"]))
        self.inner.append((index, int(self._column_of[node["feature_idx"]]), left, right))
        return left | right

    def of(self, column: int) -> list[tuple[Any, int, int]]:
        """(node, what its failing rules out, what its holding rules out) of the nodes that ask a column."""
        return [(self._nodes[index], left, right) for index, its, left, right in self.inner if its == column]

    def goes_left(self, node: Any, category: int) -> bool:
        """Whether a node of categories sends this one to its left."""
        return bool(self._sets[node["bitset_idx"], category // 32] >> np.uint32(category % 32) & np.uint32(1))


def _splits(column: int, trees: list[_Tree], categories: Floats | None) -> Splits:
    if categories is not None:
        return _listed(column, trees, categories)
    asked = [tree.of(column) for tree in trees]
    cuts = np.unique([float(node["num_threshold"]) for nodes in asked for node, _, _ in nodes])
    rules_out = np.zeros((len(cuts) + 2, len(trees)), dtype=np.uint64)
    for index, nodes in enumerate(asked):
        for node, left, right in nodes:
            # a value above the cut fails "value ≤ cut"
            fails = int(np.searchsorted(cuts, float(node["num_threshold"]))) + 1
            rules_out[:fails, index] |= np.uint64(right)
            rules_out[fails:MISSING, index] |= np.uint64(left)
            rules_out[MISSING, index] |= np.uint64(right if node["missing_go_to_left"] else left)
    return Splits(column, False, cuts, ~rules_out)


def _listed(column: int, trees: list[_Tree], categories: Floats) -> Splits:
    rules_out = np.zeros((len(categories) + 2, len(trees)), dtype=np.uint64)
    for index, tree in enumerate(trees):
        for node, left, right in tree.of(column):
            for code in range(len(categories)):
                rules_out[code, index] |= np.uint64(right if tree.goes_left(node, code) else left)
            rules_out[-2:, index] |= np.uint64(right if node["missing_go_to_left"] else left)
    return Splits(column, True, categories, ~rules_out)


def _columns_of(model: Any) -> NDArray[np.int64]:
    """The user's column of each of the trees': categories are put first, where there are any."""
    is_category = getattr(model, "is_categorical_", None)
    if is_category is None:
        return np.arange(model.n_features_in_)
    every = np.arange(model.n_features_in_)
    chosen = _given_as_category(model)
    return np.concatenate([every[chosen], every[~chosen]])


def _given_as_category(model: Any) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = np.zeros(model.n_features_in_, dtype=bool)
    for name, _, columns in model._preprocessor.transformers_:
        if name == "encoder":
            mask[np.arange(model.n_features_in_)[columns]] = True
    return mask


def _categories_of(model: Any, column: int) -> Floats | None:
    """The values of a column of categories, in the order of their codes; None where it holds numbers."""
    if getattr(model, "is_categorical_", None) is None:
        return None
    chosen = np.flatnonzero(_given_as_category(model))
    if column not in chosen:
        return None
    encoder = model._preprocessor.named_transformers_["encoder"]
    found: Floats = np.asarray(encoder.categories_[int(np.searchsorted(chosen, column))], dtype=np.float64)
    return found[~np.isnan(found)]
