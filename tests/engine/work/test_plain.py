"""Plain values become what our own classes declare, or nothing."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from prodmon_widgets.engine.work.plain import Arrays, Reader, to_plain


@dataclass(frozen=True)
class Leaf:
    value: float


@dataclass(frozen=True)
class Branch:
    parts: tuple["Leaf | Branch", ...]


@dataclass
class Everything:
    number: float
    whole: int
    words: list[str]
    by_row: dict[int, float]
    tree: Leaf | Branch
    kind: Literal["a", "b"]
    column: NDArray[np.float32] | NDArray[np.int64]
    rest: frozenset[str] | None = None
    pair: tuple[int, str] = (1, "x")
    anything: Any = None
    later: list[int] = field(default_factory=list)


def made(**more):
    fields = {"number": 0.5, "whole": 3, "words": ["ü", ""], "by_row": {4: np.nan, -1: -np.inf}}
    fields |= {"tree": Branch((Leaf(1.0), Branch((Leaf(2.0),)))), "kind": "a", "column": np.arange(3)}
    fields |= {"anything": ["x", 1], "rest": frozenset("ab")}
    return Everything(**{**fields, **more})


def read(plain, arrays=None, checks=None):
    held = {} if arrays is None else dict(enumerate(arrays.held))
    return Reader(held, checks or {}).read(Everything, plain)


def test_a_value_comes_back_as_it_was():
    arrays = Arrays()
    value = made()
    again = read(to_plain(value, arrays), arrays)
    assert again.column.tolist() == [0, 1, 2]
    assert np.isnan(again.by_row.pop(4))
    value.by_row.pop(4)
    again.column = value.column
    assert again == value


def test_what_is_held_twice_is_written_once():
    column, arrays = np.arange(3), Arrays()
    to_plain({"a": column, "b": [column, np.arange(3)]}, arrays)
    assert len(arrays.held) == 2


def test_a_field_with_a_default_may_be_missing_and_another_may_not():
    arrays = Arrays()
    plain = to_plain(made(), arrays)
    assert read({name: plain[name] for name in plain if name != "later"}, arrays).later == []
    with pytest.raises(ValueError, match="has no 'whole'"):
        read({name: plain[name] for name in plain if name != "whole"}, arrays)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("whole", True, "whole is True; expected a whole number"),
        ("whole", 1.0, "expected a whole number"),
        ("whole", 1 << 63, "expected a whole number"),
        ("number", "0.5", "expected a number"),
        ("number", False, "expected a number"),
        ("number", 10**400, "expected a number"),
        ("words", "ab", "expected a list"),
        ("words", [1], r"words\[0\] is 1; expected a text"),
        ("words", ["\ud800"], "surrogates not allowed"),
        ("by_row", {"x": 1.0}, "expected a whole number as key"),
        ("by_row", {"1" * 30: 1.0}, "expected a whole number as key"),
        ("by_row", [], "expected an object"),
        ("tree", {"class": "os.system", "command": "true"}, "expected Leaf or Branch"),
        ("tree", {"class": "Everything"}, "expected Leaf or Branch"),
        ("tree", {"class": "Leaf", "value": 1.0, "__class__": "x"}, "fields that it can't have"),
        ("kind", "c", "expected one of"),
        ("column", {"array": 7}, "expected"),
        ("column", {"array": True}, "expected"),
        ("column", {"array": 0, "x": 1}, "expected"),
        ("pair", [1], "expected 2 values"),
        ("anything", {"a": 1}, "expected a text, a number"),
        ("rest", "ab", "expected"),
    ],
)
def test_anything_else_is_refused_with_its_place(name, given, words):
    arrays = Arrays()
    with pytest.raises(ValueError, match=words):
        read({**to_plain(made(), arrays), name: given}, arrays)


def test_an_array_of_another_type_is_refused():
    arrays = Arrays()
    plain = to_plain(made(column=np.arange(3, dtype=np.int16)), arrays)
    with pytest.raises(ValueError, match="column"):
        read(plain, arrays)


def test_what_is_nested_without_end_is_refused():
    arrays = Arrays()
    plain = to_plain(made(), arrays)
    for _ in range(200):
        plain["tree"] = {"class": "Branch", "parts": [plain["tree"]]}
    with pytest.raises(ValueError, match="nested more than 60 deep"):
        read(plain, arrays)


def test_a_check_that_fails_says_of_what():
    def odd(leaf):
        raise ValueError(f"{leaf.value} is odd")

    arrays = Arrays()
    with pytest.raises(ValueError, match=r"tree.parts\[0\]: 1.0 is odd"):
        read(to_plain(made(), arrays), arrays, {Leaf: odd})
