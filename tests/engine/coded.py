"""A stand-in for Table: prepared columns in a DuckDB relation, and code tables made from plain frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from prodmon_widgets.engine.properties import Property

KINDS = {"numeric": pa.float64(), "categorical": pa.string(), "boolean": pa.string(), "set": pa.list_(pa.string())}


@dataclass
class Rows:
    """Prepared columns as Table.lazy promises them; ``time`` in epoch milliseconds, None where there is no column."""

    arrow: pa.Table
    properties: tuple[Property, ...]
    has_time: bool
    name: str = "production"

    @classmethod
    def of(
        cls, columns: dict[str, Sequence[object]], kinds: dict[str, str], time: Sequence[object] | None = None
    ) -> Rows:
        arrays = {name: pa.array(columns[name], KINDS[kind], from_pandas=True) for name, kind in kinds.items()}
        at = {} if time is None else {"__time": pa.array(time, pa.int64(), from_pandas=True)}
        return cls(pa.table({**at, **arrays}), tuple(Property(n, k) for n, k in kinds.items()), time is not None)

    @property
    def n_rows(self) -> int:
        return self.arrow.num_rows

    def lazy(self) -> nw.LazyFrame:
        return nw.from_native(duckdb.from_arrow(self.arrow)).lazy()

    def batches(self, columns: Sequence[str], size: int = 200_000) -> Iterator[pa.RecordBatch]:
        yield from self.arrow.select(list(columns)).combine_chunks().to_batches(max_chunksize=size)

    def part(self, low: int, high: int) -> Rows:
        return Rows(self.arrow.slice(low, high - low), self.properties, self.has_time)


def drawn(n: int, seed: int = 0, *, shift: float = 0.0, new: bool = False) -> Rows:
    """A random table with every kind of property, missing values and rows without time."""
    rng = np.random.default_rng(seed)
    genres = np.array(["drama", "comedy", "war", *(["mystery"] if new else [])])
    sets = [sorted(set(rng.choice(genres, size=k))) for k in rng.integers(0, 4, n)]
    time = pd.Series(rng.integers(0, 30 * 86_400_000, n)).astype("Int64")
    time[rng.random(n) < 0.01] = pd.NA
    confidence = rng.beta(4, 2, n)
    confidence[rng.random(n) < 0.05] = np.nan
    columns: dict[str, Sequence[object]] = {
        "prediction": sets,
        "n_predictions": [float(len(s)) for s in sets],
        "confidence": confidence.tolist(),
        "latency": (np.exp(rng.normal(3 + shift, 1, n))).tolist(),
        "device": [None if x == 3 else ["phone", "tablet", "tv"][x] for x in rng.integers(0, 4, n)],
        "premium": [str(bool(x)) for x in rng.integers(0, 2, n)],
    }
    kinds = dict.fromkeys(columns, "numeric") | {"prediction": "set", "device": "categorical", "premium": "boolean"}
    return Rows.of(columns, kinds, time.tolist())
