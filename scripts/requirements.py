"""Print requirements of pyproject.toml: `build` as they stand, `floors` pinned to the oldest allowed version."""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
FLOOR_EXTRAS = ("demo", "test")


def build() -> list[str]:
    """Return what the build backend needs."""
    return PROJECT["build-system"]["requires"]


def floors() -> list[str]:
    """Return every requirement of the package and its tests at its floor, with the build's as they stand."""
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = PROJECT["project"]["dependencies"] + [line for extra in FLOOR_EXTRAS for line in extras[extra]]
    return build() + [re.sub(r">=", "==", line) for line in wanted]


if __name__ == "__main__":
    print("\n".join({"build": build, "floors": floors}[sys.argv[1]]()))
