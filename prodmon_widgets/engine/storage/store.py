"""Samples on disk: rows as Parquet, codes and scores as plain arrays, everything else as JSON. Never pickle."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.valuebins import Bins, Levels, ValueBins
from prodmon_widgets.engine.quality.estimate import BlockTerms
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.table import Table
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import ROLES, Schema

FORMAT = 4
BATCH = 100_000
ROWS = "rows-*.parquet"
FUNCTION = "function"


def save_samples(folder: Path, side: SampleSet) -> None:
    """Write one side: its rows with the properties that functions gave them, its codes and its scores."""
    folder.mkdir()
    types = _save_rows(folder, side)
    codes = side.codes
    arrays: dict[str, Any] = {"time": codes.time, "sums": codes.sums, "actual": side.actual}
    # names of properties are the users': in the file they are numbers
    arrays |= {f"codes/{i}": codes.codes[name] for i, name in enumerate(codes.bins)}
    arrays |= {f"values/{i}": codes.values[name] for i, name in enumerate(codes.bins) if name in codes.values}
    arrays |= {f"by_code/{i}": codes.by_code[name] for i, name in enumerate(codes.bins) if name in codes.by_code}
    arrays |= {f"members/{i}": members for i, members in enumerate(codes.members.values())}
    scored = {"score": codes.score, "state": codes.state, "supported": codes.supported, "reason": side.reason}
    arrays |= {name: column for name, column in scored.items() if column is not None}
    np.savez(folder / "codes.npz", **arrays)
    facts = {
        "format": FORMAT,
        "time_bins": asdict(codes.time_bins),
        "bins": [_bins_to_json(bins) for bins in codes.bins.values()],
        "members": list(codes.members),
        "reasons": side.reasons,
        "columns": list(side.tables[0].columns),
        "types": base64.b64encode(types.serialize()).decode("ascii"),
        "n_rows": [table.n_rows for table in side.tables],
    }
    write_json(folder / "samples.json", facts)


def _save_rows(folder: Path, side: SampleSet) -> pa.Schema:
    """One file a table: rows that were appended may have other columns. Returns the columns' names and types."""
    types = _row_types(side)
    called = {name: f"c{i}" for i, name in enumerate(types.names)}
    for index, table in enumerate(side.tables):
        batches = table.row_batches(called, BATCH)
        first = next(batches)
        with pq.ParquetWriter(folder / ROWS.replace("*", f"{index:06}"), first.schema) as writer:
            writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)
    return types


def _row_types(side: SampleSet) -> pa.Schema:
    """Every column of any table; the null type where tables hold different ones."""
    found: dict[str, pa.Field] = {}
    for field in (field for table in side.tables for field in table.row_types()):
        same = found.setdefault(field.name, field).type == field.type
        found[field.name] = found[field.name] if same else pa.field(field.name, pa.null())
    return pa.schema(found.values())


def open_rows(folder: Path) -> ParquetRows:
    """The rows of a side as they were saved."""
    facts = read_facts(folder / "samples.json")
    types = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(facts["types"])))
    return ParquetRows(sorted(str(path) for path in folder.glob(ROWS)), saved=types)


def load_samples(folder: Path, table: Table) -> SampleSet:
    """A side as it was saved; ``table`` reads its rows."""
    facts = read_facts(folder / "samples.json")
    # what functions of the user made lies in the rows, but is none of the user's columns
    table = replace(table, columns=tuple(facts["columns"]))
    bins = {each["name"]: _bins_from_json(each) for each in facts["bins"]}
    with np.load(folder / "codes.npz", allow_pickle=False) as arrays:
        codes = CodeTable(
            TimeBins(**facts["time_bins"]),
            bins,
            arrays["time"],
            {name: arrays[f"codes/{i}"] for i, name in enumerate(bins)},
            {name: arrays[f"members/{i}"] for i, name in enumerate(facts["members"])},
            arrays["sums"],
            {name: arrays[f"values/{i}"] for i, name in enumerate(bins) if f"values/{i}" in arrays},
            {name: arrays[f"by_code/{i}"] for i, name in enumerate(bins) if f"by_code/{i}" in arrays},
            arrays["score"],
            arrays["state"],
            arrays["supported"],
        )
        return SampleSet((table,), codes, arrays["actual"], arrays["reason"], list(facts["reasons"]))


def _bins_to_json(bins: Bins) -> dict[str, Any]:
    if isinstance(bins, ValueBins):
        numbers = {"edges": bins.edges.tolist(), "distinct": bins.distinct, "unit": bins.unit, "center": bins.center}
        return {"kind": "numeric", "name": bins.name, **numbers}
    return {
        **{f.name: getattr(bins, f.name) for f in fields(bins)},
        "rest": None if bins.rest is None else sorted(bins.rest),
    }


def _bins_from_json(facts: dict[str, Any]) -> Bins:
    if facts["kind"] == "numeric":
        distinct = None if facts["distinct"] is None else tuple(facts["distinct"])
        return ValueBins(facts["name"], np.array(facts["edges"], np.float64), distinct, facts["unit"], facts["center"])
    rest = None if facts["rest"] is None else frozenset(facts["rest"])
    return Levels(**{**facts, "values": tuple(facts["values"]), "rest": rest})


def save_terms(path: Path, terms: BlockTerms) -> None:
    """Write the terms of each time bin."""
    np.savez(path, **vars(terms))


def load_terms(path: Path) -> BlockTerms:
    """The terms of each time bin."""
    with np.load(path, allow_pickle=False) as arrays:
        return BlockTerms(**{name: arrays[name] for name in arrays.files})


def schema_to_json(schema: Schema) -> dict[str, Any]:
    """The roles; a function can't be saved, only its name: what it said lies beside the samples."""
    roles = {role: getattr(schema, role) for role in ROLES}
    return {
        role: {FUNCTION: getattr(value, "__name__", "function")} if callable(value) else value
        for role, value in roles.items()
    }


def schema_from_json(roles: dict[str, Any]) -> Schema:
    """The schema that was saved; a function of it is asked nothing any more, and says so."""
    return Schema(
        **{role: _gone(value[FUNCTION]) if isinstance(value, dict) else value for role, value in roles.items()}
    )


def _gone(name: str) -> Callable[..., Any]:
    def said_before(_: object) -> None:
        raise InputError(
            f"Schema(good={name}) was a function when this monitor was saved; what it said was kept, not it."
        )

    said_before.__name__ = name
    return said_before


def write_json(path: Path, content: object) -> None:
    """Write JSON as UTF-8."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read_facts(path: Path) -> Any:
    """Like :func:`read_json`; raises InputError where another version wrote it in another format."""
    facts = read_json(path)
    if facts["format"] != FORMAT:
        raise InputError(f"{path.parent} was saved in format {facts['format']}; this version reads format {FORMAT}.")
    return facts


def read_json(path: Path) -> Any:
    """Read JSON; raises InputError where there is none."""
    if not path.exists():
        raise InputError(f"{path.parent} holds no saved monitor: {path.name} is missing.")
    return json.loads(path.read_text(encoding="utf-8"))
