"""ComparisonTable: every property of the window beside all of production and the evaluation set."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from prodmon_widgets.widgets.base import View

COLUMNS = ["property", "statistic", "window", "production", "evaluation", "drift", "effect", "low", "high", "verdict"]
MISSING = ["missing_window", "missing_production", "missing_evaluation"]


class ComparisonTable(View):
    """Properties with their distributions, figures of window, production and evaluation, drift, effect and verdict.

    The browser computes all of it from the cube; it goes on without the kernel.
    """

    front_end = "comparison"

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """What the table shows, strongest effects first within each verdict."""
        compared = self.monitor.compare(self.selection.window, self.selection.baseline)
        order = compared.assign(size=compared["effect"].abs()).sort_values(["verdict", "size"], ascending=[True, False])
        return {"Properties": order[[*COLUMNS, *MISSING]]}
