"""pysubgroup, depth first, on the window's errors; run in an environment of its own, see scripts/peers.sh."""

import json
import sys
import time

import numpy as np
import pandas as pd
import pysubgroup as ps

data = np.load(sys.argv[1])
names = [f"p{place}" for place in range(data["window"].shape[1])]
frame = pd.DataFrame(data["window"].astype(str), columns=names).assign(bad=data["window_bad"].astype(bool))
started = time.process_time()
task = ps.SubgroupDiscoveryTask(
    frame,
    ps.BinaryTarget("bad", True),
    ps.create_nominal_selectors(frame, ignore=["bad"]),
    result_set_size=10,
    depth=2,
    qf=ps.WRAccQF(),
)
found = ps.DFS().execute(task).to_descriptions()
seconds = time.process_time() - started
segments = [
    [[int(s.attribute_name[1:]), int(s.attribute_value)] for s in description.selectors] for _, description in found
]
print(json.dumps({"segments": segments, "seconds": seconds}))
