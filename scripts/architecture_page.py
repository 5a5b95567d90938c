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
    "prodmon_widgets/engine/time/": "### Engine: `time/`, windows and time bins",
    "prodmon_widgets/engine/table/": "### Engine: `table/`, samples and where they come from",
    "prodmon_widgets/engine/quality/": "### Engine: `quality/`, estimated quality",
    "prodmon_widgets/engine/cube/": "### Engine: `cube/`, counts that answer a brush",
    "prodmon_widgets/engine/samples/": "### Engine: `samples/`, sample sets",
    "prodmon_widgets/engine/drift/": "### Engine: `drift/`, what is different",
    "prodmon_widgets/engine/annotator/": "### Engine: `annotator/`, the annotator",
    "prodmon_widgets/engine/labels/": "### Engine: `labels/`, what people say",
    "prodmon_widgets/engine/causes/": "### Engine: `causes/`, why, and since when",
    "prodmon_widgets/engine/alerts/": "### Engine: `alerts/`, rules",
    "prodmon_widgets/engine/storage/": "### Engine: `storage/`, a monitor on disk",
    "prodmon_widgets/engine/work/": "### Engine: `work/`, long work",
    "prodmon_widgets/engine/": "### Engine",
    "prodmon_widgets/widgets/views/": "### Widgets: `views/`",
    "prodmon_widgets/widgets/export/": "### Widgets: `export/`",
    "prodmon_widgets/widgets/": "### Widgets",
    "prodmon_widgets/": "### Public names, data sets, command line",
    "js/src/lab/": "### The JupyterLab extension",
    "js/src/widget/figures/": "### In the browser: `figures/`, pure",
    "js/src/widget/page/": "### In the browser: `page/`, links to the kernel and the hand",
    "js/src/widget/parts/": "### In the browser: `parts/` that views share",
    "js/": "### In the browser: views",
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
