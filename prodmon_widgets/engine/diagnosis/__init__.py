"""The parts of causes: segments are searched, judged and neutralised, itemised into a drop, dated and told."""
