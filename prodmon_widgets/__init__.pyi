from prodmon_widgets import datasets as datasets
from prodmon_widgets import engine as engine
from prodmon_widgets import errors as errors
from prodmon_widgets import schema as schema
from prodmon_widgets import widgets as widgets
from prodmon_widgets.engine.annotator.annotator import Annotator as Annotator
from prodmon_widgets.engine.monitor import Monitor as Monitor
from prodmon_widgets.engine.table.inspection import inspect as inspect
from prodmon_widgets.engine.table.logs.reading import read_log as read_log
from prodmon_widgets.errors import BackendError as BackendError
from prodmon_widgets.errors import InputError as InputError
from prodmon_widgets.errors import MonitorError as MonitorError
from prodmon_widgets.errors import NotFittedError as NotFittedError
from prodmon_widgets.schema import Schema as Schema
from prodmon_widgets.widgets.dashboard import Dashboard as Dashboard
from prodmon_widgets.widgets.selection import Selection as Selection
from prodmon_widgets.widgets.views.causes import CausesView as Causes
from prodmon_widgets.widgets.views.comparison import ComparisonTable as ComparisonTable
from prodmon_widgets.widgets.views.inspector import SampleInspector as SampleInspector
from prodmon_widgets.widgets.views.novelty import NewValues as NewValues
from prodmon_widgets.widgets.views.segments import SegmentTable as SegmentTable
from prodmon_widgets.widgets.views.timeline import PerformanceTimeline as PerformanceTimeline
from prodmon_widgets.widgets.views.trail import InvestigationTrail as InvestigationTrail

__version__: str

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
    "inspect",
    "read_log",
]
