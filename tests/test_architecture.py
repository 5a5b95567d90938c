"""docs/ARCHITECTURE.md names every module of the tree once, and none that is gone."""

import re
from collections import Counter

from scripts.architecture_page import ENTRY, PAGE, ROOT, in_the_tree, line_of


def on_the_page() -> Counter[str]:
    return Counter(ENTRY.findall(PAGE.read_text()))


def test_every_module_has_a_line() -> None:
    assert sorted(in_the_tree() - set(on_the_page())) == []


def test_no_line_names_a_module_that_is_gone() -> None:
    assert sorted(set(on_the_page()) - in_the_tree()) == []


def test_no_module_has_two_lines() -> None:
    assert [name for name, times in on_the_page().items() if times > 1] == []


def test_each_line_is_what_the_module_says_of_itself() -> None:
    lines = {match[0]: match[1] for match in re.finditer(r"^- `([^`]+)` – .*$", PAGE.read_text(), re.MULTILINE)}
    assert [line for line, name in lines.items() if name in in_the_tree() and line != line_of(name)] == []


def test_every_path_that_the_page_names_exists() -> None:
    named = re.findall(
        r"`((?:prodmon_widgets|js|docs|tests|notebooks|benchmarks|scripts)/[^`*<>{}]*)`", PAGE.read_text()
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_module_that_a_decision_names_exists() -> None:
    pages = "".join(page.read_text() for page in sorted((ROOT / "docs" / "decisions").glob("*.md")))
    named = re.findall(r"`((?:engine|widgets|prodmon_widgets|js|tests|benchmarks|scripts)/[\w./-]+)`", pages)
    assert named
    assert [
        path for path in named if not any((ROOT / folder / path).exists() for folder in ("", "prodmon_widgets"))
    ] == []


def test_every_line_of_a_module_says_what_it_is_and_no_merge_is_left_open() -> None:
    lines = PAGE.read_text().splitlines()
    open_merge = re.compile(r"^(<{7}|={7}|>{7})")
    bare = re.compile(r"^- `[^`]+` – ?$")
    assert [line for line in lines if open_merge.match(line) or bare.match(line)] == []
