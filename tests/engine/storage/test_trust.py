"""A saved monitor from somebody else loads or is refused; nothing in it is looked up, called, followed or believed."""

import ast
import copy
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier

import prodmon_widgets as pm
from prodmon_widgets.engine.annotator.annotator import Annotator
from prodmon_widgets.engine.annotator.rules import Condition, Rule
from prodmon_widgets.engine.storage import manifest
from prodmon_widgets.errors import InputError
from tests.engine.storage.tampering import changed, data, figures, monitor, npz, replaced, resealed


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return monitor().save(tmp_path_factory.mktemp("honest") / "store")


@pytest.fixture
def store(honest, tmp_path):
    shutil.copytree(honest, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def mark(tmp_path, monkeypatch):
    """What a chain that runs leaves behind."""
    path = tmp_path / "mark"
    monkeypatch.setenv("PRODMON_MARK", str(path))
    yield path
    assert not path.exists()


def in_annotator(change):
    return lambda store: changed(data(store) / "annotator" / "annotator.npz", change)


def in_samples(change, side="production"):
    return lambda store: changed(data(store) / side / "samples.npz", change)


def in_rows(change):
    return lambda store: changed(data(store) / "production" / "columns-000000.npz", change)


def in_state(change):
    return lambda store: changed(data(store) / "state.npz", change)


def in_labels(change):
    def made(store):
        path = data(store) / "labels.json"
        facts = json.loads(path.read_text())
        text = change(facts)
        replaced(path).write_text(text if isinstance(text, str) else json.dumps(facts))

    return made


def put(value, *way):
    """A change of facts: the value at the end of the way."""

    def change(facts, _arrays=None):
        for step in way[:-1]:
            facts = facts[step]
        facts[way[-1]] = value

    return change


def array(value, *way):
    """A change of an array: another in its place."""

    def change(facts, arrays):
        for step in way:
            facts = facts[step]
        arrays[str(facts["array"])] = value

    return change


CALL = {"class": "os.system", "__module__": "os", "__loader__": "ObjectNode", "command": "touch $PRODMON_MARK"}
CHAINS = {
    "an object of another module as an estimator": in_annotator(put(CALL, "estimators_")),
    "a class of ours in another's place": in_annotator(put({"class": "Annotator"}, "support_")),
    "the name of a module that ours import": in_annotator(put({"class": "storage.Path"}, "thresholds_")),
    "attributes that no object of ours has": in_annotator(put("x", "estimators_", "__class__")),
    "a method in place of data": in_annotator(put("print", "estimators_", "reader_", "fit")),
    "a function as a role": in_state(put({"class": "Function", "name": "x", "code": "1"}, "roles", "good")),
    "a role that there isn't": in_state(put("x", "roles", "__init__")),
    "a rule that compares with an object": in_annotator(
        put([{"class": "Rule", "name": "r", "annotation": "bad", "when": CALL}], "rules_", "rules")
    ),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_what_names_something_to_run_is_refused(store, mark, chain):
    CHAINS[chain](store)
    with pytest.raises(InputError, match="is damaged"):
        pm.Monitor.load(resealed(store))


def with_model(store):
    """Says that a model of the user's own lies beside, and returns where."""
    changed(
        data(store) / "annotator" / "annotator.npz", lambda facts, _: facts.update(model=None, has_model=True) or None
    )
    path = data(store) / "annotator" / "model.skops"
    facts = json.loads((store / "monitor.json").read_text())
    facts["files"][path.relative_to(store).as_posix()] = {}
    (store / "monitor.json").write_text(json.dumps(facts))
    return path


def node(kind, name, module, **more):
    return {"__class__": name, "__module__": module, "__loader__": kind, **more}


TEXT = node("JsonNode", "str", "builtins", content=json.dumps("touch $PRODMON_MARK"))
SKOPS = {
    "a method": node("MethodNode", "system", "os", content={"func": "system", "obj": node("TypeNode", "os", "os")}),
    "a function": node("FunctionNode", "system", "os", content="os.system"),
    "a partial": node("PartialNode", "partial", "functools", content={"func": "os.system", "args": TEXT}),
    "an operator": node("OperatorFuncNode", "methodcaller", "operator", attrs=TEXT),
    "a reduction": node("ConstructorFromReduceNode", "system", "os", content={"args": TEXT}),
    "an object": node("ObjectNode", "Popen", "subprocess", content=TEXT),
    "a module of ours": node("ObjectNode", "Path", "prodmon_widgets.engine.annotator.storage", content=TEXT),
    "an estimator nobody trusts": node("ObjectNode", "Pipeline", "sklearn.pipeline", content=TEXT),
}


@pytest.mark.parametrize("way", SKOPS)
@pytest.mark.parametrize("deep", [False, True])
def test_a_model_of_anything_but_trusted_types_is_refused_with_their_names(store, mark, way, deep):
    schema = SKOPS[way] if not deep else node("ListNode", "list", "builtins", content=[TEXT, SKOPS[way]])
    with zipfile.ZipFile(with_model(store), "w") as file:
        file.writestr("schema.json", json.dumps({**schema, "protocol": 2, "_skops_version": skops.__version__}))
    with pytest.raises(InputError, match=r"model\.skops (holds|is damaged)"):
        pm.Monitor.load(resealed(store), trusted=["sklearn.ensemble._forest.RandomForestClassifier"])


def test_a_model_of_the_users_own_loads_for_who_lists_its_types(tmp_path):
    made = monitor(RandomForestClassifier(n_estimators=3, max_depth=3, random_state=0))
    folder = made.save(tmp_path / "store")
    with pytest.raises(InputError, match=r"trusted=\['sklearn.ensemble._forest.RandomForestClassifier'") as refused:
        pm.Monitor.load(folder)
    named = ast.literal_eval(str(refused.value).partition("trusted=")[2].removesuffix(")."))
    assert pm.Monitor.load(folder, trusted=named).score() == made.score()
    with pytest.raises(InputError, match=repr(named[-1])):
        pm.Monitor.load(folder, trusted=named[:-1])
    types = [RandomForestClassifier, *named]
    assert pm.Monitor.load(folder, trusted=types).score() == made.score()


def test_a_logistic_regression_loads_without_being_asked_for(honest):
    again = pm.Monitor.load(honest)
    assert type(again._state.annotator.model).__name__ == "LogisticRegression"
    assert not list(honest.rglob("*.skops"))


def test_rules_come_back(tmp_path):
    rules = [Rule("far", "bad", Condition("x", "LT", 0.1)), Rule("here", "good", Condition("city", "IN", ("Voss",)))]
    folder = monitor(Annotator(rules=rules)).save(tmp_path / "store")
    again = pm.Monitor.load(folder)._state.annotator
    assert [rule.name for rule in again.rules_.rules] == ["far", "here"]
    assert figures(folder) == figures(folder)


# --- files -----------------------------------------------------------------------------------------------------------


def other_name(store, name):
    facts = json.loads((store / "monitor.json").read_text())
    facts["data"] = name
    replaced(store / "monitor.json").write_text(json.dumps(facts))


def sealed_anyway(store, change):
    """The manifest with its own checksum right, whatever it says."""
    facts = json.loads((store / "monitor.json").read_text())
    facts.pop("sha256")
    change(facts)
    facts = {"sha256": manifest._seal(facts), **facts}
    (store / "monitor.json").write_text(json.dumps(facts))


@pytest.mark.parametrize("name", ["../outside", "/etc", "a/../../b", ".", "", "a//b", "C:\\x", "data\u0000", "x" * 300])
def test_a_name_that_leads_outside_is_refused(store, name):
    sealed_anyway(store, lambda facts: facts.update(data=name))
    with pytest.raises(InputError, match=r"monitor\.json is damaged: Manifest: "):
        pm.Monitor.load(store)


@pytest.mark.parametrize("which", ["monitor.json", "labels.json", "production/samples.npz", "production", "rows", ""])
def test_a_link_is_not_followed(store, tmp_path, which):
    path = store / which if which == "monitor.json" else data(store) / which
    path = data(store) / "production" / "rows-000000.parquet" if which == "rows" else path
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a link, which isn't followed"):
        pm.Monitor.load(store)


@pytest.mark.parametrize("which", ["labels.json", "production/rows-000000.parquet", "state.npz"])
@pytest.mark.parametrize("kind", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_and_waits_for_nothing(store, which, kind):
    kind(replaced(data(store) / which))
    with pytest.raises(InputError, match="is no file"):
        pm.Monitor.load(store)


def header(shape, kind="<f8"):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


ARRAYS = {
    "a length that isn't there": npz(facts=header("(10**15,)".replace("10**15", str(10**15)))),
    "a length below zero": npz(facts=header("(-1, -8)") + b"\0" * 64),
    "an endless dimension": npz(facts=header(str((1 << 62, 1 << 62)))),
    "objects": npz(facts=header("(1,)", "|O") + b"cos\nsystem\n(S'touch $PRODMON_MARK'\ntR."),
    "text": npz(facts=header("(1,)", "<U4") + b"\0" * 16),
    "dates": npz(facts=header("(1,)", "<M8[s]") + b"\0" * 8),
    "code as a header": npz(facts=b"\x93NUMPY\x01\x00\x20\x00" + b"__import__('os').system('true')".ljust(32)),
    "a header of another version": npz(facts=b"\x93NUMPY\x03\x00" + header("(0,)")[8:]),
    "no facts": npz(zero=header("(1,)", "|u1") + b"\0"),
    "no zip": b"PK\x03\x04 and no more",
    "nothing": b"",
    "a truth that is neither": npz(facts=header("(1,)", "|b1") + b"\x07"),
}


@pytest.mark.parametrize("kind", ARRAYS)
@pytest.mark.parametrize("which", ["state.npz", "production/samples.npz", "annotator/annotator.npz"])
def test_arrays_that_lie_are_refused_before_anything_is_allocated(store, mark, kind, which):
    replaced(data(store) / which).write_bytes(ARRAYS[kind])
    with pytest.raises(InputError, match=f"{which.split('/')[-1]} is damaged"):
        pm.Monitor.load(resealed(store))


def test_a_packed_or_doubled_archive_is_refused(store):
    path = data(store) / "state.npz"
    with zipfile.ZipFile(replaced(path), "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("facts.npy", header("(100000000,)", "|u1") + b"\0" * 100_000_000)
    with pytest.raises(InputError, match="it is packed"):
        pm.Monitor.load(resealed(store))
    with zipfile.ZipFile(replaced(path), "w") as file:
        file.writestr("facts.npy", header("(0,)"))
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("facts.npy", header("(0,)"))
    with pytest.raises(InputError, match="a name occurs twice"):
        pm.Monitor.load(resealed(store))


# --- values ----------------------------------------------------------------------------------------------------------

LABELS = {
    "no number": lambda facts: json.dumps(facts).replace("1.0", "NaN", 1),
    "a key twice": lambda facts: '{"said": {}, ' + json.dumps(facts)[1:],
    "a row below zero": put(1.0, "said", "-1"),
    "a row too many": put(1.0, "said", "300"),
    "a row that is no number": put(1.0, "said", "x"),
    "true as a label": put(True, "said", "0"),
    "a label in between": put(0.5, "said", "0"),
    "endless": put("inf", "said", "0"),
    "a reason that is no text": put(3, "why", "0"),
    "a draw of rows that aren't there": lambda facts: facts["draws"][0]["rows"].__setitem__(0, 10**9),
    "a probability of nothing": lambda facts: facts["draws"][0]["probability"].__setitem__(0, 0.0),
    "another window": lambda facts: facts["draws"][0].update(key="[[[["),
    "deep": lambda _: "[" * 100_000,
    "a long number": lambda _: "1" * 10_000,
    "a list": lambda _: "[]",
    "half a character": lambda facts: json.dumps(facts).replace('"seen"', '"\\ud800"', 1),
    "no JSON": lambda _: "{",
    "nothing": lambda _: "",
    "other bytes": lambda _: "\x00",
}


@pytest.mark.parametrize("odd", LABELS)
def test_labels_that_nobody_gave_are_refused(store, odd):
    in_labels(LABELS[odd])(store)
    with pytest.raises(InputError, match="damaged"):
        pm.Monitor.load(resealed(store))


VALUES = {
    "time bins without end": in_samples(put(10**12, "time_bins", "count")),
    "time bins of nothing": in_samples(put(0, "time_bins", "step")),
    "a time bin that isn't there": in_rows(array(np.full(300, 999, np.int16), "of_rows", "time")),
    "a sample too few": in_rows(array(np.zeros(299, np.int16), "of_rows", "time")),
    "a code beyond its bins": in_rows(array(np.full(300, 250, np.uint8), "codes", "city")),
    "a score above one": in_rows(array(np.full(300, 1 << 21, np.int32), "of_rows", "score")),
    "a score below zero": in_rows(array(np.full(300, -1, np.int32), "of_rows", "score")),
    "no scores": in_rows(lambda facts, _: facts["of_rows"].pop("score") and None),
    "a state too many": in_rows(array(np.full(300, 3, np.uint8), "of_rows", "state")),
    "another type of scores": in_rows(array(np.zeros(300, np.float32), "of_rows", "score")),
    "another type of times": in_rows(array(np.zeros(300, np.float64), "of_rows", "time")),
    "a reason that isn't there": in_rows(array(np.full(300, 99, np.uint16), "reason")),
    "codes of another property": in_rows(lambda facts, _: facts["codes"].pop("city") and None),
    "rows that aren't there": in_samples(lambda facts, _: facts["parts"][0].update(n_rows=10**9)),
    "rows of another part": in_samples(lambda facts, _: facts["parts"].append(facts["parts"][0])),
    "rows outside": in_samples(lambda facts, _: facts["parts"][0].update(rows="../../x.parquet")),
    "no parts": in_samples(put([], "parts")),
    "files that aren't there": in_samples(lambda facts, _: facts["parts"][0].update(columns="data-x/nothing.npz")),
    "types that are none": in_samples(put("AAAA", "types")),
    "types in no base64": in_samples(put("ÿ", "types")),
    "borders that fall": in_samples(array(np.arange(63)[::-1].astype(float), "bins", "x", "edges")),
    "borders that are no number": in_samples(array(np.full(5, np.nan), "bins", "x", "edges")),
    "bins of another name": in_samples(put("y", "bins", "x", "name")),
    "a value twice": in_samples(put(["Voss", "Voss", "Oslo"], "bins", "city", "values")),
    "sums too few": in_samples(array(np.zeros((1, 1, 1)), "sums")),
    "terms too few": in_state(array(np.zeros(3), "terms", "calibration")),
    "a term that is no number": in_state(put("nan", "text")),
    "a segment of a property that isn't there": in_state(
        put([{"conditions": [{"class": "Condition", "name": "nothing", "values": ["x"]}], "weak": True}], "followed")
    ),
    "a curve that falls": in_annotator(array(np.array([3.0, 1.0]), "estimators_", "calibrator_", "pooled", "x")),
    "weights below zero": in_annotator(lambda facts, arrays: arrays.update(_weights(facts, arrays))),
    "a column that isn't read": in_annotator(put(["x", "nothing"], "estimators_", "reader_", "columns_")),
    "an annotator of other columns": in_annotator(put(["x"], "estimators_", "correctness_", "model", "columns")),
    "truth as a number": in_annotator(put(True, "random_state")),
    "blocks of two lengths": in_annotator(put({"block": {"array": 0}, "n": {"array": 1}}, "blocks")),
}


def _weights(facts, arrays):
    at = str(next(iter(facts["found_"].values()))["density"]["weight"]["array"])
    return {at: -arrays[at]}


@pytest.mark.parametrize("odd", VALUES)
def test_values_that_dont_fit_are_refused(store, odd):
    VALUES[odd](store)
    with pytest.raises(InputError, match="damaged"):
        pm.Monitor.load(resealed(store))


def test_another_stores_files_are_not_taken(store, tmp_path):
    other = monitor(Annotator()).save(tmp_path / "other")
    for name in ("annotator/annotator.npz", "production/samples.npz"):
        path = data(store) / name
        before = path.read_bytes()
        replaced(path).write_bytes((data(other) / name).read_bytes())
        with pytest.raises(InputError, match="damaged"):
            figures(store)
        replaced(path).write_bytes(before)
    assert figures(store)


# --- who may read it -------------------------------------------------------------------------------------------------


def test_what_is_saved_is_its_owners_alone(tmp_path, honest):
    before = os.umask(0)
    try:
        folder = monitor().save(tmp_path / "deep" / "store")
    finally:
        os.umask(before)
    assert {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_dir()} | {
        oct(folder.stat().st_mode & 0o777)
    } == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_file()} == {"0o600"}


def test_a_monitor_is_saved_and_not_pickled(honest):
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(InputError, match=r"monitor.save\(folder\) writes it"):
            way(pm.Monitor.load(honest))
