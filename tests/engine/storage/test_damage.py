"""Damaged anywhere, a saved monitor gives the figures that were saved, or says which file is damaged."""

import os
import shutil

import numpy as np
import pytest

from prodmon_widgets.errors import InputError
from tests.engine.storage.tampering import figures, monitor

A_FILE = int(os.environ.get("PRODMON_DAMAGES", "5"))
"""Damages of each file; `make fuzz` asks for 500."""


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = monitor().save(tmp_path_factory.mktemp("honest") / "store")
    return folder, figures(folder)


def damaged(content, draw):
    """Bytes flipped, zeroed, cut off, doubled or put elsewhere."""
    data = bytearray(content)
    at, length = int(draw.integers(len(data))), int(draw.choice([1, 8, 100]))
    kind = draw.choice(["flip", "flip", "flip", "flips", "zeros", "cut", "longer", "moved"])
    if kind in ("flip", "flips"):
        for _ in range(1 if kind == "flip" else 20):
            data[draw.integers(len(data))] ^= 1 << int(draw.integers(8))
    elif kind == "zeros":
        data[at : at + length] = bytes(len(data[at : at + length]))
    elif kind == "cut":
        del data[at:]
    elif kind == "longer":
        data[at:at] = data[at : at + length] or b"x"
    else:
        part = data[at : at + length]
        del data[at : at + length]
        to = int(draw.integers(len(data) + 1))
        data[to:to] = part
    return bytes(data)


def named(folder):
    """Every file that says something."""
    return [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]


def outcome(folder):
    """The figures, or what is said of the damage."""
    try:
        return figures(folder)
    except InputError as error:
        return str(error)


@pytest.mark.slow
def test_damaged_anywhere_it_says_so_or_nothing_changed(honest, tmp_path):
    folder, want = honest
    names = named(folder)
    draw = np.random.default_rng(11)
    for name in names * A_FILE:
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        shutil.copytree(folder, tmp_path / "store")
        path = tmp_path / "store" / name
        path.write_bytes(damaged(path.read_bytes(), draw))
        got = outcome(tmp_path / "store")
        assert got == want or path.name in got or "monitor.json" in got, name


def test_a_file_that_is_gone_is_missed_by_name(honest, tmp_path):
    folder, want = honest
    names = named(folder)
    shutil.copytree(folder, tmp_path / "store")
    for name in names:
        (tmp_path / "store" / name).rename(tmp_path / "aside")
        with pytest.raises(InputError, match=f"{name.name}.* is missing"):
            figures(tmp_path / "store")
        (tmp_path / "aside").rename(tmp_path / "store" / name)
    assert figures(tmp_path / "store") == want
