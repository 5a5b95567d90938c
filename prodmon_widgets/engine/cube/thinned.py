"""A cube on the wire without some of its properties: their cells, value sums and segments are not in it any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.wire import from_wire, packed

Kept = NDArray[np.int64]


class Thinned:
    """What stays of a description when properties, and segments by number, go; the same for every block laid out alike.

    Cells are renumbered without gaps, as if the properties had never been there.
    """

    def __init__(self, meta: Mapping[str, Any], gone: Collection[str], gone_segments: Collection[int] = ()) -> None:
        stays = [each for each in meta["properties"] if each["name"] not in gone]
        self._cells = _joined([np.arange(each["offset"], each["offset"] + each["size"]) for each in stays])
        self._numeric = np.array([each["numeric"] for each in stays if each["numeric"] is not None], dtype=np.int64)
        self._segments = np.array(
            [at for at in range(len(meta["segments"])) if at not in gone_segments], dtype=np.int64
        )
        self._meta = {
            **meta,
            "properties": list(_placed(stays)),
            "n_cells": len(self._cells),
            "segments": [meta["segments"][at] for at in self._segments],
        }
        self._before = meta

    def wire(self, payload: bytes) -> tuple[dict[str, Any], bytes]:
        """Description and bytes of what stays."""
        arrays = {name: self._of(name, values) for name, values in from_wire(self._before, payload).items()}
        placed, block = packed(arrays)
        return {**self._meta, "arrays": placed}, block

    def _of(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        group = name.removeprefix("evaluation.").partition(".")[0]
        kept = {"cells": self._cells, "segments": self._segments, "values": self._numeric}.get(group)
        # of value sums the powers come last
        return values if kept is None else np.take(values, kept, axis=-2 if group == "values" else -1)


def _joined(parts: list[Kept]) -> Kept:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _placed(properties: list[Mapping[str, Any]]) -> Any:
    offset = number = 0
    for each in properties:
        yield {**each, "offset": offset, "numeric": None if each["numeric"] is None else number}
        offset += each["size"]
        number += each["numeric"] is not None
