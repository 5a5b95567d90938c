"""The samples of one side, and orders to look at them in."""
