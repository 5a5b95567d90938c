"""Random frames with every kind of property, and the tables and codes made from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from prodmon_widgets.engine.cube.bins import bins_of, time_bins_of
from prodmon_widgets.engine.cube.encode import CodeTable, encode
from prodmon_widgets.engine.quality.estimate import SCALE
from prodmon_widgets.engine.table.table import Table, prepare

DAY = 86_400_000


def drawn(n: int, seed: int = 0, *, shift: float = 0.0, new: bool = False) -> pd.DataFrame:
    """Thirty days from the epoch on, out of order, with missing values and rows without time."""
    rng = np.random.default_rng(seed)
    time = pd.Series(pd.to_datetime(rng.integers(0, 30 * DAY, n), unit="ms"))
    genres = np.array(["drama", "comedy", "war", *(["mystery"] if new else [])])
    device = pd.Series(np.array(["phone", "tablet", "tv"])[rng.integers(0, 3, n)])
    return pd.DataFrame(
        {
            "timestamp": time.mask(rng.random(n) < 0.01),
            "prediction": [rng.choice(genres, size=k).tolist() for k in rng.integers(0, 4, n)],
            "confidence": pd.Series(rng.beta(4, 2, n)).mask(rng.random(n) < 0.05),
            "latency": np.exp(rng.normal(3 + shift, 1, n)),
            "device": device.mask(rng.random(n) < 0.1),
            "premium": rng.random(n) < 0.5,
        }
    )


def tables(evaluation: pd.DataFrame, production: pd.DataFrame) -> tuple[Table, Table]:
    """Both sides through the door."""
    return prepare(evaluation.assign(annotation="good"), production)[1:]


def encoded(evaluation: Table, production: Table, most_bytes: int = 200_000) -> tuple[CodeTable, CodeTable]:
    """Codes of the evaluation set and of production, in production's bins."""
    bins = bins_of(evaluation, production)
    codes = encode(production, time_bins_of(production, list(bins.values()), most_bytes=most_bytes), bins)
    return encode(evaluation, None, codes.bins), codes


def labelled(codes: CodeTable, share: float, seed: int = 5) -> CodeTable:
    """The same samples, of which people labelled a share; half of them good."""
    rng = np.random.default_rng(seed)
    said = rng.integers(0, 2, codes.n_rows)
    return replace(codes, known=np.where(rng.random(codes.n_rows) < share, said, -1).astype(np.int8))


def annotate(codes: CodeTable, seed: int) -> CodeTable:
    """Fill in scores that fall over time, states and support."""
    rng = np.random.default_rng(seed)
    score = np.clip(rng.beta(8, 2, codes.n_rows) - codes.time / (4 * codes.time_bins.count), 0, 1)
    codes.score = np.round(score * SCALE).astype(np.int32)
    codes.state = np.where(score > 0.7, 0, np.where(score < 0.3, 1, 2)).astype(np.uint8)
    codes.supported = rng.random(codes.n_rows) < 0.8
    return codes
