"""The golden files are what the code gives today; ``python -m tests.golden.make`` writes them anew."""

import base64
import json

import numpy as np
import pytest

from prodmon_widgets.engine.cube.wire import from_wire
from tests.golden.make import FOLDER, files
from tests.golden.make_ranking import FILE as RANKING
from tests.golden.make_ranking import content as ranking


def assert_near(got, wanted, at):
    if isinstance(wanted, dict):
        assert got.keys() == wanted.keys(), at
        for name, value in wanted.items():
            assert_near(got[name], value, f"{at}.{name}")
    elif isinstance(wanted, list):
        assert len(got) == len(wanted), at
        for index, value in enumerate(wanted):
            assert_near(got[index], value, f"{at}[{index}]")
    elif isinstance(wanted, float):
        assert got == pytest.approx(wanted, rel=1e-9, abs=1e-9), at
    else:
        assert got == wanted, at


@pytest.fixture(scope="module")
def made():
    return json.loads(json.dumps(files()))


@pytest.mark.parametrize("name", ["scored.json", "unscored.json"])
def test_golden_figures_are_current(made, name):
    kept = json.loads((FOLDER / name).read_text())
    for part in ("meta", "cases"):
        assert_near(made[name][part], kept[part], f"{name}: {part}")


@pytest.mark.parametrize("name", ["scored.json", "unscored.json"])
def test_golden_arrays_are_current(made, name):
    kept = json.loads((FOLDER / name).read_text())
    ours, theirs = (from_wire(each["meta"], base64.b64decode(each["payload"])) for each in (made[name], kept))
    for array, values in theirs.items():
        np.testing.assert_allclose(ours[array], values, rtol=1e-9, atol=1e-9, err_msg=array)


def test_the_golden_ranking_is_current():
    assert_near(json.loads(json.dumps(ranking())), json.loads(RANKING.read_text()), "ranking")
