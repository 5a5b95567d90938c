"""Columns that are constant so far are watched: what comes with another value makes them properties, of all rows.

Until then they are no property; afterwards they are what they would be had all rows come at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from prodmon_widgets.engine.cube.bins import TimeBins, bins_of
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.cube.valuebins import Bins
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.table.properties import Calculator
from prodmon_widgets.engine.table.table import Table


def changed(before: Table, later: Table) -> list[Calculator]:
    """The watched columns in which ``later`` rows hold another value than those ``before``."""
    watched = [each for each in later.plan.watched if set(each.needs) <= set(later.columns)]
    if not watched:
        return []
    names = [each.property.name for each in watched]
    was, now = (_alone(table, watched) for table in (before, later))
    first = was.take(np.arange(1), names)
    values = now.distinct(names)
    return [
        each for each in watched if not _same(values[each.property.name].tolist(), first[each.property.name].iloc[0])
    ]


def _same(values: Sequence[object], known: object) -> bool:
    return all(isinstance(value, type(known)) and value == known for value in values)


def known_value(before: Table, each: Calculator) -> str:
    """The value that a watched column had until now."""
    name = each.property.name
    return str(_alone(before, [each]).take(np.arange(1), [name])[name].iloc[0])


def bins_of_changed(before: Table, later: Table, found: Sequence[Calculator]) -> dict[str, Bins]:
    """Bins of what is a property from now on, over the value that was there and those that come."""
    return bins_of(_alone(before, found), _alone(later, found))


def with_properties(side: SampleSet, found: Sequence[Calculator], bins: dict[str, Bins]) -> SampleSet:
    """The same samples with more properties, read from all their rows once."""
    time = side.codes.time_bins if side.codes.time_bins != TimeBins.single() else None
    each = (encode(_alone(table, found), time, bins) for table in side.tables)
    more = reduce(CodeTable.extended, each)
    tables = tuple(replace(table, plan=table.plan.with_changed(found)) for table in side.tables)
    return replace(side, tables=tables, codes=side.codes.beside(more), history=object())


def _alone(table: Table, found: Sequence[Calculator]) -> Table:
    return replace(table, plan=replace(table.plan, calculators=tuple(found)))
