"""The engine: plain Python on rows and counts, free of widgets."""
