"""Rules that are rehearsed on history."""
