"""A monitor's state in a store: rows, codes, scores, the annotator, labels and draws; never pickle.

A save writes a folder of its own with what isn't in the store yet, then replaces the manifest: what was saved before is
whole until then. Whoever can write there can change what is shown; nobody can make anything run by it: see
``work.plain``.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from prodmon_widgets.engine.annotator.annotator import Annotator
from prodmon_widgets.engine.annotator.checks import same
from prodmon_widgets.engine.cube.segments import Condition, Segment
from prodmon_widgets.engine.labels.labels import Labels
from prodmon_widgets.engine.quality.estimate import BlockTerms
from prodmon_widgets.engine.state import State
from prodmon_widgets.engine.storage import roles, sides
from prodmon_widgets.engine.storage.checks import CHECKS, check_labels
from prodmon_widgets.engine.storage.lock import IN_USE, Reading, is_read, only_writer
from prodmon_widgets.engine.storage.manifest import FORMAT, NAME, Manifest, Stored, stored
from prodmon_widgets.engine.table.table import prepare
from prodmon_widgets.engine.work.documents import UNREADABLE, created, damaged, read_document, write_document
from prodmon_widgets.errors import BackendError, DamagedError, InputError

SIDES = ("evaluation", "production")
DATA = re.compile("data-[0-9a-f]{32}")
STATE, LABELS, ANNOTATOR = "state.npz", "labels.json", "annotator"
ATTEMPTS = 10
"""So often a load begins anew where the store changes under it."""


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
    notes: tuple[str, ...]
    followed: list[Followed]
    terms: BlockTerms


@dataclass(frozen=True)
class Origin:
    """Where a state was last saved or loaded from, as which generation, and what of it lies there."""

    folder: Path
    generation: str
    sides: dict[str, sides.Before]


# --- saving ----------------------------------------------------------------------------------------------------------


def save(state: State, folder: Path) -> Path:
    """Write the state; returns the folder. What was saved there before stays whole until all is written.

    Raises InputError where the store changed since this state was loaded from it, or another writes to it;
    BackendError where it can't be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_writer(folder):
            _save(state, folder)
    except OSError as error:
        raise BackendError(
            f"{folder} can't be written: {error.strerror or error}. What was saved there before is as it was."
        ) from error
    return folder


def _save(state: State, folder: Path) -> None:
    present, origin = _present(folder), _origin(state, folder)
    if origin is not None and present is not None and present.generation != origin.generation:
        raise InputError(
            f"{folder} changed since this monitor was loaded from it: another saved there. Nothing was written: load "
            "it again and repeat what is to be saved, or save elsewhere."
        )
    before = origin.sides if origin is not None and present is not None else {}
    data = folder / f"data-{uuid.uuid4().hex}"
    data.mkdir(mode=0o700)
    try:
        written = _write(state, folder, data, before)
        made = Manifest(FORMAT, uuid.uuid4().hex, data.name, _files(folder, data, written, present))
        made.write(data / NAME)
        _to_disk(data.rglob("*"))
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    # from here on this is what was saved: nothing that goes wrong may take it back
    (data / NAME).replace(folder / NAME)
    state.origin = Origin(folder.resolve(), made.generation, written)
    _tidy(folder, made, state)


def _present(folder: Path) -> Manifest | None:
    """What is saved there now; None where that is nothing that can be read."""
    try:
        return Manifest.read(folder)
    except InputError:
        return None


def _origin(state: State, folder: Path) -> Origin | None:
    origin = state.origin
    return origin if isinstance(origin, Origin) and origin.folder == folder.resolve() else None


def _write(state: State, folder: Path, data: Path, before: dict[str, sides.Before]) -> dict[str, sides.Before]:
    """Returns what then lies in the store of both sides."""
    both = zip(SIDES, (state.evaluation, state.production), strict=True)
    written = {name: sides.save(folder, data / name, side, before.get(name)) for name, side in both}
    state.annotator.save(data / ANNOTATOR)
    state.labels.save(data / LABELS)
    followed = [Followed(tuple(each.conditions), weak) for each, weak in state.followed.items()]
    known = Remembered(state.text, roles.of(state.schema), state.schema.notes, followed, state.terms)
    write_document(data / STATE, known)
    created(data / IN_USE).close()
    return written


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _files(folder: Path, data: Path, written: dict[str, sides.Before], present: Manifest | None) -> dict[str, Stored]:
    """The files of a manifest: those just written, and of earlier saves the parts that are still of it."""
    new = [_name(path, folder) for path in data.rglob("*") if path.is_file() and path.name != IN_USE]
    parts = [part for each in written.values() for part in each.side.parts]
    kept = {name for part in parts for name in (part.rows, part.columns)} - set(new)
    return stored(folder, new) | {name: present.files[name] for name in sorted(kept) if present is not None}


def _to_disk(paths: Iterable[Path]) -> None:
    """What was written outlives a power failure."""
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _tidy(folder: Path, manifest: Manifest, state: State) -> None:
    """Remove what neither the manifest names nor anybody reads: of a monitor that was loaded, its rows alone are."""
    files = [*state.evaluation.files, *state.production.files]
    in_use = {Path(file).resolve().parent.parent for file in files}
    named = {manifest.data, *(name.partition("/")[0] for name in manifest.files)}
    for old in sorted(folder.iterdir()):
        if not DATA.fullmatch(old.name) or old.is_symlink():
            continue
        may_be_read = old.resolve() in in_use or is_read(old)
        if old.name not in named and not may_be_read:
            shutil.rmtree(old, ignore_errors=True)
            continue
        for path in [*old.rglob("*")]:
            is_rows = path.suffix == ".parquet" and may_be_read
            if path.is_file() and path.name != IN_USE and not is_rows and _name(path, folder) not in manifest.files:
                path.unlink(missing_ok=True)


# --- loading ---------------------------------------------------------------------------------------------------------


def load(folder: Path, trusted: Collection[str | type] = ()) -> State:
    """The state that was saved there.

    Raises InputError where there is none, it is in another format or damaged, and for a model of the user's own whose
    types are not in ``trusted``.
    """
    for attempt in range(ATTEMPTS):
        manifest = Manifest.read(folder)
        try:
            return _load(folder, manifest, trusted)
        except InputError:
            now = _present(folder)
            if attempt == ATTEMPTS - 1 or now is None or now.generation == manifest.generation:
                raise
    raise AssertionError("the last attempt returns or raises")


def _load(folder: Path, manifest: Manifest, trusted: Collection[str | type]) -> State:
    data = manifest.data
    holders = [Reading(folder / each) for each in {name.partition("/")[0] for name in manifest.files}]
    for name in manifest.files:
        if name.startswith(f"{data}/{ANNOTATOR}/"):
            manifest.checked(folder, name)
    known = read_document(manifest.checked(folder, f"{data}/{STATE}"), Remembered, CHECKS)
    read = [sides.load(folder, f"{data}/{name}", manifest, holders) for name in SIDES]
    labels = labels_in(folder, manifest)
    annotator = Annotator.load(manifest.path(folder, f"{data}/{ANNOTATOR}/annotator.npz").parent, trusted=trusted)
    try:
        state = _state(folder, manifest, known, read, annotator, labels)
    except DamagedError:
        raise
    except (InputError, duckdb.Error, pa.ArrowException, *UNREADABLE) as error:
        raise damaged(folder / data, error) from error
    held = zip(SIDES, read, (state.evaluation, state.production), strict=True)
    before = {name: sides.Before(side, samples.history, 1) for name, (side, _), samples in held}
    state.origin = Origin(folder.resolve(), manifest.generation, before)
    return state


def labels_in(folder: Path, manifest: Manifest) -> Labels:
    """The labels and draws that were saved."""
    return Labels.load(manifest.checked(folder, f"{manifest.data}/{LABELS}"))


def _state(
    folder: Path,
    manifest: Manifest,
    known: Remembered,
    read: list[sides.Loaded],
    annotator: Annotator,
    labels: Labels,
) -> State:
    schema, *tables = prepare(read[0][1], read[1][1], roles.schema(known.roles))
    evaluation, production = (
        sides.samples(folder, manifest, side, table) for (side, _), table in zip(read, tables, strict=True)
    )
    same("properties of both sides", list(evaluation.codes.bins), list(production.codes.bins))
    same("terms", known.terms.calibration.shape, (production.codes.time_bins.count,))
    check_labels(labels, production.n_rows)
    followed = {Segment.of(each.conditions): each.weak for each in known.followed}
    for segment in followed:
        segment.mask(evaluation.codes)
    for note in known.notes:
        schema = schema.noted(note)
    return State(schema, known.text, annotator, evaluation, production, known.terms, labels, followed)
