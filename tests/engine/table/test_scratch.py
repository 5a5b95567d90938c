"""Temporary folders and the database of a process: private, its own, and gone when it is."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from prodmon_widgets.engine.table.database import connect
from prodmon_widgets.engine.table.scratch import LOCK, Scratch, process_folder, sweep

LIVES = """
import sys, time
from prodmon_widgets.engine.table.scratch import Scratch
made = Scratch()
(made.folder / "rows.parquet").write_text("rows")
print(made.folder.parent, flush=True)
sys.stdin.readline()
"""


def started(tmp_path: Path) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    return subprocess.Popen([sys.executable, "-c", LIVES], text=True, env=environment, **pipes)


def folder_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def ended(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)


def test_what_a_killed_process_left_is_swept_and_what_lives_is_not(tmp_path: Path) -> None:
    killed, living = started(tmp_path), started(tmp_path)
    left, used = folder_of(killed), folder_of(living)
    killed.send_signal(signal.SIGKILL)
    ended(killed)
    assert left.is_dir()
    sweep(tmp_path)
    assert not left.exists()
    assert used.is_dir()
    ended(living)
    assert not used.exists()


def test_somebody_elses_folder_or_link_of_such_a_name_is_left(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / LOCK).touch()
    (tmp_path / "prodmon-link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "prodmon-other").mkdir()
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"elsewhere", "prodmon-link", "prodmon-other"}


def test_folders_are_for_their_user_alone() -> None:
    made = Scratch()
    for folder in (process_folder(), made.folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    spill = Path(connect().sql("SELECT current_setting('temp_directory')").fetchall()[0][0])
    assert spill.parent == process_folder()
    assert stat.S_IMODE(spill.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "change",
    ["SET GLOBAL lock_configuration = false", "SET GLOBAL enable_external_access = true", "LOAD httpfs"],
)
def test_nothing_on_the_database_can_open_it(change: str) -> None:
    with pytest.raises(duckdb.Error):
        connect().execute(change)


def test_no_variable_of_python_is_read_by_its_name() -> None:
    secret = pa.table({"x": [1]})
    assert secret.num_rows == 1
    with pytest.raises(duckdb.CatalogException):
        connect().sql("SELECT * FROM secret")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 on says what this test is about
def test_a_forked_process_has_a_database_and_a_folder_of_its_own_and_leaves_the_parents() -> None:
    connect().sql("SELECT 1").fetchall()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    held = Scratch()

    def ask() -> None:
        answers.put((connect().sql("SELECT 41 + 1").fetchall()[0][0], str(process_folder())))

    worker = context.Process(target=ask)
    worker.start()
    answer, folder = answers.get(timeout=60)
    worker.join(60)
    assert (answer, worker.exitcode) == (42, 0)
    assert Path(folder) != process_folder()
    assert held.folder.is_dir()
