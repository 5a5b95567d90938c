"""The command line: errors are one readable line, statuses mean what they say, names are data."""

import json
import subprocess
import sys
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


def test_debug_shows_the_trace_above_the_line_and_keeps_the_status(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["report", str(tmp_path / "nothing.csv"), str(tmp_path / "no.csv"), "--debug"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Traceback")
    assert result.stderr.splitlines()[-1].startswith("error: ")


def test_an_error_that_nobody_foresaw_is_not_taken_for_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prodmon_widgets.cli.monitor_of", lambda *_: 1 / 0)
    result = RUN.invoke(app, ["check", "a.csv", "b.csv"])
    assert result.exit_code == 2
    assert result.stderr == "error: ZeroDivisionError: division by zero (--debug shows the trace)\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "production has no rows"),
        ("\x00\x01" * 9, "production has no rows"),
        ("prediction,timestamp\n", "production has no rows"),
        ("other\n1\n", "share no column that can be used as a property"),
    ],
)
def test_a_useless_production_file_is_one_line(files: tuple[str, str], tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "production.csv").write_text(content)
    result = RUN.invoke(app, ["check", files[0], str(tmp_path / "production.csv")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert len([line for line in result.stderr.splitlines() if not line.startswith("warning: ")]) == 1


def test_advice_is_in_the_words_of_the_command_line(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "unlabelled.csv").write_text("prediction,timestamp\na,2024-01-01\nb,2024-01-02\n")
    result = RUN.invoke(app, ["report", str(tmp_path / "unlabelled.csv"), files[1]])
    assert "--column annotation=... , --column label=... --column prediction=..." in result.stderr
    assert "Schema(" not in result.stderr


def test_a_folder_that_is_not_there_is_said_before_the_work_begins(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["report", "a.csv", "b.csv", "-o", str(tmp_path / "nowhere" / "x.html")])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: --output: there is no folder ")


def test_an_output_that_is_a_folder_is_said_before_the_work_begins(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["report", "a.csv", "b.csv", "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert (
        result.stderr
        == f"error: --output: {tmp_path} is a folder; name a file in it, such as {tmp_path}/report.html.\n"
    )


def test_an_output_that_may_not_be_written_is_said_before_the_work_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # whoever is root may write anything
    monkeypatch.setattr("prodmon_widgets.cli.os.access", lambda path, _mode: path != tmp_path)
    result = RUN.invoke(app, ["report", "a.csv", "b.csv", "-o", str(tmp_path / "x.html")])
    assert result.stderr == f"error: --output: {tmp_path}/x.html can't be written: permission denied.\n"


def test_what_the_system_says_of_a_file_is_said_without_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr("prodmon_widgets.cli.monitor_of", full)
    assert RUN.invoke(app, ["check", "a.csv", "b.csv"]).stderr == "error: report.html: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-", "b.csv"], "standard input isn't read"),
        (["nothing.csv", "b.csv"], "give a .csv, .parquet or .jsonl file, or a pattern such as 'logs/*.parquet'."),
        (["a.csv", "b.csv", "--since", "gestern"], "--since takes a time such as 2024-05-01; it got 'gestern'."),
    ],
)
def test_what_cannot_be_read_is_told_in_the_words_of_the_command_line(arguments: list[str], said: str) -> None:
    result = RUN.invoke(app, ["check", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "pandas" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_of_bytes_is_one_short_line(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(bytes(range(256)) * 20)
    result = RUN.invoke(app, ["check", files[0], str(tmp_path / "bytes.csv")])
    assert result.exit_code == 2
    assert "bytes.csv can't be read" in result.stderr
    assert len(result.stderr) < 300


@pytest.mark.parametrize("command", [[], ["report"], ["check"], ["demo"]])
def test_help_is_there_for_every_command_and_no_line_is_cut(command: list[str]) -> None:
    result = RUN.invoke(app, [*command, "--help"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert "..." not in result.stdout.replace("[ARGS]...", "")
    assert "Traceback" not in result.stdout


def test_the_help_tells_a_newcomer_what_goes_in() -> None:
    said = " ".join(RUN.invoke(app, ["--help"]).stdout.split())
    assert "EVALUATION, samples with the right answers from before deployment" in said
    assert "prodmon demo" in said


@pytest.mark.slow
def test_a_report_of_real_files_opens_with_the_window_asked_for(files: tuple[str, str], tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    options = ["--no-text", "-w", "2023-07-22/2023-08-01", "--redact", "input", "--samples", "20"]
    result = RUN.invoke(app, ["report", *files, "-o", str(target), *options])
    assert result.exit_code == 0, result.stderr
    assert "report.html: " in result.stdout
    page = target.read_text()
    assert "n_predictions" in page
    assert "2.21" in page, "the figure of late July"


@pytest.mark.slow
@pytest.mark.parametrize("window", ["July", "2023-07-22", "2023-08-01/2023-07-22"])
def test_a_window_that_is_none_is_one_line(files: tuple[str, str], tmp_path: Path, window: str) -> None:
    result = RUN.invoke(app, ["report", *files, "-o", str(tmp_path / "x.html"), "--no-text", "-w", window])
    assert result.exit_code == 2
    assert [line for line in result.stderr.splitlines() if not line.startswith("note: ")] == [
        result.stderr.splitlines()[-1]
    ]
    assert result.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.slow
def test_check_tells_a_scheduler_by_status_and_by_json(files: tuple[str, str], tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("- {name: new, measure: new_value, property: prediction, above: 0.001}\n")
    raised = RUN.invoke(app, ["check", *files, "--no-text", "--rules", str(rules), "--json"])
    assert raised.exit_code == 1
    (alert,) = json.loads(raised.stdout)
    assert alert["rule"] == "new: new_value above 0.001"
    assert alert["value"] > alert["threshold"] == 0.001
    rules.write_text("- {name: hardly, measure: score, below: 0.001}\n")
    quiet = RUN.invoke(app, ["check", *files, "--no-text", "--rules", str(rules), "--json"])
    assert (quiet.exit_code, json.loads(quiet.stdout)) == (0, [])
    rules.write_text("- {name: quiet, measure: new_value, property: prediction, below: 0.0001, every: 1D}\n")
    over = RUN.invoke(app, ["check", *files, "--no-text", "--rules", str(rules), "--json", "--since", "2023-05-02"])
    assert over.exit_code == 1
    assert {alert["until"] is None for alert in json.loads(over.stdout)} == {False}
    now = RUN.invoke(app, ["check", *files, "--no-text", "--rules", str(rules)])
    assert now.exit_code == 0
    assert now.stdout.splitlines()[1].startswith("over: quiet: new_value below 0.0001")


def test_a_rule_that_is_none_is_said_with_its_line_before_the_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("- name: low\n  measure: scores\n  below: 0.8\n")
    result = RUN.invoke(app, ["check", "a.csv", "b.csv", "--rules", str(tmp_path / "rules.yaml")])
    assert result.exit_code == 2
    assert "rules.yaml, line 1: measure 'scores' does not exist; did you mean 'score'?" in result.stderr


def test_the_installed_command_answers() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "prodmon"), "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("prodmon-widgets ")


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
