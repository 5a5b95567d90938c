"""SliceLine on the window's errors; run in an environment of its own, see scripts/peers.sh."""

import json
import sys
import time

import numpy as np
from sliceline.slicefinder import Slicefinder

data = np.load(sys.argv[1])
codes, bad = data["window"].astype(int) + 1, data["window_bad"].astype(float)
started = time.process_time()
finder = Slicefinder(alpha=0.95, k=10, max_l=2, min_sup=max(10, len(bad) // 100), verbose=False)
finder.fit(codes, bad)
seconds = time.process_time() - started
found = [[[place, int(code) - 1] for place, code in enumerate(row) if code is not None] for row in finder.top_slices_]
print(json.dumps({"segments": found, "seconds": seconds}))
