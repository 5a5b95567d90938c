"""Numbers that tell good from bad by themselves, whichever way they point."""

import numpy as np
import pandas as pd

from prodmon_widgets.engine.annotator.symptoms import area_under_curve, symptoms
from prodmon_widgets.engine.cube.bins import bins_of
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.table.table import good, prepare


def test_what_is_high_in_bad_samples_is_a_symptom_as_much_as_what_is_high_in_good_ones():
    rng = np.random.default_rng(0)
    is_good = rng.random(800) < 0.7
    frame = pd.DataFrame(
        {
            "prediction": rng.choice(["a", "b"], 800),
            "confidence": rng.random(800),
            "praise": rng.normal(size=800) + 2 * is_good,
            "complaints": rng.normal(size=800) - 2 * is_good,
            "size": rng.normal(size=800) + 0.3 * is_good,
        }
    )
    annotated = frame.assign(annotation=np.where(is_good, "Good", "Bad"))
    _, evaluation, production = prepare(annotated, frame)
    codes = encode(evaluation, None, bins_of(evaluation, production))
    found = symptoms(SampleSet((evaluation,), codes, good(evaluation)))
    assert set(found) == {"confidence", "praise", "complaints"}


def test_ties_count_half_and_one_kind_alone_tells_nothing():
    assert area_under_curve(np.ones(4), np.array([True, False, True, False])) == 0.5
    assert area_under_curve(np.arange(4.0), np.ones(4, dtype=bool)) == 0.5
