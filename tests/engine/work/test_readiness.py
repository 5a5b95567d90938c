"""Who waits for the scores, who hears of them, and how work behind ends."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from prodmon_widgets.engine.work.behind import Behind
from prodmon_widgets.engine.work.progress import Progress
from prodmon_widgets.engine.work.readiness import Readiness


def test_who_waits_also_waits_for_those_who_are_told() -> None:
    ready, heard, go = Readiness(Progress(False)), threading.Event(), threading.Event()

    def listener() -> None:
        assert ready.done
        ready.wait()  # a listener asks for figures itself
        go.wait(10)
        heard.set()

    ready.on_change(listener)
    ready.run_behind(lambda: None)
    threading.Timer(0.05, go.set).start()
    ready.wait()
    assert heard.is_set()


def test_what_went_wrong_is_raised_where_somebody_waits_and_said_in_the_status() -> None:
    ready = Readiness(Progress(False))

    def work() -> None:
        raise ValueError("no scores today")

    ready.run_behind(work)
    with pytest.raises(ValueError, match="no scores today"):
        ready.wait()
    assert ready.status == "the estimates failed: no scores today"


def test_work_that_is_told_to_stop_knows_it() -> None:
    go = threading.Event()
    work = Behind(lambda: go.wait(10), "a-test", go.set)
    assert work.alive
    work.stop()
    work.join()
    assert work.stopping
    assert not work.alive


ENDS = """
import sys, threading
from prodmon_widgets.engine.work.behind import Behind
begun = threading.Event()
stopped = threading.Event()
def work():
    begun.set()
    stopped.wait(60)
    print("ended by itself", flush=True)
Behind(work, "a-test", stopped.set)
begun.wait(10)
sys.exit(7)
"""


def test_a_process_that_ends_waits_for_what_works_behind_and_keeps_its_status() -> None:
    ran = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (7, "ended by itself")
