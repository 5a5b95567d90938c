"""The same rows from any source are the same properties, kinds and values: frames are drawn, written and read back."""

import decimal
import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodmon_widgets.engine.table.table import TIME, prepare

N = 60


def _missing(rng, cells):
    return [None if rng.random() < 0.2 else cell for cell in cells]


def _words(rng, words):
    return [str(word) for word in rng.choice(words, N)]


KINDS = {
    "whole": lambda rng: rng.integers(0, 9, N),
    "whole, missing": lambda rng: pd.array(_missing(rng, rng.integers(-5, 5, N).tolist()), dtype="Int64"),
    "large": lambda rng: rng.integers(2**40, 2**52, N) // 7 * 7,
    "small type": lambda rng: rng.integers(0, 5, N).astype("int8"),
    "float": lambda rng: rng.normal(size=N),
    "single": lambda rng: (rng.integers(0, 64, N) / 8).astype("float32"),
    "float, missing": lambda rng: np.where(rng.random(N) < 0.2, np.nan, rng.normal(40, 9, N).round(1)),
    "float, whole": lambda rng: rng.integers(0, 30, N).astype(float),
    "infinite": lambda rng: np.where(rng.random(N) < 0.1, np.inf, rng.normal(size=N)),
    "tiny and huge": lambda rng: 10.0 ** rng.integers(-20, 20, N),
    "decimal": lambda rng: [decimal.Decimal(int(n)) / 4 for n in rng.integers(-20, 20, N)],
    "boolean": lambda rng: rng.random(N) < 0.5,
    "boolean, missing": lambda rng: pd.array(_missing(rng, (rng.random(N) < 0.5).tolist()), dtype="boolean"),
    "words": lambda rng: _words(rng, ["basic", "pro", "free"]),
    "words, missing": lambda rng: pd.Series(_missing(rng, _words(rng, ["a", "b"])), dtype="str"),
    "levels": lambda rng: pd.Categorical(_words(rng, ["low", "mid", "high"])),
    "odd words": lambda rng: _words(rng, ["a,b", 'say "hi"', "naïve – ü", "x;y", "two\nlines", "it's", "\\n"]),
    "codes": lambda rng: _words(rng, ["007", "012", "100"]),
    "letters and numbers": lambda rng: _words(rng, ["1", "2b", "3"]),
    "dotted": lambda rng: _words(rng, ["1.2.3", "1.10.0", "2.0.0"]),
}

SOURCES = {
    "pandas": lambda frame, folder: frame,
    "pandas of Arrow": lambda frame, folder: frame.convert_dtypes(dtype_backend="pyarrow"),
    "Polars": lambda frame, folder: pl.from_pandas(frame),
    "Polars lazy": lambda frame, folder: pl.from_pandas(frame).lazy(),
    "Arrow": lambda frame, folder: pa.Table.from_pandas(frame),
    "Parquet": lambda frame, folder: _to(frame.to_parquet, folder / "x.parquet"),
    "Parquet parts": lambda frame, folder: _parts(frame, folder / "parts"),
    "CSV": lambda frame, folder: _to(frame.to_csv, folder / "x.csv", index=False),
    "CSV of a spreadsheet": lambda frame, folder: _to(
        frame.to_csv, folder / "y.csv", index=False, sep=";", decimal=","
    ),
    "JSON lines": lambda frame, folder: _json_lines(frame, folder / "x.jsonl"),
    "relation": lambda frame, folder: duckdb.connect().from_arrow(pa.Table.from_pandas(frame)),
}


def _to(write, path, **options):
    write(path, **options)
    return path


def _parts(frame, folder):
    folder.mkdir(exist_ok=True)
    frame.iloc[:7].to_parquet(folder / "0.parquet")
    frame.iloc[7:].to_parquet(folder / "1.parquet")
    return folder


def _json_lines(frame, path):
    plain = frame.copy()
    for name in plain.columns:
        if plain[name].map(lambda cell: isinstance(cell, decimal.Decimal)).any():
            plain[name] = plain[name].astype(float)
    lines = [{k: None if v is pd.NA or v is pd.NaT else v for k, v in row.items()} for row in plain.to_dict("records")]
    path.write_text("\n".join(map(_line, lines)))
    return path


def _line(row):
    def default(value):
        return value.isoformat() if isinstance(value, pd.Timestamp) else value.item()

    return json.dumps(row, default=default)


def _frame(seed, names):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"timestamp": pd.date_range("2023-05-01", periods=N, freq="37min")})
    frame["prediction"] = _words(rng, ["cat", "dog"])
    frame["annotation"] = _words(rng, ["Good", "Bad"])
    return frame.assign(**{name: KINDS[name](rng) for name in names})


def _read(evaluation, production):
    _, known, later = prepare(evaluation, production)
    kinds = {p.name: p.kind for p in later.properties}
    return kinds, [{name: _column(side, name) for name in [TIME, *kinds]} for side in (known, later)]


def _column(table, name):
    cells = table.lazy().select(name).collect().to_arrow().column(0).to_pylist()
    return [float(cell) if isinstance(cell, (int, float)) else cell for cell in cells]


def _agree(seed, names, source, folder):
    """Evaluation from pandas and production from the source, then both from it, are what pandas alone gives."""
    evaluation, production = _frame(seed, names), _frame(seed + 1, names).drop(columns="annotation")
    kinds, (known, later) = _read(evaluation, production)
    for which, mine in (("production", evaluation), ("both", SOURCES[source](evaluation, _below(folder, "e")))):
        got_kinds, (got_known, got_later) = _read(mine, SOURCES[source](production, _below(folder, "p")))
        assert got_kinds == kinds, (source, which)
        for got, wanted in ((got_known, known), (got_later, later)):
            for name, cells in wanted.items():
                for cell, expected in zip(got[name], cells, strict=True):
                    near = isinstance(expected, float) and cell == pytest.approx(expected, rel=1e-9)
                    assert cell == expected or near, (source, which, name, cell, expected)


def _below(folder, name):
    (folder / name).mkdir(exist_ok=True)
    return folder / name


@pytest.mark.parametrize("source", SOURCES)
def test_every_kind_of_column_is_the_same_from_every_source(source, tmp_path):
    _agree(0, list(KINDS), source, tmp_path)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10**6), st.sets(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5), st.sampled_from([*SOURCES])
)
def test_drawn_columns_are_the_same_from_every_source(tmp_path_factory, seed, names, source):
    _agree(seed, sorted(names), source, tmp_path_factory.mktemp("drawn"))
