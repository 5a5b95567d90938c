"""Columns out of folder names (``key=value``): kept where both sides share values of them, or as the user says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from prodmon_widgets.engine.table.rows import Reading, Rows

_WHOLE = pa.int64()


def with_folders(sides: Sequence[Rows], wanted: bool | None) -> tuple[list[Rows], dict[str, str]]:
    """Both sides with the folder columns that count, and the reason for each of the others.

    ``wanted``: True keeps all, False none; None those of which the sides have a value in common.
    """
    keys = dict.fromkeys(chain.from_iterable(rows.folder_keys for rows in sides))
    reasons = {key: why for key in keys if (why := _against(key, sides, wanted)) is not None}
    kept = [rows.without([key for key in rows.folder_keys if key in reasons]) for rows in sides]
    return [_typed(rows, kept) for rows in kept], reasons


def like_before(later: Rows, before: Rows) -> Rows:
    """Rows appended with the folder columns of those before, in their types."""
    later = later.without([key for key in later.folder_keys if key not in before.schema.names])
    whole = {key for key in later.folder_keys if pa.types.is_integer(before.schema.field(key).type)}
    return later.read_as({key: Reading("TRY_CAST({} AS BIGINT)", _WHOLE) for key in whole})


def _against(key: str, sides: Sequence[Rows], wanted: bool | None) -> str | None:
    """Why a folder's name is no column; None where it is one."""
    if wanted:
        return None
    if wanted is False:
        return "a folder's name: hive_partitioning=False leaves it out"
    values = [_values(key, rows) for rows in sides]
    if values[0] & values[1]:
        return None
    shown = [", ".join(sorted(each)[:3]) or "none" for each in values]
    return (
        f"a folder's name, and the sides share no value of it (evaluation: {shown[0]}; production: {shown[1]}); "
        "hive_partitioning=True keeps it"
    )


def _values(key: str, rows: Rows) -> set[str]:
    if key in rows.folder_keys:
        return {value for value in rows.folder_keys[key] if value is not None}
    if key not in rows.columns:
        return set()
    column = rows.sample(20_000).column(key)
    return set() if pa.types.is_nested(column.type) else set(map(str, pc.unique(column).drop_null().to_pylist()))


def _typed(rows: Rows, sides: Collection[Rows]) -> Rows:
    """Whole numbers where every value on either side is one."""
    whole = [
        key for key in rows.folder_keys if all(_is_whole(side.folder_keys.get(key, frozenset())) for side in sides)
    ]
    return rows.read_as({key: Reading("CAST({} AS BIGINT)", _WHOLE) for key in whole})


def _is_whole(values: Collection[str | None]) -> bool:
    return all(
        value is None or (value.isascii() and value.isdecimal() and str(int(value)) == value) for value in values
    )
