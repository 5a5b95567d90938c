"""CSV, JSON lines and spreadsheets: every cell is read, and a line that can't be is named."""

import bz2
import gzip
import json

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.table import plaintext
from prodmon_widgets.engine.table.csvfiles import Kept
from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.errors import InputError

TEXT = 'a,b,c\n1,x,2.5\n2,"y, z",\n3,"two\nlines",-1e3\n'
CELLS = {"a": [1, 2, 3], "b": ["x", "y, z", "two\nlines"], "c": [2.5, None, -1000.0]}


def read(path, kept=None):
    rows = open_rows(path, "production", *([kept] if kept else []))
    return rows.take(np.arange(rows.n_rows), rows.schema.names).to_pydict()


def lines(path, *objects):
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in objects))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_and_line_ends(tmp_path, separator, end):
    frame = pd.DataFrame(CELLS)
    frame["b"] = frame["b"].str.replace("\n", " ")
    frame.to_csv(tmp_path / "x.csv", index=False, sep=separator, lineterminator=end)
    assert read(tmp_path / "x.csv") == {**CELLS, "b": ["x", "y, z", "two lines"]}


def test_quoted_line_ends_and_what_stands_above_the_header(tmp_path):
    (tmp_path / "x.csv").write_text("sep=,\n" + TEXT)
    assert read(tmp_path / "x.csv") == CELLS
    (tmp_path / "y.csv").write_text("Report of May\n\n" + TEXT)
    rows = open_rows(tmp_path / "y.csv", "production")
    assert rows.n_rows == 3
    assert "1 lines above the header" in str(rows.notes[0])


@pytest.mark.parametrize("ending", ["gz", "bz2", "zst"])
def test_compressed_files(tmp_path, ending):
    import pyarrow as pa

    pack = {"gz": gzip.compress, "bz2": bz2.compress, "zst": lambda b: pa.compress(b, "zstd", asbytes=True)}[ending]
    (tmp_path / f"x.csv.{ending}").write_bytes(pack(TEXT.encode()))
    assert read(tmp_path / f"x.csv.{ending}") == CELLS
    (tmp_path / f"x.jsonl.{ending}").write_bytes(pack(b'{"a": 1}\n{"a": 2}\n'))
    assert read(tmp_path / f"x.jsonl.{ending}") == {"a": [1, 2]}


def test_a_compressed_file_that_is_cut_off_or_far_too_large_is_refused(tmp_path, monkeypatch):
    packed = gzip.compress(TEXT.encode() * 50_000)
    (tmp_path / "cut.csv.gz").write_bytes(packed[:-100])
    with pytest.raises(InputError, match=r"cut\.csv\.gz can't be decompressed as gzip: it is damaged or cut off"):
        read(tmp_path / "cut.csv.gz")
    monkeypatch.setattr(plaintext, "ALWAYS_ALLOWED", 1000)
    (tmp_path / "bomb.csv.gz").write_bytes(packed)
    with pytest.raises(InputError, match=r"bomb\.csv\.gz becomes more than 200 times larger"):
        read(tmp_path / "bomb.csv.gz")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_that_say_what_they_are(tmp_path, encoding):
    (tmp_path / "x.csv").write_bytes("größe,b\n1,ü\n2,ß\n".encode(encoding))
    rows = open_rows(tmp_path / "x.csv", "production")
    assert read(tmp_path / "x.csv") == {"größe": [1, 2], "b": ["ü", "ß"]}
    assert not rows.notes


@pytest.mark.parametrize("late", [0, 40_000])
def test_an_encoding_that_has_to_be_guessed_is_said(tmp_path, late):
    text = "größe,b\n" if not late else "size,b\n"
    (tmp_path / "x.csv").write_bytes((text + "1,a plain line of text\n" * late * 2 + "2,Straße\n").encode("cp1252"))
    rows = open_rows(tmp_path / "x.csv", "production")
    assert rows.take(np.array([rows.n_rows - 1]), ["b"])["b"].to_pylist() == ["Straße"]
    assert "x.csv isn't UTF-8; it is read as cp1252, a guess" in str(rows.notes[0])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n3,4,5\n", 3),
        ("a,b\n1,2\n3\n4,5\n", 3),
        ('a,b\n1,"two\nlines"\n3,4,5\n', 4),
        ("Title\na,b\n1,2\n1,2\n3,4,5\n", 5),
    ],
)
def test_a_line_of_more_or_fewer_fields_is_named(tmp_path, text, line):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(InputError, match=rf"x\.csv, line {line}: . fields where the header has 2"):
        read(tmp_path / "x.csv")


def test_the_broken_file_of_several_is_named(tmp_path):
    (tmp_path / "0.csv").write_text("a,b\n1,2\n")
    (tmp_path / "1.csv").write_text("a,b\n1,2\n3,4,5\n")
    with pytest.raises(InputError, match=r"1\.csv, line 3"):
        read(tmp_path)


def test_a_file_without_names_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("1,2\n3,4\n")
    with pytest.raises(InputError, match=r"line 1 holds values \(1, 2, …\) where the names should be"):
        read(tmp_path / "x.csv")


def test_codes_keep_their_zeros_and_what_changes_late_its_text(tmp_path):
    rows = [["zip", "late", "wide", "half"], *(["1234", "1", "1", "1"] for _ in range(30_000))]
    rows += [["01234", "x", str(10**20), "2.5"]]
    (tmp_path / "x.csv").write_text("\n".join(map(",".join, rows)))
    got = read(tmp_path / "x.csv")
    assert [got[name][-2:] for name in rows[0]] == [["1234", "01234"], ["1", "x"], [1.0, 1e20], [1.0, 2.5]]


def test_columns_of_ids_and_versions_keep_their_spelling(tmp_path):
    (tmp_path / "x.csv").write_text("version,id,day\n1.10,1,1\n1.9,2,2\n")
    kept = Kept(text=frozenset({"day"}), spelled=frozenset({"version", "id"}))
    assert read(tmp_path / "x.csv", kept) == {"version": ["1.10", "1.9"], "id": [1, 2], "day": ["1", "2"]}


def test_files_of_other_columns_dialects_and_types_are_read_together(tmp_path):
    (tmp_path / "0.csv").write_text("a,b\n1,true\n")
    (tmp_path / "1.csv").write_text("b;c\n0;x\n")
    assert read(tmp_path) == {"a": [1, None], "b": ["true", "0"], "c": [None, "x"]}


def test_names_that_differ_by_capitals_in_text_files(tmp_path):
    (tmp_path / "x.csv").write_text("a,A\n1,2\n")
    assert read(tmp_path / "x.csv") == {"a": [1], "A": [2]}
    assert read(lines(tmp_path / "x.jsonl", {"a": 1, "A": 2})) == {"a": [1], "A": [2]}


def test_a_key_or_a_kind_that_comes_late_is_read(tmp_path):
    early = [{"k": 1, "n": None, "t": "x", "l": ["a"], "o": {"p": 1}}] * 6_000
    got = read(lines(tmp_path / "x.jsonl", *early, {"k": 2.6, "n": 2.5, "t": 7, "l": "b", "o": {"q": 2}, "new": True}))
    assert {name: cells[-1] for name, cells in got.items()} == {
        "k": 2.6,
        "n": 2.5,
        "t": "7",
        "l": ["b"],
        "o": {"p": None, "q": 2},
        "new": True,
    }
    assert got["k"][0] == 1.0
    assert got["new"][0] is None


def test_cells_of_mixed_kinds_are_text_without_quotes(tmp_path):
    cells = [1234, "A1", True, "01", 1.5, None]
    got = read(lines(tmp_path / "x.jsonl", *({"x": cell} for cell in cells)))
    assert got["x"] == ["1234", "A1", "True", "01", "1.5", None]


def test_odd_json_lines_are_read(tmp_path):
    path = lines(tmp_path / "x.jsonl", "\ufeff" + json.dumps({"a/b": 1}), "", '{"a/b": NaN}', '{"a/b": -Infinity}')
    got = read(path)["a/b"]
    assert got == [1.0, None, -np.inf]
    big = read(lines(tmp_path / "y.jsonl", {"n": 10**30, "m": 2**63}, {"n": 1, "m": 1}))
    assert big == {"n": [1e30, 1.0], "m": [2.0**63, 1.0]}
    (tmp_path / "z.json").write_text(json.dumps([{"a": 1}, {"a": 2, "b": "x"}], indent=1))
    assert read(tmp_path / "z.json") == {"a": [1, 2], "b": [None, "x"]}


@pytest.mark.parametrize(
    ("line", "words"), [("{", r"line 3 is no JSON"), ("[1]", "line 3 holds a list"), ("5", "line 3 holds a int")]
)
def test_a_line_that_is_no_object_is_named(tmp_path, line, words):
    (tmp_path / "0.jsonl").write_text('{"a": 1}\n')
    lines(tmp_path / "1.jsonl", {"a": 1}, {"a": 2}, line, {"a": 3})
    with pytest.raises(InputError, match=rf"1\.jsonl, {words}"):
        read(tmp_path)


def test_keys_that_are_values_are_refused(tmp_path):
    with pytest.raises(InputError, match="6,000 different keys"):
        read(lines(tmp_path / "x.jsonl", *({f"user{i}": i} for i in range(6_000))))


def test_a_spreadsheet_is_read_and_its_other_sheets_are_said(tmp_path):
    pytest.importorskip("openpyxl")
    frame = pd.DataFrame(
        {"when": pd.date_range("2023-05-01", periods=3), "size": [1.5, None, 3.0], "plan": list("abc")}
    )
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        pd.DataFrame().to_excel(book, sheet_name="empty")
        frame.to_excel(book, sheet_name="data", index=False)
        frame.to_excel(book, sheet_name="more", index=False)
    rows = open_rows(tmp_path / "x.xlsx", "evaluation")
    assert str(rows.notes[0]).endswith("x.xlsx is read; not read: more")
    got = rows.take(np.arange(3), ["when", "size", "plan"]).to_pandas()
    assert got["size"].tolist()[::2] == [1.5, 3.0]
    assert got["when"].tolist() == frame["when"].tolist()
    (tmp_path / "y.xlsx").write_text("no spreadsheet")
    with pytest.raises(InputError, match=r"y\.xlsx can't be read as a spreadsheet"):
        open_rows(tmp_path / "y.xlsx", "evaluation")
