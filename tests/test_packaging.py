"""The wheel holds the built front end and works in an environment where nothing else is installed."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VIEWS = ["selection", "cube-model", "timeline", "comparison", "segments", "new-values", "inspector", "causes", "trail"]
EXTENSION = "share/jupyter/labextensions/prodmon-widgets"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    finished = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", target, ROOT),
        cwd=target,
    )
    (built,) = target.glob("prodmon_widgets-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    executable = folder / "bin" / "python"
    run(executable, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return executable


@pytest.mark.parametrize("view", VIEWS)
def test_the_wheel_holds_the_bundle_of_each_view(wheel: Path, view: str) -> None:
    assert f"prodmon_widgets/static/{view}.js" in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_what_an_exported_page_inlines(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"prodmon_widgets/static/require.js", "prodmon_widgets/static/embed-amd.js"} <= set(names)


def test_the_wheel_passes_on_the_licences_of_what_is_bundled(wheel: Path) -> None:
    said = zipfile.ZipFile(wheel).read("prodmon_widgets/static/third-party-licenses.txt").decode()
    assert all(f"\n{name} " in f"\n{said}" for name in ("preact", "d3-format", "requirejs"))
    assert "Permission is hereby granted" in said


def test_the_wheel_holds_the_prebuilt_extension_and_who_installed_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name.split(EXTENSION)[1] for name in names if EXTENSION in name]
    assert {"/package.json", "/install.json"} <= set(inside)
    assert any(name.startswith("/static/remoteEntry.") for name in inside)


def test_the_wheel_holds_neither_sources_of_the_front_end_nor_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.endswith((".ts", ".tsx")) or name.startswith(("tests/", "js/"))]


def test_the_installed_wheel_imports_and_names_its_public_parts(python: Path) -> None:
    code = "import prodmon_widgets as pm; print(pm.__file__, pm.Monitor.__name__, pm.Dashboard.__name__)"
    said = run(python, "-c", code, cwd=python.parent)
    assert str(python.parent.parent) in said
    assert "Monitor Dashboard" in said


def test_jupyterlab_finds_the_installed_extension(python: Path) -> None:
    # the list goes to stderr in some versions and to stdout in others
    code = "from jupyterlab.labextensions import LabExtensionApp as A; A.launch_instance(['list'])"
    finished = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    assert "prodmon-widgets" in finished.stdout + finished.stderr


def test_the_installed_command_explains_itself(python: Path) -> None:
    said = run(python.parent / "prodmon", "--help", cwd=python.parent)
    assert all(command in said for command in ("report", "check", "demo"))
