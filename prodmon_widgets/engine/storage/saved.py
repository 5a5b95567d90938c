"""A monitor's state in a folder: rows, codes, scores, the annotator, labels and draws; never pickle."""

from __future__ import annotations

import re
import shutil
import uuid
from pathlib import Path

from prodmon_widgets.engine.annotator.annotator import Annotator
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.labels.labels import Labels
from prodmon_widgets.engine.state import State
from prodmon_widgets.engine.storage import store
from prodmon_widgets.engine.table.table import prepare

SIDES = ("evaluation", "production")
DATA = re.compile("data-[0-9a-f]{32}")
"""Each save writes a folder of its own, so that what was saved before is whole until the new one is."""


def save(state: State, folder: Path) -> Path:
    """Write the state; returns the folder. What this state still reads there stays until another saves."""
    data = folder / f"data-{uuid.uuid4().hex}"
    data.mkdir(parents=True)
    try:
        _write(state, data)
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    # from here on this is what was saved: nothing that goes wrong may take it back
    (data / "monitor.json").replace(folder / "monitor.json")
    files = [*state.evaluation.files, *state.production.files]
    in_use = {Path(file).resolve().parent.parent for file in files}
    for old in folder.iterdir():
        if DATA.fullmatch(old.name) and old != data and old.resolve() not in in_use:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _write(state: State, data: Path) -> None:
    for name, side in zip(SIDES, (state.evaluation, state.production), strict=True):
        store.save_samples(data / name, side)
    store.save_terms(data / "terms.npz", state.terms)
    state.annotator.save(data / "annotator")
    state.labels.save(data / "labels.json")
    facts = {
        "format": store.FORMAT,
        "data": data.name,
        "text": list(state.text),
        "followed": [{"where": each.to_json(), "weak": weak} for each, weak in state.followed.items()],
        "schema": store.schema_to_json(state.schema),
    }
    store.write_json(data / "monitor.json", facts)


def load(folder: Path) -> State:
    """The state that was saved there; raises InputError where there is none, or in another format."""
    facts = store.read_facts(folder / "monitor.json")
    data = folder / facts["data"]
    rows = [store.open_rows(data / name) for name in SIDES]
    schema, *tables = prepare(rows[0], rows[1], store.schema_from_json(facts["schema"]))
    evaluation, production = (store.load_samples(data / table.name, table) for table in tables)
    return State(
        schema,
        tuple(facts["text"]),
        Annotator.load(data / "annotator"),
        evaluation,
        production,
        store.load_terms(data / "terms.npz"),
        Labels.load(data / "labels.json"),
        {Segment.from_json(each["where"]): each["weak"] for each in facts["followed"]},
    )
