"""A monitor's state in a folder: rows, codes, scores, the annotator, labels and draws; never pickle."""

from __future__ import annotations

from pathlib import Path

from prodmon_widgets.engine import store
from prodmon_widgets.engine.annotator import Annotator
from prodmon_widgets.engine.labels import Labels
from prodmon_widgets.engine.segments import Segment
from prodmon_widgets.engine.state import State
from prodmon_widgets.engine.table import prepare

SIDES = ("evaluation", "production")


def save(state: State, folder: Path) -> Path:
    """Write the state; returns the folder."""
    for name, side in zip(SIDES, (state.evaluation, state.production), strict=True):
        store.save_samples(folder / name, side)
    store.save_terms(folder / "terms.npz", state.terms)
    state.annotator.save(folder / "annotator")
    state.labels.save(folder / "labels.json")
    facts = {
        "format": store.FORMAT,
        "text": list(state.text),
        "followed": [{"where": each.to_json(), "weak": weak} for each, weak in state.followed.items()],
        "schema": store.schema_to_json(state.schema),
    }
    store.write_json(folder / "monitor.json", facts)
    return folder


def load(folder: Path) -> State:
    """The state that was saved there; raises InputError where there is none, or in another format."""
    facts = store.read_facts(folder / "monitor.json")
    rows = [store.open_rows(folder / name) for name in SIDES]
    schema, *tables = prepare(rows[0], rows[1], store.schema_from_json(facts["schema"]))
    evaluation, production = (store.load_samples(folder / table.name, table) for table in tables)
    return State(
        schema,
        tuple(facts["text"]),
        Annotator.load(folder / "annotator"),
        evaluation,
        production,
        store.load_terms(folder / "terms.npz"),
        Labels.load(folder / "labels.json"),
        {Segment.from_json(each["where"]): each["weak"] for each in facts["followed"]},
    )
