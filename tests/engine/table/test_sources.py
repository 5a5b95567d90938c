"""Files are found as they are named, and read later from wherever one is then."""

import pandas as pd
import pytest

from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.errors import InputError

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
WRITE = {
    "csv": lambda path: FRAME.to_csv(path, index=False),
    "jsonl": lambda path: FRAME.to_json(path, orient="records", lines=True),
    "parquet": FRAME.to_parquet,
}


@pytest.mark.parametrize("name", ["rows", "~tilde", "x[1]", "a b's"])
@pytest.mark.parametrize("ending", WRITE)
def test_a_relative_name_is_read_from_wherever_one_goes(tmp_path, monkeypatch, ending, name):
    monkeypatch.chdir(tmp_path)
    WRITE[ending](tmp_path / f"{name}.{ending}")
    rows = open_rows(f"{name}.{ending}", "production")
    monkeypatch.chdir("/")
    assert rows.sample(3).select(["a", "b"]).to_pylist() == FRAME.to_dict("records")
    assert rows.relation().fetchall() == list(FRAME.itertuples(index=False, name=None))


def test_a_tilde_is_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    FRAME.to_parquet(tmp_path / "rows.parquet")
    assert open_rows("~/rows.parquet", "production").n_rows == len(FRAME)


def test_a_file_that_is_gone_is_missed_in_words(tmp_path):
    path = tmp_path / "rows.parquet"
    FRAME.to_parquet(path)
    rows = open_rows(path, "production")
    path.unlink()
    for read in (rows.relation, lambda: rows.sample(3)):
        with pytest.raises(InputError, match=r"rows\.parquet is gone since it was first read; put it back"):
            read()
