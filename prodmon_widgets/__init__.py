"""Monitor a model in production when there are no labels: estimated quality, linked views, and causes of a drop."""

from prodmon_widgets import datasets
from prodmon_widgets.engine.annotator import Annotator
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import BackendError, InputError, MonitorError, NotFittedError
from prodmon_widgets.schema import Schema

__all__ = [
    "Annotator",
    "BackendError",
    "InputError",
    "Monitor",
    "MonitorError",
    "NotFittedError",
    "Schema",
    "datasets",
]
