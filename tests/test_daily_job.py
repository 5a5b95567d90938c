"""The daily job by the command line: a store is made once, then grows day by day, whatever the days are like."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import prodmon_widgets as pm
from prodmon_widgets.cli import app

RUN = CliRunner()
PER_DAY = 60


def day(number: int, *, labelled: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(number + 100)
    n = 600 if labelled else PER_DAY
    made = pd.DataFrame(
        {
            "id": [f"{number}-{i}" for i in range(n)],
            "timestamp": pd.Timestamp("2024-03-01") + pd.to_timedelta(number * 24 * 60 + np.arange(n) * 10, unit="min"),
            "city": rng.choice(["Oslo", "Bergen", "Voss"], n),
            "x": rng.random(n).round(6),
            "prediction": rng.choice(["cat", "dog"], n),
        }
    )
    right = rng.random(n) < 0.6 + 0.35 * made["x"]
    return made.assign(label=np.where(right, made["prediction"], "other")) if labelled else made


def run(*arguments: object, status: int = 0) -> Result:
    result = RUN.invoke(app, [str(each) for each in arguments])
    assert result.exit_code == status, result.output
    assert not result.exception or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job")
    day(-30, labelled=True).to_csv(folder / "evaluation.csv", index=False)
    pd.concat([day(n) for n in range(5)]).to_csv(folder / "production.csv", index=False)
    said = run("fit", folder / "evaluation.csv", folder / "production.csv", "-o", folder / "store")
    assert "300 production samples" in said.stdout
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    subprocess.run(["cp", "-r", made / "store", tmp_path / "store"], check=True)
    return tmp_path / "store"


def total(store: Path) -> int:
    return int(pm.Monitor.load(store).score().n)


def test_a_day_is_appended_and_the_same_day_again_is_counted_once(store: Path, tmp_path: Path) -> None:
    day(5).to_csv(tmp_path / "day.csv", index=False)
    assert "60 samples more, 360 in all" in run("append", store, tmp_path / "day.csv").stdout
    again = run("append", store, tmp_path / "day.csv")
    assert "0 samples more, 360 in all" in again.stdout
    assert "warning: 60 appended samples have an id that came before: they are skipped." in again.stderr
    kept = run("append", store, tmp_path / "day.csv", "--duplicates", "keep")
    assert "60 samples more, 420 in all" in kept.stdout


def test_a_day_without_samples_is_nothing_to_do(store: Path, tmp_path: Path) -> None:
    day(5).head(0).to_csv(tmp_path / "day.csv", index=False)
    assert "0 samples more, 300 in all" in run("append", store, tmp_path / "day.csv").stdout


def test_several_files_are_one_append(store: Path, tmp_path: Path) -> None:
    for number in (5, 6):
        day(number).to_parquet(tmp_path / f"{number}.parquet")
    said = run("append", store, tmp_path / "5.parquet", tmp_path / "6.parquet")
    assert "120 samples more, 420 in all" in said.stdout


def test_a_day_that_cannot_be_read_changes_nothing(store: Path, tmp_path: Path) -> None:
    day(5).drop(columns="timestamp").to_csv(tmp_path / "day.csv", index=False)
    refused = run("append", store, tmp_path / "day.csv", status=2)
    assert "timestamp" in refused.stderr
    assert len([line for line in refused.stderr.splitlines() if line.startswith("error: ")]) == 1
    assert total(store) == 300


def test_labels_come_late_and_some_are_of_nobody(store: Path, tmp_path: Path) -> None:
    given = pd.DataFrame(
        {"id": [*day(1)["id"].head(30), "nobody"], "annotation": ["good", "bad", "good"] * 10 + ["good"]}
    )
    given.to_csv(tmp_path / "labels.csv", index=False)
    refused = run("label", store, tmp_path / "labels.csv", status=2)
    assert "--unknown-ids ignore" in refused.stderr
    for _ in range(2):
        said = run("label", store, tmp_path / "labels.csv", "--unknown-ids", "ignore")
        assert "30 samples are labelled" in said.stdout
    figures = pm.Monitor.load(store).score()
    run("label", store, tmp_path / "labels.csv", "--unknown-ids", "ignore")
    assert pm.Monitor.load(store).score() == figures


def test_a_store_is_checked_and_reported_like_files(store: Path, tmp_path: Path) -> None:
    told = RUN.invoke(app, ["check", str(store), "--json"])
    assert told.exit_code == (1 if json.loads(told.stdout) else 0)
    assert "figures of all 300 production samples" in run("report", store, "-o", tmp_path / "page.html").stdout
    assert (tmp_path / "page.html").stat().st_size > 100_000


def test_a_store_made_anew_keeps_its_labels(store: Path, made: Path, tmp_path: Path) -> None:
    pd.DataFrame({"id": day(1)["id"].head(6), "annotation": ["good", "bad"] * 3}).to_csv(
        tmp_path / "l.csv", index=False
    )
    run("label", store, tmp_path / "l.csv")
    run("fit", made / "evaluation.csv", made / "production.csv", "-o", store)
    assert len(pm.Monitor.labels_of(store)) == 6


@pytest.mark.parametrize("command", ["append", "label", "check", "report"])
def test_what_is_no_store_is_said_in_one_line(command: str, tmp_path: Path) -> None:
    more = ["x.csv"] if command in ("append", "label") else []
    refused = run(command, tmp_path, *more, status=2)
    assert "is no store, as prodmon fit EVALUATION PRODUCTION -o STORE makes one" in refused.stderr


def test_a_folder_with_other_files_is_no_place_for_a_store(made: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = run("fit", made / "evaluation.csv", made / "production.csv", "-o", tmp_path, status=2)
    assert "is no store and not empty" in refused.stderr


def test_columns_of_a_store_are_settled(store: Path) -> None:
    assert "--column is settled" in run("check", store, "--column", "timestamp=when", status=2).stderr


@pytest.mark.slow
def test_days_of_a_job_with_a_crash_a_repeat_an_empty_day_and_late_labels(store: Path, tmp_path: Path) -> None:
    for number in range(5, 15):
        path = tmp_path / f"{number}.csv"
        (day(number).head(0) if number == 9 else day(number)).to_csv(path, index=False)
        if number == 7:
            killed_while_it_appends(store, path)
        run("append", store, path)
        if number == 11:
            run("append", store, path)
        if number > 11:
            late = day(number - 4).head(20)
            pd.DataFrame({"id": late["id"], "annotation": "good"}).to_csv(tmp_path / "labels.csv", index=False)
            run("label", store, tmp_path / "labels.csv", "--unknown-ids", "ignore")
        assert RUN.invoke(app, ["check", str(store)]).exit_code in (0, 1)
    assert total(store) == 300 + 9 * PER_DAY
    # the labels of day 9, which had no samples, are of nobody
    assert len(pm.Monitor.labels_of(store)) == 40
    run("report", store, "-o", tmp_path / "page.html")


def killed_while_it_appends(store: Path, path: Path) -> None:
    """The command in a process of its own, ended by force as soon as it holds or changes the store."""
    before = {each.name for each in store.iterdir()} | {"lock"}
    command = [sys.executable, "-c", "from prodmon_widgets.cli import app; app()", "append", str(store), str(path)]
    job = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    while job.poll() is None and {each.name for each in store.iterdir()} <= before:
        time.sleep(0.002)
    job.kill()
    job.communicate()
