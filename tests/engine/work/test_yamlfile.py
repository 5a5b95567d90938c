"""Rules that somebody else wrote: refused in a short message with the line, in bounded time."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodmon_widgets.engine.alerts.rulefile import AlertRule, alert_rules
from prodmon_widgets.engine.annotator.rulefile import read
from prodmon_widgets.errors import InputError, printable, shown

NESTED = ", ".join(f"p{i}: &a{i} [" + ",".join([f"*a{i - 1}" if i else "l"] * 10) + "]" for i in range(6))
ODD = {
    "aliases of aliases": f"- {{name: x, measure: score, where: {{{NESTED}}}, above: *a5}}\n",
    "an alias of itself": "- {name: x, measure: score, below: .5, where: &a {p: *a}}\n",
    "a date that is none": "- {name: 2024-13-45, measure: score, below: .5}\n",
    "a name that is a date": "- {name: 2024-12-24, measure: score, below: .5}\n",
    "5,000 digits": "- {name: x, measure: score, below: " + "9" * 5000 + "}\n",
    "400 digits": "- {name: x, measure: effect, property: person, above: " + "9" * 400 + "}\n",
    "no number": "- {name: x, measure: effect, property: person, above: .nan}\n",
    "without end": "- {name: x, measure: effect, property: person, above: .inf}\n",
    "!!int x": "- {name: !!int 'x', measure: score, below: .5}\n",
    "!!timestamp x": "- {name: !!timestamp 'x', measure: score, below: .5}\n",
    "!!bool x": "- {name: !!bool 'x', measure: score, below: .5}\n",
    "!!python": "- {name: !!python/object/apply:os.getcwd [], measure: score, below: .5}\n",
    "a name of bytes": "- {name: !!binary 'aaaa', measure: score, below: .5}\n",
    "a set": "- {name: x, measure: score, below: .5, where: {p: !!set {a, b}}}\n",
    "450 brackets": "- {name: x, measure: score, below: .5, where: {p: " + "[" * 450 + "]" * 450 + "}}\n",
    "50,000 brackets": "- " + "[" * 50_000 + "\n",
    "a key twice": "- {name: x, name: y, measure: score, below: .5}\n",
    "a key that is a list": "- {[name]: x, measure: score, below: .5}\n",
    "a long key": "- {" + "x" * 100_000 + ": 1}\n",
    "a long text": "- {name: x, measure: " + "y" * 100_000 + ", below: 1}\n",
    "too long a text": "- {name: x}\n" * 100_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_rules_are_refused_in_short_with_the_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    for source in (text, tmp_path / "rules.yaml"):
        with pytest.raises(InputError) as refused:
            alert_rules(source)
        assert len(str(refused.value)) < 3000
        assert "line 1" in str(refused.value) or "kB" in str(refused.value)


@pytest.mark.parametrize("name", ["aliases of aliases", "450 brackets", "a key twice", "a long key"])
def test_rules_of_annotation_are_held_to_the_same(name: str) -> None:
    with pytest.raises(InputError) as refused:
        read(ODD[name])
    assert len(str(refused.value)) < 3000


def test_an_alias_that_spares_writing_is_read() -> None:
    rules = alert_rules(
        "- {name: a, measure: score, below: .5, where: &it {language: it}}\n"
        "- {name: b, measure: coverage, below: .5, where: *it}"
    )
    assert [rule.where for rule in rules] == [{"language": "it"}] * 2


def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes(b"- name: \xff\xfe\n")
    with pytest.raises(InputError, match=r"rules\.yaml is no UTF-8 text"):
        alert_rules(tmp_path / "rules.yaml")


def test_a_rules_name_is_told_without_control_characters() -> None:
    told = str(AlertRule("\x1b]52;c;AAAA\x07forged\nerror: nothing is wrong", "score", below=0.5))
    assert told.isprintable()
    assert "forged" in told
    assert printable("right\u202eleft") == "right\\u202eleft"


def test_values_in_messages_are_cut() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep] * 10
    assert len(shown(deep)) < 700
    assert len(shown({str(i): "x" * 1000 for i in range(1000)})) < 700
    assert shown(10**5000) == "a number of very many digits"
