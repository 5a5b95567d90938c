"""Print requirements of pyproject.toml: `build` and `run` as they stand, `floors` at the oldest allowed version."""

import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())


def build() -> list[str]:
    """Return what the build backend needs."""
    return PROJECT["build-system"]["requires"]


def run() -> list[str]:
    """Return what the package, its demo and its tests need."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    return project["dependencies"] + extras["demo"] + extras["test"]


def floors() -> list[str]:
    """Return what users install at its floor, and the tools of the tests and the build as they stand."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    installed = project["dependencies"] + extras["demo"]
    return build() + extras["test"] + [line.replace(">=", "==") for line in installed]


if __name__ == "__main__":
    print("\n".join({"build": build, "run": run, "floors": floors}[sys.argv[1]]()))
