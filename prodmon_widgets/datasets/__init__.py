"""Data sets to try the package on: ``movies`` is planted and seeded, ``flights`` is real."""

from prodmon_widgets.datasets.departures import flights, flights_truth
from prodmon_widgets.datasets.films import movies, movies_truth

__all__ = ["flights", "flights_truth", "movies", "movies_truth"]
