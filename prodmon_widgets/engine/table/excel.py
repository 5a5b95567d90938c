"""Spreadsheets through python-calamine, which pandas drives: the first sheet that holds a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from prodmon_widgets.engine.table.arrow import arrow_table, check_names
from prodmon_widgets.engine.table.dialect import TITLE_LINES
from prodmon_widgets.engine.table.files import Found
from prodmon_widgets.engine.table.kept import Kept
from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.rows import ArrowRows, Rows
from prodmon_widgets.engine.table.writing import MISSING_WORDS
from prodmon_widgets.errors import InputError


def read_excel(files: Found, side: str, _: Kept) -> Rows:
    """The rows of spreadsheets, in order; those of several files have the same columns.

    Raises
    ------
    InputError
        Where the reader isn't installed, a file is none, no sheet holds a table, or files differ in their columns.
    """
    read = [_sheet(path, side) for path in files.paths]
    for (before, _notes), (after, _more), path in zip(read, read[1:], files.paths[1:], strict=False):
        if list(before.columns) != list(after.columns):
            raise InputError(f"{side}: {path} has other columns than {files.paths[0]}; give files of the same columns.")
    together = pd.concat([frame for frame, _ in read], ignore_index=True).infer_objects()
    rows = ArrowRows(arrow_table(together, side))
    rows.notes = tuple(note for _, notes in read for note in notes)
    return rows


def _sheet(path: str, side: str) -> tuple[pd.DataFrame, list[Note]]:
    sheets = {name: frame.dropna(how="all") for name, frame in _sheets(path, side).items()}
    full = {name: frame for name, frame in sheets.items() if len(frame) > 1}
    if not full:
        raise InputError(f"{side}: {path} has no sheet with a line of names and a line below it.")
    (name, cells), *rest = full.items()
    notes = [Note("sheets", side, file=path, what=name, example=", ".join(other for other, _ in rest))] if rest else []
    top = _titles(cells)
    if top:
        shown = str(cells.iloc[0].dropna().iloc[0])
        notes.append(Note("title", side, file=path, n=top, example=shown[:80]))
    header, below = cells.iloc[top], cells.iloc[top + 1 :]
    used = [i for i in range(cells.shape[1]) if pd.notna(header.iloc[i]) or below.iloc[:, i].notna().any()]
    names = ["" if pd.isna(header.iloc[i]) else str(header.iloc[i]) for i in used]
    names = check_names([name or f"column{i}" for i, name in enumerate(names)], f"{side}: {path}")
    return below.iloc[:, used].set_axis(names, axis=1).reset_index(drop=True), notes


def _titles(cells: pd.DataFrame) -> int:
    """Lines above the header: of one cell, where the table is wider."""
    filled = cells.notna().sum(axis=1).tolist()
    if max(filled) < 2:
        return 0
    return next((i for i, n in enumerate(filled[:TITLE_LINES]) if n > 1), 0)


def _sheets(path: str, side: str) -> dict[str, pd.DataFrame]:
    options: dict[str, Any] = {"sheet_name": None, "header": None, "dtype": object, "na_values": list(MISSING_WORDS)}
    try:
        found: dict[str, pd.DataFrame] = pd.read_excel(path, engine="calamine", **options)
    except ImportError as error:
        raise InputError(
            f"{side}: reading {path} takes python-calamine: pip install prodmon-widgets[excel]; or save it as CSV."
        ) from error
    # calamine has an error of its own for every kind of damage, and pandas one for empty sheets
    except Exception as error:
        raise InputError(f"{side}: {path} can't be read as a spreadsheet: {error}.") from error
    return found
