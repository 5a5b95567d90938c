"""How good a set of samples is, estimated from sums."""
