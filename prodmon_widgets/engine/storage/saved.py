"""A monitor's state in a folder: rows, codes, scores, the annotator, labels and draws; never pickle.

Whoever can write there can change what is shown; nobody can make anything run by it: see ``work.plain``.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from prodmon_widgets.engine.annotator.annotator import Annotator
from prodmon_widgets.engine.annotator.checks import same
from prodmon_widgets.engine.cube.segments import Condition, Segment
from prodmon_widgets.engine.labels.labels import Labels
from prodmon_widgets.engine.quality.estimate import BlockTerms
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.state import State
from prodmon_widgets.engine.storage import roles, sides
from prodmon_widgets.engine.storage.checks import CHECKS, check_labels, check_samples
from prodmon_widgets.engine.storage.manifest import FORMAT, NAME, Manifest, stored
from prodmon_widgets.engine.table.table import Table, prepare
from prodmon_widgets.engine.work.documents import UNREADABLE, damaged, read_document, write_document

SIDES = ("evaluation", "production")
DATA = re.compile("data-[0-9a-f]{32}")
"""Each save writes a folder of its own, so that what was saved before is whole until the new one is."""
STATE, LABELS, ANNOTATOR = "state.npz", "labels.json", "annotator"


@dataclass
class Followed:
    """A segment that the browser ranks, and whether it is weak on the evaluation set."""

    conditions: tuple[Condition, ...]
    weak: bool


@dataclass
class Remembered:
    """What a monitor knows beside its samples, its annotator and its labels."""

    text: tuple[str, ...]
    roles: dict[str, roles.Role]
    followed: list[Followed]
    terms: BlockTerms


def save(state: State, folder: Path) -> Path:
    """Write the state; returns the folder. What this state still reads there stays until another saves."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = folder / f"data-{uuid.uuid4().hex}"
    data.mkdir(mode=0o700)
    try:
        _write(state, data)
        names = [path.relative_to(folder).as_posix() for path in data.rglob("*") if path.is_file()]
        made = Manifest(FORMAT, uuid.uuid4().hex, data.name, stored(folder, names))
        made.write(data / NAME)
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    # from here on this is what was saved: nothing that goes wrong may take it back
    (data / NAME).replace(folder / NAME)
    files = [*state.evaluation.files, *state.production.files]
    in_use = {Path(file).resolve().parent.parent for file in files}
    for old in folder.iterdir():
        if DATA.fullmatch(old.name) and old != data and old.resolve() not in in_use:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _write(state: State, data: Path) -> None:
    for name, side in zip(SIDES, (state.evaluation, state.production), strict=True):
        sides.save(data / name, side)
    state.annotator.save(data / ANNOTATOR)
    state.labels.save(data / LABELS)
    followed = [Followed(tuple(each.conditions), weak) for each, weak in state.followed.items()]
    write_document(data / STATE, Remembered(state.text, roles.of(state.schema), followed, state.terms))


def load(folder: Path, trusted: Collection[str | type] = ()) -> State:
    """The state that was saved there.

    Raises InputError where there is none, it is in another format or damaged, and for a model of the user's own whose
    types are not in ``trusted``.
    """
    manifest = Manifest.read(folder)
    data = manifest.data
    for name in manifest.files:
        if name.startswith(f"{data}/{ANNOTATOR}/"):
            manifest.checked(folder, name)
    known = read_document(manifest.checked(folder, f"{data}/{STATE}"), Remembered, CHECKS)
    read = [sides.load(folder, f"{data}/{name}", manifest) for name in SIDES]
    labels = labels_in(folder, manifest)
    annotator = Annotator.load(manifest.path(folder, f"{data}/{ANNOTATOR}/annotator.npz").parent, trusted=trusted)
    try:
        return _state(known, read, annotator, labels)
    except UNREADABLE as error:
        raise damaged(folder / data, error) from error


def labels_in(folder: Path, manifest: Manifest) -> Labels:
    """The labels and draws that were saved."""
    return Labels.load(manifest.checked(folder, f"{manifest.data}/{LABELS}"))


def _state(known: Remembered, read: list[sides.Loaded], annotator: Annotator, labels: Labels) -> State:
    schema, *tables = prepare(read[0][1], read[1][1], roles.schema(known.roles))
    evaluation, production = (_samples(side, table) for (side, _), table in zip(read, tables, strict=True))
    same("properties of both sides", list(evaluation.codes.bins), list(production.codes.bins))
    same("terms", known.terms.calibration.shape, (production.codes.time_bins.count,))
    check_labels(labels, production.n_rows)
    followed = {Segment.of(each.conditions): each.weak for each in known.followed}
    for segment in followed:
        segment.mask(evaluation.codes)
    return State(schema, known.text, annotator, evaluation, production, known.terms, labels, followed)


def _samples(side: sides.Side, table: Table) -> SampleSet:
    lengths = {"actual": len(side.actual), "reason": len(side.reason), "rows": sum(side.n_rows)}
    check_samples(side.codes, lengths, len(side.reasons), int(side.reason.max(initial=0)))
    return sides.samples(side, table)
