"""The notebook that the JupyterLab extension writes, read by Python itself: names stay names."""

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from prodmon_widgets.engine.table.profile import Facts
from prodmon_widgets.engine.table.roles import Findings, Sides, infer_roles
from prodmon_widgets.schema import ROLES, USUAL_NAMES, USUAL_TEXTS, Schema

JS = Path(__file__).parent.parent / "js"
WRITE = """
import { notebook } from "./src/lab/notebook";
import { inferred, SINGLE_ROLES } from "./src/lab/roles";
import { DEFAULTS, WINDOWS } from "./src/lab/settings";
import { HOSTILE_NAMES } from "./tests/hostile-names";
const made = HOSTILE_NAMES.map((name, index) => {
  const correction = { single: new Map([["timestamp", name]]), many: new Map([["ignore", [name, "plain"]]]) };
  const settings = { ...DEFAULTS, defaultWindow: WINDOWS[index % WINDOWS.length] };
  return [name, notebook({ evaluation: name, production: name, correction }, settings)];
});
const asked = SIDES.map(([evaluation, production]) => inferred(evaluation, production));
console.log(JSON.stringify({ made, roles: SINGLE_ROLES, asked }));
"""
SIDES = [
    (["timestamp", "y_pred", "y_true", "age"], ["timestamp", "y_pred", "age"]),
    (["started_at", "Timestamp", "prediction", "y_pred", "annotation"], ["started_at", "Timestamp", "prediction"]),
    (["prediction", "annotation", "input"], ["prediction", "started_at", "id", "input"]),
    (["y_pred", "label", "confidence"], ["prediction", "y_pred", "Y Pred Proba"]),
    (["y-pred", "Y True", "Y_Pred_Proba", "ID"], ["y-pred", "Y_Pred_Proba"]),
]
"""Columns of an evaluation file and of a production file."""


def test_the_browser_and_python_know_the_same_usual_names() -> None:
    names = json.loads((JS / "src" / "lab" / "roles.json").read_text())
    assert names == {role: list(usual) for role, usual in USUAL_NAMES.items()} | {"text": list(USUAL_TEXTS)}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    bundle = subprocess.run(
        ["node_modules/.bin/esbuild", "--bundle", "--platform=node", "--log-level=error"],
        cwd=JS,
        input=f"const SIDES = {json.dumps(SIDES)};{WRITE}",
        capture_output=True,
        text=True,
        check=True,
    )
    run = subprocess.run(["node", "-"], input=bundle.stdout, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.slow
def test_every_role_of_the_dialog_is_a_keyword_of_schema(written: dict[str, Any]) -> None:
    assert set(written["roles"]) < set(ROLES)


@pytest.mark.slow
@pytest.mark.parametrize("at", range(len(SIDES)))
def test_the_dialog_infers_the_roles_that_python_does(written: dict[str, Any], at: int) -> None:
    evaluation, production = SIDES[at]
    facts = dict.fromkeys([*evaluation, *production], Facts("string", n=40))
    roles = infer_roles(Schema(), Sides(tuple(evaluation), tuple(production), facts), Findings())
    shown = {each["role"]: each["name"] for each in written["asked"][at] if each["role"] in written["roles"]}
    assert shown == {role: roles[role] for role in written["roles"] if roles[role] is not None}


@pytest.mark.slow
def test_a_hostile_name_is_one_string_and_adds_no_statement(written: dict[str, Any]) -> None:
    plain = statements_of("x.csv", written)
    for name, _ in written["made"]:
        assert statements_of(name, written)[:3] == [*plain[:1], ("evaluation", name), ("production", name)]
        assert len(statements_of(name, written)) == len(plain)


@pytest.mark.slow
def test_a_hostile_column_name_is_one_string(written: dict[str, Any]) -> None:
    for name, notebook in written["made"]:
        tree = ast.parse(code_of(notebook)[0])
        (call,) = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "Schema"]
        said = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
        assert said == {"timestamp": name, "ignore": [name, "plain"]}


@pytest.mark.slow
def test_the_notebook_is_valid_and_every_cell_is_python(written: dict[str, Any]) -> None:
    for _, notebook in written["made"]:
        nbformat.validate(nbformat.from_dict(notebook))
        for source in code_of(notebook):
            ast.parse(source)


def code_of(notebook: dict[str, Any]) -> list[str]:
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def statements_of(name: str, written: dict[str, Any]) -> list[object]:
    """The first cell's statements: the assigned name and string, or the kind of statement."""
    notebook = next((found for made, found in written["made"] if made == name), written["made"][0][1])
    return [
        (statement.targets[0].id, statement.value.value)  # an assignment to a plain name
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        else type(statement).__name__
        for statement in ast.parse(code_of(notebook)[0]).body
    ]
