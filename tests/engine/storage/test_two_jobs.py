"""Several processes on one store, some of them killed: it always loads, and every success is in it."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import prodmon_widgets as pm
from tests.engine.storage.tampering import frame, monitor

ROUNDS = int(os.environ.get("PRODMON_KILLS", "10"))
"""Kills; `make fuzz` asks for 200."""

JOB = """
import sys, warnings, pandas as pd, prodmon_widgets as pm
warnings.simplefilter("ignore")
store, batch, log = sys.argv[1:]
number = 0
while True:
    number += 1
    try:
        made = pm.Monitor.load(store)
        ids = [f"{batch}-{number}-{i}" for i in range(20)]
        made.append(pd.read_parquet(log + ".parquet").assign(id=ids))
        if number % 3 == 0:
            made.label(pd.DataFrame({"id": ids[:2], "annotation": ["good", "bad"]}))
        made.save(store)
    except pm.errors.MonitorError as error:
        with open(log, "a") as file:
            file.write("REFUSED " + str(error) + "\\n")
        continue
    with open(log, "a") as file:
        file.write(f"{batch}-{number}\\n")
"""


@pytest.mark.slow
def test_jobs_that_append_label_and_save_are_killed_and_nothing_is_lost(tmp_path):
    store = monitor().save(tmp_path / "store")
    (tmp_path / "job.py").write_text(JOB)
    draw = np.random.default_rng(0)
    for turn in range(ROUNDS):
        jobs = []
        for at in range(2):
            log = tmp_path / f"log-{turn}-{at}"
            frame(20, 9, False).to_parquet(f"{log}.parquet")
            command = [sys.executable, tmp_path / "job.py", store, f"{turn}-{at}", log]
            jobs.append(subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True))
        wait_for_something(jobs, tmp_path, turn)
        time.sleep(float(draw.random()))
        for job in jobs:
            job.send_signal(signal.SIGKILL)
        errors = [job.communicate()[1].decode() for job in jobs]
        assert not any("Traceback" in error for error in errors), errors
        again = pm.Monitor.load(store)
        ids = set(again.annotations()["id"])
        done = [line for log in tmp_path.glob("log-*-?") for line in log.read_text().split("\n") if line]
        kept = [line for line in done if not line.startswith("REFUSED")]
        assert all(f"{name}-{i}" in ids for name in kept for i in range(20))
        assert all("changed since" in line for line in done if line.startswith("REFUSED"))
        assert (len(ids) - 300) % 20 == 0
        assert again.samples(n=5)["id"].notna().all()


def wait_for_something(jobs, folder, turn):
    """Until one of the jobs has saved, or ended."""
    while all(job.poll() is None for job in jobs) and not list(folder.glob(f"log-{turn}-?")):
        time.sleep(0.05)
