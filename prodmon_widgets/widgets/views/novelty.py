"""NewValues: what production shows that the evaluation set has never seen."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from prodmon_widgets.widgets.base import View


class NewValues(View):
    """A card of new classes and values: how many, which, since when, how many samples, how good, who can tell.

    A click on one filters every view. The browser computes all of it from the cube.
    """

    front_end = "new-values"

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """The new values of production with the window's figures."""
        if not self.monitor.scored:
            return {}
        return {"New values": self.monitor.new_values(self.selection.window)}
