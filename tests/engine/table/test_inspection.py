"""What is said of a file before anything is computed, and the lines that open it."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import prodmon_widgets as pm
from prodmon_widgets.cli import app
from prodmon_widgets.errors import InputError
from tests.engine.table.logs.exports import MADE
from tests.engine.table.logs.test_formats import lines

N = 160
WHEN = pd.Series(pd.date_range("2026-01-01", periods=N, freq="h"))


def table(**more: object) -> pd.DataFrame:
    base = {"timestamp": WHEN, "id": range(N), "age": [i % 9 + 0.5 for i in range(N)]}
    return pd.DataFrame({**base, "annotation": ["good", "bad", None, None] * 40, **more})


@pytest.mark.parametrize("name", MADE)
def test_an_export_is_named_with_its_roles(name, tmp_path):
    records, scores = MADE[name]()
    found = pm.inspect(lines(tmp_path, records), scores=scores)
    assert found.format == name
    assert (found.roles["id"], found.roles["timestamp"], found.roles["session"]) == ("id", "timestamp", "session_id")
    assert found.roles["judges"] == ["tone"]
    assert "export" in found.why["id"]


def test_counts_and_what_is_missing():
    found = pm.inspect(table())
    assert (found.format, found.n_rows, found.n_annotated) == ("table", N, 80)
    assert any("session" in line for line in found.missing)
    nothing = pm.inspect(table().drop(columns="annotation"))
    assert any("no human annotation: 0 of 160" in line for line in nothing.missing)


def test_what_looks_wrong():
    odd = table(id=[1, 1, *range(2, N)], empty=None)
    problems = " ".join(pm.inspect(odd.iloc[::-1].reset_index(drop=True)).problems)
    assert "newest first" in problems
    assert "came before" in problems
    assert "empty" in problems
    assert "expected" in " ".join(pm.inspect(table(annotation=["fine", "bad"] * 80)).problems)


def test_every_column_has_a_row_with_its_role_and_reason():
    columns = pm.inspect(table(note=[f"some words about case {i} here" for i in range(N)])).columns.set_index("name")
    assert columns.loc["age", "role"] == "property"
    assert columns.loc["note", "role"] == "text"
    assert columns.loc["annotation", "missing"] == 0.5


def test_the_lines_of_code_run(tmp_path):
    log = table()
    log.to_csv(tmp_path / "log.csv", index=False)
    log[log["annotation"].notna()].to_csv(tmp_path / "e.csv", index=False)
    log.drop(columns="annotation").to_csv(tmp_path / "p.csv", index=False)
    assert "from_log" in pm.inspect(tmp_path / "log.csv").code
    code = pm.inspect(tmp_path / "p.csv", tmp_path / "e.csv").code
    assert f'pm.Monitor("{tmp_path / "e.csv"}", "{tmp_path / "p.csv"}")' in code
    known: dict[str, object] = {}
    exec(code.rpartition("\n")[0], known)  # noqa: S102  lines that were made for that
    assert known["monitor"].score().n == N


def test_scores_among_the_files_are_told_apart(tmp_path):
    records, scores = MADE["langfuse"]()
    told = lines(tmp_path, scores, "scores.jsonl")
    found = pm.inspect(lines(tmp_path, records), told)
    assert found.n_annotated == 1
    assert f'scores="{told}"' in found.code
    alone = pm.inspect(told)
    assert (alone.format, alone.n_rows) == ("langfuse scores", 4)


def test_a_schema_is_part_of_the_code():
    schema = pm.Schema(annotation="age", good_from=3)
    found = pm.inspect(table(), schema=schema)
    assert "good_from=3" in found.code
    assert found.why["annotation"] == "as you said"


def test_nothing_to_inspect():
    with pytest.raises(InputError):
        pm.inspect()


def test_the_command(tmp_path):
    path = lines(tmp_path, MADE["opik"]()[0])
    said = CliRunner().invoke(app, ["inspect", str(path)])
    assert said.exit_code == 0
    assert "opik" in said.stdout
    assert "Schema(" not in said.stdout.partition("To open it")[0]
    told = json.loads(CliRunner().invoke(app, ["inspect", str(path), "--json"]).stdout)
    assert (told["format"], told["roles"]["id"]) == ("opik", "id")
    missing = CliRunner().invoke(app, ["inspect", str(tmp_path / "no.jsonl")])
    assert (missing.exit_code, missing.stdout) == (2, "")
