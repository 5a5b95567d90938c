"""Data sets to try the package on: ``movies`` is planted and seeded, ``flights`` is real."""

from prodmon_widgets.datasets.films import movies, movies_truth

__all__ = ["movies", "movies_truth"]
