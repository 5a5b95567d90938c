"""What is read of a table is in the order of its rows, however many words it is compared with."""

import numpy as np
import pandas as pd

from prodmon_widgets.engine.table.table import good, prepare


def test_annotations_are_read_in_the_order_of_their_rows_again_and_again():
    rng = np.random.default_rng(0)
    words = rng.choice(["good", "bad", "Unknown"], 1900, p=[0.6, 0.2, 0.2])
    frame = pd.DataFrame({"prediction": rng.choice(["a", "b"], 1900), "annotation": words})
    table = prepare(frame, frame)[1]
    expected = pd.Series(words).map({"good": 1.0, "bad": 0.0}).to_numpy()
    for _ in range(40):
        np.testing.assert_array_equal(good(table), expected)
