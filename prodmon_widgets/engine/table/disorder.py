"""Row order as time, where nothing else is: refused where a column of times says that rows aren't in its order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pyarrow as pa

from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.roles import Sides, holds_times
from prodmon_widgets.engine.table.rows import Rows, spread
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

LOOKED_AT = 2_000
"""Rows whose order is looked at."""


def refuse_disorder(schema: Schema, production: Rows, sides: Sides) -> None:
    """Nothing is the time: then a column that holds times must rise with the rows, or the user says what it is.

    Raises
    ------
    InputError
        Where such a column goes up and down, or down only, as in exports that are newest first.
    """
    named = {column for columns in schema.named().values() for column in columns}
    free = [name for name in sides.production if name not in named and holds_times(sides.facts[name])]
    for name in free:
        if not _rises(production.take(spread(production.n_rows, LOOKED_AT), [name]).column(0)):
            raise InputError(
                f"no column is known to be the time, and the rows are not in the order of {_listed(free)}: row order "
                f"can't be time. Name the time in Schema(timestamp={name!r}), or leave the others out in "
                f"Schema(ignore=[{name!r}])."
            )


def _rises(column: pa.ChunkedArray) -> bool:
    times = [time for cell in column.to_pylist() if (time := moment(cell)) is not None]
    return all(earlier <= later for earlier, later in pairwise(times))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
