"""The annotator and its parts."""
