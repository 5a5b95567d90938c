"""The labels of a saved monitor as a frame, also of one in an older format, whose estimates can't be read any more."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from prodmon_widgets.engine.storage import sides
from prodmon_widgets.engine.storage.manifest import FORMAT, NAME, Manifest
from prodmon_widgets.engine.storage.saved import LABELS, STATE, Remembered, labels_in
from prodmon_widgets.engine.work.documents import UNREADABLE, damaged, opened, read_document, read_json
from prodmon_widgets.errors import InputError

WORDS = {1.0: "good", 0.0: "bad"}


def labels_of(folder: Path) -> pd.DataFrame:
    """``id``, ``annotation`` and ``reason`` of every label; ids are row numbers where there is no id column.

    Raises InputError where nothing was saved there, or it is damaged.
    """
    facts = read_json(folder / NAME)
    try:
        current = facts["format"] >= FORMAT
        said, ids = _today(folder) if current else _before(folder, facts)
        rows = [(ids[row], WORDS.get(value, "unknown"), why) for row, value, why in said]
    except InputError:
        raise
    except (*UNREADABLE, pa.ArrowException) as error:
        raise damaged(folder / NAME, error) from error
    return pd.DataFrame(rows, columns=["id", "annotation", "reason"])


Said = list[tuple[int, float, str]]


def _today(folder: Path) -> tuple[Said, Any]:
    manifest = Manifest.read(folder)
    known = read_document(manifest.checked(folder, f"{manifest.data}/{STATE}"), Remembered, {})
    labels = labels_in(folder, manifest)
    name = f"{manifest.data}/production"
    side, rows = sides.load(folder, name, manifest)
    chosen = known.roles.get("id")
    said = [(row, value, labels.why.get(row, "")) for row, value in labels.said.items()]
    if not isinstance(chosen, str) or chosen not in side.columns:
        return said, range(rows.n_rows)
    wanted = np.array([row for row, _, _ in said], dtype=np.int64)
    return said, dict(zip(wanted.tolist(), rows.take(wanted, [chosen]).column(0).to_pylist(), strict=True))


def _before(folder: Path, facts: Mapping[str, Any]) -> tuple[Said, Any]:
    """Up to format 4: labels by row, ids among the rows."""
    if not re.fullmatch(r"data-[0-9a-f]{32}", str(facts["data"])):
        raise ValueError(f"{facts['data']!r} is no name of a folder of ours")
    data = folder / facts["data"]
    held = read_json(data / LABELS)["said"]
    said = [(int(row), np.nan if value is None else float(value), str(why)) for row, value, why in held]
    return said, _old_ids(data / "production", facts["schema"].get("id"))


def _old_ids(side: Path, column: object) -> Any:
    facts = read_json(side / "samples.json")
    names = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(facts["types"]))).names
    if column not in names:
        return range(sum(facts["n_rows"]))
    called = f"c{names.index(column)}"
    ids: list[object] = []
    for index, n_rows in enumerate(facts["n_rows"]):
        with opened(side / sides.ROWS.format(index)) as file:
            part = pq.ParquetFile(file)
            known = called in part.schema_arrow.names
            ids += part.read([called]).column(0).to_pylist() if known else [None] * n_rows
    return ids
