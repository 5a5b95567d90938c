"""The public names: imported when first asked for, and then the same as if they had been imported before."""

import ast
import importlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import prodmon_widgets as pm

STUB = ast.parse(Path(pm.__file__).with_suffix(".pyi").read_text())
HEAVY = {"duckdb", "ipywidgets", "pandas", "sklearn", "scipy"}


def run(code: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.split()


def test_the_stub_tells_checkers_of_each_name_what_it_is_at_run_time() -> None:
    imported = [each for each in STUB.body if isinstance(each, ast.ImportFrom)]
    told = {alias.asname: (each.module, alias.name) for each in imported for alias in each.names}
    assert set(pm.__all__) <= set(told)
    for name in set(pm.__all__) - {"datasets"}:
        found = getattr(pm, name)
        assert (found.__module__, found.__name__) == told[name]
    (listed,) = [each.value for each in STUB.body if isinstance(each, ast.Assign)]
    assert sorted(ast.literal_eval(listed)) == sorted(pm.__all__)


@pytest.mark.parametrize("what", ["import prodmon_widgets", "import prodmon_widgets.cli"])
def test_importing_the_package_and_its_command_loads_nothing_heavy(what: str) -> None:
    loaded = run(f"{what}; import sys; print(*sys.modules)")
    assert "prodmon_widgets" in loaded
    assert HEAVY.isdisjoint(loaded)


def test_a_star_import_brings_every_name() -> None:
    assert set(run("from prodmon_widgets import *; print(*dir())")) >= set(pm.__all__)


def test_completion_sees_every_name_before_it_was_asked_for() -> None:
    assert set(run("import prodmon_widgets; print(*dir(prodmon_widgets))")) >= {*pm.__all__, "engine", "widgets"}


def test_a_name_is_the_same_object_wherever_it_comes_from_and_survives_pickling() -> None:
    assert pm.Schema is importlib.import_module("prodmon_widgets.schema").Schema
    assert pm.Schema is pm.schema.Schema
    copied = "import pickle, prodmon_widgets as pm; print(pickle.loads(pickle.dumps({})).__name__)"
    assert run(copied.format("pm.InputError")) == ["InputError"]


def test_a_misspelled_name_is_an_attribute_error_that_python_can_mend() -> None:
    with pytest.raises(AttributeError, match="'prodmon_widgets' has no attribute 'Dashbord'") as raised:
        pm.Dashbord  # noqa: B018
    assert raised.value.name == "Dashbord"
    with pytest.raises(ImportError, match="Dashbord"):
        from prodmon_widgets import Dashbord  # noqa: F401


def test_the_package_tells_its_version() -> None:
    assert pm.__version__ == version("prodmon-widgets")
