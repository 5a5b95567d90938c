"""Annotation rules: what each operator means, their order, their files, and every way in which a file can be wrong."""

from textwrap import dedent

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prodmon_widgets as pm
from prodmon_widgets.engine.annotator.rulefile import read
from prodmon_widgets.engine.annotator.rules import Condition, Group, Rule, Rules
from prodmon_widgets.errors import InputError

FRAME = pd.DataFrame(
    {
        "n": [1.0, 2.0, 3.0, np.nan],
        "kind": pd.Categorical(["x", "y", None, "x"]),
        "flag": pd.Categorical(["true", "false", "true", None]),
        "tags = a": [True, True, False, False],
        "tags = b": [False, True, True, False],
    }
)
SETS = {"tags": ["tags = a", "tags = b"]}


@pytest.mark.parametrize(
    ("name", "operator", "value", "met"),
    [
        ("n", "GT", 2, [2]),
        ("n", "GE", 2, [1, 2]),
        ("n", "LT", 2, [0]),
        ("n", "LE", 2, [0, 1]),
        ("n", "EQ", 2, [1]),
        ("n", "NEQ", 2, [0, 2]),
        ("n", "IN", [1, 3], [0, 2]),
        ("n", "NIN", [1, 3], [1]),
        ("kind", "EQ", "x", [0, 3]),
        ("kind", "NEQ", "x", [1]),
        ("kind", "IN", ["x", "y"], [0, 1, 3]),
        ("kind", "NIN", ["y"], [0, 3]),
        ("tags", "OVERLAP", ["a", "c"], [0, 1]),
        ("tags", "EQ", "b", [1, 2]),
        ("tags", "NIN", ["b"], [0]),
        ("flag", "EQ", "true", [0, 2]),
    ],
)
def test_each_operator_and_that_missing_meets_none(name, operator, value, met):
    assert np.flatnonzero(Condition(name, operator, value).met(FRAME, SETS)).tolist() == met


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_and_is_all_or_is_any(values, low, high):
    frame = pd.DataFrame({"n": np.array(values, dtype=float)})
    parts = (Condition("n", "GE", low), Condition("n", "LE", high))
    expected = [[low <= v <= high for v in values], [v >= low or v <= high for v in values]]
    assert [Group(join, parts).met(frame, {}).tolist() for join in ("AND", "OR")] == expected


def test_the_first_rule_that_is_met_annotates():
    rules = Rules((Rule("one", "bad", Condition("n", "GE", 2)), Rule("two", "good", Condition("n", "GE", 1))))
    assert rules.annotate(FRAME, SETS).tolist() == [1, 0, 0, -1]
    assert rules.states().tolist() == [1, 0]


YAML = dedent("""
    - name: crowded
      annotation: Bad
      when:
        AND:
          - {property: n_predictions, operator: GE, value: 4}
          - OR:
              - {property: prediction, operator: OVERLAP, value: [Drama, Comedy]}
              - {property: confidence, operator: LT, value: 0.3}
    - {name: sure, annotation: good, when: {property: confidence, operator: GT, value: 0.97}}
    """)


def test_a_file_says_the_same_as_python(tmp_path):
    (tmp_path / "rules.yaml").write_text(YAML)
    rules = read(tmp_path / "rules.yaml")
    assert [rule.name for rule in rules.rules] == ["crowded", "sure"]
    assert rules.rules[0].annotation == "bad"
    assert rules.rules[0].when.parts[1].join == "OR"
    assert rules == read(YAML)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1", "line 1"),
        ("- name: a\n  annotation: good", "line 1.*'when'"),
        ("- name: a\n  annotation: good\n  when: {property: n, operator: ABOVE, value: 1}", "line 3.*ABOVE"),
        ("- name: a\n  annotation: good\n  when: {property: n, operator: GT, value: high}", "line 3.*'high'"),
        ("- name: a\n  annotation: good\n  when: {property: n, operator: IN, value: 3}", "line 3.*list"),
        (
            "- name: a\n  annotation: good\n  when: [{property: n, operator: GT, value: 1}]",
            "line 3.*AND or OR",
        ),
        ("- name: a\n  annotation: good\n  when: {NOT: [1]}", "line 3: join 'NOT' does not exist"),
        ("- name: a\n  annotation: good\n  when: {property: n}", "line 3: a condition needs 'operator'"),
        ("- name: a\n  annotation: great\n  when: {property: n, operator: GT, value: 1}", "line 2.*great"),
        ("- name: a\n  colour: red\n", "line 2.*colour"),
        ("- name: a\n  annotation: good\n  when:\n    XOR:\n      - {property: n, operator: GT, value: 1}", "XOR"),
        ("- name: a\n  annotation: [good\n", "line"),
        (
            "- {name: a, annotation: good, when: {property: n, operator: EQ, value: !!python/name:os.system x}}",
            "line 1",
        ),
    ],
)
def test_whatever_is_wrong_in_a_file_is_told_with_its_line(text, says):
    with pytest.raises(InputError, match=says):
        read(text)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"rules\.yml"):
        read("no/such/rules.yml")


def test_two_rules_of_one_name_are_refused():
    rule = Rule("a", "good", Condition("n", "GT", 1))
    with pytest.raises(InputError, match="'a' is used twice"):
        Rules((rule, rule))


@pytest.fixture(scope="module")
def frames():
    evaluation, production = pm.datasets.movies(n=5000)
    return evaluation.head(1500), production.head(3000)


def test_rules_reach_the_monitors_annotations_by_name(frames):
    monitor = pm.Monitor(*frames, annotator=pm.Annotator(rules=YAML), text=False, progress=False)
    told = monitor.annotations()
    n = frames[1]["prediction"].map(len).to_numpy()
    crowded = (n >= 4) & (
        frames[1]["prediction"].map(lambda p: bool({"Drama", "Comedy"} & set(p))) | (frames[1]["confidence"] < 0.3)
    ).to_numpy()
    assert crowded.any()
    assert (told["annotation"][crowded] == "bad").all()
    assert set(told["reason"][crowded]) == {"rule 'crowded'"}
    assert not told["reason"][~crowded].eq("rule 'crowded'").any()


def test_a_rule_on_a_property_that_is_not_there_names_rule_and_property(frames):
    rules = [Rule("lost", "bad", Condition("colour", "EQ", "red"))]
    with pytest.raises(InputError, match=r"lost.*colour"):
        pm.Monitor(*frames, annotator=pm.Annotator(rules=rules), text=False, progress=False)
