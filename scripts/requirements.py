"""Print requirements of pyproject.toml: `build` as they stand, `floors` pinned to the oldest allowed version."""

import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())


def build() -> list[str]:
    """Return what the build backend needs."""
    return PROJECT["build-system"]["requires"]


def floors() -> list[str]:
    """Return what users install at its floor, and the tools of the tests and the build as they stand."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    installed = project["dependencies"] + extras["demo"]
    return build() + extras["test"] + [line.replace(">=", "==") for line in installed]


if __name__ == "__main__":
    print("\n".join({"build": build, "floors": floors}[sys.argv[1]]()))
