"""Write the list of modules of docs/ARCHITECTURE.md anew: a line a module, in the words of its own first sentence."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
# a line of a module: "- `engine/cube.py` – what it is"
ENTRY = re.compile(r"^- `([^`]+\.(?:py|ts|tsx|css))` – \S", re.MULTILINE)
TREES = {
    "prodmon_widgets": ("*.py",),
    "js/src": ("*.ts", "*.tsx", "*.css"),
    "benchmarks": ("*.py",),
    "scripts": ("*.py",),
}
LEFT_OUT = re.compile(r"\.test\.tsx?$|(^|/)(static|labextension|__pycache__)/|\.d\.ts$")
EMPTY_PACKAGE = 3
"""Lines below which a package's own file is no module."""

HEADINGS = {
    "prodmon_widgets/engine/annotation/": "### Engine: parts of the annotator (`annotator.py`)",
    "prodmon_widgets/engine/coding/": "### Engine: parts of the cube (`bins.py`, `encode.py`, `cube.py`)",
    "prodmon_widgets/engine/diagnosis/": "### Engine: parts of causes (`causes.py`)",
    "prodmon_widgets/engine/reading/": "### Engine: parts of the table (`table.py`)",
    "prodmon_widgets/engine/": "### Engine",
    "prodmon_widgets/widgets/": "### Widgets",
    "prodmon_widgets/": "### Public names, data sets, command line",
    "js/src/lab/": "### The JupyterLab extension",
    "js/": "### In the browser",
    "benchmarks/": "### Benchmarks and scripts",
    "scripts/": "### Benchmarks and scripts",
}
"""Start of a module's path → the heading under which it stands; the first that fits."""


def in_the_tree() -> set[str]:
    """Return the paths of all modules."""
    found = (
        path
        for folder, patterns in TREES.items()
        for pattern in patterns
        for path in (ROOT / folder).rglob(pattern)
        if not (path.name == "__init__.py" and len(path.read_text().splitlines()) < EMPTY_PACKAGE)
    )
    names = (path.relative_to(ROOT).as_posix() for path in found)
    return {name for name in names if not LEFT_OUT.search(name)}


def heading(name: str) -> str:
    """Return the heading under which a module stands."""
    return next(title for prefix, title in HEADINGS.items() if name.startswith(prefix))


def line_of(name: str) -> str:
    """Return the line of a module: its path, and the first sentence of its docstring or comment."""
    return f"- `{name}` – {first_sentence((ROOT / name).read_text())}"


def first_sentence(text: str) -> str:
    """Return the first sentence of a module's docstring, block comment or line comments.

    >>> first_sentence('# no docstring\\n')
    'undocumented'
    >>> first_sentence('// Whether there is a kernel\\n// to ask. More.\\nimport x;\\n')
    'Whether there is a kernel to ask'
    """
    found = re.search(r'\A(?:"""(.+?)"""|/\*+(.+?)\*/|((?://.*\n)+))', text, re.DOTALL)
    if found is None:
        return "undocumented"
    said = next(group for group in found.groups() if group)
    plain = " ".join(re.sub(r"^\s*(?://|\*) ?", "", said, flags=re.MULTILINE).split())
    return re.split(r"\.(?= |$)", plain, maxsplit=1)[0].replace("``", "`")


def main() -> None:
    """Write the page."""
    kept = [line for line in PAGE.read_text().splitlines() if not ENTRY.match(line)]
    for title in dict.fromkeys(HEADINGS.values()):
        start = kept.index(title) + 1
        end = next((at for at in range(start, len(kept)) if kept[at].startswith("#")), len(kept))
        words = "\n".join(kept[start:end]).strip()
        lines = [line_of(name) for name in sorted(in_the_tree()) if heading(name) == title]
        kept[start:end] = ["", *([words, ""] if words else []), *lines, ""]
    PAGE.write_text("\n".join(kept).rstrip() + "\n")


if __name__ == "__main__":
    main()
