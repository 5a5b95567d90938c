"""Counts and score sums per time bin × property × value, and what they are counted from."""
