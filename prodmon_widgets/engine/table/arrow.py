"""The door for frames in memory: any of them becomes an Arrow table that DuckDB reads without surprises.

Cells that no column type fits are made to: sets, tuples and arrays become lists of text, mixed objects become text,
a lone surrogate becomes U+FFFD. Everything else stays as it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from prodmon_widgets.errors import InputError

COPIES_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3
"""Whether pandas leaves a column alone that somebody else reads; before, a later assignment would reach our rows."""


def arrow_table(frame: Any, name: str) -> pa.Table:
    """A pandas or Polars frame, or anything with the Arrow stream protocol, as an Arrow table.

    >>> import pandas as pd
    >>> arrow_table(pd.DataFrame({"genres": [{"b"}, ("a", 1), None]}), "production").column("genres").to_pylist()
    [['b'], ['a', '1'], None]
    """
    if isinstance(frame, pd.DataFrame):
        return _from_pandas(frame, name)
    if isinstance(frame, pa.RecordBatch):
        frame = pa.Table.from_batches([frame])
    table = frame if isinstance(frame, pa.Table) else pa.table(frame)
    names = check_names(table.column_names, name)
    return pa.table([readable(column) for column in table.columns], names=names)


def from_polars(frame: Any) -> Any:
    """A Polars frame, eager or lazy, without the one type that Arrow lacks; anything else as it came."""
    if not type(frame).__module__.startswith("polars") or not hasattr(frame, "collect_schema"):
        return frame
    import polars as pl

    wide = [name for name, kind in frame.collect_schema().items() if str(kind) in ("Int128", "UInt128")]
    frame = frame.with_columns(pl.col(wide).cast(pl.Decimal(38, 0))) if wide else frame
    # views and the like came later than what others read
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()) if isinstance(frame, pl.DataFrame) else frame


def readable(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The column in a type that DuckDB reads and Arrow can gather: views, half floats and the like become plain."""
    if str(column.type) == "extension<arrow.uuid>":
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], type=pa.string())
    plain = plain_type(column.type)
    if plain == column.type:
        return column
    try:
        return column.cast(plain)
    except pa.ArrowException:
        return pa.array(column.to_pylist(), plain)


def plain_type(arrow: pa.DataType) -> pa.DataType:
    """The plain type that holds the same values.

    >>> str(plain_type(pa.list_(pa.string_view())))
    'list<item: large_string>'
    """
    types = pa.types
    if isinstance(arrow, pa.BaseExtensionType):
        return plain_type(arrow.storage_type)
    if types.is_list(arrow) or types.is_large_list(arrow) or types.is_list_view(arrow):
        inner = plain_type(arrow.value_type)
        inner = inner.value_type if types.is_dictionary(inner) else inner
        return arrow if inner == arrow.value_type and not types.is_list_view(arrow) else pa.list_(inner)
    if types.is_fixed_size_list(arrow):
        return pa.list_(plain_type(arrow.value_type))
    if types.is_dictionary(arrow) and types.is_string_view(arrow.value_type):
        return pa.dictionary(arrow.index_type, pa.large_string(), arrow.ordered)
    plain = ((types.is_string_view, pa.large_string()), (types.is_binary_view, pa.large_binary()))
    numbers = ((types.is_float16, pa.float32()), (types.is_decimal256, pa.float64()))
    return next((result for holds, result in (*plain, *numbers) if holds(arrow)), arrow)


def check_names(columns: Iterable[object], name: str) -> list[str]:
    """The names as text; refuses an empty one, and duplicates, of which an engine would silently keep the first."""
    names = [str(c) for c in columns]
    if "" in names:
        message = f"{name} has a column without a name, number {names.index('')} from 0; name it or drop it."
        raise InputError(message)
    twice = sorted(each for each, times in Counter(names).items() if times > 1)
    if twice:
        message = f"{name} has more than one column called {_quoted(twice)}; rename or drop all but one."
        raise InputError(message)
    if not names:
        raise InputError(f"{name} has no columns; expected one row a sample and one column a property.")
    return names


def _quoted(names: list[str]) -> str:
    return ", ".join(repr(n) for n in names)


def _from_pandas(frame: pd.DataFrame, name: str) -> pa.Table:
    if isinstance(frame.columns, pd.MultiIndex):
        raise InputError(f"{name} has a MultiIndex of columns; flatten it to one name a column.")
    if isinstance(frame.index, pd.DatetimeIndex) and not any(_is_time(frame.iloc[:, i]) for i in range(frame.shape[1])):
        frame = frame.rename_axis(index=str(frame.index.name or "timestamp")).reset_index()
    names = check_names(frame.columns, name)
    return pa.table([_column(frame.iloc[:, i]) for i in range(len(names))], names=names)


def _is_time(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M"


def _column(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    if not COPIES_ON_WRITE:
        column = column.copy()
    if column.dtype.kind == "c":
        return pa.array(column.abs().to_numpy())
    if isinstance(column.dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        column = column.astype(str)
    if isinstance(column.dtype, pd.CategoricalDtype) and isinstance(column.cat.categories, pd.IntervalIndex):
        column = column.cat.rename_categories(str)
    if isinstance(column.dtype, pd.CategoricalDtype) and any(_is_many(each) for each in column.cat.categories):
        column = column.astype(object)
    try:
        return readable(pa.array(column, from_pandas=True))
    except (pa.ArrowException, UnicodeEncodeError, OverflowError, TypeError, ValueError):
        return _mended(column)


def _mended(column: pd.Series) -> pa.Array:
    """A column of objects that Arrow refuses: lists if it holds any, else text."""
    cells = [None if _is_missing(cell) else cell for cell in column]
    if any(_is_many(cell) for cell in cells):
        return pa.array([None if cell is None else _members(cell) for cell in cells], type=pa.list_(pa.string()))
    numbers = _numbers(cells)
    if numbers is not None:
        return numbers
    return pa.array([None if cell is None else clean_text(cell) for cell in cells], type=pa.string())


def _numbers(cells: list[Any]) -> pa.Array | None:
    """Python integers beyond 64 bits, or numbers of mixed types, as floats."""
    if not all(cell is None or isinstance(cell, (int, float, np.number)) for cell in cells):
        return None
    return pa.array([None if cell is None else float(cell) for cell in cells], type=pa.float64())


def _is_many(cell: Any) -> bool:
    return isinstance(cell, (list, tuple, set, frozenset)) or (isinstance(cell, np.ndarray) and cell.ndim > 0)


def _is_missing(cell: Any) -> bool:
    if cell is None:
        return True
    # numpy refuses to look at lists of uneven depth
    return not isinstance(cell, (str, bytes, dict)) and not _is_many(cell) and pd.isna(cell) is True


def _members(cell: Any) -> list[str]:
    if not _is_many(cell):
        return [clean_text(cell)]
    cells = sorted(cell, key=str) if isinstance(cell, (set, frozenset)) else list(cell)
    return [clean_text(member) for member in cells if not _is_missing(member)]


def clean_text(cell: object) -> str:
    """The cell as text that UTF-8 can hold: a lone surrogate becomes U+FFFD, all else is unchanged.

    >>> clean_text("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    text = cell if isinstance(cell, str) else str(cell)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
