"""Monitor a model in production when there are no labels: estimated quality, linked views, and causes of a drop."""

from prodmon_widgets import datasets
from prodmon_widgets.engine.annotator import Annotator
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import BackendError, InputError, MonitorError, NotFittedError
from prodmon_widgets.schema import Schema
from prodmon_widgets.widgets.causes import CausesView as Causes
from prodmon_widgets.widgets.comparison import ComparisonTable
from prodmon_widgets.widgets.dashboard import Dashboard
from prodmon_widgets.widgets.inspector import SampleInspector
from prodmon_widgets.widgets.novelty import NewValues
from prodmon_widgets.widgets.segments import SegmentTable
from prodmon_widgets.widgets.selection import Selection
from prodmon_widgets.widgets.timeline import PerformanceTimeline
from prodmon_widgets.widgets.trail import InvestigationTrail

__all__ = [
    "Annotator",
    "BackendError",
    "Causes",
    "ComparisonTable",
    "Dashboard",
    "InputError",
    "InvestigationTrail",
    "Monitor",
    "MonitorError",
    "NewValues",
    "NotFittedError",
    "PerformanceTimeline",
    "SampleInspector",
    "Schema",
    "SegmentTable",
    "Selection",
    "datasets",
]
