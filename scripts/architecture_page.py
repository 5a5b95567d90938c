"""Write the list of modules of docs/ARCHITECTURE.md anew from the first sentence of each module.

A module that has a line keeps it; one that is gone loses it; a new one gets a line under the heading of its folder.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.test_architecture import ENTRY, PAGE, in_the_tree  # noqa: E402  the tree as the test sees it

HEADINGS = {
    "prodmon_widgets/engine/annotation/": "### Engine: parts of the annotator (`annotator.py`)",
    "prodmon_widgets/engine/coding/": "### Engine: parts of the cube (`bins.py`, `encode.py`, `cube.py`)",
    "prodmon_widgets/engine/diagnosis/": "### Engine: parts of causes (`causes.py`)",
    "prodmon_widgets/engine/reading/": "### Engine: parts of the table (`table.py`)",
    "prodmon_widgets/engine/": "### Engine",
    "prodmon_widgets/widgets/": "### Widgets",
    "prodmon_widgets/": "### Public names, data sets, command line",
    "js/": "### In the browser",
    "benchmarks/": "### Benchmarks and scripts",
    "scripts/": "### Benchmarks and scripts",
}


def heading(name: str) -> str:
    """Return the heading under which a module stands."""
    return next(title for prefix, title in HEADINGS.items() if name.startswith(prefix))


def first_sentence(name: str) -> str:
    """Return the first line of a module's docstring or comment, as the page writes it."""
    text = (ROOT / name).read_text()
    block = re.match(r"/\*+(.+?)\*/", text, re.DOTALL)
    text = " ".join(re.sub(r"^\s*\* ?", "", block[1], flags=re.MULTILINE).split()) if block else text
    found = re.search(r'^"""(.+?)(?:"""|$)|^//\s*(.+)$' + (r"|^(.+?)(?:\. |$)" if block else ""), text, re.MULTILINE)
    sentence = next(group for group in found.groups() if group).strip() if found else "undocumented"
    start = sentence[0] if sentence[1:2].isupper() or re.match(r"[A-Z]\w*[A-Z:]", sentence) else sentence[0].lower()
    return (start + sentence[1:]).rstrip(".*/ ").strip()


def main() -> None:
    """Write the page."""
    page, names = PAGE.read_text(), in_the_tree()
    known = set(ENTRY.findall(page))
    lines = [line for line in page.splitlines() if not (m := ENTRY.match(line)) or m.group(1) in names]
    for name in sorted(names - known):
        start = lines.index(heading(name)) + 1
        end = next((i for i in range(start, len(lines)) if lines[i].startswith("#")), len(lines))
        entries = [i for i in range(start, end) if ENTRY.match(lines[i])]
        at = next((i for i in entries if ENTRY.match(lines[i]).group(1) > name), entries[-1] + 1)
        lines.insert(at, f"- `{name}` – {first_sentence(name)}")
    PAGE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
