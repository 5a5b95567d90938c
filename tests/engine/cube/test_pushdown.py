"""The same cells whether codes are counted here or by the engine that holds the rows."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.pushdown import counted
from tests.engine.coded import drawn, encoded, tables


@pytest.fixture(scope="module")
def sides():
    return tables(drawn(500, 1), drawn(5000, 2, new=True))


@pytest.fixture(scope="module")
def codes(sides):
    return encoded(*sides)[1]


def as_duckdb(rows):
    return rows


def as_polars(rows):
    return nw.from_native(rows.collect("polars").to_native().lazy())


def as_pandas(rows):
    return nw.from_native(rows.collect("polars").to_native().to_pandas(use_pyarrow_extension_array=True)).lazy()


EXPLODES = pytest.mark.skipif(
    int(pd.__version__.split(".")[0]) < 3, reason="pandas 2 leaves exploded Arrow lists the type of a list"
)


@pytest.mark.parametrize("engine", [as_duckdb, as_polars, pytest.param(as_pandas, marks=EXPLODES)])
def test_every_cell_equals_the_code_tables(sides, codes, engine):
    cube = Cube.build(codes)
    rows = engine(sides[1].lazy())
    for name, cells in counted(rows, codes.time_bins, codes.bins).items():
        np.testing.assert_array_equal(cells, cube.cells["n"][:, cube.axis(name).cells], err_msg=name)


def test_values_without_a_code_are_counted_as_other(sides, codes):
    fewer = codes.bins["device"].shortened(1)
    cells = counted(sides[1].lazy(), codes.time_bins, {"device": fewer})["device"].sum(axis=0)
    device = sides[1].take(np.flatnonzero(codes.time >= 0))["device"]
    assert cells.tolist() == [
        device.isna().sum(),
        (device.notna() & (device != fewer.values[0])).sum(),
        (device == fewer.values[0]).sum(),
    ]
