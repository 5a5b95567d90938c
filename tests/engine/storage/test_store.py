"""A monitor that was saved comes back with the same figures, goes on from there, and never unpickles."""

import base64
import decimal
import gc
import json
import shutil
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import prodmon_widgets as pm
from prodmon_widgets.engine.storage import lock
from prodmon_widgets.errors import BackendError, InputError

JULY = ("2023-07-22", "2023-08-01")
MYSTERY = {"prediction": "Mystery"}


def vowels(frame):
    return frame["input"].str.count("[aeiou]")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A monitor with a function of the user's, an appended day, drawn labels – and the same from disk."""
    evaluation, production = pm.datasets.movies(n=3000)
    truth = pm.datasets.movies_truth(n=3000).set_index("user_interaction_id")["annotation"]
    early = production["started_at"] < "2023-07-31"
    monitor = pm.Monitor(evaluation.head(900), production[early], properties=[vowels], text=False, progress=False)
    monitor.append(production[~early].assign(vowels=vowels(production[~early])))
    drawn = monitor.to_label(30, JULY)
    monitor.label(pd.DataFrame({"id": drawn["id"], "annotation": truth[drawn["id"]].to_numpy()}))
    folder = monitor.save(tmp_path_factory.mktemp("saved") / "monitor")
    return monitor, pm.Monitor.load(folder), folder


@pytest.mark.parametrize(
    "figures",
    [
        lambda m: m.timeline("7D"),
        lambda m: m.compare(JULY),
        lambda m: m.new_values(JULY),
        lambda m: m.annotations(),
        lambda m: m.samples(JULY, MYSTERY, n=5),
        lambda m: m.weak_segments(JULY),
        lambda m: m.causes(JULY).items,
        lambda m: m.evaluation_patch(MYSTERY),
    ],
)
def test_every_figure_comes_back(both, figures):
    mine, again = figures(both[0]), figures(both[1])
    assert len(mine)
    pd.testing.assert_frame_equal(mine, again)


def test_a_loaded_monitor_that_goes_on_is_saved_where_it_came_from_day_after_day(tmp_path):
    evaluation, production = pm.datasets.movies(n=3000)
    days = [production[production["started_at"].dt.strftime("%m-%d") == day] for day in ("07-30", "07-31")]
    early = production[production["started_at"] < "2023-07-30"]
    monitor = pm.Monitor(evaluation.head(900), early, text=False, progress=False)
    folder = monitor.save(tmp_path / "monitor")
    for day in days:
        monitor = pm.Monitor.load(folder)
        monitor.append(day.assign(day=day["started_at"].dt.day))
        assert monitor.save(folder) == folder
        from_disk = pm.Monitor.load(folder).samples(n=9)
        pd.testing.assert_frame_equal(monitor.samples(n=9), from_disk, check_dtype=False)
    again = pm.Monitor.load(folder)
    last = again.samples(("2023-07-31", "2023-08-01"), n=5)
    assert set(last["user_interaction_id"]) <= set(days[1]["user_interaction_id"])
    assert len(again.annotations()) == len(early) + sum(map(len, days))


def test_a_save_writes_what_is_new_and_not_the_history_again(tmp_path):
    evaluation, production = pm.datasets.movies(n=3000)
    monitor = pm.Monitor(evaluation.head(900), production.head(2000), text=False, progress=False)
    folder = monitor.save(tmp_path / "monitor")
    for start in (2000, 2100, 2200):
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
        pm.Monitor.load(folder).append(production[start : start + 100]).save(folder)
        after = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
        assert before.items() <= after.items()
        assert len(after) == len(before) + 1
    again = pm.Monitor.load(folder)
    assert again.score().n == 2300
    in_one = pm.Monitor.load(again.save(tmp_path / "elsewhere"))
    pd.testing.assert_frame_equal(in_one.annotations(), again.annotations())
    pd.testing.assert_frame_equal(in_one.compare(), again.compare())
    assert len(list((tmp_path / "elsewhere").rglob("*.parquet"))) == 2


def test_what_somebody_reads_is_not_removed_and_is_when_nobody_does(tmp_path):
    evaluation, production = pm.datasets.movies(n=2000)
    folder = pm.Monitor(evaluation.head(600), production, text=False, progress=False).save(tmp_path / "monitor")
    old = pm.Monitor.load(folder)
    mine = old.samples(n=3)
    other = pm.Monitor(evaluation.head(600), production.head(500), text=False, progress=False)
    other.save(folder)
    pd.testing.assert_frame_equal(old.samples(n=3), mine)
    assert pm.Monitor.load(folder).score().n == 500
    del old
    gc.collect()
    other.save(folder)
    assert sum(path.name == "annotator.npz" for path in folder.rglob("*")) == 1
    assert len(list(folder.rglob("*.parquet"))) == 2


def test_rows_that_were_taken_away_are_missed_in_words(tmp_path):
    evaluation, production = pm.datasets.movies(n=2000)
    folder = pm.Monitor(evaluation.head(600), production, text=False, progress=False).save(tmp_path / "monitor")
    old = pm.Monitor.load(folder)
    figures = old.score(JULY)
    shutil.rmtree(folder)
    with pytest.raises(InputError, match=r"rows-000000.parquet is gone since .* load it anew"):
        old.samples(n=3)
    assert old.score(JULY) == figures


def test_a_store_that_changed_since_it_was_loaded_is_not_overwritten(tmp_path):
    evaluation, production = pm.datasets.movies(n=2000)
    folder = pm.Monitor(evaluation.head(600), production[:1500], text=False, progress=False).save(tmp_path / "monitor")
    one, two = pm.Monitor.load(folder), pm.Monitor.load(folder)
    one.append(production[1500:1600]).save(folder)
    two.append(production[1600:1900])
    with pytest.raises(InputError, match=r"changed since this monitor was loaded from it.* load it again"):
        two.save(folder)
    assert pm.Monitor.load(folder).score().n == 1600
    assert pm.Monitor.load(two.save(tmp_path / "elsewhere")).score().n == 1800
    assert one.append(production[1600:1700]).save(folder) == folder
    assert pm.Monitor.load(folder).score().n == 1700


def test_a_store_that_another_holds_is_refused_after_a_while(tmp_path, monkeypatch):
    evaluation, production = pm.datasets.movies(n=2000)
    monitor = pm.Monitor(evaluation.head(600), production, text=False, progress=False)
    folder = monitor.save(tmp_path / "monitor")
    monkeypatch.setattr(lock, "PATIENCE", 0.01)
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock.only_writer(folder):
            held.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    with pytest.raises(InputError, match="is being changed by another process"):
        monitor.save(folder)
    done.set()
    other.join()
    with lock.only_writer(folder):
        monitor.save(folder)
    assert monitor.save(folder) == folder


@pytest.mark.parametrize("name", ["monitor", "a b's", "x[1]", "ünï", "~tilde", "deeper/down"])
def test_a_relative_folder_of_any_name_is_read_from_wherever_one_goes(both, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monitor = both[0]
    monitor.save(name)
    again = pm.Monitor.load(name)
    monkeypatch.chdir("/")
    assert list(again.samples(n=3)["user_interaction_id"]) == list(monitor.samples(n=3)["user_interaction_id"])
    assert (tmp_path / name / "monitor.json").is_file()


def test_a_save_that_fails_leaves_what_was_saved_before(both, tmp_path, monkeypatch):
    monitor = both[0]
    folder = monitor.save(tmp_path / "monitor")
    before = pm.Monitor.load(folder).timeline("7D")

    def full(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("prodmon_widgets.engine.labels.labels.Labels.save", full)
        with pytest.raises(BackendError, match=r"monitor can't be written: no space left .* is as it was"):
            monitor.save(folder)
    pd.testing.assert_frame_equal(pm.Monitor.load(folder).timeline("7D"), before)
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


ODD = {
    "category": pd.Categorical(["a", "b", None] * 40, categories=["b", "a", "never"], ordered=True),
    "zone": pd.date_range("2024-01-01", periods=120, freq="h", tz="Europe/Berlin"),
    "nanoseconds": pd.date_range("2024-01-01", periods=120, freq="h", unit="ns"),
    "length": pd.to_timedelta([90, 1, None] * 40, unit="s"),
    "nothing": [None] * 120,
    "list": [["x", "y"], [], None] * 40,
    "decimal": [decimal.Decimal("1.5"), decimal.Decimal("2.25"), None] * 40,
    "small": np.arange(120, dtype="int8"),
    "nullable": pd.array([1, 2, None] * 40, dtype="Int64"),
    "file_row_number": ["p", "q", "r"] * 40,
    "a": ["u", "v"] * 60,
    "A": ["w", "x"] * 60,
    "prediction": ["cat", "dog", "cat"] * 40,
}


def test_columns_come_back_under_their_names_and_in_their_types(tmp_path):
    evaluation = pd.DataFrame({**ODD, "annotation": ["Good", "Good", "Bad", "Bad"] * 30})
    monitor = pm.Monitor(evaluation, pd.DataFrame(ODD), progress=False)
    again = pm.Monitor.load(monitor.save(tmp_path / "m"))
    for figures in (lambda m: m.samples(n=200, order="newest"), lambda m: m.annotations(), lambda m: m.compare()):
        pd.testing.assert_frame_equal(figures(again), figures(monitor))
    assert len(again.samples(where={"a": "u", "A": "w"}, n=200)) == 60


def close(frame):
    return (frame["prediction"] - frame["label"]).abs() < 1


def test_a_function_that_says_what_is_good_said_it_before(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"prediction": rng.normal(size=300), "size": rng.normal(size=300)})
    evaluation = frame.assign(label=frame["prediction"] + rng.normal(size=300))
    monitor = pm.Monitor(evaluation, frame, schema=pm.Schema(good=close), progress=False)
    again = pm.Monitor.load(monitor.save(tmp_path / "m"))
    assert again.evaluation_score == monitor.evaluation_score
    assert repr(again.schema) == repr(monitor.schema)
    assert again.append(frame).score().n == 600
    assert pm.Monitor.load(again.save(tmp_path / "n")).evaluation_score == monitor.evaluation_score


def test_the_browser_gets_the_same_bytes(both):
    (mine, payload), (again, loaded) = both[0].cube_wire(), both[1].cube_wire()
    assert payload == loaded
    assert mine == again
    assert len(mine["segments"])


def test_labels_and_draws_are_remembered(both):
    monitor, again, _ = both
    assert again.score(JULY) == monitor.score(JULY)
    drawn = monitor._state.labels.drawn()
    assert len(drawn) == 30
    assert not set(again.to_label(20, JULY, seed=5).index) & set(drawn)


def test_a_function_of_the_users_is_a_column_of_what_was_saved(both):
    assert both[1].compare(JULY).set_index("property").loc["vowels", "window"] == pytest.approx(
        both[0].compare(JULY).set_index("property").loc["vowels", "window"]
    )


def test_nothing_saved_is_a_pickle(both):
    files = [path for path in both[2].rglob("*") if path.is_file() and path.name not in ("lock", "in-use")]
    assert files
    for path in files:
        assert path.suffix in {".json", ".npz", ".parquet"}
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype != object for name in arrays.files)


def test_saving_again_into_the_same_folder_replaces_what_was_there(both, tmp_path):
    monitor, again, _ = both
    again.save(tmp_path / "twice")
    assert pm.Monitor.load(monitor.save(tmp_path / "twice")).score(JULY) == monitor.score(JULY)


def test_a_folder_without_a_monitor_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no saved monitor: monitor\.json is missing"):
        pm.Monitor.load(tmp_path)


def test_another_format_is_refused_with_both_numbers(both, tmp_path):
    folder = both[0].save(tmp_path / "old")
    facts = json.loads((folder / "monitor.json").read_text())
    (folder / "monitor.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(InputError, match="saved in format 99; this version reads format"):
        pm.Monitor.load(folder)


def test_what_was_loaded_goes_on_and_says_what_it_needs(both):
    monitor = pm.Monitor.load(both[2])
    later = pm.datasets.movies(n=3000)[1].tail(200)
    with pytest.raises(InputError, match="column 'vowels' does not exist"):
        monitor.append(later)
    n = monitor.score().n
    with pytest.warns(UserWarning, match="200 appended samples have an id"):
        monitor.append(later.assign(vowels=vowels(later)), duplicates="keep")
    assert monitor.score().n == n + 200


def test_appended_rows_with_other_columns_are_saved_too(tmp_path):
    evaluation, production = pm.datasets.movies(n=2000)
    monitor = pm.Monitor(evaluation.head(600), production.head(1500), text=False, progress=False)
    monitor.append(production.tail(500).drop(columns="user_interaction_id").assign(tag=range(500)))
    again = pm.Monitor.load(monitor.save(tmp_path / "m"))
    assert again.score(JULY) == monitor.score(JULY)
    pd.testing.assert_frame_equal(again.compare(JULY), monitor.compare(JULY))
    last = again.samples(n=2000, order="newest")
    assert last["user_interaction_id"].isna().sum() == 500


def test_labels_are_read_without_the_rest(both):
    monitor, _, folder = both
    given = pm.Monitor.labels_of(folder)
    assert list(given.columns) == ["id", "annotation", "reason"]
    fresh = pm.Monitor(*pm.datasets.movies(n=3000), text=False, progress=False)
    fresh.label(given)
    shown = fresh.annotations().set_index("id")["annotation"]
    mine = monitor.annotations().set_index("id")["annotation"]
    assert (shown[given["id"]] == mine[given["id"]]).all()


def test_an_older_store_says_to_fit_again_and_its_labels_are_still_read(tmp_path):
    data = tmp_path / f"data-{'0' * 32}"
    (data / "production").mkdir(parents=True)
    types = pa.schema([("who", pa.string()), ("x", pa.int64())])
    pq.write_table(pa.table({"c0": ["a", "b", "c"], "c1": [1, 2, 3]}), data / "production" / "rows-000000.parquet")
    described = base64.b64encode(types.serialize()).decode()
    facts = {"format": 4, "types": described, "n_rows": [3]}
    (data / "production" / "samples.json").write_text(json.dumps(facts))
    said = [[2, 1.0, "fine"], [0, None, ""], [1, 0.0, ""]]
    (data / "labels.json").write_text(json.dumps({"said": said, "draws": []}))
    (tmp_path / "monitor.json").write_text(json.dumps({"format": 4, "data": data.name, "schema": {"id": "who"}}))
    with pytest.raises(InputError, match=r"format 4; this version reads format 5. Fit again .* Monitor.labels_of"):
        pm.Monitor.load(tmp_path)
    assert pm.Monitor.labels_of(tmp_path).to_numpy().tolist() == [
        ["c", "good", "fine"],
        ["a", "unknown", ""],
        ["b", "bad", ""],
    ]
