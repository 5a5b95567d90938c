"""The command line: errors are one readable line, statuses mean what they say, names are data."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import prodmon_widgets as pm
from prodmon_widgets.cli import app, put_notebook, roles_of
from prodmon_widgets.errors import InputError

RUN = CliRunner()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("films")
    evaluation, production = pm.datasets.movies(n=5000)
    evaluation.to_parquet(folder / "evaluation.parquet")
    production.to_parquet(folder / "production.parquet")
    return str(folder / "evaluation.parquet"), str(folder / "production.parquet")


def test_a_missing_file_is_one_line_with_its_name_and_status_2(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["report", str(tmp_path / "nothing.csv"), str(tmp_path / "no.csv")])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "nothing.csv" in result.stderr
    assert result.stderr.count("\n") == 1


def test_debug_lets_the_trace_through(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["report", str(tmp_path / "nothing.csv"), str(tmp_path / "no.csv"), "--debug"])
    assert not isinstance(result.exception, SystemExit)


def test_a_misspelled_role_is_named() -> None:
    result = RUN.invoke(app, ["report", "a.csv", "b.csv", "--column", "timestmp=when"])
    assert result.exit_code == 2
    assert "timestmp" in result.stderr


def test_a_column_without_a_role_is_refused() -> None:
    with pytest.raises(InputError, match="ROLE=COLUMN"):
        roles_of(["timestamp"])


def test_a_column_name_may_hold_an_equals_sign() -> None:
    assert roles_of(["timestamp=a=b"]) == {"timestamp": "a=b"}


def test_the_demo_puts_its_notebook_once_and_keeps_what_was_changed(tmp_path: Path) -> None:
    notebook = put_notebook(tmp_path / "new")
    notebook.write_text("changed")
    assert put_notebook(tmp_path / "new").read_text() == "changed"
