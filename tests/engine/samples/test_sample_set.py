"""Samples of several tables read as one: rows, ids and reasons keep to their samples."""

import numpy as np
import pytest

from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.samples.sample_set import SampleSet
from tests.engine.coded import annotate, drawn, encoded, tables


@pytest.fixture(scope="module")
def both():
    """Two sets with reasons of their own, and the frames they were made of."""
    frames = drawn(200, 2), drawn(100, 3)
    known, first = tables(drawn(300, 1), frames[0])
    codes = encoded(known, first)[1]
    later = first.append(frames[1])
    sets = []
    for table, coded, reasons in (
        (first, codes, ["plain", "unseen"]),
        (later, encode(later, codes.time_bins, codes.bins), ["beyond", "plain"]),
    ):
        reason = (np.arange(table.n_rows) % 2).astype(np.uint16)
        sets.append(SampleSet((table,), annotate(coded, 1), np.full(table.n_rows, np.nan), reason, reasons))
    return sets, frames


def test_each_sample_keeps_its_reason_whatever_reasons_the_others_have(both):
    (one, other), _ = both
    whole = one.extended(other)
    said = whole.estimates(np.arange(whole.n_rows))["reason"].tolist()
    assert said == ["plain", "unseen"] * 100 + ["beyond", "plain"] * 50


def test_rows_run_through_all_tables_and_come_in_the_order_asked(both):
    (one, other), frames = both
    taken = one.extended(other).take(np.array([250, 3, 299, 0]), ["latency"])
    expected = [frames[1]["latency"][50], frames[0]["latency"][3], frames[1]["latency"][99], frames[0]["latency"][0]]
    assert taken["latency"].tolist() == expected


def test_without_an_id_column_row_numbers_go_on(both):
    (one, other), _ = both
    assert one.extended(other).ids().tolist() == list(range(300))
