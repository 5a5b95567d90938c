"""DivExplorer on the window's errors; run in an environment of its own, see scripts/peers.sh."""

import json
import sys
import time

import numpy as np
import pandas as pd
from divexplorer import DivergenceExplorer

data = np.load(sys.argv[1])
names = [f"p{place}" for place in range(data["window"].shape[1])]
frame = pd.DataFrame(data["window"].astype(str), columns=names).assign(bad=data["window_bad"].astype(int))
started = time.process_time()
explorer = DivergenceExplorer(frame)
found = explorer.get_pattern_divergence(min_support=0.02, boolean_outcomes=["bad"], attributes=names)
found = found[(found["bad_div"] > 0) & found["length"].between(1, 2)].sort_values("bad_t", ascending=False).head(10)
seconds = time.process_time() - started
segments = [[[int(i.split("=")[0][1:]), int(i.split("=")[1])] for i in items] for items in found["itemset"]]
print(json.dumps({"segments": segments, "seconds": seconds}))
