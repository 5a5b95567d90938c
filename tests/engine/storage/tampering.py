"""A small saved monitor, and how somebody who may write there changes it: checksums are made right again."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import prodmon_widgets as pm
from prodmon_widgets.engine.storage.manifest import FORMAT, NAME, Manifest, stored


def frame(n, seed, labelled):
    """Rows of time, city, x, tags, prediction; the label is right more often where x is large."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(
        {
            "id": [f"{seed}-{i}" for i in range(n)],
            "timestamp": pd.date_range("2024-01-01" if labelled else "2024-02-01", periods=n, freq="h"),
            "city": rng.choice(["Oslo", "Bergen", "Voss"], n),
            "x": rng.random(n),
            "tags": [list(each) for each in rng.choice(["a", "b", "c"], (n, 2))],
            "prediction": rng.choice(["yes", "no"], n),
        }
    )
    right = rng.random(n) < 0.6 + 0.35 * made["x"]
    return made.assign(label=np.where(right, made["prediction"], "other")) if labelled else made


def monitor(annotator=None):
    """Labels, draws and rules are in it."""
    made = pm.Monitor(
        frame(400, 0, True),
        frame(300, 1, False),
        text=False,
        progress=False,
        annotator=LogisticRegression() if annotator is None else annotator,
    )
    drawn = made.to_label(12)
    made.label(pd.DataFrame({"id": drawn["id"], "annotation": ["good", "bad"] * 6, "reason": "seen"}))
    return made


def figures(folder):
    """What somebody reads off a saved monitor, rows included."""
    again = pm.Monitor.load(folder)
    score = again.score()
    shown = again.samples(n=400, order="newest").astype(str)
    return round(float(score.score), 9), round(float(score.high), 9), int(score.n), shown.to_csv(), again.cube_wire()[1]


def resealed(folder):
    """The manifest made right for what lies in the folder now."""
    manifest = json.loads((folder / NAME).read_text())
    names = [name for name in manifest["files"] if (folder / name).is_file()]
    Manifest(FORMAT, manifest["generation"], manifest["data"], stored(folder, names)).write(replaced(folder / NAME))
    return folder


def replaced(path):
    path.unlink()
    return path


def data(folder):
    return folder / json.loads((folder / NAME).read_text())["data"]


def changed(path, change):
    """A document with other facts; ``change`` gets facts and arrays, and may return bytes for the facts."""
    with np.load(path) as held:
        arrays = {name: held[name] for name in held.files}
    facts = json.loads(arrays.pop("facts").tobytes())
    content = change(facts, arrays) or json.dumps(facts).encode()
    with replaced(path).open("wb") as file:
        np.savez(file, facts=np.frombuffer(content, np.uint8), **arrays)


def npz(**members):
    """A zip file of these bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return made.getvalue()
